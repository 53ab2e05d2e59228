"""What every judgement stands on: the agencies, the registry of official accounts, the HR directory. All or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from audit.ledger import Ledger
from audit.model.figures import Figure
from audit.model.night import Problem, Pull
from audit.model.organization import Organization
from audit.model.settings import SourceSettings
from audit.night.healthy import healthy_records, told_unread
from audit.night.pull import Pulling, open_source
from audit.night.usable import (
    PeopleCounts,
    address_column_advice,
    day_column_advice,
    domains_figure,
    keepers_figure,
    leaver_column_advice,
    needless,
    once_figures,
    overnight_figures,
    people_figures,
    refused,
    roster_of,
    rows_figure,
    supervisors_figure,
    unread_addresses,
)
from audit.people.address_book import address_book
from audit.people.addresses import MailSystem, mail_system
from audit.people.agency_codes import AgencyCodes, agency_codes, misleading_names, shared_codes
from audit.people.directory import Directory, directory
from audit.people.identity import Registry, bare_digits, bare_id, registry
from audit.people.supervisors import with_names_held, with_supervisors
from audit.people.unordered import leave_unordered_open
from connectors.contract import SourceDown
from connectors.everybodys import other_state
from connectors.files.unread_days import leavers_unread, unread_days
from connectors.records import Agency, Exemption, OfficialAccount, Person

EMPLOYED = ("start_date", "end_date")
"""The fields of people that say when they are employed."""


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
    figures: tuple[Figure, ...] = ()
    """What of them was usable."""
    exemptions: tuple[Exemption, ...] | None = None
    """The rows of the register of exceptions; None where there is no register."""
    unread_rows: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Source → digests of the rows of its file that could not be read."""


def read_inputs(
    organization: Organization,
    agencies: SourceSettings,
    official: SourceSettings | None,
    people_sources: Sequence[SourceSettings],
    folder: Path,
    ledger: Ledger,
    as_of: date,
    now: datetime,
    register: SourceSettings | None = None,
) -> Inputs:
    """Read agencies, registry, [addresses] and [directory] (the first of its sources) and the `register` of exceptions,
    in this order; paths start from `folder`. Writes nothing.

    Raises InputUnusable, naming the file and what to do, where one of them is unreadable, empty, or shrank beyond
    its expectations; of the register, where it is unreadable as a whole: without it somebody would be named although
    somebody else has allowed it.
    """

    directory_source, *more_addresses = people_sources
    try:
        organization, readings = read_registry(organization, agencies, official, folder, ledger, now)
        codes = agency_codes(organization)
        counts = PeopleCounts(mail_system(organization), codes.codes)
        more: list[Pulling[Person]] = [opened_input(one, folder, ledger, now) for one in more_addresses]
        books = [address_book(one.settings.name, healthy_records(one), counts.system) for one in more]
        people: Pulling[Person] = opened_input(directory_source, folder, ledger, now)
        placed = InAgencies(directory_source.name, codes)
        rows = placed.people(healthy_records(people))
        for book in books:
            rows = book.added_to(rows)
        employees = directory(counts.counted(rows), counts.system, codes.codes, as_of)
        employees.unread = bool(people.unread_items)
        employees.dated = employees.dated or says_since_when(people)
        undecided = unordered_people(people, employees)
        missing = ledger.missing(directory_source.name, people.unread_rows, roster_of(employees))
        employees.missing = frozenset(digest for one in missing for digest in one if digest)
        papers: list[Pulling[Exemption]] = [opened_input(register, folder, ledger, now)] if register else []
        exemptions = tuple(row for one in papers for row in one.records())
    except SourceDown as error:
        raise InputUnusable(str(error)) from None
    organization, respelled = as_in_directory(organization, employees)
    figures = tuple(figure for one in readings if (figure := counted_again(one)).whole)
    if official is not None and organization.official:
        figures += (keepers_figure(official.name, organization.official),)
    if (last := ledger.last_run()) and (before := ledger.run(last.run_id)[1].domains):
        figures += (domains_figure(before, organization),)
    figures += measured(people, counts, organization, employees, ledger)
    figures += told_unread(
        people, len(employees.employees), len(missing), "people of the nights before were read again"
    )
    readings = [*readings, *more, people, *papers]
    return Inputs(
        organization,
        registry(organization.official),
        employees,
        tuple(reading.pull() for reading in readings),
        (
            *(problem for reading in readings for problem in reading.problems),
            *agency_problems(agencies.name, organization),
            *registry_problems(organization, codes.codes),
            *respelled,
            *placed.problems(),
            *(problem for book in books for problem in book.problems()),
            *unread_columns(people, counts.system),
            *employees.problems,
            *undecided,
            *(Problem(one.source, "", f"{one.said}. {one.advice}") for one in figures if not one.held),
        ),
        figures,
        exemptions if register else None,
        {people.settings.name: frozenset(people.unread_rows)},
    )


