"""What a policy pack asks: which clause is behind each rule, and why a rule is not asked where none is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.config import installed_packs, load_policy
from audit.model.policy import Clause, Policy, Says
from audit.rules import RULES, asked_under
from audit.rules.basis import Basis, basis
from tests.audit.nights import POLICY as LETTERED

REGISTRY = {rule.rule_id for rule in RULES if rule.rule_id[0] in "RU"}
ALL = {rule.rule_id for rule in RULES}

ASKED = {
    "maine": ALL,
    "iowa": {"E-1", "E-2", "A-2", "B-1"} | REGISTRY,
    "oge": REGISTRY,
    "salt-lake-city": REGISTRY,
    "irvine-ky": REGISTRY,
}


def pack(name: str) -> Policy:
    return load_policy(name, Path(), Path("audit.toml"))


def saying(**switches: Any) -> Policy:
    """A pack of one clause that says so."""
    return replace(LETTERED, clauses=(Clause("9", "…", in_scope=True, says=Says(**switches)),))


@pytest.mark.parametrize("name", installed_packs())
def test_what_each_installed_pack_asks(name: str) -> None:
    policy = pack(name)
    assert {rule.rule_id for rule in asked_under(policy)} == ASKED[name]
    for rule in RULES:
        under = rule.basis(policy)
        clause = policy.clause(under.clause)
        assert not under.clause or (clause is not None and clause.in_scope)
        assert rule.note(policy).not_asked == under.not_asked


@pytest.mark.parametrize(
    ("stance", "asked"),
    [
        ("forbidden", True), ("forbidden unless authorised", True), ("should not", True),
        ("counts as business", False), ("a factor", False), ("allowed", False),
    ],
)  # fmt: skip
def test_a_stance_that_forbids_nothing_gives_no_basis(stance: str, asked: bool) -> None:
    under = basis(saying(work_email=stance), "work_email", "E")
    assert (under.clause, not under.not_asked) == ("9", asked)


@pytest.mark.parametrize(
    ("duty", "when", "asked"),
    [
        ("required", "identifies", True), ("should", "identifies", True), ("encouraged", "identifies", False),
        ("allowed", "identifies", False), ("not asked", "identifies", False), ("required", "writes about work", False),
        ("should", "identifies and writes about work", False),
    ],
)  # fmt: skip
def test_a_disclaimer_is_missed_only_where_identifying_makes_it_a_duty(duty: str, when: str, asked: bool) -> None:
    under = basis(saying(disclaimer=duty, disclaimer_when=when), "disclaimer", "C")
    assert (under.clause, not under.not_asked) == ("9", asked)


def test_the_clause_that_forbids_goes_before_one_that_merely_speaks() -> None:
    factor = Clause("1", "…", in_scope=True, says=Says(handle="a factor"))
    outside = Clause("2", "…", in_scope=False, says=Says(handle="forbidden"))
    forbids = Clause("3", "…", in_scope=True, says=Says(handle="should not"))
    assert basis(replace(LETTERED, clauses=(factor, outside, forbids)), "handle", "A") == Basis("3")
    assert basis(replace(LETTERED, clauses=(factor, outside)), "handle", "A").clause == "1"


def test_a_pack_without_switches_is_read_by_its_letters() -> None:
    assert {rule.rule_id: rule.basis(LETTERED) for rule in RULES} == {
        rule.rule_id: Basis(rule.clause) for rule in RULES
    }
    without = replace(LETTERED, clauses=tuple(one for one in LETTERED.clauses if one.letter != "C"))
    assert ALL - {rule.rule_id for rule in asked_under(without)} == {"C-1"}
    outside = replace(LETTERED, clauses=tuple(replace(one, in_scope=one.letter != "E") for one in LETTERED.clauses))
    assert ALL - {rule.rule_id for rule in asked_under(outside)} == {"E-1", "E-2"}
