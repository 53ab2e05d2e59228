"""Whether a mail arrived and who sent it: every log's words, the last fate, unknown words, checks of the sender."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from connectors import exchange_trace, google_mail_log
from connectors.contract import Connector, Dropped, Item, Raw, Remark, Source, SourceChanged, SourceDown
from connectors.mail.accounts import parse
from connectors.mail.fates import TABLE, Fate, known
from connectors.records import Strength
from connectors.reference import table

MAIL = {"sender": "verify@x.com", "to": "ada@maine.gov", "subject": "New login to X", "id": "<1@x.example>"}
SUMMARY = {"sender": "Sender", "to": "Recipient", "subject": "Subject", "id": "MessageId", "at": "Date"}
TRACKING = {
    "sender": "sender_address", "to": "recipient_address", "subject": "message_subject", "id": "message_id",
    "at": "date_time_utc",
}  # fmt: skip
DEFENDER = {
    "sender": "SenderFromAddress", "to": "RecipientEmailAddress", "subject": "Subject", "id": "InternetMessageId",
    "at": "Timestamp",
}  # fmt: skip
SEARCH = {"sender": "Sender", "to": "Recipient address", "subject": "Subject", "id": "Message ID", "at": "Event date"}


def log(names: dict[str, str], rows: list[dict[str, str]]) -> str:
    """A log in these headings; a row is what differs from MAIL, in our names or in the log's."""
    headed = [
        {names.get(name, name): value for name, value in {"at": f"2026-11-02T08:00:0{at}Z", **MAIL, **row}.items()}
        for at, row in enumerate(rows)
    ]
    text = StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in headed for name in row)))
    writer.writeheader()
    writer.writerows(headed)
    return text.getvalue()


def pull(connector: Connector, folder: Path, text: str, name: str = "t.csv", **options: object) -> list[Item]:
    (folder / name).write_text(text, encoding="utf-8")
    return list(connector.fetch(Source("mail", folder, {"path": name, **options})))


def arrived(items: list[Item]) -> list[str]:
    return [item.values["mailbox"] for item in items if isinstance(item, Raw)]


def remarks(items: list[Item]) -> str:
    return " ".join(item.text for item in items if isinstance(item, Remark))


STORIES = [
    (SUMMARY, [{"Status": "Delivered"}], True),
    (SUMMARY, [{"Status": "delivered "}], True),
    *((SUMMARY, [{"Status": word}], False) for word in (
        "Failed", "Quarantined", "FilteredAsSpam", "Filtered as spam", "Pending", "GettingStatus", "Getting status",
        "Expanded", "None",
    )),
    (SUMMARY, [{"Status": "Pending"}, {"Status": "Delivered"}], True),
    (SUMMARY, [{"Status": "Quarantined"}, {"Status": "Delivered"}], True),
    (SUMMARY, [{"Status": "Delivered"}, {"Status": "Quarantined"}], False),
    (SUMMARY, [{"Status": "Delivered", "at": "2026-11-02"}, {"Status": "Failed", "at": "2026-11-02"}], False),
    (TRACKING, [{"event_id": "RECEIVE"}, {"event_id": "DELIVER"}], True),
    (TRACKING, [{"event_id": word} for word in ("RECEIVE", "DEFER", "DELIVER", "AGENTINFO")], True),
    (TRACKING, [{"event_id": "RECEIVE"}], False),
    (TRACKING, [{"event_id": "SEND"}], False),
    (TRACKING, [{"event_id": "RECEIVE"}, {"event_id": "DROP"}], False),
    (TRACKING, [{"event_id": "FAIL"}, {"event_id": "RESUBMIT"}, {"event_id": "DELIVER"}], True),
    (DEFENDER, [{"DeliveryAction": "Delivered", "DeliveryLocation": "Inbox/folder"}], True),
    (DEFENDER, [{"DeliveryAction": "Replaced", "DeliveryLocation": "On-premises/External"}], True),
    (DEFENDER, [{"DeliveryAction": "Junked", "DeliveryLocation": "Junk folder"}], False),
    (DEFENDER, [{"DeliveryAction": "Delivered", "DeliveryLocation": "Junk folder"}], False),
    (DEFENDER, [{"DeliveryAction": "Blocked", "DeliveryLocation": "Dropped"}], False),
    (DEFENDER, [{"DeliveryAction": "Delivered", "LatestDeliveryLocation": "Quarantine"}], False),
    (DEFENDER, [{"DeliveryAction": "Blocked", "LatestDeliveryLocation": "Inbox/folder"}], True),
    (DEFENDER, [{"DeliveryAction": "Delivered", "LatestDeliveryLocation": "Deleted items"}], True),
    (DEFENDER, [{"DeliveryAction": "Delivered", "LatestDeliveryLocation": "Deleted items folder"}], True),
    (DEFENDER, [{"DeliveryAction": "Blocked", "LatestDeliveryLocation": "Deleted items"}], False),
    (DEFENDER, [{"DeliveryAction": "Delivered", "EmailDirection": "Outbound"}], False),
    (SEARCH, [{"Event target": "SMTP_IN"}, {"Event target": "GMAIL_INBOX"}], True),
    (SEARCH, [{"Event target": "GMAIL_INBOX", "Event status": "Delivered"}], True),
    (SEARCH, [{"Event target": "GMAIL_INBOX", "Event status": "Quarantined"}], False),
    (SEARCH, [{"Event target": "SMTP_IN", "Event status": "OK"}], False),
    (SEARCH, [{"Event target": "LIST_SERVER", "Event status": "Delivered"}], False),
    (SEARCH, [{"Event target": "GMAIL_SPAM", "Event status": "Marked as spam"}], False),
    (SEARCH, [{"Event target": "SMTP_IN", "Event status": "BOUNCED"}], False),
    (SEARCH, [{"Event status": "Delivered to Gmail inbox"}], True),
    (SEARCH, [{"Event status": "In progress"}, {"Event status": "Delivered"}], True),
    (SEARCH, [{"Event target": "GMAIL_INBOX"}, {"Event target": "GMAIL_SPAM"}], False),
    (SEARCH, [{"Event target": "GMAIL_INBOX", "id": "SMTPIN_ADDED_REJECT_SESSION", "subject": "N/A"}], False),
]  # fmt: skip


