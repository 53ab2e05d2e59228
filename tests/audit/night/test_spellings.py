"""One small state, written as spreadsheets, directories and exports write it: the same findings, or a told problem."""

from datetime import date
from pathlib import Path

import pytest

from audit.cases.gate import passes, restrained
from audit.model.finding import Tier
from audit.model.organization import Organization
from audit.people.identity import registry
from connectors import accounts_csv
from connectors.contract import Raw
from connectors.records import Account
from tests.states import State, account, person, written

DAY = date(2026, 11, 20)
AGENCY = {"agency_code": "17", "name": "Department of Transportation", "acronyms": "MaineDOT"}
ORGANIZATION = Organization("State of Maine", "ME", ("maine.gov", "state.me.us"))


def state(folder: Path, **columns: str) -> State:
    """Ada and Bo, who supervises the official account; Ada's account is registered with her alias. `columns` write a
    value of hers, or of all three files ("supervisor"), otherwise."""
    ada = person("000101", "Ada", "Marsh", other_emails="a.marsh@maine.gov", end_date="2027-10-31")
    ada |= {name: text for name, text in columns.items() if name in ada}
    official = {"platform": "x", "handle": "MaineDOT", "agency_code": "17", "status": "active"}
    official |= {"supervisor_employee_id": columns.get("supervisor", "000102"), "registered_email": "dot@maine.gov"}
    seen = account("adam", registered_email=columns.get("registered", "a.marsh@maine.gov"))
    seen |= {"created_at": columns.get("created_at", "2024-06-30")}
    return State(folder, [ada, person("000102", "Bo", "Hill")], {"export": [seen]}, [official], [AGENCY])


def outcome(made: State) -> list[tuple[str, Tier, str, str]]:
    found = [(one.rule_id, one.tier, one.employee_id, one.mailbox) for one in made.night(DAY).findings]
    return sorted(found)


TIDY = [("E-1", Tier.FINDING, "000101", "a.marsh@maine.gov")]

SAME = [
    ("employee_id", ('="000101"', "'000101", "000101\u00a0", '"000101"', "０００１０１", "000101.0", "\u200e000101")),
    ("supervisor", ("102", "102.0", '="000102"', "'000102", "0102", "102\u200b")),
    (
        "other_emails",
        (
            "SMTP:ada.marsh@maine.gov;smtp:a.marsh@maine.gov;SIP:ada.marsh@maine.gov", "mailto:a.marsh@maine.gov",
            "Ada Marsh <a.marsh@maine.gov>", "x@home.example / a.marsh@maine.gov", "a.marsh@maine.gov.",
            "['a.marsh@maine.gov']", "a.mar\u200bsh@maine.gov", "E-mail: a.marsh@maine.gov",
        ),
    ),
    (
        "work_email",
        (
            "ada.marsh@maine.gov; a.marsh@maine.gov", "ada.marsh@maine.gov and a.marsh@maine.gov",
            '"Marsh, Ada" <ada.marsh@maine.gov>', "MAINE\\ada.marsh@maine.gov", "\u2068ada.marsh@maine.gov\u2069",
        ),
    ),
    (
        "registered",
        (
            "Ada Marsh <a.marsh@maine.gov>", "ada@home.example; a.marsh@maine.gov",
            "a.marsh@maine.gov,ada@home.example", "mailto:a.marsh@maine.gov", "<a.marsh@maine.gov>",
            "a.marsh@maine.gov.", "email: a.marsh@state.me.us",
            "\ufeffa.marsh@maine.gov", "a.marsh＠maine.gov",
        ),
    ),
    (
        "end_date",
        (
            "10/31/2027", "31-OCT-27", "Oct 31, 2027", "2027-10-31T00:00:00-04:00", "31.10.2027", "20271031",
            "10/31/27", "46691", "12/31/9999", "10/31/2027 11:59\u202fPM",
        ),
    ),
    ("created_at", ("6/30/2024", "30-JUN-24 11.30.00.000000 PM", "June 30, 2024 5:00 PM EST", "45473.5")),
]  # fmt: skip


@pytest.mark.parametrize(("column", "text"), [(column, text) for column, texts in SAME for text in texts])
def test_another_spelling_is_the_same_finding(column: str, text: str, tmp_path: Path) -> None:
    assert outcome(state(tmp_path, **{column: text})) == TIDY


TOLD = [
    ("registered", "a.marsh@maine.gov (until May)", "a.marsh@maine.gov"),
    ("registered", "old: ada@home.example a.marsh@maine.gov", "a.marsh@maine.gov"),
    ("registered", "a.marsh@maine.gov, bo.hill@maine.gov", "several state addresses"),
    ("registered", "a.marsh @maine.gov", "@maine.gov"),
    ("other_emails", "System.Object[]", "System.Object[]"),
    ("other_emails", "a.marsh@maine.gov see HR", "a…@maine.gov see HR"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "text", "words"), TOLD)
