"""The night, from top to bottom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

from filelock import FileLock, Timeout

from audit.cases import Watch, build_cases, registry_key
from audit.collect import Reading, blank, open_source
from audit.config import Settings, SourceSettings
from audit.inputs import Inputs, read_inputs, read_registry
from audit.ledger import Ledger, LedgerError
from audit.lifecycle import carry
from audit.link import Sighting
from audit.nexus import nexus, passes
from audit.night import Night, Problem, Pull, PullStatus
from audit.nights import night_of, stored
from audit.publish import publish
from audit.registrations import added_up, weighed
from audit.rules import RULES, Context, judge
from connectors.contract import SourceDown
from connectors.platforms import platform_id
from connectors.records import Account


class AlreadyRunning(Exception):
    """Another run holds the lock of this output folder."""


class UnusableDate(Exception):
    """The day asked for lies before the ledger's last run: history is not rewritten."""


def now() -> datetime:
    """The present, as an aware UTC time in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def run(settings: Settings, as_of: date, *, only: Collection[str] = (), clock: Callable[[], datetime] = now) -> Night:
    """Run the night of `as_of`: read, gate, link, judge, carry, publish. Returns what was published.

    `only` names the sources to read; the others are skipped, and their findings stand as not rechecked. Raises
    AlreadyRunning, UnusableDate, InputUnusable, LedgerError, and OSError where the output cannot be written; the
    ledger and yesterday's files are then as they were.
    """
    with only_run_in(settings.output), Ledger(settings.output / "ledger.sqlite") as ledger:
        refuse_the_past(ledger, as_of)
        started_at = clock()
        inputs = read_inputs(settings, ledger, as_of, started_at)
        run_id = ledger.begin(as_of, started_at)
        pulls, problems = collect(settings, inputs, ledger, run_id, as_of, only, started_at)

        shown = sightings(settings, ledger, pulls)
        seen, notes = weighed(shown, inputs.directory, inputs.organization.official, as_of, settings.mail)
        watch = watchers(settings, ledger, pulls)
        cases = build_cases(seen, inputs.directory, inputs.organization, inputs.registry, watch)
        verdicts = judge(cases, RULES, Context(as_of, inputs.organization, settings.policy))
        findings, changes = carry(ledger.past(), verdicts, watch.complete, settings.policy, as_of)

        content = stored(inputs, cases)
        ledger.record_night(
            run_id,
            findings=findings,
            changes=changes,
            problems=(*inputs.problems, *problems, *notes),
            official_seen=official_seen(seen, inputs),
            content=content,
        )
        night = night_of(ledger, run_id, settings, inputs.organization)
        publish(night, settings.output)
        ledger.finish(run_id, clock())
    return night


def publish_again(settings: Settings, *, clock: Callable[[], datetime] = now) -> Night:
    """Write the last judged night's files once more, without reading any source of accounts or people.

    Raises LedgerError before the first run, SourceDown where agencies or registry cannot be read, and as `run` does.
    """
    with only_run_in(settings.output), Ledger(settings.output / "ledger.sqlite") as ledger:
        last = ledger.last_run()
        if last is None:
            raise LedgerError(f"{ledger.path}: nothing has been judged yet. Run `identity-audit run` first.")
        organization, _ = read_registry(settings, ledger, clock())
        night = night_of(ledger, last.run_id, settings, organization)
        publish(night, settings.output)
    return night


@contextmanager
def only_run_in(output: Path) -> Iterator[None]:
    """Hold the output folder's lock for the block; raises AlreadyRunning where somebody else holds it."""
    output.mkdir(parents=True, exist_ok=True)
    lock = FileLock(output / ".lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise AlreadyRunning(
            f"{output}: another run is at work there. Wait for it, or look for a stuck process."
        ) from None
    try:
        yield
    finally:
        lock.release()


def refuse_the_past(ledger: Ledger, as_of: date) -> None:
    """Raise UnusableDate where a later night has already been judged."""
    last = ledger.last_run()
    if last and as_of < last.as_of:
        raise UnusableDate(
            f"--as-of {as_of.isoformat()} lies before the last run, {last.as_of.isoformat()}: first and last sightings"
            " would become wrong. Use a later day, or another output folder."
        )


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
            accounts: Iterator[Account] = (cast("Account", record) for record in reading.records(keep))
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
