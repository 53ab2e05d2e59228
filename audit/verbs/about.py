"""`about`: everything held about one person, as a workbook for that person; nothing about anybody else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

from audit.config import Settings
from audit.findings.grounds import held_by
from audit.findings.holds import on_hold
from audit.findings.of_person import OfPerson, findings_of, last_holder, mailboxes_of
from audit.ledger import Ledger, LedgerError, look_into, nights_beside, present
from audit.ledger.sources import key_digest
from audit.model.finding import Finding, Past
from audit.model.night import StoredNight
from audit.model.organization import Organization
from audit.model.settings import SourceSettings
from audit.night import cases_file, disclosures
from audit.night.about_files import about_path
from audit.night.inputs import InputUnusable, read_inputs, read_registry
from audit.night.usable import is_remembered
from audit.people.addresses import MailSystem, mail_system, state_mailbox
from audit.people.directory import Directory
from audit.people.holders import held_alone, noted_holders
from audit.people.identity import bare_id, called, identities
from audit.people.others import Others, names_of, written_names
from audit.report.about import AboutFacts, LookUp, PastStep, about_sheets
from audit.report.notice import notices
from audit.rules import RULES
from audit.workbook.encrypted import write_encrypted
from audit.workbook.passwords import passwords
from audit.workbook.whole_file import make_folder
from audit.workbook.write import write_workbook
from connectors.contract import KeyedOn, SourceDown
from connectors.records import Account, MailSignal, WordsRead

_NOT_TOLD = ("evidence", "registered_others", "unread")


class UnknownEmployee(Exception):
    """Neither HR nor the ledger knows the employee id, or it is several people's: the message says which."""


@dataclass(frozen=True, slots=True)
class _Person:
    """Whom it is about. `holder` as audit.people.holders keeps one; `named` are findings put down to a leaver."""

    employee_id: str
    name: str
    holder: str
    addresses: frozenset[str]
    since: date | None
    named: frozenset[str] = frozenset()


def write_about(settings: Settings, employee_id: str, as_of: date, now: datetime, path: Path | None = None) -> str:
    """Write the workbook and return what the operator is told. The ledger is only read, and nothing else is written.

    Raises UnknownEmployee, LedgerError, ConfigError where the password cannot be had, and OSError.
    """
    output = settings.output.folder
    keys = passwords(settings.output.password, settings.output.agency_passwords, settings.path)
    present(output)
    answer = look_into(output, lambda ledger: about_facts(settings, ledger, employee_id, as_of, now))
    assert answer is not None
    facts, why = answer
    path = path or about_path(output, facts.employee_id, as_of)
    make_folder(path.parent)
    store = partial(write_encrypted, password=keys.main) if keys else None
    title = f"About employee {facts.employee_id}, {as_of.isoformat()}"
    created = datetime.combine(as_of, time(), UTC)
    write_workbook(path, about_sheets(facts), created=created, title=title, store=store)
    return "\n".join([f"wrote {path}", *_told(facts, why)])


def _told(facts: AboutFacts, why: str) -> Iterator[str]:
    """What whoever hands it over should know."""
    if why:
        yield f"The directory could not be read, and the workbook says so: {why}"
    if facts.left_out:
        yield f"{facts.left_out:,} findings under this id or address may be another person's and are left out."
    written = sum(bool(one.finding.note) for one in facts.findings) + sum(map(len, facts.own_words.values()))
    if written and facts.others.complete:
        yield (
            f"{written:,} notes and columns that people typed are in it, without full names, addresses and ids of"
            " others; read them before you hand it over: nobody can find a mere first name."
        )


