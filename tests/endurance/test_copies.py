"""A few of the ways that `python -m tests.endurance.copies` tries; and that its oracle sees what goes wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.endurance.copies import WAYS, begun, tried
from tests.states import State

SOME = ("rows sorted up to the note", "a name merged over rows", "values alone", "CSV", "without the ids")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[State, dict[tuple[str, str], Any]]:
    return begun(tmp_path_factory.mktemp("copies") / "base")


@pytest.mark.parametrize("way", SOME)
def test_a_way_to_save_a_copy_loses_nothing(base: tuple[State, Any], way: str, tmp_path: Path) -> None:
    taken, rest, amiss = tried(*base, way, tmp_path / "state")
    assert amiss == []
    assert taken + rest >= len(base[1])


def test_the_oracle_sees_words_given_to_others(
    base: tuple[State, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.night.read_back.in_their_rows", lambda copy, *_: copy)
    _, _, amiss = tried(*base, SOME[0], tmp_path / "state")
    assert {line.partition(":")[0] for line in amiss} == {"lost", "not typed"}


def test_every_way_of_the_suite_is_one() -> None:
    assert set(SOME) <= WAYS.keys()
