"""Accounts of a forum that the State runs, with the address each is registered with. Asks over HTTP.

Source: forum.example/api, GET /v1/accounts: all at once. Where somebody signed in comes along and is left out unread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from connectors import http
from connectors.contract import Access, BadRow, Connector, Interface, Item, Purpose, Raw, Source, registered, texts
from connectors.http import SYSTEM, Clock, Service, Session
from connectors.http.bodies import allowed
from connectors.http.paging import each, mapping
from connectors.http.tokens import bearer
from connectors.records import Account, Strength

VERSION = "v1"
PATH, FIELDS = f"/{VERSION}/accounts", ("id", "name", "email")
SERVICE = Service("Example forum", requests=60, seconds=60, advice="Use an administrator's token.")


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Item]:
    """Every account of the forum. Raises SourceDown."""
    with Session(source, SERVICE, sign=bearer(source), clock=clock) as talk:
        reply = talk.get(PATH)
        yield from each(talk, reply, mapping(talk, reply).get("accounts"), partial(_item, talk))


def _item(talk: Session, account: Mapping[str, Any]) -> Raw:
    if not isinstance(account.get("id"), str):
        raise BadRow("an account has no id")
    return talk.item(f"{PATH}/{account['id']}", allowed(account, FIELDS))


def parse(raw: Raw) -> Account:
    """One account. Raises BadRow for a field of another kind."""
    found = texts(raw, FIELDS, "a field of the account is no text; the forum has changed", needed="id")
    email = found["email"]
    return Account(
        platform="discourse",
        account_id=found["id"],
        handle=found["name"],
        registered_email=email,
        registration=Strength.STRONG if email else Strength.NONE,
        provenance=raw.provenance,
        evidence=registered(raw, email, f"registered with {email}", Strength.STRONG),
    )


CONNECTOR = Connector(
    name="example_forum",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Accounts of an example forum that the organization runs",
    fetch=fetch,
    parse=parse,
    interface=Interface(VERSION, date(2026, 11, 28), "https://forum.example/api"),
    reads=FIELDS,
    needs=("url", "token"),
    options={
        **http.OPTIONS,
        "url": "the forum's address, https://forum.example.gov",
        "token": 'an administrator\'s token, as { env = "NAME" } or { file = "PATH" }',
    },
    service=SERVICE,
    platforms=("discourse",),
    purpose=Purpose.WORK,
    credentials="an administrator's token",
    terms="the forum's own terms",
)
