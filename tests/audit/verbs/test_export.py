"""`export`: the words of the command, the file that it writes, and what it remembers."""

from __future__ import annotations

import csv
import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from audit.cli import main
from audit.model.settings import ConfigError
from audit.night.exports_folder import KEY, export_path, exports_before, read_record, record_path, stand_in_secret
from tests.states import DAY, State, account, person

NEXT = DAY + timedelta(days=1)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> State:
    """A state after a night with findings about two people of two agencies."""
    agencies = [{"agency_code": code, "name": f"Department {code}"} for code in ("17", "16", "16-222")]
    found = [
        account("busybirch7", registered_email="ada.thibodeau@maine.gov"),
        account("tallwren", registered_email="wren.alder@maine.gov"),
    ]
    official = {
        "platform": "x", "handle": "DepartmentOne", "account_id": "555", "agency_code": "17", "status": "active",
        "supervisor_employee_id": "00017", "registered_email": "desk@maine.gov",
    }  # fmt: skip
    people = [person("00017", "Ada", "Thibodeau"), person("70011", "Wren", "Alder", agency_code="16")]
    state = State(tmp_path_factory.mktemp("judged"), people, {"export": found}, [official], agencies)
    state.night()
    return state


@pytest.fixture
def config(judged: State, tmp_path: Path) -> Path:
    """The audit.toml of a copy of it."""
    return Path(shutil.copytree(judged.folder, tmp_path / "state", symlinks=True)) / "audit.toml"


def export(config: Path, *words: str) -> int:
    return main(["export", "--config", str(config), *words])


