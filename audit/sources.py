"""The night's sources, one after the other: each whole, in a transaction of its own, or as it was before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import cast

from audit.cases import Watch, registry_key
from audit.collect import Reading, blank, open_source
from audit.config import Settings, SourceSettings
from audit.inputs import Inputs
from audit.ledger import Ledger
from audit.link import Sighting
from audit.nexus import nexus, passes, restrained
from audit.night import Problem, Pull, PullStatus
from audit.registrations import added_up
from connectors.contract import SourceDown
from connectors.platforms import platform_id
from connectors.records import Account


def collect(
    settings: Settings, inputs: Inputs, ledger: Ledger, run_id: str, as_of: date, only: Collection[str], at: datetime
) -> tuple[tuple[Pull, ...], tuple[Problem, ...]]:
    """Read every source, each in a transaction of its own; one that fails leaves behind what it showed before."""
    pulls, problems = list(inputs.pulls), []
    with ledger.transaction():
        for pull in inputs.pulls:
            ledger.record_pull(run_id, pull)
    gate = nexus(inputs.organization)
    for source in settings.sources:
        reading = open_source(source, settings.folder, at, ledger.read_before(source.name), gate)
        refusal = closed_door(source, as_of)
        if only and source.name not in only:
            pull = blank(source, PullStatus.SKIPPED, "not asked for tonight (--only)", reading.read_before)
        elif refusal:
            pull = blank(source, PullStatus.NOT_JUDGED, refusal, reading.read_before)
        else:
            pull = pull_accounts(reading, inputs, ledger, run_id)
        if pull.status is not PullStatus.COMPLETE:
            with ledger.transaction():
                ledger.record_pull(run_id, pull)
        if pull.status is PullStatus.NOT_JUDGED:
            problems.append(Problem(source.name, "", pull.reason))
        pulls.append(pull)
        problems += reading.problems
    return tuple(pulls), tuple(problems)


def pull_accounts(reading: Reading, inputs: Inputs, ledger: Ledger, run_id: str) -> Pull:
    """Stream one source through the gate into the ledger: all of it, or, where it fails, nothing."""

    def keep(record: object) -> bool:
        return passes(cast("Account", record), inputs.organization, inputs.registry)

    try:
        with ledger.transaction():
            accounts: Iterator[Account] = (
                restrained(cast("Account", record), inputs.organization, inputs.registry)
                for record in reading.records(keep)
            )
            if reading.settings.connector.adds_up:
                accounts = iter(added_up(ledger.accounts_of(reading.settings.name), accounts))
            ledger.replace_accounts(reading.settings.name, run_id, accounts)
            pull = reading.pull()
            ledger.record_pull(run_id, pull)
    except SourceDown as error:
        return reading.pull(PullStatus.NOT_JUDGED, str(error))
    return pull


def closed_door(source: SourceSettings, as_of: date) -> str:
    """Why the source may not be opened tonight; empty where it may."""
    approval = source.approval
    if approval is None or approval.on <= as_of <= approval.expires:
        return ""
    return (
        f"{source.name}: its approval ({approval.reference}) holds from {approval.on.isoformat()} to"
        f" {approval.expires.isoformat()}. Have it renewed, or remove the source from audit.toml."
    )


def sightings(settings: Settings, ledger: Ledger, pulls: Collection[Pull]) -> list[Sighting]:
    """Every account that a configured source shows: tonight, or when it was last whole."""
    complete = complete_sources(pulls)
    configured = {source.name for source in settings.sources}
    return [
        Sighting(account, source, fresh=source in complete)
        for source, account in ledger.accounts()
        if source in configured
    ]


def watchers(settings: Settings, ledger: Ledger, pulls: Collection[Pull]) -> Watch:
    """Which sources would have shown an official account if it were still there."""
    listing: dict[str, set[str]] = defaultdict(set)
    for source in settings.sources:
        for name in source.options.get("lists_official", ()):
            listing[platform_id(name) or name].add(source.name)
    whole = {platform: frozenset(names) for platform, names in listing.items()}
    return Watch(whole, ledger.official_seen(), complete_sources(pulls))


def complete_sources(pulls: Collection[Pull]) -> frozenset[str]:
    """The sources that may be judged from tonight."""
    return frozenset(pull.source for pull in pulls if pull.status is PullStatus.COMPLETE)


def official_seen(seen: Collection[Sighting], inputs: Inputs) -> set[tuple[str, str]]:
    """(registry key, source) of each official account that a source shows tonight."""
    found = set()
    for sighting in seen:
        account = sighting.account
        position = inputs.registry.position(account.platform, account.account_id, account.handle)
        if position is not None and sighting.fresh:
            found.add((registry_key(inputs.registry.entries[position]), sighting.source))
    return found
