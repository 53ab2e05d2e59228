"""The HR directory of a made state: columns of numbers, turned into rows only as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from making.agencies import Words
from making.draws import Ints, below, mail_word, objects, shuffled, stream, table, weighted

HEADINGS = (
    "employee_id", "given_name", "family_name", "preferred_name", "work_email", "other_emails",
    "agency_code", "agency", "title", "status", "start_date", "end_date",
)  # fmt: skip
ACTIVE, LEAVE, TERMINATED = range(3)
STATUSES = ("active", "leave", "terminated")
PAIRED = ("joint", "namesake_same", "namesake_other")
CHUNK = 50_000
NOBODY = -1
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class People:
    """Employees 0 to n - 1 as arrays of length n; texts stand once, in the lists that the arrays point into.

    `serial` counts the people before this one with the same mail words; `alias` is 1 where the person has a second
    address; `team` is the number of a mailbox shared with one colleague, else -1; days count from 1970-01-01 and
    are -1 where there is none.
    """

    given_names: list[str]
    family_names: list[str]
    titles: list[str]
    agencies: list[Words]
    given: Ints
    family: Ints
    preferred: Ints
    agency: Ints
    title: Ints
    status: Ints
    alias: Ints
    team: Ints
    started: Ints
    ended: Ints
    serial: Ints

    def __len__(self) -> int:
        return len(self.given)

    def name(self, at: int) -> str:
        """Given and family name of one person, as people write it."""
        return f"{self.given_names[self.given[at]]} {self.family_names[self.family[at]]}".strip()

    def given_name(self, at: int) -> str:
        """Given name of one person."""
        return self.given_names[int(self.given[at])]

    def local_part(self, at: int) -> str:
        """What stands before the @ of the person's work address."""
        words = mail_word(self.given_names[self.given[at]]), mail_word(self.family_names[self.family[at]])
        number = (str(self.serial[at] + 1),) if self.serial[at] else ()
        return ".".join((*filter(None, words), *number))

    def alias_part(self, at: int) -> str:
        """What stands before the @ of the second address; the person's number keeps it unique."""
        given, family = self.given_names[self.given[at]], self.family_names[self.family[at]]
        return f"{mail_word(given)[:1]}{mail_word(family)}{at}"

    def team_mailbox(self, at: int) -> str:
        """The address that this person and one colleague both have in HR."""
        return f"team{self.team[at]}.desk@maine.gov"

    def other_emails(self, at: int) -> str:
        """The other addresses that HR has, joined by semicolons."""
        alias = f"{self.alias_part(at)}@maine.gov" if self.alias[at] else ""
        team = self.team_mailbox(at) if self.team[at] >= 0 else ""
        return ";".join(filter(None, (alias, team)))

    def words(self, at: int) -> Words:
        """The person's agency."""
        return self.agencies[int(self.agency[at])]


def employee_id(at: int) -> str:
    """Eight digits with leading zeros; neighbours are three apart, so that a slip of one digit names nobody."""
    return f"{117 + 3 * at:08d}"


def day(number: int) -> str:
    """A count of days from 1970-01-01 as an ISO date; empty for -1."""
    return date.fromordinal(EPOCH + number).isoformat() if number >= 0 else ""


def days(first: str, last: str) -> tuple[int, int]:
    """Two ISO dates as day counts: the first, and how many days lie between."""
    start = int(np.datetime64(first, "D").astype(np.int64))
    return start, int(np.datetime64(last, "D").astype(np.int64)) - start


def rows(people: People) -> Iterator[tuple[str, ...]]:
    """hr.csv row by row, in the order of the employee ids."""
    names = objects([*people.given_names, ""])  # the last one is what position -1 finds: no preferred name
    codes = objects([words.code for words in people.agencies])
    agencies = objects([words.name for words in people.agencies])
    for start in range(0, len(people), CHUNK):
        part = slice(start, min(start + CHUNK, len(people)))
        ats = range(part.start, part.stop)
        yield from zip(
            map(employee_id, ats),
            names[people.given[part]],
            objects(people.family_names)[people.family[part]],
            names[people.preferred[part]],
            (f"{people.local_part(at)}@maine.gov" for at in ats),
            map(people.other_emails, ats),
            codes[people.agency[part]],
            agencies[people.agency[part]],
            objects(people.titles)[people.title[part]],
            objects(STATUSES)[people.status[part]],
            map(day, people.started[part].tolist()),
            map(day, people.ended[part].tolist()),
            strict=True,
        )


