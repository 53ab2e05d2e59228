"""Made platforms for connectors that ask over HTTP, spoiled as a test wants. For tests alone: it needs `responses`.

Nothing here reaches a network, waits, or says what is secret.
"""

from __future__ import annotations

import hashlib
import logging
import re
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import requests
import responses

from connectors.contract import Answer, Connector, Item, Nexus, Outcome, Raw, Record, Source, SourceDown
from connectors.http.pacing import Clock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CANARY, PRIVATE = "canary-7f3Qx9ZpL0vB2nK8sT4w", "PRIVATE-7261"
"""A token that may be shown nowhere, and a text that stands where a connector must not read."""
ADDRESSES = ("jane.doe@maine.gov", "ravi.lee@maine.gov")
HASHES = [hashlib.new(kind, one.encode()).hexdigest() for kind in ("md5", "sha1", "sha256") for one in ADDRESSES]
EMPLOYEES = (*ADDRESSES, *(one.replace("@", "%40") for one in ADDRESSES), *HASHES)
"""What says which employee a text is about."""

Reply = tuple[int, dict[str, str], str | bytes]
Spoil = Callable[[Reply], Reply]
Spoils = Callable[[requests.PreparedRequest, int], Spoil | None]


@dataclass
class FakeTime:
    """Time that stands still until somebody sleeps."""

    at: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.slept.append(seconds)
        self.at += seconds

    @property
    def clock(self) -> Clock:
        """The clock to hand to a connector."""
        return Clock(lambda: self.at, lambda: NOON + timedelta(seconds=self.at - 1000), self.sleep)


@dataclass(frozen=True)
class Made:
    """A platform: the `options` of a source that asks it (a token stands in the file "token"), the healthy reply to
    each request, and the bodies, as text, with which it says "nothing found" by leaving out what was asked for.
    `lists_within` says that its lists of objects stand inside of one account, where an odd part may stay untold.
    `ids` are declared accounts that are known by their ids: (platform, id, the handle that the registry has).
    `probes` are paths that are asked to learn whether a server has that method: a refusal there may say that it has
    not, and nothing about the credentials."""

    options: dict[str, Any]
    answer: Callable[[requests.PreparedRequest], Reply]
    empty: tuple[str, ...] = ()
    lists_within: bool = False
    ids: tuple[tuple[str, str, str], ...] = ()
    probes: tuple[str, ...] = ()


@dataclass
class MadePlatform:
    """A platform that keeps what was asked and said. `spoils` may put another reply in place of the healthy one, told
    the request and how many there were before it."""

    connector: Connector[Any]
    made: Made
    spoils: Spoils = lambda *_: None
    asked: list[requests.PreparedRequest] = field(default_factory=list)
    said: list[Reply] = field(default_factory=list)
    spoiled: list[Reply] = field(default_factory=list)
    """The healthy replies in whose place another one was given."""
    slept: list[float] = field(default_factory=list)

    def __call__(self, request: requests.PreparedRequest) -> Reply:
        """The reply to one request."""
        healthy = self.made.answer(request)
        spoil = self.spoils(request, len(self.asked))
        self.asked.append(request)
        self.spoiled += [healthy] if spoil else []
        self.said.append(spoil(healthy) if spoil else healthy)
        return self.said[-1]


@dataclass(frozen=True)
class Calm:
    """A pull in which nothing went wrong."""

    source: Source
    platform: MadePlatform
    items: list[Item]


def asking(connector: Connector[Any], made: Made, folder: Path) -> Source:
    """The source that a made platform is asked by; its folder holds the file "token"."""
    (folder / "token").write_text(CANARY, encoding="utf-8")
    handles = tuple((platform, handle) for platform in connector.platforms for handle in ("mainedot", "dot.maine.gov"))
    names = ("Maine Department of Labor", "MaineDOT")
    nexus = Nexus(("maine.gov",), names=names, handles=handles, ids=made.ids)
    return Source("test", folder, made.options, nexus, NOON, addresses=ADDRESSES)


def fetched(source: Source, platform: MadePlatform) -> list[Item]:
    """What `fetch` gives against a platform. Whatever happens, no log line and no error may tell what is secret."""
    told, time = _Told(), FakeTime()
    logging.getLogger().addHandler(told)
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
            for method in (responses.GET, responses.POST):
                mock.add_callback(method, re.compile(".*"), platform)
            return list(platform.connector.fetch(source, time.clock))  # type: ignore[call-arg]
    except SourceDown as fault:
        told.lines.append(str(fault))
        told.traces = "".join(traceback.format_exception(fault))
        raise
    finally:
        logging.getLogger().removeHandler(told)
        logging.getLogger().setLevel(logging.WARNING)
        platform.slept = time.slept
        told.check([str(request.url) for request in platform.asked])


class _Told(logging.Handler):
    """Everything that is logged, and the error at the end."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.traces = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def check(self, urls: list[str]) -> None:
        shown = "\n".join(self.lines)
        queries = {query for url in urls if (query := urlsplit(url).query)}
        values = {value for query in queries for _, value in parse_qsl(query) if len(value) > len("MaineDOT")}
        assert not [secret for secret in (CANARY, *EMPLOYEES) if secret in shown + self.traces]
        assert not [text for text in queries | values if text in shown or unquote_plus(text) in shown]
        assert not re.search(r"[?&][\w$%.]+=", shown)


def raws(items: list[Item]) -> Iterator[Raw]:
    """The raw items, also those inside answers."""
    for item in items:
        yield from (part for part in (item.items if isinstance(item, Answer) else (item,)) if isinstance(part, Raw))


def made_records(connector: Connector[Any], items: list[Item]) -> list[Record | None]:
    """What parse makes of each raw item."""
    return [connector.parse(raw) for raw in raws(items)]


def outcomes(items: list[Item]) -> dict[str, Outcome]:
    """How it went with each key of a sweep."""
    return {item.key: item.outcome for item in items if isinstance(item, Answer)}


def request_text(request: requests.PreparedRequest) -> str:
    """All that a request says, as the platform reads it; without our credentials and the length of its body."""
    headers = [value for name, value in request.headers.items() if name not in ("Authorization", "Content-Length")]
    body = request.body.decode() if isinstance(request.body, bytes) else str(request.body or "")
    return "\n".join([str(request.url), unquote_plus(str(request.url)), body, unquote_plus(body), *map(str, headers)])
