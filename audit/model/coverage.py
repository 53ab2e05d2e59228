"""How much was looked at: how far each sweep has come, and for how many employees each platform was assessed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.contract import Outcome

WITHIN_DAYS = (1, 7, 30)
TOLD = (Outcome.ANSWERED, Outcome.NOT_FOUND)
"""Outcomes after which we know what the platform has for a key."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One key that was asked for: how it went, and how many records it brought. `key` is the ledger's digest."""

    key: str
    outcome: Outcome
    found: int


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """What the ledger remembers of a key: when it was last asked for, last answered (or None), and what it brought."""

    asked_at: datetime
    told_at: datetime | None
    found: int


@dataclass(frozen=True, slots=True)
class SweepCount:
    """How far a sweep of `platforms` has come: its `keys`, what tonight did for them, and how old its answers are.

    `asked` is the sum of the five outcomes; `left` are keys that were not asked for tonight: no room,
    or asked for not long ago. `within` counts the keys
    answered within WITHIN_DAYS; `never` those that never were; `oldest` is the oldest of the answers that count.
    """

    platforms: str
    keyed_on: str
    keys: int
    asked: int
    answered: int
    not_found: int
    refused: int
    limited: int
    failed: int
    left: int
    never: int
    oldest: datetime | None
    within: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SweepRecord:
    """What a sweep did tonight: every key it has, those it asked for with how it went (digests), and when."""

    keys: frozenset[str]
    asked: tuple[Asked, ...]
    at: datetime

    @property
    def standing(self) -> frozenset[str]:
        """Keys about which tonight brought nothing new: what they showed before stands."""
        return self.keys - {one.key for one in self.asked if one.outcome in TOLD}


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """A sweep before it starts: its keys, each with the ledger's digest, and what is remembered of them."""

    platforms: str
    keyed_on: str
    keys: Mapping[str, str]
    last: Mapping[str, LastAnswer]
    now: datetime

    def last_asked(self) -> dict[str, datetime]:
        """When each key was last asked for; a key that never was is not in it."""
        return {key: self.last[mark].asked_at for key, mark in self.keys.items() if mark in self.last}

    def last_told(self) -> dict[str, datetime]:
        """When each key last got an answer; a key that never did is not in it."""
        told = ((key, self.last[mark].told_at) for key, mark in self.keys.items() if mark in self.last)
        return {key: at for key, at in told if at is not None}

    def count(self, asked: Collection[Asked]) -> SweepCount:
        """How far the sweep has come after tonight."""
        outcomes = Counter(one.outcome for one in asked)
        total = sum(outcomes.values())
        told_tonight = {one.key for one in asked if one.outcome in TOLD}
        before = {mark: self.last[mark].told_at for mark in self.keys.values() if mark in self.last}
        told = [
            at
            for mark in self.keys.values()
            if (at := self.now if mark in told_tonight else before.get(mark)) is not None
        ]
        return SweepCount(
            platforms=self.platforms,
            keyed_on=self.keyed_on,
            keys=len(self.keys),
            asked=total,
            answered=outcomes[Outcome.ANSWERED],
            not_found=outcomes[Outcome.NOT_FOUND],
            refused=outcomes[Outcome.REFUSED],
            limited=outcomes[Outcome.LIMITED],
            failed=outcomes[Outcome.FAILED],
            left=max(0, len(self.keys) - total),
            never=len(self.keys) - len(told),
            oldest=min(told, default=None),
            within=tuple(sum(self.now - at <= timedelta(days=days) for at in told) for days in WITHIN_DAYS),
        )


STALE_AFTER = timedelta(days=30)
"""The age from which an answer about an employee no longer counts as an assessment."""


@dataclass(frozen=True, slots=True)
class Covering:
    """A source that tells about employees on some platforms: about everybody, or about those it was asked for.

    `told` is when it last told about each state address; it is not used for a source that covers `everybody`.
    """

    source: str
    platforms: frozenset[str]
    everybody: bool
    judged: bool
    told: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlatformCoverage:
    """For how many current employees one platform was looked at; the six counts add up to the current employees.

    `assessed` within STALE_AFTER, `stale` longer ago; `waiting` for their turn in a sweep; `failed`: the source could
    not be judged tonight; `no_source`: none that may be read covers employees there; `no_address`: no state address of
    their own to compare or ask for. `sources` are those that cover employees on the platform; `mail` says what their
    mail logs, if any, can show of it, in a sentence.
    """

    platform: str
    assessed: int
    stale: int
    waiting: int
    failed: int
    no_source: int
    no_address: int
    sources: tuple[str, ...]
    mail: str = ""


def platform_coverage(
    platforms: Collection[str],
    covering: Collection[Covering],
    addresses: Collection[str],
    employees: int,
    now: datetime,
    mail: Mapping[str, str] | None = None,
) -> tuple[PlatformCoverage, ...]:
    """Employee × platform, counted. `addresses` are those of current employees, one each; `employees` all of them;
    `mail` is what mail logs can show, by platform."""
    counted: dict[tuple[str, ...], Counter[str]] = {}
    rows = []
    for platform in platforms:
        here = [one for one in covering if platform in one.platforms]
        names = tuple(one.source for one in here)
        if names not in counted:
            counted[names] = Counter(_standing(address, here, now) for address in addresses)
        states = counted[names]
        rows.append(
            PlatformCoverage(
                platform=platform,
                assessed=states["assessed"],
                stale=states["stale"],
                waiting=states["waiting"],
                failed=states["failed"],
                no_source=states["no source"],
                no_address=employees - len(addresses),
                sources=names,
                mail=(mail or {}).get(platform, ""),
            )
        )
    return tuple(rows)


def _standing(address: str, covering: Collection[Covering], now: datetime) -> str:
    """The best that any source can say about one employee."""
    if any(one.everybody and one.judged for one in covering):
        return "assessed"
    told = [at for one in covering if not one.everybody and (at := one.told.get(address)) is not None]
    if told:
        return "assessed" if now - max(told) <= STALE_AFTER else "stale"
    if any(one.judged for one in covering):
        return "waiting"
    return "failed" if covering else "no source"
