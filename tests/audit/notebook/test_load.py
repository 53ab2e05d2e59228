"""A published night as frames: the same counts as its files, whichever way it is named."""

import json
import subprocess
import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import audit
from audit.findings.trends import trends
from audit.ledger import Ledger
from audit.model.coverage import WITHIN_DAYS, SweepCount
from audit.model.trends import OPEN, monday
from audit.notebook.load import NoSuchNight
from tests.states import DAY, State, account

NEXT = DAY + timedelta(days=1)
FRAMES = (
    "findings", "evidence", "sources", "coverage", "sweeps", "cases", "changes", "runs", "dispositions", "trust",
)  # fmt: skip


@pytest.fixture
def out(state: State) -> Path:
    """Two nights: two findings, of which one is gone on the second."""
    state.accounts["export"] = [
        account("busybirch7", registered_email="ada.thibodeau@maine.gov"),
        account("quietpine42", registered_email="lee.ouellette@maine.gov"),
        account("filler"),
    ]
    state.night()
    del state.accounts["export"][0]
    state.night(NEXT)
    return state.folder / "out"


@pytest.mark.parametrize(
    ("run", "as_of", "statuses"),
    [
        ("latest", NEXT, {"busybirch7": "resolved", "quietpine42": "open"}),
        (NEXT.isoformat(), NEXT, {"busybirch7": "resolved", "quietpine42": "open"}),
        (DAY.isoformat(), DAY, {"busybirch7": "new", "quietpine42": "new"}),
        (f"{DAY}.1", DAY, {"busybirch7": "new", "quietpine42": "new"}),
    ],
)
def test_a_night_by_any_of_its_names(out: Path, run: str, as_of, statuses: dict[str, str]) -> None:
    night = audit.load(out, run=run)
    assert night.run["as_of"] == as_of.isoformat()
    assert dict(zip(night.findings["handle"], night.findings["status"], strict=True)) == statuses
    assert (night.findings["last_seen"] <= pd.Timestamp(as_of)).all()
    assert (night.runs["as_of"] <= pd.Timestamp(as_of)).all()
    assert len(night.changes) == (2 if as_of == DAY else 3)


