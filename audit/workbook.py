"""Sheets as values become an XLSX file. The only module that knows openpyxl.

Rows may come from a generator: they are streamed, so that memory does not grow with them. The same sheets, `created`
and `title` give the same bytes. Every text, whoever wrote it, passes through `safe_text` and is stored as text:
nothing in a profile can become a formula, an error value, a date or a link to another workbook.
"""

from __future__ import annotations

import math
import shutil
import textwrap
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal
from weakref import WeakKeyDictionary
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table as ListObject
from openpyxl.worksheet.table import TableColumn, TableStyleInfo
from openpyxl.writer.excel import ExcelWriter

from audit.sheets import (
    LINKS_PER_SHEET,
    LITERAL_CHOICES,
    ROWS_PER_SHEET,
    Column,
    Kind,
    Line,
    Link,
    Look,
    Row,
    Sheet,
    Table,
    Tone,
    Value,
    safe_text,
    safe_url,
)
from audit.whole_file import replacing

LINE_POINTS = 15.0
LINES_SHOWN = 12
"""A taller row would push the next one off the screen; the cell holds the rest."""

_Cell = Any
"""An openpyxl Cell, whose stubs hide the slot that `_put_text` writes."""


def write(
    path: Path,
    sheets: Sequence[Sheet],
    *,
    created: datetime,
    title: str,
    rows_per_sheet: int = ROWS_PER_SHEET,
) -> None:
    """Write the sheets to `path`, mode 0640, complete or not at all: an older file there stands until the new one is.

    `created` is an aware time, `title` goes into the file's properties; both are part of the bytes. OSError where
    the folder cannot be written; ValueError or TypeError for a value that no cell holds.
    """
    _check_names(sheets)
    book = Workbook(write_only=True)
    moment = created.astimezone(UTC).replace(tzinfo=None)
    book.properties.creator = "identity-audit"
    book.properties.title = safe_text(title)
    book.properties.created = book.properties.modified = moment
    try:
        for sheet in sheets:
            _fill(book, sheet, rows_per_sheet)
        with replacing(path) as file, _SteadyZip(file, "w", ZIP_DEFLATED) as archive:
            ExcelWriter(book, archive).write_data()
    finally:
        _discard(book)


def _check_names(sheets: Sequence[Sheet]) -> None:
    """Excel asks one name for one thing, whatever its case; a doubled name makes it "repair" the workbook."""
    tables = [part for sheet in sheets for part in sheet.parts if isinstance(part, Table)]
    groups = [[sheet.name for sheet in sheets], [table.name for table in tables]]
    groups += [[column.heading for column in table.columns] for table in tables]
    for names in groups:
        if "" in names or len({name.casefold() for name in names}) < len(names):
            raise ValueError(f"names are empty or repeat: {', '.join(names)}")


class _SteadyZip(ZipFile):
    """A zip whose entries all bear one time and one system, so that equal content gives equal bytes."""

    def _steady(self, name: str) -> ZipInfo:
        info = ZipInfo(name)
        info.compress_type = ZIP_DEFLATED
        info.create_system = 3
        info.external_attr = 0o600 << 16
        return info

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        super().writestr(self._steady(str(zinfo_or_arcname)), data)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        with (
            Path(filename).open("rb") as source,
            self.open(self._steady(str(arcname)), "w", force_zip64=True) as entry,
        ):
            shutil.copyfileobj(source, entry, 1 << 20)


def _discard(book: Workbook) -> None:
    """Remove openpyxl's temporary sheets at once, not at exit: they hold what the workbook holds."""
    for page in book.worksheets:
        writer: Any = getattr(page, "_writer", None)
        if writer is not None and Path(writer.out).exists():
            if not page.closed:
                page.close()
            writer.cleanup()


def _fill(book: Workbook, sheet: Sheet, last_row: int) -> None:
    page = _Page(book, sheet, 1)
    single = sum(isinstance(part, Table) for part in sheet.parts) == 1
    for part in sheet.parts:
        if isinstance(part, Line):
            page.line(part)
            continue
        page.heading(part)
        for row in part.rows:
            if page.row == last_row:
                if not single:
                    raise ValueError(f"{sheet.name}: several tables, and no room for their rows")
                page = page.continued(part)
            page.values(row)
        page.end_table()
    page.close()


