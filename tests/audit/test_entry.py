"""What is imported for whom: modules are counted, since seconds depend on the machine."""

import json
import subprocess
import sys

import pytest

from audit import entry
from audit.cli import parser

DEAR = {
    "audit.cli", "audit.config", "connectors", "duckdb", "numpy", "openpyxl", "pandas", "pyarrow", "pydantic",
    "requests", "sqlite3",
}  # fmt: skip


def test_the_version_is_told_without_what_verbs_need() -> None:
    code = "import json, sys; from audit.entry import command; command(); json.dump(list(sys.modules), sys.stdout)"
    done = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, check=True, text=True)
    said, _, modules = done.stdout.partition("\n")
    assert said == entry.version_line()
    assert DEAR.isdisjoint(json.loads(modules))


def test_all_else_goes_to_the_verbs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["identity-audit", "frobnicate"])
    with pytest.raises(SystemExit) as stopped:
        entry.command()
    assert stopped.value.code == 64
    assert "invalid choice" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        parser().parse_args(["--version"])
    assert capsys.readouterr().out == f"{entry.version_line()}\n"
