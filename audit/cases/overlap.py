"""Whether an account and the employment of the person it is tied to overlap, as far as anybody can tell. Pure.

Mailboxes are given again: an account that is older than the employment may be a former holder's. Unknown is an answer:
where a day cannot be read, the tie is in doubt, and every rule that names the person gives a lead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from audit.cases.tie import People, Sighting, Tie
from audit.model.finding import LinkStep
from audit.people.directory import Employee, Standing
from audit.people.holders import Before, Seen, noted_holders, passed
from audit.people.identity import noted_under
from connectors.records import FIRST_SIGN_IN, SILENT_KINDS, Strength


@dataclass(frozen=True, slots=True)
class _Life:
    """What is known of an account's age: when it was created, the first day on which something showed it, and the
    names of days that are there and cannot be read."""

    created: date | None
    first: date | None
    unread: tuple[str, ...]
    seen: tuple[Seen, ...]


def overlap(group: Sequence[Sighting], tied: Tie, people: People, before: Before) -> dict[str, str]:
    """The columns `dates`, `doubt` and `holders` of an account's case, as sentences; empty where there is nothing.

    `doubt` says why the tie falls short though the address is the person's alone. `before` is what earlier nights
    noted of the accounts.
    """
    ids = _holders_of(tied, people)
    held_by = noted_holders(ids, people.directory)
    if len(ids) != 1 or ids[0] not in people.directory.employees:
        return {"dates": "", "doubt": "", "holders": held_by}
    employee = people.directory.employees[ids[0]]
    life = _life(group, _before(group, tied, before))
    return {
        "dates": _dates(life, employee),
        "doubt": _doubt(life, employee, held_by, dated=people.directory.dated),
        "holders": held_by,
    }


def _holders_of(tied: Tie, people: People) -> tuple[str, ...]:
    if tied.step in (LinkStep.NAME_WITH_AGENCY, LinkStep.CONFIRMED):
        return (tied.employee_id,) if tied.employee_id else ()
    return people.directory.owners.get(tied.value, ())


def _dates(life: _Life, employee: Employee) -> str:
    since = f"employed since {employee.since.isoformat()}" if employee.since else "employed since an unknown day"
    older = life.first is not None and employee.since is not None and life.first < employee.since
    told = [f"account created {life.created.isoformat()}"] if life.created else []
    if older and life.first and not (life.created and life.created <= life.first):
        told.append(f"first sign of it {life.first.isoformat()}")
    said = f"{'; '.join([*told, since])}." if told else ""
    return said[:1].upper() + said[1:]


def _doubt(life: _Life, employee: Employee, held_by: str, *, dated: bool) -> str:
    """The weightiest reason; nothing of somebody who has left, since nobody is named then."""
    start = f"on {employee.since.isoformat()}" if employee.since else "later"
    unread = " and ".join(life.unread)
    days = [day for day in (life.created, life.first) if day is not None]
    reasons = (
        (employee.standing is Standing.LEFT, ""),
        (
            employee.standing is Standing.NOT_YET,
            f"But the owner of this address starts only {start}, says the directory.",
        ),
        (
            employee.standing is not Standing.CURRENT,
            "But the directory does not say clearly whether the owner of this address is employed.",
        ),
        (
            _was_anothers(life.seen, held_by),
            "But the account was seen while this address was somebody else's, so it may be a former holder's.",
        ),
        (
            any(employee.since is not None and day < employee.since for day in days),
            "But the account was there before the employment began, so it may be a former holder's.",
        ),
        (
            dated and life.created is not None and employee.since is None,
            "But the directory does not say since when the owner is employed, so it may be a former holder's.",
        ),
        (
            dated and bool(unread),
            f"But the account's {unread} could not be read, so it may be older than the employment.",
        ),
    )
    return next((words for holds, words in reasons if holds), "")


def _was_anothers(seen: Sequence[Seen], held_by: str) -> bool:
    """Whether the first who are known to have held the address, when the account was seen, were others."""
    known = [one for one in seen if one.holders]
    first = min((one.on for one in known), default=None)
    return bool(known) and all(passed(one.holders, held_by) for one in known if one.on == first)


def _life(group: Sequence[Sighting], seen: tuple[Seen, ...]) -> _Life:
    created = min((day for s in group if (day := _day(s.account.created_at))), default=None)
    unread = {name for s in group for name in s.account.unread} - {"registered_email"}
    if created:
        unread.discard("created_at")
    return _Life(created, min(_signs(group, seen), default=None), tuple(sorted(unread)), seen)


def _signs(group: Sequence[Sighting], seen: Sequence[Seen]) -> Iterator[date]:
    """The days on which something showed that there is such an account."""
    for sighting in group:
        if day := _day(sighting.account.provenance.observed_at):
            yield day
        for piece in sighting.account.evidence:
            if piece.kind == FIRST_SIGN_IN and (day := _day(piece.observed_at)):
                yield day
        for signal in sighting.account.signals:
            if signal.days and signal.kind not in SILENT_KINDS and signal.strength is not Strength.NONE:
                yield signal.first_at.astimezone(UTC).date()
    yield from (one.on for one in seen)


def _before(group: Sequence[Sighting], tied: Tie, before: Before) -> tuple[Seen, ...]:
    """What earlier nights noted of this account: of its age whatever it was tied by, of the holders by this address."""
    found: dict[Seen, None] = {}
    for sighting in group:
        account = sighting.account
        for name in noted_under(account.platform, account.account_id, account.handle, account.url, tied.value):
            found |= dict.fromkeys(before.get((account.platform, name), ()))
    return tuple(one if one.address == tied.value else Seen(one.on, one.address, "") for one in found)


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(UTC).date() if moment else None
