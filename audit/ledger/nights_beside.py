"""The nights that stand beside a ledger, and whether it is theirs: a ledger is never begun anew by accident.

A night's folder holds, in run.json, the run that wrote it, where the chain of events ended, and the digest of each of
its files. A ledger that knows nothing of the newest night is gone, empty, or a backup older than it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from audit.model.night import PullStatus

NIGHT = re.compile(r"\d{4}-\d{2}-\d{2}")
RUN_JSON, LATEST = "run.json", "latest"
TYPED_INTO = 30
"""The newest nights whose workbooks are looked at for what somebody typed where they lie."""
ARCHIVE = "reviews read"
"""The folder below the output folder with reviewers' copies as they were read, each named by its digest."""
_FILES = (RUN_JSON, "audit.xlsx", "findings.jsonl")
ANEW = (
    "To begin anew on purpose, move the nights’ folders, latest, reviews read and the ledger away, or name another"
    " [output] folder in audit.toml."
)
"""What to do for somebody who wants a new ledger."""


@dataclass(frozen=True, slots=True)
class WrittenNight:
    """What a night's run.json says: the run, the chain's count of events and its digest (0 and "": of before they
    were noted), and the SHA-256 of each file by its path below the folder. `digest` is that of run.json itself,
    `judged_by` that of the program and policy that judged; `complete` says that every source was judged."""

    folder: Path
    run_id: str
    events: int = 0
    head: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""
    judged_by: str = ""
    complete: bool = False


def folders(output: Path) -> list[Path]:
    """The folders of nights below an output folder, oldest first; those that hold nothing of a night are left out."""
    if not output.is_dir():
        return []
    found = [folder for folder in output.iterdir() if NIGHT.fullmatch(folder.name) and folder.is_dir()]
    return sorted(folder for folder in found if any((folder / name).exists() for name in _FILES))


def traces(output: Path) -> list[str]:
    """The names of what only a night leaves in an output folder: its folders, `latest` where it leads to one, and the
    copies that it read: what people decided in them is known to the ledger alone."""
    latest = [name for name in (LATEST,) if any((output / name / file).exists() for file in _FILES)]
    copies = [ARCHIVE] if any((output / ARCHIVE).glob("[!.]*")) else []
    return [*copies, *(folder.name for folder in folders(output)), *latest]


def written(folder: Path) -> WrittenNight | None:
    """What run.json of a night says; None where it is not there (a night that was cut short) or cannot be read."""
    try:
        content = (folder / RUN_JSON).read_bytes()
        said = json.loads(content)
        chain = said.get("chain", {})
        files = {str(name): str(digest) for name, digest in said.get("files", {}).items()}
        pulls = {source.get("status") for source in said.get("sources", ())}
        return WrittenNight(
            folder, str(said["run_id"]), int(chain.get("events", 0)), str(chain.get("head", "")), files,
            hashlib.sha256(content).hexdigest(), str(said.get("judged_by", "")), pulls == {PullStatus.COMPLETE},
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def altered_files(night: WrittenNight) -> Iterator[str]:
    """Which files of a night are not what run.json says: a sentence each. Raises OSError for one that is held."""
    for name, digest in sorted(night.files.items()):
        path = night.folder / name
        if not path.resolve().is_relative_to(night.folder.resolve()):
            yield f"{night.folder.name}/{RUN_JSON}: names a file outside its folder ({name})."
        elif not path.is_file():
            yield f"{night.folder.name}/{name} is gone."
        elif sha256(path) != digest:
            yield f"{night.folder.name}/{name} is not what the night wrote: somebody altered it."


def workbooks_typed_into(output: Path) -> list[str]:
    """The workbooks of the last nights that are no more what was written, by their path below the output folder: those
    in which people decide, `audit.xlsx` and the agencies'. Where `latest` is no link but a copy, its own as well: the
    next night takes it away.

    Of nights before the newest only what was saved after its run.json is looked into.
    """
    standing, latest = folders(output), output / LATEST
    copied = [latest] if latest.is_dir() and not latest.is_symlink() else []
    last = next(filter(None, map(written, reversed(standing))), None)
    found = []
    for night in filter(None, map(written, (*standing[-TYPED_INTO:], *copied))):
        whole = night.folder == latest or (last is not None and night.folder == last.folder)
        deciding = (n for n in sorted(night.files) if n == "audit.xlsx" or PurePath(n).match("agencies/*.xlsx"))
        found += [
            f"{night.folder.name}/{name}"
            for name in deciding
            if (whole or _saved_since(night.folder / name, night.folder / RUN_JSON))
            and _differs(night.folder / name, night.files[name])
        ]
    return found


def _saved_since(path: Path, other: Path) -> bool:
    try:
        return path.stat().st_mtime > other.stat().st_mtime
    except OSError:
        return False


def _differs(path: Path, digest: str) -> bool:
    try:
        return path.is_file() and sha256(path) != digest
    except OSError:  # another program holds it
        return False


def files_beside(night: WrittenNight) -> list[str]:
    """The files in a night's folder that it does not list, by their path below the output folder; hidden ones, and the
    lock files of office programs (~$), are nobody's work."""
    if not night.files:  # of before they were noted
        return []
    there = (path for path in night.folder.rglob("*") if path.is_file() and not path.name.startswith((".", "~$")))
    named = (path.relative_to(night.folder).as_posix() for path in there)
    return sorted(f"{night.folder.name}/{name}" for name in named if name not in (*night.files, RUN_JSON))


def sha256(path: Path) -> str:
    """A file's SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
