"""GitHub accounts whose public profile shows an address in a state domain.

Source: docs.github.com/rest: search/users (one query a domain, 100 results a page, 1,000 in all) and users/{username},
whose `email` is the public address and shown to authenticated requests only. The search "does not accept
authentication" and takes 10 requests a minute; profiles, with a token, 5,000 an hour. Followers, repositories, location
and company come with a profile and are left out unread. By docs.github.com (searching users) an address cannot be
searched for by its domain, for privacy: it may find nobody, which says nothing about anybody; `must_find` tells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from connectors import http
from connectors.account_age import time_opened
from connectors.contract import (
    Access,
    Answer,
    BadRow,
    Connector,
    Dropped,
    Interface,
    KeyedOn,
    Outcome,
    Raw,
    Rejected,
    Source,
    SourceDown,
    Sweep,
    texts,
)
from connectors.files.fields import web_address
from connectors.http import SYSTEM, Clock, OutOfBudget, Reply, Session, number
from connectors.http.bodies import allowed
from connectors.http.paging import changed, each, mapping, usable
from connectors.http.sweep import Part, canaries, swept
from connectors.http.tokens import bearer
from connectors.records import Account
from connectors.vendors import github
from connectors.vendors.markup import web_addresses

VERSION, VERSION_ENDS = "2022-11-28", date(2028, 3, 10)
"""Sent with every request; supported for 24 months at least after the next one, 2026-03-10, came out. That one is not
asked for, since servers of one's own (GitHub Enterprise) refuse a version that they do not know."""
SEARCH, USER = "/search/users", "/users/{username}"
FIELDS = ("id", "login", "html_url", "name", "bio", "blog", "email", "created_at")
PAGE, PAGES = 100, 10
"""Results on a page, and pages up to the 1,000 results that a search gives."""
GONE, NO_ADDRESS = "no longer there", "shows no address in a state domain"
SERVICE = replace(
    github.SERVICE,
    headers={"X-GitHub-Api-Version": VERSION},
    advice="Use a token of any account, without any scope; GitHub shows public addresses to nobody else.",
)
SEARCHING = replace(SERVICE, requests=10, seconds=60)


def keys(source: Source) -> tuple[str, ...]:
    """The state domains, and domains that are canaries."""
    return tuple(dict.fromkeys((*source.nexus.domains, *canaries(source))))


def requests(source: Source, keys: Collection[str]) -> int:
    """For each domain at most `pages` pages, and a profile for each result on them."""
    return len(keys) * _pages(source) * (1 + PAGE)


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Answer]:
    """What each domain brought: who does not show an address in a state domain is dropped. Raises SourceDown."""
    # `requests` and `seconds` of audit.toml speak of the token, which the search does not take
    tokenless = {name: value for name, value in source.options.items() if name not in ("requests", "seconds")}
    sign, pages, known = bearer(source), _pages(source), dict[str, Raw | Dropped | Rejected]()
    with (
        Session(replace(source, options=tokenless), SEARCHING, clock=clock) as search,
        Session(source, SERVICE, sign=sign, clock=clock) as users,
    ):
        yield from swept(source, Part(keys(source), lambda batch: [_answer(search, users, known, batch[0], pages)]))


def parse(raw: Raw) -> Account:
    """One profile as an account. Raises BadRow for a field of another kind."""
    found = texts(raw, FIELDS[1:], "a field of the profile is no text; GitHub has changed")
    return Account(
        platform="github",
        account_id=str(raw.values["id"]),
        handle=found["login"],
        url=web_address(found["html_url"]),
        display_name=found["name"],
        bio=found["bio"],
        links=web_addresses([found["blog"]]),
        emails=(found["email"],),
        **time_opened(raw, found["created_at"]),
        provenance=raw.provenance,
    )


def _answer(
    search: Session, users: Session, known: dict[str, Raw | Dropped | Rejected], domain: str, pages: int
) -> Answer:
    """The profiles that a search for one domain leads to; REFUSED where GitHub does not take the query."""
    logins, total, odd = _found(search, domain, pages)
    if total is None:
        return Answer(domain, outcome=Outcome.REFUSED)
    for login in logins:
        if login not in known:
            known[login] = _profile(users, login)
    items: list[Raw | Rejected | Dropped] = [known[login] for login in logins]
    if items and all(isinstance(one, Rejected) for one in items):
        raise BadRow("no profile that it leads to has an id, a login and an email")
    items += odd
    if total > (given := len(logins) + len(odd)):
        most = f" GitHub gives {PAGE * PAGES:,} at most." if total > pages * PAGE else " The next night asks again."
        said = (
            f"GitHub has {total:,} results for {domain}, of which {given:,} were read: accounts may be missing.{most}"
        )
        items.append(Rejected(f"{SEARCH}:{domain}", said, unnamed=True))
    return Answer(domain, tuple(items))


