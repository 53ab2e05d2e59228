"""The vocabulary of judgement: severities, tiers, statuses, and a finding as every output shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from connectors.records import Evidence


class Severity(StrEnum):
    """How soon somebody should look; printed as a word, never as a colour alone."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Tier(StrEnum):
    """A finding rests on facts that a hearing would accept; a lead contains an inference."""

    FINDING = "finding"
    LEAD = "lead"


class FindingStatus(StrEnum):
    """Where a finding stands tonight against the nights before."""

    NEW = "new"
    OPEN = "open"
    REOPENED = "reopened"
    RESOLVED = "resolved"
    NOT_RECHECKED = "not rechecked"


class LinkStep(StrEnum):
    """Which step tied an account to a person, strongest first. From NAME_WITH_AGENCY on it is an inference.

    CONFIRMED is a reviewer's word on an earlier night; what rests on it alone stays a lead, like a name.
    """

    REGISTERED_ADDRESS = "registered with the employee's state address"
    SHOWN_ADDRESS = "shows the employee's state address as its contact"
    ALIAS = "address is an alias of the employee's mailbox"
    OFFICIAL_REGISTRY = "declared official account"
    CONFIRMED = "a reviewer has confirmed whose it is"
    NAME_WITH_AGENCY = "same name and same agency"
    NOT_IN_DIRECTORY = "mailbox not in the directory"
    NONE = "tied to no person"


CUT = "…"
"""What stands in the words of a profile in the place of what is private."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that holds for one account (and person): the unit of findings.jsonl and of the workbook.

    Empty text means "nothing to say" (an account without a known id, a mailbox that belongs to nobody in HR).
    `matched_text` is a verbatim quotation from the profile; `because` one plain sentence or two.
    `rivals` counts further people whom the linking step could have meant; with rivals nobody is named.
    `sources` names the sources it rests on: only when all of them are complete can it resolve.
    """

    finding_id: str
    rule_id: str
    clause: str
    tier: Tier
    severity: Severity
    status: FindingStatus
    platform: str
    handle: str
    account_id: str
    url: str
    display_name: str
    mailbox: str
    employee_id: str
    employee_name: str
    agency_code: str
    because: str
    matched_text: str
    evidence: tuple[Evidence, ...]
    link_step: LinkStep
    link_value: str
    rivals: int
    sources: tuple[str, ...]
    first_seen: date
    last_seen: date
    disposition: str = ""
    reviewer: str = ""
    note: str = ""
    decided_on: date | None = None
    suppress_until: date | None = None


class Cause(StrEnum):
    """Why something changed, as the workbook and the events say it."""

    FIRST = "seen for the first time"
    ACCOUNT = "the account changed"
    DIRECTORY = "the directory changed"
    REGISTRY = "the registry changed"
    RULE = "the rule changed"
    CONFIGURATION = "the configuration changed"
    DECIDED = "somebody decided"
    PASSED = "the address or employee id passed to another person"
    POLICY = "the policy changed"
    EXCEPTION = "an exception covers it"
    ENDED = "an exception ended"
    UNKNOWN = "cannot tell"


DECIDED = ("disposition", "reviewer", "note", "decided_on", "suppress_until")
"""The fields of a finding that only a person fills."""
SET_ASIDE = ("disposition", "reviewer", "decided_on", "suppress_until")
"""What goes when the evidence under a decision has changed; the note stays where it is."""
DISPOSITIONS = (
    "confirmed",
    "not this person",
    "official account",
    "already corrected",
    "protected activity: excluded",
    "duplicate",
    "needs more evidence",
)
"""What a reviewer may decide. "needs more evidence" leaves the finding waiting."""
CONFIRMED, NOT_THEIRS = "confirmed", "not this person"
"""The dispositions that say whose an account is."""
UPHELD = (CONFIRMED, "already corrected")
"""The dispositions that say of a finding that it is true."""
UNDECIDED = ("", "needs more evidence")
"""The dispositions with which a finding waits for somebody."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A decision that changed evidence has set aside: it stays readable, and counts until there is a new one.

    `changed` says in words what has changed since.
    """

    disposition: str
    reviewer: str
    decided_on: date | None
    suppress_until: date | None
    changed: str

    def __str__(self) -> str:
        """The decision as a sentence of the workbook."""
        decided = f"Decided before as “{self.disposition}”" if self.disposition else "Put aside before"
        by = f" by {self.reviewer}" if self.reviewer else ""
        on = f" on {self.decided_on.isoformat()}" if self.decided_on else ""
        until = f", suppressed until {self.suppress_until.isoformat()}" if self.suppress_until else ""
        return f"{decided}{by}{on}{until}; since then {self.changed}."


@dataclass(frozen=True, slots=True)
class Past:
    """A finding as the ledger keeps it, with the days on which it was resolved or came back, if ever.

    `facts` is the digest of what was observed (audit.findings.grounds), `decided_facts` the one that stood when
    somebody decided; `earlier` is the last decision that was set aside because of what changed between the two.
    """

    finding: Finding
    resolved_on: date | None = None
    reopened_on: date | None = None
    facts: str = ""
    decided_facts: str = ""
    earlier: Earlier | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One step in a finding's life, for the ledger's chain of events. `kind` is the status it entered.

    `cause` is one of Cause, or several joined by "; "; `reason` says it in full; `set_aside` holds the words of a
    decision that no longer stands, by field.
    """

    finding_id: str
    kind: FindingStatus
    reason: str
    cause: str = Cause.UNKNOWN
    set_aside: Mapping[str, str] = field(default_factory=dict)


def waits(finding: Finding, as_of: date) -> bool:
    """Whether somebody has to decide about it now: it stands, nobody has, and nobody has put it aside."""
    return finding.status is not FindingStatus.RESOLVED and not closed(finding, as_of)


def closed(finding: Finding, as_of: date) -> bool:
    """Whether nobody need look at the finding: somebody has decided, or put it aside until a later day."""
    return not undecided(finding.disposition) or suppressed(finding, as_of)


def undecided(disposition: str) -> bool:
    """Whether a finding with this disposition goes on waiting. A word of nobody's list ("?", "confirmd") decides
    nothing: what waits for somebody must not go out of sight by it."""
    return disposition in UNDECIDED or disposition not in DISPOSITIONS


def suppressed(finding: Finding, as_of: date) -> bool:
    """Whether a reviewer has put it aside, with a reason, until this day or a later one."""
    return finding.suppress_until is not None and finding.suppress_until >= as_of
