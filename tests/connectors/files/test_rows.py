"""Exports: paths, headings, JSON Lines, Parquet, gzip, and a sentence for everything that cannot be used."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors import files
from connectors.contract import Dropped, Item, Nexus, Raw, Rejected, Source, SourceChanged, SourceDown
from connectors.files import bulk
from connectors.files.table import connected

FIELDS = ("platform", "handle", "links", "created_at")
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def rows(folder: Path, path: str | list[str] = "export.csv", nexus: Nexus = Nexus(), **options: Any) -> list[Item]:  # noqa: B008
    source = Source("export", folder, {"path": path, **options}, nexus, NOW)
    return list(files.rows(source, FIELDS, ("platform",), many=("links",), search=("handle", "links")))


def values(items: list[Item], name: str = "handle") -> list[str]:
    return [item.values[name] for item in items if isinstance(item, Raw)]


def save(folder: Path, text: str | bytes, name: str = "export.csv") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_an_item_says_where_it_comes_from(tmp_path: Path) -> None:
    save(tmp_path, "platform,handle,location\nx,ann,Bangor\n")
    (item,) = rows(tmp_path, date_format="MM/DD/YYYY")
    assert isinstance(item, Raw)
    assert item.values == {"platform": "x", "handle": "ann", "links": "", "created_at": ""}
    assert (item.source, item.where, item.observed_at) == ("export", "export.csv:2", NOW)
    assert item.digest == files.row_digest({"handle": "ann", "platform": "x"})
    assert item.options["date_format"] == "MM/DD/YYYY"


def test_a_digest_depends_on_every_filled_field_and_on_nothing_else() -> None:
    digest = files.row_digest({"a": "1", "b": "2"})
    assert digest == files.row_digest({"b": "2", "a": "1", "c": ""})
    assert (
        len(
            {
                digest,
                files.row_digest({"a": "12"}),
                files.row_digest({"a": "1", "b": "3"}),
                files.row_digest({"a": "2", "b": "1"}),
            }
        )
        == 4
    )


HEADINGS = [
    ("Platform,HANDLE", {}),
    (" platform , handle ", {}),
    ("\ufeffplatform,handle", {}),
    ('"platform","handle"', {}),
    ("network,user-name", {"columns": {"platform": "Network", "handle": "User Name"}}),
    ("platform,user,handle", {"columns": {"handle": "user"}}),
    ("platform,handle,,", {}),
    ("platform,handle,notes,notes", {}),
]


@pytest.mark.parametrize(("headings", "options"), HEADINGS)
def test_headings_are_matched_by_what_they_say(headings: str, options: dict[str, Any], tmp_path: Path) -> None:
    save(tmp_path, headings + "\n" + "x,ann" + "," * (headings.count(",") - 1) + "\n")
    assert values(rows(tmp_path, **options)) == ["ann"]


UNUSABLE = [
    ("handle\nann\n", {}, r"export\.csv: no column is headed platform\. The headings are: 'handle'\."),
    ("platfrom,handle\nx,ann\n", {}, r'columns = \{ platform = "platfrom" \}'),
    ("platform,handle,Handle\nx,ann,bob\n", {}, r"'handle' stands over columns 2 and 3"),
    ("platform,handle\nx,ann\n", {"columns": {"handle": "user"}}, r"no column is headed user"),
    ("platform,handle\nx,ann\n", {"columns": {"hanlde": "user"}}, r"columns in audit\.toml names hanlde"),
    (
        "platform,User\nx,ann\n",
        {"columns": {"User": "handle"}},
        r"our name on the left, and the export's heading on the right: columns = \{ handle = 'User' \}",
    ),
    ("platform,handle\nx,ann\n", {"columns": "handle"}, r"columns must be a table"),
    ("platform,handle\nx,ann\n", {"encoding": "latin-9000"}, r"encoding 'latin-9000', which does not exist"),
    ("platform,handle\nx,ann\n", {"separator": "; "}, r"separator '; '"),
    ("", {}, r"is empty \(0 bytes\)"),
    ("\n\n", {}, r"export\.csv is empty"),
    ("PK\x03\x04rest", {}, r"workbook or an archive"),
    (gzip.compress(b"platform,handle\nx,ann\n", mtime=0), {}, r"compressed"),
]


@pytest.mark.parametrize(("text", "options", "sentence"), UNUSABLE)
def test_what_cannot_be_used_is_a_sentence(
    text: str | bytes, options: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    save(tmp_path, text)
    with pytest.raises(SourceDown, match=sentence):
        rows(tmp_path, **options)


def test_missing_columns_are_a_change_and_missing_files_are_not(tmp_path: Path) -> None:
    save(tmp_path, "handle\nann\n")
    with pytest.raises(SourceChanged):
        rows(tmp_path)
    with pytest.raises(SourceDown, match=r"there is no file .*elsewhere\.csv") as caught:
        rows(tmp_path, "elsewhere.csv")
    assert not isinstance(caught.value, SourceChanged)


def test_files_folders_patterns_and_lists(tmp_path: Path) -> None:
    save(tmp_path, "platform,handle\nx,one\n", "exports/a.csv")
    save(tmp_path, '{"platform": "x", "handle": "two"}\n', "exports/b.jsonl")
    save(tmp_path, "platform\thandle\nx\tthree\n", "exports/c.tsv")
    save(tmp_path, "lock", "exports/~$d.xlsx")
    save(tmp_path, "read me", "exports/README.md")
    save(tmp_path, "platform,handle\nx,four\n", "more/a.csv")
    assert values(rows(tmp_path, "exports")) == ["one", "two", "three"]
    assert values(rows(tmp_path, "exports/*.?s*")) == ["one", "two", "three"]
    assert values(rows(tmp_path, ["exports/c.tsv", "exports"])) == ["three", "one", "two"]
    both = rows(tmp_path, "*/a.csv")
    assert [item.where for item in both if isinstance(item, Raw)] == ["exports/a.csv:2", "more/a.csv:2"]
    for path, sentence in (
        ("none/*.csv", "no file matches"),
        ([], "does not say which file"),
        ("a.doc", "there is no file"),
    ):
        with pytest.raises(SourceDown, match=sentence):
            rows(tmp_path, path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceDown, match="no export in the folder"):
        rows(tmp_path, "empty")
    save(tmp_path, "x", "letter.pages")
    with pytest.raises(SourceDown, match="no known format"):
        rows(tmp_path, "letter.pages")


def test_a_tilde_is_the_home_of_whoever_runs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, folder = tmp_path / "home", tmp_path / "state"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    folder.mkdir()
    save(home, "platform,handle\nx,one\n", "exports/a.csv")
    for path in ("~/exports/a.csv", "~/exports", "~/exports/*.csv", ["~/exports/a.csv"]):
        assert values(rows(folder, path)) == ["one"]
    with pytest.raises(SourceDown, match=r"there is no file .*~nobody-knows-them/a\.csv"):
        rows(folder, "~nobody-knows-them/a.csv")


def test_a_name_with_brackets_is_a_name_first(tmp_path: Path) -> None:
    save(tmp_path, "platform,handle\nx,ann\n", "[export].csv")
    assert values(rows(tmp_path, "[export].csv")) == ["ann"]


LINES = [
    (
        '{"platform": "x", "handle": "ann", "links": ["https://a.example/;b", "https://c.example"]}',
        "https://a.example/;b\nhttps://c.example",
    ),
    ('{"Platform": "x", "Handle": null, "other": {"deep": [1]}}', ""),
    ('{"platform": "x", "links": 12345678901234567890}', "12345678901234567890"),
    ('{"platform": "x", "links": true}', "true"),
]


@pytest.mark.parametrize(("line", "links"), LINES)
def test_json_lines(line: str, links: str, tmp_path: Path) -> None:
    save(tmp_path, line + "\n", "export.jsonl")
    assert values(rows(tmp_path, "export.jsonl"), "links") == [links]


BAD_LINES = [
    ('{"platform": "x", "handle": NaN}', "NaN is not a JSON value"),
    ('{"platform": "x", "handle": -Infinity}', "not a JSON value"),
    ('{"platform": "x", "platform": "y"}', "stands twice"),
    ('{"platform": "x", "PLATFORM": "y"}', "two keys stand for platform"),
    ('{"platform": "x", "handle": ["ann"]}', "list or an object"),
    ('{"platform": {"name": "x"}}', "list or an object"),
    ('["x"]', "not a JSON object"),
    ('{"platform": "x"', "not JSON"),
    ("[" * 100_000, "nested too deeply"),
    ('{"platform": "x", "handle": "a\\u0000b"}', "NUL"),
]


@pytest.mark.parametrize(("line", "reason"), BAD_LINES, ids=[reason for _, reason in BAD_LINES])
def test_a_bad_json_line_costs_itself_only(line: str, reason: str, tmp_path: Path) -> None:
    good = '{"platform": "x", "handle": "ann"}'
    save(tmp_path, f"{good}\n{line}\n\n{good}\n", "export.jsonl")
    first, second, third = rows(tmp_path, "export.jsonl")
    assert isinstance(second, Rejected)
    assert second.where == "export.jsonl:2"
    assert reason in second.reason
    assert [getattr(item, "where", "") for item in (first, third)] == ["export.jsonl:1", "export.jsonl:4"]


def test_json_of_another_shape_is_a_change(tmp_path: Path) -> None:
    save(tmp_path, '{"user": "ann"}\n', "export.jsonl")
    with pytest.raises(SourceChanged, match="keys found are: 'user'"):
        rows(tmp_path, "export.jsonl")


def test_gzip(tmp_path: Path) -> None:
    save(tmp_path, gzip.compress(b"platform,handle\nx,ann\n", mtime=0), "export.csv.gz")
    save(tmp_path, gzip.compress(b'{"platform": "x", "handle": "bob"}\n'), "export.jsonl.gz")
    found = rows(tmp_path, ["export.csv.gz", "export.jsonl.gz"])
    assert [item.where for item in found if isinstance(item, Raw)] == ["export.csv.gz:2", "export.jsonl.gz:1"]
    whole = gzip.compress(b"platform,handle\n" + b"x,ann\n" * 1000)
    save(tmp_path, whole[:-20], "cut.csv.gz")
    with pytest.raises(SourceDown, match="cut off or damaged"):
        rows(tmp_path, "cut.csv.gz")


def parquet(folder: Path, select: str) -> Path:
    path = folder / "export.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({select}) TO '{path.as_posix()}' (FORMAT parquet)")
    return path


def test_parquet_types_become_text(tmp_path: Path) -> None:
    parquet(
        tmp_path,
        "SELECT 'x' AS Platform, 42::DOUBLE AS handle, ['a;b', 'c'] AS links, "
        "TIMESTAMP '2024-02-29 13:05:00' AS created_at, 'Bangor' AS location",
    )
    (item,) = rows(tmp_path, "export.parquet")
    assert isinstance(item, Raw)
    assert item.values == {"platform": "x", "handle": "42", "links": "a;b\nc", "created_at": "2024-02-29 13:05:00"}
    assert item.where == "export.parquet:1"


@pytest.mark.parametrize("kind", ["struct_pack(a := 1)", "'x'::BLOB", "[1, 2]", "map {'a': 1}"])
def test_parquet_columns_that_are_no_text_are_a_change(kind: str, tmp_path: Path) -> None:
    parquet(tmp_path, f"SELECT 'x' AS platform, {kind} AS handle")
    with pytest.raises(SourceChanged, match="is of type"):
        rows(tmp_path, "export.parquet")


def test_a_large_parquet_leaves_out_what_cannot_concern_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parquet(
        tmp_path,
        "SELECT 'x' AS platform, CASE WHEN n % 1000 = 7 THEN 'MaineDOT' || n WHEN n = 3 THEN 'MáineDØT' "
        "WHEN n = 4 THEN 'é' ELSE 'u' || n END AS handle FROM range(200000) AS t(n)",
    )
    monkeypatch.setattr(files, "SMALL", -1)
    found = rows(tmp_path, "export.parquet", Nexus(terms=("mainedot",)))
    kept = [item.where for item in found if isinstance(item, Raw)]
    assert kept[:3] == ["export.parquet:4", "export.parquet:8", "export.parquet:1008"]
    assert len(kept) == 201
    assert sum(item.count for item in found if isinstance(item, Dropped)) == 200_000 - 201


def test_a_damaged_parquet_is_a_sentence(tmp_path: Path) -> None:
    save(tmp_path, b"PAR1 not really PAR1", "export.parquet")
    with pytest.raises(SourceDown, match="no Parquet file"):
        rows(tmp_path, "export.parquet")


def test_a_parquet_of_groups_too_large_is_not_called_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parquet(tmp_path, "SELECT 'x' AS platform, sha256(n::VARCHAR) AS handle FROM range(400000) AS t(n)")
    monkeypatch.setattr(bulk, "connected", partial(connected, memory="24MB"))
    with pytest.raises(SourceDown, match=r"groups of rows .* smaller ones"):
        rows(tmp_path, "export.parquet")


def test_a_large_json_file_leaves_out_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [{"platform": "x", "handle": handle} for handle in ("MaineDOT1", "ann", "é", "MáineDØT2")]
    save(tmp_path, "".join(json.dumps(line) + "\n" for line in lines), "export.jsonl")
    monkeypatch.setattr(files, "SMALL", -1)
    found = rows(tmp_path, "export.jsonl", Nexus(terms=("mainedot",)))
    assert values(found) == ["MaineDOT1", "MáineDØT2"]
    assert [item for item in found if isinstance(item, Dropped)] == [Dropped(2)]


def test_old_line_ends_and_repeated_quotation_marks(tmp_path: Path) -> None:
    save(tmp_path, "platform,handle\rx,ann\rx,bob\r")
    assert [item.where for item in rows(tmp_path) if isinstance(item, Raw)] == ["export.csv:2", "export.csv:3"]


ENDS = [
    'platform,"han\ndle",handle\rx,"one\ntwo",ann\rx,"say ""hi""\n",bob\r',
    'platform,"han\ndle",handle\r\nx,"one\ntwo",ann\r\nx,"say ""hi""",bob\r\n',
    'platform,"han\rdle",handle\nx,"one\rtwo",ann\nx,b,bob\n',
    'platform,"han\r\ndle",handle\nx,a,ann\nx,b,bob\n',
    "Accounts\r\nplatform,name,handle\nx,a,ann\nx,b,bob\n",
    "platform,name,handle\r\nx,a,ann\nx,b,bob\n",
    "platform,name,handle\nx,a,ann\r\nx,b,bob\r\n",
]


