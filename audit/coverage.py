"""How much was looked at: how far each sweep has come, and for how many employees each platform was assessed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
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
    """How far a sweep has come: its `keys`, what tonight did for them, and how old its answers are.

    `asked` is the sum of the five outcomes; `left` are keys that tonight had no room for. `within` counts the keys
    answered within WITHIN_DAYS; `never` those that never were; `oldest` is the oldest of the answers that count.
    """

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

    keyed_on: str
    keys: Mapping[str, str]
    last: Mapping[str, LastAnswer]
    now: datetime

    def last_asked(self) -> dict[str, datetime]:
        """When each key was last asked for; a key that never was is not in it."""
        return {key: self.last[mark].asked_at for key, mark in self.keys.items() if mark in self.last}

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
