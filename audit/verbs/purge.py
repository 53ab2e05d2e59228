"""`purge`: what is older than it may be kept, in the ledger and beside it; shown first, then removed."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from audit.config import Settings
from audit.findings.holds import OnHold, holds_in_words, on_hold
from audit.ledger import Ledger
from audit.ledger.retention import LeftBehind
from audit.model.settings import ConfigError
from audit.night import disclosures, left_sources
from audit.night.about_files import about_before
from audit.night.exports_folder import exports_before
from audit.night.healthy import healthy_records
from audit.night.inputs import opened_input
from audit.night.publish import nights_before
from audit.night.pull import Pulling
from audit.night.rehearsal import rehearsed_before
from audit.night.reviews_folder import read_before
from audit.verbs.backup import set_aside_before
from connectors.contract import SourceDown
from connectors.records import Person


@dataclass(frozen=True, slots=True)
class Old:
    """What goes, or went: counts by what it is, the folders of nights, and the sources that audit.toml names no more
    as they were `before` and are `after` it."""

    output: Path
    days: int
    limit: date
    counts: Mapping[str, int]
    nights: tuple[str, ...]
    before: tuple[LeftBehind, ...]
    after: tuple[LeftBehind, ...]
    holding: OnHold


def what_is_held(ledger: Ledger, settings: Settings, at: datetime) -> OnHold:
    """What [holds] keeps; HR is read only for an employee id that the ledger does not know.

    Raises ConfigError where it names what nobody and nothing has: what it is meant to keep may be what would go.
    """
    past = ledger.findings.past().values()
    holding, unread = on_hold(settings.holds, past), ""
    if holding.unknown and settings.holds.people:
        try:
            directory: Pulling[Person] = opened_input(settings.directory, settings.folder, ledger, at)
            holding = on_hold(settings.holds, past, [one.employee_id for one in healthy_records(directory)])
        except (SourceDown, OSError) as fault:
            unread = f" HR does not say whose id it is: {fault}"
    if holding.unknown:
        raise ConfigError(f"{settings.path}: {' '.join(holding.unknown)}{unread} {NOTHING_REMOVED}")
    return holding


NOTHING_REMOVED = "Nothing was removed."


def look_for_old(
    ledger: Ledger, output: Path, as_of: date, days: int, sources: Collection[str], holding: OnHold
) -> Old:
    """What is older on a day than the days for which it is kept. Removes nothing.

    `sources` are the configured ones: what others have shown goes when it has not been seen for as long. What is on
    hold stays.
    """
    limit = as_of - timedelta(days=days)
    before = ledger.retention.left_behind(sources, holding.finding_ids)
    counts, after = ledger.would_purge(as_of, days, sources, holding.finding_ids)
    return _old(output, days, limit, counts, before, after, holding)


def remove_old(ledger: Ledger, output: Path, as_of: date, days: int, sources: Collection[str], holding: OnHold) -> Old:
    """Remove it, for good; the chain of events stays verifiable. Raises OSError for files that are held."""
    limit = as_of - timedelta(days=days)
    before = ledger.retention.left_behind(sources, holding.finding_ids)
    counts = ledger.purge(as_of, days, sources, holding.finding_ids)
    after = ledger.retention.left_behind(sources, holding.finding_ids)
    gone = _old(output, days, limit, counts, before, after, holding)
    for path in (path for paths in _files(output, limit, holding).values() for path in paths):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    disclosures.forget(output, limit, holding.mailboxes)
    return gone


def _old(
    output: Path,
    days: int,
    limit: date,
    counts: Mapping[str, int],
    before: tuple[LeftBehind, ...],
    after: tuple[LeftBehind, ...],
    holding: OnHold,
) -> Old:
    files = _files(output, limit, holding)
    counted = {what: len(paths) for what, paths in files.items()} | {
        "disclosures": disclosures.told_before(output, limit, holding.mailboxes)
    }
    nights = tuple(path.name for path in files["night folders"])
    return Old(output, days, limit, {**counts, **counted}, nights, before, after, holding)


def _files(output: Path, limit: date, holding: OnHold) -> dict[str, list[Path]]:
    newest = (output / "latest").resolve()  # what people open; the next night takes its place
    return {
        "night folders": [night for night in nights_before(output, limit) if night.resolve() != newest],
        "workbooks about one person": about_before(output, limit, holding.people, holding.finding_ids),
        "exports": exports_before(output, limit),
        "rehearsals": rehearsed_before(output, limit),
        "archived review files": read_before(output, limit),
        "folders set aside": set_aside_before(output, limit),
    }


def old_in_words(old: Old) -> str:
    """What would go, for whoever is asked."""
    lines = [f"  {count:>9,}  {what}" for what, count in old.counts.items() if count]
    if old.nights:
        lines.append(f"The night folders are those from {old.nights[0]} to {old.nights[-1]}.")
    return "\n".join(
        [
            f"In {old.output}, older than {old.days} days (before {old.limit.isoformat()}), would go for good:",
            *(lines or ["  nothing that is counted"]),
            *left_sources.purged(old.before, old.after, old.days, asking=True),
            *_on_hold(old),
        ]
    )


def removed_in_words(old: Old) -> str:
    """What went."""
    counts = ", ".join(f"{count} {what}" for what, count in old.counts.items())
    lines = left_sources.purged(old.before, old.after, old.days)
    return "\n".join([f"{counts} older than {old.days} days removed.", *lines, *_on_hold(old)])


def _on_hold(old: Old) -> Iterator[str]:
    """What stays, and that the files of whole nights, which hold other people's, go by their age."""
    yield from holds_in_words(old.holding)
    if old.holding.count and old.nights:
        yield (
            "A hold keeps what the ledger has. The night folders hold everybody's, and go by age: copy them elsewhere"
            " where the hold asks for them."
        )
