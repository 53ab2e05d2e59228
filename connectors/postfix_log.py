"""Postfix logs in syslog form, packed or not: lines of one message are joined by host and queue id.

Read line by line, since queue ids are used again and only the order of lines tells one message from the next. What is
kept while reading are the open queue ids. The forms of syslog (RFC 3164, RFC 5424, ISO 8601 stamps, journald's JSON)
are read alike; whose line it is says its tag alone, `postfix/smtp` or, by another `syslog_name`, `relay/smtp`.

A log has no subjects, unless header_checks has Postfix write them ("warning: header Subject: …"); without one, a mail
is judged by its sender alone, and proves little. That is the envelope's sender; where OpenDMARC's lines stand in the
same log, it is known to be genuine.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.contract import (
    Access,
    Connector,
    Covers,
    Dropped,
    Expect,
    Item,
    Rejected,
    Remark,
    Source,
    SourceChanged,
    SourceDown,
)
from connectors.files import OPTIONS, paths
from connectors.files.progress import Told, unwatched
from connectors.mail.accounts import parse
from connectors.mail.fates import OPTION, known
from connectors.mail.scan import SIGNALS_OPTION, Aside, Entry, Feed, scan, table
from connectors.mail.signals import Signals, told_of
from connectors.records import Account

OLD = r"(?P<old>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)(?:\.\d+)?"
ISO = r"(?P<iso>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*)"
TAG = r"(?P<name>[^\s\[\]:/]*(?:/[^\s\[\]:/]+)*?/)?(?P<program>[A-Za-z][\w.-]*)"
UNIX = r"(?P<unix>\d{9,10}\.\d+)"
LINE = re.compile(rf"(?:<\d+>)?(?:{OLD}|{ISO}|{UNIX}) (?P<host>\S+) {TAG}(?:\[\d+\])?: (?P<rest>.*)")
STRUCTURED = r"(?:-|(?:\[(?:[^\]\"]|\"(?:[^\"\\]|\\.)*\")*\])+)"
RFC5424 = re.compile(rf"(?:<\d+>)?1 {ISO} (?P<host>\S+) {TAG} \S+ \S+ {STRUCTURED} ?\ufeff? *(?P<rest>.*)")
DAEMONS = frozenset(
    {
        "anvil", "bounce", "cleanup", "defer", "discard", "dnsblog", "error", "flush", "lmtp", "local", "master",
        "nqmgr", "oqmgr", "pickup", "pipe", "postdrop", "postfix-script", "postlogd", "postqueue", "postscreen",
        "postsuper", "proxymap", "proxywrite", "qmgr", "qmqpd", "relay", "retry", "scache", "sendmail", "showq", "smtp",
        "smtpd", "spawn", "tlsmgr", "tlsproxy", "trace", "trivial-rewrite", "verify", "virtual",
    }
)  # fmt: skip
"""What stands behind the last `/` of a tag of Postfix; what stands before it is its `syslog_name`."""
OTHERS = {
    "sendmail": "Sendmail", "sm-mta": "Sendmail", "sm-msp-queue": "Sendmail", "exim": "Exim", "exim4": "Exim",
    "opensmtpd": "OpenSMTPD", "qmail": "qmail",
}  # fmt: skip
"""Programs that send mail, too, and whose lines are not read."""
EXIM = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?(?: \[\d+\])? \w{6}-\w{6,11}-\w{2,4} ")
"""How a line of Exim's own main log begins."""
LOOKS_LIKE = re.compile(r"postfix\S*/[a-z-]+(?:\[\d+\])?: ")
"""In a line of no known form: it may have been Postfix's before something cut it."""
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
TELL_EVERY = 10_000
"""Lines after which progress is told."""
OPEN_AT_MOST = 200_000
"""Queue ids that are remembered at once: a log that was cut never says of some that they are done."""
OTHER_PROGRAM = "line of another program"
CUT = "the line breaks off; the log may have been cut while it was copied; copy it again"


@dataclass(slots=True)
class Message:
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
    signals, zone, words = table(source), _zone(source), known("postfix", source)
    now = source.now or datetime.now(UTC)
    logs, left = _logs(source)
    yield from left
    seen: list[int] = []
    yield from scan(
        source,
        logs,
        lambda path: Feed(path.name, partial(entries, path, signals, now, zone, seen=seen), fates=words),
        signals,
    )
    if not sum(seen):
        raise SourceChanged(
            f"{source.name}: no line of Postfix stands in {', '.join(path.name for path in logs[:5])}. Check path, or"
            " give the log of the system that delivers to the mailboxes: Postfix (postfix_log), Exchange message traces"
            " (exchange_trace), Google Email Log Search (google_mail_log)."
        )


