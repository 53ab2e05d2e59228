"""The HR directory as judgement uses it: who is employed, and which mailbox is whose. Pure; people in, look-ups out."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from audit.model.night import Problem
from audit.people.addresses import MailSystem, state_mailbox
from audit.people.days_ahead import DaysAhead
from audit.people.identity import bare_id
from audit.people.names import families_of, name_key
from connectors.records import Person, Status

LISTED = 100
"""Rows with a work_email outside the mail domains that are listed one by one."""


class Standing(StrEnum):
    """Whether somebody is employed on a day; UNCLEAR where HR does not say so in words and days that can be read."""

    CURRENT = "current"
    NOT_YET = "not yet"
    LEFT = "left"
    UNCLEAR = "unclear"


_FOREMOST = (Standing.CURRENT, Standing.UNCLEAR, Standing.NOT_YET, Standing.LEFT)
"""Of several positions, the one that counts."""


class Employee(NamedTuple):
    """What judgement needs of a person, and no more. `where` is the directory row it came from.

    `since` is the first day of the employment, None where HR does not say; `given` and `names` are the folded words
    of the given names (where there are others) and of all names, by which a later night tells whether this is still
    the same person. `written` has the given, family and preferred name as HR writes them, `until` is the last day.
    """

    employee_id: str
    name: str
    agency_code: str
    standing: Standing
    where: str
    since: date | None = None
    given: str = ""
    names: str = ""
    written: tuple[str, str, str] = ("", "", "")
    active: bool = False
    """Whether HR's word is active; on leave is employed as well."""
    began: date | None = None
    """The first day of the position that counts, where there are several."""
    until: date | None = None


@dataclass
class Directory:
    """Look-ups by employee id, by state mailbox and by family name. Built once, by `directory`, and then only read."""

    system: MailSystem
    as_of: date
    employees: dict[str, Employee] = field(default_factory=dict)
    owners: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Employee ids by state mailbox: usually one, more where HR gives an address twice."""
    aliases: set[str] = field(default_factory=set)
    """Mailboxes that are nobody's work_email, only an other_email."""
    bearers: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Employee ids by folded family name, or a part of one, and agency code; those who have left, too."""
    problems: list[Problem] = field(default_factory=list)
    outsiders: int = 0
    """Rows whose work_email is nobody's state mailbox."""
    dated: bool = False
    """Whether HR says of anybody since when they are employed."""
    contested: set[str] = field(default_factory=set)
    """Employee ids that HR gives to people of different names; whose they are, nobody can tell."""
    several: dict[str, set[str]] = field(default_factory=dict)
    """Employee ids that stand in several rows of one person, with the agencies of the positions held now."""
    newest: dict[str, tuple[date, bool]] = field(default_factory=dict)
    """Of those, when the row that began last began, and whether it says that somebody is employed."""
    unordered: set[str] = field(default_factory=set)
    """Of those, the ones whose rows differ in standing or agency, and no start says which of them is newer."""
    disputed: set[str] = field(default_factory=set)
    """Employee ids of which one row says that somebody has left, and one under another mailbox that they are here."""
    unread: bool = False
    """Whether a directory service gave entries that cannot be read: whoever is missing may be one of them."""
    rows_of: Counter[str] = field(default_factory=Counter)
    """Rows by the file or sheet that they stand in."""
    alike: Counter[tuple[str, str]] = field(default_factory=Counter)
    """People whose rows say the same in two files or sheets, by these."""
    missing: frozenset[str] = frozenset()
    """Digests (`remembered_as`) of the ids and mailboxes of those who may stand in rows of a file that could not be
    read: the nights before had them, and tonight does not."""

    def may_lack(self, text: str) -> bool:
        """Whether the holder of a mailbox or an employee id may stand where tonight could not be read."""
        return self.unread or not self.missing.isdisjoint((remembered_as(text), remembered_as(bare_id(text))))

    def addresses(self) -> tuple[str, ...]:
        """The state mailbox of every current employee who alone has one, aliases left out."""
        alone = ((mailbox, ids[0]) for mailbox, ids in self.owners.items() if len(ids) == 1)
        return tuple(
            sorted(
                mailbox
                for mailbox, owner in alone
                if mailbox not in self.aliases and self.employees[owner].standing is Standing.CURRENT
            )
        )


