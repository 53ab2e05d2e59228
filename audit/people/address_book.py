"""Addresses that another system than HR has of HR's people: Active Directory's aliases beside an HR report. Pure.

It adds addresses to people and nothing else: nobody becomes an employee by standing in it, and no name, agency or
status is taken from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from audit.model.night import Problem
from audit.people.addresses import MailSystem, state_mailbox
from audit.people.identity import bare_id
from audit.people.names import display_name, how_alike, listed_name
from connectors.records import Person

SHOWN = 100
"""Entries that contradict HR which are listed one by one."""


class Entry(NamedTuple):
    """What the book keeps of a row: the name that stands there, and the State's addresses by mailbox, as written and
    the work address first."""

    where: str
    name: str
    addresses: dict[str, str]


@dataclass
class AddressBook:
    """The rows of the other system by employee id and, for rows without one, by mailbox. `added_to` takes from it."""

    source: str
    system: MailSystem
    entries: int = 0
    by_id: dict[str, list[Entry]] = field(default_factory=dict)
    by_mailbox: dict[str, list[Entry]] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)
    _against: dict[str, str] = field(default_factory=dict)
    """Where HR contradicts an entry, by where the entry stands."""

    def added_to(self, people: Iterable[Person]) -> Iterator[Person]:
        """The same people, each with the addresses that the book has of them beside those that HR has.

        An entry is a person's whose employee id it has, unless both show names and addresses and none agrees: then
        it is nobody's. An entry without an employee id is whose mailbox HR knows.
        """
        for person in people:
            own = _mailboxes(person, self.system)
            more: dict[str, str] = {}
            for entry in self._of(person, own):
                if not own.isdisjoint(entry.addresses) or _agrees(entry.name, person):
                    self._used.add(entry.where)
                    more |= entry.addresses
                else:
                    self._against[entry.where] = person.provenance.where
            yield _with(person, [text for mailbox, text in more.items() if mailbox not in own])

    def problems(self) -> tuple[Problem, ...]:
        """What to tell once every person has passed: entries that contradict HR, and how many are nobody's in HR."""
        against = [(entry, hr) for entry, hr in self._against.items() if entry not in self._used]
        told = [
            Problem(
                self.source,
                entry,
                f"the employee id is that of {hr} in HR, but neither name nor address agrees; its addresses were given"
                " to nobody. Correct one of the two.",
            )
            for entry, hr in against[:SHOWN]
        ]
        if len(against) > SHOWN:
            told.append(Problem(self.source, "", f"{len(against):,} such entries; the first {SHOWN} are listed."))
        if nobodys := self.entries - len(self._used) - len(against):
            told.append(
                Problem(
                    self.source,
                    "",
                    f"{nobodys:,} of {self.entries:,} entries with a state address are nobody's in HR, by employee id"
                    " or by address (rooms, services, contractors, or people whom HR does not list), and were left"
                    " aside.",
                )
            )
        return tuple(told)

    def _of(self, person: Person, own: frozenset[str]) -> Iterator[Entry]:
        yield from self.by_id.get(bare_id(person.employee_id), ())
        for mailbox in sorted(own):
            yield from self.by_mailbox.get(mailbox, ())


def address_book(source: str, entries: Iterable[Person], system: MailSystem) -> AddressBook:
    """The book of one complete pull of people; rows without an address of the State's are nothing to it."""
    book = AddressBook(source, system)
    for person in entries:
        addresses: dict[str, str] = {}
        for text in (person.work_email, *person.other_emails):
            if mailbox := state_mailbox(text, system):
                addresses.setdefault(mailbox, text)
        if not addresses:
            continue
        book.entries += 1
        entry = Entry(person.provenance.where, f"{person.given_name} {person.family_name}".strip(), addresses)
        if person.employee_id:
            book.by_id.setdefault(bare_id(person.employee_id), []).append(entry)
        else:
            for mailbox in addresses:
                book.by_mailbox.setdefault(mailbox, []).append(entry)
    return book


def _mailboxes(person: Person, system: MailSystem) -> frozenset[str]:
    found = {state_mailbox(text, system) for text in (person.work_email, *person.other_emails)}
    return frozenset(found - {""})


def _with(person: Person, added: list[str]) -> Person:
    """The person with more addresses; the first becomes the work address where HR has none."""
    if not added:
        return person
    work, *others = added if not person.work_email else (person.work_email, *added)
    return replace(person, work_email=work, other_emails=(*person.other_emails, *others))


def _agrees(name: str, person: Person) -> bool:
    """Whether a name may be the person's; where one side has none, nothing speaks against it."""
    listed = listed_name(person.given_name, person.family_name, person.preferred_name)
    if not name or not listed.last:
        return True
    shown = display_name(name)
    return shown is not None and how_alike(shown, listed) is not None
