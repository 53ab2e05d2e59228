"""What the ledger forgets, and what it still holds of sources that are configured no more."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What is kept of a source that stands in audit.toml no more, and the last day on which any of it was seen."""

    source: str
    accounts: int
    findings: int
    seen_on: date


@dataclass(frozen=True, slots=True)
class Retention:
    """What a ledger forgets, and still keeps: `ledger.retention`."""

    connection: sqlite3.Connection

    def left_behind(self, configured: Collection[str]) -> tuple[LeftBehind, ...]:
        """The sources that are not `configured` and of which accounts, or findings that still stand, are kept."""
        names = json.dumps(sorted(configured))
        kept: dict[str, tuple[int, int, str]] = {}
        for source, count, day in self.connection.execute(
            "SELECT source, count(*), max(substr(run_id, 1, 10)) FROM accounts"
            " WHERE source NOT IN (SELECT value FROM json_each(?)) GROUP BY source",
            (names,),
        ):
            kept[source] = (count, 0, day)
        for source, count, day in self.connection.execute(
            "SELECT value, count(*), max(last_seen) FROM findings, json_each(findings.sources)"
            " WHERE resolved_on IS NULL AND value NOT IN (SELECT value FROM json_each(?)) GROUP BY value",
            (names,),
        ):
            accounts, _, seen = kept.get(source, (0, 0, day))
            kept[source] = (accounts, count, max(seen, day))
        return tuple(
            LeftBehind(source, accounts, findings, date.fromisoformat(day))
            for source, (accounts, findings, day) in sorted(kept.items())
        )

    def forget(self, limit: str, configured: Collection[str] | None) -> dict[str, int]:
        """Remove what was resolved or reported before `limit` (an ISO day), and what sources that are not `configured`
        (None: not known, all are) have not shown since; returns counts by what was removed."""
        run = self.connection.execute
        names = json.dumps(sorted(configured or ()))
        gone = "SELECT finding_id FROM findings WHERE resolved_on < :limit"
        if configured is not None:
            # Nobody can recheck what rests on a source that is no more: it would stand for ever.
            gone += (
                " UNION SELECT finding_id FROM findings, json_each(findings.sources) WHERE resolved_on IS NULL"
                " AND last_seen < :limit AND value NOT IN (SELECT value FROM json_each(:names))"
            )
        values = {"limit": limit, "names": names}
        events = run(
            f"UPDATE events SET content = NULL WHERE content ->> 'finding_id' IN ({gone})"  # noqa: S608
            " OR (run_id < :limit AND content ->> 'finding_id' NOT IN (SELECT finding_id FROM findings))",
            values,
        ).rowcount
        findings = run(f"DELETE FROM findings WHERE finding_id IN ({gone})", values).rowcount  # noqa: S608
        problems = run("DELETE FROM problems WHERE run_id < :limit", values).rowcount
        counts = {"findings": findings, "events": events, "problems": problems}
        if configured is not None:
            others = "source NOT IN (SELECT value FROM json_each(:names))"
            accounts = run(f"DELETE FROM accounts WHERE run_id < :limit AND {others}", values).rowcount  # noqa: S608
            run(f"DELETE FROM sweeps WHERE run_id < :limit AND {others}", values)  # noqa: S608
            run(f"DELETE FROM official_seen WHERE last_seen < :limit AND {others}", values)  # noqa: S608
            known = "SELECT value FROM json_each(:names)"
            shown = f"SELECT 1 FROM json_each(seats.systems) WHERE value IN ({known})"  # noqa: S608
            run(f"DELETE FROM seats WHERE run_id < :limit AND NOT EXISTS ({shown})", values)  # noqa: S608
            counts["accounts of sources taken out"] = accounts
        return counts
