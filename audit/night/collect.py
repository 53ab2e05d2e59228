"""The night's sources: networks side by side, files one after the other; each whole, or as it was before."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from time import monotonic
from typing import Any

from audit.cases.build import Watch
from audit.cases.gate import passes, restrained, search_for
from audit.cases.kept import FORGETFUL, Memory
from audit.cases.other_address import AddressesShown
from audit.cases.registrations import added_up
from audit.cases.tie import Sighting, latest_first
from audit.ledger import Ledger
from audit.ledger.readings import RunReadings
from audit.ledger.sources import key_digest
from audit.model.coverage import Covering, PlatformCoverage, SweepPlan, platform_coverage
from audit.model.night import Problem, Pull, PullStatus
from audit.model.settings import SourceSettings
from audit.night import disclosures
from audit.night.healthy import healthy_records, told_unread
from audit.night.inputs import Inputs
from audit.night.older_exports import note_versions, seen_earlier
from audit.night.pull import Pulling, blank, open_source
from audit.night.purpose import all_for_work, for_work
from audit.night.side_by_side import Spool, started
from audit.night.statements import note_statements
from audit.people.directory import Standing
from audit.people.identity import asked_by, called, identity_of, registry_key
from connectors.contract import Access, Covers, KeyedOn, SourceDown
from connectors.http import MORE_TIME
from connectors.mail.doors import MailDoor, door_of, sight_in_words
from connectors.platforms import platform_id, platforms
from connectors.records import Account

GRACE = 30.0
"""Seconds after the end of the night's time in which a source may still say how far it has come."""
NAMED_PLATFORMS = 3
"""Platforms of one source that are listed by name."""
Accounts = Iterator[tuple[str, Account]]


@dataclass(frozen=True, slots=True)
class Collected:
    """How each source fared, what is to be told, and what their silence cannot mean.

    `gone`: for each source that asks key by key, the declared accounts that are gone (Watch.gone). `cut`: sources whose
    file was cut off: what they do not show may stand behind its end.
    """

    pulls: tuple[Pull, ...]
    problems: tuple[Problem, ...]
    gone: Mapping[str, frozenset[tuple[str, str]]]
    cut: frozenset[str]


def collect(
    sources: Collection[SourceSettings],
    folder: Path,
    output: Path,
    inputs: Inputs,
    ledger: Ledger,
    run_id: str,
    as_of: date,
    skipped: Mapping[str, str],
    at: datetime,
    read_by: str,
) -> Collected:
    """Read every source, each into a transaction of its own; one that fails leaves behind what it showed before.

    Paths start from `folder`; what requests disclose is written down in `output`. `skipped` are the sources that are
    not read on purpose, each with the reason (`not_asked`). `read_by` stands for all by which profiles are read.
    """
    with ledger.transaction():
        for pull in inputs.pulls:
            ledger.sources.record_pull(run_id, pull)
        for name, rows in inputs.unread_rows.items():
            ledger.sources.record_unread_rows(run_id, name, rows)
    shut = {source.name: why for source in sources if (why := _not_tonight(source, skipped, as_of))}
    opened = {source.name: opened_source(source, folder, output, inputs, ledger, at) for source in sources}
    networked = [source for source in sources if source.connector.service and source.name not in shut]
    waiting = started(networked, lambda source: _gathered(opened[source.name], inputs))
    pulls: dict[str, Pull] = {}
    all_shown: dict[str, AddressesShown] = {}
    for source in sorted(sources, key=lambda source: source in networked):
        reading = opened[source.name]
        if source.name in shut:
            pull = blank(source, *shut[source.name], reading.read_before)
        elif source in networked:
            gathered = _awaited(waiting[source.name], source)
            pull = _kept(reading, gathered, ledger, run_id) if gathered else _unfinished(reading)
        else:
            readings = ledger.readings.of(run_id)
            memory = Memory(read_by, readings.known, readings.note)
            shown = AddressesShown(inputs.directory.system)
            gathered = _Gathered(_through_the_gate(reading, inputs, memory, shown), shown=shown)
            pull = _kept(reading, gathered, ledger, run_id, readings)
        if source.name not in shut and pull.status is PullStatus.COMPLETE and gathered and gathered.shown:
            all_shown[source.name] = gathered.shown
        if pull.status is not PullStatus.COMPLETE:
            with ledger.transaction():
                ledger.sources.record_pull(run_id, pull)
        pulls[source.name] = pull
    with ledger.transaction():
        ledger.readings.forget(but=run_id)
    note_statements(all_shown, [source.name for source in sources], ledger, run_id, inputs.directory.system)
    ordered = [pulls[source.name] for source in sources]
    problems = [Problem(pull.source, "", pull.reason) for pull in ordered if pull.status is PullStatus.NOT_JUDGED]
    problems += [problem for reading in opened.values() for problem in list(reading.problems)]
    problems += _cut_short(sources, ordered)
    gone = {name: _gone(reading, ledger) for name, reading in opened.items() if reading.settings.connector.sweep}
    cut = {name for name, reading in opened.items() if reading.unread_items and not reading.settings.connector.service}
    return Collected((*inputs.pulls, *ordered), tuple(problems), gone, frozenset(cut))


