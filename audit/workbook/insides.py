"""What openpyxl keeps to itself, and this package needs all the same. No other module touches it.

Read in openpyxl 3.1.5; pyproject.toml admits no later minor version until somebody has read that one, too.

- `SpreadsheetDrawing._write`, `_write_rels`, `_chart_frame`, `_id`, and a chart's `_write` and `_id`: a drawing is part
  of an archive of ours, and there is no other way to alternative text of a chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.xml.functions import tostring

_serialised: Any = tostring  # untyped in its stubs


def drawing_parts(charts: Sequence[Any], number: int, first: int) -> tuple[bytes, bytes, tuple[bytes, ...]]:
    """The XML of drawing `number`, of what belongs to it, and of each of its charts, which are numbered from `first`.

    Of each chart the drawing says what it shows, from its `called` and `described`.
    """
    drawing: Any = SpreadsheetDrawing()
    drawing._id, drawing.charts = number, list(charts)
    for at, chart in enumerate(charts, first):
        chart._id = at
    plain = drawing._chart_frame

    def described(at: int) -> Any:
        frame = plain(at)
        frame.nvGraphicFramePr.cNvPr.descr = charts[at - 1].described
        frame.nvGraphicFramePr.cNvPr.title = charts[at - 1].called
        return frame

    drawing._chart_frame = described
    whole = _serialised(drawing._write())
    return whole, _serialised(drawing._write_rels()), tuple(_serialised(chart._write()) for chart in charts)
