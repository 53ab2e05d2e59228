"""What those hear who watch machines: figures in a file, a health check, log lines for machines. Never a name."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from audit.cli import main
from audit.config import load
from audit.model.finding import FindingStatus
from audit.model.night import PullStatus
from audit.model.settings import ConfigError
from audit.night.watched import METRICS
from audit.verbs.surroundings import missing_addresses, running_out, tokens
from tests.states import DAY, State

AS_OF = ["--as-of", DAY.isoformat()]
SECRET = "aB3-path-of-the-check"
SAMPLE = re.compile(r'identity_audit_\w+(\{(\w+="[\w -]*",?)+\})? \d+(\.\d+)?')


@pytest.fixture
def audited(state: State) -> State:
    state.accounts["export"] = [
        {"platform": "x", "handle": "busybirch7", "registered_email": "ada.thibodeau@maine.gov"},
        {"platform": "x", "handle": "quietpine42", "registered_email": "n.haddad@maine.gov"},
    ]
    return state


def metrics(output: Path) -> dict[str, float]:
    """Name with labels → figure; every line is in the format."""
    lines = (output / METRICS).read_text().splitlines()
    samples = [line for line in lines if not line.startswith("#")]
    assert [line for line in samples if not SAMPLE.fullmatch(line)] == []
    assert len({line.rpartition(" ")[0] for line in samples}) == len(samples)
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in samples)}


def test_a_night_in_figures(audited: State) -> None:
    out = audited.folder / "out"
    night = audited.night()
    told = metrics(out)
    for status in FindingStatus:
        count = sum(one.status is status and one.rule_id == "E-1" for one in night.findings)
        assert told[f'identity_audit_findings{{rule="E-1",status="{status}"}}'] == count
    assert told['identity_audit_findings{rule="E-1",status="new"}'] == 2
    assert told[f'identity_audit_sources{{status="{PullStatus.NOT_JUDGED}"}}'] == 0
    assert (
        told["identity_audit_night_end_timestamp_seconds"] == told["identity_audit_whole_night_end_timestamp_seconds"]
    )
    whole_at = told["identity_audit_whole_night_end_timestamp_seconds"]
    text = (out / METRICS).read_text()
    assert not re.search("ada|birch|pine|export|maine|hr_csv", text, re.IGNORECASE)

    audited.accounts["export"] = [{"platform": "", "handle": ""}]
    audited.night(DAY + timedelta(days=1))
    told = metrics(out)
    assert told[f'identity_audit_sources{{status="{PullStatus.NOT_JUDGED}"}}'] == 1
    assert told['identity_audit_findings{rule="E-1",status="not rechecked"}'] == 2
    assert told["identity_audit_whole_night_end_timestamp_seconds"] == whole_at
    assert told["identity_audit_night_end_timestamp_seconds"] > whole_at


def test_figures_that_cannot_be_written_cost_no_night(audited: State, caplog: pytest.LogCaptureFixture) -> None:
    (audited.folder / "out" / METRICS).mkdir(parents=True)
    assert audited.night().findings
    assert "figures could not be written" in caplog.text


@dataclass
class Check:
    """A health check on this machine: what it answers, and what it heard."""

    status: int
    heard: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    url: str = ""


@contextmanager
def checking(status: int) -> Iterator[Check]:
    check = Check(status)

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = self.rfile.read(int(self.headers["Content-Length"]))
            check.heard.append((self.path, json.loads(said)))
            self.send_response(check.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        check.url = f"http://127.0.0.1:{server.server_port}/{SECRET}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield check
        server.shutdown()
        thread.join()


def pinged(state: State) -> Path:
    path = state.write()
    path.write_text(path.read_text() + '\n[operations]\nping = { env = "AUDIT_PING" }\n')
    return path


def test_a_health_check_is_told_counts_alone(audited: State, monkeypatch: pytest.MonkeyPatch) -> None:
    config = pinged(audited)
    with checking(200) as check:
        monkeypatch.setenv("AUDIT_PING", check.url)
        words = ["run", "--config", str(config), *AS_OF]
        assert main(words) == 0
        assert main([*words, "--rehearse"]) == 0
        (audited.folder / "hr.csv").unlink()
        assert main(words) == 65
    (path, told), (_, failed) = check.heard
    assert path == f"/{SECRET}"
    assert told.pop("seconds") in range(60)
    assert told == {
        "program": "identity-audit", "exit_code": 0, "as_of": DAY.isoformat(), "sources": {"complete": 4},
        "findings": {"new": 2}, "problems": told["problems"],
    }  # fmt: skip
    assert failed == {"program": "identity-audit", "exit_code": 65}


@pytest.mark.parametrize("status", [302, None])
def test_a_health_check_that_fails_costs_nothing_and_shows_no_address(
    audited: State, status: int | None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    config = pinged(audited)
    with checking(status or 200) as check:
        monkeypatch.setenv("AUDIT_PING", check.url if status else f"http://127.0.0.1:9/{SECRET}")
        assert main(["run", "--config", str(config), *AS_OF]) == 0
    assert "[operations] ping: 127.0.0.1" in caplog.text
    assert SECRET not in caplog.text


def test_an_address_in_audit_toml_itself_is_refused(audited: State) -> None:
    path = audited.write()
    path.write_text(path.read_text() + f'\n[operations]\nping = "https://ping.example/{SECRET}"\n')
    with pytest.raises(ConfigError, match="ping") as caught:
        load(path)
    assert SECRET not in str(caught.value)


def test_doctor_tells_of_an_address_that_is_not_there(audited: State, monkeypatch: pytest.MonkeyPatch) -> None:
    path = audited.write()
    more = [
        "[operations]", 'ping = { env = "AUDIT_PING" }', "[anchor]", 'url = "https://hooks.example.gov/heads"',
        'token = { file = "heads-token" }',
    ]  # fmt: skip
    path.write_text(path.read_text() + "\n" + "\n".join(more) + "\n")
    settings = load(path)
    assert [(one.verdict, one.said.partition(":")[0]) for one in missing_addresses(settings)] == [
        ("note", "[operations] ping"), ("note", "[anchor] token"),
    ]  # fmt: skip
    monkeypatch.setenv("AUDIT_PING", "https://health.example.gov/7f3a")
    (audited.folder / "heads-token").write_text("otters\n")
    assert list(missing_addresses(settings)) == []


def test_log_lines_for_machines(audited: State) -> None:
    config = audited.write()
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    code = (
        "import audit.cli, sys; words = sys.argv[1:];"
        "audit.cli.main(['run', *words]); audit.cli.main(['explain', 'nobody\\x1b[2J', *words[:4]]);"
        "audit.cli.run = None; audit.cli.main(['run', *words])"
    )
    words = ["--config", str(config), "--log", "json", *AS_OF]
    run = subprocess.run([sys.executable, "-c", code, *words], env=env, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in run.stderr.splitlines()]
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    assert "export: done" in [line["message"] for line in lines]
    assert [line["exit_code"] for line in lines if "exit_code" in line] == [0, 64]
    assert "TypeError" in lines[-1]["fault"]
    assert "\x1b" not in run.stderr
    assert run.returncode == 1


@pytest.mark.parametrize(
    ("spoil", "code", "said"),
    [
        ("UPDATE findings SET first_seen = '2020-01-01'", 65, "first seen on 2020-01-01"),
        ("", 143, "stopped by SIGTERM"),
    ],
)
def test_what_went_wrong_is_a_log_line_for_machines(audited: State, spoil: str, code: int, said: str) -> None:
    config = audited.write()
    assert main(["run", "--config", str(config), *AS_OF]) == 0
    with closing(sqlite3.connect(next(audited.folder.rglob("ledger.sqlite")))) as ledger, ledger:
        ledger.executescript(spoil)
    stops = "def stop(_): os.kill(os.getpid(), signal.SIGTERM); time.sleep(9)\naudit.cli.verify_ledger = stop\n"
    text = f"import audit.cli, os, signal, sys, time\n{'' if spoil else stops}sys.exit(audit.cli.main(sys.argv[1:]))"
    words = [sys.executable, "-c", text, "verify", "--config", str(config), "--log", "json"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in run.stderr.splitlines()]
    assert (run.returncode, lines[-1]["exit_code"]) == (code, code)
    assert any(said in line["message"] for line in lines[:-1])


def webtoken(ends_at: datetime) -> str:
    parts = ({"alg": "none"}, {"exp": ends_at.timestamp()})
    return ".".join([*(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), "x"])


@pytest.mark.parametrize(
    ("days", "verdict", "said"), [(-1, "PROBLEM", "expired on"), (10, "note", "10 days"), (90, "ok", "90 days")]
)
def test_doctor_tells_what_runs_out(
    audited: State, days: int, verdict: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    audited.write()
    path = audited.folder / "audit.toml"
    more = [
        '[sources.masto]', 'connector = "mastodon_admin"', 'url = "https://social.example.gov"', 'purpose = "work"',
        'token = { env = "MASTO" }', "[operations.expires]", f'"client secret" = {DAY + timedelta(days)}',
    ]  # fmt: skip
    path.write_text(path.read_text() + "\n" + "\n".join(more) + "\n")
    monkeypatch.setenv("MASTO", webtoken(now + timedelta(days=days, hours=1)))
    settings = load(path)
    looked_at = {"client secret": running_out(settings, DAY), "masto token": tokens(settings, now)}
    for name, (found,) in looked_at.items():
        assert (found.verdict, name in found.said, said in found.said) == (verdict, True, True)
    monkeypatch.setenv("MASTO", "an.opaque.token")
    assert list(tokens(settings, now)) == []
