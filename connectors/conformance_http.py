"""What every connector that asks over HTTP must do, shown on a made platform: for our tests and a package's own.

A package's test hands in its connector, its platform as a value and an empty folder:
`for check in CHECKS: check(Conversation(CONNECTOR, Made(OPTIONS, answer), tmp_path))`. It needs `responses`.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from connectors import http
from connectors.conformance import check_statement, fields_left, parsed_alone
from connectors.contract import Answer, Connector, Item, KeyedOn, Outcome, Rejected, Source, SourceDown
from connectors.files.fields import moment
from connectors.http import Refused, doors
from connectors.made_platform import (
    ADDRESSES,
    CANARY,
    EMPLOYEES,
    NOON,
    PRIVATE,
    Calm,
    Made,
    MadePlatform,
    Reply,
    Spoil,
    Spoils,
    asking,
    fetched,
    made_records,
    outcomes,
    raws,
    request_text,
)
from connectors.records import Account, Person

KINDS = 6
"""Kinds of requests of one connector that are made to fail in turn."""
FAULTS_AT_MOST = 100
"""Faults in one pull; a session spends no more than 200 retries in a night."""


@dataclass(frozen=True)
class Conversation:
    """A connector, the made platform that it asks, and an empty folder for its source."""

    connector: Connector[Any]
    made: Made
    folder: Path

    @cached_property
    def calm(self) -> Calm:
        """A pull in which nothing goes wrong."""
        platform = self.platform()
        return Calm(source := self.source(), platform, fetched(source, platform))

    def source(self) -> Source:
        """The source that asks, as a night begins."""
        return asking(self.connector, self.made, self.folder)

    def platform(self, spoils: Spoils = lambda *_: None) -> MadePlatform:
        """The platform, spoiled."""
        return MadePlatform(self.connector, self.made, spoils)


# A healthy pull ------------------------------------------------------------------------------------------------


def check_what_it_takes_up(on: Conversation) -> None:
    """It says all of itself, and takes up what it says and nothing else."""
    check_statement(on.connector)
    taken = {name for raw in raws(on.calm.items) for name in raw.values}
    assert taken
    assert taken <= fields_left(on.connector)


def check_the_version_it_asks_for(on: Conversation) -> None:
    """A version of one word is what stands in a header or in the address; of several, words about an interface."""
    version, sent = on.connector.interface.version, on.calm.platform.asked
    named = [version in request.headers.values() or f"/{version}/" in str(request.url) for request in sent]
    assert " " in version or any(named), f"{on.connector.name} states version {version} and sends none of it"


def check_items_become_records(on: Conversation) -> None:
    """Parse gives the same twice, changes nothing, reaches nothing, and says where each record is from."""
    items = list(raws(on.calm.items))
    before = repr(items)
    first, second = parsed_alone(on.connector, items), parsed_alone(on.connector, items)
    assert first == second
    assert repr(items) == before, "parse changes what it is given"
    found = [(raw, record) for raw, record in zip(items, first, strict=True) if record is not None]
    assert found, "no record comes out of the conversation"
    for raw, record in found:
        assert type(record) is on.connector.record
        assert isinstance(record, Account | Person)
        origin = record.provenance
        assert (origin.source, origin.where, origin.sha256) == ("test", raw.where, raw.digest)
        assert re.fullmatch("[0-9a-f]{64}", raw.digest)
        assert origin.observed_at == raw.observed_at is not None
        assert isinstance(record, Person) or record.platform in on.connector.platforms


def check_what_must_not_be_read(on: Conversation) -> None:
    """What the platform says beside what is read is in no item and no record, nor is the token."""
    assert PRIVATE in repr(on.calm.platform.said), f"put {PRIVATE} where the platform says what must not be read"
    for shown in (repr(on.calm.items), repr(made_records(on.connector, on.calm.items))):
        assert PRIVATE not in shown
        assert CANARY not in shown


def check_a_time_that_cannot_be(on: Conversation) -> None:
    """An account that was opened at a time that is none, or before there were such accounts, has none, which is told
    (connectors.account_age)."""
    for raw in raws(on.calm.items):
        record = on.connector.parse(raw)
        if not isinstance(record, Account) or record.created_at is None:
            continue
        at = record.created_at
        for never in ("yesterday", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z"):
            values = {name: _at_another_time(value, at, never) for name, value in raw.values.items()}
            odd = on.connector.parse(replace(raw, values=values))
            assert isinstance(odd, Account)
            assert (odd.created_at, odd.unread, len(odd.notes)) == (None, ("created_at",), 1), never


def check_it_counts_what_it_sends(on: Conversation) -> None:
    """Its source's tally is what was sent; it answers key by key only with a sweep."""
    assert (on.calm.source.tally.sent, on.calm.source.tally.retried) == (len(on.calm.platform.asked), 0)
    assert on.connector.sweep or not outcomes(on.calm.items), "answers key by key need a Sweep"


