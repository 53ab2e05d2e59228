"""Rows of a copy whose finding id is another row's. Pure.

Whoever decides reads the account and the person of a row, and its id stands far to the right, folded away. Where rows
are sorted without that column, or cells pasted over others, what was typed about one person stands beside the id of
another one. A row that shows another finding than its id's is therefore not read; on a sheet that has such, nor is one
that shows no finding as the ledger knows it. Where no row shows another finding, the id decides: names and handles
change from night to night.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from audit.decisions.merge import typed_in_words
from audit.model.decisions import Copy, ReviewRow, TypedWords
from audit.model.finding import Finding
from audit.model.night import ImportProblem
from audit.model.sheet import safe_text
from audit.report.review_columns import FINDING_ID, TELLING

_ROW = (
    "This row shows another finding than the one whose id it bears: ids stay behind where rows are sorted without their"
    " column, or cells pasted over others. Nothing of it was taken. Write it into tonight's workbook."
)
_SHEET = (
    "{:,} of this sheet's rows show another finding than the one whose id they bear, as when rows are sorted without"
    " the folded columns, or cells pasted over others. Nothing of them was taken. Write into tonight's workbook what"
    " shall count, and sort whole rows."
)
_MARK = re.compile(r"\([^()]*\) ")
"""What a sheet puts before a handle where rows would look alike."""


def in_their_rows(copy: Copy, findings: Mapping[str, Finding], held: Mapping[str, TypedWords]) -> Copy:
    """The copy without the rows that are about another finding than their id's; what was typed into them is told.

    `held` is what the ledger has of each finding: a word that only carries that was not typed.
    """
    by_sheet: dict[str, dict[str, list[ReviewRow]]] = {}
    for row in copy.rows:
        by_sheet.setdefault(row.where.rpartition(":")[0], {}).setdefault(row.where, []).append(row)
    shown = _Shown(findings)
    refused: set[str] = set()
    told: list[ImportProblem] = []
    for sheet, rows in by_sheet.items():
        apart = dict(shown.displaced(rows))
        if any(apart.values()):
            refused |= apart.keys()
            told.append(ImportProblem(sheet, "", FINDING_ID[0].heading, "", "", _SHEET.format(len(apart))))
            told += (
                problem
                for where, other in apart.items()
                for problem in _typed(rows[where][0], other, held.get(other, {}))
            )
    if not refused:
        return copy
    return replace(
        copy, rows=tuple(row for row in copy.rows if row.where not in refused), problems=(*copy.problems, *told)
    )


def _typed(row: ReviewRow, other: str, held: TypedWords) -> Iterator[ImportProblem]:
    """What somebody typed into a row, with what it shows; about the finding that it shows, and not about its id's:
    whoever that one names may ask for all that is held about them."""
    typed = {name: text for name, text in row.words.items() if text and text != held.get(name)}
    if typed:
        once = row.once.words if row.once else {}
        words = {**{name: text for name, text in row.shows.items() if text}, **once, **typed}
        yield ImportProblem(row.where, other, "", typed_in_words(words), "", _ROW)


class _Shown:
    """Which findings rows show, looked up by what stands in the columns that a sheet has."""

    def __init__(self, findings: Mapping[str, Finding]) -> None:
        self.findings = findings
        self.ids = {finding_id.casefold(): finding_id for finding_id in findings}
        self.by_looks: dict[tuple[str, ...], dict[tuple[str, ...], list[str]]] = {}

    def displaced(self, rows: Mapping[str, Sequence[ReviewRow]]) -> Iterator[tuple[str, str]]:
        """(where, id of the finding that it shows) of the rows that do not show one of theirs; "" where the ledger has
        none, and where it differs by names alone that one person's accounts may have exchanged. Rows about nothing that
        the ledger knows are told elsewhere."""
        for where, mine in rows.items():
            ids = {self.ids[name] for row in mine if (name := row.finding_id.casefold()) in self.ids}
            shows = mine[0].shows
            if not (ids and any(shows.values())):
                continue
            looks = tuple(_plain(name, text) for name, text in shows.items())
            if not any(_looks(self.findings[name], tuple(shows)) == looks for name in ids):
                own = {_fixed(self.findings[name], shows) for name in ids}
                others = (
                    name for name in self.like(tuple(shows), looks) if _fixed(self.findings[name], shows) not in own
                )
                yield where, next(others, "")

    def like(self, columns: tuple[str, ...], looks: tuple[str, ...]) -> Sequence[str]:
        """The findings that look so in these columns."""
        if columns not in self.by_looks:
            known = self.by_looks[columns] = {}
            for name, finding in self.findings.items():
                known.setdefault(_looks(finding, columns), []).append(name)
        return self.by_looks[columns].get(looks, ())


def _fixed(finding: Finding, columns: Collection[str]) -> tuple[str, ...]:
    """What of a finding stays whatever its account and person are called. The one of nobody is like no other."""
    kept = tuple(TELLING[name](finding) for name in ("Platform", "Rule") if name in columns)
    return (finding.employee_id or finding.mailbox or finding.finding_id, *kept)


def _looks(finding: Finding, columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_plain(name, safe_text(TELLING[name](finding))) for name in columns)


def _plain(column: str, text: str) -> str:
    return " ".join((_MARK.sub("", text, count=1) if column == "Handle" and text.startswith("(") else text).split())
