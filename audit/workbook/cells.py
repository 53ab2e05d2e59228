"""Looks and cells: what stands in a cell, safely, and how it is dressed, as the text of its XML."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal
from xml.sax.saxutils import escape

from openpyxl.compat import safe_string
from openpyxl.utils.datetime import to_excel

from audit.model.sheet import Column, Kind, Look, Tone, Value, safe_text

LINE_POINTS = 15.0
"""The height of a row that holds one line."""
DENSE_POINTS = 12.75
"""The same on a card, in the headings of a dense table, and in a row of one line there."""
DENSE_ROW_POINTS = 12.375
"""For each line of its other rows: two are 33 dots of a screen, and twenty rows stand on one of 1,080."""
MOST_KNOWN = 256
"""Values of a column whose cells are kept in mind: most columns say few different things, the others nothing twice."""

Written = tuple[str, int]
"""A cell from behind the number of its row up to that of the next cell, and how many lines its text would fill."""


_serial: Any = to_excel  # untyped in its stubs


@dataclass(frozen=True, slots=True)
class Letters:
    """How the letters of a cell look: a colour in hex, and points."""

    color: str
    size: float = 11
    bold: bool = False
    underlined: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell looks. `fill` is a colour in hex, "" for none; `form` a number format, "@" for text."""

    letters: Letters
    fill: str = ""
    wrap: bool = False
    border: bool = False
    form: str = "@"
    side: Literal["left", "right"] | None = None
    """Where the text stands in its cell; None: where Excel puts such a value."""


_INK, _SOFT = "1F2933", "4F5866"
_HEADING, _DENSE_HEADING = Letters("FFFFFF", bold=True), Letters("FFFFFF", 10, bold=True)
_HEADING_FILL, _TYPED_HEADING_FILL = "1F3A5F", "7A5C00"
_TYPED = "FFFBEB"
_LINK = Letters("0B5CAD", underlined=True)
_PLAIN = Letters(_INK)
_QUIET = Letters(_SOFT)
_QUIET_LINK = Letters(_SOFT, underlined=True)
_GREY = "F0F1F3"
LABEL = Style(Letters("7A5C00", bold=True), side="right")
BLANK = Style(_PLAIN, "FFF3C4", border=True)
BLANK_DAY = Style(_PLAIN, "FFF3C4", border=True, form="yyyy-mm-dd", side="left")
ASIDE = Style(Letters(_SOFT, 10))
CARD_LABEL = Style(Letters("1F3A5F", 10, bold=True), wrap=True, border=True)
CARD_TEXT = Style(Letters(_INK, 10), wrap=True, border=True)
LOOKS: Mapping[Look, Style] = {
    Look.TITLE: Style(Letters("1F3A5F", 16, bold=True)),
    Look.HEADING: Style(Letters("1F3A5F", 13, bold=True)),
    Look.TEXT: Style(_PLAIN),
    Look.BANNER: Style(Letters("7F1D1D", bold=True), "FDE2E1"),
    Look.GOOD: Style(Letters("14532D", bold=True), "E3F4E8"),
}
POINTS: Mapping[Look, float] = dict.fromkeys(Look, LINE_POINTS) | {Look.TITLE: 21.0, Look.HEADING: 20.0}
_TONES: Mapping[Tone, tuple[Letters, str]] = {
    Tone.ALARM: (Letters("8A1C1C", bold=True), "FBE3E1"),
    Tone.WARNING: (Letters("7A4B00"), "FDF0D5"),
    Tone.NEWS: (Letters("1F3A5F", bold=True), "E1ECF8"),
    Tone.QUIET: (_QUIET, ""),
}


def heading_look(column: Column, *, dense: bool) -> Style:
    """How the heading of a column looks."""
    side: Literal["right"] | None = "right" if column.kind is Kind.NUMBER else None
    fill = _TYPED_HEADING_FILL if column.typed else _HEADING_FILL
    return Style(_DENSE_HEADING if dense else _HEADING, fill, wrap=True, side=side)


@dataclass(slots=True)
class Looks:
    """The looks of a workbook: all that were asked for, and those that a cell has, each in the order of its coming.

    A look's number is its place among the latter, counted from 1; cells without one have 0.
    """

    asked: dict[Style, None] = field(default_factory=dict)
    worn: dict[Style, int] = field(default_factory=dict)

    def ask(self, style: Style) -> Style:
        """Let the workbook know a look."""
        self.asked.setdefault(style)
        return style

    def number(self, style: Style) -> int:
        """The number of a look that a cell now has."""
        number = self.worn.get(style)
        if number is None:
            self.ask(style)
            number = self.worn[style] = len(self.worn) + 1
        return number


def empty_cell(look: int) -> str:
    """The text of a cell in which nothing stands, from behind the number of its row."""
    return f'" s="{look}" t="n" />'


