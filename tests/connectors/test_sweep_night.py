"""A sweep over a whole workforce, night after night, against a server on loopback that enforces its limit and has
accidents: too many requests, server errors, cut and slow bodies. Virtual time passes where somebody sleeps."""

import json
import logging
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any
from urllib.parse import unquote

import pytest

from connectors.contract import Answer, Outcome, Raw, Source
from connectors.http import OutOfBudget, Service, Session
from connectors.http.bodies import item
from connectors.http.pacing import Bucket
from connectors.http.paging import mapping
from connectors.http.sweep import NEVER, Part, swept
from tests.loopback import NOON, FakeTime, http

LIMIT, SPAN = 1000, 3600.0
"""What the server documents, and enforces: so many requests in so many seconds."""
SLOW = 90.0
"""Seconds that a slow body takes; SERVICE waits for 60."""
SERVICE = Service("Lookup", requests=LIMIT, seconds=SPAN, most_requests=5_000, most_minutes=600)
ACCIDENTS = ("too many", "too many, dated", "error", "unavailable", "cut", "empty", "slow", "reset")


@dataclass
class Lookup:
    """Knows every third address. Every twentieth request or so has an accident; those of `stubborn` addresses have
    one whenever they are asked for before `mends_at`. One thread a connection, kept open."""

    time: FakeTime
    seed: int = 0
    share: float = 0.05
    stubborn: frozenset[str] = frozenset()
    mends_at: float = 0.0
    stamps: list[float] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    accidents: Counter[str] = field(default_factory=Counter)
    beyond_limit: int = 0

    def __enter__(self) -> "Lookup":
        self.random = Random(self.seed)
        self._oldest = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                Thread(target=self._serve, args=(self._listener.accept()[0],), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            waiting = b""
            while True:
                while b"\r\n\r\n" not in waiting:
                    if not (part := connection.recv(65536)):
                        return
                    waiting += part
                request, _, waiting = waiting.partition(b"\r\n\r\n")
                if not self._answer(connection, unquote(request.split()[1].decode()).rpartition("/")[2]):
                    return

    def _answer(self, connection: socket.socket, address: str) -> bool:
        """Whether the connection stays open."""
        now = self.time.at
        self.stamps.append(now)
        self.asked[address] += 1
        while self.stamps[self._oldest] <= now - SPAN:
            self._oldest += 1
        if len(self.stamps) - self._oldest > LIMIT:
            self.beyond_limit += 1
            connection.sendall(kept(b"", "Retry-After: 60", status="429 Too Many Requests"))
            return True
        whole = kept(json.dumps({"account": address}).encode())
        if number(address) % 3:
            whole = kept(b'{"error":"not found"}', status="404 Not Found")
        stuck = address in self.stubborn and now < self.mends_at
        if not stuck and self.random.random() >= self.share:
            connection.sendall(whole)
            return True
        return self._accident(connection, "error" if stuck else self.random.choice(ACCIDENTS), whole)

    def _accident(self, connection: socket.socket, kind: str, whole: bytes) -> bool:
        self.accidents[kind] += 1
        if kind == "too many":
            connection.sendall(kept(b"", "Retry-After: 30", status="429 Too Many Requests"))
        elif kind == "too many, dated":
            until = NOON + timedelta(seconds=self.time.at - 1000 + 20)
            connection.sendall(kept(b"", f"Retry-After: {until:%a, %d %b %Y %H:%M:%S} GMT", status="429 Too Many"))
        elif kind == "error":
            connection.sendall(kept(b"oops", status="500 Internal Server Error"))
        elif kind == "unavailable":
            connection.sendall(kept(b"", "Retry-After: 3", status="503 Service Unavailable"))
        elif kind == "empty":
            connection.sendall(kept(b""))
        elif kind == "slow":
            connection.sendall(whole[:-4])
            self.time.at += SLOW  # the client is in the middle of the body when time passes
            connection.sendall(whole[-4:])
        else:
            if kind == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            else:
                connection.sendall(whole[:-4])
            return False
        return True


def kept(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A reply after which the connection stays open."""
    return http(body, *headers, status=status).replace(b"Connection: close\r\n", b"")


def number(address: str) -> int:
    return int(address.partition("@")[0].rpartition(".")[2])


def workforce(size: int) -> tuple[str, ...]:
    return tuple(f"person.{number}@maine.gov" for number in range(size))


def fetch(source: Source, time: FakeTime) -> Iterator[Answer]:
    """A connector in small: one address a request."""
    with Session(source, SERVICE, str(source.options["url"]), clock=time.clock) as talk:

        def ask(batch: tuple[str, ...]) -> Iterator[Answer]:
            reply = talk.get("/people/{address}", values={"address": batch[0]}, also=(404,))
            if reply.status == 404:
                yield Answer(batch[0], outcome=Outcome.NOT_FOUND)
                return
            values = {"account": mapping(talk, reply)["account"]}
            yield Answer(batch[0], (item(source, reply.where, values),))

        yield from swept(source, Part(source.addresses, ask))


@dataclass
class Nights:
    """Nights in a row until everybody is covered: what they were told and sent, and when an address was last asked."""

    addresses: tuple[str, ...]
    url: str
    time: FakeTime
    last_asked: dict[str, datetime] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    found: dict[str, str] = field(default_factory=dict)
    sent: int = 0
    retried: int = 0
    count: int = 0

    def one(self, **options: Any) -> list[Answer]:
        self.time.at = 1000 + 86_400 * self.count  # each begins at the same hour
        self.count += 1
        now = self.time.clock.now()
        source = Source(
            "night", Path(), {"url": self.url, **options}, now=now, addresses=self.addresses, last_asked=self.last_asked
        )
        asked = dict(self.last_asked)
        answers = []
        for answer in fetch(source, self.time):
            answers.append(answer)
            self.found.update((answer.key, str(one.values["account"])) for one in answer.items if isinstance(one, Raw))
            if answer.outcome in (Outcome.ANSWERED, Outcome.NOT_FOUND):
                asked[answer.key] = now
            if len(asked) == len(self.addresses):
                break
        assert source.tally.sent <= options.get("most_requests", SERVICE.most_requests)
        assert self.time.at <= 1000 + 86_400 * (self.count - 1) + 60 * SERVICE.most_minutes
        self.last_asked, self.answers = asked, self.answers + answers
        self.sent, self.retried = self.sent + source.tally.sent, self.retried + source.tally.retried
        return answers


def planned_nights(requests: int, service: Service = SERVICE) -> int:
    """Nights that so many requests take: by the night's allowance, and by what its hours hold at the allowed pace."""
    pace = Bucket(service.requests, service.seconds, FakeTime().clock)
    in_time = int(pace.burst + pace.pace * 60 * service.most_minutes)
    return -(-requests // min(service.most_requests, in_time))


@pytest.mark.parametrize("seed", [11])
def test_13_000_people_are_covered_in_as_many_nights_as_planned(seed, caplog):
    caplog.set_level(logging.ERROR)  # a line for each retry is not what this looks at
    people, time = workforce(13_000), FakeTime()
    stubborn = frozenset(people[100:3000:1000])
    with Lookup(time, seed, stubborn=stubborn, mends_at=1000 + 80_000.0) as server:
        nights = Nights(people, server.url, time)
        while len(nights.last_asked) < len(people):
            nights.one()
            assert nights.count < 10
    assert nights.count == planned_nights(len(people)) == 3
    assert set(nights.last_asked) == set(people)
    assert nights.found == {person: person for person in people if number(person) % 3 == 0}
    # nobody is asked twice before everybody was asked once, but for who failed, and comes first the next night
    failed = [answer.key for answer in nights.answers if answer.outcome is Outcome.FAILED]
    assert set(failed) == stubborn
    assert len(nights.answers) == len(people) + len(failed)
    # no more than planned and counted retries, by the server's own count
    assert len(server.stamps) == nights.sent == len(people) + nights.retried + len(failed)
    assert nights.retried == sum(server.accidents.values()) - len(failed)  # whose fifth try was the last
    assert nights.retried < len(people) * 0.1
    assert server.beyond_limit == 0
    assert set(server.accidents) == set(ACCIDENTS), "the schedule leaves a kind of accident out"
    for start in range(0, len(server.stamps), 500):
        assert sum(server.stamps[start] <= at < server.stamps[start] + SPAN for at in server.stamps) <= LIMIT


def test_a_sweep_of_150_000_is_planned_and_its_first_nights_keep_to_the_plan(caplog):
    caplog.set_level(logging.ERROR)
    people, time = workforce(150_000), FakeTime()
    assert planned_nights(len(people)) == 30
    with Lookup(time, 3) as server:
        nights = Nights(people, server.url, time)
        told = [{answer.key for answer in nights.one(most_requests=300)} for _ in range(3)]
    assert not told[0] & told[1] | told[1] & told[2]
    assert sum(map(len, told)) == nights.sent - nights.retried == len(nights.last_asked)
    assert nights.sent == len(server.stamps) == 900
    assert server.beyond_limit == 0


@pytest.mark.parametrize(("size", "a_night"), [(150_000, 5_000), (13_000, 4_700)])
def test_every_night_of_the_plan_goes_on_where_the_last_one_stopped(size, a_night):
    """The order of the whole plan, without a network: the platform answers at once until the night is full."""
    people, last_asked, planned = workforce(size), dict[str, datetime](), -(-size // a_night)
    for night in range(planned + 2):
        left = iter(range(a_night))

        def ask(batch: tuple[str, ...], left: Iterator[int] = left) -> Iterator[Answer]:
            if next(left, None) is None:
                raise OutOfBudget("the night is full")
            yield Answer(batch[0])

        told = {one.key for one in swept(Source("plan", Path(), last_asked=last_asked), Part(people, ask))}
        assert len(told) == a_night
        freshest = max(last_asked.get(key, NEVER) for key in told)
        assert freshest <= min(last_asked.get(key, NEVER) for key in people if key not in told)
        last_asked |= dict.fromkeys(told, NOON + timedelta(days=night))
        assert (len(last_asked) == size) == (night + 1 >= planned)
