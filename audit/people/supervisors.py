"""Who answers for an official account, where the registry names several, or e-mail addresses: whom HR knows. Pure."""

from __future__ import annotations

from dataclasses import replace

from audit.model.night import Problem
from audit.model.organization import Organization
from audit.people.addresses import state_mailbox
from audit.people.directory import Directory, Standing
from audit.people.identity import bare_id
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
        if not found and entry.live:
            problems.append(_unanswered(entry))
    return replace(organization, official=tuple(entries)), tuple(problems)


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