def entries(
    path: Path, signals: Signals, now: datetime, zone: ZoneInfo, told: Told = unwatched, seen: list[int] | None = None
) -> Iterator[Entry | Aside]:
    """Each delivery of the log as an entry; those of senders that are not listed without any content.

    `now` gives time stamps without a year theirs: the latest that is not in the future. `zone` is that of such stamps.
    The number of Postfix's lines is added to `seen`.
    """
    queue: dict[tuple[str, str], Message] = {}
    own, others = 0, Counter[str]()
    for number, line in _lines(path, told):
        found, program = _program(line)
        if found is None or program:
            if found is None and LOOKS_LIKE.search(line):
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
    yield from _not_read(path.name, own, others)


def _program(line: str) -> tuple[re.Match[str] | None, str]:
    """The line taken apart, and, where it is not Postfix's, whose it is ("?": somebody's)."""
    text = _journal(line) if line.startswith("{") else line.rstrip("\r\n")
    found = LINE.match(text) or RFC5424.match(text)
    if found is None:
        return None, "Exim" if EXIM.match(line) else "?"
    name, program = found["name"], found["program"].lower()
    if (name and program in DAEMONS) or program == "opendmarc":
        return found, ""
    return found, OTHERS.get(program, "?")


def _journal(line: str) -> str:
    """A line of `journalctl -o json` as a line with an ISO 8601 stamp; empty where it is none."""
    try:
        entry = json.loads(line)
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(entry["__REALTIME_TIMESTAMP"]))
        return f"{at.isoformat()} {entry['_HOSTNAME']} {entry['SYSLOG_IDENTIFIER']}: {entry['MESSAGE']}"
    except (ValueError, KeyError, TypeError, OverflowError):
        return ""


def _not_read(name: str, own: int, others: Counter[str]) -> Iterator[Remark]:
    """What a log holds beside Postfix's lines that somebody may have meant to be read."""
    for program in sorted(set(others) - {"?"}):
        yield Remark(
            name,
            f"{others[program]:,} lines are {program}'s, which is not read: what they say of platforms' mails is not"
            " known. Give the log of the system behind it that delivers to the mailboxes.",
            unread=True,
        )
    if set(others) == {"?"} and not own:
        yield Remark(
            name,
            "no line of this file is Postfix's, and it was not read. Take it out of the folder, or check the name that"
            " stands before the program in its lines (postfix/smtp, or another syslog_name/smtp).",
            unread=True,
        )


def _note(queue: dict[tuple[str, str], Message], key: tuple[str, str], what: str, signals: Signals) -> None:
    """Remember what a line says of a message, or forget the message.

    Once its sender is known a message is on its way; what a message begins with is another one's, then.
    """
    if what.startswith("removed"):
        queue.pop(key, None)
    elif BEGINS.match(what):
        queue[key] = Message()
    elif found := FROM.match(what):
        queue.setdefault(key, Message()).sender = found["sender"]
    elif found := MESSAGE_ID.match(what):
        message = _beginning(queue, key)
        if message.message_id and not found["resent"] and message.message_id != found["id"]:
            message = queue[key] = Message()
        message.message_id = message.message_id or found["id"]
    elif found := SUBJECT.match(what):
        _beginning(queue, key).subject = _decoded(found["subject"])
    elif found := GENUINE.match(what):
        queue.setdefault(key, Message()).genuine = signals.near(f"dmarc@{found['domain']}")
    if len(queue) > OPEN_AT_MOST:
        queue.pop(next(iter(queue)))


def _beginning(queue: dict[tuple[str, str], Message], key: tuple[str, str]) -> Message:
    """The message of a queue id that is still being received; a new one where the id is used again."""
    if key not in queue or queue[key].sender is not None:
        queue[key] = Message()
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
    message: Message | None,
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
        moment = _stamp(line.groupdict(), now, zone)
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


