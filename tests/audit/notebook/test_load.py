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
from audit.notebook.descriptions import descriptions
from audit.notebook.load import FRAMES, NoSuchNight
from audit.notebook.nights import NIGHTS, PANEL
from audit.notebook.people import people_of
from connectors import reference
from tests.audit import damage
from tests.states import DAY, State, account

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


def test_agencies_are_named_beside_their_codes(out: Path, state: State) -> None:
    night = audit.load(out)
    assert night.run["agencies"]["17"] == "Department of Transportation"
    for frame in (night.findings, night.cases, night.people):
        named = dict(zip(frame["agency_code"], frame["agency"], strict=True))
        assert set(named) - {""} <= set(night.run["agencies"])
        assert named == {code: night.run["agencies"].get(code, "") for code in named}
    told = json.loads((out / "latest" / "run.json").read_text(encoding="utf-8"))
    del told["agencies"]  # as a night of before they were told has it
    (out / "latest" / "run.json").write_text(json.dumps(told), encoding="utf-8")
    older = audit.load(out)
    assert list(older.findings["agency"]) == list(older.findings["agency_code"])
    assert set(older.cases["agency"]) == set(older.cases["agency_code"])


def test_one_row_a_person(out: Path, state: State) -> None:
    people = audit.load(out).people
    assert people["employee_name"].tolist() == ["Ada Thibodeau", "Lee Ouellette"]
    rows = people.set_index("employee_name").to_dict("index")
    assert [rows["Ada Thibodeau"][name] for name in ("findings", "leads", "undecided", "resolved", "accounts")] == [
        0, 0, 0, 1, 1,
    ]  # fmt: skip
    state.accounts["export"] += [
        account("busybirch7", registered_email="ada.thibodeau@maine.gov"),
        account("tallspruce3", registered_email="ada.thibodeau@maine.gov", platform="reddit"),
    ]
    state.night(NEXT + timedelta(days=1))
    ada = audit.load(out).people.set_index("employee_name").loc["Ada Thibodeau"]
    assert [ada[name] for name in ("findings", "leads", "undecided", "resolved", "accounts")] == [2, 0, 2, 0, 2]
    assert (ada["rules"], ada["platforms"].split(", ")) == ("E-1", ["reddit", "x"])
    assert (ada["first_seen"], ada["last_seen"]) == (pd.Timestamp(DAY), pd.Timestamp(NEXT + timedelta(days=1)))


def test_an_id_that_has_passed_on_is_two_people(three_nights: State) -> None:
    findings = audit.load(three_nights.folder / "out").findings.query("employee_id == '00017'")
    both = pd.concat([findings, findings.assign(employee_name="Bo Underhill")])
    assert people_of(both)["employee_name"].tolist() == ["Ada Thibodeau", "Bo Underhill"]


def test_the_nights_there_are(three_nights: State, tmp_path: Path) -> None:
    out = three_nights.folder / "out"
    nights = audit.nights(out)
    assert nights["as_of"].dt.date.tolist() == [DAY, damage.NEXT, damage.THIRD]
    assert nights[["new", "open", "resolved", "findings", "leads"]].to_numpy().tolist() == [
        [3, 0, 0, 2, 1], [0, 2, 1, 2, 1], [0, 2, 0, 1, 1],
    ]  # fmt: skip
    assert audit.load(out, run=str(nights["run_id"].iloc[1])).run["as_of"] == damage.NEXT.isoformat()
    assert list(nights) == list(NIGHTS)
    (tmp_path / "2026-01-01").mkdir()  # a night that was cut short has no run.json
    assert audit.nights(tmp_path).empty


def test_a_panel_over_the_nights(three_nights: State) -> None:
    out = three_nights.folder / "out"
    panel = audit.panel(out)
    told = panel.groupby(["as_of", "agency", "rule_id", "status"], observed=True).size()
    dot, (first, second, third) = "Department of Transportation", map(pd.Timestamp, (DAY, damage.NEXT, damage.THIRD))
    assert told.to_dict() == {
        (first, dot, "E-1", "new"): 2, (first, "", "E-2", "new"): 1,
        (second, dot, "E-1", "open"): 1, (second, dot, "E-1", "resolved"): 1, (second, "", "E-2", "open"): 1,
        (third, dot, "E-1", "open"): 1, (third, "", "E-2", "open"): 1,
    }  # fmt: skip
    assert not panel.duplicated(["as_of", "finding_id"]).any()
    assert audit.panel(out, since=damage.THIRD)["as_of"].unique().tolist() == [third]
    assert list(panel) == list(PANEL)
    later = audit.panel(out, since="2027-01-01")
    assert later.empty
    assert later.dtypes.astype(str).equals(panel.dtypes.astype(str))


def test_no_night_yet_and_no_folder(tmp_path: Path) -> None:
    assert audit.nights(tmp_path).empty
    assert audit.panel(tmp_path).empty
    for read in (audit.nights, audit.panel):
        with pytest.raises(NoSuchNight, match="no such folder"):
            read(tmp_path / "oot")
    (tmp_path / "2026-11-20").mkdir()
    (tmp_path / "2026-11-20" / "run.json").write_text("{", encoding="utf-8")
    with pytest.raises(NoSuchNight, match=r"run\.json: cannot be read"):
        audit.nights(tmp_path)


def test_every_column_is_described_and_nothing_else(three_nights: State) -> None:
    night = audit.load(three_nights.folder / "out")
    columns = {(name, str(column)) for name in FRAMES for column in getattr(night, name)}
    columns |= {("nights", name) for name in NIGHTS} | {("panel", name) for name in PANEL}
    assert descriptions().keys() == columns
    rows = [(frame, row["column"]) for row in reference.table("frames.csv") for frame in row["frames"].split(";")]
    assert len(rows) == len(set(rows)), "described twice"
    told = night.describe()
    assert set(zip(told["frame"], told["column"], strict=True)) == columns
    assert told["what"].str.len().min() > 10
    types = told[~told["frame"].isin(["nights", "panel"])].set_index(["frame", "column"])["type"]
    assert all(types[name, column] == str(getattr(night, name)[column].dtype) for name, column in types.index)


@pytest.mark.parametrize("run", ["2020-01-01", f"{DAY}.7", "yesterday", "../out"])
def test_a_night_that_is_not_there(three_nights: State, run: str) -> None:
    with pytest.raises(NoSuchNight):
        audit.load(three_nights.folder / "out", run=run)


def test_reading_writes_nothing(out: Path) -> None:
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file() and "sqlite-" not in path.name}
    audit.load(out)
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file() and "sqlite-" not in p.name} == before


def test_importing_audit_is_light() -> None:
    light = "import sys, audit; assert 'pandas' not in sys.modules; assert callable(audit.load)"
    still = "import audit.notebook.load; assert callable(audit.load); assert callable(audit.nights)"
    subprocess.run([sys.executable, "-c", f"{light}; {still}"], check=True, cwd=Path(audit.__file__).parents[1])
