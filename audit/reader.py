"""A night as one reader may see it: the whole organization, or one agency and nothing of the others. Pure.

Every finding has one place, so that a decision about it is typed once: findings about the registry (R rules) stand on
"Official accounts", mailboxes that belong to nobody in HR on "Not in directory", the rest by tier on "Findings" or
"Leads".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from audit.findings import Finding, FindingStatus, LinkStep, Severity, Tier
from audit.night import Night, PullStatus, RegistryRow, RuleNote
from audit.sheets import Column, Kind, Row, Tone

_NEWS = (FindingStatus.NEW, FindingStatus.REOPENED)
_SEVERITIES = tuple(Severity)
NO_FINDING = "no finding"
SUPPRESSED = ", suppressed"
"""Follows the status of a finding that a reviewer has suppressed until a later day."""

STATUS_TONES: Mapping[str, Tone] = {
    FindingStatus.NEW: Tone.NEWS,
    FindingStatus.REOPENED: Tone.NEWS,
    FindingStatus.NOT_RECHECKED: Tone.WARNING,
    FindingStatus.RESOLVED: Tone.QUIET,
    NO_FINDING: Tone.QUIET,
    **{f"{status}{SUPPRESSED}": Tone.QUIET for status in FindingStatus},
}
SEVERITY_TONES: Mapping[str, Tone] = {Severity.HIGH: Tone.ALARM, Severity.MEDIUM: Tone.WARNING}
PULL_TONES: Mapping[str, Tone] = {PullStatus.NOT_JUDGED: Tone.ALARM, PullStatus.SKIPPED: Tone.WARNING}


@dataclass(frozen=True, slots=True)
class Reader:
    """The night cut down to what one reader may see, with the names that every row looks up.

    `agency_code` is empty for the whole organization; else `findings` and `registry` are that agency's alone.
    """

    night: Night
    agency_code: str
    findings: tuple[Finding, ...]
    registry: tuple[RegistryRow, ...]
    rules: Mapping[str, RuleNote]
    agencies: Mapping[str, str]

    def rule(self, finding: Finding) -> str:
        """The rule's id and title."""
        note = self.rules.get(finding.rule_id)
        return f"{finding.rule_id} {note.title}" if note else finding.rule_id

    def agency(self, code: str) -> str:
        """The agency's name; its code where the name is unknown, or not this reader's to see."""
        return self.agencies.get(code, code)

    def to_do(self, finding: Finding) -> str:
        """What the policy pack or the rule asks of the reviewer."""
        note = self.rules.get(finding.rule_id)
        return note.to_do if note else self.night.policy.guidance.get(finding.rule_id, "")


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows made one at a time, as often as they are asked for: 100,000 findings never stand in memory as rows."""

    of: Callable[[Any], Row]
    items: Iterable[Any]

    def __iter__(self) -> Iterator[Row]:
        return map(self.of, self.items)


def reader_of(night: Night, agency_code: str, findings: Iterable[Finding], registry: tuple[RegistryRow, ...]) -> Reader:
    """The night for the reader of `agency_code` (empty: everyone's), findings with the most urgent first."""
    named = {agency.agency_code: agency.name for agency in night.organization.agencies}
    agencies = {agency_code: named.get(agency_code, agency_code)} if agency_code else named
    rules = {note.rule_id: note for note in night.rules}
    ordered = tuple(sorted(findings, key=lambda finding: _urgency(finding, agencies)))
    return Reader(night, agency_code, ordered, registry, rules, agencies)


def _urgency(finding: Finding, agencies: Mapping[str, str]) -> tuple[object, ...]:
    """News first, then what waits for a decision, then what has one, then what is resolved."""
    if finding.status is FindingStatus.RESOLVED:
        standing = 3
    elif finding.status in _NEWS:
        standing = 0
    else:
        standing = 1 if waits(finding) else 2
    return (
        standing,
        _SEVERITIES.index(finding.severity),
        finding.rule_id,
        agencies.get(finding.agency_code, finding.agency_code),
        finding.employee_name,
        finding.platform,
        finding.handle,
        finding.finding_id,
    )


def waits(finding: Finding) -> bool:
    """Whether somebody still has to decide about it."""
    undecided = finding.disposition in ("", "needs more evidence")
    return undecided and finding.status is not FindingStatus.RESOLVED


def suppressed(finding: Finding, as_of: date) -> bool:
    """Whether a reviewer has put it aside, with a reason, until this day or a later one."""
    return finding.suppress_until is not None and finding.suppress_until >= as_of


def place(finding: Finding) -> str:
    """The name of the one sheet on which the finding stands."""
    if finding.rule_id.startswith("R-"):
        return "Official accounts"
    if finding.link_step is LinkStep.NOT_IN_DIRECTORY:
        return "Not in directory"
    return "Leads" if finding.tier is Tier.LEAD else "Findings"


def count(heading: str) -> Column:
    """A narrow column of numbers."""
    return Column(heading, 12, Kind.NUMBER)