def remembered_as(text: str) -> str:
    """The digest by which an employee id or a mailbox is remembered from night to night; "" for none."""
    return sha256(text.encode()).hexdigest()[:16] if text else ""


def directory(people: Iterable[Person], system: MailSystem, agency_codes: frozenset[str], as_of: date) -> Directory:
    """Fold the people of one complete pull, in any order, into a Directory as of a day.

    A second row with a known employee id is another position of the same person where name and e-mail agree, and
    is left out with a problem where they do not; where one of the two says that the person has left, and not that this
    was before the other began, the standing is open. Of several positions one held now counts before one that is not,
    an active one before leave, and then the one that began last. A row of somebody who has left that began after all
    others, and has no end of its own, is how a history of jobs says that it is over: it leaves the standing open, and
    so does such a row of an unknown status. An agency code that the agencies file does not know is reported once per
    code.
    """
    folded = Directory(system, as_of)
    unknown: dict[str, list[str]] = {}
    silent: list[str] = []
    left_open: list[str] = []
    ahead = DaysAhead(as_of)
    for person in people:
        ahead.see(person)
        if person.status is Status.UNKNOWN and not person.notes:
            (left_open if person.status_open else silent).append(person.provenance.where)
        if _add(folded, person) and person.agency_code and person.agency_code not in agency_codes:
            unknown.setdefault(person.agency_code, []).append(person.provenance.where)
    for employee_id in folded.contested | folded.disputed:
        folded.employees[employee_id] = folded.employees[employee_id]._replace(standing=Standing.UNCLEAR)
    for code, places in sorted(unknown.items()):
        reason = f"agency code {code!r} is not in the agencies file ({len(places):,} rows). Add it there or correct HR."
        folded.problems.append(Problem("directory", places[0], reason))
    if silent:
        reason = (
            f"status is empty in {len(silent):,} rows, so nobody can tell whether these people are employed, and their"
            ' accounts are leads at most. Fill it in HR, or say what an empty one means: status_values = { "" = … },'
            " where … is “terminated”, “leave” or “active”."
        )
        folded.problems.append(Problem("directory", silent[0], reason))
    if left_open:
        reason = (
            f"status says nothing of the employment of {len(left_open):,} people, as an account that is switched off"
            " does not: their accounts are leads at most. Where it does mean one thing, say so in audit.toml:"
            " status_values of a file, disabled of a directory that is asked."
        )
        folded.problems.append(Problem("directory", left_open[0], reason))
    folded.problems += ahead.problems()
    if folded.several:
        folded.problems.append(Problem("directory", "", told_of_several(folded)))
    folded.problems += _over_since(folded)
    folded.problems += _shared_addresses(folded)
    if folded.outsiders > LISTED:
        reason = (
            f"work_email is no address under the mail domains in {folded.outsiders:,} rows; the first {LISTED} are"
            " listed. If they are all of one domain, add it to mail_domains in audit.toml."
        )
        folded.problems.append(Problem("directory", "", reason))
    return folded


def standing(person: Person, as_of: date) -> Standing:
    """Whether somebody is employed on a day. An end date in the past means that they have left; one before the start
    is of an employment before this one, or wrong. A day that is there and cannot be read leaves the standing open."""
    if person.status is Status.TERMINATED:
        return Standing.LEFT
    over = person.end_on is not None and person.end_on < as_of
    if over and person.end_on is not None and person.start_on is not None and person.end_on < person.start_on:
        return Standing.UNCLEAR
    if over:
        return Standing.LEFT
    if person.start_on is not None and person.start_on > as_of:
        return Standing.NOT_YET
    return Standing.UNCLEAR if person.status is Status.UNKNOWN or person.unread else Standing.CURRENT


