"""A published night as frames: the same counts as its files, whichever way it is named."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from states import DAY, State, account

import audit
from audit.frames import NoSuchNight
from audit.ledger import Ledger

NEXT = DAY + timedelta(days=1)


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
        assert ledger.past().keys() == set(night.findings["finding_id"])


def test_a_night_without_findings_has_the_same_columns(out: Path, state: State) -> None:
    full = audit.load(out)
    state.accounts["export"] = [account("filler"), account("filler2")]
    state.night(NEXT + timedelta(days=1))
    state.night(NEXT + timedelta(days=2))
    empty = audit.load(out)
    assert (len(empty.findings), len(empty.evidence)) == (0, 0)
    for name in ("findings", "evidence", "sources", "changes", "runs"):
        assert list(getattr(empty, name)) == list(getattr(full, name))


@pytest.mark.parametrize("run", ["2020-01-01", f"{DAY}.7", "yesterday", "../out"])
def test_a_night_that_is_not_there(out: Path, run: str) -> None:
    with pytest.raises(NoSuchNight):
        audit.load(out, run=run)


def test_reading_writes_nothing(out: Path) -> None:
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file() and "sqlite-" not in path.name}
    audit.load(out)
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file() and "sqlite-" not in p.name} == before


def test_importing_audit_is_light() -> None:
    code = "import sys, audit; assert 'pandas' not in sys.modules; assert callable(audit.load); import audit.frames; "
    subprocess.run(
        [sys.executable, "-c", code + "assert callable(audit.load)"], check=True, cwd=Path(audit.__file__).parents[1]
    )
