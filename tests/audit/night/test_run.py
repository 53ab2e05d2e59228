"""The night end to end on small states: what is found, what carries, what a bad input does to it."""

import json
import os
import sqlite3
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

import audit.config
import audit.night.run
from audit.cli import main
from audit.model.finding import FindingStatus, Tier
from audit.model.night import PullStatus
from audit.night.inputs import InputUnusable
from audit.night.lock import AlreadyRunning, only_run_in
from audit.night.run import UnusableDate
from tests.states import DAY, NOON, State, account, person, written

NEXT = DAY + timedelta(days=1)


def rules(state: State, day=DAY) -> dict[str, list[str]]:
    return {handle: sorted(f.rule_id for f in found) for handle, found in state.findings(day).items()}


@pytest.mark.parametrize(
    ("more", "rule_id", "employee_id"),
    [
        ({"registered_email": "ada.thibodeau@maine.gov"}, "E-1", "00017"),
        ({"registered_email": "ADA.Thibodeau+fb@MAINE.GOV"}, "E-1", "00017"),
        ({"registered_email": "ada.thibodeau@state.me.us"}, "E-1", "00017"),
        ({"registered_email": "n.haddad@maine.gov"}, "E-1", "00020"),
        ({"registered_email": "remy.cyr@maine.gov"}, "E-2", ""),
        ({"registered_email": "info.desk@maine.gov"}, "E-2", ""),
        ({"registered_email": "ada.thibodeau@courts.maine.gov"}, "E-2", ""),
        ({"emails": "ada.thibodeau@maine.gov"}, "A-2", "00017"),
        ({"emails": "ada@example.org;front.desk@maine.gov"}, "A-2", ""),
        ({"registered_email": "ada.thibodeau@maine.gov.example"}, None, ""),
        ({"registered_email": "maine.gov@gmail.com"}, None, ""),
        ({"registered_email": "noor@example.org"}, None, ""),
        ({"bio": "Born and raised in Maine. Lobster, snow, family."}, None, ""),
    ],
)
def test_one_account(state: State, more: dict[str, str], rule_id: str | None, employee_id: str) -> None:
    state.accounts["export"] = [account("quietpine42", display_name="q", **more)]
    found = state.findings().get("quietpine42", [])
    assert [(f.rule_id, f.employee_id) for f in found] == ([(rule_id, employee_id)] if rule_id else [])


def test_an_account_without_a_tie_is_nowhere_in_the_output(state: State) -> None:
    state.accounts["export"] = [
        account("quietpine42", bio="zanzibar kayak diary"),
        account("busybirch7", registered_email="ada.thibodeau@maine.gov"),
    ]
    state.night()
    kept = written(state.folder / "out")
    assert kept.count(b"busybirch7") > 2
    assert b"zanzibar" not in kept
    assert b"quietpine42" not in kept


def test_location_is_not_kept(state: State) -> None:
    row = account("busybirch7", registered_email="ada.thibodeau@maine.gov", location="Zanzibar Heights")
    state.accounts["export"] = [row]
    state.night()
    assert b"Zanzibar" not in written(state.folder / "out")


def test_private_addresses_are_not_kept(state: State) -> None:
    state.accounts["export"] = [
        account("ada_mainedot", display_name="Ada, MaineDOT", registered_email="zanzibar@example.org"),
        account("busybirch7", registered_email="ada.thibodeau@maine.gov", emails="zanzibar2@example.org"),
    ]
    found = state.findings()
    assert {f.rule_id for f in found["ada_mainedot"]} >= {"A-1"}
    assert [piece.kind for piece in found["ada_mainedot"][0].evidence] == ["public profile"]
    assert b"zanzibar" not in written(state.folder / "out")


