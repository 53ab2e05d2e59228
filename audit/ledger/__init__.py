"""The ledger: SQLite, the truth between nights. One transaction per source, one for the night's judgement."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from audit.ledger import nights_beside, replay, shape
from audit.ledger.chain import EVENTS, PUBLISHED, PURGED, RESTORED, EventChain, StoredEvent
from audit.ledger.codec import text_of, value_of
from audit.ledger.findings import FINDINGS, FindingStore
from audit.ledger.grounds import GROUNDS, GroundStore
from audit.ledger.history import History
from audit.ledger.measures import MEASURES, MeasureStore
from audit.ledger.readings import READINGS, ReadingStore
from audit.ledger.retention import LeftBehind, Retention
from audit.ledger.reviews import REVIEWS, ReviewStore, event_of
from audit.ledger.seats import SEATS_TABLE, SeatStore
from audit.ledger.sources import SOURCES, SourceStore
from audit.ledger.statements import STATEMENTS, StatementStore
from audit.model.decisions import Reviews
from audit.model.figures import Figure
from audit.model.finding import Change, Past
from audit.model.measures import Remembered
from audit.model.night import REHEARSED, Problem, PullStatus, StoredNight
from audit.model.seats import Seat
from connectors.records import Account

Answer = TypeVar("Answer")
VERSION = 4
NAME = "ledger.sqlite"
"""The ledger's file below the output folder."""
IN_MEMORY = Path(":memory:")
"""The path of a ledger that is nowhere: for looking ahead, before there is one."""
FILE_MODE = 0o640
"""Its owner writes, its group reads: findings name people."""
RUNS = """
CREATE TABLE runs (
    run_id TEXT PRIMARY KEY, as_of TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT, content TEXT
) STRICT;
CREATE TABLE problems (
    run_id TEXT NOT NULL REFERENCES runs, position INTEGER NOT NULL, source TEXT NOT NULL, place TEXT NOT NULL,
    reason TEXT NOT NULL, PRIMARY KEY (run_id, position)
) STRICT;
"""
TO_TELL = "CREATE TABLE IF NOT EXISTS to_tell (run_id TEXT PRIMARY KEY REFERENCES runs, content TEXT NOT NULL) STRICT;"
"""What a run has to say besides findings and pulls, for as long as it may be told again; `runs.content` is what of it
stays: counts."""
FOR_NOW = ("to_tell", "problems", "import_problems")
"""The tables with rows of the run that was judged last, and of the last finished one until that is finished, too. A
night's own files hold them for as long as these are kept."""
FROM_1_TO_2 = """
ALTER TABLE sources ADD COLUMN requests TEXT NOT NULL DEFAULT '[0, 0, 0]';
ALTER TABLE sources ADD COLUMN sweep TEXT NOT NULL DEFAULT 'null';
ALTER TABLE sources ADD COLUMN approval TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN key TEXT NOT NULL DEFAULT '';
ALTER TABLE findings ADD COLUMN facts TEXT NOT NULL DEFAULT '';
ALTER TABLE findings ADD COLUMN decided_facts TEXT NOT NULL DEFAULT '';
"""
FROM_2_TO_3 = "ALTER TABLE accounts ADD COLUMN cut INTEGER NOT NULL DEFAULT 0;"
FROM_3_TO_4 = ""
"""The tables are made beside the version; what older runs said stays in their content until a purge."""
"""What was stored before may hold whole profiles. The next run cuts it (`Ledger.cut`): only a run can read it."""


PUT_BACK = "Put the newest backup back with `identity-audit restore FILE`."
"""What to do about a ledger that cannot be gone on with."""


class LedgerError(Exception):
    """The ledger cannot be used; the message says why and what to do."""


