"""A night as frames, for notebooks: read from what a run published and from its ledger, and never written."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from audit.cases.build import TEXT
from audit.model.coverage import WITHIN_DAYS, PlatformCoverage, SweepCount
from audit.model.night import Trust
from audit.model.trends import Trends
from audit.night import cases_file
from audit.notebook import ledger_frames
from audit.notebook.descriptions import described
from audit.notebook.people import people_of
from audit.report.reader import place_of

LATEST = "latest"
_NIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})(\.\d+)?")
_FINDINGS = (
    "finding_id", "rule_id", "clause", "tier", "severity", "status", "platform", "handle", "account_id", "url",
    "mailbox", "employee_id", "employee_name", "agency_code", "because", "matched_text", "first_seen", "last_seen",
    "disposition", "reviewer", "note",
)  # fmt: skip
_EVIDENCE = ("finding_id", "source", "kind", "observed_at", "detail", "sha256")
_COVERAGE = tuple(field.name for field in fields(PlatformCoverage))
_TRUST = (*(field.name for field in fields(Trust)), "precision")
_SWEEPS = (
    "source", *(field.name for field in fields(SweepCount) if field.name not in ("oldest", "within")),
    "oldest_answer", *(f"within_{days}_days" for days in WITHIN_DAYS),
)  # fmt: skip


class NoSuchNight(Exception):
    """The folder holds no such published night; the message says which there are."""


@dataclass(frozen=True)
class Frames:
    """One night. Texts are strings ("" where there is nothing to say), days and times pandas timestamps. Beside each
    `agency_code` stands `agency`, its name. `describe()` says what every column is.

    Of the night itself: `run` is run.json. `findings`: one row a finding, columns as in findings.jsonl without
    evidence, and `sheet`, the one it stands on, with `link_step`, `rivals` and `sources` (these four "" or NA where
    the ledger has forgotten the finding). `people`: one row a person whom a finding or lead names. `evidence`: one row
    a piece, with `finding_id`. `sources`: one row a source, and `coverage`: one row a platform (counts of current
    employees), as on the sheet Coverage. `sweeps`: one row a source that is asked key by key. `cases`: one row a case
    with the columns and types of audit.night.cases_file.TYPES (with `seat` those of the sheet State-run platforms), or
    None where the run stored none (a version before they were stored).

    Of the nights up to it: `changes`: one row a step in a finding's life (run_id, as_of, finding_id, kind, cause,
    reason, who); `runs`: the runs; `trends`: the counts by week of the sheet Trends. `trust`: one row a rule and tier
    (`source` ""), and one a source of theirs, with the fields of audit.model.night.Trust and `precision`, as that night
    measured it. `dispositions`: one row a decided finding (finding_id, rule_id, tier, platform, agency_code, sources,
    disposition, decided_on, first_seen), resolved ones too, as the ledger holds it now.
    """

    run: dict[str, Any]
    findings: pd.DataFrame
    evidence: pd.DataFrame
    sources: pd.DataFrame
    coverage: pd.DataFrame
    sweeps: pd.DataFrame
    cases: pd.DataFrame | None
    changes: pd.DataFrame
    runs: pd.DataFrame
    dispositions: pd.DataFrame
    trust: pd.DataFrame
    trends: Trends

    @cached_property
    def people(self) -> pd.DataFrame:
        """One row a person whom a finding or lead of the night names, by agency and name."""
        return people_of(self.findings)

    def describe(self) -> pd.DataFrame:
        """What each column of each frame is, one row a column: `frame`, `column`, `type` (of pandas), `what`.

        With it those of audit.nights and audit.panel, which are no frames of one night: their `type` is "".
        """
        return described({name: getattr(self, name) for name in FRAMES})


FRAMES = (
    "findings", "people", "evidence", "sources", "coverage", "sweeps", "cases", "changes", "runs", "dispositions",
    "trust",
)  # fmt: skip
"""The frames of a night, in the order in which they are described."""


def load(folder: str | Path, run: str = LATEST) -> Frames:
    """A published night of the output folder: "latest", a day ("2026-11-20") or a run id ("2026-11-20.1").

    Raises NoSuchNight where that night was never published whole, is gone, or was published anew by a later run.
    """
    folder = Path(folder)
    night, told = _published(folder, run)
    agencies = told.get("agencies", {})
    run_id, as_of = told["run_id"], date.fromisoformat(told["as_of"])
    findings = findings_told(night)
    path = folder / "ledger.sqlite"
    try:
        with ledger_frames.opened_read_only(path) as ledger:
            changes, runs = ledger_frames.changes(ledger, run_id), ledger_frames.runs(ledger, run_id)
            dispositions, ties = ledger_frames.dispositions(ledger, as_of), ledger_frames.ties(ledger)
            trends = ledger_frames.weeks(ledger, run_id)
    except sqlite3.DatabaseError as error:
        raise NoSuchNight(f"{path}: the ledger cannot be read ({error}). Is this the output folder?") from None
    cases = cases_file.read_cases(night / cases_file.NAME, run_id)
    return Frames(
        run=told,
        findings=with_agency(_findings(findings, ties), agencies),
        evidence=_evidence(findings),
        sources=pd.DataFrame(told["sources"]),
        coverage=_coverage(told.get("coverage", [])),
        sweeps=_sweeps(told["sources"]),
        cases=None if cases is None else with_agency(cases, agencies).astype({"agency": TEXT}),
        changes=_dated(changes, "as_of"),
        runs=_dated(runs, "as_of", "started_at", "finished_at"),
        dispositions=with_agency(_dated(dispositions, "decided_on", "first_seen"), agencies),
        trust=_dated(pd.DataFrame(told.get("trust", []), columns=list(_TRUST)), "since"),
        trends=trends,
    )


def _published(folder: Path, run: str) -> tuple[Path, dict[str, Any]]:
    """The night's folder and its run.json."""
    night = folder / (LATEST if run == LATEST else _day_of(run))
    try:
        told = run_json_of(night)
    except FileNotFoundError:
        there = ", ".join(one.name for one in published(folder)) or "none; run `identity-audit run` first"
        raise NoSuchNight(f"{folder}: no complete night {run!r}. There are: {there}.") from None
    if run not in (LATEST, told["as_of"], told["run_id"]):
        raise NoSuchNight(f"{night}: holds run {told['run_id']}, not {run}. Ask for {told['run_id']!r}.")
    return night, told


