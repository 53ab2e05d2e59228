"""A night as OSCAL assessment results: an observation and a finding for each reference. Pure.

Model and words are NIST's (pages.nist.gov/OSCAL-Reference/models/v1.1.3/assessment-results); the tests have
compliance-trestle read every document. Controls are the clauses of the policy; the plan that is imported is what the
rules say of themselves, a resource of the document. UUIDs of what is the same are the same from night to night.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from audit.model.finding import CONFIRMED, Finding, Tier
from audit.model.night import RuleNote
from audit.report.exports.facts import ExportFacts, in_no_telling_order, json_text, midnight
from audit.report.exports.selection import Ending, Outgoing, TicketState

VERSION = "1.1.3"
"""Of OSCAL."""
NAMESPACE = "urn:identity-audit"
"""Of the names of properties, which are this program's."""
HOLDER = "account-holder"
_NO_CLAUSE = "no-clause"
_SATISFIED = (Ending.RESOLVED, Ending.CORRECTED, Ending.DISMISSED, Ending.DUPLICATE, Ending.WITHDRAWN)


def oscal(facts: ExportFacts, sent: Sequence[Outgoing]) -> Iterator[str]:
    """The document, in a line, a piece at a time: of many findings it never stands in memory whole."""
    yield from _pieces(_document(facts, sent))
    yield "\n"


def _pieces(value: object) -> Iterator[str]:
    """JSON of values in which an iterator stands for a long list."""
    if isinstance(value, dict):
        for at, (name, one) in enumerate(value.items()):
            yield f"{',' if at else '{'}{json_text(name)}:"
            yield from _pieces(one)
        yield "}"
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield "," if at else "["
            yield from _pieces(one)
        yield "]"
    elif isinstance(value, Iterator):
        for at, one in enumerate(value):
            yield f"{',' if at else '['}{json_text(one)}"
        yield "]"
    else:
        yield json_text(value)


def _document(facts: ExportFacts, sent: Sequence[Outgoing]) -> dict[str, Any]:
    """The document as values; its long lists are iterators, none of them empty, as OSCAL wants it."""
    sent = in_no_telling_order(facts, sent)
    told = [(one, one.finding) for one in sent if one.finding]
    at = _time(facts.at)
    uuid = facts.reference("results", f"{facts.run_id} {facts.agency_code}")
    whose = f", agency {facts.agency_code}" if facts.agency_code else ""
    title = f"Identity audit, {facts.organization}{whose}, {facts.as_of.isoformat()}"
    plan = str(facts.reference("plan", facts.policy.name))
    people = {finding.employee_id: finding for _, finding in told if finding.employee_id}
    accounts = {facts.account_key(finding): finding for _, finding in told}
    result: dict[str, Any] = {
        "uuid": str(facts.reference("result", f"{facts.run_id} {facts.agency_code}")),
        "title": title,
        "description": "What the rules found, and what of it people have decided. A finding is no conclusion.",
        "start": at,
        "reviewed-controls": _reviewed(facts, told),
    }
    if accounts:
        items = (_account(facts, key, finding) for key, finding in accounts.items())
        result["local-definitions"] = {"inventory-items": items}
    if told:
        result["observations"] = (_observation(facts, finding) for _, finding in told)
    if sent:
        result["findings"] = (_finding(facts, one) for one in sent)
    organization = {
        "uuid": str(facts.reference("organization", "")), "type": "organization", "name": facts.organization,
    }  # fmt: skip
    metadata: dict[str, Any] = {
        "title": title,
        "last-modified": at,
        "version": facts.run_id,
        "oscal-version": VERSION,
        "roles": [{"id": HOLDER, "title": "The employee to whom an account is tied"}],
        "parties": chain([organization], (_person(facts, finding) for finding in people.values())),
    }
    return {
        "assessment-results": {
            "uuid": str(uuid),
            "metadata": metadata,
            "import-ap": {"href": f"#{plan}", "remarks": "The rules, as they stand in the resource."},
            "results": [result],
            "back-matter": {"resources": [_plan(facts, plan), *(_rule(facts, note) for note in facts.rules.values())]},
        }
    }


def clause_id(clause: str) -> str:
    """The id of a clause as a control: a token, as OSCAL wants it."""
    return f"clause-{re.sub(r'[^a-z0-9.-]+', '-', clause.lower())}" if clause else _NO_CLAUSE


def _reviewed(facts: ExportFacts, told: Iterable[tuple[Outgoing, Finding]]) -> dict[str, Any]:
    """The clauses that rules ask, and those of the findings."""
    asked = {note.clause for note in facts.rules.values() if not note.not_asked}
    asked |= {finding.clause for _, finding in told}
    controls = [{"control-id": clause_id(clause)} for clause in sorted(asked - {""})]
    included: dict[str, Any] = {"include-controls": controls} if controls else {"include-all": {}}
    selection = {"description": f"The clauses of “{facts.policy.name}” that rules ask.", **included}
    return {"control-selections": [selection]}


