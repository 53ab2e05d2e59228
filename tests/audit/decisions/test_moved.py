"""Decisions that have moved to other findings' rows, and those that somebody has moved."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from audit.decisions.moved import SOME, without_moved_decisions
from audit.model.decisions import Background, Copy, Level, ReviewRow, TypedWords

FIELDS = ("disposition", "reviewer", "note", "decided_on", "suppress_until")
EMPTY = dict.fromkeys(FIELDS, "")


def decided(number: int, note: str = "asked") -> TypedWords:
    return {**EMPTY, "disposition": "confirmed", "reviewer": "Kim", "note": f"{note} {number}" if note else ""}


def names(count: int) -> list[str]:
    return [f"E-1-{number:012x}" for number in range(count)]


def after(shown: list[TypedWords], now: list[TypedWords], *, dated: bool = True, level: Level = Level.FINDING) -> Copy:
    """What is left of a copy whose one sheet was written as `shown`, and says `now`, finding by finding."""
    rows = (
        ReviewRow(f"a.xlsx:Findings:{at}", name, words, level=level)
        for at, (name, words) in enumerate(zip(names(len(now)), now, strict=True), 5)
    )
    copy = Copy("a.xlsx", "a", datetime(2026, 11, 21, tzinfo=UTC), "2026-11-20.1", tuple(rows))
    background = Background(dated, {name: (words,) for name, words in zip(names(len(shown)), shown, strict=True)})
    return without_moved_decisions(copy, background, {name.casefold(): name for name in names(len(shown))})


FIVE = [decided(number) for number in range(5)]
FRESH = {**EMPTY, "disposition": "duplicate", "reviewer": "Dana"}


@pytest.mark.parametrize(
    "now",
    [
        [*FIVE[1:], FRESH, EMPTY],  # one deleted, those below moved up
        [FRESH, *FIVE, EMPTY][:6],  # one put in between
        [*reversed(FIVE), FRESH],  # sorted by themselves
    ],
)
def test_no_row_that_differs_is_taken_and_all_are_told(now: list[TypedWords]) -> None:
    shown = [*FIVE, EMPTY]
    found = after(shown, now)
    same = [name for name, was, says in zip(names(6), shown, now, strict=True) if was == says]
    assert [row.finding_id for row in found.rows] == same
    first, *rest = found.problems
    assert (first.where, first.field) == ("a.xlsx:Findings", "Disposition")
    assert "stand in rows of other findings than it was written with" in first.reason
    assert {one.where for one in rest} == {
        f"a.xlsx:Findings:{at}" for at, (was, says) in enumerate(zip(shown, now, strict=True), 5)
        if was != says and any(says.values())
    }  # fmt: skip
    assert any("Disposition: duplicate" in one.words for one in rest)
    assert all(one.finding_id == "" for one in rest)


@pytest.mark.parametrize(
    ("shown", "now"),
    [
        ([*FIVE, EMPTY], [*FIVE, FRESH]),
        # one was put where it belongs, and so were two
        ([*FIVE, EMPTY], [EMPTY, *FIVE[1:], FIVE[0]]),
        ([*FIVE, EMPTY, EMPTY], [EMPTY, EMPTY, *FIVE[2:], *FIVE[:2]]),
        # the same words for several: they stand where they stood, too
        ([*FIVE, *[EMPTY] * 4], [*FIVE, *[FIVE[0]] * 4]),
        # decisions without a note are like each other
        ([decided(0, "")] * 5 + [EMPTY] * 5, [EMPTY] * 5 + [decided(0, "")] * 5),
        # all emptied
        (FIVE, [EMPTY] * 5),
    ],
)
def test_what_somebody_has_typed_is_left(shown: list[TypedWords], now: list[TypedWords]) -> None:
    found = after(shown, now)
    assert (len(found.rows), found.problems) == (len(now), ())


def test_of_a_copy_of_no_known_night_nobody_knows_what_it_showed() -> None:
    assert len(after(FIVE, [*FIVE[1:], EMPTY], dated=False).rows) == len(FIVE)
    assert SOME > 1


def test_rows_for_many_are_written_empty() -> None:
    assert len(after(FIVE, [*FIVE[1:], EMPTY], level=Level.PERSON).rows) == len(FIVE)