class _Page:
    """One worksheet being written from the top: `row` is the last row written, `links` counts its hyperlinks."""

    def __init__(self, book: Workbook, sheet: Sheet, number: int) -> None:
        self.book, self.sheet, self.number = book, sheet, number
        self.tables = [part for part in sheet.parts if isinstance(part, Table)]
        self.widths = _widths(self.tables)
        self.row = self.links = self.first = 0
        self.table: Table | None = None
        self.cells: list[_Cells] = []
        self.page: Any = book.create_sheet(sheet.name if number == 1 else f"{sheet.name} ({number})")
        self._lay_out()

    def _lay_out(self) -> None:
        page, above = self.page, 0
        for at, width in enumerate(self.widths, 1):
            page.column_dimensions[get_column_letter(at)].width = width
        if len(self.tables) == 1:
            lines = self.sheet.parts[: self.sheet.parts.index(self.tables[0])]
            above = sum(len(self._broken(line)) for line in lines if isinstance(line, Line)) + 1
            page.print_title_rows = f"{above}:{above}"
        page.freeze_panes = f"{get_column_letter(self.sheet.keep + 1)}{(above or 1) + 1}"
        page.sheet_view.showGridLines = False
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        page.page_setup.orientation = "landscape"
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        # US Letter, or Tabloid (11 by 17 inches) where Letter would shrink the print past reading.
        page.page_setup.paperSize = 1 if sum(self.widths) <= 190 else 3
        page.page_margins.left = page.page_margins.right = 0.4
        page.page_margins.top, page.page_margins.bottom, page.page_margins.footer = 0.5, 0.75, 0.35
        page.row_dimensions = {}  # a height or two at a time: openpyxl's own would keep one object a row
        page.HeaderFooter.oddFooter.left.text = "&A"
        page.HeaderFooter.oddFooter.right.text = "Page &P of &N"

    def _broken(self, line: Line) -> list[str]:
        measure = max(60, min(165, int(sum(self.widths) * (0.6 if line.look is Look.TITLE else 0.9))))
        return textwrap.wrap(line.text, measure) or [""]

    def line(self, line: Line) -> None:
        """Write a paragraph; a banner's colour runs over the width of the sheet."""
        across = max(1, len(self.widths)) if line.look in (Look.BANNER, Look.GOOD) else 1
        for text in self._broken(line):
            cells = [_styled(self.page, _LOOKS[line.look]) for _ in range(across)]
            _put_text(cells[0], text)
            self._append(cells, _POINTS[line.look])

    def heading(self, table: Table) -> None:
        """Begin a table: its heading row."""
        self.table, self.first = table, self.row + 1
        self.cells = [_Cells(self.page, column) for column in table.columns]
        heads = []
        for column in table.columns:
            look = _TYPED_HEADING if column.typed else _HEADING
            cell = _styled(self.page, replace(look, side="right") if column.kind is Kind.NUMBER else look)
            _put_text(cell, column.heading)
            heads.append(cell)
        self._append(heads, _heading_height(table.columns))

    def values(self, row: Row) -> None:
        """Write one row of the table."""
        if len(row) != len(self.cells):
            raise ValueError(f"{self.sheet.name}: a row of {len(row)} values for {len(self.cells)} columns")
        out = []
        for cells, value in zip(self.cells, row, strict=True):
            may_link = self.links < LINKS_PER_SHEET
            cell = cells.of(value, may_link)
            self.links += cell.hyperlink is not None
            out.append(cell)
        self._append(out, _height(self.table.columns, row) if self.table else LINE_POINTS)

    def end_table(self) -> None:
        """Close the table: an Excel table needs a row, so an empty one says in words that it is empty."""
        assert self.table is not None
        table = self.table
        if self.row == self.first:
            said = next((i for i, column in enumerate(table.columns) if column.kind is Kind.TEXT), 0)
            self.values([table.nothing if i == said else None for i in range(len(table.columns))])
        name = table.name if self.number == 1 else f"{table.name}_{self.number}"
        ref = f"A{self.first}:{get_column_letter(len(table.columns))}{self.row}"
        listed = ListObject(displayName=name, name=name, ref=ref)
        listed.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
        listed.autoFilter = AutoFilter(ref=ref)
        listed.tableColumns = [TableColumn(id=i, name=c.heading) for i, c in enumerate(table.columns, 1)]
        self.page.tables.add(listed)  # add_table would warn that the columns are ours to set
        for at, column in enumerate(table.columns, 1):
            if column.choices:
                letter = get_column_letter(at)
                body = f"{letter}{self.first + 1}:{letter}{self.row}"
                self.page.data_validations.append(_drop_down(column, body))
        self.table = None

    def continued(self, table: Table) -> _Page:
        """End this worksheet and begin the next with the same lines and headings."""
        self.end_table()
        self.close()
        page = _Page(self.book, self.sheet, self.number + 1)
        for part in self.sheet.parts[: self.sheet.parts.index(table)]:
            assert isinstance(part, Line)
            page.line(part)
        page.heading(table)
        return page

    def close(self) -> None:
        """Finish the worksheet's file."""
        if self.row == 0:
            self._append([], LINE_POINTS)
        self.page.close()

    def _append(self, cells: list[_Cell], height: float) -> None:
        self.row += 1
        self.page.row_dimensions = {self.row: {"ht": f"{height:g}"}}
        self.page.append(cells)


