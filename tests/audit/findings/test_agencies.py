"""A finding that is carried stands under the agency of its person today: no agency's copy names another's people."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest

from audit.cli import main
from audit.model.finding import FindingStatus
from connectors import exceptions_csv
from tests.editing import Book
from tests.states import DAY, State, account, person, write_csv

TUESDAY, WEDNESDAY = DAY + timedelta(1), DAY + timedelta(2)
WREN = person("70701", "Wren", "Hollowell", agency_code="16")
MOVED = WREN | {"agency_code": "17"}
GONE = {"status": "terminated", "end_date": str(DAY - timedelta(3))}
NAME = "Wren Hollowell"


def copies(state: State, day: date) -> dict[str, str]:
    """Agency → all that its copy of the day says; "" where there is none."""
    folder = state.folder / "out" / str(day) / "agencies"
    return {code: words(folder.glob(f"{code} *.xlsx")) for code in ("16", "17")}


def words(paths: Iterable[Path]) -> str:
    sheets = [rows for path in paths for rows in Book.of(path).sheets.values()]
    return "\n".join(str(cell) for rows in sheets for row in rows for cell in row)


def listed(state: State, day: date) -> dict[str, tuple[str, str]]:
    """Handle → status and agency of its finding in the day's findings.jsonl."""
    lines = (state.folder / "out" / str(day) / "findings.jsonl").read_text("utf-8").splitlines()
    return {row["handle"]: (row["status"], row["agency_code"]) for row in map(json.loads, lines)}


def decided(state: State) -> None:
    """Somebody has decided about every finding of the first night, and put one aside."""
    book = Book.of(state.folder / "out" / str(DAY) / "audit.xlsx")
    for line in (state.folder / "out" / str(DAY) / "findings.jsonl").read_text("utf-8").splitlines():
        book.type(json.loads(line)["finding_id"], "Suppress until", str(DAY + timedelta(90)))
        book.type(json.loads(line)["finding_id"], "Disposition", "accepted")
        book.type(json.loads(line)["finding_id"], "Reviewer", "A. Marsh")
    book.save(state.folder / "reviews" / "copy.xlsx")


def deleted(state: State) -> None:
    state.accounts["export"] = [account("otherbird")]


def excepted(state: State) -> None:
    allowed = {
        "employee_id": "70701", "platform": "x", "handle": "quietbird", "rule": "E-1", "what": "the newsletter",
        "granted_by": "Marsh", "reference": "7", "from": "2026-01-15", "until": str(DAY + timedelta(90)),
    }  # fmt: skip
    write_csv(state.folder / "exceptions.csv", ",".join(exceptions_csv.FIELDS), [allowed])
    state.options["directory"] = '[exceptions]\npath = "exceptions.csv"'


def unread(state: State) -> None:
    state.accounts["export"] = []


def decided_and_unread(state: State) -> None:
    decided(state)
    unread(state)


def untouched(state: State) -> None:
    del state


ROUTES: dict[str, tuple[Callable[[State], None], str]] = {
    "its source is not there": (unread, "not rechecked"),
    "it was decided, and its source is not there": (decided_and_unread, "not rechecked"),
    "the account is gone": (deleted, "resolved"),
    "an exception covers it": (excepted, "resolved"),
    "it is judged afresh": (untouched, "open"),
}


@pytest.fixture
def moving(state: State) -> State:
    """An account of somebody of the agency 16, on the first night."""
    (state.folder / "reviews").mkdir()
    state.agencies = [{"agency_code": "16", "name": "Public Safety"}, {"agency_code": "17", "name": "Transportation"}]
    state.people = [*state.people[2:], person("00017", "Ada", "Thibodeau"), WREN]
    state.accounts["export"] = [account("quietbird", registered_email="wren.hollowell@maine.gov")]
    state.options["export"] = 'registration = "verified"'
    state.night(DAY)
    assert NAME in copies(state, DAY)["16"]
    assert NAME not in copies(state, DAY)["17"]
    return state


@pytest.mark.parametrize(("happens", "status"), ROUTES.values(), ids=ROUTES)
def test_who_moves_takes_along_what_is_found(moving: State, happens: Callable[[State], None], status: str) -> None:
    moving.people[-1] = MOVED
    happens(moving)
    night = moving.night(TUESDAY)
    assert listed(moving, TUESDAY)["quietbird"] == (status, "17")
    told = copies(moving, TUESDAY)
    assert NAME in told["17"]
    assert NAME not in told["16"]
    assert {one.finding.agency_code for one in night.changes} <= {"17"}


def test_a_word_about_what_was_resolved_long_ago_goes_where_its_person_is(moving: State) -> None:
    deleted(moving)
    moving.night(TUESDAY)
    decided(moving)
    moving.people[-1] = MOVED
    (one,) = moving.night(WEDNESDAY).changes
    assert one.kind == "decided"
    assert NAME in copies(moving, WEDNESDAY)["17"]
    assert NAME not in copies(moving, WEDNESDAY)["16"]


def test_a_leaver_is_told_to_one_agency_alone(moving: State) -> None:
    moving.people[-1] = MOVED | GONE
    moving.accounts["export"] = []
    night = moving.night(TUESDAY)
    assert [one.agency_code for one in night.leavers] == ["17"]
    assert NAME not in copies(moving, TUESDAY)["16"]


STAYS = {
    "who is in the directory no more": [],
    "whose id is another's now": [MOVED | {"given_name": "Basil", "family_name": "Quince", "start_date": "2026-11-01"}],
}


@pytest.mark.parametrize("people", STAYS.values(), ids=STAYS)
def test_of_whom_nobody_knows_the_agency_stays_where_it_was(moving: State, people: list[dict[str, str]]) -> None:
    moving.people[-1:] = people
    moving.accounts["export"] = []
    moving.night(TUESDAY)
    assert listed(moving, TUESDAY)["quietbird"] == (FindingStatus.NOT_RECHECKED, "16")
    assert NAME not in copies(moving, TUESDAY)["17"]


def test_an_official_account_takes_along_what_is_found(moving: State) -> None:
    listing = 'registration = "verified"\nlists_official = ["x"]'
    moving.options["export"] = listing
    moving.night(TUESDAY)
    moving.official[0] |= {"agency_code": "16"}
    moving.accounts["export"] = []
    moving.night(WEDNESDAY)
    assert listed(moving, WEDNESDAY)["MaineDOT1"] == ("not rechecked", "16")


def test_the_ledger_agrees_with_its_nights_when_somebody_moved_whose_finding_was_resolved(
    moving: State, capsys: pytest.CaptureFixture[str]
) -> None:
    deleted(moving)
    moving.night(TUESDAY)
    moving.people[-1] = MOVED
    moving.night(WEDNESDAY)
    assert main(["verify", "--config", str(moving.folder / "audit.toml")]) == 0, capsys.readouterr()
