"""Postfix logs in syslog form, packed or not: lines of one message are joined by host and queue id.

Read line by line, since queue ids are used again and only the order of lines tells one message from the next. What is
kept while reading are the open queue ids. The forms of syslog (RFC 3164, RFC 5424, ISO 8601 stamps, journald's JSON)
are read alike; whose line it is says its tag alone, `postfix/smtp` or, by another `syslog_name`, `relay/smtp`.

A log has no subjects, unless header_checks has Postfix write them ("warning: header Subject: …"); without one, a mail
is judged by its sender alone, and proves little. That is the envelope's sender; where OpenDMARC's lines stand in the
same log, it is known to be genuine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from connectors.contract import (
    Access,
    Connector,
    Covers,
    Dropped,
    Expect,
    Interface,
    Item,
    Rejected,
    Source,
    SourceChanged,
)
from connectors.files import OPTIONS
from connectors.files.progress import Tell, unwatched
from connectors.files.table import lines
from connectors.mail import syslog
from connectors.mail.accounts import parse
from connectors.mail.fates import OPTION, known
from connectors.mail.scan import SIGNALS_OPTION, Aside, Entry, Feed, scan, signals_of
from connectors.mail.signals import Signals, told_of
from connectors.records import Account

QUEUED = re.compile(
    r"(?P<id>[0-9A-F]{6,}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]{10,}z[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]*): (?P<what>.*)"
)
MAILBOX = r"<(?P<{0}>\"(?:[^\"\\]|\\.)*\"@[^>\s]+|[^>]*)>|(?P<bare_{0}>[^\s,<>]+)"
TO = re.compile(
    rf"to=(?:{MAILBOX.format('to')}),(?: orig_to=(?:{MAILBOX.format('orig')}),)?"
    r"(?: relay=(?P<relay>[^,]*),)?.* status=(?P<status>[\w-]+)(?P<reason>.*)"
)
OWN_HOST = re.compile(r"(?:127\.\d|localhost|\[?::1)", re.IGNORECASE)
QUEUED_AGAIN = re.compile(r"queued as |\bqueued mail\b|\bid=\S+.*from MTA", re.IGNORECASE)
SUBJECT = re.compile(
    r"(?:warning|info): header Subject: (?P<subject>.*?)(?: from (?:\S+\[\S*\]|local|unknown);.*)?$", re.IGNORECASE
)
BEGINS = re.compile(r"(?:client|uid)=")
FROM = re.compile(r"from=<(?P<sender>[^>]*)>")
MESSAGE_ID = re.compile(r"(?P<resent>resent-)?message-id=<?(?P<id>[^>\s]+)>?")
GENUINE = re.compile(r"(?P<domain>[a-z0-9.-]+) pass$", re.IGNORECASE)
"""What OpenDMARC writes of the domain in the From header."""
OPEN_AT_MOST = 200_000
"""Queue ids that are remembered at once: a log that was cut never says of some that they are done."""
OTHER_PROGRAM = "line of another program"
CUT = "the line breaks off; the log may have been cut while it was copied; copy it again"


@dataclass(slots=True)
class QueuedMessage:
    """A message on its way through the queue."""

    message_id: str = ""
    subject: str = ""
    sender: str | None = None
    """None until Postfix says who sent it."""
    genuine: bool = False
    """Whether the log shows that DMARC passed for a platform's domain."""


def fetch(source: Source) -> Iterator[Item]:
    """What the logs say, one item a mailbox and platform. Raises SourceDown, and SourceChanged where no line is
    Postfix's."""
    signals, zone, words = signals_of(source), syslog.zone(source), known("postfix", source)
    now = source.now or datetime.now(UTC)
    logs = syslog.logs(source)
    seen: list[int] = []
    yield from scan(
        source,
        logs,
        lambda path, place: Feed(place, partial(entries, path, signals, now, zone, seen=seen), fates=words),
        signals,
    )
    if not sum(seen):
        raise SourceChanged(
            f"{source.name}: no line of Postfix stands in {', '.join(path.name for path in logs[:5])}. Check path, or"
            " give the log of the system that delivers to the mailboxes: Postfix (postfix_log), Exchange message traces"
            " (exchange_trace), Google Email Log Search (google_mail_log)."
        )


