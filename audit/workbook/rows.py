"""Rows written straight into a worksheet's stream: openpyxl would build a tree for every cell, and take it apart.

What comes out is what openpyxl writes, twice as fast: a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import LXML
from openpyxl.compat import safe_string
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

_serial: Any = to_excel  # untyped in its stubs


def write_straight(page: Any) -> None:
    """Let a worksheet that has begun be written so. With lxml about, openpyxl has its own fast way, and keeps it."""
    if not LXML:
        page._values_to_row = lambda cells, _: cells
        page._writer.write_row = _Rows(page).write


class _Rows:
    """The rows of one worksheet, with what is looked up for every cell: letters of columns, numbers of looks."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.letters: list[str] = []
        self.looks: dict[bytes, str] = {}

    def write(self, stream: Any, cells: Sequence[Any], row: int) -> None:
        """Write one row."""
        while len(self.letters) < len(cells):
            self.letters.append(get_column_letter(len(self.letters) + 1))
        height = self.page.row_dimensions[row]["ht"]
        stream._file(f'<row r="{row}" ht="{height}">{"".join(self._cells(cells, row))}</row>')

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
                kept = ' xml:space="preserve"' if value != value.strip() else ""
                yield f'{head} t="inlineStr"><is><t{kept}>{escape(value)}</t></is></c>'
            else:
                number = _serial(value, self.page.parent.epoch) if cell.data_type == "d" else value
                yield f'{head} t="n"><v>{safe_string(number)}</v></c>'

    def _look(self, cell: Any) -> str:
        style = cell._style.tobytes()
        if style not in self.looks:
            self.looks[style] = str(cell.style_id)
        return self.looks[style]
