"""What is dear to make, and the same for many tests: made once in a test run, whichever worker needs it first."""

import os
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from filelock import FileLock

import audit.config
import audit.night.run
from tests.paths import ROOT

DAY = date(2026, 11, 20)
"""The sample state's first night."""


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder that `make` filled, for all workers; tests read it, and copy it where they change something."""
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder, finished = root / "made" / name, root / f"{name}.made"
    with FileLock(root / f"{name}.lock"):
        if not finished.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            make(folder)
            finished.touch()
    return folder


def sample_night(factory: pytest.TempPathFactory) -> Path:
    """The sample state after its first night, judged at noon; its output is in `out`."""
    return once(factory, "sample", _judge_sample)


def _judge_sample(folder: Path) -> None:
    left = shutil.ignore_patterns("making", "reviews", "example", "*.png")
    shutil.copytree(ROOT / "data" / "sample", folder, ignore=left, dirs_exist_ok=True)
    path = folder / "audit.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("../../out", "out"), encoding="utf-8")
    judge_at_noon(folder, DAY)


def judge_at_noon(folder: Path, day: date) -> None:
    """A night of the state in a folder."""
    settings = audit.config.load(folder / "audit.toml")
    audit.night.run.run(settings, day, clock=lambda: datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
