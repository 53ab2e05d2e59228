"""Decisions that a sheet has emptied by the dozen, and the few that somebody has withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from audit.decisions.emptied import MANY, with_decisions_kept
from audit.decisions.merge import merge
from audit.model.decisions import Background, Copy, ReviewRow, TypedWords

DECIDED = {"disposition": "confirmed", "reviewer": "Kim", "note": "asked"}
EMPTY = dict.fromkeys(DECIDED, "")
FRESH = {"disposition": "duplicate", "reviewer": "Dana", "note": ""}


def names(count: int) -> list[str]:
    return [f"E-1-{number:012x}" for number in range(count)]


def copy(*sheets: list[TypedWords]) -> Copy:
    """A copy whose sheets say this of E-1-…0, E-1-…1 and so on."""
    placed = [(f"a.xlsx:Sheet{at}:{row}", words) for at, rows in enumerate(sheets) for row, words in enumerate(rows, 5)]
    rows = (ReviewRow(where, name, words) for name, (where, words) in zip(names(99), placed, strict=False))
    return Copy("a.xlsx", "a", datetime(2026, 11, 21, tzinfo=UTC), "2026-11-20.1", tuple(rows))


def after(given: Copy, shown: list[TypedWords], held: list[TypedWords] | None = None, *, dated: bool = True):
    """What the ledger holds of each finding after the copy, and the sheets of which it is told."""
    ledger = dict(zip(names(len(shown)), held or shown, strict=True))
    background = Background(dated, {name: (words,) for name, words in zip(ledger, shown, strict=True)})
    kept = with_decisions_kept(given, background, ledger)
    outcome = merge([kept], {"a": background}, ledger)
    told = [one.where for one in outcome.problems["a"] if "pasted over" in one.reason]
    return [outcome.words[name].get("disposition", "") for name in ledger], told


@pytest.mark.parametrize("emptied", [MANY, MANY + 3, 40])
def test_most_decisions_of_a_sheet_are_not_withdrawn_at_once(emptied: int) -> None:
    given = copy([*[EMPTY] * emptied, DECIDED, FRESH])
    words, told = after(given, [*[DECIDED] * (emptied + 1), {}])
    assert words == [*["confirmed"] * (emptied + 1), "duplicate"]
    assert told == ["a.xlsx:Sheet0"]


@pytest.mark.parametrize(("emptied", "kept"), [(1, 0), (MANY - 1, 0), (MANY, MANY + 1), (40, 41)])
def test_a_few_or_the_lesser_part_are_withdrawn(emptied: int, kept: int) -> None:
    words, told = after(copy([*[EMPTY] * emptied, *[DECIDED] * kept]), [DECIDED] * (emptied + kept))
    assert words == [*[""] * emptied, *["confirmed"] * kept]
    assert told == []


def test_each_sheet_counts_by_itself() -> None:
    words, told = after(copy([EMPTY] * MANY, [EMPTY, *[DECIDED] * 3]), [DECIDED] * (MANY + 4))
    assert words == [*["confirmed"] * MANY, "", *["confirmed"] * 3]
    assert told == ["a.xlsx:Sheet0"]


def test_what_was_withdrawn_before_is_not_emptied_again() -> None:
    held: list[TypedWords] = [*[{}] * MANY, DECIDED]
    words, told = after(copy([EMPTY] * (MANY + 1)), [DECIDED] * (MANY + 1), held)
    assert words == [""] * (MANY + 1)
    assert told == []


def test_a_copy_of_no_known_night_withdraws_nothing_anyway() -> None:
    given = replace(copy([EMPTY] * MANY), run_id="")
    assert after(given, [DECIDED] * MANY, dated=False) == (["confirmed"] * MANY, [])
