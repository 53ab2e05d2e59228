"""What a heading that nothing reads probably means: our field, from the words other systems use for it. Pure."""

from __future__ import annotations

from functools import cache

from connectors import reference
from connectors.contract import Record
from connectors.records import Account, OfficialAccount, Person

KINDS: dict[type[Record], str] = {Person: "person", Account: "account", OfficialAccount: "official"}


def meant(heading: str, record: type[Record]) -> str:
    """The field of a record that other systems call so; empty where none is known."""
    return _fields().get((KINDS.get(record, ""), _folded(heading)), "")


@cache
def _fields() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for row in reference.table("headings.csv"):
        for heading in (row["field"], *row["headings"].split(";")):
            found.setdefault((row["record"], _folded(heading)), row["field"])
    return found


def _folded(heading: str) -> str:
    return "".join(letter for letter in heading.casefold() if letter.isalnum())
