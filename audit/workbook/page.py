"""One worksheet, written from the top: paragraphs, tables, and how it prints."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table as ListObject
from openpyxl.worksheet.table import TableColumn, TableStyleInfo

from audit.model.sheet import (
    LINKS_PER_SHEET,
    LITERAL_CHOICES,
    Blanks,
    Card,
    Charts,
    Column,
    Jump,
    Kind,
    Line,
    Link,
    Look,
    Row,
    Sheet,
    SheetPart,
    Table,
    safe_text,
)
from audit.workbook.cells import (
    ASIDE,
    BLANK,
    BLANK_DAY,
    CARD_LABEL,
    CARD_TEXT,
    DENSE_POINTS,
    DENSE_ROW_POINTS,
    LABEL,
    LINE_POINTS,
    LOOKS,
    POINTS,
    Cell,
    ColumnCells,
    heading_look,
    put_text,
    styled,
)
from audit.workbook.charts import Placed, draw
from audit.workbook.insides import append, begin, link_cells

LINES_SHOWN = 12
"""A taller row would push the next one off the screen; the cell holds the rest."""
_UPRIGHT = (14, 60)
"""Of labels and texts: no wider than a Letter page between its margins in whatever letters stand for Calibri."""
_CARD_LINES = 26
"""Lines of a text in one row of a card: a row of more would be higher than Excel allows."""
_HEADER_LETTERS = 240
"""Excel takes 255 in a page's header, with the signs that say where it stands."""
_FIRST_DAY, _LAST_DAY = 36_526, 73_050
"""2000-01-01 and 2099-12-31 as Excel counts days: what is outside was mistyped."""
_NO_DAY = "Excel takes this for no day. Keep it all the same? Days are 2026-11-28, 11/28/2026 or Nov 28, 2026."


