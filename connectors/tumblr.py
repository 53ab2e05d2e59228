"""The organization's declared blogs on Tumblr, looked up one by one.

Source: github.com/tumblr/docs, api.md: GET /v2/blog/{blog-identifier}/info with an api_key; 1,000 requests an hour and
5,000 a day for a key, by the platform's own clock. Its headers count seconds left; no page names them, users' reports
in that repository show them. Only the named fields of a blog are asked for: no posts, likes, pictures or time of the
last post. 404 is a blog that is unknown, deleted or suspended, which Tumblr does not tell apart; that 403 is one
blog's refusal is our reading. A uuid stays when a blog is renamed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

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
    texts,
)
from connectors.files.fields import web_address
from connectors.http import SYSTEM, Clock, Reply, Reset, Service, Session
from connectors.http.bodies import allowed
from connectors.http.brands import BrandSearch, one_by_one
from connectors.http.paging import mapping, usable
from connectors.http.secrets import Secret, read_secret
from connectors.http.sweep import Part, swept
from connectors.letters import unescaped
from connectors.platforms import fold_domain
from connectors.records import Account
from connectors.vendors.markup import plain_html, web_addresses

VERSION = "v2"
PATH = f"/{VERSION}/blog/{{identifier}}/info"
"""The name in braces is the documentation's: "blog" before "info" would spell a word that http/doors.py is shut for."""
FIELDS = ("uuid", "name", "title", "description", "url")
NAMES = BrandSearch(
    "tumblr",
    handle=re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"),
    account_id=re.compile(r"t:[A-Za-z0-9_-]+"),
    advice="A blog on Tumblr goes by its name (mainedot) or its host (blog.example.gov)",
    form=fold_domain,
)
OWN = re.compile(r"https?://([a-z0-9-]+\.)?tumblr\.com(/|$)", re.IGNORECASE)
"""Tumblr's own addresses: a blog that goes by another one shows it, as by a link."""
SERVICE = Service(
    "Tumblr",
    requests=1000,
    seconds=3600,
    url="https://api.tumblr.com",
    reset=Reset.LEFT,
    reset_header="X-Ratelimit-Perhour-Reset",
    remaining_header="X-Ratelimit-Perhour-Remaining",
    most_requests=4500,
    advice="Use the OAuth consumer key of a registered application (www.tumblr.com/oauth/apps).",
)


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Answer]:
    """Every declared blog, by its name or its uuid. Raises SourceDown."""
    secret, declared = read_secret(source, "key"), NAMES.declared(source)
    with Session(source, SERVICE, clock=clock) as talk:
        part = Part(declared, lambda batch: _declared(talk, {key: declared[key] for key in batch}, secret))
        yield from swept(source, part)


def parse(raw: Raw) -> Account:
    """One blog as an account. Raises BadRow for a field of another kind."""
    found = texts(raw, FIELDS, "a field of the blog is no text; Tumblr has changed")
    bio, links = plain_html(found["description"])
    url = web_address(found["url"])
    if not OWN.match(url):
        links.append(url)
    return Account(
        platform="tumblr",
        account_id=found["uuid"],
        handle=found["name"],
        url=url or f"https://www.tumblr.com/{found['name']}",
        display_name=unescaped(found["title"]),
        bio=bio,
        links=web_addresses(links),
        provenance=raw.provenance,
    )


def _declared(talk: Session, asked: Mapping[str, Declared], secret: Secret) -> Iterator[Answer]:
    blogs = one_by_one(lambda identifier: _answer(talk, identifier, secret))
    return NAMES.look_up(asked, blogs, blogs, lambda raw: str(raw.values["name"]))


def _answer(talk: Session, identifier: str, secret: Secret) -> Raw | Outcome | Rejected:
    """What became of one blog by its name, host or uuid."""
    asked = {"api_key": secret.reveal(), "fields[blogs]": ",".join(FIELDS)}
    reply = talk.get(PATH, asked, values={"identifier": identifier}, also=(403, 404))
    if reply.status != 200:
        return Outcome.NOT_FOUND if reply.status == 404 else Outcome.REFUSED
    response = mapping(talk, reply).get("response")
    return usable(reply, response.get("blog") if isinstance(response, dict) else None, partial(_blog, talk, reply))


def _blog(talk: Session, reply: Reply, blog: Mapping[str, Any]) -> Raw:
    if not all(isinstance(blog.get(name), str) and blog[name] for name in FIELDS[:2]):
        raise BadRow("a blog has no uuid or no name")
    return talk.item(f"{reply.where}:{blog['uuid']}", allowed(blog, FIELDS))


CONNECTOR = Connector(
    name="tumblr",
    record=Account,
    access=Access.APPROVAL,
    summary="The organization's declared blogs on Tumblr, by their handles",
    fetch=fetch,
    parse=parse,
    interface=Interface(VERSION, date(2026, 11, 22), "https://www.tumblr.com/docs/en/api/v2"),
    reads=FIELDS,
    expect=Expect(at_least=0, may_shrink=0.7, filled={"account_id": 1.0, "handle": 1.0}),
    needs=("key",),
    options={
        **NAMES.options,
        "key": 'the application\'s consumer key, as { env = "NAME" } or { file = "PATH" }',
        "url": f"the interface's address, where it is not {SERVICE.url}",
    },
    service=SERVICE,
    sweep=NAMES.sweep,
    platforms=("tumblr",),
    credentials="the OAuth consumer key of an application registered at www.tumblr.com/oauth/apps",
    terms="https://www.tumblr.com/docs/api_agreement",
)
