"""Accounts that claim an agency in their own words and show a name, of employees and strangers: to measure leads by.

A quarter of those who claim an agency are strangers: nobody in the directory, or nobody by that account (contractors,
volunteers, boasters). A given share of them bears the name of an employee, drawn from the whole directory; the agency
they claim is drawn apart, by size.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from making.draws import below, pick, stream, table, weighted
from making.people import NOBODY, TERMINATED, employee_id
from making.situations import Truth, Wardrobe, claim

FORMS = {  # how a name is shown -> share, whether it shows a first and a last name that are the directory's
    "plain": (41, True),
    "short": (11, True),
    "initial": (8, True),
    "turned": (3, True),
    "titled": (6, True),
    "pronouns": (5, True),
    "with_agency": (4, True),
    "in_handle": (6, True),
    "double": (3, False),
    "married": (2, False),
    "pet_name": (2, False),
    "initial_only": (4, False),
    "given_only": (4, False),
    "no_name": (1, False),
}
OF_PEOPLE, FORMER, STRANGERS = 0.08, 0.05, 1 / 3
"""Accounts of employees by head, and of those who have left and of strangers by account of an employee."""
NAMESAKE, OTHER = "lead_stranger_namesake", "lead_stranger"


@dataclass(frozen=True)
class Lead:
    """One account: whose it is (NOBODY: a stranger's), whose name it bears (NOBODY: one of its own), in which form, and
    which agency it claims, by its position."""

    situation: str
    owner: int
    bearer: int
    form: str
    agency: int


def leads(wardrobe: Wardrobe, seed: int, share: float, room: int) -> list[Lead]:
    """The accounts of one state, `share` of whose strangers bear an employee's name; at most `room` of them.

    Raises ValueError where the share is none.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share from 0 to 1 is needed, not {share}")
    rng, people = stream(seed, 20), wardrobe.people
    count = min(round(len(people) * OF_PEOPLE), round(room / (1 + FORMER + STRANGERS)))
    order = np.argsort(rng.random(len(people)), kind="stable")
    here = order[people.status[order] != TERMINATED][:count].tolist()
    left = order[people.status[order] == TERMINATED][: round(count * FORMER)].tolist()
    strangers = round(count * STRANGERS)
    total = len(here) + len(left) + strangers
    drawn = weighted(rng, [weight for weight, _ in FORMS.values()], total).tolist()
    forms = [list(FORMS)[at] for at in drawn]
    bearers = below(rng, len(people), strangers).tolist()
    claimed = weighted(rng, [words.headcount for words in wardrobe.agencies], strangers).tolist()
    found = [
        Lead(f"lead_{kind}_{form}", at, at, form, int(people.agency[at]))
        for kind, at, form in zip(["employee"] * len(here) + ["former"] * len(left), here + left, forms, strict=False)
    ]
    named = round(strangers * share)
    for at, form in enumerate(forms[len(found) :]):
        bearer = bearers[at] if at < named else NOBODY
        found.append(Lead(NAMESAKE if at < named else OTHER, NOBODY, bearer, form, claimed[at]))
    return found


def dressed(lead: Lead, row: list[str], wardrobe: Wardrobe, draws: list[float]) -> tuple[list[str], Truth]:
    """The noise account as this one, with its truth."""
    words, agency = wardrobe.words, wardrobe.agencies[lead.agency]
    people, bearer = wardrobe.people, lead.bearer
    if bearer == NOBODY:
        given = short = words.given[int(weighted_at(words.given_weights, draws[0]))]
        family = words.family[int(weighted_at(words.family_weights, draws[1]))]
    else:
        given, family = people.given_name(bearer), people.family_names[int(people.family[bearer])]
        preferred = int(people.preferred[bearer])
        short = people.given_names[preferred] if preferred >= 0 else _short(given, draws[2])
    other = words.family[int(weighted_at(words.family_weights, draws[3]))]
    letter = "ABCDEFGHJKLMNPRSTW"[int(draws[2] * 18)]
    display = {
        "plain": f"{given} {family}",
        "short": f"{short} {family}",
        "initial": f"{given} {letter}. {family}",
        "turned": f"{family}, {given}",
        "titled": pick(("{}, RN", "{}, PE", "Dr. {}", "{}, MPA"), draws[2]).format(f"{given} {family}"),
        "pronouns": pick(("{} (she/her)", "{} | he/him", "{} 🌲"), draws[2]).format(f"{given} {family}"),
        "with_agency": pick((f"{given} {family}, {agency.short}", f"{given} {family} | {agency.short}"), draws[2]),
        "in_handle": given,
        "double": f"{given} {family}-{other}",
        "married": f"{given} {other}",
        "pet_name": f"{pick(words.first, draws[2]).title()} {family}",
        "initial_only": f"{given[:1]}. {family}",
        "given_only": given,
        "no_name": f"{pick(words.first, draws[2])} {pick(words.second, draws[3])}".title(),
    }[lead.form]  # fmt: skip
    row = [*row[:4], display, claim(agency, wardrobe, draws), row[6], "", "", "", *row[10:]]
    if lead.form == "in_handle":
        plain = "".join(filter(str.isalnum, given)), "".join(filter(str.isalnum, family))
        row[2:4] = wardrobe.at_handle(row[0], pick(("{}{}", "{}_{}", "{}.{}"), draws[3]).format(*plain))
    return row, Truth(lead.situation, "", employee_id(lead.owner) if lead.owner != NOBODY else "")


def weighted_at(weights: list[float], draw: float) -> int:
    """The position that one uniform draw falls on, by weight."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    return min(int(np.searchsorted(edges, draw * edges[-1], side="right")), len(weights) - 1)


@cache
def _nicknames() -> dict[str, list[str]]:
    return {row["given_name"]: row["nicknames"].split(";") for row in table("names/nicknames.csv")}


def _short(given: str, draw: float) -> str:
    return pick(_nicknames().get(given, [given]), draw)
