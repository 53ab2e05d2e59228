"""The workbook notices.xlsx: one note to each employee of whom somebody has confirmed a finding. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from audit.model.night import Night, Notice
from audit.model.sheet import Card, Column, Kind, Line, Look, Sheet
from audit.report.cards import printed_header
from audit.report.reader import Reader, reader_of, state_mailbox_of
from audit.report.table import Shown, make_table

ON_PAPER = "Notes on paper"


def notice_sheets(night: Night) -> tuple[Sheet, ...]:
    """A sheet with a row for each note, for a mail merge, and one with a page for each, for paper; nobody who was not
    confirmed is on them."""
    header = printed_header(night.organization.name, night.as_of, night.run_id)
    return (
        Sheet(
            "Notices",
            (
                Line(f"Notices: {len(night.notices):,}, as of {night.as_of.isoformat()}", Look.TITLE),
                Line(
                    "One note a person, about every finding that somebody has confirmed and that still stands; what "
                    "nobody confirmed is in none of them. Nothing is sent from here. Those who have had theirs come "
                    "again until their findings are resolved: sort by “Decided on”, the day of the latest decision. "
                    "A row has room for 27 lines; the cell holds the whole note. Its parts, for a mail merge, open at "
                    f"the [+] above the headings. For paper: the sheet {ON_PAPER}."
                ),
                replace(make_table("Notices", _columns(reader_of(night)), night.notices), most_lines=27),
            ),
            keep=2,
            header=f"{header}. For Letter paper: the sheet {ON_PAPER}",
        ),
        Sheet(
            ON_PAPER,
            (
                Line(f"{ON_PAPER}: {len(night.notices):,}", Look.TITLE),
                Line("The same notes, each on a page of its own. Nothing is sent from here."),
                *(Card(one.subject, (("To", _to(one)), ("Note", one.text)), ()) for one in night.notices),
            ),
            header=header,
            upright=True,
        ),
    )


def _to(note: Notice) -> str:
    return _lines((note.name, *map(state_mailbox_of, note.findings)))


def _columns(reader: Reader) -> tuple[Shown[Notice], ...]:
    return (
        (Column("Employee ID", 12), lambda one: one.findings[0].employee_id),
        (Column("Employee", 18, wrap=True), lambda one: one.name),
        (Column("State mailbox", 26, wrap=True), lambda one: _lines(map(state_mailbox_of, one.findings))),
        (Column("Agency", 18, wrap=True), lambda one: _lines(reader.agency(each.agency_code) for each in one.findings)),
        (Column("Rules", 22, wrap=True), lambda one: _lines(map(reader.rule, one.findings))),
        (Column("Decided on", 12, Kind.DATE), _decided_on),
        (Column("Subject", 22, wrap=True), lambda one: one.subject),
        (Column("Text", 100, wrap=True), lambda one: one.text),
        (Column("Seen", 44, wrap=True, folded=True), lambda one: one.seen),
        (Column("Clause", 44, wrap=True, folded=True), lambda one: one.clause),
        (Column("How to fix", 44, wrap=True, folded=True), lambda one: one.fix),
        # Not "Finding ID": a copy of this workbook among the reviews decides nothing.
        (Column("About findings", 20, wrap=True, folded=True), _about),
    )


def _lines(texts: Iterable[str]) -> str:
    """What is said of the findings, each thing once, a line each."""
    return "\n".join(dict.fromkeys(text for text in texts if text))


def _about(note: Notice) -> str:
    return _lines(each.finding_id for each in note.findings)


def _decided_on(note: Notice) -> date | None:
    return max((one.decided_on for one in note.findings if one.decided_on), default=None)
