"""One way to read a file: its bytes unpacked, its lines, DuckDB's relation over it, and what that left out.

Exports and mail logs share it. Rows stream: memory does not grow with the file. A physical line ends with a line feed,
or with a carriage return in a file that has no line feed at all.
"""

from __future__ import annotations

import codecs
import gzip
import re
import shutil
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase, BufferedReader, RawIOBase, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from connectors.contract import SourceDown
from connectors.files.heading_rows import HeadingRow
from connectors.files.progress import WATCHED, Tell, unwatched
from connectors.files.scratch import scratch

MEMORY, THREADS = "1GB", 2
"""What DuckDB may hold before it spills, and the threads it reads with. Of a Parquet file it holds a group of rows for
each thread, which cannot spill; what it reads a CSV into is not counted."""
CHUNK = 1 << 20
UNPACKED = 64 * 1024**3
"""Bytes that a .gz may unpack to."""
RATIO = 200
"""Times its packed size that a file may unpack to; text that repeats itself stays below."""
SMALL = 1024**2
"""Unpacked bytes of a file in an archive below which no ratio is dangerous."""
LINE = 64 * 1024**2
"""Bytes of one physical line."""
BROKEN = 100_000
"""Broken rows of a file that are held at a time; a file with more of them is read row by row."""
PACKED = frozenset({".zip", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz", ".zst"})
"""Endings of files that are packed in a way that is not read."""
TELL_EVERY = 10_000
"""Lines after which progress is told."""
UNDECODABLE = "\udcff"
"""Stands for bytes that are no text in the file's encoding; no encoding yields it by itself."""
NATIVE = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "utf-16": "utf-16"}
"""Encodings that DuckDB reads by itself, and what it calls them."""


def _mark(fault: UnicodeError) -> tuple[str, int]:
    if not isinstance(fault, UnicodeDecodeError):
        raise fault
    return UNDECODABLE, fault.end


codecs.register_error("mark", _mark)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a delimited file is written: encoding, line end, separator, and where its first row of data stands.

    `row` are the headings, `first_line` is the physical line of the heading, `data_line` the one after it. `row_end` is
    what the row of headings ends with ("\\r\\n" beside line feeds, too); empty where that is not known. `within` are
    line ends between quotation marks above the headings.
    """

    encoding: str
    newline: str
    separator: str
    row: HeadingRow
    first_line: int
    data_line: int
    row_end: str = ""
    within: int = 0

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings, as they are matched."""
        return self.row.headings

    def place(self, place: str) -> str:
        """How messages about the headings call the file: with their line, where it is not the first."""
        return f"{place}, line {self.first_line}" if self.row.at else place


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that DuckDB left out: why (its word for it), the byte where it begins, and what it says."""

    kind: str
    at: int | None
    line: str


@contextmanager
def unpacking(file: BufferedReader) -> Iterator[BufferedReader[Any]]:
    """The bytes of an open file; of a .gz, what it holds. Raises SourceDown for one that is cut off or damaged."""
    path = Path(file.name)
    if path.suffix.lower() != ".gz":
        yield file
        return
    try:
        most = max(LINE, RATIO * path.stat().st_size)
        with gzip.open(file) as packed, BufferedReader(_Unpacking(packed, path, most)) as content:
            yield content
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise SourceDown(f"{path} is cut off or damaged ({fault}). Deliver it again.") from fault


class _Unpacking(RawIOBase):
    """What a .gz holds; raises SourceDown where it is more than `most` bytes."""

    def __init__(self, packed: gzip.GzipFile, path: Path, most: int) -> None:
        self.packed, self.path, self.left = packed, path, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self.packed.readinto(buffer)
        self.left -= count
        if self.left < 0:
            raise SourceDown(
                f"{self.path} unpacks to more than {RATIO} times its size, like a zip bomb. Unpack it, check what it"
                " holds, and name the file itself in path."
            )
        return count


class _Lines(BufferedIOBase):
    """Bytes for a TextIOWrapper; raises SourceDown for a line of more than LINE bytes, which would be held whole."""

    def __init__(self, content: BufferedReader[Any], path: Path) -> None:
        self.content, self.path, self.begun = content, path, 0

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1, /) -> bytes:
        chunk = self.content.read1(size)
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        self.begun = self.begun + len(chunk) if end < 0 else len(chunk) - end - 1
        if self.begun > LINE:
            raise SourceDown(
                f"{self.path} has a line of more than {LINE // 1024**2} MB, so it is no file of rows, or it is damaged."
                " Export it again."
            )
        return chunk


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The file itself, or a temporary copy of what a .gz holds.

    Raises SourceDown for one that is cut off or damaged, or holds more than UNPACKED or than there is room for.
    """
    if path.suffix.lower() != ".gz":
        yield path
        return
    with scratch() as folder:
        plain = folder / path.stem
        with path.open("rb") as file, unpacking(file) as content, plain.open("wb") as out:
            while chunk := content.read(CHUNK):
                out.write(chunk)
                if out.tell() > UNPACKED or out.tell() > shutil.disk_usage(folder).free:
                    raise SourceDown(f"{path} unpacks to more than fits here. Unpack it, and check what it holds.")
        yield plain


def lines(path: Path, encoding: str, newline: str = "\n", told: Tell = unwatched) -> Generator[str]:
    """The file's physical lines, unpacked, with their ends and without a byte-order mark; undecodable bytes as
    UNDECODABLE. Raises SourceDown for a .gz that is cut off or damaged."""
    size = max(path.stat().st_size, 1)
    with (
        path.open("rb") as file,
        unpacking(file) as content,
        TextIOWrapper(_Lines(content, path), encoding, errors="mark", newline=newline) as text,  # type: ignore[type-var]
    ):
        first = next(text, "")
        yield first.removeprefix("\ufeff")
        for some in iter(lambda: list(islice(text, TELL_EVERY)), []):
            yield from some
            told(file.tell() / size)


@contextmanager
def connected(
    *files: Path, ordered: bool = True, threads: int = THREADS, memory: str = MEMORY
) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB in memory, which spills into a private folder from `memory` on; `ordered`: rows come as they stand.

    It reaches these files, what lies where `scratch` puts things, and nothing else of the disk or the network.
    """
    with scratch() as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "threads": threads,
            "temp_directory": str(folder),
            "preserve_insertion_order": ordered,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(":memory:", config=settings) as connection:
            connection.execute(WATCHED)
            connection.execute(_confined(files, folder.parent))
            yield connection
    pa.default_memory_pool().release_unused()  # Arrow keeps what its batches took


def _confined(files: Iterable[Path], folder: Path) -> str:
    """Settings that keep DuckDB to these files and this folder, for good. Names count as they are and as `file_sql`
    writes them: what is asked for is compared before its pattern is looked at."""
    named = ", ".join(f"{text_sql(str(path))}, {file_sql(path)}" for path in files)
    return (
        f"SET allowed_paths = [{named}]; SET allowed_directories = [{text_sql(str(folder))}, {file_sql(folder)}];"
        " SET enable_external_access = false; SET lock_configuration = true"
    )


def text_sql(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def column_sql(value: str) -> str:
    """A column's name as SQL."""
    return '"' + value.replace('"', '""') + '"'


def file_sql(path: Path) -> str:
    """A file's name as an SQL literal that DuckDB takes for no pattern."""
    return text_sql(re.sub(r"[*?\[]", r"[\g<0>]", str(path)))


_ESCAPED = {"\n": "\\n", "\r": "\\r", "\r\n": "\\r\\n"}


def csv_relation(path: Path, how: Layout, faults: str = f"store_rejects = true, rejects_limit = {BROKEN + 1}") -> str:
    """The file as an SQL relation of text, its columns c0, c1 …; `how.encoding` must be one of NATIVE.

    Rows that are broken are left out, for `left_out` to tell. Where a row ends DuckDB is told: it takes the first line
    end for that, even one in a heading, and then finds no row at all, and no fault.
    """
    columns = ", ".join(f"'c{position}': 'VARCHAR'" for position in range(len(how.headings)))
    ends = f"new_line = '{_ESCAPED[how.row_end]}', " if how.row_end else ""
    return (
        f"read_csv({file_sql(path)}, auto_detect = false, header = true, skip = {how.first_line - 1 - how.within}, "
        f"delim = {text_sql(how.separator)}, quote = '\"', escape = '\"', columns = {{{columns}}}, "
        f"encoding = '{NATIVE[how.encoding]}', {ends}{faults})"
    )


def parquet_relation(path: Path, more: str = "") -> str:
    """The file's own columns as SQL: never those that names of folders spell (handle=x/), which would override them."""
    return f"read_parquet({file_sql(path)}, hive_partitioning = false, filename = false{more})"


def unusable_parquet(fault: Exception) -> str:
    """Why a Parquet file cannot be read, and what to do, as the rest of a sentence."""
    if "Out of Memory" in str(fault):  # Arrow passes DuckDB's errors on as its own
        return (
            f"is written in groups of rows of which a few need more than {MEMORY} of memory. Export it in smaller ones"
            " (100,000 rows each, say: row_group_size in pandas, ROW_GROUP_SIZE in DuckDB), or as CSV."
        )
    return f"is damaged or no Parquet file ({brief(fault)}). Export it again."


def left_out(connection: duckdb.DuckDBPyConnection) -> list[LeftOut]:
    """What a `csv_relation` that was just read left out, in the order of the file; the connection forgets it.

    More than BROKEN: it left out more than it tells.
    """
    query = "SELECT error_type::VARCHAR, line_byte_position - 1, csv_line FROM reject_errors ORDER BY ALL"  # from 1
    found = [LeftOut(*one) for one in connection.execute(query).fetchall()]
    forget_left_out(connection)
    return sorted(found, key=lambda one: one.at or 0)


def forget_left_out(connection: duckdb.DuckDBPyConnection) -> None:
    """Make room for the account of another file."""
    connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")


def line_numbers(content: BufferedReader, offsets: Iterable[int]) -> Iterator[int]:
    """The physical lines, from 1, that begin at these byte offsets, ascending: one pass from the content's beginning.

    DuckDB's offset of a broken row may lie on the end of a line before: then the next line that is not blank is meant.
    """
    number, at = 1, 0
    for offset in offsets:
        while at < offset and (chunk := content.read(min(CHUNK, offset - at))):
            number, at = number + chunk.count(b"\n"), at + len(chunk)
        while (end := content.peek(1)[:1]) and end in b"\r\n":
            content.read(1)
            number, at = number + (end == b"\n"), at + 1
        yield number


def brief(fault: Exception) -> str:
    """The first line of what a library says of a fault."""
    return str(fault).strip().splitlines()[0][:200] if str(fault).strip() else type(fault).__name__
