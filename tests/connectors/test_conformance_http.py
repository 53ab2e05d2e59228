"""What every connector that asks over HTTP must do, shown on its made platform (conversations/<name>.py).

tests/conversing.py says what such a platform consists of. A new connector is found here by itself, and fails until it
has one; `pytest -v` lists connectors and checks.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from connectors import http
from connectors.catalog import CONNECTORS
from connectors.contract import Access, Answer, Connector, Covers, Item, KeyedOn, Outcome, Rejected, Source, SourceDown
from connectors.http import Refused, doors
from connectors.mail import accounts
from connectors.platforms import platform_id
from connectors.records import Account, Person
from connectors.sign_ins import events
from tests.conversing import (
    ADDRESSES,
    CANARY,
    EMPLOYEES,
    PRIVATE,
    Calm,
    Platform,
    Reply,
    Spoil,
    configured,
    conversation,
    fetched,
    outcomes,
    raws,
    records,
    text_of,
)
from tests.loopback import NOON

LIVE = [pytest.param(connector, id=name) for name, connector in CONNECTORS.items() if connector.service is not None]
VERSIONED = [
    pytest.param(connector, id=name)
    for name, connector in CONNECTORS.items()
    if connector.service is not None and " " not in connector.interface.version
]
SWEEPS = [pytest.param(connector, id=name) for name, connector in CONNECTORS.items() if connector.sweep is not None]
LONGEST_FILE = 250
KINDS = 6
"""Kinds of requests of one connector that are made to fail in turn."""
ONE_FOR_ALL = ("atproto_pds", "bluesky", "wordpress_site")
"""Sources that still stop for one item of another shape."""
WITHOUT_A_LIST = ("gravatar", "tumblr")
"""Sources whose lists of objects stand inside of one account."""
FAULTS_AT_MOST = 100
"""Faults in one pull; a session spends no more than 200 retries in a night."""


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Connector], Calm]:
    @cache
    def of(name: str) -> Calm:
        platform = Platform(CONNECTORS[name])
        source = configured(CONNECTORS[name], tmp_path_factory.mktemp(name))
        return Calm(source, platform, fetched(source, platform))

    return lambda connector: of(connector.name)


# What it says of itself ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("connector", LIVE)
def test_it_says_what_a_reader_must_know_before_using_it(connector: Connector) -> None:
    assert connector.credentials, "say what to obtain, where, and with which permission (Connector.credentials)"
    assert connector.terms, "name the terms to read (Connector.terms)"
    assert connector.terms.startswith("https://") or not (connector.service and connector.service.url)
    assert set(http.OPTIONS) <= set(connector.options)
    assert connector.platforms or connector.record is Person
    assert connector.access is not Access.EXPORT_ONLY


@pytest.mark.parametrize("connector", LIVE)
def test_who_is_asked_for_and_who_is_covered_fit_its_title(connector: Connector) -> None:
    employees = connector.sweep is not None and connector.sweep.keyed_on is KeyedOn.EMPLOYEES
    assert employees == (connector.covers is Covers.THOSE_ASKED)
    assert not (employees and connector.access is Access.PUBLIC), "a public search is never keyed on employees"
    if employees and connector.access is Access.APPROVAL:
        assert connector.sweep is not None
        assert connector.sweep.discloses, "say what a request tells the platform about an employee (Sweep.discloses)"
    if connector.access is Access.PUBLIC:
        assert connector.covers is Covers.NOBODY


@pytest.mark.parametrize("connector", [pytest.param(connector, id=name) for name, connector in CONNECTORS.items()])
def test_it_covers_people_on_platforms_that_are_known(connector: Connector) -> None:
    assert [platform_id(platform) for platform in connector.platforms] == list(connector.platforms)
    assert connector.platforms or connector.covers is Covers.NOBODY
    assert connector.sweep is None or connector.service is not None


def test_the_files_stay_small() -> None:
    """Run with -rP or -s to see the list."""
    lines = {
        name: len(inspect.getsource(module).splitlines())
        for name, connector in CONNECTORS.items()
        if (module := inspect.getmodule(connector.fetch))
    }
    for name, length in sorted(lines.items(), key=lambda pair: pair[1]):
        print(f"{length:4} lines  {CONNECTORS[name].access:13}  {name}")  # noqa: T201
    assert {name: length for name, length in lines.items() if length > LONGEST_FILE} == {}


@pytest.mark.parametrize("connector", LIVE)
def test_it_takes_up_what_it_says_and_nothing_else(connector: Connector, calm: Any) -> None:
    # of what is read of a log's line, nothing passes as it is
    lines, counted = {"mailbox", "platform", "signals"}, set(events.COUNTED)
    made_of_lines: dict[object, set[str]] = {accounts.parse: lines, events.parse: counted}
    taken = {name for raw in raws(calm(connector).items) for name in raw.values}
    assert taken
    assert taken <= made_of_lines.get(connector.parse, set(connector.reads))


# A healthy pull ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("connector", LIVE)
def test_it_asks_and_is_answered_as_described(connector: Connector, calm: Any, shared: Path) -> None:
    platform = calm(connector).platform
    for request, (status, headers, body) in zip(platform.asked, platform.said, strict=True):
        conversation(connector).described(shared, request, status, headers, body)


@pytest.mark.parametrize("connector", LIVE)
def test_its_items_become_records(connector: Connector, calm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pull = calm(connector)
    before = repr(pull.items)
    records(connector, pull.items)  # reference data is read once, on first use
    monkeypatch.setattr("builtins.open", _forbidden)
    monkeypatch.setattr(Path, "open", _forbidden)
    monkeypatch.setattr("socket.socket", _forbidden)
    first, second = records(connector, pull.items), records(connector, pull.items)
    monkeypatch.undo()
    assert first == second
    assert repr(pull.items) == before
    found = [(raw, record) for raw, record in zip(raws(pull.items), first, strict=True) if record is not None]
    assert found, "no record comes out of the conversation"
    for raw, record in found:
        assert type(record) is connector.record
        assert isinstance(record, Account | Person)
        origin = record.provenance
        assert (origin.source, origin.where, origin.sha256) == ("test", raw.where, raw.digest)
        assert re.fullmatch("[0-9a-f]{64}", raw.digest)
        assert origin.observed_at == raw.observed_at is not None
        assert isinstance(record, Person) or record.platform in connector.platforms


@pytest.mark.parametrize("connector", LIVE)
def test_what_must_not_be_read_is_in_no_item(connector: Connector, calm: Any) -> None:
    pull = calm(connector)
    assert PRIVATE in repr(pull.platform.said), f"put {PRIVATE} where the conversation holds what must not be read"
    for shown in (repr(pull.items), repr(records(connector, pull.items))):
        assert PRIVATE not in shown
        assert CANARY not in shown


@pytest.mark.parametrize("connector", LIVE)
def test_it_counts_what_it_sends(connector: Connector, calm: Any) -> None:
    pull = calm(connector)
    assert (pull.source.tally.sent, pull.source.tally.retried) == (len(pull.platform.asked), 0)
    assert connector.sweep or not outcomes(pull.items), "answers key by key need a Sweep"


@pytest.mark.parametrize("connector", SWEEPS)
def test_a_sweep_answers_each_key_once_and_asks_no_more_than_planned(connector: Connector, calm: Any) -> None:
    pull, sweep = calm(connector), connector.sweep
    assert sweep is not None
    keys = list(dict.fromkeys(sweep.keys(pull.source)))
    assert keys
    assert all(isinstance(key, str) and key.strip() for key in keys)
    assert all(isinstance(item, Answer) for item in pull.items)
    assert sorted(item.key for item in pull.items) == sorted(keys)
    assert {Outcome.FAILED, Outcome.LIMITED}.isdisjoint(outcomes(pull.items).values())
    assert all(not item.items or item.outcome is Outcome.ANSWERED for item in pull.items)
    assert 0 < len(pull.platform.asked) <= sweep.requests(pull.source, keys)
    assert sweep.requests(pull.source, keys[:1]) <= sweep.requests(pull.source, keys)
    if sweep.keyed_on is KeyedOn.EMPLOYEES:
        assert set(keys) <= set(ADDRESSES)


@pytest.mark.parametrize("connector", VERSIONED)
def test_the_version_that_it_states_is_the_one_that_it_asks_for(connector: Connector, calm: Any) -> None:
    """A version of one word is what stands in a header or in the address; of several, words about an interface."""
    version, sent = connector.interface.version, calm(connector).platform.asked
    named = [version in request.headers.values() or f"/{version}/" in str(request.url) for request in sent]
    assert any(named), f"{connector.name} states version {version} and sends none of it"


# Where it goes, and with what ------------------------------------------------------------------------------------


@pytest.mark.parametrize("connector", LIVE)
def test_it_stays_with_its_own_host_and_away_from_closed_doors(connector: Connector, calm: Any) -> None:
    named = json.dumps([dict(calm(connector).source.options), connector.service and connector.service.url])
    own = {urlsplit(url).hostname for url in re.findall(r'https?://[^\s"]+', named)}
    known = "".join(path.read_text(encoding="utf-8") for path in Path(inspect.getfile(http)).parents[1].rglob("*.py"))
    for request in calm(connector).platform.asked:
        url = urlsplit(str(request.url))
        assert url.scheme == "https"
        try:
            doors.refuse(f"https://{url.hostname}{url.path}", dict(parse_qsl(url.query)))
        except doors.ClosedDoor:
            assert (request.method, "grant_type" in text_of(request)) == ("POST", True), (
                "only a token may come from there"
            )
            assert f"https://{url.hostname}" in known, "the address that gives tokens stands in the connector"
        else:
            assert url.hostname in own


@pytest.mark.parametrize("connector", LIVE)
def test_no_redirect_is_followed(connector: Connector, calm: Any, tmp_path: Path) -> None:
    def elsewhere(_: Reply) -> Reply:
        return 302, {"Location": f"https://elsewhere.example/?token={CANARY}"}, ""

    for _, request in _kinds(calm(connector)):
        platform = Platform(connector, _whenever(request, elsewhere))
        with pytest.raises(SourceDown):
            fetched(configured(connector, tmp_path), platform)
        assert "elsewhere.example" not in {urlsplit(str(request.url)).hostname for request in platform.asked}


@pytest.mark.parametrize("connector", LIVE)
def test_nobody_is_asked_for_who_is_not_to_be(connector: Connector, calm: Any) -> None:
    pull = calm(connector)
    if connector.sweep is not None and connector.sweep.keyed_on is KeyedOn.EMPLOYEES:
        nobody = Source(pull.source.name, pull.source.folder, pull.source.options, pull.source.nexus, NOON)
        assert list(connector.sweep.keys(nobody)) == []
        return
    said = "\n".join(map(text_of, pull.platform.asked)).casefold()
    names = [one.partition("@")[0].replace(".", between) for one in ADDRESSES for between in (".", " ", "")]
    assert [word for word in (*EMPLOYEES, *names) if word in said] == []


# When things go wrong --------------------------------------------------------------------------------------------

AGAIN: dict[str, Spoil] = {
    "429": lambda _: (429, {"Retry-After": "7", "Content-Type": "application/json"}, '{"message": "slow down"}'),
    "503": lambda _: (503, {"Content-Type": "text/html"}, "<html>Service unavailable</html>"),
    "cut": lambda reply: (200, reply[1], reply[2][: len(reply[2]) // 2]) if reply[0] == 200 else (502, {}, ""),
    "nothing behind the headers": lambda reply: (200, reply[1], ""),
}
"""Faults that pass: asked again, the platform gives the healthy reply."""


@pytest.mark.parametrize("fault", AGAIN)
@pytest.mark.parametrize("connector", LIVE)
def test_a_fault_that_passes_changes_nothing(connector: Connector, fault: str, calm: Any, tmp_path: Path) -> None:
    pull, met = calm(connector), set[tuple[object, ...]]()

    def at_first(request: requests.PreparedRequest, _: int) -> Spoil | None:
        one = _same(request)
        if one in met or len(met) == FAULTS_AT_MOST:
            return None
        met.add(one)
        return AGAIN[fault]

    source, platform = configured(connector, tmp_path), Platform(connector, at_first)
    items = fetched(source, platform)
    assert records(connector, items) == records(connector, pull.items)
    assert outcomes(items) == outcomes(pull.items)
    assert source.tally.retried == len(met) > 0
    assert len(platform.asked) == source.tally.sent <= len(pull.platform.asked) + source.tally.retried
    assert source.tally.limited == (len(met) if fault == "429" else 0)
    assert sum(platform.slept) >= len(met) * (7 if fault == "429" else 1)


@pytest.mark.parametrize("connector", LIVE)
def test_credentials_that_are_not_accepted_are_a_refusal(connector: Connector, calm: Any, tmp_path: Path) -> None:
    said = json.dumps({"message": f"{CANARY} of {ADDRESSES[0]} is no token: https://a.example/?key={CANARY}"})
    for place, request in _kinds(calm(connector)):
        platform = Platform(connector, _whenever(request, lambda _: (401, {"Content-Type": "application/json"}, said)))
        with pytest.raises(Refused, match=r"^test: "):
            fetched(configured(connector, tmp_path), platform)
        assert len(platform.asked) == place + 1, "a refusal is not asked again"


BODIES: dict[str, Spoil] = {
    "an empty list": lambda reply: (200, reply[1], "[]"),
    "an empty object": lambda reply: (200, reply[1], "{}"),
    "another object": lambda reply: (200, reply[1], '{"x": 1}'),
    "text": lambda reply: (200, reply[1], '"maine.gov"'),
    "half of it": lambda reply: (200, reply[1], reply[2][: len(reply[2]) // 2]),
    "no UTF-8": lambda reply: (200, reply[1], _misspelt(reply)),
    "another type": lambda reply: (200, reply[1] | {"Content-Type": "text/plain"}, reply[2] or "{}"),
    "a web page": lambda _: (200, {"Content-Type": "text/html"}, "<html>Please log in: jane.doe@maine.gov</html>"),
}
"""What is no healthy reply, however often it is asked for."""


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("connector", LIVE)
def test_a_reply_of_another_shape_is_never_taken_for_an_answer(
    connector: Connector, body: str, calm: Any, tmp_path: Path
) -> None:
    pull = calm(connector)
    for _, request in _kinds(pull):
        platform = Platform(connector, _whenever(request, BODIES[body]))
        fault, items = _outcome(configured(connector, tmp_path), platform)
        if fault is None:
            _passed_over(connector, pull, platform, items)
        else:
            assert not isinstance(fault, doors.ClosedDoor)
            assert str(fault).startswith("test")


def _passed_over(connector: Connector, pull: Calm, platform: Platform, items: list[Item]) -> None:
    """No error came: then either the keys are told to have failed, or the reply is how the platform says "nothing"."""
    healthy, told = _digests(pull.items), _digests(items)
    assert {one for _, found in told.values() for one in found} <= {
        one for _, found in healthy.values() for one in found
    }
    if any(body in getattr(conversation(connector), "EMPTY", ()) for _, _, body in platform.said) or (
        any(body == "[]" for _, _, body in platform.said) and _list(platform.spoiled[0])
    ):
        assert connector.sweep or connector.expect.at_least > 0, "an empty list would pass for a healthy night"
        return
    failed = {key for key, (outcome, _) in told.items() if outcome is Outcome.FAILED} | _rejecting(items)
    assert failed, "another shape passed for an answer"
    assert {key: found for key, found in told.items() if key not in failed}.items() <= healthy.items()


def _rejecting(items: list[Item]) -> set[str]:
    """The keys whose answer holds something that could not be read; "" for a list that does."""
    parts = [(item.key, part) for item in items if isinstance(item, Answer) for part in item.items]
    parts += [("", item) for item in items if not isinstance(item, Answer)]
    return {key for key, part in parts if isinstance(part, Rejected)}


@pytest.mark.parametrize("connector", [one for one in LIVE if one.id not in ONE_FOR_ALL])
def test_an_item_that_is_null_costs_itself_alone(connector: Connector, calm: Any, tmp_path: Path) -> None:
    pull, told = calm(connector), set[bool]()
    healthy = _digests(pull.items)
    for _, request in _kinds(pull):
        platform = Platform(connector, _whenever(request, _with_null))
        items = fetched(configured(connector, tmp_path), platform)
        if platform.said == pull.platform.said:
            continue  # this reply holds no list of objects
        found = _digests(items)
        failed = {key for key, (outcome, _) in found.items() if outcome is Outcome.FAILED}
        lost = {one for key, (_, own) in healthy.items() if key not in failed for one in set(own) - set(found[key][1])}
        assert len(lost) <= ("totalResults" in str(platform.spoiled))
        assert len(failed) < len(healthy), "one null took the whole source down"
        told.add(bool(failed or _rejecting(items)))
    assert told <= {True} or connector.name in WITHOUT_A_LIST, "a null was left out without a word"


def _with_null(reply: Reply) -> Reply:
    """The reply with a null at the end of its outermost list of objects."""
    if reply[0] != 200:
        return reply
    value = json.loads(reply[2])
    row = [value]
    while row:
        lists = [one for one in row if isinstance(one, list) and one and all(isinstance(part, dict) for part in one)]
        if lists:
            # what is counted by position has a null in the place of an item
            lists[0][len(lists[0]) - ("totalResults" in str(value)) :] = [None]
            return 200, reply[1], json.dumps(value)
        row = [part for one in row for part in (one.values() if isinstance(one, dict) else [])]
    return reply


def _digests(items: list[Item]) -> dict[str, tuple[Outcome | None, tuple[str, ...]]]:
    """Key → its outcome and the digests of its items; under "" those of a list."""
    told = {
        item.key: (item.outcome, tuple(raw.digest for raw in raws([item])))
        for item in items
        if isinstance(item, Answer)
    }
    return told or {"": (None, tuple(raw.digest for raw in raws(items)))}


def _outcome(source: Source, platform: Platform) -> tuple[SourceDown | None, list[Item]]:
    try:
        return None, fetched(source, platform)
    except SourceDown as fault:
        return fault, []


def _misspelt(reply: Reply) -> bytes:
    """The reply with a byte that is no UTF-8 at the beginning of its first text; else a reply of another shape."""
    body = reply[2].encode() if isinstance(reply[2], str) else reply[2]
    begin = re.search(rb'":\s*"', body)
    return body[: begin.end()] + b"\xff" + body[begin.end() :] if begin else b'{"x": "\xff"}'


def _list(reply: Reply) -> bool:
    """Whether the healthy reply is a bare list: there an empty one is an honest answer."""
    return reply[0] == 200 and isinstance(json.loads(reply[2]), list)


def _kinds(pull: Calm) -> list[tuple[int, requests.PreparedRequest]]:
    """The first request of each kind, by path and names of parameters, and the very second one: (number, request)."""
    first: dict[object, int] = {}
    for number, request in enumerate(pull.platform.asked):
        url = urlsplit(str(request.url))
        first.setdefault((url.hostname, url.path, frozenset(name for name, _ in parse_qsl(url.query))), number)
    second = min(1, len(pull.platform.asked) - 1)
    return [(number, pull.platform.asked[number]) for number in sorted({*list(first.values())[:KINDS], second})]


def _whenever(one: requests.PreparedRequest, spoil: Spoil) -> Callable[[requests.PreparedRequest, int], Spoil | None]:
    """Spoils the reply to one request, however often it is sent; every other request is answered as ever."""
    return lambda other, _: spoil if _same(one) == _same(other) else None


def _same(request: requests.PreparedRequest) -> tuple[object, ...]:
    return request.method, request.url, request.body


def _forbidden(*_: object, **__: object) -> None:
    raise AssertionError("parse reached outside")