def make_people(
    count: int, seed: int, agencies: list[Words], needs: Mapping[str, int]
) -> tuple[People, dict[str, list[int]]]:
    """Invent `count` people, and set aside as many of each kind as `needs` asks for.

    Returns the people and, per kind, the positions of those set aside; of a pair only the first is listed.
    Raises ValueError where `count` is too small for the needs.
    """
    rng = stream(seed, 1)
    pools, free = _pools(shuffled(rng, count), needs)
    given_names, family_names, given, family, preferred = _names(rng, count)
    agency = weighted(rng, [words.headcount for words in agencies], count)
    status, started, ended = _service(rng, count, pools)
    for kind in ("namesake_same", "namesake_other"):
        for pair, (one, other) in enumerate(pools[kind]):
            if kind == "namesake_other":  # a family name that nobody else has: the agency alone tells the two apart
                family_names.append(f"{family_names[family[one]]}-{family_names[pair]}")
                family[one] = len(family_names) - 1
                agency[other] = (agency[one] + 1 + pair % (len(agencies) - 1)) % len(agencies)
            else:
                agency[other] = agency[one]
            given[other], family[other] = given[one], family[one]
    _unusual_names(pools["unusual"], given_names, family_names, given, family)
    set_aside = np.array([at for pool in pools.values() for at in np.ravel(pool)], dtype=np.int64)
    preferred[set_aside] = NOBODY
    chosen = {kind: [int(np.ravel(one)[0]) for one in pool] for kind, pool in pools.items()}
    candidates = free[status[free] == ACTIVE]
    chosen["unique"] = _unique(candidates, (given, preferred, family, agency), needs.get("unique", 0))
    alias = (rng.random(count) < 0.06).astype(np.int64)
    alias[set_aside] = 0
    alias[np.array(chosen["alias"], dtype=np.int64)] = 1
    team = np.full(count, NOBODY, dtype=np.int64)
    for number, pair_of_people in enumerate(pools["joint"]):
        team[pair_of_people] = number + 1
    titles, title = _titles(rng, agencies, agency)
    people = People(
        given_names, family_names, titles, agencies, given, family, preferred, agency, title, status, alias, team,
        started, ended, _serials(given_names, family_names, given, family),
    )  # fmt: skip
    return people, chosen


def _pools(order: Ints, needs: Mapping[str, int]) -> tuple[dict[str, Ints], Ints]:
    """Cut the shuffled people into one array for each kind (pairs: two columns), and the rest."""
    kinds = ("active", "leave", "terminated", "alias", *PAIRED, "unusual")
    supervisors = ("supervisor", "supervisor_terminated", "supervisor_ended", "newcomer")
    pools, at = {}, 0
    for kind in (*kinds, *supervisors):
        width = 2 if kind in PAIRED else 1
        size = needs.get(kind, 0) * width
        pools[kind] = order[at : at + size].reshape(-1, width)
        at += size
    if at + 4 * needs.get("unique", 0) > len(order):
        raise ValueError(f"{len(order)} people are too few for the situations: {at} have a part already")
    return pools, order[at:]


def _names(rng: np.random.Generator, count: int) -> tuple[list[str], list[str], Ints, Ints, Ints]:
    given_table, family_table = table("names/given_names.csv"), table("names/family_names.csv")
    given_names = [row["given_name"] for row in given_table]
    family_names = [row["family_name"] for row in family_table]
    given = weighted(rng, [float(row["weight"]) for row in given_table], count)
    family = weighted(rng, [float(row["weight"]) for row in family_table], count)
    known = {name: at for at, name in enumerate(given_names)}
    nicknames = np.full((len(given_names), 3), NOBODY, dtype=np.int64)
    for row in table("names/nicknames.csv"):
        for column, nickname in enumerate(row["nicknames"].split(";")):
            if nickname not in known:
                known[nickname] = len(given_names)
                given_names.append(nickname)
            nicknames[known[row["given_name"]], column] = known[nickname]
    preferred = nicknames[given, below(rng, 3, count)]
    preferred[rng.random(count) >= 0.12] = NOBODY
    return given_names, family_names, given, family, preferred


