"""Exim's main log (mainlog), rotated and packed, or the same lines in syslog.

Lines of one message are joined by its id, of 16 characters (6-6-2) or, since 4.97, 23 (6-11-4). What the sign behind it
means stands in mail_fates.csv: `<=` came in, `=>`, `->` and `>>` were delivered, `==` waits, `**` failed, `*>` was only
tried. Times are the host's own unless they name a zone; say which in `timezone`. Subjects are there where
`log_selector` has `+subject` (`T="…"` of a line that came in; on deliveries T= is the transport). Only the envelope's
sender is logged, so that a mail without a subject proves little.
Format: the Exim specification, chapter "Log files".
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

LINE = re.compile(
    r"(?:(?P<at>\d{4}-\S+ \d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?) )?(?:\[\d+\] )?"
    r"(?P<id>\w{6}-\w{6}-\w\w|\w{6}-\w{11}-\w{4}) (?P<what>.*)"
)
ADDRESS = r"(?:\"(?:[^\"\\]|\\.)*\"@\S+|\S+)"
CAME = re.compile(rf"<= (?P<sender>{ADDRESS}) (?P<rest>.*)")
WENT = re.compile(rf"(?P<sign>=>|->|>>|==|\*\*|\*>) (?P<to>{ADDRESS}:?)(?P<rest>.*)")
PARENT = re.compile(r"<([^<>]*@[^<>\s]+)>")
MESSAGE_ID = re.compile(r" id=(?P<id>\S+)")
QUOTED = r"\"((?:[^\"\\]|\\.)*)\""
SUBJECT = re.compile(rf" T={QUOTED}")
RETURN_PATH = re.compile(r" (?:F|P)=<(?P<sender>[^>]{0,999})>")
"""The sender on a delivery, by +sender_on_delivery or +return_path_on_delivery."""
RELAY = re.compile(r" H=(?P<relay>\S+(?: \[[^\]]{0,99}\])?)")
REPLY = re.compile(rf" C={QUOTED}")
WORDS = {
    "=>": "delivered", "->": "delivered as well", ">>": "delivered by cutthrough", "==": "deferred", "**": "failed",
    "*>": "suppressed",
}  # fmt: skip
"""What the signs are called in mail_fates.csv, where signs do not count."""
NO_FIELDS = re.compile(r" (?:R|T|H|U|P|A|F|C|S|X|id)=")

OWN = re.compile(r" (?:A=[\w-]+(?::|\s)|P=local\b)")
"""Of a message that somebody who signed in sent, or that was written on the host itself."""


def fetch(source: Source) -> Iterator[Item]:
    """What the logs say, one item a mailbox and platform. Raises SourceDown, and SourceChanged where no line is
    Exim's."""
    yield from read_lines(source, LOG)


def _read(line: re.Match[str], reading: LogReading) -> Sequence[Entry | str]:
    about = LINE.match(line["rest"])
    if about is None:
        return ()
    key, what = reading.key(line, about["id"]), about["what"]
    if what.startswith("<="):
        return _came(key, what, reading)
    if what.startswith("Completed"):
        reading.queue.pop(key, None)
    elif what[:2] in WORDS:
        return _went(line, about, key, reading)
    return ()


def _came(key: tuple[str, str], what: str, reading: LogReading) -> Sequence[Entry | str]:
    found = CAME.match(what)
    if found is None or not NO_FIELDS.match(f" {found['rest']}"):
        return (CUT,)
    named, said = MESSAGE_ID.search(what), SUBJECT.search(what)
    message = QueuedMessage(bare_sender(found["sender"]), named["id"] if named else "")
    message.subject = _unescaped(said[1]) if said else ""
    message.own = bool(OWN.search(what, 0, said.start() if said else len(what)))
    early = reading.queue.get(key, NOT_SEEN)
    message = reading.came(key, message)
    if early.sender is not None or not early.put_off:
        return ()
    reading.waiting -= len(early.put_off)
    if passed := reading.passed_over(message):
        return tuple(passed) * len(early.put_off)
    return [reading.delivery(line, key, message, to, fate) for line, to, fate in early.put_off]


def _went(
    line: re.Match[str], about: re.Match[str], key: tuple[str, str], reading: LogReading
) -> Sequence[Entry | str]:
    found = WENT.match(about["what"])
    if found is None or not (NO_FIELDS.search(found["rest"]) or found["sign"] in ("**", "==") or ":" in found["to"]):
        return (CUT,)
    message = reading.queue.get(key, NOT_SEEN)
    if message.sender is None and found["sign"] == ">>":
        return reading.put_off(line, key, _mailbox(found), _fate(found))  # while it was received
    if message.sender is None and (path := RETURN_PATH.search(found["rest"])):
        message = QueuedMessage(bare_sender(path["sender"]))
    if passed := reading.passed_over(message):
        return passed
    return (reading.delivery(line, key, message, _mailbox(found), _fate(found)),)


def _mailbox(found: re.Match[str]) -> str:
    """The address that the message was written to: the one in angle brackets, if it went elsewhere from there."""
    fields = NO_FIELDS.search(found["rest"])
    before = found["rest"][: fields.start()] if fields else found["rest"].partition(": ")[0]
    parents = [] if found["to"].endswith(":") else PARENT.findall(before)
    return one_mailbox(parents[-1] if parents else found["to"].removesuffix(":").strip("<>"))


def _fate(found: re.Match[str]) -> str:
    """What became of a delivery, in the words of mail_fates.csv."""
    sign, to, rest = found["sign"], found["to"], found["rest"]
    if sign not in ("=>", "->", ">>"):
        return WORDS[sign]
    if to.startswith(":blackhole:") or to == "/dev/null":
        return "blackhole"
    if to.startswith("|"):
        return sent_to_command(f"{to[1:]}{rest}".partition(" <")[0])
    if to.startswith(("/", ">")) or " T=address_" in rest:
        return "sent to no mailbox"
    relay, reply = RELAY.search(rest), REPLY.search(rest)
    return judge_reply(relay["relay"] if relay else "", reply[1] if reply else "") or WORDS[sign]


def _unescaped(text: str) -> str:
    """A subject as it was: Exim writes letters that are not ASCII as `\\303\\251`, and quotes with a backslash."""
    try:
        octal = re.sub(r"\\([0-3][0-7]{2})", lambda found: chr(int(found[1], 8)), text)
        text = octal.encode("latin-1").decode("utf-8") if octal != text else text
    except UnicodeError:
        pass
    return re.sub(r"\\(.)", r"\1", text)


LOG = LineLog("Exim", "exim", _read, re.compile(r" (?:<=|=>|->|>>|==|\*\*|\*>) \S+|\bexim4?\[\d+\]: "))
CONNECTOR = Connector(
    name="exim_log",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Mails of platforms in Exim's main log (files, also packed)",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "log lines of Exim 4",
        date(2026, 11, 28),
        "https://www.exim.org/exim-html-current/doc/html/spec_html/ch-log_files.html",
    ),
    reads=("sent_at", "sign", "sender", "recipient", "parent address", "T", "H", "C", "F", "id"),
    expect=Expect(may_shrink=0.9, may_reject=0.05),
    needs=("path",),
    options=LINE_OPTIONS,
    adds_up=True,
    platforms=told_of(),
    covers=Covers.EVERYBODY,
)