def entries(
    path: Path, signals: Signals, now: datetime, zone: ZoneInfo, told: Tell = unwatched, seen: list[int] | None = None
) -> Iterator[Entry | Aside]:
    """Each delivery of the log as an entry; those of senders that are not listed without any content.

    `now` gives time stamps without a year theirs: the latest that is not in the future. `zone` is that of such stamps.
    The number of Postfix's lines is added to `seen`.
    """
    queue: dict[tuple[str, str], QueuedMessage] = {}
    own, others = 0, Counter[str]()
    for number, line in enumerate(lines(path, "utf-8", told=told), start=1):
        found, program = syslog.taken_apart(line)
        if found is None or program:
            if found is None and syslog.LOOKS_LIKE.search(line):
                yield Rejected(
                    f"{path.name}:{number}", "the line is no syslog line of Postfix; correct it, or leave it out"
                )
            elif line.strip():
                others[program] += 1
            continue
        own += 1
        about = QUEUED.match(found["rest"])
        if about is None:
            continue
        key, what = (found["host"], about["id"]), about["what"]
        if what.startswith(("to=", "orig_to=")):
            yield from _delivery(found, what, queue.get(key), signals, f"{path.name}:{number}", now, zone)
        else:
            _note(queue, key, what, signals)
    if seen is not None:
        seen.append(own)
    if others:
        yield Dropped(others.total(), OTHER_PROGRAM)
    yield from syslog.not_read(path.name, own, others)


def _note(queue: dict[tuple[str, str], QueuedMessage], key: tuple[str, str], what: str, signals: Signals) -> None:
    """Remember what a line says of a message, or forget the message.

    Once its sender is known a message is on its way; what a message begins with is another one's, then.
    """
    if what.startswith("removed"):
        queue.pop(key, None)
    elif BEGINS.match(what):
        queue[key] = QueuedMessage()
    elif found := FROM.match(what):
        queue.setdefault(key, QueuedMessage()).sender = found["sender"]
    elif found := MESSAGE_ID.match(what):
        message = _beginning(queue, key)
        if message.message_id and not found["resent"] and message.message_id != found["id"]:
            message = queue[key] = QueuedMessage()
        message.message_id = message.message_id or found["id"]
    elif found := SUBJECT.match(what):
        _beginning(queue, key).subject = _decoded(found["subject"])
    elif found := GENUINE.match(what):
        queue.setdefault(key, QueuedMessage()).genuine = signals.near(f"dmarc@{found['domain']}")
    if len(queue) > OPEN_AT_MOST:
        queue.pop(next(iter(queue)))


def _beginning(queue: dict[tuple[str, str], QueuedMessage], key: tuple[str, str]) -> QueuedMessage:
    """The message of a queue id that is still being received; a new one where the id is used again."""
    if key not in queue or queue[key].sender is not None:
        queue[key] = QueuedMessage()
    return queue[key]


def _decoded(subject: str) -> str:
    """A subject in words, where it is written in ASCII alone (RFC 2047)."""
    if "=?" not in subject:
        return subject
    try:
        return str(make_header(decode_header(subject)))
    except (HeaderParseError, LookupError, ValueError):
        return subject


def _delivery(
    line: re.Match[str],
    what: str,
    message: QueuedMessage | None,
    signals: Signals,
    place: str,
    now: datetime,
    zone: ZoneInfo,
) -> Iterator[Entry | Rejected]:
    found = TO.match(what)
    if found is None:
        yield Rejected(place, CUT)
    elif message is None or message.sender is None or not signals.near(message.sender):
        yield {"place": place}
    else:
        moment = syslog.stamp(line.groupdict(), now, zone)
        known = message.message_id or f"{line['host']} {line['rest'].partition(':')[0]} {moment}"
        orig, to = found["orig"] or found["bare_orig"] or "", found["to"] or found["bare_to"] or ""
        yield {
            "place": place,
            "sender": message.sender,
            "recipient_address": _mailbox(orig if "@" in orig else to),
            "status": _fate(line["program"], found),
            "subject": message.subject,
            "message_id": known,
            "sent_at": moment,
            "auth": "dmarc=pass" if message.genuine else "",
        }


def _fate(program: str, found: re.Match[str]) -> str:
    """What became of a delivery, in the words of mail_fates.csv."""
    if found["status"] != "sent":
        return found["status"]
    if program == "discard" or found["reason"].strip().startswith("(discard"):
        return "discarded"
    handed_back = OWN_HOST.match(found["relay"] or "") and QUEUED_AGAIN.search(found["reason"])
    return "sent to a filter" if handed_back else "sent"


def _mailbox(address: str) -> str:
    """An address without quotation marks that it does not need; `;`, which parts addresses, is none of its letters."""
    if found := re.fullmatch(r"\"([\w.+!#$%&'*/=?^`{|}~-]+)\"@(\S+)", address):
        address = f"{found[1]}@{found[2]}"
    return address.replace(";", ",")


CONNECTOR = Connector(
    name="postfix_log",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Mails of platforms in Postfix logs (files, also packed)",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "log lines of Postfix 2 and 3", date(2026, 11, 22), "https://www.postfix.org/DEBUG_README.html"
    ),
    reads=("sent_at", "from", "to", "orig_to", "relay", "status", "message-id", "subject", "authenticated domain"),
    expect=Expect(may_shrink=0.9, may_reject=0.05),
    needs=("path",),
    options={"path": OPTIONS["path"], "timezone": "of time stamps without a zone (default: UTC)"}
    | SIGNALS_OPTION
    | OPTION,
    adds_up=True,
    platforms=told_of(),
    covers=Covers.EVERYBODY,
)
