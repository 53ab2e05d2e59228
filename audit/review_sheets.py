"""The sheets on which people decide: a finding a row, what an analyst looks at first on the left. Pure.

Nothing here calls anything a violation: that word is for people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC

from audit.findings import Finding, FindingStatus
from audit.night import RegistryRow
from audit.reader import (
    NO_FINDING,
    SEVERITY_TONES,
    STATUS_TONES,
    SUPPRESSED,
    Reader,
    Rows,
    place,
    suppressed,
)
from audit.sheets import Column, Kind, Line, Link, Look, Row, Sheet, Table, Value

DISPOSITIONS = (
    "confirmed",
    "not this person",
    "official account",
    "already corrected",
    "protected activity: excluded",
    "duplicate",
    "needs more evidence",
)
"""What a reviewer may decide. "needs more evidence" leaves the finding waiting."""

EVIDENCE_SHOWN = 5
"""Sources and days that a cell lists before it says how many more there are; findings.jsonl has them all."""


Cell = Callable[[Reader, Finding], Value]


def _status(reader: Reader, finding: Finding) -> str:
    """The status, and until when a reviewer wants to be left alone with it; greyed, and never out of sight."""
    return f"{finding.status}{SUPPRESSED}" if suppressed(finding, reader.night.as_of) else str(finding.status)


def _matched(_: Reader, finding: Finding) -> str:
    return f"“{finding.matched_text}”" if finding.matched_text else ""


def _tie(_: Reader, finding: Finding) -> str:
    tie = f"{finding.link_step}: {finding.link_value}" if finding.link_value else str(finding.link_step)
    if finding.rivals:
        fit = "1 further person fits" if finding.rivals == 1 else f"{finding.rivals} further people fit"
        tie += f"; {fit} as well, so nobody is named"
    return tie


def _evidence(_: Reader, finding: Finding) -> str:
    """A line for each source and day, with the kinds of evidence that it gave."""
    kinds: dict[str, list[str]] = {}
    for piece in finding.evidence:
        when = piece.observed_at
        day = when.astimezone(UTC).date().isoformat() if when else "date unknown"
        kinds.setdefault(f"{piece.source}, {day}", []).append(piece.kind)
    lines = [f"{where}: {', '.join(dict.fromkeys(found))}" for where, found in kinds.items()]
    further = len(lines) - EVIDENCE_SHOWN
    return "\n".join([*lines[:EVIDENCE_SHOWN], f"and {further} more, see findings.jsonl"] if further > 0 else lines)


def _account(_: Reader, finding: Finding) -> Link:
    return Link(finding.handle or finding.account_id or finding.url, finding.url)


_FIRST: tuple[tuple[Column, Cell], ...] = (
    (Column("Status", 13, wrap=True, tones=STATUS_TONES), _status),
    (Column("Severity", 10, tones=SEVERITY_TONES), lambda _, finding: str(finding.severity)),
    (Column("Rule", 24, wrap=True), Reader.rule),
    (Column("Agency", 22, wrap=True), lambda reader, finding: reader.agency(finding.agency_code)),
)
_PERSON: tuple[tuple[Column, Cell], ...] = (
    (Column("Employee", 20, wrap=True), lambda _, finding: finding.employee_name),
    (Column("Employee ID", 12), lambda _, finding: finding.employee_id),
)
_SEEN: tuple[tuple[Column, Cell], ...] = (
    (Column("Platform", 11), lambda _, finding: finding.platform),
    (Column("Handle", 20, Kind.LINK, wrap=True), _account),
    (Column("Display name", 20, wrap=True), lambda _, finding: finding.display_name),
    (Column("State mailbox", 27, wrap=True), lambda _, finding: finding.mailbox),
    (Column("What was seen", 40, wrap=True), lambda _, finding: finding.because),
    (Column("Matched words", 24, wrap=True), _matched),
    (Column("How it was tied to the person", 28, wrap=True), _tie),
    (Column("Evidence", 32, wrap=True), _evidence),
)
_DATES: tuple[tuple[Column, Cell], ...] = (
    (Column("First seen", 11, Kind.DATE), lambda _, finding: finding.first_seen),
    (Column("Last seen", 11, Kind.DATE), lambda _, finding: finding.last_seen),
    (Column("What to do", 36, wrap=True), Reader.to_do),
)
_DECISION: tuple[tuple[Column, Cell], ...] = (
    (Column("Disposition", 18, wrap=True, choices=DISPOSITIONS, typed=True), lambda _, finding: finding.disposition),
    (Column("Reviewer", 14, wrap=True, typed=True), lambda _, finding: finding.reviewer),
    (Column("Decided on", 11, Kind.DATE, typed=True), lambda _, finding: finding.decided_on),
    (Column("Suppress until", 11, Kind.DATE, typed=True), lambda _, finding: finding.suppress_until),
    (Column("Note", 28, wrap=True, typed=True), lambda _, finding: finding.note),
    (Column("Finding ID", 18), lambda _, finding: finding.finding_id),
)
_WITH_PERSON = _FIRST + _PERSON + _SEEN + _DATES + _DECISION
_WITHOUT_PERSON = _FIRST + _SEEN + _DATES + _DECISION
_OFFICIAL = (
    *(column for column, _ in _FIRST),
    Column("Platform", 11),
    Column("Handle", 22, Kind.LINK, wrap=True),
    Column("Account ID", 20, wrap=True),
    Column("Registry says", 12),
    Column("Supervisor", 20, wrap=True),
    Column("Supervisor ID", 13),
    Column("Registered mailbox", 27, wrap=True),
    Column("Reviewed on", 11, Kind.DATE),
    Column("Seen tonight", 20, wrap=True),
    Column("What was seen", 40, wrap=True),
    Column("Evidence", 32, wrap=True),
    *(column for column, _ in _DATES + _DECISION),
)
NOTHING_REGISTERED = "no account is registered"
"""Stands in the table of official accounts when it has no row."""


def written_headings() -> dict[str, frozenset[str]]:
    """The headings that this program writes on each review sheet; all others are an analyst's own columns."""
    with_person = frozenset(column.heading for column, _ in _WITH_PERSON)
    return {
        "Findings": with_person,
        "Leads": with_person,
        "Official accounts": frozenset(column.heading for column in _OFFICIAL),
        "Not in directory": frozenset(column.heading for column, _ in _WITHOUT_PERSON),
    }


