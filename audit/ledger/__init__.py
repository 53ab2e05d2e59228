"""The ledger: SQLite, the truth between nights. One transaction per source, one for the night's judgement."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from audit.findings.trends import trends
from audit.ledger import chain, nights_beside, replay, retention
from audit.ledger import grounds as fact_store
from audit.ledger import history as history_store
from audit.ledger import measures as measure_store
from audit.ledger import reviews as review_store
from audit.ledger import sources as source_store
from audit.ledger.history import DayEvent
from audit.ledger.retention import LeftBehind
from audit.model.coverage import LastAnswer, SweepRecord
from audit.model.decisions import Background, Copy, Reviews
from audit.model.figures import Figure, figures_of
from audit.model.finding import Change, Earlier, Finding, FindingStatus, LinkStep, Past, Severity, Tier
from audit.model.measures import Columns, Remembered
from audit.model.night import Chain, ImportProblem, Problem, Pull, PullStatus, Receipt
from audit.model.trends import Trends
from audit.workbook import whole_file
from connectors.records import Account, Evidence, Strength

VERSION = 2
NAME = "ledger.sqlite"
"""The ledger's file below the output folder."""
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


def fault(error: sqlite3.Error, path: Path | str = "the ledger") -> str:
    """What SQLite could not do, as a sentence that says what to do about it."""
    words = str(error)
    if "locked" in words or "busy" in words:
        return f"{path}: another program has it open ({words}). Close it, and run again."
    if "full" in words:
        return f"{path}: the disk is full ({words}). Make room, and run again: the ledger is as it was before."
    if "readonly" in words or "unable to open" in words:
        return f"{path}: cannot be opened or written ({words}). Check the rights of the file and of its folder."
    return (
        f"{path}: cannot be used as a ledger ({words}). It is damaged: put the newest backup back together with the"
        f" nights of its time. {nights_beside.ANEW}"
    )


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest finished run: its id and its day."""

    run_id: str
    as_of: date


class Ledger:
    """An open ledger. Every public method that writes is one transaction, or takes part in the caller's."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open (and create, and bring up to date) the ledger at `path`; `read_only` changes nothing about it.

        Raises LedgerError where it is not a ledger of this version.
        """
        self.path = path
        if read_only:
            self._look(path)
            return
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
            raise LedgerError(fault(error, path)) from None
        except LedgerError:
            self.connection.close()
            raise

    def _look(self, path: Path) -> None:
        try:
            self.connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=30)
            version = self.connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise LedgerError(fault(error, path)) from None
        if version != VERSION:
            self.connection.close()
            todo = "Update identity-audit." if version > VERSION else "The next run brings it up to date."
            raise LedgerError(f"{path}: is a ledger of version {version}; this program knows {VERSION}. {todo}")

    def damage(self) -> Iterator[str]:
        """What is wrong with the file and its references, as SQLite checks them: a sentence each."""
        try:
            for (said,) in self.connection.execute("PRAGMA integrity_check(20)"):
                if said != "ok":
                    yield f"the file is damaged: {said}"
            for table, row, parent, _ in self.connection.execute("PRAGMA foreign_key_check"):
                yield f"row {row} of the table {table} belongs to a row of {parent} that is gone."
        except sqlite3.DatabaseError as error:
            yield f"the file is damaged: {error}"

    def altered(self) -> Iterator[str]:
        """What somebody altered behind the program's back, as far as the ledger itself shows it: a sentence each."""
        broken = self.broken_event()
        if broken is not None:
            yield f"event {broken} was altered, or one before it is gone."
        blanks = chain.unrecorded_blanks(self.connection)
        if blanks:
            yield blanks
        try:
            yield from replay.unexplained(self.connection)
            yield from chain.broken_seals(self.connection)
            self.past()
        except (ValueError, KeyError, TypeError, AttributeError) as error:  # a value that no program wrote
            yield f"events or findings hold what cannot be read ({type(error).__name__}: {error})."

    def fits(self, night: nights_beside.WrittenNight) -> str:
        """Why the ledger is not the one that wrote a night, as a sentence; empty where it is, or nobody can tell."""
        row = self.connection.execute("SELECT content FROM runs WHERE run_id = ?", (night.run_id,)).fetchone()
        if row is None or row[0] is None:
            return f"it knows nothing of the run {night.run_id}, whose night stands in {night.folder.name}."
        if not night.head:
            return ""
        digest = chain.digest_at(self.connection, night.events)
        if not digest:
            (count,) = self.connection.execute("SELECT count(*) FROM events").fetchone()
            return f"it holds {count:,} events, and had {night.events:,} on the night of {night.folder.name}."
        if digest != night.head:
            return f"its event {night.events:,} is another than on the night of {night.folder.name}."
        return ""

    def unexplained_events(self, night: nights_beside.WrittenNight) -> str:
        """Why events behind the newest night cannot be the program's, as a sentence; empty where they can.

        Behind it only purges may follow, and a later run whose night was cut short.
        """
        if not night.head:
            return ""
        (count,) = self.connection.execute(
            "SELECT count(*) FROM (SELECT run_id FROM events ORDER BY event_id LIMIT -1 OFFSET ?)"
            " WHERE run_id NOT LIKE '%.purge'"
            " AND run_id NOT IN (SELECT run_id FROM runs WHERE finished_at IS NULL AND run_id != ?)",
            (night.events, night.run_id),
        ).fetchone()
        return f"{count:,} events were added after the night of {night.folder.name}, by no run." if count else ""

    def holds(self, digest: str) -> bool:
        """Whether the chain has ever ended with this digest (its first letters will do)."""
        return chain.holds(self.connection, digest)

    def since(self, night: nights_beside.WrittenNight) -> tuple[str, ...]:
        """The runs, or purges ("2026-11-20.purge"), whose events stand behind a night's in the chain."""
        rows = self.connection.execute(
            "SELECT DISTINCT run_id FROM (SELECT run_id FROM events ORDER BY event_id LIMIT -1 OFFSET ?)",
            (night.events,),
        )
        return tuple(run_id for (run_id,) in rows)

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

    def roster(self) -> frozenset[Remembered]:
        """The people of the last finished run, in digests."""
        last = self.last_run()
        return measure_store.roster(self.connection, last.run_id) if last else frozenset()

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
        roster: Collection[Remembered] = (),
    ) -> None:
        """The night's judgement, all of it or nothing."""
        with self.transaction():
            last = self.last_run()
            measure_store.record_roster(self.connection, run_id, last.run_id if last else "", roster)
            kept = tuple(findings)
            fact_store.record(self.connection, run_id, kept)
            for past in kept:
                self._put(past)
            read = reviews or Reviews()
            # What people typed was read first; tonight's evidence may have set it aside since.
            for decided in read.merged.decided:
                chain.append(self.connection, run_id, review_store.event(decided))
            for change in changes:
                chain.append(self.connection, run_id, asdict(change))
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
            chain.seal(self.connection, run_id)

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

    def receipts(self, run_id: str) -> tuple[Receipt, ...]:
        """For each copy that a run read: how many words were taken from it, and how many could not be placed."""
        return review_store.receipts(self.connection, run_id)

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

    def chain(self) -> Chain:
        """How many events there are, and the digest at the end of their chain."""
        return chain.head(self.connection)

    def events(self, finding_id: str) -> list[tuple[str, str, str]]:
        """(run id, status entered, reason) of one finding, oldest first."""
        rows = self.connection.execute(
            "SELECT run_id, content ->> 'kind', content ->> 'reason' FROM events"
            " WHERE content ->> 'finding_id' = ? ORDER BY event_id",
            (finding_id,),
        )
        return [(run_id, kind, reason) for run_id, kind, reason in rows]

    def told(self, run_id: str) -> Iterator[DayEvent]:
        """What happened to findings in a run, in the order of the chain."""
        return history_store.told(self.connection, run_id)

    def trends(self, run_id: str) -> Trends:
        """Counts by week up to a run."""
        events, marks = history_store.events(self.connection, run_id), history_store.subjects(self.connection)
        nights, forgotten = self.nights(run_id), history_store.forgotten(self.connection)
        return trends(events, marks, nights, date.fromisoformat(run_id[:10]), forgotten)

    def nights(self, run_id: str) -> list[date]:
        """The days of the finished runs before a run, and its own, oldest first."""
        return history_store.nights(self.connection, run_id)

    def broken_event(self) -> int | None:
        """The first event whose content or place in the chain was altered; None where the chain is whole.

        Content that retention removed is absent, not altered: its digest still holds the chain together.
        """
        return chain.broken_event(self.connection)

    # Retention

    def purge(self, as_of: date, retention_days: int, sources: Collection[str] | None = None) -> dict[str, int]:
        """Remove what was resolved, or merely reported, more than `retention_days` before `as_of`.

        `sources` are those of the configuration: what others have shown goes when it has not been seen for as long.
        Events lose their content and keep their digests, so that the chain stays verifiable; the purge itself is
        recorded in it. Returns counts by what was removed.
        """
        limit = as_of - timedelta(days=retention_days)
        with self.transaction():
            counts = retention.purge(self.connection, limit.isoformat(), sources)
            review_store.purge(self.connection, limit.isoformat())
            fact_store.purge(self.connection, limit.isoformat())
            chain.record_purge(self.connection, as_of.isoformat(), limit.isoformat())
        self.connection.execute("VACUUM")
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return counts

    def left_behind(self, sources: Collection[str]) -> tuple[LeftBehind, ...]:
        """What is kept of sources that are none of `sources`, the configured ones."""
        return retention.left_behind(self.connection, sources)


