"""The ledger's tables of what the last healthy night had: each source's columns, and the people of the directory.

Used by audit/ledger alone, inside its transactions; every function takes its connection. Neither table grows with the
nights: each night takes the place of the one before.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import asdict

from audit.columns import Columns
from audit.usable import Known

SCHEMA = """
CREATE TABLE IF NOT EXISTS columns (source TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS roster (employee_id TEXT NOT NULL, bare TEXT NOT NULL, mailbox TEXT NOT NULL) STRICT;
"""
"""`roster` holds digests alone: who worked for the State is HR's to keep."""


def record_columns(connection: sqlite3.Connection, source: str, columns: Columns) -> None:
    """Remember what a healthy pull of a source held."""
    content = json.dumps(asdict(columns), ensure_ascii=False)
    connection.execute("INSERT OR REPLACE INTO columns VALUES (?, ?)", (source, content))


def columns_of(connection: sqlite3.Connection, source: str) -> Columns | None:
    """What the last healthy pull of a source held; None before the first."""
    row = connection.execute("SELECT content FROM columns WHERE source = ?", (source,)).fetchone()
    return None if row is None else Columns(**json.loads(row[0]))


def record_roster(connection: sqlite3.Connection, people: Collection[Known]) -> None:
    """Put the people of tonight in the place of those of the last night."""
    connection.execute("DELETE FROM roster")
    connection.executemany("INSERT INTO roster VALUES (?, ?, ?)", sorted(people))


def roster(connection: sqlite3.Connection) -> frozenset[Known]:
    """The people of the last judged night."""
    rows = connection.execute("SELECT employee_id, bare, mailbox FROM roster")
    return frozenset(Known(*row) for row in rows)
