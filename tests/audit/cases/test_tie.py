"""Leads by name: "likely" names one employee, "possible" nobody; what reviewers decided about them is kept to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from audit.model.finding import Cause, Finding, FindingStatus, LinkStep, Tier
from audit.verbs.explain import tie_in_words
from tests.editing import Book
from tests.states import DAY, State, account, person

TUESDAY, WEDNESDAY, THURSDAY = (DAY + timedelta(days=n) for n in (1, 2, 3))
CLAIM = "I work at MaineDOT as a planner."
ROY = person("70017", "Robert", "Roy", preferred_name="Skip", work_email="robert.roy@maine.gov")
LEFT = {"status": "terminated", "end_date": "2026-06-30"}


def another(employee_id: str, given: str, family: str = "Roy", **fields: str) -> dict[str, str]:
    return person(employee_id, given, family, work_email=f"p{employee_id}@maine.gov", **fields)


def leads(state: State, day: date = DAY, handle: str = "asphaltfan") -> list[Finding]:
    found = state.findings(day).get(handle, [])
    return [one for one in found if one.status is not FindingStatus.RESOLVED]


def shown(state: State, display_name: str, handle: str = "asphaltfan", bio: str = CLAIM, **fields: str) -> None:
    state.accounts["export"] = [account(handle, display_name=display_name, bio=bio, **fields)]


@pytest.fixture
def roy(state: State) -> State:
    state.people.append(ROY)
    (state.folder / "reviews").mkdir()
    return state


@pytest.mark.parametrize(
    "display_name",
    [
        "Robert Roy",
        "Bob Roy",
        "Skip Roy",
        "Roy, Robert",
        "ROBERT ROY, PE",
        "Sgt. Robert Q. Roy (he/him)",
        "Robert Roy | MaineDOT",
        "Robert “Bobby” Roy",
    ],
)
def test_a_first_and_last_name_in_the_agency_claimed_is_likely(roy: State, display_name: str) -> None:
    shown(roy, display_name)
    for one in leads(roy):
        assert (one.tier, one.employee_id, one.rivals) == (Tier.LEAD, "70017", 0)
        assert one.link_step is LinkStep.NAME_WITH_AGENCY
        assert "Likely Skip Roy’s:" in one.because
        assert "nobody else there, now or formerly" in one.because


@pytest.mark.parametrize(
    "display_name", ["R. Roy", "Roy", "Robert", "Mr. Roy", "Trooper Roy", "Robert R.", "Trail Runner", ""]
)
def test_a_last_name_or_an_initial_alone_is_nothing(roy: State, display_name: str) -> None:
    shown(roy, display_name)
    for one in leads(roy):
        assert (one.employee_id, one.link_step, one.rivals) == ("", LinkStep.NONE, 0)


@pytest.mark.parametrize(
    ("bio", "handle"),
    [
        ("I work at MDOT as a planner.", "asphaltfan"),  # letters that other states share
        ("Retired from MaineDOT.", "asphaltfan"),
        ("Married to a MaineDOT planner.", "asphaltfan"),
        ("Caseworker at Maine DHHS.", "asphaltfan"),  # nobody of that name there
    ],
)
def test_a_name_counts_only_in_the_agency_that_the_profile_claims(roy: State, bio: str, handle: str) -> None:
    shown(roy, "Robert Roy", handle, bio)
    assert not [one for one in leads(roy) if one.employee_id]


def test_where_an_account_says_it_is_located_is_never_read(roy: State) -> None:
    shown(roy, "Robert Roy", bio="Planner", location="MaineDOT, Augusta, Maine")
    assert leads(roy) == []


@pytest.mark.parametrize(
    ("rival", "fit"),
    [
        (another("70018", "Robert"), 2),
        (another("70018", "Bob"), 2),
        (another("70018", "Robert") | LEFT, 2),
        (another("70018", "Robert", agency_code="16"), 1),
        (another("70018", "Roberta"), 1),
        (another("70018", "Robert", "Roy-Fox"), 2),
    ],
)
def test_rivals_are_counted_among_current_and_former_employees(roy: State, rival: dict[str, str], fit: int) -> None:
    shown(roy, "Robert Roy")
    roy.people.append(rival)
    (one,) = leads(roy)
    assert (one.employee_id, one.rivals) == (("70017", 0) if fit == 1 else ("", fit - 1))
    assert one.because.count("Possible only: “Robert Roy” fits the names of 2 people there") == fit - 1
    assert one.because.count("1 of whom is not known to work there now") == ("terminated" in rival.values())


def test_a_name_that_agrees_in_part_names_nobody(roy: State) -> None:
    shown(roy, "Robert Roy-Fox")
    (one,) = leads(roy)
    assert (one.employee_id, one.rivals, one.link_step) == ("", 0, LinkStep.NAME_WITH_AGENCY)
    assert "Possible only: “Robert Roy-Fox” agrees in part with the name of 1 person there. Nobody" in one.because


def test_who_has_left_is_not_named(roy: State) -> None:
    shown(roy, "Robert Roy")
    roy.people[-1] = ROY | LEFT
    (one,) = leads(roy)
    assert (one.employee_id, one.link_step) == ("", LinkStep.NONE)


@pytest.mark.parametrize(
    ("display_name", "handle", "value"),
    [
        ("Robert", "RobertRoy207", "@RobertRoy207"),
        ("MaineDOT planner", "robert_roy", "@robert_roy"),
        ("Ada Fox", "robert_roy", ""),
        ("Ada", "robert_roy", ""),
        ("Robert", "robertroy", ""),
    ],
)
def test_a_handle_speaks_where_the_display_name_is_nobody_elses(
    roy: State, display_name: str, handle: str, value: str
) -> None:
    shown(roy, display_name, handle)
    assert {(one.employee_id, one.link_value) for one in leads(roy, handle=handle)} == {
        ("70017" if value else "", value)
    }


def test_explain_says_what_the_profile_claims_and_how_many_fit(roy: State) -> None:
    shown(roy, "Robert Roy")
    (one,) = leads(roy)
    words = tie_in_words(one)
    assert words.startswith("likely Skip Roy (70017); no rival in that agency, now or formerly")
    assert "the profile itself claims this agency (“MaineDOT”)" in words
    roy.people.append(another("70018", "Robert"))
    (one,) = leads(roy, TUESDAY)
    assert tie_in_words(one).startswith("nobody; possible only: 2 people fit in that agency")


def decide(state: State, day: date, words: Mapping[str, str]) -> None:
    """A reviewer decides about findings, by id, in a copy of the day's workbook."""
    book = Book.of(state.folder / "out" / day.isoformat() / "audit.xlsx")
    for finding_id, word in words.items():
        assert book.type(finding_id, "Disposition", word)
        book.type(finding_id, "Reviewer", "A. Marsh")
        book.type(finding_id, "Decided on", day.isoformat())
    book.save(state.folder / "reviews" / f"{day}.xlsx")


