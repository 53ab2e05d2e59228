"""Under which clause of a policy a rule is asked; where there is none, why not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from audit.model.policy import DUE, FORBIDDING, SUBJECTS, Clause, Policy

ALWAYS = "official_accounts"
"""The switch of rules that are asked for the registry's own sake, whatever the policy says."""
DISCLAIMER, IDENTIFIES = "disclaimer", "identifies"
_NO_DUTY: Mapping[str, str] = {
    "counts as business": "it makes {subject} the employer's business and does not forbid it",
    "a factor": "{subject} is one factor among several there, and forbidden by none of them alone",
    "allowed": "it allows {subject}",
    "encouraged": "it encourages {subject} and requires none",
    "not asked": "{subject} is ordinarily not asked for there",
}


@dataclass(frozen=True, slots=True)
class Basis:
    """The clause that speaks of what a rule is about, "" where none does. `not_asked` says why the rule is not asked
    under it, in words that follow "because"; empty where it is."""

    clause: str
    not_asked: str = ""


def basis(policy: Policy, switch: str, letter: str) -> Basis:
    """The basis that a policy gives to rules about a switch; `letter` is their clause in packs without switches."""
    subject = SUBJECTS[switch]
    if not policy.switched:
        clause = policy.clause(letter)
        if switch == ALWAYS or (clause is not None and clause.in_scope):
            return Basis(letter if clause else "")
        return Basis("", f"clause {letter} is out of scope" if clause else f"no clause speaks of {subject}")
    speaking = [clause for clause in policy.clauses if clause.in_scope and getattr(clause.says, switch) is not None]
    if switch == ALWAYS:
        return Basis(speaking[0].letter if speaking else "")
    reasons = [(clause, _no_duty(clause, switch)) for clause in speaking]
    for clause, reason in reasons:
        if not reason:
            return Basis(clause.letter)
    for clause, reason in reasons:
        return Basis(clause.letter, f"clause {clause.letter} gives it no basis: {reason}")
    return Basis("", f"no clause that is in scope speaks of {subject}")


def _no_duty(clause: Clause, switch: str) -> str:
    """Why a clause that speaks of it gives no basis; empty where it does."""
    stance, subject = getattr(clause.says, switch), SUBJECTS[switch]
    if switch != DISCLAIMER:
        return "" if stance in FORBIDDING else _NO_DUTY[stance].format(subject=subject)
    if stance not in DUE:
        return _NO_DUTY[stance].format(subject=subject)
    if clause.says.disclaimer_when == IDENTIFIES:
        return ""
    return "it asks for a disclaimer where somebody writes about work, and what people post is never read"
