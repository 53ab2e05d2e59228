"""What a look-up tells a platform about an employee, written down before it is sent: one line a look-up.

The file holds digests, never addresses: who must show whether an address was looked up can compute its digest.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

from audit.ledger.sources import key_digest
from audit.workbook.whole_file import MODE, close_to_others, replacing

NAME = "disclosures.jsonl"


def note(output: Path, source: str, keys: Collection[str], at: str) -> None:
    """Append a line for each key to the output folder's list of disclosures, on the disk before this returns.

    `at` is an ISO time. Raises OSError.
    """
    lines = "".join(
        json.dumps({"at": at, "source": source, "key_sha256": key_digest(source, key)}) + "\n" for key in keys
    )
    descriptor = os.open(output / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, MODE)
    with os.fdopen(descriptor, "ab") as file:
        close_to_others(descriptor)
        file.write(lines.encode())
        file.flush()
        os.fsync(file.fileno())


def told_before(output: Path, limit: date, held: Collection[str] = ()) -> int:
    """How many disclosures there are before `limit`, without those of the addresses `held`."""
    return sum(_goes(line, limit, held) for line in _lines(output))


def told_by_source(output: Path) -> Counter[str]:
    """How many disclosures there are of each source."""
    return Counter(source for _, source, _ in _told(output))


def told_about(output: Path, addresses: Collection[str]) -> list[tuple[str, str]]:
    """(ISO time, source) of every look-up of one of these addresses, oldest first."""
    return sorted(
        (at, source)
        for at, source, digest in _told(output)
        if digest in {key_digest(source, address) for address in addresses}
    )


def forget(output: Path, limit: date, held: Collection[str] = ()) -> None:
    """Remove the disclosures before `limit`, but for those of the addresses `held`."""
    lines = _lines(output)
    if lines:
        with replacing(output / NAME) as file:
            file.writelines(line.encode() for line in lines if not _goes(line, limit, held))


def _goes(line: str, limit: date, held: Collection[str]) -> bool:
    if _at(line) >= limit.isoformat():
        return False
    said = json.loads(line)
    return said.get("key_sha256") not in {key_digest(str(said.get("source")), address) for address in held}


def _told(output: Path) -> Iterator[tuple[str, str, str]]:
    """(ISO time, source, digest of the address) of each disclosure."""
    for line in _lines(output):
        with suppress(ValueError, KeyError):  # cut short when the machine went down
            said = json.loads(line)
            yield str(said["at"]), str(said["source"]), str(said["key_sha256"])


def _lines(output: Path) -> list[str]:
    path = output / NAME
    return path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []


def _at(line: str) -> str:
    try:
        return str(json.loads(line)["at"])
    except ValueError:  # cut short when the machine went down: kept, as the look-up may have been sent
        return "~"