def text_cell(look: int, text: str) -> str:
    """The text of a cell that holds a text, made safe, as text."""
    text = safe_text(text)
    if not text:
        return empty_cell(look)
    if not text.strip(" \t\n"):  # readers would drop it, whatever is said of its spaces
        text = f"_x{ord(text[0]):04X}_{text[1:]}"
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    return f'" s="{look}" t="inlineStr"><is><t{kept}>{escape(text)}</t></is></c>'


def number_cell(look: int, value: float | date) -> str:
    """The text of a cell that holds a finite number, or a day after 1900."""
    number = _serial(value) if isinstance(value, date) else value
    return f'" s="{look}" t="n"><v>{safe_string(number)}</v></c>'


class ColumnCells:
    """The cells of one column, as rows are streamed.

    `behind` stands between a cell and the number of its row in the next one; `most` lines of a text are shown. What is
    in `known` needs no second making.
    """

    def __init__(
        self, looks: Looks, column: Column, behind: str, most: int, *, quiet: bool = False, dense: bool = False
    ) -> None:
        self.looks, self.column, self.behind, self.most = looks, column, behind, most
        self.quiet, self.dense = quiet, dense
        self.width = column.width if column.wrap and not column.folded else 0
        self.fill = _TYPED if column.typed else ""
        self.toned = {text: self._style(*_TONES[tone]) for text, tone in column.tones.items()}
        self.known: dict[Value, Written] = {}

    @cached_property
    def text(self) -> Style:
        """For words."""
        return self._style(_PLAIN, self.fill)

    @cached_property
    def empty(self) -> Style:
        """For nothing. What an analyst will type decides the format: a date typed into a text cell would stay text."""
        dated = self.column.kind is Kind.DATE
        return self._style(_PLAIN, self.fill, *(("yyyy-mm-dd", "left") if dated else ()))

    @cached_property
    def link(self) -> Style:
        """For words that lead somewhere."""
        return self._style(_LINK, self.fill)

    @cached_property
    def whole(self) -> Style:
        """For whole numbers."""
        return self._style(_PLAIN, self.fill, "#,##0" if self.column.kind is Kind.NUMBER else "0", "right")

    @cached_property
    def fraction(self) -> Style:
        """For other numbers."""
        return self._style(_PLAIN, self.fill, "General", "right")

    @cached_property
    def day(self) -> Style:
        """For days."""
        return self._style(_PLAIN, self.fill, "yyyy-mm-dd", "left")

    def _style(
        self, letters: Letters, fill: str, form: str = "@", side: Literal["left", "right"] | None = None
    ) -> Style:
        wrap = self.column.wrap and side is None
        if self.quiet:
            letters, fill = (_QUIET_LINK if letters is _LINK else _QUIET), _GREY
        if self.dense:
            letters = replace(letters, size=10)
        return self.looks.ask(Style(letters, fill, wrap, border=True, form=form, side=side))

    def of(self, value: str | float | date | None) -> Written:
        """The cell that holds `value`."""
        match value:
            case None | "":
                return self._keep(value, self._ended(empty_cell(self.looks.number(self.empty))), 1)
            case str():
                return self._keep(value, self._words(value, self.toned.get(value, self.text)), self.lines(value))
            case bool() | datetime():
                raise TypeError(f"{self.column.heading}: {type(value).__name__} is no value of a cell")
            case date() if value.year <= 1900:  # before its first leap-year error Excel's calendar is not ours
                return self._words(value.isoformat(), self.text), 1
            case date():
                return self._keep(value, self._ended(number_cell(self.looks.number(self.day), value)), 1)
            case _:
                if not math.isfinite(value):
                    raise ValueError(f"{self.column.heading}: {value} is no number that a cell holds")
                style = self.whole if isinstance(value, int) else self.fraction
                return self._ended(number_cell(self.looks.number(style), value)), 1

    def words(self, text: str) -> str:
        """The cell for words that might have led somewhere, and do not."""
        return self._words(text, self.text)

    def link_words(self, text: str) -> str:
        """The cell for words that lead somewhere."""
        return self._words(text, self.link)

    def lines(self, text: str) -> int:
        """How many lines a text fills in the column; 1 where it is not broken.

        A letter is narrower than the digits that widths count, about as much as words lose at line ends.
        """
        width = self.width
        if not width or (len(text) <= width and "\n" not in text):
            return 1
        return sum(1 + max(0, len(line) - 1) // width for line in text.split("\n", self.most))

    def _words(self, text: str, style: Style) -> str:
        return self._ended(text_cell(self.looks.number(style), text))

    def _ended(self, cell: str) -> str:
        return cell + self.behind

    def _keep(self, value: str | date | None, cell: str, lines: int) -> Written:
        """Bounded: a column of names would keep them all."""
        if len(self.known) >= MOST_KNOWN:
            self.known.clear()
        self.known[value] = written = (cell, lines)
        return written
