"""Mailboxes and employee ids that pass to another person: nothing decided about one is held for or against the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.findings.passing import noted
from audit.model.finding import Cause, Finding, FindingStatus, Past, Tier, closed
from audit.model.organization import Organization
from audit.people.addresses import mail_system
from audit.people.directory import Directory, directory
from audit.people.holders import noted_holders, passed
from connectors.records import Person, Provenance, Status
from tests.audit.lives import MONDAY, TUESDAY, WEDNESDAY, case, night, of_rule, official
from tests.editing import Book
from tests.states import DAY, State, account, person

MAILBOX = "r.fern@maine.gov"
SYSTEM = mail_system(Organization("State of Maine", "ME", ("maine.gov",)))
FERN = person("70701", "Rowan", "Fern", work_email=MAILBOX)
GONE = {"status": "terminated", "end_date": "2026-10-30"}


def worked(state: State, day: date) -> dict[str, Finding]:
    return {one.finding_id: one for one in state.night(day).findings}


def decide(state: State, found: Mapping[str, Finding], day: date, word: str) -> None:
    """Somebody decides about every finding in a copy of the day's workbook."""
    book = Book.of(state.folder / "out" / day.isoformat() / "audit.xlsx")
    for finding_id in found:
        assert book.type(finding_id, "Disposition", word)
        book.type(finding_id, "Reviewer", "A. Marsh")
        book.type(finding_id, "Note", "spoke with the agency")
    book.save(state.folder / "reviews" / f"{day}.xlsx")


def standing(found: Mapping[str, Finding]) -> list[Finding]:
    return [one for one in found.values() if one.status is not FindingStatus.RESOLVED]


@pytest.fixture
def shared_desk(state: State) -> State:
    (state.folder / "reviews").mkdir()
    state.accounts["export"] = [{"platform": "mastodon", "registered_email": MAILBOX, "observed_at": "2026-11-19"}]
    return state


NEXT = {
    "a leaver after a leaver": (FERN | GONE, person("80802", "Robin", "Fern", work_email=MAILBOX) | GONE),
    "a namesake": (FERN, FERN | {"employee_id": "80802", "start_date": "2026-11-01"}),
    "the same id, given again": (FERN, FERN | {"given_name": "Basil", "start_date": "2026-11-01"}),
    "the same id, no first days": (
        FERN | {"start_date": ""},
        FERN | {"start_date": "", "given_name": "Basil", "family_name": "Quince"},
    ),
    "the same id of two leavers": (FERN | GONE, FERN | GONE | {"given_name": "Basil", "start_date": "2024-02-01"}),
    "another id, no first days": (
        FERN | {"start_date": ""},
        person("80802", "Rae", "Fern", work_email=MAILBOX) | {"start_date": ""},
    ),
}


@pytest.mark.parametrize(("first", "second"), NEXT.values(), ids=NEXT)
def test_the_next_holder_waits_and_is_a_lead_at_most(
    shared_desk: State, first: dict[str, str], second: dict[str, str]
) -> None:
    state, others = shared_desk, list(shared_desk.people)
    state.people = [*others, first]
    before = worked(state, DAY)
    assert len(before) == 1
    decide(state, before, DAY, "not this person")
    (known,) = standing(worked(state, DAY + timedelta(1)))
    assert known.disposition == "not this person"
    state.people = [*others, second]
    after = worked(state, DAY + timedelta(2))
    (one,) = standing(after)
    assert one.finding_id not in before
    assert (one.disposition, one.note, one.reviewer) == ("", "", "")
    assert one.tier is Tier.LEAD, "the account was seen while the address was somebody else's"
    old = after[known.finding_id]
    assert (old.status, old.disposition) == (FindingStatus.RESOLVED, "not this person")
    told = {change.finding.finding_id: change.cause for change in state.night(DAY + timedelta(2)).changes}
    assert told[old.finding_id] == Cause.PASSED
    state.people = [*others, first]
    (back,) = standing(worked(state, DAY + timedelta(3)))
    assert (back.finding_id, back.disposition) == (known.finding_id, "not this person")


