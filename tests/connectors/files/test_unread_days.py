"""Columns in which a day or somebody's leaving may stand, and which nothing reads: known by the words of a heading."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connectors import accounts_csv, hr_csv
from connectors.contract import Dropped, Raw, Remark, Source
from connectors.files.unread_days import days_meant, leaver_cells, leavers_unread, unread_days

MEANT = {
    "created_at": "Joined|Member Since|Created|createdAt|Registration Date|user_registered|Account Age|Sign-up date"
    "|Account Start Date",
    "start_date": "Hire Date|HIRE_DT|Appointment Date|Employment Start Date|Started|Service Date",
    "end_date": "Termination Date|TERM_DT|Last Day Worked|Contract End Date|Employed Through|lastDayOfWork|Left"
    "|Inactive Since|INACTIVE_DT|Contract Expires|Contract Expires On",
    "gone_on": "Closing Date|Account Deactivated On|Date Closed|Cancellation Date",
    "effective_on": "EFFDT|Effective Date|EFF_DT|Job Effective Date|Action Date",
    "": "Created By|Registered Email|Registration Status|Age|First Seen|Leave Start Date|Term Reason|Terms Accepted On"
    "|Probation End Date|Shift Start Time|Work Email|Last Name|Retirement Eligibility Date|Date of Birth"
    "|Inactive|Password Expires On|Deactivated By|Email Deleted On|Passport Expires|Inactive Reason"
    "|Salary Effective Date",
}


@pytest.mark.parametrize(("heading", "field"), [(one, name) for name in MEANT for one in MEANT[name].split("|")])
def test_a_heading_speaks_of_a_day_by_its_words(heading: str, field: str) -> None:
    assert days_meant(heading) == ((field,) if field else ())


def test_a_day_of_deactivation_may_be_a_persons_and_an_accounts() -> None:
    assert days_meant("Date Deactivated") == ("end_date", "gone_on")


@pytest.mark.parametrize(
    ("heading", "cell", "left"),
    [
        ("HR Status", "Terminated - retired", True), ("HR Status", "Active", False),
        ("Position Status", "Vacated", True), ("Deceased", "Yes", True), ("Is Separated", "N", False),
        ("Retirement Status", "Terminated", False),
        ("Marital Status", "separated", False), ("Job Title", "former", False),
        ("Comments", "left 6/30/2026", True), ("HR Notes", "Moved; resigned eff. June 30", True),
        ("Remarks", "Retired.", True), ("Note", "last day was 6/30", True), ("Comments", "Left state service", True),
        ("Comments", "left a message 6/30", False), ("Comments", "hired 6/30/2020", False),
        ("Notes", "leftover balance 12", False), ("Pay Notes", "terminated 6/30", False),
    ],
)  # fmt: skip
def test_a_cell_says_that_somebody_left_under_a_heading_of_standing(heading: str, cell: str, left: bool) -> None:
    says = leaver_cells(heading)
    assert bool(says and says.search(cell)) == left


def accounts(folder: Path, heading: str, **options: object) -> tuple[list[tuple[str, ...]], list[str]]:
    """What of each account's days is unread, and what is told."""
    text = f"platform,handle,registered_email,registration,{heading}\nx,ann,ann@x.gov,verified,March 2012\n"
    (folder / "acc.csv").write_text(text, encoding="utf-8")
    items = list(accounts_csv.CONNECTOR.fetch(Source("acc", folder, {"path": "acc.csv", **options})))
    found = [accounts_csv.parse(item) for item in items if isinstance(item, Raw)]
    return [one.unread for one in found], [item.text for item in items if isinstance(item, Remark)]


def test_the_age_of_an_account_in_a_column_that_nothing_reads_is_unknown_and_told(tmp_path: Path) -> None:
    unread, told = accounts(tmp_path, "Joined")
    assert unread == [("created_at",)]
    assert 'columns = { created_at = "Joined" }' in told[0]


