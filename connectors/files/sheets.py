"""XLSX read safely: every guard before the parser sees the file, and the parser in a process of its own with limits.

Refused, each with its own sentence: old and binary formats, encryption, macros, external links, DDE, and archives
that are too large, too many, too dense, or that point outside themselves.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Any

from connectors.contract import Remark, SourceChanged, SourceDown
from connectors.files.formats import ENDINGS, OLE2, SAVE_AS, TEXT_AS_WORKBOOK, is_text, refuse_unread
from connectors.files.furniture import HEADINGS_AGAIN
from connectors.files.heading_rows import HeadingRow, heading_row
from connectors.files.headings import HEAD_ROWS, FileRow, Wanted, likeness, named_fields, positions, serves, taken_down

SIZE = 50 * 1024**2
ENTRIES = 2_000
WORKBOOK_UNPACKED = 300 * 1024**2
RATIO = 100
SMALL = 1024**2
"""Unpacked bytes below which no ratio is dangerous: an empty sheet packs better than one in a hundred."""
MEMORY = 2 * 1024**3
"""Address space of the parsing process, in bytes; not limited on Windows, where Python cannot."""
SECONDS = 120
"""Time that parsing one workbook may take."""

ALIKE = 1 / 3
"""Share of the fields of the sheet that is read which another must name to look like more of the same list."""
EVERY = "*"
"""Asks `parsed` for all worksheets; no sheet can be called that."""


def sheet_rows(
    path: Path, asked: str | Sequence[str], wanted: Wanted, place: str, *, entire: bool = False
) -> Generator[FileRow | Remark]:
    """The rows under the headings of each sheet that is read, with their sheet rows from 1; blank rows are passed over.

    `asked` "": the first visible sheet that serves, and all visible ones whose columns are the same; "*": every visible
    sheet that serves; else the sheets of these names. Of the others, those that hold anything are told; `entire`: the
    list counts only as a whole, so that one of them which looks like more of it is a refusal.
    Raises SourceDown for a workbook that is refused or cannot be read, SourceChanged for its headings.
    """
    refuse_unsafe(path, place)
    names = (asked,) if isinstance(asked, str) and asked not in ("", EVERY) else () if isinstance(asked, str) else asked
    seen: list[OpenSheet] = []
    with contextlib.closing(parsed(path, names[0] if len(names) == 1 else EVERY, place)) as lines:
        for table in _tables(lines, place, wanted):
            _check_names(names, table, place)
            if table.head and (not names or _folded(table.title) in map(_folded, names)):
                table.read = bool(names) or _counts(table, seen, every=asked == EVERY)
                seen.append(table)
            if table.read:
                yield from table.rows(wanted)
    if not any(table.read for table in seen):
        raise _nothing(seen, wanted, place)
    yield from _left(seen, place, entire=entire)
    read = ", ".join(json.dumps(table.title, ensure_ascii=False) for table in seen if table.read)
    if not asked and sum(table.read for table in seen) > 1:
        yield Remark(
            place,
            f"the sheets {read} have the same columns and were read as one list; if one of them does not belong to it, "
            f"name those that do in audit.toml: sheet = [{read}].",
        )


def _counts(table: OpenSheet, seen: Sequence[OpenSheet], *, every: bool) -> bool:
    """Whether a sheet that nobody named is read: the first visible one that serves, and those with the same columns."""
    first = next((one for one in seen if one.read), None)
    return table.visible and table.serves and (every or first is None or first.fields == table.fields)


@dataclass
class OpenSheet:
    """One sheet while it is read: its rows up to HEAD_ROWS that are not blank are `head`, (number, cells) each."""

    place: str
    title: str
    titles: list[str]
    visible: bool
    merged: list[list[int]]
    head: list[tuple[int, list[str]]]
    found: HeadingRow
    rest: Iterator[tuple[int, list[str]]]
    serves: bool = False
    fields: frozenset[str] = frozenset()
    named: int = 0
    """How many wanted fields its headings name."""
    read: bool = False

    @property
    def headings(self) -> Sequence[str]:
        """The headings, as they are matched."""
        return self.found.headings

    @property
    def begun(self) -> int:
        """The sheet's row in which the headings stand, from 1."""
        return self.head[self.found.at][0]

    @property
    def where(self) -> str:
        """How messages about the headings call the sheet: with their row, where titles stand above them."""
        return f"{self.place}, row {self.begun}" if self.found.at else self.place

    def rows(self, wanted: Wanted) -> Iterator[FileRow | Remark]:
        """The rows under the headings. Raises SourceChanged for headings that do not serve."""
        columns = positions(self.headings, wanted, self.where)
        table = taken_down(self.headings, columns, wanted, self.place)
        table.sheet = self.title
        for sentence in self.found.told("row"):
            yield Remark(f"{self.place}:{self.begun}", sentence)
        for number, cells in chain(self.head[self.found.at + 1 :], self.rest):
            table.look(cells)
            values = {**wanted.blank, **{name: cells[at] for name, at in columns.items()}}
            if self.found.again(values, columns):
                yield Remark(f"{self.place}:{number}", HEADINGS_AGAIN)
            else:
                yield FileRow(f"{self.place}:{number}", values)
        down = [
            first + 1
            for first, last, column, _ in self.merged
            if last > first >= self.begun and column in columns.values()
        ]
        if down:
            yield Remark(
                f"{self.place}:{down[0]}",
                f"cells are merged over several rows here{f' and in {len(down) - 1:,} more places' * (len(down) > 1)}; "
                "each of those rows was read with the value that the merged cell shows. Check that this is meant.",
            )