def _stamp(line: Mapping[str, str | None], now: datetime, zone: ZoneInfo) -> str:
    """The time of a line in ISO 8601."""
    if old := line.get("old"):
        return _moment(old, now, zone)
    if unix := line.get("unix"):
        return datetime.fromtimestamp(float(unix), UTC).isoformat()
    return line["iso"] or ""


def _moment(stamp: str, now: datetime, zone: ZoneInfo) -> str:
    """A time stamp without a year as UTC, in the latest year in which it is not more than a day ahead of `now`."""
    for year in (now.year + 1, now.year, now.year - 1, now.year - 2, now.year - 3, now.year - 4):
        try:
            moment = datetime.strptime(f"{year} {stamp}", "%Y %b %d %H:%M:%S").replace(tzinfo=zone)
        except ValueError:  # 29 February
            continue
        if moment <= now + timedelta(days=1):
            return moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return ""


def _lines(path: Path, told: Told) -> Iterator[tuple[int, str]]:
    """The file's lines with their numbers. Raises SourceDown for a .gz that is cut off or damaged."""
    size, packed = path.stat().st_size, path.suffix.lower() == ".gz"
    with (
        path.open("rb") as file,
        gzip.open(file) if packed else file as content,
        TextIOWrapper(content, encoding="utf-8", errors="replace") as text,
    ):
        try:
            for number, line in enumerate(text, start=1):
                yield number, line
                if number % TELL_EVERY == 0:
                    told(file.tell() / size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
            raise SourceDown(f"{path} is cut off or damaged ({fault}). Deliver it again.") from fault


PACKED = {".zip", ".bz2", ".xz", ".zst", ".7z", ".rar", ".tar", ".tgz"}
MARKS = (b"BZh", b"\xfd7zXZ", b"PK\x03\x04", b"\x28\xb5\x2f\xfd")
"""What files begin with that are packed in a way that is not read, whatever their name."""


def _logs(source: Source) -> tuple[list[Path], list[Remark]]:
    """The files of the option `path`, the oldest first, as log rotation names them (mail.log.2.gz before mail.log.1);
    and what lies there and is not read."""

    def age(path: Path) -> tuple[str, int]:
        found = re.search(r"\.(\d+)(?:\.gz)?$", path.name)
        return (
            path.name[: found.start()] if found else path.name.removesuffix(".gz"),
            -int(found[1]) if found else 1,
        )

    named = source.options.get("path")
    asked: list[object] = []
    left: list[Remark] = []
    for entry in named if isinstance(named, list) else [named]:
        folder = isinstance(entry, str) and (source.folder / entry).is_dir()
        asked.append(f"{entry}/*" if folder else entry)  # a folder of logs: their names end in anything
        if folder:
            inside = [child for child in sorted((source.folder / str(entry)).iterdir()) if child.is_dir()]
            left += [Remark(f"{entry}/{child.name}", FOLDER, unread=True) for child in inside if any(child.iterdir())]
    found = sorted(paths(replace(source, options={**source.options, "path": asked})), key=age)
    sealed = [path for path in found if _sealed(path)]
    left += [Remark(path.name, PACKED_LOG, unread=True) for path in sealed]
    if found and len(sealed) == len(found):
        raise SourceDown(f"{source.name}: {sealed[0].name}: {PACKED_LOG}")
    return [path for path in found if path not in sealed], left


def _sealed(path: Path) -> bool:
    """Whether the file is packed in a way that is not read."""
    if path.suffix.lower() in PACKED:
        return True
    with path.open("rb") as file:
        return file.read(8).startswith(MARKS)


FOLDER = "this is a folder in the folder that path names, and was not read. If it counts, add it to path."
PACKED_LOG = "the log is packed in a way that is not read; unpack it, or pack it with gzip (.gz)."


def _zone(source: Source) -> ZoneInfo:
    name = str(source.options.get("timezone", "UTC"))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise SourceDown(f'{source.name}: there is no time zone {name!r}. Write it like "America/New_York".') from fault


CONNECTOR: Connector = Connector(
    name="postfix_log",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Mails of platforms in Postfix logs (files, also packed)",
    fetch=fetch,
    parse=parse,
    expect=Expect(may_shrink=0.9, may_reject=0.05),
    options={"path": OPTIONS["path"], "timezone": "of time stamps without a zone (default: UTC)"}
    | SIGNALS_OPTION
    | OPTION,
    adds_up=True,
    platforms=told_of(),
    covers=Covers.EVERYBODY,
)
