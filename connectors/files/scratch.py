"""Where that lies which is written to be read once: copies of what is packed, and what DuckDB has no memory for."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

PREFIX = "identity-audit-"
FORGOTTEN = 24 * 60 * 60
"""Seconds after which a folder among the system's temporary files was left by a command that was killed."""

_places: list[Path] = []
"""Folders of the blocks that are open, the innermost last: what holds for a process, and all its threads."""


@contextmanager
def scratch() -> Iterator[Path]:
    """A private folder that is removed, with whatever it holds, at the end of the block."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=_place(), ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def nameless() -> IO[bytes]:
    """A file that no folder lists: what it holds is gone with the process, however that ends."""
    return tempfile.TemporaryFile(dir=_place())


@contextmanager
def scratch_below(folder: Path) -> Iterator[None]:
    """Let every `scratch` of the block lie below a folder of its own, where a later block finds what a killed one left.

    What lies there at the beginning is removed, and the folder itself at the end. Who calls has seen to it that nobody
    else uses it. Raises OSError where it cannot be made.
    """
    _remove_forgotten()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    _places.append(folder)
    try:
        yield
    finally:
        _places.remove(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _place() -> Path | None:
    return _places[-1] if _places else None


def _remove_forgotten() -> None:
    """Remove what a killed command without an output folder (doctor, init) left among the system's temporary files."""
    with suppress(OSError):  # what cannot be looked into is none of ours
        for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
            found = folder.lstat()
            own = not hasattr(os, "getuid") or found.st_uid == os.getuid()
            if own and found.st_mtime < time.time() - FORGOTTEN:
                shutil.rmtree(folder, ignore_errors=True)
