"""Is everything in place for tonight? Reads the files as a night would, says what it understood, and writes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from audit.cases.gate import search_for
from audit.config import Settings
from audit.findings.holds import on_hold
from audit.ledger import NAME, Ledger, looked_at, present
from audit.model.coverage import TOLD
from audit.model.finding import Past
from audit.model.organization import Organization
from audit.model.settings import ConfigError, SourceSettings
from audit.night.collect import closed_door
from audit.night.healthy import unexpected
from audit.night.inputs import InAgencies, as_in_directory, read_agencies, registry_problems, with_registry
from audit.night.pull import Pulling, open_source
from audit.night.run import now
from audit.night.toml import toml
from audit.night.usable import (
    ADDRESS_FIELDS,
    PeopleCounts,
    address_column_advice,
    people_figures,
    refused,
    status_advice,
    supervisors_figure,
    unread_addresses,
)
from audit.people.address_book import AddressBook, address_book
from audit.people.addresses import mail_system
from audit.people.agency_codes import agency_codes
from audit.people.directory import directory
from audit.verbs.surroundings import unused_variables
from audit.verbs.understood import SourceReading, UnreadHeading, Watcher, screen
from audit.workbook.passwords import passwords
from connectors.contract import Answer, KeyedOn, Nexus, Record, Source, SourceDown
from connectors.files import SMALL, paths
from connectors.records import Account, Agency, OfficialAccount, Person

ROWS_TRIED = 200
NAMED = 20
"""Headings, or agencies, that are named one by one."""


def examine(settings: Settings, as_of: date) -> tuple[list[str], bool]:
    """The lines of all screens, and whether a run could judge tonight."""
    found, last, usable = examined(settings, as_of)
    given = settings.organization
    lines = [f"ok       {settings.path}: {given.name}, policy «{given.policy.name}»"]
    return [*lines, *(line for shown in found for line in screen(shown)), *last], usable


def examined(settings: Settings, as_of: date) -> tuple[list[SourceReading], list[str], bool]:
    """What is understood of each source, a line for each other thing, and whether a run could judge tonight."""
    given, output = settings.organization, settings.output.folder
    agencies, records = _read(given.agencies, settings.folder, as_of)
    found, ours = [agencies], None
    if agencies.usable:
        ours = replace(given.unread, agencies=tuple(one for one in records if isinstance(one, Agency)))
    if given.official_accounts:
        official, records = _read(given.official_accounts, settings.folder, as_of, ours=ours)
        found.append(official)
        ours = with_registry(ours, _official(records)) if ours and official.usable else None
    book = AddressBook("", mail_system(given.unread))
    if settings.addresses:
        addresses, records = _read(settings.addresses, settings.folder, as_of)
        found.append(addresses)
        entries = (one for one in records if isinstance(one, Person))
        book = address_book(settings.addresses.name, entries, book.system)
    people, employees = _read(settings.directory, settings.folder, as_of, ours=ours, book=book)
    people.lines += [f"note     {book.source}: {problem.reason}" for problem in book.problems()[:NAMED]]
    found.append(people)
    usable = all(shown.usable for shown in found)
    gate = search_for(ours) if ours else Nexus()
    found += [_read(source, settings.folder, as_of, gate)[0] for source in settings.sources]
    writable = next(folder for folder in (output, *output.parents) if folder.exists())
    good = os.access(writable, os.W_OK)
    lines = [f"{'ok      ' if good else 'PROBLEM '} output {output}{'' if good else ': cannot be written'}"]
    refusal = looked_at(output)
    lines.append(
        f"PROBLEM  {refusal}" if refusal else "ok       ledger: none yet, or whole and that of the nights beside it"
    )
    if not refusal and people.usable:
        lines += _holds(settings, [one.employee_id for one in employees if isinstance(one, Person)])
    lines += [f"note     {sentence}" for sentence in unused_variables(settings, os.environ)]
    line, closes = _examine_passwords(settings)
    return found, [*lines, *filter(None, [line])], usable and good and closes and not refusal


def _holds(settings: Settings, people: Sequence[str]) -> Iterator[str]:
    """What is on legal hold, and what [holds] names that nobody has."""
    if not (settings.holds.people or settings.holds.findings):
        return
    past: Sequence[Past] = ()
    if (settings.output.folder / NAME).exists():
        with Ledger(present(settings.output.folder), read_only=True) as ledger:
            past = tuple(ledger.findings.past().values())
    holding = on_hold(settings.holds, past, people)
    yield f"ok       {holding.count}"
    yield from (f"note     {sentence}" for sentence in holding.unknown)


def _examine_passwords(settings: Settings) -> tuple[str, bool]:
    try:
        found = passwords(settings.output.password, settings.output.agency_passwords, settings.path)
    except ConfigError as fault:
        return f"PROBLEM  {fault}", False
    if found is None:
        return "", True
    own = f"; {len(found.agencies)} agencies have one of their own" if found.agencies else ""
    return f"ok       workbooks are encrypted, with the password from the {found.main.origin}{own}", True


def _official(records: Sequence[Record]) -> Iterator[OfficialAccount]:
    return (one for one in records if isinstance(one, OfficialAccount))


def _read(
    source: SourceSettings,
    folder: Path,
    as_of: date,
    gate: Nexus | None = None,
    ours: Organization | None = None,
    book: AddressBook | None = None,
) -> tuple[SourceReading, list[Record]]:
    """Read a source as a night does: what is understood of it, and its records.

    Of large exports the first rows are read, of a sweep the first key is asked; the inputs are read whole. A source
    that is asked for employees is not tried: that is for the night, which writes down what it discloses.
    """
    shown = SourceReading(source.name, source.connector.name, str(source.options.get("path", "")), False, [])
    refusal = closed_door(source, as_of)
    if refusal:
        shown.lines = [f"PROBLEM  {refusal}"]
        return shown, []
    if source.connector.sweep:
        line, shown.usable = _examine_sweep(source, open_source(source, folder, now(), None, gate).source)
        shown.lines = [line]
        return shown, []
    watch = Watcher(source, ours, gate.domains if gate else (), _tried(source, folder))
    reading = open_source(watch.watched(), folder, now(), None, gate)
    records: list[Record] = []
    fault = ""
    try:
        records += reading.records() if book is None else book.added_to(reading.records())
        fault = "" if watch.cut else unexpected(reading)
    except SourceDown as error:
        shown.lines = [f"PROBLEM  {error}"]
        fault = str(error)
    watch.filled_out(shown, reading.source)
    shown.rows, shown.usable_rows = reading.read, reading.parsed
    shown.unread = _not_read(reading)
    if not shown.lines:
        shown.lines, shown.usable = _verdicts(source, reading, records, ours, fault, watch.cut)
    shown.lines = [*shown.lines, *_unread(shown)]
    return shown, records


def _tried(source: SourceSettings, folder: Path) -> int | None:
    """How many items are read to try a source; None for all: what the night stands on, and files of no great size."""
    if source.connector.service is not None:
        return ROWS_TRIED
    if source.connector.record is not Account:
        return None
    try:
        small = sum(path.stat().st_size for path in paths(Source(source.name, folder, source.options))) <= SMALL
    except (OSError, SourceDown):
        small = False
    return None if small or source.connector.adds_up else ROWS_TRIED


def _verdicts(
    source: SourceSettings,
    reading: Pulling[Any],
    records: Sequence[Record],
    ours: Organization | None,
    fault: str,
    cut: bool,
) -> tuple[list[str], bool]:
    """The lines that say whether a run can use the source, and whether it can."""
    among = f"the first {ROWS_TRIED}" if cut else f"{reading.read:,} rows"
    example = f"{reading.example.where}: {reading.example.reason}" if reading.example else ""
    if not records and (reading.rejected or not reading.read):
        return [f"PROBLEM  {source.name}: no usable row among {among}. {example or fault}".rstrip()], False
    note = f"; {reading.rejected} of {among} unusable, for example {example}" if example else ""
    lines = [f"ok       {source.name} ({source.connector.name}): readable{note}"]
    faults = list(_faults(source, reading.source, records, ours))
    lines += [line for line, _ in faults]
    usable = not any(fatal for _, fatal in faults)
    if fault and not any(fault in line for line in lines):
        lines.append(f"PROBLEM  {source.name}: {fault}")
        usable = False
    return lines, usable


def _not_read(reading: Pulling[Any]) -> list[str]:
    """Files, sheets and rows that will not be read, and why, in the night's own words."""
    told = [f"{one.where}: {one.reason}" for one in reading.problems if one.where]
    more = [f"and {len(told) - NAMED} more, which the night lists on Data quality"] if len(told) > NAMED else []
    left_out = [f"{count:,} rows: {reason}" for reason, count in reading.reasons.most_common()]
    return [*told[:NAMED], *more, *left_out]


