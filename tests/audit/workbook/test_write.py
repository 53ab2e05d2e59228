"""The workbook as a file: what any text becomes, what Excel asks of tables and links, what a crash leaves behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import tempfile
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
import python_calamine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit import report
from audit.model.sheet import (
    CUT_MARK,
    Blanks,
    Column,
    Jump,
    Kind,
    Line,
    Link,
    Look,
    Sheet,
    Table,
    Tone,
    safe_text,
    safe_url,
)
from audit.workbook import write
from audit.workbook.cells import DENSE_POINTS, DENSE_ROW_POINTS, LINE_POINTS
from audit.workbook.package import Package
from audit.workbook.page import LINES_SHOWN
from tests.audit import nights
from tests.paths import SHARED

CREATED = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
EDGE_CELLS = SHARED / "torture" / "spreadsheet" / "edge_cells.json"
NAMES = Column("Name", 20)


def saved(path: Path, *sheets: Sheet, **options: Any) -> Path:
    write.write_workbook(path, sheets, created=CREATED, title="Test", **options)
    return path


def one_table(*rows: tuple, columns: tuple[Column, ...] = (NAMES,), **of_sheet: Any) -> Sheet:
    return Sheet("Findings", (Line("Findings", Look.TITLE), Table("Findings", columns, rows)), **of_sheet)


def dump(path: Path) -> str:
    """The workbook as text, one line a cell: for reading in a diff."""
    lines = []
    for page in openpyxl.load_workbook(path):
        lines.append(f"== {page.title} frozen at {page.freeze_panes}, tables {', '.join(page.tables) or 'none'}")
        for row in page.iter_rows():
            for cell in row:
                if cell.value is not None:
                    link = f" -> {cell.hyperlink.target}" if cell.hyperlink else ""
                    lines.append(f"{cell.coordinate} {cell.data_type} {cell.value!r}{link}")
    return "\n".join(lines)


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def as_kept(text: str) -> str:
    """What the documented replacements leave of a text, written down a second time and without any escape."""
    text = re.sub("\r\n?", "\n", text)
    text = "".join("\ufffd" if is_unwritable(ord(letter)) else letter for letter in text)
    if len(text.encode("utf-16-le")) > 2 * 32_767:
        while len((text + CUT_MARK).encode("utf-16-le")) > 2 * 32_767:
            text = text[:-1]
        text += CUT_MARK
    lines = text.split("\n")
    return "\n".join([*lines[:253], " ".join(lines[253:])] if len(lines) > 254 else lines)


def is_unwritable(code: int) -> bool:
    return (code < 32 and code not in (9, 10, 13)) or 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF)


def unescaped(text: str) -> str:
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


# --- text ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("", ""),
        ("=1+1", "=1+1"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\tb", "a\tb"),
        ("a\x00b\x1fc", "a\ufffdb\ufffdc"),
        ("a\ud800b\udc00", "a\ufffdb\ufffd"),
        ("a\ufffeb\uffff", "a\ufffdb\ufffd"),
        ("snake_case_name", "snake_case_name"),
        ("_x0041_", "_x005F_x0041_"),
        ("_x0041_x0042_", "_x005F_x0041_x005F_x0042_"),
        ("_xZZZZ_", "_xZZZZ_"),
        ("a" * 32_767, "a" * 32_767),
        ("a" * 32_768, "a" * (32_767 - len(CUT_MARK)) + CUT_MARK),
        ("a" + "😀" * 16_383, "a" + "😀" * 16_383),
        ("😀" * 16_384, "😀" * 16_379 + CUT_MARK),
        ("\n" * 254, "\n" * 253 + " "),
    ],
)
def test_safe_text(text: str, expected: str) -> None:
    assert safe_text(text) == expected


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("_x0041=@\r\n\t \x00😀")), max_size=60))
def test_safe_text_can_be_written_and_loses_only_what_is_documented(text: str) -> None:
    kept = safe_text(text)
    assert unescaped(kept) == as_kept(text)
    assert not any(is_unwritable(ord(letter)) or letter == "\r" for letter in kept)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("_x0041=' \n"))), min_size=1, max_size=30))
def test_any_text_comes_back_from_a_cell(tmp_path: Path, texts: list[str]) -> None:
    path = saved(
        tmp_path / "any.xlsx", one_table(*((text, "end") for text in texts), columns=(NAMES, Column("End", 5)))
    )
    read = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name("Findings").to_python()
    assert [row[0] for row in read[2:]] == [as_kept(text) for text in texts]


def edge_cells() -> list[dict[str, str]]:
    if not EDGE_CELLS.exists():
        pytest.skip("the folder of hostile cells is not here: set IDENTITY_AUDIT_SHARED")
    return json.loads(EDGE_CELLS.read_text("utf-8"))


@pytest.fixture
def edge_book(tmp_path: Path) -> tuple[Path, list[str]]:
    texts = [cell["value"] for cell in edge_cells()]
    columns = (NAMES, Column("Link", 20, Kind.LINK), Column("Note", 20, wrap=True, typed=True), Column("End", 5))
    rows = ((text, Link(text, text), text, "end") for text in texts)
    return saved(tmp_path / "edge.xlsx", one_table(*rows, columns=columns)), texts


def test_hostile_cells_are_text_to_openpyxl(edge_book: tuple[Path, list[str]]) -> None:
    path, texts = edge_book
    for row, text in zip(openpyxl.load_workbook(path)["Findings"].iter_rows(min_row=3), texts, strict=True):
        for cell in row[:3]:
            assert (unescaped(str(cell.value)), cell.data_type) == (as_kept(text), "s")
            assert (cell.number_format, cell.quotePrefix) == ("@", True)


def test_hostile_cells_come_back_from_calamine(edge_book: tuple[Path, list[str]]) -> None:
    path, texts = edge_book
    read = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name("Findings").to_python()
    assert [row[:3] for row in read[2:]] == [[as_kept(text)] * 3 for text in texts]


def test_hostile_cells_make_no_formula_and_no_way_out(edge_book: tuple[Path, list[str]]) -> None:
    path, _ = edge_book
    for name, xml in parts(path).items():
        assert "externalLink" not in name
        assert not re.search(r"<f[ >]|externalReference|ddeLink|t=\"e\"", xml), name
    targets = re.findall('Target="([^"]*)"', parts(path)["xl/worksheets/_rels/sheet1.xml.rels"])
    assert [target for target in targets if not target.startswith("/xl/tables/")] == ["https://social.example/u/1"]


def test_hostile_cells_survive_libreoffice(edge_book: tuple[Path, list[str]], tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    path, texts = edge_book
    home = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    order = [office, home, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "saved"), str(path)]
    subprocess.run(order, check=True, capture_output=True, timeout=180)
    resaved = tmp_path / "saved" / path.name
    read = python_calamine.CalamineWorkbook.from_path(resaved).get_sheet_by_name("Findings").to_python()
    for row, text in zip(read[2:], texts, strict=True):
        # LibreOffice 7.4 shows "_x005F_x000D_" and saves it without its escape: one more is lost on the way.
        lost = "_x005F_" in text
        assert row[0] == (unescaped(text) if lost else as_kept(text))
    assert not any(re.search(r"<f[ >]", xml) for name, xml in parts(resaved).items() if "worksheets" in name)


# --- links -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://social.example/u/1", "https://social.example/u/1"),
        ("HTTP://Social.Example:8080/u?q=1&r=2", "http://social.example:8080/u?q=1&r=2"),
        ("https://social.example/@jane", "https://social.example/@jane"),
        ('https://social.example/a b"<c>', "https://social.example/a%20b%22%3Cc%3E"),
        ("https://social.example/é", "https://social.example/%C3%A9"),
        ("https://social.example/%zz%20", "https://social.example/%25zz%20"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://social.example/\ud800", ""),
        ("https://social.example/" + "a" * 2_100, ""),
        ("https://jane@evil.example/", ""),
        ("https://[::1]/", ""),
        ("https://social.example:port/", ""),
        ("https://a b.example/", ""),
        ("https:///path", ""),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("mailto:a@b.example", ""),
        ("\\\\host\\share", ""),
        ("social.example/u/1", ""),
        ("", ""),
    ],
)
def test_safe_url(url: str, expected: str) -> None:
    assert safe_url(url) == expected


@given(st.text(max_size=80).map(lambda text: f"https://social.example/{text}"))
def test_a_link_is_an_address_of_plain_ascii(url: str) -> None:
    assert re.fullmatch(r"(https://social\.example(:\d+)?[\x21-\x7e]*)?", safe_url(url))
    assert not re.search(r"[\s\"<>\\^`{|}]", safe_url(url))


def test_a_fragment_becomes_the_location(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", one_table((Link("jane", "https://social.example/web#@jane"),)))
    link = openpyxl.load_workbook(path)["Findings"]["A3"].hyperlink
    assert (link.target, link.location) == ("https://social.example/web", "@jane")


def test_past_excels_number_of_links_the_text_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.workbook.page.LINKS_PER_SHEET", 3)
    rows = [(Link(f"u{n}", f"https://social.example/u{n}"),) for n in range(5)]
    page = openpyxl.load_workbook(saved(tmp_path / "a.xlsx", one_table(*rows)))["Findings"]
    assert [page.cell(row, 1).value for row in range(3, 8)] == ["u0", "u1", "u2", "u3", "u4"]
    assert [bool(page.cell(row, 1).hyperlink) for row in range(3, 8)] == [True, True, True, False, False]


# --- the file --------------------------------------------------------------------------------------------------


def test_the_same_sheets_give_the_same_bytes(tmp_path: Path) -> None:
    first = saved(tmp_path / "a.xlsx", one_table(("x",))).read_bytes()
    assert saved(tmp_path / "b.xlsx", one_table(("x",))).read_bytes() == first
    assert saved(tmp_path / "c.xlsx", one_table(("y",))).read_bytes() != first


@pytest.mark.skipif(os.name != "posix", reason="modes are a POSIX matter")
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_the_file_is_for_owner_and_group_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        path = saved(tmp_path / "a.xlsx", one_table(("x",)))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def failing_rows() -> object:
    yield ("Avery Quillfeather",)
    raise RuntimeError("the ledger went away")


@pytest.mark.parametrize("where", ["rows", "archive", "rename"])
def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    path = saved(tmp_path / "audit.xlsx", one_table(("old",)))
    before = path.read_bytes()
    sheet = one_table(("new",))
    if where == "rows":
        rows: Any = failing_rows()
        sheet = Sheet("Findings", (Table("Findings", (NAMES,), rows),))
    elif where == "archive":
        monkeypatch.setattr(Package, "finish", lambda *_: (_ for _ in ()).throw(RuntimeError("full")))
    else:
        monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(RuntimeError("taken")))
    with pytest.raises(RuntimeError):
        saved(path, sheet)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir() if entry != scratch] == ["audit.xlsx"]
    assert list(scratch.iterdir()) == []


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        saved(tmp_path / "missing" / "a.xlsx", one_table(("x",)))


# --- tables ----------------------------------------------------------------------------------------------------

ALL_KINDS = (
    Column("Status", 11, tones={"new": Tone.NEWS}),
    Column("Seen on", 11, Kind.DATE),
    Column("Count", 8, Kind.NUMBER),
    Column("Account ID", 20),
    Column("Disposition", 14, choices=("confirmed", "duplicate"), typed=True),
    Column("Decided on", 11, Kind.DATE, typed=True),
)


def test_a_sheet_as_text(tmp_path: Path) -> None:
    rows = [
        ("new", date(2026, 3, 1), 3, "123456789012345678", "", None),
        ("open", date(1899, 1, 1), 2.5, "007", "confirmed", date(2026, 3, 2)),
    ]
    lines = (Line("Findings", Look.TITLE), Line("Nobody is accused."), Line("a\nb  c"))
    table = Table("Findings", ALL_KINDS, rows)
    empty = Sheet("Leads", (Table("Leads", ALL_KINDS[1:4], ()),))
    path = saved(tmp_path / "a.xlsx", Sheet("Findings", (*lines, table), keep=1), empty, Sheet("Notes", (Line("x"),)))
    assert dump(path) == "\n".join(
        (
            "== Findings frozen at B5, tables Findings",
            "A1 s 'Findings'",
            "A2 s 'Nobody is accused.'",
            "A3 s 'a b  c'",
            *(f"{letter}4 s {column.heading!r}" for letter, column in zip("ABCDEF", ALL_KINDS, strict=True)),
            "A5 s 'new'",
            "B5 d datetime.datetime(2026, 3, 1, 0, 0)",
            "C5 n 3",
            "D5 s '123456789012345678'",
            "A6 s 'open'",
            "B6 s '1899-01-01'",
            "C6 n 2.5",
            "D6 s '007'",
            "E6 s 'confirmed'",
            "F6 d datetime.datetime(2026, 3, 2, 0, 0)",
            "== Leads frozen at A2, tables Leads",
            *(f"{letter}1 s {column.heading!r}" for letter, column in zip("ABC", ALL_KINDS[1:4], strict=True)),
            "C2 s 'nothing tonight'",
            "== Notes frozen at A2, tables none",
            "A1 s 'x'",
        )
    )


def test_a_table_is_a_table_that_prints_well(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", one_table(("new", None, 1, "", "", None), columns=ALL_KINDS, keep=2))
    page = openpyxl.load_workbook(path)["Findings"]
    table = page.tables["Findings"]
    assert (table.ref, table.autoFilter.ref, table.column_names) == ("A2:F3", "A2:F3", [c.heading for c in ALL_KINDS])
    assert (page.freeze_panes, page.print_title_rows, page.auto_filter.ref) == ("C3", "$2:$2", None)
    assert (page.page_setup.orientation, page.page_setup.fitToWidth, page.page_setup.fitToHeight) == ("landscape", 1, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert not page.merged_cells.ranges
    assert not page.protection.sheet
    rule, day = page.data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1, rule.errorStyle) == ("E3", '"confirmed,duplicate"', "warning")
    assert (str(day.sqref), day.type, day.errorStyle, day.allow_blank) == ("F3", "date", "warning", True)
    assert (page["F3"].number_format, page["E3"].number_format) == ("yyyy-mm-dd", "@")
    assert page.column_dimensions["D"].width == 20


@pytest.mark.parametrize(("count", "pages"), [(0, [0]), (8, [8]), (9, [8, 1]), (16, [8, 8]), (17, [8, 8, 1])])
def test_rows_past_the_last_one_go_on_in_a_further_sheet(tmp_path: Path, count: int, pages: list[int]) -> None:
    sheet = one_table(*((f"r{n}",) for n in range(count)))
    book = openpyxl.load_workbook(saved(tmp_path / "a.xlsx", sheet, rows_per_sheet=10))
    assert book.sheetnames == ["Findings", "Findings (2)", "Findings (3)"][: len(pages)]
    assert [list(page.tables) for page in book] == [["Findings"], ["Findings_2"], ["Findings_3"]][: len(pages)]
    found = [cell.value for page in book for (cell,) in page.iter_rows(min_row=3)]
    assert found == ([f"r{n}" for n in range(count)] or ["nothing tonight"])
    assert all((page["A1"].value, page["A2"].value) == ("Findings", "Name") for page in book)


def test_several_tables_do_not_run_past_the_last_row(tmp_path: Path) -> None:
    tables = (Table("A", (NAMES,), [("x",)] * 5), Table("B", (NAMES,), [("x",)] * 5))
    with pytest.raises(ValueError, match="no room"):
        saved(tmp_path / "a.xlsx", Sheet("Coverage", tables), rows_per_sheet=10)


@pytest.mark.parametrize(
    ("sheet", "error", "message"),
    [
        (one_table((datetime(2026, 3, 2, tzinfo=UTC),)), TypeError, "datetime"),
        (one_table((True,)), TypeError, "bool"),
        (one_table((float("nan"),)), ValueError, "nan"),
        (one_table((float("inf"),)), ValueError, "inf"),
        (one_table(("a", "b")), ValueError, "2 values for 1"),
        (one_table(("a", "b"), columns=(NAMES, Column("NAME", 5))), ValueError, "repeat"),
        (one_table(("a",), columns=(Column("", 5),)), ValueError, "empty"),
        (one_table(("a",), columns=(Column("C", 5, choices=("a,b",)),)), ValueError, "literal list"),
        (one_table(("a",), columns=(Column("C", 5, choices=("a" * 256,)),)), ValueError, "literal list"),
        (Sheet("A/B", ()), ValueError, "no names.*A/B"),
        (Sheet("'A", ()), ValueError, "no names.*'A"),
        (Sheet("A" * 32, ()), ValueError, "no names.*A"),
        (Sheet("A", (Table("Of findings", (NAMES,), ()),)), ValueError, "no names.*Of findings"),
    ],
)
def test_what_no_cell_holds_is_refused(tmp_path: Path, sheet: Sheet, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        saved(tmp_path / "a.xlsx", sheet)
    assert list(tmp_path.iterdir()) == []


def test_long_rows_are_tall_but_not_without_end(tmp_path: Path) -> None:
    column = Column("Seen", 20, wrap=True)
    path = saved(tmp_path / "a.xlsx", one_table(("a",), ("b" * 50,), ("c\n" * 100,), columns=(column,)))
    page = openpyxl.load_workbook(path)["Findings"]
    heights = [page.row_dimensions[row].height for row in (3, 4, 5)]
    assert heights == [LINE_POINTS, 3 * LINE_POINTS, LINES_SHOWN * LINE_POINTS]
    taller = Sheet("Notices", (Table("Notices", (column,), [("c\n" * 100,)], most_lines=27),))
    page = openpyxl.load_workbook(saved(tmp_path / "b.xlsx", taller))["Notices"]
    assert page.row_dimensions[2].height == 27 * LINE_POINTS


def luminance(colour: str) -> float:
    """The relative luminance of a colour in hex, as WCAG 2.1 defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(ink: str, paper: str) -> float:
    dark, light = sorted((luminance(ink), luminance(paper)))
    return (light + 0.05) / (dark + 0.05)


