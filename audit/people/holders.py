"""Who holds a mailbox or an employee id, and whether that is still the same person as on an earlier night. Pure.

Mailboxes and employee ids are given again. A finding keeps its holders as digests, so that a later night notices when
one of them has passed to another person, and holds nothing of the first against the second.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date

from audit.people.directory import Directory
from audit.people.identity import bare_digits, bare_id

LEAST_WORDS = 2
"""Words that a name needs to be found again within a longer one ("Ada Roy" in "Ada Maria Roy")."""


@dataclass(frozen=True, slots=True)
class Holder:
    """One person as digests: the employee id, the words of the given names and of all names, the first day."""

    employee_id: str
    given: tuple[str, ...]
    names: tuple[str, ...]
    since: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What an earlier night noted of an account: since when, by which address, held by whom (`noted_holders`)."""

    on: date
    address: str
    holders: str


Before = Mapping[tuple[str, str], Sequence[Seen]]
"""(platform, what an account is known by) → what earlier nights noted of it, in no order."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What somebody decided about whose an account is: `confirmed` to be the employee's, or not to be.

    `value` is the address or name that tied it then, `holders` (`noted_holders`) tells whether the id has passed on.
    """

    account_id: str
    employee_id: str
    confirmed: bool
    on: date | None
    value: str
    holders: str


Rulings = Mapping[tuple[str, str], Sequence[Ruling]]
"""(platform, what an account is known by) → what was decided about whose it is, in no order."""


def short_digest(text: str) -> str:
    """A short digest of a text, "" for none."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12] if text else ""


def noted_holders(employee_ids: Iterable[str], directory: Directory) -> str:
    """The holders of a mailbox or an employee id as a text that a finding can keep; "" for nobody."""
    found = (directory.employees.get(one) for one in employee_ids)
    people = sorted(
        (
            short_digest(bare_id(one.employee_id)),
            tuple(sorted(map(short_digest, one.given.split()))),
            tuple(sorted(map(short_digest, one.names.split()))),
            short_digest(one.since.isoformat() if one.since else ""),
        )
        for one in found
        if one is not None
    )
    return json.dumps(people, separators=(",", ":")) if people else ""


def holder_named(employee_id: str, name: str) -> str:
    """The holder of whom only id and (folded) name are known: of a finding from before holders were noted."""
    one = Holder(short_digest(bare_id(employee_id)), (), tuple(sorted(map(short_digest, name.split()))), "")
    return json.dumps([astuple(one)], separators=(",", ":")) if employee_id else ""


def holds_it(holders: str, employee_id: str) -> bool:
    """Whether an employee is one of the holders that a finding keeps."""
    return any(one.employee_id == short_digest(bare_id(employee_id)) for one in _people(holders))


def passed(before: str, after: str) -> bool:
    """Whether somebody holds it now who did not hold it before; False where either night knows of nobody."""
    old, new = _people(before), _people(after)
    return bool(old and new) and any(not any(same_person(one, other) for other in old) for one in new)


def renumbered(holders: str, employee_id: str, now: str, new_id: str) -> bool:
    """Whether the one person of `holders`, who had one employee id, is the one of `now`, who has another: name and
    first day are the same. Where ids differ by zeros, or what stands around their digits, alone, they are one id
    (`same_person`). False where either knows of nobody, or of several."""
    old, new = _people(holders), _people(now)
    if len(old) != 1 or len(new) != 1:
        return False
    digits = bare_digits(employee_id)
    alike = bare_id(employee_id) == bare_id(new_id) or bool(digits and digits == bare_digits(new_id))
    return same_person(replace(old[0], employee_id=new[0].employee_id) if alike else old[0], new[0])


def held_alone(holders: str, now: str) -> bool:
    """Whether one person alone held it, who is (the one person of) `now`; False where either knows of nobody."""
    old, new = _people(holders), _people(now)
    return len(old) == 1 and len(new) == 1 and same_person(old[0], new[0])


def same_person(one: Holder, other: Holder) -> bool:
    """Whether two nights speak of one person.

    With the same employee id (leading zeros and ".0" aside): the names are alike, or a word of them is and the first
    day is the same, or a given name is (a marriage) and the first day is not known to differ. With another id: names
    and first day are the same. What one of the nights does not know contradicts nothing where the id is the same.
    """
    same_day = bool(one.since and one.since == other.since)
    if one.employee_id != other.employee_id:
        return same_day and bool(one.names) and _alike(one.names, other.names)
    if not one.names or not other.names or _alike(one.names, other.names):
        return True
    if same_day:
        return bool({*one.names} & {*other.names})
    return not (one.since and other.since) and bool({*one.given} & {*other.given})


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    short, long = sorted(({*one}, {*other}), key=len)
    return short == long or (len(short) >= LEAST_WORDS and short <= long)


def _people(text: str) -> list[Holder]:
    return [Holder(one, tuple(given), tuple(names), since) for one, given, names, since in json.loads(text or "[]")]
