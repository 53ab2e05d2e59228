"""Whole nights under a register of exceptions: what is spared is counted and listed, and comes back when it ends."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import audit.config
from audit.cli import Exit, main
from audit.ledger import Ledger, present
from audit.model.exceptions import ExceptionState
from audit.model.finding import FindingStatus
from audit.model.night import Night
from audit.model.settings import ConfigError
from audit.night.inputs import InputUnusable
from audit.report.notice import refusal
from audit.verbs.verify import verify
from connectors import exceptions_csv
from tests.paths import agency_book
from tests.states import DAY, State, account, person, write_csv, written

HEADER = ",".join(exceptions_csv.FIELDS)
TABLE = '[exceptions]\npath = "exceptions.csv"'
E_1, A_2 = ("E-1", "quietfern"), ("A-2", "leelines")


def row(**more: str) -> dict[str, str]:
    """An exception for Ada Thibodeau's account, from E-1, to the end of the month."""
    return {
        "employee_id": "00017", "platform": "x", "handle": "quietfern", "rule": "E-1",
        "what": "newsletter of the bridge office", "granted_by": "Commissioner's office", "reference": "DOT-2026-14",
        "from": "2026-01-15", "until": "2026-11-30", **more,
    }  # fmt: skip


def spared_state(state: State, *rows: dict[str, str]) -> State:
    """One account registered with Ada's state address, one that shows Lee's; and a register."""
    state.options["export"] = 'registration = "verified"'
    state.accounts["export"] = [
        account("quietfern", registered_email="ada.thibodeau@maine.gov"),
        account("leelines", display_name="Lee", emails="lee.ouellette@maine.gov"),
    ]
    state.options["directory"] = TABLE
    register(state, *rows)
    return state


def register(state: State, *rows: dict[str, str]) -> None:
    write_csv(state.folder / "exceptions.csv", HEADER, list(rows))


def standing(night: Night) -> set[tuple[str, str]]:
    return {(one.rule_id, one.handle) for one in night.findings if one.status is not FindingStatus.RESOLVED}


def later(days: int) -> date:
    return DAY + timedelta(days)


def run_json(state: State, day: date = DAY) -> dict[str, Any]:
    return json.loads((state.folder / "out" / day.isoformat() / "run.json").read_text(encoding="utf-8"))


def is_whole(state: State) -> bool:
    output = state.folder / "out"
    with Ledger(present(output)) as ledger:
        return verify(ledger, output, audit.config.default_policy()).altered == ()


def test_whose_use_was_authorised_is_forgotten_with_its_night(state: State) -> None:
    night = spared_state(state, row()).night()
    path = state.folder / "out" / "ledger.sqlite"
    with Ledger(path) as ledger:
        assert ledger.run(night.run_id)[1].register == night.register
        ledger.purge(later(11), 10)
        assert ledger.run(night.run_id)[1].register is None
        assert list(ledger.altered()) == []
    assert b"Commissioner's office" not in path.read_bytes()


def test_what_is_spared_is_no_finding_but_counted_and_listed(state: State) -> None:
    night = spared_state(state, row()).night()
    assert standing(night) == {A_2}
    assert night.register is not None
    (use,) = night.register.uses
    (spared,) = use.spares
    assert (use.state, use.days_left, use.employee_name) == (ExceptionState.STANDS, 10, "Ada Thibodeau")
    assert (spared.rule_id, spared.account, spared.employee_id) == ("E-1", "quietfern", "00017")
    assert run_json(state)["exceptions"] == {
        "by_state": {"stands": 1, "not yet": 0, "ended": 0, "withdrawn": 0},
        "spared": 1, "unused": 0, "unusable_rows": 0,
        "ends_soon": [{"row": "exceptions.csv:2", "until": "2026-11-30", "days_left": 10, "spares": 1}],
    }  # fmt: skip
    assert '"E-1' not in (state.folder / "out" / DAY.isoformat() / "findings.jsonl").read_text(encoding="utf-8")


def test_neither_the_register_nor_what_is_wrong_with_it_shows_how_to_reach_a_person(state: State) -> None:
    paper = "mail of quill@example.org, 207-555-0143"
    wrong = ({"employee_id": "fern@example.org"}, {"platform": "birch@example.org"}, {"until": "207-555-0143"})
    spared_state(
        state,
        row(what=paper, granted_by=f"ada.thibodeau@maine.gov ({paper})", reference=paper),
        *(row(**more) for more in wrong),
    )
    night = state.night()
    assert night.register is not None
    (use,) = night.register.uses
    assert use.granted_by == "ada.thibodeau@maine.gov (mail of q…@example.org, …)"
    kept = written(state.folder / "out")
    for text in ("quill@", "fern@", "birch@", "555-0143"):
        assert text.encode() not in kept


