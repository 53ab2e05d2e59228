"""The rules: one file per policy clause, one documented predicate per rule. To add one, write the function."""

from __future__ import annotations

from audit.model.policy import Policy
from audit.rules import clause_a, clause_b, clause_c, clause_e, registry, seats, unclaimed
from audit.rules.rule import Draft, Predicate, Rule, Verdicts, judge

RULES: list[Rule] = [
    module_rule
    for module in (clause_e, clause_a, clause_b, clause_c, unclaimed, registry, seats)
    for module_rule in module.RULES
]
"""All rules that there are; audit.extensions adds those of packages that audit.toml allows."""


OF_OTHERS = "X-"
"""How the ids of all rules begin that packages beside this one bring, and no other."""


def asked_under(policy: Policy) -> tuple[Rule, ...]:
    """The rules to which a policy gives a basis, in their order: the others make no row under it."""
    return tuple(rule for rule in RULES if not rule.basis(policy).not_asked)


__all__ = ["OF_OTHERS", "RULES", "Draft", "Predicate", "Rule", "Verdicts", "asked_under", "judge"]
