"""A breach list beside everything else that is known of a mailbox: a lead by itself, and no weight in any scale."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.cases.build import Watch, build_cases
from audit.cases.gate import passes, restrained
from audit.cases.registrations import weighed
from audit.cases.tie import Sighting
from audit.model.finding import Tier
from audit.model.organization import Organization
from audit.model.thresholds import MailSettings
from audit.people.addresses import mail_system
from audit.people.directory import directory
from audit.people.identity import registry
from audit.rules import RULES, Draft, judge
from connectors import hibp
from connectors.contract import Source
from connectors.http.bodies import item
from connectors.records import (
    Account,
    Agency,
    Evidence,
    MailSignal,
    OfficialAccount,
    Person,
    Provenance,
    Status,
    Strength,
)

DAY, NOON = date(2026, 11, 20), datetime(2026, 11, 1, 12, tzinfo=UTC)
DOT = Agency("17", "Department of Transportation", ("MaineDOT",))
MAINE = Organization("State of Maine", "ME", ("maine.gov",), agencies=(DOT,))
ORIGIN = Provenance("trace", "trace.csv", NOON, "00")
ADA = Person("1", "Ada", "Roy", "", "ada.roy@maine.gov", (), "17", "", "", Status.ACTIVE, None, None, ORIGIN)
PEOPLE = directory([ADA], mail_system(MAINE), frozenset({"17"}), DAY)


def leaked(platform: str = "linkedin", mailbox: str = "ada.roy@maine.gov", *titles: str) -> Account:
    breaches = [{"Name": one, "Title": one, "BreachDate": "2012-05-05"} for one in titles or ("LinkedIn",)]
    values = {"address": mailbox, "platform": platform, "breaches": breaches}
    return hibp.parse(item(Source("leaks", Path(), now=NOON), "/breacheddomain/maine.gov:ada.roy", values))


def signal(kind: str, strength: Strength, *, third_party: bool, days: int = 1) -> MailSignal:
    return MailSignal(kind, strength, third_party, days, days, NOON, NOON + timedelta(days - 1), ())


def mailed(*signals: MailSignal) -> Account:
    evidence = tuple(Evidence("trace", f"mail: {one.kind}", "…", NOON, "00", one.strength) for one in signals)
    return Account(
        "linkedin", registered_email="ada.roy@maine.gov", provenance=ORIGIN, evidence=evidence, signals=signals
    )


def exported(strength: Strength, **more: Any) -> Account:
    evidence = Evidence("trace", "registered address", "registered with ada.roy@maine.gov", NOON, "00", strength)
    account = Account(
        "linkedin",
        "77",
        "ada",
        registered_email="ada.roy@maine.gov",
        registration=strength,
        provenance=ORIGIN,
        evidence=(evidence,),
    )
    return replace(account, **more)


def drafts(*accounts: Account, stale: tuple[str, ...] = (), official: tuple[OfficialAccount, ...] = ()) -> list[Draft]:
    entries = registry(official)
    kept = [restrained(account, MAINE, entries) for account in accounts if passes(account, MAINE, entries)]
    origins = ((account, account.provenance.source) for account in kept)
    sightings = [Sighting(account, source, fresh=source not in stale) for account, source in origins]
    sightings, _ = weighed(sightings, PEOPLE, official, DAY, MailSettings())
    cases = build_cases(sightings, PEOPLE, MAINE, entries, Watch({}, {}, frozenset({"trace", "leaks"})))
    found = judge(cases, RULES).holding.values()
    return sorted((one for one in found if not one.case["official"]), key=lambda one: one.finding_id)


def proved(found: list[Draft]) -> list[tuple[str, str]]:
    """What is a finding, and what it says."""
    return [(one.finding_id, one.because) for one in found if one.tier is Tier.FINDING]


VERIFICATION = signal("verification", Strength.WEAK, third_party=True)
RESET = signal("password_reset", Strength.STRONG, third_party=True)
NOTICE = signal("security", Strength.STRONG, third_party=False)


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        ([leaked()], [("E-2", Tier.LEAD)]),
        ([leaked("linkedin", "ada.roy@maine.gov", "One", "Two", "Three")], [("E-2", Tier.LEAD)]),
        ([leaked(), leaked("tumblr")], [("E-2", Tier.LEAD), ("E-2", Tier.LEAD)]),
        ([leaked(), mailed(VERIFICATION)], [("E-2", Tier.LEAD)]),
        ([leaked(), mailed(RESET)], [("E-2", Tier.LEAD)]),
        ([leaked(), exported(Strength.WEAK)], [("E-2", Tier.LEAD)]),
        ([leaked(), mailed(NOTICE)], [("E-1", Tier.FINDING)]),
        ([leaked(), exported(Strength.STRONG)], [("E-1", Tier.FINDING)]),
        (
            [leaked(), exported(Strength.WEAK, handle="MaineDOT_Ada")],
            [("A-1", Tier.LEAD), ("C-1", Tier.LEAD), ("E-2", Tier.LEAD)],
        ),
    ],
)
def test_a_breach_list_is_a_lead_at_most(accounts: list[Account], expected: list[tuple[str, Tier]]) -> None:
    found = drafts(*accounts)
    assert sorted((one.rule.rule_id, one.tier) for one in found) == expected
    assert proved(found) == proved(drafts(*accounts[1:]))


def test_the_lead_says_where_it_comes_from_and_that_it_proves_nothing() -> None:
    (lead,) = drafts(leaked())
    (piece,) = lead.evidence
    assert (piece.kind, piece.strength) == ("breach list", Strength.WEAK)
    assert lead.because == f"{piece.detail}."
    assert "Have I Been Pwned. That proves no registration" in lead.because


@pytest.mark.parametrize("other", [mailed(VERIFICATION), mailed(NOTICE), exported(Strength.WEAK)])
def test_beside_other_evidence_it_says_nothing_and_holds_nothing_up(other: Account) -> None:
    (alone,), (both,) = drafts(other), drafts(other, leaked())
    assert (both.because, both.evidence, both.sources) == (alone.because, alone.evidence, alone.sources)
    assert drafts(other, leaked(), stale=("leaks",))[0].fresh


def test_whoever_looks_after_an_official_account_is_spared() -> None:
    entry = OfficialAccount("linkedin", "mainedot", "", "", "17", "1", "", False, None, ORIGIN)
    assert drafts(leaked(), official=(entry,)) == []
    assert len(drafts(leaked("tumblr"), official=(entry,))) == 1


def test_an_address_that_is_none_of_the_state_s_is_forgotten() -> None:
    assert drafts(leaked("linkedin", "ada.roy@example.org")) == []


SIGNALS = st.builds(
    signal,
    st.sampled_from(["verification", "welcome", "security", "digest", "password_reset", "invitation_nonmember"]),
    st.sampled_from(Strength),
    third_party=st.booleans(),
    days=st.integers(1, 3),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(SIGNALS, max_size=4), st.sampled_from([None, *Strength]), st.lists(st.sampled_from("abc"), max_size=3))
def test_a_breach_list_never_makes_a_finding_of_anything(
    signals: list[MailSignal], strength: Strength | None, titles: list[str]
) -> None:
    others = [*([mailed(*signals)] if signals else []), *([exported(strength)] if strength else [])]
    assert proved(drafts(*others, leaked("linkedin", "ada.roy@maine.gov", *titles))) == proved(drafts(*others))
