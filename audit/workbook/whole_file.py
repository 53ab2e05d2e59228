"""Files that are whole or not there at all: written beside their place, synced, then moved into it."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator
from glob import escape
from pathlib import Path
from typing import IO

MODE = 0o640
"""Its owner writes, its group reads: what a night writes names people."""
FOLDER_MODE = 0o750
DRAFT = re.compile(r"\..+\.[0-9a-f]{8}\.tmp")
"""The name of what is not yet in its place."""


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A new binary file that takes the place of `path` when the block ends well, and vanishes when it does not.

    An older file stands untouched until that moment, also when the disk is full or the process is killed. OSError
    where the folder cannot be written.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(draft, flags, 0o600), "w+b") as file:
            yield file
            file.flush()
            close_to_others(file.fileno())
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def remove_drafts_of(path: Path) -> None:
    """Remove what killed runs left of this one file, where the folder is not ours alone."""
    for draft in path.parent.glob(f".{escape(path.name)}.*.tmp"):
        if DRAFT.fullmatch(draft.name):
            draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last. Only POSIX has a way to ask for it."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def close_to_others(file: int) -> None:
    """Let the owner of an open file write it and the group read it, whatever the umask; somebody else's stays as is."""
    if hasattr(os, "fchmod"):
        with contextlib.suppress(PermissionError):
            os.fchmod(file, MODE)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, where they are missing: for its owner and group alone, whatever the umask.

    One that is there stays as it is, and a new one takes the group of the one above it where that one hands it on.
    Raises OSError.
    """
    if folder.is_dir():
        return
    if not folder.parent.exists():
        make_folder(folder.parent)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    if os.name == "posix":
        folder.chmod(FOLDER_MODE | folder.stat().st_mode & stat.S_ISGID)


def remove_drafts(folders: Iterable[Path]) -> None:
    """Remove what a killed run was about to put into its place in these folders. Nobody else may be writing there."""
    for folder in folders:
        for path in folder.glob(".*.tmp"):
            if DRAFT.fullmatch(path.name):
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