def _found(search: Session, domain: str, pages: int) -> tuple[list[str], int | None, list[Rejected]]:
    """(logins, each once, how many results there are, and those that cannot be read); None where the query is not
    taken."""
    logins: dict[str, None] = {}
    odd: list[Rejected] = []
    total = 0
    for page in range(1, pages + 1):
        _spend(search)
        asked = {"q": f'"{domain}" in:email', "per_page": PAGE, "page": page}
        reply = search.get(SEARCH, asked, also=(422,))
        if reply.status == 422:
            return [], None, []
        value = mapping(search, reply)
        found = each(search, reply, value.get("items"), _login)
        count: Any = value.get("total_count")
        if not isinstance(count, int):
            raise changed(search, reply, "the results have no total")
        if value.get("incomplete_results") is not False:
            raise SourceDown(f"{search.source.name}: GitHub's search ran out of time. The next night asks again.")
        logins |= dict.fromkeys(one for one in found if isinstance(one, str))
        odd += [one for one in found if isinstance(one, Rejected)]
        total = max(total, count)
        if page * PAGE >= count:
            break
    return list(logins), total, odd


def _login(result: Mapping[str, Any]) -> str:
    if not isinstance(result.get("login"), str):
        raise BadRow("a result has no login")
    return str(result["login"])


def _profile(users: Session, login: str) -> Raw | Dropped | Rejected:
    _spend(users)
    reply = users.get(USER, values={"username": login}, also=(404,))
    if reply.status == 404:  # deleted, suspended or hidden since the search's index was made
        return Dropped(1, GONE)
    return usable(reply, mapping(users, reply), partial(_shown, users, reply))


def _shown(users: Session, reply: Reply, user: Mapping[str, Any]) -> Raw | Dropped:
    if not isinstance(user.get("id"), int) or not isinstance(user.get("login"), str) or "email" not in user:
        raise BadRow("a profile has no id, login or email")
    host = str(user["email"]).rpartition("@")[2].strip().lower()
    if not any(f".{host}".endswith(f".{ours}") for ours in keys(users.source)):
        return Dropped(1, NO_ADDRESS)
    return users.item(reply.where, allowed(user, FIELDS))


def _pages(source: Source) -> int:
    return min(PAGES, int(number(source, "pages", PAGES)))


def _spend(talk: Session) -> None:
    """Both sessions live on the one allowance of the source. Raises OutOfBudget."""
    if talk.source.tally.sent >= number(talk.source, "most_requests", SERVICE.most_requests):
        raise OutOfBudget(f"{talk.source.name}: the requests of one night are used up. Raise most_requests.")


CONNECTOR = Connector(
    name="github_public",
    record=Account,
    access=Access.APPROVAL,
    summary="GitHub accounts that show an address in a state domain, as far as GitHub's search finds them",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        VERSION, date(2026, 11, 28), "https://docs.github.com/rest/about-the-rest-api/api-versions", VERSION_ENDS
    ),
    reads=FIELDS,
    needs=("token",),
    options={
        **http.OPTIONS,
        "must_find": "a canary: a state domain in which some GitHub profile shows an address, or nothing is judged",
        "must_not_find": "a canary: a domain in which no GitHub profile can show an address, or nothing is judged",
        "token": 'a token without scopes, as { env = "NAME" } or { file = "PATH" }',
        "pages": f"pages of {PAGE} results to read for each domain, {PAGES} at most ({PAGES})",
        "url": f"the API's address, where it is not {SERVICE.url}",
    },
    service=SERVICE,
    sweep=Sweep(KeyedOn.DOMAINS, keys, requests),
    platforms=("github",),
    credentials="A personal access token without any scope or permission, from github.com/settings/tokens.",
    terms="https://docs.github.com/site-policy/acceptable-use-policies/github-acceptable-use-policies",
)