def test_the_age_of_an_account_is_unknown_in_json_as_well(tmp_path: Path) -> None:
    row = {"platform": "x", "handle": "ann", "registered_email": "ann@x.gov", "memberSince": 2012}
    (tmp_path / "acc.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    items = list(accounts_csv.CONNECTOR.fetch(Source("acc", tmp_path, {"path": "acc.jsonl"})))
    assert [accounts_csv.parse(item).unread for item in items if isinstance(item, Raw)] == [("created_at",)]


@pytest.mark.parametrize(
    ("heading", "options"), [("Joined By", {}), ("Joined", {"left_unread": ["joined"]}), ("registered_by", {})]
)
def test_a_column_of_something_else_says_nothing_of_age(
    tmp_path: Path, heading: str, options: dict[str, object]
) -> None:
    assert accounts(tmp_path, heading, **options) == ([()], [])


@pytest.mark.parametrize(
    ("cell", "options", "told"),
    [
        ("2022-01-01", {}, True),
        ("", {}, False),
        ("2022-01-01", {"left_unread": ["cancellation date"]}, False),
        ("2022-01-01", {"columns": {"deleted_at": "Cancellation Date"}}, False),
    ],
)
def test_a_column_that_may_say_which_accounts_are_gone_is_told(
    tmp_path: Path, cell: str, options: dict[str, object], told: bool
) -> None:
    text = f"platform,handle,registered_email,registration,Cancellation Date\nx,ann,ann@x.gov,verified,{cell}\n"
    (tmp_path / "acc.csv").write_text(text, encoding="utf-8")
    items = list(accounts_csv.CONNECTOR.fetch(Source("acc", tmp_path, {"path": "acc.csv", **options})))
    said = [item.text for item in items if isinstance(item, Remark)]
    assert ['columns = { deleted_at = "Cancellation Date" }' in one for one in said] == [True] * told
    assert any(isinstance(item, Dropped) for item in items) == ("columns" in options)


def test_cells_of_unread_columns_of_a_directory_are_counted(tmp_path: Path) -> None:
    text = (
        "employee_id,given_name,work_email,status,Termination Date,Hire Date,HR Status\n"
        "1,Ann,ann@x.gov,active,2026-05-01,,Terminated\n2,Bo,bo@x.gov,active,,,Active\n"
    )
    (tmp_path / "hr.csv").write_text(text, encoding="utf-8")
    source = Source("directory", tmp_path, {"path": "hr.csv"})
    assert len(list(hr_csv.CONNECTOR.fetch(source))) == 2
    table = source.tables["hr.csv"]
    assert list(unread_days(table)) == [("end_date", "Termination Date", 1), ("start_date", "Hire Date", 0)]
    assert list(leavers_unread(table)) == [("HR Status", 1)]
    assert not list(leavers_unread(table, ["hr status"]))


@pytest.mark.parametrize(
    ("heading", "cell", "options", "told"),
    [
        ("Acct Status", "Deactivated", {}, True),
        ("Lifecycle State", "user deleted", {}, True),
        ("Login Disabled", "TRUE", {}, True),
        ("Acct Status", "Active", {}, False),
        ("Login Disabled", "FALSE", {}, False),
        ("State", "Maine", {}, False),
        ("Acct Status", "Deactivated", {"left_unread": ["Acct Status"]}, False),
        ("Acct Status", "Deactivated", {"columns": {"account_status": "Acct Status"}}, False),
    ],
)
def test_a_column_that_may_say_that_accounts_have_ended_is_told(
    tmp_path: Path, heading: str, cell: str, options: dict[str, object], told: bool
) -> None:
    row = {"platform": "x", "handle": "ann", "registered_email": "ann@x.gov", "registration": "verified", heading: cell}
    (tmp_path / "acc.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    (tmp_path / "acc.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n", encoding="utf-8")
    name = "disabled" if cell == "TRUE" else "account_status"
    for path in ("acc.csv", "acc.jsonl"):
        items = list(accounts_csv.CONNECTOR.fetch(Source("acc", tmp_path, {"path": path, **options})))
        said = [item.text for item in items if isinstance(item, Remark)]
        assert [f'columns = {{ {name} = "{heading}" }}' in one for one in said] == [True] * told
