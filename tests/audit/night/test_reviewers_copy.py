"""What the cells of a copy say, as offices fill, paste and save them."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from audit.decisions.merge import merge
from audit.model.decisions import Background, Copy
from audit.night.reviewers_copy import read_copy
from audit.night.ticket_csv import read_csv_copy

ONE = "E-1-0123456789ab"
HEADINGS = ("Finding ID", "Disposition", "Reviewer", "Decided on", "Suppress until", "Note")
AT = datetime(2026, 11, 21, tzinfo=UTC)


def workbook(*rows: tuple[Any, ...], merged: str = "") -> bytes:
    """A workbook with these rows below the headings; `merged` is a range of its cells."""
    book, made = Workbook(), BytesIO()
    page = book.active
    assert page is not None
    page.title = "Findings"
    for row in (HEADINGS, *rows):
        page.append(row)
    if merged:
        page.merge_cells(merged)
    book.save(made)
    return made.getvalue()


def copy(*rows: tuple[Any, ...], merged: str = "") -> Copy:
    """The workbook, read."""
    return read_copy(workbook(*rows, merged=merged), "dana.xlsx", "0" * 64, AT)


DAYS = [
    ("11/21/2026", "2026-11-21"), ("11-21-26", "2026-11-21"), ("Nov 21, 2026", "2026-11-21"),
    ("11/21/2026 2:30 PM", "2026-11-21"), ("2026-11-21T00:00:00", "2026-11-21"), ("20261121", "2026-11-21"),
    # with points between them nobody writes the month first
    ("21.11.2026", "2026-11-21"), ("11.21.2026", "2026-11-21"), ("03.11.2026", ""), ("3.11.26", ""),
    # what Excel has for a day, where it was pasted without its format
    ("46347", "2026-11-21"), ("46347.6042", "2026-11-21"), ("46,347", ""), ("12345", ""), ("112126", ""),
    ("21/11/2026", ""), ("0026-11-21", ""), ("11/21", ""), ("today", ""), ("2026", ""), ("02/30/2026", ""),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "day"), DAYS)
@pytest.mark.parametrize("field", ["decided_on", "suppress_until"])
def test_a_day_is_read_alike_in_every_file(typed: str, day: str, field: str, tmp_path: Path) -> None:
    cells = {"decided_on": (ONE, "confirmed", "", typed, "", "why"), "suppress_until": (ONE, "", "", "", typed, "why")}
    path = tmp_path / "dana.csv"
    path.write_text(f"{','.join(HEADINGS)}\n" + ",".join(f'"{cell}"' for cell in cells[field]), "utf-8")
    for read in (copy(cells[field]), read_csv_copy(path, "dana.csv", "0" * 64, AT)):
        merged = merge([read], {read.sha256: Background(True, {})}, {ONE: {}})
        assert merged.words[ONE].get(field, "") == day
        told = [(one.words, "no day that can be read" in one.reason) for one in merged.problems[read.sha256]]
        assert told == ([] if day else [(typed, True)])


@pytest.mark.parametrize("value", [46347, 46347.6042, date(2026, 11, 21), datetime(2026, 11, 21, 14, 30)])  # noqa: DTZ001
def test_a_day_is_one_with_or_without_its_format(value: Any) -> None:
    (row,) = copy((ONE, "confirmed", "", value)).rows
    assert row.words["decided_on"] == "2026-11-21"


DRAWING = """<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor>
<xdr:from><xdr:col>1</xdr:col><xdr:row>6</xdr:row></xdr:from><xdr:sp><xdr:txBody>
<a:p><a:r><a:t>Call </a:t></a:r><a:r><a:t>HR</a:t></a:r></a:p><a:p><a:r><a:t>first</a:t></a:r></a:p>
</xdr:txBody></xdr:sp></xdr:twoCellAnchor></xdr:wsDr>"""
DRAWS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/drawing"'
    ' Target="../drawings/drawing1.xml"/></Relationships>'
)


@pytest.mark.parametrize(("related", "place"), [(True, "dana.xlsx:Findings"), (False, "dana.xlsx")])
def test_a_text_box_is_told_with_its_sheet_and_row(related: bool, place: str) -> None:
    made = BytesIO(workbook((ONE, "confirmed")))
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("xl/drawings/drawing1.xml", DRAWING)
        if related:
            archive.writestr("xl/worksheets/_rels/sheet1.xml.rels", DRAWS)
    (problem,) = read_copy(made.getvalue(), "dana.xlsx", "0" * 64, AT).problems
    assert (problem.where, problem.words) == (f"{place}:7 (text box)", "Call HR\nfirst")
    assert problem.reason.startswith("Text boxes are not read.")


TWO, THREE = "E-1-111111111111", "E-1-222222222222"
DECIDED_BEFORE = {"disposition": "not this person", "reviewer": "Kim"}


def test_what_is_merged_over_rows_is_read_in_each_of_them_and_told() -> None:
    rows = ((ONE, "confirmed", "Dana"), (TWO, "", "Dana"), (THREE, "", "Dana"))
    found = copy(*rows, merged="B2:B4")
    said = {row.finding_id: (row.words["disposition"], row.words["reviewer"]) for row in found.rows}
    assert said == dict.fromkeys((ONE, TWO, THREE), ("confirmed", "Dana"))
    (problem,) = found.problems
    assert (problem.where, problem.field, problem.words) == ("dana.xlsx:Findings:2", "Disposition", "confirmed")
    assert "merged over rows 2 to 4" in problem.reason


def test_what_was_decided_before_is_not_withdrawn_because_its_cell_was_merged() -> None:
    """Merging leaves the cells below empty, and nobody has emptied them."""
    found = copy((ONE, "duplicate", "Dana"), (TWO, "", "Kim"), merged="B2:B3")
    background = Background(True, {TWO: (DECIDED_BEFORE,)})
    merged = merge([found], {found.sha256: background}, {ONE: {}, TWO: DECIDED_BEFORE})
    assert merged.words[TWO]["disposition"] == "duplicate"


@pytest.mark.parametrize("merged", ["B1:B2", "B3:C3", "B2:B3"])
def test_what_is_merged_elsewhere_is_left_as_it_is(merged: str) -> None:
    found = copy(("", "(choose)" if merged != "B1:B2" else "", "(your name)"), (ONE, "", "Dana"), merged=merged)
    (row,) = found.rows
    assert (row.finding_id, row.words["reviewer"]) == (ONE, "Dana" if merged != "B3:C3" else "")
