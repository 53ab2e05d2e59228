"""Is everything in place for tonight? Looks at configuration, inputs, sources and output; writes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path

from audit.cases.gate import search_for
from audit.config import Settings
from audit.ledger import looked_at
from audit.model.coverage import TOLD
from audit.model.organization import Organization
from audit.model.settings import ConfigError, SourceSettings
from audit.night.collect import closed_door
from audit.night.columns import unread_headings
from audit.night.headings import meant
from audit.night.inputs import InAgencies, read_agencies
from audit.night.pull import open_source
from audit.night.run import now
from audit.night.usable import (
    ADDRESS_FIELDS,
    PeopleCounts,
    address_column_advice,
    people_figures,
    refused,
    status_advice,
    toml,
    unread_addresses,
)
from audit.people.addresses import mail_system
from audit.people.agency_codes import agency_codes
from audit.verbs.surroundings import unused_variables
from audit.workbook.passwords import passwords
from connectors.contract import Answer, BadRow, ExportTable, KeyedOn, Nexus, Raw, Record, Remark, Source, SourceDown
from connectors.records import Person

ROWS_TRIED = 200
NAMED = 20
"""Headings, or agencies, that are named one by one."""
NEVER_READ = ("location",)
"""Headings that are accepted and left unread on purpose, by the program itself."""


def examine(settings: Settings, as_of: date) -> tuple[list[str], bool]:
    """A line for each thing that was looked at, and whether a run could judge tonight."""
    given, output = settings.organization, settings.output.folder
    inputs = [given.agencies, *filter(None, [given.official_accounts])]
    checks = [examine_source(source, settings.folder, as_of) for source in inputs]
    ours = organization(settings) if all(good for _, good in checks) else None
    checks.append(examine_source(settings.directory, settings.folder, as_of, ours=ours))
    usable = all(good for _, good in checks)
    lines = [f"ok       {settings.path}: {given.name}, policy «{given.policy.name}»"]
    lines += [line for found, _ in checks for line in found]
    gate = search_for(ours) if ours else Nexus()
    for source in settings.sources:
        lines += examine_source(source, settings.folder, as_of, gate)[0]
    writable = next(folder for folder in (output, *output.parents) if folder.exists())
    good = os.access(writable, os.W_OK)
    lines.append(f"{'ok      ' if good else 'PROBLEM '} output {output}{'' if good else ': cannot be written'}")
    refusal = looked_at(output)
    lines.append(
        f"PROBLEM  {refusal}" if refusal else "ok       ledger: none yet, or whole and that of the nights beside it"
    )
    lines += [f"note     {sentence}" for sentence in unused_variables(settings, os.environ)]
    line, closes = _examine_passwords(settings)
    return [*lines, *filter(None, [line])], usable and good and closes and not refusal


def _examine_passwords(settings: Settings) -> tuple[str, bool]:
    try:
        found = passwords(settings.output.password, settings.output.agency_passwords, settings.path)
    except ConfigError as fault:
        return f"PROBLEM  {fault}", False
    if found is None:
        return "", True
    own = f"; {len(found.agencies)} agencies have one of their own" if found.agencies else ""
    return f"ok       workbooks are encrypted, with the password from the {found.main.origin}{own}", True


def examine_source(
    source: SourceSettings,
    folder: Path,
    as_of: date,
    gate: Nexus | None = None,
    ours: Organization | None = None,
) -> tuple[list[str], bool]:
    """Try the first rows of a source, or the first key of a sweep: lines, and whether it can be used.

    A directory in a file is read whole where `ours` is given, so that its rare words are met too. What is in the rows
    is never printed, but for headings and status words; nothing is kept. A source that is asked for employees is not
    tried: that is for the night, which writes down what it discloses.
    """
    refusal = closed_door(source, as_of)
    if refusal:
        return [f"PROBLEM  {refusal}"], False
    reading = open_source(source, folder, now(), None, gate)
    if source.connector.sweep:
        line, good = _examine_sweep(source, reading.source)
        return [line], good
    tried = None if ours and source.connector.service is None else ROWS_TRIED
    records: list[Record] = []
    remarks: list[str] = []
    bad, reason = 0, ""
    try:
        for item in islice(source.connector.fetch(reading.source), tried):
            if isinstance(item, Remark):
                remarks.append(f"note     {source.name}: {item.where}: {item.text}")
            try:
                record = source.connector.parse(item) if isinstance(item, Raw) else None
                records += [record] if record is not None else []
            except BadRow as error:
                bad, reason = bad + 1, reason or f"{item.where}: {error}" if isinstance(item, Raw) else ""
    except SourceDown as error:
        return [f"PROBLEM  {error}", *_unread(source, reading.source)], False
    among = f"the first {tried}" if tried else f"{len(records) + bad:,} rows"
    if not records:
        line = f"PROBLEM  {source.name}: no usable row among {among}. {reason}".rstrip()
        return [line, *_unread(source, reading.source)], False
    note = f"; {bad} of {among} unusable, for example {reason}" if bad else ""
    lines = [f"ok       {source.name} ({source.connector.name}): readable{note}"]
    faults = list(_faults(source, reading.source, records, ours))
    lines += [line for line, _ in faults]
    return [*lines, *remarks, *_unread(source, reading.source, lines)], not any(fatal for _, fatal in faults)


def _faults(
    source: SourceSettings, shown: Source, records: Sequence[Record], ours: Organization | None
) -> Iterator[tuple[str, bool]]:
    """(Line, whether a run would refuse the source) for what the rows lack although they can be read."""
    if ours and source.connector.record is Person:
        yield from _directory_faults(source, shown, records, ours)
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
    for _ in counts.counted(placed.people(record for record in records if isinstance(record, Person))):
        pass
    figures = people_figures(source.name, counts, source.expect, {}, shown.tables)
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
    for problem in placed.problems()[:NAMED]:
        yield f"note     {problem.where}: {problem.reason}", False


def _unread(source: SourceSettings, shown: Source, told: Sequence[str] = ()) -> Iterator[str]:
    """A line for each table with headings that nothing reads, and what they mean in other systems.

    Headings that the lines `told` say how to name are left out.
    """
    for place, table in shown.tables.items():
        headings = [heading for heading in unread_headings(table) if heading.casefold() not in NEVER_READ]
        headings = [heading for heading in headings if not any(f"= {toml(heading)} }}" in line for line in told)]
        if not headings:
            continue
        named = ", ".join(_likely(heading, source, table) for heading in headings[:NAMED])
        more = f" and {len(headings) - NAMED} more" if len(headings) > NAMED else ""
        yield f"note     {source.name}: {place}: headings that nothing reads: {named}{more}."


def _likely(heading: str, source: SourceSettings, table: ExportTable) -> str:
    field = meant(heading, source.connector.record)
    if not field or field in table.where:
        return repr(heading)
    return f"{heading!r} (perhaps it is {field}: columns = {{ {field} = {toml(heading)} }})"


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
