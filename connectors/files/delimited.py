"""CSV and TSV as they really arrive: encodings, separators, broken rows; every row with its physical line.

How a file is written (encoding, separator, which row holds the headings) is told here, how its bytes are read in
connectors/files/table.py.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from io import SEEK_END, BufferedReader
from itertools import islice
from pathlib import Path

from connectors.contract import Rejected, Source, SourceChanged, SourceDown
from connectors.files.furniture import another_export
from connectors.files.heading_rows import HeadingRow, heading_row
from connectors.files.headings import (
    HEAD_ROWS,
    FileRow,
    Wanted,
    likeness,
    other_headings,
    positions,
    taken_down,
)
from connectors.files.lasting import cells_digest, line_digest
from connectors.files.progress import Tell, unwatched
from connectors.files.table import CHUNK, UNDECODABLE, Layout, lines, unpacking

SEPARATORS = (",", ";", "\t", "|")
HEAD = 1 << 16
"""Bytes read to tell encoding and separator."""
COLUMNS = 16_384
"""Headings of the widest table that is read, as many as Excel has columns."""
RECORD_LINES = 1000
"""A quoted field that runs on for more lines than this was never closed."""
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),  # by its own name: DuckDB takes every utf-16 for little-endian
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
"""Byte-order marks, with the encoding that each tells; the longer ones first."""
FEWEST_SEPARATORS = 3
"""Of a row, before the lines of a value can be taken for rows."""
SWALLOWED = (
    "a quotation mark is opened here and closed in a later row, so that rows would lie in one value; they were read one"
    " by one; close it, or remove both marks, in the export"
)
RawRow = tuple[int, list[str] | str]
"""The physical line that a record begins on, and its fields, or the reason why it cannot be read."""


def layout(path: Path, wanted: Wanted, place: str, encoding: str = "", separator: str = "") -> Layout:
    """Tell how a delimited file is written; `encoding` and `separator` from audit.toml are taken at their word.

    Raises SourceDown for an empty file or an unknown encoding, SourceChanged where no heading can be made out.
    """
    encoding = encoding or sniffed_encoding(path, place)
    newline = _newline(path)
    chosen = separator or _separator(path, wanted, encoding, newline)
    if wanted.stated:
        return Layout(encoding, newline, chosen, HeadingRow(0, wanted.stated), 0, 1)
    head: list[tuple[int, list[str]]] = []
    with closing(lines(path, encoding, newline)) as text:
        for line, fields in records(text, chosen):
            if isinstance(fields, str):
                if not head:
                    raise SourceChanged(f"{place}:{line}: the headings cannot be read: {fields}.")
            elif any(field.strip() for field in fields) and not _preamble(fields):
                if len(fields) > COLUMNS and any(field.strip() for field in fields[COLUMNS:]):
                    raise SourceChanged(
                        f"{place}:{line}: the row has {len(fields):,} fields; tables are read up to {COLUMNS:,}"
                        " columns. Correct the row, or export only the columns that count."
                    )
                head.append((line, fields[:COLUMNS]))
            if len(head) == HEAD_ROWS:
                break
    if not head:
        raise SourceDown(f"{place} is empty: it holds no headings and no rows. Export it again.")
    found = heading_row([fields for _, fields in head], wanted)
    line, fields = head[found.at]
    last = line + _line_ends([fields], newline)
    within = _line_ends((fields for _, fields in head[: found.at]), newline)
    return Layout(encoding, newline, chosen, found, line, last + 1, _row_end(path, encoding, newline, last), within)


def delimited_rows(
    path: Path, how: Layout, wanted: Wanted, place: str, told: Tell = unwatched
) -> Iterator[FileRow | Rejected]:
    """Every row of the file in its order, whole; rows with nothing in them are passed over.

    A row that ends early is read, its last fields empty; of a file without headings, a longer one as far as audit.toml
    names its columns. Raises SourceChanged for headings that do not serve, and
    where the headings of another export begin.
    """
    where = positions(how.headings, wanted, how.place(place))
    table = taken_down(how.headings, where, wanted, place)
    columns = len(how.headings)
    cut = unended(path)
    short: FileRow | None = None  # held back until it is known not to be the file's last
    shorts = wholes = 0
    for line, fields in records(lines(path, how.encoding, how.newline, told), how.separator):
        if line <= how.first_line:
            continue
        if short is not None:
            yield short
            short = None
        if isinstance(fields, str):
            yield Rejected(f"{place}:{line}", fields, digest=getattr(fields, "digest", ""))
        elif not any(fields) or (len(fields) < columns and not says_something(fields)):
            continue
        elif len(fields) < columns:
            table.look(fields)
            shorts += 1
            short = filled(f"{place}:{line}", fields, where, columns, wanted)
        elif wanted.stated:
            table.look(fields)
            row = filled(f"{place}:{line}", fields[:columns], where, columns, wanted)
            yield row if whole(fields, columns) else replace(row, longer=True)
        elif not whole(fields, columns):
            yield misfit(f"{place}:{line}", fields, columns, wanted)
        else:
            table.look(fields)
            wholes += 1
            yield filled(f"{place}:{line}", fields, where, columns, wanted)
    if short is not None:
        yield Rejected(short.where, CUT, unnamed=True) if cut and shorts == 1 and wholes else short


ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.\w+")
SHAPED_LIKE_ADDRESSES = ("handle", "sender", "recipient_address", "recipient_status", "message_id")
"""Fields that may hold name@host.example and are no column of addresses."""
CUT = (
    "the file ends in the middle of this row, without a line end; it may have been cut off on its way; export it "
    "again, or complete the row"
)
"""The reason for a last row that has fewer fields than all others, in a file that does not end with a line end."""


def filled(where: str, fields: Sequence[str], columns: Mapping[str, int], headings: int, wanted: Wanted) -> FileRow:
    """A row from its fields; those that it lacks at its end are empty: spreadsheets leave the last commas away."""
    if len(fields) == headings:
        return FileRow(where, {**wanted.blank, **{name: fields[at] for name, at in columns.items()}})
    values = {name: fields[at] if at < len(fields) else "" for name, at in columns.items()}
    lacks = ragged(len(fields), headings) if _lacking(len(fields), columns, wanted) or _shifted(values) else ""
    return FileRow(where, {**wanted.blank, **values}, max(columns.values(), default=-1) >= len(fields), lacks)


def _lacking(fields: int, columns: Mapping[str, int], wanted: Wanted) -> bool:
    """Whether a row of so many fields ends before something that is required."""
    for need in wanted.required:
        names = (need,) if isinstance(need, str) else need
        places = [columns[name] for name in names if name in columns]
        if places and min(places) >= fields and wanted.constants.isdisjoint(names):
            return True
    return False


def _shifted(values: Mapping[str, str]) -> bool:
    """Whether a short row lacks a separator further in front: its addresses do not stand under theirs."""
    mails = [text for name, text in values.items() if "email" in name]
    others = [text for name, text in values.items() if "email" not in name and name not in SHAPED_LIKE_ADDRESSES]
    if any(text.strip() and "@" not in text for text in mails):
        return True
    return not any(mails) and any(ADDRESS.fullmatch(text.strip()) for text in others)


def misfit(where: str, fields: Sequence[str], columns: int, wanted: Wanted) -> Rejected:
    """A row with more fields than there are headings. Raises SourceChanged where another export's headings stand."""
    if other_headings(fields, wanted):
        raise SourceChanged(another_export(where))
    return Rejected(where, ragged(len(fields), columns), digest=cells_digest(fields))