def check_the_sweep(on: Conversation) -> None:
    """A sweep, if it has one, answers each key once and asks no more than it plans."""
    pull, sweep = on.calm, on.connector.sweep
    if sweep is None:
        return
    keys = list(dict.fromkeys(sweep.keys(pull.source)))
    assert keys
    assert all(isinstance(key, str) and key.strip() for key in keys)
    answers = [item for item in pull.items if isinstance(item, Answer)]
    assert len(answers) == len(pull.items)
    assert sorted(item.key for item in answers) == sorted(keys)
    assert {Outcome.FAILED, Outcome.LIMITED}.isdisjoint(outcomes(pull.items).values())
    assert all(not item.items or item.outcome is Outcome.ANSWERED for item in answers)
    assert 0 < len(pull.platform.asked) <= sweep.requests(pull.source, keys)
    assert sweep.requests(pull.source, keys[:1]) <= sweep.requests(pull.source, keys)
    if sweep.keyed_on is KeyedOn.EMPLOYEES:
        assert set(keys) <= set(ADDRESSES)


# Where it goes, and with what ------------------------------------------------------------------------------------


def check_it_stays_with_its_own_host(on: Conversation) -> None:
    """It asks the hosts that it names, over TLS, and none of the closed doors; only a token may come from elsewhere."""
    named = json.dumps([dict(on.calm.source.options), on.connector.service and on.connector.service.url])
    own = {urlsplit(url).hostname for url in re.findall(r'https?://[^\s"]+', named)}
    modules = [*Path(inspect.getfile(http)).parents[1].rglob("*.py"), Path(inspect.getfile(on.connector.fetch))]
    known = "".join(path.read_text(encoding="utf-8") for path in modules)
    for request in on.calm.platform.asked:
        url = urlsplit(str(request.url))
        assert url.scheme == "https"
        try:
            doors.refuse(f"https://{url.hostname}{url.path}", dict(parse_qsl(url.query)))
        except doors.ClosedDoor:
            for_a_token = (request.method, "grant_type" in request_text(request))
        else:
            assert url.hostname in own
            continue
        assert for_a_token == ("POST", True), "only a token may come from there"
        assert f"https://{url.hostname}" in known, "the address that gives tokens stands in the connector"


def check_it_follows_no_redirect(on: Conversation) -> None:
    """A redirect is a failure, and nothing goes where it points."""

    def elsewhere(_: Reply) -> Reply:
        return 302, {"Location": f"https://elsewhere.example/?token={CANARY}"}, ""

    for _, request in _kinds(on.calm):
        platform = on.platform(_whenever(request, elsewhere))
        assert _outcome(on.source(), platform)[0] is not None, "a redirect passed for an answer"
        assert "elsewhere.example" not in {urlsplit(str(request.url)).hostname for request in platform.asked}


def check_it_asks_for_nobody(on: Conversation) -> None:
    """Keyed on employees, it asks for those alone that it is given; else no employee is in any request."""
    pull = on.calm
    if on.connector.sweep is not None and on.connector.sweep.keyed_on is KeyedOn.EMPLOYEES:
        nobody = Source(pull.source.name, pull.source.folder, pull.source.options, pull.source.nexus, NOON)
        assert list(on.connector.sweep.keys(nobody)) == []
        return
    said = "\n".join(map(request_text, pull.platform.asked)).casefold()
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


def check_a_fault_that_passes(on: Conversation, fault: str) -> None:
    """A fault of AGAIN, met once by each request, changes nothing but the time that it takes."""
    pull, met = on.calm, set[tuple[object, ...]]()

    def at_first(request: requests.PreparedRequest, _: int) -> Spoil | None:
        one = _same(request)
        if one in met or len(met) == FAULTS_AT_MOST:
            return None
        met.add(one)
        return AGAIN[fault]

    source, platform = on.source(), on.platform(at_first)
    items = fetched(source, platform)
    assert made_records(on.connector, items) == made_records(on.connector, pull.items)
    assert outcomes(items) == outcomes(pull.items)
    assert source.tally.retried == len(met) > 0
    assert len(platform.asked) == source.tally.sent <= len(pull.platform.asked) + source.tally.retried
    assert source.tally.limited == (len(met) if fault == "429" else 0)
    assert sum(platform.slept) >= len(met) * (7 if fault == "429" else 1)


def check_refused_credentials(on: Conversation) -> None:
    """Credentials that are not accepted are a refusal, which is not asked again and shows nothing of the reply."""
    said = json.dumps({"message": f"{CANARY} of {ADDRESSES[0]} is no token: https://a.example/?key={CANARY}"})
    for place, request in _kinds(on.calm):
        platform = on.platform(_whenever(request, lambda _: (401, {"Content-Type": "application/json"}, said)))
        fault, items = _outcome(on.source(), platform)
        if urlsplit(str(request.url)).path in on.made.probes and not isinstance(fault, Refused):
            assert fault is not None or _digests(items) == _digests(on.calm.items), "another way shows something else"
            continue
        assert isinstance(fault, Refused)
        assert str(fault).startswith("test: ")
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
    "a web page that finds nothing": lambda _: (404, {"Content-Type": "text/html"}, "<html>Not found</html>"),
    "a web page that lets nobody in": lambda _: (403, {"Content-Type": "text/html"}, "<html>You are blocked</html>"),
    "no such path": lambda _: (404, {"Content-Type": "text/plain"}, "404 page not found"),
}
"""What is no healthy reply, however often it is asked for; with a status, what others say in the platform's place."""


