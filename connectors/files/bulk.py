"""Large exports through DuckDB, in flat memory: rows that cannot concern the question never become Python objects.

DuckDB reads the rows of a CSV, and `connectors.sift` says which of them stay. Their physical lines, and everything
about a broken row, are then read from the file itself, so that a large file yields the same items as a small one. Where
DuckDB and the file disagree in anything (`Unsure`), the caller reads the file the slow way.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from io import BufferedReader
from itertools import compress, islice
from operator import itemgetter
from pathlib import Path
from typing import IO

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from connectors.contract import Dropped, Rejected, SourceChanged, SourceDown, folded
from connectors.files.delimited import (
    CUT,
    FEWEST_SEPARATORS,
    filled,
    misfit,
    records,
    says_something,
    swallows,
    unended,
    whole,
)
from connectors.files.going_on import goes_on
from connectors.files.headings import FileRow, Wanted, heading_words, positions, taken_down
from connectors.files.progress import Tell, after, before, done, unwatched
from connectors.files.row_filter import bare_word
from connectors.files.scratch import nameless
from connectors.files.table import (
    BROKEN,
    TELL_EVERY,
    Layout,
    brief,
    column_sql,
    connected,
    csv_relation,
    left_out,
    line_numbers,
    lines,
    parquet_relation,
    text_sql,
    unusable_parquet,
)
from connectors.sift import Terms, sift

BATCH = 32_768
"""Rows in an Arrow batch."""
SAMPLED = 1000
"""Rows of a large file whose unread columns are looked into for addresses."""
LINES, WIDEST = "#lines", 200
"""All cells of a row of which one may hold rows; how many columns are looked into for that."""
LEAD = 2
"""Leading columns by which a row is found again among the lines of its file."""


class Unsure(Exception):
    """DuckDB's reading of this file cannot be relied upon; nothing has been yielded yet."""


def csv_rows(
    path: Path, how: Layout, wanted: Wanted, place: str, terms: Terms, told: Tell = unwatched
) -> Iterator[FileRow | Rejected | Dropped]:
    """The rows of a UTF-8 file that the predicate keeps, its broken rows, and the number of those left out.

    Raises Unsure before the first item where the file must be read the slow way, SourceChanged for its headings.
    """
    where = positions(how.headings, wanted, how.place(place))
    table = taken_down(how.headings, where, wanted, place)
    for line, fields in islice(records(lines(path, "utf-8-sig"), how.separator), SAMPLED):
        if line > how.first_line and not isinstance(fields, str):
            table.look(fields)
    with nameless() as spool:
        try:
            with connected(path) as connection:
                dropped, offsets = _spooled(connection, path, how, where, terms, wanted, spool, before(told, 0.5))
            places, odd, at_end = _placed(path, how, where, spool, offsets, after(told, 0.5))
        except (duckdb.Error, pa.ArrowException, UnicodeDecodeError, OSError) as fault:
            raise Unsure(brief(fault)) from fault  # OSError: so Arrow calls what DuckDB raises while rows are fetched
        cut = at_end and bool(places or dropped) and unended(path)
        others = deque(_others(odd, how, where, wanted, place, cut=cut))
        stay = goes_on([item for _, item in others], terms, wanted.row_filter)
        dropped += stay.count(False)
        others = deque(compress(others, stay))
        for line, values in zip(places, _spool_rows(spool, where), strict=True):
            while others and others[0][0] < line:
                yield others.popleft()[1]
            yield FileRow(f"{place}:{line}", {**wanted.blank, **dict(zip(where, values, strict=True))})
        yield from (item for _, item in others)
        if dropped:
            yield Dropped(dropped)


def _others(
    odd: Sequence[tuple[int, list[str]]],
    how: Layout,
    where: Mapping[str, int],
    wanted: Wanted,
    place: str,
    *,
    cut: bool,
) -> Iterator[tuple[int, FileRow | Rejected]]:
    """What the rows with too few or too many fields are, as delimited.delimited_rows says it. `cut`: the last one may
    be cut off."""
    columns, shorts = len(how.headings), 0
    for number, (line, fields) in enumerate(odd, start=1):
        at = f"{place}:{line}"
        if len(fields) > columns:
            yield line, misfit(at, fields, columns, wanted)
        elif says_something(fields):
            shorts += 1
            lost = cut and number == len(odd) and shorts == 1
            yield line, Rejected(at, CUT, unnamed=True) if lost else filled(at, fields, where, columns, wanted)


