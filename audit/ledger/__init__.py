"""The ledger: SQLite, the truth between nights. One transaction per source, one for the night's judgement."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from audit import whole_file
from audit.columns import Columns
from audit.coverage import LastAnswer, SweepRecord
from audit.figures import Figure, figures_of
from audit.findings import Finding, FindingStatus, LinkStep, Severity, Tier
from audit.ledger import facts as fact_store
from audit.ledger import history as history_store
from audit.ledger import measures as measure_store
from audit.ledger import reviews as review_store
from audit.ledger import sources as source_store
from audit.ledger.history import Told
from audit.ledger.reviews import Reviews
from audit.lifecycle import Change, Earlier, Past
from audit.merging import Background, Copy
from audit.night import ImportProblem, Problem, Pull, PullStatus
from audit.trends import Trends, trends
from audit.usable import Known
from connectors.records import Account, Evidence, Strength

VERSION = 2
IN_MEMORY = Path(":memory:")
"""The path of a ledger that is nowhere: for looking ahead, before there is one."""
DAYS = ("first_seen", "last_seen", "decided_on", "suppress_until", "resolved_on", "reopened_on")
SCHEMA = """
CREATE TABLE runs (
    run_id TEXT PRIMARY KEY, as_of TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT, content TEXT
) STRICT;
CREATE TABLE problems (
    run_id TEXT NOT NULL REFERENCES runs, position INTEGER NOT NULL, source TEXT NOT NULL, place TEXT NOT NULL,
    reason TEXT NOT NULL, PRIMARY KEY (run_id, position)
) STRICT;
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
CREATE TABLE events (
    event_id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, content TEXT, content_sha256 TEXT NOT NULL,
    chain_sha256 TEXT NOT NULL
) STRICT;
"""
FROM_1_TO_2 = """
ALTER TABLE sources ADD COLUMN requests TEXT NOT NULL DEFAULT '[0, 0, 0]';
ALTER TABLE sources ADD COLUMN sweep TEXT NOT NULL DEFAULT 'null';
ALTER TABLE sources ADD COLUMN approval TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN key TEXT NOT NULL DEFAULT '';
ALTER TABLE findings ADD COLUMN facts TEXT NOT NULL DEFAULT '';
ALTER TABLE findings ADD COLUMN decided_facts TEXT NOT NULL DEFAULT '';
"""


class LedgerError(Exception):
    """The ledger cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest finished run: its id and its day."""

    run_id: str
    as_of: date


class Ledger:
    """An open ledger. Every public method that writes is one transaction, or takes part in the caller's."""

    def __init__(self, path: Path) -> None:
        """Open (and create) the ledger at `path`. Raises LedgerError where it is not a ledger of this version."""
        self.path = path
        if path != IN_MEMORY:
            path.touch(whole_file.MODE)  # SQLite gives its other files the mode of this one
            with suppress(PermissionError):  # it is somebody else's, who let us write it
                path.chmod(whole_file.MODE)
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        try:
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = FULL")
            self.connection.execute("PRAGMA foreign_keys = ON")
            version = self.connection.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION:
                raise LedgerError(
                    f"{path}: is a ledger of version {version}; this program knows {VERSION}. Update identity-audit."
                )
            if version < VERSION:
                self._script(SCHEMA if version == 0 else FROM_1_TO_2)
            # Beside the version: a ledger from before reviews or sweeps were kept gains their tables.
            self.connection.executescript(source_store.SCHEMA)
            self.connection.executescript(review_store.SCHEMA)
            self.connection.executescript(fact_store.SCHEMA)
            self.connection.executescript(measure_store.SCHEMA)
        except sqlite3.DatabaseError as error:
            self.connection.close()
            raise LedgerError(
                f"{path}: cannot be used as a ledger ({error}). Restore a backup, or move it away to begin anew."
            ) from None
        except LedgerError:
            self.connection.close()
            raise

    def _script(self, statements: str) -> None:
        self.connection.executescript(f"BEGIN IMMEDIATE;{statements}PRAGMA user_version = {VERSION};COMMIT;")

    def close(self) -> None:
        """Close the ledger."""
        self.connection.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: committed at the end of the block, rolled back when it raises."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    # Runs

    def begin(self, as_of: date, started_at: datetime) -> str:
        """Note that a run has begun and return its id: the day and the count of finished runs on it."""
        (finished,) = self.connection.execute(
            "SELECT count(*) FROM runs WHERE as_of = ? AND finished_at IS NOT NULL", (as_of.isoformat(),)
        ).fetchone()
        run_id = f"{as_of.isoformat()}.{finished + 1}"
        with self.transaction():
            self.connection.execute(
                "INSERT INTO runs (run_id, as_of, started_at) VALUES (?, ?, ?)"
                " ON CONFLICT (run_id) DO UPDATE SET started_at = excluded.started_at",
                (run_id, as_of.isoformat(), started_at.isoformat()),
            )
            for table in ("sources", "problems"):
                self.connection.execute(f"DELETE FROM {table} WHERE run_id = ?", (run_id,))  # noqa: S608
        return run_id

    def last_run(self) -> LastRun | None:
        """The newest finished run, or None in a new ledger."""
        row = self.connection.execute(
            "SELECT run_id, as_of FROM runs WHERE finished_at IS NOT NULL"
            " ORDER BY as_of DESC, finished_at DESC, run_id DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return None
        return LastRun(row[0], date.fromisoformat(row[1]))

    # Sources

    def read_before(self, source: str) -> int | None:
        """How many items the last complete pull of a source read, in a finished run; None before the first."""
        return source_store.read_before(self.connection, source)

    def last_answers(self, source: str) -> dict[str, LastAnswer]:
        """What is remembered of each key of a source's sweep, by digest."""
        return source_store.last_answers(self.connection, source)

    def replace_accounts(
        self, run_id: str, source: str, accounts: Iterable[tuple[str, Account]], sweep: SweepRecord | None = None
    ) -> None:
        """Put the (key, account) pairs that a source shows tonight in the place of those it showed before; streamed.

        Keys of a sweep that were not asked for keep theirs. Part of a transaction.
        """
        source_store.replace_accounts(self.connection, source, run_id, accounts, sweep.standing if sweep else ())
        if sweep is not None:
            source_store.record_sweep(self.connection, source, run_id, sweep)

    def record_pull(self, run_id: str, pull: Pull) -> None:
        """Note how a source fared tonight. Part of a transaction."""
        source_store.record_pull(self.connection, run_id, pull)
        if pull.status is PullStatus.COMPLETE:
            measure_store.record_columns(self.connection, pull.source, pull.columns)

    def columns_of(self, source: str) -> Columns | None:
        """What the last healthy pull of a source held, field by field; None before the first."""
        return measure_store.columns_of(self.connection, source)

    def roster(self) -> frozenset[Known]:
        """The people of the last judged night, in digests."""
        return measure_store.roster(self.connection)

    def measured(self) -> tuple[Figure, ...]:
        """What was measured in the last finished run."""
        last = self.last_run()
        return figures_of(self.run(last.run_id)[1]) if last else ()

    def accounts(self) -> Iterator[tuple[str, str, str, Account]]:
        """(source, key, run that read it, account) for everything kept, source by source in the order it was read."""
        return source_store.accounts(self.connection)

    def accounts_of(self, source: str) -> list[Account]:
        """What one source has shown."""
        return source_store.accounts_of(self.connection, source)

    def pulls(self, run_id: str) -> tuple[Pull, ...]:
        """How the sources fared in a run, in the order they were read."""
        return source_store.pulls(self.connection, run_id)

    # Judgement

    def past(self) -> dict[str, Past]:
        """Every finding ever made, by id."""
        pieces: dict[str, list[Evidence]] = {}
        for row in self.connection.execute(
            "SELECT finding_id, source, kind, detail, observed_at, sha256, strength FROM evidence"
            " ORDER BY finding_id, position"
        ):
            observed = datetime.fromisoformat(row[4]) if row[4] else None
            pieces.setdefault(row[0], []).append(Evidence(row[1], row[2], row[3], observed, row[5], Strength(row[6])))
        cursor = self.connection.execute("SELECT * FROM findings ORDER BY finding_id")
        names = [column[0] for column in cursor.description]
        earlier = fact_store.earlier_of_all(self.connection)
        return {
            row[0]: _past(dict(zip(names, row, strict=True)), tuple(pieces.get(row[0], ())), earlier.get(row[0]))
            for row in cursor
        }

    def official_seen(self) -> dict[str, frozenset[str]]:
        """Which sources have ever shown each registered official account, by registry key."""
        seen: dict[str, set[str]] = {}
        for key, source in self.connection.execute("SELECT registry_key, source FROM official_seen"):
            seen.setdefault(key, set()).add(source)
        return {key: frozenset(sources) for key, sources in seen.items()}

    def record_night(
        self,
        run_id: str,
        *,
        findings: Iterable[Past],
        changes: Iterable[Change],
        problems: Iterable[Problem],
        official_seen: Iterable[tuple[str, str]],
        content: dict[str, Any],
        reviews: Reviews | None = None,
        roster: Collection[Known] = (),
    ) -> None:
        """The night's judgement, all of it or nothing."""
        with self.transaction():
            measure_store.record_roster(self.connection, roster)
            kept = tuple(findings)
            fact_store.record(self.connection, run_id, kept)
            for past in kept:
                self._put(past)
            read = reviews or Reviews()
            # What people typed was read first; tonight's evidence may have set it aside since.
            for decided in read.merged.decided:
                self._append_event(run_id, review_store.event(decided))
            for change in changes:
                self._append_event(run_id, asdict(change))
            review_store.record(self.connection, run_id, read, kept)
            self.connection.executemany(
                "INSERT INTO problems VALUES (?, ?, ?, ?, ?)",
                ((run_id, place, *_problem(problem)) for place, problem in enumerate(problems)),
            )
            day = run_id[:10]
            self.connection.executemany(
                "INSERT INTO official_seen VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET last_seen = excluded.last_seen",
                ((key, source, day) for key, source in official_seen),
            )
            self.connection.execute(
                "UPDATE runs SET content = ? WHERE run_id = ?", (json.dumps(content, ensure_ascii=False), run_id)
            )

    def finish(self, run_id: str, finished_at: datetime) -> None:
        """Note that everything the run had to say is on the disk."""
        self.connection.execute("UPDATE runs SET finished_at = ? WHERE run_id = ?", (finished_at.isoformat(), run_id))

    def run(self, run_id: str) -> tuple[str, dict[str, Any]]:
        """(ISO time of its start, stored content) of a judged run."""
        row = self.connection.execute("SELECT started_at, content FROM runs WHERE run_id = ?", (run_id,)).fetchone()
        return row[0], json.loads(row[1])

    def problems(self, run_id: str) -> tuple[Problem, ...]:
        """The rows and files that could not be used as they stood in a run."""
        rows = self.connection.execute(
            "SELECT source, place, reason FROM problems WHERE run_id = ? ORDER BY position", (run_id,)
        )
        return tuple(Problem(*row) for row in rows)

    # Reviews: every word typed into a workbook

    def facts_shown(self, copies: Mapping[str, str]) -> dict[str, str]:
        """Finding id → the facts that stood in the workbook of a run; `copies` maps finding id to run id."""
        return fact_store.shown(self.connection, copies)

    def decided_nights(self) -> dict[str, date]:
        """Finding id → the night on which its disposition was last read from a workbook."""
        return fact_store.decided_nights(self.connection)

    def files_read(self) -> dict[str, tuple[ImportProblem, ...]]:
        """Every reviewer's file that was read, by its SHA-256 in hex, with the problems it gave."""
        return review_store.files_read(self.connection)

    def background(self, copy: Copy) -> Background:
        """What is known about a reviewer's copy: what it was written with, and what it said when last read."""
        return review_store.background(self.connection, copy)

    def own_words(self) -> dict[str, dict[str, str]]:
        """Finding id → heading → text of the columns that analysts added to their workbooks."""
        return review_store.own_words_of_all(self.connection)

    def import_problems(self, run_id: str) -> tuple[ImportProblem, ...]:
        """What was typed into workbooks and could not be placed, as a run showed it."""
        return review_store.problems_of(self.connection, run_id)

    def _put(self, past: Past) -> None:
        finding = past.finding
        values = {field.name: getattr(finding, field.name) for field in fields(Finding) if field.name != "evidence"}
        values |= {"sources": json.dumps(finding.sources)}
        values |= {"resolved_on": past.resolved_on, "reopened_on": past.reopened_on}
        values |= {"facts": past.facts, "decided_facts": past.decided_facts}
        values = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        news = ", ".join(f"{name} = excluded.{name}" for name in values)
        self.connection.execute(
            f"INSERT INTO findings ({names}) VALUES ({marks}) ON CONFLICT (finding_id) DO UPDATE SET {news}",  # noqa: S608
            values,
        )
        self.connection.execute("DELETE FROM evidence WHERE finding_id = ?", (finding.finding_id,))
        self.connection.executemany(
            "INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (finding.finding_id, place, piece.source, piece.kind, piece.detail,
                 piece.observed_at and piece.observed_at.isoformat(), piece.sha256, piece.strength)
                for place, piece in enumerate(finding.evidence)
            ),
        )  # fmt: skip

    # The chain of events

    def _append_event(self, run_id: str, content: dict[str, Any]) -> None:
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        last = self.connection.execute("SELECT chain_sha256 FROM events ORDER BY event_id DESC LIMIT 1").fetchone()
        chain = _chained(last[0] if last else "", run_id, digest)
        self.connection.execute(
            "INSERT INTO events (run_id, content, content_sha256, chain_sha256) VALUES (?, ?, ?, ?)",
            (run_id, text, digest, chain),
        )

    def events(self, finding_id: str) -> list[tuple[str, str, str]]:
        """(run id, status entered, reason) of one finding, oldest first."""
        rows = self.connection.execute(
            "SELECT run_id, content ->> 'kind', content ->> 'reason' FROM events"
            " WHERE content ->> 'finding_id' = ? ORDER BY event_id",
            (finding_id,),
        )
        return [(run_id, kind, reason) for run_id, kind, reason in rows]

    def told(self, run_id: str) -> Iterator[Told]:
        """What happened to findings in a run, in the order of the chain."""
        return history_store.told(self.connection, run_id)

    def trends(self, run_id: str) -> Trends:
        """Counts by week up to a run."""
        events, marks = history_store.events(self.connection, run_id), history_store.marks(self.connection)
        nights, forgotten = self.nights(run_id), history_store.forgotten(self.connection)
        return trends(events, marks, nights, date.fromisoformat(run_id[:10]), forgotten)

    def nights(self, run_id: str) -> list[date]:
        """The days of the finished runs before a run, and its own, oldest first."""
        return history_store.nights(self.connection, run_id)

    def broken_event(self) -> int | None:
        """The first event whose content or place in the chain was altered; None where the chain is whole.

        Content that retention removed is absent, not altered: its digest still holds the chain together.
        """
        before = ""
        for event_id, run_id, content, digest, chain in self.connection.execute(
            "SELECT event_id, run_id, content, content_sha256, chain_sha256 FROM events ORDER BY event_id"
        ):
            if content is not None and hashlib.sha256(content.encode()).hexdigest() != digest:
                return int(event_id)
            if _chained(before, run_id, digest) != chain:
                return int(event_id)
            before = chain
        return None

    # Retention

    def purge(self, as_of: date, retention_days: int) -> dict[str, int]:
        """Remove what was resolved, or merely reported, more than `retention_days` before `as_of`.

        Events lose their content and keep their digests, so that the chain stays verifiable. Returns counts by what
        was removed.
        """
        limit = (as_of - timedelta(days=retention_days)).isoformat()
        run = self.connection.execute
        with self.transaction():
            events = run(
                "UPDATE events SET content = NULL WHERE content IS NOT NULL AND run_id < ? AND content ->> 'finding_id'"
                " NOT IN (SELECT finding_id FROM findings WHERE resolved_on IS NULL OR resolved_on >= ?)",
                (limit, limit),
            ).rowcount
            findings = run("DELETE FROM findings WHERE resolved_on < ?", (limit,)).rowcount
            problems = run("DELETE FROM problems WHERE run_id < ?", (limit,)).rowcount
            review_store.purge(self.connection, limit)
            fact_store.purge(self.connection, limit)
        run("VACUUM")
        run("PRAGMA wal_checkpoint(TRUNCATE)")
        return {"findings": findings, "events": events, "problems": problems}


def _chained(before: str, run_id: str, digest: str) -> str:
    return hashlib.sha256(f"{before}\n{run_id}\n{digest}".encode()).hexdigest()


def _problem(problem: Problem) -> tuple[str, str, str]:
    return (problem.source, problem.where, problem.reason)


def _past(row: dict[str, Any], evidence: tuple[Evidence, ...], earlier: Earlier | None) -> Past:
    for name in DAYS:
        row[name] = date.fromisoformat(row[name]) if row[name] else None
    life = {name: row.pop(name) for name in ("resolved_on", "reopened_on", "facts", "decided_facts")}
    row |= {
        "tier": Tier(row["tier"]),
        "severity": Severity(row["severity"]),
        "status": FindingStatus(row["status"]),
        "link_step": LinkStep(row["link_step"]),
        "sources": tuple(json.loads(row["sources"])),
    }
    return Past(Finding(**row, evidence=evidence), **life, earlier=earlier)
