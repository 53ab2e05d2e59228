"""The mail connectors over whole files: every format against its truth, damaged files, counts that add up,
no subject kept."""

import csv
import gzip
import importlib.util
import json
import random
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.cases.mail_evidence import bombed, proof_of
from connectors import exchange_trace, google_mail_log, postfix_log
from connectors.contract import (
    BadRow,
    Connector,
    Dropped,
    Item,
    Raw,
    Rejected,
    Remark,
    Source,
    SourceChanged,
    SourceDown,
)
from connectors.mail.accounts import parse
from connectors.records import Account, Strength
from tests.paths import ROOT

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ENHANCED = "origin_timestamp_utc,sender_address,Recipient_status,message_subject,message_id,directionality"
ONE = '2026-11-02T08:15:00.0000000Z,verify@x.com,"ada@maine.gov##Receive, Deliver",New login to X,<{}@x.com>,1'
OTHER = '2026-11-02T08:15:00.0000000Z,pat@vendor.example,"ada@maine.gov##Receive, Deliver",RE: roads,<{}@v.example>,1'


def pull(connector: Connector, folder: Path, path: str | list[str], **options: object) -> list[Item]:
    return list(connector.fetch(Source("mail", folder, {"path": path, **options}, now=NOW)))


def accounts(items: Iterable[Item]) -> list[Account]:
    return [parse(item) for item in items if isinstance(item, Raw)]


def counts(items: Iterable[Item]) -> Counter[str]:
    found: Counter[str] = Counter()
    for item in items:
        found[type(item).__name__] += item.count if isinstance(item, Dropped) else 1
    return found


def read(folder: Path, *lines: str, name: str = "trace.csv", encoding: str = "utf-8") -> list[Item]:
    (folder / name).write_text("\n".join((ENHANCED, *lines)) + "\n", encoding=encoding)
    return pull(exchange_trace.CONNECTOR, folder, name)


@pytest.mark.parametrize("heading", ["\n", '{0},"remark\nof ours"\r\n', "Trace\r\n{0},remark\n", '{0},"a\rremark"\n'])
def test_where_rows_end_whatever_stands_in_the_headings(tmp_path: Path, heading: str) -> None:
    end = "\r\n" if heading.endswith("\r\n") else "\n"
    text = heading.format(ENHANCED) if "{0}" in heading else f"{ENHANCED},remark\n"
    text += "".join(f"{ONE.format(number)},{end}" for number in range(3))
    (tmp_path / "trace.csv").write_text(text, newline="")
    assert [
        account.signals[0].count for account in accounts(pull(exchange_trace.CONNECTOR, tmp_path, "trace.csv"))
    ] == [3]


@pytest.fixture(scope="module")
def make_mail() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_mail", ROOT / "data" / "sample" / "make_mail.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_mail"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made(make_mail: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    with (folder / "hr.csv").open("w", encoding="utf-8") as lines:
        lines.write("employee_id,work_email\n" + "".join(f"{n},Emp{n}@maine.gov\n" for n in range(400)))
    make_mail.make_mail(folder, 30_000, seed=11)
    return folder


FORMATS = [
    (exchange_trace.CONNECTOR, "enhanced.csv"),
    (exchange_trace.CONNECTOR, "enhanced_utf16.csv"),
    (exchange_trace.CONNECTOR, "summary.csv"),
    (exchange_trace.CONNECTOR, "extended.csv"),
    (exchange_trace.CONNECTOR, "messagetracev2.csv"),
    (google_mail_log.CONNECTOR, "google_els.csv"),
    (google_mail_log.CONNECTOR, "daily_20261119.parquet"),
    (google_mail_log.CONNECTOR, "daily_20261119.jsonl"),
    (postfix_log.CONNECTOR, "mail.log.gz"),
]


