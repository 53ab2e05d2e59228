"""A night as frames, for notebooks: read from what a run published and from its ledger, and never written."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

LATEST = "latest"
_NIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})(\.\d+)?")
_FINDINGS = (
    "finding_id", "rule_id", "clause", "tier", "severity", "status", "platform", "handle", "account_id", "url",
    "mailbox", "employee_id", "employee_name", "agency_code", "because", "matched_text", "first_seen", "last_seen",
    "disposition", "reviewer", "note",
)  # fmt: skip
_EVIDENCE = ("finding_id", "source", "kind", "observed_at", "detail", "sha256")


class NoSuchNight(Exception):
    """The folder holds no such published night; the message says which there are."""


@dataclass(frozen=True)
class Frames:
    """One night. Texts are strings ("" where there is nothing to say), days and times pandas timestamps.

    `run` is run.json. `findings`: one row a finding, columns as in findings.jsonl without evidence. `evidence`: one
    row a piece, with `finding_id`. `sources`: one row a source, as on the sheet Coverage. `changes`: one row a step in
    a finding's life up to this run (run_id, as_of, finding_id, kind, reason, who); `runs`: the runs up to this one.
    """

    run: dict[str, Any]
    findings: pd.DataFrame
    evidence: pd.DataFrame
    sources: pd.DataFrame
    changes: pd.DataFrame
    runs: pd.DataFrame


def load(folder: str | Path, run: str = LATEST) -> Frames:
    """A published night of the output folder: "latest", a day ("2026-11-20") or a run id ("2026-11-20.1").

    Raises NoSuchNight where that night was never published whole, is gone, or was published anew by a later run.
    """
    folder = Path(folder)
    night = folder / (LATEST if run == LATEST else _day_of(run))
    try:
        told = json.loads((night / "run.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoSuchNight(f"{folder}: no complete night {run!r}. There are: {_nights(folder)}.") from None
    if run not in (LATEST, told["as_of"], told["run_id"]):
        raise NoSuchNight(f"{night}: holds run {told['run_id']}, not {run}. Ask for {told['run_id']!r}.")
    lines = (night / "findings.jsonl").read_text(encoding="utf-8").split("\n")
    findings = [json.loads(line) for line in lines if line]
    with _ledger(folder / "ledger.sqlite") as ledger:
        runs = pd.read_sql_query(
            "SELECT run_id, as_of, started_at, finished_at FROM runs WHERE finished_at IS NOT NULL AND rowid <="
            " (SELECT rowid FROM runs WHERE run_id = ?) ORDER BY rowid",
            ledger,
            params=(told["run_id"],),
        )
        changes = _changes(ledger, told["run_id"])
    return Frames(
        run=told,
        findings=_dated(pd.DataFrame(findings, columns=list(_FINDINGS)), "first_seen", "last_seen"),
        evidence=_evidence(findings),
        sources=pd.DataFrame(told["sources"]),
        changes=_dated(changes, "as_of"),
        runs=_dated(runs, "as_of", "started_at", "finished_at"),
    )


def _day_of(run: str) -> str:
    named = _NIGHT.fullmatch(run)
    if named is None:
        raise NoSuchNight(f"{run!r} names no night. Write latest, a day (2026-11-20) or a run id (2026-11-20.1).")
    return named[1]


def _nights(folder: Path) -> str:
    found = sorted(path.parent.name for path in folder.glob("*/run.json") if _NIGHT.fullmatch(path.parent.name))
    return ", ".join(found) or "none; run `identity-audit run` first"


@contextmanager
def _ledger(path: Path) -> Iterator[sqlite3.Connection]:
    """The ledger, opened so that nothing can be written into it."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            yield connection
    except sqlite3.OperationalError as error:
        raise NoSuchNight(f"{path}: the ledger cannot be read ({error}). Is this the output folder?") from None


def _changes(ledger: sqlite3.Connection, run_id: str) -> pd.DataFrame:
    return pd.read_sql_query(
        "SELECT run_id, substr(run_id, 1, 10) AS as_of, content ->> 'finding_id' AS finding_id,"
        " content ->> 'kind' AS kind, content ->> 'reason' AS reason, coalesce(content ->> 'who', '') AS who"
        " FROM events WHERE content IS NOT NULL AND event_id <="
        " (SELECT coalesce(max(event_id), 0) FROM events WHERE run_id IN"
        " (SELECT run_id FROM runs WHERE rowid <= (SELECT rowid FROM runs WHERE run_id = ?)))"
        " ORDER BY event_id",
        ledger,
        params=(run_id,),
    )


def _evidence(findings: list[dict[str, Any]]) -> pd.DataFrame:
    pieces = [{"finding_id": one["finding_id"], **piece} for one in findings for piece in one["evidence"]]
    return _dated(pd.DataFrame(pieces, columns=list(_EVIDENCE)), "observed_at")


def _dated(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The frame with ISO texts as timestamps; those with a time of day are UTC."""
    for column in columns:
        timed = column.endswith("_at")
        frame[column] = pd.to_datetime(frame[column], format="ISO8601", utc=timed)
    return frame
