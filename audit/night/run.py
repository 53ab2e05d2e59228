"""The night, from top to bottom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from time import monotonic

from audit.cases.build import build_cases, rows_lost
from audit.cases.kept import in_place_of_words, shown_name
from audit.cases.registrations import weighed
from audit.cases.seats import seats_of
from audit.cases.sharing import told_apart
from audit.cases.tie import let_go
from audit.config import EXCEPTIONS, Settings
from audit.extensions import failed_rules
from audit.findings import exceptions
from audit.findings.holds import on_hold
from audit.findings.lifecycle import carry
from audit.findings.passing import decisions_left, noted, rulings, settled_ids
from audit.findings.todays_names import under_todays_names
from audit.ledger import Ledger, LedgerError, open_or_begin
from audit.ledger.nights_beside import RUN_JSON, sha256
from audit.model.exceptions import Register
from audit.model.finding import Past
from audit.model.night import Night, Problem
from audit.model.organization import Organization
from audit.model.policy import Policy
from audit.model.settings import SourceSettings
from audit.night import left_sources, purpose
from audit.night.anchor import REPORT, RUN, keep_head
from audit.night.cases_file import judged_parts
from audit.night.collect import collect, coverage, not_asked, official_seen, sightings, watchers
from audit.night.garbage import rare_collections
from audit.night.inputs import Inputs, read_inputs, read_registry
from audit.night.judged_by import read_by
from audit.night.lock import only_run_in
from audit.night.publish import publish
from audit.night.pull import quoting_no_contacts
from audit.night.read_back import read_back, with_all_problems
from audit.night.receipt_files import shut_folders, write_receipts
from audit.night.rehearsal import rehearsed, remove_copies_of_killed
from audit.night.retell import night_of, stored
from audit.night.reviews_folder import typed_in_place
from audit.night.statements import with_statements
from audit.night.usable import roster_of
from audit.night.watched import write_metrics
from audit.people.addresses import mail_system, without_contacts
from audit.people.agency_codes import agency_codes
from audit.people.directory import Directory
from audit.report.metrics import Ended
from audit.rules import Verdicts, asked_under, judge
from audit.workbook.passwords import Passwords, passwords


class UnusableDate(Exception):
    """The day asked for lies in the future, or before the ledger's last run: history is not rewritten."""


