"""Receipts beside reviewers' copies: what came of each, for whoever put it into the folder."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from audit.model.night import Night, Receipt
from audit.report.receipts import receipt_text
from audit.workbook.whole_file import remove_drafts_of, replacing

ENDING = ".receipt.txt"
"""Follows the name of a copy; files that end so are never read as copies."""


def shut_folders(receipts: Iterable[Receipt], reviews: Path) -> tuple[str, ...]:
    """The folders in which no receipt can be written, as they are named below the reviews folder ("." for itself)."""
    folders = dict.fromkeys((reviews / one.name).parent for one in receipts)
    shut = (folder for folder in folders if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK))
    return tuple(folder.relative_to(reviews).as_posix() for folder in shut)


def write_receipts(night: Night, receipts: Iterable[Receipt], reviews: Path, *, anew: bool = True) -> tuple[str, ...]:
    """Write the receipts of a published night beside the copies that still lie there; returns what went wrong.

    With `anew` an older receipt is replaced, else it stays. What a killed run left of one is removed.
    """
    faults = []
    for one in receipts:
        copy = reviews / one.name
        path = copy.with_name(f"{copy.name}{ENDING}")
        try:
            remove_drafts_of(path)
            if copy.is_file() and (anew or not path.exists()):
                with replacing(path) as file:
                    file.write(receipt_text(night, one).encode())
        except OSError as fault:
            faults.append(f"{one.name}: no receipt could be written beside it ({fault.strerror})")
    return tuple(faults)