def _add(folded: Directory, person: Person) -> bool:
    """Add one row; False where it contradicts an earlier row of the same employee id."""
    name = " ".join(filter(None, (person.preferred_name or person.given_name, person.family_name)))
    mailbox = state_mailbox(person.work_email, folded.system)
    folded.rows_of[_place(person.provenance.where)] += 1
    known = folded.employees.get(person.employee_id)
    if known is not None and not _same_person(folded, known, name, mailbox):
        reason = (
            f"employee id {person.employee_id} already stands at {known.where} with another name or e-mail."
            " This row was left out; correct one of the two in HR."
        )
        if name_key(known.name) != name_key(name):  # whose id it is, nobody can tell
            folded.contested.add(person.employee_id)
        elif _disputes(known, _employee(person, name, folded.as_of)):
            folded.disputed.add(person.employee_id)
            reason += (
                " One of them says that the person has left, the other one does not, so nobody can tell whether they"
                " are employed, and their accounts are leads at most."
            )
        folded.problems.append(Problem("directory", person.provenance.where, reason))
        return False
    row = _employee(person, name, folded.as_of)
    if known is not None and known._replace(where=row.where) == row and _place(known.where) != _place(row.where):
        folded.alike[_place(known.where), _place(row.where)] += 1
    folded.employees[person.employee_id] = row if known is None else _counting(known, row)
    if known is not None:
        for one in (row,) if person.employee_id in folded.several else (known, row):
            _note_newest(folded, one)
        if not _is_ordered(known, row) and _says(known) != _says(row):
            folded.unordered.add(person.employee_id)
        held = folded.several.setdefault(
            person.employee_id, {known.agency_code} if known.standing is Standing.CURRENT else set()
        )
        if standing(person, folded.as_of) is Standing.CURRENT:
            held.add(sys.intern(person.agency_code))
    folded.dated = folded.dated or person.start_on is not None
    _add_mailboxes(folded, person, mailbox)
    for family in families_of(person.family_name):
        folded.bearers.setdefault((family, sys.intern(person.agency_code)), []).append(person.employee_id)
    return True


def _place(where: str) -> str:
    """The file or sheet of a row ("hr.xlsx:Staff:17"); "" for what has no lines."""
    place, _, line = where.rpartition(":")
    return place if line.isdigit() else ""


def told_of_several(folded: Directory) -> str:
    """What to say of people who stand in several rows; empty where nobody does."""
    if not folded.several:
        return ""
    people, elsewhere = len(folded.several), 0
    for employee_id, agencies in folded.several.items():
        elsewhere += bool(agencies - {folded.employees[employee_id].agency_code})
    many = "people have" if people > 1 else "person has"
    more = (
        f" {elsewhere:,} of them {'work' if elsewhere > 1 else 'works'} for another agency as well: the name is looked"
        " for there, too, and findings stand under the agency of the row that counts."
    )
    return (
        f"{people:,} {many} several rows: of these the active one counts, before leave and before those that have ended"
        f" or not begun, and of several such the newest by its start.{more if elsewhere else ''}"
    )


def _employee(person: Person, name: str, as_of: date) -> Employee:
    """The person of a row."""
    given = name_key(f"{person.given_name} {person.preferred_name}")
    names = name_key(f"{given} {person.family_name}")
    return Employee(
        person.employee_id, name, sys.intern(person.agency_code), standing(person, as_of), person.provenance.where,
        person.start_on, given if names != given else "", names,
        (sys.intern(person.given_name), sys.intern(person.family_name), sys.intern(person.preferred_name)),
        person.status is Status.ACTIVE, person.start_on, person.end_on,
    )  # fmt: skip


def _counting(known: Employee, row: Employee) -> Employee:
    """Of a person's position so far and that of one more row the one that counts. Who holds several has been employed
    since the first of them."""
    first = min(known, row, key=_rank)
    if known.standing is row.standing is Standing.CURRENT:
        starts = [day for day in (known.since, row.since) if day is not None]
        return first._replace(since=min(starts, default=None))
    if known.standing is row.standing is Standing.LEFT:
        ends = [day for day in (known.until, row.until) if day is not None]
        return first._replace(until=max(ends) if len(ends) > 1 else None)
    return first


