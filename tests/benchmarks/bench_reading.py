"""Profiles read per second on one core, and the ratio to merely case-folding the same text.

Run from the repository's root: python -m tests.benchmarks.bench_reading [profiles]
Profiles are invented and drawn with a fixed seed; 1 in 50 names an agency, 1 in 6 carries a disclaimer.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable

from audit.profiles import read_profile, shows_a_mark
from audit.profiles.example_state import default_organization
from audit.profiles.marks import compile_marks

PEOPLE = ["Ada Roy", "Lee Cyr", "Noor Haddad", "Kim ✨", "J. Ouellette", "sam (they)", "Remy 🦞", "The Baker"]
WORDS = (
    """
dad of three|coffee first|runner|views on food|nurse|teacher|software engineer|Red Sox|gardener|she/her|dog person 🐕
writer of small things|student|photographer|Portland born|lover of books|small business owner|veteran|grandmother
hiking and skiing|Christian|liberal|conservative|music 🎸|opinionated|DM for rates
""".strip()
    .replace("\n", "|")
    .split("|")
)
MARKED = ["Planner at MaineDOT", "Wife of a Maine State Trooper", "ex-DHHS", "Maine DEP hydrologist", "Trooper, MSP"]
DISCLAIMED = ["Views my own.", "Opinions are mine, not my employer's", "RT ≠ endorsement", "Tweets personal"]

Profile = tuple[str, str, str, str]


def profiles(count: int) -> list[Profile]:
    """Invented profiles, the same for the same count."""
    draw = random.Random(7)
    made = []
    for number in range(count):
        parts = draw.sample(WORDS, draw.randint(2, 6))
        parts += [draw.choice(MARKED)] * (number % 50 == 0) + [draw.choice(DISCLAIMED)] * (number % 6 == 0)
        draw.shuffle(parts)
        made.append((f"user{number}", draw.choice(PEOPLE), draw.choice([" | ", ". ", ", "]).join(parts), ""))
    return made


def rate(read: Callable[[Profile], object], sample: list[Profile]) -> float:
    """Profiles per second, the best of three."""
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        for profile in sample:
            read(profile)
        best = min(best, time.perf_counter() - started)
    return len(sample) / best


def main(count: int) -> None:
    """Measure and print."""
    organization, sample = default_organization(), profiles(count)
    started = time.perf_counter()
    marks = compile_marks(organization)
    sys.stdout.write(
        f"compiling the organization: {time.perf_counter() - started:.2f} s, {len(marks.terms)} search terms, "
        f"{len(marks.together[1])} beside the state\n"
    )
    texts = ["\n".join(profile) for profile in sample]
    passing = sum(map(marks.may_hold, texts))
    sys.stdout.write(f"profiles that may hold a mark: {passing / count:.1%} (1 in 50 is marked)\n")
    folding = rate(lambda profile: [field.casefold() for field in profile], sample)
    sys.stdout.write(f"case-folding alone: {folding:,.0f} profiles/s\n")
    searching = rate(lambda profile: marks.may_hold("\n".join(profile)), sample)
    sys.stdout.write(f"the search alone: {searching:,.0f} profiles/s, {folding / searching:.1f} times\n")
    marked = [profile for profile in sample if shows_a_mark(*profile, organization)]
    timed: tuple[tuple[str, Callable[[Profile], object], list[Profile]], ...] = (
        ("nexus gate, all profiles", lambda profile: shows_a_mark(*profile, organization), sample),
        ("reading, all profiles", lambda profile: read_profile(*profile, organization), sample),
        ("reading, profiles past the gate", lambda profile: read_profile(*profile, organization), marked),
    )
    for name, read, chosen in timed:
        measured = rate(read, chosen)
        ratio = folding / measured
        sys.stdout.write(f"{name}: {measured:,.0f} profiles/s, {ratio:,.0f} times the cost of case-folding\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
