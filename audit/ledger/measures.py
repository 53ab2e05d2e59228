"""The ledger's tables of what the last healthy night had: each source's columns, and the people of the directory.

Neither table grows with the nights: each takes the place of the one before.
"""

from __future__ import annotations

import json
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

    def record_roster(
        self, run_id: str, last: str, people: Collection[Remembered], missing: Collection[str] = ()
    ) -> None:
        """Keep the people of tonight, and those of the last finished run until tonight's is finished, too; of those who
        are `missing` (digests of their ids) the row of the last run that had them."""
        self.connection.execute(
            "DELETE FROM roster WHERE run_id = :run OR (run_id <> :last AND employee_id NOT IN"
            " (SELECT value FROM json_each(:missing)))",
            {"run": run_id, "last": last, "missing": json.dumps(sorted(missing))},
        )
        self.connection.executemany(
            "INSERT INTO roster VALUES (?, ?, ?, ?)", ((run_id, *one) for one in sorted(people))
        )

    def remembered(self) -> list[tuple[Remembered, int]]:
        """Everybody of finished runs who is still remembered, with the place in the order of runs of the last one."""
        rows = self.connection.execute(  # SQLite takes the other columns from the row of the maximum
            "SELECT employee_id, bare, mailbox, max(runs.rowid) FROM roster JOIN runs USING (run_id)"
            " WHERE finished_at IS NOT NULL GROUP BY employee_id"
        )
        return [(Remembered(*row[:3]), row[3]) for row in rows]

    def roster(self, run_id: str) -> frozenset[Remembered]:
        """The people of a run; none where another one has taken its place."""
        rows = self.connection.execute("SELECT employee_id, bare, mailbox FROM roster WHERE run_id = ?", (run_id,))
        return frozenset(Remembered(*row) for row in rows)
