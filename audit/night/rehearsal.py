"""A night on trial: judged on a copy of the ledger, written into a folder of its own, and forgotten by the next night.

What the night itself builds upon stays as it is: ledger, nights, `latest`, reviewers' copies, checkpoints.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from audit.config import Settings
from audit.ledger import NAME, Ledger, open_copy
from audit.ledger.nights_beside import ARCHIVE, NIGHT
from audit.model.settings import SourceSettings
from audit.night.lock import AlreadyRunning, only_run_in
from audit.workbook.whole_file import make_folder, replacing

FOLDER = "rehearsal"
"""The folder below the output that holds the last rehearsal."""
CHECKPOINT = "checkpoint"
"""The option that names a file which a source writes."""
_CHECKPOINTS = "checkpoints"


@contextmanager
def rehearsed(settings: Settings) -> Iterator[tuple[tuple[SourceSettings, ...], Path, Ledger]]:
    """Sources, folder and ledger of a rehearsal, in the place of the night's; the last rehearsal goes.

    Only what people read stays behind it: copies of the ledger, of reviewers' files and of checkpoints are removed.
    Raises AlreadyRunning where a night, or another rehearsal, is at work, and LedgerError where a night would.
    """
    output, place = settings.output.folder, settings.output.folder / FOLDER
    with only_run_in(place):
        for folder in _nights(place):
            shutil.rmtree(folder)
        _remove_copies(place)
        try:
            with only_run_in(output):
                sources = tuple(_with_own_checkpoint(source, settings.folder, place) for source in settings.sources)
                ledger = open_copy(output, place)
            with ledger:
                yield sources, place, ledger
        finally:
            _remove_copies(place)


def remove_copies_of_killed(output: Path) -> None:
    """Remove what a rehearsal that was killed left of the ledger, of reviewers' files and of checkpoints."""
    place = output / FOLDER
    if _copies(place):
        with suppress(AlreadyRunning), only_run_in(place):
            _remove_copies(place)


def rehearsed_before(output: Path, limit: date) -> list[Path]:
    """What the last rehearsal left, where it was made before `limit`, for whichever day it was; of one that was killed
    its copies as well."""
    place = output / FOLDER
    found = [*_nights(place), *_copies(place)]
    return [path for path in found if datetime.fromtimestamp(path.stat().st_mtime, UTC).date() < limit]


def _nights(place: Path) -> list[Path]:
    return [path for path in place.glob("*") if path.is_dir() and NIGHT.fullmatch(path.name)]


def _copies(place: Path) -> list[Path]:
    return [*place.glob(f"{NAME}*"), *place.glob(ARCHIVE), *place.glob(_CHECKPOINTS)]


def _remove_copies(place: Path) -> None:
    for path in _copies(place):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _with_own_checkpoint(source: SourceSettings, folder: Path, place: Path) -> SourceSettings:
    """The source with a copy of its checkpoint, where it keeps one."""
    if not source.options.get(CHECKPOINT):
        return source
    kept, copied = folder / str(source.options[CHECKPOINT]), place / _CHECKPOINTS / source.name
    make_folder(copied.parent)
    if kept.exists():
        with kept.open("rb") as content, replacing(copied) as file:
            shutil.copyfileobj(content, file)
    return replace(source, options={**source.options, CHECKPOINT: str(copied)})
