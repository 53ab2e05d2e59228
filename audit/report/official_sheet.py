"""The sheet "Official accounts": the registry, each entry with what was seen of it and the findings about it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from audit.model.finding import Finding
from audit.model.night import RegistryRow
from audit.model.sheet import Column, Kind, Line, Link, Look, Row, Sheet, Table, Value
from audit.people.identity import called, identities, registry_name
from audit.report.reader import NO_FINDING, QUIET_STATUSES, Reader, Rows, place
from audit.report.review_columns import FIRST, LAST, TYPE_HERE, evidence, with_further

OFFICIAL = (
    *(column for column, _ in FIRST),
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
)
"""The columns before those that every sheet ends with."""
NOTHING_REGISTERED = "no account is registered"
"""Stands in the table of official accounts when it has no row."""


def official_sheet(reader: Reader) -> Sheet:
    """The registry's rows, each with the findings about it: one row a finding, or one row that says there is none."""
    mine = [finding for finding in reader.findings if place(finding) == "Official accounts"]
    paired = list(_paired(mine, reader.registry))
    last = with_further(LAST, reader, mine)

    def row(pair: tuple[Finding | None, RegistryRow | None]) -> Row:
        finding, _ = pair
        return (*_registered(reader, *pair), *(cell(reader, finding) if finding else None for _, cell in last))

    columns = (*OFFICIAL, *(column for column, _ in last))
    table = Table("OfficialAccounts", columns, Rows(row, paired), NOTHING_REGISTERED, quiet=QUIET_STATUSES)
    title = f"Official accounts: {len(reader.registry):,} registered, {len(mine):,} findings about them"
    intro = (
        "The registry of official accounts, with what tonight's run saw of each. None of them is a finding about an "
        "employee's personal account."
    )
    return Sheet("Official accounts", (Line(title, Look.TITLE), Line(intro), TYPE_HERE, table), keep=3)


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
    return [(platform_id, name) for name in identities(platform_id, account_id, handle, url)]


def _registered(reader: Reader, finding: Finding | None, row: RegistryRow | None) -> Row:
    entry = row.account if row else None
    first: list[Value] = [NO_FINDING, "", ", ".join(row.findings) if row else "", row.agency if row else ""]
    if finding:
        first = [cell(reader, finding) for _, cell in FIRST]
    known = entry or finding
    assert known is not None
    return (
        *first,
        known.platform,
        Link(registry_name(entry) if entry else called(known), known.url),
        known.account_id,
        ("retired" if entry.retired else "active") if entry else "not in the registry",
        row.supervisor_name if row else "",
        entry.supervisor_employee_id if entry else "",
        entry.registered_email if entry else "",
        entry.reviewed_on if entry else None,
        row.seen if row else "",
        finding.because if finding else "",
        evidence(reader, finding) if finding else "",
    )