def parquet_rows(
    path: Path, wanted: Wanted, place: str, terms: Terms | None, told: Tell = unwatched
) -> Iterator[FileRow | Dropped]:
    """The records of a Parquet file as text, with their number in the file; with `terms`, those that `sift` keeps.

    Raises SourceDown for a file that is no sound Parquet, SourceChanged for its columns.
    """
    with connected(path) as connection:
        try:
            yield from _parquet(connection, path, wanted, place, terms, told)
        except (duckdb.Error, pa.ArrowException, OSError) as fault:
            raise SourceDown(f"{place} {unusable_parquet(fault)}") from fault


def _parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, wanted: Wanted, place: str, terms: Terms | None, told: Tell
) -> Iterator[FileRow | Dropped]:
    described = connection.sql(f"SELECT * FROM {parquet_relation(path)} LIMIT 0")  # noqa: S608
    kinds = [str(kind) for kind in described.types]
    where = positions(described.columns, wanted, place)
    table = taken_down(described.columns, where, wanted, place)
    texts = [name for name, kind in zip(described.columns, kinds, strict=True) if kind == "VARCHAR"]
    shown = ", ".join(column_sql(name) if name in texts else "NULL" for name in described.columns)
    for row in connection.sql(f"SELECT {shown} FROM {parquet_relation(path)} LIMIT {SAMPLED}").fetchall():  # noqa: S608
        table.look([cell or "" for cell in row])
    own = any(column.lower() == "file_row_number" for column in described.columns)  # DuckDB's name for what it adds
    number = "row_number() OVER () - 1" if own else "file_row_number"
    source = parquet_relation(path, "" if own else ", file_row_number = true")
    query = texts_query(described, where, wanted, place, {"#line": number}, source)
    for batch in connection.sql(query).to_arrow_reader(BATCH):
        stay, out_of_it = sifted(batch, terms, wanted)
        for line, values in zip(stay.column("#line").to_pylist(), row_tuples(stay, where), strict=True):
            yield FileRow(f"{place}:{line + 1}", {**wanted.blank, **dict(zip(where, values, strict=True))})
        if dropped := batch.num_rows - stay.num_rows - out_of_it:
            yield Dropped(dropped)
        told(done(connection))


def texts_query(
    described: duckdb.DuckDBPyRelation,
    where: Mapping[str, int],
    wanted: Wanted,
    place: str,
    numbers: Mapping[str, str],
    source: str,
) -> str:
    """The SQL that gives records with typed columns as text, by field, those with nothing in them left out.

    `described` has the columns of `source`, a relation as SQL; `numbers` are columns, as SQL by their names, that say
    which record it is. Raises SourceChanged for a column that is no text.
    """
    headings, kinds = described.columns, [str(kind) for kind in described.types]
    cells = {name: column_text(headings[at], kinds[at], name, wanted, place) for name, at in where.items()}
    shown = ", ".join(f"{cell} AS {column_sql(name)}" for name, cell in {**numbers, **cells}.items())
    return f"SELECT * FROM (SELECT {shown} FROM {source}) WHERE {_filled(where)}"  # noqa: S608


def column_text(heading: str, kind: str, name: str, wanted: Wanted, place: str) -> str:
    """The SQL that turns a typed column into text as an export would write it."""
    column = column_sql(heading)
    if kind in {"VARCHAR[]", "CHAR[]"} and name in wanted.many:
        return f"array_to_string({column}, chr(10))"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"strftime(make_timestamp(epoch_us({column})), '%Y-%m-%dT%H:%M:%S.%fZ')"
    if kind in {"DOUBLE", "FLOAT"}:
        whole = f"abs({column}) < 1e15 AND {column} = trunc({column})"
        return f"CASE WHEN {whole} THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
    if "[" in kind or "(" in kind.removeprefix("DECIMAL(") or kind in {"BLOB", "BIT", "VARIANT"}:
        raise SourceChanged(
            f"{place}: the column {heading!r} ({name}) is of type {kind}, which is not text. Export it as text"
            + (" or as a list of text." if name in wanted.many else ".")
        )
    return f"{column}::VARCHAR"


