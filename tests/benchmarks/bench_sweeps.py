"""Whole sweeps of every connector that asks key by key, night after night, against its made platform: the documented
limit is enforced, and one request in thirty has an accident. Virtual time; no network.

Run at the root: python -m tests.benchmarks.bench_sweeps [people] [terms] [connector ...]
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import requests
import responses

from connectors.catalog import CONNECTORS
from connectors.contract import Answer, Connector, KeyedOn, Nexus, Outcome, Tally
from connectors.http import night_capacity
from tests.conversing import configured, conversation
from tests.loopback import FakeTime

ACCIDENTS = 1 / 30
MINUTES = 360
"""Of a night."""
MOST_NIGHTS = 60


class Enforced:
    """The connector's made platform, which refuses what goes beyond the documented limit, and has accidents."""

    def __init__(self, connector: Connector, clock: FakeTime) -> None:
        assert connector.service is not None
        self.connector, self.clock, self.random = connector, clock, Random(7)
        self.most, self.span = connector.service.requests, connector.service.seconds
        self.recent: deque[float] = deque()
        self.beyond = 0

    def __call__(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str | bytes]:
        now = self.clock.at
        while self.recent and self.recent[0] <= now - self.span:
            self.recent.popleft()
        self.recent.append(now)
        if len(self.recent) > self.most:
            self.beyond += 1
            return 429, {"Retry-After": "30"}, ""
        status, headers, body = conversation(self.connector).answer(request)
        if self.random.random() < ACCIDENTS:
            kinds = [(429, {"Retry-After": "20"}, ""), (503, {"Retry-After": "3"}, ""), (500, {}, "oops")]
            return self.random.choice([*kinds, (200, headers, body[: len(body) // 2])])
        return status, headers, body


@contextmanager
def platform(enforced: Enforced) -> Iterator[None]:
    """Everything that is sent goes to the made platform."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in (responses.GET, responses.POST):
            mock.add_callback(method, re.compile(".*"), enforced)
        yield


def swept(connector: Connector, folder: Path, people: int, terms: int) -> str:
    """A line about the sweep of one connector."""
    assert connector.sweep is not None
    assert connector.service is not None
    clock = FakeTime()
    names = tuple(f"Maine Office of Matters {number}" for number in range(terms))
    handles = tuple((name, f"office{number}") for name in connector.platforms for number in range(30))
    shown = replace(
        configured(connector, folder),
        nexus=Nexus(("maine.gov", *(f"d{number}.example.gov" for number in range(119))), names=names, handles=handles),
        addresses=tuple(f"person.{number}@maine.gov" for number in range(people)),
    )
    options = {**shown.options, "most_minutes": MINUTES}
    if connector.sweep.keyed_on is KeyedOn.BRANDS:
        options = {name: value for name, value in options.items() if name not in ("terms", "handles")}
    shown = replace(shown, options=options)
    wanted = set(connector.sweep.keys(shown))
    planned, a_night = connector.sweep.requests(shown, wanted), night_capacity(shown, connector.service)
    told: set[str] = set()
    total, nights, began = Tally(), 0, time.perf_counter()
    enforced = Enforced(connector, clock)
    asked: dict[str, object] = {}
    while told != wanted and nights < MOST_NIGHTS:
        nights += 1
        clock.at += 86_400
        past = {"last_asked": dict(asked), "last_told": {key: at for key, at in asked.items() if key in told}}
        tonight = replace(shown, **past, tally=Tally(), now=clock.clock.now())  # type: ignore[arg-type]
        with platform(enforced):
            for answer in connector.fetch(tonight, clock.clock):  # type: ignore[call-arg]
                assert isinstance(answer, Answer)
                asked[answer.key] = clock.clock.now()
                if answer.outcome in (Outcome.ANSWERED, Outcome.NOT_FOUND):
                    told.add(answer.key)
        total.sent += tonight.tally.sent
        total.retried += tonight.tally.retried
    return (
        f"{connector.name:14} {len(wanted):7,} keys, planned {planned:7,} requests in {-(-planned // a_night)} nights;"
        f" covered {len(told):7,} in {nights}, sent {total.sent:7,}, of them again {total.retried:5,},"
        f" beyond the limit {enforced.beyond} ({time.perf_counter() - began:.0f} s)"
    )


def main() -> None:
    """Print a line for each connector."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 13_000
    terms = int(sys.argv[2]) if len(sys.argv) > 2 else 1_200
    for name in sys.argv[3:] or CONNECTORS:
        if CONNECTORS[name].sweep:
            with tempfile.TemporaryDirectory() as folder:
                print(swept(CONNECTORS[name], Path(folder), people, terms), flush=True)


if __name__ == "__main__":
    main()