def _fault(error: sqlite3.Error, path: Path) -> str:
    """What SQLite could not do, as a sentence that says what to do about it."""
    words = str(error)
    if "locked" in words or "busy" in words:
        return f"{path}: another program has it open ({words}). Close it, and run again."
    if "full" in words:
        return f"{path}: the disk is full ({words}). Make room, and run again: the ledger is as it was before."
    if "readonly" in words or "unable to open" in words:
        return f"{path}: cannot be opened or written ({words}). Check the rights of the file and of its folder."
    return f"{path}: cannot be used as a ledger ({words}). It is damaged. {PUT_BACK} {nights_beside.ANEW}"


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
        self.connection = _looked_into(path) if read_only else _opened(path)
        self.sources = SourceStore(self.connection)
        self.measures = MeasureStore(self.connection)
        self.readings = ReadingStore(self.connection)
        self.statements = StatementStore(self.connection)
        self.findings = FindingStore(self.connection)
        self.grounds = GroundStore(self.connection)
        self.reviews = ReviewStore(self.connection)
        self.chain = EventChain(self.connection)
        self.history = History(self.connection)
        self.retention = Retention(self.connection)
        self.seats = SeatStore(self.connection)

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
        with closing(_opened(IN_MEMORY)) as new:
            yield from shape.misbuilt(self.connection, new)
        broken = self.chain.broken_event()
        if broken is not None:
            yield f"event {broken} was altered, or one before it is gone."
        blanks = self.chain.unrecorded_blanks()
        if blanks:
            yield blanks
        try:
            yield from replay.unexplained(self.connection)
            yield from self.chain.broken_seals()
            self.findings.past()
        except (ValueError, KeyError, TypeError, AttributeError) as error:  # a value that no program wrote
            yield f"events or findings hold what cannot be read ({type(error).__name__}: {error})."

    def fits(self, night: nights_beside.WrittenNight) -> str:
        """Why the ledger is not the one that wrote a night, as a sentence; empty where it is, or nobody can tell."""
        row = self.connection.execute("SELECT content FROM runs WHERE run_id = ?", (night.run_id,)).fetchone()
        if row is None or row[0] is None:
            return f"it knows nothing of the run {night.run_id}, whose night stands in {night.folder.name}."
        if not night.head:
            return ""
        digest = self.chain.digest_at(night.events)
        if not digest:
            (count,) = self.connection.execute("SELECT count(*) FROM events").fetchone()
            return f"it holds {count:,} events, and had {night.events:,} on the night of {night.folder.name}."
        if digest != night.head:
            return f"its event {night.events:,} is another than on the night of {night.folder.name}."
        return ""

    def lacks(self, folder: Path) -> str:
        """Why the ledger is not the one that wrote the night in a folder, as a sentence; empty where it is, or nobody
        can tell."""
        night = nights_beside.written(folder)
        if night is not None:
            return self.fits(night)
        row = self.connection.execute(
            "SELECT 1 FROM runs WHERE content IS NOT NULL AND as_of >= ? LIMIT 1", (folder.name,)
        ).fetchone()
        return "" if row else f"it knows nothing of the night of {folder.name}."

    def into_one_file(self) -> None:
        """Leave none of SQLite's other files beside it, as for a copy that travels."""
        self.connection.execute("PRAGMA journal_mode = DELETE")

    def unexplained_events(self, night: nights_beside.WrittenNight) -> str:
        """Why events behind the newest night cannot be the program's, as a sentence; empty where they can.

        Behind it only that it was published may follow, purges, and a later run whose night was cut short.
        """
        cut_short = {
            run_id for (run_id,) in self.connection.execute("SELECT run_id FROM runs WHERE finished_at IS NULL")
        } - {night.run_id}
        count = sum(
            one.run_id not in cut_short and one.content.get("kind") not in (PURGED, RESTORED)
            for one in self.since(night)
        )
        return f"{count:,} events were added after the night of {night.folder.name}, by no run." if count else ""

    def since(self, night: nights_beside.WrittenNight) -> tuple[StoredEvent, ...]:
        """What stands behind a night's events in the chain, but that it was published; none where it notes no head."""
        if not night.head:
            return ()
        return tuple(
            one
            for one in self.chain.said(night.events)
            if (one.run_id, one.content.get("kind")) != (night.run_id, PUBLISHED)
        )

    def unread_night(self, folder: Path) -> str:
        """Why a night's folder without a run.json that can be read was not left so by the program, as a sentence; empty
        where the day's last run was cut short."""
        row = self.connection.execute(
            "SELECT finished_at FROM runs WHERE as_of = ? ORDER BY rowid DESC LIMIT 1", (folder.name,)
        ).fetchone()
        if row is None or row[0] is None:
            return ""
        return (
            f"{folder.name}/{nights_beside.RUN_JSON} is gone or cannot be read, and its run was finished: somebody"
            " altered it, or `report` was cut short (`identity-audit report` writes the last night’s files again)."
        )

    def nights(self) -> tuple[str, ...]:
        """The days of finished runs that no purge was to remove, oldest first."""
        limit = max((one.content["before"] for one in self.chain.of_kind(PURGED)), default="")
        rows = self.connection.execute(
            "SELECT DISTINCT as_of FROM runs WHERE finished_at IS NOT NULL AND as_of >= ? ORDER BY as_of", (limit,)
        )
        return tuple(day for (day,) in rows)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything that is asked in the block is answered from one moment, whoever writes meanwhile."""
        self.connection.execute("BEGIN")
        try:
            yield
        finally:
            self.connection.execute("ROLLBACK")

    def record_restored(self, day: date, newer: Collection[nights_beside.WrittenNight], away: Collection[str]) -> None:
        """Note in the chain that this ledger was put back on a day, without the nights `newer` than it (their folders
        went `away`)."""
        heads = [{"run_id": night.run_id, "events": night.events, "head": night.head} for night in newer]
        with self.transaction():
            self.chain.append(f"{day.isoformat()}.restore", {"kind": RESTORED, "nights": sorted(away), "heads": heads})

    def columns(self) -> dict[str, tuple[str, ...]]:
        """The columns of every table, for whoever must say what is stored."""
        tables = self.connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
        return {
            name: tuple(row[1] for row in self.connection.execute(f"PRAGMA table_info({name})")) for (name,) in tables
        }

    def close(self) -> None:
        """Close the ledger."""
        self.connection.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Close it; raises LedgerError in the place of what SQLite could not do."""
        try:
            self.close()
        except sqlite3.Error as last:
            error = error or last
        if isinstance(error, sqlite3.Error):
            raise LedgerError(_fault(error, self.path)) from error

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

    def begin(self, as_of: date, started_at: datetime, *, rehearsal: bool = False) -> str:
        """Note that a run has begun and return its id: the day and the count of finished runs on it, or what marks a
        rehearsal, so that no copy of its workbooks passes for a night's."""
        (finished,) = self.connection.execute(
            "SELECT count(*) FROM runs WHERE as_of = ? AND finished_at IS NOT NULL", (as_of.isoformat(),)
        ).fetchone()
        run_id = f"{as_of.isoformat()}{REHEARSED if rehearsal else f'.{finished + 1}'}"
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
            "SELECT run_id, as_of FROM runs WHERE finished_at IS NOT NULL ORDER BY as_of DESC, rowid DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return None
        return LastRun(row[0], date.fromisoformat(row[1]))

    def last_whole_night(self) -> tuple[date, datetime] | None:
        """The day of the newest finished run in which every source was judged, and when it ended; None before one."""
        row = self.connection.execute(
            "SELECT as_of, finished_at FROM runs WHERE finished_at IS NOT NULL AND run_id NOT IN"
            " (SELECT run_id FROM sources WHERE status != ?) ORDER BY as_of DESC, runs.rowid DESC LIMIT 1",
            (PullStatus.COMPLETE,),
        ).fetchone()
        return None if row is None else (date.fromisoformat(row[0]), datetime.fromisoformat(row[1]))

    def roster(self) -> frozenset[Remembered]:
        """The people of the last finished run, in digests."""
        last = self.last_run()
        return self.measures.roster(last.run_id) if last else frozenset()

    def missing(self, source: str, unread_rows: Collection[str], now: Collection[Remembered]) -> frozenset[Remembered]:
        """Those who may stand in rows of the directory that could not be read: people of the nights before one of these
        turned up who are not in it `now`."""
        if not unread_rows:
            return frozenset()
        known, listed = self.sources.unread_rows(source), {one.employee_id for one in now}
        news = set(unread_rows) - known.keys()
        newest = None if news else max(known[digest] for digest in unread_rows)
        return frozenset(
            one
            for one, seen_in in self.measures.remembered()
            if one.employee_id not in listed and (newest is None or seen_in < newest)
        )

    def measured(self) -> tuple[Figure, ...]:
        """What was measured in the last finished run."""
        last = self.last_run()
        return self.run(last.run_id)[1].measured if last else ()

    def record_night(
        self,
        run_id: str,
        *,
        findings: Iterable[Past],
        changes: Iterable[Change],
        problems: Iterable[Problem],
        official_seen: Iterable[tuple[str, str]],
        content: StoredNight,
        reviews: Reviews | None = None,
        roster: Collection[Remembered] = (),
        missing: Collection[str] = (),
        seats: Iterable[Seat] = (),
    ) -> None:
        """The night's judgement, all of it or nothing."""
        with self.transaction():
            last = self.last_run()
            self._forget_what_is_told(run_id, last.run_id if last else run_id)
            self.measures.record_roster(run_id, last.run_id if last else "", roster, missing)
            kept = tuple(findings)
            self.findings.record(run_id, kept)
            read = reviews or Reviews()
            # What people typed was read first; tonight's evidence may have set it aside since.
            for decided in read.merged.decided:
                self.chain.append(run_id, event_of(decided))
            for change in changes:
                self.chain.append(run_id, change)
            self.reviews.record(run_id, read, kept)
            self.connection.executemany(
                "INSERT INTO problems VALUES (?, ?, ?, ?, ?)",
                ((run_id, place, *astuple(problem)) for place, problem in enumerate(problems)),
            )
            self.findings.record_official(official_seen, date.fromisoformat(run_id[:10]))
            self.seats.record(run_id, seats)
            stays = StoredNight(content.people, {}, {}, holds=content.holds, judged_by=content.judged_by)
            self.connection.execute("UPDATE runs SET content = ? WHERE run_id = ?", (text_of(stays), run_id))
            self.connection.execute("INSERT INTO to_tell VALUES (?, ?)", (run_id, text_of(content)))
            self.chain.seal(run_id)

    def _forget_what_is_told(self, run_id: str, last: str) -> None:
        """Forget what runs had to say that nobody tells again: tonight's, if it was begun before, and older ones'."""
        for table in FOR_NOW:
            self.connection.execute(f"DELETE FROM {table} WHERE run_id != ? OR run_id = ?", (last, run_id))  # noqa: S608

    def finish(self, run_id: str, finished_at: datetime, run_json: str) -> None:
        """Note that everything the run had to say is on the disk, with the SHA-256 of its run.json."""
        moment = finished_at.isoformat()
        with self.transaction():
            self.connection.execute("UPDATE runs SET finished_at = ? WHERE run_id = ?", (moment, run_id))
            self.chain.record_published(run_id, run_json, moment)

    def published_again(self, run_id: str, run_json: str) -> None:
        """Note that a finished run's files were written once more, where the SHA-256 of their run.json is another."""
        if self.chain.published().get(run_id, {}).get("run_json") == run_json:
            return
        row = self.connection.execute("SELECT finished_at FROM runs WHERE run_id = ?", (run_id,)).fetchone()
        with self.transaction():
            self.chain.record_published(run_id, run_json, row[0])

    def run(self, run_id: str) -> tuple[datetime, StoredNight]:
        """When a judged run started (aware UTC), and what was kept of it."""
        row = self.connection.execute(
            "SELECT started_at, coalesce(to_tell.content, runs.content) FROM runs LEFT JOIN to_tell USING (run_id)"
            " WHERE run_id = ?",
            (run_id,),
        ).fetchone()
        return datetime.fromisoformat(row[0]), value_of(StoredNight, row[1])

    def problems(self, run_id: str) -> tuple[Problem, ...]:
        """The rows and files that could not be used as they stood in a run."""
        rows = self.connection.execute(
            "SELECT source, place, reason FROM problems WHERE run_id = ? ORDER BY position", (run_id,)
        )
        return tuple(Problem(*row) for row in rows)

    def cut(self, run_id: str, kept_of: Callable[[Account], Account], shown_of: Callable[[str], str]) -> int:
        """Cut accounts that an older version stored whole down to what is kept of them; how many there were.

        `shown_of` is what is kept of a display name: findings have one, too. The chain records how the tables stand
        afterwards, and no page of the file keeps what was cut.
        """
        whole = self.sources.whole_accounts()
        if not whole:
            return 0
        with self.transaction():
            self.sources.put_cut((place, kept_of(account)) for place, account in whole)
            self.findings.rename(shown_of)
            self.chain.record_cut(run_id, len(whole))
        self._leave_no_trace()
        return len(whole)

    def _leave_no_trace(self) -> None:
        """Write the file anew, so that no page holds what was removed."""
        self.connection.execute("VACUUM")
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # Retention

    def purge(
        self, as_of: date, retention_days: int, sources: Collection[str] | None = None, held: Collection[str] = ()
    ) -> dict[str, int]:
        """Remove what was resolved, or merely reported, more than `retention_days` before `as_of`.

        `sources` are those of the configuration: what others have shown goes when it has not been seen for as long.
        Of the findings `held` (their ids) nothing goes.
        Events lose their content and keep their digests, so that the chain stays verifiable; the purge itself is
        recorded in it. Returns counts by what was removed.
        """
        limit = as_of - timedelta(days=retention_days)
        with self.transaction():
            counts = self.retention.forget(limit.isoformat(), sources, held)
            self.reviews.forget(limit.isoformat(), held)
            self.grounds.forget(limit.isoformat(), held)
            self.readings.forget()
            self.chain.record_purge(as_of.isoformat(), limit.isoformat())
        self._leave_no_trace()
        return counts

    def would_purge(
        self, as_of: date, retention_days: int, sources: Collection[str], held: Collection[str] = ()
    ) -> tuple[dict[str, int], tuple[LeftBehind, ...]]:
        """The counts that `purge` would return, and what it would leave of sources that are not `sources`: tried in a
        transaction that is rolled back."""
        limit = as_of - timedelta(days=retention_days)
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            counts = self.retention.forget(limit.isoformat(), sources, held)
            return counts, self.retention.left_behind(sources, held)
        finally:
            self.connection.execute("ROLLBACK")


