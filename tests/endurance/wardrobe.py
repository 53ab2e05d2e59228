"""Ways to write a table that mean the same: what spreadsheets, portals and scripts make of the rows of an export."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import openpyxl
import pyarrow as pa
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table as ExcelTable
from pyarrow import parquet

Table = list[list[str]]
"""Rows of cells, the headings first."""
Files = Mapping[str, bytes]
"""What is handed in, by file name; several files lie in a folder."""


@dataclass(frozen=True)
class Clothes:
    """One way to write a file. `lossy`: something is lost, so that a difference is right where it is told. `only`: the
    files of FILES that may be written so; none: all."""

    name: str
    write: Callable[[Table], Files]
    only: tuple[str, ...] = ()
    lossy: bool = False


FILES = {
    "accounts": "accounts/monitoring_export.csv",
    "directory": "hr.csv",
    "registry": "official_accounts.csv",
    "agencies": "agencies.csv",
}
"""The files of the sample that are written in other ways."""


# How a table becomes a file -----------------------------------------------------------------------------------------


def as_csv(
    table: Table,
    *,
    separator: str = ",",
    encoding: str = "utf-8",
    ends: str = "\r\n",
    quoting: int = csv.QUOTE_MINIMAL,
    name: str = "export.csv",
) -> Files:
    """The table as text with separators."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=ends, quoting=quoting).writerows(table)  # type: ignore[arg-type]
    return {name: text.getvalue().encode(encoding, errors="strict" if "utf" in encoding else "replace")}


def as_workbook(
    table: Table,
    *,
    days: bool = False,
    title: bool = False,
    notes_first: bool = False,
    excel_table: bool = False,
    hidden: bool = False,
    numbers: bool = False,
) -> Files:
    """The table as a workbook: with days and numbers in cells of their kind, a title above, a sheet before it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if notes_first:
        sheet.title = "About"
        sheet.append(["Prepared by the help desk on request."])
        sheet = book.create_sheet("Export")
    if title:
        sheet.append(["Quarterly export", "", "confidential"])
        sheet.append([])
    for number, row in enumerate(table):
        sheet.append([_cell(text, days=days, numbers=numbers) if number else text for text in row])
    if excel_table:
        end = f"{get_column_letter(len(table[0]))}{len(table)}"
        sheet.add_table(ExcelTable(displayName="Export", ref=f"A1:{end}"))
    if hidden:
        sheet.column_dimensions["B"].hidden = True
        sheet.row_dimensions[3].hidden = True
        sheet.freeze_panes = "C2"
        for cell in sheet[1]:
            cell.font = Font(bold=True)
    held = io.BytesIO()
    book.save(held)
    return {"export.xlsx": held.getvalue()}


_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)Z")


def _cell(text: str, *, days: bool, numbers: bool) -> str | int | date | datetime:
    if days and _DAY.fullmatch(text):
        return date.fromisoformat(text)
    if days and _MOMENT.fullmatch(text):
        return datetime.fromisoformat(text.removesuffix("Z"))
    if numbers and text.isdecimal() and len(text) < 15 and not text.startswith("0"):
        return int(text)
    return text


def as_json(table: Table, *, lines: bool = False, wrapped: str = "", nulls: bool = False) -> Files:
    """The table as a list of objects, in an object of its own, or an object a line."""
    headings, *rows = table
    objects = [{name: cell if cell or not nulls else None for name, cell in zip(headings, row)} for row in rows]  # noqa: B905
    if lines:
        return {"export.jsonl": "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects).encode()}
    return {"export.json": json.dumps({wrapped: objects} if wrapped else objects, indent=1).encode()}


def as_parquet(table: Table) -> Files:
    """The table as columns of text."""
    headings, *rows = table
    held = io.BytesIO()
    columns = zip(*rows, strict=True)
    parquet.write_table(pa.table({name: list(cells) for name, cells in zip(headings, columns, strict=True)}), held)
    return {"export.parquet": held.getvalue()}


def packed(files: Files) -> Files:
    """The files in one archive."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return {"export.zip": held.getvalue()}


def gzipped(files: Files) -> Files:
    """Each file by itself, compressed."""
    return {f"{name}.gz": gzip.compress(content) for name, content in files.items()}


