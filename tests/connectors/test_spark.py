"""Sources on a cluster give what the same rows give as files: on a cluster of record batches, and on Spark itself.

Spark is asked only where IDENTITY_AUDIT_SPARK says which one ("local[2]", or the address of a Spark Connect server on
this machine) and pyspark is installed.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from connectors import accounts_csv, exchange_trace, files, google_mail_log
from connectors.contract import (
    Connector,
    Dropped,
    Engine,
    Item,
    Nexus,
    Raw,
    Rejected,
    Remark,
    Source,
    SourceChanged,
    SourceDown,
)
from connectors.spark import session
from connectors.spark.parts import Part
from connectors.spark.places import Place, on_cluster, places_fault
from connectors.spark.session import FILE, ROW, explained, opened

SPARK = os.environ.get("IDENTITY_AUDIT_SPARK", "")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
NEXUS = Nexus(domains=("maine.gov",), terms=("mainedot",), together=(("maine",), (("warden",),)))
MADE = "local[9]"
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")
ON_SPARK = pytest.mark.skipif(not SPARK, reason="IDENTITY_AUDIT_SPARK names no Spark (tests/README.md)")


@dataclass
class MadeCluster:
    """A cluster of record batches: tables by name, each in parts, which are run last first, three rows at a time."""

    tables: dict[str, list[pa.Table]]

    def head(self, place: Place, columns: Sequence[str] | None, rows: int) -> pa.Table:
        whole = pa.concat_tables(self.tables[place.name])
        return (whole if columns is None else whole.select(list(columns))).slice(0, rows)

    def run(self, place: Place, columns: Sequence[str], part: Part, sent: pa.Schema) -> pa.Table:
        made: list[pa.RecordBatch] = []
        for number, rows in reversed(list(enumerate(self.tables[place.name]))):
            chosen = rows.select(list(columns))
            if place.stored:
                name = f"{place.name}/part-{number}.parquet".replace("///", "/")  # as Spark writes it
                chosen = chosen.append_column(FILE, pa.array([name] * len(rows), pa.string()))
                chosen = chosen.append_column(ROW, pa.array(range(len(rows)), pa.int64()))
            made += part(iter(chosen.to_batches(max_chunksize=3)))
        return pa.Table.from_batches(made, sent)


def clustered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, parts: Sequence[pa.Table], spark: str, name: str = "rows"
) -> dict[str, Any]:
    """The parts as Parquet in a folder, where Spark or the made cluster finds them: the options that say so."""
    folder = tmp_path / name
    folder.mkdir()
    for number, rows in enumerate(parts):
        pq.write_table(rows, folder / f"part-{number}.parquet")
    address = folder.as_uri()
    if spark == MADE:
        monkeypatch.setitem(session._sessions, MADE, MadeCluster({address: list(parts)}))
    return {"path": address}


def pulled(connector: Connector[Any], folder: Path, options: dict[str, Any], spark: str = "") -> list[Item]:
    source = Source("export", folder, options, NEXUS, NOW, day=NOW, engine=Engine(spark))
    return list(connector.fetch(source))


def told(items: Sequence[Item]) -> tuple[object, ...]:
    """What a pull says, without where."""
    dropped: Counter[str] = Counter()
    for item in items:
        if isinstance(item, Dropped):
            dropped[item.reason] += item.count
    rows = [(dict(item.values), item.digest, item.observed_at) for item in items if isinstance(item, Raw)]
    rejected = [item.reason for item in items if isinstance(item, Rejected)]
    return rows, rejected, dropped, sorted(item.text for item in items if isinstance(item, Remark))


TEXTS = {
    "platform": ["x", "x", "", "facebook", None, "x", "x", "platform"],
    "account_id": ["1", "2", "3", "4", None, "6", "7", "account_id"],
    "handle": ["ann", "mainedot_crew", "cy", "di", None, "warden.é", "max", "handle"],
    "bio": ["garden", "roads", "di@maine.gov", "Mаine wаrden", None, "of Maine 🌲", "x", "bio"],
    "registered_email": ["ann@example.org", "", "", "di@maine.gov", None, "", "max@maine.gov", "registered_email"],
    "created_at": ["2020-01-02", "03/04/2020", "13/04/2020", "2020-01-02", None, "2021-05-06", "05/06/2020", ""],
    "Kind": ["live", "live", "gone", "live", None, "", "gone", "Kind"],
}
TYPES = {
    "platform": pa.array(["x"] * 5),
    "account_id": pa.array([12, None, 2**53 + 1, 4, 5], pa.int64()),
    "handle": pa.array(["mainedot", "ann", "bob", "cy", "di"]),
    "emails": pa.array([["a@maine.gov", "b@x.org"], [], None, ["cy@x.org"], ["di@maine.gov"]], pa.list_(pa.string())),
    "registered_email": pa.array([None, "ann@maine.gov", "bob@maine.gov", "cy@x.org", None]),
    "created_at": pa.array(
        [datetime(2020, 1, 2, 3, 4, 5, 600, UTC), None, NOW, NOW, NOW], pa.timestamp("us", tz="UTC")
    ),
    "observed_at": pa.array([date(2026, 11, 1)] * 5),
    "registration": pa.array([True, False, True, None, None]),
    "Kind": pa.array([1.0, 2.5, 1e20, 1.0, None], pa.float64()),
}
ACCOUNTS = [
    pytest.param(TEXTS, {"registration": "verified"}, id="as they are"),
    pytest.param(TEXTS, {}, id="unsaid whether confirmed"),
    pytest.param(TEXTS, {"leave_out": {"kind": ["gone", "never"]}}, id="rows left out"),
    pytest.param(TEXTS, {"only": {"Kind": ["live", ""]}, "date_format": "DD/MM/YYYY"}, id="only some rows"),
    pytest.param(TEXTS, {"columns": {"display_name": "Kind"}}, id="another heading"),
    pytest.param(TYPES, {}, id="typed columns"),
    pytest.param(TYPES, {"only": {"Kind": ["1"]}}, id="a filter on numbers"),
]
EACH = pytest.mark.parametrize("spark", [MADE, pytest.param(SPARK, marks=ON_SPARK)], ids=["made", "spark"])


@EACH
@pytest.mark.parametrize(("columns", "options"), ACCOUNTS)
def test_accounts_on_a_cluster_are_those_of_the_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spark: str, columns: dict[str, Any], options: dict[str, Any]
) -> None:
    monkeypatch.setattr(files, "SMALL", -1)
    rows = pa.table(columns)
    place = clustered(monkeypatch, tmp_path, [rows.slice(0, 3), rows.slice(3, 0), rows.slice(3)], spark)
    here = pulled(accounts_csv.CONNECTOR, tmp_path, {"path": "rows", **options})
    there = pulled(accounts_csv.CONNECTOR, tmp_path, {**place, **options}, spark)
    assert told(there) == told(here)
    assert any(isinstance(item, Raw) for item in here)
    assert any(isinstance(item, Dropped) for item in here)
    where = [item.where.removeprefix(f"{place['path']}:") for item in there if isinstance(item, Raw)]
    assert where == [item.where.replace(":", " row ") for item in here if isinstance(item, Raw)]


@EACH
def test_rows_that_are_refused_are_refused_alike(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spark: str) -> None:
    monkeypatch.setattr(files, "SMALL", -1)
    rows = pa.table({"platform": ["x"], "handle": ["mainedot"], "bio": pa.array([b"\0"], pa.binary())})
    place = clustered(monkeypatch, tmp_path, [rows], spark)
    for options, engine in (({"path": "rows"}, ""), (place, spark)):
        with pytest.raises(SourceChanged, match="of type BLOB, which is not text"):
            pulled(accounts_csv.CONNECTOR, tmp_path, options, engine)
        with pytest.raises(SourceChanged, match="no column is headed Handel"):
            pulled(accounts_csv.CONNECTOR, tmp_path, {**options, "columns": {"handle": "Handel"}}, engine)


def test_a_table_s_rows_are_called_by_their_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rows = pa.table(
        {
            "platform": ["x", "x", "x", "x"],
            "account_id": ["9", "", "", ""],
            "url": ["", "https://x.com/mainedot", "", ""],
            "registered_email": ["", "", "ann@maine.gov", ""],
            "bio": ["mainedot", "", "", "mainedot: roads"],
        }
    )
    monkeypatch.setitem(session._sessions, MADE, MadeCluster({"main.audit.rows": [rows.slice(2), rows.slice(0, 2)]}))
    found = pulled(accounts_csv.CONNECTOR, tmp_path, {"table": "main.audit.rows", "registration": "verified"}, MADE)
    where = [item.where for item in found if isinstance(item, Raw)]
    assert where == [f"main.audit.rows:{key}" for key in ("a row", "a row", "url x.com/mainedot", "account_id 9")]


def test_what_cannot_concern_the_state_stays_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sent: list[pa.Table] = []

    class Watched(MadeCluster):
        def run(self, place: Place, columns: Sequence[str], part: Part, sent_as: pa.Schema) -> pa.Table:
            sent.append(super().run(place, columns, part, sent_as))
            return sent[-1]

    rows = pa.table({"platform": ["x"] * 4, "handle": ["ann", "mainedot", "cy", "di"], "created_at": ["1/2/2020"] * 4})
    monkeypatch.setitem(session._sessions, MADE, Watched({"rows": [rows]}))
    pulled(accounts_csv.CONNECTOR, tmp_path, {"table": "rows"}, MADE)
    first, days = sent
    assert first.column("handle").to_pylist() == ["mainedot", None]  # the one that may concern it, and the tally
    assert days.drop_columns("#tally").to_pylist() == [{"created_at": day} for day in ("1/2/2020", None)]  # each once


HEAD = ("origin_timestamp_utc", "sender_address", "Recipient_status", "message_subject", "message_id", "directionality")
MAILS = [
    ("2026-11-02T08:15:00.0000000Z", "verify@x.com", "ada@maine.gov##Receive, Deliver", "New login to X", "<1@x>", "1"),
    ("2026-11-02T08:15:00.0000000Z", "verify@x.com", "ada@maine.gov##Receive, Deliver", "New login to X", "<1@x>", "1"),
    ("2026-11-03T08:15:00.0000000Z", "verify@x.com", "bo@maine.gov##Receive, Fail", "New login to X", "<2@x>", "1"),
    ("", "verify@x.com", "cy@maine.gov##Receive, Deliver", "New login to X", "<3@x>", "1"),
    ("2026-11-02T08:15:00Z", "pat@vendor.example", "ada@maine.gov##Receive, Deliver", "RE: roads", "<4@v>", "1"),
    ("2026-11-02T08:15:00Z", "pat@vendor.example", "ada@maine.gov##Receive, Deliver", "RE: roads", "<5@v>", "1"),
    (
        "2026-11-05T08:15:00Z",
        "verify@x.com",
        "di@maine.gov##Receive, Oddly",
        "=?utf-8?q?New_login_to_X?=",
        "<6@x>",
        "1",
    ),
    ("2027-11-05T08:15:00Z", "verify@x.com", "ed@maine.gov##Receive, Deliver", "New login to X", "<7@x>", "1"),
]
WRITTEN = [
    pytest.param(lambda text: text, id="ISO 8601"),
    pytest.param(lambda text: text and f"{text[5:7]}/{text[8:10]}/{text[:4]} 08:15", id="a choice"),
    pytest.param(lambda text: text and f"{text[8:10]}/{text[5:7]}/{text[:4]} 08:15", id="a choice, the day first"),
]


@EACH
@pytest.mark.parametrize("written", WRITTEN)
def test_mails_on_a_cluster_count_as_those_of_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spark: str, written: Any
) -> None:
    others = [("2026-11-14T08:15:00Z", "pat@vendor.example", "ada@maine.gov", "x", f"<{at}@v>", "1") for at in range(9)]
    rows = [(written(at), *rest) for at, *rest in (*MAILS, *others)]
    table = pa.table({name: list(cells) for name, cells in zip(HEAD, zip(*rows, strict=True), strict=True)})
    pa_csv.write_csv(table, tmp_path / "trace.csv")
    place = clustered(monkeypatch, tmp_path, [table.slice(0, 2), table.slice(2)], spark)
    here = pulled(exchange_trace.CONNECTOR, tmp_path, {"path": "trace.csv"})
    there = pulled(exchange_trace.CONNECTOR, tmp_path, place, spark)
    assert told(there) == told(here)
    assert sum(item.count if isinstance(item, Dropped) else 1 for item in there if not isinstance(item, Remark)) == 17
    places = {item.where for item in there if isinstance(item, Rejected)}
    assert places == {f"{place['path']}:part-1.parquet row {row}" for row in (2, 6)}
    assert "New login" not in repr(there)


@EACH
def test_typed_mails_count_as_text_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spark: str) -> None:
    typed = pa.table(
        {
            "received": pa.array([NOW, datetime(2026, 11, 2, tzinfo=UTC)], pa.timestamp("us", tz="UTC")),
            "sender": ["verify@x.com", "verify@x.com"],
            "recipients": [["ada@maine.gov", "bo@maine.gov"], ["ada@maine.gov"]],
            "status": ["Delivered", "Delivered"],
            "subject": ["New login to X", "New login to X"],
        }
    )
    place = clustered(monkeypatch, tmp_path, [typed], spark)
    found = [item for item in pulled(exchange_trace.CONNECTOR, tmp_path, place, spark) if isinstance(item, Raw)]
    assert [(item.values["mailbox"], item.values["signals"][0][3]) for item in found] == [
        ("ada@maine.gov", 2),
        ("bo@maine.gov", 1),
    ]
    assert found[0].values["signals"][0][5] == datetime(2026, 11, 2)  # noqa: DTZ001  (logs are in UTC)


GMAIL = {
    "event_info": [{"timestamp_usec": 1793606400000000, "success": True, "mail_event_type": 2}] * 2,
    "message_info": [
        {
            "subject": "New login to X",
            "rfc2822_message_id": f"<{at}@x.com>",
            "source": {"address": "verify@x.com", "from_header_address": "verify@x.com"},
            "destination": [{"address": "ada@maine.gov"}],
            "connection_info": {"dmarc_pass": True, "spf_pass": True},
        }
        for at in range(2)
    ],
}


@EACH
def test_gmail_logs_of_bigquery_count_alike(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spark: str) -> None:
    rows = pa.table(GMAIL)
    place = clustered(monkeypatch, tmp_path, [rows], spark)
    here = pulled(google_mail_log.CONNECTOR, tmp_path, {"path": "rows"})
    there = pulled(google_mail_log.CONNECTOR, tmp_path, place, spark)
    assert told(there) == told(here)
    assert any(isinstance(item, Raw) for item in there)
    other = pa.table({"message_info": [{"subject": "x"}]})
    place = clustered(monkeypatch, tmp_path, [other], spark, "others")
    with pytest.raises(SourceChanged, match="not the schema of Gmail logs"):
        pulled(google_mail_log.CONNECTOR, tmp_path, place, spark)


def test_without_pyspark_the_source_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(SourceDown, match=r'main.rows: .*pip install "identity-audit\[spark\]"'):
        pulled(accounts_csv.CONNECTOR, tmp_path, {"table": "main.rows"}, "local[3]")


PLACES = [
    ({"path": "exports/*.csv"}, False, ""),
    ({"path": "C:/exports"}, False, ""),
    ({"path": ["s3://bucket/a", "abfss://box@lake.dfs.core.windows.net/b"]}, True, ""),
    ({"path": "dbfs:/mnt/a"}, True, ""),
    ({"table": "main.audit.profiles"}, True, ""),
    ({"table": ["audit.`my profiles`", "more"]}, True, ""),
    ({"table": "main.audit.profiles; DROP"}, True, "must be the name of a table"),
    ({"table": 3}, True, "must be the name of a table"),
    ({"table": "a", "path": "s3://b/c"}, True, "both say what to read"),
    ({"path": ["s3://b/c", "d.csv"]}, True, "files here and on a cluster"),
    ({"path": "s3://key:hunter2@bucket/a"}, True, "holds a password"),
]


@pytest.mark.parametrize(("options", "there", "says"), PLACES)
def test_what_lies_on_a_cluster(options: dict[str, Any], there: bool, says: str) -> None:
    assert on_cluster(options) is there
    assert says in places_fault(options)
    assert bool(says) is bool(places_fault(options))


SAID = [
    ("[TABLE_OR_VIEW_NOT_FOUND] The table or view `a`.`b` cannot be found.", "no such table or folder"),
    ("[PATH_NOT_FOUND] Path does not exist: s3://b/c.", "no such table or folder"),
    ("[INSUFFICIENT_PERMISSIONS] User does not have permission SELECT on table", "granted SELECT"),
    ("Status Code: 403, AWS Service: Amazon S3, AWS Error Code: AccessDenied", "granted SELECT"),
    ("Traceback\n  File x\nModuleNotFoundError: No module named 'duckdb'", "pip|Install there"),
    ("[PYTHON_VERSION_MISMATCH] Python in worker has different version: 3.9", "same minor version"),
    ("[JAVA_GATEWAY_EXITED] Java gateway process exited before", "no Java was found"),
    ("<_MultiThreadedRendezvous of RPC: status = StatusCode.UNAVAILABLE", "cannot be reached, or the session was lost"),
    ("[INVALID_HANDLE.SESSION_CLOSED] The handle is invalid. Session was closed.", "the session was lost"),
    ("Job aborted due to stage failure", "nothing of it counts as read"),
]


@pytest.mark.parametrize(("said", "says"), SAID)
def test_what_spark_says_becomes_what_to_do(said: str, says: str) -> None:
    assert any(one in explained(said, "sc://spark.example.gov") for one in says.split("|"))
    assert "spark.example.gov" not in explained(said, "sc://spark.example.gov;token=hunter2hunter2")


FAILED = """An exception was thrown from the Python worker:
Traceback (most recent call last):
  File "parts.py", line 44, in on_part
