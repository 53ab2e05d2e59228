"""Mail systems that write lines: one reader, and messages under way that several lines tell of.

A log of lines is read line by line, since ids are used again and only the order of lines tells one message from the
next. What is kept while reading are the messages under way, OPEN_AT_MOST of them, from file to file of one log; the
oldest is forgotten first. What a system's lines mean is its connector's: a `LineLog`.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from connectors.contract import Dropped, Item, Rejected, Remark, Source, SourceChanged
from connectors.files import OPTIONS
from connectors.files.progress import Tell
from connectors.mail import syslog
from connectors.mail.fates import OPTION, known
from connectors.mail.log_text import log_lines
from connectors.mail.scan import SIGNALS_OPTION, Aside, Entry, Feed, scan, signals_of
from connectors.mail.signals import Signals

OPEN_AT_MOST = 200_000
"""Messages that are remembered at once: a log that was cut never says of some that they are done."""
PUT_OFF_AT_MOST = 10_000
"""Deliveries at once that wait for the line that says who sent them."""
MOST_UNKNOWN = 1 / 3
"""The share of deliveries whose sender no line before them named from which on it is told. The lines of Barracuda tell
of each message twice, of its sender once."""
FINISHED = 1_000
"""Messages that are done and remembered still, since lines of one second come in any order."""
OTHER_PROGRAM = "line of another program"
NO_SENDER = "the log does not say who sent it"
CUT = "the line breaks off; the log may have been cut while it was copied; copy it again"
NO_LINE = "the line is no line of {0}; it may have been cut while it was copied; correct it, or leave it out"
NO_DELIVERY = (
    "none of the {0:,} lines of {1} tells to whom a mail was delivered, so they show nothing. Give the log that has the"
    " lines of deliveries; where these are among them, something that keeps the log changes its lines: export it as {1}"
    " writes it."
)
FILTER = "sent to a filter"
"""Word of mail_fates.csv: the host's own filter hands the message back under another id."""
DISCARDED = "discarded"
LINE_OPTIONS = (
    {"path": OPTIONS["path"], "timezone": "of time stamps without a zone (default: UTC)"} | SIGNALS_OPTION | OPTION
)
ANOTHER_SENDER: Entry = {}
"""A delivery whose sender is not on the list: counted, and nothing else."""
DMARC = re.compile(r"(?P<domain>[a-z0-9.-]+) (?P<verdict>pass|fail)$", re.IGNORECASE)
OWN_HOST = re.compile(r"(?:127\.\d|localhost|\[?::1|\[127\.)", re.IGNORECASE)
QUEUED_AGAIN = re.compile(
    r"queued as |\bqueued mail\b|\bid=\S{1,99}.{0,999}from MTA|message accepted for delivery", re.IGNORECASE
)
SET_ASIDE = re.compile(r"\b(?:discarded|quarantined)\b|\bdiscard\(", re.IGNORECASE)
"""In the reply of a filter that takes what it judges to be spam and lets nobody have it ("250 2.7.0 Ok, discarded")."""


@dataclass(slots=True)
class QueuedMessage:
    """A message under way, as far as the lines so far tell of it."""

    sender: str | None = None
    """The envelope's; None until a line says who sent it."""
    message_id: str = ""
    subject: str = ""
    genuine: bool = False
    """Whether the log shows that a check of its sender passed for a platform's domain."""
    forged: bool = False
    """Whether the log shows that such a check failed: a list or a forwarder may have broken it, so it is doubtful."""
    delivered: bool = False
    """Whether a line said what became of it, for somebody."""
    own: bool = False
    """Whether it was written on the host itself (Sendmail, Exim), sent in by somebody who signed in (Postfix, Exim), or
    goes out (Cisco): nothing vouches for its sender."""
    sent_at: str = ""
    """When it came, where a line says it better than by its own stamp."""
    recipients: tuple[tuple[str, str], ...] = ()
    """(number, address) where deliveries do not name addresses."""
    put_off: tuple[tuple[re.Match[str], str, str], ...] = ()
    """Deliveries that were logged before its sender: the line, to whom, and the fate."""


NOT_SEEN = QueuedMessage()
"""A message of which no line was seen before its delivery."""
OF_OTHERS = QueuedMessage(sender="")
"""Stands for every message of a sender that is not listed, where one line says all of it."""