def opened_input(source: SourceSettings, folder: Path, ledger: Ledger, now: datetime) -> Pulling[Any]:
    """One of the inputs ready to be read, with what its last healthy pull held."""
    before = ledger.measures.columns_of(source.name)
    return open_source(source, folder, now, ledger.sources.read_before(source.name), before=before)


@dataclass
class InAgencies:
    """The directory's people with the code of the agency that HR means; what it means by others is remembered."""

    source: str
    codes: AgencyCodes
    unknown: dict[str, list[str]] = field(default_factory=dict)
    """Where each agency stands that has no code in HR and no name in the agencies file."""

    def people(self, people: Iterable[Person]) -> Iterator[Person]:
        """The same people, each with the code that is meant; one that nobody knows stays as it is."""
        for person in people:
            code = self.codes.code_of(person.agency_code, person.agency)
            if not code and not person.agency_code and person.agency:
                self.unknown.setdefault(person.agency, []).append(person.provenance.where)
            yield replace(person, agency_code=code) if code and code != person.agency_code else person

    def problems(self) -> tuple[Problem, ...]:
        """A problem for each agency that HR names and the agencies file does not know."""
        return tuple(
            Problem(
                self.source,
                places[0],
                f"the agency {name!r} is not in the agencies file, or is two agencies' name ({len(places):,} rows,"
                " which count to no agency). Add it there as an alias, or give its agency_code in HR.",
            )
            for name, places in sorted(self.unknown.items())
        )


def measured(
    reading: Pulling[Person], people: PeopleCounts, organization: Organization, employees: Directory, ledger: Ledger
) -> tuple[Figure, ...]:
    """What of the directory was usable. Raises InputUnusable where a figure is beyond its bounds."""
    name, expect, usual = reading.settings.name, reading.settings.expect, reading.settings.connector.expect
    before = {one.key: one.share for one in ledger.measured() if one.source == name}
    figures = (
        *people_figures(name, people, expect, before, reading.source.tables),
        supervisors_figure(name, organization.official, employees, expect),
        *once_figures(name, employees, reading.source.tables, expect),
        *overnight_figures(name, ledger.roster(), roster_of(employees), expect),
    )
    fault = refused(figures, expect, before, usual)
    if fault:
        raise InputUnusable(fault)
    reading.tell("audit.toml", filter(None, [needless(figures, expect, before, usual, name)]))
    return tuple(one for one in figures if one.whole)


def counted_again(reading: Pulling[Any]) -> Figure:
    """The rows of the agencies or the registry against last night's: a file that was cut at a line's end is whole in
    itself. Raises InputUnusable where they are too few."""
    source, expect, usual = reading.settings.name, reading.settings.expect, reading.settings.connector.expect
    figure = rows_figure(source, reading.read, reading.read_before, reading.source.tables, expect)
    if fault := refused([figure], expect, {}, usual):
        raise InputUnusable(fault)
    reading.tell("audit.toml", filter(None, [needless([figure], expect, {}, usual, source)]))
    return figure


def unread_columns(reading: Pulling[Any], system: MailSystem) -> tuple[Problem, ...]:
    """A problem for each column of the directory that holds state addresses, or days of the employment, and is not
    read: aliases may be in it, or that somebody has left."""
    left_unread = reading.source.options.get("left_unread", ())
    found = unread_addresses(reading.source.tables, system.all, left_unread)
    return (
        *(
            Problem(
                reading.settings.name,
                place,
                address_column_advice(place, heading, count, Person, reading.source.tables[place].where),
            )
            for place, heading, count, _ in found
        ),
        *(
            Problem(reading.settings.name, place, day_column_advice(place, heading, name, filled))
            for place, table in reading.source.tables.items()
            for name, heading, filled in unread_days(table, left_unread)
            if filled and name in EMPLOYED
        ),
        *(
            Problem(reading.settings.name, place, leaver_column_advice(place, heading, count))
            for place, table in reading.source.tables.items()
            for heading, count in leavers_unread(table, left_unread)
        ),
    )


