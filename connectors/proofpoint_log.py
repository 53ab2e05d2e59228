"""Proofpoint: the message stream of Proofpoint on Demand as JSON Lines, and the CSV of Smart Search.

The stream (type=message) has a line a message with the senders of header and envelope, the subject, and whether DMARC
and SPF passed; field names as in the sample logs of elastic/integrations, packages/proofpoint_on_demand. Its second
stream (type=maillog) holds lines of Sendmail, which are told and not read here. The columns of Smart Search are from
memory: a heading that is not known is a matter of `columns` in audit.toml. Its times are the appliance's own, and it
has one sender, and nothing of DMARC.
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

SHAPE = Shape(
    system="proofpoint",
    spellings={
        "sender": ("sender", "sender_address", "envelope_sender", "from", "header_from"),
        "recipient_status": (),
        "recipient_address": ("recipients", "recipient", "envelope_recipients", "to"),
        "status": ("final_action", "action"),
        "outcome": ("disposition",),
        "latest": (),
        "subject": ("subject",),
        "message_id": ("message_id", "header_message_id", "message_guid", "guid"),
        "sent_at": ("date", "date/time", "date_and_time", "time", "timestamp"),
        "direction": ("direction", "route_direction"),
        "auth": (),
        "envelope": (),
    },
    required={
        ("sender",): "sender (Sender)",
        ("recipient_address",): "recipients (Recipients)",
        ("status",): "fate of a message (Final Action), so nothing shows that one arrived",
    },
)
MESSAGES = JsonShape(
    what="the message stream",
    fields={
        "ts": "VARCHAR",
        "guid": "VARCHAR",
        "final_action": "VARCHAR",
        "envelope": {"from": "VARCHAR", "rcpts": ["VARCHAR"]},
        "filter": {
            "disposition": "VARCHAR",
            "routeDirection": "VARCHAR",
            "delivered": {"rcpts": ["VARCHAR"]},
            "modules": {"dmarc": {"filterdResult": "VARCHAR"}, "spf": {"result": "VARCHAR"}},
        },
        "msg": {
            "header": {"from": ["VARCHAR"], "subject": ["VARCHAR"], "message-id": ["VARCHAR"]},
            "normalizedHeader": {"from": ["VARCHAR"], "subject": ["VARCHAR"]},
            "parsedAddresses": {"from": ["VARCHAR"]},
        },
    },
    columns={
        "sender": 'coalesce(msg.parsedAddresses."from"[1], msg.normalizedHeader."from"[1], msg.header."from"[1],'
        ' envelope."from")',
        "recipient_address": "array_to_string(coalesce(filter.delivered.rcpts, envelope.rcpts), ';')",
        "status": "filter.disposition",
        "outcome": "final_action",
        "subject": "coalesce(msg.normalizedHeader.subject[1], msg.header.subject[1])",
        "message_id": 'coalesce(msg.header."message-id"[1], guid)',
        "sent_at": "ts",
        "direction": "filter.routeDirection",
        "auth": "concat_ws(' ', 'dmarc=' || filter.modules.dmarc.filterdResult, 'spf=' || filter.modules.spf.result)",
        "envelope": 'envelope."from"',
    },
    is_mail="filter IS NOT NULL AND envelope.rcpts IS NOT NULL",
    others="lines of another stream (type=maillog: deliveries, as Sendmail logs them), not of type=message",
)


def fetch(source: Source) -> Iterator[Item]:
    """What the logs say, one item a mailbox and platform. Raises SourceDown, SourceChanged."""
    signals = signals_of(source)
    yield from scan(source, paths(source), lambda path, place: _feed(path, place, source), signals)


def _feed(path: Path, place: str, source: Source) -> Feed:
    if is_json(path):
        return json_feed(path, place, MESSAGES, known(SHAPE.system, source))
    return feed(path, place, source, SHAPE)


CONNECTOR = Connector(
    name="proofpoint_log",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Mails of platforms in Proofpoint's message stream or Smart Search (exported files)",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "message stream of Proofpoint on Demand",
        date(2026, 11, 28),
        "https://github.com/elastic/integrations/tree/main/packages/proofpoint_on_demand",
    ),
    reads=tuple(name for name in SHAPE.spellings if SHAPE.spellings[name] or name in MESSAGES.columns),
    expect=Expect(may_shrink=0.9, may_reject=0.05),
    needs=("path",),
    options={name: OPTIONS[name] for name in ("path", "sheet", "columns", "encoding", "separator")} | FILE_OPTIONS,
    adds_up=True,
    platforms=told_of(),
    covers=Covers.EVERYBODY,
)
