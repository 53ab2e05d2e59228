"""The child process that parses a workbook: run as a script, it prints one JSON value a line and holds its limits.

Usage: python -P sheet_reader.py FILE SHEET MEMORY_BYTES CPU_SECONDS (FILE "-": standard input; an empty SHEET: the
first visible one; "*": each in turn). First line: {"sheets": [...], "sheet": "...", "visible": ..., "merged": [...]} or
{"error": "...", "detail": "..."}; then every row of the sheet from row 1 as a list of texts. It imports nothing of this
package, so it starts fast and needs no search path.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine as calamine

ROUNDED = 1e15
"""Excel keeps 15 digits: a whole number from here on has lost some, and is written so that this shows (1.2E+17)."""
HEAD = 100
"""Rows in which a cell that is merged over several columns may name a group of headings."""
CELLS = 40_000_000
"""Rows times columns of the largest sheet that is read."""


LONGEST = 32_767
"""Letters that Excel takes for a cell; of a longer one so many and one more are given, by which it shows."""


def limit(memory: int, seconds: int) -> None:
    """Bound this process's address space (bytes) and CPU time, where the system knows such limits."""
    try:
        import resource  # noqa: PLC0415  (absent on Windows)
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def cell_text(value: Any) -> str:
    """A cell as an export would write it: whole numbers without ".0", dates in ISO form, missing as empty text."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST else value[: LONGEST + 1]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value)) if abs(value) < ROUNDED else f"{value:.14E}"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value.total_seconds()) if isinstance(value, timedelta) else str(value)


def merged_cells(table: calamine.CalamineSheet) -> list[list[int]]:
    """The cells of a sheet that are merged over several rows, and in its first rows over several columns: [first row,
    last row, first column, last column] of each, from 0."""
    ranges = table.merged_cell_ranges or []
    return [[first[0], last[0], first[1], last[1]] for first, last in ranges if last[0] > first[0] or first[0] < HEAD]


def answer(path: str, sheet: str) -> Iterator[Any]:
    """The lines to print for one workbook: what there is, then the rows."""
    with calamine.load_workbook(io.BytesIO(sys.stdin.buffer.read()) if path == "-" else path) as workbook:
        tables = [data for data in workbook.sheets_metadata if data.typ == calamine.SheetTypeEnum.WorkSheet]
        names = [data.name for data in tables]
        visible = [data.name for data in tables if data.visible == calamine.SheetVisibleEnum.Visible]
        asked = sheet.strip().casefold()
        matching = [name for name in names if name.strip().casefold() == asked] if asked else visible or names
        if not matching and not (asked == "*" and names):
            yield {"error": "sheet", "detail": "", "sheets": names}
            return
        for chosen in names if asked == "*" else [sheet if sheet in names else matching[0]]:
            table = workbook.get_sheet_by_name(chosen)
            if table.total_height * table.total_width > CELLS:
                yield {"error": "large", "detail": f"{table.total_height:,} rows by {table.total_width:,} columns"}
                return
            yield {"sheets": names, "sheet": chosen, "visible": chosen in visible, "merged": merged_cells(table)}
            for row in table.to_python(skip_empty_area=False):
                yield [cell_text(value) for value in row]


ZEROS = re.compile(rb"""formatCode="(?!0"|#")(?:&quot;[^"&]*&quot;|\\.|[- 0#])+[";]""")
FAULTY = re.compile(rb"""<c\b[^>]*\bt=["']e["']""")
"""What in the parts of a workbook tells that its cells show something else than the parser gives: number formats that
put zeros or words in front, and cells whose formula failed (which the parser gives as empty)."""
DIGITS = re.compile(r"""(?:[0#]|"[^"]*"|\\.|[- ])*""")
PIECES = re.compile(r"""[0#]|"([^"]*)"|\\(.)|([- ])""")
BARE = frozenset(("0", "#"))
"""Number formats that show a whole number as it is."""


def as_shown(lines: Iterator[Any], path: str) -> Iterator[Any]:
    """The lines, with ids that only their number format gives zeros (001003) as the sheet shows them, and the errors of
    failed formulas (#VALUE!) in the place of nothing.

    A second reader looks for these, and only in a workbook that has such formats or errors.
    """
    if path == "-" or not _differs(path):
        yield from lines
        return
    import openpyxl  # noqa: PLC0415  (slow to start, and seldom needed)

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    seen: Iterator[Any] = iter(())
    for line in lines:
        if isinstance(line, dict) and "error" not in line:
            sheet = book[line["sheet"]]
            sheet.reset_dimensions()
            seen = sheet.iter_rows()
        elif isinstance(line, list):
            for position, cell in enumerate(next(seen, ())):
                if position < len(line) and (text := _shown(cell)):
                    line[position] = text
        yield line


def _differs(path: str) -> bool:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            pattern = FAULTY if name.startswith("xl/worksheets/") else ZEROS if name == "xl/styles.xml" else None
            if pattern and pattern.search(archive.read(name)):
                return True
    return False


def _shown(cell: Any) -> str:
    """What a cell shows where the parser says otherwise; else empty."""
    if cell.data_type == "e":
        return str(cell.value)[:LONGEST]
    form = str(cell.number_format or "").partition(";")[0]
    places = form.count("0") + form.count("#")
    if cell.data_type != "n" or not places or form in BARE or not DIGITS.fullmatch(form):
        return ""
    if isinstance(cell.value, bool) or not isinstance(cell.value, int | float) or cell.value < 0 or cell.value % 1:
        return ""
    digits = str(int(cell.value)).rjust(places)
    before, left = digits[: len(digits) - places], iter(digits[len(digits) - places :])
    shown: list[str] = []
    for piece in PIECES.finditer(form):
        if piece[0] in BARE:
            digit = next(left)
            shown.append(before + (digit if digit != " " else "0" * (piece[0] == "0")))
            before = ""
        else:
            shown.append(piece[1] or piece[2] or piece[3] or "")
    return "".join(shown)


def print_sheet(arguments: list[str]) -> int:
    """Print the answer for FILE SHEET MEMORY CPU; 0 for an answer, 1 for an error line."""
    path, sheet, memory, seconds = arguments
    limit(int(memory), int(seconds))
    try:
        for line in as_shown(answer(path, sheet), path):
            sys.stdout.write(json.dumps(line) + "\n")
    except calamine.PasswordError:
        fault = {"error": "encrypted", "detail": ""}
    except MemoryError:
        fault = {"error": "memory", "detail": ""}
    except (calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError, KeyError, SyntaxError) as problem:
        fault = {"error": "damaged", "detail": str(problem)[:200]}
    else:
        return 0
    sys.stdout.write(json.dumps(fault) + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(print_sheet(sys.argv[1:]))
