"""The night's cases as a file: they come back as they were, only where they belong, whole or not at all."""

import json
import stat
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

import audit
import audit.night.run
from audit.cases.build import COLUMNS
from audit.config import load
from audit.night import cases_file
from audit.night.cases_file import CANNOT_TELL, FINDING_IDS, HOLDS, TYPES
from audit.night.publish import nights_before
from audit.notebook.trial import Trial, tried
from audit.rules import RULES, Rule, judge
from tests.states import DAY, NOON, State, account, written

NEXT = DAY + timedelta(days=1)


@pytest.fixture
def marked(state: State) -> State:
    """Accounts of several kinds, beside the registry's entry."""
    state.accounts["export"] = [
        account("busybirch7", registered_email="ada.thibodeau@maine.gov", display_name="Ada"),
        account("quietpine42", registered_email="lee.ouellette@maine.gov", bio="MaineDOT crew. Views my own."),
        account("MSPTrooperLee", display_name="Trooper Lee, Maine State Police", bio='=HYPERLINK("x")\nMaine'),
        account("mainedotnews", bio="Official news of the Maine Department of Transportation"),
        account("filler"),
    ]
    return state


def stored(state: State, day=DAY) -> Path:
    return state.folder / "out" / day.isoformat() / cases_file.NAME


def test_cases_come_back_with_what_the_rules_said_of_them(marked: State) -> None:
    night = marked.night()
    cases = audit.load(marked.folder / "out").cases
    assert cases is not None
    # the agency's name is put beside its code when cases are loaded
    assert {name: str(kind) for name, kind in cases.dtypes.items() if name != "agency"} == {
        name: str(pd.Series([], dtype=kind).dtype) for name, kind in TYPES.items()
    }
    for rule in RULES:
        answers = rule.holds(cases).astype("boolean")
        for answer, held, unknown in zip(answers, cases[HOLDS], cases[CANNOT_TELL], strict=True):
            assert (rule.rule_id in json.loads(held)) == (not pd.isna(answer) and bool(answer))
            assert (rule.rule_id in json.loads(unknown)) == pd.isna(answer)
    made = {name for names in cases[FINDING_IDS] for name in json.loads(names)}
    assert made == {finding.finding_id for finding in night.findings}
    assert {name.rpartition("-")[0] for name in made} >= {"E-1", "A-1", "U-1"}
    pieces = [piece for text in cases["evidence"] for piece in json.loads(text)]
    assert {"registered address", "public profile"} <= {piece["kind"] for piece in pieces}
    assert all(set(piece) == {"source", "kind", "detail", "observed_at", "sha256", "strength"} for piece in pieces)


