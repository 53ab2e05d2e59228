"""The casebook: small nights on inputs as clerks hand them in, each with what a careful person expects to see."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from paths import SHARED

CASEBOOK = SHARED / "casebook"
CASES = sorted(path.parent.name for path in CASEBOOK.glob("*/case.json"))
COMMAND = Path(sys.executable).with_name("identity-audit")


def test_there_are_controls_among_the_cases() -> None:
    if not CASES:
        pytest.skip(f"{CASEBOOK} is not there: set IDENTITY_AUDIT_SHARED to the folder with the shared examples")
    assert [name for name in CASES if name.startswith("fine-")]


@pytest.mark.parametrize("name", CASES)
def test_case_holds(name: str) -> None:
    """The casebook's own runner decides, on the installed command; its account of what falls short is the message."""
    runner = [sys.executable, str(CASEBOOK / "check_cases.py"), "--json", "--cli", str(COMMAND), str(CASEBOOK), name]
    done = subprocess.run(runner, capture_output=True, text=True, check=False)
    assert not done.stderr
    assert json.loads(done.stdout) == {name: []}
