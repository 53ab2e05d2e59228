"""The sheets "Data quality" and "Import problems": what could not be read, or placed, as it stands. Pure."""

from __future__ import annotations

from audit.model.night import Night
from audit.model.sheet import Column, Line, Look, Sheet, Table
from audit.report.reader import Rows


def data_quality_sheet(night: Night) -> Sheet:
    """Rows, files and settings that could not be used, by place, with what to do about each."""
    columns = (
        Column("Source", 24),
        Column("Where", 44, wrap=True),
        Column("What is wrong, and what to do", 100, wrap=True),
    )
    rows = Rows(lambda problem: (problem.source, problem.where, problem.reason), night.problems)
    return Sheet(
        "Data quality",
        (
            Line(
                f"Data quality: {len(night.problems):,} rows, files or settings that could not be used as they stand",
                Look.TITLE,
            ),
            Line("Whoever looks after the source can mend them by file and line."),
            Table("DataQuality", columns, rows, "nothing tonight: every row could be read"),
        ),
    )


def import_problems_sheet(night: Night) -> Sheet:
    """Whatever was typed into a reviewer's workbook and could not be placed, word for word."""
    columns = (
        Column("Where", 44, wrap=True),
        Column("About finding", 20),
        Column("Column", 16, wrap=True),
        Column("What was typed, word for word", 60, wrap=True),
        Column("What the ledger holds", 36, wrap=True),
        Column("Why it was not taken, and what to do", 60, wrap=True),
    )
    rows = Rows(
        lambda one: (one.where, one.finding_id, one.field, one.words, one.stands, one.reason), night.import_problems
    )
    return Sheet(
        "Import problems",
        (
            Line(f"Import problems: {len(night.import_problems):,}", Look.TITLE),
            Line(
                "Whatever was typed into a workbook of the reviews folder and is not on the other sheets stands here. "
                "A line stays for as long as its file lies in that folder and says the same."
            ),
            Table("ImportProblems", columns, rows, "nothing tonight: every word typed could be placed"),
        ),
    )
