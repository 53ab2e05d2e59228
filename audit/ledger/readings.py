"""The ledger's table of readings: what profiles with a tie said, so that the next night need not read them again.

It holds what tonight's sources showed and nothing else: a night forgets what no source has shown, a purge all of it.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from audit.ledger.codec import text_of, value_of
from audit.model.words import KnownWords

READINGS = """
CREATE TABLE IF NOT EXISTS readings (
    digest TEXT PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs, content TEXT NOT NULL
) STRICT;
"""
SOME = 500
"""Readings that are written in one go."""


@dataclass(slots=True)
class RunReadings:
    """The readings as one run asks for them and adds to them; part of the caller's transaction."""

    connection: sqlite3.Connection
    run_id: str
    _used: list[str] = field(default_factory=list)
    _new: list[tuple[str, str]] = field(default_factory=list)

    def known(self, digest: str) -> KnownWords | None:
        """What was read before; `digest` stands for the profile and for all by which it is read."""
        row = self.connection.execute("SELECT content FROM readings WHERE digest = ?", (digest,)).fetchone()
        if row is None:
            return None
        self._used.append(digest)
        self._write(SOME)
        return value_of(KnownWords, row[0])

    def note(self, digest: str, words: KnownWords) -> None:
        """Keep what was read."""
        self._new.append((digest, text_of(words)))
        self._write(SOME)

    def close(self) -> None:
        """Write what is not written yet."""
        self._write(1)

    def _write(self, least: int) -> None:
        if len(self._used) >= least:
            self.connection.executemany(
                "UPDATE readings SET run_id = ? WHERE digest = ?", [(self.run_id, one) for one in self._used]
            )
            self._used.clear()
        if len(self._new) >= least:
            self.connection.executemany(
                "INSERT OR REPLACE INTO readings (digest, run_id, content) VALUES (?, ?, ?)",
                [(digest, self.run_id, text) for digest, text in self._new],
            )
            self._new.clear()


@dataclass(frozen=True, slots=True)
class ReadingStore:
    """What profiles said: `ledger.readings`."""

    connection: sqlite3.Connection

    def of(self, run_id: str) -> RunReadings:
        """The readings, for one run's reading of a source."""
        return RunReadings(self.connection, run_id)

    def forget(self, but: str = "") -> None:
        """Forget the readings, but those of profiles that a run was shown; part of the caller's transaction."""
        self.connection.execute("DELETE FROM readings WHERE run_id != ?", (but,))
