"""The ledger's chain of events: appending, sealing what the tables hold, and what shows that somebody altered either.

Each event's digest covers its content, its run and the digest before it. A *seal* is an event of its own, appended at
the end of every judgement and of every purge: it holds a digest of each table, so that a row altered behind the
program's back shows although no event speaks of its columns. A *purge* is recorded with the events that it blanked:
content may be absent there and nowhere else. What a night *published* is recorded with the digest of its run.json,
which has those of all its files.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from audit.ledger.codec import text_of
from audit.model.finding import Change
from audit.model.night import Chain

SEALED, PURGED, CUT, PUBLISHED, RESTORED = "sealed", "purged", "cut", "published", "restored"
OF_THE_LEDGER = (SEALED, PURGED, CUT, PUBLISHED, RESTORED)
"""The kinds of events that are about the ledger, and about no finding."""
EVENTS = """
CREATE TABLE events (
    event_id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, content TEXT, content_sha256 TEXT NOT NULL,
    chain_sha256 TEXT NOT NULL
) STRICT;
"""
TABLES = (
    "findings", "evidence", "set_aside", "replaced_facts", "official_seen", "reviews", "review_rows", "own_words",
    "written", "shown", "seats", "roster", "to_tell",
)  # fmt: skip
"""The tables that nothing but a night's judgement and a purge writes, so that they stay as these left them."""
READ = ("columns", "sweeps", "unread_rows", "readings", "statements")
"""The tables that are written as sources are read, like `accounts`, which is sealed source by source: from a night's
beginning to its judgement they are as no seal says."""
OF_A_RUN = ("sources", "problems", "import_problems")
"""The tables with rows of each run, which nobody writes once it is judged. A purge leaves the first alone; the others
keep those of the last finished run (audit.ledger.FOR_NOW)."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One event whose content is there, in the order of the chain."""

    event_id: int
    run_id: str
    content: Mapping[str, Any]

    @property
    def day(self) -> str:
        """The ISO day of the run."""
        return self.run_id[:10]


