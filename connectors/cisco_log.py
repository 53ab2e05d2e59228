"""Logs of Cisco Secure Email (IronPort, AsyncOS): consolidated event logs, and text mail logs; as files of the
appliance, or by syslog.

A consolidated event is one line a message in CEF, with the From header, the subject, the final action, and what DMARC
and SPF said. Of text mail logs many lines tell of one message, joined by its MID (a message that a filter rewrites or
splits goes on under another); they name the envelope's sender, and recipients by number. Lines of one second may come
in any order. "Message finished" is written of delivered and dropped messages alike, and says nothing. Times are the
appliance's own; say their zone in `timezone`. Format: the User Guide for AsyncOS, chapter "Logging".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from connectors.contract import Access, Connector, Covers, Expect, Interface, Item, Source
from connectors.mail import syslog
from connectors.mail.accounts import parse
from connectors.mail.cef import EVENT, fields_of, without_quotes
from connectors.mail.lines import (
    ANOTHER_SENDER,
    CUT,
    LINE_OPTIONS,
    NOT_SEEN,
    OF_OTHERS,
    LineLog,
    LogReading,
    QueuedMessage,
    bare_sender,
    header_or_envelope,
    one_mailbox,
    read_lines,
)
from connectors.mail.scan import Entry
from connectors.mail.signals import told_of
from connectors.records import Account

CONSOLIDATED = "ESA_CONSOLIDATED_LOG_EVENT"
SENDERS = re.compile(r"(?:suser|ESAFriendlyFrom)=(.*?)(?= \w+=|$)")
"""What may name a sender: looked at before the rest, since few of them are listed."""
READ = (
    "suser", "duser", "act", "msg", "endTime", "cs4", "ESAFriendlyFrom", "deviceDirection", "ESADMARCVerdict",
    "ESASPFVerdict", "ESAMID",
)  # fmt: skip
SPF_PASSED = re.compile(r"(?:\{.*?'mailfrom': \{'result': ')?pass\b", re.IGNORECASE)
DMARC = {"success": "pass", "pass": "pass", "passed": "pass", "failure": "fail", "permfailure": "fail", "fail": "fail"}
LINE = re.compile(r"\w+: (?P<what>.*)")
MID = re.compile(r"(?:ICID \d+ )?MID (?P<mid>\d+) (?:ICID \d+ )?(?P<what>.*)")
TO = re.compile(r"RID (?P<rid>\d+) To: <(?P<to>.*)>$")
FROM = re.compile(r"From: <(?P<sender>.*)>$")
MESSAGE_ID = re.compile(r"Message-ID '<?(?P<id>[^>']*)")
SUBJECT = re.compile(r"Subject (?P<subject>.*)")
BECOMES = re.compile(r"(?:rewritten to|was split creating) MID (?P<mid>\d+)")
OUTBOUND = re.compile(r"matched all recipients for .* in the outbound table")
GENUINE = re.compile(
    r"DMARC: Message from domain (?P<domain>[\w.-]+), DMARC (?:pass|(?P<failed>fail))"
    r"|SPF: mailfrom identity \S*?(?<![\w.-])(?P<envelope>[\w.-]+) Pass"
)
ABOUT_MID = {
    "quarantined": re.compile(r"quarantined to |enqueued for transfer to centralized quarantine"),
    "dropped": re.compile(r"(?:message )?dropped by ", re.IGNORECASE),
}
"""Fates of all recipients of a message, in the words of mail_fates.csv."""
FATE = re.compile(
    r"(?P<fate>Message (?:done|aborted|finished)|EUQ: Quarantined|(?:Double )?[Bb]ounced:|Delayed:) "
    r"(?:DCID \d+ )?MID (?P<mid>\d+)(?: to RID \[?(?P<rids>[\d, ]+))?"
)
"""The fate of recipients by their number, or, without numbers, of all."""


def fetch(source: Source) -> Iterator[Item]:
    """What the logs say, one item a mailbox and platform. Raises SourceDown, and SourceChanged for another's log."""
    yield from read_lines(source, LOG)


