"""Sendmail logs in syslog form (programs sendmail, sm-mta, sm-msp-queue), and the same lines in Proofpoint's mail
stream, which is JSON.

A message's line with `from=` and its lines with `to=` are joined by host and queue id; nothing says that a message is
done. Fates are told by the first digit of `dsn=`, and, where it is 2 or is missing, by `stat=`: what went to a file, or
to the host's own filter, is in no mailbox yet; a program that took it is judged by its name. Sendmail logs no subjects
and only the envelope's sender, so a mail is judged by that alone, and proves little; OpenDMARC's lines in the same log
show that it is genuine.
Format: Sendmail Installation and Operation Guide, chapter on logging.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from connectors.contract import Access, Connector, Covers, Expect, Interface, Item, Source
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

QUEUED = re.compile(r"(?P<id>[A-Za-z0-9]{8,20}): (?P<what>.*)")
ADDRESS = r"(?:<(?:\"(?:[^\"\\]|\\.)*\"@[^>\s]+|[^>]*)>|\"(?:[^\"\\]|\\.)*\"(?:@[^\s,<>]+)?|[^\s,<>\"]+)"
ONE = re.compile(ADDRESS)
FROM = re.compile(rf"from=(?P<sender>{ADDRESS})?, .*?\bnrcpts=")
MESSAGE_ID = re.compile(r", msgid=<?(?P<id>[^>\s,]+)>?")
SUBMITTED = re.compile(r", relay=\S*@localhost\b")
"""A message that was written on the host itself: ctladdr is whoever wrote it, then."""
TO = re.compile(rf"to=(?P<to>{ADDRESS}(?:,{ADDRESS})*),(?: ctladdr=(?P<ctladdr>{ADDRESS}))?(?P<rest>.*)")
RELAY = re.compile(r", relay=(?P<relay>[^,]*)")
MAILER = re.compile(r"[, ]mailer=(?P<mailer>[^,]*)")
DSN = re.compile(r", dsn=(?P<digit>\d)\.")
STAT = re.compile(r", stat=(?P<stat>.*)")
FATES = {**dict.fromkeys(("*file*", "*include*", "dsn"), "sent to no mailbox"), "discard": DISCARDED}
"""What becomes of what these mailers take."""
TO_PROGRAM = ("*prog*", "prog")


def fetch(source: Source) -> Iterator[Item]:
    """What the logs say, one item a mailbox and platform. Raises SourceDown, and SourceChanged where no line is
    Sendmail's."""
    yield from read_lines(source, LOG)


def _read(line: re.Match[str], reading: LogReading) -> Sequence[Entry | str]:
    about = QUEUED.match(line["rest"])
    if about is None:
        return ()
    key, what = reading.key(line, about["id"]), about["what"]
    if what.startswith("to="):
        return _deliveries(line, what, key, reading)
    if what.startswith("from="):
        found = FROM.match(what)
        if found is None:
            return (CUT,)
        named = MESSAGE_ID.search(what)
        message = QueuedMessage(bare_sender(found["sender"] or ""), named["id"] if named else "")
        message.genuine = reading.queue.get(key, NOT_SEEN).genuine
        message.own = bool(SUBMITTED.search(what))
        reading.came(key, message)
    elif line["program"] == "opendmarc":
        reading.proven(key, what)
    return ()


def _deliveries(line: re.Match[str], what: str, key: tuple[str, str], reading: LogReading) -> Sequence[Entry | str]:
    """A line of one or more recipients that share a fate."""
    found = TO.match(what)
    if found is None or not STAT.search(found["rest"]):
        return (CUT,)
    message = reading.queue.get(key, NOT_SEEN)
    recipients = [_bare(one) for one in _apart(found["to"])]
    if passed := reading.passed_over(message):
        return tuple(passed) * len(recipients)
    forwarded = _bare(found["ctladdr"] or "")
    if "@" in forwarded and not message.own:  # somebody's .forward or list: it is whom the platform wrote to
        recipients = [forwarded]
    fate = _fate(found["to"], found["rest"])
    return [reading.delivery(line, key, message, one_mailbox(one), fate) for one in recipients]


def _apart(listed: str) -> Iterator[str]:
    """The addresses between the commas of a list of them."""
    at = 0
    while found := ONE.match(listed, at):
        yield found[0]
        at = found.end() + 1


def _bare(address: str) -> str:
    return address.removeprefix("<").removesuffix(">")


def _fate(to: str, fields: str) -> str:
    """What became of a delivery, in the words of mail_fates.csv."""
    said, dsn, mailer, relay = (one.search(fields) for one in (STAT, DSN, MAILER, RELAY))
    stat = said["stat"] if said else ""
    if code := re.match(r"([245])\d\d ", stat):
        return f"dsn {code[1]}"
    if dsn and dsn["digit"] != "2":
        return f"dsn {dsn['digit']}"
    word = re.split(r"[(:]", stat, maxsplit=1)[0].strip()
    if word.lower() != "sent":
        return word or "dsn 2"
    if mailer and mailer["mailer"] in TO_PROGRAM:
        return sent_to_command(to.strip('"|'))
    fate = FATES.get(mailer["mailer"] if mailer else "")
    return fate or judge_reply(relay["relay"] if relay else "", stat) or "sent"


LOG = LineLog(
    "Sendmail",
    "sendmail",
    _read,
    re.compile(r"\b(?:sendmail|sm-mta|sm-msp-queue)(?:\[\d+\])?(?:: |\")"),
    also=("OpenDMARC",),
)
CONNECTOR = Connector(
    name="sendmail_log",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Mails of platforms in Sendmail logs, and in the mail stream of Proofpoint (files, also packed)",
    fetch=fetch,
    parse=parse,
    interface=Interface("log lines of Sendmail 8", date(2026, 11, 28), "https://www.sendmail.org/"),
    reads=("sent_at", "from", "to", "ctladdr", "mailer", "relay", "dsn", "stat", "msgid", "authenticated domain"),
    expect=Expect(may_shrink=0.9, may_reject=0.05),
    needs=("path",),
    options=LINE_OPTIONS,
    adds_up=True,
    platforms=told_of(),
    covers=Covers.EVERYBODY,
)
