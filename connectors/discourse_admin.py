"""Accounts of a Discourse forum that the State runs, with the addresses each is registered with.

Source: docs.discourse.org, GET /admin/users/list/{flag}.json with show_emails (each such request is written to the
forum's staff log), 100 a page, until a page is empty; 60 requests a minute for a forum's admin keys together. The list
"active" is every account in the order asked for, suspended and not yet activated ones too (discourse on GitHub,
lib/admin_user_index_query.rb), and says of a suspended one until when (app/serializers/admin_user_list_serializer.rb).
Needs an administrator's API key: from any other the list is hidden as "not found".
Whatever the list shows of reading, posting, seeing and moderating is left out unread, and so is every address that is
not the State's where one of the State's stands beside it. Everybody is covered on this one forum, and on no other; the
forum says no total to check the list against. That a limit names its wait in Retry-After, and not only in the body, is
not confirmed: without it we wait as if nothing was said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, urlsplit

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
    SourceDown,
    registered,
    texts,
)
from connectors.files.fields import moment
from connectors.http import SYSTEM, Clock, Refused, Reply, Service, Session
from connectors.http.bodies import allowed
from connectors.http.paging import changed, each
from connectors.http.secrets import read_secret
from connectors.records import CLOSED, Account, Evidence, Strength
from connectors.vendors.members import own_addresses

PATH, PAGE = "/admin/users/list/active.json", 100
FIELDS = ("id", "username", "name", "active", "created_at", "suspended_till")
TEXTS = ("username", "name", "created_at", "suspended_till")
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
        yield from _accounts(talk)


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
        **time_opened(raw, found["created_at"]),
        provenance=raw.provenance,
        evidence=(
            *(one for email in emails for one in registered(raw, email, f"registered with {email}, {how}", strength)),
            *_closed(raw, found["suspended_till"]),
        ),
    )


def _closed(raw: Raw, until: str) -> Iterator[Evidence]:
    """That nobody can sign in to the account, as long as it is suspended; one whose end cannot be read is open."""
    ends_at = moment(until)
    if ends_at and raw.observed_at and ends_at > raw.observed_at:
        words = f"suspended on the forum until {ends_at:%Y-%m-%d}"
        yield Evidence(raw.source, CLOSED, words, raw.observed_at, raw.digest, Strength.NONE)


def _accounts(talk: Session) -> Iterator[Item]:
    """An item for each state address of every account, each once; staged ones are dropped.

    By their names no two accounts have one place in the order. Who joins meanwhile moves others to a later page, where
    they come again; who is deleted moves them to a page that is turned already. So several pages are turned a second
    time, without addresses, which no staff log notes; where one shows somebody new, it is asked for with them.
    """
    seen: set[int] = set()
    last, odd = 0, False
    for number, reply, users in _pages(talk):
        last, known = number, set(seen)
        seen |= _ids(reply)
        for one in users:
            odd = odd or isinstance(one, Rejected)
            yield from _fresh(talk, one, known)
    for page in range(1, last + 2 if last > 1 else 1):
        reply = _asked(talk, page, emails=False)
        shown = each(talk, reply, reply.value, _numbered)
        yield from (one for one in shown if isinstance(one, Rejected) and not odd)  # else it is told already
        if _ids(reply) <= seen:
            continue
        reply = _asked(talk, page)
        for one in each(talk, reply, reply.value, _identified):
            yield from _fresh(talk, one, seen) if not isinstance(one, Rejected) else ()
        seen |= _ids(reply)


def _fresh(talk: Session, found: Mapping[str, Any] | Rejected, known: set[int]) -> Iterable[Item]:
    """The items of an account that is not known yet; what is rejected as it is."""
    if isinstance(found, Rejected):
        return [found]
    return _items(talk, found) if found["id"] not in known else []


def _items(talk: Session, found: Mapping[str, Any]) -> list[Raw | Dropped]:
    if found["staged"]:
        return [Dropped(1, STAGED)]
    emails = own_addresses(talk.source, (found["email"], *(found.get("secondary_emails") or ())))
    items = [{**allowed(found, FIELDS), "emails": [email] if email else []} for email in emails or ("",)]
    return [talk.item(f"{PATH}:{found['id']}", values) for values in items]


def _pages(talk: Session) -> Iterator[tuple[int, Reply, list[Mapping[str, Any] | Rejected]]]:
    """(number, reply, its accounts) page after page, until one is empty."""
    seen: set[int] = set()
    page, in_vain = 1, 0
    while (reply := _asked(talk, page)).value != []:
        if page == 1 and isinstance(reply.value, list) and all(map(_keeps_address, reply.value)):
            where = f"{talk.source.name}: Discourse, {reply.where}"
            raise Refused(f"{where}: it keeps the addresses back. {SERVICE.advice}")
        users = each(talk, reply, reply.value, _identified)
        fresh = {one["id"] for one in users if not isinstance(one, Rejected)} - seen
        in_vain = 0 if fresh else in_vain + 1
        if in_vain and (in_vain > 1 or not any(isinstance(one, Rejected) for one in users)):
            raise changed(talk, reply, "its pages repeat in a circle")
        seen |= fresh
        yield page, reply, users
        page += 1


def _asked(talk: Session, page: int, *, emails: bool = True) -> Reply:
    order = {"order": "username", "asc": "true", "page": page}
    reply = talk.get(PATH, {**({"show_emails": "true"} if emails else {}), **order}, also=(404,))
    if reply.status == 404:
        raise Refused(f"{talk.source.name}: Discourse, {PATH}: hidden from this key (404). {SERVICE.advice}")
    return reply


def _ids(reply: Reply) -> set[int]:
    """The ids of the accounts on a page, of those that cannot be read, too."""
    found = reply.value if isinstance(reply.value, list) else []
    return {one["id"] for one in found if isinstance(one, dict) and isinstance(one.get("id"), int)}


def _keeps_address(found: Any) -> bool:
    """Whether it is an account in all but its address."""
    kinds = (("id", int), ("staged", bool))
    sound = isinstance(found, dict) and all(isinstance(found.get(name), kind) for name, kind in kinds)
    return sound and not isinstance(found.get("email"), str)


def _numbered(found: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(found.get("id"), int):
        raise BadRow("an account has no id")
    return found


def _identified(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """An account with its addresses as they should be. Raises BadRow."""
    kinds = (("id", int), ("staged", bool), ("email", str), ("secondary_emails", list | None))
    sound = all(isinstance(found.get(name), kind) for name, kind in kinds)
    if not sound or not all(isinstance(email, str) for email in found.get("secondary_emails") or ()):
        raise BadRow("an account has no id or no addresses, or does not say whether it is staged")
    return found


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
    page=PAGE // 2,  # a page is turned twice
    platforms=("discourse",),
    purpose=None,
    credentials="an API key of a single administrator (Admin, API keys; granular scope: users, list); each reading of"
    " addresses is written to the forum's staff log",
    terms="the forum's own terms of service and privacy policy (/tos, /privacy)",
)
