"""What the system refused, as a sentence: which file, whose it is, and who asked."""

from __future__ import annotations

import errno
from pathlib import Path
from tempfile import NamedTemporaryFile

_FULL = "Make room, and run it again: nothing is half written."
_IN_THE_WAY = "A file stands where a folder must be. Name another folder in audit.toml, or move the file away."
_ADVICE = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EEXIST: _IN_THE_WAY,
    errno.ENOTDIR: _IN_THE_WAY,
    errno.EROFS: "Name a folder in audit.toml that can be written.",
}
"""What to do about what a system says of a path."""


def refusal_in_words(fault: OSError) -> str:
    """A fault of the system, for the operator; what was refused to this user names the owner, as far as both show."""
    if fault.errno in _ADVICE and fault.filename is not None:
        return f"{fault.filename}: {fault.strerror}. {_ADVICE[fault.errno]}"
    if not isinstance(fault, PermissionError) or fault.filename is None:
        return str(fault)
    path = Path(str(fault.filename))
    owned = next(((place, owner) for place in (path, *path.absolute().parents) if (owner := _owner(place))), None)
    me = _me()
    if owned is None or not me or owned[1] == me:
        return f"{path}: {fault.strerror}. Close what holds it open, or make it writable, and run it again."
    place, owner = owned
    return (
        f"{path}: {fault.strerror}. {place} belongs to {owner}, and this runs as {me}. Run it as {owner}, or"
        f" give {place}, and all in it, to {me}."
    )


def _owner(path: Path) -> str:
    """Who owns a file that can be seen; empty where it cannot be, or nobody with a name does."""
    try:
        return path.owner()
    except (OSError, KeyError, NotImplementedError):
        return ""


def _me() -> str:
    """Who this process acts as: the owner of what it makes."""
    try:
        with NamedTemporaryFile() as mine:
            return _owner(Path(mine.name))
    except OSError:
        return ""
