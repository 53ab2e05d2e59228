"""One finding's life as a table: what was known, what tonight says, what follows, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.findings.lifecycle import carry, finding_from, reported_tonight
from audit.model.finding import DISPOSITIONS, UPHELD, Cause, FindingStatus, Past, Severity, Tier, closed
from audit.rules import RULES, Draft, Verdicts
from tests.audit.lives import (
    MONDAY,
    POLICY,
    TUESDAY,
    WEDNESDAY,
    branded,
    case,
    night,
    of_rule,
    official,
    piece,
)


def draft(*, fresh: bool = True, because: str = "seen") -> Draft:
    return Draft("E-1-x", RULES[0], case(), because, Tier.FINDING, (), ("export",), fresh)


OPEN = Past(finding_from(draft(), POLICY, MONDAY))
RESOLVED = Past(replace(OPEN.finding, status=FindingStatus.RESOLVED), resolved_on=MONDAY)
STATUS = FindingStatus
FIRST, _ = night({}, case(), on=MONDAY)


@pytest.mark.parametrize(
    ("known", "held", "unknown", "complete", "status"),
    [
        (None, draft(), False, True, STATUS.NEW),
        (None, draft(fresh=False), False, False, None),
        (None, None, True, True, None),
        (OPEN, draft(), False, True, STATUS.OPEN),
        (OPEN, draft(fresh=False), False, False, STATUS.NOT_RECHECKED),
        (OPEN, None, False, True, STATUS.RESOLVED),
        (OPEN, None, False, False, STATUS.NOT_RECHECKED),
        (OPEN, None, True, True, STATUS.NOT_RECHECKED),
        (RESOLVED, draft(), False, True, STATUS.REOPENED),
        (RESOLVED, draft(fresh=False), False, False, STATUS.RESOLVED),
        (RESOLVED, None, False, True, STATUS.RESOLVED),
        (RESOLVED, None, True, False, STATUS.RESOLVED),
    ],
)
def test_carry(known: Past | None, held: Draft | None, unknown: bool, complete: bool, status: STATUS | None) -> None:
    verdicts = Verdicts({"E-1-x": held} if held else {}, frozenset({"E-1-x"} if unknown else ()))
    past = {"E-1-x": known} if known else {}
    whole = frozenset({"export"} if complete else ())
    after, changes = carry(past, verdicts, whole, POLICY, TUESDAY)
    assert [one.finding.status for one in after] == ([status] if status else [])
    assert bool(changes) == (status in (STATUS.NEW, STATUS.REOPENED) or (known is OPEN and status is STATUS.RESOLVED))
    again, more = carry({one.finding.finding_id: one for one in after}, verdicts, whole, POLICY, TUESDAY)
    assert again == after
    assert more == ()


def test_what_a_person_decided_is_kept_when_a_finding_is_seen_again() -> None:
    decided = replace(OPEN, finding=replace(OPEN.finding, disposition="confirmed", reviewer="KL", note="spoke to A"))
    (after,), _ = carry(
        {"E-1-x": decided}, Verdicts({"E-1-x": draft()}, frozenset()), frozenset({"export"}), POLICY, TUESDAY
    )
    assert (after.finding.disposition, after.finding.reviewer, after.finding.note) == ("confirmed", "KL", "spoke to A")


def test_resolved_findings_are_reported_on_their_day_only() -> None:
    assert reported_tonight(RESOLVED, MONDAY)
    assert not reported_tonight(RESOLVED, TUESDAY)
    assert reported_tonight(OPEN, TUESDAY)


# --- causes ----------------------------------------------------------------------------------------------------

REGISTERED_ELSEWHERE = case(registered_mailbox=None, registered_email="", link_value="", employee_id="")
LEFT = {"owner_standing": "left", "employee_id": "", "employee_standing": "", "shortfall": "But the owner has left."}


@pytest.mark.parametrize(
    ("before", "after", "rule_id", "cause", "reason"),
    [
        (case(), None, "E-1", Cause.ACCOUNT, "gone, or without a tie to the organization"),
        (case(), REGISTERED_ELSEWHERE, "E-1", Cause.ACCOUNT, "registered address"),
        (case(), case(registration="weak", unverified=True), "E-1", Cause.ACCOUNT, "registration strength"),
        (case(), case(affiliation="outlet", profile_sha256="cd" * 32), "E-1", Cause.ACCOUNT, "presents itself"),
        (case(), case(**LEFT), "E-1", Cause.DIRECTORY, "standing"),
        (case(), case(owners=2, employee_id="", employee_standing=""), "E-1", Cause.DIRECTORY, "owners of the mailbox"),
        (case(), official(account_id="1"), "E-1", Cause.REGISTRY, "registered as official"),
        (case(), official(handle="ADA", account_id=""), "E-1", Cause.REGISTRY, "registered as official"),
        (branded(), branded(affiliation="none", profile_sha256="cd" * 32), "A-1", Cause.ACCOUNT, "presents itself"),
        (branded(), branded(affiliation="none", matched_text=""), "A-1", Cause.RULE, "how profiles are read"),
        (branded(), branded(disclaimer="state", profile_sha256="cd" * 32), "C-1", Cause.ACCOUNT, "disclaimer"),
        (official(), official(supervisor_standing="current"), "R-2", Cause.DIRECTORY, "standing"),
        (official(), official(supervisor_id="8", supervisor_standing="current"), "R-2", Cause.REGISTRY, "supervisor"),
        (official(), official(retired=True), "R-2", Cause.REGISTRY, "retired"),
        (official(), None, "R-2", Cause.REGISTRY, "no longer lists"),
        (official(), official(registered_email="dot@maine.gov", held_by_state=True), "R-3", Cause.ACCOUNT, "address"),
        (
            official(evidence=(piece("registry entry"),)),
            official(evidence=(piece("registry entry"),), registered_email="dot@maine.gov", held_by_state=True),
            "R-3", Cause.REGISTRY, "registered address",
        ),
        (official(seen=False), official(seen=True), "R-1", Cause.ACCOUNT, "seen tonight"),
    ],
)  # fmt: skip
def test_why_a_finding_is_gone(
    before: dict[str, Any], after: dict[str, Any] | None, rule_id: str, cause: Cause, reason: str
) -> None:
    first, _ = night({}, before, on=MONDAY)
    gone = of_rule(first, rule_id).finding.finding_id
    later, changes = night(first, *([after] if after else []))
    assert later[gone].finding.status is STATUS.RESOLVED
    (change,) = (one for one in changes if one.finding_id == gone)
    assert change.cause == cause
    assert reason in change.reason


def test_why_nobody_can_tell() -> None:
    stale = case(registered_mailbox=None, sources=("export", "other"), fresh=False)
    _, changes = night(FIRST, stale)
    assert [change.cause for change in changes] == [Cause.UNKNOWN]
    unnoted = {name: replace(one, facts="") for name, one in FIRST.items()}
    _, changes = night(unnoted, REGISTERED_ELSEWHERE)
    assert [change.cause for change in changes] == [Cause.UNKNOWN]


def test_an_account_that_comes_to_be_known_by_its_number_goes_on() -> None:
    first, _ = night({}, case(account_id="", identity="ada"), on=MONDAY)
    later, changes = night(first, case())
    assert later.keys() == first.keys()
    assert changes == ()


@pytest.mark.parametrize(
    ("after", "cause"),
    [
        (case(**LEFT), Cause.DIRECTORY),
        (case(registration="weak", unverified=True), Cause.ACCOUNT),
    ],
)
def test_a_new_finding_on_a_known_account_says_what_brought_it(after: dict[str, Any], cause: Cause) -> None:
    _, changes = night(FIRST, after)
    assert {(change.kind, change.cause) for change in changes} == {(STATUS.RESOLVED, cause), (STATUS.NEW, cause)}


def test_a_finding_on_an_account_never_met_is_seen_for_the_first_time() -> None:
    _, changes = night({}, case())
    assert [(one.kind, one.cause, one.reason) for one in changes] == [(STATUS.NEW, Cause.FIRST, Cause.FIRST)]


@pytest.mark.parametrize(
    ("between", "cause"),
    [(None, Cause.ACCOUNT), (case(**LEFT), Cause.DIRECTORY), (official(account_id="1"), Cause.REGISTRY)],
)
def test_why_a_finding_is_back(between: dict[str, Any] | None, cause: Cause) -> None:
    gone, _ = night(FIRST, *([between] if between else []))
    back, changes = night(gone, case(), on=WEDNESDAY)
    (change,) = (one for one in changes if one.finding_id.startswith("E-1"))
    assert (change.kind, change.cause) == (STATUS.REOPENED, cause)
    assert of_rule(back, "E-1").reopened_on == WEDNESDAY


def test_a_rule_that_weighs_more_is_the_rules_change() -> None:
    lighter = replace(POLICY, severities={**POLICY.severities, "E-1": Severity.LOW})
    verdicts = Verdicts({"E-1-x": draft()}, frozenset())
    (first,), _ = carry({}, verdicts, frozenset({"export"}), POLICY, MONDAY)
    (_,), (change,) = carry({"E-1-x": first}, verdicts, frozenset({"export"}), lighter, TUESDAY)
    assert (change.kind, change.cause, change.reason) == (STATUS.OPEN, Cause.RULE, "the rule changed (severity)")


# --- decisions under which the evidence changes ----------------------------------------------------------------


def decided(past: dict[str, Past], rule_id: str = "E-1", **words: Any) -> dict[str, Past]:
    """The findings after somebody has decided about the one of a rule, on what was shown last."""
    one = of_rule(past, rule_id)
    typed: dict[str, Any] = {"disposition": "confirmed", "reviewer": "K. Larkspur", "decided_on": MONDAY}
    typed |= {"note": "asked her", **words}
    after = replace(one, finding=replace(one.finding, **typed), decided_facts=one.facts)
    return {**past, one.finding.finding_id: after}


MATERIAL = (
    case(handle="ada_two"),
    case(display_name="Somebody Else"),
    case(evidence=(piece(), piece("mail: digest"))),
    case(affiliation="employee", display_name="Bay Fernsby"),
)
IMMATERIAL = (
    case(),
    case(handle="@ADA"),
    case(display_name="★ ada  RIVERMOOR ★"),
    case(display_name=""),
    case(url="https://x.example/ada"),
    case(registered_email="ADA@MAINE.GOV"),
    case(registered_words="The platform wrote to this mailbox 41 times."),
    case(evidence=(piece(sha256="cd" * 32), piece(source="other"))),
    case(sources=("another", "export")),
    case(affiliation="employee", matched_text="I work for the State", profile_sha256="cd" * 32),
    case(agency_code="18"),
    case(employee_name="Ada Rivermoor-Fern"),
)


@pytest.mark.parametrize("after", MATERIAL)
@pytest.mark.parametrize("disposition", DISPOSITIONS)
def test_a_decided_finding_whose_account_changed_waits_again(after: dict[str, Any], disposition: str) -> None:
    later, changes = night(decided(FIRST, disposition=disposition), after)
    one = of_rule(later, "E-1")
    if disposition == "needs more evidence":
        assert (one.finding.status, one.finding.disposition, one.earlier) == (STATUS.OPEN, disposition, None)
        return
    assert (one.finding.status, one.finding.disposition, one.finding.reviewer) == (STATUS.REOPENED, "", "")
    assert (one.finding.note, one.finding.decided_on, one.reopened_on) == ("asked her", None, TUESDAY)
    assert str(one.earlier).startswith(
        f"Decided before as “{disposition}” by K. Larkspur on 2026-11-16; since then the account changed ("
    )
    (change,) = (change for change in changes if change.finding_id.startswith("E-1"))
    assert (change.kind, change.cause, change.reason) == (STATUS.REOPENED, Cause.ACCOUNT, str(one.earlier))
    assert change.set_aside == {
        "disposition": disposition, "reviewer": "K. Larkspur", "decided_on": "2026-11-16",
    }  # fmt: skip


@pytest.mark.parametrize("after", IMMATERIAL)
def test_what_means_nothing_leaves_a_decision_alone(after: dict[str, Any]) -> None:
    before = decided(FIRST)
    later, _ = night(before, after)
    one = of_rule(later, "E-1")
    assert (one.finding.status, one.finding.disposition, one.earlier) == (STATUS.OPEN, "confirmed", None)
    assert one.decided_facts == of_rule(before, "E-1").decided_facts


def test_a_decision_rests_on_what_was_shown_then_and_not_last_night() -> None:
    before = decided(FIRST)
    unsure, _ = night(before, case(handle="ada_two", fresh=False), complete=())
    assert of_rule(unsure, "E-1").finding.disposition == "confirmed"
    later, _ = night(unsure, case(handle="ada_two"), on=WEDNESDAY)
    assert of_rule(later, "E-1").finding.status is STATUS.REOPENED


def test_once_set_aside_a_decision_stays_so_until_there_is_another() -> None:
    waits, _ = night(decided(FIRST), case(handle="ada_two"))
    back, changes = night(waits, case(), on=WEDNESDAY)
    one = of_rule(back, "E-1")
    assert (one.finding.status, one.finding.disposition) == (STATUS.OPEN, "")
    assert [change.reason for change in changes] == ["the account changed (handle)"]
    assert one.earlier == of_rule(waits, "E-1").earlier
    settled, changes = night(decided(back, disposition="duplicate"), case(), on=WEDNESDAY + timedelta(1))
    assert of_rule(settled, "E-1").finding.disposition == "duplicate"
    assert changes == ()


def test_a_suppressed_finding_whose_account_changed_is_suppressed_no_more() -> None:
    words: dict[str, Any] = {"disposition": "needs more evidence", "suppress_until": date(2027, 1, 1)}
    later, changes = night(decided(FIRST, **words), case(handle="ada_two"))
    one = of_rule(later, "E-1")
    assert (one.finding.status, one.finding.suppress_until) == (STATUS.REOPENED, None)
    assert (one.finding.disposition, one.finding.reviewer) == ("needs more evidence", "K. Larkspur")
    assert changes[0].set_aside["suppress_until"] == "2027-01-01"
    expired, _ = night(decided(FIRST, **(words | {"suppress_until": MONDAY})), case(handle="ada_two"))
    assert of_rule(expired, "E-1").finding.status is STATUS.OPEN


@pytest.mark.parametrize("disposition", [word for word in DISPOSITIONS if word != "needs more evidence"])
def test_what_was_over_and_comes_back_waits_again_and_what_was_no_matter_does_not(disposition: str) -> None:
    gone, _ = night(decided(FIRST, disposition=disposition))
    back, (change,) = night(gone, case(), on=WEDNESDAY)
    one = of_rule(back, "E-1")
    assert one.finding.status is STATUS.REOPENED
    assert one.finding.disposition == ("" if disposition in UPHELD else disposition)
    assert (one.earlier is not None) == (disposition in UPHELD)
    assert change.cause == Cause.ACCOUNT


def test_a_ledger_from_before_facts_were_noted_reopens_nothing() -> None:
    old = {name: replace(one, facts="", decided_facts="") for name, one in decided(FIRST).items()}
    later, changes = night(old, case(handle="ada_two", display_name="Somebody Else"))
    one = of_rule(later, "E-1")
    assert (one.finding.disposition, one.finding.status, changes) == ("confirmed", STATUS.OPEN, ())
    reopened, _ = night(later, case(handle="ada_three", display_name="Somebody Else"), on=WEDNESDAY)
    assert of_rule(reopened, "E-1").finding.status is STATUS.REOPENED


# --- whatever happens ------------------------------------------------------------------------------------------

ROWS = st.one_of(
    st.sampled_from([*MATERIAL, *IMMATERIAL, REGISTERED_ELSEWHERE, case(**LEFT), branded(), official()]),
    st.builds(
        branded,
        display_name=st.text(max_size=8),
        handle=st.text(max_size=8),
        matched_text=st.text(max_size=8),
        affiliation=st.sampled_from(["none", "employee", "branded_person", "outlet"]),
        registration=st.sampled_from(["strong", "weak"]),
        profile_sha256=st.sampled_from(["ab" * 32, "cd" * 32]),
    ),
)
NIGHTS = st.lists(st.lists(ROWS, max_size=2, unique_by=lambda row: row["identity"]), min_size=1, max_size=3)
WORDS = st.sampled_from(("", *DISPOSITIONS, "a word of their own"))


def after_nights(nights: list[list[dict[str, Any]]], words: list[str]) -> dict[str, Past]:
    """The ledger after some nights, on each of which somebody decides about everything."""
    past: dict[str, Past] = {}
    for number, (rows, word) in enumerate(zip(nights, words, strict=False)):
        past, _ = night(past, *rows, on=MONDAY + timedelta(number))
        past = {
            name: replace(one, finding=replace(one.finding, disposition=word), decided_facts=one.facts)
            for name, one in past.items()
        }
    return past


@settings(max_examples=25, deadline=None)
@given(NIGHTS, st.lists(WORDS, min_size=3, max_size=3), st.lists(ROWS, max_size=2, unique_by=lambda r: r["identity"]))
def test_the_same_verdicts_carried_twice_on_a_day_change_nothing_more(
    nights: list[list[dict[str, Any]]], words: list[str], rows: list[dict[str, Any]]
) -> None:
    later = MONDAY + timedelta(10)
    once, _ = night(after_nights(nights, words), *rows, on=later)
    twice, changes = night(once, *rows, on=later)
    assert twice == once
    assert changes == ()


@settings(max_examples=25, deadline=None)
@given(NIGHTS, st.lists(WORDS, min_size=3, max_size=3), st.lists(ROWS, max_size=2, unique_by=lambda r: r["identity"]))
def test_a_source_that_failed_neither_makes_nor_resolves_nor_reopens_nor_undoes(
    nights: list[list[dict[str, Any]]], words: list[str], rows: list[dict[str, Any]]
) -> None:
    past = after_nights(nights, words)
    unsure = [{**row, "fresh": False} for row in rows]
    later, changes = night(past, *unsure, on=MONDAY + timedelta(10), complete=())
    # R-2 reads the registry and the directory alone, and waits for no source of accounts.
    past, later = ({n: one for n, one in found.items() if one.finding.rule_id != "R-2"} for found in (past, later))
    assert all(change.finding_id.startswith("R-2") for change in changes)
    assert later.keys() == past.keys()
    for name, one in later.items():
        before = past[name].finding.status
        status = STATUS.RESOLVED if before is STATUS.RESOLVED else STATUS.NOT_RECHECKED
        assert one == replace(past[name], finding=replace(past[name].finding, status=status))


@settings(max_examples=25, deadline=None)
@given(NIGHTS, st.lists(WORDS, min_size=3, max_size=3), st.lists(ROWS, max_size=2, unique_by=lambda r: r["identity"]))
def test_every_change_has_its_cause_and_no_decision_goes_without_one(
    nights: list[list[dict[str, Any]]], words: list[str], rows: list[dict[str, Any]]
) -> None:
    past, later = after_nights(nights, words), MONDAY + timedelta(10)
    after, changes = night(past, *rows, on=later)
    told = {change.finding_id: change for change in changes}
    assert all(set(change.cause.split("; ")) <= set(Cause) for change in changes)
    for name, one in past.items():
        was, now = one.finding, after[name].finding
        assert (was.status is now.status or name in told) or {was.status, now.status} <= {
            STATUS.NEW, STATUS.OPEN, STATUS.REOPENED, STATUS.NOT_RECHECKED,
        }  # fmt: skip
        if closed(was, later) and not closed(now, later):
            assert told[name].set_aside["disposition"] == was.disposition
            assert after[name].earlier is not None
        else:
            assert (was.disposition, was.note) == (now.disposition, now.note)
