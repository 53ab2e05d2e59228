"""How a ledger is built: the tables and indexes that the program makes, word for word, and nothing beside them.

A trigger would do in every later night what somebody wants done; a table that is built otherwise may drop what is
written into it. The digests of rows say nothing of either.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping


def misbuilt(connection: sqlite3.Connection, new: sqlite3.Connection) -> Iterator[str]:
    """In what a ledger is built otherwise than a `new` one: a sentence each."""
    found, expected = _built(connection), _built(new)
    for name, (kind, _) in found.items():
        if name not in expected:
            yield f"it has the {kind} {name}, which no version of this program makes. Ask who did, and drop it."
    for name, (kind, words) in expected.items():
        if name not in found:
            yield f"the {kind} {name} is gone."
        elif found[name] != (kind, words):
            yield f"the {kind} {name} is built otherwise than this program does."


def _built(connection: sqlite3.Connection) -> Mapping[str, tuple[str, list[str]]]:
    """Name → what it is, and the words of the statement that made it in alphabetical order: a column that an upgrade
    added stands elsewhere than in a new ledger."""
    rows = connection.execute("SELECT name, type, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    return {name: (kind, sorted(re.findall(r"\w+|[^\w\s]", sql or ""))) for name, kind, sql in rows}