def test_one_that_ends_tonight_spares_tonight_and_brings_the_finding_back_tomorrow(state: State) -> None:
    spared_state(state)
    (found,) = (one for one in state.night(later(-2)).findings if one.rule_id == "E-1")
    register(state, row(until=DAY.isoformat()))
    night = state.night(later(-1))
    (gone,) = (one for one in night.changes if one.finding.finding_id == found.finding_id)
    assert (gone.kind, gone.cause) == (FindingStatus.RESOLVED, "an exception covers it")
    assert gone.reason == "an exception covers it (exceptions.csv:2: DOT-2026-14, until 2026-11-20)"
    assert standing(state.night(DAY)) == {A_2}
    night = state.night(later(1))
    assert standing(night) == {A_2, E_1}
    (back,) = (one for one in night.changes if one.finding.finding_id == found.finding_id)
    assert (back.kind, back.cause) == (FindingStatus.REOPENED, "an exception ended")
    assert "DOT-2026-14" in back.reason
    assert back.finding.first_seen == later(-2)
    assert night.register is not None
    assert [use.state for use in night.register.uses] == [ExceptionState.ENDED]
    assert is_whole(state)


def test_one_spared_from_its_first_night_is_new_when_the_exception_has_ended(state: State) -> None:
    spared_state(state, row(until=DAY.isoformat())).night()
    (change,) = (one for one in state.night(later(1)).changes if one.finding.rule_id == "E-1")
    assert change.kind == FindingStatus.NEW
    assert change.reason.startswith("seen for the first time; an exception covered it (exceptions.csv:2: DOT-2026-14")
    assert is_whole(state)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="taken out of the register"),
        pytest.param([row(withdrawn_on=later(1).isoformat())], id="withdrawn"),
        pytest.param([row(until="soon")], id="its end cannot be read"),
        pytest.param([row(handle="another")], id="for another account now"),
    ],
)
def test_what_no_longer_covers_it_brings_it_back_the_same_night(state: State, rows: list[dict[str, str]]) -> None:
    spared_state(state).night(later(-1))
    register(state, row())
    assert standing(state.night()) == {A_2}
    register(state, *rows)
    night = state.night(later(1))
    assert E_1 in standing(night)
    assert [one.cause for one in night.changes if one.finding.rule_id == "E-1"] == ["an exception ended"]
    assert is_whole(state)


def test_what_another_policy_had_put_aside_comes_back_when_its_exception_ends(state: State) -> None:
    spared_state(state).night(later(-2))
    state.options["organization"] = 'policy = "irvine-ky"'
    state.night(later(-1))
    state.options["organization"] = ""
    register(state, row(until=DAY.isoformat()))
    assert E_1 not in standing(state.night(DAY))
    (back,) = (one for one in state.night(later(1)).changes if one.finding.rule_id == "E-1")
    assert (back.kind, back.cause) == (FindingStatus.REOPENED, "an exception ended")
    assert is_whole(state)


def test_a_note_is_refused_because_of_the_exception(state: State) -> None:
    (found,) = (one for one in spared_state(state).night(later(-1)).findings if one.rule_id == "E-1")
    register(state, row())
    state.night()
    policy = audit.config.load(state.folder / "audit.toml").organization.policy
    with Ledger(present(state.folder / "out")) as ledger:
        said = refusal(ledger.findings.past()[found.finding_id], policy, DAY)
    assert "an exception covers it (exceptions.csv:2: DOT-2026-14, until 2026-11-30)" in said


def test_a_source_that_fails_neither_spares_nor_brings_back(state: State) -> None:
    spared_state(state).night(later(-1))
    register(state, row())
    (state.folder / "export.csv").unlink()
    rows, state.accounts["export"] = state.accounts["export"], []
    night = state.night()
    assert standing(night) == {A_2}
    assert {one.status for one in night.findings if one.rule_id == "A-2"} == {FindingStatus.NOT_RECHECKED}
    register(state)
    assert not [one for one in state.night(later(1)).changes if one.finding.rule_id == "E-1"]
    state.accounts["export"] = rows
    assert standing(state.night(later(2))) == {A_2, E_1}
    assert is_whole(state)


