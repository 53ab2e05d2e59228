"""Workbooks under a password: ECMA-376 agile encryption (MS-OFFCRYPTO 2.3.4.10), written and verified, and opened.

What is written is read back, decrypted and compared before it takes the place of an older file. What somebody put
into the reviews folder is decrypted in a process of its own with limits, and goes through pipes: plain workbooks
exist in memory only.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from struct import pack, pack_into, unpack_from
from typing import IO

from msoffcrypto.exceptions import DecryptionError, FileFormatError
from msoffcrypto.format.ooxml import OOXMLFile

from connectors.contract import SourceDown
from connectors.files import sheets
from connectors.http.secrets import Secret

SECTOR = 512
_IN_HEADER, _PER_SECTOR = 109, SECTOR // 4 - 1
_FREE, _END = 0xFFFFFFFF, 0xFFFFFFFE

_NONE_NAMED = (
    "is encrypted: it opens only with a password. Name it in audit.toml ([output] password), or open the file, remove "
    "the password (File, Info, Protect Workbook), and save it."
)
_NOT_THESE = (
    "is encrypted with a password that audit.toml does not know. Open it and save it with tonight's password, or "
    "without one."
)
_NOT_OPENED = "is encrypted in a way that is not read, or damaged. Open it and save it as an Excel workbook (.xlsx)."
_TOO_HARD = (
    f"could not be decrypted within {sheets.MEMORY // 1024**3} GB of memory and {sheets.SECONDS} seconds. Open it and "
    "save it once more."
)


class NotEncrypted(OSError):
    """What was encrypted does not decrypt to the same workbook: it was not written, and the older file stands."""


def write_encrypted(file: IO[bytes], plain: bytes, password: Secret) -> None:
    """Write a workbook's bytes, encrypted, into an open empty file (readable, too), and verify what stands there.

    The same bytes never give the same file twice: its salt and key are random. Raises NotEncrypted, and OSError where
    the file cannot be written.
    """
    closed = BytesIO()
    OOXMLFile(BytesIO(plain)).encrypt(password.reveal(), closed)
    file.write(_with_whole_table(closed.getvalue()))
    file.flush()
    file.seek(0)
    if _decrypted(file.read(), password) != plain:
        raise NotEncrypted("The workbook did not come back from its encrypted form, so it was not written.")


def _decrypted(content: bytes, password: Secret) -> bytes | None:
    try:
        book, plain = OOXMLFile(BytesIO(content)), BytesIO()
        book.load_key(password=password.reveal(), verify_password=True)
        book.decrypt(plain, verify_integrity=True)
    except (DecryptionError, FileFormatError, OSError, ValueError):  # whatever is wrong, it is not our workbook
        return None
    return plain.getvalue()


def _with_whole_table(compound: bytes) -> bytes:
    """The file with its table of FAT sectors ended as MS-CFB 2.5 asks.

    Past 109 FAT sectors (7 MB) the table goes on in sectors of its own. msoffcrypto-tool 6.1 writes one number too many
    there and no end mark; readers that are strict call such a file damaged.
    """
    fat_sectors, first, table_sectors = (unpack_from("<I", compound, at)[0] for at in (44, 68, 72))
    mended = bytearray(compound)
    rest = range(first + table_sectors + _IN_HEADER, first + table_sectors + fat_sectors)
    for number in range(table_sectors):
        listed = rest[number * _PER_SECTOR : (number + 1) * _PER_SECTOR]
        free = [_FREE] * (_PER_SECTOR - len(listed))
        onward = _END if number == table_sectors - 1 else first + number + 1
        pack_into(f"<{SECTOR // 4}I", mended, SECTOR * (1 + first + number), *listed, *free, onward)
    return bytes(mended)


def decrypted(content: bytes, passwords: Sequence[Secret], place: str) -> bytes:
    """The plain workbook of an encrypted one, opened with the first of `passwords` that fits, in a child process.

    `place` is what errors call the file. Raises SourceDown where none fits, or none is given, where the file is
    damaged, and where opening it takes more time or memory than parsing a workbook may.
    """
    if not passwords:
        raise SourceDown(f"{place} {_NONE_NAMED}")
    script = Path(__file__).with_name("unlocker.py")
    command = [sys.executable, "-P", str(script), str(sheets.MEMORY), str(sheets.SECONDS)]
    keys = json.dumps([one.reveal() for one in passwords]).encode()
    given = pack("<Q", len(keys)) + keys + content
    try:
        told = subprocess.run(  # noqa: S603
            command, input=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=sheets.SECONDS, check=False
        ).stdout
    except subprocess.TimeoutExpired:
        raise SourceDown(f"{place} {_TOO_HARD}") from None
    outcome, _, plain = told.partition(b"\n")
    if outcome != b"opened":
        reasons = {b"other password": _NOT_THESE, b"not opened": _NOT_OPENED}
        raise SourceDown(f"{place} {reasons.get(outcome, _TOO_HARD)}")
    return plain
