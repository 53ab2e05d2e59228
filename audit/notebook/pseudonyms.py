"""Stand-ins for people and accounts, so that a night can be looked at with others in the room. Pure.

A pseudonym is not anonymity: finding ids lead whoever has the workbook straight back, and an agency, a day and a rule
together may fit one person only. What is shown this way stays personal data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from audit.model.finding import DISPOSITIONS
from audit.people.identity import known_by
from audit.people.stand_ins import stand_in_digest

if TYPE_CHECKING:
    from audit.notebook.load import Frames

WITHHELD = "(withheld)"
"""Stands for every text that may quote a person or an account."""

PLAIN: Mapping[str, frozenset[str]] = {
    "findings": frozenset((
        "finding_id", "rule_id", "clause", "tier", "severity", "status", "platform", "agency_code", "agency",
        "first_seen", "last_seen", "link_step", "rivals", "sources", "sheet",
    )),
    "evidence": frozenset(("finding_id", "source", "kind", "observed_at")),
    "sources": frozenset((
        "source", "connector", "access", "status", "read", "kept", "dropped", "dropped_by_reason", "rejected",
        "read_before", "requests", "sweep",
    )),
    "cases": frozenset((
        "platform", "sources", "fresh", "work", "unverified", "registration", "contested", "owners", "owner_standing",
        "affiliation", "disclaimer", "agency_code", "agency", "employee_standing", "link_step", "rivals", "official",
        "retired", "seen", "changed_hands", "supervisor_standing", "held_by_state", "holds", "cannot_tell",
        "finding_ids", "seat", "seat_systems", "seat_holder", "seat_unknown", "holder_standing", "holder_agency",
        "shown_on",
    )),
    "changes": frozenset(("run_id", "as_of", "finding_id", "kind", "cause")),
    "dispositions": frozenset((
        "finding_id", "rule_id", "tier", "platform", "agency_code", "agency", "sources", "decided_on", "first_seen",
    )),
}  # fmt: skip
"""What stays as it is, by frame: counts, days, rules, agencies, words out of fixed lists. All other text goes, that of
a column which is not known here too. `coverage`, `sweeps`, `runs`, `trust` and `trends` hold nothing else and stay;
`people` is made of `findings`."""

_EMPLOYEES = ("employee_id", "supervisor_id", "holder_id")
_REVIEWERS = ("reviewer", "who")
_ACCOUNTS = ("identity", "account_id", "handle", "url", "display_name")
_MAILBOXES = (
    "mailbox", "registered_mailbox", "contact_mailbox", "mentioned_mailbox", "shown_mailbox", "registered_email",
    "seat_address",
)  # fmt: skip
_OF_SOURCES = ("reason", "approval")
_SHORTEST = 4

Key = Callable[[str], tuple[str, str]]


def pseudonymous(frames: Frames, secret: str) -> Frames:
    """The night with stand-ins ("Employee 3f2a", "account 91bc", "mailbox 0c7d", "Reviewer e21b") in every frame.

    The same person, account or mailbox has the same stand-in everywhere, and in every night pseudonymized with the same
    `secret` (longer by a digit or two where four are too few to tell all apart). An account's handle, id and address on
    the web become one stand-in. Quotations, sentences and notes become WITHHELD; empty stays empty. Raises ValueError
    for an empty secret, with which anybody who has the HR directory could find the names by trying.
    """
    if not secret:
        raise ValueError(
            "pseudonymous: give a secret, such as secrets.token_hex(); keep it if names must stay the same"
        )
    tables = {name: getattr(frames, name) for name in PLAIN}
    keys = {name: _keys(table) for name, table in tables.items() if table is not None}
    names = _stand_ins((key for columns in keys.values() for column in columns.values() for key in column), secret)
    hidden: dict[str, Any] = {name: _hidden(tables[name], keys[name], names, PLAIN[name]) for name in keys}
    sources = [{**one, **{name: WITHHELD for name in _OF_SOURCES if one.get(name)}} for one in frames.run["sources"]]
    return replace(frames, **hidden, run={**frames.run, "sources": sources})


def _keys(table: pd.DataFrame) -> dict[str, list[tuple[str, str]]]:
    """Who or what each cell of the naming columns means, as (kind, key); the key is "" where the cell is empty."""
    held = {name: _texts(table[name]) for name in table.columns if name in _NAMING}
    keys = {name: [("Employee", text) for text in held[name]] for name in _EMPLOYEES if name in held}
    keys |= {name: [("Reviewer", _folded(text)) for text in held[name]] for name in _REVIEWERS if name in held}
    keys |= {name: [("mailbox", _folded(text)) for text in held[name]] for name in _MAILBOXES if name in held}
    if "employee_name" in held:
        who = held.get("supervisor_id") or [""] * len(table)
        rows = zip(held["employee_id"], who, held["employee_name"], strict=True)
        keys["employee_name"] = [("Employee", (one or other or name) if name else "") for one, other, name in rows]
    if "account_id" in held:
        accounts = _accounts(held)
        for name in _ACCOUNTS:
            if name in held:
                keys[name] = [("account", key if text else "") for key, text in zip(accounts, held[name], strict=True)]
    return keys


_NAMING = frozenset((*_EMPLOYEES, *_REVIEWERS, *_ACCOUNTS, *_MAILBOXES, "employee_name", "platform"))


def _accounts(held: Mapping[str, list[str]]) -> list[str]:
    """What tells each row's account from others: the platform with its id, else its handle, address or mailbox."""
    known = [held[name] for name in ("mailbox", "registered_mailbox", "registered_email") if name in held]
    mailboxes = [next(filter(None, row), "") for row in zip(*known, strict=True)]
    rows = zip(held["platform"], held["account_id"], held["handle"], held["url"], mailboxes, strict=True)
    return [
        f"{platform}:{known_by(account_id, handle, url, _folded(mailbox))}"
        for platform, account_id, handle, url, mailbox in rows
    ]


