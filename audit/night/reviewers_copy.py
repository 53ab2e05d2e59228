"""A reviewer's workbook read: its sheets in a process of their own, and its comments, become a `Copy`."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from posixpath import normpath
from string import ascii_uppercase
from typing import Any
from xml.etree import ElementTree

from audit.decisions.copy import copy_of
from audit.decisions.merge import DAYS
from audit.model.decisions import Copy, TypedWords
from audit.model.night import ImportProblem
from audit.report.review_columns import FINDING_ID
from connectors.bounds import LONGEST
from connectors.contract import folded
from connectors.files import sheets
from connectors.files.times import MONTH_FIRST, SERIAL, DayForm

COMMENTS_READ = 4 * 1024**2
"""Bytes of XML; more than that of comments is no workbook of an analyst's."""
_WRITTEN = DayForm(orders=(("/", MONTH_FIRST), ("-", MONTH_FIRST)))
"""As the United States write days in numbers, the month first. With points between them nobody does, so of those only
what has one meaning is read."""
_COUNTED, _COUNTED_FROM = DayForm(SERIAL), date(2000, 1, 1)
"""A day that was pasted without its format is Excel's number for it; earlier ones are likelier something else."""
CUTS_TOLD = 100
"""Rows with cells that are too long, of which one copy tells."""
MERGED_TOLD = 100
"""Merged cells of one sheet, of which is told."""
_LONG_CELL = (
    f"A cell of this row holds more than {LONGEST:,} letters, the most that Excel takes, and was read up to there. The"
    " file itself is kept. Shorten the words, or put them elsewhere and say where."
)
_ID = folded(FINDING_ID[0].heading)
_MERGED = (
    "Cells are merged over rows {} to {}, and each of those rows was read with what the merged cell shows. If it is not"
    " meant for all of them, unmerge it, and save the copy again."
)
_COMMENTS = re.compile(r"xl/(?:comments/)?comments?\d*\.xml")
_UNREADABLE = (ElementTree.ParseError, zipfile.BadZipFile, RuntimeError, KeyError)
_DRAWINGS = re.compile(r"xl/drawings/drawing\d*\.xml")
_ROW_DIGITS = 8
_TEXT_BOX = "Text boxes are not read. Write it into the column Note of the finding's row."
_COMMENT = "Comments are not read. Write it into the column Note of the finding's row."
_LONG_COMMENTS = "The comments are too long to be read. Write what matters into the column Note."


def read_copy(book: bytes, name: str, digest: str, modified_at: datetime) -> Copy:
    """One workbook as a value, what stands in its comments told last.

    `book` is its content, plain and checked (connectors.files.sheets), `digest` that of its file, `name` what problems
    call it. Raises SourceDown where it cannot be parsed.
    """
    cut: list[ImportProblem] = []
    copy = with_days_read(copy_of(name, digest, modified_at, _tables(book, name, cut)))
    return replace(copy, problems=(*copy.problems, *cut, *_beside_cells(book, name)))


def with_days_read(copy: Copy) -> Copy:
    """The copy with days in ISO form as far as they can be read. 28/11/2026 is no day, nor is 03.11.2026."""
    once = {id(row.once): replace(row.once, words=_with_days(row.once.words)) for row in copy.rows if row.once}
    rows = tuple(replace(row, words=_with_days(row.words), once=once.get(id(row.once))) for row in copy.rows)
    return replace(copy, rows=rows)


def _with_days(words: TypedWords) -> TypedWords:
    read = {name: found.isoformat() for name in DAYS if (text := words.get(name)) and (found := _day(text))}
    return {**words, **read} if read else words


def _day(text: str) -> date | None:
    counted = _COUNTED.day(text)
    return counted if counted and counted >= _COUNTED_FROM else _WRITTEN.day(text)


def _beside_cells(book: bytes, name: str) -> Iterator[ImportProblem]:
    """What somebody wrote into comments and text boxes: nothing reads them, so their words are told."""
    with zipfile.ZipFile(BytesIO(book)) as archive:
        sheet_of = _sheets_by_parts(archive)
        for part in archive.namelist():
            written = _comments if _COMMENTS.fullmatch(part) else _text_boxes if _DRAWINGS.fullmatch(part) else None
            if written is None:
                continue
            if archive.getinfo(part).file_size > COMMENTS_READ:
                yield ImportProblem(f"{name}:{part}", "", "", "", "", _LONG_COMMENTS)
                continue
            try:
                listed = list(written(_tree(archive, part)))
            except _UNREADABLE as fault:
                yield ImportProblem(f"{name}:{part}", "", "", "", "", f"The comments cannot be read ({fault}).")
                continue
            place = f"{name}:{sheet_of[part]}" if part in sheet_of else name
            yield from (
                ImportProblem(f"{place}:{at}", "", "", words, "", why) for at, words, why in listed if words.strip()
            )


