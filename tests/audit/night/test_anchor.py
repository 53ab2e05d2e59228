"""The end of the chain kept outside: in a file, by syslog, over the web. It costs no night, and its failure is told."""

import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from audit.config import load
from audit.ledger import Ledger
from audit.ledger.nights_beside import sha256
from audit.model.settings import ConfigError
from audit.report.dossier import dossier_sheets
from audit.verbs.dossier import dossier_facts
from tests.audit.damage import FOURTH, call, ledger_of
from tests.states import State

HEADS = "heads.jsonl"


def anchored(state: State, *lines: str) -> State:
    state.options["export"] = "\n".join(["", "[anchor]", *lines])
    return state


def run(state: State, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    return call(state, ["run", "--as-of", FOURTH.isoformat()], capsys)


def heads(state: State) -> list[dict[str, object]]:
    return [json.loads(line) for line in (state.folder / HEADS).read_text().splitlines()]


@dataclass
class Hook:
    status: int
    url: str = ""
    told: list[tuple[str, dict[str, object]]] = field(default_factory=list)


@contextmanager
def hook(status: int) -> Iterator[Hook]:
    """Something on this machine that takes what it is told, or does not."""
    heard = Hook(status)

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.told.append((self.headers.get("Authorization", ""), said))
            self.send_response(heard.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        heard.url = f"http://127.0.0.1:{server.server_port}/heads"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield heard
        server.shutdown()
        thread.join()


def test_every_verb_that_lengthens_the_chain_keeps_its_end(audited: State, capsys: pytest.CaptureFixture[str]) -> None:
    anchored(audited, f'file = "{HEADS}"')
    (audited.folder / HEADS).touch()
    assert run(audited, capsys)[0] == 0
    assert call(audited, ["report"], capsys)[0] == 0
    assert call(audited, ["purge", "--yes", "--as-of", FOURTH.isoformat()], capsys)[0] == 0
    assert [(line["what"], line["run_id"]) for line in heads(audited)] == [
        ("run", "2026-11-23.1"), ("report", "2026-11-23.1"), ("purge", ""),
    ]  # fmt: skip
    assert set(heads(audited)[0]) == {"at", "what", "run_id", "events", "head"}
    with Ledger(ledger_of(audited)) as ledger:
        assert heads(audited)[-1]["head"] == ledger.chain.head().head
    assert call(audited, ["run", "--rehearse", "--as-of", "2026-12-01"], capsys)[0] == 0
    assert len(heads(audited)) == 3
    assert call(audited, ["verify"], capsys)[0] == 0


def anew(state: State) -> None:
    """Everything made to fit: a decision, its chain, the seals, and every run.json beside it."""
    with Ledger(ledger_of(state)) as ledger, ledger.transaction():
        run = ledger.connection.execute
        rows = run("SELECT run_id, content FROM events ORDER BY event_id").fetchall()
        run("UPDATE findings SET note = 'spoke on Friday' WHERE note = 'spoke on Monday'")
        run("DELETE FROM events")
        nights: dict[str, dict[str, object]] = {}
        for run_id, content in rows:
            event = json.loads(content.replace("spoke on Monday", "spoke on Friday"))
            if event["kind"] == "published":
                path = state.folder / "out" / run_id[:10] / "run.json"
                said = json.loads(path.read_text())
                (path.parent / "findings.jsonl").write_text(
                    (path.parent / "findings.jsonl").read_text().replace("spoke on Monday", "spoke on Friday")
                )
                said |= {"chain": nights[run_id]}
                said["files"] |= {"findings.jsonl": sha256(path.parent / "findings.jsonl")}
                path.write_text(json.dumps(said))
                event["run_json"] = sha256(path)
            if event["kind"] == "sealed":
                sealed = ledger.chain.state(run_id)["tables"]["findings"]
                event["tables"]["findings"] = sealed
                event["tables"]["written"] = ledger.chain.state(run_id)["tables"]["written"]
            ledger.chain.append(run_id, event)
            chain = ledger.chain.head()
            nights[run_id] = {"events": chain.events, "head": chain.head}


def cut_off(state: State) -> None:
    """The last night as if it had never been."""
    kept = state.folder / "before.sqlite"
    shutil.copy(kept, ledger_of(state))
    shutil.rmtree(state.folder / "out" / FOURTH.isoformat())


@pytest.mark.parametrize("forge", [anew, cut_off])
def test_what_only_an_anchor_tells(
    audited: State, forge: Callable[[State], None], capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(ledger_of(audited), audited.folder / "before.sqlite")
    anchored(audited, f'file = "{HEADS}"')
    (audited.folder / HEADS).touch()
    assert run(audited, capsys)[0] == 0
    forge(audited)
    code, printed = call(audited, ["verify"], capsys)
    assert (code, "cut off, or made anew" in printed) == (65, True), printed
    audited.options.pop("export")
    code, printed = call(audited, ["verify"], capsys)
    assert code == 0, printed


def test_events_behind_the_anchor_are_told(audited: State, capsys: pytest.CaptureFixture[str]) -> None:
    anchored(audited, f'file = "{HEADS}"')
    (audited.folder / HEADS).touch()
    code, printed = call(audited, ["verify"], capsys)
    assert (code, "events behind the last line" in printed) == (0, True), printed
    (audited.folder / HEADS).write_text("{}\n")
    code, printed = call(audited, ["verify"], capsys)
    assert (code, "line 1 is not one that was kept there" in printed) == (65, True), printed
    (audited.folder / HEADS).unlink()
    code, printed = call(audited, ["verify"], capsys)
    assert (code, "nothing outside vouches" in printed) == (65, True), printed


def test_an_anchor_that_fails_is_told_and_costs_no_night(
    audited: State, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_TOKEN", "s3cr3t-of-the-hook")
    with hook(503) as busy:
        anchored(audited, 'file = "nowhere/heads"', f'syslog = "{audited.folder}/no-socket"', f'url = "{busy.url}"',
                 'token = { env = "HOOK_TOKEN" }')  # fmt: skip
        code, printed = run(audited, capsys)
    assert (code, printed.count("NOT ANCHORED")) == (3, 3), printed
    assert "is the volume gone?" in printed
    assert "it does not take what it is told (503)" in printed
    assert "s3cr3t" not in printed
    assert (audited.folder / "out" / FOURTH.isoformat() / "run.json").exists()
    assert call(audited, ["verify"], capsys)[0] == 65  # the file that audit.toml names is not there


def test_counts_and_digests_alone_leave_the_house(
    audited: State, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_TOKEN", "s3cr3t-of-the-hook")
    path = tmp_path / "log"
    with hook(204) as heard, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(str(path))
        log.settimeout(5)
        anchored(audited, f'syslog = "{path}"', f'url = "{heard.url}"', 'token = { env = "HOOK_TOKEN" }')
        code, printed = run(audited, capsys)
        line = log.recv(4096).decode()
    assert code == 0, printed
    ((token, said),) = heard.told
    assert token == "Bearer s3cr3t-of-the-hook"
    assert set(said) == {"at", "what", "run_id", "events", "head"}
    assert line.startswith("<")
    assert json.loads(line[line.index("{") :].rstrip("\0")) == said
    assert f"ending {said['head']}" in printed


@pytest.mark.parametrize(
    ("lines", "hosts"),
    [
        (['file = "heads"', 'syslog = "/dev/log"'], ()),
        (['syslog = "logs.example.gov:514"', 'url = "https://hooks.example.gov/heads"'],
         ("logs.example.gov", "hooks.example.gov")),
        (['url = { env = "HOOK" }'], ("a host whose address is a secret",)),
    ],
)  # fmt: skip
def test_the_papers_say_who_is_told(audited: State, lines: list[str], hosts: tuple[str, ...]) -> None:
    facts = dossier_facts(load(anchored(audited, *lines).write()), FOURTH)
    said = "".join(str(part) for sheet in dossier_sheets(facts) for part in sheet.parts if "sends nothing" in str(part))
    assert "sends nothing" in said
    assert all(host in said for host in hosts)
    assert ("[anchor]" in said) == bool(hosts)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('url = "http://hooks.example.gov/heads"', "must begin with https://"),
        ('url = "https://user:word@hooks.example.gov"', "not a plain web address"),
        ('syslog = "logs.example.gov"', "neither a socket"),
        ('token = "abc"', "not written into audit.toml"),
        ('mail = "a@example.gov"', "is not a setting"),
    ],
)
def test_what_an_anchor_cannot_be(audited: State, line: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        load(anchored(audited, line).write())