def _tables(lines: Iterator[Any], place: str, wanted: Wanted) -> Iterator[OpenSheet]:
    """Each sheet of the child's account in turn; its rows must be used up before the next one is asked for."""
    sheet = 0

    def of(line: Any) -> int:
        nonlocal sheet
        sheet += isinstance(line, dict)
        return sheet

    for _, group in groupby(lines, of):
        said = next(group)
        merged = said["merged"]
        numbered: Iterator[tuple[int, list[str]]]
        numbered = ((number, cells) for number, cells in enumerate(merged_down(group, merged), start=1) if any(cells))
        if wanted.stated:
            wide = len(wanted.stated)
            padded = ((number, cells + [""] * (wide - len(cells))) for number, cells in numbered)
            numbered = chain([(0, list(wanted.stated))], padded)
        head = list(islice(numbered, HEAD_ROWS))
        found = HeadingRow(0, wanted.stated)
        if head and not wanted.stated:
            shown = [_shown_across(number - 1, cells, merged) for number, cells in head]
            found = heading_row([cells for _, cells in head], wanted, shown)
        table = OpenSheet(
            f"{place}:{said['sheet']}", said["sheet"], said["sheets"], said["visible"], merged, head, found, numbered
        )
        if head and serves(table.headings, wanted):
            table.serves, table.fields = True, named_fields(table.headings, wanted)
        table.named = likeness(table.headings, wanted) if head else 0
        yield table


def merged_down(rows: Iterable[list[str]], merged: Sequence[Sequence[int]]) -> Iterator[list[str]]:
    """The rows with the text of a cell that is merged over several of them in each, as the sheet shows it; `merged`
    says where, as the sheet's first line of `parsed` does."""
    begin: dict[int, list[tuple[int, int]]] = {}
    for first, last, column, _ in merged:
        if last > first:
            begin.setdefault(first, []).append((last, column))
    held: dict[int, tuple[int, str]] = {}
    for number, cells in enumerate(rows):
        for column, (last, text) in list(held.items()):
            if number > last:
                del held[column]
            elif column < len(cells) and not cells[column] and any(cells):
                cells[column] = text
        held |= {column: (last, cells[column]) for last, column in begin.get(number, ()) if column < len(cells)}
        yield cells


def _shown_across(number: int, cells: Sequence[str], merged: Sequence[Sequence[int]]) -> list[str] | None:
    """What each column of a row shows where cells of it are merged over several columns; None where none is."""
    across = [one for one in merged if one[0] <= number <= one[1] and one[3] > one[2]]
    if not across:
        return None
    shown = list(cells)
    for _, _, first, last in across:
        shown[first : last + 1] = [cells[first] if first < len(cells) else ""] * (min(last + 1, len(cells)) - first)
    return shown


def _check_names(names: Sequence[str], table: OpenSheet, place: str) -> None:
    have = {_folded(title) for title in table.titles}
    for name in names:
        if _folded(name) not in have:
            raise SourceDown(_refusal({"error": "sheet", "sheets": table.titles, "detail": ""}, name, place))


def _folded(title: str) -> str:
    return title.strip().casefold()