_BESIDE = SOURCES + REVIEWS + GROUNDS + MEASURES + SEATS_TABLE + TO_TELL + READINGS + STATEMENTS
"""Beside the version: a ledger from before reviews or sweeps were kept gains their tables."""


def _opened(path: Path) -> sqlite3.Connection:
    """A connection to the ledger at `path`, which is created and brought up to date. Raises LedgerError."""
    if path != IN_MEMORY:
        path.touch(FILE_MODE)  # SQLite gives its other files the mode of this one
        with suppress(PermissionError):  # it is somebody else's, who let us write it
            path.chmod(FILE_MODE)
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what a night replaces leaves nothing in free pages
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise LedgerError(
                f"{path}: is a ledger of version {version}; this program knows {VERSION}. Update identity-audit."
            )
        if version < VERSION:
            upgrades = {0: RUNS + FINDINGS + EVENTS, 1: FROM_1_TO_2 + FROM_2_TO_3, 2: FROM_2_TO_3, 3: FROM_3_TO_4}
            changes = upgrades[version]
            connection.executescript(f"BEGIN IMMEDIATE;{changes}{_BESIDE}PRAGMA user_version = {VERSION};COMMIT;")
        else:
            connection.executescript(_BESIDE)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise LedgerError(_fault(error, path)) from None
    except LedgerError:
        connection.close()
        raise
    return connection


