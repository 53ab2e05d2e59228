"""Gravatar profiles of employees' state addresses.

Source: docs.gravatar.com/rest-api (version 3), GET /profiles/{SHA-256 of the address}: 1,000 requests an hour with an
API key. 404: no profile; 403: a private one (github.com/Automattic/gravatar/pull/253; not in the description), of which
nothing is kept. Location, employment, pictures, pronouns, contact and payment data come along and are left out unread.
Who has not confirmed an address cannot use Gravatar (github.com/wordpress-mobile/WordPress-iOS/pull/23920, December
2024); the documentation of the interface does not say so, nor what holds for profiles older than that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256

from connectors.contract import Access, Answer, BadRow, Connector, Interface, Outcome, Raw, Source, registered
from connectors.http import SYSTEM, Clock, Reset, Service, Session
from connectors.http.bodies import allowed
from connectors.http.paging import mapping
from connectors.http.sweep import EmployeeLookup, Part, swept
from connectors.http.tokens import bearer
from connectors.letters import unescaped
from connectors.platforms import profile
from connectors.records import Account, Strength

VERSION, PATH = "v3", "/profiles/{profile}"
FIELDS = ("profile_url", "display_name", "description")
LOOKUP = EmployeeLookup(
    found="an address that has a public Gravatar profile",
    not_found="an address that cannot have one",
    discloses="the SHA-256 of the address",
    refresh_days=14,
)
SERVICE = Service(
    "Gravatar",
    requests=1000,
    seconds=3600,
    url=f"https://api.gravatar.com/{VERSION}",
    reset=Reset.EPOCH,
    reset_header="X-RateLimit-Reset",
    remaining_header="X-RateLimit-Remaining",
    advice="Use an API key of an application in Gravatar's developer dashboard.",
)


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Answer]:
    """The public profile of each address. Raises SourceDown."""
    with Session(source, SERVICE, sign=bearer(source), clock=clock) as talk:
        part = Part(LOOKUP.keys(source), lambda batch: [_answer(talk, batch[0])])
        yield from swept(source, part, refresh_days=LOOKUP.refresh_days)


def parse(raw: Raw) -> Account:
    """One profile as an account registered with the address. Raises BadRow for a field of another kind."""
    texts = {name: raw.values.get(name) for name in FIELDS}
    url, name, bio = texts.values()
    if not isinstance(url, str) or not isinstance(name, str) or not isinstance(bio, str):
        raise BadRow("address, name or description of the profile is no text; Gravatar has changed")
    shown = profile(url)
    address = raw.values["address"]
    detail = f"Gravatar shows this profile for {address}, and has its members confirm their addresses"
    return Account(
        platform="gravatar",
        handle=shown.handle if shown and shown.platform == "gravatar" else "",
        url=url,
        display_name=unescaped(name),
        bio=unescaped(bio),
        links=tuple(raw.values["verified"]),
        registered_email=address,
        registration=Strength.STRONG,
        provenance=raw.provenance,
        evidence=registered(raw, address, detail, Strength.STRONG),
    )


def _answer(talk: Session, key: str) -> Answer:
    address = key.strip().lower()
    digest = sha256(address.encode()).hexdigest()
    reply = talk.get(PATH, values={"profile": digest}, also=(403, 404))
    if reply.value is None:
        return Answer(key, outcome=Outcome.NOT_FOUND if reply.status == 404 else Outcome.REFUSED)
    reply = replace(reply, where=PATH)  # an error that says where it was must not name the address by its digest
    found = mapping(talk, reply)
    accounts = found.get("verified_accounts")
    if not isinstance(accounts, list) or not all(
        isinstance(one, dict) and isinstance(one.get("url"), str) and isinstance(one.get("is_hidden"), bool)
        for one in accounts
    ):
        raise BadRow("a verified account has no url, or does not say whether it is hidden")
    links = [one["url"] for one in accounts if not one["is_hidden"] and profile(one["url"])]
    values = {"address": address, **allowed(found, FIELDS), "verified": links}
    return Answer(key, (talk.item(f"/profiles/{digest}", values),))


CONNECTOR = Connector(
    name="gravatar",
    record=Account,
    access=Access.APPROVAL,
    summary="Public Gravatar profiles that belong to employees' state addresses",
    fetch=fetch,
    parse=parse,
    interface=Interface(VERSION, date(2026, 11, 22), "https://docs.gravatar.com/rest-api/"),
    reads=(*FIELDS, "address", "verified"),
    needs=("token",),
    options={
        **LOOKUP.options,
        "token": 'an API key, as { env = "NAME" } or { file = "PATH" }',
        "url": f"the API's address, where it is not {SERVICE.url}",
    },
    service=SERVICE,
    sweep=LOOKUP.sweep,
    platforms=("gravatar",),
    covers=LOOKUP.covers,
    credentials="An API key: Create New Application in Gravatar's developer dashboard (gravatar.com/developers).",
    terms="https://developer.wordpress.com/guidelines/",
)