def now() -> datetime:
    """The present, as an aware UTC time in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def run(
    settings: Settings,
    as_of: date,
    *,
    only: Collection[str] = (),
    rehearsal: bool = False,
    clock: Callable[[], datetime] = now,
) -> Night:
    """Run the night of `as_of`: read, gate, link, judge, carry, publish. Returns what was published.

    `only` names the sources to read; the others are skipped, and their findings stand as not rechecked. A `rehearsal`
    does all of it on a copy of the ledger, in a folder of its own (audit.night.rehearsal), for any day to come. Raises
    AlreadyRunning, UnusableDate, InputUnusable, LedgerError, ConfigError where a workbook's password cannot be had, and
    OSError where the output cannot be written; the ledger and yesterday's files are then as they were.
    """
    settings = _with_an_end(settings)
    ours, folder = settings.organization, settings.folder
    with rare_collections(), (rehearsed if rehearsal else judge_night)(settings) as (sources, output, ledger):
        started_at = clock()
        if not rehearsal:
            refuse_the_future(as_of, started_at)
        refuse_the_past(ledger, as_of, started_at)
        inputs = read_inputs(
            ours.unread, ours.agencies, ours.official_accounts, settings.people, folder, ledger, as_of, started_at,
            settings.exceptions,
        )  # fmt: skip
        keys = _passwords(settings, inputs.organization)
        before_tonight = ledger.last_run()
        run_id = ledger.begin(as_of, started_at, rehearsal=rehearsal)
        ledger.cut(
            run_id,
            partial(in_place_of_words, organization=inputs.organization),
            partial(shown_name, organization=inputs.organization),
        )
        skipped = not_asked(sources, only, as_of, rehearsal=rehearsal)
        collected = collect(
            sources, folder, output, inputs, ledger, run_id, as_of, skipped, started_at,
            read_by(ours.policy, inputs.organization),
        )  # fmt: skip
        pulls = collected.pulls

        shown, contradictions = with_statements(
            sightings(sources, ledger, run_id, pulls), sources, ledger, inputs.directory.system
        )
        undeclared_seats = purpose.seats_told(shown, sources)
        seen, notes = weighed(shown, inputs.directory, inputs.organization.official, as_of, settings.mail)
        seen, shared, perhaps = told_apart(seen, inputs.directory, inputs.registry, inputs.organization.agencies)
        shown_official = official_seen(seen, inputs)
        watch = replace(watchers(sources, ledger, collected), perhaps=perhaps)
        past, reviews = read_back(ledger, settings.output.reviews, output, keys)
        past, numbers = under_todays_names(past, ledger.roster(), inputs.directory, inputs.organization.official)
        before = noted((one.finding, one.facts) for one in past.values())
        del shown
        cases = build_cases(
            let_go(seen), inputs.directory, inputs.organization, inputs.registry, watch, before, rulings(past.values())
        )
        asked = asked_under(ours.policy)
        verdicts = judge(cases, asked)
        ids = settled_ids(verdicts, {name: (one.finding, one.facts) for name, one in past.items()})
        verdicts, register, unclear = _spared(verdicts, inputs, ours.policy, ids, as_of)
        findings, changes = carry(
            past, verdicts, watch.complete, ours.policy, as_of, cases, purpose.seats_shown(sources),
            _unread_people(past, inputs.directory),
        )  # fmt: skip

        holding = on_hold(settings.holds, findings, inputs.directory.employees)
        told = coverage(sources, ledger, inputs, pulls, started_at)
        content = stored(
            inputs, cases, told, pulls, register, holding.count, findings, settings.extensions.parties, ours.policy
        )
        ledger.record_night(
            run_id,
            findings=findings,
            changes=changes,
            problems=(
                *inputs.problems,
                *collected.problems,
                *notes,
                *unclear,
                *shared,
                *contradictions,
                *numbers.problems(),
                *rows_lost(cases),
                *decisions_left(verdicts, ids, past),
                *undeclared_seats,
                *_left_behind(sources, settings.output.retention_days, ledger, holding.finding_ids),
                *(Problem("audit.toml", "[holds]", sentence) for sentence in holding.unknown),
                *(Problem("audit.toml", "[extensions]", sentence) for sentence in settings.extensions.problems),
                *(Problem("audit.toml", "[extensions]", sentence) for sentence in failed_rules()),
            ),
            official_seen=shown_official,
            content=content,
            reviews=with_all_problems(reviews, findings, as_of),
            roster=roster_of(inputs.directory),
            missing=inputs.directory.missing,
            seats=seats_of(cases),
        )
        night = _retold(settings, ledger, run_id, inputs.organization)
        spared = register.spared if register else ()
        written = publish(
            night,
            output,
            judged_parts(cases, asked, verdicts.answers, ids, spared),
            passwords=keys,
            answer=settings.output.answer,
        )
        ended_at = clock()
        ledger.finish(run_id, ended_at, sha256(written / RUN_JSON))
        night = replace(night, chain=ledger.chain.head())
        if not rehearsal:
            whole = ledger.last_whole_night()
            ended = Ended(ended_at, (ended_at - started_at).total_seconds(), whole[1] if whole else None)
            write_metrics(output, night, ended)
            earlier = ledger.reviews.receipts(before_tonight.run_id) if before_tonight else ()
            reviews_folder = settings.output.reviews
            write_receipts(night, earlier, reviews_folder, anew=False)  # of one killed when it was published
            night = replace(night, without_receipt=write_receipts(night, night.receipts, reviews_folder))
    return night if rehearsal else _anchored(settings, RUN, night, ended_at)


def _retold(settings: Settings, ledger: Ledger, run_id: str, organization: Organization) -> Night:
    """A recorded night as it is to be published."""
    policy = settings.organization.policy
    night = night_of(ledger, run_id, organization, policy, settings.trust, settings.notice.contact)
    return replace(night, shut_folders=shut_folders(night.receipts, settings.output.reviews))


def _anchored(settings: Settings, what: str, night: Night, at: datetime) -> Night:
    """The night, whose end of the chain is kept outside by now, or which says why it is not."""
    return replace(night, unanchored=keep_head(settings, what, night.run_id, night.chain, at))


def _unread_people(past: Mapping[str, Past], directory: Directory) -> frozenset[str]:
    """Of whom findings are, and who may be an entry of the directory that could not be read tonight."""
    named = frozenset(one.finding.employee_id for one in past.values()) - directory.employees.keys() - {""}
    return frozenset(filter(directory.may_lack, named))


def _with_an_end(settings: Settings) -> Settings:
    """The settings of a night that begins now: every source knows when the night's time is over."""
    ends_at = monotonic() + 60 * settings.night.most_minutes
    directory, *sources = (replace(one, ends_at=ends_at) for one in (settings.directory, *settings.sources))
    addresses = replace(settings.addresses, ends_at=ends_at) if settings.addresses else None
    return replace(settings, directory=directory, addresses=addresses, sources=tuple(sources))


