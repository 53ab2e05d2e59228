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
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine as calamine

ROUNDED = 1e15
"""Excel keeps 15 digits: a whole number from here on has lost some, and is written so that this shows (1.2E+17)."""
MERGED = 10_000
"""Merged cells of a sheet that are told of."""
CELLS = 40_000_000
"""Rows times columns of the largest sheet that is read."""


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
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value)) if abs(value) < ROUNDED else f"{value:.14E}"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value.total_seconds()) if isinstance(value, timedelta) else str(value)


def merged_down(table: calamine.CalamineSheet) -> list[list[int]]:
    """The cells of a sheet that are merged over several rows: [first row, last row, first column] of each, from 0."""
    ranges = table.merged_cell_ranges or []
    return [[first[0], last[0], first[1]] for first, last in ranges if last[0] > first[0]][:MERGED]


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
            yield {"sheets": names, "sheet": chosen, "visible": chosen in visible, "merged": merged_down(table)}
            for row in table.to_python(skip_empty_area=False):
                yield [cell_text(value) for value in row]


def main(arguments: list[str]) -> int:
    """Print the answer for FILE SHEET MEMORY CPU; 0 for an answer, 1 for an error line."""
    path, sheet, memory, seconds = arguments
    limit(int(memory), int(seconds))
    try:
        for line in answer(path, sheet):
            sys.stdout.write(json.dumps(line) + "\n")
    except calamine.PasswordError:
        fault = {"error": "encrypted", "detail": ""}
    except MemoryError:
        fault = {"error": "memory", "detail": ""}
    except (calamine.CalamineError, OSError, ValueError) as problem:
        fault = {"error": "damaged", "detail": str(problem)[:200]}
    else:
        return 0
    sys.stdout.write(json.dumps(fault) + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
