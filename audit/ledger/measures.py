"""The ledger's tables of what the last healthy night had: each source's columns, and the people of the directory.

Neither table grows with the nights: each takes the place of the one before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from audit.ledger.codec import text_of, value_of
from audit.model.measures import Columns, Remembered

MEASURES = """
CREATE TABLE IF NOT EXISTS columns (source TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS roster (
    run_id TEXT NOT NULL, employee_id TEXT NOT NULL, bare TEXT NOT NULL, mailbox TEXT NOT NULL
) STRICT;
"""
"""`roster` holds digests alone: who worked for the State is HR's to keep."""


@dataclass(frozen=True, slots=True)
class MeasureStore:
    """What the last healthy night had: `ledger.measures`. What writes takes part in the caller's transaction."""

    connection: sqlite3.Connection

    def record_columns(self, source: str, columns: Columns) -> None:
        """Remember what a healthy pull of a source held."""
        self.connection.execute("INSERT OR REPLACE INTO columns VALUES (?, ?)", (source, text_of(columns)))

    def columns_of(self, source: str) -> Columns | None:
        """What the last healthy pull of a source held; None before the first."""
        row = self.connection.execute("SELECT content FROM columns WHERE source = ?", (source,)).fetchone()
        return None if row is None else value_of(Columns, row[0])

    def record_roster(self, run_id: str, last: str, people: Collection[Remembered]) -> None:
        """Keep the people of tonight, and those of the last finished run until tonight's is finished, too."""
        self.connection.execute("DELETE FROM roster WHERE run_id <> ? OR run_id = ?", (last, run_id))
        self.connection.executemany(
            "INSERT INTO roster VALUES (?, ?, ?, ?)", ((run_id, *one) for one in sorted(people))
        )

    def roster(self, run_id: str) -> frozenset[Remembered]:
        """The people of a run; none where another one has taken its place."""
        rows = self.connection.execute("SELECT employee_id, bare, mailbox FROM roster WHERE run_id = ?", (run_id,))
        return frozenset(Remembered(*row) for row in rows)