def _looked_into(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. Raises LedgerError.

    Of a ledger that was closed well it makes no file beside it: that would be whose who looks, and in the way of whom
    the ledger belongs to. It is right as long as nobody writes: `look_into` sees to that.
    """
    how = "mode=ro" if _wal(path).exists() else "mode=ro&immutable=1"
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True, timeout=30)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise LedgerError(_fault(error, path)) from None
    if version != VERSION:
        connection.close()
        todo = "Update identity-audit." if version > VERSION else "The next run brings it up to date."
        raise LedgerError(f"{path}: is a ledger of version {version}; this program knows {VERSION}. {todo}")
    return connection


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
            f"{path}: the ledger is {'empty' if path.exists() else 'missing'}, and what nights left stands beside it"
            f" ({', '.join(standing[-3:])}). {PUT_BACK} {nights_beside.ANEW}"
        )
    raise LedgerError(f"{path}: there is no ledger yet. Run `identity-audit run` first.")


def look_into(output: Path, ask: Callable[[Ledger], Answer]) -> Answer | None:
    """What is asked of the ledger of an output folder with which a run could go on; None where there is none yet.

    Writes nothing. Where a night begins to write meanwhile, it is asked once more, beside the writer. Raises
    LedgerError where a run would be refused.
    """
    if not (output / NAME).exists() and not nights_beside.traces(output):
        return None
    path = present(output)
    before = _stamp(path)
    try:
        answer, fault = _asked(path, output, ask), None
    except LedgerError as refusal:
        answer, fault = None, refusal
    if _stamp(path) != before:
        return _asked(path, output, ask)
    if fault:
        raise fault
    return answer


def _asked(path: Path, output: Path, ask: Callable[[Ledger], Answer]) -> Answer:
    with Ledger(path, read_only=True) as ledger:
        _refuse(ledger, nights_beside.folders(output))
        return ask(ledger)


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _stamp(path: Path) -> tuple[int, int, bool]:
    """What changes where somebody writes to a ledger that was closed well."""
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size, _wal(path).exists()


def open_or_begin(output: Path) -> Ledger:
    """The ledger of an output folder, to go on with; a new one where no night stands there yet.

    Raises LedgerError where the ledger is missing, empty, damaged, altered, or older than the nights beside it: nothing
    is begun anew, and nothing built upon, that only looks like what the nights before left.
    """
    path = present(output) if nights_beside.traces(output) else output / NAME
    standing = nights_beside.folders(output)
    return _accepted(Ledger(path), standing)


def whole_copy(path: Path, folder: Path) -> Ledger:
    """A copy, in another folder, of the ledger in a file, as one file; the file itself is only read.

    Raises LedgerError where it is damaged, altered, or not one of this program's versions.
    """
    fault: sqlite3.DatabaseError | None = None
    for _ in range(2):  # where a run begins to write meanwhile, once more beside it
        before, fault = _stamp(path), None
        try:
            _copy(path, folder / NAME)
        except sqlite3.DatabaseError as error:
            fault = error
        if _stamp(path) == before:
            break
    if fault:
        raise LedgerError(_fault(fault, path))
    ledger = Ledger(folder / NAME)
    ledger.path = path  # what is refused is a fault of the file, not of its copy
    return _accepted(ledger, ())


def open_copy(output: Path, folder: Path) -> Ledger:
    """A copy, in another folder, of the ledger of an output folder; a new one where no night stands there yet.

    The ledger itself is only read. Raises LedgerError as `open_or_begin` does.
    """
    path = output / NAME
    if not path.exists() and not nights_beside.traces(output):
        return Ledger(folder / NAME)
    try:
        _copy(present(output), folder / NAME)
    except sqlite3.DatabaseError as error:
        raise LedgerError(_fault(error, path)) from None
    ledger = Ledger(folder / NAME)
    ledger.path = path  # what is refused is a fault of the ledger, not of its copy
    return _accepted(ledger, nights_beside.folders(output))


def _accepted(ledger: Ledger, standing: Sequence[Path]) -> Ledger:
    """The ledger, where a run may build on it beside these nights; closed, and LedgerError raised, where not."""
    try:
        _refuse(ledger, standing)
    except sqlite3.DatabaseError as error:
        ledger.close()
        raise LedgerError(_fault(error, ledger.path)) from None
    except LedgerError:
        ledger.close()
        raise
    return ledger


def _copy(path: Path, copied: Path) -> None:
    """Copy a ledger to which nobody writes meanwhile. One that was closed well gets no file of SQLite's beside it: it
    would belong to whoever copies, and be in the way of whom the ledger belongs to."""
    copied.touch(FILE_MODE)
    closed = not _wal(path).exists()
    how = "mode=ro&immutable=1" if closed else "mode=ro"
    with (
        closing(sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True, timeout=30)) as source,
        closing(sqlite3.connect(copied)) as target,
    ):
        source.backup(target)


def _refuse(ledger: Ledger, standing: Sequence[Path]) -> None:
    """Raise LedgerError where the ledger is damaged, altered, or not the one of the newest of the nights."""
    damage = next(ledger.damage(), "")
    if damage:
        raise LedgerError(f"{ledger.path}: {damage} {PUT_BACK} {nights_beside.ANEW}")
    stale = ledger.lacks(standing[-1]) if standing else ""
    if stale:
        raise LedgerError(
            f"{ledger.path}: the ledger is older than the nights beside it, or another one: {stale}"
            f" {PUT_BACK} To go on with this one on purpose: `identity-audit restore {ledger.path}`, which"
            f" sets the newer nights aside. {nights_beside.ANEW}"
        )
    altered = next(ledger.altered(), "")
    if altered:
        raise LedgerError(
            f"{ledger.path}: {altered} Nothing is built on it; `identity-audit verify` lists all that differs."
            f" {PUT_BACK} {nights_beside.ANEW}"
        )
