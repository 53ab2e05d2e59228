"""A policy pack: the clauses in their own words, what each asks, the disclaimer's wording, severities, guidance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Literal

from audit.model.finding import Severity

Stance = Literal[
    "forbidden", "forbidden unless authorised", "should not", "counts as business", "a factor", "allowed"
]  # fmt: skip
FORBIDDING = ("forbidden", "forbidden unless authorised", "should not")
"""The stances under which a rule may be asked; the others are said, and nothing is asked under them."""
Duty = Literal["required", "should", "encouraged", "allowed", "not asked"]
DUE = ("required", "should")
"""The duties under which a missing disclaimer may be told."""
When = Literal["identifies", "writes about work", "identifies and writes about work"]


@dataclass(frozen=True, slots=True)
class Says:
    """What a clause says about personal accounts, a switch each; None where it says nothing of it.

    `disclaimer_when` is what brings the duty about, `disclaimer_words` how the policy's own wording is meant.
    """

    work_email: Stance | None = None
    work_email_shown: Stance | None = None
    username: Stance | None = None
    handle: Stance | None = None
    branding: Stance | None = None
    title_in_bio: Stance | None = None
    agency_outlet: Stance | None = None
    disclaimer: Duty | None = None
    disclaimer_when: When = "identifies"
    disclaimer_words: Literal["to that effect", "such as"] = "to that effect"
    official_accounts: Literal["kept apart"] | None = None

    @property
    def given(self) -> dict[str, str]:
        """The switches that are set, in their order; what merely describes the disclaimer only beside one."""
        told = {one.name: str(value) for one in fields(self) if (value := getattr(self, one.name)) is not None}
        return {name: value for name, value in told.items() if self.disclaimer or not name.startswith("disclaimer_")}


SUBJECTS: Mapping[str, str] = {
    "work_email": "a work address as the address of a personal account",
    "work_email_shown": "a work address as the contact on a personal profile",
    "username": "the employer's login as the name of a personal account",
    "handle": "an agency's name, rank or unit in the name of a personal account",
    "branding": "a seal, logo or uniform on a personal account",
    "title_in_bio": "title or post in a personal biography",
    "agency_outlet": "speaking for an agency on a personal page",
    "disclaimer": "a disclaimer on a personal account",
    "official_accounts": "official accounts and who answers for them",
}
"""What each switch is about, as people read it."""
JUDGED_BY_NONE: Mapping[str, str] = {
    "username": "no source tells which login the employer gave to whom",
    "branding": "pictures are never fetched",
    "title_in_bio": "no rule judges what somebody does for a living",
}
"""The switches that no rule rests on, and why."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the policy, quoted word for word. `in_scope` is False for clauses this tool does not judge.

    `letter` is what the policy itself calls it ("E", "(A)(1)").
    """

    letter: str
    text: str
    in_scope: bool
    note: str = ""
    says: Says = Says()


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """A sentence of the policy, word for word, under which nothing is judged, and why not."""

    text: str
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
    """A policy pack as a value. `guidance` maps a rule id to what the reviewer should do under this policy.

    `version` is the policy's own word for it, `effective` since when it is in force, `applies_to` to whom, `seen` how
    much of its text was seen. Under one that forbids `exceptions` nobody's use can be authorised.
    """

    name: str
    source: str
    clauses: tuple[Clause, ...]
    disclaimer: str
    rights: str
    """The policy's own sentences on the rights it does not touch."""
    severities: Mapping[str, Severity] = field(default_factory=dict)
    guidance: Mapping[str, str] = field(default_factory=dict)
    notice: NoticeWords | None = None
    version: str = ""
    effective: date | None = None
    applies_to: str = ""
    seen: str = ""
    out_of_scope: tuple[OutOfScope, ...] = ()
    exceptions: Literal["allowed", "forbidden"] = "allowed"
    barred: Barred = Barred()

    def clause(self, letter: str) -> Clause | None:
        """The clause of that letter, or None where the policy has none."""
        return next((clause for clause in self.clauses if clause.letter == letter), None)

    @property
    def switched(self) -> bool:
        """Whether it says by switches what it asks. One that has none is read by its letters, as E is by rule E-1."""
        return any(clause.says != Says() for clause in self.clauses)

    @property
    def label(self) -> str:
        """The policy with its version and since when it is in force, as findings and files name it."""
        version = f"version {self.version}" if self.version else ""
        since = f"in force since {self.effective.isoformat()}" if self.effective else ""
        return ", ".join(part for part in (self.name, version, since) if part)
