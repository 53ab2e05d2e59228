"""The first hour of a state that is not the sample's: exports as they come, `init`, `doctor`, `run`, no hand edit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audit.cli import main
from tests.second_state import FINDINGS, write_exports


def test_the_first_hour_of_another_state(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exports = [str(path) for path in write_exports(tmp_path / "exports")]
    folder = tmp_path / "nh"
    assert main(["init", str(folder), "--state", "NH", "--from", *exports]) == 0
    config = str(folder / "audit.toml")
    assert main(["doctor", "--config", config]) == 0
    told = capsys.readouterr().out
    assert "PROBLEM" not in told
    assert main(["run", "--config", config, "--as-of", "2026-11-20"]) == 0
    lines = (folder / "out" / "2026-11-20" / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    shown = {(one["rule_id"], one["tier"], one["platform"], one["employee_id"] or "") for one in found}
    assert shown == FINDINGS
    assert len(found) == len(FINDINGS)
    assert "maine" not in told.lower()