def _widths(tables: Sequence[Table]) -> list[int]:
    columns = max((len(table.columns) for table in tables), default=0)
    return [max(t.columns[i].width for t in tables if i < len(t.columns)) for i in range(columns)] or [100]


def _heading_height(columns: Sequence[Column]) -> float:
    # Two characters less than the column: the filter's button stands on top of the heading.
    words = (len(textwrap.wrap(column.heading, max(1, column.width - 2))) for column in columns)
    return LINE_POINTS * max(words)


def _height(columns: Sequence[Column], row: Row) -> float:
    """Points that the row's wrapped texts need, LibreOffice and a printed page being no help with that."""
    lines = 1
    for column, value in zip(columns, row, strict=True):
        text = value.text if isinstance(value, Link) else value
        if column.wrap and isinstance(text, str) and (len(text) > column.width or "\n" in text):
            # A letter is narrower than the digits that widths count, about as much as words lose at line ends.
            lines = max(lines, sum(1 + max(0, len(line) - 1) // column.width for line in text.split("\n", LINES_SHOWN)))
    return LINE_POINTS * min(lines, LINES_SHOWN)


def _drop_down(column: Column, ref: str) -> DataValidation:
    listed = ",".join(column.choices)
    if len(listed) > LITERAL_CHOICES or any("," in choice or '"' in choice for choice in column.choices):
        raise ValueError(f"{column.heading}: these choices do not fit into a literal list of Excel's")
    rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, sqref=ref)
    rule.errorStyle = "warning"
    rule.errorTitle, rule.error = column.heading, "This word is not on the list. Keep it all the same?"
    rule.showErrorMessage = True
    return rule


@dataclass(frozen=True, slots=True)
class _Style:
    font: Font
    fill: str = ""
    wrap: bool = False
    border: bool = False
    form: str = "@"
    side: Literal["left", "right"] | None = None
    """Where the text stands in its cell; None: where Excel puts such a value."""


_RULE = Border(bottom=Side(style="thin", color="D9D9D9"))
_INK, _SOFT = "1F2933", "6B7280"
_HEADING = _Style(Font(name="Calibri", bold=True, color="FFFFFF"), "1F3A5F", wrap=True)
_TYPED_HEADING = _Style(Font(name="Calibri", bold=True, color="FFFFFF"), "7A5C00", wrap=True)
_TYPED = "FFFBEB"
_LINK = Font(name="Calibri", color="0B5CAD", underline="single")
_PLAIN = Font(name="Calibri", color=_INK)
_LOOKS: Mapping[Look, _Style] = {
    Look.TITLE: _Style(Font(name="Calibri", bold=True, size=16, color="1F3A5F")),
    Look.HEADING: _Style(Font(name="Calibri", bold=True, size=13, color="1F3A5F")),
    Look.TEXT: _Style(_PLAIN),
    Look.BANNER: _Style(Font(name="Calibri", bold=True, color="7F1D1D"), "FDE2E1"),
    Look.GOOD: _Style(Font(name="Calibri", bold=True, color="14532D"), "E3F4E8"),
}
_POINTS: Mapping[Look, float] = dict.fromkeys(Look, LINE_POINTS) | {Look.TITLE: 24.0, Look.HEADING: 20.0}
_TONES: Mapping[Tone, tuple[Font, str]] = {
    Tone.ALARM: (Font(name="Calibri", bold=True, color="8A1C1C"), "FBE3E1"),
    Tone.WARNING: (Font(name="Calibri", color="7A4B00"), "FDF0D5"),
    Tone.NEWS: (Font(name="Calibri", bold=True, color="1F3A5F"), "E1ECF8"),
    Tone.QUIET: (Font(name="Calibri", color=_SOFT), ""),
}


def _styled(page: Any, style: _Style) -> _Cell:
    """A fresh cell of a look. A workbook registers each look once: doing so is the dearest part of a cell."""
    cell: Any = WriteOnlyCell(page)
    cell.row = cell.column = 1  # openpyxl asks a cell for its place before it has one
    known = _REGISTERED.setdefault(page.parent, {})
    name = (id(style.font), style.fill, style.border, style.wrap, style.form, style.side)
    if name not in known:
        _register(cell, style)
        known[name] = cell._style
    cell._style = copy(known[name])
    return cell


_REGISTERED: WeakKeyDictionary[Workbook, dict[tuple[object, ...], StyleArray]] = WeakKeyDictionary()


def _register(cell: _Cell, style: _Style) -> None:
    cell.font = style.font
    if style.fill:
        cell.fill = PatternFill("solid", fgColor=style.fill)
    if style.border:
        cell.border = _RULE
    indent = 1 if style.side == "right" else 0
    cell.alignment = Alignment(vertical="top", wrap_text=style.wrap, horizontal=style.side, indent=indent)
    cell.number_format = style.form
    if style.form == "@":
        cell.quotePrefix = True


def _put_text(cell: _Cell, text: str) -> None:
    # Not through the `value` setter: it takes "=…" for a formula and cuts escaped text a second time.
    text = safe_text(text)
    if text and not text.strip(" \t\n"):  # openpyxl would not mark it as kept, and readers would drop it
        text = f"_x{ord(text[0]):04X}_{text[1:]}"
    cell._value = text or None
    cell.data_type = "s"


class _Cells:
    """The cells of one column: one prepared cell for each look, used again for every row, as rows are streamed."""

    def __init__(self, page: Any, column: Column) -> None:
        self.page, self.column = page, column
        fill = _TYPED if column.typed else ""
        self.text = self._cell(_PLAIN, fill)
        self.link = self._cell(_LINK, fill)
        self.whole = self._cell(_PLAIN, fill, "#,##0" if column.kind is Kind.NUMBER else "0", "right")
        self.fraction = self._cell(_PLAIN, fill, "General", "right")
        self.day = self._cell(_PLAIN, fill, "yyyy-mm-dd", "left")
        self.toned = {text: self._cell(*_TONES[tone]) for text, tone in column.tones.items()}

    def _cell(self, font: Font, fill: str, form: str = "@", side: Literal["left", "right"] | None = None) -> _Cell:
        wrap = self.column.wrap and side is None
        return _styled(self.page, _Style(font, fill, wrap, border=True, form=form, side=side))

    def of(self, value: Value, may_link: bool) -> _Cell:
        """The cell that holds `value`, good until the next call."""
        match value:
            case None | "":
                cell = self._empty()
            case str():
                cell = self.toned.get(value, self.text)
                _put_text(cell, value)
            case Link():
                cell = self._linked(value, may_link)
            case bool() | datetime():
                raise TypeError(f"{self.column.heading}: {type(value).__name__} is no value of a cell")
            case date():
                cell = self._dated(value)
            case _:
                if not math.isfinite(value):
                    raise ValueError(f"{self.column.heading}: {value} is no number that a cell holds")
                cell = self.whole if isinstance(value, int) else self.fraction
                cell._value, cell.data_type = value, "n"
        return cell

    def _empty(self) -> _Cell:
        # What an analyst will type decides the format: a date typed into a text cell would stay text.
        cell = self.day if self.column.kind is Kind.DATE else self.text
        cell._value, cell.data_type = None, "n"
        return cell

    def _dated(self, value: date) -> _Cell:
        if value.year <= 1900:  # before its first leap-year error Excel's calendar is not ours
            _put_text(self.text, value.isoformat())
            return self.text
        self.day._value, self.day.data_type = value, "d"
        return self.day

    def _linked(self, value: Link, may_link: bool) -> _Cell:
        target = safe_url(value.url) if may_link else ""
        cell = self.link if target else self.text
        _put_text(cell, value.text or value.url)
        if target:
            address, _, fragment = target.partition("#")
            cell.hyperlink = Hyperlink(ref="A1", target=address, location=fragment or None)
        return cell