def about_facts(
    settings: Settings, ledger: Ledger, employee_id: str, as_of: date, now: datetime
) -> tuple[AboutFacts, str]:
    """Everything held about the present holder of an employee id, and why the directory could not be read, if so."""
    last = ledger.last_run()
    if last is None:
        raise LedgerError(f"{ledger.path}: nothing has been judged yet. Run `identity-audit run` first.")
    started_at, stored = ledger.run(last.run_id)
    organization, people, why = _inputs(settings, ledger, as_of, now)
    system = mail_system(organization)
    past = ledger.findings.past()
    supervised = [one for one in organization.official if bare_id(one.supervisor_employee_id) == bare_id(employee_id)]
    person = _person(people, past, employee_id, stored, last.as_of)
    known = bool(person.name or supervised or (people is None and is_remembered(employee_id, ledger.roster())))
    if not known and not any(_is_of(one.finding, employee_id) for one in past.values()):
        raise UnknownEmployee(_unknown(employee_id, why))
    own = findings_of(past.values(), person.employee_id, person.holder, person.addresses, system, person.named)
    person = replace(person, name=person.name or _name_in(own), addresses=person.addresses or mailboxes_of(
        own.findings, system))  # fmt: skip
    ids = {one.finding.finding_id for one in own.findings}
    output = settings.output.folder
    cases = _cases(output / last.as_of.isoformat(), last.run_id, person)
    others = _others(person, people, past, organization, ledger, settings.notice.contact, own, cases)
    own_words = ledger.reviews.own_words()
    rules = tuple(rule.note(settings.organization.policy) for rule in RULES)
    letters = notices(own.findings, settings.organization.policy, organization.name, settings.notice.contact, as_of)
    return AboutFacts(
        employee_id=person.employee_id,
        name=person.name,
        organization=organization.name,
        policy=settings.organization.policy.name,
        contact=settings.notice.contact,
        rights=settings.organization.policy.rights,
        as_of=as_of,
        run_id=last.run_id,
        started_at=started_at,
        directory_read=people is not None,
        retention_days=settings.output.retention_days,
        rules={note.rule_id: note for note in rules},
        findings=tuple(sorted(own.findings, key=lambda one: (one.resolved_on is not None, one.finding.finding_id))),
        left_out=own.left_out,
        accounts=cases,
        fields=tuple(_fields(ledger, person, own, cases or (), system)),
        steps=tuple(_steps(ledger, ids)),
        own_words={name: words for name, words in own_words.items() if name in ids},
        unplaced=tuple(
            (one.finding_id, one.field, _without_reviewer(one.words))
            for one in ledger.reviews.problems(last.run_id)
            if one.finding_id in ids and one.field != "Reviewer"
        ),
        notes=tuple((one.subject, one.text) for one in letters),
        look_ups=tuple(_look_ups(output, settings.sources, person)),
        official=tuple(supervised),
        mentions=tuple(_mentions(ledger, last.run_id, person, system)),
        digests=tuple(_digests(ledger, settings.sources, person, own)),
        nights=tuple(folder.name for folder in nights_beside.folders(output)) if own.findings or cases else (),
        others=others,
        seats=tuple(one for one in ledger.seats.seats(last.run_id) if one.employee_id == person.employee_id),
        uses=tuple(
            one for one in (stored.register.uses if stored.register else ()) if one.employee_id == person.employee_id
        ),
        on_hold=on_hold(settings.holds, tuple(own.findings)).finding_ids & ids,
    ), why


def _inputs(
    settings: Settings, ledger: Ledger, as_of: date, now: datetime
) -> tuple[Organization, Directory | None, str]:
    """The organization, its people (None: they could not be read), and why not."""
    ours, folder = settings.organization, settings.folder
    try:
        inputs = read_inputs(
            ours.unread, ours.agencies, ours.official_accounts, settings.people, folder, ledger, as_of, now
        )
    except (InputUnusable, OSError) as fault:
        why = str(fault)
    else:
        return inputs.organization, inputs.directory, ""
    try:
        organization, _ = read_registry(ours.unread, ours.agencies, ours.official_accounts, folder, ledger, now)
    except (SourceDown, OSError):
        return ours.unread, None, why
    return organization, None, why


def _person(
    people: Directory | None, past: Mapping[str, Past], employee_id: str, stored: StoredNight, last_night: date
) -> _Person:
    if people is None:
        named = {one.finding_id: one.name for one in stored.leavers if bare_id(one.employee_id) == bare_id(employee_id)}
        holder = last_holder(past.values(), employee_id, last_night)
        if not holder and named:  # the last night knew who has left
            holder = next((held_by(past[one].facts) for one in named if one in past), "")
        name = next(iter(named.values()), "")
        return _Person(employee_id, name, holder, frozenset(), None, frozenset(named))
    alike = [one for one in people.employees if bare_id(one) == bare_id(employee_id)]
    one = employee_id if employee_id in people.employees else alike[0] if len(alike) == 1 else ""
    if len(alike) > 1 and not one:
        raise UnknownEmployee(f"{employee_id!r} may be {' or '.join(alike)} in HR. Write the id as HR does.")
    if not one:
        return _Person(employee_id, "", last_holder(past.values(), employee_id, None), frozenset(), None)
    if one in people.contested:
        raise UnknownEmployee(
            f"HR gives the employee id {one} to people of different names; nobody can tell whose it is. Correct HR."
        )
    employee = people.employees[one]
    addresses = frozenset(mailbox for mailbox, owners in people.owners.items() if owners == (one,))
    return _Person(one, employee.name, noted_holders((one,), people), addresses, employee.since)