ValueError: Ann Lee, 207-555-0100, dog person
"""


@pytest.mark.parametrize(
    ("said", "brief"),
    [
        (FAILED, "ValueError"),
        ("Traceback\nModuleNotFoundError: No module named 'duckdb'", "ModuleNotFoundError: No module named 'duckdb'"),
        ("An error occurred while calling o42.parquet.\n: org.apache.X: gone\n\tat b", "org.apache.X: gone"),
        ("cannot reach sc://h:443/;token=abc-hunter2", "cannot reach sc://h:443/;token=(hidden)"),
        ("[A_B] token dapi0123456789 was refused\nmore", "[A_B] token (hidden) was refused"),
    ],
)
def test_of_what_failed_nothing_of_a_row_or_a_secret_is_told(said: str, brief: str) -> None:
    assert session._brief(said, []) == brief


@ON_SPARK
def test_a_part_that_fails_midway_fails_the_source(tmp_path: Path) -> None:
    rows = pa.table({"handle": [str(at) for at in range(100)]})
    for number in range(4):
        pq.write_table(rows, tmp_path / f"{number}.parquet")
    place = Place(tmp_path.as_uri(), stored=True)

    def fails(batches: Any) -> Any:
        for batch in batches:
            if batch.column(1)[0].as_py().endswith("3.parquet"):
                raise ValueError("Ann Lee, dog person")
            yield batch.select(["handle"])

    with pytest.raises(SourceDown, match=r"nothing of it counts as read.* Spark says: ValueError$"):
        opened(Engine(SPARK), tmp_path, place).run(place, ["handle"], fails, pa.schema([("handle", pa.string())]))


@ON_SPARK
@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"table": "nowhere.rows"}, "^nowhere.rows: there is no such table or folder"),
        ({"path": "file:///nowhere/at/all"}, "^file:///nowhere/at/all: there is no such table or folder"),
    ],
)
def test_what_is_not_there_is_told(tmp_path: Path, options: dict[str, Any], says: str) -> None:
    with pytest.raises(SourceDown, match=says):
        pulled(accounts_csv.CONNECTOR, tmp_path, options, SPARK)


@ON_SPARK
def test_files_that_differ_in_columns_or_lie_deeper_are_all_read(tmp_path: Path) -> None:
    (tmp_path / "deeper" / "handle=no").mkdir(parents=True)
    pq.write_table(pa.table({"platform": ["x"], "handle": ["mainedot1"]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"platform": ["x"], "account_id": ["1"], "bio": ["mainedot2"]}), tmp_path / "b.parquet")
    pq.write_table(
        pa.table({"platform": ["x"], "handle": ["mainedot3"]}), tmp_path / "deeper" / "handle=no" / "c.parquet"
    )
    found = pulled(accounts_csv.CONNECTOR, tmp_path, {"path": tmp_path.as_uri()}, SPARK)
    raws = [item for item in found if isinstance(item, Raw)]
    assert [(item.values["handle"], item.values["bio"]) for item in raws] == [
        ("mainedot1", ""),
        ("", "mainedot2"),
        ("mainedot3", ""),
    ]
    assert raws[2].where == f"{tmp_path.as_uri()}:deeper/handle=no/c.parquet row 1"
    (tmp_path / "d.parquet").write_bytes(b"no Parquet at all")
    with pytest.raises(SourceDown, match="nothing of it counts as read"):
        pulled(accounts_csv.CONNECTOR, tmp_path, {"path": tmp_path.as_uri()}, SPARK)
