"""Traces as clerks hand them in: opened in Excel and saved, or packed. They say what the CSV says."""

import csv
import gzip
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from connectors import exchange_trace, google_mail_log
from connectors.contract import Connector, Item, Raw, Rejected, Remark, Source, SourceChanged
from tests.paths import ROOT

NOW = datetime(2026, 11, 20, tzinfo=UTC)
LOGS = [(exchange_trace.CONNECTOR, "origin_timestamp_utc"), (google_mail_log.CONNECTOR, "Start date")]
DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  (of Excel, which knows no zones)


def table(connector: Connector) -> list[list[str]]:
    path = ROOT / "tests" / "connectors" / "payloads" / f"{connector.name}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def pull(connector: Connector, folder: Path, path: str, **options: object) -> list[Item]:
    return list(connector.fetch(Source("mail", folder, {"path": path, **options}, now=NOW)))


def evidence(items: Sequence[Item]) -> list[dict[str, Any]]:
    return [dict(item.values) for item in items if isinstance(item, Raw)]


def from_csv(connector: Connector) -> list[dict[str, Any]]:
    found = evidence(pull(connector, ROOT / "tests" / "connectors" / "payloads", f"{connector.name}.csv"))
    assert found
    return found


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("/", "-").removesuffix(" UTC")[:19])


def as_number(text: str) -> float:
    return (moment(text) - DAY_ZERO).total_seconds() / 86_400


