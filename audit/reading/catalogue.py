"""The vocabulary of marks: their forms and tiers, and the reference tables of states, kinds of agencies and names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache

from audit.reading.text import fold, words
from connectors.reference import table, text

DIGITS = {"0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "@": "a"}
"""Digits and signs that stand in for letters: "ma1nedot", "M@ineDOT"."""


class Form(StrEnum):
    """Through what a profile shows an agency."""

    NAME = "name"
    ACRONYM = "acronym"
    HANDLE = "handle"
    DOMAIN = "domain"
    TITLE = "title"


class Tier(IntEnum):
    """How much a form says by itself about *whose* agency it is, strongest first."""

    STATED = 0
    """Names our state, or is registered as ours: "Maine DHHS", "MaineDOT", "@MEPublicHealth"."""
    OWN = 1
    """Bare, and no agency that most states have too: "DAFS", "Land Use Planning Commission". Bare marks of every tier
    count only where the profile points to our State besides: somebody else's letters look the same."""
    SHARED = 2
    """Bare, and other states have one: "MSP", "Bureau of Motor Vehicles", "Trooper"."""
    COMMON = 3
    """Bare, and federal or everyday besides: "Department of Labor", "DOT", "caseworker": needs the State named, and a
    claim of work."""
    TOPIC = 4
    """Our state's name with what a state does, "Maine Unemployment": counts in the name of an account that calls
    itself official."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a text in comparable form stands for."""

    code: str
    agency: str
    form: Form
    tier: Tier


@dataclass(frozen=True, slots=True)
class State:
    """One row of states.csv in comparable form."""

    postal: str
    name: str
    short: tuple[str, ...]
    people: tuple[str, ...]
    capital: str
    area_codes: frozenset[str] = frozenset()
    towns: tuple[str, ...] = ()
    """Towns of places.csv whose name points here, in comparable form."""

    @property
    def word(self) -> str:
        """The name as one word of comparable text: "maine", "newhampshire"."""
        return self.name.replace(" ", "")

    @property
    def reading(self) -> str:
        """What `audit.reading.text.words` needs to read name and postal code as that one word."""
        return f"{self.postal}={self.name}" if self.postal else ""


def split(cell: str) -> tuple[str, ...]:
    """The parts of a `;` list, stripped, without empty ones."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())


@lru_cache(maxsize=1)
def states() -> dict[str, State]:
    """Every state of states.csv by postal code, with its places of places.csv."""
    places = {row["postal"]: (frozenset(split(row["area_codes"])), split(row["towns"])) for row in table("places.csv")}
    return {
        row["postal"]: State(
            row["postal"],
            row["name"].lower(),
            split(row["abbreviations"]),
            split(row["people"]),
            row["capital"],
            *places.get(row["postal"], ()),
        )
        for row in table("states.csv")
    }


@lru_cache(maxsize=1)
def given_names() -> frozenset[str]:
    """Given names in small letters, from given_names.txt."""
    lines = text("given_names.txt").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


@lru_cache(maxsize=1)
def letters_that_are_words() -> frozenset[str]:
    """Acronyms that are words, titles or short forms when written small ("mrs", "msp."), from signals.csv."""
    return next(frozenset(split(row["words"])) for row in table("signals.csv") if row["signal"] == "small_words")


def comparable(phrase: str, state: State) -> str:
    """A phrase as the words of `audit.reading.text.words`, single blanks between, without any around."""
    return words(fold(phrase), state=state.reading).text.strip()


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of generic_agencies.csv: what most states have, in comparable form."""

    foreign: tuple[str, ...]
    """Names in other languages, from foreign_names.csv."""
    names: tuple[str, ...]
    acronyms: tuple[str, ...]
    federal: bool
    titles: tuple[str, ...]
    """Ranks and jobs; one that only a state has begins with "*"."""
    topics: tuple[str, ...]


@lru_cache(maxsize=1)
def kinds() -> tuple[Kind, ...]:
    """Every row of generic_agencies.csv."""
    nowhere = State("", "", (), (), "")
    foreign = {row["kind"]: split(row["names"]) for row in table("foreign_names.csv")}
    return tuple(
        Kind(
            tuple(comparable(name, nowhere) for name in foreign.get(row["kind"], ())),
            tuple(comparable(name, nowhere) for name in split(row["names"])),
            split(row["acronyms"]),
            row["federal"] == "yes",
            split(row["titles"]),
            split(row["topics"]),
        )
        for row in table("generic_agencies.csv")
    )
