"""The ledger's chain of events: appending, sealing what the tables hold, and what shows that somebody altered either.

Each event's digest covers its content, its run and the digest before it. A *seal* is an event of its own, appended at
the end of every judgement and of every purge: it holds a digest of each table that only these two write, so that a
row altered behind the program's back shows although no event speaks of its columns. A *purge* is recorded with the
events that it blanked: content may be absent there and nowhere else.

Used by audit/ledger alone, inside its transactions; every function takes its connection.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from audit.model.night import Chain

SEALED, PURGED = "sealed", "purged"
TABLES = (
    "findings", "evidence", "set_aside", "replaced_facts", "official_seen", "reviews", "review_rows", "own_words",
    "written", "shown",
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


def append(connection: sqlite3.Connection, run_id: str, content: Mapping[str, Any]) -> None:
    """Add one event to the end of the chain."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    last = connection.execute("SELECT chain_sha256 FROM events ORDER BY event_id DESC LIMIT 1").fetchone()
    connection.execute(
        "INSERT INTO events (run_id, content, content_sha256, chain_sha256) VALUES (?, ?, ?, ?)",
        (run_id, text, digest, chained(last[0] if last else "", run_id, digest)),
    )


def chained(before: str, run_id: str, digest: str) -> str:
    """What an event adds to the chain: the digest of the one before it, its run, and the digest of its content."""
    return hashlib.sha256(f"{before}\n{run_id}\n{digest}".encode()).hexdigest()


def head(connection: sqlite3.Connection) -> Chain:
    """How many events there are, and the digest at the end of the chain."""
    (count,) = connection.execute("SELECT count(*) FROM events").fetchone()
    last = connection.execute("SELECT chain_sha256 FROM events ORDER BY event_id DESC LIMIT 1").fetchone()
    return Chain(count, last[0] if last else "")


def digest_at(connection: sqlite3.Connection, count: int) -> str:
    """The digest of the chain when it had so many events; "" where it has fewer."""
    if count < 1:
        return ""
    row = connection.execute(
        "SELECT chain_sha256 FROM events ORDER BY event_id LIMIT 1 OFFSET ?", (count - 1,)
    ).fetchone()
    return row[0] if row else ""


def holds(connection: sqlite3.Connection, digest: str) -> bool:
    """Whether the chain has ever ended with this digest (its first letters will do)."""
    row = connection.execute(
        "SELECT 1 FROM events WHERE substr(chain_sha256, 1, ?) = ? LIMIT 1", (len(digest), digest.lower())
    ).fetchone()
    return row is not None


def broken_event(connection: sqlite3.Connection) -> int | None:
    """The first event whose content or place in the chain was altered; None where the chain is whole."""
    before = ""
    for event_id, run_id, content, digest, chain in connection.execute(
        "SELECT event_id, run_id, content, content_sha256, chain_sha256 FROM events ORDER BY event_id"
    ):
        if content is not None and hashlib.sha256(content.encode()).hexdigest() != digest:
            return int(event_id)
        if chained(before, run_id, digest) != chain:
            return int(event_id)
        before = chain
    return None


