from datetime import date

import pytest

from audit.model.organization import Organization
from audit.people.addresses import mail_system
from audit.people.directory import LISTED, Directory, Standing, directory, standing
from audit.people.names import name_key
from connectors import hr_csv
from connectors.contract import Raw
from connectors.records import Person, Provenance, Status

SYSTEM = mail_system(Organization("State of Maine", "ME", ("maine.gov", "state.me.us")))
DAY = date(2026, 11, 20)


def row(line: int, employee_id: str, name: str, email: str, **more: object) -> Person:
    given, _, family = name.partition(" ")
    values = {
        "employee_id": employee_id, "given_name": given, "family_name": family, "preferred_name": "",
        "work_email": email, "other_emails": (), "agency_code": "17", "agency": "", "title": "",
        "status": Status.ACTIVE, "start_on": None, "end_on": None,
        "provenance": Provenance("directory", f"hr.csv:{line}", None, ""),
    }  # fmt: skip
    return Person(**{**values, **more})  # type: ignore[arg-type]


def folded(*people: Person) -> Directory:
    return directory(people, SYSTEM, frozenset({"17"}), DAY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë O’Neil-Róy", "zoe oneil roy"),
        ("  José   MUÑOZ ", "jose munoz"),
        ("D'Angelo", "dangelo"),
        ("李 小龙", "李 小龙"),
        ("Null", "null"),
    ],
)
def test_name_key(one: str, other: str) -> None:
    assert name_key(one) == other


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, Standing.CURRENT),
        ({"status": Status.LEAVE}, Standing.CURRENT),
        ({"status": Status.TERMINATED}, Standing.LEFT),
        ({"end_on": date(2026, 11, 19)}, Standing.LEFT),
        ({"end_on": DAY}, Standing.CURRENT),
        ({"status": Status.UNKNOWN}, Standing.UNCLEAR),
        ({"unread": ("end_date",)}, Standing.UNCLEAR),
        ({"unread": ("start_date",)}, Standing.UNCLEAR),
        ({"unread": ("end_date",), "status": Status.TERMINATED}, Standing.LEFT),
        ({"start_on": DAY}, Standing.CURRENT),
        ({"start_on": date(2026, 11, 21)}, Standing.NOT_YET),
        ({"start_on": date(2026, 11, 21), "status": Status.UNKNOWN}, Standing.NOT_YET),
        ({"start_on": date(2024, 5, 6), "end_on": date(2019, 5, 6)}, Standing.UNCLEAR),
        ({"start_on": date(2019, 5, 6), "end_on": date(2024, 5, 6)}, Standing.LEFT),
    ],
)
def test_standing(more: dict[str, object], expected: Standing) -> None:
    people = folded(row(2, "1", "Ada Roy", "ada.roy@maine.gov", **more))
    assert people.employees["1"].standing is expected


def test_a_second_position_is_the_same_person_and_a_contradiction_is_left_out() -> None:
    people = folded(
        row(2, "1", "Ada Roy", "ada.roy@maine.gov"),
        row(3, "1", "Ada Roy", "ADA.ROY@state.me.us", agency_code="18"),
        row(4, "1", "Bob Fox", "bob.fox@maine.gov"),
    )
    assert people.employees["1"].agency_code == "17"
    assert people.owners == {"ada.roy@maine.gov": ("1",)}
    said = {problem.where: problem.reason for problem in people.problems}
    assert "already stands at hr.csv:2" in said["hr.csv:4"]
    assert "'18' is not in the agencies file" in said["hr.csv:3"]
    assert said[""].startswith("1 person has several rows")
    assert len(said) == 3


@pytest.mark.parametrize("turn", [1, -1])
def test_who_holds_several_positions_is_employed_since_the_first_of_those_held_now(turn: int) -> None:
    rows = [
        row(2, "1", "Ada Roy", "ada.roy@maine.gov", start_on=date(2008, 3, 3), status=Status.TERMINATED),
        row(3, "1", "Ada Roy", "ada.roy@maine.gov", start_on=date(2022, 3, 3)),
        row(4, "1", "Ada Roy", "ada.roy@maine.gov", start_on=date(2020, 3, 3)),
        row(5, "1", "Ada Roy", "ada.roy@maine.gov"),
    ]
    ada = folded(*rows[::turn]).employees["1"]
    assert (ada.standing, ada.since) == (Standing.CURRENT, date(2020, 3, 3))


