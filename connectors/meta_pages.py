"""Public Facebook Pages that wear the organization's name: a search by brand term, with the State's written approval.

Source: developers.facebook.com/documentation/pages-api/search-pages: GET /pages/search, fields id, name and link. Needs
an app's token with Page Public Metadata Access, which takes App Review and business verification. Meta's Platform Terms
(3.a) bar surveillance, decisions on somebody's employment, and profiles of people: only Pages are asked for, by the
organization's names, never by an employee's, and no person's profile can be found this way. Locations are not asked
for; the search takes no handle, so declared handles are not looked up. Whether it turns pages is not documented: the
Graph API's general cursors are followed where they come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from connectors.contract import Access, Answer, Connector, Expect, Raw, Rejected, Source
from connectors.http import SYSTEM, Clock, Session
from connectors.http.bodies import allowed
from connectors.http.brands import BrandSearch
from connectors.http.paging import once
from connectors.http.sweep import Part, swept
from connectors.records import Account
from connectors.vendors import meta

PATH, PAGE = "/pages/search", 25
"""Where Pages are searched; results a page, which is the Graph API's own default."""
NAMES = BrandSearch(pages=2, domains=False)
FIELDS = ("id", "name", "link")
SERVICE = replace(
    meta.SERVICE,
    most_minutes=360.0,
    advice="Use an app's token (app id|app secret) of an app that has Page Public Metadata Access.",
)


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Answer]:
    """Every Page found by a term. Raises SourceDown."""
    most = NAMES.pages_of(source)
    with meta.meta_session(source, SERVICE, clock) as talk:
        yield from swept(source, Part(NAMES.terms(source), lambda batch: _search(talk, batch[0], most)))


def parse(raw: Raw) -> Account:
    """One Page as an account. Raises BadRow for a field of another kind."""
    return meta.page(raw)


def _search(talk: Session, term: str, most: int) -> Iterator[Answer]:
    """The first pages of one term's results: what matches best comes first."""
    pages = islice(meta.pages(talk, PATH, {"q": term, "fields": ",".join(FIELDS), "limit": PAGE}), most)
    found = once((one for _, results in pages for one in results), lambda one: str(one["id"]))
    yield Answer(term, tuple(one if isinstance(one, Rejected) else _raw(talk, one) for one in found))


def _raw(talk: Session, one: Mapping[str, Any]) -> Raw:
    return talk.item(f"{PATH}:{one['id']}", allowed(one, FIELDS))


CONNECTOR = Connector(
    name="meta_pages",
    record=Account,
    access=Access.APPROVAL,
    summary="Public Facebook Pages found by brand terms",
    fetch=fetch,
    parse=parse,
    interface=meta.INTERFACE,
    reads=FIELDS,
    expect=Expect(may_shrink=0.7),
    needs=("token",),
    options={
        **NAMES.options,
        "pages": f"pages of {PAGE} results to read for each term ({NAMES.pages})",
        "token": 'the app\'s token, as { env = "NAME" } or { file = "PATH" }',
        "url": f"the Graph API's address with its version, where it is not {SERVICE.url}",
    },
    service=SERVICE,
    sweep=NAMES.sweep,
    platforms=("facebook",),
    credentials="an app's token (app id|app secret) of an app with Page Public Metadata Access: App Review and business"
    " verification",
    terms="https://developers.facebook.com/terms",
)
