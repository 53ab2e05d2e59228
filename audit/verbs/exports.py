"""What a file that somebody hands in is: an HR directory, accounts, a registry, agencies, exceptions, or a log.

Told by its headings alone, and by nothing else: a file's name is no evidence. Where no kind fits, or two do, that is
the answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path

from audit.night.headings import Proposal, known_headings, meaning_of, propose
from audit.verbs.one_export import SAID, WORTH, Export
from audit.verbs.registries import as_registry
from connectors import (
    accounts_csv,
    agencies_csv,
    barracuda_cloud,
    exceptions_csv,
    exchange_trace,
    exchange_tracking,
    files,
    google_mail_log,
    hr_csv,
    proofpoint_log,
    saas_inventory,
    signin_log,
)
from connectors.contract import Raw, Source, SourceDown, folded
from connectors.files import registry_layout
from connectors.mail import syslog
from connectors.mail.log_files import Shape
from connectors.platforms import profile
from connectors.records import Account, OfficialAccount, Person

LOOKED_AT = 200
"""Rows that are looked at to tell the headings."""
TRACES: tuple[tuple[str, Shape], ...] = (
    ("exchange_trace", exchange_trace.SHAPE),
    ("google_mail_log", google_mail_log.SHAPE),
    ("proofpoint_log", proofpoint_log.SHAPE),
    ("barracuda_cloud", barracuda_cloud.SHAPE),
)
SIGN_INS = {
    "signin_log": (signin_log.SYNONYMS, signin_log.REQUIRED),
    "saas_inventory": (saas_inventory.SYNONYMS, ("address", "application", "how", ("domain", "last_at"))),
}
"""The headings of logs of sign-ins and of inventories of applications, and by which of their fields they are known: an
inventory says how it found an account, which no export of accounts does."""
LINES = tuple(name for name in syslog.CONNECTORS.values() if name)
"""Mail logs that are lines, or objects of JSON."""
JOINED = (
    *("hr_csv", "agencies_csv", "official_csv", "exchange_tracking"),
    *(name for name, _ in TRACES),
    *LINES,
    *SIGN_INS,
)
"""What one source reads where several files have the same headings; each file of accounts is a source of its own."""
TABLES = (".csv", ".tsv", ".xlsx", ".zip", ".parquet")
"""Files that hold no lines of a mail log."""
LOGS = ("mail.log", "maillog")
OWN = tuple(dict.fromkeys((*hr_csv.FIELDS, *accounts_csv.FIELDS, *registry_layout.FIELDS, *agencies_csv.FIELDS)))
"""The fields that some connector reads by their own names."""
IDENTITIES = {"handle", "account_id", "url", "registered_email"}


def recognize(path: Path) -> Export:
    """What the file is. Nothing of its rows is kept."""
    name = path.name.lower().removesuffix(".gz")
    if log := _log(path, name):
        return Export(path, log)
    source = Source("export", path.parent, {"path": str(path.resolve())})
    known = [heading for record in (Person, Account, OfficialAccount) for heading in known_headings(record)]
    known += [heading for _, shape in TRACES for spelled in shape.spellings.values() for heading in spelled]
    known += [heading for synonyms, _ in SIGN_INS.values() for spelled in synonyms.values() for heading in spelled]
    try:
        seen = list(islice(files.rows(source, OWN, known=known), LOOKED_AT))
    except SourceDown as fault:
        return Export(path, "", str(fault))
    headings = tuple(dict.fromkeys(one for table in source.tables.values() for one in table.headings if one))
    export = _by_headings(path, headings)
    if not any(isinstance(one, Raw) for one in seen):
        export = Export(path, "", f"{path.name} has no row below its headings.", headings)
        if not any(map(profile, headings)):
            return export
    try:
        return as_registry(export, source, known=export.connector not in ("", "accounts_csv", "official_csv"))
    except SourceDown:
        return export


def _log(path: Path, name: str) -> str:
    """The mail log that a file is, told by its first lines, else by its name; empty for none."""
    if name.endswith(TABLES):
        return ""
    if exchange_tracking.is_tracking(path):
        return "exchange_tracking"
    return _of_lines(path) or ("postfix_log" if name.endswith(".log") or name.startswith(LOGS) else "")


def _of_lines(path: Path) -> str:
    """The connector that reads the lines of a mail log; empty where it is none, or cannot be opened."""
    try:
        found = syslog.connector_for(path)
    except (SourceDown, OSError):
        return ""
    return found if found in SAID else ""


def join_alike(found: Iterable[Export]) -> list[Export]:
    """The exports, with those that one source reads joined: of people, agencies, registries or one kind of mail log,
    and with the same headings, as where each department or each day has a file of its own."""
    joined: dict[object, Export] = {}
    for one in found:
        alike = (one.connector, frozenset(map(folded, one.headings))) if one.connector in JOINED else one.path
        first = joined.get(alike)
        joined[alike] = replace(first, more=(*first.more, one.path)) if first else one
    return list(joined.values())


def has_more(one: Export, other: Export) -> str:
    """What a directory has columns for and another has not, in words, as far as that made it worth more."""
    more = [name for name in WORTH if name in one.proposal.columns and name not in other.proposal.columns]
    return ", ".join(more) if more else "as much, and was named first"


def _by_headings(path: Path, headings: tuple[str, ...]) -> Export:
    own = {folded(one) for one in headings}
    people = propose(headings, Person, hr_csv.FIELDS)
    official = propose(headings, OfficialAccount, registry_layout.FIELDS)
    accounts = propose(headings, Account, accounts_csv.FIELDS)
    of_official, of_account, of_person = _maybe(official), _maybe(accounts), _maybe(people)
    named = {"given_name", "family_name", "full_name", "work_email"} & of_person
    export = Export(path, "", f"the headings of {path.name} are those of no known export.", headings)
    if trace := _trace(headings):
        export = Export(path, trace, "", headings)
    elif sign_ins := next((name for name in SIGN_INS if _shows_sign_ins(name, own)), ""):
        export = Export(path, sign_ins, "", headings)
    elif {"agency_code", "name"} <= own and own & {"acronyms", "aliases", "domains", "handles", "parent_code"}:
        export = Export(path, "agencies_csv", "", headings)
    elif {"granted_by", "until"} <= (papers := _of_exceptions(own)) and papers & {"reference", "rule", "clause"}:
        export = Export(path, "exceptions_csv", "", headings)
    elif "platform" in of_official and IDENTITIES & of_official and _says_whose(official):
        export = Export(path, "official_csv", "", headings, official)
    elif "platform" in of_account and IDENTITIES & of_account and "employee_id" not in people.columns:
        export = Export(path, "accounts_csv", "", headings, accounts)
    elif named and ("employee_id" in people.columns or len(named) > 1):
        export = Export(path, "hr_csv", _lacking(people), headings, people)
    elif {"handle", "account_id"} & of_account and "registered_email" in of_account:
        why = f'no column of {path.name} says the platform: say it for the file, platform = "…"'
        export = Export(path, "accounts_csv", why, headings, accounts)
    return export


def _shows_sign_ins(connector: str, own: Collection[str]) -> bool:
    """Whether folded headings have all by which a log of sign-ins, or an inventory of applications, is known."""
    synonyms, required = SIGN_INS[connector]
    has = {name for name, spelled in synonyms.items() if {name, *map(folded, spelled)} & set(own)}
    return all(has & ({needed} if isinstance(needed, str) else set(needed)) for needed in required)


def _of_exceptions(own: Collection[str]) -> set[str]:
    """The fields of a register of exceptions that folded headings name."""
    spelled = {name: {name, *exceptions_csv.SYNONYMS.get(name, ())} for name in exceptions_csv.FIELDS}
    return {name for name, spellings in spelled.items() if not spellings.isdisjoint(own)}


def _maybe(found: Proposal) -> set[str]:
    """The fields that have a column, or may have one."""
    return {*found.columns, *(name for fields in found.asked.values() for name in fields)}


def _says_whose(official: Proposal) -> bool:
    """Whether a column says whose an account is, and is none that exports of accounts have for something else."""
    found = {heading: (name,) for name, heading in official.columns.items()} | official.asked
    whose = {"agency_code", "supervisor_employee_id", "supervisor_email"}
    return any(whose & set(fields) and not meaning_of(heading, Account).known for heading, fields in found.items())


def _lacking(people: Proposal) -> str:
    """What a directory needs and this export has no sure column for."""
    lacks = [] if "employee_id" in people.columns else ["employee_id"]
    lacks += [] if set(hr_csv.NAMES) & people.columns.keys() else ["a name"]
    lacks += [] if {"work_email", "other_emails"} & people.columns.keys() else ["work_email"]
    return f"no column is surely {' or '.join(lacks)}" if lacks else ""


def _trace(headings: tuple[str, ...]) -> str:
    """The mail log whose headings these are; empty where they are none's."""
    own = {folded(one) for one in headings}
    found = []
    for name, shape in TRACES:
        has = {one for one, spelled in shape.spellings.items() if own & set(spelled)}
        recipient = has & {"recipient_address", "recipient_status"}
        if "sender" in has and recipient and all(has & set(needed) for needed in shape.required):
            found.append((name, len(has)))
    return max(found, key=lambda one: one[1])[0] if found else ""