def _nothing(seen: Sequence[OpenSheet], wanted: Wanted, place: str) -> SourceDown:
    """What to say of a workbook with no sheet that serves."""
    table = next((one for one in seen if one.visible), next(iter(seen), None))
    if table is None:
        return SourceDown(
            f"{place}: every sheet is empty. Save the workbook again, or name the right file in audit.toml."
        )
    try:
        positions(table.headings, wanted, table.where)
    except SourceChanged as fault:
        return fault
    return SourceDown(
        f'{place}: no visible sheet can be read. If {table.title!r} counts, write sheet = "{table.title}".'
    )


def _left(seen: Sequence[OpenSheet], place: str, *, entire: bool) -> Iterator[Remark]:
    """The sheets that hold something and were not read. Raises SourceDown where one may be more of a whole list."""
    most = max(table.named for table in seen if table.read)
    for table in seen:
        if table.read:
            continue
        kind = "sheet" if table.visible else "hidden sheet"
        alike = table.serves or table.named >= max(2, most * ALIKE)
        read = [one.title for one in seen if one.read]
        to_do = (
            f"If it counts, write sheet = {_as_toml([*read, table.title])} in the table of audit.toml; if not,"
            f" sheet = {_as_toml(read)}"
        )
        if entire and alike:
            raise SourceDown(
                f"{place}: the {kind} {table.title!r} looks like more of the list, and was not read: it is hidden, or "
                f"its columns are not those of {read[0]!r}. {to_do}."
            )
        rows = any(sum(map(bool, cells)) > 1 for _, cells in table.head)  # else it is a cover, or a note
        yield Remark(table.place, f"the {kind} {table.title!r} was not read. {to_do}.", unread=rows)


def _as_toml(titles: Sequence[str]) -> str:
    return json.dumps(titles[0] if len(titles) == 1 else titles, ensure_ascii=False)


def refuse_unsafe(book: Path | bytes, place: str) -> None:
    """Refuse a workbook that is not safe or not possible to read; raises SourceDown with the reason and what to do.

    `book` is a file, or the content of one.
    """
    if isinstance(book, Path) and book.suffix.lower() in ENDINGS:
        refuse_unread(book, place)
    size = book.stat().st_size if isinstance(book, Path) else len(book)
    check_size(size, place)
    with book.open("rb") if isinstance(book, Path) else BytesIO(book) as file:
        if file.read(8) == OLE2:
            raise _compound(file.read(SIZE), place)
    try:
        with zipfile.ZipFile(book if isinstance(book, Path) else BytesIO(book)) as archive:
            fault = _unsafe(archive, size)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, UnicodeDecodeError) as damage:
        if isinstance(book, Path):
            refuse_unread(book, place)
            if is_text(book):
                raise SourceDown(f"{place} {TEXT_AS_WORKBOOK}") from None
        raise SourceDown(f"{place} is no Excel workbook, or it is damaged ({damage}). {SAVE_AS}") from damage
    if fault:
        raise SourceDown(f"{place} {fault}")


def check_size(size: int, place: str) -> None:
    """Refuse a workbook of more than `SIZE` bytes; raises SourceDown."""
    if size > SIZE:
        raise SourceDown(
            f"{place} is {size / 1024**2:,.0f} MB; workbooks are read up to {SIZE // 1024**2} MB. "
            "Export it as CSV UTF-8, which may be of any size."
        )


def is_encrypted(content: bytes) -> bool:
    """Whether a file's content is an OOXML file under a password (MS-OFFCRYPTO: a stream of that name in OLE2)."""
    return content.startswith(OLE2) and "EncryptedPackage".encode("utf-16-le") in content


def _compound(content: bytes, place: str) -> SourceDown:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return SourceDown(
            f"{place} is encrypted: it opens only with a password. Open it, remove the password (File, Info, "
            "Protect Workbook), save it, and keep the file itself in a protected folder."
        )
    return ENDINGS[".xls"].refusal(place, renamed=True)