def _day_of(run: str) -> str:
    named = _NIGHT.fullmatch(run)
    if named is None:
        raise NoSuchNight(f"{run!r} names no night. Write latest, a day (2026-11-20) or a run id (2026-11-20.1).")
    return named[1]


def published(folder: Path) -> list[Path]:
    """The folders of the nights that were published whole, oldest first."""
    return sorted(path.parent for path in folder.glob("*/run.json") if _NIGHT.fullmatch(path.parent.name))


def run_json_of(night: Path) -> dict[str, Any]:
    """What run.json of a night says. Raises FileNotFoundError, and NoSuchNight where it cannot be read."""
    path = night / "run.json"
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise NoSuchNight(f"{path}: cannot be read ({error}). Write it anew: identity-audit report.") from None
    return told


def findings_told(night: Path) -> list[dict[str, Any]]:
    """The findings of a night, as its findings.jsonl has them."""
    lines = (night / "findings.jsonl").read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def with_agency(frame: pd.DataFrame, agencies: Mapping[str, str]) -> pd.DataFrame:
    """The frame with `agency` behind `agency_code`: the name, or the code where the night does not say it."""
    codes = frame["agency_code"]
    names = codes.map(lambda code: agencies.get(code, code), na_action="ignore").astype("str")
    place = frame.columns.get_loc("agency_code")
    assert isinstance(place, int)
    frame.insert(place + 1, "agency", names)
    return frame


def _findings(findings: list[dict[str, Any]], ties: pd.DataFrame) -> pd.DataFrame:
    known = pd.DataFrame(findings, columns=list(_FINDINGS)).astype({"finding_id": "str"})
    known = known.merge(ties, how="left", on="finding_id", validate="one_to_one")
    known = known.assign(**{name: known[name].fillna("") for name in ("link_step", "sources")})
    rows = zip(known["rule_id"], known["tier"], known["link_step"], strict=True)
    sheets = [place_of(rule_id, tier, step) if step else "" for rule_id, tier, step in rows]
    return _dated(known.assign(sheet=pd.Series(sheets, known.index, "str")), "first_seen", "last_seen")


def _evidence(findings: list[dict[str, Any]]) -> pd.DataFrame:
    pieces = [{"finding_id": one["finding_id"], **piece} for one in findings for piece in one["evidence"]]
    return _dated(pd.DataFrame(pieces, columns=list(_EVIDENCE)), "observed_at")


def _coverage(rows: list[dict[str, Any]]) -> pd.DataFrame:
    told = [{**row, "sources": ", ".join(row["sources"])} for row in rows]
    return pd.DataFrame(told, columns=list(_COVERAGE))


def _sweeps(sources: list[dict[str, Any]]) -> pd.DataFrame:
    swept = [{"source": one["source"], **one["sweep"]} for one in sources if one.get("sweep")]
    frame = pd.DataFrame(swept, columns=list(_SWEEPS))
    return frame.assign(oldest_answer=pd.to_datetime(frame["oldest_answer"], format="ISO8601", utc=True))


def _dated(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The frame with ISO texts as timestamps; those with a time of day are UTC."""
    for column in columns:
        timed = column.endswith("_at")
        frame[column] = pd.to_datetime(frame[column], format="ISO8601", utc=timed)
    return frame