@dataclass(slots=True)
class LogReading:
    """What is known while the files of a source are read."""

    signals: Signals
    now: datetime
    """What gives time stamps without a year theirs: the latest that is not in the future."""
    zone: ZoneInfo
    queue: dict[tuple[str, str], QueuedMessage] = field(default_factory=dict)
    """Messages under way by host (or log, where lines name none) and id."""
    finished: deque[tuple[str, str]] = field(default_factory=deque)
    waiting: int = 0
    """Deliveries that are put off."""
    log: str = ""
    until: datetime | None = None
    """Until when the lines of the file that is read may have been written, where that is not until `now`."""
    own: int = 0
    deliveries: int = 0
    """Those that lines tell of, whoever sent the message."""
    others: Counter[str] = field(default_factory=Counter)

    def key(self, line: re.Match[str], number: str) -> tuple[str, str]:
        """By what the message of a line is known."""
        return (line["host"] or self.log, number)

    def message(self, key: tuple[str, str]) -> QueuedMessage:
        """The message of a key; a new one where there is none."""
        return self.queue.get(key) or self.begin(key)

    def begin(self, key: tuple[str, str], message: QueuedMessage | None = None) -> QueuedMessage:
        """A new message of a key, whatever went by that key before."""
        self.queue.pop(key, None)
        begun = self.queue[key] = message or QueuedMessage()
        if len(self.queue) > OPEN_AT_MOST:
            self.queue.pop(next(iter(self.queue)))
        return begun

    def came(self, key: tuple[str, str], message: QueuedMessage) -> QueuedMessage:
        """Begin a message of which one line says all; of senders that are not listed nothing is kept."""
        return self.begin(key, message if self.signals.near(message.sender or "") else OF_OTHERS)

    def finish(self, key: tuple[str, str]) -> None:
        """Forget a message, but not at once."""
        self.finished.append(key)
        if len(self.finished) > FINISHED:
            self.queue.pop(self.finished.popleft(), None)

    def put_off(self, line: re.Match[str], key: tuple[str, str], to: str, fate: str) -> Sequence[Entry | str]:
        """Let a delivery wait for the line that says who sent it."""
        if self.waiting >= PUT_OFF_AT_MOST or len(self.queue) >= OPEN_AT_MOST:
            return (NO_SENDER,)
        self.waiting += 1
        message = self.message(key)
        message.put_off += ((line, to, fate),)
        return ()

    def proven(self, key: tuple[str, str], what: str) -> None:
        """Note what OpenDMARC says of the domain in the From header of a message."""
        if found := DMARC.match(what):
            self.message(key).genuine = found["verdict"] == "pass" and self.signals.near(f"dmarc@{found['domain']}")
            self.message(key).forged = found["verdict"] == "fail"

    def stamp(self, line: re.Match[str]) -> str:
        """When a line was written, in ISO 8601."""
        return syslog.stamp(line.groupdict(), self.until or self.now, self.zone)

    def passed_over(self, message: QueuedMessage) -> Sequence[Entry | str]:
        """What a delivery is that needs no look: of a sender that is not listed, or that no line named. Else empty."""
        if message.sender is None:
            return (NO_SENDER,)
        message.delivered = True
        return () if self.signals.near(message.sender) else (ANOTHER_SENDER,)

    def delivery(
        self, line: re.Match[str], key: tuple[str, str], message: QueuedMessage, recipient: str, fate: str
    ) -> Entry:
        """What became of a message for a recipient (several: with `;`)."""
        moment = message.sent_at or self.stamp(line)
        return {
            "sender": message.sender or "",
            "recipient_address": recipient,
            "status": fate,
            "subject": message.subject,
            "message_id": message.message_id or f"{' '.join(key)} {moment}",
            "sent_at": moment,
            "auth": "dmarc=pass" if message.genuine else "dmarc=fail" if message.forged else "",
            "doubtful": "yes" if message.own else "",
        }


@dataclass(frozen=True, slots=True)
class LineLog:
    """What is one mail system's own about its lines.

    `system` is whose lines are read, as syslog.CONNECTORS has it, `also` other programs beside it, and `words` whose
    words of mail_fates.csv say what became of a message. `read` gives the deliveries that a line tells of: an entry,
    NO_SENDER, or any other text for why the line cannot be read. `looks_like` knows a line that may have been its own
    before something cut it.
    """

    system: str
    words: str
    read: Callable[[re.Match[str], LogReading], Sequence[Entry | str]]
    looks_like: re.Pattern[str]
    also: tuple[str, ...] = ()


def read_lines(source: Source, log: LineLog) -> Iterator[Item]:
    """What the logs say, one item a mailbox and platform. Raises SourceDown, and SourceChanged where no line is the
    system's, with the connector to use where the lines are another's."""
    signals, words = signals_of(source), known(log.words, source)
    reading = LogReading(signals, source.now or datetime.now(UTC), syslog.zone(source))
    files = syslog.logs(source)
    yield from scan(
        source,
        files,
        lambda path, place: Feed(place, partial(entries, reading, log, path, place), fates=words, subjects=False),
        signals,
    )
    if reading.waiting:
        yield Dropped(reading.waiting, NO_SENDER)
    if not reading.own:
        raise SourceChanged(
            f"{source.name}: no line of {log.system} stands in {', '.join(path.name for path in files[:5])}."
            f" {_whose(reading.others, log.system)}"
        )
    if not reading.deliveries:
        yield Remark(source.name, NO_DELIVERY.format(reading.own, log.system), unread=True)