def test_a_rule_is_asked_once_a_night(marked: State, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Counter[str] = Counter()

    def counted(rule: Rule) -> Rule:
        def holds(cases: pd.DataFrame) -> pd.Series:
            asked[rule.rule_id] += 1
            return rule.holds(cases)

        holds.__doc__ = rule.holds.__doc__
        return replace(rule, holds=holds)

    monkeypatch.setattr(audit.night.run, "asked_under", lambda policy: tuple(map(counted, RULES)))
    marked.night()
    marked.night(NEXT)
    assert asked == dict.fromkeys((rule.rule_id for rule in RULES), 2)


def test_a_live_rule_tried_beside_itself_changes_nothing(marked: State) -> None:
    marked.night()
    cases = audit.load(marked.folder / "out").cases
    assert cases is not None
    for rule in RULES:
        assert not set(tried(cases, rule.holds, rule.rule_id)["outcome"]) & {Trial.ADDED, Trial.GONE}


def test_the_file_can_be_read_by_its_group_and_by_nobody_else(marked: State) -> None:
    marked.night()
    assert stat.S_IMODE(stored(marked).stat().st_mode) == 0o640


def test_the_same_cases_give_the_same_bytes(marked: State) -> None:
    marked.night()
    cases = cases_file.read_cases(stored(marked), f"{DAY}.1")
    assert cases is not None
    copy = stored(marked).with_name("copy.parquet")
    cases_file.write_cases(copy, [cases], f"{DAY}.1")
    assert copy.read_bytes() == stored(marked).read_bytes()


def test_cases_of_another_run_are_nobodys(marked: State) -> None:
    marked.night()
    assert cases_file.read_cases(stored(marked), f"{DAY}.2") is None
    assert cases_file.read_cases(stored(marked).with_name("none.parquet"), f"{DAY}.1") is None
    stored(marked).unlink()
    assert audit.load(marked.folder / "out").cases is None


def test_report_leaves_the_cases_alone(marked: State) -> None:
    marked.night()
    before = stored(marked).stat()
    audit.night.run.publish_again(load(marked.folder / "audit.toml"), clock=lambda: NOON)
    after = stored(marked).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert audit.load(marked.folder / "out").cases is not None


def test_a_night_that_dies_while_writing_has_no_half_file(marked: State, monkeypatch: pytest.MonkeyPatch) -> None:
    marked.night()
    before = stored(marked).read_bytes()

    def dies(writer: parquet.ParquetWriter, table: pa.Table) -> None:
        write(writer, table)  # half of the file is there by then
        raise OSError(28, "No space left on device")

    write = parquet.ParquetWriter.write_table
    monkeypatch.setattr(cases_file, "AT_ONCE", 2)
    monkeypatch.setattr("audit.night.cases_file.parquet.ParquetWriter.write_table", dies)
    with pytest.raises(OSError, match="No space"):
        marked.night()
    assert stored(marked).read_bytes() == before
    assert [path.name for path in stored(marked).parent.iterdir() if path.name.endswith(".tmp")] == []
    assert not (stored(marked).parent / "run.json").exists()  # the night is not whole, and says so
    monkeypatch.undo()
    marked.night()
    assert audit.load(marked.folder / "out").run["run_id"] == f"{DAY}.2"
    assert audit.load(marked.folder / "out").cases is not None


def test_agencies_get_none_and_purging_the_night_takes_them_along(marked: State) -> None:
    marked.night()
    marked.night(NEXT)
    found = sorted(path.parent.name for path in (marked.folder / "out").rglob("*.parquet"))
    assert set(found) <= {DAY.isoformat(), NEXT.isoformat(), "latest"}
    agencies = stored(marked).parent / "agencies"
    assert list(agencies.iterdir())
    assert b"quietpine42" in written(stored(marked).parent)
    assert nights_before(marked.folder / "out", NEXT) == [stored(marked).parent]


@pytest.mark.parametrize(
    "words",
    ["NULL", "", " ", "Zoë 🚓", "a\x00b", "line\r\nbreak\u2028", "=1+1", "\ufffe", "9" * 30],
    ids=ascii,
)
def test_any_words_can_be_stored(tmp_path: Path, words: str) -> None:
    row = dict.fromkeys(TYPES) | {"platform": "x", "identity": "1", "display_name": words, "handle": None}
    cases = pd.DataFrame([row], columns=list(TYPES)).astype(TYPES)
    cases_file.write_cases(tmp_path / cases_file.NAME, [cases], "r")
    (read,) = cases_file.read_cases(tmp_path / cases_file.NAME, "r").to_dict("records")
    assert read["display_name"] == words
    assert all(pd.isna(read[name]) for name in ("handle", "rivals", "official"))


def test_in_how_many_parts_they_are_written_changes_nothing(marked: State, monkeypatch: pytest.MonkeyPatch) -> None:
    marked.night()
    whole = cases_file.read_cases(stored(marked), f"{DAY}.1")
    sizes = []

    def seen(writer: parquet.ParquetWriter, table: pa.Table) -> None:
        sizes.append(table.num_rows)
        write(writer, table)

    write = parquet.ParquetWriter.write_table
    monkeypatch.setattr("audit.night.cases_file.parquet.ParquetWriter.write_table", seen)
    monkeypatch.setattr(cases_file, "AT_ONCE", 2)
    marked.night()
    parts = cases_file.read_cases(stored(marked), f"{DAY}.2")
    assert whole is not None
    assert parts is not None
    assert sizes == [2] * (len(whole) // 2) + [1] * (len(whole) % 2)
    assert len(sizes) > 1
    pd.testing.assert_frame_equal(parts, whole)


def test_no_cases_at_all(tmp_path: Path) -> None:
    cases = pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    (none,) = cases_file.judged_parts(cases, RULES, judge(cases, RULES).answers)
    cases_file.write_cases(tmp_path / cases_file.NAME, [none], "r")
    read = cases_file.read_cases(tmp_path / cases_file.NAME, "r")
    pd.testing.assert_frame_equal(read, none)
    assert list(read) == [*COLUMNS, HOLDS, CANNOT_TELL, FINDING_IDS]


def test_every_finding_of_the_workbook_has_its_case(marked: State) -> None:
    marked.night()
    cases = audit.load(marked.folder / "out").cases
    assert cases is not None
    known = {name for names in cases[FINDING_IDS] for name in json.loads(names)}
    book = openpyxl.load_workbook(stored(marked).with_name("audit.xlsx"))
    cells = {cell.value for page in book.worksheets for row in page.iter_rows() for cell in row}
    assert known
    assert known <= cells
