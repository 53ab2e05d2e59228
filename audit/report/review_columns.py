"""The columns of the sheets on which people decide, as they stand on one screen. Pure.

In sight on the left stays what tells one row from every other; beside it stand the columns to decide in, then what was
seen and what to do. The rest is folded away: a group opens at the [+] above the column behind it. Nothing here calls
anything a violation: that word is for people.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from functools import partial
from typing import TypeVar

from audit.model.finding import DISPOSITIONS, Finding, LinkStep, suppressed, waits
from audit.model.sheet import Blanks, Column, Jump, Kind, Link, Value
from audit.people.identity import called
from audit.report.reader import SEVERITY_TONES, STATUS_TONES, SUPPRESSED, Reader, link_to
from audit.report.table import Shown, T

EVIDENCE_SHOWN = 5
"""Sources and days that a cell lists before it says how many more there are; findings.jsonl has them all."""


H = TypeVar("H", bound=Hashable)

ReadBy = tuple[Column, Callable[[Reader, T], Value]]
"""One column, and the function that gives its cell as a reader may see it."""

KEPT_IN_SIGHT = 5
"""Columns on the left that stay where they are while the others move."""
ROW_LINES = 2
"""Lines that a row shows of a text; the cell holds the rest."""
ONCE = Blanks(
    (("Reviewer", Kind.TEXT), ("Decided on", Kind.DATE)),
    "Typed here once, both count for every row that you change and that leaves them empty. Days: 2026-11-28, 11/28/2026"
    " (month first) or Nov 28, 2026.",
)
"""Stands above the headings of every sheet on which people decide."""


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


def folded_away(columns: Iterable[ReadBy[T]]) -> tuple[ReadBy[T], ...]:
    """The columns as a group that is closed when the workbook is opened."""
    return tuple((replace(column, folded=True), cell) for column, cell in columns)


STATUS: ReadBy[Finding] = (Column("Status", 11, wrap=True, tones=STATUS_TONES), _status)
EMPLOYEE: ReadBy[Finding] = (Column("Employee", 18, wrap=True), lambda _, finding: finding.employee_name)
MAILBOX: ReadBy[Finding] = (Column("State mailbox", 24, wrap=True), lambda _, finding: finding.mailbox)
DISPLAY_NAME: ReadBy[Finding] = (Column("Display name", 18, wrap=True), lambda _, finding: finding.display_name)
PLATFORM = Column("Platform", 11, wrap=True)
HANDLE = Column("Handle", 23, Kind.LINK, wrap=True)
RULE: ReadBy[Finding] = (Column("Rule", 7), lambda reader, finding: rule_jump(reader, finding.rule_id))
ACCOUNT: tuple[ReadBy[Finding], ...] = (
    (PLATFORM, lambda _, finding: finding.platform),
    (HANDLE, lambda _, finding: link_to(finding)),
    RULE,
)
DECISION: tuple[ReadBy[Finding], ...] = (
    (Column("Disposition", 18, wrap=True, choices=DISPOSITIONS, typed=True), lambda _, finding: finding.disposition),
    (Column("Reviewer", 12, wrap=True, typed=True), lambda _, finding: finding.reviewer),
    (Column("Decided on", 11, Kind.DATE, typed=True), lambda _, finding: finding.decided_on),
    (Column("Suppress until", 12, Kind.DATE, typed=True), lambda _, finding: finding.suppress_until),
    (Column("Note", 21, wrap=True, typed=True), lambda _, finding: finding.note),
)
SEVERITY: ReadBy[Finding] = (Column("Severity", 10, tones=SEVERITY_TONES), lambda _, finding: str(finding.severity))
RULE_IN_WORDS: ReadBy[Finding] = (Column("Rule in words", 23, wrap=True), Reader.title)
SEEN: ReadBy[Finding] = (Column("What was seen", 36, wrap=True), lambda _, finding: finding.because)
TO_DO: ReadBy[Finding] = (Column("What to do", 24, wrap=True), Reader.to_do)
AGENCY: ReadBy[Finding] = (Column("Agency", 15, wrap=True), lambda reader, one: reader.agency(one.agency_code))
MATCHED: ReadBy[Finding] = (Column("Matched words", 24, wrap=True), _matched)
TIE: ReadBy[Finding] = (Column("How it was tied to the person", 26, wrap=True), _tie)
EVIDENCE: ReadBy[Finding] = (Column("Evidence", 28, wrap=True), evidence)
PROVES_NOT: ReadBy[Finding] = (Column("What it does not prove", 30, wrap=True), Reader.proves_not)
EMPLOYEE_ID: ReadBy[Finding] = (Column("Employee ID", 12), lambda _, finding: finding.employee_id)
FIRST_SEEN: ReadBy[Finding] = (Column("First seen", 11, Kind.DATE), lambda _, finding: finding.first_seen)
LAST_SEEN: ReadBy[Finding] = (Column("Last seen", 11, Kind.DATE), lambda _, finding: finding.last_seen)
FINDING_ID: ReadBy[Finding] = (Column("Finding ID", 18), lambda _, finding: finding.finding_id)
EARLIER = Column("Decided before", 26, wrap=True)
"""A decision that changed evidence has set aside; stands only where there is one."""

TELLING: Mapping[str, Callable[[Finding], str]] = {
    "Platform": lambda finding: finding.platform,
    "Handle": called,
    "Rule": lambda finding: finding.rule_id,
    "Account ID": lambda finding: finding.account_id,
    "Employee": lambda finding: finding.employee_name,
    "Holder": lambda finding: finding.employee_name,
    "Employee ID": lambda finding: finding.employee_id,
    "State mailbox": lambda finding: finding.mailbox,
    "Display name": lambda finding: finding.display_name,
}
"""What stands of a finding in the columns by which whoever decides knows what a row is about."""
IN_SHORT = (SEVERITY, SEEN, TO_DO, RULE_IN_WORDS)
GROUNDS = (MATCHED, EVIDENCE, PROVES_NOT)
LAST = (AGENCY, *folded_away((FIRST_SEEN, LAST_SEEN, FINDING_ID)))
WITH_PERSON = (
    STATUS, EMPLOYEE, *ACCOUNT, *DECISION, *IN_SHORT, *folded_away((TIE, MAILBOX, DISPLAY_NAME, *GROUNDS)), AGENCY,
    *folded_away((EMPLOYEE_ID, FIRST_SEEN, LAST_SEEN, FINDING_ID)),
)  # fmt: skip
WITHOUT_PERSON = (
    STATUS, MAILBOX, *ACCOUNT, *DECISION, *IN_SHORT, *folded_away((TIE, DISPLAY_NAME, *GROUNDS)), *LAST
)  # fmt: skip
UNCLAIMED = (STATUS, DISPLAY_NAME, *ACCOUNT, *DECISION, *IN_SHORT, *folded_away(GROUNDS), *LAST)


def rule_jump(reader: Reader, rule_id: str) -> Jump:
    """A rule's id, leading to its row on the sheet Rules: what is the same for all its findings stands there once."""
    return Jump(rule_id, "Rules" if rule_id in reader.rule_rows else "", reader.rule_rows.get(rule_id, 0))


