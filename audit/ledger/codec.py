"""Values of the model as the ledger keeps them, and back: one way for the JSON texts, one for the columns of a row.

Read by pydantic, over the same frozen dataclasses; written by json, since pydantic spells moments and commas otherwise
and the chain seals the bytes. A text or row that no program wrote raises ValueError, in one line.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

Kept = TypeVar("Kept")
_Cell = str | int | None
_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def text_of(value: object, *, ascii_only: bool = False, in_order: bool = False) -> str:
    """A value as JSON: a dataclass with its fields by name, days and moments in ISO form. `in_order` sorts names."""
    return json.dumps(value, ensure_ascii=ascii_only, sort_keys=in_order, default=_plain)


def value_of(kind: type[Kept], text: str) -> Kept:
    """The value of a kind that `text_of` made a text of."""
    try:
        return _adapter(kind).validate_json(text)
    except ValidationError as error:
        raise ValueError(_in_a_line(error)) from None


def row_of(value: Any, *, but: Collection[str] = ()) -> dict[str, _Cell]:
    """A dataclass as the columns of a row, named as its fields, without those in `but`; lists become JSON."""
    return {name: _cell(getattr(value, name)) for name in _field_names(value.__class__) if name not in but}


def value_in(kind: type[Kept], row: Mapping[str, object]) -> Kept:
    """The value of a kind that stands in a row's columns, JSON among them being read already; others are ignored."""
    try:
        return _adapter(kind).validate_python(row)
    except ValidationError as error:
        raise ValueError(_in_a_line(error)) from None


def insertion(table: str, row: Collection[str], instead: str = "") -> str:
    """The statement that inserts a row by the names of its columns; `instead` is what SQLite does where it stands."""
    return f"INSERT {instead} INTO {table} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"  # noqa: S608


def rows_of(cursor: sqlite3.Cursor) -> Iterator[dict[str, Any]]:
    """The rows of a query, each by the names of its columns."""
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)


def _adapter(kind: type[Kept]) -> TypeAdapter[Kept]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _in_a_line(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _plain(value: object) -> object:
    if isinstance(value, date):  # as every datetime is
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {name: getattr(value, name) for name in _field_names(type(value))}
    raise TypeError(f"{value!r} is nothing that the ledger keeps")


@cache
def _field_names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def _cell(value: object) -> _Cell:
    if value is None or isinstance(value, str | int):
        return value
    return value.isoformat() if isinstance(value, date) else text_of(value, ascii_only=True)
