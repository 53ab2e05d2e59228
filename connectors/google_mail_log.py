"""Google Workspace mail logs: the CSV of Email Log Search, and Gmail logs of BigQuery as Parquet or JSON Lines.

Email Log Search has one row an event (support.google.com/a/answer/13828463); a message to a mailbox counts once. The
BigQuery schema: support.google.com/a/answer/12384955. Mail with somebody else's envelope is weak at best there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from connectors.contract import (
    Access,
    Connector,
    Covers,
    Expect,
    Interface,
    Item,
    Rejected,
    Source,
    SourceChanged,
    SourceDown,
)
from connectors.files import OPTIONS, paths, table
from connectors.files.progress import Tell
from connectors.mail import query as mail_query
from connectors.mail.accounts import parse
from connectors.mail.fates import Fates, known
from connectors.mail.log_files import Shape, feed, feed_relation
from connectors.mail.log_text import log_lines
from connectors.mail.scan import FILE_OPTIONS, Entry, Feed, scan, signals_of
from connectors.mail.signals import Signals, told_of
from connectors.records import Account
from connectors.spark import places
from connectors.spark.mails import scan_tables

SHAPE = Shape(
    system="google",
    spellings={
        "sender": ("sender", "sender_address", "from_(header_address)", "from_header_address", "from"),
        "recipient_address": ("recipient_address", "recipient", "recipients", "to"),
        "recipient_status": (),
        "status": ("event_target", "target"),
        "outcome": ("event_status", "message_delivered_status", "delivery_status", "status"),
        "latest": (),
        "subject": ("subject",),
        "message_id": ("message_id",),
        "sent_at": ("event_date", "start_date", "date", "end_date"),
        "direction": ("direction",),
        "auth": (),
        "envelope": (),
    },
    required={
        ("sender",): "sender (Sender)",
        ("recipient_address",): "recipient (Recipient address)",
        ("status", "outcome"): "fate of a message (Event target and Event status), so nothing shows that one arrived",
    },
)
LONGEST = 16 * 1024**2
"""Bytes of the longest line of JSON that is read fast."""


def fetch(source: Source) -> Iterator[Item]:
    """What the logs say, one item a mailbox and platform. Raises SourceDown, SourceChanged."""
    signals = signals_of(source)
    if places.on_cluster(source.options):
        yield from scan_tables(source, SHAPE, signals, partial(_nested, signals), "gmail")
        return
    yield from scan(source, paths(source), lambda path, place: _feed(path, place, source, signals), signals)


def _feed(path: Path, place: str, source: Source, signals: Signals) -> Feed:
    name = path.name.lower().removesuffix(".gz")
    if path.stat().st_size == 0:
        raise SourceDown(f"{place} is empty (0 bytes). Export it again.")
    if name.endswith(".parquet"):
        return _parquet(path, place, signals, known("gmail", source))
    if name.endswith((".jsonl", ".ndjson", ".json")):
        words = known("gmail", source)
        return Feed(place, partial(_lines, path, place, signals), _json(path, signals), fates=words)
    return feed(path, place, source, SHAPE)


def _parquet(path: Path, place: str, signals: Signals, words: Fates) -> Feed:
    source = table.parquet_relation(path)
    try:
        with table.connected(path) as connection:
            columns = _there(signals, connection.sql(f"FROM {source}"))
    except duckdb.BinderException as fault:
        raise SourceChanged(f"{place}: not the schema of Gmail logs in BigQuery ({table.brief(fault)}).") from fault
    except duckdb.Error as fault:
        raise SourceDown(f"{place} {table.unusable_parquet(fault)}") from fault

    def exact(_: Tell) -> Iterator[Entry | Rejected]:
        with table.connected(path) as connection:
            found = connection.execute(feed_relation(columns, source))
            names, number = [column[0] for column in found.description or []], 0
            while rows := found.fetchmany(10_000):
                for row in rows:
                    number += 1
                    values = {name: str(value or "") for name, value in zip(names, row, strict=True)}
                    yield {**values, "place": f"{place}:{number}"}

    return Feed(place, exact, feed_relation(columns, source), fates=words)


def _nested(signals: Signals, described: duckdb.DuckDBPyRelation) -> dict[str, str] | None:
    """The feed's columns of a table of Gmail logs, if it is one; raises SourceChanged for one of another schema."""
    if "message_info" not in described.columns:
        return None
    try:
        return _there(signals, described)
    except duckdb.BinderException as fault:
        raise SourceChanged(f"not the schema of Gmail logs in BigQuery ({table.brief(fault)}).") from fault


def _there(signals: Signals, described: duckdb.DuckDBPyRelation) -> dict[str, str]:
    """The feed's columns of an export, of which an older one lacks some. Raises BinderException for another schema."""
    columns = _columns("{}", signals)
    try:
        described.project(", ".join(AUTH.values()))
    except duckdb.BinderException:
        columns = {name: form for name, form in columns.items() if name not in ("auth", "envelope")}
    described.project(", ".join(columns.values()))
    return columns


