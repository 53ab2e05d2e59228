"""Sheets as values: what a workbook says, before any spreadsheet library is asked. Pure.

A `Sheet` is a name and its parts from top to bottom: `Line` (a sentence), `Blanks` (cells to fill in), `Table` (a real
Excel table), `Charts` and `Card` (a page of paper).
`safe_text` and `safe_url` say what a cell and a hyperlink can hold; audit.workbook passes every text through
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from urllib.parse import quote, urlsplit

# Excel's own limits: Microsoft, "Excel specifications and limits".
ROWS_PER_SHEET = 1_048_576
LINKS_PER_SHEET = 65_530
UNITS_PER_CELL = 32_767
LINE_FEEDS_PER_CELL = 253
LITERAL_CHOICES = 255
URL_LENGTH = 2_079

CUT_MARK = " … [cut]"
"""Ends a text that was longer than a cell can hold."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_HOST = re.compile(r"[A-Za-z0-9_.-]+")
_BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_NEEDS_CARE = re.compile("[\x00-\x08\x0a-\x1f_\ud800-\udfff\ufffe\uffff]")


class Kind(StrEnum):
    """What a column's cells are. Ids and addresses are TEXT: a number of 18 digits would lose its last ones."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    LINK = "link"


class Tone(StrEnum):
    """A restrained colour behind a word that already says it."""

    ALARM = "alarm"
    WARNING = "warning"
    NEWS = "news"
    QUIET = "quiet"


class Look(StrEnum):
    """How a line of prose stands on its sheet."""

    TITLE = "title"
    HEADING = "heading"
    TEXT = "text"
    BANNER = "banner"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Link:
    """A text that opens `url`, when that is an http or https address that Excel takes; else just the text."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Jump:
    """A text that leads to a row of the table on another sheet of the workbook: `row` counts from 1, 0 is its top."""

    text: str
    sheet: str
    row: int = 0


Value = str | int | float | date | Link | Jump | None
Row = Sequence[Value]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. `width` is in characters; `typed` columns are for the analyst to fill in.

    `choices` become a drop-down that warns about other words and lets them stand, and so does the rule for a `typed`
    column of days; `tones` colours a cell by its text. `folded` columns stand in a group that is closed when the
    workbook is opened.
    """

    heading: str
    width: int
    kind: Kind = Kind.TEXT
    wrap: bool = False
    choices: tuple[str, ...] = ()
    typed: bool = False
    tones: Mapping[str, Tone] = field(default_factory=dict)
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph. It is broken over as many rows as it needs; nothing is merged. In print it may begin a page."""

    text: str
    look: Look = Look.TEXT
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Blanks:
    """One row of empty cells to type into, each behind its label (label, kind), and what they are for."""

    cells: tuple[tuple[str, Kind], ...]
    purpose: str


@dataclass(frozen=True, slots=True)
class Table:
    """A real table. `name` is unique in the workbook, letters and digits; `nothing` stands in it when it has no row.

    Rows hold one value a column: text, a whole or finite number, a date (not a datetime), a Link, or None. A row whose
    first cell says one of the `quiet` words is grey from end to end. A row shows at most
    `most_lines` of a text (Excel has room for 27), as many as usual where it is 0. A `dense` table is in smaller type,
    so that more of its rows stand on a screen.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    nothing: str = "nothing tonight"
    quiet: frozenset[str] = frozenset()
    most_lines: int = 0
    dense: bool = False


class Drawn(StrEnum):
    """How a chart draws its numbers."""

    LINES = "lines"
    BARS = "bars"


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of columns of a table on the same sheet; every number in it stands in that table too.

    `labels` and `series` are headings of `table`; `rows` the first so many of its rows, which must be there. `across`
    and `up` are the titles of the axes, `described` what somebody who does not see the chart is told.
    """

    title: str
    drawn: Drawn
    table: str
    labels: str
    series: tuple[str, ...]
    rows: int
    across: str
    up: str
    described: str


@dataclass(frozen=True, slots=True)
class Charts:
    """Charts side by side, over the width of the sheet. `lines` is their height in rows of one line."""

    charts: tuple[Chart, ...]
    lines: int


@dataclass(frozen=True, slots=True)
class Card:
    """A page of its own on paper: a title, (label, text) from top to bottom, and lines to write on by hand."""

    title: str
    said: tuple[tuple[str, str], ...]
    signed: tuple[str, ...]


SheetPart = Line | Blanks | Table | Charts | Card
"""What a sheet is made of, from top to bottom."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. With exactly one table its heading is frozen, with `keep` columns, and repeated on every page.

    Only such a sheet may run past Excel's last row: it goes on as "Name (2)" with the same lines and headings.
    `header` stands on every printed page. A sheet with `upright` pages is for Letter paper, as large as it is.
    """

    name: str
    parts: tuple[SheetPart, ...]
    keep: int = 0
    header: str = ""
    upright: bool = False


def safe_text(text: str) -> str:
    """The text as a cell can hold it; equal to `text` for whatever needs no care.

    CR and CRLF become LF; control characters but tab and LF, lone surrogates, U+FFFE and U+FFFF become U+FFFD; past
    32,767 UTF-16 units it is cut and ends in CUT_MARK; line feeds past the 253rd become spaces; whatever looks like
    OOXML's own escape (_x0041_) is escaped, so that readers give it back as it was (ECMA-376 part 1, 22.9.2.19).
    """
    if len(text) * 2 <= UNITS_PER_CELL and not _NEEDS_CARE.search(text):
        return text
    text = _cut(_UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")))
    kept = text.split("\n", LINE_FEEDS_PER_CELL)
    text = "\n".join((*kept[:-1], kept[-1].replace("\n", " ")))
    return _ESCAPE_LIKE.sub("_x005F_", text)


def _cut(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) <= 2 * UNITS_PER_CELL:
        return text
    room = 2 * (UNITS_PER_CELL - len(CUT_MARK))
    # "ignore" drops the half of a pair that the cut may leave behind.
    return units[:room].decode("utf-16-le", "ignore") + CUT_MARK


def safe_url(url: str) -> str:
    """The address as a hyperlink may carry it, or "" where it may not be one: not http(s), no plain host, too long.

    Hosts are written in their ASCII form; what a URL may not hold is percent-encoded. A space, a quotation mark or a
    lone surrogate in a target makes Excel "repair" the whole workbook, and an address with a user name hides its host.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port is not None else ""
        rest = "".join(
            sign + quote(_BARE_PERCENT.sub("%25", text), safe="%/:;,=+!$&*()~?@", errors="strict")
            for sign, text in (("", parts.path), ("?", parts.query), ("#", parts.fragment))
            if text
        )
    except ValueError:  # a UnicodeError is one, too: a host, a port or a character that cannot be
        return ""
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host) or "@" in parts.netloc:
        return ""
    target = f"{parts.scheme}://{host}{port}{rest}"
    return target if len(target) <= URL_LENGTH else ""
