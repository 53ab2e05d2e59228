"""The sheet "Official accounts": the registry, each entry with what was seen of it and the findings about it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from audit.model.finding import Finding
from audit.model.night import RegistryRow
from audit.model.sheet import Column, Kind, Line, Link, Look, SheetPart, Value
from audit.people.identity import identities, registry_name
from audit.report.reader import NO_FINDING, QUIET_STATUSES, Reader, link_named, link_to, on_sheet
from audit.report.review_columns import (
    AGENCY,
    DECISION,
    EVIDENCE,
    FINDING_ID,
    FIRST_SEEN,
    HANDLE,
    IN_SHORT,
    LAST_SEEN,
    ONCE,
    PLATFORM,
    PROVES_NOT,
    ROW_LINES,
    RULE,
    STATUS,
    ReadBy,
    digest_of,
    folded_away,
    made_unlike,
    seen_by,
    waiting,
    with_further,
)
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


def _no_words(_: _Entry) -> Value:
    return ""


OFFICIAL: tuple[ReadBy[_Entry], ...] = (
    _of_finding(STATUS, lambda _: NO_FINDING),
    _of_finding(AGENCY, lambda entry: entry.row.agency if entry.row else ""),
    (PLATFORM, lambda _, entry: entry.account.platform),
    (HANDLE, lambda _, entry: _handle(entry)),
    _of_finding(RULE, lambda entry: ", ".join(entry.row.findings) if entry.row else ""),
    *map(_of_finding, DECISION),
    *(_of_finding(one, _no_words) for one in IN_SHORT),
    *folded_away(
        (
            (Column("Account ID", 20, wrap=True), lambda _, entry: entry.account.account_id),
            _of_registry(Column("Supervisor ID", 13), lambda row: row.account.supervisor_employee_id),
            _of_registry(Column("Registered mailbox", 27, wrap=True), lambda row: row.account.registered_email),
            _of_registry(Column("Reviewed on", 11, Kind.DATE), lambda row: row.account.reviewed_on),
            _of_registry(Column("Seen tonight", 20, wrap=True), lambda row: row.seen),
            _of_finding(EVIDENCE, _no_words),
            _of_finding(PROVES_NOT, _no_words),
        )
    ),
    _of_registry(Column("Registry says", 9, wrap=True), lambda row: registry_says(row.account), "not in the registry"),
    _of_registry(Column("Supervisor", 13, wrap=True), lambda row: row.supervisor_name),
    *folded_away(map(_of_finding, (FIRST_SEEN, LAST_SEEN, FINDING_ID))),
)


def official_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """The registry's rows, each with the findings about it: one row a finding, or one row that says there is none."""
    mine = on_sheet(reader, "Official accounts")
    paired = list(_paired(mine, reader.registry))
    columns = made_unlike(seen_by(reader, with_further(OFFICIAL, reader, mine, _of_finding)), paired, _name)
    return (
        Line(
            f"Official accounts: {len(reader.registry):,} registered, {len(mine):,} findings about them"
            + waiting(reader, mine),
            Look.TITLE,
        ),
        Line(
            "The registry, with what tonight's run saw of each account. None of them is a finding about an employee's "
            "personal account."
        ),
        ONCE,
        make_table("OfficialAccounts", columns, paired, NOTHING_REGISTERED, QUIET_STATUSES, ROW_LINES, dense=True),
    )


def _name(entry: _Entry) -> str:
    """What tells a row from those that look like it."""
    return digest_of(entry.finding) if entry.finding else entry.account.account_id


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
