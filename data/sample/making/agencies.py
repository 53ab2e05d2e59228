"""The agencies of a made state: rows of the reference catalogue, and the words people use for them."""

from __future__ import annotations

import csv
from dataclasses import dataclass

from making.draws import HERE, table

CATALOGUE = HERE.parent / "reference" / "agencies" / "maine.csv"
HEADINGS = ("agency_code", "name", "acronyms", "parent_code", "aliases", "domains", "handles")
FORMS = ("Board of {} Licensing", "Office of {} Standards", "Bureau of {} Registration", "{} Advisory Council")
TOPICS = (
    "Anvil", "Apiary", "Arboriculture", "Archery", "Ballast", "Balloon", "Barrel", "Basketry", "Bell", "Blacksmith",
    "Bobsled", "Bookbinding", "Brickwork", "Buoy", "Candle", "Canoe", "Carriage", "Cheesemaking", "Chimney", "Cider",
    "Clock", "Cobblestone", "Compass", "Coopering", "Cordage", "Dowsing", "Draughting", "Dulse", "Falconry", "Ferry",
    "Flagpole", "Furrier", "Gristmill", "Haystack", "Horology", "Ice Harvest", "Ink", "Kelp", "Kiln", "Lantern",
    "Lathe", "Leather", "Locksmith", "Loom", "Masonry", "Millstone", "Moorings", "Nautical Chart", "Oakum", "Orchard",
    "Parchment", "Peat", "Pewter", "Pilotage", "Pottery", "Quarry", "Raft", "Ropewalk", "Sailcloth", "Sawmill",
    "Sculling", "Shingle", "Signal Flag", "Sleigh", "Slate", "Snowshoe", "Spyglass", "Stained Glass", "Sugarhouse",
    "Tannery", "Taxidermy", "Thatching", "Tidewater", "Turnstile", "Upholstery", "Watermill", "Weathervane",
    "Weights and Scales", "Wharf", "Windmill",
)  # fmt: skip
"""Of invented agencies, for states that have more than the catalogue's few with words of their own."""


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


def agencies(count: int | None = None) -> list[Words]:
    """The agencies of names/agency_words.csv in its order, and invented ones after them where `count` is more.

    Raises KeyError for a code that the catalogue lacks, ValueError for a `count` that cannot be had.
    """
    with CATALOGUE.open(encoding="utf-8", newline="") as lines:
        catalogue = {row["agency_code"]: row for row in csv.DictReader(lines)}
    known = [
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
    wanted = len(known) if count is None else count
    boards = [form.format(topic) for form in FORMS for topic in TOPICS]
    if not len(known) <= wanted <= len(known) + len(boards):
        raise ValueError(f"needed: {len(known)} to {len(known) + len(boards)} agencies")
    return known + [_board(at, name) for at, name in enumerate(boards[: wanted - len(known)])]


def _board(number: int, name: str) -> Words:
    """A small invented agency; it has no short form but its name."""
    says = f"Maine {name}"
    stem = "".join(word.title() for word in says.split() if word != "of")
    row = (f"M-{number + 100}", name, "", "", "", "", "")
    return Words(row, 0.2, says, says, stem, ("inspector", "board clerk", "licensing examiner"), ("Clerk", "Inspector"))
