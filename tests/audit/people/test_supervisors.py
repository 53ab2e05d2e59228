"""Who answers for an official account: of the ids and addresses in its row, whom HR knows."""

from datetime import UTC, datetime

import pytest

from audit.model.organization import Organization
from audit.people.addresses import mail_system
from audit.people.directory import directory
from audit.people.supervisors import with_supervisors
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
