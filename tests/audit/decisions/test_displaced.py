"""Rows whose id is another row's: what was typed there is nobody's, and all of it is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from audit.model.night import Night
from tests.states import DAY, State, account, person

NEXT = DAY + timedelta(days=1)
NAMES = ("Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir")
Cells = list[list[Any]]


@pytest.fixture
def reviewed(state: State) -> State:
    state.people += [person(f"1{n:04}", "Pat", name) for n, name in enumerate(NAMES)]
    state.accounts["export"] = [account(f"x{name}", registered_email=f"pat.{name}@maine.gov".lower()) for name in NAMES]
    state.night()
    return state


def saved(state: State, sheet: str, edit: Callable[[Cells, list[str]], None], typed: dict[str, str]) -> None:
    """Type a disposition into the rows that show these people, rearrange the rows as `edit` does, and hand it in."""
    book = openpyxl.load_workbook(state.folder / "out" / DAY.isoformat() / "audit.xlsx")
    page = book[sheet]
    top = next(cell.row for row in page.iter_rows() for cell in row if cell.value == "Finding ID")
    headings = [str(cell.value) for cell in page[top]]
    rows: Cells = [[cell.value for cell in row] for row in page.iter_rows(min_row=top + 1)]
    for row in rows:
        row[headings.index("Disposition")] = typed.get(row[headings.index("Employee")])
    edit(rows, headings)
    page.tables.clear()
    for at, row in enumerate(rows, top + 1):
        for column, value in enumerate(row, 1):
            page.cell(at, column).value = value
    (state.folder / "reviews").mkdir()
    book.save(state.folder / "reviews" / "dana.xlsx")


def decided(night: Night) -> dict[str, str]:
    return {one.employee_name: one.disposition for one in night.findings if one.disposition}


def sorted_without_ids(rows: Cells, headings: list[str]) -> None:
    ids = [row[-1] for row in rows]
    rows.sort(key=lambda row: str(row[headings.index("Employee")]), reverse=True)
    for row, finding_id in zip(rows, ids, strict=True):
        row[-1] = finding_id


def sorted_up_to_the_note(rows: Cells, headings: list[str]) -> None:
    """A blank column stands behind it: a sort from there takes no column behind it along."""
    end = headings.index("Note") + 1
    for row, left in zip(
        rows, sorted((row[:end] for row in rows), key=lambda row: str(row[1]), reverse=True), strict=True
    ):
        row[:end] = left


def pasted_one_down(rows: Cells, headings: list[str]) -> None:
    end = headings.index("Note") + 1
    rows[3][:end] = rows[2][:end]


def ids_filled_down(rows: Cells, headings: list[str]) -> None:
    for row in rows[3:5]:
        row[-1] = rows[2][-1]


BOTH = {"Pat Ash": "confirmed", "Pat Cedar": "not this person"}


@pytest.mark.parametrize("sheet", ["Findings", "By person"])
@pytest.mark.parametrize("edit", [sorted_without_ids, sorted_up_to_the_note])
def test_rows_sorted_without_their_ids_decide_about_nobody(reviewed: State, edit: Any, sheet: str) -> None:
    saved(reviewed, sheet, edit, BOTH)
    night = reviewed.night(NEXT)
    assert decided(night) == {}
    first, *rest = night.import_problems
    assert (first.where, first.field) == (f"dana.xlsx:{sheet}", "Finding ID")
    assert "of this sheet's rows show another finding" in first.reason
    told = "\n".join(one.words for one in rest)
    assert len(rest) == len(BOTH)
    for name, word in BOTH.items():
        assert f"Employee: {name}" in told
        assert f"Disposition: {word}" in told
    assert all(one.where.startswith(f"dana.xlsx:{sheet}:") for one in rest)
    named = {one.finding_id: one.employee_name for one in night.findings}
    assert all(f"Employee: {named[one.finding_id]}" in one.words for one in rest)  # and nobody else is told of it
    start = openpyxl.load_workbook(reviewed.folder / "out" / "latest" / "audit.xlsx")["Start here"]
    assert str(start["A1"].value).startswith(f"LOOK AT THIS FIRST. dana.xlsx, sheet {sheet}, column “Finding ID”")


@pytest.mark.parametrize(("edit", "known"), [(pasted_one_down, "Pat Cedar"), (ids_filled_down, "Pat Cedar")])
def test_rows_beside_a_displaced_one_count(reviewed: State, edit: Any, known: str) -> None:
    saved(reviewed, "Findings", edit, {known: "duplicate", "Pat Dogwood": "confirmed", "Pat Fir": "official account"})
    night = reviewed.night(NEXT)
    assert decided(night) == {known: "duplicate", "Pat Fir": "official account"}
    assert "show another finding" in night.import_problems[0].reason


def sorted_whole(rows: Cells, headings: list[str]) -> None:
    rows.sort(key=lambda row: str(row[headings.index("Employee")]), reverse=True)


def typed_over(rows: Cells, headings: list[str]) -> None:
    for row in rows:
        row[headings.index("Employee")] = "see HR"
        row[headings.index("Handle")] = f"@{row[headings.index('Handle')]}"


def without_the_left(rows: Cells, headings: list[str]) -> None:
    for row in rows:
        row[:5] = [None] * 5


@pytest.mark.parametrize("edit", [sorted_whole, typed_over, without_the_left])
def test_a_row_that_shows_no_other_finding_is_its_ids(reviewed: State, edit: Any) -> None:
    saved(reviewed, "Findings", edit, BOTH)
    night = reviewed.night(NEXT)
    assert decided(night) == BOTH
    assert night.import_problems == ()


def test_a_name_or_handle_that_changed_since_is_no_other_row(reviewed: State) -> None:
    saved(reviewed, "Findings", sorted_whole, {"Pat Ash": "confirmed", "Pat Birch": "duplicate"})
    reviewed.people[-len(NAMES)]["family_name"] = "Hawthorn"
    reviewed.accounts["export"][1] |= {"handle": "renamed", "observed_at": "2026-11-20T02:00:00Z"}
    (reviewed.folder / "reviews").rename(reviewed.folder / "held back")
    assert not any(one.handle == "xBirch" for one in reviewed.night(NEXT).findings)
    (reviewed.folder / "held back").rename(reviewed.folder / "reviews")
    night = reviewed.night(NEXT + timedelta(days=1))
    assert {one.handle: one.disposition for one in night.findings if one.disposition} == {"xAsh": "confirmed"}
    (renamed,) = (one.finding_id for one in night.findings if one.handle == "renamed")
    assert "“duplicate”" in night.earlier[renamed]
    assert night.import_problems == ()


def test_accounts_of_one_person_that_changed_names_are_no_other_rows(reviewed: State) -> None:
    """An older copy shows what is by now the name of their other account."""
    owner = {"registered_email": "pat.ash@maine.gov"}
    first, second = account("cliff", **owner), account("dune", **owner)
    reviewed.accounts["export"] += [first, second]
    shutil.rmtree(reviewed.folder / "out")
    reviewed.night()
    saved(reviewed, "Findings", sorted_whole, {"Pat Ash": "confirmed"})
    first["handle"], second["handle"] = second["handle"], first["handle"]
    for one in (first, second):
        one["observed_at"] = "2026-11-20T02:00:00Z"
    (reviewed.folder / "reviews").rename(reviewed.folder / "held back")
    reviewed.night(NEXT)
    (reviewed.folder / "held back").rename(reviewed.folder / "reviews")
    night = reviewed.night(NEXT + timedelta(days=1))
    assert night.import_problems == ()
    assert night.receipts[0].findings == 3
