"""Made platforms for connectors that ask over HTTP: tests/connectors/conversations/<name>.py, spoiled as a test wants.

Each of them has `OPTIONS` (its table of audit.toml), `answer` (a healthy reply to each request), `described` (asserts
that a request and its reply are as the official description has them), and, where the platform says "nothing found"
with an object that lacks what was asked for, `EMPTY` (those bodies as text). Where it can be asked by id, `RENAMED` is
a declared account of another handle than the registry has (platform, id, that handle).
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import re
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import pytest
import requests
import responses

from connectors.contract import Answer, Connector, Item, Nexus, Outcome, Raw, Record, Source, SourceDown
from tests.loopback import NOON, FakeTime

CONVERSATIONS = Path(__file__).with_name("connectors") / "conversations"
CANARY, PRIVATE = "canary-7f3Qx9ZpL0vB2nK8sT4w", "PRIVATE-7261"
"""A token that may be shown nowhere, and a text that stands where a connector must not read."""
ADDRESSES = ("jane.doe@maine.gov", "ravi.lee@maine.gov")
HASHES = [hashlib.new(kind, one.encode()).hexdigest() for kind in ("md5", "sha1", "sha256") for one in ADDRESSES]
EMPLOYEES = (*ADDRESSES, *(one.replace("@", "%40") for one in ADDRESSES), *HASHES)
"""What says which employee a text is about."""

Reply = tuple[int, dict[str, str], str | bytes]
Spoil = Callable[[Reply], Reply]


@dataclass
class Platform:
    """The conversation's platform. `spoils` may put another reply in place of the healthy one, told the request and
    how many there were before it; what was asked and said is kept."""

    connector: Connector
    spoils: Callable[[requests.PreparedRequest, int], Spoil | None] = lambda *_: None
    asked: list[requests.PreparedRequest] = field(default_factory=list)
    said: list[Reply] = field(default_factory=list)
    spoiled: list[Reply] = field(default_factory=list)
    """The healthy replies in whose place another one was given."""
    slept: list[float] = field(default_factory=list)

    def __call__(self, request: requests.PreparedRequest) -> Reply:
        healthy: Reply = conversation(self.connector).answer(request)
        spoil = self.spoils(request, len(self.asked))
        self.asked.append(request)
        self.spoiled += [healthy] if spoil else []
        self.said.append(spoil(healthy) if spoil else healthy)
        return self.said[-1]


@dataclass(frozen=True)
class Calm:
    """A pull in which nothing went wrong."""

    source: Source
    platform: Platform
    items: list[Item]


def conversation(connector: Connector) -> ModuleType:
    """The module that talks for the connector's platform; where there is none, the test fails and says what to add."""
    return _module(connector.name)


@cache
def _module(name: str) -> ModuleType:
    path = CONVERSATIONS / f"{name}.py"
    if not path.is_file():
        pytest.fail(
            f"add tests/connectors/conversations/{name}.py: OPTIONS, answer(request) and described(shared, request,"
            f" status, headers, body), so that what {name} asks can be held against its platform"
        )
    spec = importlib.util.spec_from_file_location(f"conversation_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def configured(connector: Connector, folder: Path) -> Source:
    """The source that a conversation is held with; its folder holds the file "token"."""
    (folder / "token").write_text(CANARY, encoding="utf-8")
    handles = tuple((platform, handle) for platform in connector.platforms for handle in ("mainedot", "dot.maine.gov"))
    renamed = getattr(conversation(connector), "RENAMED", None)
    names, ids = ("Maine Department of Labor", "MaineDOT"), (renamed,) if renamed else ()
    nexus = Nexus(("maine.gov",), names=names, handles=handles, ids=ids)
    return Source("test", folder, conversation(connector).OPTIONS, nexus, NOON, addresses=ADDRESSES)


def fetched(source: Source, platform: Platform) -> list[Item]:
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


def records(connector: Connector, items: list[Item]) -> list[Record | None]:
    """What parse makes of each raw item."""
    return [connector.parse(raw) for raw in raws(items)]


def outcomes(items: list[Item]) -> dict[str, Outcome]:
    """How it went with each key of a sweep."""
    return {item.key: item.outcome for item in items if isinstance(item, Answer)}


def text_of(request: requests.PreparedRequest) -> str:
    """All that a request says, as the platform reads it; without our credentials and the length of its body."""
    headers = [value for name, value in request.headers.items() if name not in ("Authorization", "Content-Length")]
    body = request.body.decode() if isinstance(request.body, bytes) else str(request.body or "")
    return "\n".join([str(request.url), unquote_plus(str(request.url)), body, unquote_plus(body), *map(str, headers)])
