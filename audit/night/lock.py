"""One run at a time in an output folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


class AlreadyRunning(Exception):
    """Another run holds the lock of this output folder."""


@contextmanager
def only_run_in(output: Path) -> Iterator[None]:
    """Hold the output folder's lock for the block; raises AlreadyRunning where somebody else holds it."""
    output.mkdir(parents=True, exist_ok=True)
    lock = FileLock(output / ".lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise AlreadyRunning(
            f"{output}: another run is at work there. Wait for it, or look for a stuck process."
        ) from None
    try:
        yield
    finally:
        lock.release()