def test_official_accounts_are_never_findings_of_a_person(state: State) -> None:
    state.accounts["export"] = [
        account("MaineDOT1", account_id="555", display_name="MaineDOT", bio="Official account of the Maine Department"
                " of Transportation", registered_email="ada.thibodeau@maine.gov", emails="ada.thibodeau@maine.gov"),
    ]  # fmt: skip
    assert state.findings() == {}


@pytest.mark.parametrize("row", [{}, {"account_id": ""}, {"account_id": "", "handle": "@mainedot1", "url": ""}])
@pytest.mark.parametrize("place", [0, 1])
def test_an_account_that_stands_twice_in_the_registry_is_seen_in_both_rows(
    state: State, row: dict[str, str], place: int
) -> None:
    state.options["export"] = 'lists_official = ["x"]'
    state.official.insert(place, {**state.official[0], **row})
    state.accounts["export"] = [account("MaineDOT1", account_id="555"), account("busybirch7")]
    night = state.night(DAY)
    assert not night.findings
    assert [one.where for one in night.problems if "already stands at" in one.reason] == ["official.csv:3"]
    del state.accounts["export"][0]
    assert {one.rule_id for one in state.night(NEXT).findings} == {"R-1"}


@pytest.mark.parametrize("place", [0, 1])
def test_a_handle_that_changed_hands_is_not_seen_in_a_row_that_has_the_id(state: State, place: int) -> None:
    state.options["export"] = 'lists_official = ["x"]'
    state.official.insert(place, {**state.official[0], "account_id": ""})
    state.accounts["export"] = [account("MaineDOT1", account_id="777"), account("busybirch7")]
    found = state.findings()["MaineDOT1"]
    assert {one.rule_id for one in found} == {"R-1", "U-1"}
    assert any("another account id" in one.because for one in found)


def test_a_row_that_is_retired_and_one_that_is_not_are_not_seen_in_each_other(state: State) -> None:
    state.options["export"] = 'lists_official = ["x"]'
    state.official.append({**state.official[0], "status": "retired"})
    state.accounts["export"] = [account("MaineDOT1", account_id="555"), account("busybirch7")]
    assert rules(state) == {}


@pytest.mark.parametrize(
    ("entry", "seen", "expected"),
    [
        ({}, True, []),
        ({}, False, ["R-1"]),
        ({"status": "retired"}, True, ["R-1"]),
        ({"status": "retired"}, False, []),
        ({"supervisor_employee_id": "00019"}, True, ["R-2"]),
        ({"supervisor_employee_id": "99999"}, True, ["R-2"]),
        ({"supervisor_employee_id": ""}, True, []),
        ({"registered_email": "ada.private@example.org"}, True, ["R-3"]),
        ({"registered_email": ""}, True, []),
    ],
)
def test_registry(state: State, entry: dict[str, str], seen: bool, expected: list[str]) -> None:
    state.options["export"] = 'lists_official = ["Twitter"]'
    state.official[0] |= entry
    state.accounts["export"] = [account("MaineDOT1", account_id="555")] if seen else []
    state.accounts["export"].append(account("busybirch7", bio="tennis"))
    assert rules(state).get("MaineDOT1", []) == expected


def test_nobody_vanishes_from_a_source_that_does_not_claim_to_list_everyone(state: State) -> None:
    state.accounts["export"] = [account("busybirch7")]
    assert rules(state) == {}


def test_an_official_account_seen_before_and_gone_now_has_vanished(state: State) -> None:
    state.accounts["export"] = [account("MaineDOT1", account_id="555"), account("busybirch7")]
    assert rules(state) == {}
    state.accounts["export"] = [account("busybirch7")]
    assert rules(state, NEXT) == {"MaineDOT1": ["R-1"]}