def says_since_when(reading: Pulling[Any]) -> bool:
    """Whether a column of the directory that is not read may say since when people are employed."""
    left_unread = reading.source.options.get("left_unread", ())
    tables = reading.source.tables.values()
    return any(name == "start_date" and filled for one in tables for name, _, filled in unread_days(one, left_unread))


def unordered_people(reading: Pulling[Any], employees: Directory) -> Sequence[Problem]:
    """Leave open whether those are employed of whom a column that is not read may say which of their rows holds."""
    left_unread = reading.source.options.get("left_unread", ())
    for place, table in reading.source.tables.items():
        for name, heading, filled in unread_days(table, left_unread):
            if filled and name == "effective_on":
                return leave_unordered_open(employees, place, heading, has_start="start_date" in table.where)
    return ()


def as_in_directory(organization: Organization, employees: Directory) -> tuple[Organization, tuple[Problem, ...]]:
    """The registry with its supervisors' ids spelled as in the directory, where zeros or ".0" alone tell them apart, or
    what stands around the digits of one of the two ("E001003", "#1003", "001 003").

    An id that may be several employees' in this way is nobody's: the row has no supervisor then, and is told.
    """
    organization, unanswered = with_supervisors(organization, employees)
    alike: dict[str, list[str]] = {}
    by_digits: dict[str, list[str]] = {}
    for employee_id in employees.employees:
        alike.setdefault(bare_id(employee_id), []).append(employee_id)
        by_digits.setdefault(bare_digits(employee_id), []).append(employee_id)
    entries, problems = [], list(unanswered)
    changed: list[OfficialAccount] = []
    for entry in organization.official:
        supervisor, origin = entry.supervisor_employee_id, entry.provenance
        meant = alike.get(bare_id(supervisor), []) if supervisor not in employees.employees else []
        if not meant and supervisor not in employees.employees and bare_digits(supervisor):
            near = by_digits.get(bare_digits(supervisor), [])
            meant = near if supervisor.isdecimal() else [one for one in near if one.isdecimal()]
        entries.append(replace(entry, supervisor_employee_id=meant[0] if len(meant) == 1 else "") if meant else entry)
        changed += [entry] if len(meant) == 1 else []
        if len(meant) > 1:
            reason = (
                f"supervisor_employee_id {supervisor!r} is not in HR, and may be {' or '.join(meant)}: zeros, or what"
                " stands around the digits, alone tell them apart. Write it as in HR."
            )
            problems.append(Problem(origin.source, origin.where, reason))
    if changed:
        origin = changed[0].provenance
        reason = (
            f"supervisor_employee_id is written otherwise than in HR in {len(changed):,} rows: zeros, “.0” or what"
            " stands around the digits alone tell them apart, and HR's id was taken. Export both as text."
        )
        problems.append(Problem(origin.source, origin.where, reason))
    organization, misnamed = with_names_held(replace(organization, official=tuple(entries)), employees)
    return organization, (*problems, *misnamed)


def read_registry(
    organization: Organization,
    agencies: SourceSettings,
    official: SourceSettings | None,
    folder: Path,
    ledger: Ledger,
    now: datetime,
) -> tuple[Organization, list[Pulling[Any]]]:
    """The organization with its agencies and its registry of official accounts. Raises SourceDown."""
    own: Pulling[Agency] = opened_input(agencies, folder, ledger, now)
    organization = read_agencies(organization, own)
    if official is None:
        return organization, [own]
    reading: Pulling[OfficialAccount] = opened_input(official, folder, ledger, now)
    return with_registry(organization, healthy_records(reading)), [own, reading]


def with_registry(organization: Organization, entries: Iterable[OfficialAccount]) -> Organization:
    """The organization with its official accounts, each with the code of the agency that is meant, as far as it is
    known."""
    codes = agency_codes(organization)
    named = []
    for one in entries:
        first, *others = codes.codes_of(one.agency_code) or (one.agency_code,)
        named.append(replace(one, agency_code=first, further_agencies=(*others, *one.further_agencies)))
    return replace(organization, official=tuple(named))


