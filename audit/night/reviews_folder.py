"""The reviews folder: which files lie there, each archived byte for byte before it is read, the encrypted ones opened.

Nothing is ever written into a reviewer's file. What cannot be read becomes an `ImportProblem`.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

from audit.ledger.nights_beside import ARCHIVE, workbooks_typed_into
from audit.model.decisions import Copy
from audit.model.night import ImportProblem
from audit.night.receipt_files import ENDING
from audit.night.reviewers_copy import read_copy
from audit.night.ticket_csv import read_csv_copy
from audit.workbook.encrypted import decrypted
from audit.workbook.passwords import Passwords
from audit.workbook.whole_file import make_folder, replacing
from connectors.contract import SourceDown
from connectors.files import in_letters, sheets

_BESIDE = frozenset((".txt", ".md", ".tmp", ".ini", ".db", ".lnk", ".url", ".bak"))
"""Endings of what systems leave in a folder, or people as a remark: nobody decides in them, unless findings' ids stand
there, as in a sheet that was saved as text, or it is a workbook that a program which broke off has left."""
_ZIPPED = b"PK\x03\x04"
"""Begins every .xlsx."""
_FINDING_ID = re.compile(rb"(?<![A-Z])[A-Z]++-\d++-[0-9a-f]{12}")
_LOOKED_AT = 1_000_000
"""Bytes of such a file in which an id is looked for."""
_OPEN = "Another program has this file open. What is not saved yet is read the night after it is saved and closed."
_HELD = "This file cannot be opened: another program holds it, or reading is not permitted. Close it; it is read next."
_UNLISTED = (
    "This folder cannot be looked into, so whatever was decided in the copies that lie in it was not read. Allow"
    " reading to whoever runs the night."
)
_OTHER_FORMAT = (
    "Only Excel workbooks (.xlsx), and CSV files from a ticket system, are read here. Open the file and save it as an"
    " Excel workbook."
)
_TYPED_IN_PLACE = (
    "This workbook was changed, or saved anew, where the night wrote it, and what was typed there is not read. It is"
    " kept as {}: if it holds decisions, copy that file into the reviews folder."
)
_WORKBOOK, _TICKETS = ".xlsx", ".csv"


@dataclass
class Folder:
    """What the reviews folder holds tonight: copies not read before (oldest first), digests of all, what stands out."""

    copies: tuple[Copy, ...] = ()
    present: tuple[str, ...] = ()
    problems: list[ImportProblem] = field(default_factory=list)


def read_folder(folder: Path, output: Path, read_before: Collection[str], passwords: Passwords | None = None) -> Folder:
    """Read every workbook and every CSV of tickets below `folder`; what `read_before` has by its digest is only named.

    Each file read is archived below `output` first, as it is (OSError where that cannot be written): encrypted where
    it is encrypted. A file that is open elsewhere, refused, or damaged is a problem of tonight, and tried again the
    next night. A folder that is not there holds nothing.
    """
    found = Folder()
    for path in _candidates(folder, output, found.problems):
        name = in_letters(path.relative_to(folder).as_posix())
        try:
            _read_file(path, name, output, read_before, passwords, found)
        except SourceDown as refusal:
            found.problems.append(ImportProblem(name, "", "", "", "", str(refusal)))
    found.copies = tuple(sorted(found.copies, key=lambda copy: (copy.modified_at, copy.name)))
    return found


def _candidates(folder: Path, output: Path, problems: list[ImportProblem]) -> list[Path]:
    """The files to look at, in order; a folder that cannot be listed is one of the `problems`."""

    def unlisted(fault: OSError) -> None:
        if not isinstance(fault, FileNotFoundError | NotADirectoryError):
            where = in_letters(str(fault.filename or folder))
            problems.append(ImportProblem(where, "", "", "", "", f"{_UNLISTED} ({fault.strerror})"))

    ours = output / ARCHIVE if folder.is_relative_to(output) else output
    files = []
    for inside, _, names in os.walk(folder, onerror=unlisted):
        paths = (Path(inside, name) for name in names)
        files += [path for path in paths if not path.is_relative_to(ours) and _is_file(path, unlisted)]
    files.sort()
    return [path for path in files if _lock_of(path) or not (path.name[0] in ".~" or _lies_beside(path))]


def _lies_beside(path: Path) -> bool:
    """Whether a file is none in which anybody decides, and that nobody need be told of."""
    if path.suffix.lower() not in _BESIDE:
        return False
    if path.name.endswith(ENDING):
        return True
    try:
        with path.open("rb") as file:
            content = file.read(_LOOKED_AT)
            # In UTF-16 every second byte is 0.
            return not (content.startswith(_ZIPPED) or _FINDING_ID.search(content.replace(b"\0", b"")))
    except OSError:
        return True


def _is_file(path: Path, unlisted: Callable[[OSError], None]) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError as fault:
        unlisted(fault)
        return False


def _lock_of(path: Path) -> str:
    """The file that an office program's lock file is about; "" for any other file."""
    if path.name.startswith("~$"):
        return path.name[2:]
    return path.name[7:-1] if path.name.startswith(".~lock.") and path.name.endswith("#") else ""