@pytest.mark.parametrize("known_by", ["account_id", "handle", "url"])
def test_whoever_runs_an_official_account_whose_row_is_lost_is_named_in_a_lead_that_says_so(
    state: State, known_by: str
) -> None:
    news = {"account_id": "556", "handle": "MaineDOT2", "url": "https://x.com/MaineDOT2"}
    state.official.append({**state.official[0], "account_id": "", "handle": "", known_by: news[known_by]})
    state.accounts["export"] = [
        account("filler"),
        {"platform": "x", "registered_email": "ada.thibodeau@maine.gov", **news},
    ]
    assert state.night().findings == ()
    del state.official[1]
    for days in (1, 2):
        night = state.night(DAY + timedelta(days=days))
        named = {one.rule_id: one for one in night.findings if one.employee_id == "00017"}
        assert "E-2" in named
        assert {one.tier for one in named.values()} == {Tier.LEAD}
        assert all("stood in the registry of official accounts" in one.because for one in named.values())
        assert any("stands in it no more (the first here MaineDOT2 on x)" in one.reason for one in night.problems)
    state.official.append({**state.official[0], "account_id": "", "handle": "", known_by: news[known_by]})
    night = state.night(DAY + timedelta(days=3))
    assert {str(one.status) for one in night.findings} == {"resolved"}
    assert not any("in it no more" in one.reason for one in night.problems)


def test_a_handle_that_changed_hands_is_not_the_official_account(state: State) -> None:
    state.options["export"] = 'lists_official = ["x"]'
    state.accounts["export"] = [account("MaineDOT1", account_id="777", bio="cheap sunglasses")]
    found = state.findings()["MaineDOT1"]
    vanished = next(f for f in found if f.rule_id == "R-1")
    assert "another account id" in vanished.because


def test_unverified_addresses_are_leads(state: State) -> None:
    state.options["export"] = 'registration = "unverified"'
    state.accounts["export"] = [account("busybirch7", registered_email="ada.thibodeau@maine.gov")]
    (finding,) = state.findings()["busybirch7"]
    assert (finding.rule_id, finding.tier, finding.employee_id) == ("E-2", Tier.LEAD, "00017")
    assert "does not verify this" in finding.because


def test_an_address_of_two_employees_names_neither(state: State) -> None:
    state.people.append(person("00030", "Abe", "Twin", work_email="ada.thibodeau@maine.gov"))
    state.accounts["export"] = [account("busybirch7", registered_email="ada.thibodeau@maine.gov")]
    (finding,) = state.findings()["busybirch7"]
    assert (finding.rule_id, finding.employee_id, finding.rivals) == ("E-2", "", 1)


def test_two_people_of_one_name_are_rivals_and_nobody_is_named(state: State) -> None:
    row = account("asphaltfan", display_name="Ada Thibodeau", bio="I work at MaineDOT as a planner.")
    state.accounts["export"] = [row]
    (alone,) = state.findings()["asphaltfan"]
    assert (alone.rule_id, alone.tier, alone.employee_id, alone.rivals) == ("C-1", Tier.LEAD, "00017", 0)
    state.people.append(person("00030", "Ada", "Thibodeau", work_email="ada.thibodeau.2@maine.gov"))
    two = [f for f in state.findings(NEXT)["asphaltfan"] if f.status is not FindingStatus.RESOLVED]
    assert [(f.rule_id, f.employee_id, f.rivals) for f in two] == [("C-1", "", 1)]


def test_the_same_account_in_two_sources_is_one_finding(state: State) -> None:
    state.accounts["export"] = [account("busybirch7", registered_email="ada.thibodeau@maine.gov")]
    state.accounts["second"] = [
        {"platform": "Twitter", "handle": "@BusyBirch7", "registered_email": "ada.thibodeau@state.me.us"}
    ]
    found = [f for group in state.findings().values() for f in group]
    assert [f.rule_id for f in found] == ["E-1"]
    assert found[0].sources == ("export", "second")


