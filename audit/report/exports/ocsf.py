"""Findings as events of the Open Cybersecurity Schema Framework: Compliance Finding (2003), JSON Lines. Pure.

Attributes and their numbers are those of schema.ocsf.io/1.5.0/classes/compliance_finding; the tests hold every event
against that schema. A finding is no conclusion: only what somebody has confirmed is told as a failed check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from audit.model.finding import CONFIRMED, Finding, Severity, Tier
from audit.report.exports.facts import ExportFacts, in_no_telling_order, json_line, midnight
from audit.report.exports.selection import Ending, Outgoing, TicketState

SCHEMA = "1.5.0"
_CATEGORY, _CLASS = 2, 2003
_CREATE, _UPDATE, _CLOSE = (1, "Create"), (2, "Update"), (3, "Close")
_NEW, _IN_PROGRESS, _SUPPRESSED, _RESOLVED = (1, "New"), (2, "In Progress"), (3, "Suppressed"), (4, "Resolved")
_ARCHIVED = (5, "Archived")
_UNKNOWN, _PASS, _WARNING, _FAIL = (0, "Unknown"), (1, "Pass"), (2, "Warning"), (3, "Fail")
_SEVERITIES = {Severity.LOW: (2, "Low"), Severity.MEDIUM: (3, "Medium"), Severity.HIGH: (4, "High")}


def ocsf(facts: ExportFacts, sent: Iterable[Outgoing]) -> Iterator[str]:
    """The lines, with their ends: one event for each reference."""
    for one in in_no_telling_order(facts, sent):
        yield json_line(ocsf_event(facts, one))


def ocsf_event(facts: ExportFacts, one: Outgoing) -> dict[str, Any]:
    """One event. `finding_info.uid` is the same on every day, with names or without."""
    activity, activity_name = _activity(one)
    status, status_name = _status(one)
    severity, severity_name = _SEVERITIES[one.finding.severity] if one.finding else _UNKNOWN
    finding = _of_finding(facts, one.finding) if one.finding else {}
    info = {"uid": str(facts.reference("finding", one.finding_id)), **finding.pop("finding_info", {})}
    if facts.names:
        info["uid_alt"] = one.finding_id
    compliance_status, compliance_name = _compliance(one)
    compliance = {
        "status_id": compliance_status,
        "status": compliance_name,
        "standards": [facts.policy.name],
        **finding.pop("compliance", {}),
    }
    return {
        "activity_id": activity,
        "activity_name": activity_name,
        "category_uid": _CATEGORY,
        "category_name": "Findings",
        "class_uid": _CLASS,
        "class_name": "Compliance Finding",
        "type_uid": _CLASS * 100 + activity,
        "type_name": f"Compliance Finding: {activity_name}",
        "time": _ms(facts.at),
        "severity_id": severity,
        "severity": severity_name,
        "status_id": status,
        "status": status_name,
        **({"status_detail": str(one.ending)} if one.ending else {}),
        "metadata": {
            "version": SCHEMA,
            "product": {"name": "identity-audit", "version": facts.version},
            "uid": str(facts.reference(f"event {facts.run_id}", one.finding_id)),
            "tenant_uid": facts.organization,
        },
        "finding_info": info,
        "compliance": compliance,
        **finding,
    }


def _activity(one: Outgoing) -> tuple[int, str]:
    if one.state is TicketState.CLOSED:
        return _CLOSE
    return _CREATE if one.first else _UPDATE


def _status(one: Outgoing) -> tuple[int, str]:
    if one.ending is Ending.WITHDRAWN:
        return _ARCHIVED
    if one.ending in (Ending.DISMISSED, Ending.DUPLICATE) or one.state is TicketState.SUPPRESSED:
        return _SUPPRESSED
    if one.state is TicketState.CLOSED:
        return _RESOLVED
    return _IN_PROGRESS if one.finding and one.finding.disposition else _NEW


def _compliance(one: Outgoing) -> tuple[int, str]:
    if one.ending in (Ending.RESOLVED, Ending.CORRECTED):
        return _PASS
    if one.finding is None or one.ending:
        return _UNKNOWN
    return _FAIL if one.finding.disposition == CONFIRMED else _WARNING


def _of_finding(facts: ExportFacts, finding: Finding) -> dict[str, Any]:
    note = facts.rules.get(finding.rule_id)
    info: dict[str, Any] = {
        "title": facts.title(finding.rule_id),
        "types": [finding.rule_id],
        "first_seen_time": _day_ms(finding.first_seen),
        "last_seen_time": _day_ms(finding.last_seen),
        "data_sources": list(finding.sources),
    }
    if note:
        info["desc"] = f"{note.rationale} Does not prove: {note.proves_not}"
    if facts.names and finding.url:
        info["src_url"] = finding.url
    account: dict[str, Any] = {
        "type": f"account on {finding.platform}",
        "uid": str(facts.reference("account", facts.account_key(finding))),
        "name": facts.account(finding),
    }
    if finding.employee_id:
        account["owner"] = _owner(facts, finding)
    if finding.agency_code:
        account["group"] = {"uid": finding.agency_code, "name": facts.agency(finding)}
    said: dict[str, Any] = {"finding_info": info, "resources": [account]}
    said["compliance"] = {"control": finding.rule_id}
    if finding.clause:
        said["compliance"]["requirements"] = [finding.clause]
    if note and note.to_do:
        said["remediation"] = {"desc": note.to_do}
    if facts.names:
        said["message"] = facts.plain(finding.because)
    if finding.tier is Tier.LEAD:
        said["comment"] = "a lead: it contains an inference, and names nobody for certain"
    return said


def _owner(facts: ExportFacts, finding: Finding) -> dict[str, Any]:
    """The person to whom the account is tied."""
    uid = finding.employee_id if facts.names else str(facts.reference("employee", finding.employee_id))
    return {"uid": uid, "name": facts.employee(finding)}


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _day_ms(day: date) -> int:
    return _ms(midnight(day))
