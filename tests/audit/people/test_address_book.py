from dataclasses import replace
from pathlib import Path

import pytest

import audit.config
from audit.model.settings import ConfigError
from audit.people.address_book import address_book
from connectors.records import Person
from tests.audit.people.test_directory import SYSTEM, row
from tests.states import State, account, person, write_csv

JANE = row(2, "000101", "Jane Doe", "jane.doe@maine.gov")


@pytest.mark.parametrize(
    ("hr", "entry", "addresses"),
    [
        (JANE, ("000101", "Jane Doe", "jdoe@maine.gov"), ("jane.doe@maine.gov", "jdoe@maine.gov")),
        (JANE, ("101", "Doe", "jdoe@maine.gov"), ("jane.doe@maine.gov",)),  # a family name alone is too little
        (JANE, ("101", "", "jdoe@maine.gov"), ("jane.doe@maine.gov", "jdoe@maine.gov")),
        (JANE, ("101.0", "Jane A. Doe", "jdoe@maine.gov"), ("jane.doe@maine.gov", "jdoe@maine.gov")),
        (JANE, ("101", "John Doe", "john.doe@maine.gov"), ("jane.doe@maine.gov",)),
        (JANE, ("101", "Zoe Hart", "zoe.hart@maine.gov"), ("jane.doe@maine.gov",)),
        (JANE, ("101", "Jane Poe", "jane.doe@state.me.us", "jpoe@maine.gov"), ("jane.doe@maine.gov", "jpoe@maine.gov")),
        (JANE, ("", "Service", "jane.doe@maine.gov", "d@maine.gov"), ("jane.doe@maine.gov", "d@maine.gov")),
        (JANE, ("", "Jane Doe", "jdoe@maine.gov"), ("jane.doe@maine.gov",)),  # a name is no key
        (JANE, ("101", "Jane Doe", "jane@home.example"), ("jane.doe@maine.gov",)),
        (
            replace(JANE, work_email=""),
            ("101", "Jane Doe", "jdoe@maine.gov", "j@maine.gov"),
            ("jdoe@maine.gov", "j@maine.gov"),
        ),
        (replace(JANE, work_email=""), ("101", "Zoe Hart", "z@maine.gov"), ("",)),
        (JANE, ("999", "Jane Doe", "jane.doe@maine.gov", "d@maine.gov"), ("jane.doe@maine.gov",)),
    ],
)
def test_whose_addresses_an_entry_has(hr: Person, entry: tuple[str, ...], addresses: tuple[str, ...]) -> None:
    employee_id, name, work, *others = entry
    book = address_book("addresses", [row(9, employee_id, name, work, other_emails=tuple(others))], SYSTEM)
    (found,) = book.added_to([hr])
    assert (found.work_email, *found.other_emails) == addresses
    assert replace(found, work_email="", other_emails=()) == replace(hr, work_email="", other_emails=())


def test_entries_that_nobody_takes_are_told() -> None:
    entries = [
        row(2, "101", "Zoe Hart", "zoe.hart@maine.gov"),
        row(3, "", "Room 4", "room.4@maine.gov"),
        row(4, "000101", "Jane Doe", "jdoe@maine.gov"),
        row(5, "", "Guest", "guest@home.example"),
    ]
    book = address_book("addresses", entries, SYSTEM)
    list(book.added_to([JANE]))
    assert [(one.source, one.where, one.reason.partition(",")[0]) for one in book.problems()] == [
        ("addresses", "hr.csv:2", "the employee id is that of hr.csv:2 in HR"),
        ("addresses", "", "1 of 3 entries with a state address are nobody's in HR"),
    ]


def state(folder: Path, **directory: str) -> State:
    made = State(
        folder,
        [person("000101", "Jane", "Doe", **directory), person("000102", "Amir", "Khan", **directory)],
        {"export": [account("quietjane", registered_email="jdoe2@maine.gov")]},
        [{"platform": "x", "handle": "MaineDOT", "agency_code": "17", "supervisor_employee_id": "000102"}],
        [{"agency_code": "17", "name": "Department of Transportation"}],
    )
    made.options["directory"] = '[addresses]\nconnector = "hr_csv"\npath = "ad.csv"\ncolumns = {work_email = "mail"}'
    rows = [
        {
            "employee_id": "000101",
            "full_name": "Doe, Jane",
            "mail": "jane.doe@maine.gov",
            "other_emails": "jdoe2@maine.gov",
        },
        {"employee_id": "000102", "full_name": "Khan, Amir", "mail": "amir.khan@maine.gov"},
        {"employee_id": "", "full_name": "Print Service", "mail": "print@maine.gov"},
    ]
    write_csv(folder / "ad.csv", "employee_id,full_name,mail,other_emails", rows)
    return made


def test_an_alias_that_only_the_other_system_has_ties_an_account(tmp_path: Path) -> None:
    night = state(tmp_path).night()
    (finding,) = (one for one in night.findings if one.rule_id == "E-1")
    assert (finding.employee_id, finding.mailbox, str(finding.tier)) == ("000101", "jdoe2@maine.gov", "finding")
    assert any(pull.source == "addresses" for pull in night.pulls)
    assert any("1 of 3 entries" in problem.reason for problem in night.problems)


def test_a_directory_without_addresses_has_those_of_the_other_system(tmp_path: Path) -> None:
    made = state(tmp_path, work_email="")
    path = made.write()
    text = path.read_text(encoding="utf-8").replace('path = "hr.csv"', 'path = "hr.csv"\nmay_lack = ["work_email"]')
    path.write_text(text, encoding="utf-8")
    made.write = lambda: path  # type: ignore[method-assign]
    (finding,) = (one for one in made.night().findings if one.rule_id == "E-1")
    assert finding.employee_id == "000101"


def test_a_list_of_addresses_needs_no_names(tmp_path: Path) -> None:
    made = state(tmp_path)
    write_csv(
        tmp_path / "ad.csv",
        "employee_id,mail,other_emails",
        [{"employee_id": "101", "mail": "jane.doe@maine.gov", "other_emails": "jdoe2@maine.gov"}],
    )
    (finding,) = (one for one in made.night().findings if one.rule_id == "E-1")
    assert finding.employee_id == "000101"


@pytest.mark.parametrize(
    ("this", "by", "said"),
    [
        (
            "[addresses]",
            'may_lack = ["employee_id"]\n[addresses]',
            "without an employee_id nobody is told from another",
        ),
        ("[addresses]", 'may_lack = ["full_name"]\n[addresses]', "without names nobody can look up"),
        ('path = "ad.csv"', 'path = "ad.csv"\nmay_lack = ["title"]', "may name employee_id, work_email, full_name"),
        ('[addresses]\nconnector = "hr_csv"', '[addresses]\nconnector = "accounts_csv"', "unknown connector"),
    ],
)
def test_settings_that_cannot_be(tmp_path: Path, this: str, by: str, said: str) -> None:
    path = state(tmp_path).write()
    path.write_text(path.read_text(encoding="utf-8").replace(this, by), encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        audit.config.load(path)


def test_a_directory_that_lacks_addresses_needs_them_from_elsewhere(tmp_path: Path) -> None:
    path = state(tmp_path).write()
    text = path.read_text(encoding="utf-8")
    cut = text[: text.index("[addresses]")] + 'may_lack = ["work_email"]\n' + text[text.index("[sources") :]
    path.write_text(cut, encoding="utf-8")
    with pytest.raises(ConfigError, match="Add \\[addresses\\]"):
        audit.config.load(path)
