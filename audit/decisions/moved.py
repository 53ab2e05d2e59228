"""Decisions of a sheet that have moved to other findings' rows. Pure.

Where a cell is deleted and those below move up, or the yellow columns are sorted by themselves, what somebody decided
about one person stands in another's row. Nothing in the row tells it; but decisions that the copy was written with
stand elsewhere on the sheet, and no more where they stood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from audit.decisions.merge import typed_in_words
from audit.model.decisions import Background, Copy, Level, ReviewRow, TypedWords, heading
from audit.model.finding import DECIDED
from audit.model.night import ImportProblem

SOME = 3
"""Decisions on the move from which on it is a sheet's: one or two somebody has put where they belong."""
_SHEET = (
    "{:,} decisions of this sheet stand in rows of other findings than it was written with, as when a cell is deleted"
    " and those below move up, or these columns are sorted by themselves. No row that differs was taken. Write into"
    " tonight's workbook what shall count."
)
_ROW = (
    "Decisions of this sheet have moved to other rows, so that nobody knows about whom this is. Nothing of it was"
    " taken. Write it into tonight's workbook."
)


def without_moved_decisions(copy: Copy, background: Background, ids: Mapping[str, str]) -> Copy:
    """The copy without the changed rows of a sheet whose decisions have moved; what stands in them is told.

    `background` says what the copy showed, `ids` is finding ids by their folded form.
    """
    if not background.dated:
        return copy
    by_sheet: dict[str, list[ReviewRow]] = {}
    for row in copy.rows:
        if row.level is Level.FINDING and row.finding_id.casefold() in ids:
            by_sheet.setdefault(row.where.rpartition(":")[0], []).append(row)
    refused: set[str] = set()
    problems = list(copy.problems)
    for sheet, rows in by_sheet.items():
        shown = {row.where: background.shown.get(ids[row.finding_id.casefold()], ({},)) for row in rows}
        moved = _moved(rows, shown)
        if moved < SOME:
            continue
        problems.append(ImportProblem(sheet, "", heading("disposition"), "", "", _SHEET.format(moved)))
        for row in rows:
            if not any(_decision(row.words) == _decision(words) for words in shown[row.where]):
                refused.add(row.where)
                if typed := typed_in_words(row.words):
                    problems.append(ImportProblem(row.where, "", "", typed, "", _ROW))
    if not refused:
        return copy
    kept = tuple(row for row in copy.rows if row.where not in refused)
    return replace(copy, rows=kept, problems=tuple(problems))


def _moved(rows: Sequence[ReviewRow], shown: Mapping[str, Sequence[TypedWords]]) -> int:
    """How many decisions that only one row was written with stand in another one, and in their own no more."""
    written = Counter(one for row in rows for one in {_decision(words) for words in shown[row.where]} if _unlike(one))
    own = {one: row for row in rows for one in {_decision(words) for words in shown[row.where]} if written[one] == 1}
    stands = {_decision(row.words): row for row in rows}
    now = {row.finding_id.casefold(): _decision(row.words) for row in rows}
    return sum(
        one in own and own[one].finding_id != row.finding_id and now[own[one].finding_id.casefold()] != one
        for one, row in stands.items()
    )


def _decision(words: TypedWords) -> tuple[str, ...]:
    return tuple(words.get(name, "") for name in DECIDED)


def _unlike(decision: tuple[str, ...]) -> bool:
    """Whether a decision is like no other: it has a note."""
    return bool(dict(zip(DECIDED, decision, strict=True))["note"].strip())