def _faults(
    source: SourceSettings, shown: Source, records: Sequence[Record], ours: Organization | None
) -> Iterator[tuple[str, bool]]:
    """(Line, whether a run would refuse the source) for what the rows lack although they can be read."""
    if ours and source.connector.record is Person:
        yield from _directory_faults(source, shown, records, ours)
    if ours and source.connector.record is OfficialAccount:
        ours = with_registry(ours, _official(records))
        for problem in registry_problems(ours, agency_codes(ours).codes)[:NAMED]:
            yield f"note     {source.name}: {problem.where}: {problem.reason}", False
    record, names = source.connector.record, ADDRESS_FIELDS.get(source.connector.record, ())
    domains = mail_system(ours).all if ours else shown.nexus.domains
    found = unread_addresses(shown.tables, domains, shown.options.get("left_unread", ()))
    for place, heading, count, _ in found:
        fatal = not any(name in shown.tables[place].where for name in names)
        advice = address_column_advice(place, heading, count, record)
        yield f"{'PROBLEM ' if fatal else 'note    '} {advice}", fatal


def _directory_faults(
    source: SourceSettings, shown: Source, records: Sequence[Record], ours: Organization
) -> Iterator[tuple[str, bool]]:
    codes = agency_codes(ours)
    placed = InAgencies(source.name, codes)
    counts = PeopleCounts(mail_system(ours), codes.codes)
    people = counts.counted(placed.people(record for record in records if isinstance(record, Person)))
    employees = directory(people, counts.system, codes.codes, now().date())
    ours, respelled = as_in_directory(ours, employees)
    figures = people_figures(source.name, counts, source.expect, {}, shown.tables)
    if ours.official:
        figures.append(supervisors_figure(source.name, ours.official, employees, source.expect))
    fault = refused(figures, source.expect, {})
    if fault:
        yield f"PROBLEM  {fault}", True
    for figure in figures:
        told = f"{figure}." if figure.held else f"{figure}. {figure.advice}"
        if not fault.startswith(str(figure)):
            yield f"{'ok      ' if figure.held else 'note    '} {told}", False
    status = next(figure for figure in figures if figure.key == "status")
    if status.held and counts.words:
        yield f"note     {source.name}: {status_advice(counts.words, shown.tables)}", False
    for problem in (*respelled, *placed.problems())[:NAMED]:
        yield f"note     {problem.where}: {problem.reason}", False