UNREAD: list[tuple[dict[str, str], str]] = [
    ({"employee_id": ""}, "the row names neither employee_id nor agency_code"),
    ({"employee_id": "n/a"}, "the row names neither employee_id nor agency_code"),
    ({"platform": ""}, "the row names no platform"),
    ({"platform": "Bookface"}, "the platform 'Bookface' is unknown"),
    ({"granted_by": ""}, "granted_by is empty"),
    ({"reference": "tbd"}, "reference is empty"),
    ({"rule": "", "what": ""}, "the row says nothing of what is allowed"),
    ({"until": ""}, "until is empty"),
    ({"until": "9999-12-31"}, "until 9999-12-31 stands for no end"),
    ({"until": "until further notice"}, "until 'until further notice' is no day"),
    ({"from": "spring"}, "from 'spring' is no day"),
    ({"withdrawn_on": "yes"}, "withdrawn_on 'yes' is no day"),
    ({"from": "2026-12-24"}, "it ends (2026-11-30) before it begins (2026-12-24)"),
    ({"handle": "TBD"}, "which account is meant is not sure"),
    ({"handle": "quietfern / leelines"}, "which account is meant is not sure"),
    ({"handle": "quiet fern of the bridges"}, "which account is meant is not sure"),
    ({"platform": "all"}, "handle is one platform's, and the row is for all"),
    ({"employee_id": "99999"}, "employee_id '99999' is not in HR"),
    ({"employee_id": "", "agency_code": "77"}, "agency_code '77' is not in the agencies file"),
    ({"rule": "E-9"}, "there is no rule 'E-9'"),
    ({"clause": "Z"}, "the policy has no clause 'Z'"),
    ({"from": "2018-02-01"}, "before whoever has employee_id '00017' now began (2019-04-01)"),
]


def test_a_row_that_cannot_be_understood_spares_nobody_and_is_told(state: State) -> None:
    sound = row(employee_id="00018", handle="leelines", rule="A-2")
    night = spared_state(state, *(row(**more) for more, _ in UNREAD), sound).night()
    assert standing(night) == {E_1}
    told = {one.where: one.reason for one in night.problems if one.source == "exceptions"}
    for line, (more, words) in enumerate(UNREAD, 2):
        assert words in told[f"exceptions.csv:{line}"], more
        assert "the row spares nobody" in told[f"exceptions.csv:{line}"]
    assert len(told) == len(UNREAD) == run_json(state)["exceptions"]["unusable_rows"]


def test_a_register_of_which_no_row_can_be_read_does_not_stop_the_night(state: State) -> None:
    assert standing(spared_state(state, row(until="")).night()) == {A_2, E_1}


def test_an_id_that_two_people_have_spares_nobody(state: State) -> None:
    spared_state(state, row())
    state.people.append(person("00017", "Zoe", "Maheux", work_email="zoe.maheux@maine.gov"))
    night = state.night()
    assert night.register is not None
    assert not night.register.spared
    assert any("to people of different names" in one.reason for one in night.problems if one.source == "exceptions")


def test_registry_rules_are_spared_only_where_they_are_named(state: State) -> None:
    state.official[0]["registered_email"] = "ada@example.org"
    spared_state(state, row(handle="", rule="", platform="all"))
    assert {one.rule_id for one in state.night().findings} == {"A-2", "R-3"}
    register(state, row(handle="", rule="R-3"))
    found = state.night(later(1)).findings
    assert {one.rule_id for one in found if one.status is not FindingStatus.RESOLVED} == {"A-2", "E-1"}


def test_a_lead_that_names_nobody_is_no_agency_s(state: State) -> None:
    spared_state(state, row(employee_id="", agency_code="17", handle="", rule=""))
    state.accounts["export"] = [
        account("MaineDOT_fan", display_name="A fan", bio="I work for the Maine Department of Transportation.")
    ]
    night = state.night()
    assert {one.rule_id for one in night.findings} == {"C-1"}
    assert not any(one.employee_id for one in night.findings)


def test_columns_and_days_are_mapped(state: State) -> None:
    spared_state(state)
    state.options["directory"] = (
        f'{TABLE}\ncolumns = {{ employee_id = "Emp No", reference = "Memo" }}\ndate_format = "MM/DD/YYYY"'
    )
    (state.folder / "exceptions.csv").write_text(
        "Register of exceptions\n\nEmp No,Platform,Handle,Rule,What,Approved By,Memo,Valid From,Expires\n"
        "00017,Twitter,@quietfern,E-1,newsletter,Commissioner,DOT-14,01/15/2026,11/30/2026\n",
        encoding="utf-8",
    )
    assert standing(state.night()) == {A_2}


@pytest.mark.parametrize("text", [None, "", "Emp,Until\n1,2\n"], ids=["missing", "empty", "without its columns"])
def test_a_register_that_cannot_be_read_as_a_whole_refuses_the_night(state: State, text: str | None) -> None:
    spared_state(state, row()).night()
    path = state.folder / "exceptions.csv"
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    with pytest.raises(InputUnusable, match=r"exceptions"):
        state.night(later(1))
    assert main(["verify", "--config", str(state.folder / "audit.toml")]) == Exit.COMPLETE


