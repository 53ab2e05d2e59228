"""Accounts of a WordPress site that the State runs, with the address each is registered with.

Source: developer.wordpress.org/rest-api/reference/users: GET /wp-json/wp/v2/users with context=edit, 100 a page, the
totals in X-WP-Total and X-WP-TotalPages (…/using-the-rest-api/pagination), `_fields` to ask for no more than is read
(…/global-parameters). No limit is built in; we keep to two requests a second. Needs an application password of a user
who may list users. Login names, roles, capabilities, first and last names, locale, pictures and meta are not asked for.
WordPress does not say whether an address was ever confirmed: an administrator may have typed it. It keeps every text of
a user as HTML ("R&amp;D", in addresses, too: wp_filter_kses in wp-includes/default-filters.php). Everybody with an
account on this one site (of a network: this one of its sites) is covered, and nobody on any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from connectors import http
from connectors.account_age import time_opened
from connectors.contract import Access, Connector, Expect, Interface, Item, Raw, Source, SourceDown, registered, texts
from connectors.files.fields import web_address
from connectors.http import SYSTEM, Clock, Reply, Service, Session
from connectors.http.bodies import allowed
from connectors.http.paging import changed, listed
from connectors.http.tokens import basic
from connectors.letters import unescaped
from connectors.records import Account, Strength
from connectors.vendors.markup import plain_html, web_addresses

VERSION = "wp/v2"
PATH, PAGE = f"/wp-json/{VERSION}/users", 100
FIELDS = ("id", "name", "slug", "email", "url", "description", "link", "registered_date")
ONE_LINE = ("name", "slug", "email", "url", "link", "registered_date")
SERVICE = Service(
    "WordPress",
    requests=120,
    seconds=60,
    advice="Use an application password of a user who may list users (an administrator), and that user's login name.",
)
"""The limit is ours: WordPress has none."""


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Item]:
    """Every account of the site. Raises SourceDown, also where fewer come than the site says it has."""
    username = source.options.get("username")
    if not isinstance(username, str) or not username or ":" in username:
        raise SourceDown(f"{source.name}: username in audit.toml is the login name behind the application password.")
    with Session(source, SERVICE, sign=basic(source, username, "application_password"), clock=clock) as talk:
        for reply, user in _users(talk):
            if not isinstance(user.get("email"), str):
                raise changed(talk, reply, "an account shows no address, although asked for editing")
            yield talk.item(f"{PATH}/{user['id']}", allowed(user, FIELDS))


def parse(raw: Raw) -> Account:
    """One account; its address proves little. Raises BadRow for a field of another kind."""
    user, site = raw.values, str(raw.options.get("url", ""))
    strange = "name, address or profile of the account are of another kind; WordPress has changed"
    found = {name: unescaped(text) for name, text in texts(raw, ONE_LINE, strange, needed="slug").items()}
    bio, links = plain_html(texts(raw, ("description",), strange)["description"])
    email = found["email"]
    detail = f"registered with {email}; WordPress does not say whether its owner ever confirmed it"
    return Account(
        platform="wordpress",
        account_id=f"{urlsplit(site).hostname}:{user['id']}",  # sites count from 1, each for itself
        handle=found["slug"],
        url=web_address(found["link"]),
        display_name=found["name"],
        bio=bio,
        links=web_addresses([found["url"], *links]),
        registered_email=email,
        registration=Strength.WEAK if email else Strength.NONE,
        **time_opened(raw, found["registered_date"]),
        provenance=raw.provenance,
        evidence=registered(raw, email, detail, Strength.WEAK),
    )


def _users(talk: Session) -> Iterator[tuple[Reply, Mapping[str, Any]]]:
    """(reply, account), each once, by id. Where the total changed meanwhile some may have moved past us: then all pages
    are turned a second time."""
    params = {"context": "edit", "per_page": PAGE, "orderby": "id", "order": "asc", "_fields": ",".join(FIELDS)}
    seen: set[int] = set()
    for _ in (1, 2):
        page, pages, total, totals = 0, 1, 0, set[int]()
        while page < pages:
            page += 1
            reply = talk.get(PATH, {**params, "page": page})
            pages, total = _count(talk, reply, "X-WP-TotalPages"), _count(talk, reply, "X-WP-Total")
            totals.add(total)
            for user in listed(talk, reply, reply.value):
                if not isinstance(user.get("id"), int):
                    raise changed(talk, reply, "an account has no id")
                if user["id"] not in seen:
                    seen.add(user["id"])
                    yield reply, user
        if len(totals) == 1:
            break
    if len(seen) < total:
        raise SourceDown(
            f"{talk.source.name}: WordPress says it has {total:,} accounts and gave {len(seen):,}. Try again the next"
            " night; if it stays so, look for a plugin that hides users."
        )


def _count(talk: Session, reply: Reply, header: str) -> int:
    count = reply.headers.get(header, "")
    if not (count.isascii() and count.isdigit()):
        raise changed(talk, reply, f"it does not say how many accounts there are ({header})")
    return int(count)


CONNECTOR = Connector(
    name="wordpress_site",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Accounts of a WordPress site that the organization runs",
    fetch=fetch,
    parse=parse,
    interface=Interface(VERSION, date(2026, 11, 22), "https://developer.wordpress.org/rest-api/reference/users/"),
    reads=FIELDS,
    expect=Expect(filled={"registered_email": 0.9}),
    needs=("url", "username", "application_password"),
    options={
        **http.OPTIONS,
        "url": "the site's address, in front of /wp-json: https://news.example.gov",
        "username": "the login name of the user whose application password it is",
        "application_password": 'that application password, as { env = "NAME" } or { file = "PATH" }',
    },
    service=SERVICE,
    page=PAGE,
    platforms=("wordpress",),
    purpose=None,
    credentials="an application password (Users, Profile, Application Passwords) of a user who may list users",
    terms="the site's own terms of use and privacy policy",
)
