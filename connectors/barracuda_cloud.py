"""Barracuda Email Gateway Defense: the message log of the cloud gateway, exported as CSV.

Its words (Action Taken, Action Status) are on campus.barracuda.com/doc/167976683; the other headings of the export are
from memory, and one that is not known is a matter of `columns` in audit.toml. Whether From is the sender of the header
or of the envelope is not known, and nothing is said of DMARC, so what it shows is weak. The appliance (Email Security
Gateway) writes syslog, which is another log.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from connectors.contract import Access, Connector, Covers, Expect, Interface, Item, Source
from connectors.files import OPTIONS, paths
from connectors.mail.accounts import parse
from connectors.mail.log_files import Shape, feed
from connectors.mail.scan import FILE_OPTIONS, scan, signals_of
from connectors.mail.signals import told_of
from connectors.records import Account

SHAPE = Shape(
    system="barracuda cloud",
    doubtful=True,
    spellings={
        "sender": ("from", "header_from", "sender", "envelope_from"),
        "recipient_status": (),
        "recipient_address": ("to", "recipient", "recipients", "envelope_to"),
        "status": ("action_status", "delivery_status"),
        "outcome": ("action_taken", "action"),
        "latest": (),
        "subject": ("subject",),
        "message_id": ("message_id",),
        "sent_at": ("date", "date_time", "date/time", "time", "timestamp"),
        "direction": ("direction",),
        "auth": (),
        "envelope": ("envelope_from",),
    },
    required={
        ("sender",): "sender (From)",
        ("recipient_address",): "recipient (To)",
        ("status",): "delivery of a message (Action Status), so nothing shows that one arrived",
    },
)


def fetch(source: Source) -> Iterator[Item]:
    """What the log says, one item a mailbox and platform. Raises SourceDown, SourceChanged."""
    signals = signals_of(source)
    yield from scan(source, paths(source), lambda path, place: feed(path, place, source, SHAPE), signals)


CONNECTOR = Connector(
    name="barracuda_cloud",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Mails of platforms in the message log of Barracuda Email Gateway Defense (exported files)",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "Message Log of Email Gateway Defense", date(2026, 11, 28), "https://campus.barracuda.com/doc/167976683"
    ),
    reads=tuple(name for name, headings in SHAPE.spellings.items() if headings),
    expect=Expect(may_shrink=0.9, may_reject=0.05),
    needs=("path",),
    options={name: OPTIONS[name] for name in ("path", "sheet", "columns", "encoding", "separator")} | FILE_OPTIONS,
    adds_up=True,
    platforms=told_of(),
    covers=Covers.EVERYBODY,
)
