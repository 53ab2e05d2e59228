"""Sheets as values become an XLSX file. Only this package knows openpyxl, and what Excel asks of a file.

Rows may come from a generator: they are streamed, so that memory does not grow with them. The same sheets, `created`
and `title` give the same bytes. Every text, whoever wrote it, passes through `safe_text` and is stored as text:
nothing in a profile can become a formula, an error value, a date or a link to another workbook.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO

from audit.model.sheet import ROWS_PER_SHEET, Sheet, Table, safe_text
from audit.workbook.cells import Looks
from audit.workbook.package import Package
from audit.workbook.page import Page, row_of_headings
from audit.workbook.styles import program_part, properties_part, stylesheet, theme_part
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
    looks, tops = Looks(), {sheet.name: row_of_headings(sheet) for sheet in sheets}
    with replacing(path) as file:
        plain = BytesIO() if store else file
        with Package(plain) as package:
            package.add("docProps/app.xml", program_part())
            moment = created.astimezone(UTC).replace(tzinfo=None)
            package.add("docProps/core.xml", properties_part(safe_text(title), moment))
            package.add("xl/theme/theme1.xml", theme_part())
            for sheet in sheets:
                _fill(package, looks, sheet, rows_per_sheet, tops)
            package.finish(stylesheet(tuple(looks.asked), tuple(looks.worn)))
        if store:
            assert isinstance(plain, BytesIO)
            store(file, plain.getvalue())


_NO_SHEET_NAME = re.compile(r"[\\*?:/\[\]]|^'|'$|.{32}")
"""What Excel takes in no name of a sheet; the names of tables have letters, digits and "_" alone."""


def _check_names(sheets: Sequence[Sheet]) -> None:
    """Excel asks one name for one thing, whatever its case; a doubled name makes it "repair" the workbook."""
    tables = [part for sheet in sheets for part in sheet.parts if isinstance(part, Table)]
    groups = [[sheet.name for sheet in sheets], [table.name for table in tables]]
    groups += [[column.heading for column in table.columns] for table in tables]
    for names in groups:
        if "" in names or len({name.casefold() for name in names}) < len(names):
            raise ValueError(f"names are empty or repeat: {', '.join(names)}")
    wrong = [sheet.name for sheet in sheets if _NO_SHEET_NAME.search(sheet.name)]
    wrong += [table.name for table in tables if not table.name.isidentifier()]
    if wrong:
        raise ValueError(f"Excel takes these for no names of a sheet or a table: {', '.join(wrong)}")


def _fill(package: Package, looks: Looks, sheet: Sheet, last_row: int, tops: Mapping[str, int]) -> None:
    page = Page(package, looks, sheet, 1, tops)
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
