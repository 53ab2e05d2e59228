"""One worksheet, written from the top: paragraphs, tables, and how it prints."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from openpyxl.utils import get_column_letter, quote_sheetname

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
    Value,
    safe_text,
    safe_url,
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
    ColumnCells,
    Looks,
    Style,
    Written,
    empty_cell,
    heading_look,
    text_cell,
)
from audit.workbook.charts import Drawing, Placed, drawing
from audit.workbook.package import ListedTable, Package
from audit.workbook.parts import Leading, SheetLayout, Validation, sheet_end, sheet_top

ROW = '<row r="'
"""What stands before the number of a row."""
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
_NOT_LISTED = "This word is not on the list. Keep it all the same?"
_NO_DAY = "Excel takes this for no day. Keep it all the same? Days are 2026-11-28, 11/28/2026 or Nov 28, 2026."


class Page:
    """One worksheet being written from the top: `row` is the last row written, `links` counts its hyperlinks.

    `tops` are the rows of headings of all sheets of the workbook, by name: where a Jump leads to.
    """

    def __init__(self, package: Package, looks: Looks, sheet: Sheet, number: int, tops: Mapping[str, int]) -> None:
        self.package, self.looks, self.sheet, self.number, self.tops = package, looks, sheet, number, tops
        self.tables = _tables(sheet)
        self.widths = list(_UPRIGHT) if sheet.upright else _widths(self.tables)
        self.layout = _lay_out(sheet, self.tables, self.widths)
        self.row = self.links = self.first = 0
        self.table: Table | None = None
        self.cells: list[ColumnCells] = []
        self.quiet_cells: list[ColumnCells] = []
        self.heads: list[str] = []
        self.leading: list[Leading] = []
        self.jumps: dict[int, tuple[Leading, Jump]] = {}
        self.breaks: list[int] = []
        self.validations: list[Validation] = []
        self.listed: list[ListedTable] = []
        self.rooms: list[tuple[int, Charts]] = []
        self.name = sheet.name if number == 1 else f"{sheet.name} ({number})"
        self.out = package.begin_sheet(self.name, self.layout.above if len(self.tables) == 1 else 0)
        self.out.write(sheet_top(self.layout))

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
            self.breaks.append(self.row)
        across = max(1, len(self.widths)) if line.look in (Look.BANNER, Look.GOOD) else 1
        look = self.looks.number(LOOKS[line.look])
        for text in _broken(line, self.widths):
            self._append([text_cell(look, text), *[empty_cell(look)] * (across - 1)], POINTS[line.look])

    def blanks(self, part: Blanks) -> None:
        """Write labels with an empty cell behind each, and behind the columns that stay in sight what they are for."""
        cells: list[str] = []
        for label, kind in part.cells:
            dated = kind is Kind.DATE
            cells.append(text_cell(self.looks.number(LABEL), label))
            cells.append(empty_cell(self.looks.number(BLANK_DAY if dated else BLANK)))
            if dated:
                self.validations.append(_days(label, len(cells), self.row + 1, self.row + 1))
        aside = self.looks.number(ASIDE)
        cells += [empty_cell(aside)] * (max(self.sheet.keep, len(cells)) - len(cells))
        self._append([*cells, text_cell(aside, part.purpose)], LINE_POINTS)

    def room_for(self, part: Charts) -> None:
        """Leave empty rows where charts will stand."""
        self.rooms.append((self.row, part))
        for _ in range(part.lines + 1):
            self._append([], LINE_POINTS)

    def card(self, card: Card) -> None:
        """Write a card; on paper it begins a page, and no other's words stand there."""
        if self.row:
            self.breaks.append(self.row)
        for text in textwrap.wrap(card.title, sum(self.widths) * 3 // 4) or [""]:
            self._append([text_cell(self.looks.number(LOOKS[Look.HEADING]), text)], POINTS[Look.HEADING])
        left, right = self.looks.ask(CARD_LABEL), self.looks.ask(CARD_TEXT)
        for label, text in card.said:
            for at, (piece, lines) in enumerate(_pieces(text, self.widths[1])):
                height = DENSE_POINTS * max(lines, 1 if at else _lines_of(label, self.widths[0])) + 3
                self._append_pair((left, "" if at else label), (right, piece), height)
        for label in card.signed:
            self._append_pair((left, label), (right, ""), 2 * LINE_POINTS)

    def heading(self, table: Table) -> None:
        """Begin a table: its heading row."""
        self.table, self.first = table, self.row + 1
        dense, most = table.dense, table.most_lines or LINES_SHOWN
        self.cells = [self._column(at, one) for at, one in enumerate(table.columns)]
        self.quiet_cells = [self._column(at, one, quiet=True) for at, one in enumerate(table.columns) if table.quiet]
        self.heads = [self._head(_points(lines, dense=dense)) for lines in range(most + 1)]
        looks = [self.looks.ask(heading_look(column, dense=dense)) for column in table.columns]
        heads = [
            text_cell(self.looks.number(look), column.heading)
            for look, column in zip(looks, table.columns, strict=True)
        ]
        self._append(heads, _heading_lines(table.columns) * (DENSE_POINTS if dense else LINE_POINTS))

    def _column(self, at: int, column: Column, *, quiet: bool = False) -> ColumnCells:
        table = self.table
        assert table is not None
        most = table.most_lines or LINES_SHOWN
        behind = _head_of(at + 1) if at + 1 < len(table.columns) else "</row>"
        return ColumnCells(self.looks, column, behind, most, quiet=quiet, dense=table.dense)

    def values(self, row: Row) -> None:
        """Write one row of the table."""
        if len(row) != len(self.cells):
            raise ValueError(f"{self.sheet.name}: a row of {len(row)} values for {len(self.cells)} columns")
        assert self.table is not None
        cells = self.quiet_cells if self.quiet_cells and row[0] in self.table.quiet else self.cells
        written = [column.known.get(value) for column, value in zip(cells, row, strict=True)]
        urls: list[Leading] = []
        for at, known in enumerate(written):
            if known is None:
                written[at] = self._cell(at, cells[at], row[at], urls)
        self.leading += urls
        texts, lines = zip(*written, strict=True)
        self.row += 1
        self.out.write(str(self.row).join((ROW, self.heads[min(max(lines), len(self.heads) - 1)], *texts)))

    def _cell(self, at: int, column: ColumnCells, value: Value, urls: list[Leading]) -> Written:
        """A cell that its column does not know yet; an address that it leads to goes into `urls`."""
        if isinstance(value, Link):
            target = safe_url(value.url) if self.links < LINKS_PER_SHEET else ""
            words = value.text or value.url
            if not target:
                return column.words(words), column.lines(value.text)
            address, _, fragment = target.partition("#")
            urls.append(Leading(at + 1, self.row + 1, self.row + 1, address, fragment))
            self.links += 1
            return column.link_words(words), column.lines(value.text)
        if isinstance(value, Jump):  # where it leads to is written for all rows of one target at once
            may_link = self.links < LINKS_PER_SHEET
            if may_link and value.sheet in self.tops:
                self._jump(at + 1, value)
            return column.link_words(value.text) if value.sheet and may_link else column.words(value.text), 1
        return column.of(value)

    def _jump(self, at: int, jump: Jump) -> None:
        """Let the next row's cell in column `at` lead somewhere; neighbours of one target share a link."""
        last = self.jumps.get(at)
        if last and last[0].last == self.row and last[1] == jump:
            last[0].last += 1
            return
        row = self.tops[jump.sheet] + jump.row if jump.row else 1
        link = Leading(at, self.row + 1, self.row + 1, location=f"{quote_sheetname(jump.sheet)}!A{row}")
        self.leading.append(link)
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
            self.cells[said] = self._column(said, unbroken)
            self.values([table.nothing if i == said else None for i in range(len(table.columns))])
        name = table.name if self.number == 1 else f"{table.name}_{self.number}"
        self.listed.append(ListedTable(name, self.first, self.row, table.columns))
        for at, column in enumerate(table.columns, 1):
            if column.choices:
                self.validations.append(_drop_down(column, at, self.first + 1, self.row))
            elif column.typed and column.kind is Kind.DATE:
                self.validations.append(_days(column.heading, at, self.first + 1, self.row))
        self.table = None

    def continued(self, table: Table) -> Page:
        """End this worksheet and begin the next with the same lines and headings."""
        self.end_table()
        self.close()
        page = Page(self.package, self.looks, self.sheet, self.number + 1, self.tops)
        for part in self.sheet.parts[: self.sheet.parts.index(table)]:
            page.above(part)
        page.heading(table)
        return page

    def close(self) -> None:
        """Draw the charts, now that their tables have a place, and finish the worksheet."""
        if self.row == 0:
            self._append([], LINE_POINTS)
        drawn = self._drawing() if self.rooms else None
        related = ["drawing"] * bool(drawn) + ["table"] * len(self.listed)
        self.out.writelines(sheet_end(self.layout, self.validations, self.leading, self.breaks, related))
        self.package.end_sheet((link.url for link in self.leading if link.url), drawn, self.listed)

    def _drawing(self) -> Drawing:
        names = [table.name for table in self.tables]
        placed = tuple(
            (name, Placed(one.first, one.last, tuple(column.heading for column in one.columns)))
            for name, one in zip(names, self.listed, strict=True)
        )
        number, first = self.package.drawings + 1, len(self.package.charts) + 1
        return drawing(self.name, tuple(self.rooms), placed, tuple(self.widths), number, first)

    def _append(self, cells: Sequence[str], height: float) -> None:
        """Write a row, from the texts of its cells behind their row's number."""
        self.row += 1
        number = str(self.row)
        told = "".join(f"{_head_of(at)}{number}{cell}" for at, cell in enumerate(cells))
        self.out.write(f"{ROW}{number}{self._height(height)}{told}</row>")

    def _append_pair(self, left: tuple[Style, str], right: tuple[Style, str], height: float) -> None:
        self._append([text_cell(self.looks.number(style), text) for style, text in (left, right)], height)

    def _height(self, points: float) -> str:
        """A row's height, from behind its number; that of a dense table does not grow with what is typed into it."""
        fixed = ' customHeight="1"' if self.table is not None and self.table.dense else ""
        return f'" ht="{points:g}"{fixed}>'

    def _head(self, points: float) -> str:
        """What stands between a row's number and that of its first cell."""
        return self._height(points) + _head_of(0)


def _head_of(at: int) -> str:
    """What stands before the number of the row in a cell of column `at`, counted from 0."""
    return f'<c r="{get_column_letter(at + 1)}'


def _points(lines: int, *, dense: bool) -> float:
    """The height of a row of so many lines."""
    return max(DENSE_POINTS, DENSE_ROW_POINTS * lines) if dense else LINE_POINTS * lines


def _lay_out(sheet: Sheet, tables: Sequence[Table], widths: Sequence[int]) -> SheetLayout:
    single = len(tables) == 1
    columns = tables[0].columns if single else ()
    folded = tuple(at < len(columns) and columns[at].folded for at in range(len(widths)))
    visible = sum(widths) - sum(column.width for column in columns if column.folded)
    # US Letter, or Tabloid (11 by 17 inches) where Letter would shrink the print past reading.
    paper = 1 if visible <= 190 else 3
    header = safe_text(sheet.header).replace("&", "&&")[:_HEADER_LETTERS]
    above = row_of_headings(sheet) if single else 1
    return SheetLayout(tuple(widths), folded, sheet.keep, above, sheet.upright, paper, header)


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


def _broken(line: Line, widths: Sequence[int]) -> tuple[str, ...]:
    measure = max(60, min(190, int(sum(widths) * (0.6 if line.look is Look.TITLE else 0.9))))
    return _wrapped(line.text, measure)


@lru_cache(maxsize=1024)
def _wrapped(text: str, measure: int) -> tuple[str, ...]:
    """A text in lines; most of what stands above tables is said by every workbook, and asked for more than once."""
    return tuple(textwrap.wrap(text, measure)) or ("",)


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


def _widths(tables: Sequence[Table]) -> list[int]:
    columns = max((len(table.columns) for table in tables), default=0)
    return [max(t.columns[i].width for t in tables if i < len(t.columns)) for i in range(columns)] or [100]


def _heading_lines(columns: Sequence[Column]) -> int:
    # Two characters less than the column: the filter's button stands on top of the heading.
    words = (len(_wrapped(one.heading, max(1, one.width - 2))) for one in columns if not one.folded)
    return max(words)


def _drop_down(column: Column, at: int, first: int, last: int) -> Validation:
    if len(",".join(column.choices)) > LITERAL_CHOICES or any(
        "," in choice or '"' in choice for choice in column.choices
    ):
        raise ValueError(f"{column.heading}: these choices do not fit into a literal list of Excel's")
    return Validation(at, first, last, "list", column.choices, column.heading, _NOT_LISTED)


def _days(heading: str, at: int, first: int, last: int) -> Validation:
    return Validation(at, first, last, "date", (str(_FIRST_DAY), str(_LAST_DAY)), heading, _NO_DAY)
