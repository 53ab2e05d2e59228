"""Findings as rows for Jira's CSV importer. Pure.

A row updates the issue whose key stands in the column that is mapped to "Issue Key", and a row without a key makes an
issue (support.atlassian.com, "Import data from a CSV file"). No other field does: an external id is kept, and looked at
by nobody. So the keys of the issues that Jira has by now are needed, and are given in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

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

_LONGEST = 255
_RESOLUTIONS = {
    Ending.RESOLVED: "Done",
    Ending.CORRECTED: "Done",
    Ending.DUPLICATE: "Duplicate",
    Ending.DISMISSED: "Won't Do",
    Ending.WITHDRAWN: "Won't Do",
}
"""Resolutions of a new Jira."""
_PRIORITIES = {Severity.HIGH: "High", Severity.MEDIUM: "Medium", Severity.LOW: "Low"}
_HELD_ELSEWHERE = {"Status": "Finding status"}
_FENCE = "{noformat}"


@dataclass(frozen=True, slots=True)
class IssueRows:
    """References with the keys of their issues ("" makes one), and those that are left out for fear of doubling."""

    rows: tuple[tuple[str, Outgoing], ...]
    left_out: tuple[str, ...]


def issue_rows(sent: Iterable[Outgoing], keys: Mapping[str, str], *, nothing_else: bool) -> IssueRows:
    """Each reference with the key of its issue, by `keys` (finding id → key).

    What is closed and unknown to Jira is nothing to it. What was exported before and is not among the keys may be an
    issue of later than they are: it is left out, unless `nothing_else` says that Jira has nothing beside them.
    """
    rows, left_out = [], []
    for one in sent:
        key = keys.get(one.finding_id, "")
        if key or (one.state is not TicketState.CLOSED and (one.first or nothing_else)):
            rows.append((key, one))
        elif one.state is not TicketState.CLOSED:
            left_out.append(one.finding_id)
    return IssueRows(tuple(rows), tuple(left_out))


def _status(one: Outgoing) -> str:
    if one.state is TicketState.CLOSED:
        return "Done"
    return "To Do" if one.reopened else ""


def _unrendered(text: str) -> str:
    """A text that Jira shows as it is: words of strangers would mention people, and fetch pictures, as wiki markup."""
    return f"{_FENCE}\n{text.replace(_FENCE, '{ noformat}')}\n{_FENCE}" if text else ""


COLUMNS: tuple[TicketColumn, ...] = (
    ("Finding ID", lambda _, one: one.finding_id),
    ("Summary", lambda facts, one: summary_of(facts, one, _LONGEST)),
    ("Description", lambda facts, one: _unrendered(description_of(facts, one))),
    ("Issue Type", lambda *_: "Task"),
    ("Priority", of_finding(lambda _, finding: _PRIORITIES[finding.severity])),
    ("Status", lambda _, one: _status(one)),
    ("Resolution", lambda _, one: _RESOLUTIONS.get(one.ending, "")),
    ("Closing note", close_notes),
    *((_HELD_ELSEWHERE.get(name, name), cell) for name, cell in SHARED),
    ("First seen", of_finding(lambda _, finding: finding.first_seen.isoformat())),
    ("Last seen", of_finding(lambda _, finding: finding.last_seen.isoformat())),
)
"""No labels: an import adds to those that are there. Days are written as yyyy-MM-dd, as the importer is to be told."""


def jira(facts: ExportFacts, rows: Sequence[tuple[str, Outgoing]]) -> Iterator[str]:
    """Lines of the CSV, UTF-8 without a byte-order mark, which would become part of the first heading."""
    keys = {one.finding_id: key for key, one in rows}
    columns: tuple[TicketColumn, ...] = (("Issue Key", lambda _, one: keys[one.finding_id]), *COLUMNS)
    return lines_of(columns, facts, (one for _, one in rows))
