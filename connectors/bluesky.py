"""Bluesky's public profiles that wear the organization's name: search by brand term, and declared handles.

Source: the lexicons app.bsky.actor.searchActors and getProfiles (github.com/bluesky-social/atproto), answered without
credentials by the public AppView. Keyed on brand terms, state domains and declared handles only, never on employees.
Posts, followers, pictures and labels come with a profile and are left out unread. A did stays when an account takes a
new handle, or its handle is not confirmed any more: a declared account whose did is known is asked for by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from itertools import islice
from typing import Any

from connectors.account_age import time_opened
from connectors.contract import (
    Access,
    Answer,
    BadRow,
    Connector,
    Declared,
    Expect,
    Interface,
    Outcome,
    Raw,
    Rejected,
    Source,
    texts,
)
from connectors.http import SYSTEM, Clock, Reply, Reset, Service, Session
from connectors.http.bodies import allowed
from connectors.http.brands import Became, BrandSearch, became
from connectors.http.paging import cursors, each, mapping, once
from connectors.http.sweep import Part, swept
from connectors.platforms import fold_domain
from connectors.records import Account

SEARCH, PROFILES = "/xrpc/app.bsky.actor.searchActors", "/xrpc/app.bsky.actor.getProfiles"
FIELDS = ("did", "handle", "displayName", "description", "createdAt")
DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]")
UNPROVED = "handle.invalid"
"""What stands for a handle whose DNS name does not confirm it."""
HANDLE = re.compile(rf"(?!{UNPROVED}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?|{DID.pattern}")
"""What getProfiles takes: a handle or a did (atproto.com/specs/handle, /did)."""
NAMES = BrandSearch(
    "bluesky",
    handle=HANDLE,
    account_id=DID,
    advice="A handle on Bluesky is a whole domain name: write mainedot.bsky.social, and the did as its account_id",
    form=fold_domain,
    batch=25,
    pages=5,
)
"""getProfiles takes 25 actors at once; a page holds 100 results."""
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
    """Every profile found by a term or declared by handle or did. Raises SourceDown."""
    pages, declared = NAMES.pages_of(source), NAMES.declared(source)
    with Session(source, SERVICE, clock=clock) as talk:
        yield from swept(
            source,
            Part(declared, lambda batch: _declared(talk, {key: declared[key] for key in batch}), NAMES.batch),
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
        **time_opened(raw, found["createdAt"]),
        provenance=raw.provenance,
    )


def _search(talk: Session, term: str, pages: int) -> Iterator[Answer]:
    """The first pages of one term's results: what matches best comes first."""
    replies = islice(cursors(talk, SEARCH, {"q": term, "limit": 100}), pages)
    found = (
        one
        for reply in replies
        for one in each(talk, reply, mapping(talk, reply).get("actors"), partial(_raw, talk, reply))
    )
    yield Answer(term, tuple(once(found, lambda raw: raw.values["did"])))


def _declared(talk: Session, asked: Mapping[str, Declared]) -> Iterator[Answer]:
    def profiles(actors: list[str]) -> Became:
        return _profiles(talk, actors)

    return NAMES.look_up(asked, profiles, profiles, lambda raw: str(raw.values.get("handle")))


def _profiles(talk: Session, actors: list[str]) -> Became:
    """What became of up to 25 handles or dids: those that nobody has are missing from the reply."""
    reply = talk.get(PROFILES, {"actors": actors})
    made = each(talk, reply, mapping(talk, reply).get("profiles"), partial(_raw, talk, reply))
    found: dict[str, Raw | Outcome] = {}
    for raw in made:
        if isinstance(raw, Raw):
            found |= {str(raw.values.get("handle")).lower(): raw, raw.values["did"]: raw}
    return became(actors, found, [one for one in made if isinstance(one, Rejected)], Outcome.NOT_FOUND)


def _raw(talk: Session, reply: Reply, profile: Mapping[str, Any]) -> Raw:
    """One profile cut to what is kept. Raises BadRow."""
    if not isinstance(profile.get("did"), str):
        raise BadRow("a profile has no did")
    return talk.item(f"{reply.where}:{profile['did']}", allowed(profile, FIELDS))


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
    expect=Expect(may_shrink=0.7, filled={"account_id": 1.0}),
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