def saved(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(("connector", "heading"), LOGS, ids=["exchange", "google"])
@pytest.mark.parametrize("cell", [moment, as_number, str], ids=["dates", "numbers", "text"])
@pytest.mark.parametrize("above", [[], [["Message trace of 20 November 2026"], []]], ids=["", "title above"])
def test_a_trace_saved_as_a_workbook(
    connector: Connector, heading: str, cell: Callable[[str], object], above: list[list[str]], tmp_path: Path
) -> None:
    headings, *rows = table(connector)
    at = headings.index(heading)
    cells = [[cell(text) if place == at else text for place, text in enumerate(row)] for row in rows]
    saved(
        tmp_path / "trace.xlsx",
        {"Cover": [["Message trace"], ["Date", "2026-11-20"]], "Data": [*above, headings, *cells]},
    )
    items = pull(connector, tmp_path, "trace.xlsx")
    assert evidence(items) == from_csv(connector)
    assert not [item for item in items if isinstance(item, Rejected)]
    assert any(isinstance(item, Remark) and "'Cover' was not read" in item.text for item in items)


@pytest.mark.parametrize(("connector", "heading"), LOGS, ids=["exchange", "google"])
def test_a_trace_on_several_sheets(connector: Connector, heading: str, tmp_path: Path) -> None:
    headings, *rows = table(connector)
    sheets = {f"Part {at}": [headings, row] for at, row in enumerate(rows)}
    saved(tmp_path / "trace.xlsx", sheets)
    assert evidence(pull(connector, tmp_path, "trace.xlsx")) == from_csv(connector)
    assert evidence(pull(connector, tmp_path, "trace.xlsx", sheet=list(sheets))) == from_csv(connector)
    some = evidence(pull(connector, tmp_path, "trace.xlsx", sheet="Part 0"))
    assert len(str(some)) < len(str(from_csv(connector)))
    assert heading in headings


@pytest.mark.parametrize(("connector", "heading"), LOGS, ids=["exchange", "google"])
def test_a_packed_trace(connector: Connector, heading: str, tmp_path: Path) -> None:
    headings, *rows = table(connector)
    path = ROOT / "tests" / "connectors" / "payloads" / f"{connector.name}.csv"
    book = saved(tmp_path / "book.xlsx", {"Data": [headings, *rows]}).read_bytes()
    halves = [[headings, *rows[:1]], [headings, *rows[1:]]]
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "in" / "one.zip", "w") as archive:
        archive.write(path, "MTSummary/trace.csv")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        for number, half in enumerate(halves):
            archive.writestr(f"{number}.csv", "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in half))
    with zipfile.ZipFile(tmp_path / "book.zip", "w") as archive:
        archive.writestr("trace.xlsx", book)
    (tmp_path / "trace.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    (tmp_path / "trace.xlsx.gz").write_bytes(gzip.compress(book))
    for name in ("in/one.zip", "in", "two.zip", "book.zip", "trace.csv.gz", "trace.xlsx.gz"):
        assert evidence(pull(connector, tmp_path, name)) == from_csv(connector), name
    (item, *_) = [item for item in pull(connector, tmp_path, "in") if isinstance(item, Raw)]
    assert item.where == "one.zip/MTSummary/trace.csv"
    assert heading in headings


def test_a_row_of_a_workbook_that_cannot_be_used_is_told_by_its_sheet_and_row(tmp_path: Path) -> None:
    headings, first, *_ = table(exchange_trace.CONNECTOR)
    first[headings.index("origin_timestamp_utc")] = "soon"
    path = saved(tmp_path / "trace.xlsx", {"Data": [headings, first]})
    with zipfile.ZipFile(tmp_path / "trace.zip", "w") as archive:
        archive.write(path, "a/trace.xlsx")
    (fault,) = [item for item in pull(exchange_trace.CONNECTOR, tmp_path, "trace.zip") if isinstance(item, Rejected)]
    assert (fault.where, "'soon' cannot be read" in fault.reason) == ("trace.zip/a/trace.xlsx:Data:2", True)


def test_headings_of_ones_own_in_a_workbook(tmp_path: Path) -> None:
    headings, *rows = table(exchange_trace.CONNECTOR)
    headings[headings.index("sender_address")] = "Absender"
    saved(tmp_path / "trace.xlsx", {"Data": [headings, *rows]})
    with pytest.raises(SourceChanged, match=r"no column is headed sender\. .*'Absender'"):
        pull(exchange_trace.CONNECTOR, tmp_path, "trace.xlsx")
    found = pull(exchange_trace.CONNECTOR, tmp_path, "trace.xlsx", columns={"sender": "Absender"})
    assert evidence(found) == from_csv(exchange_trace.CONNECTOR)


ZONES = [
    ("Date (UTC)", "2026-11-02 08:15", "2026-11-02T08:15"),
    ("Date (UTC-05:00)", "2026-11-02 08:15", "2026-11-02T13:15"),
    ("Received (Eastern Time (US & Canada))", "11/15/2026 8:15 AM", "2026-11-15T13:15"),
    ("Date (America/New_York)", "2026-06-02 08:15", "2026-06-02T12:15"),
    ("Date (EST)", "2026-11-02T08:15:00Z", "2026-11-02T08:15"),  # its own zone goes before
    ("Date (EST)", "2026-11-02 08:15 -0300", "2026-11-02T11:15"),
    ("Date (EST)", "1793607300", "2026-11-02T08:15"),
    ("Date (EST)", "2026-11-02", "2026-11-02T00:00"),
    ("Date (EST)", "46328.34375", None),  # told, not guessed
    ("Date (approximately)", "2026-11-02 08:15", ""),  # a column that nothing reads
]


@pytest.mark.parametrize(("heading", "text", "expected"), ZONES)
@pytest.mark.parametrize("kind", ["by DuckDB", "row by row", "workbook"])
def test_the_heading_may_name_the_zone(
    heading: str, text: str, expected: str | None, kind: str, tmp_path: Path
) -> None:
    rows = [
        [heading, "Sender address", "Recipient address", "Subject", "Status", "Message ID"],
        [text, "verify@x.com", "ada@maine.gov", "New login to X", "Delivered", "<1@x.com>"],
    ]
    if kind == "workbook":
        saved(tmp_path / "t.xlsx", {"Data": rows})
    else:
        newline = "\n" if kind == "by DuckDB" else "\r"
        lines = newline.join([",".join(row) for row in rows] + [""])
        (tmp_path / "t.csv").write_text(lines, encoding="utf-8", newline="")
    items = pull(exchange_trace.CONNECTOR, tmp_path, "t.xlsx" if kind == "workbook" else "t.csv")
    found = [signal[5] for one in evidence(items) for signal in one["signals"]]
    assert [str(one or "").replace(" ", "T")[:16] for one in found] == ([] if expected is None else [expected])
    assert any(isinstance(item, Rejected) for item in items) == (expected is None)


BOTH = ["ada@maine.gov", "lee@maine.gov"]
RECIPIENTS = [
    ("ada@maine.gov;lee@maine.gov", BOTH),
    ("ada@maine.gov, lee@maine.gov", BOTH),
    ("ada@maine.gov|lee@maine.gov", BOTH),
    ("ada@maine.gov\nlee@maine.gov", BOTH),
    ("{ada@maine.gov, lee@maine.gov}", BOTH),
    ("['ada@maine.gov', 'lee@maine.gov']", BOTH),
    ("Pine, Ada <ada@maine.gov>; Oak, Lee <lee@maine.gov>", BOTH),
    ("SMTP:ada@maine.gov", BOTH[:1]),
    ("mailto:ada@maine.gov", BOTH[:1]),
    ("ada@maine.gov;System.String[]", BOTH[:1]),
    ("imceaex-_o=maine@maine.gov;ada@maine.gov", ["ada@maine.gov", "imceaex-_o=maine@maine.gov"]),
    ("ada@maine.gov (instead of lee)", []),
]


@pytest.mark.parametrize(("written", "mailboxes"), RECIPIENTS)
@pytest.mark.parametrize("newline", ["\n", "\r"], ids=["by DuckDB", "row by row"])
def test_recipients_as_exports_join_and_decorate_them(
    written: str, mailboxes: list[str], newline: str, tmp_path: Path
) -> None:
    heading = "Received,SenderAddress,RecipientAddress,Subject,Status,MessageId"
    cell = written.replace("\n", newline)
    row = f'2026-11-02T08:15:00Z,verify@x.com,"{cell}",New login to X,Delivered,<1@x.com>'
    (tmp_path / "t.csv").write_text(f"{heading}{newline}{row}{newline}", encoding="utf-8", newline="")
    items = pull(exchange_trace.CONNECTOR, tmp_path, "t.csv")
    assert sorted(one["mailbox"] for one in evidence(items)) == mailboxes
    assert any(isinstance(item, Rejected) for item in items) == (not mailboxes)


@pytest.mark.parametrize(
    "written", ["'verify@x.com'", "verify@x.com;", "X [verify@x.com]", "SMTP:verify@x.com", "X <verify@x.com>"]
)
def test_senders_as_exports_decorate_them(written: str, tmp_path: Path) -> None:
    row = f'2026-11-02T08:15:00Z,"{written}",ada@maine.gov,New login to X,Delivered'
    text = f"Received,SenderAddress,RecipientAddress,Subject,Status\n{row}\n"
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    (found,) = evidence(pull(exchange_trace.CONNECTOR, tmp_path, "t.csv"))
    assert (found["mailbox"], found["platform"]) == ("ada@maine.gov", "x")