def _spooled(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    how: Layout,
    where: Mapping[str, int],
    terms: Terms,
    wanted: Wanted,
    spool: IO[bytes],
    told: Tell,
) -> tuple[int, list[int]]:
    """Write the rows that stay to `spool`, in their order.

    Returns how many rows were left out, and where rows with too few or too many fields begin (bytes, ascending).
    """
    chosen = ", ".join(f"c{position} AS {column_sql(name)}" for name, position in where.items())
    cells = [f"c{position}" for position in range(len(how.headings))]
    shown = f"{chosen}, {_in_lines(cells, how.separator)} AS {column_sql(LINES)}"
    query = f"SELECT {shown} FROM {csv_relation(path, how)} WHERE {_filled(cells)}"  # noqa: S608
    seen = dropped = 0
    reader = connection.sql(query).to_arrow_reader(BATCH)
    with pa.ipc.new_stream(spool, pa.schema(one for one in reader.schema if one.name != LINES)) as out:
        for batch in reader:
            seen += batch.num_rows
            suspects = batch.column(LINES).drop_null().to_pylist()
            if any(swallows([cell or "" for cell in row], how.separator) for row in suspects):
                raise Unsure("rows lie between two quotation marks")
            stay, out_of_it = sifted(batch.drop_columns([LINES]), terms, wanted)
            dropped += batch.num_rows - stay.num_rows - out_of_it
            out.write_batch(stay)
            told(done(connection))
    broken = left_out(connection)
    if not seen and not broken:
        raise Unsure("no row was found")
    if len(broken) > BROKEN or any(row.kind not in {"MISSING COLUMNS", "TOO MANY COLUMNS"} for row in broken):
        raise Unsure("rows are broken in more than their number of fields, or too many are")
    return dropped, sorted({row.at for row in broken if row.at is not None})


def _placed(
    path: Path, how: Layout, where: Mapping[str, int], spool: IO[bytes], offsets: Sequence[int], told: Tell
) -> tuple[list[int], list[tuple[int, list[str]]], bool]:
    """The physical line of every row that stays, line and fields of every row with too few or too many of them, and
    whether the last of those ends the file: one pass over it.

    A line is taken for a row only where it parses to exactly that row. Raises Unsure where one is not found.
    """
    rows = _spool_rows(spool, where)
    order, columns = tuple(where.values()), len(how.headings)
    chosen = itemgetter(*order, order[0])  # twice the first one: of one column alone it would not give a tuple
    lead = [order.index(position) for position in range(LEAD) if set(range(position + 1)) <= set(order)]
    row = next(rows, None)
    starts = _starts(row, lead, how.separator)
    kept: list[int] = []
    odd: list[tuple[int, list[str]]] = []
    at_end = False
    size = path.stat().st_size
    with path.open("rb") as file:
        due = deque(line_numbers(file, offsets))
        fault = due[0] if due else 0
        file.seek(0)
        number = 0
        for line in file:
            number += 1
            if not (line.startswith(starts) or number == fault) or number < how.data_line:
                continue
            fields, ahead, back = _record(line, file, how.separator)
            if number == fault and not whole(fields, columns):
                odd.append((number, fields))
                at_end = file.tell() == size
                due.popleft()
                fault = due[0] if due else 0
            elif whole(fields, columns) and chosen(fields)[:-1] == row:
                kept.append(number)
                if len(kept) % TELL_EVERY == 0:
                    told(file.tell() / size)
                row = next(rows, None)
                starts = _starts(row, lead, how.separator)
            elif ahead:
                file.seek(back)
                continue
            number += ahead
    if row is not None or due:
        raise Unsure("a row was not found again among the lines of its file")
    return kept, odd, at_end


def _record(line: bytes, file: BufferedReader, separator: str) -> tuple[list[str], int, int]:
    """The fields of the record that begins with this line ([] for no record), how many further lines it took, and
    where the file stood before them."""
    text = line.decode("utf-8")
    if '"' not in text and "\r" not in text[:-2]:
        return text.rstrip("\r\n").split(separator), 0, 0
    with suppress(csv.Error):  # then it goes on in the next line, or is none
        return next(csv.reader([text], delimiter=separator, strict=True)), 0, 0
    back, ahead = file.tell(), 0

    def following() -> Iterator[str]:
        nonlocal ahead
        yield text
        for more in file:
            ahead += 1
            yield more.decode("utf-8")

    _, fields = next(records(following(), separator), (1, ""))
    return [] if isinstance(fields, str) else fields, ahead, back