def records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("name", "ending"), [("csv-servicenow", "csv"), ("csv-jira", "csv"), ("ocsf", "jsonl"), ("oscal", "json")]
)
def test_a_file_is_written_whole_for_its_group_alone(
    config: Path, name: str, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(config, "--as", name, "--first") == 0
    folder = config.parent / "out" / "exports"
    path = folder / f"{name}.{ending}"
    assert capsys.readouterr().out == f"wrote {path}: 2 findings (2 new), as of 2026-11-20\n"
    assert not path.read_bytes().startswith(b"\xef\xbb\xbf")
    if os.name == "posix":
        assert {oct(one.stat().st_mode & 0o777) for one in folder.iterdir()} == {"0o640"}
    assert not list(folder.glob("*.tmp"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--as", "csv-jira"], "csv-jira needs --known FILE"),
        (["--as", "csv-servicenow", "--names"], "--names goes with ocsf and oscal"),
        (["--as", "oscal", "--known", "issues.csv"], "--known goes with csv-jira"),
        (
            ["--as", "ocsf", "--agency", "16-22"],
            "neither the agencies nor any finding has this code. Did you mean 16-222?",
        ),
        (["--as", "sarif"], "invalid choice: 'sarif'"),
    ],
)
def test_words_that_do_not_go_together(
    config: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = export(config, *words)
    except SystemExit as stop:
        code = int(str(stop.code))
    assert code == 64
    assert told in capsys.readouterr().err
    assert not list((config.parent / "out" / "exports").glob("*.said.json"))


def test_before_any_night_and_beside_another_export(
    state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(state.write(), "--as", "ocsf") == 73
    assert not (state.folder / "out" / "exports").exists()


def test_an_agency_is_told_nothing_of_others(config: Path, tmp_path: Path) -> None:
    for name in ("csv-servicenow", "csv-jira", "ocsf", "oscal"):
        path = tmp_path / "out of it" / name
        named = ["--names"] if name in ("ocsf", "oscal") else []
        assert export(config, "--as", name, "--agency", "16", "--first", "--to", str(path), *named) == 0
        written = path.read_text(encoding="utf-8")
        assert "Wren Alder" in written
        for other in ("busybirch7", "Thibodeau", "ada."):
            assert other not in written


def test_names_are_asked_for(config: Path) -> None:
    folder = config.parent / "out" / "exports"
    for name in ("ocsf.jsonl", "oscal.json"):
        kind = name.partition(".")[0]
        for words, named in ((["--first"], False), (["--names"], True), ([], False)):
            assert export(config, "--as", kind, *words) == 0
            text = (folder / name).read_text(encoding="utf-8")
            assert all((one in text) == named for one in ("Wren Alder", "70011", "tallwren", "busybirch7"))


def test_a_record_of_what_was_said_closes_what_has_left(state: State, capsys: pytest.CaptureFixture[str]) -> None:
    state.accounts["export"] = [account("busybirch7", registered_email="ada.thibodeau@maine.gov"), account("other")]
    (finding,) = state.night().findings
    config, path = state.write(), state.folder / "out" / "exports" / "csv-servicenow.csv"
    assert export(config, "--as", "csv-servicenow") == 0
    assert "no record of an earlier export" in capsys.readouterr().out
    assert [(row["correlation_id"], row["state"]) for row in records(path)] == [(finding.finding_id, "")]
    assert export(config, "--as", "csv-servicenow", "--first") == 64
    assert "exported before" in capsys.readouterr().err
    state.accounts["export"] = [account("other")]
    state.night(NEXT)
    assert export(config, "--as", "csv-servicenow") == 0
    assert capsys.readouterr().out == f"wrote {path}: 1 finding (1 closed), as of 2026-11-21\n"
    (row,) = records(path)
    assert (row["correlation_id"], row["state"], row["close_notes"]) == (
        finding.finding_id, "7", "Closed by identity-audit: it no longer holds.",
    )  # fmt: skip
    # Another destination is another export: nothing was said there, so that nothing has to be closed.
    assert export(config, "--as", "csv-servicenow", "--first", "--to", str(state.folder / "elsewhere.csv")) == 0
    assert records(state.folder / "elsewhere.csv") == []


def test_jira_is_asked_what_it_has(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, known = config.parent / "out" / "exports" / "csv-jira.csv", config.parent / "issues.csv"
    assert export(config, "--as", "csv-jira", "--first") == 0
    ids = [row["Finding ID"] for row in records(path)]
    assert [row["Issue Key"] for row in records(path)] == ["", ""]
    known.write_text(f"Issue key,Custom field (Finding ID)\nHR-8,{ids[0]}\nHR-7,{ids[0]}\nHR-9,E-1-000000000000\n")
    capsys.readouterr()
    assert export(config, "--as", "csv-jira", "--known", str(known)) == 0
    told = capsys.readouterr().out
    assert [(row["Issue Key"], row["Finding ID"]) for row in records(path)] == [("HR-7", ids[0])]
    for words in (f"left out: {ids[1]}.", f"{ids[0]} has several issues, HR-8, HR-7", "1 issues are about", "HR-9"):
        assert words in told
    assert export(config, "--as", "csv-jira", "--known", str(known), "--first") == 0
    assert [(row["Issue Key"], row["Finding ID"]) for row in records(path)] == [("HR-7", ids[0]), ("", ids[1])]


def test_what_nobody_can_read_is_a_refusal(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = config.parent / "out"
    assert export(config, "--as", "ocsf") == 0
    record = record_path(out, "ocsf", "", None)
    for damage in ("", "[]", '{"E-1": {"state": "open"}}', '{"E-1": 1}'):
        record.write_text(damage)
        with pytest.raises(ConfigError, match="nobody knows what was exported before"):
            read_record(record)
    before = (out / "exports" / "ocsf.jsonl").read_bytes()
    assert export(config, "--as", "ocsf") == 78
    assert (out / "exports" / "ocsf.jsonl").read_bytes() == before
    (out / "exports" / KEY).write_text("\n")
    with pytest.raises(ConfigError, match="every stand-in"):
        stand_in_secret(out)


def test_exports_go_with_their_age_and_the_key_stays(config: Path) -> None:
    out = config.parent / "out"
    assert export(config, "--as", "ocsf") == 0
    for path in (out / "exports").iterdir():
        os.utime(path, (0, 0))
    assert exports_before(out, DAY) == [out / "exports" / "ocsf.jsonl"]
    key = stand_in_secret(out)
    assert main(["purge", "--config", str(config), "--as-of", "2026-11-20", "--yes"]) == 0
    assert stand_in_secret(out) == key
    assert json.loads(record_path(out, "ocsf", "", None).read_text())
    assert not (out / "exports" / "ocsf.jsonl").exists()


def test_no_two_agencies_share_a_file(tmp_path: Path) -> None:
    codes = ["17", "dot", "DOT", "17/A", "17_A", "..", "con", "ü"]
    for make in (
        lambda code: export_path(tmp_path, "ocsf", ".jsonl", code),
        lambda code: record_path(tmp_path, "ocsf", code, None),
    ):
        paths = [make(code) for code in codes]
        assert len({path.name.casefold() for path in paths}) == len(codes)
        assert {path.parent for path in paths} == {tmp_path / "exports"}
