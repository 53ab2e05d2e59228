"""Accounts and employments that do not overlap, or may not: a lead at most, in every rule that names a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import load_workbook

from audit.cases.overlap import overlap
from audit.cases.tie import People, Sighting, Tie
from audit.model.finding import Finding, LinkStep, Tier
from audit.model.organization import Organization
from audit.people.addresses import mail_system
from audit.people.directory import Directory, Employee, Standing
from connectors.records import Account, MailSignal, Provenance, Strength
from tests.states import DAY, State, account, person

MAILBOX = "ruth.alder@maine.gov"
HIRED = date(2024, 3, 18)
PROFILES = {
    "E-1": {"handle": "w1", "registered_email": MAILBOX},
    "A-1": {"handle": "ruth_mainedot", "display_name": "Ruth, MaineDOT", "emails": MAILBOX},
    "A-2": {"handle": "w3", "bio": "I like boats", "emails": MAILBOX},
    "C-1": {"handle": "w4", "display_name": "Ruth Alder", "bio": "Planner at MaineDOT", "emails": MAILBOX},
    "B-1": {
        "handle": "w5",
        "display_name": "Maine Department of Transportation",
        "bio": "The official account of the Maine Department of Transportation.",
        "emails": MAILBOX,
    },
}
"""For each rule that names a person an account of hers for which it holds."""


def found(state: State, hr: dict[str, str], shows: dict[str, str], *rules: str) -> list[Finding]:
    state.people.append({**person("40404", "Ruth", "Alder"), "start_date": HIRED.isoformat(), **hr})
    profiles = [PROFILES[rule] for rule in rules or PROFILES]
    state.accounts["export"] = [
        {**account(profile["handle"]), "created_at": "2025-01-09", **profile, **shows} for profile in profiles
    ]
    return list(state.night().findings)


def test_an_account_of_a_current_employee_is_a_finding_under_every_rule(state: State) -> None:
    by_rule = {one.rule_id: one for one in found(state, {}, {})}
    assert by_rule.keys() == PROFILES.keys()
    for one in by_rule.values():
        assert (one.tier, one.employee_id) == (Tier.FINDING, "40404")
        assert "Account created 2025-01-09; employed since 2024-03-18." in one.because


IN_DOUBT = {
    "status of no known word": ({"status": "seconded"}, {}, "does not say clearly"),
    "no status": ({"status": ""}, {}, "does not say clearly"),
    "an end that cannot be read": ({"end_date": "#REF!"}, {}, "does not say clearly"),
    "an end in words": ({"end_date": "end of June"}, {}, "does not say clearly"),
    "a start that cannot be read": ({"start_date": "spring 2019"}, {}, "does not say clearly"),
    "an end before the start": ({"end_date": "2019-12-31"}, {}, "does not say clearly"),
    "starts tomorrow": ({"start_date": "2026-11-21"}, {}, "starts only on 2026-11-21"),
    "starts in two years": ({"start_date": "2028-09-01", "status": "leave"}, {}, "starts only on 2028"),
    "created the day before the hire": ({}, {"created_at": "2024-03-17"}, "created 2024-03-17; employed since"),
    "created long before": ({}, {"created_at": "2011-05-02T08:00:00Z"}, "before the employment began"),
    "seen before the hire": ({}, {"created_at": "", "observed_at": "2023-10-01"}, "First sign of it 2023-10-01"),
    "created on a day that cannot be read": ({}, {"created_at": "some time"}, "created_at could not be read"),
    "employed since nobody knows when": ({"start_date": ""}, {}, "does not say since when"),
}


@pytest.mark.parametrize(("hr", "shows", "words"), IN_DOUBT.values(), ids=IN_DOUBT)
def test_a_tie_in_doubt_is_a_lead_in_every_rule(
    state: State, hr: dict[str, str], shows: dict[str, str], words: str
) -> None:
    leads = found(state, hr, shows)
    assert {one.rule_id for one in leads} >= {"E-2", "A-1", "A-2", "C-1"}
    assert {one.tier for one in leads} == {Tier.LEAD}
    assert all(words in one.because for one in leads if one.rule_id != "U-1")
    if "starts only" in words:
        assert {one.employee_id for one in leads} == {""}, "who has not started is named by nothing"


NO_DOUBT = {
    "created on the day of the hire": ({}, {"created_at": "2024-03-18T00:00:00Z"}),
    "nobody says when it was created": ({}, {"created_at": ""}),
    "leaves next month": ({"end_date": "2026-12-24"}, {}),
    "an end nobody reaches": ({"end_date": "9999-12-31"}, {}),
    "on leave": ({"status": "leave"}, {}),
}


@pytest.mark.parametrize(("hr", "shows"), NO_DOUBT.values(), ids=NO_DOUBT)
def test_an_employment_as_old_as_the_account_is_beyond_doubt(
    state: State, hr: dict[str, str], shows: dict[str, str]
) -> None:
    (one,) = found(state, hr, shows, "E-1")
    assert (one.rule_id, one.tier, one.employee_id) == ("E-1", Tier.FINDING, "40404")


def test_a_directory_without_any_start_contradicts_nothing(state: State) -> None:
    state.people = [{**one, "start_date": ""} for one in state.people]
    (one,) = found(state, {"start_date": ""}, {}, "E-1")
    assert (one.tier, one.employee_id) == (Tier.FINDING, "40404")
    assert "employed since an unknown day" in one.because


def test_a_leaver_with_the_same_address_is_a_rival(state: State) -> None:
    former = person("30303", "Rae", "Alder", work_email=MAILBOX, status="terminated", end_date="2023-12-31")
    state.people.append(former)
    (one,) = found(state, {}, {}, "E-1")
    assert (one.rule_id, one.tier, one.employee_id, one.rivals) == ("E-2", Tier.LEAD, "", 1)


def test_an_id_of_two_people_is_nobodys_for_certain(state: State) -> None:
    state.people.append(person("40404", "Basil", "Quince", status="terminated", work_email=MAILBOX))
    assert all(one.tier is Tier.LEAD for one in found(state, {}, {}, "E-1"))


def test_the_workbook_shows_both_dates(state: State) -> None:
    found(state, {}, {"created_at": "2012-07-04"}, "E-1")
    book = load_workbook(state.folder / "out" / DAY.isoformat() / "audit.xlsx")
    text = " ".join(str(cell) for row in book["Leads"].iter_rows(values_only=True) for cell in row if cell)
    assert "Account created 2012-07-04; employed since 2024-03-18." in text


def mails(first: date, **more: object) -> Sighting:
    at = datetime(first.year, first.month, first.day, tzinfo=UTC)
    signal = MailSignal("security", Strength.STRONG, third_party=False, count=2, days=2, first_at=at,
                        last_at=at + timedelta(days=900), messages=())  # fmt: skip
    origin = Provenance("mail", "log", None, "")
    made = Account("x", "", "", "", "", "", (), (), MAILBOX, Strength.STRONG, None, provenance=origin,
                   signals=(replace(signal, **more),))  # type: ignore[arg-type]  # fmt: skip
    return Sighting(made, "mail", fresh=True)


@pytest.mark.parametrize(
    ("sighting", "doubt"),
    [
        (mails(HIRED - timedelta(days=300)), True),
        (mails(HIRED), False),
        (mails(HIRED - timedelta(days=300), kind="marketing"), False),
        (mails(HIRED - timedelta(days=300), days=0), False),
    ],
)
def test_mails_from_before_the_hire_may_be_a_predecessors(sighting: Sighting, *, doubt: bool) -> None:
    organization = Organization("State of Maine", "ME", ("maine.gov",))
    ruth = Employee("40404", "Ruth Alder", "17", Standing.CURRENT, "hr.csv:2", HIRED, "ruth", "ruth alder")
    people = Directory(mail_system(organization), DAY, {"40404": ruth}, {MAILBOX: ("40404",)}, dated=True)
    tied = Tie("40404", LinkStep.REGISTERED_ADDRESS, MAILBOX)
    assert bool(overlap([sighting], tied, People(people, organization), {})["doubt"]) is doubt