POSITIONS: list[tuple[dict[str, object], dict[str, object]]] = [
    ({}, {"status": Status.LEAVE, "start_on": DAY}),
    ({"status": Status.LEAVE}, {"status": Status.TERMINATED, "start_on": DAY}),
    ({"start_on": date(2020, 3, 3)}, {"start_on": date(2008, 3, 3)}),
    ({"start_on": date(2008, 3, 3)}, {"start_on": date(2027, 3, 3)}),
    ({"start_on": date(2008, 3, 3)}, {"start_on": date(2020, 3, 3), "end_on": date(2022, 3, 3)}),
    ({"start_on": date(2020, 3, 3)}, {}),
    ({}, {"status": Status.UNKNOWN, "start_on": DAY}),
    (
        {"start_on": date(2020, 3, 3), "status": Status.TERMINATED},
        {"start_on": date(2008, 3, 3), "status": Status.TERMINATED},
    ),
]


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize(("counts", "other"), POSITIONS)
def test_of_several_rows_the_one_held_now_counts_active_and_newest(
    counts: dict[str, object], other: dict[str, object], turn: int
) -> None:
    rows = [
        row(2, "1", "Ada Roy", "ada.roy@maine.gov", agency_code="17", **counts),
        row(3, "1", "Ada Roy", "ada.roy@maine.gov", agency_code="18", **other),
    ]
    people = directory(rows[::turn], SYSTEM, frozenset({"17", "18"}), DAY)
    assert people.employees["1"].agency_code == "17"
    assert {code for _, code in people.bearers} == {"17", "18"}
    (problem,) = [one for one in people.problems if "several rows" in one.reason]
    both = all(standing(one, DAY) is Standing.CURRENT for one in rows)
    assert ("1 of them works for another agency as well" in problem.reason) == both


HELD = (date(2010, 1, 14), None, Status.ACTIVE)


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([HELD, (date(2026, 10, 31), None, Status.TERMINATED)], Standing.UNCLEAR),
        ([HELD, (date(2026, 10, 31), date(2026, 10, 30), Status.TERMINATED)], Standing.UNCLEAR),
        ([HELD, (date(2026, 10, 31), date(2026, 10, 31), Status.TERMINATED)], Standing.UNCLEAR),
        ([HELD, (date(2026, 10, 31), None, Status.UNKNOWN)], Standing.UNCLEAR),
        ([HELD, (date(2005, 10, 31), None, Status.UNKNOWN)], Standing.CURRENT),
        ([HELD, (date(2015, 1, 2), None, Status.LEAVE), (DAY, None, Status.TERMINATED)], Standing.UNCLEAR),
        ([HELD, (date(2015, 1, 2), None, Status.TERMINATED), (DAY, None, Status.ACTIVE)], Standing.CURRENT),
        ([HELD, (date(2015, 1, 2), None, Status.TERMINATED), (DAY, None, Status.LEAVE)], Standing.CURRENT),
        ([HELD, (date(2015, 1, 2), date(2016, 1, 2), Status.TERMINATED)], Standing.CURRENT),  # a second job, over
        ([HELD, (date(2010, 1, 14), None, Status.TERMINATED)], Standing.CURRENT),  # a move, on the day of the hire
        ([HELD, (date(2000, 1, 2), None, Status.TERMINATED)], Standing.CURRENT),
        ([HELD, (date(2026, 12, 31), None, Status.TERMINATED)], Standing.CURRENT),  # still to come
        ([HELD, (None, None, Status.TERMINATED)], Standing.CURRENT),
        ([(None, None, Status.ACTIVE), (DAY, None, Status.TERMINATED)], Standing.CURRENT),
    ],
)
def test_a_newest_row_that_is_over_leaves_open_who_is_employed(
    rows: list[tuple[date | None, date | None, Status]], expected: Standing, turn: int
) -> None:
    people = folded(
        *(
            row(line, "1", "Ada Roy", "ada.roy@maine.gov", start_on=began, end_on=ended, status=status)
            for line, (began, ended, status) in enumerate(rows[::turn], 2)
        )
    )
    assert people.employees["1"].standing is expected
    told = [one for one in people.problems if "and one that began later" in one.reason]
    assert len(told) == (expected is Standing.UNCLEAR)


@pytest.mark.parametrize("turn", [1, -1])
def test_an_id_that_two_people_have_leaves_the_standing_open(turn: int) -> None:
    rows = [
        row(2, "1", "Ada Roy", "ada.roy@maine.gov"),
        row(3, "1", "Bob Fox", "bob.fox@maine.gov", status=Status.TERMINATED),
    ]
    people = folded(*rows[::turn])
    assert people.employees["1"].standing is Standing.UNCLEAR
    assert people.addresses() == ()


