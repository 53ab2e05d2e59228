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
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from connectors.contract import SourceDown
from connectors.files.headings import Row, Wanted, positions

SIZE = 50 * 1024**2
ENTRIES = 2_000
UNPACKED = 300 * 1024**2
RATIO = 100
SMALL = 1024**2
"""Unpacked bytes below which no ratio is dangerous: an empty sheet packs better than one in a hundred."""
MEMORY = 2 * 1024**3
"""Address space of the parsing process, in bytes; not limited on Windows, where Python cannot."""
SECONDS = 120
"""Time that parsing one workbook may take."""

EVERY = "*"
"""Asks `parsed` for all worksheets; no sheet can be called that."""

OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
REFUSED = {
    ".xls": "is in the old Excel format (.xls)",
    ".xlsb": "is a binary workbook (.xlsb)",
    ".xlsm": "is a workbook with macros (.xlsm)",
    ".xltm": "is a template with macros (.xltm)",
    ".ods": "is an OpenDocument spreadsheet (.ods)",
}
SAVE_AS = "Open it and save it as an Excel workbook (.xlsx) or as CSV UTF-8."


def rows(path: Path, sheet: str, wanted: Wanted, place: str) -> Iterator[Row]:
    """The rows under the first row that is not blank, with their sheet rows from 1; blank rows are passed over.

    Raises SourceDown for a workbook that is refused or cannot be read, SourceChanged for its headings.
    """
    check(path, place)
    table = parsed(path, sheet, place)
    place = f"{place}:{next(table)['sheet']}"
    where: dict[str, int] | None = None
    empty = dict.fromkeys(wanted.fields, "")
    for number, cells in enumerate(table, start=1):
        if where is None and any(cells):
            where = positions(cells, wanted, place)
        elif where is not None and any(cells):
            wanted.tables[place].look(cells)
            yield Row(f"{place}:{number}", {**empty, **{name: cells[position] for name, position in where.items()}})
    if where is None:
        raise SourceDown(f'{place}: the sheet is empty. Name the right one in audit.toml: sheet = "its name".')


def check(book: Path | bytes, place: str) -> None:
    """Refuse a workbook that is not safe or not possible to read; raises SourceDown with the reason and what to do.

    `book` is a file, or the content of one.
    """
    suffix = book.suffix.lower() if isinstance(book, Path) else ""
    if suffix in REFUSED:
        raise SourceDown(f"{place} {REFUSED[suffix]}, which is not read. {SAVE_AS}")
    size = book.stat().st_size if isinstance(book, Path) else len(book)
    check_size(size, place)
    with book.open("rb") if isinstance(book, Path) else BytesIO(book) as file:
        if file.read(8) == OLE2:
            raise SourceDown(_compound(file.read(SIZE), place))
    try:
        with zipfile.ZipFile(book if isinstance(book, Path) else BytesIO(book)) as archive:
            fault = _unsafe(archive, size)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, UnicodeDecodeError) as damage:
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


def _compound(content: bytes, place: str) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return (
            f"{place} is encrypted: it opens only with a password. Open it, remove the password (File, Info, "
            "Protect Workbook), save it, and keep the file itself in a protected folder."
        )
    return f"{place} {REFUSED['.xls']} under another name, which is not read. {SAVE_AS}"


def _unsafe(archive: zipfile.ZipFile, size: int) -> str:
    """What is wrong with the archive of a workbook, as the rest of a sentence; empty where nothing is."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    names = [entry.filename.replace("\\", "/").lower() for entry in entries]
    outside = any(name.startswith("/") or ".." in name.split("/") or ":" in name for name in names)
    faults = (
        (len(entries) > ENTRIES, f"holds {len(entries):,} parts; at most {ENTRIES:,} are read. {SAVE_AS}"),
        (
            unpacked > UNPACKED,
            f"unpacks to {unpacked / 1024**2:,.0f} MB; at most {UNPACKED // 1024**2} MB are read. Export it as CSV.",
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
        ("xl/workbook.bin" in parts, f"{REFUSED['.xlsb']} under another name. {SAVE_AS}"),
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


def parsed(book: Path | bytes, sheet: str, place: str) -> Iterator[Any]:
    """What the child process prints: {sheet, sheets}, then the rows of that sheet ("": the first visible one) as text.

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
