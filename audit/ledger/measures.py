"""The ledger's tables of what the last healthy night had: each source's columns, and the people of the directory.

Used by audit/ledger alone, inside its transactions; every function takes its connection. Neither table grows with the
nights: each takes the place of the one before.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import asdict

from audit.model.measures import Columns, Remembered

SCHEMA = """
CREATE TABLE IF NOT EXISTS columns (source TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS roster (
    run_id TEXT NOT NULL, employee_id TEXT NOT NULL, bare TEXT NOT NULL, mailbox TEXT NOT NULL
) STRICT;
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


def record_roster(connection: sqlite3.Connection, run_id: str, last: str, people: Collection[Remembered]) -> None:
    """Keep the people of tonight, and those of the last finished run until tonight's is finished, too."""
    connection.execute("DELETE FROM roster WHERE run_id <> ? OR run_id = ?", (last, run_id))
    connection.executemany("INSERT INTO roster VALUES (?, ?, ?, ?)", ((run_id, *one) for one in sorted(people)))


def roster(connection: sqlite3.Connection, run_id: str) -> frozenset[Remembered]:
    """The people of a run; none where another one has taken its place."""
    rows = connection.execute("SELECT employee_id, bare, mailbox FROM roster WHERE run_id = ?", (run_id,))
    return frozenset(Remembered(*row) for row in rows)
