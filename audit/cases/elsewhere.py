"""Accounts that one source shows with a state address, and another one, later, with another address or as gone. Pure.

Within a source, audit.cases.other_address compares rows; here what a source says of an account is held against what
the others say. A statement that says when it was made gives way to a newer one, and one that does not to none.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from math import inf

from audit.cases.other_address import AddressesShown, sought_in_others
from audit.cases.tie import People, Sighting
from audit.model.statement import Statement
from audit.people.addresses import MailSystem, state_mailbox
from connectors.records import Account

GONE = "says that this account, or its address, is gone or switched off"


def said_against(
    shown: Mapping[str, AddressesShown], registered: Callable[[], Iterable[tuple[str, Account]]], system: MailSystem
) -> dict[str, list[tuple[str, float, float]]]:
    """By source, (account's digest, when last shown with another address, when as ended) of what tonight's sources say
    of accounts that others show with a state address: `registered`, each with its source, as often as it is called."""
    names = array("q")
    for _, account in registered():
        if mailbox := state_mailbox(account.registered_email, system):
            names.extend(sought_in_others(account, mailbox))
    said = {source: of for source, words in shown.items() if (of := words.said_of(names))}
    found: dict[str, dict[str, tuple[float, float]]] = {source: {} for source in said}
    for owner, account in registered() if said else ():
        mailbox = state_mailbox(account.registered_email, system)
        sought = set(sought_in_others(account, mailbox)) if mailbox else set()
        for source, of in said.items():
            about = [of[name] for name in sought if name in of]
            if about and source != owner:
                latest = max(other for other, _ in about), max(ended for _, ended in about)
                found[source][account_digest(account, mailbox)] = latest
    return {source: [(one, *moments) for one, moments in sorted(of.items())] for source, of in found.items()}


def contradicted(
    sightings: list[Sighting],
    said: Mapping[str, tuple[Statement, ...]],
    asked: Collection[str],
    system: MailSystem,
) -> list[Sighting]:
    """Write into the list, in the place of each sighting that a newer statement of another source contradicts, what
    that says; these sightings. `asked` are the sources that show an account as it is when they are asked."""
    found: list[Sighting] = []
    for place, one in enumerate(sightings if said else ()):
        mailbox = "" if one.work else state_mailbox(one.account.registered_email, system)
        if not mailbox or one.account.against:
            continue
        others = [s for s in said.get(account_digest(one.account, mailbox), ()) if s.source != one.source]
        if words := _against(others, _shown_at(one, asked)):
            sightings[place] = replace(one, account=replace(one.account, against=words))
            found.append(sightings[place])
    return found


def shown_for_another(group: Sequence[Sighting], mailbox: str, people: People) -> str:
    """That another source shows the account of these sightings, not earlier, with the state address of somebody else
    than this `mailbox` is, as a sentence; empty where none does."""
    system, mine = people.directory.system, [-inf]
    others: list[Statement] = []
    for one in group:
        shown = state_mailbox(one.account.registered_email, system)
        if shown == mailbox:
            mine.append(_shown_at(one, ()))
        elif (
            shown
            and not one.contested
            and not (people.owner(shown)[0] and people.owner(shown) == people.owner(mailbox))
        ):
            at = _shown_at(one, ())
            others.append(Statement(one.source, inf if at == -inf else at, -inf))
    return _against(others, max(mine), "another state address") if mailbox else ""


def account_digest(account: Account, mailbox: str) -> str:
    """What stands for an account's name and mailbox in the ledger, from night to night."""
    parts = (account.platform, account.account_id, account.handle, account.url, mailbox)
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


def _shown_at(one: Sighting, asked: Collection[str]) -> float:
    """When the account was shown with its address (POSIX seconds); minus infinity where nobody says."""
    if one.account.signals:
        return max(signal.last_at for signal in one.account.signals).timestamp()
    observed = one.account.provenance.observed_at
    dated = one.account.dated or one.source in asked
    return observed.timestamp() if dated and observed else -inf


def _against(others: Iterable[Statement], shown_at: float, with_what: str = "another address") -> str:
    ended, at, source = max(
        ((one.ended_at > one.other_at, max(one.ended_at, one.other_at), one.source) for one in others),
        key=lambda said: said[1],
        default=(False, -inf, ""),
    )
    if at < shown_at or not source:
        return ""
    says = GONE if ended else f"shows it with {with_what}"
    if at == inf or shown_at in (-inf, at):
        when = ", and nothing says which of the two is newer"
    else:
        when = f", as of {datetime.fromtimestamp(at, UTC).date().isoformat()}, which is newer"
    return f"But the source {source!r} {says}{when}, so it may not be registered with this one any more."
