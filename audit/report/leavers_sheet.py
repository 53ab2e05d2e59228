"""The sheet "Leavers", and the workbook of that name: who has left and what still hangs on them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from audit.model.finding import Finding, LinkStep
from audit.model.night import Leaver, Night
from audit.model.sheet import Column, Kind, Line, Look, Sheet, SheetPart
from audit.report.cards import printed_header
from audit.report.reader import SEVERITY_TONES, Reader, link_to, reader_of, state_mailbox_of
from audit.report.table import Shown, make_table

SEAT, SUPERVISED, REGISTERED, SHOWN = (
    "seat on a platform of the State",
    "official account they supervise",
    "account registered to their mailbox",
    "account that shows their mailbox",
)
"""What may hang on somebody who has left."""

_SEATS, _SHOWN = ("R-4",), ("A-2",)
TO_DO: Mapping[str, str] = {
    SEAT: "Ask the platform's administrator to end the seat, or to hand its work to a successor by name. "
    "Nobody signs in with the former employee's access.",
    SUPERVISED: "Ask the agency head to name a new supervisor in the registry, who then changes the account's "
    "credentials and takes the former one off its list of administrators.",
    REGISTERED: "Tell the help desk that this mailbox stands behind an account: it stays closed, is given to nobody "
    "else and forwarded to nobody while that is so. HR may ask the person to move a personal account to an address of "
    "their own; an account of the agency is taken over through the platform's support.",
    SHOWN: "Tell the help desk that mail from the public may come to this mailbox: an automatic reply says who answers "
    "now. HR may ask the person to show another contact address instead.",
}
"""What is done about each; held to what no sentence may ask of an employee."""

_COLUMNS: tuple[Shown[tuple[Leaver, Finding]], ...] = (
    (Column("Former employee", 20, wrap=True), lambda pair: pair[0].name),
    (Column("Employee ID", 12), lambda pair: pair[0].employee_id),
    (Column("Left on", 11, Kind.DATE), lambda pair: pair[0].left_on),
    (Column("What hangs on them", 24, wrap=True), lambda pair: kind_of(pair[1])),
    (Column("Platform", 11), lambda pair: pair[1].platform),
    (Column("Handle", 26, Kind.LINK, wrap=True), lambda pair: link_to(pair[1])),
    (Column("State mailbox", 26, wrap=True), lambda pair: _mailbox(pair[1])),
    (Column("What to do", 52, wrap=True), lambda pair: TO_DO[kind_of(pair[1])]),
    (Column("Severity", 10, tones=SEVERITY_TONES), lambda pair: str(pair[1].severity)),
    (Column("Tier", 9), lambda pair: str(pair[1].tier)),
    (Column("Status", 13, wrap=True), lambda pair: str(pair[1].status)),
    (Column("First seen", 11, Kind.DATE), lambda pair: pair[1].first_seen),
    (Column("Last seen", 11, Kind.DATE), lambda pair: pair[1].last_seen),
    # Not "Finding ID": it is decided on the sheet of the finding.
    (Column("About finding", 18), lambda pair: pair[1].finding_id),
)

HEADINGS = (*(column.heading for column, _ in _COLUMNS), "Agency")


def kind_of(finding: Finding) -> str:
    """What it is that hangs on the person."""
    if finding.rule_id in _SEATS:
        return SEAT
    if finding.link_step is LinkStep.OFFICIAL_REGISTRY:
        return SUPERVISED
    shown = finding.link_step is LinkStep.SHOWN_ADDRESS or finding.rule_id in _SHOWN
    return SHOWN if shown else REGISTERED


def leavers_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """Who has left and what still hangs on them, one row a thing."""
    people = len({one.employee_id for one, _ in reader.leavers})
    agency: Shown[tuple[Leaver, Finding]] = (
        Column("Agency", 18, wrap=True),
        lambda pair: reader.agency(pair[0].agency_code),
    )
    columns = (*_COLUMNS[:3], agency, *_COLUMNS[3:])
    return (
        Line(f"Leavers: {people:,} with {len(reader.leavers):,} things that still hang on them", Look.TITLE),
        Line(
            "For offboarding. HR says that these people have left, and an account, a seat or an official account still "
            "hangs on them. Whoever has left without any of these is not listed. Nobody is accused: what an agency set "
            "up is the agency's to end."
        ),
        Line(
            "Never guess whose a mailbox is, never ask for a password, never sign in for somebody. Mailboxes that HR "
            "does not know any more stand on the sheet “Not in directory”. “Left on” is empty where HR does not say it."
        ),
        make_table("Leavers", columns, reader.leavers, "nothing hangs on anybody who has left"),
    )


def leavers_book(night: Night) -> tuple[Sheet, ...]:
    """The workbook for whoever does the offboarding: this sheet, and nothing of the others."""
    header = printed_header(night.organization.name, night.as_of, night.run_id)
    return (Sheet("Leavers", leavers_sheet(reader_of(night)), keep=2, header=header),)


def _mailbox(finding: Finding) -> str:
    if finding.link_step is LinkStep.OFFICIAL_REGISTRY:
        return ""
    return state_mailbox_of(finding)
