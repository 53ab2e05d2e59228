"""SIGTERM and SIGINT: what is under way is taken back, the lock is given up, and the command says so and ends."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType

_asked: list[signal.Signals] = []
"""The signal that came, until `stoppable` is left."""
_done: list[bool] = []
"""Whether there is nothing left to stop."""


class Stopped(BaseException):
    """Somebody asked the process to stop. No fault of a source: only the command itself may catch it."""

    def __init__(self, by: signal.Signals) -> None:
        super().__init__(by.name)
        self.by = by


@contextmanager
def stoppable() -> Iterator[None]:
    """Within the block SIGTERM and SIGINT raise Stopped, once; those that follow change nothing about it.

    A signal that the process was started to ignore stays ignored. Outside the main thread nothing is caught. Where
    Python drops a Stopped, in a finalizer, it tells nobody: `stop_if_asked` does not forget it.
    """
    numbers = (signal.SIGTERM, signal.SIGINT) if current_thread() is main_thread() else ()
    before = {number: handler for number in numbers if (handler := signal.getsignal(number)) != signal.SIG_IGN}
    told = sys.unraisablehook
    try:
        sys.unraisablehook = lambda dropped: None if isinstance(dropped.exc_value, Stopped) else told(dropped)
        for number in before:
            signal.signal(number, _stop)
        yield
    finally:
        _done.append(True)
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.unraisablehook = told
        _asked.clear()
        _done.clear()


def stop_if_asked() -> None:
    """Raise Stopped where the signal came and its exception was lost: DuckDB and Arrow put one of their own in its
    place, and Python drops one that is raised in a callback or a finalizer."""
    if _asked and current_thread() is main_thread():
        raise Stopped(_asked[0])


def nothing_left_to_stop() -> None:
    """Say that all is done: what comes from here on, until `stoppable` is left, comes too late."""
    _done.append(True)


def heeds() -> bool:
    """Whether a signal that came now would stop anything."""
    return not _asked and not _done


def _stop(number: int, _: FrameType | None) -> None:
    if heeds():  # `timeout` sends two: the second must not break what the first one has begun to take back
        _asked.append(signal.Signals(number))
        raise Stopped(_asked[0])