def _unknown(employee_id: str, why: str) -> str:
    unread = f" The directory could not be read today, and may know it: {why}" if why else ""
    return f"the employee id {employee_id!r} is in neither the directory nor the ledger. Write it as HR does.{unread}"


def _is_of(finding: Finding, employee_id: str) -> bool:
    return bool(finding.employee_id) and bare_id(finding.employee_id) == bare_id(employee_id)


def _name_in(own: OfPerson) -> str:
    return next((one.finding.employee_name for one in own.findings if one.finding.employee_name), "")


def _cases(folder: Path, run_id: str, person: _Person) -> tuple[Mapping[str, Any], ...] | None:
    """The rows of the last night's cases that are tied to the person; None where it stored none."""
    try:
        cases = cases_file.read_cases(folder / cases_file.NAME, run_id)
    except (OSError, ValueError):
        return None
    if cases is None:
        return None
    rows = cases[~cases["official"].fillna(value=False)].astype(object)
    listed: list[dict[str, Any]] = rows.where(rows.notna(), "").to_dict("records")  # type: ignore[assignment]
    return tuple(row for row in listed if _is_theirs(row, person))


def _is_theirs(row: Mapping[str, Any], person: _Person) -> bool:
    mailboxes = {row["registered_mailbox"], row["contact_mailbox"]} - {""}
    if row["employee_id"]:
        named = bare_id(row["employee_id"]) == bare_id(person.employee_id)
        return named and (not row["holders"] or held_alone(row["holders"], person.holder))
    return bool(mailboxes & person.addresses) and held_alone(row["holders"], person.holder)


def _fields(
    ledger: Ledger, person: _Person, own: OfPerson, cases: Collection[Mapping[str, Any]], system: MailSystem
) -> Iterator[tuple[str, str, str, str]]:
    """What the ledger keeps of the person's accounts: (source, account, field, value)."""
    known = {name for row in cases for name in _known_as(row["platform"], row)}
    known |= {
        name
        for one in own.findings
        if one.resolved_on is None and not one.finding.rule_id.startswith("R-")
        for name in _known_as(one.finding.platform, {field: getattr(one.finding, field) for field in _NAMES})
    }
    for source, _, _, account in ledger.sources.accounts():
        mailbox = state_mailbox(account.registered_email, system)
        names = _known_as(account.platform, {field: getattr(account, field) for field in _NAMES})
        if mailbox in person.addresses or (not mailbox and known & names):
            label = f"{account.platform} {called(account)}".strip()
            yield from ((source, label, name, text) for name, text in _kept(account) if text)


_NAMES = ("account_id", "handle", "url")


def _known_as(platform: str, of: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(platform, name) for name in identities(platform, *(of[field] for field in _NAMES))}


def _kept(account: Account) -> Iterator[tuple[str, str]]:
    """Every field of an account as text, whichever it has."""
    for field in fields(account):
        value = getattr(account, field.name)
        if field.name == "provenance":
            yield "where it was read", f"{value.where}, sha256 {value.sha256}"
        elif field.name == "signals":
            yield field.name, "\n".join(map(_signal, value))
        elif field.name == "said":
            yield field.name, "\n\n".join(map(_read, value))
        elif field.name not in _NOT_TOLD:
            yield field.name, _text(value)


def _text(value: object) -> str:
    return "\n".join(map(str, value)) if isinstance(value, tuple) else str(value or "")


def _read(one: WordsRead) -> str:
    """What was read of a profile's words, a line for each thing that there is to say."""
    told = {field.name.replace("_", " "): _text(getattr(one, field.name)) for field in fields(one)}
    return "\n".join(f"{name}: {text}" for name, text in told.items() if text)


def _signal(one: MailSignal) -> str:
    days = f"{one.first_at:%Y-%m-%d} to {one.last_at:%Y-%m-%d}"
    return f"{one.kind}: {one.count:,} mails on {one.days:,} days, {days}"


