"""Time and peak memory of writing findings, each way in a process of its own, and their ratios.

Run from the repository's root: python -m tests.benchmarks.bench_workbook [rows]
"""

from __future__ import annotations

import importlib.util
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import cycle, islice
from pathlib import Path

from openpyxl import Workbook

from audit import report
from audit.model.sheet import Link, Row, Sheet, Table
from audit.workbook import write
from tests.audit import nights


def findings_table() -> Table:
    sheet = next(sheet for sheet in report.sheets(nights.night(200)) if sheet.name == "Findings")
    return next(part for part in sheet.parts if isinstance(part, Table))


def rows(count: int) -> Iterator[Row]:
    """So many rows of the sheet "Findings", made one at a time, none of them kept."""
    return islice(cycle(tuple(findings_table().rows)), count)


def plain(value: object) -> object:
    return value.text if isinstance(value, Link) else value


def ours(path: Path, count: int) -> None:
    sheet = Sheet("Findings", (Table("Findings", findings_table().columns, rows(count)),))
    write.write_workbook(path, [sheet], created=nights.STARTED, title="Benchmark")


def openpyxl_bare(path: Path, count: int) -> None:
    """Neither style nor table nor link, and a "=" is a formula: the least that openpyxl can do."""
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for row in rows(count):
        page.append([plain(value) for value in row])
    book.save(path)


def xlsxwriter_constant_memory(path: Path, count: int) -> None:
    """The same cells with text format, dates and links."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet()
    text, day = book.add_format({"num_format": "@", "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
    links = 0
    for n, row in enumerate(rows(count)):
        for at, value in enumerate(row):
            if isinstance(value, Link) and links < 65_530:
                links += 1
                page.write_url(n, at, value.url, text, value.text)
            elif isinstance(value, date):
                page.write_datetime(n, at, value, day)
            elif value:
                page.write_string(n, at, str(plain(value)), text)
            else:
                page.write_blank(n, at, None, text)
    book.close()


WAYS: dict[str, Callable[[Path, int], None]] = {
    "ours": ours,
    "openpyxl_bare": openpyxl_bare,
    "xlsxwriter_constant_memory": xlsxwriter_constant_memory,
}


def measure(way: str, count: int) -> tuple[float, float]:
    """Seconds and peak megabytes of one way, in a fresh process."""
    order = [sys.executable, "-m", "tests.benchmarks.bench_workbook", way, str(count)]
    said = subprocess.run(order, check=True, capture_output=True, text=True).stdout.split()
    return float(said[0]), float(said[1])


def main(arguments: list[str]) -> None:
    if arguments and arguments[0] in WAYS:
        way, count = arguments[0], int(arguments[1])
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            WAYS[way](Path(folder) / "bench.xlsx", count)
            seconds = time.perf_counter() - began
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        sys.stdout.write(f"{seconds:.2f} {kilobytes / 1024:.1f}\n")
        return
    count = int(arguments[0]) if arguments else 20_000
    measured = {
        way: measure(way, count) for way in WAYS if way[:10] != "xlsxwriter" or importlib.util.find_spec("xlsxwriter")
    }
    small, _ = measure("ours", max(1, count // 10))
    for way, (seconds, megabytes) in measured.items():
        ratio = measured["ours"][0] / seconds
        sys.stdout.write(
            f"{way:28} {count:9,} rows {seconds:8.1f} s {megabytes:8.1f} MB  ours takes {ratio:.2f} times\n"
        )
    sys.stdout.write(f"{'ours, a tenth':28} {max(1, count // 10):9,} rows {small:8.1f} s {_:8.1f} MB\n")


if __name__ == "__main__":
    main(sys.argv[1:])
