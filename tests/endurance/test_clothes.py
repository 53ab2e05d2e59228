"""A few of the nights that `python -m tests.endurance.clothes` runs."""

from __future__ import annotations

import pytest

from tests.endurance.clothes import fared
from tests.endurance.wardrobe import CLOTHES, FILES, Clothes

NAMED = {one.name: one for one in CLOTHES}
SOME = [
    ("accounts", "ids whose last digits became zeros"),
    ("accounts", "large, with line breaks within the headings"),
    ("directory", "NULL in empty cells"),
]


def test_all_clothes_have_names_of_their_own() -> None:
    assert len(NAMED) == len(CLOTHES)
    assert all(set(one.only) <= set(FILES) for one in CLOTHES)


@pytest.mark.parametrize(("file", "name"), SOME)
def test_a_night_in_other_clothes_finds_the_same(file: str, name: str) -> None:
    found = fared(file, NAMED[name])
    assert found.passed, found


def test_a_file_that_is_not_the_same_does_not_pass() -> None:
    plain = NAMED["line ends of Unix"]
    half = Clothes("half of it", lambda table: plain.write(table[: len(table) // 2]))
    assert not fared("accounts", half).passed
