"""Files made to hurt: each is refused or read in bounds, and DuckDB reaches nothing but what it was handed."""

from __future__ import annotations

import gzip
import os
import socket
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors import files
from connectors.contract import Source, SourceDown
from connectors.files import bulk, paths, rows, table, unchanged
from connectors.files.heading_rows import HeadingRow
from connectors.files.headings import Wanted
from connectors.files.scratch import scratch_below
from connectors.sift import Terms

HOW = table.Layout("utf-8", "\n", ",", HeadingRow(0, ("a", "b")), 1, 2)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any) -> None:
        raise AssertionError("somebody opens a socket")

    monkeypatch.setattr(socket.socket, "connect", refused)


ELSEWHERE = [
    "SELECT * FROM read_csv('{other}')",
    "SELECT * FROM read_text('{other}')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM '{other}'",
    "COPY (SELECT 1) TO '{folder}/new.csv'",
    "ATTACH '{folder}/new.db'",
    "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
    "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
    "INSTALL httpfs",
    "SET enable_external_access = true",
    "SET allowed_directories = ['/']",
]


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("query", ELSEWHERE)
@pytest.mark.parametrize("name", ["x.csv", "it's [a-z]*?.csv", "http:x.csv", "read_csv('y.csv').csv"])
def test_duckdb_reaches_its_file_and_no_other(name: str, query: str, tmp_path: Path) -> None:
    given, away = tmp_path / "we[ir]d 'given" / name, tmp_path / "away"
    given.parent.mkdir()
    away.mkdir()
    given.write_text("a,b\n1,2\n", encoding="utf-8")
    (away / "y.csv").write_text("a,b\n8,9\n", encoding="utf-8")
    with scratch_below(tmp_path / ".scratch"), table.connected(given) as connection:
        assert connection.execute(f"FROM {table.csv_relation(given, HOW)}").fetchall() == [("1", "2")]
        with pytest.raises(duckdb.Error):
            connection.execute(query.format(other=away / "y.csv", folder=away)).fetchall()


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("path", ["http://127.0.0.1:9/x.csv", "s3://bucket/x.csv", "read_csv('x.csv')", "x.csv'; --"])
def test_a_path_is_a_file_s_name_and_nothing_else(path: str, tmp_path: Path) -> None:
    with pytest.raises(SourceDown, match=r"there is no file|audit.toml has no \[engine\] spark"):
        list(rows(Source("export", tmp_path, {"path": path}), ("a",)))


@pytest.mark.parametrize("kind", ["pipe", "device", "loop"])
def test_what_is_no_file_is_told_as_such(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no pipes with names")
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero" if kind == "device" else "x.csv")
    with pytest.raises(SourceDown, match=r"x\.csv is no file but a device, a pipe, or a link"):
        list(rows(Source("export", tmp_path, {"path": "x.csv"}), ("a",)))


def test_a_name_that_is_no_text_is_told_as_far_as_it_can_be(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"M\xfcller.csv")).write_bytes(b"a,b\n1,2\n")
    with pytest.raises(SourceDown, match=r"tried: the name of .*M�ller\.csv is not in UTF-8") as told:
        paths(Source("tried", tmp_path, {"path": "."}))
    str(told.value).encode("utf-8")


def test_a_folder_that_may_not_be_looked_into_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", denied)
    with pytest.raises(SourceDown, match=r"tried: .* cannot be looked into \(Permission denied\). Let the account"):
        paths(Source("tried", tmp_path, {"path": "."}))


def test_a_file_that_changes_while_it_is_read_costs_its_source(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    read = rows(Source("export", tmp_path, {"path": "x.csv"}), ("a",))
    next(read)
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceDown, match=r"x\.csv changed while it was read"):
        list(read)


def test_a_list_that_counts_as_a_whole_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LISTED", 3)
    path = tmp_path / "x.csv"
    for count in (3, 4):
        path.write_text("a,b\n" + "1,2\n" * count, encoding="utf-8")
        assert len(list(rows(Source("export", tmp_path, {"path": "x.csv"}), ("a",)))) == count
        read = rows(Source("export", tmp_path, {"path": "x.csv"}), ("a",), entire=True)
        with pytest.raises(SourceDown, match=r"x\.csv has more than") if count == 4 else nullcontext():
            assert len(list(read)) == count


@pytest.mark.parametrize(
    ("may_grow", "after", "refused"),
    [(False, "a\nb\n", True), (True, "a\nb\n", False), (True, "", True), (False, "a\n", False)],
)
def test_only_a_log_in_use_may_grow(may_grow: bool, after: str, refused: bool, tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("a\n", encoding="utf-8")
    with (
        pytest.raises(SourceDown, match=r"x\.log changed while") if refused else nullcontext(),
        unchanged(path, "x.log", may_grow=may_grow),
    ):
        if after != "a\n":
            path.write_text(after, encoding="utf-8")


@pytest.mark.parametrize(("columns", "refused"), [(16_000, False), (20_000, True)])
def test_a_table_is_as_wide_as_excel_s(columns: int, refused: bool, tmp_path: Path) -> None:
    heads = ",".join(["a", *(f"c{at}" for at in range(columns))])
    (tmp_path / "x.csv").write_text(f"{heads}\n1{',' * columns}\n", encoding="utf-8")
    read = rows(Source("export", tmp_path, {"path": "x.csv"}), ("a",))
    if refused:
        with pytest.raises(SourceDown, match="tables are read up to 16,384 columns"):
            list(read)
    else:
        assert len(list(read)) == 1


def test_a_large_file_of_broken_rows_is_read_row_by_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.csv"
    monkeypatch.setattr(bulk, "BROKEN", 3)
    wanted, terms = Wanted(("a", "b")), Terms(("a",), ("1",))
    path.write_text("a,b\n1,2\n" + "1,2,3\n" * 4, encoding="utf-8")
    with pytest.raises(bulk.Unsure, match="too many"):
        list(bulk.csv_rows(path, HOW, wanted, "x.csv", terms))


def test_a_disk_that_cannot_be_written_is_not_the_exports_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, gone = tmp_path / "a.csv.gz", tmp_path / "gone"
    export.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    monkeypatch.setattr("tempfile.tempdir", str(gone))
    with pytest.raises(SourceDown, match=rf"a\.csv\.gz was not read, for {gone}\S* cannot be used \(No such file"):
        list(rows(Source("s", tmp_path, {"path": str(export)}), ("a", "b"), ("a",)))
