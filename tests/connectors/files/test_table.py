"""The one way to read a file: unpacked or not, whatever its name, with the lines of what DuckDB left out."""

import gzip
from pathlib import Path

import pytest

from connectors.contract import SourceDown
from connectors.files import table
from connectors.files.heading_rows import HeadingRow

CONTENT = b"a,b\r\n1,2\r\n\r\n\r\n3,4\n\n5,6"
STARTS = [
    ([0], [1]),
    ([5], [2]),
    ([10], [5]),  # on the first of the blank lines: the next that is not
    ([12, 14], [5, 5]),
    ([0, 5, 14, 19], [1, 2, 5, 7]),
    ([15], [5]),
    ([99], [7]),
]


def packed(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize("chunk", [1, 3, table.CHUNK])
@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz"])
@pytest.mark.parametrize(("offsets", "lines"), STARTS)
def test_line_numbers(
    offsets: list[int], lines: list[int], name: str, chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "CHUNK", chunk)
    with packed(tmp_path / name, CONTENT).open("rb") as file, table.unpacking(file) as content:
        assert list(table.line_numbers(content, offsets)) == lines


@pytest.mark.parametrize("name", ["log.txt", "log.txt.gz"])
def test_lines_are_the_same_packed_or_not(name: str, tmp_path: Path) -> None:
    path = packed(tmp_path / name, b"\xef\xbb\xbfone\r\nt\xe9o\nthree")
    assert list(table.lines(path, "utf-8")) == ["one\r\n", f"t{table.UNDECODABLE}o\n", "three"]


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: b"no archive", lambda data: data[:20] + b"??"])
def test_a_damaged_archive_is_told(damage, tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(damage(gzip.compress(CONTENT * 9, mtime=0)))
    with pytest.raises(SourceDown, match="cut off or damaged"):
        list(table.lines(path, "utf-8"))
    with pytest.raises(SourceDown, match="cut off or damaged"), table.unpacked(path):
        pass


def test_an_archive_is_unpacked_so_far_and_no_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path / "log.csv.gz", CONTENT)
    with table.unpacked(path) as plain:
        assert plain.read_bytes() == CONTENT
    assert not plain.exists()
    monkeypatch.setattr(table, "UNPACKED", len(CONTENT) - 1)
    with pytest.raises(SourceDown, match="more than fits"), table.unpacked(path):
        pass


def test_a_name_is_no_pattern_and_a_broken_row_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "it's [1]"
    folder.mkdir()
    packed(folder / "xyz.csv", b"a,b\n8,9\n")
    path = packed(folder / "x*?.csv", b"a,b\n1,2\n3,4,5\n\n6,7\n")
    how = table.Layout("utf-8", "\n", ",", HeadingRow(0, ("a", "b")), 1, 2)
    with table.connected() as connection:
        for _ in range(2):  # the second account has nothing of the first
            assert connection.execute(f"FROM {table.csv_relation(path, how)}").fetchall() == [("1", "2"), ("6", "7")]
            assert table.left_out(connection) == [table.LeftOut("TOO MANY COLUMNS", 8, "3,4,5")]