@pytest.mark.parametrize(("names", "rows", "delivered"), STORIES)
def test_what_became_of_a_mail(
    tmp_path: Path, names: dict[str, str], rows: list[dict[str, str]], delivered: bool
) -> None:
    connector = google_mail_log.CONNECTOR if names is SEARCH else exchange_trace.CONNECTOR
    items = pull(connector, tmp_path, log(names, rows))
    assert arrived(items) == (["ada@maine.gov"] if delivered else [])
    assert remarks(items) == ""
    assert sum(item.count if isinstance(item, Dropped) else 1 for item in items) == len(rows)
    if delivered:
        assert [parse(item).signals[0].count for item in items if isinstance(item, Raw)] == [1]


STEPS = [
    ("Receive, Deliver", True),
    ("Receive, Defer, Deliver", True),
    ("Receive,Defer,Defer,Deliver", True),
    ("Receive, Resolve, Deliver", True),
    ("Receive, Send", True),
    ("Receive, Quarantine, Deliver", True),
    ("Receive, Deliver, Fail", False),
    ("Receive", False),
    ("Receive, Defer", False),
    ("Receive, Spam, Deliver", False),
    ("Receive, Quarantine", False),
    ("Receive, Expand", False),
    ("Receive, Drop", False),
    ("Redirect, Deliver", False),
    ("Receive, Redirect, Deliver", False),
]


@pytest.mark.parametrize(("steps", "delivered"), STEPS)
def test_the_last_step_of_a_recipient_decides(tmp_path: Path, steps: str, delivered: bool) -> None:
    headings = "origin_timestamp,sender_address,Recipient_status,message_subject,message_id"
    to = f"ada@maine.gov##{steps};lee@maine.gov##Receive, Deliver"
    text = f'{headings}\n2026-11-02,verify@x.com,"{to}",New login to X,<1>\n'
    items = pull(exchange_trace.CONNECTOR, tmp_path, text)
    others = [] if "Expand" in steps else ["lee@maine.gov"]  # of a message that went to a group, nobody's
    assert arrived(items) == [*(["ada@maine.gov"] if delivered else []), *others]


LEE, GROUP = {"to": "lee@maine.gov"}, {"to": "web@maine.gov"}
BY_WAY_OF_ANOTHER = [
    (SUMMARY, [{"Status": "Expanded", **GROUP}, {"Status": "Delivered"}, {"Status": "Delivered", **LEE}], []),
    (SUMMARY, [{"Status": "Delivered"}, {"Status": "Expanded", **GROUP}, {"Status": "Delivered", "id": "<2@x>", **LEE}],
     ["lee@maine.gov"]),
    (TRACKING, [{"event_id": "RECEIVE", **GROUP}, {"event_id": "EXPAND"}, {"event_id": "DELIVER"}], []),
    (TRACKING, [{"event_id": "REDIRECT", **LEE}, {"event_id": "DELIVER"}, {"event_id": "DELIVER", **LEE}],
     ["ada@maine.gov"]),
    (TRACKING, [{"event_id": "RESOLVE"}, {"event_id": "DELIVER"}], ["ada@maine.gov"]),
    (SEARCH, [{"Event target": "LIST_SERVER", **GROUP}, {"Event target": "GMAIL_INBOX"}], []),
]  # fmt: skip


