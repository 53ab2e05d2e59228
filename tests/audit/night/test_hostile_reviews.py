"""Copies and folders made to hurt, or merely odd: each costs itself alone, and is told."""

from __future__ import annotations

import os
import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from audit.night.reviewers_copy import read_copy
from audit.night.reviews_folder import read_folder
from connectors.bounds import LONGEST


def workbook(note: str, letters: int = 0) -> bytes:
    """A copy in which one finding has this note; LONG in it stands for so many `letters`."""
    book, plain, made = Workbook(), BytesIO(), BytesIO()
    page = book.active
    assert page is not None
    page.append(["Finding ID", "Disposition", "Note"])
    page.append(["E-1-0123456789ab", "confirmed", note])
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"LONG", b"y" * letters))
    return made.getvalue()


def test_a_note_longer_than_excel_takes_is_cut_and_told() -> None:
    copy = read_copy(workbook("LONG", 90_000), "copy.xlsx", "0" * 64, datetime(2026, 3, 4, tzinfo=UTC))
    (row,) = copy.rows
    assert sorted(row.words.values()) == ["confirmed", "y" * LONGEST]
    (problem,) = copy.problems
    assert problem.where == "copy.xlsx:Sheet:2"
    assert "more than 32,767 letters" in problem.reason


@pytest.mark.parametrize(
    ("cell", "note"),
    [
        (b"<c><f>-asked her</f></c>", "=-asked her"), (b"<c><f>-asked her</f><v /></c>", "=-asked her"),
        (b'<c t="e"><f>-asked her</f><v>#NAME?</v></c>', "=-asked her"), (b'<c t="e"><v>#N/A</v></c>', "#N/A"),
        (b"<c><f>1+1</f><v>2</v></c>", "2"), (b'<c t="str"><f>IF(1,"","")</f><v></v></c>', ""),
    ],
)  # fmt: skip
def test_a_note_that_excel_took_for_a_formula_is_read_as_it_was_typed(cell: bytes, note: str) -> None:
    book = workbook("LONG", 1)
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part, times = re.subn(rb'<c r="C2"[^>]*>.*?</c>', cell.replace(b"<c", b'<c r="C2"', 1), part)
                assert times == 1
            new.writestr(name, part)
    copy = read_copy(made.getvalue(), "copy.xlsx", "0" * 64, datetime(2026, 3, 4, tzinfo=UTC))
    (row,) = copy.rows
    assert (sorted(row.words.values()), copy.problems) == (sorted(["confirmed", note]), ())


def test_a_name_that_is_no_utf_8_is_read_like_any_other(tmp_path: Path) -> None:
    reviews = tmp_path / "reviews"
    reviews.mkdir()
    try:
        (reviews / os.fsdecode(b"caf\xe9.xlsx")).write_bytes(workbook("seen"))
    except OSError:
        pytest.skip("this system takes no such names")
    (reviews / "other.xlsx").write_bytes(workbook("known"))
    found = read_folder(reviews, tmp_path / "out", ())
    assert [copy.name for copy in found.copies] == ["caf\ufffd.xlsx", "other.xlsx"]
    assert found.problems == []


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed, listing = tmp_path / "reviews" / "closed", os.scandir
    closed.mkdir(parents=True)
    (tmp_path / "reviews" / "other.xlsx").write_bytes(workbook("known"))

    def refused(path: str) -> object:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(closed))
        return listing(path)

    monkeypatch.setattr(os, "scandir", refused)
    found = read_folder(tmp_path / "reviews", tmp_path / "out", ())
    assert [copy.name for copy in found.copies] == ["other.xlsx"]
    (problem,) = found.problems
    assert problem.where == str(closed)
    assert "cannot be looked into" in problem.reason


def test_no_folder_holds_nothing(tmp_path: Path) -> None:
    found = read_folder(tmp_path / "reviews", tmp_path / "out", ())
    assert (found.copies, found.problems) == ((), [])