def _read(line: re.Match[str], reading: LogReading) -> Sequence[Entry | str]:
    at = line["rest"].find("CEF:")
    if at >= 0 and len(event := line["rest"][at:].split("|", 7)) > 1 and event[1] == "Cisco":
        return _consolidated(line, event, reading)
    if (text := LINE.match(line["rest"])) is None:
        return ()
    what: str = text["what"]
    if about := MID.match(what):
        return _about(line, reading.key(line, about["mid"]), about["what"], reading)
    found = FATE.match(what)
    return _fate(line, found, reading) if found else ()


def _fate(line: re.Match[str], found: re.Match[str], reading: LogReading) -> Sequence[Entry | str]:
    key, fate = reading.key(line, found["mid"]), found["fate"].lower()
    if fate == "message finished":
        reading.finish(key)
        return ()
    if fate == "message done" and not found["rids"]:
        return (CUT,)
    return _delivered(line, key, found["rids"] or "", fate, reading)


def _about(line: re.Match[str], key: tuple[str, str], what: str, reading: LogReading) -> Sequence[Entry | str]:
    """What a line says of a message: remembered, or a fate of all its recipients."""
    message = reading.message(key)
    if found := FROM.match(what):
        return _came_from(key, message, found["sender"], reading)
    if what.startswith(("From: ", "RID ")) and "<" in what and not TO.match(what):
        return (CUT,)
    if found := BECOMES.match(what):
        _goes_on(message, (key[0], found["mid"]), reading)
    for fate, shape in ABOUT_MID.items():
        if shape.match(what):
            return _delivered(line, key, "", fate, reading)
    if message is OF_OTHERS:
        return ()
    if found := TO.match(what):
        message.recipients += ((found["rid"], one_mailbox(found["to"])),)
        return _taken_up(key, message, reading)
    if found := SUBJECT.match(what):
        message.subject = without_quotes(found["subject"])
    elif found := MESSAGE_ID.match(what):
        message.message_id = found["id"]
    elif found := GENUINE.match(what):
        message.forged |= bool(found["failed"])
        message.genuine |= not found["failed"] and reading.signals.near(f"at@{found['domain'] or found['envelope']}")
    elif OUTBOUND.match(what):
        message.own = True
    return ()


def _came_from(key: tuple[str, str], message: QueuedMessage, sender: str, reading: LogReading) -> Sequence[Entry | str]:
    """Note who sent a message; a number that a delivered message had is another one's, now."""
    message = QueuedMessage() if message.delivered else message
    message.sender = bare_sender(sender)
    reading.came(key, message)
    return _taken_up(key, message, reading)


def _goes_on(message: QueuedMessage, key: tuple[str, str], reading: LogReading) -> None:
    """Let a message that goes on under another number know what was known of it."""
    if message is OF_OTHERS:
        reading.begin(key, message)
        return
    other = reading.message(key)
    if other is OF_OTHERS:
        return
    other.sender = message.sender if other.sender is None else other.sender
    other.subject = other.subject or message.subject
    other.message_id = other.message_id or message.message_id
    other.genuine |= message.genuine
    other.forged |= message.forged
    other.own |= message.own
    other.recipients = other.recipients or message.recipients


def _delivered(
    line: re.Match[str], key: tuple[str, str], rids: str, fate: str, reading: LogReading
) -> Sequence[Entry | str]:
    """What became of a message for recipients by their number; without numbers, for all."""
    message = reading.queue.get(key, NOT_SEEN)
    if message.sender is None or (message is not OF_OTHERS and not _named(message, rids)):
        aborted = fate == "message aborted"  # before it had a sender or a recipient
        return () if aborted else reading.put_off(line, key, rids, fate)
    if passed := reading.passed_over(message):
        return passed
    entry = reading.delivery(line, key, message, _named(message, rids), fate)
    return ({**entry, "direction": "outbound" if message.own else ""},)


