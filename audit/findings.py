"""The vocabulary of judgement: severities, tiers, statuses, and a finding as every output shows it."""

from __future__ import annotations

from dataclasses import dataclass
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
    """Which step tied an account to a person, strongest first. From NAME_WITH_AGENCY on it is an inference."""

    REGISTERED_ADDRESS = "registered with the employee's state address"
    SHOWN_ADDRESS = "shows the employee's state address as its contact"
    ALIAS = "address is an alias of the employee's mailbox"
    OFFICIAL_REGISTRY = "declared official account"
    NAME_WITH_AGENCY = "same name and same agency"
    NOT_IN_DIRECTORY = "mailbox not in the directory"
    NONE = "tied to no person"


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
