"""The sheets "Data quality" and "Import problems": what could not be read, or placed, as it stands. Pure."""

from __future__ import annotations

from audit.model.night import ImportProblem, Problem
from audit.model.sheet import Column, Line, Look, SheetPart
from audit.report.reader import Reader
from audit.report.table import Shown, make_table

_PROBLEMS: tuple[Shown[Problem], ...] = (
    (Column("Source", 24), lambda problem: problem.source),
    (Column("Where", 44, wrap=True), lambda problem: problem.where),
    (Column("What is wrong, and what to do", 100, wrap=True), lambda problem: problem.reason),
)
_IMPORT_PROBLEMS: tuple[Shown[ImportProblem], ...] = (
    (Column("Where", 44, wrap=True), lambda one: one.where),
    (Column("About finding", 20), lambda one: one.finding_id),
    (Column("Column", 16, wrap=True), lambda one: one.field),
    (Column("What was typed, word for word", 60, wrap=True), lambda one: one.words),
    (Column("What the ledger holds", 36, wrap=True), lambda one: one.stands),
    (Column("Why it was not taken, and what to do", 60, wrap=True), lambda one: one.reason),
)

HEADINGS = tuple(column.heading for column, _ in _PROBLEMS)
IMPORT_HEADINGS = tuple(column.heading for column, _ in _IMPORT_PROBLEMS)


def data_quality_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """Rows, files and settings that could not be used, by place, with what to do about each."""
    problems = reader.night.problems
    return (
        Line(
            f"Data quality: {len(problems):,} rows, files or settings that could not be used as they stand", Look.TITLE
        ),
        Line("Whoever looks after the source can mend them by file and line."),
        make_table("DataQuality", _PROBLEMS, problems, "nothing tonight: every row could be read"),
    )


def import_problems_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """Whatever was typed into a reviewer's workbook and could not be placed, word for word."""
    problems = reader.night.import_problems
    return (
        Line(f"Import problems: {len(problems):,}", Look.TITLE),
        Line(
            "Whatever was typed into a workbook of the reviews folder and is not on the other sheets stands here. "
            "A line stays for as long as its file lies in that folder and says the same."
        ),
        make_table("ImportProblems", _IMPORT_PROBLEMS, problems, "nothing tonight: every word typed could be placed"),
    )
