"""The ledger's tables for findings: every one ever made, its evidence, and which sources showed what is official."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date

from audit.ledger.codec import insertion, row_of, rows_of, value_in
from audit.ledger.grounds import GroundStore
from audit.model.finding import Finding, Past
from connectors.records import Evidence

FINDINGS = """
CREATE TABLE official_seen (
    registry_key TEXT NOT NULL, source TEXT NOT NULL, last_seen TEXT NOT NULL, PRIMARY KEY (registry_key, source)
) STRICT;
CREATE TABLE findings (
    finding_id TEXT PRIMARY KEY, rule_id TEXT NOT NULL, clause TEXT NOT NULL, tier TEXT NOT NULL,
    severity TEXT NOT NULL, status TEXT NOT NULL, platform TEXT NOT NULL, handle TEXT NOT NULL,
    account_id TEXT NOT NULL, url TEXT NOT NULL, display_name TEXT NOT NULL, mailbox TEXT NOT NULL,
    employee_id TEXT NOT NULL, employee_name TEXT NOT NULL, agency_code TEXT NOT NULL, because TEXT NOT NULL,
    matched_text TEXT NOT NULL, link_step TEXT NOT NULL, link_value TEXT NOT NULL, rivals INTEGER NOT NULL,
    sources TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, disposition TEXT NOT NULL,
    reviewer TEXT NOT NULL, note TEXT NOT NULL, decided_on TEXT, suppress_until TEXT, resolved_on TEXT,
    reopened_on TEXT, facts TEXT NOT NULL DEFAULT '', decided_facts TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE evidence (
    finding_id TEXT NOT NULL REFERENCES findings ON DELETE CASCADE, position INTEGER NOT NULL, source TEXT NOT NULL,
    kind TEXT NOT NULL, detail TEXT NOT NULL, observed_at TEXT, sha256 TEXT NOT NULL, strength TEXT NOT NULL,
    PRIMARY KEY (finding_id, position)
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class FindingStore:
    """What was found: `ledger.findings`. What writes takes part in the caller's transaction."""

    connection: sqlite3.Connection

    def past(self) -> dict[str, Past]:
        """Every finding ever made, by id. Raises ValueError where somebody wrote what no program writes."""
        pieces: dict[str, list[Evidence]] = {}
        for row in rows_of(self.connection.execute("SELECT * FROM evidence ORDER BY finding_id, position")):
            pieces.setdefault(row["finding_id"], []).append(value_in(Evidence, row))
        earlier = GroundStore(self.connection).earlier()
        found = {}
        for row in rows_of(self.connection.execute("SELECT * FROM findings ORDER BY finding_id")):
            finding_id = row["finding_id"]
            evidence, sources = tuple(pieces.get(finding_id, ())), json.loads(row["sources"])
            finding = value_in(Finding, {**row, "evidence": evidence, "sources": sources})
            found[finding_id] = value_in(Past, {**row, "finding": finding, "earlier": earlier.get(finding_id)})
        return found

    def record(self, run_id: str, past: Collection[Past]) -> None:
        """Put findings as tonight leaves them in the place of what they were, and keep the facts that this replaces."""
        GroundStore(self.connection).record(run_id, past)
        for one in past:
            self._put(one)

    def _put(self, past: Past) -> None:
        finding = past.finding
        row = {**row_of(finding, but=("evidence",)), **row_of(past, but=("finding", "earlier"))}
        news = ", ".join(f"{name} = excluded.{name}" for name in row)
        self.connection.execute(f"{insertion('findings', row)} ON CONFLICT (finding_id) DO UPDATE SET {news}", row)
        self.connection.execute("DELETE FROM evidence WHERE finding_id = ?", (finding.finding_id,))
        for place, piece in enumerate(finding.evidence):
            shown = {"finding_id": finding.finding_id, "position": place, **row_of(piece)}
            self.connection.execute(insertion("evidence", shown), shown)

    def rename(self, shown_of: Callable[[str], str]) -> None:
        """Put what is kept of each display name in the place of what stood there."""
        names = self.connection.execute("SELECT DISTINCT display_name FROM findings").fetchall()
        self.connection.executemany(
            "UPDATE findings SET display_name = ? WHERE display_name = ?",
            ((kept, name) for (name,) in names if (kept := shown_of(name)) != name),
        )

    def official_seen(self) -> dict[str, frozenset[str]]:
        """Which sources have ever shown each registered official account, by registry key."""
        seen: dict[str, set[str]] = {}
        for key, source in self.connection.execute("SELECT registry_key, source FROM official_seen"):
            seen.setdefault(key, set()).add(source)
        return {key: frozenset(sources) for key, sources in seen.items()}

    def record_official(self, seen: Iterable[tuple[str, str]], on: date) -> None:
        """Note which (registry key, source) pairs were shown on a night."""
        self.connection.executemany(
            "INSERT INTO official_seen VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET last_seen = excluded.last_seen",
            ((key, source, on.isoformat()) for key, source in seen),
        )