@pytest.mark.parametrize(("connector", "name"), FORMATS, ids=[name for _, name in FORMATS])
def test_every_format_equals_its_truth(connector: Connector, name: str, made: Path) -> None:
    """E-1 (finding) and E-2 (lead) from mail, for each mailbox and platform, exactly."""
    items = pull(connector, made / "mail", name)
    assert not [item for item in items if isinstance(item, Rejected)]
    by_mailbox: dict[str, list[Account]] = {}
    for account in accounts(items):
        by_mailbox.setdefault(account.registered_email, []).append(account)
    found = {
        (mailbox, account.platform): proof_of(account.signals, date(2026, 11, 20), bombing=bombed(own))
        for mailbox, own in by_mailbox.items()
        for account in own
    }
    with (made / "mail_truth.csv").open(encoding="utf-8") as lines:
        truth = {(row["mailbox"], row["platform"]): row for row in csv.DictReader(lines)}
    if name == "mail.log.gz":  # stamps without a year: what is older than one is not in this log
        truth = {key: row for key, row in truth.items() if row["situation"] != "gone quiet"}
    wanted = {key: (row["verdict"], row["stale"] == "yes") for key, row in truth.items() if row["verdict"]}
    assert {key: (verdict.strength, verdict.stale) for key, verdict in found.items()} == wanted
    assert len({row["situation"] for row in truth.values()}) >= 13