def _awaited(waiting: Future[_Gathered], source: SourceSettings) -> _Gathered | None:
    """What a source gave; None where it has not come to an end although the night's time is over."""
    seconds = None if source.ends_at is None else max(0.0, source.ends_at - monotonic()) + GRACE
    wait([waiting], seconds)
    if waiting.done():
        return waiting.result()
    waiting.add_done_callback(_forgotten)
    return None


def _forgotten(done: Future[_Gathered]) -> None:
    """What came too late is read to its end, which gives up the file it lies in."""
    if done.exception() is None:
        deque(done.result().accounts, maxlen=0)


def _unfinished(reading: Pulling[Account]) -> Pull:
    """Its thread goes on counting: nothing of it is used."""
    fault = f"{reading.settings.name}: it did not come to an end in the night's time. {MORE_TIME}"
    return blank(reading.settings, PullStatus.NOT_JUDGED, fault, reading.read_before)


def _cut_short(sources: Collection[SourceSettings], pulls: Collection[Pull]) -> Iterator[Problem]:
    """That the night's time was over before all was asked, in one line."""
    if not any(source.ends_at is not None and monotonic() >= source.ends_at for source in sources):
        return
    names = [
        pull.source
        for pull in pulls
        if pull.status is PullStatus.NOT_JUDGED or (pull.sweep is not None and pull.sweep.left)
    ]
    if names:
        told = f"the night's time was over before these sources were through: {', '.join(names)}. {MORE_TIME}"
        yield Problem("audit.toml", "[night] most_minutes", told)


