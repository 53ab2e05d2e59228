"""What the ledger forgets, and what it still holds of sources that are configured no more."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

_HELD = """
SELECT 1 FROM findings WHERE finding_id IN (SELECT value FROM json_each(:held))
AND findings.platform = {0}.platform AND ((findings.account_id != '' AND findings.account_id = {0}.account_id)
    OR (findings.handle != '' AND lower(ltrim(findings.handle, '@')) = lower(ltrim({0}.handle, '@')))
    OR {1})
"""
_HELD_SEAT = _HELD.format("seats", "(findings.mailbox != '' AND findings.mailbox = seats.address)")
"""Whether a seat is that of a finding on hold: by its id, handle or state mailbox."""
_HELD_ACCOUNT = _HELD.format(
    "accounts",
    "EXISTS (SELECT 1 FROM evidence WHERE evidence.finding_id = findings.finding_id"
    " AND evidence.source = accounts.source AND evidence.sha256 = accounts.content -> 'provenance' ->> 'sha256')",
)
"""Whether an account is that of a finding on hold: by its id or handle, or as the very item that is its evidence."""


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What is kept of a source that stands in audit.toml no more, and the last day on which any of it was seen."""

    source: str
    accounts: int
    findings: int
    seen_on: date
    held: int = 0
    """Findings among them that are on hold."""


@dataclass(frozen=True, slots=True)
class Retention:
    """What a ledger forgets, and still keeps: `ledger.retention`."""

    connection: sqlite3.Connection

    def left_behind(self, configured: Collection[str], held: Collection[str] = ()) -> tuple[LeftBehind, ...]:
        """The sources that are not `configured` and of which accounts, or findings that still stand, are kept.

        `held` are the ids of findings on hold.
        """
        names = json.dumps(sorted(configured))
        kept: dict[str, LeftBehind] = {}
        for source, count, day in self.connection.execute(
            "SELECT source, count(*), max(substr(run_id, 1, 10)) FROM accounts"
            " WHERE source NOT IN (SELECT value FROM json_each(?)) GROUP BY source",
            (names,),
        ):
            kept[source] = LeftBehind(source, count, 0, date.fromisoformat(day))
        for source, count, day, on_hold in self.connection.execute(
            "SELECT value, count(*), max(last_seen), sum(finding_id IN (SELECT value FROM json_each(:held)))"
            " FROM findings, json_each(findings.sources)"
            " WHERE resolved_on IS NULL AND value NOT IN (SELECT value FROM json_each(:names)) GROUP BY value",
            {"names": names, "held": json.dumps(sorted(held))},
        ):
            seen = date.fromisoformat(day)
            one = kept.get(source, LeftBehind(source, 0, 0, seen))
            kept[source] = replace(one, findings=count, seen_on=max(one.seen_on, seen), held=on_hold)
        return tuple(one for _, one in sorted(kept.items()))

    def forget(self, limit: str, configured: Collection[str] | None, held: Collection[str] = ()) -> dict[str, int]:
        """Remove what was resolved or reported before `limit` (an ISO day), and what sources that are not `configured`
        (None: not known, all are) have not shown since; returns counts by what was removed. Of the findings `held`
        (their ids) nothing goes."""
        run = self.connection.execute
        names = json.dumps(sorted(configured or ()))
        gone = "SELECT finding_id FROM findings WHERE resolved_on < :limit"
        if configured is not None:
            # Nobody can recheck what rests on a source that is no more: it would stand for ever.
            gone += (
                " UNION SELECT finding_id FROM findings, json_each(findings.sources) WHERE resolved_on IS NULL"
                " AND last_seen < :limit AND value NOT IN (SELECT value FROM json_each(:names))"
            )
        gone = f"SELECT finding_id FROM ({gone}) WHERE finding_id NOT IN (SELECT value FROM json_each(:held))"  # noqa: S608
        values = {"limit": limit, "names": names, "held": json.dumps(sorted(held))}
        events = run(
            f"UPDATE events SET content = NULL WHERE content ->> 'finding_id' IN ({gone})"  # noqa: S608
            " OR (run_id < :limit AND content ->> 'finding_id' NOT IN (SELECT finding_id FROM findings))",
            values,
        ).rowcount
        findings = run(f"DELETE FROM findings WHERE finding_id IN ({gone})", values).rowcount  # noqa: S608
        problems = run("DELETE FROM problems WHERE run_id < :limit", values).rowcount
        for table in ("runs", "to_tell"):
            run(
                f"UPDATE {table} SET content = json_replace(json_remove(content, '$.leavers', '$.register'),"  # noqa: S608
                " '$.supervisors', json('{}')) WHERE run_id < :limit",
                values,
            )
        run(  # what was kept here before to_tell was, of runs that nobody tells again
            "UPDATE runs SET content = json_replace(json_remove(content, '$.coverage', '$.measured'), '$.seen',"
            " json('{}')) WHERE run_id < :limit AND run_id NOT IN (SELECT run_id FROM to_tell)"
            " AND as_of < (SELECT max(as_of) FROM runs WHERE finished_at IS NOT NULL)",
            values,
        )
        counts = {"findings": findings, "events": events, "problems": problems}
        if configured is not None:
            others = "source NOT IN (SELECT value FROM json_each(:names))"
            accounts = run(
                f"DELETE FROM accounts WHERE run_id < :limit AND {others} AND NOT EXISTS ({_HELD_ACCOUNT})",  # noqa: S608
                values,
            ).rowcount
            run(f"DELETE FROM sweeps WHERE run_id < :limit AND {others}", values)  # noqa: S608
            for table in ("unread_rows", "statements"):
                run(f"DELETE FROM {table} WHERE run_id < :limit AND {others}", values)  # noqa: S608
            run(f"DELETE FROM official_seen WHERE last_seen < :limit AND {others}", values)  # noqa: S608
            known = "SELECT value FROM json_each(:names)"
            shown = f"SELECT 1 FROM json_each(seats.systems) WHERE value IN ({known})"  # noqa: S608
            run(
                f"DELETE FROM seats WHERE run_id < :limit AND NOT EXISTS ({shown}) AND NOT EXISTS ({_HELD_SEAT})",  # noqa: S608
                values,
            )
            counts["accounts of sources taken out"] = accounts
        return counts
