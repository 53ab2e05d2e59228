"""Is everything in place for tonight? Looks at configuration, inputs, sources and output; writes nothing."""

from __future__ import annotations

import os
from datetime import date
from itertools import islice
from pathlib import Path

from audit.config import ConfigError, Settings, SourceSettings
from audit.coverage import TOLD
from audit.encryption.passwords import passwords
from audit.inputs import read_organization
from audit.ledger import looked_at
from audit.nexus import nexus
from audit.organization import Organization
from audit.run import now
from audit.sources.reading import open_source
from audit.sources.tonight import closed_door
from connectors.contract import Answer, BadRow, KeyedOn, Nexus, Raw, Source, SourceDown

ROWS_TRIED = 200


def examine(settings: Settings, as_of: date) -> tuple[list[str], bool]:
    """A line for each thing that was looked at, and whether a run could judge tonight."""
    inputs = [settings.agencies, *filter(None, [settings.official_accounts]), settings.directory]
    checks = [examine_source(source, settings.folder, as_of) for source in inputs]
    usable = all(good for _, good in checks)
    lines = [f"ok       {settings.path}: {settings.organization_name}, policy «{settings.policy.name}»"]
    lines += [line for line, _ in checks]
    gate = nexus(organization(settings)) if usable else Nexus()
    lines += [examine_source(source, settings.folder, as_of, gate)[0] for source in settings.sources]
    writable = next(folder for folder in (settings.output, *settings.output.parents) if folder.exists())
    good = os.access(writable, os.W_OK)
    lines.append(
        f"{'ok      ' if good else 'PROBLEM '} output {settings.output}{'' if good else ': cannot be written'}"
    )
    refusal = looked_at(settings.output)
    lines.append(
        f"PROBLEM  {refusal}" if refusal else "ok       ledger: none yet, or whole and that of the nights beside it"
    )
    line, closes = _examine_passwords(settings)
    return [*lines, *filter(None, [line])], usable and good and closes and not refusal


def _examine_passwords(settings: Settings) -> tuple[str, bool]:
    try:
        found = passwords(settings)
    except ConfigError as fault:
        return f"PROBLEM  {fault}", False
    if found is None:
        return "", True
    own = f"; {len(found.agencies)} agencies have one of their own" if found.agencies else ""
    return f"ok       workbooks are encrypted, with the password from the {found.main.origin}{own}", True


def examine_source(source: SourceSettings, folder: Path, as_of: date, gate: Nexus | None = None) -> tuple[str, bool]:
    """Try the first rows of a source, or the first key of a sweep. Never keeps or prints what is in them.

    A source that is asked for employees is not tried: that is for the night, which writes down what it discloses.
    """
    refusal = closed_door(source, as_of)
    if refusal:
        return f"PROBLEM  {refusal}", False
    reading = open_source(source, folder, now(), None, gate)
    if source.connector.sweep:
        return _examine_sweep(source, reading.source)
    good = bad = 0
    reason = ""
    try:
        for item in islice(source.connector.fetch(reading.source), ROWS_TRIED):
            try:
                good += isinstance(item, Raw) and source.connector.parse(item) is not None
            except BadRow as error:
                bad, reason = bad + 1, reason or f"{item.where}: {error}" if isinstance(item, Raw) else ""
    except SourceDown as error:
        return f"PROBLEM  {error}", False
    if not good:
        return f"PROBLEM  {source.name}: no usable row among the first {ROWS_TRIED}. {reason}".rstrip(), False
    note = f"; {bad} of the first {ROWS_TRIED} rows unusable, for example {reason}" if bad else ""
    return f"ok       {source.name} ({source.connector.name}): readable{note}", True


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
    return read_organization(settings, open_source(settings.agencies, settings.folder, now(), None))