def present(output: Path) -> Path:
    """The ledger's file of an output folder. Raises LedgerError where there is none, or an empty one.

    Where nights stand beside it, it was lost: the message says so, since a new one would forget every decision.
    """
    path = output / NAME
    empty = not path.exists() or path.stat().st_size == 0
    if not empty:
        return path
    standing = nights_beside.traces(output)
    if standing:
        raise LedgerError(
            f"{path}: the ledger is {'empty' if path.exists() else 'missing'}, and nights stand beside it"
            f" ({', '.join(standing[-3:])}). Put the newest backup back. {nights_beside.ANEW}"
        )
    raise LedgerError(f"{path}: there is no ledger yet. Run `identity-audit run` first.")


def looked_at(output: Path) -> str:
    """Why a run could not go on with the ledger of an output folder, as a sentence; empty where it could. Writes
    nothing."""
    if not (output / NAME).exists() and not nights_beside.traces(output):
        return ""
    try:
        with Ledger(present(output), read_only=True) as ledger:
            _refuse(ledger, nights_beside.folders(output))
    except LedgerError as refusal:
        return str(refusal)
    except sqlite3.DatabaseError as error:
        return fault(error, output / NAME)
    return ""


def open_or_begin(output: Path) -> Ledger:
    """The ledger of an output folder, to go on with; a new one where no night stands there yet.

    Raises LedgerError where the ledger is missing, empty, damaged, altered, or older than the nights beside it: nothing
    is begun anew, and nothing built upon, that only looks like what the nights before left.
    """
    path = present(output) if nights_beside.traces(output) else output / NAME
    standing = nights_beside.folders(output)
    ledger = Ledger(path)
    try:
        _refuse(ledger, standing)
    except sqlite3.DatabaseError as error:
        ledger.close()
        raise LedgerError(fault(error, path)) from None
    except LedgerError:
        ledger.close()
        raise
    return ledger


