"""What runs on each part of a table, where it lies: the SQL and the predicate that files are read with here.

These functions go to the cluster with this package (`session`), and need no pyspark there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain

import duckdb
import pyarrow as pa

from connectors.files.bulk import BATCH, sifted
from connectors.files.headings import Wanted
from connectors.files.row_filter import FilterCounts, RowFilter
from connectors.files.table import connected
from connectors.sift import Terms

PART = "part"
"""The relation that SQL finds the rows of a part in."""
TALLY = "#tally"
"""The column of the one row in which a part tells what it left out; in all others it is empty."""
Part = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]
"""What makes of the batches of a part those that are sent home."""


def rows_sifted(query: str, wanted: Wanted, terms: Terms | None, sent: pa.Schema) -> Part:
    """A part's rows as text (`query`), those that `sift` and the row filter let go on, and at its end the tally of the
    others, all with the columns of `sent`."""
    wanted = replace(wanted, tables={})

    def on_part(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        here, dropped = replace(wanted, row_filter=RowFilter(wanted.row_filter.rules)), 0
        with _queried(batches, (query,)) as found:
            for batch in found:
                stay, out_of_it = sifted(batch, terms, here)
                dropped += batch.num_rows - stay.num_rows - out_of_it
                yield pa.RecordBatch.from_arrays([*stay.columns, pa.nulls(stay.num_rows, pa.string())], schema=sent)
        tally = {**dict.fromkeys(sent.names), TALLY: _told(dropped, here.row_filter.counts)}
        yield pa.RecordBatch.from_pylist([tally], schema=sent)

    return on_part


def rows_found(statements: Sequence[str]) -> Part:
    """What the last of DuckDB's statements finds in a part."""

    def on_part(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with _queried(batches, statements) as found:
            yield from found

    return on_part


def _told(dropped: int, counts: FilterCounts) -> str:
    return json.dumps([dropped, counts.stayed, list(counts.out.items()), counts.words])


def add_tally(tally: str, counts: FilterCounts) -> int:
    """Add what a part told of its row filter to `counts`; returns how many rows it dropped for lack of a tie."""
    dropped, stayed, out, words = json.loads(tally)
    counts.stayed += stayed
    for rule, rows in out:
        counts.out[rule] += rows
    for name, seen in words.items():
        for word, rows in seen.items():
            counts.see(name, word, rows)
    return int(dropped)


@contextmanager
def _queried(batches: Iterator[pa.RecordBatch], statements: Sequence[str]) -> Iterator[Iterator[pa.RecordBatch]]:
    """What the last of the statements finds; nothing in a part without batches."""
    first = next(batches, None)
    if first is None:
        yield iter(())
        return
    with connected(ordered=False, threads=1) as connection:  # Spark runs as many parts at once as there are cores
        connection.register(PART, _reader(first, batches))
        for statement in statements[:-1]:
            connection.execute(statement)
        yield iter(_result(connection, statements[-1]))


def _reader(first: pa.RecordBatch, others: Iterator[pa.RecordBatch]) -> pa.RecordBatchReader:
    return pa.RecordBatchReader.from_batches(first.schema, chain((first,), others))


def _result(connection: duckdb.DuckDBPyConnection, query: str) -> pa.RecordBatchReader:
    return connection.sql(query).to_arrow_reader(BATCH)
