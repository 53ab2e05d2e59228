"""Findings as tickets: the words and the delimited lines that ServiceNow and Jira share. Pure.

Tickets go to people who have the workbook, so they name whom it names. What they leave out: matched words beside the
sentence that says what was seen, private addresses, reviewers and their notes. They have no column for a disposition:
that column is the ticket system's, and comes back through the reviews folder.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from audit.model.finding import Finding
from audit.report.exports.facts import ExportFacts, marked
from audit.report.exports.selection import Outgoing

TicketColumn = tuple[str, Callable[[ExportFacts, Outgoing], str]]
"""A heading, and what stands below it of one reference."""
FORMULAS = "=+-@\t\r＝＋－＠"
"""With one of these a cell begins that a spreadsheet takes for a formula (OWASP, CSV Injection)."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def lines_of(columns: Sequence[TicketColumn], facts: ExportFacts, sent: Iterable[Outgoing]) -> Iterator[str]:
    """Lines of a CSV by RFC 4180, with their ends: the headings, then one record for each reference."""
    yield _record([name for name, _ in columns])
    for one in sent:
        yield _record([guarded(cell(facts, one)) for _, cell in columns])


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, without letters that steer terminals or the way of writing."""
    text = _CONTROL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return f"'{text}" if text.lstrip(" \n")[:1] in tuple(FORMULAS) else text


def _record(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def of_finding(cell: Callable[[ExportFacts, Finding], str]) -> Callable[[ExportFacts, Outgoing], str]:
    """A cell that is empty where only the end of something is told."""
    return lambda facts, one: cell(facts, one.finding) if one.finding else ""


def summary_of(facts: ExportFacts, one: Outgoing, longest: int) -> str:
    """What a ticket is about, in a line of at most `longest` letters."""
    if one.finding is None:
        return f"Identity audit: {one.finding_id} is closed"
    account = f"{one.finding.platform} {facts.account(one.finding)}"
    text = marked(one.finding, f"{one.finding.rule_id} {facts.title(one.finding.rule_id)}: {account}")
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def description_of(facts: ExportFacts, one: Outgoing) -> str:
    """What was seen, what it does not prove, and what to do."""
    finding = one.finding
    if finding is None:
        return ""
    note = facts.rules.get(finding.rule_id)
    kinds = dict.fromkeys(f"{piece.source}: {piece.kind}" for piece in finding.evidence)
    decided = f" on {finding.decided_on.isoformat()}" if finding.decided_on else ""
    parts = {
        "What was seen": facts.plain(finding.because),
        "Evidence": "; ".join(kinds),
        "Does not prove": note.proves_not if note else "",
        "To do": note.to_do if note else facts.policy.guidance.get(finding.rule_id, ""),
        "Decided": f"{finding.disposition}{decided}" if finding.disposition else "",
        "Suppressed until": finding.suppress_until.isoformat() if finding.suppress_until else "",
    }
    said = "\n".join(f"{name}: {text}" for name, text in parts.items() if text)
    return marked(finding, said)


def close_notes(_: ExportFacts, one: Outgoing) -> str:
    """Why a ticket is closed, as a sentence; empty for one that is not."""
    return f"Closed by identity-audit: {one.ending}." if one.ending else ""


SHARED: tuple[TicketColumn, ...] = (
    ("Finding state", lambda _, one: str(one.state)),
    ("Rule", of_finding(lambda facts, finding: f"{finding.rule_id} {facts.title(finding.rule_id)}")),
    ("Clause", of_finding(lambda _, finding: finding.clause)),
    ("Agency code", of_finding(lambda _, finding: finding.agency_code)),
    ("Agency", of_finding(lambda facts, finding: facts.agency(finding))),
    ("Employee ID", of_finding(lambda _, finding: finding.employee_id)),
    ("Employee", of_finding(lambda _, finding: finding.employee_name)),
    ("Platform", of_finding(lambda _, finding: finding.platform)),
    ("Handle", of_finding(lambda _, finding: finding.handle)),
    ("Account ID", of_finding(lambda _, finding: finding.account_id)),
    ("Account page", of_finding(lambda _, finding: finding.url)),
    ("State mailbox", of_finding(lambda facts, finding: facts.mailbox(finding))),
    ("Tier", of_finding(lambda _, finding: str(finding.tier))),
    ("Status", of_finding(lambda _, finding: str(finding.status))),
)
"""What both say in fields of their own, headed as people call it."""
