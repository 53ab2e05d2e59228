"""Is everything in place for tonight? Reads the files as a night would, says what it understood, and writes nothing."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from audit.cases.gate import search_for
from audit.config import Settings
from audit.findings.holds import on_hold
from audit.ledger import NAME, LedgerError, look_into
from audit.model.coverage import TOLD
from audit.model.finding import Past
from audit.model.organization import Organization
from audit.model.settings import ConfigError, SourceSettings
from audit.night.collect import closed_door
from audit.night.healthy import ARRIVED, FROM_PLATFORMS, unexpected
from audit.night.inputs import (
    InAgencies,
    agency_problems,
    as_in_directory,
    read_agencies,
    registry_problems,
    with_registry,
)
from audit.night.pull import Pulling, open_source
from audit.night.run import now
from audit.night.toml import toml
from audit.night.usable import (
    ADDRESS_FIELDS,
    PeopleCounts,
    address_column_advice,
    once_figures,
    overnight_figures,
    people_figures,
    refused,
    roster_of,
    status_advice,
    supervisors_figure,
    unread_addresses,
)
from audit.people.address_book import AddressBook, address_book
from audit.people.addresses import mail_system
from audit.people.agency_codes import agency_codes
from audit.people.directory import directory, told_of_several
from audit.verbs.covered import cover, looks_like_names
from audit.verbs.interfaces import interfaces
from audit.verbs.last_night import LastNight, last_night, successes
from audit.verbs.refusals import refusal_in_words
from audit.verbs.surroundings import Surrounding, surroundings, told_anyway
from audit.verbs.third_parties import third_parties
from audit.verbs.understood import SourceReading, UnreadHeading, Watcher, screen, settled_headings
from audit.workbook.passwords import passwords
from connectors.contract import Answer, KeyedOn, Nexus, Record, Source, SourceDown
from connectors.files import SMALL, paths
from connectors.files.row_words import offered_words
from connectors.records import Account, Agency, OfficialAccount, Person

ROWS_TRIED = 200
NAMED = 20
"""Headings, or agencies, that are named one by one."""


def examine(settings: Settings, as_of: date) -> tuple[list[str], bool]:
    """The lines of all screens, and whether a run could judge tonight."""
    found, last, usable = examined(settings, as_of)
    given = settings.organization
    lines = [f"ok       {settings.path}: {given.name}, policy «{given.policy.name}»"]
    return [*lines, *(line for shown in found for line in screen(shown)), *map(str, last)], usable


def examined(settings: Settings, as_of: date) -> tuple[list[SourceReading], list[Surrounding], bool]:
    """What is understood of each source, what stands around them, and whether a run could judge tonight."""
    given = settings.organization
    last, ledger = _examine_ledger(settings)
    agencies, records = _read(given.agencies, settings.folder, as_of, last=last)
    found, ours = [agencies], None
    if agencies.usable:
        ours = replace(given.unread, agencies=tuple(one for one in records if isinstance(one, Agency)))
        told = agency_problems(given.agencies.name, ours)[:NAMED]
        agencies.lines += [f"note     {one.source}: {one.where}: {one.reason}" for one in told]
    if given.official_accounts:
        official, records = _read(given.official_accounts, settings.folder, as_of, ours=ours, last=last)
        found.append(official)
        ours = with_registry(ours, _official(records)) if ours and official.usable else ours
    book = AddressBook("", mail_system(given.unread))
    if settings.addresses:
        addresses, records = _read(settings.addresses, settings.folder, as_of, last=last)
        found.append(addresses)
        entries = (one for one in records if isinstance(one, Person))
        book = address_book(settings.addresses.name, entries, book.system)
    people, employees = _read(settings.directory, settings.folder, as_of, ours=ours, book=book, last=last)
    people.lines += [f"note     {book.source}: {problem.reason}" for problem in book.problems()[:NAMED]]
    found.append(people)
    if settings.exceptions:
        found.append(_read(settings.exceptions, settings.folder, as_of)[0])
    usable = all(shown.usable for shown in found)
    gate = search_for(ours) if ours else Nexus()
    found += [_read(source, settings.folder, as_of, gate, last=last)[0] for source in settings.sources]
    around = [
        *told_anyway("output", (_examine_output(one) for one in [settings])),
        ledger,
        *([Surrounding("last night", "note", "not known: see the ledger")] if ledger.stops else successes(last, as_of)),
        *surroundings(settings, as_of, now(), os.environ, last.started_at if last else None),
        *interfaces(settings, as_of),
        *third_parties(settings.extensions),
        *_examine_passwords(settings),
    ]
    if people.usable and not ledger.stops:
        around += _holds(settings, [one.employee_id for one in employees if isinstance(one, Person)])
    return found, around, usable and not any(one.stops for one in around)


def _examine_output(settings: Settings) -> Surrounding:
    output = settings.output.folder
    writable = next(folder for folder in (output, *output.parents) if folder.exists())
    if os.access(writable, os.W_OK):
        return Surrounding("output", "ok", str(output))
    return Surrounding("output", "PROBLEM", f"{output}: cannot be written", stops=True)


def _examine_ledger(settings: Settings) -> tuple[LastNight | None, Surrounding]:
    """What the ledger remembers of the last night, and whether a run could go on with it."""
    sources = [one.name for one in (settings.organization.agencies, *settings.people, *settings.sources)]
    sources += [one.name for one in (settings.organization.official_accounts,) if one]
    try:
        last = look_into(settings.output.folder, lambda ledger: last_night(ledger, settings.directory.name, sources))
    except LedgerError as refusal:
        return None, Surrounding("ledger", "PROBLEM", str(refusal), stops=True)
    except OSError as fault:
        return None, Surrounding("ledger", "PROBLEM", refusal_in_words(fault), stops=True)
    return last, Surrounding(
        "ledger", "ok", "whole, and that of the nights beside it" if last else "no night in it yet"
    )


def _holds(settings: Settings, people: Sequence[str]) -> Iterator[Surrounding]:
    """What is on legal hold, and what [holds] names that nobody has."""
    if not (settings.holds.people or settings.holds.findings):
        return
    past: Sequence[Past] = ()
    if (settings.output.folder / NAME).exists():
        past = look_into(settings.output.folder, lambda ledger: tuple(ledger.findings.past().values())) or ()
    holding = on_hold(settings.holds, past, people)
    yield Surrounding("holds", "ok", str(holding.count))
    yield from (Surrounding("holds", "note", sentence) for sentence in holding.unknown)


def _examine_passwords(settings: Settings) -> Iterator[Surrounding]:
    try:
        found = passwords(settings.output.password, settings.output.agency_passwords, settings.path)
    except ConfigError as fault:
        yield Surrounding("workbooks", "PROBLEM", str(fault), stops=True)
        return
    if found:
        own = f"; {len(found.agencies)} agencies have one of their own" if found.agencies else ""
        yield Surrounding("workbooks", "ok", f"encrypted, with the password from the {found.main.origin}{own}")


def _official(records: Sequence[Record]) -> Iterator[OfficialAccount]:
    return (one for one in records if isinstance(one, OfficialAccount))


def _read(
    source: SourceSettings,
    folder: Path,
    as_of: date,
    gate: Nexus | None = None,
    ours: Organization | None = None,
    last: LastNight | None = None,
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
    before = last.columns.get(source.name) if last else None
    shown.rows_before = last.rows.get(source.name) if last else None
    reading = open_source(watch.watched(), folder, now(), shown.rows_before, gate, before=before)
    records: list[Record] = []
    fault = ""
    try:
        records += reading.records() if book is None else book.added_to(reading.records())
        fault = "" if watch.cut else unexpected(reading)
    except SourceDown as error:
        shown.lines = [f"PROBLEM  {error}"]
        fault = str(error)
    shown.rows, shown.usable_rows = reading.read, reading.parsed
    shown.unread = _not_read(reading)
    watch.filled_out(shown, reading.source)
    if not shown.lines:
        shown.lines, shown.usable = _verdicts(source, reading, records, ours, fault, watch.cut, last)
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
    last: LastNight | None,
) -> tuple[list[str], bool]:
    """The lines that say whether a run can use the source, and whether it can."""
    among = f"the first {ROWS_TRIED}" if cut else f"{reading.read:,} rows"
    example = f"{reading.example.where}: {reading.example.reason}" if reading.example else ""
    if not records and (reading.rejected or (not reading.read and source.expect.at_least)):
        return [f"PROBLEM  {source.name}: no usable row among {among}. {example or fault}".rstrip()], False
    note = f"; {reading.rejected} of {among} unusable, for example {example}" if example else ""
    lines = [f"ok       {source.name} ({source.connector.name}): readable{note}"]
    faults = list(_faults(source, reading.source, records, ours, last))
    lines += [line for line, _ in faults]
    lines += [f"note     {one}. {one.advice}" for one in reading.figures if one.key in (ARRIVED, FROM_PLATFORMS)]
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
    source: SourceSettings,
    shown: Source,
    records: Sequence[Record],
    ours: Organization | None,
    last: LastNight | None,
) -> Iterator[tuple[str, bool]]:
    """(Line, whether a run would refuse the source) for what the rows lack although they can be read."""
    if ours and source.connector.record is Person:
        yield from _directory_faults(source, shown, records, ours, last)
    if ours and source.connector.record is OfficialAccount:
        ours = with_registry(ours, _official(records))
        for problem in registry_problems(ours, agency_codes(ours).codes)[:NAMED]:
            yield f"note     {source.name}: {problem.where}: {problem.reason}", False
    record, names = source.connector.record, ADDRESS_FIELDS.get(source.connector.record, ())
    domains = mail_system(ours).all if ours else shown.nexus.domains
    found = unread_addresses(shown.tables, domains, shown.options.get("left_unread", ()))
    for place, heading, count, _ in found:
        fatal = not any(name in shown.tables[place].where for name in names)
        advice = address_column_advice(place, heading, count, record, shown.tables[place].where)
        yield f"{'PROBLEM ' if fatal else 'note    '} {advice}", fatal


def _directory_faults(
    source: SourceSettings, shown: Source, records: Sequence[Record], ours: Organization, last: LastNight | None
) -> Iterator[tuple[str, bool]]:
    codes = agency_codes(ours)
    hidden = looks_like_names([one for one in records if isinstance(one, Person)])
    placed = InAgencies(source.name, codes)
    counts = PeopleCounts(mail_system(ours), codes.codes)
    people = counts.counted(placed.people(record for record in records if isinstance(record, Person)))
    employees = directory(people, counts.system, codes.codes, now().date())
    ours, respelled = as_in_directory(ours, employees)
    before = last.shares if last else {}
    for field in hidden:
        yield f"note     {source.name}: {hidden[field]}", False
    if "status" in hidden:
        counts.words = Counter({cover(word, counts.system): count for word, count in counts.words.items()})
    figures = people_figures(source.name, counts, source.expect, before, shown.tables)
    figures += once_figures(source.name, employees, shown.tables, source.expect)
    if last:
        fewer = len(employees.employees) < last.people * (1 - source.expect.may_shrink)
        count = f"{source.name}: {len(employees.employees):,} people, last night {last.people:,}"
        yield f"{'note    ' if fewer else 'ok      '} {count}", False
        figures += overnight_figures(source.name, last.roster, roster_of(employees), source.expect)
    if ours.official:
        figures.append(supervisors_figure(source.name, ours.official, employees, source.expect))
    fault = refused(figures, source.expect, before, source.connector.expect)
    if fault:
        yield f"PROBLEM  {fault}", True
    for figure in figures:
        since = f"; last night {before[figure.key]:.0%}" if figure.key in before else ""
        told = f"{figure}{since}." if figure.held else f"{figure}{since}. {figure.advice}"
        if not fault.startswith(str(figure)):
            yield f"{'ok      ' if figure.held else 'note    '} {told}", False
    status = next(figure for figure in figures if figure.key == "status")
    if status.held and counts.words:
        yield f"note     {source.name}: {status_advice(counts.words, shown.tables)}", False
    for heading, words in offered_words(shown.tables, settled_headings(shown)).items():
        rows = ", ".join(f"{word!r} ({count:,} rows)" for word, count in words.most_common())
        told = f"{heading!r} says {rows}: if they are nobody employed, leave_out takes them away (below)"
        yield f"note     {source.name}: {told}.", False
    if told := told_of_several(employees):
        yield f"note     {source.name}: {told}", False
    unplaced = () if {"agency", "agency_code"} & hidden.keys() else placed.problems()
    for problem in (*respelled, *unplaced)[:NAMED]:
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
