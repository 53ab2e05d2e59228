"""A sweep asked key by key: canaries first, then the stalest, until the night's allowance is spent.

A key that fails is passed over and comes first the next night; so does every key that tonight has no room for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors import http
from connectors.contract import (
    Answer,
    BadRow,
    Covers,
    KeyedOn,
    Outcome,
    Raw,
    Remark,
    Source,
    SourceChanged,
    SourceDown,
    Sweep,
)
from connectors.http.doors import ClosedDoor
from connectors.http.paging import OddItems
from connectors.http.replies import CHANGED, OutOfBudget, Refused, TooMany

FAILURES = 5
"""Requests in a row that fail, each tried again and again, after which the source itself is taken to be down."""
NEVER = datetime.min.replace(tzinfo=UTC)
LONGEST_REST = 365
CANARIES = ("must_find", "must_not_find")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """Keys that are asked for in the same way, `size` at once. `ask` gives one Answer a key, each of them whole."""

    keys: Collection[str]
    ask: Callable[[tuple[str, ...]], Iterable[Answer]]
    size: int = 1


def canaries(source: Source) -> tuple[str, ...]:
    """The keys that audit.toml names as canaries: those of a sweep are asked for every night."""
    return tuple(str(source.options[name]) for name in CANARIES if name in source.options)


@dataclass(frozen=True, slots=True)
class EmployeeLookup:
    """Employees' state addresses, and canaries, each asked for by itself.

    `found` and `not_found` say which addresses can be canaries. `discloses` says what a request tells the platform
    about an employee; where it tells anything, nobody is asked for again for `refresh_days`. `besides` gives the
    requests of a whole sweep beside the one for each address.
    """

    found: str = ""
    not_found: str = ""
    discloses: str = ""
    refresh_days: float = 0
    besides: Callable[[Source], int] = lambda _: 0
    covers = Covers.THOSE_ASKED

    def keys(self, source: Source) -> tuple[str, ...]:
        """The state addresses of employees, and addresses that are canaries."""
        return tuple(dict.fromkeys((*canaries(source), *source.addresses)))

    def requests(self, source: Source, keys: Collection[str]) -> int:
        """One for each address, and what comes besides where there is one."""
        besides = self.besides(source)
        return len(keys) + besides if keys else 0

    @property
    def sweep(self) -> Sweep:
        """The addresses and their requests, for the connector."""
        return Sweep(KeyedOn.EMPLOYEES, self.keys, self.requests, self.discloses)

    @property
    def options(self) -> Mapping[str, str]:
        """The options of the session, with what a canary is here."""
        canary = {"must_find": self.found, "must_not_find": self.not_found}
        words = {name: f"a canary: {which}, or nothing is judged" for name, which in canary.items() if which}
        return {**http.OPTIONS, **words}


def swept(source: Source, *parts: Part, refresh_days: float = 0) -> Iterator[Answer]:
    """The answer to each key, part by part; a key answered less than `refresh_days` ago rests (audit.toml may say
    another number of days).

    Ends early, without an error, when the allowance is spent. A key whose account cannot be read (BadRow) has failed,
    and is told. Raises SourceDown where nothing at all could be asked, where the platform refuses us or answers in
    another shape, after FAILURES failures in a row of keys that did not fail the last time, and after as many accounts
    in a row that could not be read, or where there were no others.
    """
    failures = told = 0
    odd: list[SourceDown] = []
    for part in parts:
        order = due(source, part.keys, refresh_days)
        for start in range(0, len(order), part.size):
            batch = dict.fromkeys(order[start : start + part.size])
            source.asking(tuple(batch))
            try:
                for answer in part.ask(tuple(batch)):
                    del batch[answer.key]
                    told += 1
                    odd = [] if any(isinstance(item, Raw) for item in answer.items) else odd
                    yield answer
                failures = 0
            except OutOfBudget as fault:
                if not told:
                    raise
                if isinstance(fault, TooMany):
                    yield from (Answer(key, outcome=Outcome.LIMITED) for key in batch)
                _log.info("%s: asked for %d keys tonight; the next night goes on", source.name, told)
                return
            except (BadRow, OddItems) as fault:
                odd.append(
                    fault if isinstance(fault, SourceDown) else SourceChanged(f"{source.name}: {fault}. {CHANGED}")
                )
                if len(odd) == FAILURES:
                    raise odd[-1] from None
                yield from (unread(key, str(fault)) for key in batch)
            except (ClosedDoor, Refused, SourceChanged):
                raise
            except SourceDown as fault:
                failures += not all(_failed_before(source, key) for key in batch)
                if failures == FAILURES:
                    raise
                _log.warning("%s", fault)
                yield from (Answer(key, outcome=Outcome.FAILED) for key in batch)
    if odd and not told:
        raise odd[-1]


def unread(key: str, fault: str) -> Answer:
    """The answer of a key that failed because its account cannot be read. An address is not repeated."""
    told = f"{fault}. What was known of it stands; it is asked for again the next night."
    return Answer(key, (Remark(key if key.startswith("@") else "", told),), Outcome.FAILED)


def due(source: Source, keys: Collection[str], refresh_days: float) -> list[str]:
    """The keys to ask for tonight, in the order of asking: canaries always, others when they have rested enough.

    Raises SourceDown where refresh_days in audit.toml is no number of days.
    """
    days = source.options.get("refresh_days", refresh_days)
    if isinstance(days, bool) or not isinstance(days, int | float) or not 0 <= days <= LONGEST_REST:
        raise SourceDown(f"{source.name}: refresh_days in audit.toml must be a number from 0 to {LONGEST_REST}.")
    now = source.now or datetime.now(UTC)
    first = {key.casefold() for key in canaries(source)}
    # Nights do not begin at the same second: half a day is not counted.
    rested = timedelta(days=days) - timedelta(hours=12)
    return [
        key
        for key in stalest_first(source, keys)
        if key.casefold() in first or now - source.last_told.get(key, NEVER) >= rested
    ]


def stalest_first(source: Source, keys: Collection[str]) -> list[str]:
    """Every key once, in the order of asking: canaries, then by the age of the answer, those without one first."""
    first = {key.casefold() for key in canaries(source)}

    def staleness(key: str) -> tuple[bool, datetime, datetime]:
        told, asked = source.last_told.get(key, NEVER), source.last_asked.get(key, NEVER)
        return (key.casefold() not in first, told, asked)

    return sorted(dict.fromkeys(keys), key=staleness)


def _failed_before(source: Source, key: str) -> bool:
    """Whether the key got no answer when it was last asked for: that it fails again says nothing about the source."""
    return source.last_asked.get(key) != source.last_told.get(key)
