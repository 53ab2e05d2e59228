"""Words by which a row of a directory says that it is nobody employed, or a contractor. Offered, not used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from functools import cache

from connectors import reference
from connectors.contract import ExportTable, folded


def telling_words(heading: str) -> frozenset[str]:
    """The words that are looked for in a column; none for nearly every heading."""
    return _words().get(folded(heading), frozenset())


def offered_words(tables: Mapping[str, ExportTable], settled: Collection[str] = ()) -> dict[str, Counter[str]]:
    """Heading → the words for rows that are nobody employed, with their rows; `settled` are headings left out of it."""
    done, found = {folded(heading) for heading in settled}, dict[str, Counter[str]]()
    for table in tables.values():
        for position, words in table.told_words.items():
            heading = " ".join(table.headings[position].split())
            if folded(heading) not in done:
                found.setdefault(heading, Counter()).update(words)
    return found


@cache
def _words() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for row in reference.table("row_words.csv"):
        for heading in row["headings"].split(";"):
            key = folded(heading)
            found[key] = found.get(key, frozenset()) | set(row["words"].split(";"))
    return found
