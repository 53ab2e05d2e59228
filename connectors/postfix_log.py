"""Postfix logs in syslog form, packed or not: lines of one message are joined by host and queue id.

Read line by line, since queue ids are used again and only the order of lines tells one message from the
next. What is kept
while reading are the open queue ids. A log has no subjects, unless header_checks has Postfix write them
("warning: header
Subject: …"); without one, a mail is judged by its sender alone, and proves little.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.contract import Access, Connector, Covers, Expect, Item, Rejected, Source, SourceDown
from connectors.files import OPTIONS, paths
from connectors.files.progress import Told, unwatched
from connectors.mail.accounts import parse
from connectors.mail.fates import OPTION, known
from connectors.mail.scan import SIGNALS_OPTION, Entry, Feed, scan, table
from connectors.mail.signals import Signals, told_of
from connectors.records import Account

LINE = re.compile(
    r"(?:<\d+>)?(?:(?P<old>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)|(?P<iso>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*)) "
    r"(?P<host>\S+) (?P<daemon>postfix[^\s\[:]*)(?:\[\d+\])?: (?P<rest>.*)"
)
QUEUED = re.compile(
    r"(?P<id>[0-9A-F]{6,}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]{10,}z[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]*): (?P<what>.*)"
)
TO = re.compile(r"to=<?(?P<to>[^\s,<>]+)>?,(?: orig_to=<?(?P<orig>[^\s,<>]+)>?,)?.* status=(?P<status>\w+)")
SUBJECT = re.compile(r"(?:warning|info): header Subject: (?P<subject>.*?)(?: from \S+\[\S*\];.*)?$")
FROM = re.compile(r"from=<(?P<sender>[^>]*)>")
MESSAGE_ID = re.compile(r"(?:resent-)?message-id=<?(?P<id>[^>\s]+)>?")
TELL_EVERY = 10_000
"""Lines after which progress is told."""
OPEN_AT_MOST = 200_000
"""Queue ids that are remembered at once: a log that was cut never says of some that they are done."""
CUT = "the line breaks off; the log may have been cut while it was copied; copy it again"


@dataclass(slots=True)
class Message:
    """A message on its way through the queue."""

    message_id: str = ""
    subject: str = ""
    sender: str | None = None
    """None until Postfix says who sent it."""


def fetch(source: Source) -> Iterator[Item]:
    """What the logs say, one item a mailbox and platform. Raises SourceDown."""
    signals, zone, words = table(source), _zone(source), known("postfix", source)
    now = source.now or datetime.now(UTC)
    yield from scan(
        source,
        _logs(source),
        lambda path: Feed(path.name, partial(entries, path, signals, now, zone), fates=words),
        signals,
    )


def entries(
    path: Path, signals: Signals, now: datetime, zone: ZoneInfo, told: Told = unwatched
) -> Iterator[Entry | Rejected]:
    """Each delivery of the log as an entry; those of senders that are not listed without any content.

    `now` gives time stamps without a year theirs: the latest that is not in the future. `zone` is that of such stamps.
    """
    queue: dict[tuple[str, str], Message] = {}
    for number, line in _lines(path, told):
        if "postfix" not in line:
            continue
        found = LINE.match(line)
        if found is None:
            yield Rejected(
                f"{path.name}:{number}", "the line is no syslog line of Postfix; correct it, or leave it out"
            )
            continue
        about = QUEUED.match(found["rest"])
        if about is None:
            continue
        key, what = (found["host"], about["id"]), about["what"]
        if what.startswith(("to=", "orig_to=")):
            yield from _delivery(found, what, queue.get(key), signals, f"{path.name}:{number}", now, zone)
        else:
            _note(queue, key, what)


def _note(queue: dict[tuple[str, str], Message], key: tuple[str, str], what: str) -> None:
    """Remember what a line says of a message, or forget the message."""
    if what.startswith("removed"):
        queue.pop(key, None)
    elif found := FROM.match(what):
        message = queue.setdefault(key, Message())
        message.sender = found["sender"]
    elif found := MESSAGE_ID.match(what):
        queue[key] = Message(found["id"])
    elif found := SUBJECT.match(what):
        queue.setdefault(key, Message()).subject = found["subject"]
    if len(queue) > OPEN_AT_MOST:
        queue.pop(next(iter(queue)))


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
        moment = _moment(line["old"], now, zone) if line["old"] else line["iso"]
        known = message.message_id or f"{line['host']} {line['rest'].partition(':')[0]} {moment}"
        to = found["orig"] if found["orig"] and "@" in found["orig"] else found["to"]
        yield {
            "place": place,
            "sender": message.sender,
            "recipient_address": to,
            "status": found["status"],
            "subject": message.subject,
            "message_id": known,
            "sent_at": moment,
        }


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


def _logs(source: Source) -> list[Path]:
    """The files of the option `path`, the oldest first, as log rotation names them (mail.log.2.gz before
    mail.log.1)."""

    def age(path: Path) -> tuple[str, int]:
        found = re.search(r"\.(\d+)(?:\.gz)?$", path.name)
        return (
            path.name[: found.start()] if found else path.name.removesuffix(".gz"),
            -int(found[1]) if found else 1,
        )

    named = source.options.get("path")
    asked = [
        f"{entry}/*" if isinstance(entry, str) and (source.folder / entry).is_dir() else entry
        for entry in (named if isinstance(named, list) else [named])
    ]  # a folder of logs: their names end in anything
    return sorted(paths(replace(source, options={**source.options, "path": asked})), key=age)


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
