"""Whether files hold what they held."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.files.fingerprint import PIECE, PIECES, fingerprint

LARGE = b"otters and kelp\n" * (3 * PIECE * PIECES // 16)


@pytest.mark.parametrize(
    ("content", "change"),
    [
        (b"", b"a"),
        (b"a,b\n1,2\n", b"a,b\n1,3\n"),
        (LARGE, LARGE[:-1]),
        (LARGE, LARGE[:-2] + b"s\n"),
        (LARGE, b"O" + LARGE[1:]),
        (LARGE[: PIECE * PIECES], LARGE[: PIECE * PIECES].replace(b"kelp", b"help", 70_000)),
    ],
)
def test_another_content_has_another_print(content: bytes, change: bytes, tmp_path: Path) -> None:
    one, other, same = (tmp_path / name for name in ("one.csv", "other.csv", "same.csv"))
    for path, held in ((one, content), (other, change), (same, content)):
        path.write_bytes(held)
    assert fingerprint([one]) == fingerprint([same]) != fingerprint([other])
    assert fingerprint([one, other]) == fingerprint([other, same])
    assert fingerprint([one]) != fingerprint([one, same])
    assert fingerprint([]) == ""


def test_every_byte_of_a_file_of_a_megabyte_counts(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    held = bytearray(LARGE[: PIECE * PIECES])
    path.write_bytes(held)
    first = fingerprint([path])
    for at in range(0, len(held), PIECE // 2 - 1):
        held[at] ^= 1
        path.write_bytes(held)
        assert fingerprint([path]) != first
        held[at] ^= 1