def test_second_night_of_an_unchanged_state_is_quiet(state: State) -> None:
    state.accounts["export"] = [account(f"busy{n}", registered_email="ada.thibodeau@maine.gov") for n in range(5)]
    first = state.night()
    assert {f.status for f in first.findings} == {FindingStatus.NEW}
    again = state.night()
    assert again.findings == first.findings
    second = state.night(NEXT)
    assert {f.status for f in second.findings} == {FindingStatus.OPEN}
    assert {f.first_seen for f in second.findings} == {DAY}
    assert {f.finding_id for f in second.findings} == {f.finding_id for f in first.findings}


def test_gone_is_resolved_and_back_is_reopened(state: State) -> None:
    row = account("busybirch7", registered_email="ada.thibodeau@maine.gov")
    filler = account("filler")
    state.accounts["export"] = [row, filler]
    state.night()
    state.accounts["export"] = [filler]
    (gone,) = state.findings(NEXT)["busybirch7"]
    assert gone.status is FindingStatus.RESOLVED
    assert state.findings(NEXT + timedelta(days=1)) == {}
    state.accounts["export"] = [row, filler]
    (back,) = state.findings(NEXT + timedelta(days=2))["busybirch7"]
    assert (back.status, back.first_seen) == (FindingStatus.REOPENED, DAY)


@pytest.mark.parametrize("fault", ["missing", "shrunk", "other headings"])
def test_a_failed_source_resolves_nothing_and_creates_nothing(state: State, fault: str) -> None:
    rows = [account(f"busy{n}", registered_email="ada.thibodeau@maine.gov") for n in range(10)]
    state.accounts["export"] = rows
    first = state.night()
    if fault == "missing":
        del state.accounts["export"]
        path = state.write()
        (state.folder / "export.csv").unlink()
        path.write_text(path.read_text() + '\n[sources.export]\nconnector = "accounts_csv"\npath = "export.csv"\n')
        night = _run(path)
    elif fault == "shrunk":
        state.accounts["export"] = [account("brandnew", registered_email="lee.ouellette@maine.gov")]
        night = state.night(NEXT)
    else:
        path = state.write()
        (state.folder / "export.csv").write_text("a,b\n1,2\n", encoding="utf-8")
        night = _run(path)
    assert [pull.status for pull in night.pulls if pull.source == "export"] == [PullStatus.NOT_JUDGED]
    assert {f.finding_id for f in night.findings} == {f.finding_id for f in first.findings}
    assert {f.status for f in night.findings} == {FindingStatus.NOT_RECHECKED}


def _run(path: Path):
    import audit.config
    import audit.night.run

    return audit.night.run.run(audit.config.load(path), NEXT)


def test_only_skips_the_others_and_leaves_their_findings(state: State) -> None:
    state.accounts["export"] = [account("busybirch7", registered_email="ada.thibodeau@maine.gov")]
    state.accounts["second"] = [account("quietpine42", registered_email="lee.ouellette@maine.gov")]
    state.night()
    state.accounts = {name: [account("other")] for name in state.accounts}
    night = state.night(NEXT, only=("second",))
    statuses = {f.handle: f.status for f in night.findings}
    assert statuses == {"busybirch7": FindingStatus.NOT_RECHECKED, "quietpine42": FindingStatus.RESOLVED}


@pytest.mark.parametrize("fault", ["empty", "shrunk", "missing"])
def test_an_unusable_directory_stops_the_run_and_touches_nothing(state: State, fault: str) -> None:
    state.people += [person(f"1{n:04}", f"P{n}", "Filler") for n in range(20)]
    state.accounts["export"] = [account("busybirch7", registered_email="ada.thibodeau@maine.gov")]
    state.night()
    before = _files(state.folder / "out")
    if fault == "empty":
        state.people = []
    elif fault == "shrunk":
        state.people = state.people[:5]
    path = state.write()
    if fault == "missing":
        (state.folder / "hr.csv").unlink()
    with pytest.raises(InputUnusable, match=r"directory|hr"):
        _run(path)
    assert _files(state.folder / "out") == before


