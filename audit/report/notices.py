"""The workbook notices.xlsx: one note to each employee of whom somebody has confirmed a finding. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from audit.model.night import Night, Notice
from audit.model.sheet import Column, Kind, Line, Look, Sheet
from audit.report.reader import Reader, reader_of, state_mailbox_of
from audit.report.table import Shown, make_table


def notice_sheets(night: Night) -> tuple[Sheet, ...]:
    """One sheet with a row for each note; nobody who was not confirmed is on it."""
    return (
        Sheet(
            "Notices",
            (
                Line(f"Notices: {len(night.notices):,}, as of {night.as_of.isoformat()}", Look.TITLE),
                Line(
                    "One note a person, about every finding that somebody has confirmed and that still stands; what "
                    "nobody confirmed is in none of them. Nothing is sent from here. Those who have had theirs come "
                    "again until their findings are resolved: sort by “Decided on”, the day of the latest decision. "
                    "A row has room for 27 lines; the cell holds the whole note."
                ),
                replace(make_table("Notices", _columns(reader_of(night)), night.notices), most_lines=27),
            ),
            keep=2,
        ),
    )


def _columns(reader: Reader) -> tuple[Shown[Notice], ...]:
    return (
        (Column("Employee ID", 12), lambda one: one.findings[0].employee_id),
        (Column("Employee", 20, wrap=True), lambda one: one.name),
        (Column("State mailbox", 28, wrap=True), lambda one: _lines(map(state_mailbox_of, one.findings))),
        (Column("Agency", 22, wrap=True), lambda one: _lines(reader.agency(each.agency_code) for each in one.findings)),
        (Column("Rules", 24, wrap=True), lambda one: _lines(map(reader.rule, one.findings))),
        (Column("Decided on", 12, Kind.DATE), _decided_on),
        (Column("Subject", 28, wrap=True), lambda one: one.subject),
        (Column("Seen", 44, wrap=True), lambda one: one.seen),
        (Column("Clause", 44, wrap=True), lambda one: one.clause),
        (Column("How to fix", 44, wrap=True), lambda one: one.fix),
        (Column("Text", 120, wrap=True), lambda one: one.text),
        # Not "Finding ID": a copy of this workbook among the reviews decides nothing.
        (Column("About findings", 20, wrap=True), lambda one: _lines(each.finding_id for each in one.findings)),
    )


def _lines(texts: Iterable[str]) -> str:
    """What is said of the findings, each thing once, a line each."""
    return "\n".join(dict.fromkeys(text for text in texts if text))


def _decided_on(note: Notice) -> date | None:
    return max((one.decided_on for one in note.findings if one.decided_on), default=None)