@pytest.mark.parametrize(("names", "rows", "expected"), BY_WAY_OF_ANOTHER)
def test_what_came_by_way_of_a_group_or_of_somebody_else_names_nobody(
    tmp_path: Path, names: dict[str, str], rows: list[dict[str, str]], expected: list[str]
) -> None:
    """The account hangs on the address that was written to, and not on whom the mail reached in the end."""
    connector = google_mail_log.CONNECTOR if names is SEARCH else exchange_trace.CONNECTOR
    items = pull(connector, tmp_path, log(names, rows))
    assert (arrived(items), remarks(items)) == (expected, "")


def test_two_logs_of_one_message(tmp_path: Path) -> None:
    """Deferred in the log of one day and delivered in that of the next: delivered, once."""
    (tmp_path / "a.csv").write_text(log(SUMMARY, [{"Status": "Pending"}]))
    (tmp_path / "b.csv").write_text(log(SUMMARY, [{"Status": "Delivered", "at": "2026-11-03"}]))
    items = list(exchange_trace.fetch(Source("mail", tmp_path, {"path": ["b.csv", "a.csv"]})))
    assert [parse(item).signals[0].count for item in items if isinstance(item, Raw)] == [1]


@pytest.mark.parametrize("word", ["Zugestellt", "Teleported", "25 OK", ""])
@pytest.mark.parametrize("newline", ["\n", "\r"], ids=["by DuckDB", "row by row"])
def test_a_word_that_is_not_known(tmp_path: Path, word: str, newline: str) -> None:
    rows = [{"Status": "Delivered", "id": "<1>"}, {"Status": "Delivered", "id": "<2>"}, {"Status": word, "id": "<3>"}]
    (tmp_path / "t.csv").write_text(log(SUMMARY, rows).replace("\r\n", newline), newline="")
    items = list(exchange_trace.fetch(Source("mail", tmp_path, {"path": "t.csv"})))
    assert [parse(item).signals[0].count for item in items if isinstance(item, Raw)] == [2]
    assert (repr(word) if word else "nothing says whether 1 platform mail") in remarks(items)
    assert Dropped(1, "not clear whether it was delivered") in items
    with pytest.raises(SourceChanged, match="prove nothing"):
        pull(exchange_trace.CONNECTOR, tmp_path, log(SUMMARY, rows[2:]))


def test_the_organization_says_what_its_words_mean(tmp_path: Path) -> None:
    rows = [{"Status": "Zugestellt"}, {"Status": "Verworfen", "to": "lee@maine.gov"}]
    fates = {"zugestellt": "delivered", "Verworfen": "not delivered"}
    items = pull(exchange_trace.CONNECTOR, tmp_path, log(SUMMARY, rows), fates=fates)
    assert (arrived(items), remarks(items)) == (["ada@maine.gov"], "")
    with pytest.raises(SourceDown, match=r"fates in audit\.toml"):
        pull(exchange_trace.CONNECTOR, tmp_path, log(SUMMARY, rows), fates={"Zugestellt": "yes"})


@pytest.mark.parametrize(
    ("connector", "names"), [(exchange_trace.CONNECTOR, SUMMARY), (google_mail_log.CONNECTOR, SEARCH)]
)
def test_a_log_that_says_of_no_mail_whether_it_arrived(
    tmp_path: Path, connector: Connector, names: dict[str, str]
) -> None:
    with pytest.raises(SourceChanged, match="no column holds the fate of a message"):
        pull(connector, tmp_path, log(names, [{}]))


FORGED = {"subject": "Quarterly figures"}
SENDERS = [
    ({}, Strength.WEAK),
    ({"AuthenticationDetails": '{"SPF":"pass","DKIM":"pass","DMARC":"pass","CompAuth":"pass"}'}, Strength.STRONG),
    ({"AuthenticationDetails": '{"SPF":"fail","DKIM":"none","DMARC":"fail","CompAuth":"fail"}'}, Strength.WEAK),
    ({"AuthenticationDetails": '{"SPF":"none","DMARC":"bestguesspass"}'}, Strength.WEAK),
    ({"AuthenticationDetails": '{"SPF":"pass"}', "SenderMailFromAddress": "b-7@bounce.x.com"}, Strength.STRONG),
    ({"AuthenticationDetails": '{"SPF":"pass"}', "SenderMailFromAddress": "b-7@mailer.example"}, Strength.WEAK),
    ({"AuthenticationDetails": '{"SPF":"softfail"}', "SenderMailFromAddress": "b-7@x.com"}, Strength.WEAK),
]


