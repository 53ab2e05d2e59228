"""Findings counted by week: what stands, what waits, what came and went, and how long decisions take."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.findings.trends import WEEKS_SHOWN, trends
from audit.model.trends import OPEN, WAITING, Event, LifeStep, Subject, Trends, monday

MONDAY = date(2026, 3, 2)
DOT, IFW = Subject("DOT", "E-1"), Subject("IFW", "A-1")
MARKS = {"a": DOT, "b": DOT, "c": IFW}
WORDS = {"confirmed": {"disposition": "confirmed"}, "back": {"disposition": ""}}


def day(after: int) -> date:
    """So many days after a Monday."""
    return MONDAY + timedelta(days=after)


def counted(*events: Event, until: int = 20, nights: tuple[int, ...] | None = None, **more: date) -> Trends:
    ran = {event.on for event in events} | {day(until)} if nights is None else {day(night) for night in nights}
    return trends(events, MARKS, ran, day(until), more.get("forgotten"))


def row(found: Trends, week: int) -> tuple[int, ...]:
    """(open, waiting, new, reopened, resolved, decided) of a week."""
    begins = MONDAY + timedelta(weeks=week)
    return tuple(found.total(begins, what) for what in (OPEN, WAITING, *LifeStep))


NEW_A, NEW_B = Event(day(0), "a", "new"), Event(day(1), "b", "new")


@pytest.mark.parametrize(
    ("events", "weeks"),
    [
        ((NEW_A,), [(1, 1, 1, 0, 0, 0), (1, 1, 0, 0, 0, 0), (1, 1, 0, 0, 0, 0)]),
        ((NEW_A, NEW_B, Event(day(8), "a", "resolved")), [(2, 2, 2, 0, 0, 0), (1, 1, 0, 0, 1, 0), (1, 1, 0, 0, 0, 0)]),
        (
            (NEW_A, Event(day(2), "a", "resolved"), Event(day(9), "a", "reopened")),
            [(0, 0, 1, 0, 1, 0), (1, 1, 0, 1, 0, 0), (1, 1, 0, 0, 0, 0)],
        ),
        (
            (NEW_A, Event(day(8), "a", "decided", WORDS["confirmed"])),
            [(1, 1, 1, 0, 0, 0), (1, 0, 0, 0, 0, 1), (1, 0, 0, 0, 0, 0)],
        ),
        # "needs more evidence" is no decision yet; a note alone is none either.
        (
            (
                NEW_A,
                Event(day(8), "a", "decided", {"disposition": "needs more evidence"}),
                Event(day(9), "a", "decided"),
            ),
            [(1, 1, 1, 0, 0, 0), (1, 1, 0, 0, 0, 0), (1, 1, 0, 0, 0, 0)],
        ),
        # Changed evidence sets a decision aside.
        (
            (NEW_A, Event(day(1), "a", "decided", WORDS["confirmed"]), Event(day(8), "a", "reopened", WORDS["back"])),
            [(1, 0, 1, 0, 0, 1), (1, 1, 0, 1, 0, 0), (1, 1, 0, 0, 0, 0)],
        ),
        # Suppressed until a day in the second week: waits again at its end.
        (
            (NEW_A, Event(day(1), "a", "decided", {"suppress_until": day(9).isoformat()})),
            [(1, 0, 1, 0, 0, 0), (1, 1, 0, 0, 0, 0), (1, 1, 0, 0, 0, 0)],
        ),
        # A night that is run again tells the same once more, and evidence that changes is neither new nor reopened.
        (
            (NEW_A, NEW_A, Event(day(8), "a", "open"), Event(day(8), "a", "not rechecked")),
            [(1, 1, 1, 0, 0, 0), (1, 1, 0, 0, 0, 0), (1, 1, 0, 0, 0, 0)],
        ),
        # A finding that the ledger no longer holds.
        ((Event(day(0), "gone", "new"), NEW_B), [(1, 1, 1, 0, 0, 0), (1, 1, 0, 0, 0, 0), (1, 1, 0, 0, 0, 0)]),
    ],
)
def test_weeks(events: tuple[Event, ...], weeks: list[tuple[int, ...]]) -> None:
    found = counted(*events)
    assert [week.begins for week in found.weeks] == [day(0), day(7), day(14)]
    assert [row(found, week) for week in range(3)] == weeks


def test_one_night() -> None:
    found = counted(NEW_A, until=0)
    assert [(week.begins, week.nights) for week in found.weeks] == [(MONDAY, 1)]
    assert row(found, 0) == (1, 1, 1, 0, 0, 0)
    assert found.median_days(MONDAY) is None


def test_no_night_at_all() -> None:
    found = trends((), {}, (), MONDAY)
    assert [week.nights for week in found.weeks] == [0]
    assert found.total(MONDAY, OPEN) == 0


def test_a_week_without_a_night_is_there_and_says_so() -> None:
    found = counted(NEW_A, nights=(0, 0, 1, 15, 20))
    assert [(week.begins, week.nights) for week in found.weeks] == [(day(0), 2), (day(7), 0), (day(14), 2)]


@pytest.mark.parametrize(("forgotten", "first"), [(day(0), day(7)), (day(6), day(7)), (day(7), day(14))])
def test_weeks_that_retention_has_thinned_are_left_out(forgotten: date, first: date) -> None:
    found = counted(NEW_A, NEW_B, Event(day(8), "a", "resolved"), forgotten=forgotten)
    assert found.weeks[0].begins == first
    assert found.total(day(14), OPEN) == 1


def test_when_everything_was_forgotten_this_week_no_week_is_whole() -> None:
    assert counted(NEW_A, forgotten=day(20)).weeks == ()


def test_no_more_than_a_year_is_shown_and_what_began_before_is_counted() -> None:
    found = counted(NEW_A, until=7 * 80)
    assert len(found.weeks) == WEEKS_SHOWN
    assert found.total(found.weeks[0].begins, OPEN) == 1
    assert found.total(found.weeks[0].begins, LifeStep.NEW) == 0


@pytest.mark.parametrize(
    ("events", "week", "days"),
    [
        ((Event(day(8), "a", "decided", WORDS["confirmed"]),), 1, 8.0),
        # What the reviewer wrote counts, where it can be.
        ((Event(day(8), "a", "decided", {**WORDS["confirmed"], "decided_on": day(5).isoformat()}),), 1, 5.0),
        ((Event(day(8), "a", "decided", {**WORDS["confirmed"], "decided_on": "2001-01-01"}),), 1, 8.0),
        ((Event(day(8), "a", "decided", {**WORDS["confirmed"], "decided_on": "2031-01-01"}),), 1, 8.0),
        # From its return on, where it had gone; from the day on which the decision fell, where one did.
        (
            (
                Event(day(2), "a", "resolved"),
                Event(day(9), "a", "reopened"),
                Event(day(12), "a", "decided", WORDS["confirmed"]),
            ),
            1,
            3.0,
        ),
        (
            (
                Event(day(2), "a", "decided", WORDS["confirmed"]),
                Event(day(9), "a", "reopened", WORDS["back"]),
                Event(day(13), "a", "decided", WORDS["confirmed"]),
            ),
            1,
            4.0,
        ),
        (
            (
                NEW_B,
                Event(day(8), "a", "decided", WORDS["confirmed"]),
                Event(day(10), "b", "decided", WORDS["confirmed"]),
            ),
            1,
            8.5,
        ),
        # Another disposition in the place of one is not a first one.
        (
            (
                Event(day(1), "a", "decided", WORDS["confirmed"]),
                Event(day(8), "a", "decided", {"disposition": "duplicate"}),
            ),
            1,
            None,
        ),
    ],
)
def test_days_to_a_disposition(events: tuple[Event, ...], week: int, days: float | None) -> None:
    assert counted(NEW_A, *events).median_days(day(7 * week)) == days


def test_an_agencys_weeks_hold_nothing_of_the_others() -> None:
    events = (NEW_A, NEW_B, Event(day(1), "c", "new"), Event(day(3), "c", "decided", WORDS["confirmed"]))
    found = counted(*events)
    mine = found.of_agency("IFW")
    assert mine.weeks == found.weeks
    assert row(mine, 0) == (1, 0, 1, 0, 0, 1)
    assert mine.by_agency(MONDAY, OPEN) == {"IFW": 1}
    assert (mine.median_days(MONDAY), found.of_agency("DOT").median_days(MONDAY)) == (2.0, None)
    assert found.by_agency(MONDAY, OPEN) == {"DOT": 2, "IFW": 1}
    assert found.by_rule(MONDAY, OPEN) == {"E-1": 2, "A-1": 1}


kinds = st.sampled_from(["new", "open", "reopened", "resolved", "not rechecked", "decided"])
words = st.sampled_from([{}, WORDS["confirmed"], WORDS["back"], {"suppress_until": day(30).isoformat()}])
steps = st.tuples(st.integers(0, 60), st.sampled_from("abc"), kinds, words)


@given(st.lists(steps, max_size=40))
def test_whatever_happens_the_counts_add_up(made: list[tuple[int, str, str, dict[str, str]]]) -> None:
    events = [Event(day(at), name, kind, some) for at, name, kind, some in sorted(made, key=lambda one: one[0])]
    found = counted(*events, until=60, nights=(0, 60))
    stands: Counter[str] = Counter()
    for week in found.weeks:
        came, back, gone = (
            found.total(week.begins, what) for what in (LifeStep.NEW, LifeStep.REOPENED, LifeStep.RESOLVED)
        )
        last = [event for event in events if event.on < week.begins + timedelta(days=7) and event.kind != "decided"]
        stands = Counter({event.finding_id: event.kind != "resolved" for event in last})
        assert found.total(week.begins, OPEN) == sum(stands.values())
        assert 0 <= found.total(week.begins, WAITING) <= found.total(week.begins, OPEN)
        assert min(came, back, gone) >= 0
        parts = [found.of_agency(code) for code in ("DOT", "IFW")]
        for what in (OPEN, WAITING, *LifeStep):
            assert sum(part.total(week.begins, what) for part in parts) == found.total(week.begins, what)
    assert found.weeks[-1].begins == monday(day(60))
