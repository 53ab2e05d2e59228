"""The ledger's chain of events: appending, sealing what the tables hold, and what shows that somebody altered either.

Each event's digest covers its content, its run and the digest before it. A *seal* is an event of its own, appended at
the end of every judgement and of every purge: it holds a digest of each table that only these two write, so that a
row altered behind the program's back shows although no event speaks of its columns. A *purge* is recorded with the
events that it blanked: content may be absent there and nowhere else.
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

SEALED, PURGED, CUT = "sealed", "purged", "cut"
EVENTS = """
CREATE TABLE events (
    event_id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, content TEXT, content_sha256 TEXT NOT NULL,
    chain_sha256 TEXT NOT NULL
) STRICT;
"""
TABLES = (
    "findings", "evidence", "set_aside", "replaced_facts", "official_seen", "reviews", "review_rows", "own_words",
    "written", "shown", "seats",
)  # fmt: skip
"""The tables that nothing but a night's judgement and a purge writes, so that they stay as these left them."""
OF_A_RUN = ("sources", "problems", "import_problems")
"""The tables with rows of each run, which nobody writes once it is judged."""


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

    def said(self) -> Iterator[StoredEvent]:
        """Every event whose content is there and can be read, oldest first."""
        rows = self.connection.execute(
            "SELECT event_id, run_id, content FROM events WHERE content IS NOT NULL ORDER BY event_id"
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
        self.append(f"{day}.purge", {**content, "tables": self.seals()})

    def record_cut(self, run_id: str, accounts: int) -> None:
        """Append how many whole accounts were cut down, and the tables as they stand since."""
        self.append(run_id, {"kind": CUT, "accounts": accounts, "tables": self.seals()})

    def unrecorded_blanks(self) -> str:
        """Why not every event without content was blanked by a recorded purge, as a sentence; empty where all were."""
        blank = self._blank()
        recorded = [one for one in self.said() if one.content.get("kind") == PURGED]
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
        self.append(run_id, {"kind": SEALED, "tables": self.seals(), "run": self._run_seals(run_id)})

    def seals(self) -> dict[str, dict[str, Any]]:
        """Table → its columns, count of rows and digest. The accounts are sealed source by source."""
        tables = {name: self._seal(name, None) for name in TABLES}
        sources = [
            source for (source,) in self.connection.execute("SELECT DISTINCT source FROM accounts ORDER BY source")
        ]
        return tables | {f"accounts of {source}": self._seal("accounts", ("source", source)) for source in sources}

    def broken_seals(self) -> Iterator[str]:
        """What a table holds otherwise than its last seal says: a sentence each; nothing before the first sealed night.

        A source that was read in a run which never came to its judgement shows its accounts unsealed until the next
        does.
        """
        sealed: Mapping[str, Any] | None = None
        day = limit = ""
        runs: dict[str, Mapping[str, Any]] = {}
        for one in self.said():
            if "tables" in one.content:
                sealed, day = one.content["tables"], one.day
            if "run" in one.content:
                runs[one.run_id] = one.content["run"]
            limit = max(limit, one.content.get("before", ""))
        if sealed is None:
            return
        yield from self._broken_runs({run_id: seals for run_id, seals in runs.items() if run_id >= limit})
        unfinished = {
            f"accounts of {source}"
            for (source,) in self.connection.execute(
                "SELECT DISTINCT source FROM sources JOIN runs USING (run_id) WHERE runs.content IS NULL"
            )
        }
        now = {
            f"accounts of {source}" for (source,) in self.connection.execute("SELECT DISTINCT source FROM accounts")
        } - unfinished
        for name in sorted((now | sealed.keys()) - unfinished):
            table, _, source = name.partition(" of ")
            before = sealed.get(name, {"columns": None, "rows": 0})
            found = self._seal(table, ("source", source) if source else None, before["columns"])
            if (found["rows"], found["sha256"]) != (before["rows"], before.get("sha256")):
                rows = (
                    "" if found["rows"] == before["rows"] else f" ({before['rows']:,} rows then, {found['rows']:,} now)"
                )
                yield f"the table {name} is not as the night or purge of {day} left it{rows}: somebody altered it."

    def _run_seals(self, run_id: str) -> dict[str, dict[str, Any]]:
        columns = ["run_id", "as_of", "content"]  # the others are written before the judgement, or after it
        rows = {name: self._seal(name, ("run_id", run_id)) for name in OF_A_RUN}
        return {"runs": self._seal("runs", ("run_id", run_id), columns), **rows}

    def _broken_runs(self, runs: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
        """Whose rows are not what the run's judgement left; one that was cut short may have been begun again since."""
        finished = {
            name for (name,) in self.connection.execute("SELECT run_id FROM runs WHERE finished_at IS NOT NULL")
        }
        for run_id, seals in runs.items():
            for table, before in seals.items() if run_id in finished else ():
                if self._seal(table, ("run_id", run_id), before["columns"]) != before:
                    yield f"what the table {table} holds of the run {run_id} is not what it left: somebody altered it."

    def _seal(self, table: str, where: tuple[str, str] | None, columns: list[str] | None = None) -> dict[str, Any]:
        """A table's columns, count of rows and digest; of the `columns` that were sealed, where it has others since."""
        named = self.connection.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", (table,)).fetchall()
        listed = columns or [name for name, _ in named]
        if not named or not {name for name, _ in named}.issuperset(listed):
            return {"columns": listed, "rows": 0, "sha256": "gone"}
        key = [name for name, place in sorted(named, key=lambda row: row[1]) if place] or listed
        only, values = (f" WHERE {where[0]} = ?", (where[1],)) if where else ("", ())
        digest, count = hashlib.sha256(), 0
        for row in self.connection.execute(
            f"SELECT {', '.join(listed)} FROM {table}{only} ORDER BY {', '.join(key)}",  # noqa: S608
            values,
        ):
            digest.update(json.dumps(row, ensure_ascii=False).encode() + b"\n")
            count += 1
        return {"columns": listed, "rows": count, "sha256": digest.hexdigest()}


def chained(before: str, run_id: str, digest: str) -> str:
    """What an event adds to the chain: the digest of the one before it, its run, and the digest of its content."""
    return hashlib.sha256(f"{before}\n{run_id}\n{digest}".encode()).hexdigest()


def _of_ids(ids: Iterable[int]) -> str:
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()
