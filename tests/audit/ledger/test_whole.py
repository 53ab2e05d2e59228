"""A ledger that is lost, old, damaged or altered: runs refuse it, `verify` says what differs, and neither ends in a
traceback. A deliberate new beginning stays possible."""

import io
import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from audit.ledger import FOR_NOW, Ledger, LedgerError
from audit.ledger.nights_beside import sha256
from audit.night.lock import only_run_in
from tests.audit.damage import (
    FIFTH,
    FOURTH,
    THIRD,
    altered,
    begun_elsewhere,
    call,
    cut,
    emptied,
    forged_decision,
    ledger_of,
    lost,
    text_instead,
    zeroed,
)
from tests.states import DAY, State

VERBS = (["run", "--as-of", FOURTH.isoformat()], ["report"], ["verify"],
         ["purge", "--yes", "--as-of", FOURTH.isoformat()], ["purge", "--as-of", FOURTH.isoformat()],
         ["explain", "E-1-000000000000"], ["notice", "E-1-000000000000"])  # fmt: skip


def newer(state: State) -> None:
    altered(state, "PRAGMA user_version = 99")


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lost, "missing"),
        (emptied, "empty"),
        (begun_elsewhere, "knows nothing of the run"),
        (cut, "damaged"),
        (text_instead, "damaged"),
        (newer, "Update identity-audit"),
        *((zeroed(page), "damaged") for page in (0, 1, 2, 5, 9, 14)),
    ],
)
def test_no_verb_goes_on_with_a_ledger_that_is_not_what_the_nights_left(
    audited: State, damage: Callable[[State], None], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(audited)
    before = ledger_of(audited).read_bytes() if ledger_of(audited).exists() else b""
    for verb in VERBS:
        code, printed = call(audited, verb, capsys)
        assert code in (65, 73), (verb, printed)
        assert says in printed, (verb, printed)
    code, printed = call(audited, ["doctor"], capsys)
    assert code == 65
    assert says in printed
    assert (ledger_of(audited).read_bytes() if ledger_of(audited).exists() else b"")[:100] == before[:100]
    assert not (audited.folder / "out" / FOURTH.isoformat()).exists()


def test_copies_that_nights_read_are_no_place_for_a_new_ledger(
    audited: State, capsys: pytest.CaptureFixture[str]
) -> None:
    lost(audited)
    out = audited.folder / "out"
    for path in out.iterdir():
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.name != "reviews read":
            shutil.rmtree(path)
    for verb in VERBS:
        code, printed = call(audited, verb, capsys)
        assert code in (65, 73), (verb, printed)
        assert "missing, and what nights left stands beside it (reviews read)" in printed, (verb, printed)
    assert not ledger_of(audited).exists()
    (out / "reviews read").rename(audited.folder / "kept")  # as the message says
    assert call(audited, VERBS[0], capsys)[0] == 0


def test_a_backup_put_back_is_older_than_the_nights(audited: State, capsys: pytest.CaptureFixture[str]) -> None:
    kept = audited.folder / "backup.sqlite"
    shutil.copy(ledger_of(audited), kept)
    audited.night(FOURTH)
    lost(audited)
    shutil.copy(kept, ledger_of(audited))
    day = (FOURTH + timedelta(days=1)).isoformat()
    code, printed = call(audited, ["run", "--as-of", day], capsys)
    assert (code, "older than the nights beside it" in printed) == (73, True)
    # As the sentence says: with the newer night away, the backup and its nights fit again.
    shutil.move(audited.folder / "out" / FOURTH.isoformat(), audited.folder / "away")
    code, printed = call(audited, ["run", "--as-of", day], capsys)
    assert code == 0, printed


def test_a_new_beginning_on_purpose(audited: State, capsys: pytest.CaptureFixture[str]) -> None:
    away = audited.folder / "away"
    away.mkdir()
    for path in (audited.folder / "out").iterdir():
        if path.name.startswith(("2026", "ledger", "reviews read")):
            shutil.move(path, away / path.name)
    code, printed = call(audited, ["run", "--as-of", FOURTH.isoformat()], capsys)
    assert code == 0, printed


def test_untouched_it_is_whole(
    audited: State, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.cli.now", lambda: datetime(2031, 1, 1, tzinfo=UTC))
    code, printed = call(audited, ["verify"], capsys)
    assert (code, "is whole" in printed) == (0, True), printed
    run = json.loads((audited.folder / "out" / THIRD.isoformat() / "run.json").read_text())
    assert call(audited, ["verify", "--head", run["chain"]["head"]], capsys)[0] == 0
    assert call(audited, ["verify", "--head", "00" * 32], capsys)[0] == 65
    assert call(audited, ["doctor"], capsys)[0] == 0
    assert call(audited, ["report"], capsys)[0] == 0
    assert call(audited, ["purge", "--yes", "--as-of", "2031-01-01"], capsys)[0] == 0
    code, printed = call(audited, ["verify"], capsys)
    assert code == 0, printed


def test_what_sqlite_cannot_do_leaves_by_the_ledgers_door(audited: State) -> None:
    says = r"ledger\.sqlite: cannot be used as a ledger \(no such table: clues\)"
    with pytest.raises(LedgerError, match=says), Ledger(ledger_of(audited)) as ledger, ledger.transaction():
        ledger.connection.execute("SELECT * FROM clues")
    with pytest.raises(KeyError), Ledger(ledger_of(audited)):
        raise KeyError("nothing of SQLite's")


@pytest.mark.parametrize("version", [1, 2, 3])
def test_an_older_ledger_is_built_as_a_new_one_once_it_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    state = State(tmp_path)
    (tmp_path / "out").mkdir()
    Ledger(ledger_of(state)).close()
    columns = ["sources.requests", "sources.sweep", "sources.approval", "accounts.key", "findings.facts",
               "findings.decided_facts"] if version == 1 else []  # fmt: skip
    columns += ["accounts.cut"] if version < 3 else []
    for table, _, column in (name.partition(".") for name in columns):
        altered(state, f"ALTER TABLE {table} DROP COLUMN {column}")
    altered(state, "DROP TABLE to_tell; DROP TABLE unread_rows")
    altered(state, f"PRAGMA user_version = {version}")
    with Ledger(ledger_of(state)) as ledger:
        assert [*ledger.damage(), *ledger.altered()] == []


def test_what_an_older_ledger_says_of_its_last_night_is_told_again(
    audited: State, capsys: pytest.CaptureFixture[str]
) -> None:
    """Version 3 kept all that a run had to say in the run's row."""
    with Ledger(ledger_of(audited)) as ledger, ledger.transaction():
        ledger.connection.execute(
            "UPDATE runs SET content = to_tell.content FROM to_tell WHERE to_tell.run_id = runs.run_id"
            " AND to_tell.run_id = (SELECT max(run_id) FROM runs)"
        )
        ledger.connection.execute("DELETE FROM to_tell")
        ledger.chain.seal(ledger.connection.execute("SELECT max(run_id) FROM runs").fetchone()[0])
    altered(audited, "DROP TABLE to_tell; DROP TABLE unread_rows; PRAGMA user_version = 3")
    said = audited.folder / "out" / THIRD.isoformat() / "run.json"
    before = json.loads(said.read_text("utf-8"))
    assert call(audited, ["report"], capsys)[0] == 0
    after = json.loads(said.read_text("utf-8"))
    assert before["coverage"]
    assert (after["coverage"], after["measured"]) == (before["coverage"], before["measured"])
    audited.night(FOURTH)
    with Ledger(ledger_of(audited)) as ledger:
        assert list(ledger.altered()) == []
        ledger.purge(FOURTH, 0)
        assert list(ledger.altered()) == []
        sizes = dict(ledger.connection.execute("SELECT run_id, length(content) FROM runs").fetchall())
    assert max(sizes.values()) < 1000, "what of older runs nobody tells again has gone"


def test_what_stands_for_now_does_not_grow_with_nights(audited: State) -> None:
    audited.night(FOURTH)
    with Ledger(ledger_of(audited)) as ledger:
        runs = [run_id for (run_id,) in ledger.connection.execute("SELECT run_id FROM runs ORDER BY rowid")]
        for table in FOR_NOW:
            kept = {run_id for (run_id,) in ledger.connection.execute(f"SELECT DISTINCT run_id FROM {table}")}
            assert kept <= set(runs[-2:]), table
        sizes = [size for (size,) in ledger.connection.execute("SELECT length(content) FROM runs")]
    assert max(sizes) < 1000


FINDING = "(SELECT finding_id FROM findings WHERE handle = 'busybirch7')"
GONE = "(SELECT finding_id FROM findings WHERE handle = 'tidyfern')"
ALTERATIONS = {
    "a name": ("UPDATE findings SET employee_name = 'Mallory Swap' WHERE resolved_on IS NULL", "employee_name"),
    "a resolved name": (f"UPDATE findings SET employee_name = 'M. Swap' WHERE finding_id = {GONE}", "employee_name"),
    "a tier": ("UPDATE findings SET tier = 'finding'", "tier"),
    "a disposition": ("UPDATE findings SET disposition = 'duplicate' WHERE handle = 'busybirch7'", "disposition"),
    "a forged one": ("UPDATE findings SET disposition = 'confirmed' WHERE handle = 'quietpine42'", "disposition"),
    "a note": ("UPDATE findings SET note = '' WHERE handle = 'busybirch7'", "note"),
    "a reviewer": ("UPDATE findings SET reviewer = 'Somebody Else' WHERE handle = 'busybirch7'", "reviewer"),
    "a suppression": ("UPDATE findings SET suppress_until = '2099-01-01'", "suppress_until"),
    "a status": ("UPDATE findings SET status = 'resolved', resolved_on = '2026-11-22'", "resolved"),
    "one come back": (f"UPDATE findings SET resolved_on = NULL, status = 'open' WHERE finding_id = {GONE}", "resolved"),
    "a first day": ("UPDATE findings SET first_seen = '2020-01-01'", "first seen"),
    "its facts": ("UPDATE findings SET facts = ''", "the table findings"),
    "a finding gone": ("PRAGMA foreign_keys = ON; DELETE FROM findings WHERE handle = 'quietpine42'", "is gone"),
    "a finding more": (
        "INSERT INTO findings SELECT 'E-1-0123456789ab', rule_id, clause, tier, severity, status, platform, 'framed',"
        " account_id, url, display_name, mailbox, employee_id, employee_name, agency_code, because, matched_text,"
        " link_step, link_value, rivals, sources, first_seen, last_seen, '', '', '', NULL, NULL, NULL, NULL, facts,"
        " decided_facts FROM findings LIMIT 1",
        "no event says",
    ),
    "evidence": ("UPDATE evidence SET detail = 'something else'", "evidence"),
    "evidence gone": ("DELETE FROM evidence", "evidence"),
    "an account": ("UPDATE accounts SET handle = 'framed'", "accounts of export"),
    "an account gone": ("DELETE FROM accounts WHERE position = 0", "accounts of export"),
    "a copy forgotten": ("PRAGMA foreign_keys = ON; DELETE FROM reviews", "never read"),
    "a run forgotten": (
        "PRAGMA foreign_keys = OFF; DELETE FROM runs WHERE run_id = '2026-11-21.1'", "of runs that is gone"
    ),
    "an event altered": ("UPDATE events SET content = replace(content, 'Larkspurre', 'Larkspur')", "event"),
    "an event gone": ("DELETE FROM events WHERE event_id = 2", "event"),
    "the last gone": ("DELETE FROM events WHERE event_id = (SELECT max(event_id) FROM events)", "what it published"),
    "the last two gone": ("DELETE FROM events WHERE event_id > (SELECT max(event_id) FROM events) - 2", "events"),
    "all gone": ("DELETE FROM events", "events"),
    "two swapped": (
        "UPDATE events SET event_id = -1 WHERE event_id = 1; UPDATE events SET event_id = 1 WHERE event_id = 2;"
        " UPDATE events SET event_id = 2 WHERE event_id = -1",
        "event",
    ),
    "one blanked": ("UPDATE events SET content = NULL WHERE content ->> 'kind' = 'decided'", "no content"),
    "what a run kept": ("UPDATE runs SET content = '{}' WHERE run_id = '2026-11-21.1'", "of the run 2026-11-21.1"),
    "what the last kept": ("UPDATE runs SET content = '{}' WHERE run_id = '2026-11-22.1'", "of the run 2026-11-22.1"),
    "how a source fared": ("UPDATE sources SET status = 'complete', read = 9999", "the table sources"),
    "a problem more": ("INSERT INTO problems VALUES ('2026-11-22.1', 99, 'hr', 'hr.csv:3', 'forged')", "problems"),
    "no day": ("UPDATE findings SET last_seen = 'yesterday'", "findings"),
    "no tier": ("UPDATE findings SET tier = 'certain'", "findings"),
    "no status": ("UPDATE findings SET status = 'guilty'", "status"),
    "no event": ("UPDATE events SET content = '{' WHERE event_id = 3", "event 3"),
    "an empty event": ("UPDATE events SET content = '{\"finding_id\": \"x\"}' WHERE event_id = 1", "event 1"),
    "a word for bytes": ("UPDATE events SET content = CAST(x'ff' AS TEXT) WHERE event_id = 2", "damaged"),
    "a table dropped": ("PRAGMA foreign_keys = OFF; DROP TABLE written", "the table written"),
    "two people swapped": (
        "UPDATE findings SET employee_id = CASE employee_id WHEN '00017' THEN '1900' ELSE '00017' END",
        "employee_id is “1900” in the ledger",
    ),
    "who worked here": ("UPDATE roster SET mailbox = bare", "the table roster"),
    "what a source had": ("DELETE FROM columns WHERE source = 'export'", "the table columns"),
    "what a sweep was told": (
        "INSERT INTO sweeps VALUES ('export', 'k', '2026-11-22.1', '2026-11-22', 'found', NULL, 1)",
        "the table sweeps",
    ),
    "coverage": (
        "UPDATE runs SET content = json_set(content, '$.coverage', json('[]')) WHERE run_id = '2026-11-22.1'",
        "of the run 2026-11-22.1",
    ),
    "when a run ended": ("UPDATE runs SET finished_at = '2026-11-22T13:00+00:00' WHERE as_of = '2026-11-22'", "ended"),
    "a run unfinished": ("UPDATE runs SET finished_at = NULL WHERE as_of = '2026-11-21'", "the table runs"),
    "a run more": (
        "INSERT INTO runs SELECT '2026-11-23.1', '2026-11-23', started_at, finished_at, content FROM runs LIMIT 1",
        "the table runs",
    ),
    "a trigger": (
        "CREATE TRIGGER quiet AFTER INSERT ON findings BEGIN UPDATE findings SET disposition = 'confirmed'; END",
        "the trigger quiet",
    ),
    "a view": ("CREATE VIEW seen AS SELECT * FROM findings", "the view seen"),
    "an index gone": ("DROP INDEX replaced_facts_by_finding; CREATE INDEX replaced_facts_by_finding ON runs (as_of)",
                      "replaced_facts_by_finding is built otherwise"),
    "a table built otherwise": (
        "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql ="
        " replace(sql, 'finding_id TEXT PRIMARY KEY', 'finding_id TEXT PRIMARY KEY ON CONFLICT IGNORE')"
        " WHERE name = 'findings'",
        "the table findings is built otherwise",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("statements", "says"), ALTERATIONS.values(), ids=ALTERATIONS.keys())
def test_what_was_altered_shows(audited: State, statements: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    altered(audited, statements)
    code, printed = call(audited, ["verify"], capsys)
    assert code in (65, 73), printed
    assert says in printed, printed


@pytest.mark.parametrize("name", ["a resolved name", "a forged one", "an account", "evidence gone", "the last gone"])
def test_nothing_is_built_on_what_was_altered(audited: State, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    altered(audited, ALTERATIONS[name][0])
    for verb in (["run", "--as-of", FOURTH.isoformat()], ["report"], ["purge", "--yes", "--as-of", "2031-01-01"]):
        code, printed = call(audited, verb, capsys)
        assert code == 73, (verb, printed)


def test_a_chain_made_anew_shows(audited: State, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody who knows the program: forges a decision, its event, the whole chain, and the seal."""
    with Ledger(ledger_of(audited)) as ledger, ledger.transaction():
        rows = ledger.connection.execute("SELECT run_id, content FROM events ORDER BY event_id").fetchall()
        ledger.connection.execute("UPDATE findings SET disposition = 'official account' WHERE handle = 'busybirch7'")
        ledger.connection.execute("DELETE FROM events")
        for run_id, content in rows:
            ledger.chain.append(run_id, json.loads(content.replace("confirmed", "official account")))
        ledger.chain.seal(rows[-1][0])
    code, printed = call(audited, ["verify"], capsys)
    assert code == 65
    assert "is another than on the night of" in printed


UNFINISHED = "INSERT INTO runs VALUES ('2026-11-23.1', '2026-11-23', '2026-11-23T02:00:00+00:00', NULL, '{}')"


def test_a_decision_of_a_run_that_never_was_rests_on_no_copy(
    audited: State, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever makes a run that looks cut short has to leave the copy in which the decision stood."""
    with Ledger(ledger_of(audited)) as ledger, ledger.transaction():
        ledger.connection.execute(UNFINISHED)
        forged_decision(ledger, "2026-11-23.1", "ab" * 32)
    code, printed = call(audited, ["verify"], capsys)
    assert (code, "rests on a copy that is not there" in printed) == (65, True), printed


def test_what_nobody_vouches_for_is_told(audited: State, capsys: pytest.CaptureFixture[str]) -> None:
    """What only an anchor could tell from the program's own work: `verify` says what it could not look at."""
    altered(audited, f"{UNFINISHED}; UPDATE accounts SET handle = 'framed' WHERE position = 0")
    code, printed = call(audited, ["verify"], capsys)
    assert code == 0, printed
    assert "not checked: what sources gave: no seal covers it before the next night, since 2026-11-23.1" in printed
    shutil.rmtree(audited.folder / "out" / DAY.isoformat())
    shutil.rmtree(audited.folder / "out" / "reviews read")
    printed = call(audited, ["verify"], capsys)[1]
    assert "not checked: nights whose folders are not here: 1, from 2026-11-20 to 2026-11-20" in printed
    assert "not checked: reviewers’ copies that were read and are not in “reviews read”: 1" in printed


def test_a_file_that_no_night_wrote_is_told(audited: State, capsys: pytest.CaptureFixture[str]) -> None:
    """A workbook that somebody laid beside those of the agencies is nobody's word."""
    night = audited.folder / "out" / DAY.isoformat()
    for name in ("agencies/099 Forged 2026-11-20.xlsx", "agencies/~$17.xlsx", ".DS_Store"):
        (night / name).write_text("forged")
    code, printed = call(audited, ["verify"], capsys)
    assert code == 0
    (told,) = (line for line in printed.splitlines() if "not checked: files that no night wrote" in line)
    assert "folders: 2026-11-20/agencies/099 Forged 2026-11-20.xlsx. " in told


def test_a_purge_is_told_and_covers_nothing_that_was_too_young(
    audited: State, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody removes a finding, blanks its events, and records it as a purge would."""
    with Ledger(ledger_of(audited)) as ledger, ledger.transaction():
        run = ledger.connection.execute
        run("UPDATE events SET content = NULL WHERE content ->> 'finding_id' = "
            "(SELECT finding_id FROM findings WHERE handle = 'quietpine42')")  # fmt: skip
        run("DELETE FROM findings WHERE handle = 'quietpine42'")
        ledger.chain.record_purge("2026-11-23", "2026-11-22")
    code, printed = call(audited, ["verify"], capsys)
    assert (code, "stands in the night of 2026-11-22 and not in the ledger" in printed) == (65, True), printed
    assert "not checked: 2026-11-23.purge, after the night of 2026-11-22: what was resolved or last seen" in printed


def test_a_killed_run_covers_no_later_night(audited: State, capsys: pytest.CaptureFixture[str]) -> None:
    """The night after a run that was cut short seals what sources gave, and it is whole again."""
    altered(audited, UNFINISHED.replace("'{}'", "NULL"))
    audited.night(FOURTH)
    code, printed = call(audited, ["verify"], capsys)
    assert (code, "not checked" in printed) == (0, False), printed
    altered(audited, "UPDATE accounts SET handle = 'framed' WHERE position = 0")
    assert "the table accounts of export" in call(audited, ["verify"], capsys)[1]


def cut_short(state: State, day: date, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is killed at a step."""

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(f"audit.night.run.{step}", killed)
        with pytest.raises(KeyboardInterrupt):
            state.night(day)


def test_a_run_that_was_cut_short_twice_is_no_alteration(
    audited: State, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begun again, it forgets how its sources fared; what the first attempt read stands there all the same."""

    audited.accounts["export"] = audited.accounts["export"][:1]
    for day, step in ((FOURTH, "sightings"), (FOURTH, "collect"), (FOURTH, "publish"), (FIFTH, "sightings")):
        cut_short(audited, day, step, monkeypatch)
        code, printed = call(audited, ["verify"], capsys)
        assert code == 0, (step, printed)
    cut_short(audited, FIFTH, "collect", monkeypatch)
    audited.night(FIFTH)
    assert call(audited, ["verify"], capsys)[0] == 0


def test_a_run_that_brought_profiles_up_to_date_may_be_cut_short(
    audited: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger(ledger_of(audited)) as ledger, ledger.transaction():
        ledger.connection.execute("UPDATE accounts SET cut = 0")
        ledger.chain.seal(f"{THIRD.isoformat()}.1")
    audited.accounts["export"] = audited.accounts["export"][:1]
    cut_short(audited, FOURTH, "sightings", monkeypatch)
    assert len(audited.night(FIFTH).findings) == 2


def rewritten_night(folder: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """A file of a night, altered, and its digest in run.json with it."""
    (folder / name).write_bytes(change((folder / name).read_bytes()))
    said = json.loads((folder / "run.json").read_text())
    said["files"][name] = sha256(folder / name)
    (folder / "run.json").write_text(json.dumps(said))


def test_an_older_night_made_to_fit_itself_shows(audited: State, capsys: pytest.CaptureFixture[str]) -> None:
    night = audited.folder / "out" / DAY.isoformat()
    rewritten_night(night, "findings.jsonl", lambda lines: lines.replace(b"quietpine42", b"busybirch7"))
    code, printed = call(audited, ["verify"], capsys)
    assert (code, "2026-11-20/run.json is not what the night wrote" in printed) == (65, True), printed
    (night / "run.json").unlink()
    code, printed = call(audited, ["verify"], capsys)
    assert (code, "2026-11-20/run.json is gone or cannot be read" in printed) == (65, True), printed


def answered_otherwise(cases: bytes) -> bytes:
    frame = pd.read_parquet(io.BytesIO(cases))
    frame["holds"] = "[]"
    table = pa.Table.from_pandas(frame, preserve_index=False)
    out = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(pq.read_schema(io.BytesIO(cases)).metadata), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("cases.parquet", answered_otherwise, "the rules say otherwise than on that night"),
        ("findings.jsonl", lambda lines: lines.replace(b"E-2-", b"E-2-f"), "rests on no stored case"),
        ("findings.jsonl", lambda lines: b"", "follows from a stored case, and was not told"),
    ],
)
def test_what_the_rules_would_not_say_shows(
    audited: State, name: str, change: Callable[[bytes], bytes], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where somebody has made the chain fit: stored cases are judged again."""
    night = audited.folder / "out" / THIRD.isoformat()
    rewritten_night(night, name, change)
    with Ledger(ledger_of(audited)) as ledger:
        ledger.published_again(f"{THIRD.isoformat()}.1", sha256(night / "run.json"))
    code, printed = call(audited, ["verify"], capsys)
    assert (code, says in printed) == (65, True), printed


def test_another_program_or_policy_is_told(audited: State, capsys: pytest.CaptureFixture[str]) -> None:
    audited.options["organization"] = 'policy = "iowa"'
    code, printed = call(audited, ["verify"], capsys)
    assert (code, "or whose cases were not stored: 3" in printed) == (0, True), printed


def test_half_a_night_is_no_alteration(audited: State, capsys: pytest.CaptureFixture[str]) -> None:
    (audited.folder / "out" / THIRD.isoformat() / "findings.jsonl").unlink()
    with only_run_in(audited.folder / "out"):
        code, printed = call(audited, ["verify"], capsys)
    assert (code, "its night is not whole yet" in printed) == (75, True), printed


def test_an_event_that_no_run_wrote_shows(audited: State, capsys: pytest.CaptureFixture[str]) -> None:
    with Ledger(ledger_of(audited)) as ledger, ledger.transaction():
        forged_decision(ledger, "2026-11-22.1")
    code, printed = call(audited, ["verify"], capsys)
    assert (code, "by no run" in printed) == (65, True), printed


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("2026-11-22/audit.xlsx", "not what the night wrote"),
        ("2026-11-22/findings.jsonl", "not what the night wrote"),
        ("2026-11-21/cases.parquet", "not what the night wrote"),
        ("2026-11-22/agencies/17 Department of Transportation 2026-11-22.xlsx", "not what the night wrote"),
        ("reviews read/*.xlsx", "not the copy that was read"),
    ],
)
def test_a_file_that_was_altered_shows(
    audited: State, name: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = (audited.folder / "out").glob(name)
    content = path.read_bytes()
    path.write_bytes(content + b"\n")
    code, printed = call(audited, ["verify"], capsys)
    assert (code, says in printed) == (65, True), printed
    path.unlink()
    code, printed = call(audited, ["verify"], capsys)
    assert (code, "is gone" in printed) == ((0, False) if "read" in name else (65, True)), printed
    path.write_bytes(content)
    assert call(audited, ["verify"], capsys)[0] == 0


def test_a_run_that_was_killed_is_no_alteration(
    audited: State, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its sources are read and stored, its judgement is not: the ledger is whole, and the next run goes on."""
    audited.accounts["export"] = audited.accounts["export"][:1]
    monkeypatch.setattr("audit.night.run.judge", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        audited.night(FOURTH)
    monkeypatch.undo()
    code, printed = call(audited, ["verify"], capsys)
    assert code == 0, printed
    monkeypatch.setattr("audit.night.run.publish", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        audited.night(FOURTH)
    monkeypatch.undo()
    code, printed = call(audited, ["verify"], capsys)
    assert code == 0, printed
    assert len(audited.night(FOURTH).findings) == 2
    assert call(audited, ["verify"], capsys)[0] == 0


def test_who_may_only_read_can_verify(
    audited: State, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.cli.os.access", lambda *_: False)
    output = audited.folder / "out"
    before = {path: path.stat().st_mtime_ns for path in output.rglob("*")}
    code, printed = call(audited, ["verify"], capsys)
    assert (code, "is whole" in printed) == (0, True), printed
    assert {path: path.stat().st_mtime_ns for path in output.rglob("*")} == before
