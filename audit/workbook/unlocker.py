"""The child process that decrypts a workbook: run as a script, it holds its limits and writes nothing to any disk.

Usage: python -P unlocker.py MEMORY_BYTES CPU_SECONDS. Standard input: the length (8 bytes, little-endian) of a JSON
list of passwords, that list, then the encrypted file. Standard output: "opened", a line feed and the plain file; or one
of "other password" and "not opened". Killed by its limits it says nothing. It imports nothing of this package.
"""

from __future__ import annotations

import contextlib
import json
import struct
import sys
from collections.abc import Sequence
from io import BytesIO
from xml.parsers.expat import ExpatError

from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError
from msoffcrypto.format.ooxml import OOXMLFile

DAMAGED = (DecryptionError, FileFormatError, OSError, ValueError, ExpatError, IndexError, KeyError, struct.error)
"""What msoffcrypto-tool raises for a file that is not as it should be."""


def _limit(memory: int, seconds: int) -> None:
    """Bound this process's address space (bytes) and CPU time, where the system knows such limits."""
    try:
        import resource  # noqa: PLC0415  (absent on Windows)
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def _opened(content: bytes, passwords: Sequence[str]) -> bytes | None:
    """The plain file, None where no password fits. Raises one of DAMAGED."""
    for password in passwords:
        book, plain = OOXMLFile(BytesIO(content)), BytesIO()
        try:
            book.load_key(password=password, verify_password=True)
        except InvalidKeyError:
            continue
        book.decrypt(plain, verify_integrity=book.type == "agile")
        return plain.getvalue()
    return None


def unlock(arguments: Sequence[str]) -> int:
    """Decrypt standard input onto standard output within MEMORY and CPU; 0 where it was opened."""
    _limit(*map(int, arguments))
    given = sys.stdin.buffer.read()
    (length,) = struct.unpack_from("<Q", given)
    try:
        plain = _opened(given[8 + length :], json.loads(given[8 : 8 + length]))
    except DAMAGED:
        answer = b"not opened"
    else:
        answer = b"other password" if plain is None else b"opened\n" + plain
    sys.stdout.buffer.write(answer)
    return 0 if answer.startswith(b"opened") else 1


if __name__ == "__main__":
    sys.exit(unlock(sys.argv[1:]))
