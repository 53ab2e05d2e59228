"""Under what names the findings of the nights before go tonight: HR numbers its people anew, a mail system gets another
first domain. Who and what they are about stays the same, and so do what was decided and since when it is known. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from audit.findings.agencies import in_agencies_of_today
from audit.findings.grounds import held_under, respelled_addresses
from audit.findings.passing import holders_of_finding
from audit.model.finding import Past
from audit.model.measures import Remembered
from audit.model.night import Problem
from audit.people.addresses import MailSystem, parse_address
from audit.people.directory import Directory, remembered_as
from audit.people.holders import noted_holders, renumbered
from audit.people.names import name_key
from connectors.records import OfficialAccount


@dataclass(frozen=True, slots=True)
class NewNumbers:
    """Finding id → the employee id that its person has tonight in the place of another. `old`: the ids of before, each
    with the new one. `others`: ids in whose place somebody of the same name has another one, of whom nobody can tell
    whether it is the same person."""

    of_findings: Mapping[str, str]
    old: Mapping[str, str]
    others: Collection[str] = ()

    def problems(self) -> Iterator[Problem]:
        """What is told of them."""
        if self.old:
            first, now = min(self.old.items())
            people = "people have" if len(self.old) > 1 else "person has"
            yield Problem(
                "directory",
                "employee_id",
                f"{len(self.old):,} {people} another employee id than at the last run ({first} is {now} now), under the"
                " same address, with the same name and first day: what was found and decided goes on under the new ids."
                " If only the spelling changed (zeros, a prefix), have the ids exported as before.",
            )
        if self.others:
            people = "people are" if len(self.others) > 1 else "person is"
            yield Problem(
                "directory",
                "employee_id",
                f"{len(self.others):,} {people} in HR no more (the first has the id {min(self.others)}), and under the"
                " same address stands the same name with another id and another first day, or none. They count as other"
                " people: what was decided ends with the old findings, and waits anew. If they are the same, have HR"
                " export start_date as it was.",
            )


def new_numbers(past: Mapping[str, Past], before: Collection[Remembered], directory: Directory) -> NewNumbers:
    """Whose employee id in findings is another one tonight. `before` are the people of the last run.

    An id is the same person's where the last run knew the one and not the other, tonight's directory the other and not
    the one, both alone hold the same address, and name and first day are the same, or the name and the ids' digits.
    """
    held = _in_whose_place({one.finding.employee_id for one in past.values()}, before, directory)
    of_findings: dict[str, str] = {}
    old: dict[str, str] = {}
    others: set[str] = set()
    for finding_id, one in past.items():
        employee_id = one.finding.employee_id
        if employee_id not in held:
            continue
        now, holders = held[employee_id], holders_of_finding(one.finding, one.facts)
        if renumbered(holders, employee_id, noted_holders((now,), directory), now):
            of_findings[finding_id] = old[employee_id] = now
        elif name_key(one.finding.employee_name) == name_key(directory.employees[now].name):
            others.add(employee_id)
    return NewNumbers(of_findings, old, others - old.keys())


def _in_whose_place(named: Collection[str], before: Collection[Remembered], directory: Directory) -> dict[str, str]:
    """Of the employee ids `named` those that tonight's directory has no more, each with the id, new tonight, that
    stands under its address."""
    known = {one.employee_id: one.mailbox for one in before}
    gone = {one: known.get(remembered_as(one), "") for one in named if one and one not in directory.employees}
    left = {mailbox: one for one, mailbox in gone.items() if mailbox}
    held: dict[str, str] = {}
    for mailbox, ids in directory.owners.items() if left else ():
        alone = len(ids) == 1 and mailbox not in directory.aliases
        if alone and (old := left.get(remembered_as(mailbox))) and remembered_as(ids[0]) not in known:
            held[old] = ids[0]
    return held


def under_todays_names(
    past: Mapping[str, Past],
    before: Collection[Remembered],
    directory: Directory,
    official: Iterable[OfficialAccount] = (),
) -> tuple[dict[str, Past], NewNumbers]:
    """The findings of the nights before, by id, with people's ids, mailboxes and agencies as tonight has them; and
    whose ids are new. `before` are the people of the last run, `official` the entries of the registry."""
    numbers = new_numbers(past, before, directory)
    renamed = {
        finding_id: _addressed(_numbered(one, numbers.of_findings.get(finding_id, ""), directory), directory.system)
        for finding_id, one in past.items()
    }
    return in_agencies_of_today(renamed, directory, official), numbers


def _numbered(past: Past, now: str, directory: Directory) -> Past:
    if not now:
        return past
    facts = held_under(past.facts, noted_holders((now,), directory))
    return replace(past, finding=replace(past.finding, employee_id=now), facts=facts)


def _addressed(past: Past, system: MailSystem) -> Past:
    finding = past.finding
    old = {text: now for text in (finding.mailbox, finding.link_value) if (now := _current(text, system)) != text}
    if not old:
        return past
    mailbox, tied_by = (old.get(text, text) for text in (finding.mailbox, finding.link_value))
    return replace(
        past,
        finding=replace(finding, mailbox=mailbox, link_value=tied_by),
        facts=respelled_addresses(past.facts, old),
        decided_facts=respelled_addresses(past.decided_facts, old),
    )


def _current(text: str, system: MailSystem) -> str:
    """A mailbox under the mail system's current name; any other text as it is."""
    if "@" not in text or text.endswith(f"@{system.primary}"):
        return text
    address = parse_address(text)
    return f"{address.local}@{system.primary}" if address and address.domain in system.names else text