def unended(path: Path) -> bool:
    """Whether the file's last line has no end."""
    with path.open("rb") as file:
        file.seek(-min(8, path.stat().st_size), SEEK_END)
        return not file.read().rstrip(b"\0\x1a").endswith((b"\n", b"\r")) if path.stat().st_size else False


def says_something(fields: Sequence[str]) -> bool:
    """Whether a short row holds anything: not blanks, nor the sign with which DOS ends a file."""
    return any(field.strip().strip("\x1a") for field in fields)


def whole(fields: Sequence[str], columns: int) -> bool:
    """Whether a row has as many fields as there are headings; separators at its end that add nothing are allowed."""
    return len(fields) == columns or (len(fields) > columns and not any(fields[columns:]))


def ragged(fields: int, columns: int) -> str:
    """The reason for a row that has more fields than there are headings, or too few to hold what is required."""
    few = "a separator is missing" if fields < columns else "a value holds the separator without quotation marks"
    return f"the row has {fields} fields where the headings have {columns}; perhaps {few}; correct it in the export"


class BrokenRow(str):
    """Why a record cannot be split into fields; `digest` stands for its first line."""

    digest: str

    @classmethod
    def of(cls, reason: str, line: str) -> BrokenRow:
        """The reason for a line."""
        broken = cls(reason)
        broken.digest = line_digest(line)
        return broken


