"""Accounts of a Mastodon instance that the State runs, with the address each is registered with.

Source: docs.joinmastodon.org/methods/admin/accounts (v2): GET /api/v2/admin/accounts, origin=local, 200 a page, Link
header, 300 requests in 5 minutes. Needs a token with admin:read:accounts of a role with "Manage users". IP addresses,
followers and posts come with every account and are left out unread. Everybody is covered on this one instance; it tells
nothing of accounts on others, and Mastodon names no total to hold the list against.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from connectors import http
from connectors.account_age import time_opened
from connectors.contract import (
    Access,
    BadRow,
    Connector,
    Dropped,
    Expect,
    Interface,
    Item,
    Raw,
    Rejected,
    Source,
    registered,
    texts,
)
from connectors.files.fields import web_address
from connectors.http import SYSTEM, Clock, Reset, Service, Session
from connectors.http.bodies import allowed
from connectors.http.paging import each, linked, once
from connectors.http.tokens import bearer
from connectors.records import CLOSED, Account, Evidence, Strength
from connectors.vendors.markup import plain_html, web_addresses

VERSION = "v2"
PATH, PAGE = f"/api/{VERSION}/admin/accounts", 200
FIELDS = ("id", "username", "email", "created_at", "confirmed", "approved", "suspended", "disabled")
PROFILE_FIELDS = ("url", "display_name", "note")
ELSEWHERE = "an account of another instance"
TEXTS = ("username", "email", "created_at", *PROFILE_FIELDS)
SERVICE = Service(
    "Mastodon",
    requests=300,
    seconds=300,
    reset=Reset.ISO,
    reset_header="X-RateLimit-Reset",
    remaining_header="X-RateLimit-Remaining",
    advice="Use a token with admin:read:accounts of an account whose role may manage users.",
)


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Item]:
    """Every local account of the instance; others that are listed all the same are dropped. Raises SourceDown."""
    with Session(source, SERVICE, sign=bearer(source), clock=clock) as talk:
        replies = linked(talk, PATH, {"origin": "local", "limit": PAGE}, full=PAGE)
        accounts = (one for reply in replies for one in each(talk, reply, reply.value, _identified))
        for found in once(accounts, lambda found: found["id"]):
            if isinstance(found, Rejected):
                yield found
            else:
                yield Dropped(1, ELSEWHERE) if found.get("domain") else _raw(talk, found)


def parse(raw: Raw) -> Account:
    """One account. An address that nobody confirmed proves little. Raises BadRow for a field of another kind."""
    account = raw.values
    strange = "username, email or profile of the account are of another kind; Mastodon has changed"
    found = texts(raw, TEXTS, strange, needed="username")
    confirmed = account.get("confirmed") is True
    bio, links = plain_html(found["note"])
    for one in account["fields"]:
        links += plain_html(str(one.get("value") or ""))[1]
    email, strength = found["email"], Strength.STRONG if confirmed else Strength.WEAK
    words = f"registered with {email}, which its owner {'confirmed' if confirmed else 'never confirmed'}"
    return Account(
        platform="mastodon",
        account_id=str(account["id"]),
        handle=found["username"],
        url=web_address(found["url"]),
        display_name=found["display_name"],
        bio=bio,
        links=web_addresses(links),
        registered_email=email,
        registration=strength if email else Strength.NONE,
        **time_opened(raw, found["created_at"]),
        provenance=raw.provenance,
        evidence=(*registered(raw, email, words, strength), *_closed(raw)),
    )


def _closed(raw: Raw) -> Iterator[Evidence]:
    """That nobody can sign in to the account any more, where a moderator has suspended or disabled it."""
    said = [name for name in ("suspended", "disabled") if raw.values.get(name) is True]
    if said:
        words = f"{' and '.join(said)} on the instance"
        yield Evidence(raw.source, CLOSED, words, raw.observed_at, raw.digest, Strength.NONE)


def _identified(found: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(found.get("id"), str) or not isinstance(found.get("account"), dict):
        raise BadRow("an account has no id or no profile")
    return found


def _raw(talk: Session, found: Mapping[str, Any]) -> Raw:
    """An account cut to what is kept."""
    values = {**allowed(found, FIELDS), **allowed(found["account"], PROFILE_FIELDS)}
    values["fields"] = [allowed(one, ("value",)) for one in _profile_fields(found["account"])]
    return talk.item(f"{PATH}/{found['id']}", values)


def _profile_fields(profile: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = profile.get("fields")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


CONNECTOR = Connector(
    name="mastodon_admin",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Accounts of a Mastodon instance that the organization runs",
    fetch=fetch,
    parse=parse,
    interface=Interface(VERSION, date(2026, 11, 22), "https://docs.joinmastodon.org/methods/admin/accounts/"),
    reads=(*FIELDS, *PROFILE_FIELDS, "fields"),
    expect=Expect(filled={"registered_email": 0.9}),
    needs=("url", "token"),
    options={
        **http.OPTIONS,
        "url": "the instance's address, https://social.example.gov",
        "token": 'an administrator\'s token with admin:read:accounts, as { env = "NAME" } or { file = "PATH" }',
    },
    service=SERVICE,
    page=PAGE,
    platforms=("mastodon",),
    purpose=None,
    credentials="a token of an account whose role may manage users, with admin:read:accounts"
    " (Preferences, Development, New application)",
    terms="the instance's own rules and privacy policy",
)