def test_not_this_person_is_never_proposed_again_by_any_rule(roy: State) -> None:
    shown(roy, "Robert Roy", account_id="881")
    (one,) = leads(roy)
    decide(roy, DAY, {one.finding_id: "not this person"})
    night = roy.night(TUESDAY)
    (gone,) = (finding for finding in night.findings if finding.finding_id == one.finding_id)
    assert (gone.status, gone.disposition) == (FindingStatus.RESOLVED, "not this person")
    causes = {one.kind: one.cause for one in night.changes if one.finding.rule_id == "C-1"}
    assert causes == {"decided": Cause.DECIDED, "resolved": Cause.DECIDED, "new": Cause.DECIDED}
    (left,) = (finding for finding in night.findings if finding.status is FindingStatus.NEW)
    assert (left.employee_id, left.link_step) == ("", LinkStep.NONE)
    shown(roy, "Robert Roy, MaineDOT", "newhandle", account_id="881")  # by another rule, under another handle
    assert {(found.rule_id, found.employee_id) for found in leads(roy, WEDNESDAY, "newhandle")} == {
        ("A-1", ""),
        ("C-1", ""),
    }
    roy.people.append(another("70018", "Robert"))  # somebody else may be
    assert {found.employee_id for found in leads(roy, THURSDAY, "newhandle")} == {"70018"}


def test_not_this_person_says_nothing_of_the_next_holder_of_the_id(roy: State) -> None:
    shown(roy, "Robert Roy", account_id="881")
    (one,) = leads(roy)
    decide(roy, DAY, {one.finding_id: "not this person"})
    assert {found.employee_id for found in leads(roy, TUESDAY)} == {""}
    roy.people[-1] = another("70017", "Basil", "Thorn", start_date="2026-11-10")
    shown(roy, "Basil Thorn", account_id="881")
    assert {found.employee_id for found in leads(roy, WEDNESDAY)} == {"70017"}


def test_what_was_confirmed_stays_the_persons_and_stays_a_lead(roy: State) -> None:
    shown(roy, "Robert Roy", account_id="881")
    (one,) = leads(roy)
    decide(roy, DAY, {one.finding_id: "confirmed"})
    roy.people.append(another("70018", "Robert"))  # a rival, who would make it nobody's
    (kept,) = leads(roy, TUESDAY)
    assert (kept.finding_id, kept.disposition, kept.employee_id) == (one.finding_id, "confirmed", "70017")
    assert (kept.link_step, kept.tier, kept.rivals) == (LinkStep.CONFIRMED, Tier.LEAD, 0)
    assert "A reviewer confirmed on 2026-11-20 that it is Skip Roy’s." in kept.because
    roy.people[-2] = ROY | LEFT
    assert {found.employee_id for found in leads(roy, WEDNESDAY)} == {""}


def test_an_address_outranks_what_was_confirmed(roy: State) -> None:
    shown(roy, "Robert Roy", account_id="881")
    (one,) = leads(roy)
    decide(roy, DAY, {one.finding_id: "confirmed"})
    shown(roy, "Robert Roy", account_id="881", registered_email="ada.thibodeau@maine.gov")
    assert {found.employee_id for found in leads(roy, TUESDAY)} == {"00017"}


def test_a_confirmed_account_is_not_another_of_the_same_handle(roy: State) -> None:
    shown(roy, "Robert Roy", account_id="881")
    (one,) = leads(roy)
    decide(roy, DAY, {one.finding_id: "confirmed"})
    shown(roy, "Trail Runner", account_id="882")
    (other,) = leads(roy, TUESDAY)
    assert (other.employee_id, other.link_step) == ("", LinkStep.NONE)
