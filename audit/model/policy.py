"""A policy pack: the clauses in their own words, the disclaimer's wording, severities, guidance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from audit.model.finding import Severity


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the policy, quoted word for word. `in_scope` is False for clauses this tool does not judge."""

    letter: str
    text: str
    in_scope: bool
    note: str = ""


NOTICE_FIELDS = (
    "name", "platform", "account", "seen_on", "seen", "tied_by", "words", "letter", "clause", "policy", "source",
    "disclaimer", "contact", "rights", "organization",
)  # fmt: skip
"""What the words of a notice may name, in braces."""


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """The words of the note to an employee: texts that name NOTICE_FIELDS in braces.

    `quoted` stands only where there are words to quote. `proves_not` and `fix` map a rule's id to what the finding does
    not show, and to how it is put right; about a rule without them no note is written. `whose` says that nobody need
    tell whose an account is. `nobody` stands for the contact where audit.toml names none.
    """

    subject: str
    greeting: str
    opening: str
    seen: str
    quoted: str
    clause: str
    proves_not: Mapping[str, str]
    fix: Mapping[str, str]
    objection: str
    nobody: str
    rights: str
    closing: str
    whose: str = "You need not tell anyone whether an account is yours."


@dataclass(frozen=True, slots=True)
class Barred:
    """[barred]: which kinds of sentence may not reach an employee, all of them where `kinds` is None.

    `state` is the postal code under whose law a reason names a statute; `words` are further words for what an employee
    is not asked for where the law of a state protects them.
    """

    kinds: tuple[str, ...] | None = None
    state: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy pack as a value. `guidance` maps a rule id to what the reviewer should do under this policy."""

    name: str
    source: str
    clauses: tuple[Clause, ...]
    disclaimer: str
    rights: str
    """The policy's own sentences on the rights it does not touch."""
    severities: Mapping[str, Severity]
    guidance: Mapping[str, str]
    notice: NoticeWords | None = None
    barred: Barred = Barred()

    def clause(self, letter: str) -> Clause | None:
        """The clause of that letter, or None where the policy has none."""
        return next((clause for clause in self.clauses if clause.letter == letter), None)