@pytest.mark.parametrize("small", [files.SMALL, -1])
@pytest.mark.parametrize("text", ENDS)
def test_where_rows_end_whatever_stands_in_headings_and_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, small: int
) -> None:
    monkeypatch.setattr(files, "SMALL", small)
    save(tmp_path, text)
    found = rows(tmp_path, "export.csv", Nexus(terms=("ann", "bob")))
    assert [item.values["handle"] for item in found if isinstance(item, Raw)] == ["ann", "bob"]


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """The slow way, read to its end, never holds more than a few rows."""
    import tracemalloc

    peaks = []
    for count in (2_000, 20_000):
        save(tmp_path, "platform,handle\n" + "x,ann\n" * count)
        source = Source("export", tmp_path, {"path": "export.csv"})
        tracemalloc.start()
        assert sum(1 for _ in files.rows(source, FIELDS, ("platform",))) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]


def test_an_unclosed_quotation_mark_over_a_long_file_costs_one_row(tmp_path: Path) -> None:
    save(tmp_path, 'platform,handle\nx,"ann\n' + "x,bob\n" * 5000)
    found = rows(tmp_path)
    assert [item for item in found if isinstance(item, Rejected)] == [
        Rejected(
            "export.csv:2", "a quotation mark is opened here and never closed; close it, or remove it, in the export"
        )
    ]
    assert len(values(found)) == 5000


def test_duckdb_takes_no_name_for_a_pattern(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path, "platform,handle\nx,MaineDOT\nx,ann\n", "[a].csv")
    save(tmp_path, "platform,handle\nx,MaineDOT2\n", "a.csv")
    parquet(tmp_path, "SELECT 'x' AS platform, 'MaineDOT' AS handle").rename(tmp_path / "[a].parquet")
    monkeypatch.setattr(files, "SMALL", -1)
    for name in ("[a].csv", "[a].parquet"):
        assert values(rows(tmp_path, name, Nexus(terms=("mainedot",)))) == ["MaineDOT"]
