"""The ledger's tables for what decisions rest on: facts that have been replaced, and decisions set aside by them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from audit.ledger.codec import insertion, row_of, rows_of, value_in
from audit.model.finding import Earlier, Past

GROUNDS = """
CREATE TABLE IF NOT EXISTS replaced_facts (
    position INTEGER PRIMARY KEY AUTOINCREMENT, finding_id TEXT NOT NULL REFERENCES findings ON DELETE CASCADE,
    run_id TEXT NOT NULL, facts TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS replaced_facts_by_finding ON replaced_facts (finding_id);
CREATE TABLE IF NOT EXISTS set_aside (
    finding_id TEXT PRIMARY KEY REFERENCES findings ON DELETE CASCADE, disposition TEXT NOT NULL,
    reviewer TEXT NOT NULL, decided_on TEXT, suppress_until TEXT, changed TEXT NOT NULL
) STRICT;
"""
"""`replaced_facts` holds what stood until a run replaced it; findings.facts holds what stands. `set_aside` holds the
last decision about a finding that changed evidence has undone; the chain of events has them all."""


@dataclass(frozen=True, slots=True)
class GroundStore:
    """What decisions rest on: `ledger.grounds`. What writes takes part in the caller's transaction."""

    connection: sqlite3.Connection

    def record(self, run_id: str, past: Iterable[Past]) -> None:
        """Keep the facts that tonight's replace, and the decisions set aside. Before the findings are put."""
        standing = dict(self.connection.execute("SELECT finding_id, facts FROM findings WHERE facts != ''"))
        for one in past:
            finding_id = one.finding.finding_id
            before = standing.get(finding_id, one.facts)
            if before != one.facts:
                row = (finding_id, run_id, before)
                self.connection.execute("INSERT INTO replaced_facts (finding_id, run_id, facts) VALUES (?, ?, ?)", row)
            if one.earlier is not None:
                set_aside = {"finding_id": finding_id, **row_of(one.earlier)}
                self.connection.execute(insertion("set_aside", set_aside, "OR REPLACE"), set_aside)

    def earlier(self) -> dict[str, Earlier]:
        """Finding id → the last decision about it that was set aside."""
        rows = rows_of(self.connection.execute("SELECT * FROM set_aside"))
        return {row["finding_id"]: value_in(Earlier, row) for row in rows}

    def shown(self, copies: Mapping[str, str]) -> dict[str, str]:
        """Finding id → the facts that stood in the workbook of a run: `copies` maps the finding's id to the run's.

        For a run that the ledger does not know it is the facts that stand now; "" where none were noted.
        """
        facts = {}
        for finding_id, run_id in copies.items():
            row = self.connection.execute(
                "SELECT facts FROM replaced_facts JOIN runs USING (run_id) WHERE finding_id = ?"
                " AND runs.rowid > (SELECT rowid FROM runs WHERE run_id = ?) ORDER BY position LIMIT 1",
                (finding_id, run_id),
            ).fetchone()
            if row is None:
                row = self.connection.execute(
                    "SELECT facts FROM findings WHERE finding_id = ?", (finding_id,)
                ).fetchone()
            facts[finding_id] = row[0] if row else ""
        return facts

    def decided_nights(self) -> dict[str, date]:
        """Finding id → the night on which its disposition was last read from a workbook."""
        rows = self.connection.execute(
            "SELECT content ->> 'finding_id', max(substr(run_id, 1, 10)) FROM events"
            " WHERE content ->> 'kind' = 'decided' AND content -> 'what' -> 'disposition' IS NOT NULL GROUP BY 1"
        )
        return {finding_id: date.fromisoformat(day) for finding_id, day in rows}

    def forget(self, limit: str, held: Collection[str] = ()) -> None:
        """Forget the facts that were replaced before `limit` (an ISO day), but for those of the findings `held`."""
        self.connection.execute(
            "DELETE FROM replaced_facts WHERE run_id < ? AND finding_id NOT IN (SELECT value FROM json_each(?))",
            (limit, json.dumps(sorted(held))),
        )