def swallows(fields: Sequence[str], separator: str) -> bool:
    """Whether a quotation mark was opened in one row and closed in a later one, so that rows lie in one value.

    Its lines are then the end of the first row, whole rows, and the beginning of the last one: as many separators as
    such have, none before a blank as in prose, and each row begins with something like the first one's beginning.
    """
    rest = len(fields) - 1
    first = _shape(fields[0].partition("\n")[0].partition(separator)[0])
    for at, value in enumerate(fields):
        begins, *later = value.split("\n")
        if not later or rest < FEWEST_SEPARATORS or '"' in value or f"{separator} " in value:
            continue
        between = [line.count(separator) for line in later[:-1]]
        edges = (begins.count(separator), later[-1].count(separator))
        if edges == (rest - at, at) and all(count == rest for count in between):
            return all(_shape(line.partition(separator)[0]) == first for line in later)
    return False


def _shape(text: str) -> str:
    """What a value looks like: "001002" as "9", "jane.doe" as "a.a"."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", text.strip()))


def records(source: Iterable[str], separator: str) -> Iterator[RawRow]:
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
            yield number, BrokenRow.of(_reason(str(fault)), taken[0])
            held.extendleft(reversed(taken[1:]))
            number, reader = number + 1, csv.reader(feed(), delimiter=separator, strict=True)
            continue
        if fields is None:
            return
        if len(taken) > 1 and swallows(fields, separator):
            yield number, BrokenRow.of(SWALLOWED, taken[0])
            held.extendleft(reversed(taken[1:]))
            number, reader = number + 1, csv.reader(feed(), delimiter=separator, strict=True)
            continue
        yield number, fields
        number += len(taken)


def sniffed_encoding(path: Path, place: str, whole: bool = True) -> str:
    """The encoding: by byte-order mark, else UTF-8, else Windows-1252; `whole` False looks at the head alone.

    A file that is UTF-8 but for a few bytes stays UTF-8, and those rows are rejected one by one: read as
    Windows-1252 every other name in it would be garbled.
    """
    # Not charset-normalizer: a Windows-1252 list with few accents it takes for cp1250 or Big5 (Peña turns into Peńa),
    # which is another person's name; held to UTF-8 and Windows-1252, it gives up at one bad byte and adds nothing.
    with path.open("rb") as file, unpacking(file) as content:
        head = content.read(HEAD)
        if not head:
            raise SourceDown(f"{place} is empty (0 bytes). Export it again.")
        marked = next((name for mark, name in MARKS if head.startswith(mark)), "")
        if marked:
            return marked
        if head[1::2].count(0) > len(head) // 4:
            return "utf-16-le"
        if head[0::2].count(0) > len(head) // 4:
            return "utf-16-be"
        good, bad = _weighed([head] if not whole else _chunks(head, content), complete=whole)
    return "cp1252" if bad > good else "utf-8"


def layout_for(source: Source, path: Path, wanted: Wanted, place: str, *, whole: bool) -> Layout:
    """How a delimited file of a source is written: as audit.toml says, else by itself; `whole` False takes its encoding
    from its head alone. Raises as `layout`, and SourceDown for options that are none."""
    encoding = stated_encoding(source, path, place) or sniffed_encoding(path, place, whole=whole)
    return layout(path, wanted, place, encoding, stated_separator(source, place))


def stated_separator(source: Source, place: str) -> str:
    """The separator that audit.toml names, empty for none. Raises SourceDown where it can be none."""
    text = str(source.options.get("separator", ""))
    separator = "\t" if text.strip().lower() in {"tab", "\\t"} and text != "\t" else text
    if len(separator) > 1 or separator in {'"', "\n", "\r"}:
        raise SourceDown(f'{place}: audit.toml names the separator {text!r}. It must be "," ";" "|" or "tab".')
    return separator


def stated_encoding(source: Source, path: Path, place: str) -> str:
    """The encoding that audit.toml names, empty for none; which order UTF-16 has is for the file to say.

    Raises SourceDown where Python knows no such text encoding.
    """
    stated = source.options.get("encoding", "")
    if not stated:
        return ""
    name = known_encoding(str(stated), place)
    if not codecs.lookup(name).name.startswith("utf-16"):
        return name
    told = sniffed_encoding(path, place, whole=False)
    if told.startswith("utf-16"):
        return told
    return "utf-16-le" if codecs.lookup(name).name == "utf-16" else name


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


def _chunks(head: bytes, content: BufferedReader) -> Iterator[bytes]:
    yield head
    while chunk := content.read(CHUNK):
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
    """What ends a row: a carriage return alone, as in Excel's "CSV (Macintosh)", where no line feed stands outside
    quotation marks; else a line feed."""
    bare = within = False
    with path.open("rb") as file, unpacking(file) as content:
        while chunk := content.read(CHUNK):
            parts = chunk.split(b'"')
            outside = parts[within::2]
            if any(b"\n" in part for part in outside):
                return "\n"
            bare = bare or any(b"\r" in part for part in outside)
            within ^= len(parts) % 2 == 0
    return "\r" if bare else "\n"


def _line_ends(above: Iterable[Sequence[str]], newline: str) -> int:
    return sum(field.count(newline) for fields in above for field in fields)


def _row_end(path: Path, encoding: str, newline: str, line: int) -> str:
    """What a physical line ends with; empty for the last one without an end."""
    with closing(lines(path, encoding, newline)) as text:
        found = next(islice(text, line - 1, None), "")
    return next((end for end in ("\r\n", "\n", "\r") if found.endswith(end)), "")


def _separator(path: Path, wanted: Wanted, encoding: str, newline: str) -> str:
    head: list[str] = []
    with closing(lines(path, encoding, newline)) as text:
        for line in islice(text, 50):
            head.append(line)
            if sum(map(len, head)) > CHUNK:
                break
    if head and head[0].lower().startswith("sep=") and len(head[0].strip()) == 5:
        return head[0][4]

    # Not DuckDB's sniff_csv: it takes the last commas left away, or one ragged row, for a file of one column or for
    # titles ("platform;handle", "x;a", "x;b;c": it skips two rows), and a title above the headings for the headings.
    def score(separator: str) -> tuple[int, int]:
        read = (fields for _, fields in records(head, separator) if not isinstance(fields, str))
        told = [fields[:COLUMNS] for fields in read if any(fields) and not _preamble(fields)][:HEAD_ROWS]
        return max(((likeness(fields, wanted), len(fields)) for fields in told), default=(0, 0))

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
