"""What a night amounts to: the value that the workbook, findings.jsonl, run.json and the notebooks are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from audit.model.coverage import PlatformCoverage, SweepCount
from audit.model.exceptions import Register
from audit.model.figures import Figure
from audit.model.finding import Finding, Tier
from audit.model.measures import Columns
from audit.model.organization import Organization
from audit.model.policy import Policy
from audit.model.seats import Seat
from audit.model.settings import ThirdParty
from audit.model.trends import Trends
from connectors.contract import Access, Tally
from connectors.records import OfficialAccount

REHEARSED = ".rehearsal"
"""How the run id of a rehearsal ends."""


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
    requests: Tally = field(default_factory=Tally)
    sweep: SweepCount | None = None
    """For a source that asks key by key."""
    approval: str = ""
    """For a source that may only be read with approval: the reference, by whom, and until when."""
    columns: Columns = field(default_factory=Columns, compare=False)
    """What the pull held, field by field; remembered where it was healthy."""
    figures: tuple[Figure, ...] = field(default=(), compare=False)
    """What was measured of it."""


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
    """"seen" (under which handle, where that is not the registry's), "not seen", or "cannot tell" with the reason."""
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
    not_asked: str = ""
    """Why the policy gives it no basis, in words after "because"; empty where it is asked."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What happened to one finding since the run before: the finding as it is now, what, why, and by whom.

    `kind` is the status it entered, or "decided"; `cause` one of the ledger's phrases, "" where it has none; `words`
    are the columns that a person changed, as they are now.
    """

    finding: Finding
    kind: str
    reason: str
    cause: str = ""
    who: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trust:
    """What people decided about one rule's findings, or its leads; about those of one source where `source` is named.

    `left_out` counts decisions that say nothing about the rule. `low` and `high` are the 95 % interval of the share
    that was right, from 0 to 1 where nothing was decided. `since` is the day on which somebody looked at the rule.
    """

    rule_id: str
    tier: Tier
    source: str
    right: int
    wrong: int
    left_out: int
    low: float
    high: float
    bound: float
    review_only: bool
    since: date | None = None

    @property
    def precision(self) -> float | None:
        """The share that was right; None where nothing was decided."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of one reviewer's copy: `written_by` is the run whose workbook it is, "" where it does not say."""

    name: str
    written_by: str
    taken: int
    """Words that entered the ledger, one a cell."""
    findings: int
    """Findings that they are about."""
    unplaced: int
    """Words or parts that stand on "Import problems" instead."""
    run_id: str = ""
    """The run that read it."""
    sha256: str = ""
    by: tuple[str, ...] = ()
    """Who decided what was taken, as the copy says."""
    problems: tuple[ImportProblem, ...] = ()
    """The unplaced ones."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The end of the ledger's chain of events: how many there are, and the digest that covers all of them."""

    events: int = 0
    head: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """The note to one employee about `findings`, whole and in the parts that a mail merge wants."""

    findings: tuple[Finding, ...]
    name: str
    subject: str
    seen: str
    clause: str
    fix: str
    text: str


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody who has left and on whom a finding still hangs. `agency_code` is whose part it is to see to it."""

    finding_id: str
    employee_id: str
    name: str
    agency_code: str
    left_on: date | None
    """None where HR does not say since when."""


@dataclass(frozen=True, slots=True)
class HoldCount:
    """How many people and findings [holds] names, and how many findings of the ledger it keeps."""

    people: int = 0
    findings: int = 0
    kept: int = 0

    def __bool__(self) -> bool:
        return bool(self.people or self.findings)

    def __str__(self) -> str:
        """As a purge, the workbook and doctor say it."""
        people = "1 person" if self.people == 1 else f"{self.people:,} people"
        named = "1 finding" if self.findings == 1 else f"{self.findings:,} findings"
        kept = "1 finding is" if self.kept == 1 else f"{self.kept:,} findings are"
        return f"On legal hold by [holds] of audit.toml: {people} and {named}; {kept} kept whatever the age"


@dataclass(frozen=True, slots=True)
class StoredNight:
    """What the ledger keeps of a night besides findings, pulls and problems, so that it can be reported again.

    `seen` is by registry key, `supervisors` (their names) by employee id. Nights from before they were stored have
    neither coverage nor figures.
    """

    people: int
    seen: Mapping[str, str]
    supervisors: Mapping[str, str]
    coverage: tuple[PlatformCoverage, ...] = ()
    measured: tuple[Figure, ...] = ()
    leavers: tuple[Leaver, ...] = ()
    register: Register | None = None
    holds: HoldCount = HoldCount()
    third_parties: tuple[ThirdParty, ...] = ()
    judged_by: str = ""
    """Stands for the program and the policy that judged it (audit.night.judged_by)."""
    domains: tuple[str, ...] = ()
    """The State's domains, as audit.toml and the agencies named them."""


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
    coverage: tuple[PlatformCoverage, ...] = ()
    """Employee × platform: for how many of those employed each platform was looked at."""
    own_words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Finding id → heading → text of the columns that analysts added to their workbooks."""
    import_problems: tuple[ImportProblem, ...] = ()
    register: Register | None = None
    """The register of exceptions, with what each spares; None where there is none."""
    packs: Mapping[str, str] = field(default_factory=dict)
    """Finding id → the policy, with its version, under which it was last judged."""
    earlier: Mapping[str, str] = field(default_factory=dict)
    """Finding id → the decision that changed evidence has set aside, in a sentence."""
    changes: tuple[Changed, ...] = ()
    trends: Trends = field(default_factory=Trends)
    trust: tuple[Trust, ...] = ()
    """What dispositions say of the rules, the whole organization's."""
    notices: tuple[Notice, ...] = ()
    """A note to each person of whom somebody has confirmed a finding."""
    measured: tuple[Figure, ...] = ()
    """What of the inputs was usable: the night is all clear only where every figure held."""
    leavers: tuple[Leaver, ...] = ()
    """Who has left and on whom something still hangs, one a finding."""
    receipts: tuple[Receipt, ...] = ()
    shut_folders: tuple[str, ...] = ()
    """Folders of the reviews folder in which no receipt can be written; "." for itself."""
    without_receipt: tuple[str, ...] = ()
    """What went wrong when receipts were written, a sentence a copy."""
    """The copies that this run read for the first time."""
    seats: tuple[Seat, ...] = ()
    """The accounts for work on the organization's own systems."""
    chain: Chain = Chain()
    """Where the ledger's chain of events ends, this night included."""
    holds: HoldCount = HoldCount()
    """What is on legal hold."""
    third_parties: tuple[ThirdParty, ...] = ()
    """Packages beside this one whose code took part."""
    judged_by: str = ""
    """Stands for the program and the policy that judged it; "" on a night of before it was noted."""
    unanchored: tuple[str, ...] = ()
    """Why the chain's end could not be kept where [anchor] says, a sentence each."""

    @property
    def rehearsed(self) -> bool:
        """Whether it was a rehearsal: nothing builds on it."""
        return self.run_id.endswith(REHEARSED)

    @property
    def whole(self) -> bool:
        """Whether it is a night for everybody to look at: no rehearsal, and no source was left out on purpose."""
        return not self.rehearsed and all(pull.status is not PullStatus.SKIPPED for pull in self.pulls)
