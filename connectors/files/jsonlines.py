"""JSON: one object a line, or a document with a list of objects. Strict: no NaN, no repeated key; lists for fields of
many values. What is nested is read by the way to it ("name.givenName"), or refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from connectors.contract import ExportTable, Rejected, Remark, SourceChanged, folded
from connectors.files.headings import FileRow, Wanted
from connectors.files.json_documents import document_items, is_document
from connectors.files.lasting import cells_digest
from connectors.files.nested import VALUES, flattened
from connectors.files.progress import Tell, unwatched
from connectors.files.row_words import telling_words
from connectors.files.table import UNDECODABLE, lines
from connectors.files.unread_days import days_meant, end_cells, leaver_cells

TO_DO = "correct it in the export"
KEYS = 1000
"""Different keys of a file that are remembered."""
Names = Mapping[str, tuple[tuple[str, int], ...]]
"""The fields that a folded key stands for, each with its rank among the spellings of that field."""


def json_rows(
    path: Path, wanted: Wanted, place: str, encoding: str, told: Tell = unwatched, *, entire: bool = False
) -> Iterator[FileRow | Rejected | Remark]:
    """Every object, keys matched like headings, and a `Rejected` for each line or item that is no such object.

    A key that an object leaves out is empty. Raises SourceChanged where the first object has no wanted key at all, or
    a document is no list of objects; with `entire`, SourceDown for a page of several.
    """
    names: dict[str, tuple[tuple[str, int], ...]] = {}
    for name in wanted.fields:
        for rank, spelled in enumerate(wanted.spellings(name)):
            names[spelled] = (*names.get(spelled, ()), (name, rank))
    wanted.tables[place] = ExportTable((), {})
    own = frozenset(key for key, of in names.items() if any(not rank for _, rank in of) and not wanted.known)
    keys = _Keys(names, wanted.tables[place], wanted, own)
    if is_document(path, encoding, names):
        found = document_items(path, encoding, place, names, told, entire=entire)
    else:
        found = _line_items(path, encoding, place, told)
    known = False
    for where, item in found:
        if isinstance(item, Remark):
            yield item
            continue
        try:
            values = _values(item, names, wanted, keys)
        except ValueError as fault:
            yield Rejected(
                where, f"{fault}; {TO_DO}", digest=cells_digest([str(item), *getattr(item, "__notes__", ())])
            )
            continue
        if wanted.fields and not known and not values and wanted.known.isdisjoint(map(folded, keys.places)):
            raise SourceChanged(_unknown(place, keys, wanted))
        known = True
        yield FileRow(where, {**wanted.blank, **values})


def _line_items(path: Path, encoding: str, place: str, told: Tell) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(lines(path, encoding, told=told), start=1):
        if not line.strip():
            continue
        try:
            if UNDECODABLE in line:
                raise ValueError("the line holds bytes that are not UTF-8")
            yield f"{place}:{number}", json.loads(line, parse_constant=_refused, object_pairs_hook=_unique)
        except (ValueError, RecursionError) as fault:
            unread = ValueError(_reason(fault))
            unread.add_note(line)  # tells it from other lines
            yield f"{place}:{number}", unread


@dataclass
class _Keys:
    """The keys met so far, as a table whose headings grow: an object may leave out what another one has."""

    names: Names
    table: ExportTable
    wanted: Wanted
    own: frozenset[str]
    """The folded keys that are a field's own, which must hold text; none where only the keys are asked for."""
    places: dict[str, int] = field(default_factory=dict)

    def look(self, item: Mapping[str, Any]) -> None:
        """Take down the object's keys, and look into the values of those that no field reads."""
        for key in item:
            if key in self.places or len(self.places) == KEYS:
                continue
            at = self.places[key] = len(self.places)
            self.table.headings = (*self.table.headings, key)
            if words := telling_words(key):
                self.table.telling[at] = words
            if days := days_meant(key):
                self.table.days[at] = days
            if says := leaver_cells(key):
                self.table.leavers[at] = says
            if says := end_cells(key):
                self.table.ends[at] = says
            for name, _ in self.names.get(folded(key), ()):
                if name in self.wanted.filters:
                    self.table.filters = {name: at, **self.table.filters}
                else:
                    self.table.where = {name: at, **self.table.where}
        cells = [""] * len(self.places)
        for key, value in item.items():
            if key in self.places and isinstance(value, str):
                cells[self.places[key]] = value
        self.table.look(cells)


def _values(item: Any, names: Names, wanted: Wanted, keys: _Keys) -> dict[str, str]:
    if isinstance(item, ValueError):
        raise item
    if not isinstance(item, dict):
        raise ValueError("this is not a JSON object")
    if any(isinstance(value, dict | list) for value in item.values()):
        many = {key for key in item if any(name in wanted.many for name, _ in names.get(folded(key), ()))}
        item = flattened({**item, **{key: _called(item[key]) for key in many}}, names, keys.own)
    keys.look(item)
    values: dict[str, str] = {}
    ranks: dict[str, int] = {}
    for key, value in item.items():
        for name, rank in names.get(folded(key), ()):
            if ranks.get(name) == rank:
                raise ValueError(f"two keys stand for {name}")
            nested = isinstance(value, dict) or (isinstance(value, list) and not _is_texts(value))
            if nested and (rank or wanted.known):  # "name" may hold the parts of a name, each read by its own key
                continue
            if rank <= ranks.get(name, rank):
                values[name], ranks[name] = _text(name, value, wanted), rank
    return values


def _is_texts(value: list[Any]) -> bool:
    return all(isinstance(part, str) for part in value)


def _text(name: str, value: Any, wanted: Wanted) -> str:
    if isinstance(value, list) and (name in wanted.many or wanted.known) and _is_texts(value):
        return "\n".join(value)
    if isinstance(value, dict | list):
        raise ValueError(f"{name} holds a list or an object where text is expected")
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


FIELDS_SHOWN = 20
"""Fields that are named one by one where an object has none of them."""
CALLED = ("email", "mail", "url", "href", "link", "name", "id")
"""Keys under which an object in a field of many values holds what it is called, the likeliest first."""


def _called(value: Any) -> Any:
    """What objects in a field of many values are called ([{"name": "Oak Office"}]); any other value as it is."""
    parts = value if isinstance(value, list) else [value]
    if not parts or not all(isinstance(part, dict) and not any(name in part for name in VALUES) for part in parts):
        return value
    names = [next((part[key] for key in CALLED if isinstance(part.get(key), str)), None) for part in parts]
    return value if None in names else names


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON value")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in the object")
    return found


def _reason(fault: Exception) -> str:
    if isinstance(fault, RecursionError):
        return "the line is nested too deeply"
    return f"the line is not JSON ({fault})" if isinstance(fault, json.JSONDecodeError) else str(fault)


def _unknown(place: str, keys: _Keys, wanted: Wanted) -> str:
    shown = ", ".join(repr(key) for key in list(keys.places)[:40]) or "none"
    asked = ", ".join(wanted.fields[:FIELDS_SHOWN]) + (" …" if len(wanted.fields) > FIELDS_SHOWN else "")
    return (
        f"{place}: the first object has none of the keys {asked}. The keys found are: {shown}. Name "
        f'them in the source\'s table of audit.toml: columns = {{ {wanted.fields[0]} = "the key that holds it" }}.'
    )
