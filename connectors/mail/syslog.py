"""Mail logs in the forms of syslog: their files, the lines in them, whose a line is, and when it was written.

RFC 3164 (no year, no zone), RFC 5424, rsyslog's ISO 8601 stamps, and what journald exports (JSON, epoch seconds).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.contract import Remark, Source, SourceDown
from connectors.files import paths, table

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


def taken_apart(line: str) -> tuple[re.Match[str] | None, str]:
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


def stamp(line: Mapping[str, str | None], now: datetime, zone: ZoneInfo) -> str:
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


MARKS = (b"BZh", b"\xfd7zXZ", b"PK\x03\x04", b"\x28\xb5\x2f\xfd")
"""What files begin with that are packed in a way that is not read, whatever their name."""


def logs(source: Source) -> list[Path]:
    """The files of the option `path`, the oldest first, as log rotation names them (mail.log.2.gz before mail.log.1).

    Those of a folder that are packed in a way that is not read are left out. Raises SourceDown where no other is there.
    """

    def age(path: Path) -> tuple[str, int]:
        found = re.search(r"\.(\d+)(?:\.gz)?$", path.name)
        return (
            path.name[: found.start()] if found else path.name.removesuffix(".gz"),
            -int(found[1]) if found else 1,
        )

    named = source.options.get("path")
    entries = named if isinstance(named, list) else [named]
    asked = [
        f"{entry}/*" if isinstance(entry, str) and (source.folder / entry).is_dir() else entry for entry in entries
    ]  # a folder of logs: their names end in anything
    found = sorted(paths(replace(source, options={**source.options, "path": asked})), key=age)
    chosen = [source.folder / entry for entry in entries if isinstance(entry, str)]
    sealed = [path for path in found if _sealed(path)]
    if stuck := [path for path in sealed if path in chosen or len(sealed) == len(found)]:
        raise SourceDown(
            f"{source.name}: {stuck[0].name} is packed in a way that is not read; unpack it, or pack it as .gz."
        )
    return [path for path in found if path not in sealed]


def _sealed(path: Path) -> bool:
    """Whether the file is packed in a way that is not read."""
    if path.suffix.lower() in table.PACKED:
        return True
    with path.open("rb") as file:
        return file.read(8).startswith(MARKS)


def not_read(name: str, own: int, others: Counter[str]) -> Iterator[Remark]:
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


def zone(source: Source) -> ZoneInfo:
    """The zone of stamps that name none, by the option `timezone`. Raises SourceDown where there is no such zone."""
    name = str(source.options.get("timezone", "UTC"))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise SourceDown(f'{source.name}: there is no time zone {name!r}. Write it like "America/New_York".') from fault