def _columns(form: str, signals: Signals) -> dict[str, str]:
    """The feed's columns from the export's; `form` turns a dotted name into an SQL expression."""

    def field(name: str) -> str:
        return form.format(name)

    envelope, header = field("message_info.source.address"), field("message_info.source.from_header_address")
    listed = f"coalesce({mail_query.near(signals, envelope)}, false)"
    to = f"list_transform({field('message_info.destination')}, lambda one: one.address)"
    auth = [
        f"CASE {field(name)}::BOOLEAN WHEN true THEN '{check}=pass' WHEN false THEN '{check}=fail' END"
        for check, name in AUTH.items()
    ]
    return {
        "sender": f"CASE WHEN {listed} THEN {envelope} ELSE coalesce({header}, {envelope}) END",
        "recipient_address": f"array_to_string({to}, ';')",
        "status": f"""CASE WHEN coalesce({field("event_info.success")}::BOOLEAN, true)
            THEN {field("event_info.mail_event_type")}::VARCHAR ELSE 'failed' END""",
        "subject": field("message_info.subject"),
        "message_id": field("message_info.rfc2822_message_id"),
        "sent_at": f"make_timestamp({field('event_info.timestamp_usec')}::BIGINT)::VARCHAR",
        "doubtful": f"CASE WHEN {listed} THEN '' ELSE 'yes' END",
        "auth": f"concat_ws(' ', {', '.join(auth)})",
        "envelope": envelope,
    }


VERDICTS = {"true": "pass", "false": "fail"}
AUTH = {
    "dmarc": "message_info.connection_info.dmarc_pass",
    "spf": "message_info.connection_info.spf_pass",
}
"""Checks of the sender by the field that says whether they passed; exports may lack them."""
SCHEMA = (
    '{"event_info":{"timestamp_usec":"BIGINT","success":"BOOLEAN","mail_event_type":"BIGINT"},'
    '"message_info":{"subject":"VARCHAR","rfc2822_message_id":"VARCHAR","source":{"address":"VARCHAR",'
    '"from_header_address":"VARCHAR"},"destination":[{"address":"VARCHAR"}],'
    '"connection_info":{"dmarc_pass":"BOOLEAN","spf_pass":"BOOLEAN"}}}'
)


def _json(path: Path, signals: Signals) -> str:
    """JSON Lines as a relation; a line that is no such object is an error, and then `_lines` finds it."""
    lines = (
        f"read_csv({table.file_sql(path)}, auto_detect = false, header = false, delim = '\\0', quote = '', "
        f"escape = '', columns = {{'line': 'VARCHAR'}}, max_line_size = {LONGEST})"
    )
    return feed_relation(
        _columns("one.{}", signals),
        f"(SELECT from_json_strict(line, '{SCHEMA}') AS one FROM {lines})",  # noqa: S608
    )


def _lines(path: Path, place: str, signals: Signals, told: Tell) -> Iterator[Entry | Rejected]:
    for number, line in enumerate(log_lines(path, told), start=1):
        if not line.strip():
            continue
        where = f"{place}:{number}"
        try:
            yield {**_entry(json.loads(line), signals), "place": where}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            yield Rejected(where, "the line is no Gmail log entry in JSON; correct it in the export")


def _entry(item: Mapping[str, Any], signals: Signals) -> dict[str, str]:
    message, event = item["message_info"], item["event_info"]
    envelope, header = (str(message["source"].get(name) or "") for name in ("address", "from_header_address"))
    listed = signals.near(envelope)
    succeeded = str(event.get("success", True)).lower() != "false"
    checks = {
        check: (message.get("connection_info") or {}).get(name.rpartition(".")[2]) for check, name in AUTH.items()
    }
    micros = int(event["timestamp_usec"])
    return {
        "sender": envelope if listed else header or envelope,
        "recipient_address": ";".join(str(one.get("address") or "") for one in message["destination"]),
        "status": str(int(event["mail_event_type"])) if succeeded else "failed",
        "subject": str(message.get("subject") or ""),
        "message_id": str(message.get("rfc2822_message_id") or ""),
        "sent_at": _iso(micros),
        "doubtful": "" if listed else "yes",
        "auth": " ".join(f"{check}={VERDICTS.get(str(passed).lower(), '')}" for check, passed in checks.items()),
        "envelope": envelope,
    }


def _iso(micros: int) -> str:
    """Microseconds since 1970 as ISO 8601; empty where no calendar has them."""
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)).replace(tzinfo=None).isoformat()
    except OverflowError:
        return ""


CONNECTOR = Connector(
    name="google_mail_log",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Mails of platforms in Google Workspace logs (Email Log Search, BigQuery; exported files)",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "Email Log Search and the BigQuery schema of Gmail logs",
        date(2026, 11, 22),
        "https://support.google.com/a/answer/12384955",
    ),
    reads=(*(name for name, headings in SHAPE.spellings.items() if headings), "auth"),
    expect=Expect(may_shrink=0.9, may_reject=0.05),
    needs=("path",),
    options={name: OPTIONS[name] for name in ("path", "sheet", "columns", "encoding", "separator")}
    | places.OPTIONS
    | FILE_OPTIONS,
    adds_up=True,
    platforms=told_of(),
    covers=Covers.EVERYBODY,
)