LEFT = Status.TERMINATED


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({}, {"status": LEFT}, Standing.UNCLEAR),
        ({"status": LEFT}, {}, Standing.UNCLEAR),
        ({"start_on": date(2010, 1, 14)}, {"status": LEFT, "start_on": date(2026, 10, 31)}, Standing.UNCLEAR),
        ({"start_on": date(2010, 1, 14)}, {"status": LEFT, "end_on": date(2012, 1, 1)}, Standing.UNCLEAR),
        ({"start_on": date(2010, 1, 14)}, {"status": LEFT, "end_on": date(2009, 1, 1)}, Standing.CURRENT),
        ({"status": LEFT, "end_on": date(2009, 1, 1)}, {"start_on": date(2010, 1, 14)}, Standing.UNCLEAR),
        ({}, {"status": Status.LEAVE}, Standing.CURRENT),
        ({"status": LEFT}, {"status": LEFT}, Standing.LEFT),
    ],
)
def test_a_row_under_another_mailbox_that_says_somebody_left_leaves_the_standing_open(
    one: dict[str, object], other: dict[str, object], expected: Standing
) -> None:
    people = folded(row(2, "1", "Ada Roy", "ada.roy@maine.gov", **one), row(3, "1", "Ada Roy", "ar@maine.gov", **other))
    assert people.employees["1"].standing is expected
    (problem,) = [told for told in people.problems if "already stands" in told.reason]
    assert ("nobody can tell whether they are employed" in problem.reason) == (expected is Standing.UNCLEAR)


def test_an_address_of_two_people_has_two_owners_and_is_reported() -> None:
    people = folded(row(2, "1", "Ada Roy", "front.desk@maine.gov"), row(3, "2", "Bob Fox", "FRONT.DESK+x@maine.gov"))
    assert people.owners["front.desk@maine.gov"] == ("1", "2")
    assert [problem.where for problem in people.problems] == ["hr.csv:2"]


def test_missing_never_joins_missing() -> None:
    people = folded(row(2, "1", "Ada Roy", ""), row(3, "2", "Bob Fox", ""), row(4, "3", "", "a.b@maine.gov"))
    assert people.owners == {"a.b@maine.gov": ("3",)}
    assert ("", "") not in people.bearers


def test_of_a_list_with_private_addresses_only_the_states_are_anybodys() -> None:
    listed = "SMTP:ada@maine.gov;smtp:a.t@maine.gov;smtp:ada@home.example"
    values = {"employee_id": "1", "given_name": "Ada", "work_email": "ada@maine.gov", "other_emails": listed}
    people = folded(hr_csv.parse(Raw(values, "directory", "hr.csv:2", "")))
    assert (set(people.owners), people.aliases) == ({"ada@maine.gov", "a.t@maine.gov"}, {"a.t@maine.gov"})
    assert "home.example" not in "".join(problem.reason for problem in people.problems)


def test_an_empty_status_is_said_once() -> None:
    rows = [row(line, str(line), f"Ada R{line}", f"a{line}@maine.gov", status=Status.UNKNOWN) for line in range(2, 9)]
    (problem,) = folded(*rows).problems
    assert "status is empty in 7 rows" in problem.reason


def test_a_whole_directory_under_a_foreign_domain_is_said_in_a_few_rows() -> None:
    rows = [row(line, str(line), f"Ada R{line}", f"a{line}@elsewhere.example") for line in range(2, 402)]
    problems = folded(*rows).problems
    assert len(problems) == LISTED + 1
    assert "in 400 rows" in problems[-1].reason


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([{"start_on": date(2062, 1, 5)}], "not yet hired (1 row: 2062-01-05)"),
        ([{"start_on": date(2027, 6, 1)}], ""),
        ([{"status": Status.TERMINATED, "end_on": date(2206, 3, 1)}], "they count as left (1 row: 2206-03-01)"),
        ([{"status": Status.TERMINATED, "end_on": date(2026, 12, 4)}], "end_date is still to come"),
        ([{"status": Status.TERMINATED, "end_on": date(9999, 12, 31)}], ""),
        ([{"status": Status.TERMINATED, "end_on": DAY}], ""),
        ([{"end_on": date(2206, 3, 1)}], "end_date lies so far ahead that it counts as no end (1 row: 2206-03-01)"),
        ([{"end_on": date(2079, 6, 6)}], ""),
        ([{"end_on": date(2099, 12, 31)}], ""),
        ([{"end_on": date(2262, 4, 11)}, {"end_on": date(2262, 4, 11)}], ""),
    ],
)
def test_days_that_lie_too_far_ahead_are_told(days: list[dict[str, object]], told: str) -> None:
    people = [row(n, f"{n}", f"Ada Roy{n}", f"ada.roy{n}@maine.gov", **more) for n, more in enumerate(days, 2)]
    said = [problem.reason for problem in folded(*people).problems]
    assert (told in said[0], said[1:]) == (True, []) if told else said == []
    assert [problem.where for problem in folded(*people).problems] == (["hr.csv:2"] if told else [])
