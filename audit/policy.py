"""A policy pack: the clauses in their own words, the disclaimer's wording, severities, guidance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the policy, quoted word for word. `in_scope` is False for clauses this tool does not judge."""

    letter: str
    text: str
    in_scope: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy pack as a value. `guidance` maps a rule id to what the reviewer should do under this policy."""

    name: str
    source: str
    clauses: tuple[Clause, ...]
    disclaimer: str
    rights: str
    """The policy's own sentences on the rights it does not touch."""
    severities: Mapping[str, str] = field(default_factory=dict)
    guidance: Mapping[str, str] = field(default_factory=dict)

    def clause(self, letter: str) -> Clause | None:
        """The clause of that letter, or None where the policy has none."""
        return next((clause for clause in self.clauses if clause.letter == letter), None)