def _unsafe(archive: zipfile.ZipFile, size: int) -> str:
    """What is wrong with the archive of a workbook, as the rest of a sentence; empty where nothing is."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    names = [entry.filename.replace("\\", "/").lower() for entry in entries]
    outside = any(name.startswith("/") or ".." in name.split("/") or ":" in name for name in names)
    faults = (
        (len(entries) > ENTRIES, f"holds {len(entries):,} parts; at most {ENTRIES:,} are read. {SAVE_AS}"),
        (
            unpacked > WORKBOOK_UNPACKED,
            f"unpacks to {unpacked / 1024**2:,.0f} MB; at most {WORKBOOK_UNPACKED // 1024**2} MB are read. Export it as"
            " CSV.",
        ),
        (
            unpacked > SMALL and unpacked > RATIO * size,
            f"unpacks to {unpacked // max(size, 1):,} times its size, like a zip bomb. Export it as CSV UTF-8.",
        ),
        (outside, "holds a part with a path outside the workbook (../), so it is not opened. Ask where it comes from."),
        (len(set(names)) != len(names), f"holds two parts of one name, so it is unclear what it says. {SAVE_AS}"),
        (any(entry.flag_bits & 1 for entry in entries), f"is an encrypted archive. {SAVE_AS}"),
    )
    return next((sentence for holds, sentence in faults if holds), "") or _active(archive, names)


def _active(archive: zipfile.ZipFile, names: Sequence[str]) -> str:
    """Content that acts or reaches outside: macros, DDE, links to other files. `names` are the parts, in lower case."""
    parts = dict(zip(names, archive.infolist(), strict=True))
    links = [name for name in names if name.startswith("xl/externallinks/")]
    macros = any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names)
    declared = archive.read(parts["[content_types].xml"]) if "[content_types].xml" in parts else b""
    faults = (
        (not declared, f"is a zip archive but no Excel workbook. {SAVE_AS}"),
        ("xl/workbook.bin" in parts, f"{ENDINGS['.xlsb'].said} under another name. {SAVE_AS}"),
        (
            macros or b"macroEnabled" in declared,
            "holds macros, so it is not opened. Save it as an Excel workbook without macros (.xlsx).",
        ),
        (
            any(b"ddeLink" in archive.read(parts[name]) for name in links),
            "holds a DDE link, which can start programs, so it is not opened. Copy its values to a new workbook.",
        ),
        (
            bool(links) or "xl/connections.xml" in parts,
            "links to other files or data sources, so it is not opened. Copy its values to a new workbook.",
        ),
    )
    return next((sentence for holds, sentence in faults if holds), "")


def parsed(book: Path | bytes, sheet: str, place: str) -> Generator[Any]:
    """What the child process prints: {sheet, sheets, visible, merged}, then the rows of that sheet as text ("": of the
    first visible one).

    With EVERY for a sheet, each of them so, one after the other. `book` is a file, or the content of one, which then
    goes to the child through a pipe and onto no disk. `place` is what errors call it. The child never outlives this
    generator. Raises SourceDown.
    """
    reader = Path(__file__).with_name("sheet_reader.py")
    path, given = (str(book), b"") if isinstance(book, Path) else ("-", book)
    command = [sys.executable, "-P", str(reader), path, sheet, str(MEMORY), str(SECONDS)]
    child = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert child.stdin is not None
    assert child.stdout is not None
    late = threading.Timer(SECONDS, child.kill)
    late.start()
    first = True
    try:
        with contextlib.suppress(BrokenPipeError), child.stdin:  # a child that died early is told of below
            child.stdin.write(given)
        for line in child.stdout:
            said = json.loads(line)
            if isinstance(said, dict) and "error" in said:
                raise SourceDown(_refusal(said, sheet, place))
            first = False
            yield said
        if child.wait() or first:
            raise SourceDown(
                f"{place} could not be parsed within {MEMORY // 1024**3} GB of memory and {SECONDS} seconds. "
                "Export it as CSV UTF-8, which may be of any size."
            )
    finally:
        late.cancel()
        child.kill()
        child.wait()
        child.stdout.close()


def _refusal(said: dict[str, Any], sheet: str, place: str) -> str:
    reason, detail = said["error"], said["detail"]
    if reason == "sheet":
        names = ", ".join(repr(name) for name in said["sheets"]) or "none"
        return f'{place} has no sheet {sheet!r}. Its sheets are: {names}. Correct audit.toml: sheet = "one of them".'
    if reason == "encrypted":
        return f"{place} is encrypted: it opens only with a password. Open it, remove the password, save it."
    if reason == "large":
        return f"{place} spans {detail}; a stray cell far away may be the cause. Delete it, or export as CSV UTF-8."
    if reason == "memory":
        return f"{place} needs more than {MEMORY // 1024**3} GB to parse. Export it as CSV UTF-8."
    return f"{place} is damaged or no Excel workbook ({detail}). {SAVE_AS}"
