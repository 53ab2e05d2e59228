"""Mail logs that are lines: their files, the lines in them, whose a line is, and when it was written.

The forms of syslog (RFC 3164, RFC 5424, rsyslog's ISO 8601 stamps), what journald exports (JSON, seconds since 1970,
its long stamp), Proofpoint's mail stream, which has a line of syslog in JSON, and the files that Exim and Cisco Secure
Email write by themselves. Every connector that reads lines asks here whose a line is, so that each can name the right
one for those it does not read.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.contract import Remark, Source, SourceDown
from connectors.files import paths, table

OLD = r"(?P<old>[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d)(?:\.\d+)?"
ISO = r"(?P<iso>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*)"
TAG = r"(?P<name>[^\s\[\]:/]*(?:/[^\s\[\]:/]+)*?/)?(?P<program>[A-Za-z][\w.-]*)"
UNIX = r"(?P<unix>\d{9,10}\.\d+)"
FULL = r"[A-Z][a-z]{2} (?P<full>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [A-Z]\S*)"
SAID = r"(?:\[ID \d+ [\w.]+\] )?(?P<rest>.*)"
"""What a program said, behind the number and the priority that Solaris writes before it."""
LINE = re.compile(rf"(?:<\d+>)?(?:{OLD}|{ISO}|{UNIX}|{FULL}) (?P<host>\S+) {TAG}(?:\[\d+\])?: {SAID}")
NO_HOST = re.compile(rf"(?:<\d+>)?(?:{OLD}|{ISO}) (?P<host>){TAG}(?:\[\d+\])?: {SAID}")
"""What LINE takes for a line of a host whose name ends with a colon."""
STRUCTURED = r"(?:-|(?:\[(?:[^\]\"]|\"(?:[^\"\\]|\\.)*\")*\])+)"
RFC5424 = re.compile(rf"(?:\d+ )?(?:<\d+>)?1 {ISO} (?P<host>\S+) {TAG} \S+ \S+ {STRUCTURED} ?\ufeff? *(?P<rest>.*)")
NOBODY = r"(?P<host>)(?P<name>)(?P<program>)"
"""A file that a program writes by itself names neither host nor program."""
EXIM = re.compile(
    rf"{NOBODY}(?P<rest>(?P<iso>\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{{4}})?) (?:\[\d+\] )?"
    r"(?:\w{6}-\w{6}-\w\w|\w{6}-\w{11}-\w{4}) .*)"
)
CISCO = re.compile(
    rf"{NOBODY}(?P<dated>[A-Z][a-z]{{2}} [A-Z][a-z]{{2}} [ \d]\d \d\d:\d\d:\d\d \d{{4}}):? "
    r"(?P<rest>(?:Info|Warning|Critical|Debug|Trace): .*|CEF:\d\|Cisco\|.*)"
)
IN_SYSLOG = (
    ("Barracuda", re.compile(r"(?:\S+ )?\d+-\S+ \d+ \d+ (?:RECV|SCAN|SEND) ")),
    ("Exim", re.compile(r"(?:\d{4}-\S+ \S+ (?:[+-]\d{4} )?)?(?:\[\d+\] )?(?:\w{6}-\w{6}-\w\w|\w{6}-\w{11}-\w{4}) ")),
    ("Cisco Secure Email", re.compile(r"(?:[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d:]+ )?CEF:\d\|Cisco\|")),
    ("Cisco Secure Email", re.compile(r"(?:Info|Warning): (?:.* )?(?:MID|ICID|DCID) \d+\b")),
)
"""What the lines of systems look like that syslog knows by names they share with others, or that may be chosen."""
DAEMONS = frozenset(
    {
        "anvil", "bounce", "cleanup", "defer", "discard", "dnsblog", "error", "flush", "lmtp", "local", "master",
        "nqmgr", "oqmgr", "pickup", "pipe", "postdrop", "postfix-script", "postlogd", "postqueue", "postscreen",
        "postsuper", "proxymap", "proxywrite", "qmgr", "qmqpd", "relay", "retry", "scache", "sendmail", "showq", "smtp",
        "smtpd", "spawn", "tlsmgr", "tlsproxy", "trace", "trivial-rewrite", "verify", "virtual",
    }
)  # fmt: skip
"""What stands behind the last `/` of a tag of Postfix; what stands before it is its `syslog_name`."""
LIKE_POSTFIX = frozenset({"inbound/", "outbound/"})
"""What stands there at Barracuda, too."""
PROGRAMS = {
    "sendmail": "Sendmail", "sm-mta": "Sendmail", "sm-msp-queue": "Sendmail", "exim": "Exim", "exim4": "Exim",
    "mail_logs": "Cisco Secure Email", "consolidated_event": "Cisco Secure Email", "opensmtpd": "OpenSMTPD",
    "qmail": "qmail", "opendmarc": "OpenDMARC",
}  # fmt: skip
"""Whose lines programs write that go by one name."""
IN_JSON = {"sm": "Sendmail", "aCode": "Mimecast", "aggregateId": "Mimecast", "envelope": "Proofpoint"}
"""Whose an object of JSON is by a key of it; the first that it has counts."""
CONNECTORS = {
    "Postfix": "postfix_log", "Sendmail": "sendmail_log", "Exim": "exim_log", "Cisco Secure Email": "cisco_log",
    "Barracuda": "barracuda_log", "Proofpoint": "proofpoint_log", "Mimecast": "mimecast_log",
    "Exchange": "exchange_tracking", "OpenSMTPD": "", "qmail": "",
}  # fmt: skip
"""Whose line it is, and the connector that reads it (none: empty)."""
EXCHANGE = "#Software: Microsoft Exchange"
"""The first line of a message tracking log."""
SOMEBODY = "?"
LOOKED_AT = 500
"""Lines that are looked at to tell whose a log is."""


def taken_apart(line: str) -> tuple[re.Match[str] | None, str]:
    """The line taken apart, and whose it is (one of PROGRAMS and CONNECTORS, or SOMEBODY).

    What is found has the groups `host`, `program` and `rest`, and one that `stamp` reads. None for a line of no form.
    """
    if line.startswith("{"):
        return _from_json(line)
    text = line.rstrip("\r\n")
    found = LINE.match(text)
    if found is not None:
        name, program = found.group("name", "program")
        if name and program in DAEMONS and name not in LIKE_POSTFIX:
            return found, "Postfix"
    if own := EXIM.match(text):
        return own, "Exim"
    found = found or RFC5424.match(text) or NO_HOST.match(text)
    if found is None:
        found = CISCO.match(text)
        others = "Exchange" if text.lstrip("\ufeff").startswith(EXCHANGE) else SOMEBODY
        return found, "Cisco Secure Email" if found else others
    if found["host"].endswith(":"):
        found = NO_HOST.match(text) or found
    return found, _owner(found)


def _owner(found: re.Match[str]) -> str:
    name, program = found["name"], found["program"].lower()
    if name and program in DAEMONS and name not in LIKE_POSTFIX:
        return "Postfix"
    if program in PROGRAMS:
        return PROGRAMS[program]
    shaped = next((system for system, shape in IN_SYSLOG if shape.match(found["rest"])), SOMEBODY)
    return "Postfix" if shaped == SOMEBODY and name and program in DAEMONS else shaped


def _from_json(line: str) -> tuple[re.Match[str] | None, str]:
    """A line of `journalctl -o json`, or of Proofpoint's mail stream, as the line of syslog that is in it."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None, SOMEBODY
    if not isinstance(entry, dict):
        return None, SOMEBODY
    if isinstance(entry.get("data"), str) and "sm" in entry:
        return taken_apart(entry["data"])
    if system := next((IN_JSON[key] for key in IN_JSON if key in entry), ""):
        return None, system
    try:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(entry["__REALTIME_TIMESTAMP"]))
        said, tag = _text(entry["MESSAGE"]), _text(entry["SYSLOG_IDENTIFIER"])
        return taken_apart(f"{at.isoformat()} {entry.get('_HOSTNAME') or '-'} {tag}: {said}")
    except (ValueError, KeyError, TypeError, OverflowError):
        return None, SOMEBODY


