"""Bluesky's public profiles that wear the organization's name: search by brand term, and declared handles.

Source: the lexicons app.bsky.actor.searchActors and getProfiles (github.com/bluesky-social/atproto), answered without
credentials by the public AppView. Keyed on brand terms, state domains and declared handles only, never on employees.
Posts, followers, pictures and labels come with a profile and are left out unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from connectors.contract import Access, Answer, Connector, Expect, Interface, Outcome, Raw, Source, texts
from connectors.files.fields import moment
from connectors.http import SYSTEM, Clock, Reply, Reset, Service, Session
from connectors.http.bodies import allowed
from connectors.http.brands import BrandSearch
from connectors.http.paging import cursors, listed, mapping, once
from connectors.http.sweep import Part, swept
from connectors.records import Account

SEARCH, PROFILES = "/xrpc/app.bsky.actor.searchActors", "/xrpc/app.bsky.actor.getProfiles"
FIELDS = ("did", "handle", "displayName", "description", "createdAt")
NAMES = BrandSearch("bluesky", batch=25, pages=5)
"""getProfiles takes 25 actors at once; a page holds 100 results."""
HANDLE = re.compile(
    r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?|did:[a-z]+:[a-z0-9._:%-]*[a-z0-9._-]"
)
"""What getProfiles takes: a handle or a did (atproto.com/specs/handle, /did)."""
UNPROVED = "handle.invalid"
"""What stands for a handle whose DNS name does not confirm it."""
SERVICE = Service(
    "Bluesky",
    requests=3000,
    seconds=300,
    url="https://public.api.bsky.app",
    reset=Reset.EPOCH,
    reset_header="RateLimit-Reset",
    remaining_header="RateLimit-Remaining",
    advice="The public AppView needs no credentials: check the url in audit.toml.",
)
"""The limit is the one documented for a PDS; the AppView's own has no number."""


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Answer]:
    """Every profile found by a term or declared by its handle. Raises SourceDown."""
    pages = NAMES.pages_of(source)
    with Session(source, SERVICE, clock=clock) as talk:
        yield from swept(
            source,
            Part(NAMES.handles(source), lambda batch: _profiles(talk, batch), NAMES.batch),
            Part(NAMES.terms(source), lambda batch: _search(talk, batch[0], pages)),
        )


def parse(raw: Raw) -> Account:
    """One profile as an account. Raises BadRow for a field of another kind."""
    strange = "a field of the profile is no text, or its did is missing; Bluesky has changed"
    found = texts(raw, FIELDS, strange, needed="did")
    handle = "" if found["handle"] == UNPROVED else found["handle"]
    return Account(
        platform="bluesky",
        account_id=found["did"],
        handle=handle,
        url=f"https://bsky.app/profile/{handle or found['did']}",
        display_name=found["displayName"],
        bio=found["description"],
        created_at=moment(found["createdAt"]),
        provenance=raw.provenance,
    )


def _search(talk: Session, term: str, pages: int) -> Iterator[Answer]:
    """The first pages of one term's results: what matches best comes first."""
    replies = islice(cursors(talk, SEARCH, {"q": term, "limit": 100}), pages)
    found = ((reply, one) for reply in replies for one in listed(talk, reply, mapping(talk, reply).get("actors")))
    yield Answer(term, tuple(_raw(talk, *one) for one in once(found, lambda one: str(one[1].get("did")))))


def _profiles(talk: Session, batch: tuple[str, ...]) -> Iterator[Answer]:
    """The profiles of up to 25 handles; one that is no handle would spoil the whole batch and is not sent."""
    actors = [key[1:] for key in batch if HANDLE.fullmatch(key[1:])]
    found: dict[str, Raw] = {}
    if actors:
        reply = talk.get(PROFILES, {"actors": actors})
        for profile in listed(talk, reply, mapping(talk, reply).get("profiles")):
            found |= dict.fromkeys(
                (str(profile.get(name)).lower() for name in ("handle", "did")), _raw(talk, reply, profile)
            )
    for key in batch:
        known = found.get(key[1:])
        yield Answer(key, (known,)) if known else Answer(key, outcome=Outcome.NOT_FOUND)


def _raw(talk: Session, reply: Reply, profile: Mapping[str, Any]) -> Raw:
    where = f"{reply.where}:{profile.get('did')}"
    return talk.item(where, allowed(profile, FIELDS))


CONNECTOR = Connector(
    name="bluesky",
    record=Account,
    access=Access.PUBLIC,
    summary="Public Bluesky profiles found by brand terms, state domains and declared handles",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "lexicon app.bsky.actor",
        date(2026, 11, 22),
        "https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky/actor",
    ),
    reads=FIELDS,
    expect=Expect(may_shrink=0.7, filled={"handle": 0.9}),
    options={
        **NAMES.options,
        "pages": f"pages of 100 results to read for each term ({NAMES.pages})",
        "url": f"the AppView's address, where it is not {SERVICE.url}",
    },
    service=SERVICE,
    sweep=NAMES.sweep,
    platforms=("bluesky",),
    credentials="none",
    terms="https://bsky.social/about/support/tos",
)
