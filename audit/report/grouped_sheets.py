"""The sheets "By person" and "By account": what is typed into a row there is meant for all of its findings. Pure.

Their yellow cells are always written empty: the findings' own rows show what was decided, and so does a column here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from functools import cached_property

from audit.model.finding import Finding, FindingStatus, Severity, Tier, waits
from audit.model.sheet import Column, Kind, Line, Look, SheetPart, Value
from audit.people.identity import called, known_by
from audit.report.reader import SEVERITY_TONES, Reader, place
from audit.report.review_columns import (
    DECISION,
    FINDING_ID,
    ONCE,
    PLATFORM,
    ROW_LINES,
    ReadBy,
    folded_away,
    made_unlike,
    seen_by,
)
from audit.report.table import make_table

BY_PERSON, BY_ACCOUNT = "By person", "By account"

_GOES_TO_ALL = (
    "What you type in a row goes to all of its findings, decided ones too, except where this copy changes the finding's"
    " own row{}, or the finding was taken off them before (“not this person”). It is empty each night."
)
_SEVERITIES = tuple(Severity)


@dataclass(frozen=True)
class Group:
    """The findings about one person, or one account, that stand tonight; the most urgent first."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The most urgent one: it names the person or the account."""
        return self.findings[0]

    @cached_property
    def newest(self) -> tuple[date | None, Finding]:
        """The finding with the newest evidence, and the day of that."""
        return max(((_newest(one), one) for one in self.findings), key=lambda pair: pair[0] or date.min)


def _newest(finding: Finding) -> date | None:
    moments = [piece.observed_at for piece in finding.evidence if piece.observed_at]
    return max(moments).astimezone(UTC).date() if moments else None


def by_person_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """One row for each employee whom a finding or a lead names."""
    groups = _grouped(reader, ("Findings", "Leads"), lambda one: one.employee_id)
    told = _GOES_TO_ALL.format(" or its account's")
    return _sheet(reader, BY_PERSON, "employees", "ByPerson", groups, PERSONS, told)


def by_account_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """One row for each account about which there is a finding, a lead, or one of a mailbox that is nobody's."""
    groups = _grouped(reader, ("Findings", "Leads", "Not in directory"), _account)
    return _sheet(reader, BY_ACCOUNT, "accounts", "ByAccount", groups, ACCOUNTS, _GOES_TO_ALL.format(""))


def _account(finding: Finding) -> Hashable:
    known = known_by(finding.account_id, finding.handle, finding.url, finding.mailbox)
    return (finding.platform, known) if known else ""


def _grouped(reader: Reader, places: Sequence[str], key: Callable[[Finding], Hashable]) -> list[Group]:
    """The standing findings of some sheets by what `key` says of each; those of which it says nothing are left out."""
    groups: dict[Hashable, list[Finding]] = {}
    for finding in reader.findings:
        if finding.status is not FindingStatus.RESOLVED and place(finding) in places and key(finding):
            groups.setdefault(key(finding), []).append(finding)
    return [Group(tuple(findings)) for findings in groups.values()]


def _sheet(
    reader: Reader,
    name: str,
    of_what: str,
    table: str,
    groups: Sequence[Group],
    columns: Sequence[ReadBy[Group]],
    told: str,
) -> tuple[SheetPart, ...]:
    waiting = sum(any(waits(one, reader.night.as_of) for one in group.findings) for group in groups)
    title = f"{name}: {len(groups):,} {of_what}" + (f"; {waiting:,} with something to decide" if waiting else "")
    shown = seen_by(reader, columns)
    if name == BY_ACCOUNT:  # an employee id is unlike every other
        shown = made_unlike(shown, groups, lambda group: group.first.account_id or group.first.finding_id)
    return (
        Line(title, Look.TITLE),
        Line(told),
        ONCE,
        make_table(table, shown, groups, most_lines=ROW_LINES, dense=True),
    )


def _stand(_: Reader, group: Group) -> str:
    """How its findings are decided: "2 of 3 confirmed, 1 waits"."""
    decided = Counter(one.disposition for one in group.findings if one.disposition)
    open_ = len(group.findings) - decided.total()
    said = [f"{count} of {len(group.findings)} {word}" for word, count in decided.most_common()]
    return ", ".join(said + ([f"{open_} undecided"] if open_ else []))


def _kinds(_: Reader, group: Group) -> str:
    tiers = Counter(one.tier for one in group.findings)
    return ", ".join(f"{tiers[tier]} {tier}{'' if tiers[tier] == 1 else 's'}" for tier in Tier if tiers[tier])


def _severity(_: Reader, group: Group) -> str:
    return str(min((one.severity for one in group.findings), key=_SEVERITIES.index))


def _listed(values: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(filter(None, values)))


def _accounts(_: Reader, group: Group) -> str:
    return _listed([f"{one.platform} {called(one)}".strip() for one in group.findings])


def _rules(_: Reader, group: Group) -> str:
    return _listed([one.rule_id for one in group.findings])


def _people(_: Reader, group: Group) -> str:
    return _listed([one.employee_name or one.mailbox for one in group.findings])


def _seen(_: Reader, group: Group) -> str:
    return group.newest[1].because


def _empty(_: Reader, __: Group) -> Value:
    return None


_AGENCY: ReadBy[Group] = (
    Column("Agency", 17, wrap=True),
    lambda reader, group: _listed([reader.agency(one.agency_code) for one in group.findings]),
)
_STAND: ReadBy[Group] = (Column("How its findings stand", 19, wrap=True), _stand)
_DECIDE: tuple[ReadBy[Group], ...] = tuple((column, _empty) for column, _ in DECISION)
_KINDS: ReadBy[Group] = (Column("Findings and leads", 12, wrap=True), _kinds)
_SEVERITY: ReadBy[Group] = (Column("Severity", 10, tones=SEVERITY_TONES), _severity)
_RULES: ReadBy[Group] = (Column("Rules", 12, wrap=True), _rules)
_NEWEST: tuple[ReadBy[Group], ...] = (
    (Column("Newest evidence", 11, Kind.DATE), lambda _, group: group.newest[0]),
    (Column("What was seen", 32, wrap=True), _seen),
)
_IDS: tuple[ReadBy[Group], ...] = folded_away(
    [(FINDING_ID[0], lambda _, group: "\n".join(one.finding_id for one in group.findings))]
)
PERSONS: tuple[ReadBy[Group], ...] = (
    (Column("Employee ID", 12), lambda _, group: group.first.employee_id),
    (Column("Employee", 20, wrap=True), lambda _, group: group.first.employee_name),
    _AGENCY,
    _STAND,
    *_DECIDE,
    _KINDS,
    _SEVERITY,
    (Column("Accounts", 30, wrap=True), _accounts),
    _RULES,
    *_NEWEST,
    *_IDS,
)
ACCOUNTS: tuple[ReadBy[Group], ...] = (
    (PLATFORM, lambda _, group: group.first.platform),
    (Column("Handle", 22, wrap=True), lambda _, group: called(group.first)),
    (Column("Account ID", 12), lambda _, group: group.first.account_id),
    _STAND,
    *_DECIDE,
    _KINDS,
    _SEVERITY,
    (Column("Whose", 20, wrap=True), _people),
    _RULES,
    *_NEWEST,
    _AGENCY,
    *_IDS,
)
