"""Flickr members that employees' state addresses lead to.

Source: flickr.com/services/api/flickr.people.findByEmail ("may be primary or secondary"): one address a request, 3,600
requests an hour and key (flickr.com/services/developer/api), errors with HTTP 200. The key goes into the query: Flickr
takes it nowhere else. A member who does not want to be found by address is "not found", too. Flickr asks for an
address to be confirmed (flickr.com/help/account), but does not say that an unconfirmed one is not found: hence WEAK.
Error 5 (deleted) is described for flickr.people.getInfo. Photographs and profiles are never asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from connectors.contract import (
    Access,
    Answer,
    BadRow,
    Connector,
    Interface,
    Outcome,
    Raw,
    Source,
    SourceDown,
    registered,
)
from connectors.http import SYSTEM, Clock, Refused, Reply, Service, Session
from connectors.http.paging import changed, mapping
from connectors.http.secrets import Secret, read_secret
from connectors.http.sweep import EmployeeLookup, Part, swept
from connectors.records import Account, Strength

PATH, METHOD = "/services/rest/", "flickr.people.findByEmail"
NOT_FOUND, DELETED, INVALID_KEY, UNAVAILABLE = 1, 5, 100, (105, 106)
"""Flickr's error codes; the other ones say that our request is wrong."""
LOOKUP = EmployeeLookup(
    found="an address that a Flickr member can be found by",
    not_found="an address that no member can have",
    discloses="the address",
    refresh_days=14,
)
SERVICE = Service(
    "Flickr",
    requests=3600,
    seconds=3600,
    url="https://api.flickr.com",
    advice="Use the key of an application in Flickr's App Garden, and see there whether it was turned off.",
)


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Answer]:
    """The member that each address leads to. Raises SourceDown."""
    api_key = read_secret(source, "api_key")
    with Session(source, SERVICE, clock=clock) as talk:
        part = Part(LOOKUP.keys(source), lambda batch: [_answer(talk, api_key, batch[0])])
        yield from swept(source, part, refresh_days=LOOKUP.refresh_days)


def parse(raw: Raw) -> Account:
    """One member as an account said to be registered with the address. Raises BadRow for a field of another kind."""
    nsid, name, address = (raw.values[field] for field in ("nsid", "username", "address"))
    if not isinstance(name, str):
        raise BadRow("the member's name is no text; Flickr has changed")
    return Account(
        platform="flickr",
        account_id=nsid,
        url=f"https://www.flickr.com/people/{nsid}",
        display_name=name,
        registered_email=address,
        registration=Strength.WEAK,
        provenance=raw.provenance,
        evidence=registered(raw, address, f"Flickr names this member for {address}", Strength.WEAK),
    )


def _answer(talk: Session, api_key: Secret, key: str) -> Answer:
    address = key.strip()
    asked = {"method": METHOD, "api_key": api_key.reveal(), "find_email": address}
    reply = talk.get(PATH, {**asked, "format": "json", "nojsoncallback": 1})
    value = mapping(talk, reply)
    if value.get("stat") == "fail":
        return _failed(talk, reply, key, value.get("code"))
    user = value.get("user")
    if value.get("stat") != "ok":
        raise changed(talk, reply, "it neither failed nor names a member")
    if not isinstance(user, dict) or not isinstance(user.get("nsid"), str):
        raise BadRow("a member has no nsid")
    name = user.get("username")
    values = {
        "address": address,
        "nsid": user["nsid"],
        "username": name.get("_content") if isinstance(name, dict) else None,
    }
    where = f"{METHOD}:{user['nsid']}"
    return Answer(key, (talk.item(where, values),))


def _failed(talk: Session, reply: Reply, key: str, code: Any) -> Answer:
    """What an error of Flickr's says of an address. Raises SourceDown where it speaks of us or of Flickr itself."""
    if code in (NOT_FOUND, DELETED):
        return Answer(key, outcome=Outcome.NOT_FOUND)
    if code == INVALID_KEY:
        raise Refused(f"{talk.source.name}: Flickr does not accept the key ({code}). {SERVICE.advice}")
    if code in UNAVAILABLE:
        raise SourceDown(f"{talk.source.name}: Flickr is not available at present ({code}). The next night asks again.")
    raise changed(talk, reply, f"an error of a kind not known ({code if isinstance(code, int) else 'no number'})")


CONNECTOR = Connector(
    name="flickr",
    record=Account,
    access=Access.APPROVAL,
    summary="Flickr members that can be found by employees' state addresses",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "REST, without versions",
        date(2026, 11, 22),
        "https://www.flickr.com/services/api/flickr.people.findByEmail.html",
    ),
    reads=("nsid", "username", "address"),
    needs=("api_key",),
    options={
        **LOOKUP.options,
        "api_key": 'an application\'s key, as { env = "NAME" } or { file = "PATH" }',
        "url": f"the API's address, where it is not {SERVICE.url}",
    },
    service=SERVICE,
    sweep=LOOKUP.sweep,
    platforms=("flickr",),
    covers=LOOKUP.covers,
    credentials="A non-commercial API key, from Create an App in Flickr's App Garden; no permission is needed.",
    terms="https://www.flickr.com/services/api/tos/",
)
