"""From night to night: which findings are new, open, reopened, resolved, or could not be rechecked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from audit.findings import Finding, FindingStatus, LinkStep
from audit.policy import Policy
from audit.rules import Draft, Verdicts

DECIDED = ("disposition", "reviewer", "note", "decided_on", "suppress_until")
"""The fields of a finding that only a person fills."""


@dataclass(frozen=True, slots=True)
class Past:
    """A finding as the ledger keeps it, with the days on which it was resolved or came back, if ever."""

    finding: Finding
    resolved_on: date | None = None
    reopened_on: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One step in a finding's life, for the ledger's chain of events. `kind` is the status it entered."""

    finding_id: str
    kind: FindingStatus
    reason: str


def carry(
    past: Mapping[str, Past], verdicts: Verdicts, complete: frozenset[str], policy: Policy, as_of: date
) -> tuple[tuple[Past, ...], tuple[Change, ...]]:
    """Hold tonight's verdicts against the findings of the nights before.

    A finding resolves only when every source it rests on is in `complete` and the rule plainly does not hold; what
    cannot be told tonight stands, marked as not rechecked, and creates nothing. The same verdicts on the same day
    give the same result however often they are carried. Returns all findings that concern tonight, by id, and what
    changed.
    """
    kept: list[Past] = []
    changes: list[Change] = []
    for finding_id in sorted(past.keys() | verdicts.holding.keys()):
        known, draft = past.get(finding_id), verdicts.holding.get(finding_id)
        if draft is not None and draft.fresh:
            after: Past | None = _held(known, draft, policy, as_of)
        elif known is None or known.resolved_on is not None:
            after = known
        elif draft is not None or finding_id in verdicts.unknown or not complete.issuperset(known.finding.sources):
            after = replace(known, finding=replace(known.finding, status=FindingStatus.NOT_RECHECKED))
        else:
            after = Past(replace(known.finding, status=FindingStatus.RESOLVED), as_of, known.reopened_on)
        if after is None:
            continue
        kept.append(after)
        reason = _reason(known, after)
        if reason:
            changes.append(Change(finding_id, after.finding.status, reason))
    return tuple(kept), tuple(changes)


def tonight(past: Past, as_of: date) -> bool:
    """Whether a finding belongs in tonight's report: it is open, or it was resolved on this very day."""
    return past.resolved_on is None or past.resolved_on == as_of


def _held(known: Past | None, draft: Draft, policy: Policy, as_of: date) -> Past:
    finding = finding_from(draft, policy, as_of)
    if known is None:
        return Past(finding)
    reopened = as_of if known.resolved_on is not None else known.reopened_on
    first = known.finding.first_seen
    status = FindingStatus.OPEN
    if reopened == as_of:
        status = FindingStatus.REOPENED
    elif first == as_of:
        status = FindingStatus.NEW
    decided = {name: getattr(known.finding, name) for name in DECIDED}
    return Past(replace(finding, status=status, first_seen=first, **decided), None, reopened)


def _reason(known: Past | None, after: Past) -> str:
    if known is None:
        return "seen for the first time"
    if (known.resolved_on is None) != (after.resolved_on is None):
        return "seen again" if after.resolved_on is None else "no longer found by any source it rests on"
    if known.finding.because != after.finding.because:
        return "what was observed has changed"
    return ""


def finding_from(draft: Draft, policy: Policy, as_of: date) -> Finding:
    """A finding first seen on `as_of`, from a rule that holds."""
    case, rule = draft.case, draft.rule
    return Finding(
        finding_id=draft.finding_id,
        rule_id=rule.rule_id,
        clause=rule.clause,
        tier=draft.tier,
        severity=rule.severity_in(policy),
        status=FindingStatus.NEW,
        platform=case["platform"],
        handle=case["handle"],
        account_id=case["account_id"],
        url=case["url"],
        display_name=case["display_name"],
        mailbox=case["shown_mailbox"] if rule.quotes == "shown_mailbox" else case["registered_mailbox"],
        employee_id=case["employee_id"],
        employee_name=case["employee_name"],
        agency_code=case["agency_code"],
        because=draft.because,
        matched_text=case[rule.quotes],
        evidence=draft.evidence,
        link_step=LinkStep(case["link_step"]),
        link_value=case["link_value"],
        rivals=int(case["rivals"] or 0),
        sources=draft.sources,
        first_seen=as_of,
        last_seen=as_of,
    )
