"""The rules: one file per policy clause, one documented predicate per rule. To add one, write the function."""

from __future__ import annotations

from audit.rules import clause_a, clause_b, clause_c, clause_e, registry, seats, unclaimed
from audit.rules.rule import Draft, Predicate, Rule, Verdicts, judge

RULES: tuple[Rule, ...] = tuple(
    module_rule
    for module in (clause_e, clause_a, clause_b, clause_c, unclaimed, registry, seats)
    for module_rule in module.RULES
)

__all__ = ["RULES", "Draft", "Predicate", "Rule", "Verdicts", "judge"]
