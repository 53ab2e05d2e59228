"""Made mails as the lines of every mail system that writes lines: a function a format."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from tests.made_mails import MadeMail


def _utc(mail: MadeMail) -> datetime:
    return mail.at if mail.at.tzinfo else mail.at.replace(tzinfo=UTC)


def _fate(mail: MadeMail) -> str:
    if mail.waits:
        return "deferred"
    return "delivered" if mail.arrived else "failed"


def _old(moment: datetime) -> str:
    return f"{moment:%b} {moment.day:2} {moment:%H:%M:%S}"


def _dated(moment: datetime) -> str:
    return f"{moment:%a} {_old(moment)} {moment.year}"


def _postfix_said(at: int, mail: MadeMail, *, subjects: bool, subject_first: bool = False) -> Iterator[tuple[str, str]]:
    queue = f"{0x4CF0A1B000 + at:X}"
    fate = {"delivered": "dsn=2.0.0, status=sent (250 2.0.0 Ok)", "failed": "dsn=5.1.1, status=bounced (550 5.1.1)"}
    waits = "dsn=4.0.0, status=deferred (connect: refused)"
    yield "smtpd", f"{queue}: client=mx.example[203.0.113.4]"
    heads = [
        f"{queue}: message-id={mail.message_id}",
        f"{queue}: warning: header Subject: {mail.subject} from mx.example[203.0.113.4]; from=<{mail.envelope}>"
        f" to=<{mail.to}> proto=ESMTP helo=<mx.example>",
    ]
    heads = heads if subjects else heads[:1]
    yield from (("cleanup", head) for head in (reversed(heads) if subject_first else heads))
    yield "qmgr", f"{queue}: from=<{mail.envelope}>, size=2706, nrcpt=1 (queue active)"
    yield "smtp", f"{queue}: to=<{mail.to}>, relay=mx2[192.0.2.25]:25, delay=1.2, {fate.get(_fate(mail), waits)}"
    if _fate(mail) != "deferred":
        yield "qmgr", f"{queue}: removed"


def _postfix(mails: Sequence[MadeMail], head: str, *, subjects: bool = True, subject_first: bool = False) -> str:
    return "".join(
        head.format(old=_old(_utc(mail)), iso=_utc(mail).isoformat(), program=program) + f"{said}\n"
        for at, mail in enumerate(mails)
        for program, said in _postfix_said(at, mail, subjects=subjects, subject_first=subject_first)
    )


def postfix(mails: Sequence[MadeMail]) -> str:
    """Old syslog; the subject stands behind the message id."""
    return _postfix(mails, "{old} mx1 postfix/{program}[77]: ")


def postfix_subject_first(mails: Sequence[MadeMail]) -> str:
    """RFC 5424 under another syslog name; the subject stands before the message id."""
    return _postfix(mails, "<22>1 {iso} mx1 edge/{program} 77 - - \ufeff", subject_first=True)


def postfix_bare(mails: Sequence[MadeMail]) -> str:
    """ISO stamps, no subjects."""
    return _postfix(mails, "{iso} mx1 postfix-in/{program}[77]: ", subjects=False)


def postfix_journald(mails: Sequence[MadeMail]) -> str:
    """`journalctl -o json`; messages as lists of bytes, as where they are no UTF-8."""
    entries = [
        {
            "__REALTIME_TIMESTAMP": str(int(_utc(mail).timestamp() * 1_000_000)),
            "_HOSTNAME": "mx1",
            "SYSLOG_IDENTIFIER": f"postfix/{program}",
            "MESSAGE": list(said.encode()),
        }
        for at, mail in enumerate(mails)
        for program, said in _postfix_said(at, mail, subjects=True)
    ]
    return "".join(f"{json.dumps(entry)}\n" for entry in entries)


def _sendmail_said(at: int, mail: MadeMail) -> Iterator[str]:
    queue = f"6A2E01aa{at:06}"
    fate = {"delivered": "dsn=2.0.0, stat=Sent (Ok: queued)", "failed": "dsn=5.1.1, stat=User unknown"}
    yield (
        f"{queue}: from=<{mail.envelope}>, size=2706, class=0, nrcpts=1, msgid={mail.message_id}, proto=ESMTPS,"
        " daemon=MTA, relay=mx.example [203.0.113.4]"
    )
    waits = "dsn=4.0.0, stat=Deferred: Connection refused by mx2."
    yield (
        f"{queue}: to=<{mail.to}>, delay=1+00:00:01, xdelay=00:00:00, mailer=esmtp, pri=122706,"
        f" relay=mx2.maine.gov. [192.0.2.25], {fate.get(_fate(mail), waits)}"
    )


def sendmail(mails: Sequence[MadeMail]) -> str:
    """Old syslog."""
    said = ((mail, one) for at, mail in enumerate(mails) for one in _sendmail_said(at, mail))
    return "".join(f"{_old(_utc(mail))} mx1 sm-mta[77]: {one}\n" for mail, one in said)


def proofpoint_maillog(mails: Sequence[MadeMail]) -> str:
    """Lines of Sendmail in JSON."""
    said = ((mail, one) for at, mail in enumerate(mails) for one in _sendmail_said(at, mail))
    lines = (
        {"ts": _utc(mail).isoformat(), "data": f"{_utc(mail).isoformat()} m1 sendmail[7]: {one}", "sm": {"qid": ""}}
        for mail, one in said
    )
    return "".join(f"{json.dumps(line)}\n" for line in lines)


def _exim(mails: Sequence[MadeMail], stamp: str, number: str, *, subjects: bool) -> str:
    lines = []
    for at, mail in enumerate(mails):
        head = f"{_utc(mail):{stamp}} {number.format(at=at)}"
        subject = ' T="' + mail.subject.replace("\\", "\\\\").replace('"', '\\"') + '"' if subjects else ""
        lines.append(
            f"{head} <= {mail.envelope} H=mx.example [203.0.113.4]:41000 P=esmtps S=2706"
            f" id={mail.message_id.strip('<>')}{subject} for {mail.to}"
        )
        local = mail.to.partition("@")[0]
        went = {
            "delivered": f'=> {local} <{mail.to}> R=dnslookup T=remote_smtp H=mx2 [192.0.2.25] C="250 2.0.0 Ok"',
            "failed": f"** {mail.to} R=dnslookup T=remote_smtp: SMTP error after RCPT TO:<{mail.to}>: 550",
            "deferred": f"== {mail.to} R=dnslookup T=remote_smtp defer (111): Connection refused",
        }
        lines.append(f"{head} {went[_fate(mail)]}")
        if _fate(mail) != "deferred":
            lines.append(f"{head} Completed")
    return "".join(f"{line}\n" for line in lines)


def exim(mails: Sequence[MadeMail]) -> str:
    """Long ids, with subjects."""
    return _exim(mails, "%Y-%m-%d %H:%M:%S", "1xAa1B-{at:011}-2dDe", subjects=True)


def exim_bare(mails: Sequence[MadeMail]) -> str:
    """Short ids, milliseconds, zone and process, no subjects."""
    return _exim(mails, "%Y-%m-%d %H:%M:%S.120 +0000 [81]", "1xAa1B-{at:06}-2d", subjects=False)


CISCO_ACTS = {"delivered": "DELIVERED", "failed": "BOUNCED", "deferred": "DQ"}


def cisco_events(mails: Sequence[MadeMail]) -> str:
    """Consolidated events by syslog."""
    lines = []
    for at, mail in enumerate(mails):
        subject = mail.subject.replace("=", "\\=")
        quote = '"' if "'" in subject else "'"
        lines.append(
            f"<166>{_old(_utc(mail))} esa1 consolidated_event: CEF:0|Cisco|C100V Email Security Virtual Appliance|"
            f"14.3.0-032|ESA_CONSOLIDATED_LOG_EVENT|Consolidated Log Event|5|ESAMID={at} ESAICID={at}"
            f" endTime={_dated(_utc(mail))} ESAFriendlyFrom=A name <{mail.sender}> deviceDirection=0"
            f" suser={mail.envelope} cs1Label=MailPolicy cs1=DEFAULT act={CISCO_ACTS[_fate(mail)]}"
            f" cs4Label=ExternalMsgID cs4='{mail.message_id}' duser={mail.to} sourceAddress=203.0.113.4"
            f" ESADMARCVerdict={'Success' if mail.proven else 'PermFailure'}"
            f" msg={quote}{subject}{quote} ESATLSInConnStatus=Success"
        )
    return "".join(f"{line}\n" for line in lines)


def cisco_text(mails: Sequence[MadeMail]) -> str:
    """Text mail logs as a file of the appliance."""
    lines = []
    for at, mail in enumerate(mails):
        went = {
            "delivered": f"Message done DCID 9 MID {at} to RID [0]",
            "failed": f"Bounced: DCID 9 MID {at} to RID 0 - 5.1.0 - Unknown address error ('550', [])",
            "deferred": f"Delayed: DCID 9 MID {at} to RID 0 - 4.1.0 - Unknown address error ('450', [])",
        }
        said = (
            f"Start MID {at} ICID 8", f"MID {at} ICID 8 From: <{mail.envelope}>",
            f"MID {at} ICID 8 RID 0 To: <{mail.to}>", f"MID {at} Message-ID '{mail.message_id}'",
            f"MID {at} Subject '{mail.subject}'", f"MID {at} queued for delivery", went[_fate(mail)],
            f"Message finished MID {at} done",
        )  # fmt: skip
        lines += [f"{_dated(_utc(mail))} Info: {one}" for one in said]
    return "".join(f"{line}\n" for line in lines)


def barracuda(mails: Sequence[MadeMail]) -> str:
    """Mail syslog; its times are those of the scan."""
    lines = []
    for at, mail in enumerate(mails):
        ended = int(_utc(mail).timestamp())
        number = f"{ended - 1}-1a2b3c{at:06}-Qw3rTy"
        head = _old(_utc(mail) - timedelta(hours=5))
        action = {"delivered": 1, "failed": 2, "deferred": 3}[_fate(mail)]
        lines += [
            f"{head} esg1 scan[4101]: mx.example[203.0.113.4] {number} {ended - 1} {ended} SCAN - {mail.envelope}"
            f" {mail.to} 0.00 0 0 - SZ:2706 SUBJ:{mail.subject}",
            f"{head} esg1 outbound/smtp[4102]: 127.0.0.1 {number} 0 0 SEND - {action} 7C00AA11BB 250 2.0.0 Ok",
        ]
    return "".join(f"{line}\n" for line in lines)
