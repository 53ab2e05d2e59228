"""User pages of one MediaWiki wiki that wear the organization's name: search by brand term, and declared user names.

Source: www.mediawiki.org/wiki/API:Users (50 names or ids at once) and API:Search (user pages are namespace 2; a wiki
with MediaWiki's own search looks at titles alone where `srwhat` is not said). No limit is documented as a number but to
ask one request after another, which we do once a second, under a User-Agent that names whom to reach. Keyed on brand
terms, state domains and declared users only; a user who is renamed keeps the id. Of a user page only the few words
around the match are read, of a user the id, name and time of registration; who blocked somebody and why, edits, groups
and gender are left out. Anybody may edit a user page: what it says is not always its owner's word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

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
    SourceDown,
)
from connectors.http import SYSTEM, Clock, Reply, Service, Session
from connectors.http.bodies import allowed
from connectors.http.brands import Became, BrandSearch, became
from connectors.http.paging import changed, each
from connectors.http.sweep import Part, swept
from connectors.platforms import platform_id
from connectors.records import Account
from connectors.vendors.markup import plain_html
from connectors.vendors.wiki import canonical, queried

FIELDS = ("userid", "name", "registration")
BATCH = 50
"""Names, or results, that one request takes at most."""
USER_PAGES = 2
"""The namespace of user pages on every wiki."""
PLATFORMS = ("wikipedia", "wikimedia", "fandom", "mediawiki")
SUBPAGE = "a page below a user page"
UNFIT = {Outcome.NOT_FOUND: "a user page without a user", Outcome.REFUSED: "blocked for good"}
SERVICE = Service(
    "MediaWiki",
    requests=60,
    seconds=60,
    advice="The wiki must allow reading without an account: check url and contact in audit.toml.",
)


def _platform(source: Source) -> str:
    named = source.options.get("platform") or platform_id(str(source.options.get("url", "")))
    if "platform" in source.options and named not in PLATFORMS:
        raise SourceDown(f"{source.name}: platform in audit.toml must be one of {', '.join(PLATFORMS)}.")
    return str(named) if named in PLATFORMS else PLATFORMS[-1]


def _here(source: Source, account: Declared) -> bool:
    """Whether a declared user may be this wiki's: an id says of which wiki it is."""
    wiki = account.account_id.rpartition(":")[0]
    return wiki in ("", urlsplit(str(source.options.get("url", ""))).hostname)


NAMES = BrandSearch(
    platform_of=_platform,
    here=_here,
    handle=re.compile(r"[^|#<>\[\]{}]+"),
    form=canonical,
    account_id=re.compile(r"[^:]+:[0-9]+"),
    advice="A user name holds none of | # < > [ ] { }",
    cased=True,
    batch=BATCH,
    pages=2,
    turns=2,
)
"""Each page of a term's results takes a second request, about the users that it shows. MediaWiki tells MaineDOT from
Mainedot, and takes a name with a | in it for two."""


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Answer]:
    """Every user declared by name, or found by the words of the user page. Raises SourceDown."""
    base, pages = str(source.options.get("url", "")), NAMES.pages_of(source)
    if not base.endswith("/api.php") or not source.options.get("contact"):
        raise SourceDown(
            f'{source.name}: in audit.toml, url is the wiki\'s api.php (url = "https://en.wikipedia.org/w/api.php"),'
            " and contact an address or page where its operators reach you: wikis ask for one."
        )
    declared = NAMES.declared(source)
    with Session(source, SERVICE, base, clock=clock) as talk:
        yield from swept(
            source,
            Part(declared, lambda batch: _declared(talk, {key: declared[key] for key in batch}), BATCH),
            Part(NAMES.terms(source), lambda batch: [_found(talk, batch[0], pages)]),
        )


def parse(raw: Raw) -> Account:
    """One user as an account; its id tells the wiki too, for each counts its own. Raises BadRow."""
    user, wiki = raw.values, raw.values["wiki"]
    name, registered = user["name"], user.get("registration") or ""
    if not isinstance(registered, str):
        raise BadRow("the time of registration is no text; MediaWiki has changed")
    return Account(
        platform=user["platform"],
        account_id=f"{urlsplit(wiki).hostname}:{user['userid']}",
        handle=name,
        url=f"{wiki.rpartition('/')[0]}/index.php?title=User:{quote(name.replace(' ', '_'))}",
        bio=user["snippet"],
        **time_opened(raw, registered),
        provenance=raw.provenance,
    )


def _declared(talk: Session, asked: Mapping[str, Declared]) -> Iterator[Answer]:
    """What became of up to 50 names and ids."""

    def by_id(ids: list[str]) -> Became:
        numbers = {one: one.rpartition(":")[2] for one in ids}
        users, odd = _users(talk, "ususerids", dict.fromkeys(numbers.values(), ""), "userid")
        found = {one: users[number] for one, number in numbers.items() if number in users}
        return became(ids, found, odd, Outcome.FAILED)

    def by_name(names: list[str]) -> Became:
        # a name that the wiki gives back in another spelling: we cannot tell
        return became(names, *_users(talk, "ususers", dict.fromkeys(names, "")), Outcome.FAILED)

    return NAMES.look_up(asked, by_id, by_name, lambda raw: str(raw.values["name"]))