def said(connection: sqlite3.Connection) -> Iterator[StoredEvent]:
    """Every event whose content is there and can be read, oldest first."""
    rows = connection.execute(
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


def record_purge(connection: sqlite3.Connection, day: str, limit: str) -> None:
    """Append what a purge has left: which events are blank by now, and the tables as they stand. Both ISO days."""
    blank = _blank(connection)
    content = {"kind": PURGED, "before": limit, "blank": len(blank), "blank_sha256": _of_ids(blank)}
    append(connection, f"{day}.purge", {**content, "tables": seals(connection)})


def unrecorded_blanks(connection: sqlite3.Connection) -> str:
    """Why not every event without content was blanked by a recorded purge, as a sentence; empty where all were."""
    blank = _blank(connection)
    recorded = [one for one in said(connection) if one.content.get("kind") == PURGED]
    if not blank and not recorded:
        return ""
    last = recorded[-1].content if recorded else {}
    if (last.get("blank", 0), last.get("blank_sha256", _of_ids([]))) == (len(blank), _of_ids(blank)):
        return ""
    return (
        f"{len(blank):,} events have no content, and the last purge recorded {last.get('blank', 0):,}"
        " (or other ones): somebody blanked events outside `purge`."
    )


def _blank(connection: sqlite3.Connection) -> list[int]:
    rows = connection.execute("SELECT event_id FROM events WHERE content IS NULL ORDER BY event_id")
    return [event_id for (event_id,) in rows]


def _of_ids(ids: Iterable[int]) -> str:
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()


# Seals


def seal(connection: sqlite3.Connection, run_id: str) -> None:
    """Append the digests of all sealed tables, and of the run's own rows, as a night's judgement leaves them."""
    append(connection, run_id, {"kind": SEALED, "tables": seals(connection), "run": _run_seals(connection, run_id)})


def seals(connection: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """Table → its columns, count of rows and digest. The accounts are sealed source by source."""
    tables = {name: _seal(connection, name, None) for name in TABLES}
    sources = [source for (source,) in connection.execute("SELECT DISTINCT source FROM accounts ORDER BY source")]
    return tables | {f"accounts of {source}": _seal(connection, "accounts", ("source", source)) for source in sources}


def broken_seals(connection: sqlite3.Connection) -> Iterator[str]:
    """What a table holds otherwise than its last seal says: a sentence each; nothing before the first sealed night.

    A source that was read in a run which never came to its judgement shows its accounts unsealed until the next does.
    """
    sealed: Mapping[str, Any] | None = None
    day = limit = ""
    runs: dict[str, Mapping[str, Any]] = {}
    for one in said(connection):
        if "tables" in one.content:
            sealed, day = one.content["tables"], one.day
        if "run" in one.content:
            runs[one.run_id] = one.content["run"]
        limit = max(limit, one.content.get("before", ""))
    if sealed is None:
        return
    yield from _broken_runs(connection, {run_id: seals for run_id, seals in runs.items() if run_id >= limit})
    unfinished = {
        f"accounts of {source}"
        for (source,) in connection.execute(
            "SELECT DISTINCT source FROM sources JOIN runs USING (run_id) WHERE runs.content IS NULL"
        )
    }
    now = {
        f"accounts of {source}" for (source,) in connection.execute("SELECT DISTINCT source FROM accounts")
    } - unfinished
    for name in sorted((now | sealed.keys()) - unfinished):
        table, _, source = name.partition(" of ")
        before = sealed.get(name, {"columns": None, "rows": 0})
        found = _seal(connection, table, ("source", source) if source else None, before["columns"])
        if (found["rows"], found["sha256"]) != (before["rows"], before.get("sha256")):
            rows = "" if found["rows"] == before["rows"] else f" ({before['rows']:,} rows then, {found['rows']:,} now)"
            yield f"the table {name} is not as the night or purge of {day} left it{rows}: somebody altered it."


def _run_seals(connection: sqlite3.Connection, run_id: str) -> dict[str, dict[str, Any]]:
    columns = ["run_id", "as_of", "content"]  # the others are written before the judgement, or after it
    rows = {name: _seal(connection, name, ("run_id", run_id)) for name in OF_A_RUN}
    return {"runs": _seal(connection, "runs", ("run_id", run_id), columns), **rows}


def _broken_runs(connection: sqlite3.Connection, runs: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Whose rows are not what the run's judgement left; a run that was cut short may have been begun again since."""
    finished = {name for (name,) in connection.execute("SELECT run_id FROM runs WHERE finished_at IS NOT NULL")}
    for run_id, seals in runs.items():
        for table, before in seals.items() if run_id in finished else ():
            if _seal(connection, table, ("run_id", run_id), before["columns"]) != before:
                yield f"what the table {table} holds of the run {run_id} is not what it left: somebody altered it."


def _seal(
    connection: sqlite3.Connection, table: str, where: tuple[str, str] | None, columns: list[str] | None = None
) -> dict[str, Any]:
    """A table's columns, count of rows and digest; of the `columns` that were sealed, where it has others since."""
    named = connection.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", (table,)).fetchall()
    listed = columns or [name for name, _ in named]
    if not named or not {name for name, _ in named}.issuperset(listed):
        return {"columns": listed, "rows": 0, "sha256": "gone"}
    key = [name for name, place in sorted(named, key=lambda row: row[1]) if place] or listed
    only, values = (f" WHERE {where[0]} = ?", (where[1],)) if where else ("", ())
    digest, count = hashlib.sha256(), 0
    for row in connection.execute(
        f"SELECT {', '.join(listed)} FROM {table}{only} ORDER BY {', '.join(key)}",  # noqa: S608
        values,
    ):
        digest.update(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        count += 1
    return {"columns": listed, "rows": count, "sha256": digest.hexdigest()}
