"""A few of the nights that `python -m tests.endurance.file_bombs` runs: a bomb of each kind."""

from __future__ import annotations

import sys

import pytest

from tests.endurance.file_bombs import BOMBS, READERS, bounded_outcome

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks and pipes with names are POSIX's")
SOME = {
    ("accounts CSV", "a million separators"): "read",
    ("accounts JSONL", "nested 100,000 deep"): "not judged",
    ("accounts XLSX", "a shared string of 10 MB"): "not judged",
    ("policy pack", "lists 100,000 deep"): "refused",
}


def test_every_bomb_has_a_name_of_its_own() -> None:
    for reader in READERS:
        names = [bomb.name for bomb in reader.bombs()]
        assert len(names) == len(set(names)) > 10
    assert any(not bomb.kinds for bomb in BOMBS)


@pytest.mark.parametrize(("reader", "bomb"), SOME)
def test_a_night_with_a_bomb_ends_and_tells_it(reader: str, bomb: str) -> None:
    found = bounded_outcome((reader, bomb))
    assert (found.what, found.passed) == (SOME[reader, bomb], True), found
