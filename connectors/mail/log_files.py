"""Mail logs that are tables of text: from a file to a feed of the scan, whatever its encoding, separator or headings.

A sound file in UTF-8 or UTF-16, packed or not, is read by DuckDB. Whatever DuckDB cannot tell exactly (a
broken row whose
line it does not know, a listed sender's row without a date) is read again row by row by connectors/files/delimited.py.
"""

from __future__ import annotations

import gzip
import re
import shutil
import tempfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

import duckdb

from connectors.contract import Rejected, Source, SourceChanged, SourceDown, folded
from connectors.files import delimited
from connectors.files.dated import date_format
from connectors.files.headings import Wanted, other_headings, positions, taken_down
from connectors.files.progress import Tell
from connectors.mail import query as mail_query
from connectors.mail.fates import known
from connectors.mail.scan import Entry, Feed

HEAD = 1 << 20
"""Bytes of a packed file that are unpacked to tell how it is written."""
CHUNK = 1 << 22
FAST = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "utf-16": "utf-16"}
"""Encodings that DuckDB reads by itself."""
TOO_MANY = "TOO MANY COLUMNS"
"""Broken rows of which DuckDB leaves out just the row itself; those that end early are read, by `delimited.rows`."""
SPARED = ("message_id", "direction", "recipient_status", "outcome", "latest", "auth", "envelope")
"""Fields that a row may lack at its end, as spreadsheets leave the last commas of a row away."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a log calls its columns: field of mail_query.FIELDS → headings, folded, the likeliest first.

    `required` are fields without which the export says nothing (or several, of which one must be there), each with what
    to ask for in the export. `system` is whose words of mail_fates.csv say what became of a message.
    """

    spellings: Mapping[str, tuple[str, ...]]
    required: Mapping[tuple[str, ...], str]
    system: str

    def wanted(self) -> Wanted:
        """Every heading that is known: tells the right separator from a wrong one."""
        return Wanted(tuple(dict.fromkeys(name for names in self.spellings.values() for name in names)))

    def columns(self, headings: Sequence[str], source: Source, place: str) -> dict[str, str]:
        """Field → the heading that holds it. Raises SourceChanged where a required one has none."""
        named = source.options.get("columns", {})
        if not isinstance(named, dict) or any(field not in self.spellings for field in named):
            listed = ", ".join(self.spellings)
            raise SourceDown(f"{source.name}: columns in audit.toml must be a table that names some of: {listed}.")
        seen = {folded(heading): heading for heading in headings}
        found = {field: str(heading) for field, heading in dict(named).items()}
        for field, names in self.spellings.items():
            heading = next((seen[name] for name in names if name in seen), None)
            if field not in found and heading is not None:
                found[field] = heading
        for fields, ask in self.required.items():
            if not any(field in found for field in fields):
                shown = ", ".join(repr(heading) for heading in headings[:40])
                raise SourceChanged(
                    f"{place}: no column holds the {ask}. The headings found are: {shown}. Export it with them, or name"
                    f' the heading that holds it in audit.toml: columns = {{ {fields[0]} = "…" }}.'
                )
        return found


def feed(path: Path, place: str, source: Source, shape: Shape) -> Feed:
    """A delimited file as a feed. Raises SourceDown for a file that is empty or damaged, SourceChanged for
    its headings."""
    how = _layout(path, place, source, shape)
    columns = shape.columns(how.headings, source, place)
    needed = tuple(field for field in columns if field not in SPARED)
    wanted = Wanted(tuple(columns), needed, columns, tables=source.tables)
    where = positions(how.headings, wanted, place)
    taken_down(how.headings, where, wanted, place)
    exact = partial(_exact, path, place, how, wanted)
    dated, words, stated = "sent_at" in columns, known(shape.system, source), date_format(source)
    if how.encoding not in FAST or how.newline != "\n":
        return Feed(place, exact, dated=dated, fates=words, date_format=stated)
    relation = _relation(path, how, where)
    days = ""
    if dated:
        column = f"rtrim(split_part(c{where['sent_at']}, ' ', 1), ',')"
        days = f"SELECT DISTINCT {column} FROM {_csv(path, how, 'ignore_errors = true')}"  # noqa: S608
    return Feed(place, exact, relation, _broken(path, place, how), dated, words, days, stated)


