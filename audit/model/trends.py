"""How findings came, waited and went, week by week: the values; audit.findings.trends counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from statistics import median
from typing import TypeVar

OPEN, WAITING = "open", "waiting"
DAY, WEEK = timedelta(days=1), timedelta(days=7)
_T = TypeVar("_T")


class LifeStep(StrEnum):
    """What may happen to a finding, as far as it is counted; in the ledger's words.

    REOPENED is also a decision that changed evidence has set aside, or that somebody took back.
    """

    NEW = "new"
    REOPENED = "reopened"
    RESOLVED = "resolved"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Event:
    """One step of one finding on the day of its night. `kind` is in the ledger's words, those of `Step` or others;
    `words` are the decision's columns that were changed (disposition, decided_on, suppress_until), as they are after:
    by a person, or empty where changed evidence set a decision aside.
    """

    on: date
    finding_id: str
    kind: str
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is counted under."""

    agency_code: str
    rule_id: str


@dataclass(frozen=True, slots=True)
class Week:
    """A week by its Monday, and the number of days in it with a night's run."""

    begins: date
    nights: int


@dataclass(frozen=True, slots=True)
class Trends:
    """The weeks, oldest first and without a gap, with what was counted in each under which mark.

    `counts` is by (Monday, what), where `what` is OPEN (standing at the week's end), WAITING (of those, for a decision)
    or a `Step`; `waited` by Monday holds the days that each first disposition of the week took.
    """

    weeks: tuple[Week, ...] = ()
    counts: Mapping[tuple[date, str], Mapping[Subject, int]] = field(default_factory=dict)
    waited: Mapping[date, Mapping[Subject, tuple[int, ...]]] = field(default_factory=dict)

    def of_agency(self, agency_code: str) -> Trends:
        """The same weeks with one agency's findings only."""
        return Trends(
            self.weeks,
            {key: _of_agency(found, agency_code) for key, found in self.counts.items()},
            {begins: _of_agency(found, agency_code) for begins, found in self.waited.items()},
        )

    def total(self, begins: date, what: str) -> int:
        """How many in one week, over everything."""
        return sum(self.counts.get((begins, what), {}).values())

    def by_agency(self, begins: date, what: str) -> Counter[str]:
        """How many in one week, by agency code."""
        return _summed((mark.agency_code, count) for mark, count in self.counts.get((begins, what), {}).items())

    def by_rule(self, begins: date, what: str) -> Counter[str]:
        """How many in one week, by rule id."""
        return _summed((mark.rule_id, count) for mark, count in self.counts.get((begins, what), {}).items())

    def median_days(self, begins: date) -> float | None:
        """The median of the days that this week's first dispositions took; None where there was none."""
        days = [one for waited in self.waited.get(begins, {}).values() for one in waited]
        return float(median(days)) if days else None


def _of_agency(found: Mapping[Subject, _T], agency_code: str) -> dict[Subject, _T]:
    return {mark: value for mark, value in found.items() if mark.agency_code == agency_code}


def _summed(counts: Iterable[tuple[str, int]]) -> Counter[str]:
    summed: Counter[str] = Counter()
    for name, count in counts:
        summed[name] += count
    return summed


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
