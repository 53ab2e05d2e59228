"""Progress: a bar on a terminal, plain log lines anywhere else. Counts and names of sources only, never people."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

from audit.night.stopping import stop_if_asked

if TYPE_CHECKING:
    from rich.progress import Progress

log = logging.getLogger("identity-audit")


class JsonLines(logging.Formatter):
    """A log line as one JSON object: time (UTC), level, logger, message; exit_code in the last; fault, a traceback.

    Letters beyond ASCII are escaped: nothing that a platform says reaches a terminal or breaks a line.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The object, without a line end."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said = {"time": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        more = {"exit_code": record.exit_code} if hasattr(record, "exit_code") else {}
        fault = {"fault": self.formatException(record.exc_info)} if record.exc_info else {}
        return json.dumps(said | more | fault)


def log_in_json() -> None:
    """Let every log line of this process be a JSON object, also on a terminal, and a fault that nobody foresaw."""
    for handler in logging.root.handlers:
        handler.setFormatter(JsonLines())
    sys.excepthook = lambda *fault: log.critical("a fault that nobody foresaw", exc_info=fault)


def logs_in_json() -> bool:
    """Whether `log_in_json` was called."""
    return any(isinstance(handler.formatter, JsonLines) for handler in logging.root.handlers)


LOG_EVERY, DRAW_EVERY = 15.0, 0.1
"""Seconds between two log lines about the same long step, and between two drawings of its bar."""
MEGABYTE = 1_000_000


@dataclass
class Step:
    """One long step of the night: items counted, and, while files are read, bytes; shown once in `every` seconds."""

    show: Callable[[Step], None]
    every: float
    expected: int | None
    """Items of the last night, where known."""
    items: int = 0
    bytes: tuple[int, int] = (0, 0)
    """Read so far, and of all files; zeros where no files are read."""
    shown_at: float = field(default_factory=time.monotonic)

    def advance(self, count: int) -> None:
        """So many more items are done. Raises Stopped where somebody asked for it."""
        stop_if_asked()
        self.items += count
        self._changed()

    def at_byte(self, done: int, total: int) -> None:
        """So many bytes of all the files are read. May be called from another thread."""
        self.bytes = (done, total)
        self._changed()

    def _changed(self) -> None:
        if time.monotonic() - self.shown_at >= self.every:
            self.shown_at = time.monotonic()
            self.show(self)

    def share(self) -> tuple[int, int | None]:
        """What is done, and of how much: bytes where they are known, else items of the last night's."""
        return self.bytes if self.bytes[1] else (self.items, self.expected)

    def told(self) -> str:
        """The step in words: "1,204 of 2,341 MB", "20,114 read"."""
        done, total = (part / MEGABYTE for part in self.bytes)
        read = f"{self.items:,} read"
        if not total:
            return read
        size = f"{done:,.0f} of {total:,.0f} MB" if total >= 1 else f"{self.bytes[0]:,} of {self.bytes[1]:,} bytes"
        return f"{size}, {read}" if self.items else size


class _Bars:
    """The bars of all steps that are under way, in one display: a terminal has room for no second one."""

    def __init__(self) -> None:
        self._lock, self._steps = Lock(), 0
        self._display: Progress | None = None

    @contextmanager
    def shared(self) -> Iterator[Progress]:
        """The display, begun by the first step and ended by the last."""
        with self._lock:
            display = self._display
            if display is None:
                display = self._display = _drawing()
                display.start()
            self._steps += 1
        try:
            yield display
        finally:
            with self._lock:
                self._steps -= 1
                if not self._steps:
                    display.stop()
                    self._display = None


def _drawing() -> Progress:
    from rich.console import Console  # noqa: PLC0415  (slow to start, and only a terminal needs it)
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )


_BARS = _Bars()


@contextmanager
def step(name: str, expected: int | None = None) -> Iterator[Step]:
    """Show one long step of the night. The block tells the yielded step how many items or bytes are done.

    `expected` is the number of items (last night's), or None where nobody knows. Raises Stopped, before and after the
    block, where somebody asked for it.
    """
    stop_if_asked()
    if sys.stderr.isatty() and not logs_in_json():
        with _BARS.shared() as bars:
            task = bars.add_task(name, total=expected, told="")

            def drawn(current: Step) -> None:
                done, total = current.share()
                bars.update(task, completed=done, total=total, told=current.told())

            current = Step(drawn, DRAW_EVERY, expected)
            yield current
            stop_if_asked()
            drawn(current)
        return
    yield Step(lambda current: log.info("%s: %s", name, current.told()), LOG_EVERY, expected)
    stop_if_asked()
    log.info("%s: done", name)
