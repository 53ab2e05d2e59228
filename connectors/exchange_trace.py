"""Exchange Online message traces, as exported: Summary, Enhanced summary, Extended, Get-MessageTraceV2 | Export-Csv,
and Defender's EmailEvents, as CSV or as JSON Lines (its Streaming API, where each row stands under `properties`).

Both generations of headings (origin_timestamp, origin_timestamp_utc), UTF-16 with BOM or UTF-8, packed or not, or
opened in Excel and saved as a workbook. A trace names its columns like the pages "Message trace in the modern Exchange
admin center" and Get-MessageTraceV2 of learn.microsoft.com say; the Extended report has one row an event, and repeated
messages count once. A mail that Defender delivered and later took out of the mailbox did not arrive: whoever sent it
was not who it seemed. The Streaming API does not say what became of a mail later.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from connectors.contract import Access, Connector, Covers, Expect, Interface, Item, Source
from connectors.files import OPTIONS, paths
from connectors.mail.accounts import parse
from connectors.mail.fates import known
from connectors.mail.json_logs import JsonShape, is_json, json_feed
from connectors.mail.log_files import Shape, feed
from connectors.mail.scan import FILE_OPTIONS, Feed, scan, signals_of
from connectors.mail.signals import told_of
from connectors.records import Account
from connectors.spark import places
from connectors.spark.mails import scan_tables

SHAPE = Shape(
    system="exchange",
    spellings={
        "sender": (
            "sender_address", "senderaddress", "sender", "from", "senderfromaddress", "sender_from_address",
            "sendermailfromaddress",
        ),
        "recipient_status": ("recipient_status", "recipientstatus"),
        "recipient_address": (
            "recipient_address", "recipientaddress", "recipientemailaddress", "recipient_email_address", "recipient",
            "recipients", "to",
        ),
        "status": ("status", "event_id", "eventid", "event", "delivery_status", "deliveryaction", "delivery_action"),
        "outcome": (
            "deliverylocation", "delivery_location", "originaldeliverylocation", "original_delivery_location",
        ),
        "latest": ("latestdeliverylocation", "latest_delivery_location"),
        "subject": ("message_subject", "messagesubject", "subject"),
        "message_id": (
            "message_id", "messageid", "internetmessageid", "internet_message_id", "networkmessageid",
            "network_message_id",
        ),
        "sent_at": (
            "origin_timestamp_utc", "origin_timestamp", "date_time_utc", "date_time", "received", "received_date_time",
            "receiveddatetime", "date", "timestamp", "received_utc", "date_utc", "timestamp_utc",
        ),
        "direction": ("directionality", "direction", "emaildirection", "email_direction"),
        "auth": ("authenticationdetails", "authentication_details"),
        "envelope": ("sendermailfromaddress", "sender_mail_from_address", "return_path", "returnpath"),
    },
    required={
        ("sender",): "sender (Sender or sender_address)",
        ("status", "recipient_status", "latest"): (
            "fate of a message (Status, Recipient_status, event_id, DeliveryAction), so nothing shows that one arrived"
        ),
    },
)  # fmt: skip

EVENT = {
    "sender": "SenderFromAddress", "recipient_address": "RecipientEmailAddress", "status": "DeliveryAction",
    "outcome": "DeliveryLocation", "latest": "LatestDeliveryLocation", "subject": "Subject",
    "message_id": "InternetMessageId", "sent_at": "Timestamp", "direction": "EmailDirection",
    "auth": "AuthenticationDetails", "envelope": "SenderMailFromAddress",
}  # fmt: skip
"""The columns of EmailEvents by our fields."""
EVENTS = JsonShape(
    what="the export of EmailEvents",
    fields={
        "category": "VARCHAR",
        "properties": dict.fromkeys(EVENT.values(), "VARCHAR"),
        **dict.fromkeys(EVENT.values(), "VARCHAR"),
    },
    columns={name: f"coalesce(properties.{column}, {column})" for name, column in EVENT.items()},
    is_mail="CASE WHEN category IS NULL THEN RecipientEmailAddress IS NOT NULL ELSE category ILIKE '%-EmailEvents' END",
    others="rows of other tables of Defender, not of EmailEvents",
)


def fetch(source: Source) -> Iterator[Item]:
    """What the traces say, one item a mailbox and platform. Raises SourceDown, SourceChanged."""
    signals = signals_of(source)
    if places.on_cluster(source.options):
        yield from scan_tables(source, SHAPE, signals)
        return
    yield from scan(source, paths(source), lambda path, place: _feed(path, place, source), signals)


def _feed(path: Path, place: str, source: Source) -> Feed:
    if is_json(path):
        return json_feed(path, place, EVENTS, known(SHAPE.system, source))
    return feed(path, place, source, SHAPE)


CONNECTOR = Connector(
    name="exchange_trace",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Mails of platforms in Exchange Online message traces and Defender's EmailEvents (exported files)",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "Get-MessageTraceV2 and the reports of the modern admin center",
        date(2026, 11, 22),
        "https://learn.microsoft.com/powershell/module/exchangepowershell/get-messagetracev2",
    ),
    reads=tuple(SHAPE.spellings),
    expect=Expect(may_shrink=0.9, may_reject=0.05),
    needs=("path",),
    options={name: OPTIONS[name] for name in ("path", "sheet", "columns", "encoding", "separator")}
    | places.OPTIONS
    | FILE_OPTIONS,
    adds_up=True,
    platforms=told_of(),
    covers=Covers.EVERYBODY,
)
