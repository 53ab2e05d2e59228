"""The example that lies in the repository is what a night writes today."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.made import sample_night
from tests.paths import ROOT

EXAMPLE = ROOT / "data" / "sample" / "example"
AGAIN = "it is not what the night writes; make it again: python data/sample/make_example.py"
LARGEST = 250_000
"""Bytes of the folder: everybody who clones the repository gets them."""


def cells(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


@pytest.mark.parametrize(("name", "written"), [("audit.xlsx", "audit.xlsx"), ("17.xlsx", "agencies/17 *.xlsx")])
def test_the_example_is_what_the_sample_night_writes(
    name: str, written: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (book,) = (sample_night(tmp_path_factory) / "out" / "2026-11-20").glob(written)
    night = cells(book)
    shown = cells(EXAMPLE / name)
    assert list(shown) == list(night), AGAIN
    for sheet, rows in night.items():
        assert shown[sheet] == rows, f"{sheet}: {AGAIN}"


def test_the_example_is_small_and_names_nobody_s_machine() -> None:
    assert {path.name for path in EXAMPLE.iterdir()} == {"audit.xlsx", "17.xlsx"}
    assert sum(path.stat().st_size for path in EXAMPLE.iterdir()) < LARGEST
    for path in EXAMPLE.iterdir():
        with zipfile.ZipFile(path) as book:
            text = b"".join(book.read(name) for name in book.namelist())
        assert str(ROOT).encode() not in text
        assert b"/tmp/" not in text
