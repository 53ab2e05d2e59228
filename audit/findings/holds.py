"""What a legal hold keeps: the findings of a person, or single ones, whatever their age. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from audit.findings.grounds import held_by
from audit.model.finding import Past
from audit.model.night import HoldCount
from audit.model.settings import Hold, Holds
from audit.people.holders import holds_it
from audit.people.identity import bare_id


@dataclass(frozen=True, slots=True)
class OnHold:
    """What [holds] keeps: the ids of findings, how much it names, and what it names that nobody and nothing has."""

    finding_ids: frozenset[str]
    count: HoldCount
    unknown: tuple[str, ...]
    """A sentence each."""
    people: frozenset[str] = frozenset()
    """Whom it names, by employee id as ids are compared (`bare_id`)."""
    mailboxes: frozenset[str] = frozenset()
    """The state addresses of these findings."""


def on_hold(holds: Holds, past: Collection[Past], people: Iterable[str] = ()) -> OnHold:
    """What is on hold. `past` has every finding of the ledger, `people` the directory's employee ids, if it was read.

    A person's findings are those that name them, and those about an address or an account of which they are a holder.
    """
    ids: set[str] = set()
    unknown: list[str] = []
    known = {bare_id(one) for one in people} if holds.people else set()
    for hold in holds.people:
        own = {one.finding.finding_id for one in past if _is_about(one, hold.id)}
        ids |= own
        if not (own or hold.nothing_yet) and bare_id(hold.id) not in known:
            unknown.append(_nobodys(hold, "people", "an employee id that nobody has"))
    every = {one.finding.finding_id.casefold(): one.finding.finding_id for one in past}
    for hold in holds.findings:
        if hold.id.casefold() in every:
            ids.add(every[hold.id.casefold()])
        elif not hold.nothing_yet:
            unknown.append(_nobodys(hold, "findings", "a finding that is not in the ledger"))
    named = frozenset(bare_id(hold.id) for hold in holds.people)
    single = {hold.id.casefold() for hold in holds.findings}
    mailboxes = frozenset(one.finding.mailbox for one in past if one.finding.finding_id in ids and one.finding.mailbox)
    return OnHold(frozenset(ids), HoldCount(len(named), len(single), len(ids)), tuple(unknown), named, mailboxes)


def holds_in_words(holding: OnHold) -> Iterator[str]:
    """What is on hold, for an operator; nothing where [holds] names nothing."""
    if holding.count:
        yield f"{holding.count}."
    yield from holding.unknown


def _is_about(one: Past, employee_id: str) -> bool:
    named = one.finding.employee_id
    return bool(named and bare_id(named) == bare_id(employee_id)) or holds_it(held_by(one.facts), employee_id)


def _nobodys(hold: Hold, name: str, what: str) -> str:
    return (
        f"[holds] {name} has {hold.id!r}, {what}: it keeps nothing, and purge removes nothing while it is there."
        f' Correct it in audit.toml, or take it out; if it is right, write {{ id = "{hold.id}", nothing_yet = true }}.'
    )
