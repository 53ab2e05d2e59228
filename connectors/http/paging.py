"""Page after page, as plain generators over a session: every way that platforms turn pages, and none turned twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import urljoin

from connectors.contract import BadRow, Rejected, SourceChanged, SourceDown
from connectors.http import Reply, Session

PageItem = TypeVar("PageItem")
Made = TypeVar("Made")
MOST_ITEMS = 100_000
"""Items on one page; beyond that it is none."""


def once(items: Iterable[PageItem], key: Callable[[Any], Hashable]) -> Iterator[PageItem]:
    """Each item the first time its key comes: pages overlap when something is added while they are turned. What is
    rejected has no key, and comes as often as it is there."""
    seen: set[int] = set()
    for item in items:
        if isinstance(item, Rejected):
            yield item
            continue
        mark = hash(key(item))
        if mark not in seen:
            seen.add(mark)
            yield item


def linked(session: Session, path: str, params: Mapping[str, Any], full: int | None = None) -> Iterator[Reply]:
    """Pages by the Link header's rel="next" (RFC 8288). Raises SourceChanged for one that cannot be read.

    `full` is how many items a page holds where the platform gives every full page a next one: without it, something in
    between has taken the header away, and SourceChanged is raised, too.
    """

    def following(reply: Reply) -> str:
        try:
            found = next_link(reply.headers.get("Link", ""))
        except ValueError:
            raise changed(session, reply, "its Link header cannot be read") from None
        if not found and full is not None and isinstance(reply.value, list) and len(reply.value) >= full:
            what = "a full page names no next one (its Link header is missing: look whether a proxy takes it away)"
            raise changed(session, reply, what)
        return found

    return _turned(session, path, params, following)


PARAMETER = re.compile(
    r";\s*+(?:([^\s=;,\"]++)\s*+(?:=\s*+(?:\"((?:[^\"\\]|\\.)*+)\"|'([^']*+)'(?=\s*+(?:[;,]|$))|([^\s;,\"]*+)))?)?+\s*+"
)
"""One parameter of a link: its name, and its value in quotes, in marks that some take for quotes, or bare."""
TARGET = re.compile(r"<([^>]*+)>\s*+")
BETWEEN = re.compile(r"[\s,]*+")


def next_link(header: str) -> str:
    """The target of the first link with the relation "next" in a Link header, as written; empty where there is none.

    Of a link only its first `rel` counts, in which several relations may stand; one with an `anchor` speaks of another
    document. Raises ValueError where the header is no list of links.
    """
    place, found = _passed(BETWEEN, header, 0), ""
    while place < len(header):
        link = TARGET.match(header, place)
        if link is None:
            raise ValueError("no list of links")
        own: dict[str, str] = {}
        place = link.end()
        while parameter := PARAMETER.match(header, place):
            name, *values = parameter.groups()
            own.setdefault(str(name).lower(), next(filter(None, values), ""))
            place = parameter.end()
        if header[place : place + 1] not in ("", ","):
            raise ValueError("no list of links")
        if "next" in own.get("rel", "").lower().split() and "anchor" not in own:
            found = found or link[1].strip()
        place = _passed(BETWEEN, header, place)
    return found


def _passed(pattern: re.Pattern[str], text: str, place: int) -> int:
    found = pattern.match(text, place)
    return found.end() if found else place


def named_next(
    session: Session, path: str, params: Mapping[str, Any], name: str = "@odata.nextLink"
) -> Iterator[Reply]:
    """Pages by the whole URL of the next one in the reply's JSON, followed as it stands (OData)."""
    return _turned(session, path, params, lambda reply: mapping(session, reply).get(name) or "")


def cursors(
    session: Session,
    path: str,
    params: Mapping[str, Any],
    *,
    found: Callable[[Any], Any] = lambda value: value.get("cursor"),
    sent: str = "cursor",
) -> Iterator[Reply]:
    """Pages by a cursor that `found` takes from the JSON and that goes back as the parameter `sent`."""
    seen: set[str] = set()
    cursor: Any = None
    while True:
        reply = session.get(path, {**params, **({sent: cursor} if cursor else {})})
        cursor = found(mapping(session, reply))
        if cursor:
            _note(session, reply, str(cursor), seen)
        yield reply
        if not cursor:
            return


def continued(session: Session, path: str, params: Mapping[str, Any]) -> Iterator[Reply]:
    """Pages by MediaWiki's `continue` object, whose parts go back as they came."""
    seen: set[str] = set()
    more: Mapping[str, Any] = {}
    while True:
        reply = session.get(path, {**params, **more})
        more = mapping(session, reply).get("continue") or {}
        if not isinstance(more, Mapping):
            raise changed(session, reply, "its `continue` is no object")
        if more:
            _note(session, reply, repr(sorted(more.items())), seen)
        yield reply
        if not more:
            return


