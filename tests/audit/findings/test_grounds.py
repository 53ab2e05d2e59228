"""What a finding rests on: which facts differ, in whose part, and which never do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.findings.causes import changes_in_words
from audit.findings.grounds import Differences, differences, facts_of, gone, standing_in
from audit.model.finding import LinkStep
from audit.rules import RULES
from tests.audit.lives import POLICY, branded, case, official, piece

BY_ID = {rule.rule_id: rule for rule in RULES}


BY_NAME = {"link_step": str(LinkStep.NAME_WITH_AGENCY), "link_value": "ada rivermoor", "registered_mailbox": None}
NOBODY = {"link_value": "", "employee_id": "", "employee_name": "", "employee_standing": ""}
"""Tied by name alone, and the person works elsewhere by now."""


def noted(rule_id: str, row: dict[str, Any]) -> str:
    plain: dict[str, Any] = {name: "" if value is None else value for name, value in row.items()}
    return facts_of(BY_ID[rule_id], plain, plain["evidence"], POLICY)


@pytest.mark.parametrize(
    ("rule_id", "before", "after", "expected"),
    [
        ("E-1", case(), case(handle="b"), Differences(account=("handle",))),
        ("E-1", case(), branded(affiliation="employee"), Differences()),
        ("A-1", branded(), branded(matched_text="MaineDOT", profile_sha256="cd" * 32), Differences(("matched words",))),
        ("A-1", branded(), branded(matched_text="MaineDOT"), Differences(rule=("how profiles are read",))),
        ("A-1", branded(profile_sha256=""), branded(profile_sha256="", matched_text="a"),
         Differences(("matched words",))),
        ("A-1", branded(), branded(evidence=(piece("mail: digest"),)), Differences()),
        ("A-1", branded(), branded(registered_mailbox="bay@maine.gov"), Differences()),
        ("A-2", case(), case(contact_mailbox="ada@maine.gov"), Differences(("shown addresses",))),
        ("E-2", case(owners=1), case(owners=2), Differences(directory=("owners of the mailbox",))),
        ("E-1", case(), case(link_value="b@maine.gov", registered_mailbox="b@maine.gov", employee_id="8"),
         Differences(("address it is tied by", "registered address"))),
        ("C-1", branded(**BY_NAME), branded(**(BY_NAME | NOBODY)),
         Differences(directory=("agency", "name", "person", "standing"))),
        ("C-1", branded(**BY_NAME), branded(**BY_NAME, display_name="Ada Moor"), Differences(("display name",))),
        ("R-2", official(), official(handle="DOT"), Differences()),
        ("R-2", official(), official(supervisor_id="8", supervisor_standing="current"),
         Differences(registry=("supervisor",))),
        ("R-3", official(), official(seen=None), Differences()),
    ],
)  # fmt: skip
def test_differences(rule_id: str, before: dict[str, Any], after: dict[str, Any], expected: Differences) -> None:
    assert differences(noted(rule_id, before), noted(rule_id, after)) == expected
    assert differences(noted(rule_id, after), noted(rule_id, before)) == expected


def test_nothing_differs_from_what_was_never_noted_or_not_asked_then() -> None:
    facts = noted("E-1", case())
    assert not differences("", facts)
    assert not differences(facts, "")
    older = json.loads(facts)
    del older["account"]["kinds of evidence"], older["registry"]
    older["account"]["something long gone"] = "x"
    assert not differences(json.dumps(older), facts)


def test_what_is_gone_differs_by_being_shown() -> None:
    facts = noted("E-1", case())
    assert changes_in_words(differences(facts, gone(facts))) == "the account changed (shown by a source)"
    assert gone("") == ""


def test_facts_hold_nobodys_name_address_or_words() -> None:
    facts = noted("A-1", branded()) + noted("E-1", case()) + noted("R-3", official())
    assert not any(word in facts for word in ("ada", "Rivermoor", "@", "MaineDOT", "dot@"))
    assert standing_in(noted("E-1", case())) == "current"


@given(st.permutations([piece(), piece("mail: digest"), piece("mail: digest", "other"), piece("mail: welcome")]))
def test_the_order_and_number_of_pieces_of_evidence_is_nothing(pieces: list[Any]) -> None:
    once = case(evidence=(piece(), piece("mail: digest"), piece("mail: welcome")))
    assert noted("E-1", case(evidence=tuple(pieces))) == noted("E-1", once)


@given(st.text(), st.text())
def test_any_text_can_be_noted(name: str, words: str) -> None:
    facts = noted("C-1", branded(display_name=name, handle=words, matched_text=words))
    assert json.loads(facts)["account"]["shown by a source"] == "yes"
    assert not differences(facts, facts)
