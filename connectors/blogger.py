"""The organization's declared blogs on Blogger: whether they are there, and what they call themselves.

Source: Blogger API v3, blogs.getByUrl (developers.google.com/blogger/docs/3.0/reference/blogs/getByUrl), with an API
key. There is no search and no look-up by person: keyed on declared handles only. 10,000 requests a day is the number
commonly given; no page that says so could be found, nor one that says how a private blog answers (taken to be 403, as
for everything that is not permitted). A blog that was removed answers 404. Only name, description, address, date and
status are asked for; posts, pages and locale are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from connectors.contract import Access, Answer, BadRow, Connector, Expect, Interface, Outcome, Raw, Source
from connectors.files.fields import moment, web_address
from connectors.http import SYSTEM, Clock, Service, Session
from connectors.http.bodies import allowed
from connectors.http.brands import BrandSearch
from connectors.http.paging import mapping
from connectors.http.sweep import Part, swept
from connectors.records import Account
from connectors.vendors import google
from connectors.vendors.markup import plain_html, web_addresses

NAMES = BrandSearch("blogger")
"""A key is the name in front of blogspot.com, or the host of a blog with a domain of its own."""
VERSION = "v3"
PATH, OWN = f"/{VERSION}/blogs/byurl", ".blogspot.com"
FIELDS = ("id", "name", "description", "url", "published")
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
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
    with Session(source, SERVICE, sign=google.key_header(source), clock=clock) as talk:
        door = google.Door(talk)
        yield from swept(source, Part(NAMES.keys(source), lambda batch: (_answer(door, batch[0]),)))


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
        created_at=moment(texts["published"]),
        provenance=raw.provenance,
    )


def _answer(door: google.Door, key: str) -> Answer:
    """What Blogger knows of one address, which it is told as a parameter: nothing is fetched from the blog itself."""
    named = key[1:] if "://" not in key else _host(key[1:])
    host = named if "." in named else named + OWN
    if not HOST.fullmatch(host):
        return Answer(key, outcome=Outcome.NOT_FOUND)
    reply = door.ask(PATH, {"url": f"https://{host}/", "fields": f"kind,status,{','.join(FIELDS)}"})
    if isinstance(reply, Outcome):
        return Answer(key, outcome=reply)
    talk, blog = door.talk, mapping(door.talk, reply)
    if blog.get("kind") != "blogger#blog" or blog.get("status", "LIVE") not in ("LIVE", "DELETED"):
        raise BadRow("the reply is no blog, or one of an unknown status")
    if blog.get("status") == "DELETED":
        return Answer(key, outcome=Outcome.NOT_FOUND)
    where = f"{PATH}:{blog.get('id')}"
    return Answer(key, (talk.item(where, allowed(blog, FIELDS)),))


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