def offsets(
    session: Session,
    path: str,
    params: Mapping[str, Any],
    *,
    items: Callable[[Any], Any],
    total: Callable[[Any], Any],
    key: Callable[[Any], Hashable],
    sent: str = "startIndex",
    first: int = 1,
    full: int | None = None,
) -> Iterator[tuple[Reply, Any]]:
    """(reply, item) of pages that are counted by position, each item once.

    `full` is how many items are asked for at once: where the total is just that, and the first page is full, it may be
    the page's own, and the next one is asked for all the same.

    The next page begins behind what really came, which may be less than asked. Where the total changed meanwhile,
    items may have moved past us: then everything is read a second time, and what was missed comes late. An item whose
    `key` is None has no name, and comes each time that it is met first. Raises SourceDown where fewer items came than
    the platform says it has, or more.
    """
    seen: set[Hashable] = set()
    totals: set[int] = set()
    for attempt in (1, 2):
        start, count, unnamed = first, 0, 0
        while True:
            reply = session.get(path, {**params, sent: start})
            page, count = _counted(session, reply, items, total)
            totals.add(count)
            for item in page:
                unnamed += (mark := key(item)) is None
                if mark not in seen and (mark is not None or attempt == 1):
                    seen.update(() if mark is None else (mark,))
                    yield reply, item
            start += len(page)
            if not page or (start - first >= count and not start - first == count == full):
                break
        if len(totals) == 1 or attempt == 2:
            break
    given = len(seen) + unnamed
    if given < count or (given > count and len(totals) == 1):
        raise SourceDown(
            f"{session.source.name}: {session.service.name} says it has {count:,} items and gave {given:,}."
            " Try again the next night; if it stays so, ask the platform's operator."
        )


def _counted(
    session: Session, reply: Reply, items: Callable[[Any], Any], total: Callable[[Any], Any]
) -> tuple[list[Any], int]:
    value = mapping(session, reply)
    page, count = items(value), total(value)
    if not isinstance(page, list) or not isinstance(count, int):
        raise changed(session, reply, "the list or its total is missing")
    return page, count


def mapping(session: Session, reply: Reply) -> Mapping[str, Any]:
    """The reply's JSON, which must be an object. Raises SourceChanged."""
    if not isinstance(reply.value, dict):
        raise changed(session, reply, "the reply is no JSON object")
    return reply.value


class OddItems(SourceChanged):
    """A reply of the right shape, of whose items none can be read."""


def each(
    session: Session, reply: Reply, value: Any, make: Callable[[Mapping[str, Any]], Made]
) -> list[Made | Rejected]:
    """What `make` gives for each object of a list. One that is none, or for which it raises BadRow, is rejected.

    Raises SourceChanged where there is no list, and its OddItems where none of its items can be read: then it is not
    one account that is odd. A single one is, where the session has met others that could be read.
    """
    if not isinstance(value, list):
        raise changed(session, reply, "the list of items is not where it was")
    if len(value) > MOST_ITEMS:
        raise changed(session, reply, f"a page holds {len(value):,} items")
    made = [usable(reply, item, make) for item in value]
    odd = [one for one in made if isinstance(one, Rejected)]
    session.usable += len(made) - len(odd)
    if len(odd) == len(made) > (1 if session.usable else 0):
        what = f"none of its items ({len(odd):,}) can be read: {odd[0].reason.partition('.')[0]}"
        raise OddItems(str(changed(session, reply, what)))
    return made


def usable(reply: Reply, item: Any, make: Callable[[Mapping[str, Any]], Made]) -> Made | Rejected:
    """What `make` gives for one item of a reply; it is rejected where it is no object, or `make` raises BadRow."""
    try:
        if not isinstance(item, dict):
            raise BadRow("an item is no object")
        return make(item)
    except BadRow as fault:
        reason = f"{fault}. Everything else of the reply was read; if it stays so, ask the platform's operator."
        return Rejected(reply.where, reason, unnamed=True)


def listed(session: Session, reply: Reply, value: Any) -> list[Mapping[str, Any]]:
    """A part of the reply that must be a list of objects. Raises SourceChanged."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise changed(session, reply, "the list of items is not where it was")
    return value


def changed(session: Session, reply: Reply, what: str) -> SourceChanged:
    """The error for a reply in a shape that the connector does not know."""
    return SourceChanged(
        f"{session.source.name}: {session.service.name}, {reply.where}: {what}. The platform has changed, or the"
        " address in audit.toml is another service's."
    )


def _turned(
    session: Session, path: str, params: Mapping[str, Any], following: Callable[[Reply], str]
) -> Iterator[Reply]:
    seen: set[str] = set()
    at, reply = session.base + path, session.get(path, params)
    while True:
        url = following(reply)
        if url:
            at = str(url) if "://" in str(url) else urljoin(at, str(url))
            _note(session, reply, at, seen)
        yield reply
        if not url:
            return
        reply = session.get(at)


def _note(session: Session, reply: Reply, cursor: str, seen: set[str]) -> None:
    """Refuse a cursor that came before, and the page with it: its pages would turn in a circle for ever."""
    if cursor in seen:
        raise changed(session, reply, "its pages repeat in a circle")
    seen.add(cursor)