def with_further(
    columns: Sequence[ReadBy[T]],
    reader: Reader,
    findings: Iterable[Finding],
    lifted: Callable[[ReadBy[Finding]], ReadBy[T]],
) -> tuple[ReadBy[T], ...]:
    """The columns, with those that only some sheets have: what was decided before, and what analysts added. `lifted`
    makes of a column about findings one of the sheet's."""
    ids = [finding.finding_id for finding in findings]
    own = sorted({heading for name in ids for heading in reader.night.own_words.get(name, ())})
    earlier = [lifted((EARLIER, _earlier))] if any(name in reader.night.earlier for name in ids) else []
    at = next(at for at, (column, _) in enumerate(columns) if column.typed)
    return (*columns[:at], *earlier, *columns[at:], *(lifted(_own(heading)) for heading in own))


def made_unlike(columns: Sequence[Shown[T]], values: Collection[T], name: Callable[[T], str]) -> tuple[Shown[T], ...]:
    """The columns, in which no two values look alike where they are kept in sight: in front of a handle that would
    leave them so stands what `name` calls each of them."""
    kept = columns[:KEPT_IN_SIGHT]
    at = next(at for at, (column, _) in enumerate(columns) if column.heading == HANDLE.heading)
    plain = columns[at][1]

    def in_short(value: T) -> int:
        return hash((plain(value), columns[1][1](value)))

    def looks(value: T) -> tuple[str, ...]:
        return tuple(_visible(column, cell(value)) for column, cell in kept)

    close = _repeated(map(in_short, values))
    alike = _repeated(looks(value) for value in values if in_short(value) in close) if close else frozenset()
    if not alike:
        return tuple(columns)

    def handle(value: T) -> Value:
        shown = plain(value)
        if in_short(value) not in close or looks(value) not in alike:
            return shown
        return (
            replace(shown, text=f"({name(value)}) {shown.text}")
            if isinstance(shown, Link)
            else f"({name(value)}) {shown}"
        )

    return (*columns[:at], (columns[at][0], handle), *columns[at + 1 :])


def _repeated(values: Iterable[H]) -> frozenset[H]:
    """Those that come more than once."""
    seen: set[H] = set()
    found: set[H] = set()
    for value in values:
        (found if value in seen else seen).add(value)
    return frozenset(found)


def digest_of(finding: Finding) -> str:
    """What tells a finding from all others of its rule."""
    return finding.finding_id.rpartition("-")[2]


def waiting(reader: Reader, findings: Iterable[Finding]) -> str:
    """How many wait for a decision, as a title ends."""
    count = sum(waits(finding, reader.night.as_of) for finding in findings)
    return f"; {count:,} wait{'s' if count == 1 else ''} for a decision" if count else ""


def _visible(column: Column, value: Value) -> str:
    """What a row shows of a text."""
    text = value.text if isinstance(value, Link | Jump) else str(value or "")
    return text[: (ROW_LINES if column.wrap else 1) * column.width]


def seen_by(reader: Reader, columns: Iterable[ReadBy[T]]) -> tuple[Shown[T], ...]:
    """The columns for one reader."""
    return tuple((column, partial(cell, reader)) for column, cell in columns)


def _earlier(reader: Reader, finding: Finding) -> str:
    return reader.night.earlier.get(finding.finding_id, "")


def _own(heading: str) -> ReadBy[Finding]:
    column = Column(heading, 24, wrap=True, typed=True)
    return column, lambda reader, finding: reader.night.own_words.get(finding.finding_id, {}).get(heading, "")
