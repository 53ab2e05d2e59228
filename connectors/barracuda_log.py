"""Mail syslog of a Barracuda Email Security Gateway, as a syslog server keeps it.

A line is positions parted by spaces: client, message id, start, end (seconds since 1970), service, and what the service
says. RECV and SCAN name sender, recipient and what the gateway did; SEND has only the message's id and whether the next
server took it. The numbers of RECV and SCAN and those of SEND mean different things (mail_fates.csv). Where a message
has several recipients, its SEND lines do not say for whom, and prove nothing. Only the envelope's sender is logged.
Format: "How to Parse the Barracuda Email Security Gateway Syslog" of campus.barracuda.com.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from connectors.contract import Access, Connector, Covers, Expect, Interface, Item, Source
from connectors.mail.accounts import parse
from connectors.mail.lines import (
    CUT,
    LINE_OPTIONS,
    NOT_SEEN,
    LineLog,
    LogReading,
    QueuedMessage,
    one_mailbox,
    read_lines,
)
from connectors.mail.scan import Entry
from connectors.mail.signals import told_of
from connectors.records import Account

LINE = re.compile(r"(?:\S+ )?(?P<id>\d+-\S+) (?P<start>\d+) (?P<end>\d+) (?P<service>RECV|SCAN|SEND) (?P<said>.*)")
SAID = {
    "RECV": re.compile(r"(?P<sender>\S+) (?P<to>\S+) (?P<action>\d+) \d+(?: |$)"),
    "SCAN": re.compile(r"\S+ (?P<sender>\S+) (?P<to>\S+) \S+ (?P<action>\d+) \d+ .*?\bSUBJ:(?P<subject>.*)"),
    "SEND": re.compile(r"\S+ (?P<action>\d+) \S+ \S"),
}
GOES_ON = ("0", "4", "7", "8", "10")
"""Actions of SCAN after which the message is sent on, so that a SEND line follows."""


def fetch(source: Source) -> Iterator[Item]:
    """What the logs say, one item a mailbox and platform. Raises SourceDown, and SourceChanged where no line is a
    Barracuda gateway's."""
    yield from read_lines(source, LOG)


def _read(line: re.Match[str], reading: LogReading) -> Sequence[Entry | str]:
    about = LINE.match(line["rest"])
    if about is None:
        return ()
    found = SAID[about["service"]].match(about["said"])
    if found is None:
        return (CUT,)
    key = reading.key(line, about["id"])
    if about["service"] == "SEND":
        return _sent(line, key, found["action"], reading)
    if "@" not in found["to"]:
        return ()  # refused before it had a recipient
    subject = found["subject"] if about["service"] == "SCAN" else ""
    ended = datetime.fromtimestamp(int(about["end"]), UTC).isoformat()
    message = QueuedMessage(found["sender"], subject=subject, sent_at=ended)
    if passed := reading.passed_over(message):
        if key not in reading.queue:
            reading.came(key, message)
        return passed
    mailbox = one_mailbox(found["to"])
    if found["action"] in GOES_ON:
        earlier = reading.queue.get(key, NOT_SEEN).recipients
        if mailbox not in (address for _, address in earlier):
            earlier = (*earlier, ("", mailbox))
        reading.begin(key, replace(message, recipients=earlier))
    return (reading.delivery(line, key, message, mailbox, f"scan {found['action']}"),)


def _sent(line: re.Match[str], key: tuple[str, str], action: str, reading: LogReading) -> Sequence[Entry | str]:
    message = reading.queue.get(key, NOT_SEEN)
    if passed := reading.passed_over(message):
        return passed
    of_several = " of several" if len(message.recipients) > 1 else ""
    mailboxes = ";".join(address for _, address in message.recipients)
    return (reading.delivery(line, key, message, mailboxes, f"send {action}{of_several}"),)


LOG = LineLog("Barracuda", "barracuda", _read, re.compile(r"\d{1,20}-\S{1,99} \d{1,20} \d{1,20} (?:RECV|SCAN|SEND) "))
CONNECTOR = Connector(
    name="barracuda_log",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Mails of platforms in the mail syslog of a Barracuda Email Security Gateway (files, also packed)",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "mail syslog of Email Security Gateway 8 and later",
        date(2026, 11, 28),
        "https://campus.barracuda.com/doc/171802918",
    ),
    reads=("end", "service", "sender", "recipient", "action", "subject", "message id"),
    expect=Expect(may_shrink=0.9, may_reject=0.05),
    needs=("path",),
    options=LINE_OPTIONS,
    adds_up=True,
    platforms=told_of(),
    covers=Covers.EVERYBODY,
)