@dataclass(frozen=True, slots=True)
class EventChain:
    """The chain of a ledger: `ledger.chain`. What writes takes part in the caller's transaction."""

    connection: sqlite3.Connection

    def append(self, run_id: str, content: Mapping[str, Any] | Change) -> None:
        """Add one event to the end of the chain."""
        text = text_of(content, in_order=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        last = self.connection.execute("SELECT chain_sha256 FROM events ORDER BY event_id DESC LIMIT 1").fetchone()
        self.connection.execute(
            "INSERT INTO events (run_id, content, content_sha256, chain_sha256) VALUES (?, ?, ?, ?)",
            (run_id, text, digest, chained(last[0] if last else "", run_id, digest)),
        )

    def head(self) -> Chain:
        """How many events there are, and the digest at the end of the chain."""
        (count,) = self.connection.execute("SELECT count(*) FROM events").fetchone()
        last = self.connection.execute("SELECT chain_sha256 FROM events ORDER BY event_id DESC LIMIT 1").fetchone()
        return Chain(count, last[0] if last else "")

    def head_to_tell(self, run_id: str) -> Chain:
        """The end of the chain as a run's files tell it: what they tell is written before it is noted that they are."""
        row = self.connection.execute(
            "SELECT event_id, chain_sha256 FROM events WHERE NOT (run_id = ? AND coalesce(content ->> 'kind', '') = ?)"
            " ORDER BY event_id DESC LIMIT 1",
            (run_id, PUBLISHED),
        ).fetchone()
        if row is None:
            return Chain()
        (count,) = self.connection.execute("SELECT count(*) FROM events WHERE event_id <= ?", row[:1]).fetchone()
        return Chain(count, row[1])

    def steps(self, finding_id: str) -> list[tuple[str, str, str]]:
        """(run id, status entered, reason) of one finding, oldest first."""
        rows = self.connection.execute(
            "SELECT run_id, content ->> 'kind', content ->> 'reason' FROM events"
            " WHERE content ->> 'finding_id' = ? ORDER BY event_id",
            (finding_id,),
        )
        return [(run_id, kind, reason) for run_id, kind, reason in rows]

    def digest_at(self, count: int) -> str:
        """The digest of the chain when it had so many events; "" where it has fewer."""
        if count < 1:
            return ""
        row = self.connection.execute(
            "SELECT chain_sha256 FROM events ORDER BY event_id LIMIT 1 OFFSET ?", (count - 1,)
        ).fetchone()
        return row[0] if row else ""

    def holds(self, digest: str) -> bool:
        """Whether the chain has ever ended with this digest (its first letters will do)."""
        row = self.connection.execute(
            "SELECT 1 FROM events WHERE substr(chain_sha256, 1, ?) = ? LIMIT 1", (len(digest), digest.lower())
        ).fetchone()
        return row is not None

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
            if chained(before, run_id, digest) != chain:
                return int(event_id)
            before = chain
        return None

    def said(self, after: int = 0) -> Iterator[StoredEvent]:
        """Every event, behind the first so many, whose content is there and can be read; oldest first."""
        first = "SELECT event_id FROM events ORDER BY event_id LIMIT ?"
        return self._said(f"event_id > (SELECT coalesce(max(event_id), 0) FROM ({first})) ORDER BY event_id", after)  # noqa: S608

    def of_kind(self, kind: str) -> Iterator[StoredEvent]:
        """Every event of a kind whose content is there and can be read; oldest first."""
        return self._said("iif(json_valid(content), content ->> 'kind', '') = ? ORDER BY event_id", kind)

    def of_findings(self) -> Iterator[StoredEvent]:
        """Every event about a finding whose content is there and can be read; oldest first."""
        return self._said("iif(json_valid(content), content ->> 'finding_id', NULL) IS NOT NULL ORDER BY event_id")

    def _said(self, which: str, *values: int | str) -> Iterator[StoredEvent]:
        rows = self.connection.execute(
            f"SELECT event_id, run_id, content FROM events WHERE content IS NOT NULL AND {which}",  # noqa: S608
            values,
        )
        for event_id, run_id, text in rows:
            try:
                content = json.loads(text)
            except ValueError:  # altered: `broken_event` tells it
                continue
            if isinstance(content, dict):
                yield StoredEvent(event_id, run_id, content)

    # Purges

    def record_purge(self, day: str, limit: str) -> None:
        """Append what a purge has left: which events are blank by now, and the tables as they stand. Both ISO days."""
        blank = self._blank()
        content = {"kind": PURGED, "before": limit, "blank": len(blank), "blank_sha256": _of_ids(blank)}
        run_id = f"{day}.purge"
        self.append(run_id, {**content, **self.state(run_id)})

    def record_cut(self, run_id: str, accounts: int) -> None:
        """Append how many whole accounts were cut down, and the tables as they stand since."""
        state = self.state(run_id)
        others = [one for one in state["unfinished"] if one.split()[0] != run_id]  # it has yet to read its sources
        self.append(run_id, {"kind": CUT, "accounts": accounts, **state, "unfinished": others})

    def unrecorded_blanks(self) -> str:
        """Why not every event without content was blanked by a recorded purge, as a sentence; empty where all were."""
        blank = self._blank()
        recorded = list(self.of_kind(PURGED))
        if not blank and not recorded:
            return ""
        last = recorded[-1].content if recorded else {}
        if (last.get("blank", 0), last.get("blank_sha256", _of_ids([]))) == (len(blank), _of_ids(blank)):
            return ""
        return (
            f"{len(blank):,} events have no content, and the last purge recorded {last.get('blank', 0):,}"
            " (or other ones): somebody blanked events outside `purge`."
        )

    def _blank(self) -> list[int]:
        rows = self.connection.execute("SELECT event_id FROM events WHERE content IS NULL ORDER BY event_id")
        return [event_id for (event_id,) in rows]

    # Seals

    def seal(self, run_id: str) -> None:
        """Append the digests of all sealed tables, and of the run's own rows, as a night's judgement leaves them."""
        self.append(run_id, {"kind": SEALED, **self.state(run_id), "run": self._run_seals(run_id)})

    def record_published(self, run_id: str, run_json: str, finished_at: str | None) -> None:
        """Append what a night has written: the SHA-256 of its run.json, and when the run ended (ISO 8601)."""
        self.append(run_id, {"kind": PUBLISHED, "run_json": run_json, "finished_at": finished_at})

    def published(self) -> dict[str, Mapping[str, Any]]:
        """Run → what was recorded when its files were last written."""
        return {one.run_id: one.content for one in self.of_kind(PUBLISHED)}

    def state(self, run_id: str) -> dict[str, Any]:
        """What a seal of a run, or of a purge, says of the whole ledger: each table's columns, count of rows and
        digest, and the runs that were at work or had been cut short then."""
        tables = {name: self._seal(name) for name in (*TABLES, *READ)}
        tables["runs"] = self._seal("runs", *_finished_but(run_id))
        accounts = {name: self._seal("accounts", "source = ?", (source,)) for name, source in self._sources().items()}
        return {"tables": {**tables, **accounts}, "unfinished": self._unfinished()}

    def begun_since(self) -> tuple[str, ...]:
        """The runs that have begun since the last seal and never came to a judgement: what they read is not sealed."""
        sealed = self._last_seal()
        known = sealed.content.get("unfinished", []) if sealed else []
        return tuple(one.split()[0] for one in self._unfinished() if one not in known)

    def broken_seals(self) -> Iterator[str]:
        """What a table holds otherwise than its last seal says: a sentence each; nothing before the first sealed night.

        What sources gave to a run that never came to its judgement stands unsealed until the next does
        (`begun_since`).
        """
        sealed = self._last_seal()
        if sealed is None:
            return
        yield from self._broken_runs()
        tables: Mapping[str, Any] = sealed.content["tables"]
        names = {*tables, *self._sources()}
        if self.begun_since():
            names -= {*READ, *(name for name in names if " of " in name)}
        for name in sorted(names):
            table, _, source = name.partition(" of ")
            where, values = _finished_but(sealed.run_id) if table == "runs" else ("", ())
            if source:
                where, values = "source = ?", (source,)
            before = tables.get(name, {"columns": None, "rows": 0})
            found = self._seal(table, where, values, before["columns"])
            if (found["rows"], found["sha256"]) != (before["rows"], before.get("sha256")):
                rows = (
                    "" if found["rows"] == before["rows"] else f" ({before['rows']:,} rows then, {found['rows']:,} now)"
                )
                yield (
                    f"the table {name} is not as the night or purge of {sealed.day} left it{rows}: somebody altered it."
                )

    def _last_seal(self) -> StoredEvent | None:
        has_tables = "iif(json_valid(content), content -> 'tables', NULL) IS NOT NULL"
        return next(self._said(f"{has_tables} ORDER BY event_id DESC"), None)

    def _sources(self) -> dict[str, str]:
        """How a seal names a source's accounts → the source."""
        rows = self.connection.execute("SELECT DISTINCT source FROM accounts ORDER BY source")
        return {f"accounts of {source}": source for (source,) in rows}

    def _unfinished(self) -> list[str]:
        rows = self.connection.execute("SELECT run_id, started_at FROM runs WHERE finished_at IS NULL ORDER BY run_id")
        return [f"{run_id} {started_at}" for run_id, started_at in rows]

    def _run_seals(self, run_id: str) -> dict[str, dict[str, Any]]:
        columns = ["run_id", "as_of", "started_at", "content"]  # that it is finished is written later
        rows = {name: self._seal(name, "run_id = ?", (run_id,)) for name in OF_A_RUN}
        return {"runs": self._seal("runs", "run_id = ?", (run_id,), columns), **rows}

    def _broken_runs(self) -> Iterator[str]:
        """Whose rows are not what the run's judgement left; one that was cut short may have been begun again since.

        What a purge may take from a run before its limit is not asked.
        """
        seals: dict[str, Mapping[str, Any]] = {}
        limit = ""
        for one in self.said():
            if "run" in one.content:
                seals[one.run_id] = one.content["run"]
            limit = max(limit, one.content.get("before", ""))
        ends = dict(self.connection.execute("SELECT run_id, finished_at FROM runs WHERE finished_at IS NOT NULL"))
        published = self.published()
        yield from (
            f"the run {run_id} is finished, and no event says what it published."
            for run_id in sorted((ends.keys() & seals.keys()) - published.keys())
            if "started_at" in seals[run_id]["runs"]["columns"]  # an older version did not note it
        )
        for run_id, said in published.items():
            if said["finished_at"] and ends.get(run_id) != said["finished_at"]:
                yield (
                    f"the run {run_id} ended at {said['finished_at']} by the events; in the ledger"
                    f" {ends.get(run_id, 'it never did')}."
                )
        newest = max(ends, key=lambda run_id: (run_id[:10], ends[run_id], run_id), default="")
        for run_id in ends.keys() & seals.keys():
            kept = seals[run_id] if run_id == newest else ("runs", *OF_A_RUN[:1])
            for table in OF_A_RUN[:1] if run_id < limit else kept:
                before = seals[run_id][table]
                if self._seal(table, "run_id = ?", (run_id,), before["columns"]) != before:
                    yield f"what the table {table} holds of the run {run_id} is not what it left: somebody altered it."

    def _seal(
        self, table: str, where: str = "", values: tuple[str, ...] = (), columns: list[str] | None = None
    ) -> dict[str, Any]:
        """A table's columns, count of rows and digest; of the `columns` that were sealed, where it has others since."""
        named = self.connection.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", (table,)).fetchall()
        listed = columns or [name for name, _ in named]
        if not named or not {name for name, _ in named}.issuperset(listed):
            return {"columns": listed, "rows": 0, "sha256": "gone"}
        key = [name for name, place in sorted(named, key=lambda row: row[1]) if place] or listed
        only = f" WHERE {where}" if where else ""
        digest, count = hashlib.sha256(), 0
        for row in self.connection.execute(
            f"SELECT {', '.join(listed)} FROM {table}{only} ORDER BY {', '.join(key)}",  # noqa: S608
            values,
        ):
            digest.update(json.dumps(row, ensure_ascii=False).encode() + b"\n")
            count += 1
        return {"columns": listed, "rows": count, "sha256": digest.hexdigest()}


def _finished_but(run_id: str) -> tuple[str, tuple[str, ...]]:
    """Which runs a seal covers: the one that seals is not finished yet."""
    return "finished_at IS NOT NULL AND run_id != ?", (run_id,)


def chained(before: str, run_id: str, digest: str) -> str:
    """What an event adds to the chain: the digest of the one before it, its run, and the digest of its content."""
    return hashlib.sha256(f"{before}\n{run_id}\n{digest}".encode()).hexdigest()


def _of_ids(ids: Iterable[int]) -> str:
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()
