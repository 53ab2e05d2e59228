"""The organization's declared blogs on Blogger: whether they are there, and what they call themselves.

Source: Blogger API v3, blogs.getByUrl (developers.google.com/blogger/docs/3.0/reference/blogs/getByUrl), and blogs.get
where the registry has the blog's id, which stays when its address changes; with an API key. There is no search and no
look-up by person: keyed on declared blogs only. 10,000 requests a day is the number commonly given; no page that says
so could be found, nor one that says how a private blog answers (taken to be 403, as for everything that is not
permitted). A blog that was removed answers 404. Only name, description, address, date and status are asked for; posts,
pages and locale are not.
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
    Expect,
    Interface,
    Outcome,
    Raw,
    Rejected,
    Source,
)
from connectors.files.fields import web_address
from connectors.http import SYSTEM, Clock, Service, Session
from connectors.http.bodies import allowed
from connectors.http.brands import BrandSearch, one_by_one
from connectors.http.paging import usable
from connectors.http.sweep import Part, swept
from connectors.platforms import fold_domain
from connectors.records import Account
from connectors.vendors import google
from connectors.vendors.markup import plain_html, web_addresses

VERSION = "v3"
BY_URL, BY_ID, OWN = f"/{VERSION}/blogs/byurl", f"/{VERSION}/blogs/{{blog}}", ".blogspot.com"
FIELDS = ("id", "name", "description", "url", "published")


def _host_of(handle: str) -> str:
    """The host of a blog that is known by its name, its host or its address."""
    named = _host(handle) if "://" in handle else handle
    return fold_domain(named if "." in named or not named else named + OWN)


NAMES = BrandSearch(
    "blogger",
    handle=re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]"),
    form=_host_of,
    account_id=re.compile(r"[0-9]{1,25}"),
    advice="A blog goes by the name in front of blogspot.com, or by the host of a domain of its own",
)
SERVICE = Service(
    "Blogger",
    requests=60,
    seconds=60,
    url="https://blogger.googleapis.com",
    limits_with=(403, 429),
    quota=google.QUOTA,
    slow=google.SLOW,
    most_requests=9000,
    advice="Check the key, and that its project has the Blogger API enabled.",
)
"""No rate is documented: one request a second is our own."""


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Answer]:
    """Every declared blog that is there. Raises SourceDown."""
    declared = NAMES.declared(source)
    with Session(source, SERVICE, sign=google.key_header(source), clock=clock) as talk:
        door = google.Door(talk)
        yield from swept(source, Part(declared, lambda batch: _declared(door, {key: declared[key] for key in batch})))


def parse(raw: Raw) -> Account:
    """One blog as an account. Raises BadRow for a field of another kind."""
    texts = {name: raw.values.get(name, "") for name in FIELDS}
    if not all(isinstance(text, str) for text in texts.values()) or not texts["id"]:
        raise BadRow("a field of the blog is no text, or its id is missing; Blogger has changed")
    address = web_address(texts["url"])
    bio, links = plain_html(texts["description"])
    return Account(
        platform="blogger",
        account_id=texts["id"],
        handle=_host(address).removesuffix(OWN),
        url=address,
        display_name=plain_html(texts["name"])[0],
        bio=bio,
        links=web_addresses(links),
        **time_opened(raw, texts["published"]),
        provenance=raw.provenance,
    )


def _declared(door: google.Door, asked: Mapping[str, Declared]) -> Iterator[Answer]:
    """What Blogger knows of declared blogs; an address is a parameter, and nothing is fetched from the blog itself."""
    by_id = one_by_one(lambda blog: _answer(door, BY_ID, {}, {"blog": blog}))
    by_url = one_by_one(lambda host: _answer(door, BY_URL, {"url": f"https://{host}/"}, {}))
    return NAMES.look_up(asked, by_id, by_url, lambda raw: _host(str(raw.values.get("url"))))


def _answer(
    door: google.Door, path: str, asked: Mapping[str, str], values: Mapping[str, str]
) -> Raw | Outcome | Rejected:
    reply = door.ask(path, {**asked, "fields": f"kind,status,{','.join(FIELDS)}"}, values)
    return reply if isinstance(reply, Outcome) else usable(reply, reply.value, partial(_blog, door.talk))


def _blog(talk: Session, blog: Mapping[str, Any]) -> Raw | Outcome:
    """One blog; it may be deleted. Raises BadRow."""
    if blog.get("kind") != "blogger#blog" or blog.get("status", "LIVE") not in ("LIVE", "DELETED"):
        raise BadRow("the reply is no blog, or one of an unknown status")
    if blog.get("status") == "DELETED":
        return Outcome.NOT_FOUND
    return talk.item(f"{BY_URL}:{blog.get('id')}", allowed(blog, FIELDS))


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


CONNECTOR = Connector(
    name="blogger",
    record=Account,
    access=Access.APPROVAL,
    summary="The organization's declared blogs on Blogger",
    fetch=fetch,
    parse=parse,
    interface=Interface(VERSION, date(2026, 11, 22), "https://developers.google.com/blogger/docs/3.0/reference"),
    reads=FIELDS,
    expect=Expect(at_least=0, may_shrink=1.0, filled={"url": 1.0}),
    needs=("key",),
    options={
        **NAMES.options,
        "key": google.API_KEY,
        "url": f"the API's address, where it is not {SERVICE.url}",
    },
    service=SERVICE,
    sweep=NAMES.sweep,
    platforms=("blogger",),
    credentials="an API key of a Google Cloud project with the Blogger API, restricted to that API"
    " (console.cloud.google.com, APIs & Services, Credentials)",
    terms="https://developers.google.com/terms",
)
