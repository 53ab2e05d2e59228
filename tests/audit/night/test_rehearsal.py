"""`run --rehearse`: everything of a night, in a folder of its own, and nothing that a night builds on is touched."""

import json
import sqlite3
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

import audit.config
from audit.cli import main
from audit.ledger import LedgerError
from audit.model.night import Night, PullStatus
from audit.night.lock import AlreadyRunning, only_run_in
from audit.night.rehearsal import FOLDER, rehearsed_before
from audit.night.run import UnusableDate, run
from tests.states import DAY, NOON, State, account, written

NEXT, FAR = DAY + timedelta(days=1), DAY + timedelta(days=400)
APPROVED = """
[sources.{name}.approval]
by = "Dana Cole"
on = 2026-01-15
reference = "OIT-2026-017"
expires = 2027-01-14
"""


@pytest.fixture
def one(state: State) -> State:
    """A state with a finding and a lead, and no night yet."""
    state.accounts["export"] = [
        account("busybirch7", registered_email="ada.thibodeau@maine.gov"),
        account("quietpine42", registered_email="nobody.known@maine.gov"),
    ]
    return state


def rehearse(state: State, day: date = NEXT, **more) -> Night:
    return run(audit.config.load(state.write()), day, rehearsal=True, clock=lambda: NOON, **more)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but the rehearsal's."""
    files = [path for path in folder.rglob("*") if path.is_file() and FOLDER not in path.relative_to(folder).parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files if path.name != ".lock"}


def test_it_says_what_the_night_will_say_and_the_night_is_none_the_wiser(one: State) -> None:
    one.night(DAY)
    one.accounts["export"].append(account("newfern3", registered_email="lee.ouellette@maine.gov"))
    one.write()
    before = contents(one.folder)
    said = rehearse(one)
    assert contents(one.folder) == before
    assert (one.folder / "out" / "latest" / "run.json").samefile(one.folder / "out" / DAY.isoformat() / "run.json")
    statuses = {finding.handle: str(finding.status) for finding in said.findings}
    assert statuses == {"busybirch7": "open", "quietpine42": "open", "newfern3": "new"}
    again = one.night(NEXT)
    assert {finding.handle: str(finding.status) for finding in again.findings} == statuses
    assert again.run_id == f"{NEXT}.1"
    assert main(["verify", "--config", str(one.write())]) == 0


def test_what_is_left_is_what_people_read(one: State) -> None:
    rehearse(one)
    place = one.folder / "out" / FOLDER
    assert sorted(path.name for path in place.iterdir() if path.name != ".lock") == [NEXT.isoformat()]
    told = json.loads((place / NEXT.isoformat() / "run.json").read_text(encoding="utf-8"))
    assert told["rehearsal"] is True
    assert told["run_id"] == f"{NEXT}.rehearsal"
    book = openpyxl.load_workbook(place / NEXT.isoformat() / "audit.xlsx")
    assert any("A REHEARSAL" in str(row[0]) for row in book["Start here"].iter_rows(values_only=True))
    assert not (one.folder / "out" / "latest").exists()
    assert not (one.folder / "out" / "ledger.sqlite").exists()


def test_what_a_killed_rehearsal_left_goes(one: State) -> None:
    rehearse(one)
    place = one.folder / "out" / FOLDER
    (place / "ledger.sqlite").write_bytes(b"x")
    (place / "reviews read").mkdir()
    assert len(rehearsed_before(one.folder / "out", date(2199, 1, 1))) == 3
    assert rehearsed_before(one.folder / "out", date(2019, 1, 1)) == []
    rehearse(one)
    assert sorted(path.name for path in place.iterdir()) == [".lock", NEXT.isoformat()]


def test_the_next_rehearsal_takes_its_place_and_leaves_what_is_not_its_own(one: State) -> None:
    rehearse(one, FAR)
    place = one.folder / "out" / FOLDER
    (place / "notes.txt").write_text("mine")
    rehearse(one)
    assert sorted(path.name for path in place.iterdir() if path.name != ".lock") == [NEXT.isoformat(), "notes.txt"]


def test_a_day_to_come_is_for_rehearsals_alone(one: State, capsys: pytest.CaptureFixture[str]) -> None:
    assert rehearse(one, FAR).as_of == FAR
    settings = audit.config.load(one.write())
    with pytest.raises(UnusableDate, match=r"lies in the future; .*--rehearse"):
        run(settings, DAY + timedelta(days=2), clock=lambda: NOON)
    run(settings, DAY, clock=lambda: NOON)
    with pytest.raises(UnusableDate, match="before the last run"):
        rehearse(one, DAY - timedelta(days=1))


@pytest.mark.parametrize("busy", ["out", "out/rehearsal"])
def test_it_waits_for_no_other_run(one: State, busy: str) -> None:
    with only_run_in(one.folder / busy), pytest.raises(AlreadyRunning, match="another run is at work"):
        rehearse(one)


