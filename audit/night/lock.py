"""One run at a time in an output folder, and who that is."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from audit.workbook.whole_file import MODE, make_folder, remove_drafts, replacing
from connectors.files.scratch import scratch_below

NAME = ".lock"
SCRATCH = ".scratch"
"""The folder below the output for what is read once; the next run removes what a killed one left there."""
HOLDER = ".lock-holder"
"""Beside the lock, since on Windows nobody else may read a file that is locked: who holds it. A run that was killed
leaves it behind; the lock itself is free then."""


@dataclass(frozen=True, slots=True)
class RunAtWork:
    """Who holds an output folder: the process, its machine, and since when (aware UTC, ISO 8601)."""

    process: int
    machine: str
    since: str

    @property
    def gone(self) -> bool | None:
        """Whether that process has ended; None where it cannot be told from here."""
        if self.machine != socket.gethostname() or os.name == "nt":  # there, os.kill would end it
            return None
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False

    def __str__(self) -> str:
        """As messages name it."""
        return f"process {self.process} on {self.machine}, since {self.since}"


class AlreadyRunning(Exception):
    """Another run holds the lock of this output folder."""


@contextmanager
def only_run_in(output: Path) -> Iterator[None]:
    """Hold the output folder's lock for the block, rid of what a killed run left half written or unpacked.

    Raises AlreadyRunning where somebody else holds it, and OSError.
    """
    make_folder(output)
    lock = FileLock(output / NAME, timeout=0, mode=MODE)
    try:
        lock.acquire()
    except Timeout:
        by = holder(output)
        who = f" ({by})" if by else ""
        raise AlreadyRunning(
            f"{output}: another run is at work there{who}. Wait for it, or look for a stuck process."
        ) from None
    try:
        _note_holder(output)
        remove_drafts((output, *(path for path in output.glob("*") if path.is_dir()), *output.glob("*/agencies")))
        with scratch_below(output / SCRATCH):
            yield
    finally:
        with suppress(OSError):
            (output / HOLDER).unlink(missing_ok=True)
        lock.release()


def holder(output: Path) -> RunAtWork | None:
    """Who holds the output folder, or was killed while holding it; None where nobody is known to. Writes nothing."""
    try:
        return RunAtWork(**json.loads((output / HOLDER).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def refuse_half_a_night(output: Path, *holders: RunAtWork | None) -> None:
    """Raise AlreadyRunning where one of those who hold the folder is at work: what it writes is not whole yet."""
    for by in holders:
        if by is not None and by.gone is False:
            raise AlreadyRunning(
                f"{output}: a run is at work there ({by}), and its night is not whole yet. Verify later."
            )


def _note_holder(output: Path) -> None:
    mine = RunAtWork(os.getpid(), socket.gethostname(), datetime.now(UTC).replace(microsecond=0).isoformat())
    with suppress(OSError), replacing(output / HOLDER) as file:  # a full disk is told where it stops the night
        file.write(json.dumps(asdict(mine)).encode())
