"""CSV and TSV as they really arrive: encodings, separators, broken rows; every row with its physical line.

Rows stream: memory does not grow with the file. A physical line ends with a line feed, or with a carriage return in
a file that has no line feed at all.
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from connectors.contract import Rejected, SourceChanged, SourceDown
from connectors.files.headings import Row, Wanted, likeness, positions
from connectors.files.progress import Told, unwatched

SEPARATORS = (",", ";", "\t", "|")
HEAD = 1 << 16
"""Bytes read to tell encoding and separator."""
CHUNK = 1 << 20
TELL_EVERY = 10_000
"""Lines after which progress is told."""
RECORD_LINES = 1000
"""A quoted field that runs on for more lines than this was never closed."""
UNDECODABLE = "\udcff"
"""Stands for bytes that are no text in the file's encoding; no encoding yields it by itself."""


def _mark(fault: UnicodeError) -> tuple[str, int]:
    if not isinstance(fault, UnicodeDecodeError):
        raise fault
    return UNDECODABLE, fault.end


codecs.register_error("mark", _mark)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a delimited file is written: encoding, line end, separator, and where its first row of data stands.

    `headings` are as written, `first_line` is the physical line of the heading, `data_line` the one after it.
    """

    encoding: str
    newline: str
    separator: str
    headings: tuple[str, ...]
    first_line: int
    data_line: int


Record = tuple[int, list[str] | str]
"""The physical line that a record begins on, and its fields, or the reason why it cannot be read."""


def layout(path: Path, wanted: Wanted, place: str, encoding: str = "", separator: str = "") -> Layout:
    """Tell how a delimited file is written; `encoding` and `separator` from audit.toml are taken at their word.

    Raises SourceDown for an empty file or an unknown encoding, SourceChanged where no heading can be made out.
    """
    encoding = encoding or sniffed_encoding(path, place)
    newline = _newline(path)
    chosen = separator or _separator(path, wanted, encoding, newline)
    for line, fields in records(lines(path, encoding, newline), chosen):
        if isinstance(fields, str):
            raise SourceChanged(f"{place}:{line}: the headings cannot be read: {fields}.")
        if any(field.strip() for field in fields) and not _preamble(fields):
            following = line + sum(field.count("\n") for field in fields) + 1
            return Layout(encoding, newline, chosen, tuple(fields), line, following)
    raise SourceDown(f"{place} is empty: it holds no headings and no rows. Export it again.")


def rows(path: Path, how: Layout, wanted: Wanted, place: str, told: Told = unwatched) -> Iterator[Row | Rejected]:
    """Every row of the file in its order, whole; rows with nothing in them are passed over.

    Raises SourceChanged for headings that do not serve.
    """
    where = positions(how.headings, wanted, place)
    empty = dict.fromkeys(wanted.fields, "")
    columns = len(how.headings)
    for line, fields in records(lines(path, how.encoding, how.newline, told), how.separator):
        if line <= how.first_line:
            continue
        if isinstance(fields, str):
            yield Rejected(f"{place}:{line}", fields)
        elif fields and not whole(fields, columns):
            yield Rejected(f"{place}:{line}", ragged(len(fields), columns))
        elif any(fields):
            wanted.tables[place].look(fields)
            yield Row(f"{place}:{line}", {**empty, **{name: fields[position] for name, position in where.items()}})


def whole(fields: Sequence[str], columns: int) -> bool:
    """Whether a row has as many fields as there are headings; separators at its end that add nothing are allowed."""
    return len(fields) == columns or (len(fields) > columns and not any(fields[columns:]))


def ragged(fields: int, columns: int) -> str:
    """The reason for a row whose number of fields is not that of the headings."""
    few = "a separator is missing" if fields < columns else "a value holds the separator without quotation marks"
    return f"the row has {fields} fields where the headings have {columns}; perhaps {few}; correct it in the export"


def records(source: Iterable[str], separator: str) -> Iterator[Record]:
    """Split physical lines into records by RFC 4180, strictly, and go on after a broken one at its next line."""
    following = iter(source)
    held: deque[str] = deque()
    taken: list[str] = []

    def feed() -> Iterator[str]:
        while (line := held.popleft() if held else next(following, None)) is not None:
            taken.append(line)
            if len(taken) > RECORD_LINES:
                raise csv.Error("unexpected end of data")
            yield line

    number, reader = 1, csv.reader(feed(), delimiter=separator, strict=True)
    while True:
        taken.clear()
        try:
            fields = next(reader, None)
        except csv.Error as fault:
            yield number, _reason(str(fault))
            held.extendleft(reversed(taken[1:]))
            number, reader = number + 1, csv.reader(feed(), delimiter=separator, strict=True)
            continue
        if fields is None:
            return
        yield number, fields
        number += len(taken)


def lines(path: Path, encoding: str, newline: str = "\n", told: Told = unwatched) -> Iterator[str]:
    """The file's physical lines with their ends, without a byte-order mark; undecodable bytes as UNDECODABLE."""
    size = path.stat().st_size
    with path.open("rb") as file, TextIOWrapper(file, encoding, errors="mark", newline=newline) as text:
        first = next(text, "")
        yield first.removeprefix("\ufeff")
        for some in iter(lambda: list(islice(text, TELL_EVERY)), []):
            yield from some
            told(file.tell() / size)


