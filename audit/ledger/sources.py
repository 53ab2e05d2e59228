"""The ledger's tables for sources: how each fared in each run, the accounts it shows, how far its sweep has come.

Used by audit/ledger alone, inside its transactions; every function takes its connection.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, astuple
from datetime import datetime
from typing import Any

from audit.model.coverage import TOLD, LastAnswer, SweepCount, SweepRecord
from audit.model.night import Pull, PullStatus
from connectors.contract import Access, Tally
from connectors.records import Account, Evidence, MailSignal, Provenance, Strength

SCHEMA = """
CREATE TABLE IF NOT EXISTS sources (
    run_id TEXT NOT NULL REFERENCES runs, source TEXT NOT NULL, connector TEXT NOT NULL, access TEXT NOT NULL,
    status TEXT NOT NULL, read INTEGER NOT NULL, kept INTEGER NOT NULL, dropped INTEGER NOT NULL,
    rejected INTEGER NOT NULL, reason TEXT NOT NULL, read_before INTEGER, kept_by_platform TEXT NOT NULL,
    dropped_by_reason TEXT NOT NULL, requests TEXT NOT NULL DEFAULT '[0, 0, 0]', sweep TEXT NOT NULL DEFAULT 'null',
    approval TEXT NOT NULL DEFAULT '', PRIMARY KEY (run_id, source)
) STRICT;
CREATE TABLE IF NOT EXISTS accounts (
    source TEXT NOT NULL, position INTEGER NOT NULL, platform TEXT NOT NULL, account_id TEXT NOT NULL,
    handle TEXT NOT NULL, content TEXT NOT NULL, run_id TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (source, position)
) STRICT;
CREATE TABLE IF NOT EXISTS sweeps (
    source TEXT NOT NULL, key TEXT NOT NULL, run_id TEXT NOT NULL REFERENCES runs, asked_at TEXT NOT NULL,
    outcome TEXT NOT NULL, told_at TEXT, found INTEGER NOT NULL, PRIMARY KEY (source, key)
) STRICT;
"""
"""`sweeps.key` and `accounts.key` are digests: a handle or an employee's address is not stored for having been asked
for. `told_at` is when the platform last gave an answer, "not found" included."""


def key_digest(source: str, key: str) -> str:
    """What stands for a sweep's key in the ledger."""
    return hashlib.sha256(f"{source}\n{key}".encode()).hexdigest()[:32]


def read_before(connection: sqlite3.Connection, source: str) -> int | None:
    """How many items the last complete pull of a source read, in a finished run; None before the first."""
    row = connection.execute(
        "SELECT sources.read FROM sources JOIN runs USING (run_id) WHERE source = ? AND status = ?"
        " AND finished_at IS NOT NULL ORDER BY as_of DESC, finished_at DESC LIMIT 1",
        (source, PullStatus.COMPLETE),
    ).fetchone()
    return None if row is None else int(row[0])


def record_pull(connection: sqlite3.Connection, run_id: str, pull: Pull) -> None:
    """Note how a source fared tonight."""
    connection.execute(
        "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            run_id, pull.source, pull.connector, pull.access, pull.status, pull.read, pull.kept, pull.dropped,
            pull.rejected, pull.reason, pull.read_before, json.dumps(pull.kept_by_platform),
            json.dumps(pull.dropped_by_reason), json.dumps(astuple(pull.requests)),
            json.dumps(pull.sweep and asdict(pull.sweep), default=lambda value: value.isoformat()),
            pull.approval,
        ),
    )  # fmt: skip


def pulls(connection: sqlite3.Connection, run_id: str) -> tuple[Pull, ...]:
    """How the sources fared in a run, in the order they were read."""
    rows = connection.execute("SELECT * FROM sources WHERE run_id = ? ORDER BY rowid", (run_id,))
    return tuple(
        Pull(
            row[1], row[2], Access(row[3]), PullStatus(row[4]), row[5], row[6], row[7], row[8], row[9], row[10],
            tuple((platform, count) for platform, count in json.loads(row[11])),
            tuple((reason, count) for reason, count in json.loads(row[12])),
            Tally(*json.loads(row[13])),
            _sweep_count(json.loads(row[14])),
            row[15],
        )
        for row in rows
    )  # fmt: skip


