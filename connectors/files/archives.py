"""Zip archives read safely: what lies in one, and each file of it unpacked by itself into a private folder.

Refused, each with its own sentence: damage, a password, two files of one name, names that point outside the archive,
and archives that unpack to too much or to too many times their size. Python's zipfile gives no more of a member than
the archive declares, and these figures are checked before anything is unpacked.
"""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from connectors.contract import SourceDown
from connectors.files.scratch import scratch
from connectors.files.table import CHUNK, RATIO, SMALL, UNPACKED

MEMBERS = 2_000
"""Files that an archive may hold."""
ANEW = "Unpack it, check what it holds, and name the files themselves in path."
DAMAGE = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, UnicodeDecodeError, zlib.error)
"""What zipfile raises for an archive that is damaged, or packed in a way that it does not know."""


def zip_members(path: Path, place: str) -> list[zipfile.ZipInfo]:
    """The files in an archive, in the order of their names; without those that systems add by themselves.

    Raises SourceDown for an archive that is refused or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except DAMAGE as damage:
        raise SourceDown(f"{place} is no zip archive, or it is damaged ({damage}). Deliver it again.") from damage
    if fault := _unsafe(entries):
        raise SourceDown(f"{place} {fault}")
    return sorted((entry for entry in entries if not _added(entry)), key=lambda entry: entry.filename)


@contextmanager
def unpacked_member(path: Path, entry: zipfile.ZipInfo, place: str) -> Iterator[Path]:
    """A temporary copy of one file of an archive, under its own name.

    Raises SourceDown where it is empty or damaged, or does not fit on the disk.
    """
    if entry.file_size == 0:
        raise SourceDown(f"{place} is empty (0 bytes). Export it again.")
    with scratch() as folder:
        if entry.file_size > shutil.disk_usage(folder).free:
            raise SourceDown(f"{place} unpacks to more than fits here ({entry.file_size / 1024**3:,.1f} GB). {ANEW}")
        plain = folder / PurePosixPath(entry.filename).name
        try:
            with zipfile.ZipFile(path) as archive, archive.open(entry) as content, plain.open("wb") as out:
                shutil.copyfileobj(content, out, CHUNK)
        except DAMAGE as damage:
            raise SourceDown(f"{place} is cut off or damaged ({damage}). Deliver it again.") from damage
        yield plain


def is_copy(entry: zipfile.ZipInfo, path: Path) -> bool:
    """Whether a file is one of an archive, by its length and the checksum that the archive has of it."""
    if path.stat().st_size != entry.file_size:
        return False
    sum_ = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            sum_ = zlib.crc32(chunk, sum_)
    return sum_ == entry.CRC


def _added(entry: zipfile.ZipInfo) -> bool:
    """Whether a file was put there by the system that packed it, or by a program that had a file open."""
    parts = PurePosixPath(entry.filename).parts
    return "__MACOSX" in parts or parts[-1].startswith((".", "~$"))


def _unsafe(entries: Sequence[zipfile.ZipInfo]) -> str:
    """What is wrong with an archive, as the rest of a sentence; empty where nothing is."""
    names = [entry.filename.replace("\\", "/").lower() for entry in entries]
    outside = any(name.startswith("/") or ".." in name.split("/") or ":" in name for name in names)
    linked = any(stat.S_ISLNK(entry.external_attr >> 16) for entry in entries)
    whole = sum(entry.file_size for entry in entries)
    dense = [one for one in entries if one.file_size > SMALL and one.file_size > RATIO * max(one.compress_size, 1)]
    faults = (
        (
            "xl/workbook.xml" in names and "[content_types].xml" in names,
            "is a workbook under another name. Give it its right ending (.xlsx).",
        ),
        (
            any(entry.flag_bits & 1 for entry in entries),
            "is encrypted: it opens only with a password. Unpack it with the password, put what it holds into a"
            " protected folder, and name that in path.",
        ),
        (
            outside or linked,
            "holds a file with a path outside the archive (../), or a link, so it is not opened. Ask where it comes"
            " from.",
        ),
        (len(set(names)) != len(names), f"holds two files of one name, so it is unclear what it says. {ANEW}"),
        (len(entries) > MEMBERS, f"holds {len(entries):,} files; at most {MEMBERS:,} are read. {ANEW}"),
        (
            whole > UNPACKED,
            f"unpacks to {whole / 1024**3:,.0f} GB; at most {UNPACKED / 1024**3:,.0f} GB are read. {ANEW}",
        ),
        (bool(dense), f"unpacks to more than {RATIO} times its size, like a zip bomb. {ANEW}"),
    )
    return next((sentence for holds, sentence in faults if holds), "")
