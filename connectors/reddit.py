"""Reddit profiles that wear the organization's name: search by brand term, and declared handles.

Source: www.reddit.com/dev/api (users/search, user/{name}/about; raw_json=1: texts without HTML entities) and Reddit's
OAuth2 wiki: a token by client credentials with HTTP Basic, 100 requests a minute averaged over ten, X-Ratelimit-Reset
in seconds left. The shapes have no machine-readable description. 404 is an account that never was, was deleted, or is
hidden from everybody; a suspended one shows its name only. Keyed on brand terms, state domains and declared handles
only. Karma, pictures, posts and communities come with a profile or hang on it and are left out unread. Reddit must have
approved the use beforehand: its Developer Terms bar "law enforcement or surveillance purposes" (4.2).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import islice
from typing import Any

from connectors.account_age import time_opened
from connectors.contract import (
    Access,
    Answer,
    BadRow,
    Connector,
    Dropped,
    Expect,
    Interface,
    Outcome,
    Raw,
    Rejected,
    Source,
    SourceDown,
)
from connectors.http import SYSTEM, Clock, Reply, Reset, Service, Session
from connectors.http.bodies import allowed
from connectors.http.brands import BrandSearch
from connectors.http.paging import changed, cursors, each, mapping
from connectors.http.sweep import Part, swept
from connectors.http.tokens import basic, renewed
from connectors.records import Account

URL, LOGIN_URL = "https://oauth.reddit.com", "https://www.reddit.com"
TOKEN, SEARCH, ABOUT = "/api/v1/access_token", "/users/search", "/user/{name}/about"
FIELDS, PROFILE_FIELDS = ("id", "name", "created_utc"), ("title", "public_description")
PAGE = 100
"""Results that one request gives at most."""
NAMES = BrandSearch(
    "reddit",
    handle=re.compile(r"[a-z0-9_-]{3,20}"),
    advice="A name on Reddit is 3 to 20 letters, digits, dashes and underscores",
    pages=2,
    besides=1,
)
"""The first request is for the token. A name on Reddit is never changed, so no id is asked for."""
NAMED = re.compile(r"[\w-]+", re.ASCII)
SUSPENDED = "suspended"
GRANT = {"grant_type": "client_credentials"}
SERVICE = Service(
    "Reddit",
    requests=1000,
    seconds=600,
    url=URL,
    reset=Reset.LEFT,
    reset_header="X-Ratelimit-Reset",
    remaining_header="X-Ratelimit-Remaining",
    most_requests=5_000,
    advice="Check that Reddit has approved this client, and client_id and client_secret in audit.toml.",
)
SIGN_IN = replace(SERVICE, url=LOGIN_URL)


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Answer]:
    """Every profile found by a term or declared by its handle. Raises SourceDown."""
    pages = NAMES.pages_of(source)
    with Session(source, SERVICE, sign=_signature(source, clock), clock=clock) as talk:
        yield from swept(
            source,
            Part(NAMES.handles(source), lambda batch: [_declared(talk, batch[0])]),
            Part(NAMES.terms(source), lambda batch: [_found(talk, batch[0], pages)]),
        )


def parse(raw: Raw) -> Account:
    """One profile as an account. Raises BadRow for a field of another kind."""
    texts = {name: raw.values.get(name) or "" for name in ("id", "name", *PROFILE_FIELDS)}
    created = raw.values.get("created_utc")
    if not all(isinstance(text, str) for text in texts.values()) or not isinstance(created, int | float | None):
        raise BadRow("a field of the profile is of another kind; Reddit has changed")
    try:
        created_at = None if created is None else datetime.fromtimestamp(created, UTC)
    except (ValueError, OverflowError, OSError):
        raise BadRow(f"created_utc {created} is no time; Reddit has changed") from None
    return Account(
        platform="reddit",
        account_id=texts["id"],
        handle=texts["name"],
        url=f"https://www.reddit.com/user/{texts['name']}/",
        display_name=texts["title"],
        bio=texts["public_description"],
        **time_opened(raw, created_at),
        provenance=raw.provenance,
    )


def _declared(talk: Session, key: str) -> Answer:
    reply = talk.get(ABOUT, {"raw_json": 1}, values={"name": key[1:]}, also=(404,))
    if reply.status == 404:
        return Answer(key, outcome=Outcome.NOT_FOUND)
    _, found = _seen(talk, reply, mapping(talk, reply))
    return Answer(key, (found,)) if found is not None else Answer(key, outcome=Outcome.REFUSED)


def _found(talk: Session, term: str, pages: int) -> Answer:
    """The first pages of one term's results: what matches best comes first."""
    asked = {"q": term, "limit": PAGE, "sort": "relevance", "raw_json": 1}
    found: dict[str, Raw | None] = {}
    odd: list[Rejected] = []
    for reply in islice(cursors(talk, SEARCH, asked, found=_after, sent="after"), pages):
        for one in each(talk, reply, _listing(talk, reply).get("children"), partial(_seen, talk, reply)):
            if isinstance(one, Rejected):
                odd.append(one)
            else:
                found.setdefault(*one)
    shown, hidden = [one for one in found.values() if one is not None], list(found.values()).count(None)
    return Answer(term, (*shown, *odd, *([Dropped(hidden, SUSPENDED)] if hidden else [])))


