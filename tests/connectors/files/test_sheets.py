"""Workbooks: what is read, and what is refused with which sentence before a parser sees it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors import files
from connectors.contract import Raw, Source, SourceChanged, SourceDown
from connectors.files import formats, sheets

HEAD = ("Platform", "Account ID", "handle", "bio")
FIELDS = ("platform", "account_id", "handle", "bio")


@pytest.fixture
def book(tmp_path: Path, written: Callable[..., Path]) -> Path:
    return written(tmp_path / "export.xlsx", [HEAD, ("x", "123456789012345678", "ann", "garden")])


def rows(path: Path, **options: str) -> list[Raw]:
    source = Source("export", path.parent, {"path": path.name, **options})
    return [item for item in files.rows(source, FIELDS, ("platform",)) if isinstance(item, Raw)]


def refusal(path: Path, **options: str) -> str:
    with pytest.raises(SourceDown) as caught:
        rows(path, **options)
    return str(caught.value)


def test_cells_become_the_text_an_export_would_hold(tmp_path: Path, written: Callable[..., Path]) -> None:
    path = written(
        tmp_path / "export.xlsx",
        [
            [],
            HEAD,
            ("x", 123, "ann", 1.5),
            ("x", 123456789012345678, "NULL", True),
            [],
            ("x", "0012", "NA", date(2024, 2, 29)),
            ("x", "1", "b", datetime(2024, 2, 29, 13, 5)),  # noqa: DTZ001
        ],
    )
    found = rows(path)
    assert [(item.where, *(item.values[name] for name in FIELDS)) for item in found] == [
        ("export.xlsx:Sheet1:3", "x", "123", "ann", "1.5"),
        ("export.xlsx:Sheet1:4", "x", "1.23456789012346E+17", "NULL", "true"),
        ("export.xlsx:Sheet1:6", "x", "0012", "NA", "2024-02-29"),
        ("export.xlsx:Sheet1:7", "x", "1", "b", "2024-02-29T13:05:00"),
    ]


def test_text_survives_as_it_is(book: Path) -> None:
    assert rows(book)[0].values == {
        "platform": "x",
        "account_id": "123456789012345678",
        "handle": "ann",
        "bio": "garden",
    }


def test_sheets_are_chosen_by_name_and_listed_where_none_matches(tmp_path: Path, written: Callable[..., Path]) -> None:
    path = written(tmp_path / "export.xlsx", [HEAD, ("x", "1", "ann", "")], "Accounts", before=("Cover",))
    assert [item.where for item in rows(path, sheet="accounts ")] == ["export.xlsx:Accounts:2"]
    assert "has no sheet 'People'. Its sheets are: 'Cover', 'Accounts'" in refusal(path, sheet="People")
    assert [item.where for item in rows(path)] == ["export.xlsx:Accounts:2"]
    assert "export.xlsx: every sheet is empty" in refusal(written(tmp_path / "export.xlsx", [[]]))


def test_headings_that_do_not_serve_name_the_sheet(book: Path) -> None:
    source = Source("export", book.parent, {"path": book.name})
    with pytest.raises(
        SourceChanged, match=r"export\.xlsx:Sheet1: no column is headed url.*'Account ID'.*columns = \{ url = "
    ):
        list(files.rows(source, ("platform", "url"), ("url",)))


PARTS = [
    ({"xl/vbaProject.bin": "x"}, "holds macros"),
    ({"xl/macrosheets/sheet1.xml": "x"}, "holds macros"),
    ({"xl/externalLinks/externalLink1.xml": "<externalLink><externalBook/></externalLink>"}, "links to other files"),
    (
        {"xl/externalLinks/externalLink1.xml": "<externalLink><ddeLink ddeService='cmd'/></externalLink>"},
        "holds a DDE link",
    ),
    ({"xl/connections.xml": "<connections/>"}, "links to other files or data sources"),
    ({"../outside.xml": "x"}, "path outside the workbook"),
    ({"xl/../../outside.xml": "x"}, "path outside the workbook"),
    ({"/etc/passwd": "x"}, "path outside the workbook"),
    ({"XL/workbook.XML": "x"}, "two parts of one name"),
    ({"xl/workbook.bin": "x"}, "binary workbook"),
    ({"xl/media/bomb.xml": b"\0" * 20 * 1024**2}, "like a zip bomb"),
    ({f"xl/media/{number}.xml": "" for number in range(2100)}, "parts; at most 2,000"),
]


@pytest.mark.parametrize(("parts", "sentence"), PARTS, ids=[sentence for _, sentence in PARTS])
def test_unsafe_archives_are_refused(
    parts: dict[str, bytes], sentence: str, book: Path, tmp_path: Path, with_parts: Callable[..., Path]
) -> None:
    path = with_parts(book, tmp_path / "unsafe.xlsx", parts)
    said = refusal(path)
    assert said.startswith("unsafe.xlsx ")
    assert sentence in said


def test_a_macro_workbook_under_another_name_is_refused(
    book: Path, tmp_path: Path, with_parts: Callable[..., Path]
) -> None:
    with zipfile.ZipFile(book) as archive:
        types = archive.read("[Content_Types].xml").decode()
    changed = types.replace(
        "openxmlformats-officedocument.spreadsheetml.sheet.main+xml", "ms-excel.sheet.macroEnabled.main+xml"
    )
    assert changed != types
    path = with_parts(book, tmp_path / "renamed.xlsx", {"[Content_Types].xml": changed})
    assert "declared as a macro workbook" in refusal(path) or "holds macros" in refusal(path)


CONTENTS = [
    ("old.xls", formats.OLE2 + b"\0" * 600, "old Excel format"),
    ("old.xlsx", formats.OLE2 + b"\0" * 600, "old Excel format (.xls) under another name"),
    ("locked.xlsx", formats.OLE2 + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "is encrypted"),
    ("macros.xlsm", b"PK\x03\x04", "workbook with macros"),
    ("binary.xlsb", b"PK\x03\x04", "binary workbook"),
    ("page.xlsx", b"<html>Please sign in</html>", "is a web page (HTML) under another name"),
    ("table.xlsx", b"platform,handle\nx,ann\n", "holds text and is no Excel workbook"),
    ("noise.xlsx", b"\x05\x00\x01\x02", "no Excel workbook, or it is damaged"),
    ("cut.xlsx", b"PK\x03\x04 cut off here", "no Excel workbook, or it is damaged"),
    ("empty.xlsx", b"", "is empty (0 bytes)"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), CONTENTS, ids=[name for name, _, _ in CONTENTS])
def test_other_formats_are_refused(name: str, content: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert sentence in refusal(tmp_path / name)


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letters.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("letter.txt", "hello")
    assert "is a zip archive but no Excel workbook" in refusal(path)


def test_size_and_unpacked_size_have_limits(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "SIZE", 100)
    assert "workbooks are read up to" in refusal(book)
    monkeypatch.undo()
    monkeypatch.setattr(sheets, "WORKBOOK_UNPACKED", 100)
    assert "unpacks to" in refusal(book)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a process's memory")
def test_a_parser_out_of_memory_or_time_is_a_sentence(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MEMORY", 10 * 1024**2)
    assert "export.xlsx" in refusal(book)
    monkeypatch.undo()
    monkeypatch.setattr(sheets, "SECONDS", 0)
    assert "could not be parsed within" in refusal(book)


def test_a_cell_far_away_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(list(HEAD))
    book.active["XFD1048576"] = "stray"
    book.save(tmp_path / "far.xlsx")
    book.close()
    said = refusal(tmp_path / "far.xlsx")
    assert "far.xlsx" in said
    assert "Export it as CSV" in said or "stray cell" in said


def test_an_abandoned_read_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: Callable[..., Path]
) -> None:
    written(tmp_path / "long.xlsx", [HEAD, *(("x", str(number), "ann", "") for number in range(5000))])
    children: list[subprocess.Popen[str]] = []
    start = subprocess.Popen

    def noted(*arguments: object, **named: object) -> subprocess.Popen[str]:
        children.append(start(*arguments, **named))  # type: ignore[call-overload]
        return children[-1]

    monkeypatch.setattr("connectors.files.sheets.subprocess.Popen", noted)
    items: Any = files.rows(Source("export", tmp_path, {"path": "long.xlsx"}), FIELDS)
    next(items)
    items.close()
    assert [child.poll() is not None for child in children] == [True]


def test_a_lone_surrogate_rejects_its_row(tmp_path: Path) -> None:
    from connectors.contract import Rejected

    path = tmp_path / "export.jsonl"
    path.write_text(
        '{"platform": "x", "bio": "\\ud800"}\n{"platform": "x", "bio": "\\ud83d\\ude00"}\n', encoding="utf-8"
    )
    found = list(files.rows(Source("export", tmp_path, {"path": path.name}), FIELDS))
    assert [type(item) for item in found] == [Rejected, Raw]