def _starts(row: tuple[str, ...] | None, lead: Sequence[int], separator: str) -> tuple[bytes, ...]:
    """How the line may begin on which this row stands: its leading values, each bare or in quotation marks.

    No row: nothing is a beginning. No leading column among the wanted ones: everything is.
    """
    if row is None:
        return ()
    begins = [""]
    for column, position in enumerate(lead):
        text, between = row[position], separator if column else ""
        marked = '"' + text.replace('"', '""') + '"'
        begins = [begin + between + spelling for begin in begins for spelling in (text, marked)]
    return tuple([begin.partition("\n")[0].encode() for begin in begins])


def _spool_rows(spool: IO[bytes], where: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    spool.seek(0)
    with pa.ipc.open_stream(spool) as batches:
        for batch in batches:
            yield from row_tuples(batch, where)


def row_tuples(batch: pa.RecordBatch, where: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    """The text of each row, by the fields of `where`; nothing is empty text."""
    columns = ([cell or "" for cell in batch.column(name).to_pylist()] for name in where)
    return zip(*columns, strict=True)


def sifted(batch: pa.RecordBatch, terms: Terms | None, wanted: Wanted) -> tuple[pa.RecordBatch, int]:
    """The rows of a batch that go on, and how many the row filter left out; it counts these, and those dropped.

    A row that it leaves out for a cell that is empty, or holds a heading, may be a line that is no row: it goes on, for
    others to tell what it is.
    """
    keep = sift(batch, terms) if terms else pa.array([True] * batch.num_rows, pa.bool_())
    counts = wanted.row_filter.counts
    rules = [one for one in enumerate(wanted.row_filter.rules) if one[1].name in batch.schema.names]
    if not rules:
        return batch.filter(keep), 0
    heads = heading_words(wanted)
    gone = opened = pa.array([False] * batch.num_rows)
    for number, rule in rules:
        cells = batch.column(rule.name).fill_null("").dictionary_encode()
        words = [str(word) for word in cells.dictionary.to_pylist()]
        out = [rule.leaves_out(word) for word in words]
        perhaps = [bare_word(word) == "" or folded(word) in heads for word in words]
        now = pc.and_(pc.take(pa.array(out, pa.bool_()), cells.indices), pc.invert(pc.or_(gone, opened)))
        unsure = pc.and_(now, pc.take(pa.array(perhaps, pa.bool_()), cells.indices))
        sure = pc.and_(now, pc.invert(unsure))
        gone, opened = pc.or_(gone, sure), pc.or_(opened, unsure)
        counts.out[number] += pc.sum(sure).as_py() or 0
    stay = pc.and_(pc.or_(keep, opened), pc.invert(gone))
    counts.stayed += pc.sum(pc.invert(pc.or_(stay, gone))).as_py() or 0
    for name in {rule.name for _, rule in rules}:
        cells = batch.column(name).fill_null("").filter(pc.invert(stay))
        for word in pc.value_counts(cells).to_pylist():
            counts.see(name, word["values"], word["counts"])
    return batch.filter(stay), pc.sum(gone).as_py() or 0


def _in_lines(columns: Sequence[str], separator: str) -> str:
    """All cells of a row of which one may hold rows, for its lines have as many separators as such; else NULL."""

    def count(column: str, letter: str) -> str:
        return f"(length({column}) - length(replace({column}, {letter}, '')))"

    rest, letter = len(columns) - 1, text_sql(separator)
    if not FEWEST_SEPARATORS <= rest < WIDEST:
        return "NULL::VARCHAR[]"
    fits = (
        f"(contains({one}, chr(10)) AND {count(one, letter)} = {rest} * {count(one, 'chr(10)')})" for one in columns
    )
    return f"CASE WHEN {' OR '.join(fits)} THEN [{', '.join(columns)}] END"


def _filled(columns: Sequence[str] | Mapping[str, int]) -> str:
    """A row with nothing in it is no row; empty text is missing to DuckDB only where a CSV leaves it bare."""
    cells = ", ".join(f"nullif({column_sql(column)}, '')" for column in columns)
    return f"coalesce({cells}) IS NOT NULL"