def test_a_night_may_begin_while_it_reads(one: State, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = audit.config.load(one.write())
    reading = settings.sources[0].connector

    def fetch(source):
        with only_run_in(one.folder / "out"):
            yield from reading.fetch(source)

    sources = tuple(replace(source, connector=replace(reading, fetch=fetch)) for source in settings.sources)
    run(replace(settings, sources=sources), NEXT, rehearsal=True, clock=lambda: NOON)


def test_copies_of_reviewers_are_read_and_stay_for_the_night(one: State) -> None:
    one.night(DAY)
    path = one.folder / "out" / DAY.isoformat() / "audit.xlsx"
    book = openpyxl.load_workbook(path)
    page = book["Findings"]
    top = next(row for row in page.iter_rows() if any(cell.value == "Finding ID" for cell in row))
    column = {cell.value: cell.column for cell in top}
    page.cell(top[0].row + 1, column["Disposition"]).value = "confirmed violation"
    (one.folder / "reviews").mkdir()
    book.save(one.folder / "reviews" / "ada.xlsx")
    before = contents(one.folder)
    assert [receipt.taken for receipt in rehearse(one).receipts] == [1]
    assert contents(one.folder) == before
    assert not (one.folder / "out" / FOLDER / "reviews read").exists()
    assert [receipt.taken for receipt in one.night(NEXT).receipts] == [1]


def test_a_source_with_an_approval_is_told_as_not_asked(one: State, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("hibp", "gravatar"):
        secret = "key" if name == "hibp" else "token"
        table = f'[sources.{name}]\nconnector = "{name}"\n{secret} = {{ env = "A_KEY" }}\n'
        one.options["export"] = one.options.get("export", "") + "\n" + table + APPROVED.format(name=name)
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("something was sent"))
    pulls = {pull.source: pull for pull in rehearse(one).pulls}
    assert {pulls[name].status for name in ("hibp", "gravatar")} == {PullStatus.SKIPPED}
    assert "not asked in a rehearsal" in pulls["hibp"].reason
    assert not list((one.folder / "out").rglob("disclosures.jsonl"))
    late = {pull.source: pull for pull in rehearse(one, FAR).pulls}
    assert late["hibp"].status is PullStatus.NOT_JUDGED
    assert "2027-01-14" in late["hibp"].reason


def test_it_refuses_the_ledger_that_a_night_would(one: State) -> None:
    one.night(DAY)
    path = one.folder / "out" / "ledger.sqlite"
    with sqlite3.connect(path) as ledger:
        ledger.execute("UPDATE findings SET disposition = 'false positive'")
    ledger.close()
    with pytest.raises(LedgerError, match=r"out/ledger\.sqlite: .*verify"):
        rehearse(one)
    path.unlink()
    with pytest.raises(LedgerError, match="missing"):
        rehearse(one)
    assert [name.name for name in (one.folder / "out" / FOLDER).iterdir()] == [".lock"]


def test_a_checkpoint_is_the_night_s(one: State, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = audit.config.load(one.write())
    (one.folder / "trace.db").write_bytes(b"what was read")
    seen: list[tuple[str, bytes]] = []
    reading = settings.sources[0].connector

    def fetch(source):
        path = source.folder / source.options["checkpoint"]
        seen.append((str(path), path.read_bytes()))
        path.write_bytes(b"more")
        return iter(())

    options = {**settings.sources[0].options, "checkpoint": "trace.db"}
    source = replace(settings.sources[0], connector=replace(reading, fetch=fetch), options=options)
    run(replace(settings, sources=(source,)), NEXT, rehearsal=True, clock=lambda: NOON)
    assert [content for _, content in seen] == [b"what was read"]
    assert (one.folder / "trace.db").read_bytes() == b"what was read"
    assert b"what was read" not in written(one.folder / "out")


def test_the_command_says_so_and_ends_as_the_night_would(one: State, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(one.write())
    assert main(["run", "--rehearse", "--config", config, "--as-of", "2031-01-01"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("REHEARSAL: State of Maine, night of 2031-01-01")
    assert f"Workbook: {one.folder / 'out' / FOLDER / '2031-01-01' / 'audit.xlsx'}" in printed
    assert "keep this line outside" not in printed
    (one.folder / "export.csv").unlink()
    assert main(["run", "--rehearse", "--config", config]) == 3
    (one.folder / "hr.csv").unlink()
    assert main(["run", "--rehearse", "--config", config]) == 65


def test_a_night_of_chosen_sources_leaves_latest_alone(one: State, capsys: pytest.CaptureFixture[str]) -> None:
    one.accounts["second"] = [account("tidyfern", registered_email="lee.ouellette@maine.gov")]
    one.night(DAY)
    one.night(NEXT, only=("second",))
    latest, out = one.folder / "out" / "latest" / "run.json", one.folder / "out"
    assert latest.samefile(out / DAY.isoformat() / "run.json")
    assert (out / NEXT.isoformat() / "audit.xlsx").exists()
    assert main(["report", "--config", str(one.write())]) == 0
    assert "`latest` was left as it is" in capsys.readouterr().out
    assert latest.samefile(out / DAY.isoformat() / "run.json")
    assert main(["run", "--config", str(one.write()), "--as-of", NEXT.isoformat()]) == 0
    assert main(["run", "--config", str(one.write()), "--as-of", NEXT.isoformat(), "--only", "second"]) == 0
    assert "`latest` leads to this day" in capsys.readouterr().out
    one.night(NEXT, only=("export", "second"))
    assert latest.samefile(out / NEXT.isoformat() / "run.json")
