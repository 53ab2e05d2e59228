"""Accounts of a Discourse forum that the State runs, with the addresses each is registered with.

Source: docs.discourse.org, GET /admin/users/list/{flag}.json with show_emails (each such request is written to the
forum's staff log), 100 a page, until a page is empty; 60 requests a minute for a forum's admin keys together. The list
"active" is every account in the order asked for, suspended and not yet activated ones too (discourse on GitHub,
lib/admin_user_index_query.rb). Needs an administrator's API key: from any other the list is hidden as "not found".
Whatever the list shows of reading, posting, seeing and moderating is left out unread, and so is every address that is
not the State's where one of the State's stands beside it. Everybody is covered on this one forum, and on no other; the
forum says no total to check the list against. That a limit names its wait in Retry-After, and not only in the body, is
not confirmed: without it we wait as if nothing was said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, urlsplit

from connectors import http
from connectors.contract import (
    Access,
    BadRow,
    Connector,
    Dropped,
    Expect,
    Interface,
    Item,
    Raw,
    Source,
    SourceDown,
    registered,
    texts,
)
from connectors.files.fields import moment
from connectors.http import SYSTEM, Clock, Refused, Reply, Service, Session
from connectors.http.bodies import allowed
from connectors.http.paging import changed, listed
from connectors.http.secrets import read_secret
from connectors.records import Account, Strength

PATH, PAGE = "/admin/users/list/active.json", 100
FIELDS = ("id", "username", "name", "active", "created_at")
TEXTS = ("username", "name", "created_at")
STAGED = "staged: the forum made it for somebody who wrote to it by e-mail, and nobody has taken it over"
SERVICE = Service(
    "Discourse",
    requests=60,
    seconds=60,
    advice="Use an administrator's API key with read access to users, and that administrator's username.",
)


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Item]:
    """Every account of the forum, once; staged ones are dropped. Raises SourceDown."""
    username = source.options.get("api_username")
    if not isinstance(username, str) or not username:
        raise SourceDown(f"{source.name}: api_username in audit.toml is the username that the API key belongs to.")
    key = read_secret(source, "api_key")
    with Session(
        source, SERVICE, sign=lambda: {"Api-Key": key.reveal(), "Api-Username": username}, clock=clock
    ) as talk:
        for reply, found in _users(talk):
            if not all(isinstance(found.get(name), kind) for name, kind in (("id", int), ("staged", bool))):
                raise changed(talk, reply, "an account has no id, or does not say whether it is staged")
            if found["staged"]:
                yield Dropped(1, STAGED)
                continue
            values = {**allowed(found, FIELDS), "emails": _addresses(talk, reply, found)}
            yield talk.item(f"{PATH}:{found['id']}", values)


def parse(raw: Raw) -> Account:
    """One account. It is taken as confirmed once it is activated. Raises BadRow for a field of another kind."""
    user, forum = raw.values, str(raw.options.get("url", "")).rstrip("/")
    strange = "username, name or address of the account are of another kind; Discourse has changed"
    found, emails = texts(raw, TEXTS, strange, needed="username"), user["emails"]
    if not all(isinstance(email, str) for email in emails):
        raise BadRow(strange)
    strength = Strength.STRONG if user.get("active") is True else Strength.WEAK
    how = "in an account that is activated" if strength is Strength.STRONG else "in an account that was never activated"
    return Account(
        platform="discourse",
        account_id=f"{urlsplit(forum).hostname}:{user['id']}",  # forums count from 1, each for itself
        handle=found["username"],
        url=f"{forum}/u/{quote(found['username'])}",
        display_name=found["name"],
        registered_email=emails[0] if emails else "",
        registration=strength if emails else Strength.NONE,
        created_at=moment(found["created_at"]),
        provenance=raw.provenance,
        evidence=tuple(
            one for email in emails for one in registered(raw, email, f"registered with {email}, {how}", strength)
        ),
    )


def _users(talk: Session) -> Iterator[tuple[Reply, Mapping[str, Any]]]:
    """(reply, account) in the order of their making, which those that join meanwhile do not disturb."""
    params = {"show_emails": "true", "order": "created", "asc": "true"}
    seen: set[Any] = set()
    page = 1
    while True:
        reply = talk.get(PATH, {**params, "page": page}, also=(404,))
        if reply.status == 404:
            raise Refused(f"{talk.source.name}: Discourse, {PATH}: hidden from this key (404). {SERVICE.advice}")
        users = listed(talk, reply, reply.value)
        fresh = [found for found in users if found.get("id") not in seen]
        if users and not fresh:
            raise changed(talk, reply, "its pages repeat in a circle")
        if not users:
            return
        seen |= {found.get("id") for found in fresh}
        yield from ((reply, found) for found in fresh)
        page += 1


def _addresses(talk: Session, reply: Reply, found: Mapping[str, Any]) -> list[Any]:
    """The State's addresses of an account, else the one it is registered with; other private ones go no further."""
    if not isinstance(found.get("email"), str):
        raise Refused(f"{talk.source.name}: Discourse, {reply.where}: it keeps the addresses back. {SERVICE.advice}")
    others = found.get("secondary_emails") or []
    if not isinstance(others, list):
        raise changed(talk, reply, "the further addresses of an account are no list")
    domains = tuple(end for domain in talk.source.nexus.domains for end in (f"@{domain}", f".{domain}"))
    given = [email for email in (found["email"], *others) if email]
    return [email for email in given if str(email).casefold().endswith(domains)] or given[:1]


CONNECTOR = Connector(
    name="discourse_admin",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Accounts of a Discourse forum that the organization runs",
    fetch=fetch,
    parse=parse,
    interface=Interface("administration API, without versions", date(2026, 11, 22), "https://docs.discourse.org/"),
    reads=(*FIELDS, "emails"),
    expect=Expect(filled={"registered_email": 0.9}),
    needs=("url", "api_key", "api_username"),
    options={
        **http.OPTIONS,
        "url": "the forum's address, https://forum.example.gov",
        "api_key": 'an administrator\'s API key, as { env = "NAME" } or { file = "PATH" }',
        "api_username": "the username that the key belongs to",
    },
    service=SERVICE,
    page=PAGE,
    platforms=("discourse",),
    purpose=None,
    credentials="an API key of a single administrator (Admin, API keys; granular scope: users, list); each reading of"
    " addresses is written to the forum's staff log",
    terms="the forum's own terms of service and privacy policy (/tos, /privacy)",
)
