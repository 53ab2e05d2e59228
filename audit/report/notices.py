"""The workbook notices.xlsx: a note to each employee whose finding a person has confirmed, for a mail merge. Pure."""

from __future__ import annotations

from audit.model.night import Night, Notice
from audit.model.sheet import Column, Kind, Line, Look, Row, Sheet, Table
from audit.report.reader import reader_of

COLUMNS = (
    Column("Employee ID", 12),
    Column("Employee", 20, wrap=True),
    Column("State mailbox", 28, wrap=True),
    Column("Agency", 22, wrap=True),
    Column("Rule", 24, wrap=True),
    Column("Decided on", 12, Kind.DATE),
    Column("Subject", 28, wrap=True),
    Column("Seen", 44, wrap=True),
    Column("Clause", 44, wrap=True),
    Column("How to fix", 44, wrap=True),
    Column("Text", 90, wrap=True),
    Column("About finding", 18),
)
"""Not "Finding ID": a copy of this workbook among the reviews decides nothing."""


def notice_sheets(night: Night) -> tuple[Sheet, ...]:
    """One sheet with a row for each note; nobody who was not confirmed is on it."""
    reader = reader_of(night)

    def row(one: Notice) -> Row:
        finding = one.finding
        mailbox = finding.mailbox or (finding.link_value if "@" in finding.link_value else "")
        return (
            finding.employee_id, finding.employee_name, mailbox, reader.agency(finding.agency_code),
            reader.rule(finding), finding.decided_on, one.subject, one.seen, one.clause, one.fix, one.text,
            finding.finding_id,
        )  # fmt: skip

    lines = (
        Line(f"Notices: {len(night.notices):,}, as of {night.as_of.isoformat()}", Look.TITLE),
        Line(
            "A note for each finding that a person has confirmed and that still stands; what nobody confirmed is not "
            "among them. Nothing is sent from here. Those who have had theirs come again until their finding is "
            "resolved: sort by “Decided on”."
        ),
    )
    return (Sheet("Notices", (*lines, Table("Notices", COLUMNS, tuple(map(row, night.notices)))), keep=2),)