def check_another_shape(on: Conversation, body: str) -> None:
    """A reply of BODIES is never taken for an answer."""
    for _, request in _kinds(on.calm):
        platform = on.platform(_whenever(request, BODIES[body]))
        fault, items = _outcome(on.source(), platform)
        if fault is None and urlsplit(str(request.url)).path in on.made.probes:
            assert _digests(items) == _digests(on.calm.items), "another way shows something else"
        elif fault is None:
            _passed_over(on, platform, items)
        else:
            assert not isinstance(fault, doors.ClosedDoor)
            assert str(fault).startswith("test")


def check_a_null_costs_itself_alone(on: Conversation) -> None:
    """A null among the objects of a list is rejected, or is told to have failed with its key; the others stay."""
    pull, told = on.calm, set[bool]()
    healthy = _digests(pull.items)
    for _, request in _kinds(pull):
        platform = on.platform(_whenever(request, _with_null))
        items = fetched(on.source(), platform)
        if platform.said == pull.platform.said:
            continue  # this reply holds no list of objects
        found = _digests(items)
        failed = {key for key, (outcome, _) in found.items() if outcome is Outcome.FAILED}
        lost = {one for key, (_, own) in healthy.items() if key not in failed for one in set(own) - set(found[key][1])}
        assert len(lost) <= ("totalResults" in str(platform.spoiled)), "a null cost others, too"
        assert len(failed) < len(healthy), "one null took the whole source down"
        told.add(bool(failed or _rejecting(items)))
    assert told <= {True} or on.made.lists_within, "a null was left out without a word"


def check_faults_that_pass(on: Conversation) -> None:
    """All of AGAIN."""
    for fault in AGAIN:
        check_a_fault_that_passes(on, fault)


def check_other_shapes(on: Conversation) -> None:
    """All of BODIES."""
    for body in BODIES:
        check_another_shape(on, body)


CHECKS: tuple[Callable[[Conversation], None], ...] = (
    check_what_it_takes_up,
    check_the_version_it_asks_for,
    check_items_become_records,
    check_what_must_not_be_read,
    check_a_time_that_cannot_be,
    check_it_counts_what_it_sends,
    check_the_sweep,
    check_it_stays_with_its_own_host,
    check_it_follows_no_redirect,
    check_it_asks_for_nobody,
    check_faults_that_pass,
    check_refused_credentials,
    check_other_shapes,
    check_a_null_costs_itself_alone,
)
"""All of them."""


def _at_another_time(value: Any, at: datetime, never: str) -> Any:
    """A value that tells the time `at`, in text or in seconds since 1970, telling another one; any other as it is."""
    if isinstance(value, str):
        return never if moment(value) == at else value
    told = isinstance(value, int | float) and not isinstance(value, bool) and value == at.timestamp()
    return 0 if told else value


def _passed_over(on: Conversation, platform: MadePlatform, items: list[Item]) -> None:
    """No error came: then either the keys are told to have failed, or the reply is how the platform says "nothing"."""
    healthy, told = _digests(on.calm.items), _digests(items)
    assert {one for _, found in told.values() for one in found} <= {
        one for _, found in healthy.values() for one in found
    }
    if any(body in on.made.empty for _, _, body in platform.said) or (
        any(body == "[]" for _, _, body in platform.said) and _list(platform.spoiled[0])
    ):
        assert on.connector.sweep or on.connector.expect.at_least > 0, "an empty list would pass for a healthy night"
        return
    failed = {key for key, (outcome, _) in told.items() if outcome is Outcome.FAILED} | _rejecting(items)
    assert failed, "another shape passed for an answer"
    assert {key: found for key, found in told.items() if key not in failed}.items() <= healthy.items()


def _rejecting(items: list[Item]) -> set[str]:
    """The keys whose answer holds something that could not be read; "" for a list that does."""
    parts = [(item.key, part) for item in items if isinstance(item, Answer) for part in item.items]
    parts += [("", item) for item in items if not isinstance(item, Answer)]
    return {key for key, part in parts if isinstance(part, Rejected)}


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


def _digests(items: list[Item]) -> Mapping[str, tuple[Outcome | None, tuple[str, ...]]]:
    """Key → its outcome and the digests of its items; under "" those of a list."""
    told: dict[str, tuple[Outcome | None, tuple[str, ...]]] = {
        item.key: (item.outcome, tuple(raw.digest for raw in raws([item])))
        for item in items
        if isinstance(item, Answer)
    }
    return told or {"": (None, tuple(raw.digest for raw in raws(items)))}


def _outcome(source: Source, platform: MadePlatform) -> tuple[SourceDown | None, list[Item]]:
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


def _whenever(one: requests.PreparedRequest, spoil: Spoil) -> Spoils:
    """Spoils the reply to one request, however often it is sent; every other request is answered as ever."""
    return lambda other, _: spoil if _same(one) == _same(other) else None


def _same(request: requests.PreparedRequest) -> tuple[object, ...]:
    return request.method, request.url, request.body
