"""The chain of events played again, and held against the findings that the ledger shows: who altered one shows.

Events say when a finding was made, resolved or came back, and every word that a person typed about it; the columns
that no event speaks of are covered by the seals (audit/ledger/chain.py) and the night's findings.jsonl.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from audit.ledger.chain import OF_THE_LEDGER, EventChain
from audit.ledger.codec import rows_of
from audit.model.finding import DECIDED, UNDECIDED, FindingStatus


@dataclass
class _Life:
    """What events say of one finding. `made` is "" where retention blanked how it began."""

    made: str = ""
    kind: str = ""
    since: str = ""
    words: dict[str, str] = field(default_factory=dict)
    files: list[tuple[int, str]] = field(default_factory=list)


def unexplained(connection: sqlite3.Connection) -> Iterator[str]:
    """In what the findings differ from what the events say of them: a sentence each."""
    lives = _lives(connection)
    standing = set()
    for row in rows_of(connection.execute("SELECT * FROM findings ORDER BY finding_id")):
        standing.add(row["finding_id"])
        life = lives.get(row["finding_id"])
        if life is None or not life.made:
            yield f"finding {row['finding_id']} stands in the ledger, and no event says that a night made it."
            continue
        yield from (f"finding {row['finding_id']}: {what}" for what in _altered(row, life))
    for finding_id, life in lives.items():
        if life.made and finding_id not in standing:
            yield f"finding {finding_id} is gone: it was made on {life.made}, and no purge removed it."
    known = {digest for (digest,) in connection.execute("SELECT file_sha256 FROM reviews")}
    for finding_id, life in lives.items():
        for event_id, digest in life.files:
            if digest not in known:
                yield f"event {event_id}: a decision about {finding_id} rests on a copy that was never read."


def _lives(connection: sqlite3.Connection) -> dict[str, _Life]:
    lives: dict[str, _Life] = {}
    for one in EventChain(connection).of_findings():
        content = one.content
        if not isinstance(content.get("finding_id"), str) or content.get("kind") in OF_THE_LEDGER:
            continue
        life = lives.setdefault(content["finding_id"], _Life())
        if content.get("kind") == "decided":
            life.words |= {name: after for name, (_, after) in content["what"].items()}
            life.files.append((one.event_id, content["file_sha256"]))
            continue
        life.kind, life.since = content["kind"], one.day
        if life.kind == FindingStatus.NEW:
            life.made = life.made or one.day
        life.words |= dict.fromkeys(_cleared(content.get("set_aside") or {}), "")
    return lives


def _cleared(set_aside: Mapping[str, str]) -> tuple[str, ...]:
    """The columns that were emptied when a decision was set aside; as in audit/lifecycle."""
    if not set_aside:
        return ()
    if set_aside.get("disposition", "") in UNDECIDED:
        return ("suppress_until",)
    return ("suppress_until", "disposition", "reviewer", "decided_on")


def _altered(row: Mapping[str, str | None], life: _Life) -> Iterator[str]:
    for name in DECIDED:
        now, told = row[name] or "", life.words.get(name, "")
        if now != told:
            yield f"{name} is “{now}” in the ledger; by the events it is “{told}”."
    resolved = life.since if life.kind == FindingStatus.RESOLVED else ""
    if (row["resolved_on"] or "") != resolved:
        yield (f"it is {_resolved(row['resolved_on'])} in the ledger; by the events it is {_resolved(resolved)}.")
    if (row["status"] == FindingStatus.RESOLVED) != bool(resolved):
        yield f"its status is “{row['status']}” in the ledger; by the events it is {_resolved(resolved)}."
    if row["first_seen"] != life.made:
        yield f"it was first seen on {row['first_seen']} in the ledger; by the events on {life.made}."


def _resolved(day: str | None) -> str:
    return f"resolved on {day}" if day else "not resolved"
