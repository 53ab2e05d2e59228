"""What of a registry is no account, or may say more of its accounts than is read: told, and not passed over."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from connectors import files
from connectors.contract import ExportTable, Raw, Source, folded, unseen
from connectors.files.fields import QUOTED
from connectors.files.wide import ACCOUNT
from connectors.placeholders import says_nothing

CLOSING = frozenset(
    (
        "archived", "closed", "closing", "closure", "deactivated", "deactivation", "decommissioned", "deleted",
        "deletion", "discontinued", "ended", "inactive", "removal", "removed", "retired", "retirement",
    )
)  # fmt: skip
"""Words of a heading under which it may stand that an account is gone."""
NOT_GONE = ("n", "active", "open")
SAYS_WHOSE = ("supervisor_employee_id", "supervisor_email", "registered_email")


def closing_headings(tables: Iterable[ExportTable], left_unread: Collection[str]) -> tuple[str, ...]:
    """The headings that nothing reads and that speak of an account's end."""
    found = (heading for table in tables for heading in table.left_over(left_unread).values())
    return tuple(dict.fromkeys(one for one in found if not CLOSING.isdisjoint(_words(one))))


def closing_advice(cells: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """What to say about each such column in whose cells something stands."""
    for heading, column in cells.items():
        filled = [cell for cell in column if not says_nothing(cell, *NOT_GONE)]
        if filled:
            yield (
                f"the column {heading!r} may say which accounts are closed ({len(filled):,} cells), and nothing reads"
                " it: they count as active. Write retired into the status of these rows, or put them into a file of"
                " their own (retired_path); if it says something else, set left_unread ="
                f" [{json.dumps(heading, ensure_ascii=False)}]."
            )


def lonely_rows(source: Source, fields: Sequence[str]) -> frozenset[str]:
    """Where the rows stand that have nothing, or one cell alone, under all headings of their table. None where a column
    has no heading, or one that stands there twice: what is in it nobody sees. Raises SourceDown."""
    tables = all_tables(source, fields).values()
    headings = [heading for table in tables for heading in table.headings]
    each = [Counter(map(folded, table.headings)) for table in tables]
    if any("" in one or max(one.values(), default=0) > 1 for one in each):
        return frozenset()
    return frozenset(
        where for where, cells in _cells(source, list(dict.fromkeys(headings))) if sum(map(bool, cells)) < 2
    )


def all_tables(source: Source, fields: Sequence[str]) -> dict[str, ExportTable]:
    """Every table of the registry with its headings, whatever they are. Raises SourceDown.

    Of a workbook that is every sheet; of other files the `fields` tell the row of headings, or the list of objects.
    """
    book = any(path.suffix.lower() == ".xlsx" for path in files.paths(source))
    options = {**source.options, **({"columns": {}} if book else {}), "date_format": ""}
    seen = replace(source, tables={}, progress=unseen, options=options)
    for _ in files.rows(seen, () if book else fields):
        pass
    return seen.tables


def cells_under(source: Source, headings: Sequence[str]) -> dict[str, list[str]]:
    """What stands under some headings of the registry's files, row by row; nothing of two that are alike.

    Raises SourceDown.
    """
    twice = Counter(map(folded, headings))
    alone = [heading for heading in headings if twice[folded(heading)] == 1]
    rows = [cells for _, cells in _cells(source, alone)]
    return {heading: [] for heading in headings} | dict(zip(alone, map(list, zip(*rows, strict=True)), strict=False))


def _cells(source: Source, headings: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Where each row stands, and its cells under the headings."""
    seen = replace(source, tables={}, progress=unseen, options={**source.options, "columns": {}})
    fields = [f"cells of {number}" for number in range(len(headings))]
    synonyms = {name: (heading,) for name, heading in zip(fields, headings, strict=True)}
    for item in files.rows(seen, fields, many=fields, synonyms=synonyms):
        if isinstance(item, Raw):
            yield item.where, [item.values[name] for name in fields]


def without_account(values: Mapping[str, str]) -> str:
    """What to say of a row that names no account and nobody who has one; empty for a row that does."""
    if any(values.get(name, "").strip() for name in (*ACCOUNT, *SAYS_WHOSE)):
        return ""
    said = " ".join(next((text for text in values.values() if text.strip()), "").split())
    return (
        f"the row{f' ({said[:QUOTED]!r})' if said else ''} holds one cell at most, and no account; it was not taken for"
        " one. If it is one, write its handle, or its address."
    )


def _words(heading: str) -> set[str]:
    return set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading).casefold()))
