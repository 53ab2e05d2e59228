"""The workbook notices.xlsx: a note to each employee whose finding a person has confirmed, for a mail merge. Pure."""

from __future__ import annotations

from audit.model.finding import Finding
from audit.model.night import Night, Notice
from audit.model.sheet import Column, Kind, Line, Look, Sheet
from audit.report.reader import Reader, reader_of
from audit.report.table import Shown, make_table


def notice_sheets(night: Night) -> tuple[Sheet, ...]:
    """One sheet with a row for each note; nobody who was not confirmed is on it."""
    return (
        Sheet(
            "Notices",
            (
                Line(f"Notices: {len(night.notices):,}, as of {night.as_of.isoformat()}", Look.TITLE),
                Line(
                    "A note for each finding that a person has confirmed and that still stands; what nobody confirmed "
                    "is not among them. Nothing is sent from here. Those who have had theirs come again until their "
                    "finding is resolved: sort by “Decided on”."
                ),
                make_table("Notices", _columns(reader_of(night)), night.notices),
            ),
            keep=2,
        ),
    )


def _columns(reader: Reader) -> tuple[Shown[Notice], ...]:
    return (
        (Column("Employee ID", 12), lambda one: one.finding.employee_id),
        (Column("Employee", 20, wrap=True), lambda one: one.finding.employee_name),
        (Column("State mailbox", 28, wrap=True), lambda one: _mailbox(one.finding)),
        (Column("Agency", 22, wrap=True), lambda one: reader.agency(one.finding.agency_code)),
        (Column("Rule", 24, wrap=True), lambda one: reader.rule(one.finding)),
        (Column("Decided on", 12, Kind.DATE), lambda one: one.finding.decided_on),
        (Column("Subject", 28, wrap=True), lambda one: one.subject),
        (Column("Seen", 44, wrap=True), lambda one: one.seen),
        (Column("Clause", 44, wrap=True), lambda one: one.clause),
        (Column("How to fix", 44, wrap=True), lambda one: one.fix),
        (Column("Text", 90, wrap=True), lambda one: one.text),
        # Not "Finding ID": a copy of this workbook among the reviews decides nothing.
        (Column("About finding", 18), lambda one: one.finding.finding_id),
    )


def _mailbox(finding: Finding) -> str:
    return finding.mailbox or (finding.link_value if "@" in finding.link_value else "")