def _listing(talk: Session, reply: Reply) -> Mapping[str, Any]:
    data = mapping(talk, reply).get("data")
    if not isinstance(data, dict):
        raise changed(talk, reply, "there is no listing in the reply")
    return data


def _after(value: Mapping[str, Any]) -> Any:
    data = value.get("data")
    return data.get("after") if isinstance(data, Mapping) else None


def _seen(talk: Session, reply: Reply, thing: Mapping[str, Any]) -> tuple[str, Raw | None]:
    """(name, the profile cut to what is kept; None for a suspended one). Raises BadRow."""
    user = thing.get("data")
    if thing.get("kind") != "t2" or not isinstance(user, dict) or not isinstance(user.get("name"), str):
        raise BadRow("an item is no account with a name")
    if user.get("is_suspended") is True:
        return user["name"], None
    page = user.get("subreddit")
    if not isinstance(user.get("id"), str) or not isinstance(page, dict | None):
        raise BadRow("an account has no id, or its profile is no object")
    values = {**allowed(user, FIELDS), **allowed(page or {}, PROFILE_FIELDS)}
    where = f"{SEARCH if reply.where == SEARCH else ABOUT}:{user['id']}"
    return user["name"], talk.item(where, values)


def _signature(source: Source, clock: Clock) -> Callable[[], Mapping[str, str]]:
    """Headers with a token that is renewed before it ends, and the User-Agent that Reddit asks for."""
    client, account = (_named(source, name) for name in ("client_id", "account"))
    agent = {"User-Agent": f"server:identity-audit:1 (by /u/{account})"}
    client_header = {**agent, **basic(source, client, "client_secret")()}
    token = renewed(source, SIGN_IN, "login_url", TOKEN, lambda: GRANT, clock, client_header)
    return lambda: {**agent, "Authorization": f"bearer {token()}"}


def _named(source: Source, name: str) -> str:
    value = source.options.get(name)
    if not isinstance(value, str) or not NAMED.fullmatch(value):
        raise SourceDown(f"{source.name}: {name} is missing in audit.toml, or is not what Reddit shows. Correct it.")
    return value


CONNECTOR = Connector(
    name="reddit",
    record=Account,
    access=Access.APPROVAL,
    summary="Reddit profiles found by brand terms, state domains and declared handles",
    fetch=fetch,
    parse=parse,
    interface=Interface("Data API, without versions", date(2026, 11, 22), "https://www.reddit.com/dev/api/"),
    reads=(*FIELDS, *PROFILE_FIELDS),
    expect=Expect(may_shrink=0.7, filled={"handle": 1.0}),
    needs=("account", "client_id", "client_secret"),
    options={
        **NAMES.options,
        "account": "the Reddit account that answers for this client; sent in the User-Agent, as Reddit asks",
        "client_id": "the id of the client that Reddit approved",
        "client_secret": 'its secret, as { env = "NAME" } or { file = "PATH" }',
        "login_url": f"the address that gives tokens, where it is not {LOGIN_URL}",
        "pages": f"pages of {PAGE} results to read for each term ({NAMES.pages})",
        "url": f"the interface's address, where it is not {URL}",
    },
    service=SERVICE,
    sweep=NAMES.sweep,
    page=PAGE,
    platforms=("reddit",),
    credentials="client_id and client_secret of an application that Reddit has approved under its Responsible Builder"
    " Policy; no user's permission is needed beyond it (client credentials)",
    terms="https://redditinc.com/policies/developer-terms",
)