def _named(message: QueuedMessage, rids: str) -> str:
    """The recipients of these numbers (none: of all), parted by `;`; empty where one is not known."""
    by_number = dict(message.recipients)
    wanted = re.findall(r"\d+", rids) or list(by_number)
    return ";".join(by_number[one] for one in wanted) if all(one in by_number for one in wanted) else ""


def _taken_up(key: tuple[str, str], message: QueuedMessage, reading: LogReading) -> Sequence[Entry | str]:
    """Deliveries that stood before the lines that say from whom and to whom."""
    if not message.put_off or message.sender is None:
        return ()
    waiting, message.put_off = message.put_off, ()
    reading.waiting -= len(waiting)
    return [one for line, rids, fate in waiting for one in _delivered(line, key, rids, fate, reading)]


def _consolidated(line: re.Match[str], event: Sequence[str], reading: LogReading) -> Sequence[Entry | str]:
    """A line of CEF, parted at `|`."""
    kind, text = (event[4], event[7]) if len(event) == len(EVENT) else (CONSOLIDATED, "")
    senders = SENDERS.findall(text)
    if kind != CONSOLIDATED or (not senders and "act=ABORTED" in text):
        return ()
    if not senders:
        return (CUT,)
    if not any(map(reading.signals.near, senders)):
        return (ANOTHER_SENDER,)
    fields = fields_of(text, READ)
    if isinstance(fields, str):
        return (fields,)
    return _event(line, fields, reading) if "act" in fields else (CUT,)


def _event(line: re.Match[str], fields: Mapping[str, str], reading: LogReading) -> Sequence[Entry | str]:
    """What became of the message of a consolidated event."""
    named = header_or_envelope(fields.get("ESAFriendlyFrom", ""), fields.get("suser", ""), reading.signals)
    if not reading.signals.near(named["sender"]):
        return (ANOTHER_SENDER,)
    if "duser" not in fields:
        return () if fields["act"].upper() == "ABORTED" else (CUT,)
    moment = syslog.at_date(fields.get("endTime", ""), reading.zone) or reading.stamp(line)
    checks = (
        f"dmarc={DMARC.get(fields.get('ESADMARCVerdict', '').lower(), '')}",
        "spf=pass" if SPF_PASSED.match(fields.get("ESASPFVerdict", "")) else "",
    )
    return (
        {
            **named,
            "recipient_address": ";".join(one_mailbox(one) for one in re.split(r"[;,]\s*", fields["duser"])),
            "status": fields["act"],
            "subject": fields.get("msg", ""),
            "message_id": fields.get("cs4", "") or f"{line['host'] or reading.log} {fields.get('ESAMID', '')} {moment}",
            "sent_at": moment,
            "auth": " ".join(checks),
            "direction": "outbound" if fields.get("deviceDirection") == "1" else "",
        },
    )


SAYS = (
    "endTime", "suser", "From", "ESAFriendlyFrom", "duser", "RID", "To", "act", "msg", "Subject", "cs4", "Message-ID",
    "MID", "deviceDirection", "ESADMARCVerdict", "ESASPFVerdict", "DMARC", "SPF",
)  # fmt: skip
LOG = LineLog("Cisco Secure Email", "cisco", _read, re.compile(r"\b(?:MID|ICID|DCID) \d+|CEF:\d\|Cisco\|"))
CONNECTOR = Connector(
    name="cisco_log",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Mails of platforms in logs of Cisco Secure Email: consolidated events, mail_logs (files, also packed)",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "consolidated events and mail_logs of AsyncOS 14 and later",
        date(2026, 11, 28),
        "https://www.cisco.com/c/en/us/support/security/email-security-appliance/products-user-guide-list.html",
    ),
    reads=SAYS,
    expect=Expect(may_shrink=0.9, may_reject=0.05),
    needs=("path",),
    options=LINE_OPTIONS,
    adds_up=True,
    platforms=told_of(),
    covers=Covers.EVERYBODY,
)
