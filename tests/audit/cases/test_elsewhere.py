"""One account that two sources show with different addresses: which of them stands, and what a failure changes."""

import pytest

from audit.model.finding import Finding
from audit.model.night import Night
from tests.audit.cases.test_other_address import ADA, HOME, LEE, NAMELESS, row
from tests.states import DAY, State, account, rewritten

NEWER, UNORDERED = "as of 2026-10-01, which is newer", "nothing says which of the two is newer"


def judged(state: State, first: list[dict[str, str]], second: list[dict[str, str]]) -> tuple[Night, list[Finding]]:
    """The night, and what is said of registrations."""
    egret = account("egret", registered_email="egret@home.example")
    state.accounts = {"export": [*first, egret], "second": [*second, egret]}
    night = state.night()
    return night, [one for one in night.findings if one.rule_id in ("E-1", "E-2")]


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (row(ADA, "2020-01-01"), row(HOME, "2026-10-01"), NEWER),
        (row(ADA, "2020-01-01", account_id=""), row(HOME, "2026-10-01"), NEWER),
        (row(ADA, "2020-01-01"), row(HOME, "2026-10-01", handle=""), NEWER),
        (row(ADA, "2020-01-01"), row(HOME, "2026-10-01", handle="grebe"), NEWER),  # it was renamed
        (row(ADA), row(HOME), UNORDERED),
        (row(ADA), row(HOME, "2026-10-01"), UNORDERED),
        (row(ADA, "2026-10-01"), row(HOME, "2026-10-01"), UNORDERED),
        (row(ADA, "2026-10-02"), row(HOME, "2026-10-01"), ""),
        (row(ADA, "2020-01-01"), row("", "2026-10-01"), ""),
        (row(ADA, "2020-01-01"), row(HOME, "2026-10-01", account_id="777"), ""),
        (row(ADA, "2020-01-01"), row(HOME, "2026-10-01", platform="facebook"), ""),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_a_newer_statement_of_another_source_makes_it_a_lead(
    state: State, first: dict[str, str], second: dict[str, str], why: str, swapped: bool
) -> None:
    night, found = judged(state, [second], [first]) if swapped else judged(state, [first], [second])
    assert [one.rule_id for one in found] == ["E-2" if why else "E-1"]
    assert all(
        why in one.because and f"the source {'export' if swapped else 'second'!r}" in one.because
        for one in found
        if why
    )
    assert sum("another source shows the same" in one.reason for one in night.problems) == bool(why)
    assert HOME not in repr(night)


def test_the_change_is_the_accounts_and_not_the_directorys(state: State) -> None:
    judged(state, [row(ADA, "2020-01-01")], [])
    night, _ = judged(state, [row(ADA, "2020-01-01")], [row(HOME, "2026-10-01")])
    assert {one.reason.rpartition("; ")[2] for one in night.changes if one.finding.rule_id == "E-2"} == {
        "the account changed (shown otherwise by a source)"
    }


def test_of_two_employees_the_one_of_the_newer_statement_is_named(state: State) -> None:
    _, found = judged(state, [row(ADA, "2020-01-01")], [row(LEE, "2026-10-01")])
    assert {one.employee_name: one.rule_id for one in found} == {"Ada Thibodeau": "E-2", "Lee Ouellette": "E-1"}
    assert all(LEE not in one.because for one in found if one.rule_id == "E-2")


def test_two_addresses_of_one_person_contradict_nobody(state: State) -> None:
    state.people[0]["other_emails"] = "a.thibodeau@maine.gov"
    _, found = judged(state, [row(ADA, "2020-01-01")], [row("a.thibodeau@maine.gov", "2026-10-01")])
    assert {one.rule_id for one in found} == {"E-1"}


def test_an_account_that_a_newer_export_calls_gone_is_a_lead(state: State) -> None:
    state.accounts = {
        "export": [row(LEE, "2020-01-01", **NAMELESS)],
        "second": [row(LEE, "2026-10-01", **NAMELESS, location="deleted")],
    }
    rewritten(state, "second.csv", {"location": "status"})
    (found,) = [one for one in state.night().findings if one.rule_id in ("E-1", "E-2")]
    assert found.rule_id == "E-2"
    assert "says that this account, or its address, is gone" in found.because


def test_a_source_that_fails_takes_nothing_back(state: State) -> None:
    judged(state, [row(ADA, "2020-01-01")], [row(HOME, "2026-10-01")])
    rewritten(state, "second.csv", {"platform": "nothing"})
    night = state.night(DAY.replace(day=21))
    assert [pull.source for pull in night.pulls if pull.reason] == ["second"]
    assert [one.rule_id for one in night.findings if one.rule_id in ("E-1", "E-2")] == ["E-2"]


def test_a_source_that_says_so_no_more_takes_it_back(state: State) -> None:
    judged(state, [row(ADA, "2020-01-01")], [row(HOME, "2026-10-01")])
    _, found = judged(state, [row(ADA, "2020-01-01")], [row(HOME, "2019-10-01")])
    assert "E-1" in {one.rule_id for one in found}
