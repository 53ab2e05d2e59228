"""Zip archives: read like a folder of what they hold, and refused with a sentence where that is not safe."""

import gzip
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipInfo

import pytest

from connectors import accounts_csv, exchange_trace, google_mail_log, hr_csv
from connectors.contract import Connector, Dropped, Raw, Rejected, Remark, Source, SourceDown
from connectors.files import archives

ACCOUNTS = b"platform,handle,registered_email\nx,ann,ann@vermont.gov\nx,bea,bea@vermont.gov\n"
MORE = b"platform,handle,registered_email\nx,cal,cal@vermont.gov\n"
ANN, BEA, CAL = "ann", "bea", "cal"


def packed(path: Path, *members: tuple[str | ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def items(folder: Path, path: str, connector: Connector = accounts_csv.CONNECTOR) -> list[object]:
    return list(connector.fetch(Source("export", folder, {"path": path})))


def read(folder: Path, path: str) -> list[tuple[str, str]]:
    return [(one.where, one.values["handle"]) for one in items(folder, path) if isinstance(one, Raw)]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([("a.csv", MORE)], [("in.zip/a.csv:2", CAL)]),
        ([("b.csv", MORE), ("a.csv", ACCOUNTS)],
         [("in.zip/a.csv:2", ANN), ("in.zip/a.csv:3", BEA), ("in.zip/b.csv:2", CAL)]),
        ([("week 3/", b""), ("week 3/a.csv", MORE)], [("in.zip/week 3/a.csv:2", CAL)]),
        ([("__MACOSX/._a.csv", b"x"), ("a.csv", MORE), (".DS_Store", b"x")], [("in.zip/a.csv:2", CAL)]),
        ([("a.csv.gz", gzip.compress(MORE))], [("in.zip/a.csv.gz:2", CAL)]),
        ([("a.jsonl", b'{"platform": "x", "handle": "cal"}\n')], [("in.zip/a.jsonl:1", CAL)]),
    ],
    ids=["one", "two", "folder", "system's own", "gz", "json"],
)  # fmt: skip
def test_the_files_in_an_archive_are_read(
    members: list[tuple[str, bytes]], expected: list[tuple[str, str]], tmp_path: Path
) -> None:
    packed(tmp_path / "in.zip", *members)
    assert read(tmp_path, "in.zip") == expected
    assert not [one for one in items(tmp_path, "in.zip") if isinstance(one, Remark) and one.unread]