def _text(value: object) -> str:
    """A field of journald: a list of byte numbers where it is no UTF-8. Raises TypeError for one that is neither (a
    message that was too long is null), ValueError for numbers that are no bytes."""
    if isinstance(value, list):
        return bytes(value).decode("utf-8", "replace")
    if not isinstance(value, str):
        raise TypeError
    return value.replace("\n", " ")


def stamp(line: Mapping[str, str | None], now: datetime, zone: ZoneInfo) -> str:
    """The time of a line in ISO 8601; `zone` is that of stamps that name none."""
    if old := line.get("old"):
        return _moment(old, now, zone)
    if unix := line.get("unix"):
        return datetime.fromtimestamp(float(unix), UTC).isoformat()
    if dated := line.get("dated"):
        return at_date(dated, zone)
    return local(line.get("iso") or line.get("full") or "", zone)


def local(text: str, zone: ZoneInfo) -> str:
    """A time in ISO 8601 as UTC where it names no zone; as it stands where it does, or is none."""
    text = re.sub(r" (?=[+-]\d{4}$)", "", text)
    if re.search(r"(?:Z|[+-]\d\d:?\d\d|[A-Z]{3,5})$", text):
        return text
    try:
        return _in_utc(datetime.fromisoformat(text), zone)
    except ValueError:
        return text


def at_date(text: str, zone: ZoneInfo) -> str:
    """A time as Unix's `date` writes it ("Mon Nov  2 06:00:01 2026") as UTC in ISO 8601; empty where it is none."""
    try:
        return _in_utc(datetime.strptime(text[4:], "%b %d %H:%M:%S %Y"), zone)  # noqa: DTZ007
    except ValueError:
        return ""


def _in_utc(moment: datetime, zone: ZoneInfo) -> str:
    return moment.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None).isoformat()


