"""Bluesky's public profiles that wear the organization's name: search by brand term, and declared handles.

Source: the lexicons app.bsky.actor.searchActors and getProfiles (github.com/bluesky-social/atproto), answered without
credentials by the public AppView. Keyed on brand terms, state domains and declared handles only, never on employees.
Posts, followers, pictures and labels come with a profile and are left out unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any

from connectors import http
from connectors.contract import Access, BadRow, Connector, Expect, Item, Raw, Rejected, Source, SourceDown
from connectors.files.fields import moment
from connectors.http import SYSTEM, Clock, Reply, Reset, Service, Session, number
from connectors.http.bodies import allowed, item
from connectors.http.paging import cursors, listed, mapping, once
from connectors.records import Account, Provenance, Strength

URL = "https://public.api.bsky.app"
SEARCH, PROFILES = "/xrpc/app.bsky.actor.searchActors", "/xrpc/app.bsky.actor.getProfiles"
FIELDS = ("did", "handle", "displayName", "description", "createdAt")
BATCH = 25
"""Actors that getProfiles takes at once."""
HANDLE = re.compile(
    r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?|did:[a-z]+:[a-z0-9._:%-]*[a-z0-9._-]"
)
"""What getProfiles takes: a handle or a did (atproto.com/specs/handle, /did)."""
UNPROVED = "handle.invalid"
"""What stands for a handle whose DNS name does not confirm it."""
TELLING = re.compile(r"[a-z][a-z .&'-]{5,}")
"""A pushed-down term that is worth a search of its own: plain letters, and not so short that it is everybody's."""
GONE = "there is no profile by this declared handle: it is gone, renamed or taken down; check the registry of accounts"
SERVICE = Service(
    "Bluesky",
    requests=3000,
    seconds=300,
    reset=Reset.EPOCH,
    reset_header="RateLimit-Reset",
    remaining_header="RateLimit-Remaining",
    advice="The public AppView needs no credentials: check the url in audit.toml.",
)
"""The limit is the one documented for a PDS; the AppView's own has no number."""


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Item]:
    """Every profile found by a term or declared by its handle, once. A declared one that is not there is rejected."""
    handles, pages = _texts(source, "handles"), int(number(source, "pages", 5))
    terms = _texts(source, "terms") or [term for term in source.nexus.terms if TELLING.fullmatch(term)]
    wanted = list(dict.fromkeys(handle.strip().removeprefix("@").lower() for handle in handles))
    with Session(source, SERVICE, str(source.options.get("url", URL)), clock=clock) as talk:
        declared = [
            found for start in range(0, len(wanted), BATCH) for found in _batch(talk, wanted[start : start + BATCH])
        ]
        known = {str(profile.get(name, "")).lower() for _, profile in declared for name in ("handle", "did")}
        yield from (Rejected(f"{PROFILES}:{handle}", GONE) for handle in wanted if handle not in known)
        found = (one for term in dict.fromkeys((*source.nexus.domains, *terms)) for one in _search(talk, term, pages))
        yield from (_raw(source, *one) for one in once(chain(declared, found), _did))


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


Found = tuple[Reply, Mapping[str, Any]]


def _search(talk: Session, term: str, pages: int) -> Iterator[Found]:
    """The first pages of one term's results: what matches best comes first."""
    for reply in islice(cursors(talk, SEARCH, {"q": term, "limit": 100}), pages):
        yield from ((reply, profile) for profile in listed(talk, reply, mapping(talk, reply).get("actors")))


def _batch(talk: Session, handles: list[str]) -> Iterator[Found]:
    """The profiles of up to 25 handles; one that is no handle would spoil the whole batch and is not sent."""
    actors = [handle for handle in handles if HANDLE.fullmatch(handle)]
    if actors:
        reply = talk.get(PROFILES, {"actors": actors})
        yield from ((reply, profile) for profile in listed(talk, reply, mapping(talk, reply).get("profiles")))


def _did(found: Found) -> str:
    return str(found[1].get("did"))


def _raw(source: Source, reply: Reply, profile: Mapping[str, Any]) -> Raw:
    where = f"{reply.where}:{profile.get('did')}"
    return item(source.name, where, allowed(profile, FIELDS), source.now, source.options)


def _texts(source: Source, name: str) -> list[str]:
    value = source.options.get(name, [])
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise SourceDown(f'{source.name}: {name} in audit.toml is a list of texts: {name} = ["…"].')
    return value


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
        "terms": 'what to search for: terms = ["Maine DOT", "MaineDOT"]; without it, the organization\'s own marks',
        "handles": "declared handles to look up, for example those of official accounts",
        "pages": "pages of 100 results to read for each term (5)",
        "url": f"the AppView's address, where it is not {URL}",
    },
)
