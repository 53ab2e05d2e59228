"""The same mails as the lines of every mail system that writes lines, one writer a format."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class LoggedMail:
    """A mail of a platform: when (UTC), from whom, to which mailbox, its subject and id, and what became of it
    ("delivered", "failed" or "deferred")."""

    moment: datetime
    sender: str
    mailbox: str
    subject: str
    message_id: str
    fate: str = "delivered"


@dataclass(frozen=True)
class LineFormat:
    """A format: the connector that reads it, the name of a file of it, and what writes it. `subjects`: it has them."""

    connector: str
    file: str
    write: Callable[[Sequence[LoggedMail]], str]
    subjects: bool = True


def _old(moment: datetime) -> str:
    return f"{moment:%b} {moment.day:2} {moment:%H:%M:%S}"


def _dated(moment: datetime) -> str:
    return f"{moment:%a} {_old(moment)} {moment.year}"


def _postfix_said(
    at: int, mail: LoggedMail, *, subjects: bool, subject_first: bool = False
) -> Iterator[tuple[str, str]]:
    queue = f"{0x4CF0A1B000 + at:X}"
    fate = {"delivered": "dsn=2.0.0, status=sent (250 2.0.0 Ok)", "failed": "dsn=5.1.1, status=bounced (550 5.1.1)"}
    waits = "dsn=4.0.0, status=deferred (connect: refused)"
    yield "smtpd", f"{queue}: client=mx.example[203.0.113.4]"
    heads = [
        f"{queue}: message-id=<{mail.message_id}>",
        f"{queue}: warning: header Subject: {mail.subject} from mx.example[203.0.113.4]; from=<{mail.sender}>"
        f" to=<{mail.mailbox}> proto=ESMTP helo=<mx.example>",
    ]
    heads = heads if subjects else heads[:1]
    yield from (("cleanup", head) for head in (reversed(heads) if subject_first else heads))
    yield "qmgr", f"{queue}: from=<{mail.sender}>, size=2706, nrcpt=1 (queue active)"
    yield "smtp", f"{queue}: to=<{mail.mailbox}>, relay=mx2[192.0.2.25]:25, delay=1.2, {fate.get(mail.fate, waits)}"
    if mail.fate != "deferred":
        yield "qmgr", f"{queue}: removed"


def _postfix(mails: Sequence[LoggedMail], head: str, *, subjects: bool = True, subject_first: bool = False) -> str:
    return "".join(
        head.format(old=_old(mail.moment), iso=mail.moment.isoformat(), program=program) + f"{said}\n"
        for at, mail in enumerate(mails)
        for program, said in _postfix_said(at, mail, subjects=subjects, subject_first=subject_first)
    )


def postfix(mails: Sequence[LoggedMail]) -> str:
    """Old syslog; the subject stands behind the message id."""
    return _postfix(mails, "{old} mx1 postfix/{program}[77]: ")


def postfix_subject_first(mails: Sequence[LoggedMail]) -> str:
    """RFC 5424 under another syslog name; the subject stands before the message id."""
    return _postfix(mails, "<22>1 {iso} mx1 edge/{program} 77 - - \ufeff", subject_first=True)


def postfix_bare(mails: Sequence[LoggedMail]) -> str:
    """ISO stamps, no subjects."""
    return _postfix(mails, "{iso} mx1 postfix-in/{program}[77]: ", subjects=False)


def postfix_journald(mails: Sequence[LoggedMail]) -> str:
    """`journalctl -o json`; messages as lists of bytes, as where they are no UTF-8."""
    entries = [
        {
            "__REALTIME_TIMESTAMP": str(int(mail.moment.timestamp() * 1_000_000)),
            "_HOSTNAME": "mx1",
            "SYSLOG_IDENTIFIER": f"postfix/{program}",
            "MESSAGE": list(said.encode()),
        }
        for at, mail in enumerate(mails)
        for program, said in _postfix_said(at, mail, subjects=True)
    ]
    return "".join(f"{json.dumps(entry)}\n" for entry in entries)


def _sendmail_said(at: int, mail: LoggedMail) -> Iterator[str]:
    queue = f"6A2E01aa{at:06}"
    fate = {"delivered": "dsn=2.0.0, stat=Sent (Ok: queued)", "failed": "dsn=5.1.1, stat=User unknown"}
    yield (
        f"{queue}: from=<{mail.sender}>, size=2706, class=0, nrcpts=1, msgid=<{mail.message_id}>, proto=ESMTPS,"
        " daemon=MTA, relay=mx.example [203.0.113.4]"
    )
    waits = "dsn=4.0.0, stat=Deferred: Connection refused by mx2."
    yield (
        f"{queue}: to=<{mail.mailbox}>, delay=1+00:00:01, xdelay=00:00:00, mailer=esmtp, pri=122706,"
        f" relay=mx2.maine.gov. [192.0.2.25], {fate.get(mail.fate, waits)}"
    )


def sendmail(mails: Sequence[LoggedMail]) -> str:
    """Old syslog."""
    said = ((mail, one) for at, mail in enumerate(mails) for one in _sendmail_said(at, mail))
    return "".join(f"{_old(mail.moment)} mx1 sm-mta[77]: {one}\n" for mail, one in said)


def proofpoint_maillog(mails: Sequence[LoggedMail]) -> str:
    """Lines of Sendmail in JSON."""
    said = ((mail, one) for at, mail in enumerate(mails) for one in _sendmail_said(at, mail))
    lines = (
        {"ts": mail.moment.isoformat(), "data": f"{mail.moment.isoformat()} m1 sendmail[7]: {one}", "sm": {"qid": ""}}
        for mail, one in said
    )
    return "".join(f"{json.dumps(line)}\n" for line in lines)


def _exim(mails: Sequence[LoggedMail], stamp: str, number: str, *, subjects: bool) -> str:
    lines = []
    for at, mail in enumerate(mails):
        head = f"{mail.moment:{stamp}} {number.format(at=at)}"
        subject = ' T="' + mail.subject.replace("\\", "\\\\").replace('"', '\\"') + '"' if subjects else ""
        lines.append(
            f"{head} <= {mail.sender} H=mx.example [203.0.113.4]:41000 P=esmtps S=2706 id={mail.message_id}{subject}"
            f" for {mail.mailbox}"
        )
        local = mail.mailbox.partition("@")[0]
        went = {
            "delivered": f'=> {local} <{mail.mailbox}> R=dnslookup T=remote_smtp H=mx2 [192.0.2.25] C="250 2.0.0 Ok"',
            "failed": f"** {mail.mailbox} R=dnslookup T=remote_smtp: SMTP error after RCPT TO:<{mail.mailbox}>: 550",
            "deferred": f"== {mail.mailbox} R=dnslookup T=remote_smtp defer (111): Connection refused",
        }
        lines.append(f"{head} {went[mail.fate]}")
        if mail.fate != "deferred":
            lines.append(f"{head} Completed")
    return "".join(f"{line}\n" for line in lines)


def exim(mails: Sequence[LoggedMail]) -> str:
    """Long ids, with subjects."""
    return _exim(mails, "%Y-%m-%d %H:%M:%S", "1xAa1B-{at:011}-2dDe", subjects=True)


def exim_bare(mails: Sequence[LoggedMail]) -> str:
    """Short ids, milliseconds, zone and process, no subjects."""
    return _exim(mails, "%Y-%m-%d %H:%M:%S.120 +0000 [81]", "1xAa1B-{at:06}-2d", subjects=False)


CISCO_ACTS = {"delivered": "DELIVERED", "failed": "BOUNCED", "deferred": "DQ"}


def cisco_events(mails: Sequence[LoggedMail]) -> str:
    """Consolidated events by syslog."""
    lines = []
    for at, mail in enumerate(mails):
        subject = mail.subject.replace("=", "\\=")
        quote = '"' if "'" in subject else "'"
        lines.append(
            f"<166>{_old(mail.moment)} esa1 consolidated_event: CEF:0|Cisco|C100V Email Security Virtual Appliance|"
            f"14.3.0-032|ESA_CONSOLIDATED_LOG_EVENT|Consolidated Log Event|5|ESAMID={at} ESAICID={at}"
            f" endTime={_dated(mail.moment)} ESAFriendlyFrom=A name <{mail.sender}> deviceDirection=0"
            f" suser={mail.sender} cs1Label=MailPolicy cs1=DEFAULT act={CISCO_ACTS[mail.fate]}"
            f" cs4Label=ExternalMsgID cs4='<{mail.message_id}>' duser={mail.mailbox} sourceAddress=203.0.113.4"
            f" msg={quote}{subject}{quote} ESATLSInConnStatus=Success"
        )
    return "".join(f"{line}\n" for line in lines)


def cisco_text(mails: Sequence[LoggedMail]) -> str:
    """Text mail logs as a file of the appliance."""
    lines = []
    for at, mail in enumerate(mails):
        went = {
            "delivered": f"Message done DCID 9 MID {at} to RID [0]",
            "failed": f"Bounced: DCID 9 MID {at} to RID 0 - 5.1.0 - Unknown address error ('550', [])",
            "deferred": f"Delayed: DCID 9 MID {at} to RID 0 - 4.1.0 - Unknown address error ('450', [])",
        }
        said = (
            f"Start MID {at} ICID 8", f"MID {at} ICID 8 From: <{mail.sender}>",
            f"MID {at} ICID 8 RID 0 To: <{mail.mailbox}>", f"MID {at} Message-ID '<{mail.message_id}>'",
            f"MID {at} Subject '{mail.subject}'", f"MID {at} queued for delivery", went[mail.fate],
            f"Message finished MID {at} done",
        )  # fmt: skip
        lines += [f"{_dated(mail.moment)} Info: {one}" for one in said]
    return "".join(f"{line}\n" for line in lines)


def barracuda(mails: Sequence[LoggedMail]) -> str:
    """Mail syslog; its times are those of the scan."""
    lines = []
    for at, mail in enumerate(mails):
        ended = int(mail.moment.timestamp())
        number = f"{ended - 1}-1a2b3c{at:06}-Qw3rTy"
        head = _old(mail.moment - timedelta(hours=5))
        action = {"delivered": 1, "failed": 2, "deferred": 3}[mail.fate]
        lines += [
            f"{head} esg1 scan[4101]: mx.example[203.0.113.4] {number} {ended - 1} {ended} SCAN - {mail.sender}"
            f" {mail.mailbox} 0.00 0 0 - SZ:2706 SUBJ:{mail.subject}",
            f"{head} esg1 outbound/smtp[4102]: 127.0.0.1 {number} 0 0 SEND - {action} 7C00AA11BB 250 2.0.0 Ok",
        ]
    return "".join(f"{line}\n" for line in lines)


LINE_FORMATS = {
    "postfix": LineFormat("postfix_log", "mail.log", postfix),
    "postfix, subject first": LineFormat("postfix_log", "mail.log", postfix_subject_first),
    "postfix without subjects": LineFormat("postfix_log", "mail.log", postfix_bare, subjects=False),
    "postfix by journald": LineFormat("postfix_log", "postfix.jsonl", postfix_journald),
    "sendmail": LineFormat("sendmail_log", "maillog", sendmail, subjects=False),
    "sendmail of Proofpoint": LineFormat("sendmail_log", "maillog.jsonl", proofpoint_maillog, subjects=False),
    "exim": LineFormat("exim_log", "mainlog", exim),
    "exim without subjects": LineFormat("exim_log", "mainlog", exim_bare, subjects=False),
    "cisco events": LineFormat("cisco_log", "consolidated.log", cisco_events),
    "cisco mail_logs": LineFormat("cisco_log", "mail.current", cisco_text),
    "barracuda": LineFormat("barracuda_log", "barracuda.log", barracuda),
}

AT = datetime(2026, 11, 2, 13, 0, tzinfo=UTC)
LOGGED = [
    LoggedMail(AT, "verify@x.com", "ada@maine.gov", "New login to X", "1@x.example"),
    LoggedMail(AT + timedelta(days=3), "verify@x.com", "ada@maine.gov", 'New login to X from "Bangor"', "2@x.example"),
    LoggedMail(AT, "security@facebookmail.com", "noor@maine.gov", "Pat's login alert", "3@fb.example"),
    LoggedMail(AT, "security@facebookmail.com", "lee@maine.gov", "Login alert: a=b", "4@fb.example", "failed"),
    LoggedMail(AT, "verify@x.com", "sam@maine.gov", "New login to X", "5@x.example", "deferred"),
    LoggedMail(AT, "pat@vendor.example", "ada@maine.gov", "Bids", "6@vendor.example"),
    LoggedMail(AT, "info@x.com", "kim@maine.gov", "Caf\u00e9 for you", "7@x.example"),
]
"""Mails of all kinds; only the first three and the last arrived, and are a platform's."""
