"""`backup` and `restore`: a copy of the ledger that was looked at before it is called one, and the way back.

A backup that is put back is older than the nights beside it, and a run refuses to build on that: `restore` is how
somebody says that it is meant.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

from audit.ledger import NAME, Ledger, LedgerError, nights_beside, present, whole_copy
from audit.model.night import Chain
from audit.night.lock import NAME as LOCK
from audit.night.publish import point_latest
from audit.night.reviews_folder import archived_copies, typed_in_place
from audit.workbook.whole_file import MODE, make_folder, sync_folder

DRAFT = ".identity-audit."
"""How the folder of a copy begins that is not whole yet. Who was killed leaves it, and its lock, to the next."""
ASIDE = "set aside"
"""The folder below the output for what a ledger that is put back knows nothing of."""
CUT_SHORT = " cut short"
"""What the name of a folder set aside ends with until the ledger that is put back stands in its place."""
_SQLITE = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and what went aside for it; `again` counts reviewers' copies that are to be read again."""

    path: Path
    chain: Chain
    last: date | None
    aside: Path
    nights: tuple[str, ...]
    again: int


def back_up(output: Path, file: Path, *, replace: bool = False) -> str:
    """Write a copy of an output folder's ledger into a file, whole or not at all; returns what to print.

    The copy is one moment of the ledger, also beside a run. Raises LedgerError where the ledger is missing, damaged or
    altered, FileExistsError where the file is there and is not to be replaced, and OSError.
    """
    path, file = present(output), file.parent.resolve() / file.name
    _refuse_to_overwrite(file, path, replace=replace)
    _remove_left(file.parent)
    with _draft(file.parent / f"{DRAFT}{secrets.token_hex(4)}") as folder:
        with whole_copy(path, folder) as ledger:
            chain, last = ledger.chain.head(), ledger.last_run()
            ledger.into_one_file()
        _settle(folder / NAME, file)
    night = f"the night of {last.as_of.isoformat()}" if last else "before the first night"
    return (
        f"wrote {file}: the ledger as of {night}, {chain.events:,} events, ending {chain.head or 'nowhere'}.\n"
        f"The way back: identity-audit restore {file}"
    )


def restore(output: Path, reviews: Path, file: Path, today: date, moment: datetime) -> Restored:
    """Go on with the ledger in a file, which may be that of the output folder itself, put back by other means.

    What it knows nothing of goes aside, and nothing is deleted: nights behind it, and the ledger that stood there.
    Reviewers' copies that were read since are put into `reviews` once more. One that was cut short is taken back first.
    The caller holds the output folder's lock. Raises LedgerError where the file is no whole ledger or another one, and
    OSError.
    """
    _take_back(output)
    if not file.is_file():
        raise FileNotFoundError(f"{file}: there is no such file. Name the backup to put back.")
    with _draft(output / f".restore.{secrets.token_hex(4)}.tmp") as folder:  # whichever run comes next removes it
        with whole_copy(file, folder) as ledger:
            newer = _newer(ledger, output, file)
            read = ledger.reviews.files_read()
            unknown = [path for path in archived_copies(output) if path.stem not in read]
            if newer or unknown:
                written = [night for one in newer if (night := nights_beside.written(one))]
                ledger.record_restored(today, written, [one.name for one in newer])
            chain, last = ledger.chain.head(), ledger.last_run()
            ledger.into_one_file()
        for path in unknown:  # first of all: the ledger that stands there knows them, and reads them no second time
            reviews.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, reviews / f"read before {path.stem[:12]}{path.suffix}")
        aside = _not_taken(output / ASIDE / moment.strftime("%Y-%m-%dT%H%M%SZ"))
        cut_short = aside.with_name(aside.name + CUT_SHORT)
        # The ledger first, and with it what SQLite keeps beside one, which must never lie beside another: as long as
        # none stands there, `_take_back` knows that the new one has not come.
        standing = [path for end in ("", "-wal", "-shm", "-journal") if (path := output / f"{NAME}{end}").exists()]
        try:
            for path in (*standing, *newer):
                make_folder(cut_short)
                path.rename(cut_short / path.name)
            _settle(folder / NAME, output / NAME)
        finally:
            _take_back(output)
    _point_back(output)
    return Restored(
        output / NAME, chain, last.as_of if last else None, aside, tuple(one.name for one in newer), len(unknown)
    )