def test_what_has_no_one_meaning_is_told_and_accuses_nobody(column: str, text: str, words: str, tmp_path: Path) -> None:
    night = state(tmp_path, **{column: text}).night(DAY)
    assert not [one for one in night.findings if one.tier is Tier.FINDING]
    assert any(words in problem.reason for problem in night.problems)
    assert b"ada@home.example" not in written(tmp_path / "out")


@pytest.mark.parametrize(
    "end", ["10/11/2026", "#VALUE!", "#N/A", "unknown", "?", "TBD", "12/31/99", "soon", "0000-00-00", "2026-11-31"]
)
def test_a_day_that_may_be_past_is_told(end: str, tmp_path: Path) -> None:
    night = state(tmp_path, end_date=end).night(DAY)
    assert any("end_date" in problem.reason for problem in night.problems)


@pytest.mark.parametrize("column", ["start_date", "end_date", "created_at"])
@pytest.mark.parametrize("none", ["NULL", "-", "–", "N/A", "n.a.", "None", "\\N", "(not applicable)", "nan"])
def test_a_cell_that_says_that_there_is_no_day_is_empty(none: str, column: str, tmp_path: Path) -> None:
    told, empty = (state(tmp_path / name, **{column: text}) for name, text in (("none", none), ("empty", "")))
    assert outcome(told) == outcome(empty)
    assert [one.reason for one in told.night(DAY).problems] == [one.reason for one in empty.night(DAY).problems]


def test_zeros_that_leave_two_employees_name_neither(tmp_path: Path) -> None:
    made = state(tmp_path, supervisor="0102")
    made.people.append(person("102", "Cy", "Dale"))
    night = made.night(DAY)
    assert not [one for one in night.findings if one.rule_id.startswith("R-")]
    assert any("000102 or 102" in problem.reason for problem in night.problems)


@pytest.mark.parametrize(
    ("written", "known"), [("E000102", True), ("#000102", True), ("000 102", True), ("E-102", True), ("E102.5", False)]
)
def test_what_stands_around_the_digits_of_a_supervisors_id_is_told(written: str, known: bool, tmp_path: Path) -> None:
    night = state(tmp_path, supervisor=written).night(DAY)
    assert bool([one for one in night.findings if one.rule_id == "R-2"]) is not known
    assert any("around the digits" in problem.reason for problem in night.problems) is known


def test_ids_of_two_series_are_not_alike(tmp_path: Path) -> None:
    made = state(tmp_path, supervisor="C102")
    made.people = [{**one, "employee_id": one["employee_id"].replace("000102", "E102")} for one in made.people]
    assert [one for one in made.night(DAY).findings if one.rule_id == "R-2"]


def test_lost_zeros_of_all_supervisors_are_one_problem(tmp_path: Path) -> None:
    made = state(tmp_path, supervisor="102")
    made.official.append({**made.official[0], "handle": "MaineDOTbridges"})
    night = made.night(DAY)
    assert not [one for one in night.findings if one.rule_id.startswith("R-2")]
    assert sum("supervisor_employee_id" in problem.reason for problem in night.problems) == 1


def gated(**values: str) -> Account | None:
    filled = {"platform": "x", "handle": "somebody", **values}
    found = accounts_csv.parse(Raw(filled, "export", "export.csv:2", "ab" * 32, None, {}))
    nobody = registry(())
    return restrained(found, ORGANIZATION, nobody) if passes(found, ORGANIZATION, nobody) else None


@pytest.mark.parametrize(
    "text",
    [
        "kim@home.example", "Kim <kim@home.example>", "maine.gov@home.example", "kim@maine.gov.example",
        "kim@notmaine.gov", "call me (at) home", "N/A", "old: kim@home.example",
    ],
)  # fmt: skip
@pytest.mark.parametrize("column", ["registered_email", "emails"])
def test_a_private_address_in_any_words_is_forgotten(column: str, text: str) -> None:
    assert gated(**{column: text}) is None


@pytest.mark.parametrize("column", ["registered_email", "emails"])
def test_of_a_cell_only_the_state_s_part_is_kept(column: str) -> None:
    found = gated(**{column: "NOT kim@home.example, formerly j.doe @ dot.maine.gov"})
    assert found is not None
    assert (found.registered_email, found.registered_others, found.emails) == ("", (), ())
    assert "kim" not in repr(found)
    assert any("j.doe @ dot.maine.gov" in note or "@ dot.maine.gov" in note for note in found.notes)
