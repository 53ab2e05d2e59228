"""`schedule --write`: what it writes runs, keeps secrets to its owner, and tells of a failure."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from audit.cli import main
from audit.verbs.schedule import variables, write_schedule
from tests.states import State, account

HIBP = """
[sources.breaches]
connector = "hibp"
key = { env = "HIBP_KEY" }
[sources.breaches.approval]
by = "Dana Cole"
on = 2026-01-15
reference = "OIT-1"
expires = 2027-01-14
"""
PROGRAM = """#!/bin/sh
echo "$HIBP_KEY: $*"
exit ${ENDS:-0}
"""
posix = pytest.mark.skipif(os.name != "posix", reason="shells, modes and units are things of POSIX")


@pytest.fixture
def config(state: State) -> Path:
    state.folder /= "50% of it's here"
    state.folder.mkdir()
    state.accounts["export"] = [account("busybirch7")]
    state.options["export"] = HIBP
    return state.write()


@pytest.fixture
def written(config: Path, tmp_path: Path) -> Path:
    """The schedule's folder; its program says what it was told, and ends as ENDS says."""
    program = tmp_path / "the program"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    folder = config.parent / "schedule"
    write_schedule(folder, config, program)
    environment = folder / "identity-audit.env"
    environment.write_text(environment.read_text().replace("HIBP_KEY=''", "HIBP_KEY='a $b \"c'"))
    return folder


def ran(written: Path, ends: int, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(written / "identity-audit.sh"), *words]
    return subprocess.run(command, env={**os.environ, "ENDS": str(ends)}, capture_output=True, text=True, check=False)


@posix
def test_the_script_runs_the_verb_with_its_environment(config: Path, written: Path) -> None:
    done = ran(written, 0, "purge", "--yes")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    log = (config.parent / "night.log").read_text()
    assert log == f'a $b "c: purge --yes --config {config}\n'


@posix
@pytest.mark.parametrize(("ends", "told"), [(0, False), (3, False), (64, True), (75, True), (73, True)])
def test_a_failure_is_told_and_a_source_that_was_not_judged_is_none(written: Path, ends: int, told: bool) -> None:
    done = ran(written, ends, "run")
    assert done.returncode == ends
    assert (f"exit code {ends}" in done.stderr) == told


@posix
def test_the_notice_goes_to_whom_the_environment_names(written: Path, tmp_path: Path) -> None:
    mail = tmp_path / "bin" / "mail"
    mail.parent.mkdir()
    mail.write_text(f'#!/bin/sh\n(echo "$@"; cat) > "{tmp_path}/mailed"\n')
    mail.chmod(0o755)
    environment = written / "identity-audit.env"
    environment.write_text(environment.read_text().replace("AUDIT_TELL=''", "AUDIT_TELL='night@example.gov'"))
    command = ["sh", str(written / "identity-audit.sh"), "run"]
    path = f"{mail.parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(command, env={**os.environ, "PATH": path, "ENDS": "75"}, capture_output=True, check=False)
    mailed = (tmp_path / "mailed").read_text()
    assert "night@example.gov" in mailed
    assert "another run is at work" in mailed


@posix
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_takes_the_units(written: Path) -> None:
    units = sorted(map(str, (written / "systemd").iterdir()))
    assert len(units) == 5
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    named = [line for line in done.stderr.splitlines() if "identity-audit" in line]
    assert named == []


def test_every_name_is_filled_in(config: Path, written: Path) -> None:
    files = [path for path in written.rglob("*") if path.is_file()]
    assert len(files) == 12
    for path in files:
        text = path.read_text(encoding="utf-16" if path.suffix == ".xml" else "utf-8")
        assert "{{" not in text, path
    for path in (written / "windows").glob("*.xml"):
        (script,) = (one.text for one in ElementTree.parse(path).iter() if one.tag.endswith("Arguments"))
        assert script
        assert str(written / "windows" / "identity-audit.ps1") in script
    unit = (written / "systemd" / "identity-audit.service").read_text()
    assert str(config).replace("%", "%%") in unit
    lines = (written / "crontab").read_text().splitlines()
    assert [line.split("/bin/sh")[0].split() for line in lines[1:]] == [
        ["15", "2", "*", "*", "*"],
        ["15", "13", "*", "*", "0"],
    ]
    assert "50\\% of" in lines[1]


@posix
def test_secrets_are_named_and_their_file_is_the_owner_s_alone(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIBP_KEY", "canary-7261")
    assert variables(config) == {"HIBP_KEY": "sources.breaches.key"}
    write_schedule(tmp_path / "s", config, Path(sys.executable))
    path = tmp_path / "s" / "identity-audit.env"
    assert path.stat().st_mode & 0o777 == 0o600
    assert "# sources.breaches.key\nHIBP_KEY=''\n" in path.read_text()
    assert not [one for one in (tmp_path / "s").rglob("*.*") if one.is_file() and b"canary" in one.read_bytes()]


def test_nothing_is_overwritten(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["schedule", "--config", str(config), "--write", str(tmp_path / "s")]
    assert main(words) == 0
    assert f"wrote {tmp_path / 's' / 'identity-audit.env'}" in capsys.readouterr().out
    (tmp_path / "s" / "crontab").unlink()
    assert main(words) == 73
    assert "overwrites nothing" in capsys.readouterr().err
    assert not (tmp_path / "s" / "crontab").exists()
