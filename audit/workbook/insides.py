"""What openpyxl keeps to itself, and this package needs all the same. No other module touches it.

Read in openpyxl 3.1.5; pyproject.toml admits no later minor version until somebody has read that one, too.

- `WriteOnlyWorksheet._writer`, `openpyxl.worksheet._writer.WorksheetWriter` and its `get_stream`, `cleanup`: a
  worksheet's XML would lie in a temporary file, plain, readable by whoever finds it, and left behind by a process that
  is killed. Here it waits in memory. Its stream is et_xmlfile's, with which openpyxl does without lxml, whether lxml is
  installed or not: lxml's takes no text as it stands.
- `_values_to_row`, `WorksheetWriter.write_row`, the stream's `_file`, `_hyperlinks`, `row_dimensions` in another form:
  rows are written as text. openpyxl would build a tree for every cell and take it apart, in twice the time, and keep an
  object for every row's height.
- `Cell._value`: the setter of `value` takes "=…" for a formula, and cuts a text that is escaped.
- `Cell._style` and `StyleArray`: a look is registered once in a workbook, and then copied.
- `ExcelWriter._write_drawing`, `SpreadsheetDrawing._chart_frame`: there is no other way to alternative text of a chart.
- `WriteOnlyWorksheet.closed`: what a fault left open has to be ended.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from copy import copy
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZipFile

from et_xmlfile import xmlfile
from openpyxl import Workbook
from openpyxl.compat import safe_string
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.constants import SHEET_MAIN_NS

from audit.workbook.scratch import Scratch

_serial: Any = to_excel  # untyped in its stubs


def hold(cell: Any, value: object, data_type: str) -> None:
    """Let a cell hold a value as it stands: "s" a text, "n" a number or nothing, "d" a date."""
    cell._value, cell.data_type = value, data_type


def look_of(cell: Any) -> StyleArray:
    """The look of a cell, as its workbook has registered it."""
    look: StyleArray = cell._style
    return look


def give_look(cell: Any, look: StyleArray) -> None:
    """Give a cell a look that its workbook has registered."""
    cell._style = copy(look)


def begin(page: Any) -> None:
    """Let a write-only worksheet be written into memory. Widths, panes and margins must be set by now."""
    page._writer = _Writer(page)
    page._writer.write_top()
    write_straight(page)


def append(page: Any, cells: Sequence[Any], row: int, height: float, *, fixed: bool = False) -> None:
    """Write the next row of a worksheet that has begun: its number, and its height in points, `fixed` where it shall
    not grow with what is typed into it."""
    page.row_dimensions = {row: {"ht": f"{height:g}", **({"customHeight": "1"} if fixed else {})}}
    page.append(cells)


def link_cells(page: Any, link: Hyperlink) -> None:
    """Let a link stand over the cells of its `ref`, which may be several."""
    page._hyperlinks.append(link)


def close_what_is_open(book: Workbook) -> None:
    """End every worksheet that a fault left open."""
    for page in book.worksheets:
        if getattr(page, "_writer", None) is not None and not page.closed:
            page.close()


def write_archive(book: Workbook, archive: ZipFile) -> None:
    """Write a workbook whose worksheets are closed; of each one the archive is asked to `write` its Scratch."""
    _DescribingWriter(book, archive).write_data()


class _Writer(WorksheetWriter):
    def __init__(self, page: Any) -> None:
        self.scratch = Scratch()
        super().__init__(page, out=self.scratch)

    def get_stream(self) -> Generator[Any, Any, None]:
        """Write elements as they are sent; give the stream to whoever sends True."""
        with xmlfile(self.out) as stream, stream.element("worksheet", xmlns=SHEET_MAIN_NS):
            try:
                while True:
                    sent = yield
                    if sent is True:
                        yield stream
                    elif sent is not None:
                        stream.write(sent)
            except GeneratorExit:
                pass

    def cleanup(self) -> None:
        """Let go of the worksheet, which stands in the archive now."""
        self.scratch.content.close()


def write_straight(page: Any) -> None:
    """Let the rows of a worksheet be written as text: what comes out is what openpyxl writes."""
    page._values_to_row = lambda cells, _: cells
    page._writer.write_row = _Rows(page).write


class _Rows:
    """The rows of one worksheet, with what is looked up for every cell: letters of columns, numbers of looks."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.letters: list[str] = []
        self.looks: dict[bytes, str] = {}
        self.texts: dict[int, tuple[str, str]] = {}

    def write(self, stream: Any, cells: Sequence[Any], row: int) -> None:
        """Write one row."""
        while len(self.letters) < len(cells):
            self.letters.append(get_column_letter(len(self.letters) + 1))
        looks = "".join(f' {name}="{value}"' for name, value in self.page.row_dimensions[row].items())
        stream._file(f'<row r="{row}"{looks}>{"".join(self._cells(cells, row))}</row>')

    def _cells(self, cells: Sequence[Any], row: int) -> Iterator[str]:
        for letter, cell in zip(self.letters, cells, strict=False):
            at, value = f"{letter}{row}", cell._value
            head = f'<c r="{at}" s="{self._look(cell)}"'
            if cell.hyperlink is not None:
                cell.hyperlink.ref = at
                self.page._hyperlinks.append(cell.hyperlink)
            if value is None:
                yield f'{head} t="{cell.data_type}" />' if cell.data_type != "s" else f'{head} t="inlineStr" />'
            elif cell.data_type == "s":
                # A cell of a column is used for every row, and many rows say what the one before them says.
                known = self.texts.get(id(cell))
                if known is None or known[0] is not value:
                    kept = ' xml:space="preserve"' if value != value.strip() else ""
                    known = self.texts[id(cell)] = value, f't="inlineStr"><is><t{kept}>{escape(value)}</t></is></c>'
                yield f"{head} {known[1]}"
            else:
                number = _serial(value, self.page.parent.epoch) if cell.data_type == "d" else value
                yield f'{head} t="n"><v>{safe_string(number)}</v></c>'

    def _look(self, cell: Any) -> str:
        style = cell._style.tobytes()
        if style not in self.looks:
            self.looks[style] = str(cell.style_id)
        return self.looks[style]


class _DescribingWriter(ExcelWriter):
    """openpyxl's writer, which besides says of each chart what it shows, from its `called` and `described`."""

    def _write_drawing(self, drawing: SpreadsheetDrawing) -> None:
        plain: Any = drawing._chart_frame  # type: ignore[attr-defined]

        def described(number: int) -> Any:
            frame = plain(number)
            chart = drawing.charts[number - 1]
            frame.nvGraphicFramePr.cNvPr.descr = chart.described
            frame.nvGraphicFramePr.cNvPr.title = chart.called
            return frame

        drawing._chart_frame = described  # type: ignore[attr-defined]
        super()._write_drawing(drawing)  # type: ignore[misc]
