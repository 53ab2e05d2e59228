"""Workbooks for the tests: written with openpyxl, or put together part by part where no library would write them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

Writer = Callable[..., Path]


@pytest.fixture
def written() -> Writer:
    return _written


@pytest.fixture
def with_parts() -> Writer:
    return _with_parts


def _written(path: Path, rows: Sequence[Sequence[Any]], title: str = "Sheet1", *, before: Sequence[str] = ()) -> Path:
    """A workbook with one filled sheet, after the empty sheets named in `before`."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in before:
        book.create_sheet(name)
    sheet = book.create_sheet(title)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # else openpyxl takes "=Jane" for a formula
    book.save(path)
    book.close()
    return path


def _with_parts(source: Path, target: Path, parts: Mapping[str, bytes | str]) -> Path:
    """A copy of a workbook with further or other parts in its archive."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in archive.infolist():
            if entry.filename not in parts:
                copy.writestr(entry, archive.read(entry))
        for name, content in parts.items():
            copy.writestr(name, content)
    return target
