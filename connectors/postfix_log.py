"""Postfix logs in syslog form, packed or not: lines of one message are joined by host and queue id.

The forms of syslog (RFC 3164, RFC 5424, ISO 8601 stamps, journald's JSON) are read alike; whose line it is says its tag
alone, `postfix/smtp` or, by another `syslog_name`, `relay/smtp`.

A log has no subjects, unless header_checks (or smtp_header_checks, on delivery) has Postfix write them ("warning:
header Subject: …"); without one, a mail is judged by its sender alone, and proves little. That is the envelope's
sender; where OpenDMARC's lines stand in the same log, it is known to be genuine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from connectors.contract import (
    Access,
    Connector,
    Covers,
    Expect,
    Interface,
    Item,
    Source,
)
from connectors.mail.accounts import parse
from connectors.mail.fates import sent_to_command
from connectors.mail.lines import (
    CUT,
    DISCARDED,
    LINE_OPTIONS,
    NOT_SEEN,
    LineLog,
    LogReading,
    QueuedMessage,
    bare_sender,
    judge_reply,
    one_mailbox,
    read_lines,
)
from connectors.mail.scan import Entry
from connectors.mail.signals import told_of
from connectors.records import Account

QUEUED = re.compile(
    r"(?P<id>[0-9A-F]{6,}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]{10,}z[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]*): (?P<what>.*)"
)
MAILBOX = r"<(?P<{0}>\"(?:[^\"\\]|\\.)*\"@[^>\s]+|[^>]*)>|(?P<bare_{0}>[^\s,<>]+)"
TO = re.compile(
    rf"to=(?:{MAILBOX.format('to')}),(?: orig_to=(?:{MAILBOX.format('orig')}),)?"
    r"(?: relay=(?P<relay>[^,]*),)?.* status=(?P<status>[\w-]+)(?P<reason>.*)"
)
SUBJECT = re.compile(
    r"[a-z]+: header Subject: (?P<subject>.*?)(?: from (?:\S+\[\S*\]|local|unknown);.*)?$", re.IGNORECASE
)
FOLDED = re.compile(r"\?=\? +=\?")
"""Between encoded words of a header of several lines: Postfix logs a line end as "?"."""
FROM = re.compile(r"from=<(?P<sender>\"(?:[^\"\\]|\\.)*\"@[^>\s]+|[^>]*)>")
MESSAGE_ID = re.compile(r"(?P<resent>resent-)?message-id=<?(?P<id>[^>\s]+)>?")
TO_FILE = re.compile(r"\(delivered to file: (?P<file>[^)]*)")
TO_COMMAND = re.compile(r"\(delivered to command: (?P<command>.{1,999})")
"""How local(8) says that an alias or `mailbox_command` leads to a file or a program."""
TO_SERVICE = re.compile(r"\(delivered via (?P<service>\S{1,99}) service")
"""How pipe(8) says to which program of master.cf it handed a mail: one for mailboxes, or a filter."""
ON_DELIVERY = ("smtp", "lmtp")
"""Programs that write header lines (smtp_header_checks) when a message is on its way."""


def fetch(source: Source) -> Iterator[Item]:
    """What the logs say, one item a mailbox and platform. Raises SourceDown, and SourceChanged where no line is
    Postfix's."""
    yield from read_lines(source, LOG)


def _read(line: re.Match[str], reading: LogReading) -> Sequence[Entry | str]:
    about = QUEUED.match(line["rest"])
    if about is None:
        return ()
    number, what = about.groups()
    key = (line["host"], number)
    if not what.startswith(("to=", "orig_to=")):
        return _note(line, reading, key, what)
    found = TO.match(what)
    if found is None:
        return (CUT,)
    message = reading.queue.get(key, NOT_SEEN)
    if passed := reading.passed_over(message):
        return passed
    orig, to = found["orig"] or found["bare_orig"] or "", found["to"] or found["bare_to"] or ""
    mailbox = one_mailbox(orig if "@" in orig else to)
    return (reading.delivery(line, key, message, mailbox, _fate(line["program"], found)),)


def _note(line: re.Match[str], reading: LogReading, key: tuple[str, str], what: str) -> Sequence[str]:
    """Remember what a line says of a message, or forget the message.

    Once it was delivered a message is on its way; what a message begins with is another one's, then.
    """
    if what.startswith("removed"):
        reading.queue.pop(key, None)
    elif what.startswith("from="):
        if (sender := FROM.match(what)) is None:
            return (CUT,)
        reading.message(key).sender = bare_sender(sender[1]) if '"' in what else sender[1]
    elif what.startswith(("client=", "uid=")):
        reading.begin(key, QueuedMessage(own="sasl_username=" in what))
    elif found := MESSAGE_ID.match(what):
        message = _beginning(reading, key)
        if message.message_id and not found["resent"] and message.message_id != found["id"]:
            message = reading.begin(key)
        message.message_id = message.message_id or found["id"]
    elif found := SUBJECT.match(what):
        late = line["program"] in ON_DELIVERY
        message = reading.message(key) if late else _beginning(reading, key)
        message.subject = FOLDED.sub("?= =?", found["subject"])
    elif line["program"] == "opendmarc":
        reading.proven(key, what)
    return ()


def _beginning(reading: LogReading, key: tuple[str, str]) -> QueuedMessage:
    """The message of a queue id that is still being received; a new one where the id is used again."""
    message = reading.message(key)
    again = message.delivered or (message.sender is not None and message.message_id and message.subject)
    return reading.begin(key) if again else message


def _fate(program: str, found: re.Match[str]) -> str:
    """What became of a delivery, in the words of mail_fates.csv."""
    if found["status"] != "sent":
        return found["status"]
    reason = found["reason"].strip()
    if program == "discard" or reason.startswith("(discard"):
        return DISCARDED
    if service := TO_SERVICE.match(reason):
        return f"sent to the service {service['service']}"
    if program != "local":
        return judge_reply(found["relay"] or "", reason) or "sent"
    if file := TO_FILE.match(reason):
        return DISCARDED if file["file"] == "/dev/null" else "sent to no mailbox"
    command = TO_COMMAND.match(reason)
    return sent_to_command(command["command"]) if command else "sent"


LOG = LineLog(
    "Postfix",
    "postfix",
    _read,
    re.compile(r"postfix\S{0,99}/[a-z-]{1,99}(?:\[\d{1,20}\])?(?:: |\")"),
    also=("OpenDMARC",),
)
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
    options=LINE_OPTIONS,
    adds_up=True,
    platforms=told_of(),
    covers=Covers.EVERYBODY,
)
