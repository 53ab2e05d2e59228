"""Decisions that a sheet has emptied by the dozen. Pure.

An emptied cell withdraws what stood there. Where most decisions of a sheet are empty at once nobody has withdrawn them:
an older sheet, or its columns, were pasted over tonight's, whose readers are told to write into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from audit.model.decisions import Background, Copy, Level, ReviewRow, TypedWords, heading
from audit.model.night import ImportProblem

MANY = 5
"""Decisions that one sheet may empty whatever it showed; more of them only while it keeps more than it empties."""
_EMPTIED = (
    "{:,} of the {:,} decisions that this sheet showed are empty, as when an older sheet or its columns are pasted over"
    " it. None of them was withdrawn; what else was typed is taken. To withdraw decisions, empty fewer than {} of them"
    " in tonight's workbook."
)


def with_decisions_kept(copy: Copy, background: Background, held: Mapping[str, TypedWords]) -> Copy:
    """The copy; of a sheet that has emptied most of its decisions, without the cells that would withdraw them.

    `background` says what the copy showed, `held` what the ledger has of each finding.
    """
    if not background.dated:  # nobody knows what it showed, and an empty cell of it withdraws nothing
        return copy
    ids = {finding_id.casefold(): finding_id for finding_id in held}
    decided: dict[str, list[ReviewRow]] = {}
    for row in copy.rows:
        finding_id = ids.get(row.finding_id.casefold(), "")
        stands = [*background.shown.get(finding_id, ({},)), held.get(finding_id, {})]
        if row.level is Level.FINDING and all(words.get("disposition") for words in stands):
            decided.setdefault(row.where.rpartition(":")[0], []).append(row)
    kept: dict[str, ReviewRow] = {}
    problems = list(copy.problems)
    for sheet, rows in decided.items():
        emptied = [row for row in rows if row.words.get("disposition") == ""]
        if len(emptied) >= MANY and 2 * len(emptied) >= len(rows):
            kept |= {row.where: replace(row, words=_without_empty(row.words)) for row in emptied}
            reason = _EMPTIED.format(len(emptied), len(rows), MANY)
            problems.append(ImportProblem(sheet, "", heading("disposition"), "", "", reason))
    made = tuple(kept.get(row.where, row) if row.level is Level.FINDING else row for row in copy.rows)
    return replace(copy, rows=made, problems=tuple(problems)) if kept else copy


def _without_empty(words: TypedWords) -> TypedWords:
    return {name: text for name, text in words.items() if text}