def feed_relation(columns: Mapping[str, str], source: str) -> str:
    """A feed's relation: the columns of mail_query.FEED from SQL expressions; those not given are empty text."""
    shown = (f"{columns.get(name, mail_query.text_sql(''))} AS {name}" for name in mail_query.FEED if name != "place")
    return f"SELECT {', '.join(shown)}, NULL::VARCHAR AS place FROM {source}"  # noqa: S608


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The file itself, or a temporary copy of what a .gz holds. Raises SourceDown for one that is cut off
    or damaged."""
    if path.suffix.lower() != ".gz":
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="identity-audit-", ignore_cleanup_errors=True) as folder:
        plain = Path(folder) / path.stem
        try:
            with gzip.open(path) as packed, plain.open("wb") as out:
                shutil.copyfileobj(packed, out, CHUNK)
        except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
            raise SourceDown(f"{path} is cut off or damaged ({fault}). Deliver it again.") from fault
        yield plain


def _layout(path: Path, place: str, source: Source, shape: Shape) -> delimited.Layout:
    """How the file is written, told from its beginning."""
    asked, separator = str(source.options.get("encoding", "")), str(source.options.get("separator", ""))
    with tempfile.TemporaryDirectory(prefix="identity-audit-", ignore_cleanup_errors=True) as folder:
        head = path
        if path.suffix.lower() == ".gz":
            head = Path(folder) / "head"
            head.write_bytes(_beginning(path))
        encoding = (
            delimited.stated_encoding(asked, head, place)
            if asked
            else delimited.sniffed_encoding(head, place, whole=False)
        )
        return delimited.layout(head, shape.wanted(), place, encoding, "\t" if separator == "tab" else separator)


def _beginning(path: Path) -> bytes:
    try:
        with gzip.open(path) as packed:
            return packed.read(HEAD)
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise SourceDown(f"{path} is cut off or damaged ({fault}). Deliver it again.") from fault


def _exact(path: Path, place: str, how: delimited.Layout, wanted: Wanted, told: Tell) -> Iterator[Entry | Rejected]:
    with unpacked(path) as plain:
        if how.encoding == "utf-8":  # told from the beginning alone; a later byte may say otherwise
            encoding = delimited.sniffed_encoding(plain, place)
            how = replace(how, encoding=encoding)
        for row in delimited.delimited_rows(plain, how, wanted, place, told):
            if isinstance(row, Rejected):
                yield row
            elif row.lacks:
                yield Rejected(row.where, row.lacks)
            elif (
                other_headings(list(row.values.values()), wanted) if row.short else _other_headings(row.values, wanted)
            ):
                raise SourceChanged(
                    f"{row.where}: other headings begin here; two exports were joined into one. Separate them again."
                )
            elif delimited.UNDECODABLE in "".join(row.values.values()):
                yield Rejected(
                    row.where,
                    "the row holds bytes that are no text in the file's encoding; name the right encoding",
                )
            else:
                yield {**row.values, "place": row.where}


def _other_headings(values: Mapping[str, str], wanted: Wanted) -> bool:
    """Whether a row is the headings of another export; the file's own headings, repeated, do no harm."""
    told = {name: folded(text) for name, text in values.items()}
    own = all(told[name] == folded(wanted.columns[name]) for name in told)
    return not own and bool(re.fullmatch(mail_query.HEADINGS, told["sender"])) and "@" not in "".join(told.values())


def _relation(path: Path, how: delimited.Layout, where: Mapping[str, int]) -> str:
    source = _csv(path, how, "store_rejects = true, rejects_limit = 0")
    return feed_relation({name: f"c{position}" for name, position in where.items()}, source)


def _csv(path: Path, how: delimited.Layout, faults: str) -> str:
    columns = ", ".join(f"'c{position}': 'VARCHAR'" for position in range(len(how.headings)))
    return (
        f"read_csv({mail_query.text_sql(str(path))}, auto_detect = false, header = true, skip = {how.first_line - 1}, "
        f"delim = {mail_query.text_sql(how.separator)}, quote = '\"', escape = '\"', columns = {{{columns}}}, "
        f"encoding = '{FAST[how.encoding]}', {faults})"
    )


def _broken(
    path: Path, place: str, how: delimited.Layout
) -> Callable[[duckdb.DuckDBPyConnection], list[Rejected] | None]:
    """What DuckDB left out of the file; None where the lines cannot be told from its account."""

    def told(connection: duckdb.DuckDBPyConnection) -> list[Rejected] | None:
        columns = "error_type::VARCHAR, line_byte_position, csv_line"
        query = f"SELECT {columns} FROM reject_errors ORDER BY line_byte_position"  # noqa: S608
        found = connection.execute(query).fetchall()
        connection.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
        if not found:
            return []
        if FAST[how.encoding] != "utf-8" or any(kind != TOO_MANY or offset is None for kind, offset, _ in found):
            return None
        offsets = {offset - 1: line for _, offset, line in found}
        numbers = _line_numbers(path, sorted(offsets))
        return [Rejected(f"{place}:{number}", _ragged(offsets[at], how)) for at, number in numbers.items()]

    return told


def _line_numbers(path: Path, offsets: list[int]) -> dict[int, int]:
    """The physical line, from 1, of each byte offset (ascending).

    DuckDB's offset of a broken row may lie on the end of a line before (CRLF): then the next one that is not blank is
    meant.
    """
    opened = gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")  # noqa: SIM115 (closed below)
    numbers: dict[int, int] = {}
    ends = 0
    due, ahead = deque(offsets), list[int]()
    with cast("BinaryIO", opened) as file:
        for number, line in enumerate(file, start=1):
            if line.strip(b"\r\n"):
                numbers |= dict.fromkeys(ahead, number)
                ahead = []
            ends += len(line)
            while due and due[0] < ends:
                offset = due.popleft()
                if line[offset - ends :].strip(b"\r\n"):
                    numbers[offset] = number
                else:
                    ahead.append(offset)
            if not due and not ahead:
                break
    return numbers


def _ragged(line: str, how: delimited.Layout) -> str:
    fields = next(iter(delimited.records([line], how.separator)), (1, []))[1]
    return fields if isinstance(fields, str) else delimited.ragged(len(fields), len(how.headings))