SAME = {
    "a marriage": (FERN, FERN | {"family_name": "Quince"}),
    "a marriage, no first days": (FERN | {"start_date": ""}, FERN | {"start_date": "", "family_name": "Quince"}),
    "a second given name": (FERN, FERN | {"given_name": "Rowan Maria", "start_date": ""}),
    "a nickname": (FERN, FERN | {"preferred_name": "Ro"}),
    "names the other way round": (FERN, FERN | {"given_name": "Fern", "family_name": "Rowan"}),
    "a first day put right": (FERN, FERN | {"start_date": "2019-04-08"}),
    "no first day any more": (FERN, FERN | {"start_date": ""}),
}


@pytest.mark.parametrize(("first", "second"), SAME.values(), ids=SAME)
def test_who_is_the_same_person_keeps_what_was_decided(
    shared_desk: State, first: dict[str, str], second: dict[str, str]
) -> None:
    others = list(shared_desk.people)
    shared_desk.people = [*others, first]
    before = worked(shared_desk, DAY)
    decide(shared_desk, before, DAY, "confirmed")
    shared_desk.people = [*others, second]
    (one,) = standing(worked(shared_desk, DAY + timedelta(1)))
    assert (one.finding_id in before, one.disposition) == (True, "confirmed")


def test_a_holder_whom_nobody_lists_for_a_while_is_remembered(shared_desk: State) -> None:
    others = list(shared_desk.people)
    shared_desk.people = [*others, FERN | GONE]
    before = worked(shared_desk, DAY)
    decide(shared_desk, before, DAY, "already corrected")
    shared_desk.people = others
    (one,) = standing(worked(shared_desk, DAY + timedelta(1)))
    assert one.disposition == "already corrected"
    shared_desk.people = [*others, person("80802", "Robin", "Fern", work_email=MAILBOX) | GONE]
    (one,) = standing(worked(shared_desk, DAY + timedelta(2)))
    assert (one.disposition, one.finding_id in before) == ("", False)


def test_a_second_holder_beside_the_first_waits(shared_desk: State) -> None:
    others = list(shared_desk.people)
    shared_desk.people = [*others, FERN | GONE]
    before = worked(shared_desk, DAY)
    decide(shared_desk, before, DAY, "not this person")
    shared_desk.people = [*others, FERN | GONE, person("80802", "Robin", "Fern", work_email=MAILBOX)]
    (one,) = standing(worked(shared_desk, DAY + timedelta(1)))
    assert (one.disposition, one.employee_id, one.tier) == ("", "", Tier.LEAD)


def test_an_account_seen_before_the_next_holder_started_is_a_lead(shared_desk: State) -> None:
    others = list(shared_desk.people)
    shared_desk.accounts["export"] = [{"platform": "mastodon", "registered_email": MAILBOX}]
    shared_desk.people = [*others, FERN | GONE]
    worked(shared_desk, DAY)
    started = person("80802", "Robin", "Fern", work_email=MAILBOX, start_date=(DAY + timedelta(3)).isoformat())
    shared_desk.people = [*others, started]
    (one,) = standing(worked(shared_desk, DAY + timedelta(9)))
    assert (one.tier, one.employee_id) == (Tier.LEAD, "80802")
    shared_desk.accounts["export"].append({"platform": "bluesky", "registered_email": MAILBOX})
    by_platform = {one.platform: one for one in standing(worked(shared_desk, DAY + timedelta(10)))}
    assert by_platform["bluesky"].tier is Tier.FINDING
    assert by_platform["mastodon"].tier is Tier.LEAD


# Who is the same person, as values


def hr(*people: tuple[str, str, str, date | None]) -> Directory:
    origin = Provenance("directory", "hr.csv:2", None, "")
    rows = (
        Person(number, given, family, "", MAILBOX, (), "17", "", "", Status.ACTIVE, since, None, origin)
        for number, given, family, since in people
    )
    return directory(rows, SYSTEM, frozenset({"17"}), DAY)


