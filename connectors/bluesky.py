"""Bluesky's public profiles that wear the organization's name: search by brand term, and declared handles.

Source: the lexicons app.bsky.actor.searchActors and getProfiles (github.com/bluesky-social/atproto), answered without
credentials by the public AppView. Keyed on brand terms, state domains and declared handles only, never on employees.
Posts, followers, pictures and labels come with a profile and are left out unread.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any

from connectors import http
from connectors.contract import Access, Answer, BadRow, Connector, Expect, KeyedOn, Outcome, Raw, Source, Sweep
from connectors.files.fields import moment
from connectors.http import SYSTEM, Clock, Reply, Reset, Service, Session, brands, number
from connectors.http.bodies import allowed, item
from connectors.http.paging import cursors, listed, mapping, once
from connectors.http.sweep import Part, swept
from connectors.records import Account, Provenance, Strength

SEARCH, PROFILES = "/xrpc/app.bsky.actor.searchActors", "/xrpc/app.bsky.actor.getProfiles"
FIELDS = ("did", "handle", "displayName", "description", "createdAt")
BATCH, PAGES = 25, 5
"""Actors that getProfiles takes at once; pages of 100 results that are read for each term."""
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


def keys(source: Source) -> tuple[str, ...]:
    """Declared handles, state domains and names."""
    return brands.keys(source, "bluesky")


def requests(source: Source, keys: Collection[str]) -> int:
    """One request for 25 handles, and at most `pages` for a term."""
    handles = [key for key in keys if key.startswith("@")]
    return brands.batches(handles, BATCH) + (len(keys) - len(handles)) * int(number(source, "pages", PAGES))


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Answer]:
    """Every profile found by a term or declared by its handle. Raises SourceDown."""
    pages = int(number(source, "pages", PAGES))
    with Session(source, SERVICE, str(source.options.get("url", SERVICE.url)), clock=clock) as talk:
        yield from swept(
            source,
            Part(brands.handles(source, "bluesky"), lambda batch: _profiles(talk, batch), BATCH),
            Part(brands.terms(source), lambda batch: _search(talk, batch[0], pages)),
        )


def parse(raw: Raw) -> Account:
    """One profile as an account. Raises BadRow for a field of another kind."""
    texts = {name: "" if raw.values.get(name) is None else raw.values[name] for name in FIELDS}
    if not all(isinstance(text, str) for text in texts.values()) or not texts["did"]:
        raise BadRow("a field of the profile is no text, or its did is missing; Bluesky has changed")
    handle = "" if texts["handle"] == UNPROVED else texts["handle"]
    return Account(
        platform="bluesky",
        account_id=texts["did"],
        handle=handle,
        url=f"https://bsky.app/profile/{handle or texts['did']}",
        display_name=texts["displayName"],
        bio=texts["description"],
        links=(),
        emails=(),
        registered_email="",
        registration=Strength.NONE,
        created_at=moment(texts["createdAt"]),
        provenance=Provenance(raw.source, raw.where, raw.observed_at, raw.digest),
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
    return item(talk.source.name, where, allowed(profile, FIELDS), talk.source.now, talk.source.options)


CONNECTOR = Connector(
    name="bluesky",
    record=Account,
    access=Access.PUBLIC,
    summary="Public Bluesky profiles found by brand terms, state domains and declared handles",
    fetch=fetch,
    parse=parse,
    expect=Expect(may_shrink=0.7, filled={"handle": 0.9}),
    options={
        **http.OPTIONS,
        **brands.OPTIONS,
        "pages": f"pages of 100 results to read for each term ({PAGES})",
        "url": f"the AppView's address, where it is not {SERVICE.url}",
    },
    service=SERVICE,
    sweep=Sweep(KeyedOn.BRANDS, keys, requests),
    platforms=("bluesky",),
    credentials="none",
    terms="https://bsky.social/about/support/tos",
)