def review_sheets(reader: Reader) -> tuple[Sheet, ...]:
    """Findings, Leads, Official accounts, Not in directory."""
    return (
        _findings(
            reader,
            "Findings",
            "Facts say that a clause of the policy may apply to these accounts. Each one needs review: only a person's "
            "disposition makes it a conclusion.",
        ),
        _findings(
            reader,
            "Leads",
            "Nobody is accused of anything here. A lead contains an inference (a shared name, weak evidence): it says "
            "where to look, and may well be wrong.",
        ),
        _official(reader),
        _findings(
            reader,
            "Not in directory",
            "State mailboxes that belong to nobody in tonight's HR directory: a former employee, a shared mailbox or a "
            "typing error. Nobody is guessed.",
            _WITHOUT_PERSON,
        ),
    )


def _findings(reader: Reader, name: str, intro: str, columns: Sequence[tuple[Column, Cell]] = _WITH_PERSON) -> Sheet:
    mine = [finding for finding in reader.findings if place(finding) == name]
    cells = tuple(cell for _, cell in columns)
    own = _own_headings(reader, mine)
    rows = Rows(lambda finding: (*(cell(reader, finding) for cell in cells), *_own_cells(reader, finding, own)), mine)
    headings = (*(column for column, _ in columns), *(_own_column(heading) for heading in own))
    table = Table(name.replace(" ", ""), headings, rows)
    title = f"{name}: {len(mine):,}" + (f", {_counted(mine)}" if mine else "")
    return Sheet(name, (Line(title, Look.TITLE), Line(intro), _TYPE_HERE, table), keep=3)


_TYPE_HERE = Line(
    "Decide in the yellow columns to the right. Sort, filter, add columns as you like; leave Finding ID as it is: it "
    "brings your words back."
)