def _stand_ins(keys: Iterable[tuple[str, str]], secret: str) -> dict[tuple[str, str], str]:
    """A stand-in for each (kind, key), with as many digits as it takes to tell all of a kind apart."""
    digests: dict[str, dict[str, str]] = {}
    for kind, key in keys:
        if key and key not in digests.setdefault(kind, {}):
            digests[kind][key] = stand_in_digest(kind, key, secret)
    named: dict[tuple[str, str], str] = {}
    for kind, known in digests.items():
        digits = _SHORTEST
        while len({digest[:digits] for digest in known.values()}) < len(known):
            digits += 1
        named |= {(kind, key): f"{kind} {digest[:digits]}" for key, digest in known.items()}
    return named


def _hidden(
    table: pd.DataFrame,
    keys: Mapping[str, list[tuple[str, str]]],
    names: Mapping[tuple[str, str], str],
    plain: frozenset[str],
) -> pd.DataFrame:
    changed = {}
    for name in table.columns.difference(list(plain)):
        column = table[name]
        if name in keys:
            held = [names.get(key, "") for key in keys[name]]
        elif name == "disposition":
            held = [text if text in DISPOSITIONS else WITHHELD for text in _texts(column)]
        else:
            held = [WITHHELD] * len(column)
        empty = column.isna() | column.astype("str").eq("")
        changed[name] = pd.Series(held, column.index, "str").astype(_text_type(column)).where(~empty, column)
    return table.assign(**changed)


def _text_type(column: pd.Series) -> Any:
    return column.dtype if isinstance(column.dtype, pd.StringDtype) else "str"


def _texts(column: pd.Series) -> list[str]:
    return ["" if value is None or pd.isna(value) else str(value) for value in column.tolist()]


def _folded(text: str) -> str:
    return text.strip().casefold()
