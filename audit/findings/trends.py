"""Week by week: how many findings stood, waited, came and went, and how long a disposition took. Pure.

Counted from the steps of findings' lives as the ledger's chain of events keeps them, by agency and rule, so that one
agency's figures can be cut out of it. Weeks run from Monday to Sunday.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from audit.model.finding import undecided
from audit.model.trends import DAY, OPEN, WAITING, WEEK, Event, LifeStep, Subject, Trends, Week, monday

WEEKS_SHOWN = 52


def trends(
    events: Iterable[Event],
    marks: Mapping[str, Subject],
    nights: Collection[date],
    as_of: date,
    forgotten: date | None = None,
) -> Trends:
    """Count events, given in the order of their days, into weeks up to that of `as_of`.

    `nights` are the days with a run. `forgotten` is the day of the last event whose content retention removed: weeks
    up to its own cannot be counted whole and are left out. An event of a finding without a mark is passed over.
    """
    first = max(monday(min(nights, default=as_of)), monday(as_of) - (WEEKS_SHOWN - 1) * WEEK)
    if forgotten is not None:
        first = max(first, monday(forgotten) + WEEK)
    lives = _Lives(marks)
    counts: dict[tuple[date, str], Mapping[Subject, int]] = {}
    waited: dict[date, Mapping[Subject, tuple[int, ...]]] = {}
    events_by_week = groupby(events, key=lambda event: monday(event.on))
    due = next(events_by_week, None)
    begins = min(first, due[0]) if due else first
    while begins <= monday(as_of):
        came: Counter[tuple[LifeStep, Subject]] = Counter()
        days: dict[Subject, list[int]] = defaultdict(list)
        while due and due[0] <= begins:
            for event in due[1]:
                lives.step(event, came, days)
            due = next(events_by_week, None)
        if begins >= first:
            for what in LifeStep:
                counts[begins, what] = {mark: count for (kind, mark), count in came.items() if kind == what}
            counts[begins, OPEN], counts[begins, WAITING] = lives.standing(min(begins + WEEK - DAY, as_of))
            waited[begins] = {mark: tuple(some) for mark, some in days.items()}
        begins += WEEK
    runs = Counter(monday(night) for night in set(nights))
    shown = sorted({begins for begins, _ in counts})
    return Trends(tuple(Week(begins, runs[begins]) for begins in shown), counts, waited)


@dataclass
class _Life:
    """Where a finding stands while events are counted. `since` is the day from which it has waited."""

    since: date
    open: bool = False
    disposition: str = ""
    until: str = ""

    def step(self, event: Event) -> LifeStep | None:
        """Take one step. Told by what it changes, since a night that is run again tells the same once more."""
        stood, decided = self.open, not undecided(self.disposition)
        if event.kind != LifeStep.DECIDED:
            self.open = event.kind != LifeStep.RESOLVED
        self.disposition = event.words.get("disposition", self.disposition)
        self.until = event.words.get("suppress_until", self.until)
        decides = not undecided(self.disposition)
        if self.open != stood:
            return LifeStep.REOPENED if self.open else LifeStep.RESOLVED
        if decides != decided:
            return LifeStep.DECIDED if decides else LifeStep.REOPENED
        return None

    def waits(self, day: date) -> bool:
        """Whether nobody has decided, or put it aside until a later day."""
        return undecided(self.disposition) and self.until < day.isoformat()


@dataclass
class _Lives:
    """Every finding that has begun."""

    marks: Mapping[str, Subject]
    lives: dict[str, _Life] = field(default_factory=dict)

    def step(self, event: Event, came: Counter[tuple[LifeStep, Subject]], days: dict[Subject, list[int]]) -> None:
        """Take one step, and count it; a first disposition adds the days that it ended of waiting."""
        mark = self.marks.get(event.finding_id)
        if mark is None:
            return
        begun = event.finding_id in self.lives
        life = self.lives.setdefault(event.finding_id, _Life(event.on))
        what = life.step(event)
        if what is LifeStep.DECIDED:
            days[mark].append((_decided_on(event, life.since) - life.since).days)
        elif what is LifeStep.REOPENED:
            life.since = event.on
        if what is not None:
            came[what if begun else LifeStep.NEW, mark] += 1

    def standing(self, day: date) -> tuple[Counter[Subject], Counter[Subject]]:
        """How many stand on a day, and how many of those wait for a decision, by mark."""
        standing = [(self.marks[finding_id], life) for finding_id, life in self.lives.items() if life.open]
        return Counter(mark for mark, _ in standing), Counter(mark for mark, life in standing if life.waits(day))


def _decided_on(event: Event, since: date) -> date:
    """The day that the reviewer wrote beside the disposition, where it can be; else that of the night that read it."""
    written = event.words.get("decided_on", "")
    day = date.fromisoformat(written) if written else event.on
    return day if since <= day <= event.on else event.on
