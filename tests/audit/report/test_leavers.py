"""Who has left and what still hangs on them: the sheet, agencies' copies, and the file for offboarding."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

import audit.config
from audit.ledger import Ledger
from audit.night.run import publish_again
from tests.editing import Book
from tests.paths import agency_book
from tests.states import DAY, NOON, State, account, person

GONE = {"status": "terminated", "end_date": "2026-10-30"}


@pytest.fixture
def leaving(state: State) -> State:
    """Of six who have left, four have something that still hangs on them; Ada works here."""
    state.people = [
        person("1", "Ada", "Rivermoor"),
        person("2", "Bo", "Quillfeather", agency_code="16") | GONE,
        person("3", "Cy", "Saltmarsh") | GONE | {"end_date": ""},
        person("4", "Di", "Fernsby") | GONE,
        person("5", "Ed", "Larkspur", other_emails="web@maine.gov") | GONE,
        person("6", "Fi", "Larkspur", other_emails="web@maine.gov") | GONE,
        person("7", "Gil", "Duskwater") | GONE,
    ]
    state.accounts["export"] = [
        account("adar", registered_email="ada.rivermoor@maine.gov"),
        account("boq", registered_email="bo.quillfeather@maine.gov", display_name="Bo of MaineDOT"),
        account("cys", emails="cy.saltmarsh@maine.gov"),
        account("web", registered_email="web@maine.gov"),
        account("nobody", registered_email="nobody@maine.gov"),
        account("gilbert", display_name="Gil Duskwater", bio="Planner at MaineDOT, Augusta, Maine"),
    ]
    state.official = [
        {"platform": "x", "handle": "MaineDPS", "account_id": "9", "agency_code": "16", "supervisor_employee_id": "4",
         "registered_email": "di.own@example.org"},
        {"platform": "x", "handle": "MaineDOT", "account_id": "8", "agency_code": "17", "supervisor_employee_id": "1",
         "registered_email": "ada.rivermoor@maine.gov"},
    ]  # fmt: skip
    (state.folder / "reviews").mkdir()
    return state


def listed(path: Path) -> list[tuple[str, str, str, str]]:
    rows = Book.of(path).sheets["Leavers"]
    at = next(place for place, row in enumerate(rows) if "Former employee" in row)
    shown = [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :]]
    return [
        (row["Employee ID"], str(row["Left on"]), row["What hangs on them"], row["Handle"])
        for row in shown
        if row["Employee ID"]
    ]


BO = ("2", "2026-10-30", "account registered to their mailbox", "boq")
CY = ("3", "", "account that shows their mailbox", "cys")
DI = ("4", "2026-10-30", "official account they supervise", "MaineDPS")


def test_only_those_on_whom_something_hangs(leaving: State) -> None:
    leaving.night()
    folder = leaving.folder / "out" / str(DAY)
    assert sorted(listed(folder / "audit.xlsx")) == [BO, CY, DI]
    assert sorted(listed(folder / "leavers.xlsx")) == [BO, CY, DI]
    assert (folder / "leavers.xlsx").stat().st_mode & 0o777 == 0o640
    assert Book.of(folder / "leavers.xlsx").sheets.keys() == {"Leavers"}
    assert "leavers.xlsx" in json.loads((folder / "run.json").read_text(encoding="utf-8"))["files"]


def test_a_seat_that_a_leaver_holds_is_listed(leaving: State) -> None:
    leaving.accounts["seats"] = [account("cyseat", registered_email="cy.saltmarsh@maine.gov")]
    leaving.options["seats"] = 'purpose = "work"\nregistration = "verified"'
    leaving.night()
    shown = listed(leaving.folder / "out" / str(DAY) / "leavers.xlsx")
    assert ("3", "", "seat on a platform of the State", "cyseat") in shown


def test_an_agency_sees_its_own(leaving: State) -> None:
    leaving.night()
    night = leaving.folder / "out" / str(DAY)
    assert sorted(listed(agency_book(night, "16"))) == [BO, DI]
    assert listed(agency_book(night, "17")) == [CY]


def test_what_is_over_or_somebody_elses_is_not_listed(leaving: State) -> None:
    night = leaving.night()
    finding = next(one for one in night.findings if one.rule_id == "E-2" and one.handle == "boq")
    book = Book.of(leaving.folder / "out" / str(DAY) / "audit.xlsx")
    for one in night.findings:
        if one.handle == "boq":
            book.type(one.finding_id, "Disposition", "official account")
    assert book.place(finding.finding_id)
    book.save(leaving.folder / "reviews" / "decided.xlsx")
    leaving.official[0]["supervisor_employee_id"] = "1"
    leaving.accounts["export"][2]["emails"] = ""
    following = DAY + timedelta(days=1)
    assert leaving.night(following).leavers == ()
    folder = leaving.folder / "out" / str(following)
    assert not (folder / "leavers.xlsx").exists()
    assert listed(folder / "audit.xlsx") == []


@pytest.mark.parametrize("word", ["?", "tbd", "not him, I think", "confirmd"])
def test_a_word_that_is_no_disposition_takes_nobody_off(leaving: State, word: str) -> None:
    night = leaving.night()
    book = Book.of(leaving.folder / "out" / str(DAY) / "audit.xlsx")
    for one in night.findings:
        book.type(one.finding_id, "Disposition", word)
    book.save(leaving.folder / "reviews" / "asked.xlsx")
    following = DAY + timedelta(days=1)
    leaving.night(following)
    assert sorted(listed(leaving.folder / "out" / str(following) / "leavers.xlsx")) == [BO, CY, DI]


def test_report_writes_it_again_and_purge_forgets_it(leaving: State) -> None:
    night = leaving.night()
    path = leaving.folder / "out" / str(DAY) / "leavers.xlsx"
    before = path.read_bytes()
    path.unlink()
    publish_again(audit.config.load(leaving.folder / "audit.toml"), clock=lambda: NOON)
    assert path.read_bytes() == before
    leaving.night(DAY + timedelta(days=1))
    with Ledger(leaving.folder / "out" / "ledger.sqlite") as ledger:
        kept = ledger.run(night.run_id)[1]
        assert len(kept.leavers) == len((BO, CY, DI))
        assert kept.supervisors == {"1": "Ada Rivermoor", "4": "Di Fernsby"}
        ledger.purge(DAY + timedelta(days=11), 10)
        assert ledger.run(night.run_id)[1] == replace(kept, leavers=(), supervisors={})
        assert list(ledger.altered()) == []


@pytest.mark.parametrize(
    ("rows", "left_on"),
    [
        ([{"end_date": "2026-01-31"}, {"end_date": "2026-06-30"}], "2026-06-30"),
        ([{"end_date": "2026-06-30"}, {"end_date": "2026-01-31"}], "2026-06-30"),
        ([{"end_date": "2026-06-30"}, {"end_date": ""}], ""),
    ],
)
def test_of_several_positions_the_last_day_counts(state: State, rows: list[dict[str, str]], left_on: str) -> None:
    state.people = [person("2", "Bo", "Quillfeather") | GONE | row for row in rows]
    state.accounts["export"] = [account("boq", registered_email="bo.quillfeather@maine.gov")]
    (leaver,) = state.night().leavers
    assert leaver.left_on == (date.fromisoformat(left_on) if left_on else None)