class Page:
    """One worksheet being written from the top: `row` is the last row written, `links` counts its hyperlinks.

    `tops` are the rows of headings of all sheets of the workbook, by name: where a Jump leads to.
    """

    def __init__(self, book: Workbook, sheet: Sheet, number: int, tops: Mapping[str, int]) -> None:
        self.book, self.sheet, self.number, self.tops = book, sheet, number, tops
        self.tables = _tables(sheet)
        self.widths = list(_UPRIGHT) if sheet.upright else _widths(self.tables)
        self.jumps: dict[int, tuple[Hyperlink, Jump]] = {}
        self.row = self.links = self.first = 0
        self.table: Table | None = None
        self.wrapped: list[tuple[int, int]] = []
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
        visible = sum(self.widths)
        if len(self.tables) == 1:
            above = row_of_headings(self.sheet)
            page.print_title_rows = f"{above}:{above}"
            visible -= _fold(page, self.tables[0].columns)
        page.freeze_panes = f"{get_column_letter(self.sheet.keep + 1)}{(above or 1) + 1}"
        page.sheet_view.showGridLines = False
        # Excel breaks no page where it is told to while it fits a sheet to its pages.
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=not self.sheet.upright)
        page.page_setup.orientation = "portrait" if self.sheet.upright else "landscape"
        page.print_options.horizontalCentered = self.sheet.upright or None
        if not self.sheet.upright:
            page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        # US Letter, or Tabloid (11 by 17 inches) where Letter would shrink the print past reading.
        page.page_setup.paperSize = 1 if visible <= 190 else 3
        page.page_margins.left = page.page_margins.right = 0.5 if self.sheet.upright else 0.4
        page.page_margins.top, page.page_margins.header = 0.75, 0.35
        page.page_margins.bottom, page.page_margins.footer = 0.75, 0.35
        if self.sheet.header:
            page.HeaderFooter.oddHeader.left.text = safe_text(self.sheet.header).replace("&", "&&")[:_HEADER_LETTERS]
        page.HeaderFooter.oddFooter.left.text = "&A"
        page.HeaderFooter.oddFooter.right.text = "Page &P of &N"

    def above(self, part: SheetPart) -> None:
        """Write what stands outside of tables."""
        match part:
            case Line():
                self.line(part)
            case Blanks():
                self.blanks(part)
            case Charts():
                self.room_for(part)
            case Card():
                self.card(part)
            case Table():
                raise TypeError("a table is written row by row")

    def line(self, line: Line) -> None:
        """Write a paragraph; a banner's colour runs over the width of the sheet."""
        if line.new_page:
            self.page.row_breaks.append(Break(id=self.row))
        across = max(1, len(self.widths)) if line.look in (Look.BANNER, Look.GOOD) else 1
        for text in _broken(line, self.widths):
            cells = [styled(self.page, LOOKS[line.look]) for _ in range(across)]
            put_text(cells[0], text)
            self._append(cells, POINTS[line.look])

    def blanks(self, part: Blanks) -> None:
        """Write labels with an empty cell behind each, and behind the columns that stay in sight what they are for."""
        cells, aside = [], max(self.sheet.keep, 2 * len(part.cells))
        for label, kind in part.cells:
            cells += [styled(self.page, LABEL), styled(self.page, BLANK_DAY if kind is Kind.DATE else BLANK)]
            put_text(cells[-2], label)
            if kind is Kind.DATE:
                self.page.data_validations.append(_days(label, f"{get_column_letter(len(cells))}{self.row + 1}"))
        cells += [styled(self.page, ASIDE) for _ in range(aside + 1 - len(cells))]
        put_text(cells[-1], part.purpose)
        self._append(cells, LINE_POINTS)

    def room_for(self, part: Charts) -> None:
        """Leave empty rows where charts will stand."""
        self.rooms.append((self.row, part))
        for _ in range(part.lines + 1):
            self._append([], LINE_POINTS)

    def card(self, card: Card) -> None:
        """Write a card; on paper it begins a page, and no other's words stand there."""
        if self.row:
            self.page.row_breaks.append(Break(id=self.row))
        for text in textwrap.wrap(card.title, sum(self.widths) * 3 // 4) or [""]:
            cell = styled(self.page, LOOKS[Look.HEADING])
            put_text(cell, text)
            self._append([cell], POINTS[Look.HEADING])
        cells = [styled(self.page, CARD_LABEL), styled(self.page, CARD_TEXT)]  # used again for every row
        for label, text in card.said:
            for at, (piece, lines) in enumerate(_pieces(text, self.widths[1])):
                put_text(cells[0], "" if at else label)
                put_text(cells[1], piece)
                self._append(cells, DENSE_POINTS * max(lines, 1 if at else _lines_of(label, self.widths[0])) + 3)
        for label in card.signed:
            put_text(cells[0], label)
            put_text(cells[1], "")
            self._append(cells, 2 * LINE_POINTS)

    def heading(self, table: Table) -> None:
        """Begin a table: its heading row."""
        self.table, self.first = table, self.row + 1
        dense, columns = table.dense, table.columns
        self.wrapped = [(at, one.width) for at, one in enumerate(columns) if one.wrap and not one.folded]
        self.cells = [ColumnCells(self.page, column, dense=dense) for column in columns]
        self.quiet_cells = [ColumnCells(self.page, one, quiet=True, dense=dense) for one in columns if table.quiet]
        heads = []
        for column in table.columns:
            cell = styled(self.page, heading_look(column, dense=dense))
            put_text(cell, column.heading)
            heads.append(cell)
        self._append(heads, _heading_lines(table.columns) * (DENSE_POINTS if dense else LINE_POINTS))

    def values(self, row: Row) -> None:
        """Write one row of the table."""
        if len(row) != len(self.cells):
            raise ValueError(f"{self.sheet.name}: a row of {len(row)} values for {len(self.cells)} columns")
        out = []
        quiet = bool(self.quiet_cells) and self.table is not None and row[0] in self.table.quiet
        for at, (cells, value) in enumerate(zip(self.quiet_cells if quiet else self.cells, row, strict=True), 1):
            may_link = self.links < LINKS_PER_SHEET
            cell = cells.of(value, may_link)
            self.links += cell.hyperlink is not None
            out.append(cell)
            if may_link and isinstance(value, Jump) and value.sheet in self.tops:
                self._jump(at, value)
        self._append(out, self._height(row))

    def _height(self, row: Row) -> float:
        """Points that the row's wrapped texts need, LibreOffice and a printed page being no help with that."""
        assert self.table is not None
        lines, most = 1, self.table.most_lines or LINES_SHOWN
        for at, width in self.wrapped:
            value = row[at]
            text = value.text if isinstance(value, Link) else value
            if isinstance(text, str) and (len(text) > width or "\n" in text):
                # A letter is narrower than the digits that widths count, about as much as words lose at line ends.
                lines = max(lines, sum(1 + max(0, len(line) - 1) // width for line in text.split("\n", most)))
                if lines >= most:
                    break
        lines = min(lines, most)
        return max(DENSE_POINTS, DENSE_ROW_POINTS * lines) if self.table.dense else LINE_POINTS * lines

    def _jump(self, at: int, jump: Jump) -> None:
        """Let the next row's cell in column `at` lead somewhere; neighbours of one target share a link."""
        letter, row = get_column_letter(at), self.row + 1
        last = self.jumps.get(at)
        if last and last[0].ref.endswith(f"{letter}{row - 1}") and last[1] == jump:
            last[0].ref = f"{last[0].ref.partition(':')[0]}:{letter}{row}"
            return
        sheet = jump.sheet.replace("'", "''")
        target = f"'{sheet}'!A{self.tops[jump.sheet] + jump.row if jump.row else 1}"
        link = Hyperlink(ref=f"{letter}{row}", location=target)
        link_cells(self.page, link)
        self.jumps[at] = link, jump
        self.links += 1

    def end_table(self) -> None:
        """Close the table: an Excel table needs a row, so an empty one says in words that it is empty."""
        assert self.table is not None
        table = self.table
        if self.row == self.first:
            said = next((i for i, column in enumerate(table.columns) if column.kind is Kind.TEXT), 0)
            # Not broken: it runs on over the empty cells beside it.
            unbroken = replace(table.columns[said], wrap=False)
            self.cells[said], self.wrapped = ColumnCells(self.page, unbroken, dense=table.dense), []
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
            elif column.typed and column.kind is Kind.DATE:
                letter = get_column_letter(at)
                body = f"{letter}{self.first + 1}:{letter}{self.row}"
                self.page.data_validations.append(_days(column.heading, body))
        self.table = None

    def continued(self, table: Table) -> Page:
        """End this worksheet and begin the next with the same lines and headings."""
        self.end_table()
        self.close()
        page = Page(self.book, self.sheet, self.number + 1, self.tops)
        for part in self.sheet.parts[: self.sheet.parts.index(table)]:
            page.above(part)
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
        append(self.page, cells, self.row, height, fixed=self.table is not None and self.table.dense)


def row_of_headings(sheet: Sheet) -> int:
    """The row of headings of a sheet's first table; 1 where it has none."""
    tables = _tables(sheet)
    if not tables:
        return 1
    widths = _widths(tables)
    return 1 + sum(_rows(part, widths) for part in sheet.parts[: sheet.parts.index(tables[0])])


def _rows(part: SheetPart, widths: Sequence[int]) -> int:
    if isinstance(part, Line):
        return len(_broken(part, widths))
    return part.lines + 1 if isinstance(part, Charts) else 1


def _tables(sheet: Sheet) -> list[Table]:
    return [part for part in sheet.parts if isinstance(part, Table)]


def _broken(line: Line, widths: Sequence[int]) -> list[str]:
    measure = max(60, min(190, int(sum(widths) * (0.6 if line.look is Look.TITLE else 0.9))))
    return textwrap.wrap(line.text, measure) or [""]


def _pieces(text: str, width: int) -> Iterator[tuple[str, int]]:
    """A text in as many pieces as it needs rows, each with the lines that it fills; nothing of it is lost."""
    piece: list[str] = []
    filled = 0
    for paragraph in text.replace("\r\n", "\n").split("\n"):
        for part in _cut_up(paragraph, _CARD_LINES * _letters(paragraph, width) * 4 // 5):
            lines = _lines_of(part, width)
            if piece and filled + lines > _CARD_LINES:
                yield "\n".join(piece), filled
                piece, filled = [], 0
            piece.append(part)
            filled += lines
    yield "\n".join(piece), filled


def _cut_up(text: str, most: int) -> list[str]:
    """A text in parts of at most so many letters, cut behind a space where there is one."""
    return re.findall(rf".{{1,{most}}}(?:\s|$)|.{{{most}}}", text) or [text]


def _lines_of(text: str, width: int) -> int:
    letters = _letters(text, width)
    if len(text) <= letters and "\t" not in text:
        return 1
    return len(textwrap.wrap(text, letters, break_on_hyphens=False)) or 1


_SMALLER = 1.2
"""Letters of ten points in the room of a digit of eleven: of Calibri it is 1.25, in LibreOffice of others, too."""


def _letters(text: str, width: int) -> int:
    """How many letters of a text stand in a line: fewer capitals, and half as many Chinese signs."""
    if not text:
        return width
    wide = 0 if text.isascii() else sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    taken = len(text) + wide + sum(map(str.isupper, text)) / 5
    return max(1, int(_SMALLER * width * len(text) / taken))


def _fold(page: Any, columns: Sequence[Column]) -> int:
    """Close the groups of folded columns, each opened by a [+] over the column behind it; returns their width."""
    for at, column in enumerate(columns, 1):
        if column.folded:
            folded = page.column_dimensions[get_column_letter(at)]
            folded.outlineLevel, folded.hidden = 1, True
            behind = page.column_dimensions[get_column_letter(at + 1)]
            behind.collapsed = at == len(columns) or not columns[at].folded
            page.column_dimensions.max_outline = 1  # what openpyxl would know too late: room for the [+]
    return sum(column.width for column in columns if column.folded)


def _widths(tables: Sequence[Table]) -> list[int]:
    columns = max((len(table.columns) for table in tables), default=0)
    return [max(t.columns[i].width for t in tables if i < len(t.columns)) for i in range(columns)] or [100]


def _heading_lines(columns: Sequence[Column]) -> int:
    # Two characters less than the column: the filter's button stands on top of the heading.
    words = (len(textwrap.wrap(one.heading, max(1, one.width - 2))) for one in columns if not one.folded)
    return max(words)


def _drop_down(column: Column, ref: str) -> DataValidation:
    listed = ",".join(column.choices)
    if len(listed) > LITERAL_CHOICES or any("," in choice or '"' in choice for choice in column.choices):
        raise ValueError(f"{column.heading}: these choices do not fit into a literal list of Excel's")
    rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, sqref=ref)
    rule.errorStyle = "warning"
    rule.errorTitle, rule.error = column.heading, "This word is not on the list. Keep it all the same?"
    rule.showErrorMessage = True
    return rule


def _days(heading: str, ref: str) -> DataValidation:
    rule = DataValidation(
        type="date", operator="between", formula1=str(_FIRST_DAY), formula2=str(_LAST_DAY), allow_blank=True, sqref=ref
    )
    rule.errorStyle = "warning"
    rule.errorTitle, rule.error = heading, _NO_DAY
    rule.showErrorMessage = True
    return rule
