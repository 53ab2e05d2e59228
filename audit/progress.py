"""Progress: a bar on a terminal, plain log lines anywhere else. Counts and names of sources only, never people."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

log = logging.getLogger("identity-audit")

Advance = Callable[[int], None]
LOG_EVERY = 15.0
"""Seconds between two log lines about the same long step."""


@contextmanager
def step(name: str, total: int | None = None) -> Iterator[Advance]:
    """Show one long step of the night. The block calls the yielded function with how many more items are done.

    `total` is the expected number of items (last night's), or None where nobody knows.
    """
    if sys.stderr.isatty():
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.completed:,} read"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(stderr=True)) as bars:
            task = bars.add_task(name, total=total)
            yield lambda count: bars.advance(task, count)
        return
    yield _logged(name)
    log.info("%s: done", name)


def _logged(name: str) -> Advance:
    done, last = 0, time.monotonic()

    def advance(count: int) -> None:
        nonlocal done, last
        done += count
        if time.monotonic() - last >= LOG_EVERY:
            last = time.monotonic()
            log.info("%s: %d read so far", name, done)

    return advance
