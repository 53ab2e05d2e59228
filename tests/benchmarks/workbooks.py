"""Ways of writing findings as a workbook: this project's, and those it is measured against."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import cycle
from pathlib import Path

from openpyxl import Workbook

from audit import report
from audit.model.sheet import Jump, Link, Row, Sheet, Table, Value
from audit.workbook import write
from tests.audit import nights


def findings_table() -> Table:
    sheet = next(sheet for sheet in report.sheets(nights.night(200)) if sheet.name == "Findings")
    return next(part for part in sheet.parts if isinstance(part, Table))


OWN = frozenset({
    "Employee", "Handle", "How it was tied to the person", "State mailbox", "Display name", "Matched words",
    "Employee ID", "Finding ID",
})  # fmt: skip
"""The columns in which no two findings say the same."""


def rows(count: int) -> Iterator[Row]:
    """So many rows of the sheet "Findings", made one at a time, none of them kept: what is a finding's own differs."""
    table = findings_table()
    own = [column.heading in OWN for column in table.columns]
    for number, row in zip(range(count), cycle(tuple(table.rows)), strict=False):
        yield tuple(numbered(value, number) if differs else value for value, differs in zip(row, own, strict=True))


def numbered(value: Value, number: int) -> Value:
    """A cell that no other row has, where anything stands in it."""
    if isinstance(value, Link):
        return Link(f"{value.text}{number}", f"{value.url}{number}" if value.url else "")
    return f"{value} {number}" if value else value


def plain(value: object) -> object:
    return value.text if isinstance(value, Link | Jump) else value


def address(value: object) -> str:
    """Where a cell leads; empty for one that leads nowhere."""
    if isinstance(value, Jump):
        return f"internal:'{value.sheet}'!A{value.row + 1}"
    return value.url if isinstance(value, Link) else ""


def ours(path: Path, count: int) -> None:
    sheet = Sheet("Findings", (Table("Findings", findings_table().columns, rows(count)),))
    write.write_workbook(path, [sheet], created=nights.STARTED, title="Benchmark")


def openpyxl_bare(path: Path, count: int) -> None:
    """Neither style nor table nor link, and a "=" is a formula: the least that openpyxl can do."""
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for row in rows(count):
        page.append([plain(value) for value in row])
    book.save(path)


def xlsxwriter_constant_memory(path: Path, count: int) -> None:
    """The same cells with text format, dates and links."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet()
    text, day = book.add_format({"num_format": "@", "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
    links = 0
    for n, row in enumerate(rows(count)):
        for at, value in enumerate(row):
            where = address(value)
            if where and links < 65_530:
                links += 1
                page.write_url(n, at, where, text, str(plain(value)))
            elif isinstance(value, date):
                page.write_datetime(n, at, value, day)
            elif value:
                page.write_string(n, at, str(plain(value)), text)
            else:
                page.write_blank(n, at, None, text)
    book.close()


WAYS: dict[str, Callable[[Path, int], None]] = {
    "ours": ours,
    "openpyxl_bare": openpyxl_bare,
    "xlsxwriter_constant_memory": xlsxwriter_constant_memory,
}