def read_agencies(organization: Organization, agencies: Pulling[Agency]) -> Organization:
    """The organization with its agencies. Raises SourceDown where their file cannot be read."""
    return replace(organization, agencies=tuple(healthy_records(agencies)))


def agency_problems(source: str, organization: Organization) -> tuple[Problem, ...]:
    """Codes of the agencies' table that are several agencies', names in it that cannot be looked for, and domains of
    other states."""
    misleading = tuple(
        Problem(
            source,
            code,
            f"the agency goes by {name!r}, but this is {why}, so it is not looked for. Take it out of aliases and"
            " acronyms.",
        )
        for code, name, why in misleading_names(organization)
    )
    foreign = tuple(
        Problem(
            source,
            agency.agency_code,
            f"the domain {domain!r} is {whose}'s, so addresses there were not taken for the State's. Take it out of"
            " domains, or correct state in audit.toml.",
        )
        for agency in organization.agencies
        for domain in agency.domains
        if (whose := other_state(domain, organization.state))
    )
    shared = tuple(
        Problem(
            source,
            code,
            f"the code is that of {len(names)} agencies ({'; '.join(names)}), so whose people are whose cannot be told,"
            " and no workbook is written for it: each agency would see the other's. Give each a code of its own. Where"
            " they are one, keep one row, and put the other name into its aliases.",
        )
        for code, names in shared_codes(organization).items()
    )
    return misleading + foreign + shared


def registry_problems(organization: Organization, codes: frozenset[str]) -> tuple[Problem, ...]:
    """Registry rows that contradict each other or name what nobody knows; each is used as far as it goes."""
    problems = []
    official = registry(organization.official)
    unknown: dict[str, list[OfficialAccount]] = {}
    shared: dict[tuple[str, ...], list[OfficialAccount]] = {}
    asked, alone = 0, list[OfficialAccount]()
    for place, entry in enumerate(organization.official):
        origin = entry.provenance
        if (first := min(official.further_rows(place), default=place)) < place:
            reason = (
                f"this account already stands at {official.entries[first].provenance.where}. Keep one of the two rows."
            )
            problems.append(Problem(origin.source, origin.where, reason))
        for agency in dict.fromkeys((entry.agency_code, *entry.further_agencies)):
            if agency not in codes:
                unknown.setdefault(agency, []).append(entry)
        if entry.further_agencies:
            shared.setdefault((entry.agency_code, *entry.further_agencies), []).append(entry)
        if entry.live:
            asked += 1
            alone += [] if entry.supervisor_employee_id or entry.contacts else [entry]
    nobody = len(alone) == asked > 1
    reason = NO_SUPERVISORS if nobody else NO_SUPERVISOR
    problems += [Problem(one.provenance.source, one.provenance.where, reason) for one in alone[: 1 if nobody else None]]
    for agency, entries in unknown.items():
        reason = (
            f"agency code {agency!r} is not in the agencies file{_rows(entries)}. Add it there, as a code or another"
            " name, or correct the row."
            if agency
            else f"the row names no agency{_rows(entries)}. Add agency_code, or its column to `columns` in audit.toml."
        )
        problems.append(Problem(entries[0].provenance.source, entries[0].provenance.where, reason))
    for agencies, entries in shared.items():
        reason = (
            f"the row names {len(agencies)} agencies ({', '.join(agencies)}){_rows(entries)}. The account is official"
            f" for all of them, and its findings go to the first, {agencies[0]}."
        )
        problems.append(Problem(entries[0].provenance.source, entries[0].provenance.where, reason))
    return tuple(problems)


NO_SUPERVISOR = "the row names no supervisor, so nobody answers for the account. Add supervisor_employee_id."
NO_SUPERVISORS = (
    "no row of the registry names a supervisor, so nobody is known to answer for any account. Add"
    " supervisor_employee_id, or name its column, or that of supervisor_email, under columns in audit.toml."
)


def _rows(entries: Sequence[OfficialAccount]) -> str:
    """How many rows have the same fault as the first of them, in brackets; nothing where it is alone."""
    return f" ({len(entries):,} rows)" if len(entries) > 1 else ""
