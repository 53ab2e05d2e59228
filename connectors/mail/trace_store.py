"""What earlier nights learned from the message trace, so that a cut-off sweep goes on where it stopped.

One SQLite file. It keeps, for each sender and ten-day window that was read to its end, the messages that arrived:
mailbox, platform, kind, time and a hash of the message id. Subjects are not in it. A window is one transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from connectors.contract import SourceDown

SCHEMA = """
CREATE TABLE IF NOT EXISTS windows (
    sender TEXT NOT NULL, starts_at INTEGER NOT NULL, read_at INTEGER NOT NULL, final INTEGER NOT NULL,
    PRIMARY KEY (sender, starts_at)
) STRICT;
CREATE TABLE IF NOT EXISTS messages (
    sender TEXT NOT NULL, starts_at INTEGER NOT NULL, mailbox TEXT NOT NULL, message TEXT NOT NULL,
    platform TEXT NOT NULL, kind TEXT NOT NULL, strength TEXT NOT NULL, third_party INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (sender, starts_at, mailbox, message),
    FOREIGN KEY (sender, starts_at) REFERENCES windows ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
"""
VERSION = 2
"""Of what a kept message means; a store of another version is begun anew, and the trace read again."""
GROUPED = """
SELECT mailbox, platform, kind, strength, third_party, message, at
FROM (SELECT *, row_number() OVER (PARTITION BY mailbox, message ORDER BY kind, at) AS turn FROM messages)
WHERE turn = 1 ORDER BY mailbox, platform, kind, strength, third_party, message
"""


@dataclass(frozen=True, slots=True)
class ArrivedMessage:
    """One message that arrived in one mailbox; `message` is a hash of its id, `at` its time in epoch microseconds."""

    mailbox: str
    platform: str
    kind: str
    strength: str
    third_party: bool
    message: str
    at: int


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. Times are epoch seconds unless said otherwise."""

    connection: sqlite3.Connection

    def final(self, sender: str, starts_at: int) -> bool:
        """Whether a window was read after nothing more could come into it."""
        query = "SELECT final FROM windows WHERE sender = ? AND starts_at = ?"
        return bool((self.connection.execute(query, (sender, starts_at)).fetchone() or (0,))[0])

    def keep(self, sender: str, starts_at: int, read_at: int, final: bool, messages: Iterable[ArrivedMessage]) -> None:
        """Replace a window by what was read of it just now, or, if that fails half-way, leave it as it was."""
        with self.connection:
            self.connection.execute("DELETE FROM windows WHERE sender = ? AND starts_at = ?", (sender, starts_at))
            self.connection.execute("INSERT INTO windows VALUES (?, ?, ?, ?)", (sender, starts_at, read_at, final))
            rows = (
                (
                    sender,
                    starts_at,
                    one.mailbox,
                    one.message,
                    one.platform,
                    one.kind,
                    one.strength,
                    one.third_party,
                    one.at,
                )
                for one in messages
            )
            self.connection.executemany("INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def forget(self, before: int, senders: Iterable[str]) -> None:
        """Remove windows that began before a time, and those of senders that are no longer asked about."""
        known = set(senders)
        with self.connection:
            self.connection.execute("DELETE FROM windows WHERE starts_at < ?", (before,))
            stored = [sender for (sender,) in self.connection.execute("SELECT DISTINCT sender FROM windows")]
            gone = [(sender,) for sender in stored if sender not in known]
            self.connection.executemany("DELETE FROM windows WHERE sender = ?", gone)

    def messages(self) -> Iterator[ArrivedMessage]:
        """Every message once for each mailbox, in the order of mailbox, platform and kind."""
        for mailbox, platform, kind, strength, third_party, message, at in self.connection.execute(GROUPED):
            yield ArrivedMessage(mailbox, platform, kind, strength, bool(third_party), message, at)


@contextmanager
def opened_store(path: Path | None, source: str) -> Iterator[Store]:
    """The store in a file that only its owner may read, or, without a path, one that is gone afterwards.

    Raises SourceDown where the file cannot be used.
    """
    try:
        if path is not None:
            path.touch(mode=0o600)
        connection = sqlite3.connect(path or "")
    except (OSError, sqlite3.Error):
        raise SourceDown(f"{source}: {path} cannot be written. Name another checkpoint in audit.toml.") from None
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        if connection.execute("PRAGMA user_version").fetchone() != (VERSION,):
            connection.executescript("DROP TABLE IF EXISTS messages; DROP TABLE IF EXISTS windows;")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.executescript(SCHEMA)
        yield Store(connection)
    except sqlite3.DatabaseError:
        raise SourceDown(
            f"{source}: the checkpoint {path} is damaged or the disk is full. Make room; or move it away, and"
            " the trace is read from its beginning."
        ) from None
    finally:
        connection.close()


def utc(microseconds: int) -> datetime:
    """Epoch microseconds as an aware UTC time."""
    return datetime.fromtimestamp(microseconds / 1e6, UTC)