def _spared(
    verdicts: Verdicts, inputs: Inputs, policy: Policy, ids: Mapping[str, str], as_of: date
) -> tuple[Verdicts, Register | None, tuple[Problem, ...]]:
    """The verdicts with what spares them, the register as tonight found it, and what of it is unclear."""
    if inputs.exemptions is None:
        return verdicts, None, ()
    codes = agency_codes(inputs.organization)
    shown = partial(without_contacts, system=mail_system(inputs.organization))
    rows = [
        replace(row, what=shown(row.what), granted_by=shown(row.granted_by), reference=shown(row.reference))
        for row in inputs.exemptions
    ]
    granted, unclear = exceptions.understood(rows, inputs.directory, codes, policy)
    rejected = sum(pull.rejected for pull in inputs.pulls if pull.connector == EXCEPTIONS)
    unusable = rejected + len(inputs.exemptions) - len(granted)
    told = tuple(replace(one, reason=quoting_no_contacts(one.reason)) for one in unclear)
    return (*exceptions.spare(verdicts, granted, unusable, ids, policy, as_of), told)


def _left_behind(
    sources: Collection[SourceSettings], retention_days: int, ledger: Ledger, held: Collection[str]
) -> tuple[Problem, ...]:
    """What the ledger keeps of sources that were taken out of audit.toml."""
    left = ledger.retention.left_behind([source.name for source in sources], held)
    return left_sources.problems(left, retention_days)


def _passwords(settings: Settings, organization: Organization) -> Passwords | None:
    """The passwords that close tonight's workbooks, if any does."""
    codes = {agency.agency_code for agency in organization.agencies}
    return passwords(settings.output.password, settings.output.agency_passwords, settings.path, codes)


def publish_again(settings: Settings, *, clock: Callable[[], datetime] = now) -> Night:
    """Write the last judged night's files once more, without reading any source of accounts or people.

    Raises LedgerError before the first run, SourceDown where agencies or registry cannot be read, and as `run` does.
    """
    ours, output = settings.organization, settings.output.folder
    with rare_collections(), only_run_in(output), open_or_begin(output) as ledger:
        last = ledger.last_run()
        if last is None:
            raise LedgerError(f"{ledger.path}: nothing has been judged yet. Run `identity-audit run` first.")
        organization, _ = read_registry(
            ours.unread, ours.agencies, ours.official_accounts, settings.folder, ledger, clock()
        )
        night = _retold(settings, ledger, last.run_id, organization)
        amiss = typed_in_place(output, ledger.reviews.files_read())  # what is there is written over
        night = replace(night, import_problems=tuple(dict.fromkeys((*night.import_problems, *amiss))))
        written = publish(night, output, passwords=_passwords(settings, organization), answer=settings.output.answer)
        ledger.published_again(last.run_id, sha256(written / RUN_JSON))
        without = write_receipts(night, night.receipts, settings.output.reviews)
        night = replace(night, chain=ledger.chain.head(), without_receipt=without)
    return _anchored(settings, REPORT, night, clock())


@contextmanager
def judge_night(settings: Settings) -> Iterator[tuple[tuple[SourceSettings, ...], Path, Ledger]]:
    """Sources, output folder and ledger of a night that counts. Raises AlreadyRunning and LedgerError."""
    output = settings.output.folder
    with only_run_in(output), open_or_begin(output) as ledger:
        remove_copies_of_killed(output)
        yield settings.sources, output, ledger


def refuse_the_future(as_of: date, now: datetime) -> None:
    """Raise UnusableDate for a day to come: every night until then would be refused as lying in the past."""
    if as_of > _today(now):
        raise UnusableDate(
            f"--as-of {as_of.isoformat()} lies in the future; today is {_today(now).isoformat()}. Is the year a typing"
            " error? Nothing was done. `run --rehearse` alone takes a day to come."
        )


def refuse_the_past(ledger: Ledger, as_of: date, now: datetime) -> None:
    """Raise UnusableDate where a later night was judged already; by a clock that was wrong, where it is to come."""
    last = ledger.last_run()
    if not last or as_of >= last.as_of:
        return
    if last.as_of > _today(now):
        raise UnusableDate(
            f"the last run was that of {last.as_of.isoformat()}, and today is {_today(now).isoformat()}: the clock is"
            " wrong, or was wrong then. Set it right. If it is right by now, put the newest backup of before that night"
            " back with `identity-audit restore FILE`: no night is judged here before that day comes."
        )
    raise UnusableDate(
        f"--as-of {as_of.isoformat()} lies before the last run, {last.as_of.isoformat()}: first and last sightings"
        " would become wrong. Use a later day, or another output folder."
    )


def _today(now: datetime) -> date:
    """The present day of the operator's, or that of UTC where it is later."""
    return max(now.date(), now.astimezone().date())
