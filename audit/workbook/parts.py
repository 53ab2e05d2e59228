"""The XML of a workbook's parts, as openpyxl would write it. Pure.

Only looks and charts are left to openpyxl itself (styles.py, charts.py): to make and serialise its objects for every
sheet, table and link took half of a night with few findings. Texts are given as they are and escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.utils.escape import escape as escape_control

from audit.model.sheet import Column

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_R = f'xmlns:r="{OFFICE}"'
_MIME = "application/vnd.openxmlformats-officedocument"

KINDS = {
    "worksheet": f"{_MIME}.spreadsheetml.worksheet+xml",
    "table": f"{_MIME}.spreadsheetml.table+xml",
    "drawing": f"{_MIME}.drawing+xml",
    "chart": f"{_MIME}.drawingml.chart+xml",
}
"""What a part is, by the word that relationships have for it."""


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """How a worksheet is seen and printed.

    `widths` of its columns in characters, the same number of `folded`; `keep` columns and `above` rows stay in sight;
    `paper` as Excel counts sizes; `header` stands on every page.
    """

    widths: tuple[int, ...]
    folded: tuple[bool, ...]
    keep: int
    above: int
    upright: bool
    paper: int
    header: str


@dataclass(slots=True)
class Leading:
    """A link over the cells of a column from row `first` to `last`: to an address, a place in it or here, or both."""

    column: int
    first: int
    last: int
    url: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class Validation:
    """What is asked of cells from `first` to `last` of a column: a word of a list, or a day between two.

    `asked` is the list, or first and last day as Excel counts them; `title` and `problem` stand in the warning.
    """

    column: int
    first: int
    last: int
    kind: Literal["list", "date"]
    asked: tuple[str, ...]
    title: str
    problem: str


def attribute(text: str) -> str:
    """A text as it stands between the quotation marks of an attribute."""
    return escape(text, {'"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#09;"})


def span(column: int, first: int, last: int) -> str:
    """Cells of a column as Excel calls them."""
    letter = get_column_letter(column)
    return f"{letter}{first}" if first == last else f"{letter}{first}:{letter}{last}"


def sheet_top(layout: SheetLayout) -> str:
    """A worksheet up to its rows."""
    outline = ' outlineLevelCol="1"' if any(layout.folded) else ""
    corner = f"{get_column_letter(layout.keep + 1)}{layout.above + 1}"
    pane, further = "bottomLeft", ""
    split = f'ySplit="{layout.above}"'
    if layout.keep:
        pane, split = "bottomRight", f'xSplit="{layout.keep}" {split}'
        further = '<selection pane="topRight" /><selection pane="bottomLeft" />'
    return (
        f'<worksheet xmlns="{MAIN}"><sheetPr><outlinePr summaryBelow="1" summaryRight="1" />'
        f'<pageSetUpPr fitToPage="{0 if layout.upright else 1}" /></sheetPr>'
        '<sheetViews><sheetView showGridLines="0" workbookViewId="0">'
        f'<pane {split} topLeftCell="{corner}" activePane="{pane}" state="frozen" />'
        f'{further}<selection pane="{pane}" activeCell="A1" sqref="A1" /></sheetView></sheetViews>'
        f'<sheetFormatPr baseColWidth="8" defaultRowHeight="15"{outline} />'
        f"<cols>{''.join(_columns(layout))}</cols><sheetData>"
    )


def _columns(layout: SheetLayout) -> Iterator[str]:
    """Each group of folded columns is opened by a [+] over the column behind it."""
    behind = False
    for at, (width, folded) in enumerate(zip(layout.widths, layout.folded, strict=True), 1):
        look = 'hidden="1" outlineLevel="1" ' if folded else 'collapsed="1" ' if behind else ""
        yield f'<col {look}width="{width}" customWidth="1" min="{at}" max="{at}" />'
        behind = folded
    if behind:
        at = len(layout.widths) + 1
        yield f'<col collapsed="1" width="13" customWidth="1" min="{at}" max="{at}" />'


def sheet_end(
    layout: SheetLayout,
    validations: Sequence[Validation],
    links: Sequence[Leading],
    breaks: Sequence[int],
    related: Sequence[str],
) -> Iterator[str]:
    """A worksheet from behind its rows. `breaks`: rows behind which a page ends; `related`: "drawing" and "table" for
    each that belongs to it, in their order, numbered behind the links that leave the workbook."""
    yield "</sheetData>"
    if validations:
        yield f'<dataValidations count="{len(validations)}">{"".join(map(_validation, validations))}</dataValidations>'
    number = 0
    if links:
        yield "<hyperlinks>"
        for link in links:
            number += bool(link.url)
            yield _hyperlink(link, number)
        yield "</hyperlinks>"
    yield _page_setup(layout)
    if breaks:
        yield f'<rowBreaks count="{len(breaks)}" manualBreakCount="{len(breaks)}">'
        yield from (f'<brk id="{row}" min="0" max="16383" man="1" />' for row in breaks)
        yield "</rowBreaks>"
    ids = {kind: [number + at for at, one in enumerate(related, 1) if one == kind] for kind in ("drawing", "table")}
    yield from (f'<drawing {_R} r:id="rId{one}" />' for one in ids["drawing"])
    if ids["table"]:
        parts = "".join(f'<tablePart {_R} r:id="rId{one}" />' for one in ids["table"])
        yield f'<tableParts count="{len(ids["table"])}">{parts}</tableParts>'
    yield "</worksheet>"


def _validation(rule: Validation) -> str:
    formulas = [f'"{",".join(rule.asked)}"'] if rule.kind == "list" else rule.asked
    between = ' operator="between"' if rule.kind == "date" else ""
    said = "".join(f"<formula{at}>{escape(one)}</formula{at}>" for at, one in enumerate(formulas, 1))
    return (
        f'<dataValidation sqref="{span(rule.column, rule.first, rule.last)}" showDropDown="0" showInputMessage="0" '
        f'showErrorMessage="1" allowBlank="1" errorTitle="{attribute(rule.title)}" error="{attribute(rule.problem)}" '
        f'type="{rule.kind}" errorStyle="warning"{between}>{said}</dataValidation>'
    )


def _hyperlink(link: Leading, number: int) -> str:
    place = f' location="{attribute(link.location)}"' if link.location else ""
    ref = f'ref="{span(link.column, link.first, link.last)}"{place}'
    return f'<hyperlink {_R} {ref} r:id="rId{number}" />' if link.url else f"<hyperlink {ref} />"


def _page_setup(layout: SheetLayout) -> str:
    side = 0.5 if layout.upright else 0.4
    header = f"&L{layout.header}" if layout.header else ""
    centred = '<printOptions horizontalCentered="1" />' if layout.upright else ""
    orientation = "portrait" if layout.upright else "landscape"
    fitted = "" if layout.upright else ' fitToHeight="0" fitToWidth="1"'
    return (
        f'{centred}<pageMargins left="{side}" right="{side}" top="0.75" bottom="0.75" header="0.35" footer="0.35" />'
        f'<pageSetup orientation="{orientation}" paperSize="{layout.paper}"{fitted} />'
        f"<headerFooter>{_element('oddHeader', escape_control(header))}"
        f"{_element('oddFooter', '&L&A&RPage &P of &N')}<evenHeader /><evenFooter /><firstHeader /><firstFooter />"
        "</headerFooter>"
    )


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else f"<{name} />"


def table_part(number: int, name: str, first: int, last: int, columns: Sequence[Column]) -> str:
    """A table over rows `first` (its headings) to `last`."""
    ref = f"A{first}:{get_column_letter(len(columns))}{last}"
    listed = "".join(
        f'<tableColumn id="{at}" name="{attribute(escape_control(column.heading))}" />'
        for at, column in enumerate(columns, 1)
    )
    return (
        f'<table id="{number}" name="{name}" displayName="{name}" ref="{ref}" headerRowCount="1" xmlns="{MAIN}">'
        f'<autoFilter ref="{ref}" /><tableColumns count="{len(columns)}">{listed}</tableColumns>'
        '<tableStyleInfo name="TableStyleLight1" showRowStripes="1" /></table>'
    )


def relationships(related: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What belongs to a part, numbered in its order: the kind of each, and where it is. A "hyperlink" is outside."""
    yield f'<Relationships xmlns="{_PACKAGE}/relationships">'
    for number, (kind, target) in enumerate(related, 1):
        outside = ' TargetMode="External"' if kind == "hyperlink" else ""
        whole = kind if "/" in kind else f"{OFFICE}/{kind}"
        yield f'<Relationship Type="{whole}" Target="{attribute(target)}"{outside} Id="rId{number}" />'
    yield "</Relationships>"