def _comments(listed: ElementTree.Element) -> Iterator[tuple[str, str, str]]:
    """(row and cell, words, what to do) of each comment. Namespaces are two: Strict Open XML has its own."""
    for one in listed.iterfind("{*}commentList/{*}comment"):
        at = one.get("ref", "")
        words = "".join(text.text or "" for text in one.iterfind(".//{*}t"))
        yield f"{at.lstrip(ascii_uppercase)} (comment at {at})", words, _COMMENT


def _text_boxes(drawn: ElementTree.Element) -> Iterator[tuple[str, str, str]]:
    """The same of each text box; its row is that of its upper edge."""
    for anchor in drawn:
        words = []
        for one in anchor.iter():
            kind = str(one.tag).rpartition("}")[2]
            words += [one.text or ""] if kind == "t" else ["\n"] if kind == "p" else []
        row = anchor.findtext("{*}from/{*}row") or ""
        at = f"{int(row) + 1} (text box)" if row.isdecimal() and len(row) < _ROW_DIGITS else "text box"
        yield at, "".join(words).strip(), _TEXT_BOX


def _sheets_by_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Part with comments or drawings → title of its sheet, as far as the workbook says it."""
    try:
        listed = _tree(archive, "xl/workbook.xml").iterfind("{*}sheets/{*}sheet")
        titles = {key: one.get("name", "") for one in listed for at, key in one.items() if at.endswith("}id")}
        sheets_of = {target: titles.get(key, "") for key, target in _related(archive, "xl/workbook.xml")}
        return {target: title for part, title in sheets_of.items() if title for _, target in _related(archive, part)}
    except _UNREADABLE:
        return {}


def _related(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    """(id, part) of what a part of a workbook names (ECMA-376 part 2, 9.3)."""
    folder, _, file = part.rpartition("/")
    listed = f"{folder}/_rels/{file}.rels"
    for one in _tree(archive, listed) if listed in archive.namelist() else ():
        target = one.get("Target", "")
        yield one.get("Id", ""), normpath(target if target.startswith("/") else f"/{folder}/{target}").lstrip("/")


def _tree(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    if archive.getinfo(part).file_size > COMMENTS_READ:
        raise zipfile.BadZipFile("too long")
    return ElementTree.fromstring(archive.read(part))  # noqa: S314  (bounded, and expat expands no bomb)


def _tables(book: bytes, name: str, told: list[ImportProblem]) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """(sheet, its rows from row 1) for every worksheet; parsed in the guarded child process of connectors.files.

    What is longer than Excel takes is cut, what is merged over several rows stands in each; both are `told`.
    """
    for title, merged, lines in _sheets(sheets.parsed(book, sheets.EVERY, name)):
        rows = [bounded_cells(cells, f"{name}:{title}:{row}", told) for row, cells in enumerate(lines, start=1)]
        top = next((at for at, cells in enumerate(rows) if merged and _ID in map(folded, cells)), len(rows))
        down = [one for one in merged if top < one[0] < one[1] and one[0] < len(rows) and one[2] < len(rows[one[0]])]
        for first, last, column, _ in down[:MERGED_TOLD]:
            if (text := rows[first][column]).strip():
                heading = rows[top][column].strip() if column < len(rows[top]) else ""
                reason = _MERGED.format(first + 1, last + 1)
                told.append(ImportProblem(f"{name}:{title}:{first + 1}", "", heading, text, "", reason))
        yield title, sheets.merged_down(rows, down)


def bounded_cells(cells: list[str], where: str, cut: list[ImportProblem]) -> list[str]:
    """The cells of a row, each as long as Excel takes it; a row with longer ones is told in `cut`."""
    if all(len(cell) <= LONGEST for cell in cells):
        return cells
    if len(cut) < CUTS_TOLD:
        cut.append(ImportProblem(where, "", "", "", "", _LONG_CELL))
    return [cell[:LONGEST] for cell in cells]


def _sheets(told: Iterator[Any]) -> Iterator[tuple[str, list[list[int]], list[list[str]]]]:
    """Each sheet of the child process: its title, its merged cells, its rows. Lines end as in Excel."""
    title = ""
    merged: list[list[int]] = []
    rows: list[list[str]] | None = None
    for said in told:
        if isinstance(said, dict):
            if rows is not None:
                yield title, merged, rows
            title, merged, rows = str(said["sheet"]), said["merged"], []
        elif rows is not None:
            rows.append([cell.replace("\r\n", "\n").replace("\r", "\n") if "\r" in cell else cell for cell in said])
    if rows is not None:
        yield title, merged, rows
