"""Whole nights of the same accounts under several policy packs: each gives its own right answer."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from audit.model.finding import FindingStatus
from tests.states import DAY, State, account

ALWAYS = {"U-1"}
MAINE = {"E-1", "A-1", "A-2", "C-1"}


def of_accounts(state: State) -> State:
    """One account registered with a state address, one that shows one, one that wears an agency's name, a page of
    nobody's."""
    state.options["export"] = 'registration = "verified"'
    state.accounts["export"] = [
        account("quietfern", registered_email="ada.thibodeau@maine.gov"),
        account("leelines", display_name="Lee", emails="lee.ouellette@maine.gov"),
        account("MaineDOT_Noor", display_name="Noor Haddad", emails="noor.haddad@maine.gov",
                bio="I work for the Maine Department of Transportation."),
        account("MaineStatePoliceNews", display_name="Maine State Police",
                bio="Official page of the Maine State Police"),
    ]  # fmt: skip
    return state


def under(state: State, pack: str, day: date = DAY) -> dict[str, str]:
    """Rule → the clause in which it was found, of what stands under a pack."""
    state.options["organization"] = f'policy = "{pack}"'
    found = [one for one in state.night(day).findings if one.status is not FindingStatus.RESOLVED]
    return {one.rule_id: one.clause for one in found}


def lines(state: State, day: date = DAY) -> list[dict]:
    text = (state.folder / "out" / day.isoformat() / "findings.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize(
    ("pack", "answer"),
    [
        ("maine", {"E-1": "E", "A-1": "A", "A-2": "A", "C-1": "C", "U-1": "A"}),
        ("iowa", {"E-1": "I, last para.", "A-2": "I, last para.", "U-1": ""}),
        ("oge", {"U-1": ""}),
        ("salt-lake-city", {"U-1": ""}),
        ("irvine-ky", {"U-1": ""}),
    ],
)
def test_the_same_accounts_under_each_pack(state: State, pack: str, answer: dict[str, str]) -> None:
    assert under(of_accounts(state), pack) == answer
    run = json.loads((state.folder / "out" / DAY.isoformat() / "run.json").read_text(encoding="utf-8"))
    assert not {*run["not_asked"]} & answer.keys()
    assert {*run["findings"]["by_rule"]} == answer.keys()


def test_a_finding_bears_the_pack_and_its_version(state: State) -> None:
    under(of_accounts(state), "maine")
    told = "State of Maine: personal use of social media, version 051915 JTC, in force since 2015-05-19"
    assert {one["policy"] for one in lines(state)} == {told}


def test_the_workbook_says_what_is_not_asked_and_why(state: State) -> None:
    under(of_accounts(state), "salt-lake-city")
    book = openpyxl.load_workbook(state.folder / "out" / DAY.isoformat() / "audit.xlsx", read_only=True)
    said = {
        name: [one for row in book[name].iter_rows(values_only=True) for one in row if one] for name in book.sheetnames
    }
    assert (
        "Not asked under this policy: E-1, E-2, A-1, A-2, B-1, C-1. The sheet Rules says why of each."
        in said["Start here"]
    )
    assert any(
        str(one).startswith("Policy: Salt Lake City: social media, version 2019 Compilation.")
        for one in said["Start here"]
    )
    rows = {row[0]: row for row in book["Rules"].iter_rows(values_only=True) if row[0]}
    asked = list(rows["Rule"]).index("Asked")
    assert rows["U-1"][asked] == "yes"
    assert rows["C-1"][asked] == (
        "not asked under this policy, because clause B gives it no basis: it encourages a disclaimer on a personal"
        " account and requires none"
    )
    assert any(
        "says of a seal, logo or uniform on a personal account: forbidden unless" in str(one) for one in said["Rules"]
    )


def test_a_changed_policy_resolves_what_it_does_not_ask_and_brings_it_back(state: State) -> None:
    assert under(of_accounts(state), "maine").keys() > MAINE
    tomorrow, later = DAY + timedelta(1), DAY + timedelta(2)
    state.options["organization"] = 'policy = "irvine-ky"'
    night = state.night(tomorrow)
    gone = {one.finding.rule_id: one for one in night.changes if one.kind == FindingStatus.RESOLVED}
    assert gone.keys() == MAINE
    assert {one.cause for one in gone.values()} == {"the policy changed"}
    assert "clause (A)(1)" in gone["E-1"].reason
    state.options["organization"] = 'policy = "maine"'
    back = {one.finding.rule_id: one for one in state.night(later).changes if one.kind == FindingStatus.REOPENED}
    assert back.keys() == MAINE
    assert {one.cause for one in back.values()} == {"the policy changed"}


def test_a_policy_resolves_although_the_source_failed(state: State, tmp_path: Path) -> None:
    under(of_accounts(state), "maine")
    state.accounts["export"] = []
    state.options["organization"] = 'policy = "oge"'
    night = state.night(DAY + timedelta(1))
    assert night.pulls[-1].reason
    assert {one.rule_id for one in night.findings if one.status is FindingStatus.RESOLVED} == MAINE
    assert {one.rule_id for one in night.findings if one.status is FindingStatus.NOT_RECHECKED} == ALWAYS
