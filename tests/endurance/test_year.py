"""A few nights of the year that `python -m tests.endurance.year` lives through; each seed is another life."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.endurance import year


def test_some_nights_of_a_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.cli.now", None)  # put back what `purge` sets
    world = year.lived(tmp_path / "state", seed=11, nights=6, people=24)
    assert world.violations == []
    assert world.typed
    assert {"export with a row that cannot be read", "hire", "leave", "number"} <= world.happened.keys()
    assert {f"export {how}" for how in year.FAILS} & world.happened.keys()