def _steps(ledger: Ledger, ids: Collection[str]) -> Iterator[PastStep]:
    for one in ledger.chain.said():
        content = one.content
        if content.get("finding_id") not in ids:
            continue
        words = {name: (before, after) for name, (before, after) in content.get("what", {}).items()}
        reason = str(content.get("reason", ""))
        if aside := content.get("set_aside"):  # the sentence has the reviewer's name in it
            told = ", ".join(f"{name.replace('_', ' ')} {word}" for name, word in aside.items() if name != "reviewer")
            reason = f"{content.get('cause', '')}; what was decided before is set aside: {told}"
        kind = str(content.get("kind", ""))
        yield PastStep(str(content["finding_id"]), one.run_id, kind, reason, kind == "decided", words)


def _look_ups(output: Path, sources: tuple[SourceSettings, ...], person: _Person) -> Iterator[LookUp]:
    told = {one.name: one.connector for one in sources}
    for at, source in disclosures.told_about(output, person.addresses):
        on = datetime.fromisoformat(at).astimezone(UTC).date()
        if person.since is not None and on < person.since:
            continue  # the address may have been somebody else's
        connector = told.get(source)
        what = connector.sweep.discloses if connector and connector.sweep else "your address, or a digest of it"
        name = connector.service.name if connector and connector.service else "the platform of this source"
        yield LookUp(on, source, f"{name} was told {what}")


def _mentions(ledger: Ledger, run_id: str, person: _Person, system: MailSystem) -> Iterator[tuple[str, str]]:
    """Rows and files of the last night that could not be used as they stand and that name the person."""
    marks = {person.employee_id, *person.addresses}
    for one in ledger.problems(run_id):
        words = {word.strip(".,;:()'\"“”") for word in one.reason.split()}
        if marks & words or any(state_mailbox(word, system) in person.addresses for word in words if "@" in word):
            yield one.source, f"{one.where}: {one.reason}"
    for leaver in ledger.run(run_id)[1].leavers:
        if leaver.employee_id == person.employee_id:
            yield "Leavers", f"You stand on the list for offboarding: see {leaver.finding_id} for what it is about."


def _digests(
    ledger: Ledger, sources: tuple[SourceSettings, ...], person: _Person, own: OfPerson
) -> Iterator[tuple[str, bool]]:
    yield (
        "Your employee id and your mailbox, in the list by which the next night notices that one has passed on",
        is_remembered(person.employee_id, ledger.roster()),
    )
    yield "Your names and first day, in your findings, to notice that an id has passed on", bool(own.findings)
    for source in sources:
        if source.connector.sweep and source.connector.sweep.keyed_on is KeyedOn.EMPLOYEES:
            asked = ledger.sources.last_answers(source.name)
            there = any(key_digest(source.name, address) in asked for address in person.addresses)
            yield f"Your address among those that {source.name} was asked about", there


def _others(
    person: _Person,
    people: Directory | None,
    past: Mapping[str, Past],
    organization: Organization,
    ledger: Ledger,
    contact: str,
    own: OfPerson,
    cases: Collection[Mapping[str, Any]] | None,
) -> Others:
    """Everybody else, as far as they are known: employees, whom findings name, and who has ever decided."""
    deciders = {str(one.content.get("who", "")) for one in ledger.chain.said()}
    listed = people.employees.values() if people else ()
    written = [text for one in listed for text in (one.name, *written_names(*one.written))]
    written += deciders
    written += [name for one in past.values() for name in (one.finding.employee_name, *_reviewers(one)) if name]
    mine = [person.name, *(one.finding.employee_name for one in own.findings)]
    if people and (me := people.employees.get(person.employee_id)):
        mine += written_names(*me.written)
    ids = {one.employee_id for one in listed} | {entry.supervisor_employee_id for entry in organization.official}
    ids |= {one.finding.employee_id for one in past.values()}
    handles = {one.finding.handle for one in own.findings} | {str(row["handle"]) for row in cases or ()}
    return Others(
        system=mail_system(organization),
        names=names_of(written),
        ids=frozenset(one for one in ids if one and bare_id(one) != bare_id(person.employee_id)),
        mine=names_of(mine),
        addresses=person.addresses,
        kept=(contact, *sorted(handle for handle in handles if "@" in handle.lstrip("@"))),
        complete=people is not None,
    )


def _without_reviewer(words: str) -> str:
    return "\n".join(line for line in words.splitlines() if not line.startswith("Reviewer: "))


def _reviewers(one: Past) -> tuple[str, ...]:
    return (one.finding.reviewer, one.earlier.reviewer if one.earlier else "")
