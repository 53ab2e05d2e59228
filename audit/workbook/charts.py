"""Charts: columns of a table as lines or bars, told apart without colour, with their words for those who do not see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.data_source import AxDataSource, NumRef, StrRef
from openpyxl.chart.reference import DummyWorksheet
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.colors import ColorChoice
from openpyxl.drawing.fill import PatternFillProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RichTextProperties
from openpyxl.drawing.xdr import XDRPositiveSize2D

from audit.model.sheet import Chart, Charts, Drawn, safe_text
from audit.workbook.cells import LINE_POINTS
from audit.workbook.insides import drawing_parts

PIXELS_A_CHARACTER, PIXELS_BESIDE = 7, 5
"""A column's width on the screen at Excel's standard font (ECMA-376 part 1, 18.3.1.13)."""
EMU_A_PIXEL, EMU_A_POINT = 9_525, 12_700
GAP, WIDEST = 14, 900
"""Pixels between two charts, and that one is wide at most."""

_DARK, _LIGHT, _GRID, _INK = "1F3A5F", "C2410C", "E5E7EB", "1F2933"


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a table stands on its worksheet: rows of its heading and of its last line, and its headings."""

    first: int
    last: int
    headings: tuple[str, ...]

    def column(self, heading: str) -> int:
        """The column of a heading, counted from 1."""
        return self.headings.index(heading) + 1


@dataclass(frozen=True, slots=True)
class Drawing:
    """The XML of a drawing, of what belongs to it, and of its charts."""

    content: bytes
    related: bytes
    charts: tuple[bytes, ...]


@lru_cache(maxsize=16)
def drawing(
    title: str,
    rooms: tuple[tuple[int, Charts], ...],
    tables: tuple[tuple[str, Placed], ...],
    widths: tuple[int, ...],
    number: int,
    first: int,
) -> Drawing:
    """The drawing of the worksheet called `title`: charts side by side in each of its rooms, which begin behind a row.

    `number` is the drawing's in the workbook, `first` that of its first chart. Workbooks of one night often have the
    same.
    """
    placed = dict(tables)
    drawn = [chart for row, part in rooms for chart in _draw(title, part, placed, row, widths)]
    return Drawing(*drawing_parts(drawn, number, first))


def _draw(title: str, part: Charts, tables: Mapping[str, Placed], row: int, widths: Sequence[int]) -> Iterator[Any]:
    """Charts side by side, from `row` (counted from 0) down."""
    charts = part.charts
    across = [width * PIXELS_A_CHARACTER + PIXELS_BESIDE for width in widths]
    wide = min(WIDEST, (sum(across) - GAP * (len(charts) - 1)) // max(2, len(charts)))
    for place, one in enumerate(charts):
        drawn = _drawn(DummyWorksheet(title), one, tables[one.table])
        column, left = _column_at(across, place * (wide + GAP))
        corner = AnchorMarker(col=column, colOff=left * EMU_A_PIXEL, row=row, rowOff=0)
        size = XDRPositiveSize2D(wide * EMU_A_PIXEL, int(part.lines * LINE_POINTS * EMU_A_POINT))
        drawn.anchor = OneCellAnchor(_from=corner, ext=size)
        yield drawn


def _column_at(across: Sequence[int], left: int) -> tuple[int, int]:
    """The column that lies so many pixels from the left, counted from 0, and the pixels within it."""
    for column, width in enumerate(across):
        if left < width:
            return column, left
        left -= width
    return len(across), left


def _drawn(page: Any, chart: Chart, table: Placed) -> Any:
    drawn: Any = LineChart() if chart.drawn is Drawn.LINES else BarChart()
    drawn.called, drawn.described = safe_text(chart.title), safe_text(chart.described)
    drawn.title, drawn.style = drawn.called, 2
    drawn.title.tx.rich.p[0].pPr = _letters(1200, bold=True)
    drawn.title.overlay = False
    labels, words = table.column(chart.labels), chart.drawn is Drawn.BARS
    top, end = table.first + 1, table.first + chart.rows
    for number, heading in enumerate(chart.series):
        column = table.column(heading)
        numbers = Reference(page, min_col=column, min_row=top, max_row=end)
        series = Series(numbers, title=heading)
        (_line if chart.drawn is Drawn.LINES else _bar)(series, number)
        drawn.series.append(series)
    names = str(Reference(page, min_col=labels, min_row=top, max_row=end))
    for series in drawn.series:
        series.cat = AxDataSource(strRef=StrRef(f=names)) if words else AxDataSource(numRef=NumRef(f=names))
    drawn.dispBlanksAs = "gap"
    if len(chart.series) > 1:
        drawn.legend.position = "b"
    else:
        drawn.legend = None
    _axes(drawn, chart)
    return drawn


def _line(series: Any, number: int) -> None:
    """The first line is whole with round marks, the second dashed with square ones."""
    colour = (_DARK, _LIGHT)[number % 2]
    series.graphicalProperties.line = LineProperties(w=28_575, solidFill=colour, prstDash="sysDash" if number else None)
    series.marker.symbol, series.marker.size = ("square" if number else "circle"), 6
    series.marker.graphicalProperties = GraphicalProperties(solidFill=colour)
    series.marker.graphicalProperties.line.solidFill = colour
    series.smooth = False


def _bar(series: Any, number: int) -> None:
    """The first bars are full, the second hatched."""
    if number:
        choice: Any = ColorChoice  # its stubs refuse a colour in hex
        series.graphicalProperties.pattFill = PatternFillProperties(
            prst="wdUpDiag", fgClr=choice(srgbClr=_DARK), bgClr=choice(srgbClr="FFFFFF")
        )
    else:
        series.graphicalProperties.solidFill = _DARK
    series.graphicalProperties.line.solidFill = _DARK


def _axes(drawn: Any, chart: Chart) -> None:
    drawn.x_axis.delete = drawn.y_axis.delete = False  # openpyxl leaves it open, and Excel then hides both
    drawn.x_axis.title, drawn.y_axis.title = safe_text(chart.across), safe_text(chart.up)
    for axis in (drawn.x_axis, drawn.y_axis):
        axis.title.tx.rich.p[0].pPr = _letters(900)
        axis.title.overlay = False
        axis.txPr = RichText(p=[Paragraph(pPr=_letters(900), endParaRPr=CharacterProperties())])
    drawn.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=_GRID))
    drawn.y_axis.scaling.min = 0
    drawn.y_axis.number_format = "#,##0"
    if chart.drawn is Drawn.LINES:
        drawn.x_axis.number_format = "yyyy-mm-dd"
        drawn.x_axis.txPr.bodyPr = RichTextProperties(rot=-2_700_000)  # 45 degrees, in 60,000ths of one
        return
    drawn.type, drawn.gapWidth = "bar", 60
    drawn.overlap = 0
    drawn.x_axis.scaling.orientation = "maxMin"  # the first row of the table on top
    drawn.y_axis.crosses = "max"


def _letters(size: int, *, bold: bool = False) -> ParagraphProperties:
    return ParagraphProperties(defRPr=CharacterProperties(sz=size, b=bold, solidFill=_INK))