def _sweep_count(row: dict[str, Any] | None) -> SweepCount | None:
    if row is None:
        return None
    oldest = datetime.fromisoformat(row["oldest"]) if row["oldest"] else None
    return SweepCount(**{**row, "oldest": oldest, "within": tuple(row["within"])})


# Sweeps


def last_answers(connection: sqlite3.Connection, source: str) -> dict[str, LastAnswer]:
    """What is remembered of each key of a source's sweep, by digest."""
    rows = connection.execute("SELECT key, asked_at, told_at, found FROM sweeps WHERE source = ?", (source,))
    return {
        key: LastAnswer(datetime.fromisoformat(asked), datetime.fromisoformat(told) if told else None, found)
        for key, asked, told, found in rows
    }


def record_sweep(connection: sqlite3.Connection, source: str, run_id: str, sweep: SweepRecord) -> None:
    """Note how each key asked for tonight went, and forget keys that the sweep has no longer."""
    connection.execute(
        "DELETE FROM sweeps WHERE source = ? AND key NOT IN (SELECT value FROM json_each(?))",
        (source, json.dumps(list(sweep.keys))),
    )
    moment = sweep.at.isoformat()
    connection.executemany(
        "INSERT INTO sweeps VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET run_id = excluded.run_id,"
        " asked_at = excluded.asked_at, outcome = excluded.outcome, told_at = coalesce(excluded.told_at, told_at),"
        " found = CASE WHEN excluded.told_at IS NULL THEN found ELSE excluded.found END",
        (
            (source, one.key, run_id, moment, one.outcome, moment if one.outcome in TOLD else None, one.found)
            for one in sweep.asked
        ),
    )


# Accounts


def replace_accounts(
    connection: sqlite3.Connection,
    source: str,
    run_id: str,
    accounts: Iterable[tuple[str, Account]],
    standing: Collection[str] = (),
) -> None:
    """Put what a source shows tonight in the place of what it showed before; (key, account) pairs, streamed.

    The key is "" for a list. Accounts whose key is `standing` (digests) were not asked for, and stay.
    """
    connection.execute(
        "DELETE FROM accounts WHERE source = ? AND key NOT IN (SELECT value FROM json_each(?))",
        (source, json.dumps(list(standing))),
    )
    (last,) = connection.execute(
        "SELECT coalesce(max(position), -1) FROM accounts WHERE source = ?", (source,)
    ).fetchone()
    connection.executemany(
        "INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (source, place, account.platform, account.account_id, account.handle, account_text(account), run_id, key)
            for place, (key, account) in enumerate(accounts, start=last + 1)
        ),
    )


def accounts(connection: sqlite3.Connection) -> Iterator[tuple[str, str, str, Account]]:
    """(source, key, run that read it, account) for everything kept, source by source in the order it was read."""
    rows = connection.execute("SELECT source, key, run_id, content FROM accounts ORDER BY source, position")
    return ((source, key, run_id, account_of(content)) for source, key, run_id, content in rows)


def accounts_of(connection: sqlite3.Connection, source: str) -> list[Account]:
    """What one source has shown."""
    rows = connection.execute("SELECT content FROM accounts WHERE source = ? ORDER BY position", (source,))
    return [account_of(content) for (content,) in rows]


def account_text(account: Account) -> str:
    """An account as the ledger keeps it."""
    return json.dumps(asdict(account), ensure_ascii=False, default=lambda value: value.isoformat())


def account_of(text: str) -> Account:
    """The account that `account_text` made a text of."""
    row = json.loads(text)
    row["evidence"] = tuple(_dataclass(Evidence, piece) for piece in row["evidence"])
    row["provenance"] = _dataclass(Provenance, row["provenance"])
    row["signals"] = tuple(_dataclass(MailSignal, signal) for signal in row["signals"])
    account: Account = _dataclass(Account, row)
    return account


def _dataclass(kind: type[Any], row: dict[str, Any]) -> Any:
    for name in row.keys() & {"observed_at", "created_at", "first_at", "last_at"}:
        row[name] = datetime.fromisoformat(row[name]) if row[name] else None
    for name in row.keys() & {"strength", "registration"}:
        row[name] = Strength(row[name])
    for name, value in row.items():
        if isinstance(value, list):
            row[name] = tuple(value)
    return kind(**row)