def test_text_stands_out_from_what_is_behind_it(tmp_path: Path) -> None:
    tones = {tone.name: tone for tone in Tone}
    columns = (
        Column("Tone", 20, tones=tones), Column("Link", 20, Kind.LINK), Column("Typed", 20, typed=True),
        Column("Both", 20, Kind.LINK, typed=True),
    )  # fmt: skip
    link = Link("x", "https://example.org")
    rows = [(name, link, "x", link) for name in (*tones, "quiet")]
    table = Table("Colours", columns, rows, quiet=frozenset({"quiet"}))
    path = saved(tmp_path / "a.xlsx", Sheet("Colours", (*(Line("x", look) for look in Look), table)))
    cells = [cell for page in openpyxl.load_workbook(path) for row in page.iter_rows() for cell in row if cell.value]
    seen = {(cell.font.color.rgb[2:], cell.fill.fgColor.rgb[2:] if cell.fill.fill_type else "FFFFFF") for cell in cells}
    assert len(seen) > len(Tone) + len(Look)
    assert {pair: ratio for pair in seen if (ratio := contrast(*pair)) < 4.5} == {}


# --- jumps, blanks, and the order that Open XML asks for ---------------------------------------------------------

ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors",
    "smartTags", "drawing",
    "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
"""The children of a worksheet in their order: ECMA-376 part 1, 18.3.1.99 (CT_Worksheet)."""