def _plan(facts: ExportFacts, uuid: str) -> dict[str, Any]:
    """What was assessed, and how: the rules in their own words."""
    rules = (f"{note.rule_id} ({note.clause or 'no clause'}): {note.title}" for note in facts.rules.values())
    return {
        "uuid": uuid,
        "title": f"Rules of identity-audit under {facts.policy.name}",
        "description": "\n".join(sorted(rules)) or "no rules",
        "citation": {"text": facts.policy.source or facts.policy.name},
    }


def _rule(facts: ExportFacts, note: RuleNote) -> dict[str, Any]:
    """What is the same for all findings of a rule, said once; they lead here."""
    one = {"uuid": _rule_uuid(facts, note.rule_id), "title": f"{note.rule_id}: {note.title}"}
    doubt = {"remarks": f"Does not prove: {note.proves_not}"} if note.proves_not else {}
    return {**one, "description": note.rationale or note.title, **doubt}


def _rule_uuid(facts: ExportFacts, rule_id: str) -> str:
    return str(facts.reference("rule", rule_id))


def _person(facts: ExportFacts, finding: Finding) -> dict[str, Any]:
    known = [{"scheme": f"{NAMESPACE}:employee-id", "id": finding.employee_id}] if facts.names else []
    return {
        "uuid": str(facts.reference("employee", finding.employee_id)),
        "type": "person",
        "name": facts.employee(finding),
        **({"external-ids": known} if known else {}),
    }


def _account(facts: ExportFacts, key: str, finding: Finding) -> dict[str, Any]:
    item: dict[str, Any] = {
        "uuid": str(facts.reference("account", key)),
        "description": f"{finding.platform}: {facts.account(finding)}",
        "props": [_property("platform", finding.platform)],
    }
    if finding.employee_id:
        holder = str(facts.reference("employee", finding.employee_id))
        item["responsible-parties"] = [{"role-id": HOLDER, "party-uuids": [holder]}]
    return item


def _observation(facts: ExportFacts, finding: Finding) -> dict[str, Any]:
    kinds = dict.fromkeys(f"{piece.source}: {piece.kind}" for piece in finding.evidence)
    said = facts.plain(finding.because) if facts.names else facts.title(finding.rule_id)
    one: dict[str, Any] = {
        "uuid": str(facts.reference("observation", finding.finding_id)),
        "title": finding.rule_id,
        "description": said or facts.title(finding.rule_id),
        "methods": ["EXAMINE"],
        "types": ["discovery" if finding.tier is Tier.LEAD else "finding"],
        "subjects": [
            {"subject-uuid": str(facts.reference("account", facts.account_key(finding))), "type": "inventory-item"}
        ],
        "collected": _time(midnight(finding.last_seen)),
    }
    if kinds:
        one["relevant-evidence"] = [{"description": kind} for kind in kinds]
    return one


def _finding(facts: ExportFacts, one: Outgoing) -> dict[str, Any]:
    uuid, finding = str(facts.reference("finding", one.finding_id)), one.finding
    status = _status(one)
    properties = [_property("finding-id", one.finding_id)] if facts.names else []
    if finding is None:
        return {
            "uuid": uuid,
            "title": "closed",
            "description": str(one.ending),
            "target": {"type": "statement-id", "target-id": _NO_CLAUSE, "status": status},
            **({"props": properties} if properties else {}),
        }
    known = finding.rule_id in facts.rules
    told = {
        "rule": finding.rule_id,
        "tier": str(finding.tier),
        "severity": str(finding.severity),
        "finding-state": str(one.state),
        "agency": finding.agency_code,
        "first-seen": finding.first_seen.isoformat(),
        "last-seen": finding.last_seen.isoformat(),
    }
    properties += [_property(name, text) for name, text in told.items() if text.strip()]
    return {
        "uuid": uuid,
        "title": facts.title(finding.rule_id),
        "description": f"Found by rule {finding.rule_id}; see there for what it asks and does not prove.",
        "props": properties,
        **({"links": [{"href": f"#{_rule_uuid(facts, finding.rule_id)}", "rel": "rule"}]} if known else {}),
        "target": {"type": "statement-id", "target-id": clause_id(finding.clause), "status": status},
        "related-observations": [{"observation-uuid": str(facts.reference("observation", one.finding_id))}],
    }


def _status(one: Outgoing) -> dict[str, str]:
    """OSCAL knows satisfied and not; that nobody has decided yet, and why something ended, stands in the remarks."""
    if one.ending in _SATISFIED:
        passed = one.ending in (Ending.RESOLVED, Ending.CORRECTED)
        return {"state": "satisfied", "reason": "pass" if passed else "other", "remarks": str(one.ending)}
    if one.finding and one.finding.disposition == CONFIRMED:
        return {"state": "not-satisfied", "reason": "fail", "remarks": "A reviewer has confirmed it."}
    waits = "A reviewer has put it aside." if one.state is TicketState.SUPPRESSED else "No reviewer has confirmed it."
    return {"state": "not-satisfied", "reason": "other", "remarks": waits}


def _property(name: str, text: str) -> dict[str, str]:
    return {"name": name, "ns": NAMESPACE, "value": " ".join(text.split())}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
