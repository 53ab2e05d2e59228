"""Whoever watches hears how many bytes of all the files are read: never falling, and all of them at the end."""

import gzip
from pathlib import Path

import duckdb
import pytest

from connectors import exchange_trace, files, google_mail_log, postfix_log
from connectors.contract import Connector, Nexus, Source, SourceDown
from connectors.files import progress, table

FIELDS = ("platform", "handle")
ROWS = "platform,handle\n" + "".join(f"x,MaineDOT{n}\n" for n in range(30_000))
TRACE = (
    "Sender,Recipient,Subject,Date,Status\n"
    + "verify@x.com,ada@maine.gov,New login to X,2026-11-02,Delivered\n" * 25_000
)
SEARCH = (
    "Sender,Recipient address,Subject,Start date,Event target\n"
    + "verify@x.com,ada@maine.gov,Hi,2026-11-02,GMAIL_INBOX\n" * 25_000
)
LOG = "2026-11-02T08:15:00+00:00 mx postfix/qmgr[1]: 0A1B2C3D: from=<pat@vendor.example>, size=1\n" * 25_000


def heard(source: Source, items: Connector | None = None) -> list[tuple[int, int]]:
    calls: list[tuple[int, int]] = []
    watched = Source(
        source.name, source.folder, source.options, source.nexus, progress=lambda *call: calls.append(call)
    )
    found = items.fetch(watched) if items else files.rows(watched, FIELDS, ("platform",), search=("handle",))
    for _ in found:
        pass
    return calls


def assert_whole(calls: list[tuple[int, int]], folder: Path) -> None:
    total = sum(path.stat().st_size for path in folder.iterdir())
    assert {of for _, of in calls} == {total}
    read = [done for done, _ in calls]
    assert read == sorted(set(read))
    assert read[-1] == total


@pytest.mark.parametrize("small", [False, True], ids=["by DuckDB", "row by row"])
@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.jsonl", "a.parquet"])
def test_exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, small: bool) -> None:
    content = ROWS.encode()
    if name == "a.jsonl":
        content = b'{"platform": "x", "handle": "MaineDOT"}\n' * 30_000
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    if name == "a.parquet":
        with duckdb.connect() as connection:
            query = "SELECT 'x' AS platform, 'MaineDOT' || n AS handle FROM range(200000) AS t(n)"
            connection.execute(f"COPY ({query}) TO '{tmp_path / name}'")
    (tmp_path / "b.csv").write_text("platform,handle\nx,MaineDOT\n")
    monkeypatch.setattr(files, "SMALL", files.SMALL if small else -1)
    calls = heard(Source("export", tmp_path, {"path": [name, "b.csv"]}, Nexus(terms=("mainedot",))))
    assert_whole(calls, tmp_path)
    assert len(calls) > 2 or name == "a.parquet"


@pytest.mark.parametrize(
    ("connector", "name", "content"),
    [
        (exchange_trace.CONNECTOR, "t.csv", TRACE),
        (exchange_trace.CONNECTOR, "t.csv", TRACE.replace("\n", "\r")),
        (exchange_trace.CONNECTOR, "t.csv", TRACE + "short,row\n"),
        (google_mail_log.CONNECTOR, "t.csv", SEARCH),
        (postfix_log.CONNECTOR, "mail.log", LOG + "2026-11-02T08:15:00+00:00 mx postfix/qmgr[1]: x: to=y"),
        (postfix_log.CONNECTOR, "mail.log.1.gz", LOG + "a postfix line that is none\n"),
    ],
)
def test_mail_logs(tmp_path: Path, connector: Connector, name: str, content: str) -> None:
    data = content.encode()
    (tmp_path / name).write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
    calls = heard(Source("mail", tmp_path, {"path": name}), connector)
    assert_whole(calls, tmp_path)
    if "\r" in content or name == "mail.log":
        assert len(calls) > 25_000 // table.TELL_EVERY


def test_a_long_query_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.01)
    heard_of: list[float] = []
    with duckdb.connect() as connection:
        connection.execute(progress.WATCHED)
        with progress.watched(connection, heard_of.append):
            connection.execute("SELECT sum(hash(a.range)) FROM range(60000000) AS a").fetchall()
    assert heard_of
    assert any(0 < share <= 1 for share in heard_of)
    assert max(heard_of) <= 1


def test_the_watcher_ends_with_its_block() -> None:
    import threading

    before = threading.active_count()
    with (
        duckdb.connect() as connection,
        pytest.raises(SourceDown),
        progress.watched(connection, progress.unwatched),
    ):
        raise SourceDown("gone")
    assert threading.active_count() == before
