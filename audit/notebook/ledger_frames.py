"""What the ledger adds to a night's files, as frames for notebooks. Opened so that nothing can be written into it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import pandas as pd

from audit.findings.trends import trends
from audit.ledger.history import History
from audit.model.trends import Trends


@contextmanager
def opened_read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """The ledger for reading. Raises sqlite3.OperationalError where there is none."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


def runs(ledger: sqlite3.Connection, run_id: str) -> pd.DataFrame:
    """The finished runs up to one: run_id, as_of, started_at, finished_at."""
    return pd.read_sql_query(
        "SELECT run_id, as_of, started_at, finished_at FROM runs WHERE finished_at IS NOT NULL AND rowid <="
        " (SELECT rowid FROM runs WHERE run_id = ?) ORDER BY rowid",
        ledger,
        params=(run_id,),
    )


def changes(ledger: sqlite3.Connection, run_id: str) -> pd.DataFrame:
    """The steps in findings' lives up to a run: run_id, as_of, finding_id, kind, cause, reason, who."""
    return pd.read_sql_query(
        "SELECT run_id, substr(run_id, 1, 10) AS as_of, content ->> 'finding_id' AS finding_id,"
        " content ->> 'kind' AS kind, coalesce(content ->> 'cause', '') AS cause, content ->> 'reason' AS reason,"
        " coalesce(content ->> 'who', '') AS who FROM events WHERE content ->> 'finding_id' IS NOT NULL AND event_id <="
        " (SELECT coalesce(max(event_id), 0) FROM events WHERE run_id IN"
        " (SELECT run_id FROM runs WHERE rowid <= (SELECT rowid FROM runs WHERE run_id = ?))) ORDER BY event_id",
        ledger,
        params=(run_id,),
    )


def ties(ledger: sqlite3.Connection) -> pd.DataFrame:
    """How each finding is tied to a person, as the ledger holds it now: finding_id, link_step, rivals, sources."""
    found = pd.read_sql_query("SELECT finding_id, link_step, rivals, sources FROM findings", ledger)
    return found.assign(sources=_listed(found["sources"]), rivals=found["rivals"].astype("Int64"))


def dispositions(ledger: sqlite3.Connection, as_of: date) -> pd.DataFrame:
    """One row a finding, seen by `as_of`, about which somebody has decided, as the ledger holds it now."""
    found = pd.read_sql_query(
        "SELECT finding_id, rule_id, tier, platform, agency_code, sources, disposition, decided_on, first_seen"
        " FROM findings WHERE disposition != '' AND first_seen <= ? ORDER BY finding_id",
        ledger,
        params=(as_of.isoformat(),),
    )
    return found.assign(sources=_listed(found["sources"]))


def weeks(ledger: sqlite3.Connection, run_id: str) -> Trends:
    """Counts by week up to a run: what the sheet "Trends" shows."""
    return trends(*History(ledger).counted(run_id))


def _listed(sources: pd.Series) -> pd.Series:
    """JSON lists of names as plain text: "export, mail"."""
    return sources.map(lambda text: ", ".join(json.loads(text))).astype("str")
