"""JSON Lines: one object a line, strict: no NaN, no repeated key, no nested object; lists for fields of many values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from connectors.contract import ExportTable, Rejected, SourceChanged, folded
from connectors.files.headings import FileRow, Wanted
from connectors.files.progress import Tell, unwatched
from connectors.files.table import UNDECODABLE, lines

TO_DO = "correct the line in the export"
KEYS = 1000
"""Different keys of a file that are remembered."""


def json_rows(
    path: Path, wanted: Wanted, place: str, encoding: str, told: Tell = unwatched
) -> Iterator[FileRow | Rejected]:
    """Every line's object, keys matched like headings, and a `Rejected` for each line that is no such object.

    A key that a line leaves out is empty. Raises SourceChanged where the first object has no wanted key at all.
    """
    names = {spelled: (name, rank) for name in wanted.fields for rank, spelled in enumerate(wanted.spellings(name))}
    wanted.tables[place] = ExportTable((), {})
    keys = _Keys(names, wanted.tables[place])
    known = False
    for number, line in enumerate(lines(path, encoding, told=told), start=1):
        if not line.strip():
            continue
        try:
            values = _values(line, names, wanted, keys)
        except (ValueError, RecursionError) as fault:
            yield Rejected(f"{place}:{number}", f"{_reason(fault)}; {TO_DO}")
            continue
        if not known and not values:
            raise SourceChanged(_unknown(place, line, wanted))
        known = True
        yield FileRow(f"{place}:{number}", {**dict.fromkeys(wanted.fields, ""), **values})


@dataclass
class _Keys:
    """The keys met so far, as a table whose headings grow: a line may leave out what another one has."""

    names: Mapping[str, tuple[str, int]]
    table: ExportTable
    places: dict[str, int] = field(default_factory=dict)

    def look(self, item: dict[str, Any]) -> None:
        """Take down the object's keys, and look into the values of those that no field reads."""
        for key in item:
            if key in self.places or len(self.places) == KEYS:
                continue
            self.places[key] = len(self.places)
            self.table.headings = (*self.table.headings, key)
            if (found := self.names.get(folded(key))) is not None:
                self.table.where = {found[0]: self.places[key], **self.table.where}
        cells = [""] * len(self.places)
        for key, value in item.items():
            if key in self.places and isinstance(value, str):
                cells[self.places[key]] = value
        self.table.look(cells)


def _values(line: str, names: dict[str, tuple[str, int]], wanted: Wanted, keys: _Keys) -> dict[str, str]:
    if UNDECODABLE in line:
        raise ValueError("the line holds bytes that are not UTF-8")
    item = json.loads(line, parse_constant=_refused, object_pairs_hook=_unique)
    if not isinstance(item, dict):
        raise ValueError("the line is not a JSON object")
    keys.look(item)
    values: dict[str, str] = {}
    ranks: dict[str, int] = {}
    for key, value in item.items():
        if (found := names.get(folded(key))) is None:
            continue
        name, rank = found
        if ranks.get(name) == rank:
            raise ValueError(f"two keys stand for {name}")
        if rank <= ranks.get(name, rank):
            values[name], ranks[name] = _text(name, value, wanted), rank
    return values


def _text(name: str, value: Any, wanted: Wanted) -> str:
    if name in wanted.many and isinstance(value, list | dict):
        parts = [_of_object(name, part) for part in (value if isinstance(value, list) else [value])]
        if all(isinstance(part, str) for part in parts):
            return "\n".join(parts)
    if isinstance(value, dict | list):
        raise ValueError(f"{name} holds a list or an object where text is expected")
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


INSIDE = ("email", "mail", "url", "href", "link", "name", "id")
"""Keys under which an object in a list holds what it is called, the likeliest first."""


def _of_object(name: str, part: Any) -> Any:
    """What an object in a field of many values stands for ({"url": "https://…"}); any other value as it is."""
    if not isinstance(part, dict):
        return part
    return next((part[key] for key in (name, *INSIDE) if isinstance(part.get(key), str)), part)


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


def _unknown(place: str, line: str, wanted: Wanted) -> str:
    keys = ", ".join(repr(key) for key in list(json.loads(line))[:40]) or "none"
    return (
        f"{place}: the first object has none of the keys {', '.join(wanted.fields)}. The keys found are: {keys}. Name "
        f'them in the source\'s table of audit.toml: columns = {{ {wanted.fields[0]} = "the key that holds it" }}.'
    )
