"""Files that a verb writes for people to go on with: none that is there already is overwritten."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

MODE, PRIVATE = 0o644, 0o600


def write_new_files(files: Mapping[Path, bytes], verb: str, *, private: Collection[Path] = ()) -> list[Path]:
    """Write the contents to their paths, which are returned; `private` files are their owner's alone.

    Raises FileExistsError before it writes any, where one is there already, and OSError.
    """
    for path in files:
        if path.exists():
            raise FileExistsError(f"{path} is already there; `{verb}` overwrites nothing. Choose another folder.")
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(PRIVATE if path in private else MODE)
        path.write_bytes(content)
    return list(files)