def _note_newest(folded: Directory, row: Employee) -> None:
    """Keep when the row that began last began. One that is still to begin, and one that tells its own end, say nothing
    of the other rows; of two that began on one day the one of somebody who is here counts."""
    left = row.standing is Standing.LEFT
    if row.began is None or row.began > folded.as_of or (left and row.until is not None and row.until > row.began):
        return
    mark = (row.began, row.standing is Standing.CURRENT)
    folded.newest[row.employee_id] = max(mark, folded.newest.get(row.employee_id, mark))


def _over_since(folded: Directory) -> list[Problem]:
    """Leave the standing open of those whose newest row does not say that they are employed; an older one does."""
    over = [
        one
        for employee_id, (_, here) in folded.newest.items()
        if not here and (one := folded.employees[employee_id]).standing is Standing.CURRENT and one.began is not None
    ]
    for one in over:
        folded.employees[one.employee_id] = one._replace(standing=Standing.UNCLEAR)
    if not over:
        return []
    people = "people have" if len(over) > 1 else "person has"
    reason = (
        f"{len(over):,} {people} an active row, and one that began later, is terminated or of an unknown status, and"
        " has no end_date, as a history of jobs says that somebody has left: nobody can tell whether these people are"
        " employed, and their accounts are leads at most. Export the newest row of each person alone, or fill end_date"
        " in the rows that are over."
    )
    return [Problem("directory", over[0].where, reason)]


def _is_ordered(known: Employee, row: Employee) -> bool:
    """Whether the starts of two rows say which of them is newer."""
    return known.began is not None and row.began is not None and known.began != row.began


def _says(row: Employee) -> tuple[Standing, str]:
    return row.standing, row.agency_code


def _disputes(known: Employee, row: Employee) -> bool:
    """Whether a row that is left out makes it doubtful that the person is here, or has left. It does not where it is of
    an employment that had ended when the one that counts began."""
    if (known.standing is Standing.LEFT) is (row.standing is Standing.LEFT):
        return False
    return not (row.until and known.began and row.until <= known.began and row.standing is Standing.LEFT)


def _rank(employee: Employee) -> tuple[int, bool, int]:
    """Of several positions, the one with the lowest rank counts."""
    began = employee.began.toordinal() if employee.began else 0
    return _FOREMOST.index(employee.standing), not employee.active, -began


def _same_person(folded: Directory, known: Employee, name: str, mailbox: str) -> bool:
    same_mailbox = not mailbox or known.employee_id in folded.owners.get(mailbox, ())
    return same_mailbox and name_key(known.name) == name_key(name)


def _add_mailboxes(folded: Directory, person: Person, mailbox: str) -> None:
    others = {state_mailbox(text, folded.system) for text in person.other_emails} - {"", mailbox}
    for other in sorted(others):
        if other not in folded.owners:
            folded.aliases.add(other)
        folded.owners[other] = _with(folded.owners.get(other, ()), person.employee_id)
    if mailbox:
        folded.aliases.discard(mailbox)
        folded.owners[mailbox] = _with(folded.owners.get(mailbox, ()), person.employee_id)
    elif person.work_email:
        folded.outsiders += 1
        if folded.outsiders > LISTED:
            return
        reason = (
            "work_email is not an address under the organization's mail domains, so no account can be tied to this"
            " person by it. Correct it in HR, or add the domain to mail_domains in audit.toml."
        )
        folded.problems.append(Problem("directory", person.provenance.where, reason))


def _with(ids: tuple[str, ...], employee_id: str) -> tuple[str, ...]:
    return ids if employee_id in ids else (*ids, employee_id)


def _shared_addresses(folded: Directory) -> list[Problem]:
    problems = []
    for owners in folded.owners.values():
        if len(owners) > 1:
            first, *others = (folded.employees[owner].where for owner in owners)
            reason = (
                f"the same address stands for another employee at {', '.join(others)}. Accounts registered with it are"
                " reported as leads and name nobody. Correct HR."
            )
            problems.append(Problem("directory", first, reason))
    return problems
