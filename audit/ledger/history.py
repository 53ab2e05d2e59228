"""What the ledger's chain of events tells of findings' lives: for the sheets "Changes" and "Trends"."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from audit.model.finding import UNDECIDED
from audit.model.trends import Event, Subject

_COUNTED = ("disposition", "decided_on", "suppress_until")


@dataclass(frozen=True, slots=True)
class DayEvent:
    """One event of a day. `words` are the columns that a person changed, as they were after; texts may be empty."""

    finding_id: str
    kind: str
    reason: str
    cause: str
    who: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class History:
    """What a ledger's chain tells: `ledger.history`. It only reads."""

    connection: sqlite3.Connection

    def told(self, run_id: str) -> Iterator[DayEvent]:
        """The events of a day up to one of its runs, in their order, without those whose content retention removed."""
        rows = self.connection.execute(
            "SELECT content FROM events WHERE content ->> 'finding_id' IS NOT NULL"
            " AND substr(run_id, 1, 10) = substr(:run, 1, 10)"
            " AND run_id IN (SELECT run_id FROM runs WHERE rowid <= (SELECT rowid FROM runs WHERE run_id = :run))"
            " ORDER BY event_id",
            {"run": run_id},
        )
        for (text,) in rows:
            content = json.loads(text)
            yield DayEvent(
                finding_id=content["finding_id"],
                kind=content["kind"],
                reason=content["reason"],
                cause=content.get("cause", ""),
                who=content.get("who", ""),
                words={name: after for name, (_, after) in content.get("what", {}).items()},
            )

    def counted(
        self, run_id: str
    ) -> tuple[Iterator[Event], Mapping[str, Subject], Collection[date], date, date | None]:
        """What is counted by week up to a run, as `audit.findings.trends` takes it: the steps, what each finding is
        counted under, the days with a run, the run's own day, and that of the last event whose content is gone."""
        return self.events(run_id), self.subjects(), self.nights(run_id), date.fromisoformat(run_id[:10]), self.blank()

    def events(self, run_id: str) -> Iterator[Event]:
        """Everything that was counted up to a run, streamed in its order."""
        rows = self.connection.execute(
            "SELECT substr(run_id, 1, 10), content ->> 'finding_id', content ->> 'kind', content -> 'what',"
            " content -> 'set_aside' FROM events"
            " WHERE content ->> 'finding_id' IS NOT NULL AND run_id IN"
            " (SELECT run_id FROM runs WHERE rowid <= (SELECT rowid FROM runs WHERE run_id = ?)) ORDER BY event_id",
            (run_id,),
        )
        for day, finding_id, kind, what, set_aside in rows:
            words = json.loads(what) if what else {}
            after = {name: words[name][1] for name in _COUNTED if name in words}
            gone = json.loads(set_aside) if set_aside else {}
            after |= {name: "" for name in _COUNTED if name in gone and gone[name] not in UNDECIDED}
            yield Event(date.fromisoformat(day), finding_id, kind, after)

    def subjects(self) -> dict[str, Subject]:
        """The agency and the rule of every finding that the ledger holds."""
        rows = self.connection.execute("SELECT finding_id, agency_code, rule_id FROM findings")
        known: dict[Subject, Subject] = {}
        return {finding_id: known.setdefault(mark := Subject(agency, rule), mark) for finding_id, agency, rule in rows}

    def nights(self, run_id: str) -> list[date]:
        """The days of the finished runs before a run, and its own, oldest first; a day with two runs stands twice."""
        rows = self.connection.execute(
            "SELECT as_of FROM runs WHERE (finished_at IS NOT NULL OR run_id = ?)"
            " AND rowid <= (SELECT rowid FROM runs WHERE run_id = ?) ORDER BY rowid",
            (run_id, run_id),
        )
        return [date.fromisoformat(day) for (day,) in rows]

    def blank(self) -> date | None:
        """The day of the last event whose content retention removed; None where there is none."""
        (run_id,) = self.connection.execute("SELECT max(run_id) FROM events WHERE content IS NULL").fetchone()
        return date.fromisoformat(run_id[:10]) if run_id else None