@pytest.mark.parametrize(("checks", "strength"), SENDERS)
def test_anybody_can_write_under_a_platforms_address(
    tmp_path: Path, checks: dict[str, str], strength: Strength
) -> None:
    items = pull(
        exchange_trace.CONNECTOR, tmp_path, log(DEFENDER, [{"DeliveryAction": "Delivered", **FORGED, **checks}])
    )
    assert [parse(item).registration for item in items if isinstance(item, Raw)] == [strength]


def entry(kind: int, **more: object) -> str:
    message = {
        "subject": "Quarterly figures", "rfc2822_message_id": "<1>", "destination": [{"address": "ada@maine.gov"}],
        "source": {"address": "verify@x.com", "from_header_address": "verify@x.com"}, **more,
    }  # fmt: skip
    event = {"timestamp_usec": str(1793606400000000 + kind), "success": True, "mail_event_type": kind}
    return json.dumps({"event_info": event, "message_info": message})


FROM_HEADER = {"address": "a@b.example", "from_header_address": "verify@x.com"}


@pytest.mark.parametrize("broken", ["", "{\n"], ids=["by DuckDB", "line by line"])
@pytest.mark.parametrize(
    ("kinds", "more", "strength"),
    [
        ([2], {}, Strength.WEAK),
        ([2], {"connection_info": {"dmarc_pass": True, "spf_pass": False}}, Strength.STRONG),
        ([2], {"connection_info": {"spf_pass": True}}, Strength.STRONG),
        ([2], {"connection_info": {"spf_pass": True}, "source": FROM_HEADER}, Strength.WEAK),
        ([2], {"connection_info": {"dmarc_pass": True}, "source": FROM_HEADER}, Strength.STRONG),
        ([2, 4], {}, None),
        ([2, 7, 13], {}, Strength.WEAK),
        ([5], {}, None),
        ([5, 6], {}, Strength.WEAK),
        ([3], {}, None),
    ],
)  # fmt: skip
def test_bigquery_says_both(
    tmp_path: Path, broken: str, kinds: list[int], more: dict[str, object], strength: Strength | None
) -> None:
    text = "".join(f"{entry(kind, **more)}\n" for kind in kinds) + broken
    items = pull(google_mail_log.CONNECTOR, tmp_path, text, "t.jsonl")
    assert [parse(item).registration for item in items if isinstance(item, Raw)] == ([strength] if strength else [])


@pytest.mark.parametrize("columns", ["", ", 'connection_info': {'dmarc_pass': true, 'spf_pass': true}"])
def test_bigquery_as_parquet(tmp_path: Path, columns: str) -> None:
    import duckdb

    with duckdb.connect() as connection:
        event = "{'timestamp_usec': 1793606400000000, 'success': true, 'mail_event_type': 2}"
        sender = "{'address': 'verify@x.com', 'from_header_address': 'verify@x.com'}"
        to = "'destination': [{'address': 'ada@maine.gov'}]"
        message = f"{{'subject': 'Figures', 'rfc2822_message_id': '<1>', 'source': {sender}, {to}{columns}}}"
        query = f"SELECT {event} AS event_info, {message} AS message_info"
        connection.execute(f"COPY ({query}) TO '{tmp_path / 't.parquet'}' (FORMAT parquet)")
    items = list(google_mail_log.fetch(Source("mail", tmp_path, {"path": "t.parquet"})))
    expected = Strength.STRONG if columns else Strength.WEAK
    assert [parse(item).registration for item in items if isinstance(item, Raw)] == [expected]


def test_ids_and_subjects_that_say_there_is_none(tmp_path: Path) -> None:
    """Two mails without an id are not one; "N/A" is no subject."""
    rows = [{"Event target": "GMAIL_INBOX", "id": "N/A", "subject": "N/A"} for _ in range(3)]
    items = pull(google_mail_log.CONNECTOR, tmp_path, log(SEARCH, rows))
    (signal,) = [one for item in items if isinstance(item, Raw) for one in parse(item).signals]
    assert (signal.count, signal.strength, signal.third_party) == (3, Strength.WEAK, True)


def test_the_table_of_fates_can_be_used() -> None:
    rows = table(TABLE)
    assert {row["delivered"] for row in rows} == {*Fate} - {Fate.UNKNOWN}
    for system in {row["system"] for row in rows}:
        words = [row["word"] for row in rows if row["system"] == system]
        assert len({"".join(filter(str.isalnum, word.casefold())) for word in words}) == len(words), system
    assert known("exchange").row("Delivered", "", "quarantine") == (Fate.NO, "")
    assert known("postfix").row("sent to a filter")[0] is Fate.NOT_YET
