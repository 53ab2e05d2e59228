"""The agencies of a made state: rows of the reference catalogue, and the words people use for them."""

from __future__ import annotations

import csv
from dataclasses import dataclass

from making.draws import HERE, table

CATALOGUE = HERE.parent / "reference" / "agencies" / "maine.csv"
HEADINGS = ("agency_code", "name", "acronyms", "parent_code", "aliases", "domains", "handles")


@dataclass(frozen=True)
class Words:
    """One agency: its catalogue row, and how profiles speak of it.

    `says` is the full name with the state, `short` the usual short form with the state, `stem` the beginning of a
    handle; `roles` fit "I am a …", `badges` stand in handles; `headcount` is a share, not a number of people.
    """

    row: tuple[str, ...]
    headcount: float
    says: str
    short: str
    stem: str
    roles: tuple[str, ...]
    badges: tuple[str, ...]

    @property
    def code(self) -> str:
        """The agency_code of the catalogue."""
        return self.row[0]

    @property
    def name(self) -> str:
        """The name as the catalogue has it."""
        return self.row[1]

    @property
    def domains(self) -> tuple[str, ...]:
        """The agency's own mail and web domains."""
        return tuple(filter(None, self.row[5].split(";")))


def agencies() -> list[Words]:
    """The agencies of names/agency_words.csv in its order. Raises KeyError for a code that the catalogue lacks."""
    with CATALOGUE.open(encoding="utf-8", newline="") as lines:
        catalogue = {row["agency_code"]: row for row in csv.DictReader(lines)}
    return [
        Words(
            row=tuple(catalogue[words["agency_code"]][heading] for heading in HEADINGS),
            headcount=float(words["headcount"]),
            says=words["says"],
            short=words["short"],
            stem=words["stem"],
            roles=tuple(words["roles"].split(";")),
            badges=tuple(words["badges"].split(";")),
        )
        for words in table("names/agency_words.csv")
    ]