def test_the_same_seed_makes_the_same_logs(make_mail: ModuleType, tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_mail.make_mail(tmp_path / name, 2_000, formats=("enhanced", "postfix"))
    for file in ("mail_truth.csv", "mail/enhanced.csv", "mail/mail.log.gz"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_one_account_for_each_mailbox_and_platform(tmp_path: Path) -> None:
    to = "ADA@maine.gov##Receive, Deliver;lee@maine.gov##Receive, Fail"
    digest = f'2026-11-09T08:00:00Z,info@x.com,"{to}",Your highlights,<h>,1'
    items = read(tmp_path, ONE.format("a"), digest, OTHER.format("b"))
    (account,) = accounts(items)
    assert (account.platform, account.registered_email, account.handle) == ("x", "ada@maine.gov", "")
    assert account.registration is Strength.STRONG
    assert [(one.kind, one.detail) for one in account.evidence] == [
        ("mail: digest", "1 message on 2026-11-09"),
        ("mail: security", "1 message on 2026-11-02"),
    ]
    assert [(one.kind, one.count, one.days, one.first_at) for one in account.signals] == [
        ("digest", 1, 1, datetime(2026, 11, 9, 8, tzinfo=UTC)),
        ("security", 1, 1, datetime(2026, 11, 2, 8, 15, tzinfo=UTC)),
    ]
    assert counts(items) == {
        "Raw": 1,
        "Dropped": 3,
    }  # 1 not listed, 1 not delivered, 1 folded into the account


@pytest.mark.parametrize("newline", ["\n", "\r"], ids=["by DuckDB", "row by row"])
def test_every_row_that_is_left_out_has_a_reason(tmp_path: Path, newline: str) -> None:
    to = "ada@maine.gov##Receive, Deliver;lee@maine.gov##Receive, Fail"
    rows = [ENHANCED, ONE.format("a"), ONE.format("b"), ONE.format("b"), ONE.format("c").replace(",1", ",2")]
    rows += [f'2026-11-09T08:00:00Z,info@x.com,"{to}",Your highlights,<h>,1', OTHER.format("d"), OTHER.format("e")]
    (tmp_path / "t.csv").write_text(newline.join(rows) + newline, encoding="utf-8", newline="")
    items = pull(exchange_trace.CONNECTOR, tmp_path, "t.csv")
    assert {item.reason: item.count for item in items if isinstance(item, Dropped)} == {
        "sender not on the list": 2,
        "not delivered, or sent out": 2,
        "the same message again": 1,
        "folded into a mailbox's account": 2,
    }
    assert sum(counts(items).values()) == 8


SUMMARY = "origin_timestamp,sender_address,Recipient_status,message_subject"
"""A report without message ids."""


@pytest.mark.parametrize(
    ("rows", "messages"),
    [
        (["2026-11-02T08:15:00Z,verify@x.com,ada@maine.gov##Delivered,New login to X"], 2),
        (["2 Nov 2026 8:15:00 AM,VERIFY@X.com,ADA@maine.gov##Delivered,New login to X"], 2),
        (["2026-11-02T08:15:01Z,verify@x.com,ada@maine.gov##Delivered,New login to X"], 3),
        (["2026-11-02T08:15:00Z,verify@x.com,ada@maine.gov##Delivered,Password reset request"], 3),
        (["2026-11-02T08:15:00Z,info@x.com,ada@maine.gov##Delivered,New login to X"], 3),
    ],
)
@pytest.mark.parametrize("order", [("with.csv", "without.csv"), ("without.csv", "with.csv")])
def test_the_same_days_with_and_without_ids(
    tmp_path: Path, rows: list[str], messages: int, order: tuple[str, str]
) -> None:
    """Two messages of one second, told apart by their ids, and a report that has no ids."""
    (tmp_path / "with.csv").write_text("\n".join([ENHANCED, ONE.format("a"), ONE.format("b")]) + "\n")
    (tmp_path / "without.csv").write_text("\n".join([SUMMARY, *rows]) + "\n")
    items = pull(exchange_trace.CONNECTOR, tmp_path, list(order))
    (account,) = accounts(items)
    assert sum(one.count for one in account.signals) == messages
    assert sum(counts(items).values()) == 3


def test_two_mailboxes_of_one_second_are_two_messages(tmp_path: Path) -> None:
    (tmp_path / "with.csv").write_text("\n".join([ENHANCED, ONE.format("a")]) + "\n")
    (tmp_path / "without.csv").write_text(
        f"{SUMMARY}\n2026-11-02T08:15:00Z,verify@x.com,lee@maine.gov##Delivered,New login\n"
    )
    found = accounts(pull(exchange_trace.CONNECTOR, tmp_path, ["with.csv", "without.csv"]))
    assert [account.registered_email for account in found] == ["ada@maine.gov", "lee@maine.gov"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    subject = (
        '2026-11-02T08:15:00Z,no-reply@accounts.google.com,"ada@maine.gov##Receive, Deliver",Alerte de sécurité,<é>,1'
    )
    (account,) = accounts(read(tmp_path, OTHER.format("1"), subject, encoding=encoding))
    assert [(one.kind, one.count) for one in account.signals] == [("security", 1)]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_separators_and_older_headings(tmp_path: Path, separator: str) -> None:
    rows = [
        ["origin_timestamp", "sender_address", "Recipient_status", "message_subject", "message_id"],
        ["2026-11-02 08:15:00", "verify@x.com", "ada@maine.gov##Receive, Deliver", "New login to X", "<1>"],
    ]
    (tmp_path / "t.csv").write_text("\r\n".join(separator.join(row) for row in rows), encoding="utf-8")
    (account,) = accounts(pull(exchange_trace.CONNECTOR, tmp_path, "t.csv"))
    assert account.signals[0].first_at == datetime(2026, 11, 2, 8, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-02T08:15:00.1234567Z", "2026-11-02T08:15:00"),
        ("2026-11-02T08:15:00+05:00", "2026-11-02T03:15:00"),
        ("2026-11-02 08:15:00-0500", "2026-11-02T13:15:00"),
        ("2026/11/02 08:15:00 UTC", "2026-11-02T08:15:00"),
        ("11/18/2026 8:15:00 PM", "2026-11-18T20:15:00"),
        ("18/11/2026 20:15", "2026-11-18T20:15:00"),
        ("11/11/2026 20:15", "2026-11-11T20:15:00"),
        ("2026-11-02", "2026-11-02T00:00:00"),
        ("2026-11-02 8:15:00 PM", "2026-11-02T20:15:00"),
        ("2026-11-02 8:15 p.m.", "2026-11-02T20:15:00"),
        ("10/17/26 8:15\u202fPM", "2026-10-17T20:15:00"),
        ("10/17/2026 8:15:00\u00a0AM", "2026-10-17T08:15:00"),
        ("17.10.26 08:15", "2026-10-17T08:15:00"),
        ("2026-11-02 08:15:00 PST", "2026-11-02T16:15:00"),
        ("2026/11/02 08:15:00 GMT-5", "2026-11-02T13:15:00"),
        ("2026/11/02 22:15:00 CST", "2026-11-03T04:15:00"),
        ("Mon, 2 Nov 2026 08:15:00 -0500", "2026-11-02T13:15:00"),
        ("Nov 2, 2026 8:15:02 AM EST", "2026-11-02T13:15:02"),
        ("46328.34375", "2026-11-02T08:15:00"),
        ("1793607300", "2026-11-02T08:15:00"),
        ("1793607300000", "2026-11-02T08:15:00"),
        ("1793607300.25", "2026-11-02T08:15:00"),
        ("2026-11-02 03:15:00 (UTC-05:00) Eastern Time (US & Canada)", "2026-11-02T08:15:00"),
        ("2026-11-02 08:15:00 GMT+0000", "2026-11-02T08:15:00"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r"], ids=["by DuckDB", "row by row"])
def test_times(tmp_path: Path, text: str, moment: str, newline: str) -> None:
    row = ONE.format("a").replace("2026-11-02T08:15:00.0000000Z", f'"{text}"')
    (tmp_path / "t.csv").write_text(newline.join([ENHANCED, row, ""]), encoding="utf-8", newline="")
    (account,) = accounts(pull(exchange_trace.CONNECTOR, tmp_path, "t.csv"))
    assert account.signals[0].first_at.replace(microsecond=0) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "0026-11-02T08:15:00Z", "2026-11-02 08:15:00 XYZ", "2026-11-02 08:15:00 IST", "2026-11-02 25:15",
        "11/31/2026 08:15", "2026-11-02 08:15 tomorrow", "1900-01-01 00:00", "N/A", "2026-11-02T08:15:00+25:00",
    ],
)  # fmt: skip
def test_nothing_of_a_time_is_ignored(tmp_path: Path, text: str) -> None:
    items = read(tmp_path, ONE.format("a").replace("2026-11-02T08:15:00.0000000Z", f'"{text}"'), ONE.format("b"))
    (rejected,) = [item for item in items if isinstance(item, Rejected)]
    assert (rejected.where, repr(text) in rejected.reason) == ("trace.csv:2", True)
    assert [account.signals[0].count for account in accounts(items)] == [1]


EITHER_WAY = ["3/4/2026 8:15:00 AM", "04/03/2026 08:15", "3/4/26 8:15"]


@pytest.mark.parametrize("text", EITHER_WAY)
@pytest.mark.parametrize("newline", ["\n", "\r"], ids=["by DuckDB", "row by row"])
@pytest.mark.parametrize(
    ("other", "options", "read_as"),
    [
        ("{}/28/2026 8:15:00 PM", {}, "month first"),
        ("28/{}/2026 8:15:00 PM", {}, "day first"),
        ("1/1/2026 8:15", {"date_format": "MM/DD/YYYY"}, "month first"),
        ("1/1/2026 8:15", {"date_format": "DD/MM/YYYY hh:mm"}, "day first"),
        ("2/2/2026 8:15", {}, ""),
    ],
)
def test_day_and_month_are_decided_by_the_whole_column(
    tmp_path: Path, text: str, newline: str, other: str, options: dict[str, str], read_as: str
) -> None:
    """The rows that decide are of a sender who is not on the list."""
    listed = ONE.format("a").replace("2026-11-02T08:15:00.0000000Z", text)
    others = [OTHER.format(n).replace("2026-11-02T08:15:00.0000000Z", other.format(n)) for n in (9, 10)]
    (tmp_path / "t.csv").write_text(newline.join([ENHANCED, listed, *others, ""]), encoding="utf-8", newline="")
    items = pull(exchange_trace.CONNECTOR, tmp_path, "t.csv", **options)
    told = [item.reason for item in items if isinstance(item, Rejected)]
    months = [account.signals[0].first_at.month for account in accounts(items)]
    first, second = int(text.replace("-", "/").split("/")[0]), int(text.replace("-", "/").split("/")[1])
    assert months == {"month first": [first], "day first": [second], "": []}[read_as]
    assert bool(told) == (not read_as)
    assert all("date_format" in one and repr(text) in one for one in told)


@pytest.mark.parametrize("newline", ["\n", "\r"], ids=["by DuckDB", "row by row"])
@pytest.mark.parametrize(("other", "month"), [("9-28-2026 08:15", 5), ("28-9-2026 08:15", 6), ("9/28/2026 08:15", 0)])
def test_only_times_of_the_same_form_decide(tmp_path: Path, newline: str, other: str, month: int) -> None:
    listed, rest = (
        line.replace("2026-11-02T08:15:00.0000000Z", text)
        for line, text in ((ONE.format("a"), "5-6-2026 08:15"), (OTHER.format("b"), other))
    )
    (tmp_path / "t.csv").write_text(newline.join([ENHANCED, listed, rest, ""]), encoding="utf-8", newline="")
    items = pull(exchange_trace.CONNECTOR, tmp_path, "t.csv")
    assert [account.signals[0].first_at.month for account in accounts(items)] == ([month] if month else [])
    assert any(isinstance(item, Rejected) and "date_format" in item.reason for item in items) == (not month)


@pytest.mark.parametrize("newline", ["\n", "\r"], ids=["by DuckDB", "row by row"])
@pytest.mark.parametrize(
    ("other", "options", "read"),
    [
        ("1793607999", {}, True),
        ("2026-11-02T08:15:00Z", {}, False),
        ("11/02/2026 8:15 AM", {}, False),
        ("2026-11-02T08:15:00Z", {"date_format": "epoch"}, True),
    ],
)
def test_seconds_are_read_where_all_of_the_column_are(
    tmp_path: Path, newline: str, other: str, options: dict[str, str], read: bool
) -> None:
    """The other row is of a sender who is not on the list."""
    listed, rest = (
        line.replace("2026-11-02T08:15:00.0000000Z", text)
        for line, text in ((ONE.format("a"), "1793607300"), (OTHER.format("b"), other))
    )
    (tmp_path / "t.csv").write_text(newline.join([ENHANCED, listed, rest, ""]), encoding="utf-8", newline="")
    items = pull(exchange_trace.CONNECTOR, tmp_path, "t.csv", **options)
    assert [account.signals[0].first_at for account in accounts(items)] == [
        datetime(2026, 11, 2, 8, 15, tzinfo=UTC)
    ] * read
    assert any(isinstance(item, Rejected) for item in items) != read


def test_a_date_format_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"{ENHANCED}\n{ONE}\n")
    with pytest.raises(SourceDown, match="date_format 'soon' names no day"):
        pull(exchange_trace.CONNECTOR, tmp_path, "t.csv", date_format="soon")


def test_an_export_without_times_proves_no_separate_days(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "Sender,Recipient,Subject,Status\nverify@x.com,ada@maine.gov,New login to X,Delivered\n"
    )
    (account,) = accounts(pull(exchange_trace.CONNECTOR, tmp_path, "t.csv"))
    (signal,) = account.signals
    assert (signal.days, signal.first_at) == (0, NOW)
    assert account.evidence[0].detail == "1 message; the log has no dates"


PLAIN = "Received,Sender,Recipient,Subject,Status"
MAIL = "2026-11-02 08:15,verify@x.com,ada@maine.gov,New login to X,Delivered"
TIMES, SUBJECTS = "no column holds the times of the mails", "no mail of a platform has a subject here"
LACKING = [
    (PLAIN, [MAIL], []),
    (PLAIN.replace("Received", "Received on"), [MAIL], [TIMES]),
    (PLAIN.replace("Subject", "Betreff"), [MAIL], [SUBJECTS]),
    (PLAIN, [MAIL.replace("New login to X", "")], [SUBJECTS]),
    (PLAIN, [MAIL.replace("New login to X", "N/A"), MAIL], []),
    (PLAIN, [MAIL.replace("New login to X", "").replace("x.com", "vendor.example")], []),
    ("Sender,Recipient,Status", ["verify@x.com,ada@maine.gov,Delivered"], [TIMES, SUBJECTS]),
]


@pytest.mark.parametrize(("headings", "rows", "said"), LACKING)
@pytest.mark.parametrize("newline", ["\n", "\r"], ids=["by DuckDB", "row by row"])
def test_a_table_that_lacks_times_or_subjects_says_so(
    headings: str, rows: list[str], said: list[str], newline: str, tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text(newline.join([headings, *rows, ""]), encoding="utf-8", newline="")
    found = [item for item in pull(exchange_trace.CONNECTOR, tmp_path, "t.csv") if isinstance(item, Remark)]
    assert [(one.where, one.text.partition(",")[0], one.unread) for one in found] == [
        ("t.csv", text, text == TIMES) for text in said
    ]


def test_what_many_files_lack_is_told_once(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.csv").write_text("Sender,Recipient,Status\nverify@x.com,ada@maine.gov,Delivered\n")
    (tmp_path / "whole.csv").write_text(f"{PLAIN}\n{MAIL}\n")
    found = [item for item in pull(exchange_trace.CONNECTOR, tmp_path, ".") if isinstance(item, Remark)]
    assert [(one.where, one.text.partition(",")[0]) for one in found] == [("0.csv", TIMES), ("0.csv", SUBJECTS)]
    assert all(one.text.endswith(" This is so in 3 files.") for one in found)


def test_broken_rows_are_rejected_by_line_and_no_other_is_lost(tmp_path: Path) -> None:
    items = read(
        tmp_path,
        ONE.format("a"),
        "2026-11-02T08:15:00Z,too,few",
        OTHER.format("b").replace("RE: roads", '"two\nlines"'),
        ONE.format("c") + ",one,too,many",
        OTHER.format("d"),
        ONE.format("e"),
        "2026-11-02T08:15:0",
    )
    assert [item.where for item in items if isinstance(item, Rejected)] == [
        "trace.csv:3",
        "trace.csv:6",
        "trace.csv:9",
    ]
    assert [account.signals[0].count for account in accounts(items)] == [2]
    assert counts(items) == {"Raw": 1, "Rejected": 3, "Dropped": 3}


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_an_open_quotation_mark_costs_one_row(tmp_path: Path, suffix: str) -> None:
    lines = [
        ENHANCED,
        ONE.format("a"),
        '2026-11-02,"never closed,x,y',
        *(OTHER.format(n) for n in range(50)),
        ONE.format("z"),
    ]
    data = ("\n".join(lines) + "\n").encode()
    (tmp_path / f"t.csv{suffix}").write_bytes(gzip.compress(data) if suffix else data)
    items = pull(exchange_trace.CONNECTOR, tmp_path, f"t.csv{suffix}")
    assert [account.signals[0].count for account in accounts(items)] == [2]
    assert [item.where.rpartition(":")[2] for item in items if isinstance(item, Rejected)] == ["3"]
    assert counts(items)["Dropped"] == 51


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ONE.format("b").replace("2026-11-02T08:15:00.0000000Z", "yesterday"), "'yesterday' cannot be read"),
        (ONE.format("b").replace("2026-11-02", "2027-11-02"), "lies after the day that is judged"),
        (ONE.format("b").replace("ada@maine.gov##Receive, Deliver", "##Receive"), "no recipient"),
        (ENHANCED, "headings stand here again"),
    ],
)
def test_a_listed_row_that_cannot_be_used_is_rejected_by_line(tmp_path: Path, row: str, said: str) -> None:
    items = read(tmp_path, ONE.format("a"), OTHER.format("1"), row, ONE.format("c"))
    found = [item for item in items if isinstance(item, Rejected)]
    assert (found[0].where, said in found[0].reason) == ("trace.csv:4", True)
    assert [account.signals[0].count for account in accounts(items)] == [2]


def test_two_exports_joined_into_one_file(tmp_path: Path) -> None:
    other = "Recipient,Date,Sender,Subject,Status,Size\nada@maine.gov,2026-11-02,verify@x.com,New login,Delivered,1"
    with pytest.raises(SourceChanged, match=r"trace\.csv:3: other headings begin here"):
        read(tmp_path, ONE.format("a"), other)


def test_repeated_and_reordered_rows_change_nothing(tmp_path: Path) -> None:
    rows = [ONE.format(n) for n in range(5)] + [OTHER.format(n) for n in range(5)]
    once = accounts(read(tmp_path, *rows))
    random.Random(3).shuffle(rows)
    (tmp_path / "more").mkdir()
    read(tmp_path / "more", *rows, *rows, name="a.csv")
    read(tmp_path / "more", *rows[:4], name="b.csv", encoding="utf-16")
    items = pull(exchange_trace.CONNECTOR, tmp_path / "more", ["a.csv", "b.csv"])
    again = accounts(items)
    assert [account.signals for account in again] == [account.signals for account in once]
    assert sum(counts(items).values()) == 24


def test_mixed_generations_in_one_folder(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    read(tmp_path / "mail", ONE.format("a"), name="a.csv", encoding="utf-16")
    (tmp_path / "mail" / "b.csv").write_text(
        '"Received","SenderAddress","RecipientAddress","Subject","Status","MessageId"\n'
        '"11/17/2026 8:15:00 AM","verify@x.com","ada@maine.gov","New login to X","Delivered","<b@x.com>"\n'
    )
    with gzip.open(tmp_path / "mail" / "c.csv.gz", "wt", encoding="utf-8") as out:
        out.write(
            "Subject;Status;Recipient;Date;Sender\nNew login to X;Delivered;ada@maine.gov;2026-11-04;verify@x.com\n"
        )
    items = pull(exchange_trace.CONNECTOR, tmp_path, "mail")
    (account,) = accounts(items)
    assert (account.signals[0].count, account.signals[0].days) == (3, 3)
    assert account.provenance.where == "3 files, a.csv to c.csv.gz"


@pytest.mark.parametrize(
    ("name", "content", "error", "said"),
    [
        ("t.csv", b"", SourceDown, "empty"),
        ("t.csv", b"Date,Recipient\n1,2\n", SourceChanged, "no column holds the sender"),
        ("t.csv.gz", gzip.compress(ENHANCED.encode() * 9000)[:200], SourceDown, "cut off or damaged"),
        ("t.csv.gz", b"no gzip at all", SourceDown, "cut off or damaged"),
    ],
)
def test_files_that_cannot_be_used(
    tmp_path: Path, name: str, content: bytes, error: type[Exception], said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=said):
        pull(exchange_trace.CONNECTOR, tmp_path, name)


def test_a_long_packed_file_that_is_cut_off(tmp_path: Path) -> None:
    rows = "\n".join([ENHANCED, *(OTHER.format(random.Random(n).random()) for n in range(60_000))])
    packed = gzip.compress(rows.encode())
    (tmp_path / "t.csv.gz").write_bytes(packed[: len(packed) * 3 // 4])
    with pytest.raises(SourceDown, match="cut off or damaged"):
        pull(exchange_trace.CONNECTOR, tmp_path, "t.csv.gz")


def test_an_unusable_signals_file_stops_the_source(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(
        "platform,domains,mailbox,subject,kind,implies,stranger,note\nheartmatch,heartmatch.example,,,digest,strong,no,\n"
    )
    with pytest.raises(SourceDown, match="no platform of the catalogue"):
        pull(exchange_trace.CONNECTOR, tmp_path, "t.csv", signals="mine.csv")


def test_no_subject_survives(tmp_path: Path) -> None:
    """A canary in subjects and in senders that are not listed: no item, no record, no message holds it."""
    canary = "zanzibar-7731"
    rows = [ONE.format(n).replace("New login to X", f"New login {canary} {n}") for n in range(30)]
    rows += [ONE.format("x").replace("2026-11-02T08:15:00.0000000Z", "no time").replace("New login", canary)]
    rows += [OTHER.format(n).replace("pat@", f"{canary}@").replace("roads", canary) for n in range(30)]
    rows += [f"short,{canary}"]
    items = read(tmp_path, *rows)
    assert counts(items) == {"Raw": 1, "Dropped": 59, "Rejected": 2}
    assert canary not in repr(items) + repr(accounts(items))


@pytest.mark.parametrize("mailbox", ["a@b@c", "doe, jane <jane@maine.gov", "smtp:jane@maine.gov", "jane @maine.gov"])
def test_a_mailbox_that_is_no_address_is_a_bad_row(mailbox: str) -> None:
    with pytest.raises(BadRow, match="no mail address"):
        parse(Raw({"mailbox": mailbox, "platform": "x", "signals": []}, "mail", "t.csv", "0"))


def test_a_mailbox_in_quotation_marks_may_have_any_letter() -> None:
    mailbox = '"jane, at home"@maine.gov'
    found = parse(Raw({"mailbox": mailbox, "platform": "x", "signals": []}, "mail", "t.csv", "0"))
    assert found.registered_email == mailbox


row = st.sampled_from(
    [
        ONE, OTHER, ONE + ",more", "short,row", OTHER.replace("RE: roads", '"a\nb"'), ONE.replace("ada@", "lee@"),
        ONE.replace("Receive, Deliver", "Receive, Fail"),
        ONE.replace("ada@maine.gov##Receive, Deliver", "a@x.gov##Receive, Deliver;b@x.gov##Receive, Fail"),
        ONE.replace("New login to X", '"He said ""x"", and left"'),
    ]
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(row, st.integers(0, 9)), min_size=1, max_size=40), st.sampled_from(["utf-8", "utf-16"]))
def test_counts_add_up(tmp_path: Path, rows: list[tuple[str, int]], encoding: str) -> None:
    items = read(tmp_path, *(form.format(number) for form, number in rows), encoding=encoding)
    broken = sum(form.endswith("more") or form == "short,row" for form, _ in rows)
    several = sum("b@x.gov" in form for form, _ in rows)
    assert counts(items)["Rejected"] == broken
    assert sum(counts(items).values()) == len(rows) + several
    kept = {number for form, number in rows if form in {ONE} or 'He said ""x""' in form}
    kept -= {number for form, number in rows if "ada@maine.gov##Receive, Fail" in form}  # of one second: not arrived
    found = {account.registered_email: sum(one.count for one in account.signals) for account in accounts(items)}
    assert found.get("ada@maine.gov", 0) == len(kept)


def entry(**change: object) -> dict[str, object]:
    item: dict[str, object] = {
        "event_info": {"timestamp_usec": "1793606400000000", "success": True, "mail_event_type": "2"},
        "message_info": {
            "subject": "New login to X", "rfc2822_message_id": "<1>", "action_type": 1,
            "source": {"address": "verify@x.com", "from_header_address": "verify@x.com"},
            "destination": [{"address": "ada@maine.gov"}, {"address": "lee@maine.gov"}],
        },
    }  # fmt: skip
    for key, value in change.items():
        part, _, name = key.partition("__")
        item[part][name] = value  # type: ignore[index]
    return item


def test_bigquery_lines(tmp_path: Path) -> None:
    lines = [
        json.dumps(entry()),
        "{broken",
        json.dumps(entry(message_info__rfc2822_message_id="<2>", event_info__mail_event_type="4")),
        json.dumps(entry(message_info__rfc2822_message_id="<3>", message_info__source={"address": "a@b.example"})),
        "[1]",
    ]
    (tmp_path / "t.jsonl").write_text("\n".join(lines) + "\n")
    items = pull(google_mail_log.CONNECTOR, tmp_path, "t.jsonl")
    assert [item.where for item in items if isinstance(item, Rejected)] == ["t.jsonl:2", "t.jsonl:5"]
    assert {account.registered_email: account.signals[0].count for account in accounts(items)} == {
        "ada@maine.gov": 1,
        "lee@maine.gov": 1,
    }


@pytest.mark.parametrize("broken", ["", "\n{"])
def test_a_name_in_the_from_header_alone_is_weak(tmp_path: Path, broken: str) -> None:
    source = {"address": "bounce@mailer.example", "from_header_address": "verify@x.com"}
    (tmp_path / "t.jsonl").write_text(json.dumps(entry(message_info__source=source)) + broken)
    found = accounts(pull(google_mail_log.CONNECTOR, tmp_path, "t.jsonl"))
    assert [one.strength for account in found for one in account.signals] == [Strength.WEAK, Strength.WEAK]


def test_a_parquet_file_of_another_schema(tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 1 AS a) TO '{tmp_path / 't.parquet'}'")
    with pytest.raises(SourceChanged, match="not the schema"):
        pull(google_mail_log.CONNECTOR, tmp_path, "t.parquet")
    (tmp_path / "u.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(SourceDown, match="damaged"):
        pull(google_mail_log.CONNECTOR, tmp_path, "u.parquet")
