"""Values without end: each is read up to a bound, the rest is told, and no other row is worse off."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import pytest

from audit.model.night import PullStatus
from audit.night import pull
from audit.night.inputs import InputUnusable
from connectors.bounds import LONGEST, LONGEST_NAME, bounded
from connectors.contract import Raw, SourceDown
from connectors.files import table
from connectors.files.table import lines, unpacked
from tests.states import State, account

WITHOUT_END = 60_000
"""Letters; a value of a CSV that is longer by far is no row."""
CUT = f"was read up to {LONGEST:,} letters"
BOMBS = [
    ("bio", "Maine DOT works ", CUT),
    ("bio", "e\u0301", CUT),
    ("display_name", "Ma1neDOT ", f"{LONGEST_NAME:,} letters"),
    ("links", "a;", CUT),
    ("registered_email", "x", "registered_email"),
    ("handle", "x", "handle"),
]


@pytest.mark.parametrize(("field", "piece", "told"), BOMBS, ids=[field for field, _, _ in BOMBS])
def test_a_value_without_end_costs_its_own_row_alone(field: str, piece: str, told: str, state: State) -> None:
    rows = [account("fernx", registered_email="ada.thibodeau@maine.gov"), account("bomb", bio="MaineDOT") | {field: ""}]
    rows[1][field] = "MaineDOT " + (piece * WITHOUT_END)[:WITHOUT_END]
    state.accounts["export"] = rows
    begun = time.process_time()
    night = state.night()
    assert time.process_time() - begun < 20
    assert any("export.csv:3" in one.where and told in one.reason for one in night.problems)
    assert all(len(one.reason) < 1_000 for one in night.problems)
    assert any(finding.handle == "fernx" for finding in night.findings)


def test_texts_in_lists_and_tables_are_bounded_too() -> None:
    raw = Raw(
        {"id": 1, "note": {"fields": [{"value": "x" * (LONGEST + 1)}, None]}, "name": "y" * LONGEST}, "s", "w", "d"
    )
    cut, told = bounded(raw)
    assert cut.values == {**raw.values, "note": {"fields": [{"value": "x" * LONGEST}, None]}}
    assert len(told) == 1
    short = Raw({"name": "y" * LONGEST, "more": [1, {"a": None}]}, "s", "w", "d")
    assert bounded(short) == (short, ())


def test_a_file_of_nothing_but_broken_rows_is_not_read_to_its_end(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull, "HOPELESS", 20)
    state.accounts["export"] = [account("fern", platform="nowhere", bio="MaineDOT")] * 50
    state.accounts["other"] = [account("fernx", registered_email="ada.thibodeau@maine.gov")]
    night = state.night()
    assert [one.status for one in night.pulls if one.source == "export"] == [PullStatus.NOT_JUDGED]
    (reason,) = [one.reason for one in night.pulls if one.source == "export"]
    assert "21 of the first 21 rows could not be read, so the rest was not looked at" in reason
    assert "export.csv:2" in reason
    assert any(finding.handle == "fernx" for finding in night.findings)


LINES = [
    ("one line", [b"a" * 70], "unpacks to more than 200 times"),
    ("many lines", [b"b\n" * 35], "unpacks to more than 200"),
]


@pytest.mark.parametrize(
    ("pieces", "told"), [(pieces, told) for _, pieces, told in LINES], ids=[one[0] for one in LINES]
)
def test_a_packed_file_without_end_is_refused(pieces: list[bytes], told: str, tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    with gzip.open(path, "wb") as out:
        for piece in pieces:
            out.write(piece * 1_000_000)
    with pytest.raises(SourceDown, match=told):
        sum(1 for _ in lines(path, "utf-8"))
    with pytest.raises(SourceDown, match=told), unpacked(path):
        pass


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "LINE", 100_000)
    path = tmp_path / "log.txt"
    path.write_bytes(b"first\n" + b"x" * 99_000 + b"\nlast")
    assert sum(1 for _ in lines(path, "utf-8")) == 3
    path.write_bytes(b"first\n" + b"x" * 200_000)
    with pytest.raises(SourceDown, match=r"log\.txt has a line of more than"):
        sum(1 for _ in lines(path, "utf-8"))


@pytest.mark.parametrize("field", ["platform", "handle"])
def test_blanks_without_end_cost_their_own_row_alone(field: str, state: State) -> None:
    rows = [account("fernx"), account("bomb", bio="MaineDOT")]
    rows[1][field] = f"total{' ' * 20_000}x"
    state.accounts["export"] = rows
    begun = time.process_time()
    night = state.night()
    assert time.process_time() - begun < 20
    assert any("export.csv:3" in one.where for one in night.problems)


def test_a_file_that_may_not_be_read_is_named_whoever_opens_it(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/exports/agencies.csv")

    monkeypatch.setattr("connectors.files.rows", denied)
    with pytest.raises(InputUnusable, match=r"agencies: /exports/agencies\.csv cannot be read \(Permission denied\)"):
        state.night()