def restored_in_words(done: Restored) -> str:
    """What was done, and what comes next."""
    night = f"the night of {done.last.isoformat()}" if done.last else "before the first night"
    lines = [
        f"{done.path}: the ledger as of {night}, {done.chain.events:,} events, ending {done.chain.head or 'nowhere'}."
    ]
    if done.aside.exists():
        what = f"the ledger that stood there{', and the nights behind it' if done.nights else ''}"
        lines.append(f"Set aside in {done.aside}, and removed by `purge` with its age: {what}.")
    if done.nights:
        lines.append(f"Nights that it does not know: {', '.join(done.nights)}. What they found is found again, as new.")
    if done.again:
        lines.append(
            f"Reviewers’ copies that were read since lie in the reviews folder again, for the next run: {done.again:,}."
        )
    lines.append("Now run `identity-audit verify`, and the next night as ever.")
    return "\n".join(lines)


def set_aside_before(output: Path, limit: date) -> list[Path]:
    """What was set aside before a day, oldest first."""
    return sorted(path for path in (output / ASIDE).glob("*") if path.name[:10] < limit.isoformat())


def _take_back(output: Path) -> None:
    """Put in its place again what a restore set aside that was killed; or let it lie, where the new ledger had come."""
    come = (output / NAME).exists()
    for left in (output / ASIDE).glob(f"*{CUT_SHORT}"):
        if come and any(left.iterdir()):
            left.rename(_not_taken(left.with_name(left.name.removesuffix(CUT_SHORT))))
            continue
        for path in sorted(left.iterdir(), key=lambda path: path.name == NAME):  # the ledger last
            path.rename(output / path.name)
        left.rmdir()


def _not_taken(place: Path) -> Path:
    """The place, or with a number behind its name where something stands there."""
    names = (f"{place.name} {number}" if number else place.name for number in count())
    return next(path for name in names if not (path := place.with_name(name)).exists())


def _newer(ledger: Ledger, output: Path, file: Path) -> list[Path]:
    """The nights' folders behind what a ledger knows. Raises LedgerError where it knows none of them."""
    folders = nights_beside.folders(output)
    known = next((place for place, one in reversed([*enumerate(folders)]) if not ledger.lacks(one)), None)
    if known is None and folders:
        raise LedgerError(
            f"{file}: this ledger knows none of the {len(folders):,} nights in {output}: it is another one’s, or older"
            " than all of them. Nothing was changed. If it is meant, move the nights’ folders away first."
        )
    return folders[known + 1 :] if known is not None else []


def _refuse_to_overwrite(file: Path, ledger: Path, *, replace: bool) -> None:
    if file.is_dir():
        raise IsADirectoryError(f"{file} is a folder. Name a file in it.")
    if not file.parent.is_dir():
        raise FileNotFoundError(f"{file.parent}: there is no such folder.")
    if not file.exists():
        return
    if file.samefile(ledger):
        raise FileExistsError(f"{file} is the ledger itself. Name another file, on another disk.")
    if not replace:
        raise FileExistsError(f"{file} is already there. Name another file, or give --replace.")
    with file.open("rb") as there:
        if there.read(len(_SQLITE)) != _SQLITE:
            raise FileExistsError(f"{file} is no backup of a ledger, so that --replace does not touch it.")


def _remove_left(parent: Path) -> None:
    """Remove what backups that were killed left below a folder."""
    for left in parent.glob(f"{DRAFT}*"):
        lock = FileLock(left / LOCK, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            continue  # somebody is at work there
        lock.release()
        shutil.rmtree(left)


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """A new folder of its owner's alone, locked, that is gone after the block."""
    try:
        folder.mkdir(mode=0o700)
        with FileLock(folder / LOCK):
            yield folder
    finally:
        try:
            shutil.rmtree(folder, ignore_errors=True)
        except BaseException:  # stopped while at it
            shutil.rmtree(folder, ignore_errors=True)
            raise


def _settle(draft: Path, place: Path) -> None:
    """Put a whole file into its place."""
    with draft.open("r+b") as file:
        os.fsync(file.fileno())
    draft.chmod(MODE)
    draft.replace(place)
    sync_folder(place.parent)


def _point_back(output: Path) -> None:
    """Let `latest` name the newest night that is there; where none is, it goes."""
    latest, folders = output / "latest", nights_beside.folders(output)
    if not (latest.is_symlink() or latest.exists()):
        return
    if folders:
        point_latest(output, folders[-1])
    elif latest.is_symlink():
        latest.unlink()
    else:
        typed_in_place(output)
        shutil.rmtree(latest)
