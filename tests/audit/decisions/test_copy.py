"""A reviewer's workbook as rows of cells: what becomes a row of a finding, and what is told instead."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from audit.decisions.copy import copy_of
from audit.model.decisions import Copy

ONE = "E-1-0123456789ab"
HEADINGS = ["Finding ID", "Disposition", "Reviewer", "Note", "Decided on", "Suppress until"]


def copy(*tables: tuple[str, list[list[str]]]) -> Copy:
    return copy_of("eva.xlsx", "0" * 64, datetime(2026, 11, 21, tzinfo=UTC), tables)


def test_a_row_is_a_findings_wherever_the_headings_stand() -> None:
    found = copy(
        ("Start here", [["Run 2026-11-20.1, begun 06:00"]]),
        ("Findings (2)", [["Findings: 1"], [], HEADINGS, [ONE, "confirmed", " ", "called her", "", ""]]),
    )
    (row,) = found.rows
    assert (row.where, row.finding_id) == ("eva.xlsx:Findings (2):4", ONE)
    assert {name: text for name, text in row.words.items() if text} == {
        "disposition": "confirmed",
        "note": "called her",
    }
    assert found.run_id == "2026-11-20.1"
    assert found.problems == ()


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ([("Findings", [HEADINGS, ["", "confirmed", "", "", "", ""]])], "This row bears no finding id"),
        ([("Findings", [["", "call them first"], HEADINGS])], "This stands above the headings"),
        ([("Thoughts", [["ask legal"]]), ("Findings", [HEADINGS])], "so it is not read"),
        ([("Start here", [["Run"]])], "No sheet of this workbook"),
        ([], "No sheet of this workbook"),
    ],
)
def test_what_cannot_be_placed_is_told(tables: list[tuple[str, list[list[str]]]], words: str) -> None:
    found = copy(*tables)
    assert found.rows == ()
    assert [words in problem.reason for problem in found.problems] == [True]
