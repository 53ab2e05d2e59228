"""Who answers for an official account, where the registry names several, or e-mail addresses: whom HR knows. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from audit.model.night import Problem
from audit.model.organization import Organization
from audit.people.addresses import state_mailbox
from audit.people.directory import Directory, Employee, Standing
from audit.people.identity import bare_digits, bare_id
from audit.people.names import display_name, families_of, how_alike, listed_name, name_key, says_a_first_name
from connectors.records import OfficialAccount


def with_supervisors(organization: Organization, employees: Directory) -> tuple[Organization, tuple[Problem, ...]]:
    """The registry with a supervisor for each row that names contacts: the first who is employed now, else the first
    whom HR knows, else the first who is named by an id. A problem for each row of which HR knows nobody."""
    by_number: dict[str, list[str]] = {}
    if any(entry.contacts for entry in organization.official):
        for employee_id in employees.employees:
            by_number.setdefault(bare_id(employee_id), []).append(employee_id)

    def known(contact: str) -> str:
        ids = (
            employees.owners.get(state_mailbox(contact, employees.system), ())
            if "@" in contact
            else (contact,)
            if contact in employees.employees
            else by_number.get(bare_id(contact), ())
        )
        return ids[0] if len(ids) == 1 else ""

    entries, problems = [], []
    for entry in organization.official:
        if not entry.contacts:
            entries.append(entry)
            continue
        found = [employee_id for contact in entry.contacts if (employee_id := known(contact))]
        current = [one for one in found if employees.employees[one].standing is Standing.CURRENT]
        ids = [contact for contact in entry.contacts if "@" not in contact]
        supervisor = next(iter((*current, *found, *ids)), "")
        others = (known(contact) or contact for contact in entry.contacts)
        entries.append(replace(entry, supervisor_employee_id=supervisor, contacts=tuple(dict.fromkeys(others))))
        if not found and entry.live and entry.contacts != tuple(ids[:1]):  # an id alone is for R-2 to tell
            problems.append(_unanswered(entry))
    return replace(organization, official=tuple(entries)), tuple(problems)


def with_names_held(organization: Organization, employees: Directory) -> tuple[Organization, tuple[Problem, ...]]:
    """The registry without the supervisors whose id or address stands beside a name that is not theirs in HR, and
    without ids beside a name that HR does not know and has none like them (a telephone number): a problem for each.
    Such contacts stay, so that nothing is held against whoever is meant."""
    shapes = {_shape(employee_id) for employee_id in employees.employees}
    entries, problems = [], []
    for entry in organization.official:
        supervisor = entry.supervisor_employee_id
        person = employees.employees.get(supervisor)
        wrong = ""
        for contact, name in entry.contact_names if supervisor else ():
            if "@" not in contact and person is None and contact == supervisor and _shape(contact) not in shapes:
                wrong = f"{name} {contact}: the number is like no employee id of HR's"
            elif person is not None and _means(contact, person, employees) and not _is_named(person, name, contact):
                wrong = f"{name}, and HR has another name for this {'address' if '@' in contact else 'id'}"
        entries.append(replace(entry, supervisor_employee_id="") if wrong else entry)
        if wrong and entry.live:
            reason = (
                f"the row names as its supervisor {wrong}, so nobody is known to answer for the account. Write the"
                " employee id alone, as HR has it."
            )
            problems.append(Problem(entry.provenance.source, entry.provenance.where, reason))
    return replace(organization, official=tuple(entries)), tuple(problems)


def _shape(employee_id: str) -> str:
    """What an id looks like: "E-001" is "A-999"."""
    return re.sub(r"[^\W\d_]", "A", re.sub(r"\d", "9", employee_id))


def _means(contact: str, person: Employee, employees: Directory) -> bool:
    if "@" in contact:
        return person.employee_id in employees.owners.get(state_mailbox(contact, employees.system), ())
    alike = bare_id(contact) == bare_id(person.employee_id)
    return alike or bare_digits(contact) == bare_digits(person.employee_id) != ""


def _is_named(person: Employee, name: str, contact: str) -> bool:
    """Whether a name may be a person's: first and last name alike, or the family name alone. Beside an address, what
    begins with no given name is a post's or a team's, and says nothing."""
    if "@" in contact and not says_a_first_name(name):
        return True
    shown = display_name(name)
    if shown is not None:
        return how_alike(shown, listed_name(*person.written)) is not None
    return bool(set(name_key(name).split()) & set(families_of(person.written[1])))


def _unanswered(entry: OfficialAccount) -> Problem:
    covered = (
        f"{contact[:1]}…@{contact.rpartition('@')[2]}" if "@" in contact else contact for contact in entry.contacts
    )
    named = ", ".join(covered)
    reason = (
        f"HR knows none of the contacts of this row ({named}) as one employee's, so nobody is known to answer for the"
        " account. Correct the row, or name the supervisor by supervisor_employee_id."
    )
    return Problem(entry.provenance.source, entry.provenance.where, reason)
