"""The table of python -m tests.benchmarks at its smallest: every line is there, and what fails is told."""

from __future__ import annotations

import csv
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.benchmarks import __main__, states, workbooks
from tests.benchmarks.spent import NotMeasured, Spent, spent
from tests.benchmarks.states import MadeState, Size, day
from tests.benchmarks.table import OURS, Report

PHASES = (
    "reading", "first night", "next night, unchanged", "next night, 1% edited", "join to people", "search of words",
    "reading", "names to people",
)  # fmt: skip


@pytest.fixture
def _measured_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is run: a task takes as many seconds as its name has letters, and Splink is missing."""

    def took(task: str, *arguments: object, **more: object) -> Spent:
        if task == "link_with_splink":
            raise NotMeasured("not installed")
        if task == "night":
            output = Path(str(arguments[0])).parent / "out"
            output.mkdir()
            if arguments[1] == day(1):
                return Spent(20, 10, 100, "night")
            raise ValueError("the second night broke")
        return Spent(len(task), len(task) / 2, 100, task)

    monkeypatch.setattr(__main__, "spent", took)
    monkeypatch.setattr(__main__, "done", lambda *arguments, **more: {"count": 1})
    monkeypatch.setattr(__main__, "of_program", lambda command: Spent(6, 3, 100))
    monkeypatch.setattr(__main__, "modules_of_a_night", lambda folder: [])
    monkeypatch.setattr(MadeState, "back_to_kept", MadeState.no_output)


@pytest.mark.usefixtures("_measured_by_nobody")
def test_each_phase_has_a_line_also_one_that_failed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sizes = ["--accounts", "1000", "--people", "300"]
    order = ["benchmarks", *sizes, "--repeats", "2", "--keep", str(tmp_path / "kept"), "--out", str(tmp_path / "o.csv")]
    monkeypatch.setattr(sys, "argv", order)
    __main__.main()
    with (tmp_path / "o.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["phase"] for line in lines] == [*PHASES]
    reading, first, unchanged, edited, *_, linked = lines
    assert (reading["x reading"], first["wall s"], first["x reading"]) == ("1.0", "20.00", "1.7")
    assert unchanged["note"] == edited["note"] == "failed: ValueError: the second night broke"
    assert (linked["note"], linked["wall s"]) == ("not installed", "")


def test_a_further_million_is_counted_against_the_smaller_size() -> None:
    report = Report()
    for millions in (1, 3):
        work = partial(Spent, 2.0, 10.0 * millions, 200.0 + 50 * millions)
        report.measure(f"{millions}M", "night", OURS, work, count=millions * 1_000_000)
    assert [line[8:10] for line in report.lines] == [["", ""], ["10.00", "50"]]


def test_a_task_is_measured_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    found = spent("read_columns", [path], 1)
    assert 0 < found.wall < 5
    assert found.peak > 10
    assert found.note == "sum(length) of 1 files, 2 rows"
    with pytest.raises(NotMeasured, match="read_columns ended with 1"):
        spent("read_columns", [tmp_path / "absent.csv"], 1)


def test_the_inputs_of_a_night_are_made_once_and_laid_without_a_copy(tmp_path: Path) -> None:
    state = MadeState(tmp_path, Size(300, 1_000, edits=0.5))
    made = state.inputs(2)
    assert state.inputs(2) == made
    state.lay(2)
    laid = tmp_path / "state" / states.EXPORT
    assert laid.samefile(made / states.EXPORT)
    assert state.config.exists()


@pytest.mark.parametrize("way", [way for way in workbooks.WAYS if not way.startswith("xlsxwriter")])
def test_findings_are_written_in_each_way_that_needs_nothing_more(way: str, tmp_path: Path) -> None:
    workbooks.WAYS[way](tmp_path / "a.xlsx", 20)
    assert (tmp_path / "a.xlsx").stat().st_size > 1_000
