"""Looks and cells: what stands in a cell, safely, and how it is dressed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal
from weakref import WeakKeyDictionary

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.hyperlink import Hyperlink

from audit.model.sheet import Column, Jump, Kind, Link, Look, Tone, Value, safe_text, safe_url
from audit.workbook.insides import give_look, hold, look_of

LINE_POINTS = 15.0
"""The height of a row that holds one line."""
DENSE_POINTS = 12.75
"""The same in a dense table."""

Cell = Any
"""An openpyxl Cell, whose stubs hide much of it."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell looks. `fill` is a colour in hex, "" for none; `form` a number format, "@" for text."""

    font: Font
    fill: str = ""
    wrap: bool = False
    border: bool = False
    form: str = "@"
    side: Literal["left", "right"] | None = None
    """Where the text stands in its cell; None: where Excel puts such a value."""


def _font(color: str, size: float = 11, **more: Any) -> Font:
    return Font(name="Calibri", sz=size, color=color, **more)


def _resized(font: Font, size: float) -> Font:
    changed = copy(font)
    changed.sz = size
    return changed


_RULE = Border(bottom=Side(style="thin", color="D9D9D9"))
_INK, _SOFT = "1F2933", "4F5866"
HEADING = Style(_font("FFFFFF", bold=True), "1F3A5F", wrap=True)
TYPED_HEADING = Style(_font("FFFFFF", bold=True), "7A5C00", wrap=True)
_TYPED = "FFFBEB"
_LINK = _font("0B5CAD", underline="single")
_PLAIN = _font(_INK)
_QUIET_LINK = _font(_SOFT, underline="single")
_GREY = "F0F1F3"
LABEL = Style(_font("7A5C00", bold=True), side="right")
BLANK = Style(_PLAIN, "FFF3C4", border=True)
BLANK_DAY = Style(_PLAIN, "FFF3C4", border=True, form="yyyy-mm-dd", side="left")
ASIDE = Style(_font(_SOFT, 10))
CARD_LABEL = Style(_font("1F3A5F", 10, bold=True), wrap=True, border=True)
CARD_TEXT = Style(_font(_INK, 10), wrap=True, border=True)
LOOKS: Mapping[Look, Style] = {
    Look.TITLE: Style(_font("1F3A5F", 16, bold=True)),
    Look.HEADING: Style(_font("1F3A5F", 13, bold=True)),
    Look.TEXT: Style(_PLAIN),
    Look.BANNER: Style(_font("7F1D1D", bold=True), "FDE2E1"),
    Look.GOOD: Style(_font("14532D", bold=True), "E3F4E8"),
}
POINTS: Mapping[Look, float] = dict.fromkeys(Look, LINE_POINTS) | {Look.TITLE: 24.0, Look.HEADING: 20.0}
_TONES: Mapping[Tone, tuple[Font, str]] = {
    Tone.ALARM: (_font("8A1C1C", bold=True), "FBE3E1"),
    Tone.WARNING: (_font("7A4B00"), "FDF0D5"),
    Tone.NEWS: (_font("1F3A5F", bold=True), "E1ECF8"),
    Tone.QUIET: (_font(_SOFT), ""),
}
_DENSE: Mapping[int, Font] = {
    id(font): _resized(font, 10) for font in (_LINK, _PLAIN, _QUIET_LINK, *(font for font, _ in _TONES.values()))
}
"""The same fonts in the smaller type of dense tables."""


def styled(page: Any, style: Style) -> Cell:
    """A fresh cell of a look. A workbook registers each look once: doing so is the dearest part of a cell."""
    cell: Any = WriteOnlyCell(page)
    cell.row = cell.column = 1  # openpyxl asks a cell for its place before it has one
    known = _REGISTERED.setdefault(page.parent, {})
    name = (id(style.font), style.fill, style.border, style.wrap, style.form, style.side)
    if name not in known:
        _register(cell, style)
        known[name] = look_of(cell)
    give_look(cell, known[name])
    return cell


_REGISTERED: WeakKeyDictionary[Workbook, dict[tuple[object, ...], StyleArray]] = WeakKeyDictionary()


def _register(cell: Cell, style: Style) -> None:
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


