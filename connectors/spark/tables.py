"""Exports on a cluster: their rows as those of a file, after each was sifted where it lies.

What comes back is what may concern the organization, and how much else there was. Nothing is given out before all of it
is there: a part that fails fails the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from connectors.contract import Dropped, Source
from connectors.files.bulk import SAMPLED, row_tuples, texts_query
from connectors.files.headings import FileRow, Wanted, positions, taken_down
from connectors.files.table import column_sql, connected
from connectors.sift import Terms
from connectors.spark.parts import PART, TALLY, add_tally, rows_sifted
from connectors.spark.places import Place, places
from connectors.spark.session import FILE, ROW, Cluster, opened

KEY = 80
"""Letters of what a row is called by."""


def table_rows(source: Source, wanted: Wanted, terms: Terms | None) -> Iterator[FileRow | Dropped]:
    """The rows of a source's tables that the predicate keeps (all without `terms`), and the number of those left out.

    They come in an order that does not depend on the cluster: of a folder by file and row, of a table by what they say.
    Raises SourceDown for what Spark cannot read, SourceChanged for its columns.
    """
    for place in places(source):
        yield from _rows(opened(source.engine, source.folder, place), place, wanted, terms, source.distinct)


def _rows(
    cluster: Cluster, place: Place, wanted: Wanted, terms: Terms | None, distinct: Sequence[str]
) -> Iterator[FileRow | Dropped]:
    with connected() as connection:
        described = columns_of(connection, cluster, place)
        headings = described.columns
        where = positions(headings, wanted, place.name)
        table = taken_down(headings, where, wanted, place.name)
        texts = [name for name, kind in zip(headings, described.types, strict=True) if str(kind) == "VARCHAR"]
        for row in cluster.head(place, texts, SAMPLED).to_pylist() if texts else ():
            table.look([row.get(name) or "" for name in headings])
        numbers = {FILE: pa.string(), ROW: pa.int64()} if place.stored and not distinct else {}
        if distinct:
            where = {name: at for name, at in where.items() if name in distinct or name in wanted.filters}
        query = texts_query(described, where, wanted, place.name, {one: column_sql(one) for one in numbers}, PART)
        if distinct:
            query = f"SELECT DISTINCT * FROM ({query})"  # noqa: S608
    sent = pa.schema([*numbers.items(), *((name, pa.string()) for name in where), (TALLY, pa.string())])
    chosen = list(dict.fromkeys(headings[at] for at in where.values()))
    found = cluster.run(place, chosen, rows_sifted(query, wanted, terms, sent), sent)
    told = pc.is_valid(found.column(TALLY))
    tallies = found.column(TALLY).filter(told).to_pylist()
    dropped = sum(add_tally(tally, wanted.row_filter.counts) for tally in sorted(tallies))
    rows = found.filter(pc.invert(told)).sort_by([(name, "ascending") for name in (*numbers, *where)])
    for batch in rows.to_batches():
        names = _names(batch, place) if numbers else [""] * batch.num_rows
        for name, values in zip(names, row_tuples(batch, where), strict=True):
            row = {**wanted.blank, **dict(zip(where, values, strict=True))}
            yield FileRow(f"{place.name}:{name or _key(row, wanted)}", row)
    if dropped:
        yield Dropped(dropped)


def columns_of(connection: duckdb.DuckDBPyConnection, cluster: Cluster, place: Place) -> duckdb.DuckDBPyRelation:
    """A place's columns as DuckDB has them, without a row."""
    connection.register(PART, cluster.head(place, None, 0).schema.empty_table())
    return connection.sql(f"SELECT * FROM {PART}")  # noqa: S608


def above(place: Place) -> str:
    """A pattern, for Python and RE2, of what stands before a file's name below a stored place, however many slashes
    Spark writes behind the scheme; of a file that lies elsewhere by its address, all but its last name."""
    scheme, _, rest = place.name.partition(":")
    return rf"^(?:{re.escape(scheme)}:/+{re.escape(rest.strip('/'))}/|.*/)"


def _names(batch: pa.RecordBatch, place: Place) -> list[str]:
    """What the rows of a stored place are called by: file and number."""
    before = re.compile(above(place))
    files = (before.sub("", one, count=1) for one in batch.column(FILE).to_pylist())
    rows = batch.column(ROW).to_pylist()
    return [f"{file.replace(':', '_')} row {row + 1}" for file, row in zip(files, rows, strict=True)]


def _key(row: Mapping[str, str], wanted: Wanted) -> str:
    """What a row of a table is called by: of the fields of which one is required, the first that is filled, and is no
    person's address."""
    names = next((need for need in reversed(wanted.required) if isinstance(need, tuple)), wanted.fields)
    filled = ((name, row[name].rpartition("://")[2]) for name in names if row[name].strip() and "@" not in row[name])
    said = " ".join(next(filled, ("a row",)))
    return " ".join(said.replace(":", "").split())[:KEY]