def _found(talk: Session, term: str, pages: int) -> Answer:
    """The first pages of one term's results, as the users whose pages they are."""
    items: dict[str, Raw | Dropped] = {}
    odd: list[Rejected] = []
    more: Mapping[str, Any] = {}
    phrase = '"{}"'.format(term.replace('"', " "))
    asked = {"list": "search", "srwhat": "text", "srsearch": phrase, "srnamespace": USER_PAGES}
    asked |= {"srprop": "snippet", "srlimit": BATCH}
    for _ in range(pages):
        reply, value = queried(talk, {**asked, **more})
        results = each(talk, reply, value["query"].get("search"), _owner)
        odd += [hit for hit in results if isinstance(hit, Rejected)]
        hits = [hit for hit in results if not isinstance(hit, Rejected)]
        texts = {name: text for name, text in hits if "/" not in name and name not in items}
        items |= {name: Dropped(1, SUBPAGE) for name, _ in hits if "/" in name}
        users, unread_users = _users(talk, "ususers", texts)
        odd += unread_users
        for name in users if unread_users else texts:
            found = users.get(name, Outcome.NOT_FOUND)
            items[name] = found if isinstance(found, Raw) else Dropped(1, UNFIT[found])
        more = value.get("continue") or {}
        if not isinstance(more, dict):
            raise changed(talk, reply, "its `continue` is no object")
        if not more:
            break
    return Answer(term, (*items.values(), *odd))


def _owner(hit: Mapping[str, Any]) -> tuple[str, str]:
    """(the name behind "User:" in whatever language, the plain words around the match) of one result. Raises BadRow."""
    title, snippet = hit.get("title"), hit.get("snippet")
    if hit.get("ns") != USER_PAGES or not isinstance(title, str) or not isinstance(snippet, str):
        raise BadRow("a result is no user page, or its snippet no text")
    return title.partition(":")[2], plain_html(snippet)[0]


def _users(talk: Session, parameter: str, texts: Mapping[str, str], known_by: str = "name") -> Became:
    """Each user with the text of the user page, or what stands against: nobody is there, or blocked for good; and
    those that cannot be read, which may be whoever is missing. `known_by` is the field of what `parameter` asks for."""
    if not texts:
        return {}, []
    reply, value = queried(talk, {"list": "users", parameter: "|".join(texts), "usprop": "blockinfo|registration"})
    users = each(talk, reply, value["query"].get("users"), partial(_seen, talk, reply, texts, known_by))
    odd = [user for user in users if isinstance(user, Rejected)]
    return dict(user for user in users if not isinstance(user, Rejected)), odd


def _seen(
    talk: Session, reply: Reply, texts: Mapping[str, str], known_by: str, user: Mapping[str, Any]
) -> tuple[str, Raw | Outcome]:
    """(what a user was asked for by, what became of the user). Raises BadRow."""
    asked = str(user.get(known_by))
    if any(user.get(flag, False) is not False for flag in ("missing", "invalid")):
        return asked, Outcome.NOT_FOUND
    name, number = user.get("name"), user.get("userid")
    if not isinstance(name, str) or not isinstance(number, int):
        raise BadRow("a user has no name or no id")
    if user.get("blockexpiry") == "infinite" and not user.get("blockpartial"):  # one with an end shuts nobody out
        return asked, Outcome.REFUSED
    values = {**allowed(user, FIELDS), "snippet": texts.get(name, ""), "wiki": talk.base}
    values["platform"] = _platform(talk.source)
    return asked, talk.item(f"{reply.where}:{number}", values)


CONNECTOR = Connector(
    name="mediawiki",
    record=Account,
    access=Access.PUBLIC,
    summary="Users of one wiki (Wikipedia, Commons, any MediaWiki) found by brand terms, state domains, declared names",
    fetch=fetch,
    parse=parse,
    interface=Interface("action API, without versions", date(2026, 11, 22), "https://www.mediawiki.org/wiki/API:Users"),
    reads=(*FIELDS, "snippet", "wiki", "platform"),
    expect=Expect(may_shrink=0.7, filled={"handle": 1.0}),
    needs=("contact", "url"),
    options={
        **NAMES.options,
        "pages": f"pages of {BATCH} results to read for each term ({NAMES.pages})",
        "platform": f"which platform the wiki counts as, where its host does not say: {', '.join(PLATFORMS)}",
        "url": "the address of the wiki's api.php, https://en.wikipedia.org/w/api.php; one source for each wiki",
    },
    service=SERVICE,
    sweep=NAMES.sweep,
    page=BATCH,
    platforms=PLATFORMS,
    credentials="none; contact must name an address or page where the wiki's operators reach you",
    terms="each wiki's own; of Wikimedia: https://foundation.wikimedia.org/wiki/Policy:Terms_of_Use",
)
