import json
import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from audit.cli import main
from audit.config import load
from audit.ledger import Ledger, LedgerError, look_into, open_or_begin
from audit.night.lock import AlreadyRunning, only_run_in
from audit.verbs import doctor
from audit.verbs.doctor import examine
from audit.verbs.surroundings import anchors, approvals, certificates, clock, disks, held, unused_variables
from tests.states import DAY, NOON, State, account, person

SKY = '\n[sources.sky]\nconnector = "bluesky"\n'
SET = {"HTTPS_PROXY": "http://me:hunter2@p.example:3128", "http_proxy": "", "REQUESTS_CA_BUNDLE": "/etc/state.pem"}
PROXY = (
    "HTTPS_PROXY is set and not used; where the way out of your network needs it, say so in"
    ' audit.toml: [network] proxy = { env = "HTTPS_PROXY" }'
)
BUNDLE = (
    "REQUESTS_CA_BUNDLE is set and not used; where the way out of your network needs it, say so in"
    ' audit.toml: [network] ca_file = "/etc/state.pem"'
)
OTHER = "{} is set and not used; [network] in audit.toml says what is."
CASES = [
    ("", [], SET),
    (SKY, [PROXY, BUNDLE], SET),
    (SKY, [], {}),
    (SKY + '[network]\nproxy = { env = "HTTPS_PROXY" }\nca_file = "/etc/state.pem"', [], SET),
    (SKY + '[network]\nproxy = "http://q.example"\nca_file = "own.pem"',
     [OTHER.format("HTTPS_PROXY"), OTHER.format("REQUESTS_CA_BUNDLE")], SET),
]  # fmt: skip


def written(state: State, more: str) -> Path:
    path = state.write()
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    return path


@pytest.mark.parametrize(("more", "told", "variables"), CASES)
def test_what_is_set_and_not_used_is_told(state: State, more: str, told: list[str], variables: dict[str, str]) -> None:
    assert list(unused_variables(load(written(state, more)), variables)) == told


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("heads", "is on the ledger’s own volume"),
        ("gone/heads", "is not there: make it once"),
        (".", "cannot be added to"),
        ("/dev/shm/heads-of-{0}", "/dev/shm/heads-of-{0}"),
        ("", ""),
    ],
)
def test_where_the_chains_end_is_kept(state: State, file: str, says: str) -> None:
    place, says = state.folder / file.format(os.getpid()), says.format(os.getpid())
    if file in ("heads", "/dev/shm/heads-of-{0}"):
        try:
            place.touch()
        except FileNotFoundError:
            pytest.skip("there is no second volume here")
    (state.folder / "out").mkdir()
    settings = load(written(state, f'\n[anchor]\nfile = "{place}"' if file else ""))
    try:
        said = "; ".join(map(str, anchors(settings)))
    finally:
        if place.is_file():
            place.unlink()
    assert says in said if says else said == ""
    assert said.startswith("ok" if file.startswith("/dev") else "note" if file else "")


