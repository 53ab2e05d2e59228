"""Which findings are about one person: the present holder of an employee id and of mailboxes alone. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from audit.findings.grounds import held_by
from audit.findings.passing import holders_of_finding
from audit.model.finding import Finding, FindingStatus, LinkStep, Past
from audit.people.addresses import MailSystem, state_mailbox
from audit.people.holders import held_alone, passed
from audit.people.identity import bare_id

_TIED_BY_NAME = (LinkStep.NAME_WITH_AGENCY, LinkStep.CONFIRMED)


@dataclass(frozen=True, slots=True)
class OfPerson:
    """A person's findings, and how many of the same id or mailboxes may be somebody else's and are left out.

    `holder` is the person as audit.people.holders keeps one, "" where nobody can tell.
    """

    findings: tuple[Past, ...]
    left_out: int
    holder: str


def findings_of(
    past: Iterable[Past],
    employee_id: str,
    holder: str,
    addresses: Collection[str],
    system: MailSystem,
    named: Collection[str] = (),
) -> OfPerson:
    """The findings that name the holder of an employee id, or rest on a mailbox that was this person's alone.

    `addresses` are the state mailboxes that are nobody else's, `named` the ids of further findings that the last night
    put down to this person. A finding about an address that several hold is nobody's.
    """
    mine, left_out = [], 0
    for one in past:
        finding = one.finding
        holders = holders_of_finding(finding, one.facts)
        if finding.employee_id:
            if bare_id(finding.employee_id) != bare_id(employee_id):
                continue
            is_mine = bool(holder) and not passed(holders, holder)
        elif finding.finding_id in named or _rests_on(finding, addresses, system):
            is_mine = held_alone(held_by(one.facts), holder)
        else:
            continue
        if is_mine:
            mine.append(one)
        else:
            left_out += 1
    return OfPerson(tuple(mine), left_out, holder)


def last_holder(past: Iterable[Past], employee_id: str, seen_on: date | None) -> str:
    """The holder of an employee id whom the latest finding knows; only one that stood on `seen_on`, where that is
    given. "" where there is none: who held an id before may be somebody else."""
    known = [
        one
        for one in past
        if one.finding.employee_id
        and bare_id(one.finding.employee_id) == bare_id(employee_id)
        and (seen_on is None or _stood(one.finding, seen_on))
    ]
    latest = max(known, key=lambda one: (_standing(one.finding), one.finding.last_seen), default=None)
    return holders_of_finding(latest.finding, latest.facts) if latest else ""


def mailboxes_of(findings: Iterable[Past], system: MailSystem) -> frozenset[str]:
    """The state mailboxes on which findings that name the person rest."""
    named = (one.finding for one in findings if one.finding.employee_id)
    texts = (text for one in named if _by_address(one) for text in (one.mailbox, one.link_value))
    return frozenset(filter(None, (state_mailbox(text, system) for text in texts)))


def _rests_on(finding: Finding, addresses: Collection[str], system: MailSystem) -> bool:
    return _by_address(finding) and any(
        state_mailbox(text, system) in addresses for text in (finding.mailbox, finding.link_value) if text
    )


def _by_address(finding: Finding) -> bool:
    return finding.link_step is not LinkStep.OFFICIAL_REGISTRY and finding.link_step not in _TIED_BY_NAME


def _stood(finding: Finding, day: date) -> bool:
    return finding.last_seen == day and _standing(finding) and finding.status is not FindingStatus.NOT_RECHECKED


def _standing(finding: Finding) -> bool:
    return finding.status is not FindingStatus.RESOLVED