def put_text(cell: Cell, text: str) -> None:
    """Store a text as text, made safe."""
    text = safe_text(text)
    if text and not text.strip(" \t\n"):  # openpyxl would not mark it as kept, and readers would drop it
        text = f"_x{ord(text[0]):04X}_{text[1:]}"
    hold(cell, text or None, "s")


class ColumnCells:
    """The cells of one column: one for each look that it meets, used again for every row, as rows are streamed."""

    def __init__(self, page: Any, column: Column, *, quiet: bool = False, dense: bool = False) -> None:
        self.page, self.column, self.quiet, self.dense = page, column, quiet, dense
        self.fill = _TYPED if column.typed else ""
        self.toned = {text: self._cell(*_TONES[tone]) for text, tone in column.tones.items()}
        for text, cell in self.toned.items():
            put_text(cell, str(text))
        self.said: str | None = None
        """What the cell for words holds: many rows say what the one before them says."""

    @cached_property
    def text(self) -> Cell:
        """For words."""
        return self._cell(_PLAIN, self.fill)

    @cached_property
    def empty(self) -> Cell:
        """For nothing. What an analyst will type decides the format: a date typed into a text cell would stay text."""
        dated = self.column.kind is Kind.DATE
        cell = self._cell(_PLAIN, self.fill, *(("yyyy-mm-dd", "left") if dated else ()))
        hold(cell, None, "n")
        return cell

    @cached_property
    def link(self) -> Cell:
        """For words that lead somewhere."""
        return self._cell(_LINK, self.fill)

    @cached_property
    def whole(self) -> Cell:
        """For whole numbers."""
        return self._cell(_PLAIN, self.fill, "#,##0" if self.column.kind is Kind.NUMBER else "0", "right")

    @cached_property
    def fraction(self) -> Cell:
        """For other numbers."""
        return self._cell(_PLAIN, self.fill, "General", "right")

    @cached_property
    def day(self) -> Cell:
        """For days."""
        return self._cell(_PLAIN, self.fill, "yyyy-mm-dd", "left")

    def _cell(self, font: Font, fill: str, form: str = "@", side: Literal["left", "right"] | None = None) -> Cell:
        wrap = self.column.wrap and side is None
        if self.quiet:
            font, fill = (_QUIET_LINK if font is _LINK else _TONES[Tone.QUIET][0]), _GREY
        if self.dense:
            font = _DENSE[id(font)]
        return styled(self.page, Style(font, fill, wrap, border=True, form=form, side=side))

    def of(self, value: Value, may_link: bool) -> Cell:
        """The cell that holds `value`, good until the next call."""
        match value:
            case None | "":
                cell = self.empty
            case str():
                cell = self.toned.get(value) or self._words(value)
            case Link():
                cell = self._linked(value, may_link)
            case Jump():  # where it leads to is written for all rows of one target at once
                cell = self._words(value.text, self.link if value.sheet and may_link else self.text)
            case bool() | datetime():
                raise TypeError(f"{self.column.heading}: {type(value).__name__} is no value of a cell")
            case date():
                cell = self._dated(value)
            case _:
                if not math.isfinite(value):
                    raise ValueError(f"{self.column.heading}: {value} is no number that a cell holds")
                cell = self.whole if isinstance(value, int) else self.fraction
                hold(cell, value, "n")
        return cell

    def _words(self, text: str, cell: Cell = None) -> Cell:
        """The cell for words, or another one, with a text."""
        if cell is not None and cell is not self.text:
            put_text(cell, text)
            return cell
        if text != self.said:
            put_text(self.text, text)
            self.said = text
        return self.text

    def _dated(self, value: date) -> Cell:
        if value.year <= 1900:  # before its first leap-year error Excel's calendar is not ours
            return self._words(value.isoformat())
        hold(self.day, value, "d")
        return self.day

    def _linked(self, value: Link, may_link: bool) -> Cell:
        target = safe_url(value.url) if may_link else ""
        cell = self._words(value.text or value.url, self.link if target else self.text)
        if target:
            address, _, fragment = target.partition("#")
            cell.hyperlink = Hyperlink(ref="A1", target=address, location=fragment or None)
        return cell