def opened_source(
    source: SourceSettings, folder: Path, output: Path, inputs: Inputs, ledger: Ledger, at: datetime
) -> Pulling[Account]:
    """A source ready to be read, with what its sweep needs to know. Nothing is sent."""
    sweep = source.connector.sweep
    more: dict[str, Any] = {"day": datetime.combine(inputs.directory.as_of, time(), UTC)}
    if sweep and sweep.keyed_on is KeyedOn.EMPLOYEES:
        more["addresses"] = inputs.directory.addresses()
    gate = replace(search_for(inputs.organization), whole=all_for_work(source))
    more["before"] = ledger.measures.columns_of(source.name)
    reading = open_source(source, folder, at, ledger.sources.read_before(source.name), gate, **more)
    if sweep is None:
        return reading
    with suppress(SourceDown):  # an option that cannot be used is told when the source is read
        keys = {key: key_digest(source.name, key) for key in sweep.keys(reading.source)}
        names = source.connector.platforms
        told = ", ".join(names) if len(names) <= NAMED_PLATFORMS else f"{len(names)} platforms"
        plan = SweepPlan(told, str(sweep.keyed_on), keys, ledger.sources.last_answers(source.name), at)
        more |= {"last_asked": plan.last_asked(), "last_told": plan.last_told()}
        if sweep.discloses:
            more |= {"asking": lambda keys: disclosures.note(output, source.name, keys, at.isoformat())}
        reading = open_source(source, folder, at, reading.read_before, gate, **more)
        reading.plan = plan
    return reading


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What a source showed, behind the gate; `fault` is why it cannot be judged from, as far as is known already.
    `shown` is what rows of a file say of addresses, once the accounts are consumed."""

    accounts: Accounts
    fault: str = ""
    shown: AddressesShown | None = None


def _through_the_gate(
    reading: Pulling[Account], inputs: Inputs, memory: Memory = FORGETFUL, shown: AddressesShown | None = None
) -> Accounts:
    def keep(account: Account) -> bool:
        if shown and not for_work(reading.settings, account):
            shown.see(account)
        return passes(account, inputs.organization, inputs.registry, memory) or for_work(reading.settings, account)

    def heard(account: Account) -> None:
        if shown and not for_work(reading.settings, account):
            shown.hear_of_end(account)

    for record in healthy_records(reading, keep, heard):
        work = for_work(reading.settings, record)
        account = restrained(record, inputs.organization, inputs.registry, work=work, memory=memory)
        reading.tell(account.provenance.where, account.notes[len(record.notes) :])
        yield reading.key, account


def _gathered(reading: Pulling[Account], inputs: Inputs) -> _Gathered:
    """All of one source, kept aside: the ledger belongs to another thread."""
    spool = Spool()
    shown = None if reading.plan else AddressesShown(inputs.directory.system, asked=True)
    try:
        for key, account in _through_the_gate(reading, inputs, shown=shown):
            spool.add(key, account)
    except BaseException as error:
        spool.close()
        if isinstance(error, SourceDown):
            return _Gathered(iter(()), str(error))
        raise
    return _Gathered(spool.pairs(), shown=shown)


def _kept(
    reading: Pulling[Account], gathered: _Gathered, ledger: Ledger, run_id: str, readings: RunReadings | None = None
) -> Pull:
    """Put what a source showed into the ledger: all of it, or, where it fails, nothing."""
    if gathered.fault:
        return reading.pull(PullStatus.NOT_JUDGED, gathered.fault)
    accounts, name, connector = gathered.accounts, reading.settings.name, reading.settings.connector
    try:
        with ledger.transaction():
            adds_up = connector.adds_up and not all_for_work(reading.settings)
            if adds_up:
                shown = (account for _, account in accounts)
                accounts = (("", account) for account in added_up(ledger.sources.accounts_of(name), shown))
            unread = {} if adds_up else reading.unread_items
            rows = set() if adds_up else reading.unread_rows
            again = ledger.sources.replace_accounts(run_id, name, accounts, reading.record(), unread, rows)
            if not adds_up and (fault := seen_earlier(reading, again)):
                raise SourceDown(f"{name}: {fault}")
            if not adds_up and len(reading.source.tables) > 1:
                note_versions(reading, ledger.sources.alike_in_two(run_id, name))
            if readings:
                readings.close()
            if readings and gathered.shown and gathered.shown.contradicted:
                _note_contradictions(reading, gathered.shown, ledger, run_id)
            kept = ledger.sources.kept_from_before(run_id, name) if rows else 0
            reading.figures += told_unread(reading, reading.kept, kept, "accounts with a tie were read again")
            pull = reading.pull()
            ledger.sources.record_pull(run_id, pull)
    except SourceDown as error:
        return reading.pull(PullStatus.NOT_JUDGED, str(error))
    return pull


def _note_contradictions(reading: Pulling[Account], shown: AddressesShown, ledger: Ledger, run_id: str) -> None:
    """Note with each account what other rows say against its state address, and tell how many there are."""
    noted: list[Account] = []

    def with_note(account: Account) -> Account:
        words = shown.against(account)
        noted.extend([account] if words else [])
        return replace(account, against=words) if words else account

    ledger.sources.change_accounts(run_id, reading.settings.name, with_note)
    if noted:
        rows = "rows show" if len(noted) > 1 else "row shows"
        first = f", {called(noted[0])}" if called(noted[0]) else ""
        told = (
            f"{len(noted):,} {rows} an account with a state address (the first here{first}), while another"
            " row of the same source, which is newer or does not say when it was seen, shows it with another address,"
            " or says that it, or its address, is gone or switched off: these registrations are leads at most. Export"
            " each account once, as it is now, or name the column that says when each row was seen: columns = {"
            " observed_at = … }."
        )
        reading.tell(noted[0].provenance.where, (told,))


def _gone(reading: Pulling[Account], ledger: Ledger) -> frozenset[tuple[str, str]]:
    """The declared accounts of which a sweep was last told that there is no such account, by each of their keys."""
    sweep, plan = reading.settings.connector.sweep, reading.plan
    if sweep is None or plan is None:
        return frozenset()
    absent = ledger.sources.not_found(reading.settings.name)
    names: dict[bool, set[tuple[str, str]]] = {True: set(), False: set()}
    for key, account in sweep.declared(reading.source).items():
        names[plan.keys[key] in absent].add(asked_by(account))
    return frozenset(names[True] - names[False])


def not_asked(
    sources: Collection[SourceSettings], only: Collection[str], as_of: date, *, rehearsal: bool
) -> dict[str, str]:
    """The sources that are not read on purpose, each with the reason: those that `only` does not name (where it names
    any), and in a rehearsal those that may be asked with an approval alone, or tell a platform about employees."""
    why: dict[str, str] = {}
    for source in sources:
        if only and source.name not in only:
            why[source.name] = "not asked for tonight (--only)"
        elif rehearsal and _bound(source) and not closed_door(source, as_of):
            why[source.name] = "not asked in a rehearsal: its approval is for the night"
    return why


def _bound(source: SourceSettings) -> bool:
    sweep = source.connector.sweep
    return source.connector.access is Access.APPROVAL or bool(sweep and sweep.discloses)


def _not_tonight(source: SourceSettings, skipped: Mapping[str, str], as_of: date) -> tuple[PullStatus, str] | None:
    if source.name in skipped:
        return PullStatus.SKIPPED, skipped[source.name]
    refusal = closed_door(source, as_of)
    return (PullStatus.NOT_JUDGED, refusal) if refusal else None


def closed_door(source: SourceSettings, as_of: date) -> str:
    """Why the source may not be opened tonight; empty where it may."""
    approval = source.approval
    if approval is None or approval.on <= as_of <= approval.expires:
        return ""
    return (
        f"{source.name}: its approval ({approval.reference}) holds from {approval.on.isoformat()} to"
        f" {approval.expires.isoformat()}. Have it renewed, or remove the source from audit.toml."
    )


def sightings(
    sources: Collection[SourceSettings], ledger: Ledger, run_id: str, pulls: Collection[Pull]
) -> list[Sighting]:
    """Every account that a configured source shows, once for each source: tonight, or when it was last asked."""
    complete = complete_sources(pulls)
    configured = {source.name: source for source in sources}
    swept: dict[tuple[str, ...], Sighting] = {}
    found: list[Sighting] = []
    for source, key, shown_in, account in ledger.sources.accounts():
        if source not in configured:
            continue
        fresh = source in complete and shown_in == run_id
        sighting = Sighting(account, source, fresh, work=for_work(configured[source], account))
        if not key:
            found.append(sighting)
            continue
        name = (source, account.platform, identity_of(account), account.registered_email)
        if name not in swept or latest_first(sighting) < latest_first(swept[name]):
            swept[name] = sighting
    return [*found, *swept.values()]


def watchers(sources: Collection[SourceSettings], ledger: Ledger, collected: Collected) -> Watch:
    """Which sources would have shown an official account if it were still there; those that are cut might not."""
    listing: dict[str, set[str]] = defaultdict(set)
    for source in sources:
        for name in source.options.get("lists_official", ()):
            listing[platform_id(name) or name].add(source.name)
    whole = {platform: frozenset(names) for platform, names in listing.items()}
    whole_sources = complete_sources(collected.pulls) - collected.cut
    return Watch(whole, ledger.findings.official_seen(), whole_sources, collected.gone)


def coverage(
    sources: Collection[SourceSettings], ledger: Ledger, inputs: Inputs, pulls: Collection[Pull], at: datetime
) -> tuple[PlatformCoverage, ...]:
    """For how many current employees each platform was looked at, by any source that tells about employees."""
    complete, addresses = complete_sources(pulls), inputs.directory.addresses()
    covering: list[Covering] = []
    doors: defaultdict[str, list[MailDoor]] = defaultdict(list)
    for source in sources:
        connector, declared = source.connector, source.options.get("covers", ())
        names = frozenset(platform_id(name) or name for name in declared) or frozenset(connector.platforms)
        told: dict[str, datetime] = {}
        if connector.covers is Covers.THOSE_ASKED:
            last = ledger.sources.last_answers(source.name)
            marks = ((address, last.get(key_digest(source.name, address))) for address in addresses)
            told = {address: answer.told_at for address, answer in marks if answer and answer.told_at}
        if declared or connector.covers is not Covers.NOBODY:
            everybody = connector.covers is not Covers.THOSE_ASKED
            covering.append(Covering(source.name, names, everybody, source.name in complete, told))
        if door := door_of(connector.name):
            for name in names:
                doors[name].append(door)
    current = sum(person.standing is Standing.CURRENT for person in inputs.directory.employees.values())
    mail = {name: sight_in_words(name, here) for name, here in doors.items()}
    return platform_coverage(tuple(platforms()), covering, addresses, current, at, mail)


def complete_sources(pulls: Collection[Pull]) -> frozenset[str]:
    """The sources that may be judged from tonight."""
    return frozenset(pull.source for pull in pulls if pull.status is PullStatus.COMPLETE)


def official_seen(seen: Collection[Sighting], inputs: Inputs) -> set[tuple[str, str]]:
    """(registry key, source) of each official account that a source shows tonight."""
    found = set()
    for sighting in seen:
        account = sighting.account
        position = inputs.registry.position(account)
        if position is not None and sighting.fresh:
            found.add((registry_key(inputs.registry.entries[position]), sighting.source))
    return found
