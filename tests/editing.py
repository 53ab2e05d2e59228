"""A workbook as somebody edits it: sheets as lists of rows, read by calamine and saved by openpyxl.

Saving spells texts as Excel does (ECMA-376 part 1, 22.9.2.19), so that any text which may stand in a cell can be typed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import python_calamine
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

ID = "Finding ID"
GROUPED = "how its findings stand"
DECIDED = ("Disposition", "Reviewer", "Decided on", "Suppress until", "Note")
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")


@dataclass
class Book:
    """The sheets of a workbook by name; a row is a list of values (str, float, bool, date)."""

    sheets: dict[str, list[list[Any]]] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path, *, without: Collection[str] = ()) -> Book:
        """A workbook as it is, or `without` some of its sheets, as if somebody had deleted them."""
        read = python_calamine.CalamineWorkbook.from_path(path)
        names = [name for name in read.sheet_names if name not in without]
        return cls({name: read.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names})

    def save(self, path: Path) -> Path:
        """Write the sheets to a new workbook."""
        path.parent.mkdir(parents=True, exist_ok=True)
        book = Workbook(write_only=True)
        for name, rows in self.sheets.items():
            page = book.create_sheet(name)
            for row in rows:
                page.append([_cell(page, value) for value in row])
        book.save(path)
        return path

    def heading_row(self, name: str) -> int | None:
        """The position of the row of headings on a sheet where people decide."""
        rows = self.sheets[name]
        return next((at for at, row in enumerate(rows) if any(_is_id(cell) for cell in row)), None)

    def table(self, name: str) -> tuple[list[str], list[list[Any]]]:
        """Headings (folded) of a sheet where people decide, and its rows below them (the lists themselves)."""
        at = self.heading_row(name)
        assert at is not None
        return [_folded(cell) for cell in self.sheets[name][at]], self.sheets[name][at + 1 :]

    def decision_sheets(self) -> list[str]:
        """The sheets that have a row for each finding."""
        grouped = self.grouped_sheets()
        return [name for name in self.sheets if name not in grouped and self.heading_row(name) is not None]

    def grouped_sheets(self) -> list[str]:
        """The sheets whose rows are about several findings."""
        headed = [name for name in self.sheets if self.heading_row(name) is not None]
        return [name for name in headed if GROUPED in self.table(name)[0]]

    def place(self, finding_id: str) -> tuple[str, list[Any]] | None:
        """(sheet, row) of a finding."""
        for name in self.decision_sheets():
            headings, rows = self.table(name)
            at = headings.index(ID.casefold())
            for row in rows:
                if len(row) > at and row[at] == finding_id:
                    return name, row
        return None

    def type(self, finding_id: str, heading: str, value: Any) -> bool:
        """Fill one cell; False where the finding or the column is not in this workbook."""
        found = self.place(finding_id)
        if found is None:
            return False
        name, row = found
        headings, _ = self.table(name)
        if heading.casefold() not in headings:
            return False
        at = headings.index(heading.casefold())
        row += [""] * (at + 1 - len(row))
        row[at] = value
        return True

    def group_rows(self) -> list[tuple[str, int, list[str]]]:
        """(sheet, position of the row in it, finding ids) of every row that is about several findings."""
        found = []
        for name in self.grouped_sheets():
            headings, rows = self.table(name)
            at, first = headings.index(ID.casefold()), 1 + (self.heading_row(name) or 0)
            found += [
                (name, first + n, str(row[at]).split()) for n, row in enumerate(rows) if len(row) > at and row[at]
            ]
        return found

    def type_into(self, name: str, row: int, heading: str, value: Any) -> None:
        """Fill a cell of a row by its position on the sheet."""
        headings, _ = self.table(name)
        cells, at = self.sheets[name][row], headings.index(heading.casefold())
        cells += [""] * (at + 1 - len(cells))
        cells[at] = value

    def type_above(self, name: str, label: str, value: Any) -> bool:
        """Fill the cell behind a label above a table; False where somebody has taken it away."""
        for above in self.sheets[name][: self.heading_row(name)]:
            if label in above:
                at = above.index(label) + 1
                above.extend([""] * (at + 1 - len(above)))
                above[at] = value
                return True
        return False

    def add_column(self, name: str, heading: str) -> None:
        """A column of one's own, at the right."""
        at = self.heading_row(name)
        assert at is not None
        width = max(map(len, self.sheets[name]))
        headings = self.sheets[name][at]
        headings += [""] * (width - len(headings)) + [heading]

    def words(self, columns: set[str]) -> dict[tuple[str, str], list[str]]:
        """(finding id, folded heading) → what stands in that cell, on every row of that finding, as text."""
        said: dict[tuple[str, str], list[str]] = {}
        for name in self.decision_sheets():
            headings, rows = self.table(name)
            for row in rows:
                cells = dict(zip(headings, row, strict=False))
                for heading in columns & cells.keys():
                    said.setdefault((str(cells.get(ID.casefold(), "")), heading), []).append(as_read(cells[heading]))
        return said


def unspelled(text: str) -> str:
    """What a text of the file says, the opposite of `spelled`."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


def as_read(value: Any) -> str:
    """What a cell says, as text: how it is told when it cannot be placed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return text if text.strip() else ""


def can_be_typed(text: str) -> bool:
    """Whether Excel lets a text stand in a cell: no lone surrogate, no control character, no more than 32,767 units."""
    try:
        units = len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        return False
    return units <= 32_767 and not _UNWRITABLE.search(text.replace("\r", ""))


def spelled(text: str) -> str:
    """A text as OOXML spells it."""
    text = _ESCAPE_LIKE.sub("_x005F_", text).replace("\r", "_x000D_")
    if text and not text.strip():  # openpyxl does not mark it as kept
        text = f"_x{ord(text[0]):04X}_{text[1:]}"
    return text


def _cell(page: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not value:
        return None
    cell: Any = WriteOnlyCell(page)
    cell._value, cell.data_type = spelled(value), "s"
    return cell


def _is_id(cell: Any) -> bool:
    return isinstance(cell, str) and len(ID) <= len(cell) < 20 and cell.strip().casefold() == ID.casefold()


def _folded(value: Any) -> str:
    return " ".join(str(value).split()).casefold()