def _unread(shown: SourceReading) -> Iterator[str]:
    """A line for each table with headings that nothing reads, and what they mean in other systems.

    Headings that the lines so far say how to name are left out.
    """
    for place, found in shown.unread_headings.items():
        told = [
            _likely(heading, probably)
            for heading, probably in found.items()
            if not any(f"= {toml(heading)} }}" in line for line in shown.lines)
        ]
        if told:
            more = f" and {len(told) - NAMED} more" if len(told) > NAMED else ""
            yield f"note     {shown.source}: {place}: headings that nothing reads: {', '.join(told[:NAMED])}{more}."


def _likely(heading: str, probably: UnreadHeading) -> str:
    if probably.field:
        return f"{heading!r} (perhaps it is {probably.field}: columns = {{ {probably.field} = {toml(heading)} }})"
    return f"{heading!r} ({probably.note})" if probably.note else repr(heading)


def _examine_sweep(source: SourceSettings, shown: Source) -> tuple[str, bool]:
    sweep = source.connector.sweep
    assert sweep is not None
    try:
        if sweep.keyed_on is KeyedOn.EMPLOYEES:
            return f"ok       {source.name} ({source.connector.name}): not tried, since it asks for employees", True
        keys = len(sweep.keys(shown))
        first = next(iter(source.connector.fetch(shown)), None)
    except SourceDown as error:
        return f"PROBLEM  {error}", False
    if isinstance(first, Answer) and first.outcome not in TOLD:
        return f"PROBLEM  {source.name}: the first look-up {first.outcome}; the lines above say why.", False
    if not keys:
        return f"PROBLEM  {source.name}: nothing to ask for. Name terms or handles in audit.toml.", False
    return f"ok       {source.name} ({source.connector.name}): answers; {keys:,} keys to ask for", True


def organization(settings: Settings) -> Organization:
    """The organization of a configuration, without its registry. Raises SourceDown."""
    ours = settings.organization
    return read_agencies(ours.unread, open_source(ours.agencies, settings.folder, now(), None))
