"""Sheets as values become an XLSX file. Only this package knows openpyxl.

Rows may come from a generator: they are streamed, so that memory does not grow with them. The same sheets, `created`
and `title` give the same bytes. Every text, whoever wrote it, passes through `safe_text` and is stored as text:
nothing in a profile can become a formula, an error value, a date or a link to another workbook.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook

from audit.model.sheet import ROWS_PER_SHEET, Sheet, Table, safe_text
from audit.workbook.insides import close_what_is_open, write_archive
from audit.workbook.page import Page, row_of_headings
from audit.workbook.scratch import Scratch
from audit.workbook.whole_file import replacing


def write_workbook(
    path: Path,
    sheets: Sequence[Sheet],
    *,
    created: datetime,
    title: str,
    rows_per_sheet: int = ROWS_PER_SHEET,
    store: Callable[[IO[bytes], bytes], None] | None = None,
) -> None:
    """Write the sheets to `path`, mode 0640, complete or not at all: an older file there stands until the new one is.

    `created` is an aware time, `title` goes into the file's properties; both are part of the bytes. `store` writes the
    finished bytes into the open file in another form (encrypted); they are then nowhere on the disk, and where it
    raises, the older file stands. OSError where the folder cannot be written; ValueError or TypeError for a value that
    no cell holds.
    """
    _check_names(sheets)
    book = Workbook(write_only=True)
    moment = created.astimezone(UTC).replace(tzinfo=None)
    book.properties.creator = "identity-audit"
    book.properties.title, book.properties.language = safe_text(title), "en-US"
    book.properties.created = book.properties.modified = moment
    try:
        tops = {sheet.name: row_of_headings(sheet) for sheet in sheets}
        for sheet in sheets:
            _fill(book, sheet, rows_per_sheet, tops)
        with replacing(path) as file:
            plain = BytesIO() if store else file
            with _SteadyZip(plain, "w", ZIP_DEFLATED) as archive:
                write_archive(book, archive)
            if store:
                assert isinstance(plain, BytesIO)
                store(file, plain.getvalue())
    finally:
        close_what_is_open(book)


def _check_names(sheets: Sequence[Sheet]) -> None:
    """Excel asks one name for one thing, whatever its case; a doubled name makes it "repair" the workbook."""
    tables = [part for sheet in sheets for part in sheet.parts if isinstance(part, Table)]
    groups = [[sheet.name for sheet in sheets], [table.name for table in tables]]
    groups += [[column.heading for column in table.columns] for table in tables]
    for names in groups:
        if "" in names or len({name.casefold() for name in names}) < len(names):
            raise ValueError(f"names are empty or repeat: {', '.join(names)}")


class _SteadyZip(ZipFile):
    """A zip whose entries all bear one time and one system, so that equal content gives equal bytes."""

    def _steady(self, name: str) -> ZipInfo:
        info = ZipInfo(name)
        info.compress_type = ZIP_DEFLATED
        info.create_system = 3
        info.external_attr = 0o600 << 16
        return info

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        super().writestr(self._steady(str(zinfo_or_arcname)), data)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        assert isinstance(filename, Scratch)
        with filename.again() as source, self.open(self._steady(str(arcname)), "w", force_zip64=True) as entry:
            shutil.copyfileobj(source, entry, 1 << 20)


def _fill(book: Workbook, sheet: Sheet, last_row: int, tops: Mapping[str, int]) -> None:
    page = Page(book, sheet, 1, tops)
    single = sum(isinstance(part, Table) for part in sheet.parts) == 1
    for part in sheet.parts:
        if not isinstance(part, Table):
            page.above(part)
            continue
        page.heading(part)
        for row in part.rows:
            if page.row == last_row:
                if not single:
                    raise ValueError(f"{sheet.name}: several tables, and no room for their rows")
                page = page.continued(part)
            page.values(row)
        page.end_table()
    page.close()