def test_rows_of_one_target_share_a_link(tmp_path: Path) -> None:
    jumps = [Jump("A-1", "Rul'es", 2), Jump("A-1", "Rul'es", 2), Jump("B-1", "Rul'es", 1), Jump("x", "gone", 1)]
    rules = Sheet("Rul'es", (Line("Rules"), Line("Quoted"), Table("Rules", (NAMES,), [("B-1",), ("A-1",)])))
    path = saved(tmp_path / "a.xlsx", one_table(*((jump,) for jump in [*jumps, Jump("top", "Rul'es")])), rules)
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    links = re.findall(r'<hyperlink ref="([^"]*)" location="([^"]*)" ?/>', xml)
    assert links == [("A3:A4", "'Rul''es'!A5"), ("A5", "'Rul''es'!A4"), ("A7", "'Rul''es'!A1")]
    page = openpyxl.load_workbook(path)["Rul'es"]
    assert [page[link.partition("!")[2]].value for _, link in links] == ["A-1", "B-1", "Rules"]


def test_blanks_stand_behind_their_labels(tmp_path: Path) -> None:
    blanks = Blanks((("Reviewer", Kind.TEXT), ("Decided on", Kind.DATE)), "Once for all rows.")
    columns = tuple(Column(f"C{n}", 9) for n in range(7))
    sheet = Sheet("Findings", (Line("x"), blanks, Table("Findings", columns, [("",) * 7])), keep=5)
    page = openpyxl.load_workbook(saved(tmp_path / "a.xlsx", sheet))["Findings"]
    assert [cell.value for cell in page[2]] == ["Reviewer", None, "Decided on", None, None, "Once for all rows.", None]
    assert [str(rule.sqref) for rule in page.data_validations.dataValidation] == ["D2"]
    assert (page["D2"].number_format, page.freeze_panes) == ("yyyy-mm-dd", "F4")


def test_dense_rows_are_lower(tmp_path: Path) -> None:
    column = Column("Seen", 20, wrap=True)
    table = Table(
        "Findings", (column, replace(column, heading="Aside", folded=True)), [("a" * 90, ""), ("a", "b" * 90)]
    )
    page = openpyxl.load_workbook(
        saved(tmp_path / "a.xlsx", Sheet("Findings", (replace(table, dense=True, most_lines=2),)))
    )["Findings"]
    assert [page.row_dimensions[row].height for row in (2, 3)] == [2 * DENSE_ROW_POINTS, DENSE_POINTS]
    assert page.row_dimensions[2].customHeight  # else typing into the row makes it as high as its longest text
    assert page["A2"].font.sz == 10
    assert (page.column_dimensions["B"].hidden, page.column_dimensions["C"].collapsed) == (True, True)


def test_the_parts_of_a_worksheet_stand_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write.write_workbook(path, report.sheets(nights.night()), created=nights.STARTED, title="Test")
    with zipfile.ZipFile(path) as archive:
        for name in (name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")):
            tags = [child.tag.rpartition("}")[2] for child in ElementTree.fromstring(archive.read(name))]
            assert sorted(tags, key=ORDER.index) == tags
            assert len(set(tags)) == len(tags)
