"""Who answers for an official account: of the ids and addresses in its row, whom HR knows."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from audit.model.organization import Organization
from audit.people.addresses import mail_system
from audit.people.directory import directory
from audit.people.supervisors import with_names_held, with_supervisors
from connectors import hr_csv
from connectors.contract import Raw
from connectors.records import OfficialAccount, Provenance

DAY = datetime(2026, 11, 20, tzinfo=UTC)
PEOPLE = (
    ("000101", "Ann", "ann.oak@maine.gov", "active"),
    ("000102", "Bob", "bob.elm@maine.gov", "terminated"),
    ("000103", "Cid", "desk@maine.gov", "active"),
    ("000104", "Dot", "desk@maine.gov", "active"),
)
ORIGIN = Provenance("registry", "registry.csv:2", DAY, "0" * 64)


def row(*contacts: str, retired: bool = False) -> OfficialAccount:
    return OfficialAccount("x", "Oak", "", "", "", "", "", retired, None, ORIGIN, contacts=contacts)


@pytest.mark.parametrize(
    ("entry", "supervisor", "told"),
    [
        (row("ann.oak@maine.gov"), "000101", 0),
        (row("ANN.OAK@maine.gov"), "000101", 0),
        (row("web@maine.gov", "ann.oak@maine.gov"), "000101", 0),
        (row("bob.elm@maine.gov", "ann.oak@maine.gov"), "000101", 0),  # employed comes before left
        (row("bob.elm@maine.gov"), "000102", 0),
        (row("101", "102"), "000101", 0),
        (row("desk@maine.gov"), "", 1),  # two people's
        (row("web@maine.gov"), "", 1),
        (row("web@maine.gov", "000999"), "000999", 1),
        (row("web@maine.gov", retired=True), "", 0),
        (row("000999"), "000999", 0),  # for R-2 to tell
        (row(), "", 0),
    ],
)
def test_whom_hr_knows_answers(entry: OfficialAccount, supervisor: str, told: int) -> None:
    ours = Organization("State of Maine", "ME", ("maine.gov",), official=(entry,))
    names = ("employee_id", "given_name", "work_email", "status")
    people = [hr_csv.parse(Raw(dict(zip(names, one, strict=True)), "hr", "hr.csv:2", "0" * 64, DAY)) for one in PEOPLE]
    employees = directory(people, mail_system(ours), frozenset(), DAY.date())
    named, problems = with_supervisors(ours, employees)
    assert named.official[0].supervisor_employee_id == supervisor
    assert len(problems) == told
    assert not any("web@" in one.reason for one in problems)


@pytest.mark.parametrize(
    ("contact", "name", "supervisor", "told"),
    [
        ("000101", "Ann Oak", "000101", ""),
        ("101", "Oak, Ann", "000101", ""),
        ("000101", "Ann Q. Oak", "000101", ""),
        ("000101", "Annie Oak, Communications Director", "000101", ""),
        ("000101", "Oak", "000101", ""),
        ("000101", "Bob Elm", "", "another name for this id"),
        ("000101", "Elm", "", "another name for this id"),
        ("000101", "Director", "", "another name for this id"),
        ("000999", "Ann Oak", "000999", ""),  # like an id of HR's: R-2 tells that HR does not know it
        ("207-555-1234", "Ann Oak", "", "like no employee id"),
        ("ann.oak@maine.gov", "Ann Oak", "000101", ""),
        ("ann.oak@maine.gov", "Web Team", "000101", ""),
        ("ann.oak@maine.gov", "Robert Elm", "", "another name for this address"),
    ],
)
def test_a_name_beside_a_contact_has_to_be_its_own(contact: str, name: str, supervisor: str, told: str) -> None:
    entry = replace(row(contact), contact_names=((contact, name),))
    ours = Organization("State of Maine", "ME", ("maine.gov",), official=(entry,))
    person = {"employee_id": "000101", "given_name": "Ann", "family_name": "Oak", "work_email": "ann.oak@maine.gov"}
    listed = hr_csv.parse(Raw({**person, "status": "active"}, "hr", "hr.csv:2", "0" * 64, DAY))
    employees = directory([listed], mail_system(ours), frozenset(), DAY.date())
    named, problems = with_names_held(with_supervisors(ours, employees)[0], employees)
    assert named.official[0].supervisor_employee_id == supervisor
    assert named.official[0].contacts, "whoever is meant is still spared"
    assert [told in one.reason for one in problems] == [True] * bool(told)
