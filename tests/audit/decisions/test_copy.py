"""A reviewer's workbook as rows of cells: what becomes a row of a finding, and what is told instead."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from audit.decisions.copy import copy_of
from audit.model.decisions import Copy
from audit.report.leavers_sheet import HEADINGS as LEAVERS
from audit.report.quality import HEADINGS as QUALITY
from audit.report.quality import IMPORT_HEADINGS

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


@pytest.mark.parametrize(
    ("title", "headings"), [("Leavers", LEAVERS), ("Data quality", QUALITY), ("Import problems", IMPORT_HEADINGS)]
)
def test_what_stands_beside_a_list_of_ours_is_told(title: str, headings: tuple[str, ...]) -> None:
    ours = ["x"] * len(headings)
    rows = [
        [title],
        ["Its first line.", "", "see below"],
        [*headings, "Done"],
        ours,
        [*ours, "by Ada"],
        [*ours, "", "?"],
    ]
    decided = ("Findings", [HEADINGS, [ONE, "confirmed", "", "", "", ""]])
    found = copy((title, rows), decided)
    assert [(one.where, one.words) for one in found.problems] == [
        (f"eva.xlsx:{title}:2", "(column C): see below"),
        (f"eva.xlsx:{title}:5", "Done: by Ada"),
        (f"eva.xlsx:{title}:6", f"(column {'ABCDEFGHIJKLMNOPQRSTU'[len(headings) + 1]}): ?"),
    ]
    assert {one.finding_id for one in found.problems[1:]} == {"x" if "About finding" in headings else ""}
    untouched = copy((title, [[title], ["Its first line."], list(headings), ours]), decided)
    assert untouched.problems == ()
    other = copy((title, [[title], ["Its first line."], [*headings[1:], "Of another version"], ours]), decided)
    assert other.problems == ()


def test_where_no_row_has_an_id_only_those_in_which_something_was_typed_are_told() -> None:
    rows = [HEADINGS[1:], ["", "", "", "", ""], ["duplicate", "Eva", "", "", ""], ["", "", "", "", ""]]
    shown = [["Handle", *row] if at == 0 else [f"handle{at}", *row] for at, row in enumerate(rows)]
    found = copy(("Findings", shown))
    assert [one.where for one in found.problems if one.words] == ["eva.xlsx:Findings:3"]
