"""What is dear to make, and the same for many tests: made once in a test run, whichever worker needs it first."""

import os
import random
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from filelock import FileLock

import audit.config
import audit.night.run
from audit.model.finding import DISPOSITIONS
from tests.paths import ROOT

DAY, NEXT = date(2026, 11, 20), date(2026, 11, 30)
"""The sample state's first night, and one after decisions."""
REVIEWER = "K. Larkspurre"


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


def two_sample_nights(factory: pytest.TempPathFactory) -> Path:
    """The sample state after two nights, with decisions read back between them."""

    def go_on(folder: Path) -> None:
        shutil.copytree(sample_night(factory), folder, symlinks=True, dirs_exist_ok=True)
        _decide(folder / "out" / DAY.isoformat() / "audit.xlsx", folder / "reviews" / "decided.xlsx")
        judge_at_noon(folder, NEXT)

    return once(factory, "sample, two nights", go_on)


def _decide(source: Path, target: Path) -> None:
    """Type a disposition into every second row or so of a night's workbook."""
    chance = random.Random(11)
    book = openpyxl.load_workbook(source)
    for page in (book[name] for name in ("Findings", "Leads")):
        top = next(row for row in page.iter_rows() if any(cell.value == "Finding ID" for cell in row))
        columns = {cell.value: cell.column for cell in top}
        for row in range(top[0].row + 1, page.max_row + 1):
            if chance.random() < 0.5:
                decided_on = DAY + timedelta(days=chance.randrange(9))
                words: dict[str, Any] = {
                    "Disposition": chance.choice(DISPOSITIONS),
                    "Reviewer": REVIEWER,
                    "Decided on": decided_on,
                }
                for name, word in words.items():
                    page.cell(row, columns[name]).value = word
    target.parent.mkdir()
    book.save(target)


def judge_at_noon(folder: Path, day: date) -> None:
    """A night of the state in a folder."""
    settings = audit.config.load(folder / "audit.toml")
    audit.night.run.run(settings, day, clock=lambda: judged_at(day))


def judged_at(day: date) -> datetime:
    """Noon of a day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
