"""The columns of the sheets on which people decide: what an analyst looks at first stands on the left. Pure.

Nothing here calls anything a violation: that word is for people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC
from functools import partial

from audit.model.decisions import DISPOSITIONS
from audit.model.finding import Finding, LinkStep, suppressed
from audit.model.sheet import Column, Kind, Line, Value
from audit.report.reader import SEVERITY_TONES, STATUS_TONES, SUPPRESSED, Reader, link_to
from audit.report.table import Shown, T

EVIDENCE_SHOWN = 5
"""Sources and days that a cell lists before it says how many more there are; findings.jsonl has them all."""


ReadBy = tuple[Column, Callable[[Reader, T], Value]]
"""One column, and the function that gives its cell as a reader may see it."""

TYPE_HERE = Line(
    "Decide in the yellow columns to the right. Sort, filter, add columns as you like; leave Finding ID as it is: it "
    "brings your words back."
)


def _status(reader: Reader, finding: Finding) -> str:
    """The status, and until when a reviewer wants to be left alone with it; greyed, and never out of sight."""
    return f"{finding.status}{SUPPRESSED}" if suppressed(finding, reader.night.as_of) else str(finding.status)


def _matched(_: Reader, finding: Finding) -> str:
    return f"“{finding.matched_text}”" if finding.matched_text else ""


def _tie(_: Reader, finding: Finding) -> str:
    tie = f"{finding.link_step}: {finding.link_value}" if finding.link_value else str(finding.link_step)
    if finding.link_step is LinkStep.NAME_WITH_AGENCY:
        if finding.employee_id:
            return f"likely: {tie}; nobody else there fits, now or formerly"
        return f"possible: {tie}; {_people_fit(finding.rivals + 1)}, so nobody is named"
    if finding.rivals:
        fit = "1 further person fits" if finding.rivals == 1 else f"{finding.rivals} further people fit"
        tie += f"; {fit} as well, so nobody is named"
    return tie


def _people_fit(count: int) -> str:
    return "1 person fits, and only in part" if count == 1 else f"{count} people fit"


def evidence(_: Reader, finding: Finding) -> str:
    """A line for each source and day, with the kinds of evidence that it gave."""
    kinds: dict[str, list[str]] = {}
    for piece in finding.evidence:
        when = piece.observed_at
        day = when.astimezone(UTC).date().isoformat() if when else "date unknown"
        kinds.setdefault(f"{piece.source}, {day}", []).append(piece.kind)
    lines = [f"{where}: {', '.join(dict.fromkeys(found))}" for where, found in kinds.items()]
    further = len(lines) - EVIDENCE_SHOWN
    return "\n".join([*lines[:EVIDENCE_SHOWN], f"and {further} more, see findings.jsonl"] if further > 0 else lines)


FIRST: tuple[ReadBy[Finding], ...] = (
    (Column("Status", 13, wrap=True, tones=STATUS_TONES), _status),
    (Column("Severity", 10, tones=SEVERITY_TONES), lambda _, finding: str(finding.severity)),
    (Column("Rule", 20, wrap=True), Reader.rule),
    (Column("Agency", 18, wrap=True), lambda reader, finding: reader.agency(finding.agency_code)),
)
PERSON: tuple[ReadBy[Finding], ...] = (
    (Column("Employee", 17, wrap=True), lambda _, finding: finding.employee_name),
    (Column("Employee ID", 12), lambda _, finding: finding.employee_id),
)
ACCOUNT: tuple[ReadBy[Finding], ...] = (
    (Column("Platform", 11), lambda _, finding: finding.platform),
    (Column("Handle", 18, Kind.LINK, wrap=True), lambda _, finding: link_to(finding)),
    (Column("Display name", 17, wrap=True), lambda _, finding: finding.display_name),
)
MAILBOX: tuple[ReadBy[Finding], ...] = ((Column("State mailbox", 24, wrap=True), lambda _, finding: finding.mailbox),)
WORDS: tuple[ReadBy[Finding], ...] = (
    (Column("What was seen", 34, wrap=True), lambda _, finding: finding.because),
    (Column("Matched words", 20, wrap=True), _matched),
)
TIE: tuple[ReadBy[Finding], ...] = ((Column("How it was tied to the person", 22, wrap=True), _tie),)
EVIDENCE: tuple[ReadBy[Finding], ...] = ((Column("Evidence", 25, wrap=True), evidence),)
DATES: tuple[ReadBy[Finding], ...] = (
    (Column("First seen", 11, Kind.DATE), lambda _, finding: finding.first_seen),
    (Column("Last seen", 11, Kind.DATE), lambda _, finding: finding.last_seen),
    (Column("What it does not prove", 26, wrap=True), Reader.proves_not),
    (Column("What to do", 28, wrap=True), Reader.to_do),
)
EARLIER = Column("Decided before", 26, wrap=True)
"""A decision that changed evidence has set aside; stands only where there is one."""
DECISION: tuple[ReadBy[Finding], ...] = (
    (Column("Disposition", 17, wrap=True, choices=DISPOSITIONS, typed=True), lambda _, finding: finding.disposition),
    (Column("Reviewer", 14, wrap=True, typed=True), lambda _, finding: finding.reviewer),
    (Column("Decided on", 11, Kind.DATE, typed=True), lambda _, finding: finding.decided_on),
    (Column("Suppress until", 11, Kind.DATE, typed=True), lambda _, finding: finding.suppress_until),
    (Column("Note", 25, wrap=True, typed=True), lambda _, finding: finding.note),
    (Column("Finding ID", 18), lambda _, finding: finding.finding_id),
)
LAST = DATES + DECISION
WITH_PERSON = FIRST + PERSON + ACCOUNT + MAILBOX + WORDS + TIE + EVIDENCE + LAST
WITHOUT_PERSON = FIRST + ACCOUNT + MAILBOX + WORDS + TIE + EVIDENCE + LAST
UNCLAIMED = FIRST + ACCOUNT + WORDS + EVIDENCE + LAST


def with_further(
    columns: Sequence[ReadBy[Finding]], reader: Reader, findings: Iterable[Finding]
) -> tuple[ReadBy[Finding], ...]:
    """The columns, with those that only some sheets have: what was decided before, and what analysts added."""
    ids = [finding.finding_id for finding in findings]
    own = sorted({heading for name in ids for heading in reader.night.own_words.get(name, ())})
    earlier = ((EARLIER, _earlier),) if any(name in reader.night.earlier for name in ids) else ()
    typed = len(columns) - len(DECISION)
    return (*columns[:typed], *earlier, *columns[typed:], *map(_own, own))


def seen_by(reader: Reader, columns: Iterable[ReadBy[T]]) -> tuple[Shown[T], ...]:
    """The columns for one reader."""
    return tuple((column, partial(cell, reader)) for column, cell in columns)


def _earlier(reader: Reader, finding: Finding) -> str:
    return reader.night.earlier.get(finding.finding_id, "")


def _own(heading: str) -> ReadBy[Finding]:
    column = Column(heading, 24, wrap=True, typed=True)
    return column, lambda reader, finding: reader.night.own_words.get(finding.finding_id, {}).get(heading, "")
