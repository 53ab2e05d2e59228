"""What is handed to people can be read by everybody: every workbook of the example, and the page of the go-live papers.

Checked are the criteria of WCAG 2.1 A and AA that Section 508 asks of office documents and pages, as far as a program
can tell: titles and language, tables with headings, order, contrast, words behind colours, alternatives to pictures.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

import audit
import audit.config
from audit.model.decisions import TYPED_ONCE, heading
from audit.report.cards import CARDS
from audit.report.web_page import STYLE
from audit.verbs.about import write_about
from audit.verbs.dossier import write_dossier
from tests.made import NEXT, judged_at, two_sample_nights

STRIPES = "D9D9D9"
"""The darkest ground of TableStyleLight1, which stripes every second row of a table without a colour of its own."""
PAPER = "FFFFFF"
LABELS = tuple(map(heading, TYPED_ONCE))
"""Of the cells above a table that are typed once for its rows."""
LEAST, LEAST_LARGE = 4.5, 3.0
"""The least contrast of text, and of large text: 18 points, or 14 in bold (WCAG 1.4.3)."""
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything that the sample state hands out after its second night."""
    state, folder = two_sample_nights(tmp_path_factory), tmp_path_factory.mktemp("handed out")
    settings = audit.config.load(state / "audit.toml")
    person = audit.load(state / "out").people.query("findings > 0")["employee_id"].iloc[0]
    write_about(settings, person, NEXT, judged_at(NEXT), folder / "about.xlsx")
    write_dossier(replace(settings, output=replace(settings.output, folder=folder)), NEXT)
    for path in (state / "out" / "latest").rglob("*.xlsx"):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


@pytest.fixture(scope="module")
def books(handed_out: Path) -> dict[Path, Any]:
    return {path: openpyxl.load_workbook(path) for path in sorted(handed_out.rglob("*.xlsx"))}


def pages(books: dict[Path, Any]) -> Iterator[tuple[str, Any]]:
    for path, book in books.items():
        for page in book:
            yield f"{path.name}, {page.title}", page


def test_the_books_are_all_there(books: dict[Path, Any]) -> None:
    names = {path.name for path in books}
    assert {"audit.xlsx", "notices.xlsx", "leavers.xlsx", "about.xlsx", "dossier.xlsx"} <= names
    assert any(name.startswith("17 Department of Transportation") for name in names)
    assert len(names) > 20


def test_each_has_a_title_and_a_language(books: dict[Path, Any]) -> None:
    titles = [book.properties.title for book in books.values()]
    assert all(titles)
    assert len(set(titles)) == len(titles), "a title tells a document from others"
    assert {book.properties.language for book in books.values()} == {"en-US"}
    for where, page in pages(books):
        assert not re.fullmatch(r"Sheet\d*", page.title), where


def test_tables_are_tables_with_headings(books: dict[Path, Any]) -> None:
    for where, page in pages(books):
        assert not page.merged_cells.ranges, where
        inside = set[int]()
        for table in page.tables.values():
            left, top, right, bottom = range_boundaries(table.ref)
            headings = [page.cell(top, column).value for column in range(left, right + 1)]
            assert table.headerRowCount != 0, where
            assert all(isinstance(one, str) and one.strip() for one in headings), where
            assert headings == [column.name for column in table.tableColumns], where
            assert bottom > top, where
            inside |= set(range(top, bottom + 1))
        for row in page.iter_rows():
            filled = [cell for cell in row if cell.value is not None]
            form = set(LABELS) <= {cell.value for cell in filled}  # each label stands before the cell that it is of
            form |= page.title == CARDS and len(filled) == 2
            of_a_table = len(filled) <= 1 or filled[0].row in inside
            assert of_a_table or form, f"{where}: row {filled[0].row} is no row of a table"


def test_the_order_of_cells_is_the_order_of_reading(books: dict[Path, Any]) -> None:
    for where, page in pages(books):
        first = page["A1"]
        assert isinstance(first.value, str), f"{where}: begins with no words"
        assert not page.sheet_view.rightToLeft, where
        assert page.sheet_state == "visible", where
    assert all(book.active is book.worksheets[0] for book in books.values())