def in_parts(table: Table, parts: int = 3, overlap: int = 0) -> Files:
    """The table as several files in a folder, of which each repeats the last rows of the one before."""
    headings, *rows = table
    size = -(-len(rows) // parts)
    pieces = [rows[max(0, start - overlap) : start + size] for start in range(0, len(rows), size)]
    return {
        f"part-{number}.csv": as_csv([headings, *piece])["export.csv"] for number, piece in enumerate(pieces, start=1)
    }


def large(table: Table, write: Callable[[Table], Files] = as_csv) -> Files:
    """The table with so many further rows that it is read in batches: rows of nobody's, before and behind its own."""
    headings, *rows = table
    many = [_nobody(headings, number) for number in range(60_000)] if headings else []
    return write([headings, *many[:30_000], *rows, *many[30_000:]])


def _nobody(headings: list[str], number: int) -> list[str]:
    shown = {
        "platform": "reddit",
        "account_id": f"77{number:09}",
        "handle": f"otter_and_kelp_{number}",
        "url": f"https://www.reddit.com/user/otter_and_kelp_{number}",
        "display_name": "Otter",
        "bio": "Paddles at dawn, bakes at night, and reads whatever the mobile library brings along on a Thursday.",
        "emails": "" if number % 15 else f"hello{number}@mailroom.example",
        "links": "" if number % 3 else f"https://otter{number}.example/",
        "registered_email": f"otter{number}@mailroom.example",
        "created_at": "2020-05-05T10:00:00Z",
        "observed_at": "2026-11-19T02:00:00Z",
    }
    return [shown.get(name, "") for name in headings]


# How the rows are changed -------------------------------------------------------------------------------------------


def in_columns(table: Table, change: Callable[[str], str], names: tuple[str, ...], *, rows: int = 0) -> Table:
    """The table with the cells of some columns written otherwise; `rows`: of each that many rows alone."""
    headings, *body = table
    places = {number for number, name in enumerate(headings) if name in names}
    return [
        headings,
        *(
            [
                change(cell) if at in places and cell and (not rows or number % rows == 0) else cell
                for at, cell in enumerate(row)
            ]
            for number, row in enumerate(body)
        ),
    ]


def everywhere(table: Table, change: Callable[[str], str]) -> Table:
    """The table with every cell but the headings written otherwise."""
    headings, *rows = table
    return [headings, *([change(cell) for cell in row] for row in rows)]


def headed(table: Table, change: Callable[[str], str]) -> Table:
    """The table with its headings written otherwise."""
    return [[change(name) for name in table[0]], *table[1:]]


def shuffled_rows(table: Table) -> Table:
    """The rows in another order."""
    headings, *rows = table
    return [headings, *random.Random(3).sample(rows, len(rows))]


def shuffled_columns(table: Table) -> Table:
    """The columns in another order."""
    order = random.Random(5).sample(range(len(table[0])), len(table[0]))
    return [[row[at] for at in order if at < len(row)] for row in table]


def with_column(table: Table, name: str, cell: Callable[[int], str], at: int = 1) -> Table:
    """The table with a further column."""
    return [[*row[:at], cell(number) if number else name, *row[at:]] for number, row in enumerate(table)]


def without_column(table: Table, *names: str) -> Table:
    """The table without some columns."""
    kept = [at for at, name in enumerate(table[0]) if name not in names]
    return [[row[at] for at in kept] for row in table]


def without_last_commas(content: bytes) -> bytes:
    """A CSV whose rows end with their last filled cell."""
    return re.sub(rb",+\r\n", b"\r\n", content)


def headed_again(table: Table) -> Table:
    """The headings once more before every hundredth row."""
    return [row for at in range(0, len(table), 100) for row in (*table[:1], *table[max(at, 1) : at + 100])]


def twice(table: Table) -> Table:
    """Every row a second time, behind all of them."""
    return [*table, *table[1:]]


def day_as(form: str, table: Table) -> Table:
    """Days and moments in another form (strftime)."""
    return everywhere(table, lambda cell: _day_in(form, cell))


def _day_in(form: str, cell: str) -> str:
    if _DAY.fullmatch(cell):
        return date.fromisoformat(cell).strftime(form)
    if _MOMENT.fullmatch(cell):
        return datetime.fromisoformat(cell).strftime(form)
    return cell


def moment_as(change: Callable[[datetime], str], table: Table) -> Table:
    """Moments in another form."""
    return everywhere(table, lambda cell: change(datetime.fromisoformat(cell)) if _MOMENT.fullmatch(cell) else cell)


def spelled(name: str) -> str:
    """A heading as people write it: "Registered Email"."""
    return name.replace("_", " ").title()


def _hyperlink(table: Table) -> Table:
    headings, *rows = table
    url, handle = headings.index("url"), headings.index("handle")
    return [
        headings,
        *(
            [
                f'=HYPERLINK("{row[url]}","{row[handle]}")' if at == handle and row[url] else cell
                for at, cell in enumerate(row)
            ]
            for row in rows
        ),
    ]


def _whole_name(table: Table) -> Table:
    headings, *rows = table
    given, family = headings.index("given_name"), headings.index("family_name")
    named = [["full_name", *headings], *([f"{row[family]}, {row[given]}", *row] for row in rows)]
    return without_column(named, "given_name", "family_name")


ADDRESSES = ("registered_email", "emails", "work_email", "other_emails")
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00Z")


def _of_rows(change: Callable[[Table], Table], write: Callable[[Table], Files] = as_csv) -> Callable[[Table], Files]:
    return lambda table: write(change(table))


def _cells(change: Callable[[str], str], *names: str) -> Callable[[Table], Files]:
    return _of_rows(partial(in_columns, change=change, names=names))


def _all_cells(change: Callable[[str], str]) -> Callable[[Table], Files]:
    return _of_rows(partial(everywhere, change=change))


def _bytes(change: Callable[[bytes], bytes], **how: Any) -> Callable[[Table], Files]:
    return lambda table: {"export.csv": change(as_csv(table, **how)["export.csv"])}


def _headings(change: Callable[[str], str]) -> Callable[[Table], Files]:
    return _of_rows(partial(headed, change=change))


A, D, R, G = ("accounts",), ("directory",), ("registry",), ("agencies",)
CLOTHES = (
    # separators, letters, ends of lines
    Clothes("semicolons", partial(as_csv, separator=";")),
    Clothes(
        "tabs in UTF-16, as Excel's Unicode text", partial(as_csv, separator="\t", encoding="utf-16", name="export.txt")
    ),
    Clothes("UTF-8 with its sign", partial(as_csv, encoding="utf-8-sig")),
    Clothes("UTF-16 of the other order", _bytes(lambda all_of_it: b"\xfe\xff" + all_of_it, encoding="utf-16-be")),
    Clothes("UTF-16 without a sign", partial(as_csv, separator="\t", encoding="utf-16-le")),
    Clothes("bars", partial(as_csv, separator="|")),
    Clothes("line ends of a Macintosh", partial(as_csv, ends="\r", quoting=csv.QUOTE_ALL)),
    Clothes("line ends of Unix", partial(as_csv, ends="\n")),
    Clothes("every cell in quotation marks", partial(as_csv, quoting=csv.QUOTE_ALL)),
    Clothes("sep= in the first line", _bytes(lambda all_of_it: b"sep=;\r\n" + all_of_it, separator=";")),
    Clothes(
        "the type in the first line",
        _bytes(lambda all_of_it: b"#TYPE Selected.Object\r\n" + all_of_it, quoting=csv.QUOTE_ALL),
    ),
    Clothes("a name in capitals", partial(as_csv, name="EXPORT FINAL (2).CSV")),
    Clothes("blank lines between rows", _bytes(lambda all_of_it: all_of_it.replace(b"\r\n", b"\r\n\r\n"))),
    Clothes("blank lines at the end", _bytes(lambda all_of_it: all_of_it + b"\r\n\r\n,,,\r\n")),
    Clothes("a line break within the headings", lambda t: as_csv(headed(t, lambda name: name.replace("_", "\n")))),
    Clothes("no end to the last line", _bytes(bytes.rstrip)),
    Clothes("the end-of-file sign of DOS", _bytes(lambda all_of_it: all_of_it + b"\x1a")),
    Clothes("rows without their last empty cells", _bytes(without_last_commas)),
    Clothes("a comma behind each row", _bytes(lambda all_of_it: all_of_it.replace(b"\r\n", b",\r\n"))),
    # order, titles, further rows and columns
    Clothes("rows in another order", _of_rows(shuffled_rows)),
    Clothes("columns in another order", _of_rows(shuffled_columns)),
    Clothes("a title and a blank line above", lambda t: as_csv([["Export of 11/19/2026"], [], *t])),
    Clothes(
        "a title of as many cells above", lambda t: as_csv([["Export of 11/19/2026", *[""] * (len(t[0]) - 1)], *t])
    ),
    Clothes("a line that counts the rows below", lambda t: as_csv([*t, [f"Total: {len(t) - 1} rows"]])),
    Clothes(
        "a count in the first cell below", lambda t: as_csv([*t, ["Total", str(len(t) - 1), *[""] * (len(t[0]) - 2)]])
    ),
    Clothes("the headings again every hundred rows", _of_rows(headed_again)),
    Clothes("a number before each row", _of_rows(partial(with_column, name="No.", cell=str, at=0))),
    Clothes(
        "a column without a heading before each row",
        _of_rows(partial(with_column, name="", cell=lambda n: str(n - 1), at=0)),
    ),
    Clothes("an empty column in front", _of_rows(partial(with_column, name="", cell=lambda _: "", at=0))),
    Clothes(
        "a column of remarks",
        _of_rows(partial(with_column, name="Remarks", cell=lambda n: "checked" if n % 3 else "", at=2)),
    ),
    Clothes("every row twice", _of_rows(twice), only=A),
    # headings
    Clothes("headings as people write them", _headings(spelled)),
    Clothes("headings in capitals", _headings(str.upper)),
    Clothes("headings in one word", _headings(lambda name: spelled(name).replace(" ", ""))),
    Clothes(
        "headings with a small first letter, in one word",
        _headings(lambda name: (one := spelled(name).replace(" ", ""))[0].lower() + one[1:]),
    ),
    Clothes("headings with hyphens", _headings(lambda name: name.replace("_", "-"))),
    Clothes("headings with a star and blanks", _headings(lambda name: f" {spelled(name)} * ")),
    Clothes("headings with a colon", _headings(lambda name: f"{spelled(name)}:")),
    Clothes("headings with no-break spaces", _headings(lambda name: spelled(name).replace(" ", "\u00a0"))),
    # cells
    Clothes("blanks around every cell", _all_cells(lambda cell: f"  {cell} ")),
    Clothes("no-break spaces behind every cell", _all_cells(lambda cell: f"{cell}\u00a0")),
    Clothes(
        "an apostrophe before every cell", _all_cells(lambda cell: f"'{cell}" if cell else cell), A + R + G, lossy=True
    ),
    Clothes("NULL in empty cells", _all_cells(lambda cell: cell or "NULL")),
    Clothes("N/A in empty cells", _all_cells(lambda cell: cell or "N/A")),
    Clothes("a dash in empty cells", _all_cells(lambda cell: cell or "-")),
    Clothes("None in empty cells", _all_cells(lambda cell: cell or "None")),
    Clothes("nan in empty cells", _all_cells(lambda cell: cell or "nan")),
    Clothes("(blank) in empty cells", _all_cells(lambda cell: cell or "(blank)")),
    Clothes("\\N in empty cells", _all_cells(lambda cell: cell or "\\N")),
    Clothes("letters taken apart (NFD)", _all_cells(partial(unicodedata.normalize, "NFD"))),
    Clothes("letters as in HTML", _all_cells(lambda cell: cell.replace("&", "&amp;").replace("'", "&#39;"))),
    Clothes(
        "cells as formulas, lest Excel changes them",
        _all_cells(lambda cell: f'="{cell}"' if cell.isdecimal() else cell),
    ),
    # addresses
    Clothes("addresses in capitals", _cells(str.upper, *ADDRESSES), only=A + D + R),
    Clothes(
        "addresses with mailto:",
        _cells(lambda cell: ";".join(f"mailto:{one}" for one in cell.split(";")), *ADDRESSES),
        only=A + D + R,
    ),
    Clothes(
        "addresses in angle brackets",
        _cells(lambda cell: ";".join(f"<{one}>" for one in cell.split(";")), *ADDRESSES),
        only=A + D + R,
    ),
    Clothes(
        "addresses with smtp:",
        _cells(lambda cell: ";".join(f"SMTP:{one}" for one in cell.split(";")), *ADDRESSES),
        only=D,
    ),
    Clothes(
        "addresses ending with a stop",
        _cells(lambda cell: f"{cell}.", "registered_email", "work_email"),
        only=A + D + R,
    ),
    Clothes(
        "addresses with a blank within",
        _cells(lambda cell: cell.replace("@", "@ "), "registered_email"),
        only=A,
    ),
    # handles, ids, platforms
    Clothes("handles with @", _cells(lambda cell: f"@{cell}", "handle"), only=A + R),
    Clothes("handles as links of a spreadsheet", _of_rows(_hyperlink), only=A + R),
    Clothes("handles in capitals", _cells(str.upper, "handle"), only=R),
    Clothes(
        "no handle, an address of the page", _of_rows(lambda t: without_column(t, "handle")), only=A + R, lossy=True
    ),
    Clothes(
        "no platform, an address of the page", _of_rows(lambda t: without_column(t, "platform")), only=A + R, lossy=True
    ),
    Clothes("no account ids", _of_rows(lambda t: without_column(t, "account_id")), only=A + R, lossy=True),
    Clothes("no page addresses", _of_rows(lambda t: without_column(t, "url")), only=A + R, lossy=True),
    Clothes("page addresses without https", _cells(lambda cell: cell.replace("https://", ""), "url"), only=A + R),
    Clothes(
        "page addresses with what counts clicks",
        _cells(lambda cell: f"{cell}?utm_source=share&igsh=abc", "url"),
        only=A + R,
    ),
    Clothes("page addresses with a slash", _cells(lambda cell: f"{cell}/", "url"), only=A + R),
    Clothes(
        "page addresses of the mobile site",
        _cells(
            lambda cell: cell.replace("www.facebook.com", "m.facebook.com").replace("//x.com", "//mobile.twitter.com"),
            "url",
        ),
        only=A + R,
    ),
    Clothes(
        "ids in the form of a spreadsheet",
        _cells(lambda cell: f"{float(cell):.2E}", "account_id"),
        only=A + R,
        lossy=True,
    ),
    Clothes(
        "ids whose last digits became zeros",
        _cells(lambda cell: cell[:15] + "0" * (len(cell) - 15), "account_id"),
        only=A + R,
    ),
    Clothes(
        "ids from a program that takes them for a measure",
        _cells(lambda cell: str(int(float(cell))), "account_id"),
        only=A + R,
    ),
    Clothes(
        "ids as such a program writes them",
        _cells(lambda cell: repr(float(cell)), "account_id"),
        only=A + R,
        lossy=True,
    ),
    Clothes(
        "platforms under their old name",
        _cells(lambda cell: {"x": "Twitter"}.get(cell, cell.title()), "platform"),
        only=A + R,
    ),
    Clothes(
        "platforms in long",
        _cells(
            lambda cell: {"x": "X (formerly Twitter)", "facebook": "Meta - Facebook"}.get(cell, cell.upper()),
            "platform",
        ),
        only=A + R,
    ),
    # days
    Clothes("days as in the US", _of_rows(partial(day_as, "%m/%d/%Y"))),
    Clothes("days as in the US, with the time", _of_rows(partial(day_as, "%m/%d/%Y %I:%M:%S %p"))),
    Clothes("days as in Europe", _of_rows(partial(day_as, "%d.%m.%Y"))),
    Clothes("days with the month in letters", _of_rows(partial(day_as, "%d-%b-%Y"))),
    Clothes("days in words", _of_rows(partial(day_as, "%B %d, %Y"))),
    Clothes("days without hyphens", _of_rows(partial(day_as, "%Y%m%d"))),
    Clothes("days with two digits of the year", _of_rows(partial(day_as, "%m/%d/%y"))),
    Clothes("moments with +00:00", _of_rows(partial(moment_as, datetime.isoformat)), only=A),
    Clothes(
        "moments of another zone",
        _of_rows(partial(moment_as, lambda at: (at - timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%S-05:00"))),
        only=A,
    ),
    Clothes(
        "moments with a blank and no zone",
        _of_rows(partial(moment_as, lambda at: at.strftime("%Y-%m-%d %H:%M:%S"))),
        only=A,
    ),
    Clothes(
        "moments in parts of a second",
        _of_rows(partial(moment_as, lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.1234567Z"))),
        only=A,
    ),
    Clothes(
        "moments in seconds", _of_rows(partial(moment_as, lambda at: str(int((at - EPOCH).total_seconds())))), only=A
    ),
    Clothes(
        "moments in milliseconds",
        _of_rows(partial(moment_as, lambda at: str(int((at - EPOCH).total_seconds() * 1000)))),
        only=A,
    ),
    Clothes(
        "moments as a mail has them",
        _of_rows(partial(moment_as, lambda at: at.strftime("%a, %d %b %Y %H:%M:%S +0000"))),
        only=A,
    ),
    # people
    Clothes("the whole name in one column", _of_rows(_whole_name), only=D, lossy=True),
    Clothes("names in capitals", _cells(str.upper, "given_name", "family_name", "preferred_name"), only=D),
    Clothes(
        "states of people in one letter",
        _cells(lambda cell: {"active": "A", "terminated": "T", "leave": "L"}.get(cell, cell), "status"),
        only=D,
        lossy=True,
    ),
    Clothes("states of people with a capital", _cells(str.title, "status"), only=D + R),
    Clothes(
        "numbers of people without zeros", _cells(lambda cell: cell.lstrip("0"), "employee_id"), only=D, lossy=True
    ),
    Clothes(
        "codes without zeros",
        _cells(lambda cell: re.sub(r"\b0+(?=\d)", "", cell), "agency_code"),
        only=D + R,
        lossy=True,
    ),
    Clothes(
        "days of those who stay in the year 9999",
        _of_rows(lambda t: [t[0], *([*row[:-1], row[-1] or "9999-12-31"] for row in t[1:])]),
        only=D,
    ),
    # workbooks and other formats
    Clothes("a workbook", as_workbook),
    Clothes("a workbook with days and numbers", partial(as_workbook, days=True, numbers=True)),
    Clothes("a workbook with a title", partial(as_workbook, title=True)),
    Clothes("a workbook with a sheet of notes before it", partial(as_workbook, notes_first=True)),
    Clothes("a workbook with a table", partial(as_workbook, excel_table=True)),
    Clothes("a workbook with hidden rows and columns", partial(as_workbook, hidden=True)),
    Clothes("a list of objects", as_json, only=A + D + R),
    Clothes("objects with null", partial(as_json, nulls=True), only=A + D + R),
    Clothes("a list in an object", partial(as_json, wrapped="value"), only=A + D + R),
    Clothes("an object a line", partial(as_json, lines=True), only=A + D + R),
    Clothes("columns (Parquet)", as_parquet, only=A + D + R),
    Clothes("an archive", lambda t: packed(as_csv(t))),
    Clothes("an archive of a workbook", lambda t: packed(as_workbook(t))),
    Clothes("compressed", lambda t: gzipped(as_csv(t))),
    Clothes("a folder of parts", in_parts, only=A),
    Clothes("a folder of parts that overlap", partial(in_parts, overlap=40), only=A),
    Clothes("a folder of compressed parts", lambda t: gzipped(in_parts(t)), only=A),
    Clothes("an archive of parts", lambda t: packed(in_parts(t)), only=A),
    # large files, which are read in batches
    Clothes("large", large, only=A),
    Clothes("large, with semicolons", partial(large, write=partial(as_csv, separator=";")), only=A),
    Clothes("large, with headings as people write them", partial(large, write=_headings(spelled)), only=A),
    Clothes(
        "large, with line breaks within the headings",
        partial(large, write=_headings(lambda name: name.replace("_", "\n"))),
        only=A,
    ),
    Clothes("large, with a title", partial(large, write=lambda t: as_csv([["Export of 11/19/2026"], [], *t])), only=A),
    Clothes(
        "large, with a count below", partial(large, write=lambda t: as_csv([*t, [f"Total: {len(t) - 1} rows"]])), only=A
    ),
    Clothes(
        "large, with tabs in UTF-16", partial(large, write=partial(as_csv, separator="\t", encoding="utf-16")), only=A
    ),
    Clothes(
        "large, every cell in quotation marks", partial(large, write=partial(as_csv, quoting=csv.QUOTE_ALL)), only=A
    ),
    Clothes(
        "large, line ends of a Macintosh",
        partial(large, write=partial(as_csv, ends="\r", quoting=csv.QUOTE_ALL)),
        only=A,
    ),
    Clothes("large, columns in another order", partial(large, write=_of_rows(shuffled_columns)), only=A),
    Clothes("large, NULL in empty cells", partial(large, write=_all_cells(lambda cell: cell or "NULL")), only=A),
    Clothes("large, days as in the US", partial(large, write=_of_rows(partial(day_as, "%m/%d/%Y %H:%M"))), only=A),
    Clothes("large, blanks around every cell", partial(large, write=_all_cells(lambda cell: f" {cell} ")), only=A),
    Clothes(
        "large, letters taken apart", partial(large, write=_all_cells(partial(unicodedata.normalize, "NFD"))), only=A
    ),
    Clothes(
        "large, rows without their last empty cells",
        partial(large, write=_bytes(without_last_commas)),
        only=A,
    ),
    Clothes("large, an object a line", partial(large, write=partial(as_json, lines=True)), only=A),
    Clothes("large, columns (Parquet)", partial(large, write=as_parquet), only=A),
    Clothes("large, compressed", lambda t: gzipped(large(t)), only=A),
)
