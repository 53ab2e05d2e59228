"""What a night amounts to: the value that the workbook, findings.jsonl, run.json and the notebooks are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from audit.findings import Finding
from audit.organization import Organization
from audit.policy import Policy
from connectors.contract import Access
from connectors.records import OfficialAccount


class PullStatus(StrEnum):
    """Whether a source may be judged from tonight."""

    COMPLETE = "complete"
    NOT_JUDGED = "not judged"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Pull:
    """How one source fared tonight. Counts are items; `reason` says in a sentence why it was not judged."""

    source: str
    connector: str
    access: Access
    status: PullStatus
    read: int
    kept: int
    dropped: int
    rejected: int
    reason: str
    read_before: int | None
    """Items of the last healthy pull; None on the first night."""
    kept_by_platform: tuple[tuple[str, int], ...] = ()
    dropped_by_reason: tuple[tuple[str, int], ...] = ()
    """Why `dropped` were: (fixed phrase, count), the most frequent first; the counts add up to `dropped`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One row, file or setting that could not be used as it stands: where, why, and what to do about it."""

    source: str
    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """Something typed into a reviewer's workbook that could not be placed, word for word.

    `where` is the file, its sheet and row as far as they are known; `field` the column's heading ("" for a whole row
    or file); `stands` what the ledger holds there instead.
    """

    where: str
    finding_id: str
    field: str
    words: str
    stands: str
    reason: str


@dataclass(frozen=True, slots=True)
class RegistryRow:
    """One official account with what tonight's run saw of it."""

    account: OfficialAccount
    agency: str
    supervisor_name: str
    seen: str
    """"seen tonight", "not seen", or "cannot tell" with the reason."""
    findings: tuple[str, ...]
    """Rule ids that hold for it tonight."""


@dataclass(frozen=True, slots=True)
class RuleNote:
    """A rule as the reader meets it: what it says, what it does not prove, what to do."""

    rule_id: str
    clause: str
    tier: str
    severity: str
    title: str
    rationale: str
    proves_not: str
    to_do: str


@dataclass(frozen=True, slots=True)
class Night:
    """Everything one run has to say. `findings` holds the resolved ones of tonight too."""

    run_id: str
    as_of: date
    started_at: datetime
    organization: Organization
    policy: Policy
    rules: tuple[RuleNote, ...]
    pulls: tuple[Pull, ...]
    problems: tuple[Problem, ...]
    findings: tuple[Finding, ...]
    registry: tuple[RegistryRow, ...]
    people: int
    """Employees in the directory tonight."""
    own_words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Finding id → heading → text of the columns that analysts added to their workbooks."""
    import_problems: tuple[ImportProblem, ...] = ()
