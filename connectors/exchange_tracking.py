"""Message tracking logs of Exchange on a State's own servers, and Get-MessageTrackingLog | Export-Csv.

A log (MSGTRK*.LOG, learn.microsoft.com/exchange/mail-flow/transport-logs/message-tracking) is CSV below lines that
begin with `#`; `#Fields:` names the columns, of which later versions have more, and stands again where logs were
joined. So it is no table, and no matter of other headings in connectors/exchange_trace.py, which has the same words for
what became of a message. One message has 5 to 12 rows; DELIVER alone says that it is in a mailbox. The `return-path` is
the envelope's sender. Where the mailboxes are in the cloud, SEND is the last that these logs know, and proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

from connectors.contract import Access, Connector, Covers, Expect, Interface, Item, Rejected, Source, SourceChanged
from connectors.files import OPTIONS, delimited, table
from connectors.files.heading_rows import HeadingRow
from connectors.files.progress import Tell
from connectors.mail import syslog
from connectors.mail.accounts import parse
from connectors.mail.fates import known
from connectors.mail.log_files import Shape, broken_rows, feed, feed_relation
from connectors.mail.scan import FILE_OPTIONS, Entry, Feed, scan, signals_of
from connectors.mail.signals import told_of
from connectors.records import Account

SHAPE = Shape(
    system="exchange",
    spellings={
        "sender": ("sender_address", "sender", "senderaddress"),
        "recipient_status": ("recipient_status", "recipientstatus"),
        "recipient_address": ("recipient_address", "recipients", "recipientaddress", "recipient"),
        "status": ("event_id", "eventid"),
        "outcome": (),
        "latest": (),
        "subject": ("message_subject", "messagesubject", "subject"),
        "message_id": ("message_id", "messageid"),
        "sent_at": ("date_time", "timestamp", "datetime"),
        "direction": ("directionality",),
        "auth": (),
        "envelope": ("return_path", "returnpath"),
    },
    required={
        ("sender",): "sender (sender-address, or Sender)",
        ("recipient_address",): "recipients (recipient-address, or Recipients)",
        ("status",): "kind of event (event-id, or EventId), so nothing shows that a mail arrived",
        ("sent_at",): "time (date-time, or Timestamp)",
    },
)
MARK = "#Fields:"
BEGINNINGS = (b"#Software", b"#Version", b"#Log-type", b"#Date", b"#Fields")
FIELDS = re.compile(rb"(?:\A|(?<=\n))(?:\xef\xbb\xbf)?#Fields:([^\r\n]*)")
FAILED = r"\s*(?:[45]\d\d|[Jj]unk)"
"""How the status of a recipient begins that the message did not reach, or whom it reached in the folder for junk."""


def fetch(source: Source) -> Iterator[Item]:
    """What the logs say, one item a mailbox and platform. Raises SourceDown, SourceChanged."""
    signals, files = signals_of(source), syslog.logs(source, workbooks=True)
    yield from scan(source, files, lambda path, place: _feed(path, place, source), signals)


def is_tracking(path: Path) -> bool:
    """Whether a file begins as a log of Exchange does. Raises SourceDown for a .gz that is damaged."""
    with path.open("rb") as file, table.unpacking(file) as content:
        return content.read(64).removeprefix(b"\xef\xbb\xbf").startswith(BEGINNINGS)


def _feed(path: Path, place: str, source: Source) -> Feed:
    if not is_tracking(path):
        return feed(path, place, source, SHAPE)
    line, sections = _sections(path, place)
    exact, words = partial(_rows, path, place, source), known(SHAPE.system, source)
    if len(sections) > 1:
        return Feed(place, exact, fates=words)
    [headings] = sections
    cells = {name: f"c{at}" for name, at in _where(headings, source, place).items()}
    if "recipient_status" in cells:
        cells["recipient_status"] = _in_step_sql(cells["recipient_address"], cells["recipient_status"])
    how = table.Layout("utf-8", "\n", ",", HeadingRow(0, headings), line, line + 1)
    rows = f"(SELECT * FROM {table.csv_relation(path, how)} WHERE NOT starts_with(ltrim(c0, '\ufeff'), '#'))"  # noqa: S608
    return Feed(place, exact, feed_relation(cells, rows), broken_rows(path, place, how, "#"), fates=words)


def _sections(path: Path, place: str) -> tuple[int, list[tuple[str, ...]]]:
    """The line of the first `#Fields:`, and the columns that such lines name, each kind once. Raises SourceChanged."""
    found: dict[tuple[str, ...], None] = {}
    first = lines = 0
    mark = MARK.encode()
    with path.open("rb") as file, table.unpacking(file) as content:
        while chunk := content.read(table.CHUNK):
            chunk += content.readline()
            for at in (
                re.finditer(rb"(?:\A|(?<=\n))(?:\xef\xbb\xbf)?#Fields:([^\r\n]*)", chunk) if mark in chunk else ()
            ):
                first = first or lines + chunk.count(b"\n", 0, at.start()) + 1
                found[_named(at[1].decode("utf-8", "replace"))] = None
            if not first:
                lines += chunk.count(b"\n")
    if not found:
        raise SourceChanged(f"{place}: no line {MARK} names its columns; the log may have been cut. Copy it again.")
    return first, list(found)


def _named(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


def _where(headings: tuple[str, ...], source: Source, place: str) -> dict[str, int]:
    """Field → the position of its column. Raises SourceChanged where one is not there that is needed, or named."""
    columns = SHAPE.columns(headings, source, place)
    if strange := sorted({*columns.values()} - {*headings}):
        raise SourceChanged(f"{place}: columns in audit.toml names {strange[0]!r}, which {MARK} does not. Correct it.")
    return {name: headings.index(heading) for name, heading in columns.items()}


def _rows(path: Path, place: str, source: Source, told: Tell) -> Iterator[Entry | Rejected]:
    """The log row by row, each by the columns that the `#Fields:` above it names."""
    where: dict[str, int] = {}
    count = 0
    for number, cells in delimited.records(table.lines(path, "utf-8", told=told), ","):
        at = f"{place}:{number}"
        if isinstance(cells, str):
            yield Rejected(at, cells)
        elif cells and cells[0].lstrip("\ufeff").startswith("#"):
            if cells[0].lstrip("\ufeff").startswith(MARK):
                headings = _named(",".join(cells).lstrip("\ufeff").removeprefix(MARK))
                where, count = _where(headings, source, f"{place}, line {number}"), len(headings)
        elif not cells:
            continue
        elif len(cells) != count:
            yield Rejected(at, delimited.ragged(len(cells), count))
        elif table.UNDECODABLE in "".join(cells):
            yield Rejected(at, "the row holds bytes that are no text in UTF-8; copy the log again")
        else:
            yield {**_entry({name: cells[column] for name, column in where.items()}), "place": at}


def _entry(row: dict[str, str]) -> Entry:
    return {**row, "recipient_status": _in_step(row["recipient_address"], row.get("recipient_status", ""))}


def _in_step(addresses: str, statuses: str) -> str:
    """The recipients, those marked that the message did not reach, where the two lists are in step. Else empty."""
    each, said = addresses.split(";"), statuses.split(";")
    if len(each) != len(said):
        return ""
    failed = [bool(re.match(FAILED, status)) for status in said]
    return ";".join(f"{one}##Fail" if bad else one for one, bad in zip(each, failed, strict=True))


def _in_step_sql(addresses: str, statuses: str) -> str:
    """The same as `_in_step`, for DuckDB."""
    each, said = f"string_split({addresses}, ';')", f"string_split({statuses}, ';')"
    marked = f"one[1] || CASE WHEN regexp_matches(one[2], '^{FAILED}') THEN '##Fail' ELSE '' END"
    return f"""CASE WHEN len({each}) = len({said})
        THEN array_to_string(list_transform(list_zip({each}, {said}), lambda one: {marked}), ';') ELSE '' END"""


CONNECTOR = Connector(
    name="exchange_tracking",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Mails of platforms in message tracking logs of Exchange on own servers (files)",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "#Fields of 2007 to 2019 and Subscription Edition",
        date(2026, 11, 28),
        "https://learn.microsoft.com/exchange/mail-flow/transport-logs/message-tracking",
    ),
    reads=tuple(name for name, headings in SHAPE.spellings.items() if headings),
    expect=Expect(may_shrink=0.9, may_reject=0.05),
    needs=("path",),
    options={name: OPTIONS[name] for name in ("path", "sheet", "columns", "encoding", "separator")} | FILE_OPTIONS,
    adds_up=True,
    platforms=told_of(),
    covers=Covers.EVERYBODY,
)