def sniffed_encoding(path: Path, place: str, whole: bool = True) -> str:
    """The encoding: by byte-order mark, else UTF-8, else Windows-1252; `whole` False looks at the head alone.

    A file that is UTF-8 but for a few bytes stays UTF-8, and those rows are rejected one by one: read as
    Windows-1252 every other name in it would be garbled.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
        if not head:
            raise SourceDown(f"{place} is empty (0 bytes). Export it again.")
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if head[1::2].count(0) > len(head) // 4:
            return "utf-16-le"
        if head[0::2].count(0) > len(head) // 4:
            return "utf-16-be"
        good, bad = _weighed([head] if not whole else _chunks(head, file), complete=whole)
    return "cp1252" if bad > good else "utf-8"


def known_encoding(name: str, place: str) -> str:
    """The encoding that audit.toml names. Raises SourceDown where Python knows no such text encoding."""
    try:
        "".encode(name)
    except LookupError:
        raise SourceDown(
            f'{place}: audit.toml names the encoding {name!r}, which does not exist. Use "utf-8", "cp1252" '
            'or "utf-16", or leave the setting out.'
        ) from None
    return name


def transcoded(path: Path, how: Layout, target: Path) -> bool:
    """Write the file again as UTF-8, line by line; False where it holds bytes that are no text in its encoding."""
    with target.open("w", encoding="utf-8", newline="") as out:
        for line in lines(path, how.encoding, how.newline):
            if UNDECODABLE in line:
                return False
            out.write(line)
    return True


def _chunks(head: bytes, file: BinaryIO) -> Iterator[bytes]:
    yield head
    while chunk := file.read(CHUNK):
        yield chunk


def _weighed(chunks: Iterable[bytes], complete: bool) -> tuple[int, int]:
    """Letters beyond ASCII that are sound UTF-8, and faults, in a stretch of bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")("mark")
    good = bad = 0
    for chunk in chunks:
        if chunk.isascii() and not decoder.getstate()[0]:
            continue
        text = decoder.decode(chunk)
        faults = text.count(UNDECODABLE)
        bad += faults
        good += len(text) - faults - len(text.encode("ascii", "ignore"))
    if complete:
        bad += decoder.decode(b"", final=True).count(UNDECODABLE)
    return good, bad


def _newline(path: Path) -> str:
    with path.open("rb") as file:
        bare = False
        while chunk := file.read(CHUNK):
            if b"\n" in chunk:
                return "\n"
            bare = bare or b"\r" in chunk
    return "\r" if bare else "\n"


def _separator(path: Path, wanted: Wanted, encoding: str, newline: str) -> str:
    head = list(islice(lines(path, encoding, newline), 50))
    if head and head[0].lower().startswith("sep=") and len(head[0].strip()) == 5:
        return head[0][4]

    def score(separator: str) -> tuple[int, int]:
        for _, fields in records(head, separator):
            if not isinstance(fields, str) and any(fields) and not _preamble(fields):
                return likeness(fields, wanted), len(fields)
        return 0, 0

    return max(SEPARATORS, key=score)


def _preamble(fields: Sequence[str]) -> bool:
    """Lines before the headings that programs add: PowerShell's type line, Excel's separator line."""
    first = fields[0].strip()
    return first.startswith("#TYPE ") or (first.lower().startswith("sep=") and not any(fields[1:]))


def _reason(fault: str) -> str:
    if "end of data" in fault:
        return "a quotation mark is opened here and never closed; close it, or remove it, in the export"
    if "expected after" in fault:
        return 'text follows a closing quotation mark; a quotation mark inside a value is written twice ("")'
    if "field larger" in fault:
        return f"a value is longer than {csv.field_size_limit():,} characters; a quotation mark may be missing"
    if "new-line character" in fault:
        return "a line break (carriage return) stands outside quotation marks; put the value in quotation marks"
    return f"the row cannot be read ({fault})"
