"""What a heading that nothing reads probably means: our field, from the words other systems use for it. Pure."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache

from connectors import reference
from connectors.contract import Record
from connectors.records import Account, OfficialAccount, Person

KINDS: dict[type[Record], str] = {Person: "person", Account: "account", OfficialAccount: "official"}
NEARLY = 0.84
"""How alike two headings must be for one to be a slip of the other."""


def meant(heading: str, record: type[Record]) -> str:
    """The field of a record that other systems call so; empty where none is known."""
    return _fields().get((KINDS.get(record, ""), _folded(heading)), "")


def nearest(heading: str, record: type[Record]) -> str:
    """The field whose heading, of all that are known, is spelled nearly so; empty where none is."""
    kind = KINDS.get(record, "")
    known = {text: name for (of, text), name in _fields().items() if of == kind}
    close = get_close_matches(_folded(heading), known, n=1, cutoff=NEARLY)
    return known[close[0]] if close else ""


def meant_fields(record: type[Record]) -> frozenset[str]:
    """The fields of a record for which headings are known."""
    return frozenset(name for (of, _), name in _fields().items() if of == KINDS.get(record, ""))


@cache
def _fields() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for row in reference.table("headings.csv"):
        for heading in (row["field"], *row["headings"].split(";")):
            found.setdefault((row["record"], _folded(heading)), row["field"])
    return found


def _folded(heading: str) -> str:
    return "".join(letter for letter in heading.casefold() if letter.isalnum())