def root_relationships() -> Iterator[str]:
    """Where the workbook and its properties are."""
    core = f"{_PACKAGE}/relationships/metadata/core-properties"
    program = "extended-properties"
    return relationships(
        [("officeDocument", "xl/workbook.xml"), (core, "docProps/core.xml"), (program, "docProps/app.xml")]
    )


def workbook_part(names: Sequence[str], headings: Sequence[int]) -> str:
    """The workbook: names of its worksheets, and of each the row that is repeated on every page (0: none)."""
    sheets = "".join(
        f'<sheet name="{attribute(name)}" sheetId="{at}" state="visible" r:id="rId{at}" />'
        for at, name in enumerate(names, 1)
    )
    titles = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{at}">{escape(quote_sheetname(name))}!${row}:${row}'
        "</definedName>"
        for at, (name, row) in enumerate(zip(names, headings, strict=True))
        if row
    )
    defined = f"<definedNames>{titles}</definedNames>" if titles else "<definedNames />"
    return (
        f'<workbook {_R} xmlns="{MAIN}"><workbookPr /><workbookProtection /><bookViews><workbookView '
        'visibility="visible" minimized="0" showHorizontalScroll="1" showVerticalScroll="1" showSheetTabs="1" '
        'tabRatio="600" firstSheet="0" activeTab="0" autoFilterDateGrouping="1" /></bookViews>'
        f'<sheets>{sheets}</sheets>{defined}<calcPr calcId="124519" fullCalcOnLoad="1" /></workbook>'
    )


def content_types(parts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What each part is: places and kinds, in their order."""
    yield f'<Types xmlns="{_PACKAGE}/content-types">'
    yield '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />'
    yield '<Default Extension="xml" ContentType="application/xml" />'
    known = [
        ("xl/styles.xml", f"{_MIME}.spreadsheetml.styles+xml"),
        ("xl/theme/theme1.xml", f"{_MIME}.theme+xml"),
        ("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        ("docProps/app.xml", f"{_MIME}.extended-properties+xml"),
        *((place, KINDS[kind]) for place, kind in parts),
        ("xl/workbook.xml", f"{_MIME}.spreadsheetml.sheet.main+xml"),
    ]
    yield from (f'<Override PartName="/{place}" ContentType="{kind}" />' for place, kind in known)
    yield "</Types>"