def _own_headings(reader: Reader, findings: Iterable[Finding]) -> tuple[str, ...]:
    """The columns that analysts added, as far as a finding on this sheet has words in them."""
    own = reader.night.own_words
    return tuple(sorted({heading for finding in findings for heading in own.get(finding.finding_id, ())}))


def _own_column(heading: str) -> Column:
    return Column(heading, 24, wrap=True, typed=True)


def _own_cells(reader: Reader, finding: Finding | None, headings: Sequence[str]) -> tuple[str, ...]:
    own = reader.night.own_words.get(finding.finding_id, {}) if finding else {}
    return tuple(own.get(heading, "") for heading in headings)


def _counted(findings: Iterable[Finding]) -> str:
    counts = Counter(finding.status for finding in findings)
    return ", ".join(f"{counts[status]:,} {status}" for status in FindingStatus if counts[status])


def _official(reader: Reader) -> Sheet:
    """The registry's rows, each with the findings about it: one row a finding, or one row that says there is none."""
    mine = [finding for finding in reader.findings if place(finding) == "Official accounts"]
    paired = list(_paired(mine, reader.registry))
    own = _own_headings(reader, mine)
    columns = (*_OFFICIAL, *(_own_column(heading) for heading in own))
    rows = Rows(lambda pair: (*_registered(reader, *pair), *_own_cells(reader, pair[0], own)), paired)
    table = Table("OfficialAccounts", columns, rows, NOTHING_REGISTERED)
    title = f"Official accounts: {len(reader.registry):,} registered, {len(mine):,} findings about them"
    intro = (
        "The registry of official accounts, with what tonight's run saw of each. None of them is a finding about an "
        "employee's personal account."
    )
    return Sheet("Official accounts", (Line(title, Look.TITLE), Line(intro), _TYPE_HERE, table), keep=3)


def _paired(
    findings: Sequence[Finding], registry: Sequence[RegistryRow]
) -> Iterator[tuple[Finding | None, RegistryRow | None]]:
    keyed: dict[tuple[str, str], RegistryRow] = {}
    for row in registry:
        for key in _keys(row.account.platform, row.account.account_id, row.account.handle, row.account.url):
            keyed.setdefault(key, row)
    claimed: set[int] = set()
    for finding in findings:
        keys = _keys(finding.platform, finding.account_id, finding.handle, finding.url)
        known = next((keyed[key] for key in keys if key in keyed), None)
        claimed.add(id(known))
        yield finding, known
    rest = [row for row in registry if id(row) not in claimed]
    yield from (
        (None, row) for row in sorted(rest, key=lambda row: (row.agency, row.account.platform, row.account.handle))
    )


def _keys(platform_id: str, account_id: str, handle: str, url: str) -> list[tuple[str, str]]:
    """Under what an account may be found, the surest first."""
    named = ("id", account_id), ("handle", handle.casefold().lstrip("@")), ("url", url.casefold().rstrip("/"))
    return [(f"{platform_id} {kind}", value) for kind, value in named if value]


def _registered(reader: Reader, finding: Finding | None, row: RegistryRow | None) -> Row:
    entry = row.account if row else None
    first: list[Value] = [NO_FINDING, "", ", ".join(row.findings) if row else "", row.agency if row else ""]
    last: list[Value] = [None] * len(_DATES + _DECISION)
    if finding:
        first = [cell(reader, finding) for _, cell in _FIRST]
        last = [cell(reader, finding) for _, cell in _DATES + _DECISION]
    known = entry or finding
    assert known is not None
    return (
        *first,
        known.platform,
        Link(known.handle or known.account_id or known.url, known.url),
        known.account_id,
        ("retired" if entry.retired else "active") if entry else "not in the registry",
        row.supervisor_name if row else "",
        entry.supervisor_employee_id if entry else "",
        entry.registered_email if entry else "",
        entry.reviewed_on if entry else None,
        row.seen if row else "",
        finding.because if finding else "",
        _evidence(reader, finding) if finding else "",
        *last,
    )