def one_of(number: str, given: str, family: str, since: date | None) -> str:
    return noted_holders((number,), hr((number, given, family, since)))


LONG_AGO, LATELY = date(2011, 2, 1), date(2025, 9, 15)


@pytest.mark.parametrize(
    ("first", "second", "other"),
    [
        (("0070701", "Rowan", "Fern", None), ("70701", "Rowan", "Fern", None), False),
        (("70701", "Rowan", "Fern", None), ("70701.0", "Rowan", "Fern", LATELY), False),
        (("'70701", "Rowan", "Fern", LATELY), ('="70701"', "ROWAN", "Férn", LATELY), False),
        (("70701", "Rowan", "Fern", LATELY), ("W-88", "Rowan", "Fern", LATELY), False),
        (("70701", "Rowan", "Fern", LATELY), ("W-88", "Rowan", "Fern", None), True),
        (("70701", "Rowan", "Fern", LONG_AGO), ("W-88", "Rowan", "Fern", LATELY), True),
        (("70701", "Rowan", "Fern", LONG_AGO), ("70701", "Rowan", "Quince", LATELY), True),
        (("70701", "Rowan", "Fern", LATELY), ("70701", "Basil", "Quince", LATELY), True),
        (("70701", "Rowan Fern", "", None), ("70701", "Basil Fern", "", None), True),
        (("70701", "Rowan", "Fern", LATELY), ("70701", "", "", None), False),
    ],
)
def test_the_same_person(
    first: tuple[str, str, str, date | None], second: tuple[str, str, str, date | None], *, other: bool
) -> None:
    assert passed(one_of(*first), one_of(*second)) is other
    assert passed(one_of(*second), one_of(*first)) is other


PEOPLE = st.tuples(
    st.sampled_from(["7", "007", "7.0", "8"]),
    st.sampled_from(["Rowan", "Basil", ""]),
    st.sampled_from(["Fern", "Quince", "Fern Quince"]),
    st.sampled_from([None, LONG_AGO, LATELY]),
)


@given(PEOPLE, PEOPLE)
def test_nobody_passes_to_himself_and_it_is_the_same_both_ways(
    one: tuple[str, str, str, date | None], two: tuple[str, str, str, date | None]
) -> None:
    assert not passed(one_of(*one), one_of(*one))
    assert passed(one_of(*one), one_of(*two)) is passed(one_of(*two), one_of(*one))


@given(PEOPLE)
def test_nobody_known_is_no_passing(one: tuple[str, str, str, date | None]) -> None:
    assert not passed("", one_of(*one))
    assert not passed(one_of(*one), "")


# Findings about an account alone


def decided(past: dict[str, Past]) -> dict[str, Past]:
    return {
        name: replace(one, finding=replace(one.finding, disposition="confirmed"), decided_facts=one.facts)
        for name, one in past.items()
    }


GONE_PAGE = official(seen=False, supervisor_id="9", supervisor_standing="current")


def test_a_new_supervisor_leaves_what_is_about_the_account_as_it_was() -> None:
    past, _ = night({}, GONE_PAGE, on=MONDAY)
    assert {one.finding.rule_id for one in past.values()} == {"R-1", "R-3"}
    later, _ = night(decided(past), {**GONE_PAGE, "supervisor_id": "12", "employee_id": "12"})
    assert later.keys() == past.keys()
    assert all(closed(one.finding, TUESDAY) and one.resolved_on is None for one in later.values())


