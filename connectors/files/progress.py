"""How far the reading of a source's files is, in bytes, for whoever watches: `Source.progress`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import duckdb

from connectors.contract import Source

Tell = Callable[[float], None]
"""Told the share of one file that is read, 0 to 1, as often as it is known."""
EVERY = 0.5
"""Seconds between two questions to DuckDB."""
WATCHED = "SET enable_progress_bar = true; SET enable_progress_bar_print = false"
"""After it a connection knows how far its query is, and prints nothing about it."""


def unwatched(share: float) -> None:
    """Progress that nobody watches."""


def shares(source: Source, files: Sequence[Path]) -> dict[Path, Tell]:
    """What to tell about each file; `source.progress` hears of it in bytes of all the files (of a packed one, packed).

    It never falls, even where a file is begun anew, and never passes the file's end.
    """
    sizes = [path.stat().st_size for path in files]
    reached = 0

    def told(begins: int, size: int, share: float) -> None:
        nonlocal reached
        at = begins + round(size * min(max(share, 0.0), 1.0))
        if at > reached:
            reached = at
            source.progress(reached, sum(sizes))

    return {path: partial(told, sum(sizes[:at]), sizes[at]) for at, path in enumerate(files)}


def after(told: Tell, begun: float) -> Tell:
    """For the rest of a file of which the share `begun` is already told: 0 is that share, 1 still the whole."""
    return lambda share: told(begun + (1 - begun) * share)


def between(told: Tell, begun: float, end: float) -> Tell:
    """For one of several files in a packed one: 0 is the share `begun`, 1 the share `end`."""
    return lambda share: told(begun + (end - begun) * share)


def before(told: Tell, end: float) -> Tell:
    """For the first of two passes over a file: 1 is the share `end`."""
    return lambda share: told(end * share)


@contextmanager
def watched(connection: duckdb.DuckDBPyConnection, told: Tell) -> Iterator[None]:
    """Tell how far the connection's query is, for a block that waits for one; the connection needs WATCHED."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(EVERY):
            told(done(connection))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def done(connection: duckdb.DuckDBPyConnection) -> float:
    """The share of the running query that is done; negative where DuckDB does not know."""
    return connection.query_progress() / 100