def _unusual_names(pool: Ints, given_names: list[str], family_names: list[str], given: Ints, family: Ints) -> None:
    """Give the people of the pool the names that break programs, one after the other."""
    first = len(given_names), len(family_names)
    odd = table("names/unusual_people.csv")
    given_names.extend(row["given_name"] for row in odd)
    family_names.extend(row["family_name"] for row in odd)
    for number, at in enumerate(np.ravel(pool)):
        given[at], family[at] = first[0] + number % len(odd), first[1] + number % len(odd)


def _service(rng: np.random.Generator, count: int, pools: Mapping[str, Ints]) -> tuple[Ints, Ints, Ints]:
    """Status, first and last day of service. Only the `supervisor_ended` are active after their last day."""
    share = rng.random(count)
    status = np.where(share < 0.04, TERMINATED, np.where(share < 0.07, LEAVE, ACTIVE)).astype(np.int64)
    for kind, pool in pools.items():
        fixed = TERMINATED if "terminated" in kind else LEAVE if kind == "leave" else ACTIVE
        status[np.ravel(pool)] = fixed
    first, span = days("1984-06-01", "2023-12-15")
    started = first + below(rng, span, count)
    first, span = days("2024-01-05", "2026-10-30")
    left = first + below(rng, span, count)
    first, span = days("2027-01-31", "2029-06-30")
    until = first + below(rng, span, count)
    ended = np.where(status == TERMINATED, left, np.where(rng.random(count) < 0.03, until, NOBODY))
    ended[np.ravel(pools["supervisor_ended"])] = days("2026-08-31", "2026-08-31")[0]
    return status, started, ended


def _unique(candidates: Ints, columns: tuple[Ints, Ints, Ints, Ints], needed: int) -> list[int]:
    """The first candidates whose name nobody else at their agency has, by given or preferred name."""
    given, preferred, family, agency = columns

    def keys(first: Ints, at: Ints | slice) -> Ints:
        return (first[at] * 10_000_000 + family[at]) * 1_000 + agency[at]

    everybody = slice(None)
    named = np.flatnonzero(preferred >= 0)
    values, counts = np.unique(np.concatenate([keys(given, everybody), keys(preferred, named)]), return_counts=True)
    plain = candidates[preferred[candidates] < 0]
    alone = counts[np.searchsorted(values, keys(given, plain))] == 1
    found: list[int] = plain[alone][:needed].tolist()
    if len(found) < needed:
        raise ValueError(f"only {len(found)} people have a name of their own, {needed} are needed")
    return found


def _titles(rng: np.random.Generator, agencies: list[Words], agency: Ints) -> tuple[list[str], Ints]:
    all_titles = table("names/titles.csv")
    title = np.zeros(len(agency), dtype=np.int64)
    everyone = list(range(len(all_titles)))
    for number, words in enumerate(agencies):
        own = [at for at, row in enumerate(all_titles) if row["agency_code"] == words.code] or everyone
        members = np.flatnonzero(agency == number)
        drawn = weighted(rng, [float(all_titles[at]["weight"]) for at in own], len(members))
        title[members] = np.array(own, dtype=np.int64)[drawn]
    return [row["title"] for row in all_titles], title


def _serials(given_names: list[str], family_names: list[str], given: Ints, family: Ints) -> Ints:
    """How many people before this one spell their name alike for the mail system."""
    codes = _spelling_codes(given_names)[given] * 10_000_000 + _spelling_codes(family_names)[family]
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    fresh = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    positions = np.arange(len(codes))
    serial = np.empty(len(codes), dtype=np.int64)
    serial[order] = positions - np.maximum.accumulate(np.where(fresh, positions, 0))
    return serial


def _spelling_codes(names: list[str]) -> Ints:
    codes: dict[str, int] = {}
    return np.array([codes.setdefault(mail_word(name), len(codes)) for name in names], dtype=np.int64)