def test_a_policy_may_allow_no_exceptions(state: State, capsys: pytest.CaptureFixture[str]) -> None:
    (state.folder / "strict.toml").write_text('extends = "maine"\nexceptions = "forbidden"\n', encoding="utf-8")
    state.options["organization"] = 'policy = "strict.toml"'
    path = spared_state(state, row()).write()
    with pytest.raises(ConfigError, match=r"\[exceptions\] the policy «State of Maine.*» allows no exceptions"):
        audit.config.load(path)
    assert main(["run", "--config", str(path)]) == Exit.CONFIGURATION
    state.options["directory"] = ""
    assert standing(state.night()) == {A_2, E_1}


@pytest.mark.parametrize(("left", "told"), [(0, "Ends today"), (1, "Ends tomorrow"), (30, "Ends in 30 days"), (31, "")])
def test_an_end_is_told_thirty_days_ahead(state: State, left: int, told: str) -> None:
    spared_state(state, row(until=later(left).isoformat())).night()
    (use,) = run_json(state)["exceptions"]["ends_soon"] or [None]
    assert (use is not None) == bool(told)
    lines = cells(state, "Start here")
    assert any(line.startswith("Exceptions: 1 of 1 stand and spare 1 findings or leads") for line in lines)
    assert any(line.startswith(f"{told}: exceptions.csv:2 (DOT-2026-14)") for line in lines) == bool(told)


def cells(state: State, sheet: str, book: str = "audit.xlsx", day: date = DAY, agency: str = "") -> list[str]:
    """The texts of a sheet."""
    night = state.folder / "out" / day.isoformat()
    opened = openpyxl.load_workbook(agency_book(night, agency) if agency else night / book, read_only=True)
    return [str(value) for line in opened[sheet].iter_rows(values_only=True) for value in line if value is not None]


def test_the_sheet_shows_what_stands_what_it_spares_and_what_is_unused(state: State) -> None:
    spared_state(
        state,
        row(),
        row(employee_id="00018", handle="", rule="E-1", reference="MSP-3", until="2027-06-30"),
        row(until="2026-05-01", reference="DOT-2025-2"),
    ).night()
    said = cells(state, "Exceptions")
    assert {"Exceptions: 2 stand, and spare 1", "ends soon", "stands", "ended", "DOT-2026-14", "MSP-3"} <= {*said}
    assert said.count("Ada Thibodeau") == 3
    assert "1 of them spare nothing tonight: exceptions.csv:3." in said
    assert "Personal account registered to a state mailbox" in said
    theirs = "\n".join(cells(state, "Exceptions", agency="16-222"))
    assert "MSP-3" in theirs
    assert "Ada" not in theirs
    assert "DOT" not in theirs


def test_whoever_has_moved_stands_in_the_copy_of_their_own_agency_alone(state: State) -> None:
    night = spared_state(state, row(agency_code="16")).night()
    assert standing(night) == {A_2, E_1}
    assert night.register is not None
    assert [use.agency_code for use in night.register.standing] == ["17"]


@pytest.mark.parametrize(
    ("rows", "code", "told"),
    [
        ([], Exit.COMPLETE, "ok       exceptions (exceptions_csv): readable"),
        (
            [row(), row(until="")],
            Exit.COMPLETE,
            "readable; 1 of 2 rows unusable, for example exceptions.csv:3: until is",
        ),
        (
            [row(until="")],
            Exit.INPUT_UNUSABLE,
            "PROBLEM  exceptions: no usable row among 1 rows. exceptions.csv:2: until",
        ),
    ],
)
def test_doctor_reads_the_register(
    state: State, capsys: pytest.CaptureFixture[str], rows: list[dict[str, str]], code: Exit, told: str
) -> None:
    path = spared_state(state, *rows).write()
    assert main(["doctor", "--config", str(path)]) == code
    assert told in capsys.readouterr().out


def test_without_a_register_the_sheet_says_so(state: State) -> None:
    spared_state(state)
    state.options["directory"] = ""
    state.night()
    assert any("There is no register of exceptions" in words for words in cells(state, "Exceptions"))
    assert run_json(state)["exceptions"] is None


def test_the_last_night_is_reported_again_with_its_exceptions(state: State, tmp_path: Path) -> None:
    spared_state(state, row()).night()
    before = cells(state, "Exceptions")
    register(state)
    assert main(["report", "--config", str(state.folder / "audit.toml")]) == Exit.COMPLETE
    assert cells(state, "Exceptions") == before
