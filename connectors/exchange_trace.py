"""Exchange Online message traces, as exported: Summary, Enhanced summary, Extended, and Get-MessageTraceV2
| Export-Csv.

Both generations of headings (origin_timestamp, origin_timestamp_utc), UTF-16 with BOM or UTF-8, packed or not. A
trace names its columns like the pages "Message trace in the modern Exchange admin center" and Get-MessageTraceV2 of
learn.microsoft.com say; the Extended report has one row an event, and repeated messages count once.
"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.contract import Access, Connector, Covers, Expect, Item, Source
from connectors.files import OPTIONS, paths
from connectors.mail.accounts import parse
from connectors.mail.feeds import Shape, feed
from connectors.mail.scan import SIGNALS_OPTION, scan, table
from connectors.mail.signals import told_of
from connectors.records import Account

SHAPE = Shape(
    spellings={
        "sender": ("sender_address", "senderaddress", "sender", "from"),
        "recipient_status": ("recipient_status", "recipientstatus"),
        "recipient_address": ("recipient_address", "recipientaddress", "recipient", "recipients"),
        "status": ("status", "event_id", "eventid"),
        "subject": ("message_subject", "messagesubject", "subject"),
        "message_id": ("message_id", "messageid"),
        "sent_at": (
            "origin_timestamp_utc", "origin_timestamp", "date_time_utc", "date_time", "received", "received_date_time",
            "receiveddatetime", "date", "timestamp",
        ),
        "direction": ("directionality", "direction"),
    },
    required={"sender": "sender (Sender or sender_address)"},
)  # fmt: skip


def fetch(source: Source) -> Iterator[Item]:
    """What the traces say, one item a mailbox and platform. Raises SourceDown, SourceChanged."""
    signals = table(source)
    yield from scan(source, paths(source), lambda path: feed(path, path.name, source, SHAPE), signals)


CONNECTOR: Connector = Connector(
    name="exchange_trace",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Mails of platforms in Exchange Online message traces (exported files)",
    fetch=fetch,
    parse=parse,
    expect=Expect(may_shrink=0.9, may_reject=0.05),
    options={name: OPTIONS[name] for name in ("path", "columns", "encoding", "separator")} | SIGNALS_OPTION,
    adds_up=True,
    platforms=told_of(),
    covers=Covers.EVERYBODY,
)