def _moment(stamp: str, now: datetime, zone: ZoneInfo) -> str:
    """A time stamp of old syslog as UTC; without a year, in the latest in which it is not more than a day ahead of
    `now`."""
    if re.search(r" \d{4} ", stamp):
        month, day, year, clock = stamp.split()
        return at_date(f"    {month} {day} {clock} {year}", zone)
    for tried in (now.year + 1, now.year, now.year - 1, now.year - 2, now.year - 3, now.year - 4):
        try:
            moment = datetime.strptime(f"{tried} {stamp}", "%Y %b %d %H:%M:%S").replace(tzinfo=zone)
        except ValueError:  # 29 February
            continue
        if moment <= now + timedelta(days=1):
            return _in_utc(moment, zone)
    return ""


MARKS = (b"BZh", b"\xfd7zXZ", b"PK\x03\x04", b"\x28\xb5\x2f\xfd")
"""What files begin with that are packed in a way that is not read, whatever their name."""
ROTATED = re.compile(
    r"[.-](?P<day>\d{4}-?\d\d-?\d\d[\dT-]*)$|\.@(?P<since>\d{8}T\d{6})\.\w$|\.(?P<number>\d{1,5})$|\.current$"
)
"""What rotation puts behind the name of a log: a day, a number, or, at Cisco, when it began."""


DAY_IN_NAME = re.compile(r"(?<!\d)(20\d\d)-?(\d\d)-?(\d\d)(?!\d)")
LONGEST_LOG = timedelta(days=40)
"""Days that a log is written whose name has the day on which it began."""


def written_until(path: Path, now: datetime) -> datetime:
    """Until when the lines of a log may have been written: `now`, or not long after the day in its name."""
    days = []
    for year, month, day in DAY_IN_NAME.findall(path.name):
        with suppress(ValueError):
            days.append(datetime(int(year), int(month), int(day), tzinfo=UTC))
    return min(now, max(days) + LONGEST_LOG) if days else now


def stem(path: Path) -> str:
    """The name of a log without what rotation put behind it: the same for all files of one log."""
    return ROTATED.sub("", path.name.removesuffix(".gz"))


def logs(source: Source, *, workbooks: bool = False) -> list[Path]:
    """The files of the option `path`, the oldest of a log first, as log rotation names them (mail.log.2.gz before
    mail.log.1 before mail.log; mail.log-20261101 before mail.log-20261108).

    Those of a folder that are packed in a way that is not read are left out; a workbook (.xlsx) is none of them where
    it is read. Raises SourceDown where no other is there.
    """

    def age(path: Path) -> tuple[str, bool, str, int]:
        found = ROTATED.search(path.name.removesuffix(".gz"))
        day, number = (found["day"] or found["since"] or "", found["number"]) if found else ("", None)
        return stem(path), not day, day, -int(number) if number else 1

    named = source.options.get("path")
    entries = named if isinstance(named, list) else [named]
    asked = [
        f"{entry}/*" if isinstance(entry, str) and source.place(entry).is_dir() else entry for entry in entries
    ]  # a folder of logs: their names end in anything
    found = sorted(paths(replace(source, options={**source.options, "path": asked})), key=age)
    chosen = [source.place(entry) for entry in entries if isinstance(entry, str)]
    sealed = [path for path in found if _sealed(path) and not (workbooks and path.suffix.lower() == ".xlsx")]
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


def advice(system: str) -> str:
    """What to do with the lines of a system that another connector reads, or none does."""
    if connector := CONNECTORS[system]:
        return f'Give them to a source of their own, with connector = "{connector}"'
    return "They are not read: give the log of the system behind it that delivers to the mailboxes"


def not_read(name: str, wanted: str, own: int, others: Counter[str]) -> Iterator[Remark]:
    """What a log holds beside the lines of the system that is `wanted` that somebody may have meant to be read."""
    known = sorted(system for system in others if system in CONNECTORS)
    for system in known:
        count = "1 line is" if others[system] == 1 else f"{others[system]:,} lines are"
        yield Remark(name, f"{count} {system}'s, not {wanted}'s. {advice(system)}.", unread=True)
    if not known and others and not own:
        shown = " (postfix/smtp, or another syslog_name/smtp)" if wanted == "Postfix" else ""
        yield Remark(
            name,
            f"no line of this file is {wanted}'s, and it was not read. Take it out of the folder, or check the name"
            f" that stands before the program in its lines{shown}.",
            unread=True,
        )


def zone(source: Source) -> ZoneInfo:
    """The zone of stamps that name none, by the option `timezone`. Raises SourceDown where there is no such zone."""
    name = str(source.options.get("timezone", "UTC"))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise SourceDown(f'{source.name}: there is no time zone {name!r}. Write it like "America/New_York".') from fault


def connector_for(path: Path) -> str:
    """The connector that reads the lines of a file, by the first of them; empty where none of them is known."""
    with closing(table.lines(path, "utf-8")) as found:
        seen = Counter(taken_apart(line)[1] for line in islice(found, LOOKED_AT))
    return next((name for system, _ in seen.most_common() if (name := CONNECTORS.get(system, ""))), "")
