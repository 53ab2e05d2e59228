"""Findings as rows of a ServiceNow import set for the table incident. Pure.

`correlation_id` is the coalesce field: a row whose value a record bears updates that record, any other makes one
(docs.servicenow.com, "Updating records using coalesce"). An empty cell leaves the record's value, since "Copy empty
fields" of a transform map is off unless somebody ticks it; the state is therefore empty where the ticket's own counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from audit.model.finding import Severity
from audit.report.exports.facts import ExportFacts
from audit.report.exports.selection import Ending, Outgoing, TicketState
from audit.report.exports.tickets import (
    SHARED,
    TicketColumn,
    close_notes,
    description_of,
    lines_of,
    of_finding,
    summary_of,
)

IN_PROGRESS, ON_HOLD, CLOSED = "2", "3", "7"
"""Values of incident.state in the base system."""
_CODES = {
    Ending.RESOLVED: "Solution provided",
    Ending.CORRECTED: "Resolved by caller",
    Ending.DUPLICATE: "Duplicate",
    Ending.DISMISSED: "No resolution provided",
    Ending.WITHDRAWN: "No resolution provided",
}
"""Choices of incident.close_code in the base system."""
_WEIGHT = {Severity.HIGH: "1", Severity.MEDIUM: "2", Severity.LOW: "3"}
_LONGEST = 160
_HELD_ELSEWHERE = {"Status": "Finding status"}


def state_value(one: Outgoing) -> str:
    """The state to set; empty where the record's own counts: how far people are with an open one is theirs to say."""
    if one.state is TicketState.CLOSED:
        return CLOSED
    if one.state is TicketState.SUPPRESSED:
        return ON_HOLD
    return IN_PROGRESS if one.reopened else ""


COLUMNS: tuple[TicketColumn, ...] = (
    ("correlation_id", lambda _, one: one.finding_id),
    ("correlation_display", lambda *_: "identity-audit"),
    ("short_description", lambda facts, one: summary_of(facts, one, _LONGEST)),
    ("description", description_of),
    ("category", lambda *_: "Identity audit"),
    ("subcategory", of_finding(lambda _, finding: finding.rule_id)),
    ("impact", of_finding(lambda _, finding: _WEIGHT[finding.severity])),
    ("urgency", of_finding(lambda _, finding: _WEIGHT[finding.severity])),
    ("state", lambda _, one: state_value(one)),
    ("close_code", lambda _, one: _CODES.get(one.ending, "")),
    ("close_notes", close_notes),
    *((f"u_{_HELD_ELSEWHERE.get(name, name).lower().replace(' ', '_')}", cell) for name, cell in SHARED),
    ("u_first_seen", of_finding(lambda _, finding: finding.first_seen.isoformat())),
    ("u_last_seen", of_finding(lambda _, finding: finding.last_seen.isoformat())),
)
"""Headings are the names of fields; days are written as yyyy-MM-dd, the system's own way."""


def service_now(facts: ExportFacts, sent: Iterable[Outgoing]) -> Iterator[str]:
    """Lines of the CSV, UTF-8 without a byte-order mark."""
    return lines_of(COLUMNS, facts, sent)
