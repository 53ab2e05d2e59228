"""Mimecast's SIEM logs in JSON Lines, of the API 1.0 (get-siem-logs) and 2.0 (/siem/v1/events/cg).

A message has a line when it is received, one or more when it is processed, and one when it is delivered, in files of
their own; field names as in the sample logs of elastic/integrations, packages/mimecast. The header's sender stands in
the line of the receipt alone, so the headers of listed senders are read first, and joined by message id. `delivered` is
a Boolean in 1.0 and a text in 2.0. Nothing says whether DMARC passed. The older text form (key=value|key=value) is not
read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb

from connectors.contract import Access, Connector, Covers, Expect, Interface, Item, Remark, Source, SourceChanged
from connectors.files import OPTIONS, paths, table
from connectors.files.progress import unwatched
from connectors.files.scratch import scratch
from connectors.mail import query as mail_query
from connectors.mail.accounts import parse
from connectors.mail.fates import OPTION, Fates, known
from connectors.mail.json_logs import JsonShape, is_json, json_feed, json_relation, sound_lines
from connectors.mail.log_text import open_logs
from connectors.mail.scan import SIGNALS_OPTION, Feed, scan, signals_of
from connectors.mail.signals import Signals, told_of
from connectors.records import Account

OTHERS = "events that are no receipt, process or delivery of a mail"
OLD = JsonShape(
    what="the log",
    fields={
        "aCode": "VARCHAR", "datetime": "VARCHAR", "Act": "VARCHAR", "Delivered": "VARCHAR", "Dir": "VARCHAR",
        "MsgId": "VARCHAR", "Sender": "VARCHAR", "headerFrom": "VARCHAR", "Rcpt": "VARCHAR", "Subject": "VARCHAR",
    },
    columns={
        "sender": "CASE WHEN Rcpt IS NOT NULL THEN coalesce(headerFrom, receipt.header, Sender) END",
        "recipient_address": "replace(Rcpt, ',', ';')",
        "status": "coalesce(Delivered, Act)",
        "subject": "Subject",
        "message_id": "coalesce(MsgId, aCode)",
        "sent_at": "datetime",
        "direction": "Dir",
        "envelope": "Sender",
    },
    is_mail="coalesce(Act, Delivered) IS NOT NULL AND coalesce(MsgId, aCode) IS NOT NULL",
    others=OTHERS,
)  # fmt: skip
NEW = JsonShape(
    what="the log",
    fields={
        "type": "VARCHAR", "timestamp": "VARCHAR", "processingId": "VARCHAR", "action": "VARCHAR",
        "delivered": "VARCHAR", "direction": "VARCHAR", "messageId": "VARCHAR", "senderEnvelope": "VARCHAR",
        "senderHeader": "VARCHAR", "recipients": "JSON", "subject": "VARCHAR",
    },
    columns={
        "sender": "CASE WHEN recipients IS NOT NULL THEN coalesce(senderHeader, receipt.header, senderEnvelope) END",
        "recipient_address": r"""replace(regexp_replace(recipients::VARCHAR, '[\[\]"\s]', '', 'g'), ',', ';')""",
        "status": "coalesce(delivered, action)",
        "subject": "subject",
        "message_id": "coalesce(messageId, processingId)",
        "sent_at": "coalesce(make_timestamp(try_cast(timestamp AS BIGINT) * 1000)::VARCHAR, timestamp)",
        "direction": "direction",
        "envelope": "senderEnvelope",
    },
    is_mail="coalesce(delivered, action) IS NOT NULL AND coalesce(messageId, processingId) IS NOT NULL",
    others=OTHERS,
)  # fmt: skip
RECEIPTS = "CREATE TABLE receipts (id VARCHAR, header VARCHAR)"
ONE_EACH = "SELECT id, min(header) AS header FROM receipts GROUP BY id HAVING count(DISTINCT lower(header)) = 1"
"""Of a message id that came with two senders, nobody knows which is meant."""


def fetch(source: Source) -> Iterator[Item]:
    """What the logs say, one item a mailbox and platform. Raises SourceDown, SourceChanged."""
    signals, words, files = signals_of(source), known("mimecast", source), paths(source)
    with scratch() as folder:
        receipts = folder / "receipts.parquet"
        _keep_headers(source, files, signals, receipts)
        yield from scan(source, files, lambda path, place: _feed(path, place, receipts, words), signals)


def _feed(path: Path, place: str, receipts: Path, words: Fates) -> Feed:
    if not is_json(path):
        raise SourceChanged(
            f"{place}: this is no JSON. Ask Mimecast's API for JSON (format=json), one object a line; neither its older"
            " text form nor an export of Tracked Emails is read."
        )
    shape = _shape(path)
    receipt = f"LEFT JOIN {table.parquet_relation(receipts)} AS receipt ON receipt.id = {_id(shape)}"
    return json_feed(path, place, shape, words, receipt)


def _shape(path: Path) -> JsonShape:
    """Which version wrote the file, by its first line."""
    with closing(table.lines(path, "utf-8")) as lines:
        first = next((line for line in lines if line.strip()), "")
    return NEW if '"processingId"' in first or '"aggregateId"' in first else OLD


def _id(shape: JsonShape) -> str:
    """A message id for comparison, as SQL."""
    return f"lower(trim({'MsgId' if shape is OLD else 'messageId'}, '<> '))"


def _keep_headers(source: Source, files: Sequence[Path], signals: Signals, receipts: Path) -> None:
    """Write a table of the listed senders that stand in headers, by message id."""
    with table.connected(*files, ordered=False) as connection:
        connection.execute(RECEIPTS)
        for path in files:
            for one in open_logs(source, path, unwatched, files):
                if not isinstance(one, Remark) and is_json(one.path):
                    _note_headers(connection, one.path, signals)
        connection.execute(f"COPY ({ONE_EACH}) TO {table.text_sql(str(receipts))} (FORMAT parquet)")


def _note_headers(connection: duckdb.DuckDBPyConnection, path: Path, signals: Signals) -> None:
    shape = _shape(path)
    header = "headerFrom" if shape is OLD else "senderHeader"
    listed = f"WHERE {mail_query.near(signals, header)}"
    kept = f"INSERT INTO receipts SELECT {_id(shape)}, {header} FROM"
    try:
        connection.execute(f"{kept} {json_relation(path, shape.fields)} {listed}")
    except duckdb.Error:  # a broken line, which the scan tells
        for batch in sound_lines(path, shape.fields):
            connection.register("batch", batch)
            connection.execute(f"{kept} batch {listed}")


CONNECTOR = Connector(
    name="mimecast_log",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Mails of platforms in Mimecast's SIEM logs (JSON Lines, files)",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "SIEM logs 1.0 and 2.0",
        date(2026, 11, 28),
        "https://github.com/elastic/integrations/tree/main/packages/mimecast",
    ),
    reads=tuple(OLD.columns),
    expect=Expect(may_shrink=0.9, may_reject=0.05),
    needs=("path",),
    options={"path": OPTIONS["path"]} | SIGNALS_OPTION | OPTION,
    adds_up=True,
    platforms=told_of(),
    covers=Covers.EVERYBODY,
)
