"""Meta's Graph API as its connectors share it: the token, pages, limits, and a Page as an account.

Source: developers.facebook.com/docs/graph-api: results (cursors; the last page has no `next`), overview/rate-limiting
(200 calls an hour for each user of an app; limits of their own for a Business portfolio; X-App-Usage and
X-Business-Use-Case-Usage in percent; codes 4, 17, 32, 613 and 800xx when they are spent, 190 for a token that is none).
`next` is an address that may hold the token: it is never followed. The token goes into the Authorization header, as
Meta's reference shows it for WhatsApp; that every edge takes it there is not written down in one place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from connectors.contract import BadRow, Interface, Raw, Rejected, Source, SourceChanged, texts
from connectors.files.fields import web_address
from connectors.http import Clock, OutOfBudget, Refused, Reply, Service, Session
from connectors.http.paging import changed, cursors, each, mapping
from connectors.http.tokens import bearer
from connectors.platforms import profile
from connectors.records import Account

VERSION = "v26.0"
URL = f"https://graph.facebook.com/{VERSION}"
INTERFACE = Interface(VERSION, date(2026, 11, 28), "https://developers.facebook.com/docs/graph-api/changelog/versions/")
"""Came out on 2026-07-29; its end is not announced, that of v25.0 is 2028-07-29."""
LIMITS = ("(#4)", "(#17)", "(#32)", "(#613)", "(#800")
"""How the errors begin that mean "no more now": each code stands in front of its message."""
USAGE = ("X-App-Usage", "X-Business-Use-Case-Usage")
SHARE = re.compile(r'"(?:call_count|total_cputime|total_time)"\s*:\s*(\d+)')
DENIED = re.compile(r"\(#(?:10|2\d\d)\)|.*\baccess token\b", re.IGNORECASE)
"""How the errors begin that mean that the token is none (190 and its like) or lacks a permission (10, 200 to 299)."""
SAID = ("(400: ", "). ")
"""What stands around the words of Meta's error where a refusal with status 400 repeats them."""
PAGE_FIELDS = ("id", "name", "username", "link")


SERVICE = Service(
    "Meta",
    requests=200,
    seconds=3600,
    url=URL,
    limits_with=(403, 429),
    quota=LIMITS,
    most_requests=1_000,
)
"""The limit of an app with one user, 200 calls an hour for each; a portfolio's own has no number."""


def meta_session(source: Source, service: Service, clock: Clock) -> Session:
    """A session whose requests carry the source's token. Raises SourceDown for options that are missing."""
    return Session(source, service, sign=bearer(source), clock=clock)


def pages(
    talk: Session, path: str, params: Mapping[str, Any]
) -> Iterator[tuple[Reply, list[Mapping[str, Any] | Rejected]]]:
    """(reply, objects) of an edge, page after page by cursor; each object has an id, or is rejected.

    Raises OutOfBudget where a limit is reached, Refused where the token is not accepted, SourceDown otherwise. The
    Graph API reports the first two with status 400, too, where they would read like requests that it does not know.
    """
    try:
        for reply in cursors(talk, path, params, found=_after, sent="after"):
            if _ends_early(reply.value):
                raise changed(talk, reply, "a page names a next one and no cursor that leads there")
            yield reply, each(talk, reply, mapping(talk, reply).get("data"), _named)
            if _after(reply.value) and _spent(reply.headers):
                raise OutOfBudget(f"{talk.source.name}: Meta's allowance for now is used up. The next night goes on.")
    except SourceChanged as fault:
        raise _meant(talk, fault) from None


def _named(one: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(one.get("id"), str):
        raise BadRow("an item has no id")
    return one


def page(raw: Raw) -> Account:
    """A Page as an account. Raises BadRow for a field of another kind."""
    strange = "a field of the Page is no text, or its id is missing; Meta has changed"
    found = texts(raw, PAGE_FIELDS, strange, needed="id")
    shown = profile(found["link"]) if found["link"] else None
    return Account(
        platform="facebook",
        account_id=found["id"],
        handle=found["username"] or (shown.handle if shown and shown.platform == "facebook" else ""),
        url=web_address(found["link"]),
        display_name=found["name"],
        provenance=raw.provenance,
    )


def _after(value: Any) -> Any:
    """The cursor of the next page; the last page has one, too, but no `next`."""
    if not _goes_on(value):
        return None
    found = value["paging"].get("cursors")
    return found.get("after") if isinstance(found, dict) else None


def _goes_on(value: Any) -> bool:
    paging = value.get("paging")
    return isinstance(paging, dict) and bool(paging.get("next"))


def _ends_early(value: Any) -> bool:
    """Whether there is a next page that is reached by its address alone, as of edges that page by time or offset."""
    return _goes_on(value) and not _after(value)


def _spent(headers: Mapping[str, str]) -> bool:
    return any(int(share) >= 100 for name in USAGE for share in SHARE.findall(headers.get(name, "")))


def _meant(talk: Session, fault: SourceChanged) -> Exception:
    """What a refusal with status 400 means, by Meta's own words in it."""
    before, behind = SAID
    said = str(fault).partition(before)[2].rpartition(behind)[0]
    if said.startswith(LIMITS):
        return OutOfBudget(f"{talk.source.name}: Meta's allowance for now is used up ({said}). The next night goes on.")
    if DENIED.match(said):
        return Refused(f"{talk.source.name}: Meta does not accept the token ({said}). {talk.service.advice}")
    return fault
