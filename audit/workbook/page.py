"""One worksheet, written from the top: paragraphs, tables, and how it prints."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table as ListObject
from openpyxl.worksheet.table import TableColumn, TableStyleInfo

from audit.model.sheet import (
    LINKS_PER_SHEET,
    LITERAL_CHOICES,
    Charts,
    Column,
    Kind,
    Line,
    Link,
    Look,
    Row,
    Sheet,
    Table,
)
from audit.workbook.cells import HEADING, LINE_POINTS, LOOKS, POINTS, TYPED_HEADING, Cell, ColumnCells, put_text, styled
from audit.workbook.charts import Placed, draw
from audit.workbook.insides import append, begin

LINES_SHOWN = 12
"""A taller row would push the next one off the screen; the cell holds the rest."""


class Page:
    """One worksheet being written from the top: `row` is the last row written, `links` counts its hyperlinks."""

    def __init__(self, book: Workbook, sheet: Sheet, number: int) -> None:
        self.book, self.sheet, self.number = book, sheet, number
        self.tables = [part for part in sheet.parts if isinstance(part, Table)]
        self.widths = _widths(self.tables)
        self.row = self.links = self.first = 0
        self.table: Table | None = None
        self.cells: list[ColumnCells] = []
        self.quiet_cells: list[ColumnCells] = []
        self.placed: dict[str, Placed] = {}
        self.rooms: list[tuple[int, Charts]] = []
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
        page.HeaderFooter.oddFooter.left.text = "&A"
        page.HeaderFooter.oddFooter.right.text = "Page &P of &N"

    def _broken(self, line: Line) -> list[str]:
        measure = max(60, min(165, int(sum(self.widths) * (0.6 if line.look is Look.TITLE else 0.9))))
        return textwrap.wrap(line.text, measure) or [""]

    def line(self, line: Line) -> None:
        """Write a paragraph; a banner's colour runs over the width of the sheet."""
        if line.new_page:
            self.page.row_breaks.append(Break(id=self.row))
        across = max(1, len(self.widths)) if line.look in (Look.BANNER, Look.GOOD) else 1
        for text in self._broken(line):
            cells = [styled(self.page, LOOKS[line.look]) for _ in range(across)]
            put_text(cells[0], text)
            self._append(cells, POINTS[line.look])

    def room_for(self, part: Charts) -> None:
        """Leave empty rows where charts will stand."""
        self.rooms.append((self.row, part))
        for _ in range(part.lines + 1):
            self._append([], LINE_POINTS)

    def heading(self, table: Table) -> None:
        """Begin a table: its heading row."""
        self.table, self.first = table, self.row + 1
        self.cells = [ColumnCells(self.page, column) for column in table.columns]
        self.quiet_cells = [ColumnCells(self.page, column, quiet=True) for column in table.columns if table.quiet]
        heads = []
        for column in table.columns:
            look = TYPED_HEADING if column.typed else HEADING
            cell = styled(self.page, replace(look, side="right") if column.kind is Kind.NUMBER else look)
            put_text(cell, column.heading)
            heads.append(cell)
        self._append(heads, _heading_height(table.columns))

    def values(self, row: Row) -> None:
        """Write one row of the table."""
        if len(row) != len(self.cells):
            raise ValueError(f"{self.sheet.name}: a row of {len(row)} values for {len(self.cells)} columns")
        out = []
        quiet = bool(self.quiet_cells) and self.table is not None and row[0] in self.table.quiet
        for cells, value in zip(self.quiet_cells if quiet else self.cells, row, strict=True):
            may_link = self.links < LINKS_PER_SHEET
            cell = cells.of(value, may_link)
            self.links += cell.hyperlink is not None
            out.append(cell)
        self._append(out, _height(self.table, row) if self.table else LINE_POINTS)

    def end_table(self) -> None:
        """Close the table: an Excel table needs a row, so an empty one says in words that it is empty."""
        assert self.table is not None
        table = self.table
        if self.row == self.first:
            said = next((i for i, column in enumerate(table.columns) if column.kind is Kind.TEXT), 0)
            self.values([table.nothing if i == said else None for i in range(len(table.columns))])
        self.placed[table.name] = Placed(self.first, self.row, tuple(column.heading for column in table.columns))
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

    def continued(self, table: Table) -> Page:
        """End this worksheet and begin the next with the same lines and headings."""
        self.end_table()
        self.close()
        page = Page(self.book, self.sheet, self.number + 1)
        for part in self.sheet.parts[: self.sheet.parts.index(table)]:
            assert isinstance(part, Line)
            page.line(part)
        page.heading(table)
        return page

    def close(self) -> None:
        """Draw the charts, now that their tables have a place, and finish the worksheet's file."""
        for above, part in self.rooms:
            draw(self.page, part, self.placed, above, self.widths)
        if self.row == 0:
            self._append([], LINE_POINTS)
        self.page.close()

    def _append(self, cells: list[Cell], height: float) -> None:
        self.row += 1
        if self.row == 1:
            begin(self.page)
        append(self.page, cells, self.row, height)


def _widths(tables: Sequence[Table]) -> list[int]:
    columns = max((len(table.columns) for table in tables), default=0)
    return [max(t.columns[i].width for t in tables if i < len(t.columns)) for i in range(columns)] or [100]


def _heading_height(columns: Sequence[Column]) -> float:
    # Two characters less than the column: the filter's button stands on top of the heading.
    words = (len(textwrap.wrap(column.heading, max(1, column.width - 2))) for column in columns)
    return LINE_POINTS * max(words)


def _height(table: Table, row: Row) -> float:
    """Points that the row's wrapped texts need, LibreOffice and a printed page being no help with that."""
    lines, most = 1, table.most_lines or LINES_SHOWN
    for column, value in zip(table.columns, row, strict=True):
        text = value.text if isinstance(value, Link) else value
        if column.wrap and isinstance(text, str) and (len(text) > column.width or "\n" in text):
            # A letter is narrower than the digits that widths count, about as much as words lose at line ends.
            lines = max(lines, sum(1 + max(0, len(line) - 1) // column.width for line in text.split("\n", most)))
    return LINE_POINTS * min(lines, most)


def _drop_down(column: Column, ref: str) -> DataValidation:
    listed = ",".join(column.choices)
    if len(listed) > LITERAL_CHOICES or any("," in choice or '"' in choice for choice in column.choices):
        raise ValueError(f"{column.heading}: these choices do not fit into a literal list of Excel's")
    rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, sqref=ref)
    rule.errorStyle = "warning"
    rule.errorTitle, rule.error = column.heading, "This word is not on the list. Keep it all the same?"
    rule.showErrorMessage = True
    return rule