@pytest.mark.parametrize("path", ["in", "in/*.zip", "in/*"])
def test_folders_and_patterns_find_archives(path: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    packed(tmp_path / "in" / "a.zip", ("a.csv", MORE))
    assert read(tmp_path, path) == [("a.zip/a.csv:2", CAL)]


def test_a_broken_row_tells_archive_file_and_line(tmp_path: Path) -> None:
    packed(tmp_path / "in.zip", ("a.csv", b"platform,handle,registered_email\nx,a,b,c,d\nx,cal,\n"))
    (fault,) = [one for one in items(tmp_path, "in.zip") if isinstance(one, Rejected)]
    assert fault.where == "in.zip/a.csv:2"


def test_a_workbook_in_an_archive(written: Callable[..., Path], tmp_path: Path) -> None:
    book = written(tmp_path / "a.xlsx", [("platform", "handle"), ("x", "cal")])
    packed(tmp_path / "in.zip", ("a.xlsx", book.read_bytes()))
    assert read(tmp_path, "in.zip") == [("in.zip/a.xlsx:Sheet1:2", CAL)]
    (tmp_path / "b.xlsx.gz").write_bytes(gzip.compress(book.read_bytes()))
    assert read(tmp_path, "b.xlsx.gz") == [("b.xlsx.gz:Sheet1:2", CAL)]


def test_what_else_an_archive_holds_is_told(tmp_path: Path) -> None:
    inner = packed(tmp_path / "inner.zip", ("b.csv", ACCOUNTS)).read_bytes()
    packed(tmp_path / "in.zip", ("a.csv", MORE), ("note.doc", b"x"), ("old.xls", b"x"), ("inner.zip", inner))
    told = {one.where: one.text for one in items(tmp_path, "in.zip") if isinstance(one, Remark) and one.unread}
    assert list(told) == ["in.zip/inner.zip", "in.zip/note.doc", "in.zip/old.xls"]
    assert "an archive in an archive, which is not opened" in told["in.zip/inner.zip"]
    assert "old Excel format" in told["in.zip/old.xls"]
    assert read(tmp_path, "in.zip") == [("in.zip/a.csv:2", CAL)]


def test_a_list_that_counts_as_a_whole_is_refused_with_a_part_unread(tmp_path: Path) -> None:
    people = b"employee_id,given_name,work_email\n1,Ann,ann@vermont.gov\n"
    packed(tmp_path / "hr.zip", ("hr.csv", people), ("more.xls", b"x"))
    with pytest.raises(SourceDown, match=r"hr\.zip/more\.xls is in the old Excel format"):
        items(tmp_path, "hr.zip", hr_csv.CONNECTOR)


@pytest.mark.parametrize("ending", [".xls", ".xlt", ".xlsb", ".xlsm", ".xltm", ".ods", ".fods", ".numbers"])
def test_every_spreadsheet_may_be_more_of_the_list(ending: str, tmp_path: Path) -> None:
    people = b"employee_id,given_name,work_email\n1,Ann,ann@vermont.gov\n"
    packed(tmp_path / "hr.zip", ("hr.csv", people), (f"more{ending}", b"x"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "hr.csv").write_bytes(people)
    (tmp_path / "in" / f"more{ending}").write_bytes(b"x")
    for path in ("hr.zip", "in"):
        with pytest.raises(SourceDown, match=rf"^{path}/more\{ending} is .*which is not read"):
            items(tmp_path, path, hr_csv.CONNECTOR)


def test_a_file_beside_its_archive_counts_once(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    packed(tmp_path / "in" / "a.zip", ("a.csv", MORE), ("b.csv", ACCOUNTS))
    (tmp_path / "in" / "a.csv").write_bytes(MORE)
    (tmp_path / "in" / "b.csv").write_bytes(ACCOUNTS.replace(b"ann", b"abe"))
    assert read(tmp_path, "in") == [
        ("a.csv:2", CAL), ("a.zip/b.csv:2", ANN), ("a.zip/b.csv:3", BEA), ("b.csv:2", "abe"), ("b.csv:3", BEA),
    ]  # fmt: skip
    assert [one.where for one in items(tmp_path, "in") if isinstance(one, Remark) and "same file" in one.text] == [
        "a.zip/a.csv"
    ]
    assert read(tmp_path, "in/a.zip")[0] == ("a.zip/a.csv:2", CAL)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.json.gz", "a.xlsx.gz", "a.parquet.gz"])
def test_a_packed_file_with_nothing_in_it_is_called_by_its_own_name(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(gzip.compress(b""))
    with pytest.raises(SourceDown, match=f"^{name} is empty"):
        items(tmp_path, name)


def link() -> ZipInfo:
    entry = ZipInfo("a.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


BOOK = (("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>"))


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ([("a.csv", b"a" * 4 * 1024**2)], "more than 200 times its size, like a zip bomb"),
        ([("../a.csv", MORE)], "a path outside the archive"),
        ([("x/../../a.csv", MORE)], "a path outside the archive"),
        ([("/etc/a.csv", MORE)], "a path outside the archive"),
        ([("C:\\a.csv", MORE)], "a path outside the archive"),
        ([(link(), b"/etc/passwd")], "or a link"),
        ([("a.csv", MORE), ("A.csv", MORE)], "two files of one name"),
        ([("inner.zip", b"PK")], "Archives in it are not opened"),
        ([("a.csv", b"")], r"in\.zip/a\.csv is empty"),
        ([], "It is empty"),
        (BOOK, "is a workbook under another name"),
    ],
)
def test_an_archive_that_is_not_safe_is_refused(
    members: list[tuple[str | ZipInfo, bytes]], sentence: str, tmp_path: Path
) -> None:
    packed(tmp_path / "in.zip", *members)
    for connector in (accounts_csv.CONNECTOR, exchange_trace.CONNECTOR, google_mail_log.CONNECTOR):
        with pytest.raises(SourceDown, match=sentence):
            items(tmp_path, "in.zip", connector)


def test_bounds_of_number_and_size(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    packed(tmp_path / "in.zip", ("a.csv", MORE), ("b.csv", MORE))
    monkeypatch.setattr(archives, "MEMBERS", 1)
    with pytest.raises(SourceDown, match="holds 2 files; at most 1 are read"):
        items(tmp_path, "in.zip")
    monkeypatch.setattr(archives, "MEMBERS", 9)
    monkeypatch.setattr(archives, "UNPACKED", 10)
    with pytest.raises(SourceDown, match="unpacks to"):
        items(tmp_path, "in.zip")


def flagged(data: bytes) -> bytes:
    """The archive with the bit set by which its directory says that a file is encrypted."""
    at = data.rindex(b"PK\x01\x02") + 8
    return data[:at] + bytes([data[at] | 1]) + data[at + 1 :]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda data: data[: len(data) // 2], "no zip archive, or it is damaged"),
        (lambda data: b"", "is empty"),
        (lambda data: data[:40] + bytes([data[40] ^ 255]) + data[41:], "cut off or damaged"),
        (flagged, "is encrypted"),
    ],
    ids=["cut", "nothing", "a byte", "password"],
)
def test_an_archive_that_cannot_be_read(spoil: Callable[[bytes], bytes], sentence: str, tmp_path: Path) -> None:
    path = packed(tmp_path / "in.zip", ("a.csv", MORE * 50))
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(SourceDown, match=sentence):
        items(tmp_path, "in.zip")


def test_an_archive_under_another_name_is_told(tmp_path: Path) -> None:
    packed(tmp_path / "trace.csv", ("a.csv", MORE))
    for connector in (accounts_csv.CONNECTOR, exchange_trace.CONNECTOR):
        with pytest.raises(SourceDown, match=r"right ending \(\.xlsx, \.zip\)"):
            items(tmp_path, "trace.csv", connector)


def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    packed(tmp_path / "in.zip", ("a.csv", ACCOUNTS), ("b.csv", MORE))
    assert not [one for one in items(tmp_path, "in.zip") if isinstance(one, Dropped)]
    assert not list((tmp_path / "scratch").iterdir())
