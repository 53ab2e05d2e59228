"""Public profiles of one Mastodon instance that wear the organization's name: search by brand term, declared handles.

Source: docs.joinmastodon.org/methods/search (v2, type=accounts, 40 a page; `offset` needs a user's token) and
/methods/accounts (lookup: 404 unknown, 410 or `suspended` closed by the instance). 300 requests in 5 minutes. Keyed on
brand terms, state domains and declared handles only. An instance's copies of accounts of other instances are left out:
they are second-hand, outlive a deletion, and their ids are not the account's own. Posts, followers, pictures and the
words of profile fields come with an account and are left out unread; of the fields only the links count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from connectors.account_age import time_opened
from connectors.contract import (
    Access,
    Answer,
    BadRow,
    Connector,
    Declared,
    Dropped,
    Expect,
    Interface,
    Outcome,
    Raw,
    Rejected,
    Source,
    texts,
)
from connectors.files.fields import web_address
from connectors.http import SYSTEM, Clock, Reply, Reset, Service, Session
from connectors.http.bodies import allowed
from connectors.http.brands import BrandSearch
from connectors.http.doors import checked_base
from connectors.http.paging import each, mapping
from connectors.http.sweep import Part, swept
from connectors.http.tokens import bearer
from connectors.platforms import fold_domain
from connectors.records import Account
from connectors.vendors.markup import plain_html, web_addresses

SEARCH, LOOKUP = "/api/v2/search", "/api/v1/accounts/lookup"
FIELDS = ("id", "username", "url", "display_name", "note", "created_at")
PAGE = 40
"""Results that one request gives at most."""
ELSEWHERE, SUSPENDED = "an account of another instance", "suspended by the instance"
SERVICE = Service(
    "Mastodon",
    requests=300,
    seconds=300,
    reset=Reset.ISO,
    reset_header="X-RateLimit-Reset",
    remaining_header="X-RateLimit-Remaining",
    advice="Use a token of an account on this very instance, with read:accounts and read:search.",
)


def _here(source: Source, account: Declared) -> bool:
    """Whether a handle has no domain, or this instance's: @dot@maine.gov may live on social.maine.gov."""
    host = urlsplit(checked_base(str(source.options.get("url", "")), source.name)).hostname or ""
    domain = account.handle.partition("@")[2]
    return bool(account.handle) and (not domain or f".{fold_domain(host)}".endswith(f".{fold_domain(domain)}"))


NAMES = BrandSearch(
    "mastodon",
    here=_here,
    handle=re.compile(r"[a-z0-9_]+([.-]+[a-z0-9_]+)*(@[^@\s]+)?"),
    advice="A handle on Mastodon is letters, digits, dots, dashes and underscores, with the instance behind a second @",
    pages=3,
)
"""A name on an instance is never changed, so no id is asked for; an id says nothing of whose instance it is."""


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Answer]:
    """Every local profile found by a term or declared by its handle. Raises SourceDown."""
    sign, pages = bearer(source), NAMES.pages_of(source)
    with Session(source, SERVICE, sign=sign, clock=clock) as talk:
        yield from swept(
            source,
            Part(NAMES.handles(source), lambda batch: [_declared(talk, batch[0])]),
            Part(NAMES.terms(source), lambda batch: [_found(talk, batch[0], pages)]),
        )


def parse(raw: Raw) -> Account:
    """One profile as an account. Raises BadRow for a field of another kind."""
    strange = "a field of the profile is no text, or its username is missing; Mastodon has changed"
    found = texts(raw, FIELDS, strange, needed="username")
    bio, links = plain_html(found["note"])
    return Account(
        platform="mastodon",
        account_id=found["id"],
        handle=found["username"],
        url=web_address(found["url"]),
        display_name=found["display_name"],
        bio=bio,
        links=web_addresses((*links, *raw.values["links"])),
        **time_opened(raw, found["created_at"]),
        provenance=raw.provenance,
    )


def _declared(talk: Session, key: str) -> Answer:
    reply = talk.get(LOOKUP, {"acct": key[1:]}, also=(404, 410))
    if reply.status != 200:
        return Answer(key, outcome=Outcome.REFUSED if reply.status == 410 else Outcome.NOT_FOUND)
    _, found = _seen(talk, reply, mapping(talk, reply))
    if isinstance(found, Raw):
        return Answer(key, (found,))
    return Answer(key, outcome=Outcome.REFUSED if found == SUSPENDED else Outcome.NOT_FOUND)


def _found(talk: Session, term: str, pages: int) -> Answer:
    """The first pages of one term's results: what matches best comes first.

    A page may hold fewer than asked with more behind it: what is hidden goes out of it once it is cut
    (github.com/mastodon/mastodon, app/services/account_search_service.rb).
    """
    found: dict[str, Raw | str] = {}
    odd: list[Rejected] = []
    for page in range(pages):
        asked = {"q": term, "type": "accounts", "limit": PAGE, **({"offset": page * PAGE} if page else {})}
        reply = talk.get(SEARCH, asked)
        accounts = each(talk, reply, mapping(talk, reply).get("accounts"), partial(_seen, talk, reply))
        found |= dict(one for one in accounts if not isinstance(one, Rejected))
        odd += [one for one in accounts if isinstance(one, Rejected)]
        if not accounts:
            break
    left_out = [one for one in found.values() if isinstance(one, str)]
    dropped = (Dropped(left_out.count(reason), reason) for reason in dict.fromkeys(left_out))
    return Answer(term, (*(one for one in found.values() if isinstance(one, Raw)), *dropped, *odd))


def _seen(talk: Session, reply: Reply, account: Mapping[str, Any]) -> tuple[str, Raw | str]:
    """(id, an account cut to what is kept, or why it is left out). Raises BadRow."""
    handle, fields = account.get("acct"), account.get("fields", [])
    if not isinstance(handle, str) or not isinstance(account.get("id"), str) or not isinstance(fields, list):
        raise BadRow("an account has no id, no acct, or no list of fields")
    if "@" in handle:
        return account["id"], ELSEWHERE
    if account.get("suspended") is True:
        return account["id"], SUSPENDED
    values: dict[str, Any] = allowed(account, FIELDS)
    texts = (str(one.get("value") or "") for one in fields if isinstance(one, dict))
    values["links"] = [link for text in texts for link in plain_html(text)[1]]
    return account["id"], talk.item(f"{reply.where}:{account['id']}", values)


CONNECTOR = Connector(
    name="mastodon",
    record=Account,
    access=Access.PUBLIC,
    summary="Public profiles of one Mastodon instance found by brand terms, state domains and declared handles",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "v2 (search) and v1 (lookup)", date(2026, 11, 22), "https://docs.joinmastodon.org/methods/search/"
    ),
    reads=(*FIELDS, "links"),
    expect=Expect(may_shrink=0.7, filled={"handle": 1.0}),
    needs=("url", "token"),
    options={
        **NAMES.options,
        "pages": f"pages of {PAGE} results to read for each term ({NAMES.pages})",
        "url": "the instance's address, https://mastodon.social; one source for each instance",
        "token": 'a user\'s token with read:accounts and read:search, as { env = "NAME" } or { file = "PATH" }',
    },
    service=SERVICE,
    sweep=NAMES.sweep,
    page=PAGE,
    platforms=("mastodon",),
    credentials="a token of an account on the instance, with read:accounts and read:search"
    " (Preferences, Development, New application)",
    terms="the instance's own rules and privacy policy; of the largest: https://mastodon.social/terms-of-service",
)