def _refuse(ledger: Ledger, standing: Sequence[Path]) -> None:
    """Raise LedgerError where the ledger is damaged, altered, or not the one of the newest of the nights."""
    damage = next(ledger.damage(), "")
    if damage:
        raise LedgerError(
            f"{ledger.path}: {damage} Put the newest backup back together with the nights of its time."
            f" {nights_beside.ANEW}"
        )
    stale = _stale(ledger, standing[-1]) if standing else ""
    if stale:
        raise LedgerError(
            f"{ledger.path}: the ledger is older than the nights beside it, or another one: {stale} Put the newest"
            f" backup back, or move the nights that are newer than it away. {nights_beside.ANEW}"
        )
    altered = next(ledger.altered(), "")
    if altered:
        raise LedgerError(
            f"{ledger.path}: {altered} Nothing is built on it; `identity-audit verify` lists all that differs. Put the"
            f" newest backup back for which verify finds nothing. {nights_beside.ANEW}"
        )


def _stale(ledger: Ledger, newest: Path) -> str:
    night = nights_beside.written(newest)
    if night is not None:
        return ledger.fits(night)
    row = ledger.connection.execute(
        "SELECT 1 FROM runs WHERE content IS NOT NULL AND as_of >= ? LIMIT 1", (newest.name,)
    ).fetchone()
    return "" if row else f"it knows nothing of the night of {newest.name}."


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