ADA, BASIL = one_of("9", "Ada", "Roy", LONG_AGO), one_of("8", "Basil", "Quince", LATELY)
SUPERVISED = official(supervisor_id="9", employee_id="9", employee_name="Ada Roy", holders=ADA)
OWNED = case(holders=ADA)
OF_BASIL = {"employee_id": "8", "employee_name": "Basil Quince", "holders": BASIL}
REGISTERED = {"registered_mailbox": "basil@maine.gov", "registered_email": "basil@maine.gov"}


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        (SUPERVISED, SUPERVISED | OF_BASIL | {"supervisor_id": "8"}, Cause.REGISTRY),
        (SUPERVISED, SUPERVISED | OF_BASIL | {"supervisor_id": "8", "supervisor_standing": "current"}, Cause.REGISTRY),
        (SUPERVISED, SUPERVISED | OF_BASIL | {"employee_id": "9", "supervisor_standing": "current"}, Cause.PASSED),
        (OWNED, OWNED | OF_BASIL | REGISTERED | {"link_value": "basil@maine.gov"}, Cause.ACCOUNT),
        (OWNED, OWNED | OF_BASIL, Cause.PASSED),
    ],
)
def test_only_what_was_given_again_has_passed(before: dict[str, Any], after: dict[str, Any], cause: Cause) -> None:
    """Not where the registry names another supervisor, nor where the account shows another address."""
    past, _ = night({}, before, on=MONDAY)
    known = {one.finding.finding_id for one in past.values() if one.finding.rule_id in ("R-2", "E-1")}
    _, changes = night(past, after)
    told = {one.finding_id: one.cause for one in changes if one.finding_id.startswith(("R-2", "E-1"))}
    assert known <= told.keys()
    assert set(told.values()) == {cause}


def test_ids_from_when_the_supervisor_was_part_of_them_are_gone_on_with() -> None:
    past, _ = night({}, GONE_PAGE, on=MONDAY)
    renamed = {}
    for one in decided(past).values():
        name = f"{one.finding.rule_id}-0123456789ab"
        renamed[name] = replace(one, finding=replace(one.finding, finding_id=name))
    later, _ = night(renamed, {**GONE_PAGE, "supervisor_id": "12"})
    assert later.keys() == renamed.keys()
    assert all(one.finding.disposition == "confirmed" and one.resolved_on is None for one in later.values())
    unsure, changes = night(later, {**GONE_PAGE, "seen": None, "held_by_state": None}, on=WEDNESDAY)
    assert {one.finding.status for one in unsure.values()} == {FindingStatus.NOT_RECHECKED}
    assert changes == ()


def test_what_retention_forgot_gives_no_id_again() -> None:
    def held(by: str, mailbox_of: str) -> dict[str, object]:
        return case(holders=one_of(by, mailbox_of, "Fern", LATELY), owner_standing="left", employee_id="",
                    employee_standing="", employee_name="")  # fmt: skip

    first, _ = night({}, held("1", "Rowan"), on=MONDAY)
    both, _ = night(first, held("2", "Basil"))
    (second,) = both.keys() - first.keys()
    left = {second: both[second]}
    third, _ = night(left, held("3", "Wynn"), on=WEDNESDAY)
    assert not third.keys() & first.keys()
    assert len(third) == 2
    again, changes = night(left, held("2", "Basil"), on=WEDNESDAY)
    assert again.keys() == left.keys()
    assert changes == ()


def test_findings_from_before_holders_were_noted_still_name_theirs() -> None:
    past, _ = night({}, case(), on=MONDAY)
    (one,) = past.values()
    (seen,) = noted([(one.finding, "")])["x", "id:1"]
    assert passed(seen.holders, one_of("7", "Basil", "Quince", None))
    assert not passed(seen.holders, one_of("7", "Ada", "Rivermoor", None))


def test_a_night_repeated_keeps_the_days_changes(state: State) -> None:
    state.accounts["export"] = [account("busybirch7", registered_email="ada.thibodeau@maine.gov"), account("filler")]
    first = state.night()
    assert [(one.kind, one.finding.handle) for one in first.changes] == [("new", "busybirch7")]
    assert state.night().changes == first.changes
    state.accounts["export"].append(account("quickbirch8", registered_email="lee.ouellette@maine.gov"))
    assert {one.finding.handle for one in state.night().changes} == {"busybirch7", "quickbirch8"}
    assert state.night(DAY + timedelta(1)).changes == ()