def _read_file(
    path: Path, name: str, output: Path, read_before: Collection[str], passwords: Passwords | None, found: Folder
) -> None:
    if locked := _lock_of(path):
        found.problems.append(ImportProblem(str(Path(name).with_name(locked)), "", "", "", "", _OPEN))
        return
    ending = path.suffix.lower()
    if ending not in (_WORKBOOK, _TICKETS):
        found.problems.append(ImportProblem(name, "", "", "", "", _OTHER_FORMAT))
        return
    try:
        sheets.check_size(path.stat().st_size, name)
        content, modified = path.read_bytes(), path.stat().st_mtime
    except OSError as fault:  # held by another program, or renamed by it since the folder was listed
        raise SourceDown(f"{_HELD} ({fault.strerror})") from fault
    digest = sha256(content).hexdigest()
    if digest in found.present:
        return
    if digest not in read_before:
        modified_at = datetime.fromtimestamp(modified, UTC)
        if ending == _TICKETS:
            copy = read_csv_copy(_archive(content, digest, _TICKETS, output), name, digest, modified_at)
        else:
            book = _opened(content, name, passwords)
            sheets.refuse_unsafe(book, name)
            _archive(content, digest, _WORKBOOK, output)
            copy = read_copy(book, name, digest, modified_at)
        found.copies = (*found.copies, copy)
    found.present = (*found.present, digest)


def _opened(content: bytes, name: str, passwords: Passwords | None) -> bytes:
    if not sheets.is_encrypted(content):
        return content
    return decrypted(content, passwords.to_try(name) if passwords else (), name)


def _archive(content: bytes, digest: str, ending: str, output: Path) -> Path:
    folder = output / ARCHIVE
    make_folder(folder)
    path = folder / f"{digest}{ending}"
    if not path.exists():
        with replacing(path) as file:
            file.write(content)
    return path


def typed_in_place(output: Path, read: Collection[str] = ()) -> list[ImportProblem]:
    """The last nights' workbooks that somebody typed into where they lie; each is archived, for it may be written anew,
    or taken away. Those of which a copy was `read` (by its digest) are passed over. Raises OSError where the archive
    cannot be written."""
    problems = []
    for name in workbooks_typed_into(output):
        try:
            content = (output / name).read_bytes()
        except OSError:  # another program holds it
            continue
        digest = sha256(content).hexdigest()
        if digest in read:
            continue
        kept = _archive(content, digest, _WORKBOOK, output).relative_to(output).as_posix()
        problems.append(ImportProblem(name, "", "", "", "", _TYPED_IN_PLACE.format(f"“{kept}”")))
    return problems


def archived_copies(output: Path) -> list[Path]:
    """The archived review files, by name: each bears its SHA-256 as its stem."""
    return sorted(path for ending in (_WORKBOOK, _TICKETS) for path in (output / ARCHIVE).glob(f"*{ending}"))


def read_before(output: Path, limit: date) -> list[Path]:
    """The archived review files that were read before `limit`. Their digests stay known without them."""
    return [path for path in archived_copies(output) if _day_of(path) < limit]


def _day_of(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
