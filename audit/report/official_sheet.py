"""The sheet "Official accounts": the registry, each entry with what was seen of it and the findings about it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from audit.model.finding import Finding
from audit.model.night import RegistryRow
from audit.model.sheet import Column, Kind, Line, Link, Look, SheetPart, Value
from audit.people.identity import identities, registry_name
from audit.report.reader import NO_FINDING, QUIET_STATUSES, Reader, link_named, link_to, place
from audit.report.review_columns import FIRST, LAST, TYPE_HERE, ReadBy, evidence, seen_by, with_further
from audit.report.table import make_table
from connectors.records import OfficialAccount

NOTHING_REGISTERED = "no account is registered"
"""Stands in the table of official accounts when it has no row."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A finding about an official account, the account's row in the registry, or both; never neither."""

    finding: Finding | None
    row: RegistryRow | None

    @property
    def account(self) -> Finding | OfficialAccount:
        """The account, as the registry has it if it does."""
        known = self.row.account if self.row else self.finding
        assert known is not None
        return known


def _of_finding(shown: ReadBy[Finding], otherwise: Callable[[_Entry], Value] = lambda _: None) -> ReadBy[_Entry]:
    """A column about findings, with what stands there where there is none."""
    column, cell = shown
    return column, lambda reader, entry: cell(reader, entry.finding) if entry.finding else otherwise(entry)


def registry_says(account: OfficialAccount) -> str:
    """How an account stands in the registry, in a word."""
    return "retired" if account.retired else "pending" if account.pending else "active"


def _of_registry(column: Column, cell: Callable[[RegistryRow], Value], otherwise: str = "") -> ReadBy[_Entry]:
    """A column about the registry, with what stands there where it lacks the account."""
    return column, lambda _, entry: cell(entry.row) if entry.row else otherwise


_STATUS, _SEVERITY, _RULE, _AGENCY = FIRST
_REGISTERED: tuple[ReadBy[_Entry], ...] = (
    _of_finding(_STATUS, lambda _: NO_FINDING),
    _of_finding(_SEVERITY, lambda _: ""),
    _of_finding(_RULE, lambda entry: ", ".join(entry.row.findings) if entry.row else ""),
    _of_finding(_AGENCY, lambda entry: entry.row.agency if entry.row else ""),
    (Column("Platform", 11), lambda _, entry: entry.account.platform),
    (Column("Handle", 22, Kind.LINK, wrap=True), lambda _, entry: _handle(entry)),
    (Column("Account ID", 20, wrap=True), lambda _, entry: entry.account.account_id),
    _of_registry(Column("Registry says", 12), lambda row: registry_says(row.account), "not in the registry"),
    _of_registry(Column("Supervisor", 20, wrap=True), lambda row: row.supervisor_name),
    _of_registry(Column("Supervisor ID", 13), lambda row: row.account.supervisor_employee_id),
    _of_registry(Column("Registered mailbox", 27, wrap=True), lambda row: row.account.registered_email),
    _of_registry(Column("Reviewed on", 11, Kind.DATE), lambda row: row.account.reviewed_on),
    _of_registry(Column("Seen tonight", 20, wrap=True), lambda row: row.seen),
    _of_finding((Column("What was seen", 40, wrap=True), lambda _, finding: finding.because), lambda _: ""),
    _of_finding((Column("Evidence", 32, wrap=True), evidence), lambda _: ""),
)
"""The columns before those that every sheet ends with."""
OFFICIAL = (*_REGISTERED, *map(_of_finding, LAST))


def official_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """The registry's rows, each with the findings about it: one row a finding, or one row that says there is none."""
    mine = [finding for finding in reader.findings if place(finding) == "Official accounts"]
    columns = seen_by(reader, (*_REGISTERED, *map(_of_finding, with_further(LAST, reader, mine))))
    paired = list(_paired(mine, reader.registry))
    return (
        Line(
            f"Official accounts: {len(reader.registry):,} registered, {len(mine):,} findings about them",
            Look.TITLE,
        ),
        Line(
            "The registry of official accounts, with what tonight's run saw of each. None of them is a finding about "
            "an employee's personal account."
        ),
        TYPE_HERE,
        make_table("OfficialAccounts", columns, paired, NOTHING_REGISTERED, quiet=QUIET_STATUSES),
    )


def _handle(entry: _Entry) -> Link:
    account = entry.account
    return link_to(account) if isinstance(account, Finding) else link_named(registry_name(account), account)


def _paired(findings: Sequence[Finding], registry: Sequence[RegistryRow]) -> Iterator[_Entry]:
    keyed: dict[tuple[str, str], RegistryRow] = {}
    for row in registry:
        for key in _keys(row.account.platform, row.account.account_id, row.account.handle, row.account.url):
            keyed.setdefault(key, row)
    claimed: set[int] = set()
    for finding in findings:
        keys = _keys(finding.platform, finding.account_id, finding.handle, finding.url)
        known = next((keyed[key] for key in keys if key in keyed), None)
        claimed.add(id(known))
        yield _Entry(finding, known)
    rest = [row for row in registry if id(row) not in claimed]
    rest.sort(key=lambda row: (row.agency, row.account.platform, row.account.handle))
    yield from (_Entry(None, row) for row in rest)


def _keys(platform_id: str, account_id: str, handle: str, url: str) -> list[tuple[str, str]]:
    """Under what an account may be found, the surest first."""
    return [(platform_id, name) for name in identities(platform_id, account_id, handle, url)]