def _whose(others: Counter[str], wanted: str) -> str:
    """Whose lines they are, and which connector reads them."""
    found = [system for system, _ in others.most_common() if system in syslog.CONNECTORS]
    if found:
        return f"Its lines are {found[0]}'s. {syslog.advice(found[0])}."
    listed = ", ".join(f"{system} ({name})" for system, name in syslog.CONNECTORS.items() if name and system != wanted)
    return (
        "Check path, or give the log of the system that delivers to the mailboxes: Exchange message traces"
        f" (exchange_trace), Google Email Log Search (google_mail_log), {listed}."
    )


def entries(reading: LogReading, log: LineLog, path: Path, place: str, told: Tell) -> Iterator[Entry | Aside]:
    """Each delivery that a file tells of as an entry; those of senders that are not listed without any content."""
    own, others, told_of, unknown = 0, Counter[str](), 0, 0
    reading.log, reading.until = f"{path.parent}/{syslog.stem(path)}", syslog.written_until(path, reading.now)
    taken_apart, system, also, read = syslog.taken_apart, log.system, log.also, log.read
    for number, line in enumerate(log_lines(path, told), start=1):
        found, whose = taken_apart(line)
        if whose == system:
            own += 1
        elif found is None and (log.looks_like.search(line) or _is_cut(line)):
            yield Rejected(f"{place}:{number}", NO_LINE.format(system))
            continue
        elif whose not in also:
            if line.strip():
                others[whose] += 1
            continue
        if found is None:
            continue
        for one in read(found, reading):
            if one == NO_SENDER:
                unknown += 1
            elif isinstance(one, str):
                yield Rejected(f"{place}:{number}", one)
            else:
                told_of += 1
                yield {**one, "place": f"{place}:{number}"} if one else one
    reading.own += own
    reading.deliveries += told_of + unknown
    reading.others += others
    if others:
        yield Dropped(others.total(), OTHER_PROGRAM)
    yield from _without_sender(place, unknown, told_of)
    yield from syslog.not_read(place, log.system, own, others)


def _is_cut(line: str) -> bool:
    """Whether a line of no form may be the rest of one: the last of a file, without its end, one with NULs, as where a
    machine fell or UTF-16 was added to a log in UTF-8, or half an object."""
    return bool(line.strip()) and (
        not line.endswith("\n") or "\0" in line or (line.startswith("{") and not line.rstrip().endswith("}"))
    )


def _without_sender(place: str, unknown: int, told_of: int) -> Iterator[Dropped | Remark]:
    if unknown:
        yield Dropped(unknown, NO_SENDER)
    if unknown > (unknown + told_of) * MOST_UNKNOWN:
        yield Remark(
            place,
            f"of {unknown + told_of:,} deliveries the log says of {unknown:,} only where they went, not who sent them,"
            " and they count for nothing. Give the whole log, its oldest line first, with the lines of messages that"
            " come in.",
            unread=True,
        )


def one_mailbox(address: str) -> str:
    """An address without quotation marks that it does not need; `;`, which parts addresses, is none of its letters."""
    if found := re.fullmatch(r"\"([\w.+!#$%&'*/=?^`{|}~-]+)\"@(\S+)", address):
        address = f"{found[1]}@{found[2]}"
    return address.replace(";", ",")


def bare_sender(address: str) -> str:
    """The sender as an address, without angle brackets and quotation marks that it does not need."""
    address = address.removeprefix("<").removesuffix(">")
    return one_mailbox(address) if address.startswith('"') else address


def judge_reply(relay: str, reply: str) -> str:
    """What the host that took a message says of it, where it is in no mailbox, in the words of mail_fates.csv: FILTER
    where it is the host's own and hands the message back under another id, DISCARDED where it threw the message away
    or holds it. Else empty."""
    if SET_ASIDE.search(reply):
        return DISCARDED
    return FILTER if OWN_HOST.match(relay) and QUEUED_AGAIN.search(reply) else ""


def header_or_envelope(header: str, envelope: str, signals: Signals) -> Mapping[str, str]:
    """Who counts as the sender of a message of which header and envelope are known: the envelope's, if it is listed."""
    if signals.near(envelope) or not header:
        return {"sender": envelope, "envelope": envelope}
    return {"sender": header, "envelope": envelope, "doubtful": "yes"}
