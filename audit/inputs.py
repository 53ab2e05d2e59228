"""What every judgement stands on: the agencies, the registry of official accounts, the HR directory. All or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from audit.addresses import mail_system
from audit.config import Settings
from audit.directory import Directory, directory
from audit.ledger import Ledger
from audit.night import Problem, Pull
from audit.organization import Organization
from audit.people.identity import Registry, registry, registry_key
from audit.sources.reading import Reading, open_source
from connectors.contract import SourceDown
from connectors.records import Agency, OfficialAccount, Person


class InputUnusable(Exception):
    """The directory, the agencies or the registry cannot be used tonight; judging without them would be guessing."""


@dataclass(frozen=True)
class Inputs:
    """The organization, its registry and its people, with what was wrong in their files."""

    organization: Organization
    registry: Registry
    directory: Directory
    pulls: tuple[Pull, ...]
    problems: tuple[Problem, ...]


def read_inputs(settings: Settings, ledger: Ledger, as_of: date, now: datetime) -> Inputs:
    """Read agencies, registry and directory, in this order. Writes nothing.

    Raises InputUnusable, naming the file and what to do, where one of them is unreadable, empty, or shrank beyond
    its expectations.
    """

    try:
        organization, readings = read_registry(settings, ledger, now)
        codes = frozenset(agency.agency_code for agency in organization.agencies)
        people = open_source(settings.directory, settings.folder, now, ledger.read_before(settings.directory.name))
        records = (cast("Person", record) for record in people.records())
        employees = directory(records, mail_system(organization), codes, as_of)
    except SourceDown as error:
        raise InputUnusable(str(error)) from None
    readings = [*readings, people]
    return Inputs(
        organization,
        registry(organization.official),
        employees,
        tuple(reading.pull() for reading in readings),
        (
            *(problem for reading in readings for problem in reading.problems),
            *registry_problems(organization, codes),
            *employees.problems,
        ),
    )


def read_registry(settings: Settings, ledger: Ledger, now: datetime) -> tuple[Organization, list[Reading]]:
    """The organization with its agencies and its registry of official accounts. Raises SourceDown."""
    agencies = open_source(settings.agencies, settings.folder, now, ledger.read_before(settings.agencies.name))
    organization = read_organization(settings, agencies)
    official = settings.official_accounts
    if official is None:
        return organization, [agencies]
    reading = open_source(official, settings.folder, now, ledger.read_before(official.name))
    entries = tuple(cast("OfficialAccount", record) for record in reading.records())
    return replace(organization, official=entries), [agencies, reading]


def read_organization(settings: Settings, agencies: Reading) -> Organization:
    """The organization without its registry. Raises SourceDown where the agencies file cannot be read."""
    return Organization(
        name=settings.organization_name,
        state=settings.state,
        mail_domains=settings.mail_domains,
        other_domains=settings.other_domains,
        agencies=tuple(cast("Agency", record) for record in agencies.records()),
    )


def registry_problems(organization: Organization, codes: frozenset[str]) -> tuple[Problem, ...]:
    """Registry rows that contradict each other or name what nobody knows; each is used as far as it goes."""
    problems = []
    seen: dict[str, OfficialAccount] = {}
    for entry in organization.official:
        origin = entry.provenance
        key = registry_key(entry)
        if key in seen:
            reason = f"this account already stands at {seen[key].provenance.where}. Keep one of the two rows."
            problems.append(Problem(origin.source, origin.where, reason))
        seen.setdefault(key, entry)
        if entry.agency_code not in codes:
            reason = f"agency code {entry.agency_code!r} is not in the agencies file. Add it there or correct the row."
            problems.append(Problem(origin.source, origin.where, reason))
        if not entry.supervisor_employee_id and not entry.retired:
            reason = "the row names no supervisor, so nobody answers for the account. Add supervisor_employee_id."
            problems.append(Problem(origin.source, origin.where, reason))
    return tuple(problems)
