"""Looks as a workbook's stylesheet, and its other parts that openpyxl writes."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.packaging.core import DocumentProperties
from openpyxl.packaging.extended import ExtendedProperties
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.stylesheet import write_stylesheet
from openpyxl.writer.theme import theme_xml
from openpyxl.xml.functions import tostring

from audit.workbook.cells import Letters, Style

_serialised: Any = tostring  # untyped in its stubs
_stylesheet: Any = write_stylesheet
_RULE = Border(bottom=Side(style="thin", color="D9D9D9"))


@lru_cache(maxsize=64)
def stylesheet(asked: tuple[Style, ...], worn: tuple[Style, ...]) -> bytes:
    """The stylesheet of a workbook with these looks, of which cells have those that are `worn`, in their order.

    One night's workbooks have few different ones.
    """
    book = Workbook(write_only=True)
    page = book.create_sheet()
    cells = {style: _dressed(page, style) for style in asked}
    for number, style in enumerate(worn, 1):
        if cells[style].style_id != number:
            raise ValueError(f"{style} looks like another one")
    content: bytes = _serialised(_stylesheet(book))
    return content


def _dressed(page: Any, style: Style) -> Any:
    cell: Any = WriteOnlyCell(page)
    cell.font = _font(style.letters)
    if style.fill:
        cell.fill = PatternFill("solid", fgColor=style.fill)
    if style.border:
        cell.border = _RULE
    indent = 1 if style.side == "right" else 0
    cell.alignment = Alignment(vertical="top", wrap_text=style.wrap, horizontal=style.side, indent=indent)
    cell.number_format = style.form
    if style.form == "@":
        cell.quotePrefix = True
    return cell


@lru_cache(maxsize=64)
def _font(letters: Letters) -> Font:
    more: dict[str, Any] = {"bold": True} if letters.bold else {}
    more |= {"underline": "single"} if letters.underlined else {}
    return Font(name="Calibri", sz=letters.size, color=letters.color, **more)


@lru_cache(maxsize=1)
def program_part() -> bytes:
    """What wrote the workbook."""
    content: bytes = _serialised(ExtendedProperties().to_tree())
    return content


def properties_part(title: str, moment: datetime) -> bytes:
    """A workbook's title, and when it was made; `moment` is a time in UTC without its zone."""
    said = DocumentProperties(creator="identity-audit", title=title, language="en-US", created=moment, modified=moment)
    content: bytes = _serialised(said.to_tree())
    return content


def theme_part() -> bytes:
    """Colours and letters that Excel takes where a look says nothing."""
    theme: str = theme_xml
    return theme.encode()