def test_frames_agree_with_the_files(out: Path) -> None:
    night = audit.load(out)
    lines = (out / "latest" / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    findings = [json.loads(line) for line in lines]
    assert list(night.findings["finding_id"]) == [finding["finding_id"] for finding in findings]
    assert len(night.evidence) == sum(len(finding["evidence"]) for finding in findings) > 0
    assert set(night.evidence["finding_id"]) <= set(night.findings["finding_id"])
    assert str(night.evidence["observed_at"].dt.tz) == "UTC"
    assert list(night.sources["source"]) == [source["source"] for source in night.run["sources"]]
    page = openpyxl.load_workbook(out / "latest" / "audit.xlsx")["Findings"]
    ids = {cell.value for row in page.iter_rows() for cell in row}
    assert set(night.findings["finding_id"]) <= ids
    with Ledger(out / "ledger.sqlite") as ledger:
        assert ledger.findings.past().keys() == set(night.findings["finding_id"])


def test_a_night_without_findings_has_the_same_columns(out: Path, state: State) -> None:
    full = audit.load(out)
    state.accounts["export"] = [account("filler"), account("filler2")]
    state.night(NEXT + timedelta(days=1))
    state.night(NEXT + timedelta(days=2))
    empty = audit.load(out)
    assert (len(empty.findings), len(empty.evidence)) == (0, 0)
    for name in FRAMES:
        assert list(getattr(empty, name)) == list(getattr(full, name)), name


def test_each_finding_is_on_the_sheet_that_is_named(out: Path) -> None:
    night = audit.load(out)
    book = openpyxl.load_workbook(out / "latest" / "audit.xlsx")
    for finding in night.findings.itertuples():
        cells = {cell.value for row in book[str(finding.sheet)].iter_rows() for cell in row}
        assert finding.finding_id in cells
    assert set(night.findings["sources"]) == {"export"}
    assert set(night.findings["link_step"]) == {"registered with the employee's state address"}
    assert set(night.findings["rivals"]) == {0}


def test_cases_are_those_of_the_night(out: Path) -> None:
    for run, handles in (
        (DAY.isoformat(), {"busybirch7", "quietpine42", "MaineDOT1"}),
        ("latest", {"quietpine42", "MaineDOT1"}),
    ):
        cases = audit.load(out, run=run).cases
        assert cases is not None
        assert set(cases["handle"]) == handles


def test_coverage_is_as_run_json_has_it(out: Path) -> None:
    night = audit.load(out)
    assert list(night.coverage["platform"]) == [one["platform"] for one in night.run["coverage"]]
    counts = night.coverage[["assessed", "stale", "waiting", "failed", "no_source", "no_address"]]
    assert set(counts.sum(axis="columns")) == {3}  # the current employees of this state
    assert night.sweeps.empty
    assert "within_30_days" in night.sweeps


def test_a_sweep_has_its_row(out: Path) -> None:
    path = out / "latest" / "run.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    sweep = SweepCount("x", "terms", 9, 4, 1, 2, 0, 1, 0, 5, 3, None, (4, 4, 6))
    counts = {name: value for name, value in asdict(sweep).items() if name not in ("oldest", "within")}
    told["sources"][-1]["sweep"] = {
        **counts, "oldest_answer": "2026-11-01T00:00:00+00:00",
        **{f"within_{days}_days": count for days, count in zip(WITHIN_DAYS, sweep.within, strict=True)},
    }  # fmt: skip
    path.write_text(json.dumps(told), encoding="utf-8")
    (row,) = audit.load(out).sweeps.to_dict("records")
    assert (row["source"], row["keys"], row["left"], row["within_30_days"]) == ("export", 9, 5, 6)
    assert row["oldest_answer"] == pd.Timestamp("2026-11-01", tz="UTC")


def test_decisions_and_what_they_say_of_the_rule(out: Path, state: State) -> None:
    assert audit.load(out).dispositions.empty
    book = openpyxl.load_workbook(out / "latest" / "audit.xlsx")
    page = book["Findings"]
    top = next(row for row in page.iter_rows() if any(cell.value == "Finding ID" for cell in row))
    columns = {cell.value: cell.column for cell in top}
    page.cell(top[0].row + 1, columns["Disposition"]).value = "confirmed"
    page.cell(top[0].row + 1, columns["Decided on"]).value = NEXT
    decided = page.cell(top[0].row + 1, columns["Finding ID"]).value
    (state.folder / "reviews").mkdir()
    book.save(state.folder / "reviews" / "mine.xlsx")
    state.night(NEXT + timedelta(days=1))
    night = audit.load(out)
    (row,) = night.dispositions.to_dict("records")
    assert (row["finding_id"], row["rule_id"], row["sources"]) == (decided, "E-1", "export")
    assert (row["disposition"], row["decided_on"], row["first_seen"]) == (
        "confirmed", pd.Timestamp(NEXT), pd.Timestamp(DAY),
    )  # fmt: skip
    assert [(one["source"], one["right"], one["precision"]) for one in night.trust.to_dict("records")] == [
        ("", 1, 1.0), ("export", 1, 1.0),
    ]  # fmt: skip
    assert list(night.changes["cause"])[-1] == "somebody decided"
    with Ledger(out / "ledger.sqlite") as ledger:
        assert night.trends == trends(*ledger.history.counted(night.run["run_id"]))
    assert audit.load(out, run=DAY.isoformat()).trends.total(monday(DAY), OPEN) == 2


@pytest.mark.parametrize("run", ["2020-01-01", f"{DAY}.7", "yesterday", "../out"])
def test_a_night_that_is_not_there(out: Path, run: str) -> None:
    with pytest.raises(NoSuchNight):
        audit.load(out, run=run)


def test_reading_writes_nothing(out: Path) -> None:
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file() and "sqlite-" not in path.name}
    audit.load(out)
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file() and "sqlite-" not in p.name} == before


def test_importing_audit_is_light() -> None:
    light = "import sys, audit; assert 'pandas' not in sys.modules; assert callable(audit.load)"
    still = "import audit.notebook.load; assert callable(audit.load)"
    subprocess.run([sys.executable, "-c", f"{light}; {still}"], check=True, cwd=Path(audit.__file__).parents[1])