def test_what_could_not_be_rechecked_is_told_by_every_run_of_the_day(state: State) -> None:
    state.accounts["export"] = [account("busybirch7", registered_email="ada.thibodeau@maine.gov")]
    state.accounts["other"] = [account("filler")]
    state.night()
    for _ in range(2):
        changes = state.night(DAY + timedelta(1), only=("other",)).changes
        assert [(one.kind, one.finding.handle) for one in changes] == [("not rechecked", "busybirch7")]


NUMBERED, UNNUMBERED = case(), case(account_id="", identity="ada")
NAMELESS = case(account_id="", handle="", identity="ada@maine.gov")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (UNNUMBERED, NUMBERED),
        (NUMBERED, UNNUMBERED),
        (NAMELESS, NUMBERED),
        (NAMELESS, UNNUMBERED),
        (NUMBERED, NAMELESS),
    ],
)
def test_a_name_that_an_export_shows_or_leaves_away_loses_no_decision(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    past, _ = night({}, before, on=MONDAY)
    later, _ = night(decided(past), after)
    assert later.keys() == past.keys()
    unsure, _ = night(later, after | {"official": None}, on=WEDNESDAY)
    assert of_rule(unsure, "E-1").finding.status is FindingStatus.NOT_RECHECKED
    again, _ = night(unsure, after, on=WEDNESDAY + timedelta(days=1))
    assert again.keys() == past.keys()
    assert {(one.finding.disposition, one.resolved_on) for one in again.values()} == {("confirmed", None)}


SECOND = case(account_id="2", identity="2", handle="ada2")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([NAMELESS], [NUMBERED, SECOND]),  # which of them it was, nobody knows
        ([NUMBERED, SECOND], [NAMELESS]),
        ([NAMELESS], [NUMBERED | {"registered_mailbox": "a.r@maine.gov", "link_value": "a.r@maine.gov"}]),
        ([NAMELESS], [NUMBERED | {"holders": one_of("7", "Basil", "Quince", LATELY)}]),
    ],
)
def test_a_mailbox_that_may_mean_another_account_carries_no_decision(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    before = [one | {"holders": one_of("7", "Ada", "Rivermoor", LONG_AGO)} for one in before]
    past, _ = night({}, *before, on=MONDAY)
    later, _ = night(decided(past), *after)
    new = later.keys() - past.keys()
    assert len(new) == len(after)
    assert {later[one].finding.disposition for one in new} == {""}


@pytest.mark.parametrize("ambiguous", [False, True])
def test_a_decision_that_nobody_can_place_is_told(shared_desk: State, ambiguous: bool) -> None:
    shared_desk.people.append(FERN)
    shared_desk.accounts["export"].append({"platform": "mastodon", "handle": "zz@a.example", "bio": "birds"})
    decide(shared_desk, worked(shared_desk, DAY), DAY, "not this person")
    handles = ["fern@a.example", "robin@b.example"][: 1 + ambiguous]
    row = shared_desk.accounts["export"][0]
    shared_desk.accounts["export"] = [row | {"handle": handle} for handle in handles]
    night = shared_desk.night(DAY + timedelta(1))
    about = standing({one.finding_id: one for one in night.findings})
    assert [one.disposition for one in about] == ([""] * 2 if ambiguous else ["not this person"])
    told = [one for one in night.problems if "goes on with none" in one.reason]
    assert len(told) == ambiguous
    assert all("not this person" in one.reason for one in told)


@pytest.mark.parametrize(
    "after",
    [
        case(account_id="2", identity="2"),  # another number is another account
        UNNUMBERED | {"employee_id": "8", "employee_name": "Basil Quince"},
        UNNUMBERED | {"holders": one_of("7", "Basil", "Quince", LATELY)},
        UNNUMBERED | {"handle": "ada2", "identity": "ada2"},
    ],
)
def test_what_may_be_another_account_or_person_goes_on_no_finding(after: dict[str, Any]) -> None:
    past, _ = night({}, NUMBERED | {"holders": one_of("7", "Ada", "Rivermoor", LONG_AGO)}, on=MONDAY)
    later, _ = night(decided(past), after)
    (new,) = later.keys() - past.keys()
    assert later[new].finding.disposition == ""
