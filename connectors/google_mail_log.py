"""Google Workspace mail logs: the CSV of Email Log Search, and the BigQuery export of Gmail logs as
Parquet or JSON Lines.

Email Log Search has one row an event (support.google.com/a/answer/13828463); the same message to the same
mailbox counts
once. The BigQuery schema is that of support.google.com/a/answer/12384955. There, mail whose envelope
belongs to somebody
else, and which a platform's name stands on in the From header alone, is weak at best.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from connectors.contract import Access, Connector, Covers, Expect, Item, Rejected, Source, SourceChanged, SourceDown
from connectors.files import OPTIONS, delimited, paths
from connectors.files.progress import Told
from connectors.mail import query as mail_query
from connectors.mail.accounts import parse
from connectors.mail.feeds import Shape, feed, relation, unpacked
from connectors.mail.scan import SIGNALS_OPTION, Entry, Feed, scan, table
from connectors.mail.signals import Signals, told_of
from connectors.records import Account

SHAPE = Shape(
    spellings={
        "sender": ("sender", "sender_address"),
        "recipient_address": ("recipient_address", "recipient"),
        "recipient_status": (),
        "status": ("event_target",),
        "subject": ("subject",),
        "message_id": ("message_id",),
        "sent_at": ("start_date", "event_date", "date", "end_date"),
        "direction": ("direction",),
    },
    required={"sender": "sender (Sender)", "recipient_address": "recipient (Recipient address)"},
)
RECEIVED = (2, 6)
"""event_info.mail_event_type: received, released from quarantine. Others are sendings and spam verdicts."""
LONGEST = 16 * 1024**2
"""Bytes of the longest line of JSON that is read fast."""


def fetch(source: Source) -> Iterator[Item]:
    """What the logs say, one item a mailbox and platform. Raises SourceDown, SourceChanged."""
    signals = table(source)
    yield from scan(source, paths(source), lambda path: _feed(path, source, signals), signals)


def _feed(path: Path, source: Source, signals: Signals) -> Feed:
    name = path.name.lower().removesuffix(".gz")
    if path.stat().st_size == 0:
        raise SourceDown(f"{path} is empty (0 bytes). Export it again.")
    if name.endswith(".parquet"):
        return _parquet(path, signals)
    if name.endswith((".jsonl", ".ndjson", ".json")):
        return Feed(path.name, partial(_lines, path, signals), _json(path, signals))
    return feed(path, path.name, source, SHAPE)


def _parquet(path: Path, signals: Signals) -> Feed:
    source = f"read_parquet({mail_query.text(str(path))}, hive_partitioning = false)"
    try:
        with duckdb.connect() as connection:
            connection.execute(f"SELECT {', '.join(_columns('{}', signals).values())} FROM {source} LIMIT 0")  # noqa: S608
    except duckdb.BinderException as fault:
        raise SourceChanged(f"{path.name}: not the schema of Gmail logs in BigQuery ({_brief(fault)}).") from fault
    except duckdb.Error as fault:
        raise SourceDown(f"{path.name} is damaged or no Parquet file ({_brief(fault)}). Export it again.") from fault

    def exact(_: Told) -> Iterator[Entry | Rejected]:
        with duckdb.connect() as connection:
            found = connection.execute(relation(_columns("{}", signals), source))
            names, number = [column[0] for column in found.description or []], 0
            while rows := found.fetchmany(10_000):
                for row in rows:
                    number += 1
                    values = {name: str(value or "") for name, value in zip(names, row, strict=True)}
                    yield {**values, "place": f"{path.name}:{number}"}

    return Feed(path.name, exact, relation(_columns("{}", signals), source))


def _columns(form: str, signals: Signals) -> dict[str, str]:
    """The feed's columns from the export's; `form` turns a dotted name into an SQL expression."""

    def field(name: str) -> str:
        return form.format(name)

    envelope, header = field("message_info.source.address"), field("message_info.source.from_header_address")
    listed = f"coalesce({mail_query.near(signals, envelope)}, false)"
    to = f"list_transform({field('message_info.destination')}, lambda one: one.address)"
    return {
        "sender": f"CASE WHEN {listed} THEN {envelope} ELSE coalesce({header}, {envelope}) END",
        "recipient_address": f"array_to_string({to}, ';')",
        "status": f"""CASE WHEN {field("event_info.mail_event_type")}::BIGINT IN {RECEIVED}
            AND coalesce({field("event_info.success")}::BOOLEAN, true) THEN '' ELSE 'drop' END""",
        "subject": field("message_info.subject"),
        "message_id": field("message_info.rfc2822_message_id"),
        "sent_at": f"make_timestamp({field('event_info.timestamp_usec')}::BIGINT)::VARCHAR",
        "doubtful": f"CASE WHEN {listed} THEN '' ELSE 'yes' END",
    }


SCHEMA = (
    '{"event_info":{"timestamp_usec":"BIGINT","success":"BOOLEAN","mail_event_type":"BIGINT"},'
    '"message_info":{"subject":"VARCHAR","rfc2822_message_id":"VARCHAR","source":{"address":"VARCHAR",'
    '"from_header_address":"VARCHAR"},"destination":[{"address":"VARCHAR"}]}}'
)


def _json(path: Path, signals: Signals) -> str:
    """JSON Lines as a relation; a line that is no such object is an error, and then `_lines` finds it."""
    lines = (
        f"read_csv({mail_query.text(str(path))}, auto_detect = false, header = false, delim = '\\0', quote = '', "
        f"escape = '', columns = {{'line': 'VARCHAR'}}, max_line_size = {LONGEST})"
    )
    return relation(
        _columns("one.{}", signals),
        f"(SELECT from_json_strict(line, '{SCHEMA}') AS one FROM {lines})",  # noqa: S608
    )


def _lines(path: Path, signals: Signals, told: Told) -> Iterator[Entry | Rejected]:
    with unpacked(path) as plain:
        for number, line in enumerate(delimited.lines(plain, "utf-8-sig", told=told), start=1):
            if not line.strip():
                continue
            place = f"{path.name}:{number}"
            try:
                yield {**_entry(json.loads(line), signals), "place": place}
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                yield Rejected(place, "the line is no Gmail log entry in JSON; correct it in the export")


def _entry(item: Mapping[str, Any], signals: Signals) -> dict[str, str]:
    message, event = item["message_info"], item["event_info"]
    envelope, header = (str(message["source"].get(name) or "") for name in ("address", "from_header_address"))
    listed = signals.near(envelope)
    received = int(event["mail_event_type"]) in RECEIVED and str(event.get("success", True)).lower() != "false"
    micros = int(event["timestamp_usec"])
    return {
        "sender": envelope if listed else header or envelope,
        "recipient_address": ";".join(str(one.get("address") or "") for one in message["destination"]),
        "status": "" if received else "drop",
        "subject": str(message.get("subject") or ""),
        "message_id": str(message.get("rfc2822_message_id") or ""),
        "sent_at": _iso(micros),
        "doubtful": "" if listed else "yes",
    }


def _iso(micros: int) -> str:
    """Microseconds since 1970 as ISO 8601; empty where no calendar has them."""
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)).replace(tzinfo=None).isoformat()
    except OverflowError:
        return ""


def _brief(fault: Exception) -> str:
    return str(fault).strip().splitlines()[0][:200]


CONNECTOR: Connector = Connector(
    name="google_mail_log",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Mails of platforms in Google Workspace logs (Email Log Search, BigQuery; exported files)",
    fetch=fetch,
    parse=parse,
    expect=Expect(may_shrink=0.9, may_reject=0.05),
    options={name: OPTIONS[name] for name in ("path", "columns", "encoding", "separator")} | SIGNALS_OPTION,
    adds_up=True,
    platforms=told_of(),
    covers=Covers.EVERYBODY,
)
