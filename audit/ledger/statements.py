"""The ledger's table of what sources say against accounts that other sources show with a state address.

A source that shows an account with a private address alone is not kept; that it did, and when, is, for as long as no
later pull of that source says otherwise: a source that fails tonight takes nothing back. Accounts are digests here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from audit.model.statement import Statement

STATEMENTS = """
CREATE TABLE IF NOT EXISTS statements (
    source TEXT NOT NULL, account TEXT NOT NULL, other_at REAL NOT NULL, ended_at REAL NOT NULL,
    run_id TEXT NOT NULL REFERENCES runs, PRIMARY KEY (source, account)
) STRICT;
"""
"""The moments are POSIX seconds; infinity where the source does not say when, minus infinity where it said no such
thing."""


@dataclass(frozen=True, slots=True)
class StatementStore:
    """What sources say against accounts of others: `ledger.statements`. What writes takes part in the caller's
    transaction."""

    connection: sqlite3.Connection

    def replace(self, run_id: str, source: str, said: Iterable[tuple[str, float, float]]) -> None:
        """Put what a source said tonight, (account, when with another address, when as ended), in the place of what it
        said before."""
        self.connection.execute("DELETE FROM statements WHERE source = ?", (source,))
        self.connection.executemany(
            "INSERT OR REPLACE INTO statements VALUES (?, ?, ?, ?, ?)",
            ((source, account, other, ended, run_id) for account, other, ended in said),
        )

    def all(self) -> dict[str, tuple[Statement, ...]]:
        """Everything that is said, by account."""
        found: dict[str, tuple[Statement, ...]] = {}
        for source, account, other, ended in self.connection.execute(
            "SELECT source, account, other_at, ended_at FROM statements ORDER BY source, account"
        ):
            found[account] = (*found.get(account, ()), Statement(source, other, ended))
        return found
