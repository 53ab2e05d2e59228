"""Rows that the operator leaves out by the words of a column: counted, told, the same in small files and large ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from connectors import (
    accounts_csv,
    agencies_csv,
    exceptions_csv,
    files,
    hr_csv,
    official_csv,
    saas_inventory,
    signin_log,
)
from connectors.catalog import CONNECTORS as CATALOG
from connectors.contract import (
    Connector,
    Dropped,
    Item,
    Nexus,
    Raw,
    Rejected,
    Remark,
    Source,
    SourceChanged,
    SourceDown,
)
from connectors.files import bulk

NEXUS = Nexus(domains=("vermont.gov",))
HEADINGS = ("platform", "handle", "registered_email", "User-Type", "Status")
ROWS = [
    ("x", "ann", "ann@vermont.gov", "Member", "live"),
    ("x", "bea", "bea@vermont.gov", " guest ", "live"),
    ("x", "cy", "cy@example.org", "Guest", "live"),
    ("x", "di", "di@vermont.gov", "", "Vacant"),
    ("x", "ed", "ed@example.org", "Member", "live"),
    ("x", "fi", "fi@vermont.gov", "GÄST", "live"),
    ("x", "gus", "gus@vermont.gov", "Member", "VACANT"),
    ("x", "hé", "he@example.org", "Member", "live"),
]
KINDS = ("csv", "xlsx", "jsonl", "parquet", "csv.gz")


def written(
    folder: Path, kind: str, rows: Sequence[tuple[str, ...]] = ROWS, headings: tuple[str, ...] = HEADINGS
) -> str:
    name = f"list.{kind}"
    path = folder / name
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in (HEADINGS, *rows):
            book.active.append(row)
        book.save(path)
        book.close()
    elif kind == "jsonl":
        lines = (json.dumps(dict(zip(HEADINGS, row, strict=True)), ensure_ascii=False) for row in rows)
        path.write_text("\n".join(lines), encoding="utf-8")
    else:
        text = "\n".join(",".join(row) for row in (HEADINGS, *rows)) + "\n"
        if kind == "csv.gz":
            import gzip

            path.write_bytes(gzip.compress(text.encode()))
            return name
        (folder / "list.csv").write_text(text, encoding="utf-8")
        if kind == "parquet":
            with duckdb.connect() as connection:
                found = f"read_csv('{(folder / 'list.csv').as_posix()}', all_varchar = true)"
                connection.execute(f"COPY (FROM {found}) TO '{path.as_posix()}' (FORMAT parquet)")
    return name


def read(folder: Path, name: str, **options: object) -> list[Item]:
    source = Source("list", folder, {"path": name, "registration": "verified", **options}, NEXUS)
    return list(accounts_csv.CONNECTOR.fetch(source))


def handles(items: list[Item]) -> str:
    return " ".join(item.values["handle"] for item in items if isinstance(item, Raw))


def left_out(items: list[Item]) -> dict[str, int]:
    return {item.reason: item.count for item in items if isinstance(item, Dropped) and item.reason}


GUESTS = "left out by leave_out: 'User-Type' is 'Guest'"
CASES: list[tuple[dict[str, Mapping[str, list[str]]], str, dict[str, int]]] = [
    ({}, "ann bea cy di ed fi gus hé", {}),
    ({"leave_out": {"User-Type": ["Guest"]}}, "ann di ed fi gus hé", {GUESTS: 2}),
    (
        {"leave_out": {"user type": ["GUEST ", "gäst"]}},
        "ann di ed gus hé",
        {"left out by leave_out: 'user type' is one of 'GUEST ', 'gäst'": 3},
    ),
    (
        {"leave_out": {"User-Type": ["Guest"], "Status": ["vacant"]}},
        "ann ed fi hé",
        {GUESTS: 2, "left out by leave_out: 'Status' is 'vacant'": 2},
    ),
    ({"leave_out": {"User-Type": [""]}}, "ann bea cy ed fi gus hé", {"left out by leave_out: 'User-Type' is ''": 1}),
    ({"only": {"User-Type": ["member"]}}, "ann ed gus hé", {"left out by only: 'User-Type' is none of 'member'": 4}),
    (
        {"only": {"User-Type": ["member", ""]}, "leave_out": {"Status": ["Vacant"]}},
        "ann ed hé",
        {"left out by only: 'User-Type' is none of 'member', ''": 3, "left out by leave_out: 'Status' is 'Vacant'": 2},
    ),
    ({"only": {"handle": ["ann", "cy"]}}, "ann cy", {"left out by only: 'handle' is none of 'ann', 'cy'": 6}),
]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("options", "expected", "counted"), CASES)
def test_every_way_of_reading_leaves_out_the_same_rows(
    options: dict[str, Mapping[str, list[str]]], expected: str, counted: dict[str, int], kind: str, large: bool,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(files, "SMALL", -1 if large else files.SMALL)
    items = read(tmp_path, written(tmp_path, kind), **options)
    shown = [one for one in expected.split() if not large or kind == "xlsx" or one not in ("cy", "ed", "hé")]
    assert handles(items) == " ".join(shown)
    assert left_out(items) == counted
    whole = sum(item.count if isinstance(item, Dropped) else isinstance(item, Raw) for item in items)
    assert whole == len(ROWS)
    assert not any(isinstance(item, Remark | Rejected) for item in items)
    assert all("row filter" not in " ".join(item.values) for item in items if isinstance(item, Raw))


def test_a_large_file_is_filtered_by_duckdb_and_nothing_is_counted_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SMALL", -1)
    options = {"leave_out": {"User-Type": ["Guest"]}, "only": {"Status": ["live"]}}
    rows = [*ROWS, ("x", "short"), *ROWS, ("Total", "16", "", "", ""), HEADINGS, *ROWS]
    name = written(tmp_path, "csv", rows)
    fast = read(tmp_path, name, **options)

    def unsure(*arguments: Any) -> Iterator[Item]:
        list(real(*arguments))
        raise bulk.Unsure
        yield  # a generator, like the function it stands for

    real = bulk.csv_rows
    monkeypatch.setattr(bulk, "csv_rows", unsure)
    slow = read(tmp_path, name, **options)
    assert [item for item in fast if not isinstance(item, Dropped)] == [
        item for item in slow if not isinstance(item, Dropped)
    ]
    assert left_out(fast) == left_out(slow)
    assert sum(left_out(fast).values()) == 3 * 4 + 1  # and the short row, whose status is empty


SAID = [
    (
        {"leave_out": {"userType": ["Guest"]}},
        SourceChanged,
        r"no column is headed 'userType', which leave_out",
    ),
    ({"only": {"Worker Type": ["Temp"]}}, SourceChanged, r"headings are: 'platform', 'handle'"),
    ({"only": {"User-Type": ["Employee"]}}, SourceDown, r"leave no row of 8: left out by only: 'User-Type' is none of"),
    ({"only": {"User-Type": ["Employee"]}}, SourceDown, r"The words there are: 'member' \(4\), 'guest' \(2\)"),
    ({"only": ["Guest"]}, SourceDown, r"only must be a table of headings with lists of words"),
    ({"leave_out": {"User-Type": "Guest"}}, SourceDown, r"leave_out must be a table of headings with lists of words"),
    ({"leave_out": {"User-Type": []}}, SourceDown, r"leave_out must be a table of headings with lists of words"),
]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize(("options", "fault", "sentence"), SAID)
def test_what_cannot_be_meant_is_refused(
    options: dict[str, object], fault: type[Exception], sentence: str, large: bool, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(files, "SMALL", -1 if large else files.SMALL)
    with pytest.raises(fault, match=sentence):
        read(tmp_path, written(tmp_path, "csv"), **options)


@pytest.mark.parametrize("large", [False, True])
def test_a_word_that_no_row_has_is_told(large: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SMALL", -1 if large else files.SMALL)
    items = read(tmp_path, written(tmp_path, "csv"), leave_out={"User-Type": ["Guest", "Guset"]})
    (told,) = [item.text for item in items if isinstance(item, Remark)]
    assert "leave_out in audit.toml names 'Guset' under 'User-Type', which no row has" in told
    assert "'member' (4), 'guest' (2)" in told


def test_names_are_not_listed_as_words(tmp_path: Path) -> None:
    items = read(tmp_path, written(tmp_path, "csv"), leave_out={"handle": ["zoe"]})
    (told,) = [item.text for item in items if isinstance(item, Remark)]
    assert "ann" not in told


def test_a_file_without_the_heading_is_told_beside_one_that_has_it(tmp_path: Path) -> None:
    written(tmp_path, "csv")
    (tmp_path / "other.csv").write_text("platform,handle\nx,zoe\n", encoding="utf-8")
    items = read(tmp_path, "*.csv", leave_out={"User-Type": ["Guest"]})
    assert handles(items) == "ann di ed fi gus hé zoe"
    (told,) = [item for item in items if isinstance(item, Remark)]
    assert (told.where, "it left out none there" in told.text) == ("other.csv", True)
    items = read(tmp_path, "*.csv", only={"User-Type": ["Member"]})
    assert handles(items) == "ann ed gus hé"
    assert [item.where for item in items if isinstance(item, Remark)] == ["other.csv"]


CONNECTORS: list[tuple[Connector, str]] = [
    (
        hr_csv.CONNECTOR,
        "employee_id,full_name,work_email,Kind\n1,Ann,ann@vermont.gov,E\n2,Bo,bo@vermont.gov,G\n",
    ),
    (official_csv.CONNECTOR, "platform,handle,Kind\nx,VTrans,E\nx,VTDMV,G\n"),
    (agencies_csv.CONNECTOR, "agency_code,name,Kind\n03,Transportation,E\n04,Motor Vehicles,G\n"),
    (accounts_csv.CONNECTOR, "platform,handle,Kind\nx,ann,E\nx,bea,G\n"),
    (
        exceptions_csv.CONNECTOR,
        "agency_code,platform,what,granted_by,reference,until,Kind\n"
        "03,x,branding,Ann Lead,M-1,2027-01-31,E\n04,x,branding,Ann Lead,M-2,2027-01-31,G\n",
    ),
    (
        signin_log.CONNECTOR,
        "Date (UTC),Username,Application,Status,Kind\n"
        "2026-11-02T13:00:00Z,ann@vermont.gov,LinkedIn,Success,E\n"
        "2026-11-02T13:00:00Z,bo@vermont.gov,LinkedIn,Success,G\n",
    ),
    (
        saas_inventory.CONNECTOR,
        "Email,Application,First Seen,Kind\n"
        "ann@vermont.gov,LinkedIn,2026-11-02,E\n"
        "bo@vermont.gov,LinkedIn,2026-11-02,G\n",
    ),
]


@pytest.mark.parametrize(("connector", "text"), CONNECTORS, ids=[connector.name for connector, _ in CONNECTORS])
def test_every_connector_of_files_has_it(connector: Connector, text: str, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    source = Source("list", tmp_path, {"path": "list.csv", "leave_out": {"kind": ["g"]}})
    items = list(connector.fetch(source))
    assert [item.where for item in items if isinstance(item, Raw)] == ["list.csv:2"]
    assert left_out(items) == {"left out by leave_out: 'kind' is 'g'": 1}
    assert connector.fault({"only": {"Kind": "E"}})
    assert not connector.fault({"only": {"Kind": ["E"]}})


def test_no_connector_that_has_it_is_left_out_above() -> None:
    assert {name for name, one in CATALOG.items() if "only" in one.options} == {one.name for one, _ in CONNECTORS}