def test_doctor_says_it(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SET.items():
        monkeypatch.setenv(name, value)
    path = written(state, SKY + '[network]\nproxy = "http://127.0.0.1:9"\ntimeout = 1\n')
    monkeypatch.setattr("connectors.http.TRIES", 1)
    lines, _ = examine(load(path), DAY)
    assert f"note     environment: {OTHER.format('HTTPS_PROXY')}" in lines
    assert "hunter2" not in "\n".join(lines)


def certificate(*days: tuple[int, int]) -> bytes:
    """Certificates in PEM: each from so many days after the night until so many."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Invented Authority")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    found = [
        made.serial_number(number + 1).not_valid_before(NOON + timedelta(start)).not_valid_after(NOON + timedelta(end))
        for number, (start, end) in enumerate(days)
    ]
    return b"".join(one.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM) for one in found)


GRAPH = """
[sources.trace]
connector = "graph_trace"
tenant = "t"
client_id = "c"
certificate = { file = "proof.pem" }
"""
AUTHORITY = SKY + '[network]\nca_file = "proof.pem"\n'
LASTING = [
    (AUTHORITY, [(-9, 200)], "ok", "holds until 2027-06-08, 200 days"),
    (AUTHORITY, [(-9, 30)], "note", "holds until 2026-12-20, 30 days"),
    (AUTHORITY, [(-9, -2)], "PROBLEM", "expired on 2026-11-18. Have it renewed."),
    (AUTHORITY, [(3, 40)], "PROBLEM", "holds only from 2026-11-23 on. Is the clock right?"),
    (AUTHORITY, [(-9, -2), (-9, 90), (-9, 40)], "note", "40 days (the first of 3 to end); 1 of 3 have expired"),
    (AUTHORITY, [], "PROBLEM", "holds no certificate in PEM."),
    (GRAPH, [(-9, 12)], "note", "trace certificate holds until 2026-12-02, 12 days"),
    (SKY + 'ca_file = "gone.pem"\n', [], "PROBLEM", "[sources.sky] ca_file"),
    (GRAPH.replace("proof.pem", "gone.pem"), [], "PROBLEM", "cannot be read"),
]


@pytest.mark.parametrize(("more", "days", "verdict", "said"), LASTING)
def test_how_long_certificates_last(
    state: State, more: str, days: list[tuple[int, int]], verdict: str, said: str
) -> None:
    (state.folder / "proof.pem").write_bytes(certificate(*days))
    (state.folder / "proof.pem").chmod(0o600)
    (told,) = certificates(load(written(state, more)), NOON)
    assert (told.verdict, said in told.said) == (verdict, True), told


APPROVED = """
[sources.breaches]
connector = "hibp"
key = {{ env = "KEY" }}
[sources.breaches.approval]
by = "A. Counsel"
on = {}
reference = "Memo 7"
expires = {}
"""
ALLOWED = [
    ("2026-01-01", "2027-06-01", "ok", "by A. Counsel on 2026-01-01, until 2027-06-01, 193 days"),
    ("2026-01-01", "2026-12-01", "note", "until 2026-12-01, 11 days"),
    ("2026-01-01", "2026-11-19", "PROBLEM", "it has expired. Have it renewed; until then it is not read."),
    ("2026-11-21", "2027-11-19", "PROBLEM", "it begins only then."),
]


@pytest.mark.parametrize(("on", "expires", "verdict", "said"), ALLOWED)
def test_how_long_approvals_last(state: State, on: str, expires: str, verdict: str, said: str) -> None:
    (told,) = approvals(load(written(state, APPROVED.format(on, expires))), DAY)
    assert (told.verdict, said in told.said) == (verdict, True), told


@pytest.mark.parametrize(
    ("free", "verdicts", "usable"), [(10**12, ["ok", "ok"], True), (3000, ["PROBLEM", "ok"], False)]
)
def test_room_on_the_disk(
    state: State, free: int, verdicts: list[str], usable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.night()
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    settings = load(state.folder / "audit.toml")
    assert [one.verdict for one in disks(settings)] == verdicts
    assert doctor.examined(settings, DAY)[2] is usable


@pytest.mark.parametrize(
    ("now", "last", "file", "verdict", "said"),
    [
        (NOON, None, NOON, "ok", "2026-11-20"),
        (NOON, NOON - timedelta(1), NOON, "ok", "time zone"),
        (NOON, NOON + timedelta(hours=2), NOON, "PROBLEM", "a night before the last one is refused"),
        (NOON, None, NOON + timedelta(days=2), "note", "which is to come"),
    ],
)
def test_the_clock(state: State, now: datetime, last: datetime | None, file: datetime, verdict: str, said: str) -> None:
    settings = load(state.write())
    for path in state.folder.glob("*.csv"):
        os.utime(path, (file.timestamp(), file.timestamp()))
    (told,) = clock(settings, now, last)
    assert (told.verdict, said in told.said) == (verdict, True), told


def test_the_lock_says_who_holds_it(tmp_path: Path) -> None:
    assert held(tmp_path).verdict == "ok"
    with only_run_in(tmp_path):
        assert f"a run is at work: process {os.getpid()} on " in held(tmp_path).said
        with pytest.raises(AlreadyRunning, match=f"process {os.getpid()} on "), only_run_in(tmp_path):
            pass
    assert held(tmp_path).verdict == "ok"


def test_a_run_that_was_killed_left_no_lock(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from audit.night.lock import only_run_in\n"
        "with only_run_in(Path(sys.argv[1])): os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    if os.name != "nt":
        assert "a run was cut short" in held(tmp_path).said
    with only_run_in(tmp_path):
        pass
    assert held(tmp_path).verdict == "ok"


def test_a_folder_that_may_not_be_looked_into_is_told_and_the_other_checks_go_on(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.night()
    output, real = state.folder / "out", Path.stat

    def refused(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if output in path.parents:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, follow_symlinks=follow_symlinks)

    settings = load(state.folder / "audit.toml")
    monkeypatch.setattr(Path, "stat", refused)
    found, around, usable = doctor.examined(settings, DAY)
    monkeypatch.undo()
    told = {one.subject: one for one in around}
    assert not usable
    assert {"agencies", "directory"} <= {shown.source for shown in found if shown.usable}
    assert f"{output / 'ledger.sqlite'}: Permission denied." in told["ledger"].said
    assert told["last night"].said == "not known: see the ledger"
    assert [told[name].verdict for name in ("ledger", "lock", "clock")] == ["PROBLEM", "PROBLEM", "ok"]


def test_what_to_do_about_a_ledger_names_the_file_in_capitals(tmp_path: Path) -> None:
    (tmp_path / "2026-11-20").mkdir()
    (tmp_path / "2026-11-20" / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(LedgerError, match=r"Put the newest backup back with `identity-audit restore FILE`\."):
        look_into(tmp_path, lambda _: None)


def test_the_last_night_and_what_it_did_not_judge(state: State) -> None:
    def told(day: date) -> list[str]:
        _, around, _ = doctor.examined(load(state.folder / "audit.toml"), day)
        return [str(one) for one in around if one.subject == "last night"]

    state.accounts["export"] = [account("heron", registered_email="ada.thibodeau@maine.gov")]
    state.write()
    assert told(DAY) == ["note     last night: there has been none yet"]
    state.night()
    assert told(DAY) == ["ok       last night: 2026-11-20 (today); every source was judged"]
    state.accounts["export"] = []
    state.night(DAY + timedelta(1))
    first, second = told(DAY + timedelta(3))
    assert "2026-11-21 (2 days ago); not all was judged. The last night in which all was: 2026-11-20 (3 days" in first
    assert "export was not judged in the last night, last judged on 2026-11-20 (3 days ago): " in second


def test_the_files_are_held_against_the_last_night(state: State) -> None:
    state.people = [person(f"00{100 + n}", f"Given{n}", "Frost") for n in range(20)]
    state.night()
    state.people = state.people[:9]
    lines, usable = doctor.examine(load(state.write()), DAY)
    assert not usable
    assert "note     directory: 9 people, last night 20" in lines
    assert any("PROBLEM  directory: 9 of 20 people of the last run are still" in line for line in lines)
    assert any("9 rows read, 9 of them usable; 20 the last time it was judged" in line for line in lines)
    assert any("have a readable name (100%); last night 100%." in line for line in lines)


def test_machines_are_told_the_same(state: State, capsys: pytest.CaptureFixture[str]) -> None:
    state.write()
    assert main(["doctor", "--json", "--config", str(state.folder / "audit.toml")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["subject"] for one in told["surroundings"]} == {
        "output", "ledger", "last night", "disk", "clock", "lock",
    }  # fmt: skip
    assert len(told["others"]) == len(told["surroundings"])
    assert next(one for one in told["surroundings"] if one["subject"] == "disk")["values"]["free"] > 0


def test_doctor_leaves_nothing_beside_a_ledger_and_reads_beside_a_writer(state: State) -> None:
    state.night()
    settings, output = load(state.folder / "audit.toml"), state.folder / "out"

    def there() -> dict[str, int]:
        return {str(path.relative_to(output)): path.stat().st_mtime_ns for path in output.rglob("*")}

    before = there()
    doctor.examine(settings, DAY)
    assert there() == before
    with open_or_begin(output) as ledger:
        ledger.begin(DAY + timedelta(1), NOON)
        assert (output / "ledger.sqlite-wal").exists()
        _, around, usable = doctor.examined(settings, DAY)
        assert usable
        assert "last night: 2026-11-20" in "\n".join(map(str, around))


def test_a_ledger_that_is_written_to_meanwhile_is_asked_again(state: State) -> None:
    state.night()
    output, answers = state.folder / "out", []

    def ask(ledger: Ledger) -> int:
        answers.append(len(ledger.sources.pulls("2026-11-20.1")))
        if len(answers) == 1:
            os.utime(ledger.path)
        return len(answers)

    assert look_into(output, ask) == 2
    assert len(set(answers)) == 1