def _files(folder: Path) -> dict[str, bytes]:
    skipped = (".lock", "ledger.sqlite-wal", "ledger.sqlite-shm")
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name not in skipped
    }


@pytest.mark.skipif(os.name != "posix", reason="modes are a thing of POSIX")
def test_nothing_that_names_people_is_open_to_everybody(state: State) -> None:
    state.accounts["export"] = [account("busybirch7", registered_email="ada.thibodeau@maine.gov")]
    state.night()
    files = [path for path in (state.folder / "out").rglob("*") if path.is_file() and path.stat().st_size]
    assert {"ledger.sqlite", "audit.xlsx", "cases.parquet", "findings.jsonl"} <= {path.name for path in files}
    assert [path.name for path in files if path.stat().st_mode & 0o007] == []


def test_the_night_writes_what_the_design_promises(state: State) -> None:
    state.accounts["export"] = [account("busybirch7", registered_email="ada.thibodeau@maine.gov")]
    state.night()
    folder = state.folder / "out" / DAY.isoformat()
    names = ["agencies", "audit.xlsx", "cases.parquet", "findings.jsonl", "run.json"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert [path.name.split()[0] for path in (folder / "agencies").glob("*.xlsx")] == ["17"]
    assert (state.folder / "out" / "latest" / "run.json").samefile(folder / "run.json")
    (line,) = (folder / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    assert list(json.loads(line)) == [
        "finding_id", "rule_id", "clause", "tier", "severity", "status", "platform", "handle", "account_id", "url",
        "mailbox", "employee_id", "employee_name", "agency_code", "because", "matched_text", "evidence", "first_seen",
        "last_seen", "disposition", "reviewer", "note", "policy",
    ]  # fmt: skip


def test_the_same_night_gives_the_same_bytes(state: State, tmp_path: Path) -> None:
    state.accounts["export"] = [account(f"busy{n}", registered_email="ada.thibodeau@maine.gov") for n in range(3)]
    state.night()
    first = (state.folder / "out" / DAY.isoformat() / "findings.jsonl").read_bytes()
    state.accounts["export"].reverse()
    state.people.reverse()
    (state.folder / "out").rename(tmp_path / "first")
    state.night()
    assert json_without_places((state.folder / "out" / DAY.isoformat() / "findings.jsonl").read_bytes()) == (
        json_without_places(first)
    )


def test_the_same_inputs_at_another_hour_give_the_same_bytes(state: State, tmp_path: Path) -> None:
    state.official[0] |= {"supervisor_employee_id": "00019", "registered_email": "dot@example.org"}
    state.accounts["export"] = [
        {**account("busybirch7", registered_email="ada.thibodeau@maine.gov"), "observed_at": ""},
        {**account("quietpine4", emails="lee.ouellette@maine.gov"), "observed_at": ""},
        account("MaineDOT1", account_id="555"),
    ]
    settings = audit.config.load(state.write())
    lines = []
    for at in (NOON.replace(hour=1), NOON.replace(hour=23)):
        audit.night.run.run(settings, DAY, clock=partial(max, at, at))
        lines.append((state.folder / "out" / DAY.isoformat() / "findings.jsonl").read_bytes())
        (state.folder / "out").rename(tmp_path / f"at {at.hour}")
    assert lines[0] == lines[1]
    assert {json.loads(line)["rule_id"] for line in lines[0].splitlines()} == {"E-1", "A-2", "R-2", "R-3"}


@pytest.mark.parametrize(("hr", "rule_id"), [({"status": "on file"}, "R-2"), ({"end_date": "soon"}, "R-2")])
def test_a_supervisor_of_unclear_standing_has_neither_left_nor_stayed(
    state: State, hr: dict[str, str], rule_id: str
) -> None:
    supervisor = {"supervisor_employee_id": "00020"}
    state.official[0] |= supervisor
    state.people[3] |= {"status": "active"}
    state.accounts["export"] = [account("MaineDOT1", account_id="555"), account("filler")]
    unclear, left = {**state.people[3], **hr}, {**state.people[3], "status": "terminated"}
    state.people[3] = unclear
    assert rules(state) == {}, "unclear makes no finding"
    state.people[3] = left
    (made,) = state.findings(NEXT)["MaineDOT1"]
    assert (made.rule_id, made.status) == (rule_id, FindingStatus.NEW)
    state.people[3] = unclear
    (kept,) = state.findings(NEXT + timedelta(days=1))["MaineDOT1"]
    assert (kept.finding_id, kept.status) == (made.finding_id, FindingStatus.NOT_RECHECKED)


@pytest.mark.parametrize(
    ("rule_id", "entry", "mended"),
    [
        ("R-2", {"supervisor_employee_id": "00019"}, {"supervisor_employee_id": "00017"}),
        ("R-3", {"registered_email": "dot@example.org"}, {"registered_email": "dot@maine.gov"}),
    ],
)
def test_what_reads_no_export_waits_for_none(
    state: State, rule_id: str, entry: dict[str, str], mended: dict[str, str]
) -> None:
    state.accounts["export"] = [account("MaineDOT1", account_id="555")]
    state.accounts["other"] = [account("filler")]
    state.night()
    state.official[0] |= entry
    by_rule = {one.rule_id: one for one in state.night(NEXT, only=("other",)).findings}
    assert (by_rule[rule_id].status, by_rule[rule_id].tier) == (FindingStatus.NEW, Tier.FINDING)
    state.official[0] |= mended
    by_rule = {one.rule_id: one for one in state.night(NEXT + timedelta(days=1), only=("other",)).findings}
    assert by_rule[rule_id].status is FindingStatus.RESOLVED


def test_an_address_that_a_source_shows_waits_for_that_source(state: State) -> None:
    state.accounts["export"] = [account("MaineDOT1", account_id="555", registered_email="dot@example.org")]
    state.accounts["other"] = [account("filler")]
    assert rules(state)["MaineDOT1"] == ["R-3"]
    (one,) = state.night(NEXT, only=("other",)).findings
    assert one.status is FindingStatus.NOT_RECHECKED


def json_without_places(text: bytes) -> list[dict]:
    rows = [json.loads(line) for line in text.splitlines()]
    return [{key: value for key, value in row.items() if key != "evidence"} for row in rows]


def test_one_run_at_a_time(state: State) -> None:
    with only_run_in(state.folder / "out"), pytest.raises(AlreadyRunning, match="another run"):
        state.night()


def test_history_is_not_rewritten(state: State) -> None:
    state.accounts["export"] = [account("filler")]
    state.night(NEXT)
    with pytest.raises(UnusableDate, match="before the last run"):
        audit.night.run.run(audit.config.load(state.write()), DAY, clock=lambda: NOON + timedelta(days=1))


def test_the_last_run_of_a_day_is_the_last_one_whatever_the_clock_said(state: State) -> None:
    """The clock was six hours ahead, and was set right before the day was run again."""
    state.accounts["export"] = [account(f"birch{n}", registered_email="ada.thibodeau@maine.gov") for n in range(4)]
    settings = audit.config.load(state.write())
    audit.night.run.run(settings, DAY, clock=lambda: NOON + timedelta(hours=6))
    state.accounts["export"] = state.accounts["export"][:3]
    second = audit.night.run.run(audit.config.load(state.write()), DAY, clock=lambda: NOON)
    assert audit.night.run.publish_again(settings).run_id == second.run_id
    state.accounts["export"] = state.accounts["export"][:2]
    night = state.night(NEXT)
    assert [pull.read_before for pull in night.pulls if pull.source == "export"] == [3]


def test_a_night_of_a_clock_that_was_wrong_is_told_with_the_way_back(
    state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state.accounts["export"] = [account("filler")]
    state.night(DAY)
    config, kept = str(state.folder / "audit.toml"), tmp_path / "kept.sqlite"
    assert main(["backup", "--config", config, str(kept)]) == 0
    state.night(DAY + timedelta(days=400))
    with pytest.raises(UnusableDate, match=r"the clock is wrong, or was wrong then.*restore FILE"):
        state.night(NEXT)
    assert main(["restore", "--config", config, str(kept)]) == 0, capsys.readouterr()
    assert all(pull.status is PullStatus.COMPLETE for pull in state.night(NEXT).pulls)


def test_tampering_with_the_ledger_shows(state: State) -> None:
    from audit.ledger import Ledger

    state.accounts["export"] = [account(f"busy{n}", registered_email="ada.thibodeau@maine.gov") for n in range(3)]
    state.night()
    path = state.folder / "out" / "ledger.sqlite"
    with Ledger(path) as ledger:
        assert ledger.chain.broken_event() is None
    connection = sqlite3.connect(path)
    connection.execute("UPDATE events SET content = replace(content, 'new', 'open') WHERE event_id = 2")
    connection.commit()
    connection.close()
    with Ledger(path) as ledger:
        assert ledger.chain.broken_event() == 2


def test_purge_forgets_and_the_chain_still_holds(state: State) -> None:
    from audit.ledger import Ledger

    filler = account("filler")
    state.accounts["export"] = [account("busybirch7", registered_email="ada.thibodeau@maine.gov"), filler]
    state.night()
    state.accounts["export"] = [filler]
    state.night(NEXT)
    with Ledger(state.folder / "out" / "ledger.sqlite") as ledger:
        assert ledger.purge(NEXT + timedelta(days=30), 365) == {"findings": 0, "events": 0, "problems": 0}
        assert ledger.purge(NEXT + timedelta(days=400), 365)["findings"] == 1
        assert ledger.findings.past() == {}
        assert ledger.chain.broken_event() is None
    assert b"busybirch7" not in (state.folder / "out" / "ledger.sqlite").read_bytes()


@pytest.mark.parametrize(
    ("given", "family"), [("None", "Bragdon"), ("Casey", "Null"), ("NA", "Hallowell"), ("Robin", "None"), ("Nan", "NA")]
)
def test_a_person_whose_name_looks_like_a_missing_value_is_a_person(state: State, given: str, family: str) -> None:
    state.people.append(person("00042", given, family))
    address = f"{given}.{family}@maine.gov".lower()
    state.accounts["export"] = [account("busybirch7", registered_email=address, bio="Views are my own.")]
    (found,) = state.findings()["busybirch7"]
    assert (found.rule_id, found.employee_id, found.employee_name) == ("E-1", "00042", f"{given} {family}")


PENDING = {"status": "under_review", "handle": "RoadsUpNorth", "account_id": "", "url": "", "registered_email": ""}


@pytest.mark.parametrize("mail", ["ada.thibodeau@maine.gov", ""])
def test_a_pending_official_account_is_not_official_and_is_told_with_a_word(state: State, mail: str) -> None:
    state.official.append(state.official[0] | PENDING)
    state.options["export"] = 'lists_official = ["x"]'
    state.accounts["export"] = [account("MaineDOT1", account_id="555"), account("busybirch7", bio="tennis")]
    assert rules(state) == {}  # not asked whether it is there
    state.accounts["export"].append(account("RoadsUpNorth", registered_email=mail, bio="tennis"))
    found = state.findings(NEXT)
    assert [one.rule_id for one in found.get("RoadsUpNorth", [])] == (["E-2"] if mail else [])
    assert all("as pending (" in one.because for one in found.get("RoadsUpNorth", []))


def test_one_contact_who_is_employed_answers_for_an_official_account(state: State) -> None:
    state.official[0] |= {"supervisor_employee_id": "00019|ada.thibodeau@maine.gov"}
    state.accounts["export"] = [account("MaineDOT1", account_id="555")]
    assert rules(state) == {}
