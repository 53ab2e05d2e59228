import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audit.cli import main
from audit.night.stopping import Stopped
from tests.states import DAY, State, account

AS_OF = ["--as-of", DAY.isoformat()]


@pytest.fixture
def config(state: State) -> Path:
    state.accounts["export"] = [
        account("busybirch7", registered_email="ada.thibodeau@maine.gov"),
        account("quietpine42", registered_email="nobody.known@maine.gov"),
    ]
    return state.write()


def test_run_ends_with_a_short_summary(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--config", str(config), *AS_OF]) == 0
    printed = capsys.readouterr().out
    assert "1 findings, 1 leads: 2 new" in printed
    assert f"Workbook: {config.parent / 'out' / DAY.isoformat() / 'audit.xlsx'}" in printed
    assert "thibodeau" not in printed.lower()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["run", "--as-of", "20.11.2026"], 64, "write it as 2026-11-20"),
        (["run", "--only", "nowhere"], 64, "there is no such source"),
        (["explain", "E-1-none"], 73, "no ledger yet"),
        (["frobnicate"], 64, "invalid choice"),
    ],
)
def test_usage_faults(
    config: Path, arguments: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = arguments if arguments[0] == "frobnicate" else [*arguments, "--config", str(config)]
    try:
        got = main(given)
    except SystemExit as stopped:
        got = int(stopped.code or 0)
    assert got == code
    assert says in capsys.readouterr().err


def test_labels_without_a_column_are_told_and_no_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "disclaimers.csv").write_text("text\nviews are mine\n", encoding="utf-8")
    assert main(["evaluate", str(tmp_path), "--config", str(tmp_path / "none.toml")]) == 65
    assert "disclaimers.csv" in capsys.readouterr().err


def test_faults_of_configuration_input_and_output(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--config", str(config.parent / "nowhere.toml")]) == 78
    (config.parent / "out").write_text("a file where the folder should be")
    assert main(["run", "--config", str(config), *AS_OF]) == 73
    (config.parent / "out").unlink()
    (config.parent / "hr.csv").unlink()
    assert main(["run", "--config", str(config), *AS_OF]) == 65
    assert str(config.parent / "hr.csv") in capsys.readouterr().err


def test_a_source_that_fails_makes_the_run_partial(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (config.parent / "export.csv").unlink()
    assert main(["run", "--config", str(config), *AS_OF]) == 3
    assert "NOT JUDGED" in capsys.readouterr().out


def test_explain_says_evidence_tie_and_rule(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", "--config", str(config), *AS_OF])
    rows = (config.parent / "out" / "latest" / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    finding_id = next(row["finding_id"] for row in map(json.loads, rows) if row["rule_id"] == "E-1")
    capsys.readouterr()
    assert main(["explain", finding_id, "--config", str(config)]) == 0
    printed = capsys.readouterr().out
    for words in ("Ada Thibodeau", "no rivals", "export.csv:2", "Does not prove", "state-issued e-mail", "first time"):
        assert words in printed
    assert main(["explain", "E-1-000000000000", "--config", str(config)]) == 64


def test_report_writes_the_same_files_again(config: Path) -> None:
    main(["run", "--config", str(config), *AS_OF])
    folder = config.parent / "out" / DAY.isoformat()
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    for path in (folder / "audit.xlsx", folder / "findings.jsonl"):
        path.unlink()
    assert main(["report", "--config", str(config)]) == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_lists_are_complete_and_machine_readable(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--json", "--config", str(config)]) == 0
    rules = json.loads(capsys.readouterr().out)
    assert [rule["rule_id"] for rule in rules] == [
        "E-1", "E-2", "A-1", "A-2", "B-1", "C-1", "U-1", "R-1", "R-2", "R-3", "R-4", "R-5",
    ]  # fmt: skip
    assert all(rule[part] for rule in rules for part in ("title", "rationale", "proves_not", "to_do", "clause"))
    assert main(["sources", "--json"]) == 0
    names = {source["name"] for source in json.loads(capsys.readouterr().out)}
    assert names >= {"hr_csv", "accounts_csv", "official_csv", "agencies_csv"}


def test_init_writes_a_configuration_that_doctor_can_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "mine")]) == 0
    assert main(["init", str(tmp_path / "mine")]) == 73
    assert main(["doctor", "--config", str(tmp_path / "mine" / "audit.toml")]) == 65
    printed = capsys.readouterr()
    assert "overwrites nothing" in printed.err
    assert "agencies.csv" in printed.out


def test_doctor_finds_nothing_wrong_and_writes_nothing(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--config", str(config)]) == 0
    assert "PROBLEM" not in capsys.readouterr().out
    assert not (config.parent / "out").exists()


def test_verify_purge_and_schedule(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["run", "--config", str(config), *AS_OF])
    assert main(["verify", "--config", str(config)]) == 0
    later = ["purge", "--yes", "--config", str(config), "--as-of", (DAY + timedelta(days=800)).isoformat()]
    monkeypatch.setattr("audit.cli.now", lambda: datetime(2026, 11, 20, tzinfo=UTC) + timedelta(days=400))
    assert main(later) == 64
    assert (config.parent / "out" / DAY.isoformat()).exists()
    monkeypatch.setattr("audit.cli.now", lambda: datetime(2026, 11, 20, tzinfo=UTC) + timedelta(days=800))
    older = config.parent / "out" / "2026-11-19"
    shutil.copytree(config.parent / "out" / DAY.isoformat(), older)
    assert main(later) == 0
    assert not older.exists()
    assert (config.parent / "out" / DAY.isoformat()).exists(), "`latest` names it"
    assert main(["schedule", "--config", str(config)]) == 0
    assert "15 2 * * *" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.usefixtures("heeded")
@pytest.mark.parametrize("instead", [None, RuntimeError, OSError])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_with_a_code_of_its_own_and_a_sentence(
    config: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    code: int,
    instead: type[Exception] | None,
) -> None:
    def judge(*_: object) -> None:
        try:
            os.kill(os.getpid(), number)
        except Stopped:  # a lock that was interrupted raises RuntimeError in its place
            if instead is None:
                raise
            raise instead from None

    with monkeypatch.context() as patch:
        patch.setattr("audit.night.run.judge", judge)
        assert main(["run", "--config", str(config), *AS_OF]) == code
    told = capsys.readouterr().err
    assert f"stopped by {signal.Signals(number).name}. Nothing is half written" in told
    assert "Traceback" not in told
    assert main(["run", "--config", str(config), *AS_OF]) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a closed pipe is another fault there")
@pytest.mark.parametrize(("words", "read"), [(["sources"], 1), (["sources"], 0), (["rules"], 0), (["schedule"], 0)])
def test_a_closed_pipe_is_no_error(config: Path, words: list[str], read: int) -> None:
    """As `identity-audit … | head` has it: whoever reads stops, before the first line or after it."""
    run = "import sys, audit.cli; sys.exit(audit.cli.main(sys.argv[1:]))"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", run, *words, "--config", str(config)]
    asked = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    assert asked.stdout
    assert asked.stderr
    asked.stdout.read(read)
    asked.stdout.close()
    assert (asked.stderr.read(), asked.wait()) == (b"", 0)
    asked.stderr.close()


def test_a_closed_pipe_hides_no_exit_code(config: Path) -> None:
    (config.parent / "export.csv").unlink()
    run = "import sys, audit.cli; sys.exit(audit.cli.main(sys.argv[1:]))"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", run, "run", "--config", str(config), *AS_OF]
    asked = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env)
    assert asked.stdout
    asked.stdout.close()
    assert asked.wait() == 3
