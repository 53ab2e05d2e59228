"""The casebook: small nights on inputs as clerks hand them in, each with what a careful person expects to see."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.made import once
from tests.paths import SHARED
from tests.warm import warm_command

CASEBOOK = SHARED / "casebook"
CASES = sorted(path.parent.name for path in CASEBOOK.glob("*/case.json"))
TOGETHER = 6
"""So many cases are judged by one start of the runner: few enough for every worker to have some."""


def test_there_are_controls_among_the_cases() -> None:
    if not CASES:
        pytest.skip(f"{CASEBOOK} is not there: set IDENTITY_AUDIT_SHARED to the folder with the shared examples")
    assert [name for name in CASES if name.startswith("fine-")]


@pytest.mark.parametrize("name", CASES)
def test_case_holds(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The casebook's own runner decides, on the command; its account of what falls short is the message."""
    number = CASES.index(name) // TOGETHER
    names = CASES[number * TOGETHER :][:TOGETHER]
    folder = once(tmp_path_factory, f"casebook {number}", lambda folder: judge(names, folder))
    assert json.loads((folder / "short.json").read_text(encoding="utf-8"))[name] == []


def judge(names: list[str], folder: Path) -> None:
    """What falls short of each case, as the runner says it, in short.json."""
    with warm_command(folder) as command:
        runner = [sys.executable, str(CASEBOOK / "check_cases.py"), "--json", "--cli", str(command), str(CASEBOOK)]
        done = subprocess.run([*runner, *names], capture_output=True, text=True, check=False)
    assert not done.stderr
    (folder / "short.json").write_text(done.stdout, encoding="utf-8")