def test_text_stands_out_from_its_ground(books: dict[Path, Any]) -> None:
    known = set[tuple[object, ...]]()
    for where, page in pages(books):
        bounds = [range_boundaries(table.ref) for table in page.tables.values()]
        for cell in (cell for row in page.iter_rows() for cell in row if cell.value is not None):
            striped = any(top <= cell.row <= bottom for _, top, _, bottom in bounds)
            look = (cell._style.fontId, cell._style.fillId, striped, where.partition(",")[0])
            if look not in known:
                known.add(look)
                font, fill = cell.font, cell.fill
                points = font.sz or 11  # what Excel takes where none is said
                large = points >= 18 or (points >= 14 and font.b)
                ground = fill.fgColor.rgb[-6:] if fill.fill_type else STRIPES if striped else PAPER
                ink = font.color.rgb[-6:] if font.color and font.color.type == "rgb" else "000000"
                told = f"{where} {cell.coordinate}: {ink} on {ground}"
                assert contrast(ink, ground) >= (LEAST_LARGE if large else LEAST), told


def test_no_colour_says_what_no_word_says(books: dict[Path, Any]) -> None:
    """In a table a cell's look follows from its words, or from those that begin its row."""
    for where, page in pages(books):
        for table in page.tables.values():
            left, top, right, bottom = range_boundaries(table.ref)
            looks: dict[tuple[object, ...], object] = {}
            for row in page.iter_rows(top + 1, bottom, left, right):
                for cell in row:
                    shown = (cell.font.color and cell.font.color.rgb, cell.fill.fill_type and cell.fill.fgColor.rgb)
                    words = (cell.column, cell.value, row[0].value, cell.hyperlink is not None)
                    assert looks.setdefault(words, shown) == shown, f"{where} {cell.coordinate}"


def test_every_picture_has_words(handed_out: Path) -> None:
    drawn = 0
    for path in handed_out.rglob("*.xlsx"):
        with zipfile.ZipFile(path) as archive:
            for name in (name for name in archive.namelist() if re.fullmatch(r"xl/drawings/[^/]+\.xml", name)):
                for one in ElementTree.fromstring(archive.read(name)).iter(f"{_DRAWING}cNvPr"):
                    assert len(one.get("descr", "")) > 20, f"{path.name}, {name}"
                    assert one.get("title"), f"{path.name}, {name}"
                    drawn += 1
    assert drawn > 2


def contrast(one: str, other: str) -> float:
    """The ratio of two colours in hex, 1 to 21 (WCAG 2.1, definition of contrast ratio)."""
    low, high = sorted(map(_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)))


def test_the_measure_of_contrast() -> None:
    assert contrast("000000", "FFFFFF") == pytest.approx(21)
    assert contrast("777777", "FFFFFF") == pytest.approx(4.48, abs=0.01)


class Outline(HTMLParser):
    """What of a page somebody relies on who hears it: tags in their order, with their attributes and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[int, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        place = len(self.tags) - 1
        self.texts[place] = self.texts.get(place, "") + data.strip()

    def all(self, tag: str) -> list[tuple[int, dict[str, str | None]]]:
        return [(place, attributes) for place, (name, attributes) in enumerate(self.tags) if name == tag]


def test_the_page_can_be_heard(handed_out: Path) -> None:
    page = Outline((handed_out / "dossier" / "dossier.html").read_text(encoding="utf-8"))
    assert page.tags[0] == ("html", {"lang": "en"})
    ((title, _),) = page.all("title")
    ((first, _),) = page.all("h1")
    assert page.texts[title] == page.texts[first] != ""
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(later <= before + 1 for before, later in pairwise(levels)), "a level of headings is left out"
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [str(attributes["href"]) for _, attributes in page.all("a")]
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert len(page.all("main")) == len(page.all("nav")) == 1
    assert all(place in page.texts and page.texts[place] for place, _ in page.all("th") if place > 0)
    assert {attributes.get("scope") for _, attributes in page.all("th")} == {"col", "row"}
    assert len(page.all("thead")) == len(page.all("table")) > 10
    named = {str(attributes.get("aria-labelledby")) for _, attributes in page.all("table")}
    assert named <= set(ids), "a table is named by its heading"
    assert all(attributes.get("alt") for _, attributes in page.all("img"))
    assert all("user-scalable" not in str(one.get("content")) for _, one in page.all("meta"))


def test_the_page_s_text_stands_out() -> None:
    grounds: list[str] = re.findall(r"background: (#\w+)", STYLE)
    inks: list[str] = re.findall(r"[^-]color: (#\w+)", STYLE)
    assert grounds
    assert inks
    for ink in inks:
        for ground in grounds:
            assert contrast(_six(ink), _six(ground)) >= LEAST, f"{ink} on {ground}"


def _six(colour: str) -> str:
    digits = colour.removeprefix("#")
    return digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
