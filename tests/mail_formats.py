"""The same mails as every mail system writes them: a function a format (those of lines in tests/mail_lines.py), and one
table of all formats. What a format has no place for it leaves out, as the system does."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO

from tests import mail_lines
from tests.made_mails import MadeMail


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows(rows)
    return text.getvalue()


def as_lines(values: Iterable[Mapping[str, object]]) -> str:
    return "".join(f"{json.dumps(value)}\n" for value in values)


def summary(mails: Sequence[MadeMail]) -> str:
    rows = [
        (one.iso, one.sender, one.to, one.subject, "Delivered" if one.arrived else "Failed", one.message_id)
        for one in mails
    ]
    return as_csv(("Received", "SenderAddress", "RecipientAddress", "Subject", "Status", "MessageId"), rows)


def enhanced(mails: Sequence[MadeMail]) -> str:
    """Exchange Online's enhanced summary report."""
    rows = [
        (
            one.iso,
            one.sender,
            f"{one.to}##Receive, {'Deliver' if one.arrived else 'Fail'}",
            one.subject,
            one.message_id,
            1,
        )
        for one in mails
    ]
    headings = ("origin_timestamp_utc", "sender_address", "Recipient_status", "message_subject", "message_id")
    return as_csv((*headings, "directionality"), rows)


DEFENDER = (
    "Timestamp", "InternetMessageId", "SenderMailFromAddress", "SenderFromAddress", "RecipientEmailAddress", "Subject",
    "EmailDirection", "DeliveryAction", "DeliveryLocation", "AuthenticationDetails", "LatestDeliveryAction",
    "LatestDeliveryLocation",
)  # fmt: skip


def email_event(one: MadeMail) -> dict[str, str]:
    """A row of EmailEvents."""
    place = "Inbox/folder" if one.arrived else "Quarantine"
    action = "Delivered" if one.arrived else "Blocked"
    checks = json.dumps({"SPF": "pass" if one.spf else "fail", "DMARC": "pass" if one.proven else "fail"})
    row = (
        one.iso, one.message_id, one.envelope, one.sender, one.to, one.subject, "Inbound", action, place, checks,
        action, place,
    )  # fmt: skip
    return dict(zip(DEFENDER, row, strict=True))


def defender_csv(mails: Sequence[MadeMail]) -> str:
    return as_csv(DEFENDER, [tuple(email_event(one).values()) for one in mails])


def defender_stream(mails: Sequence[MadeMail]) -> str:
    """The Streaming API, which says nothing of what became of a mail later."""
    rows = [{name: value for name, value in email_event(one).items() if "Latest" not in name} for one in mails]
    return as_lines(
        {"time": row["Timestamp"], "category": "AdvancedHunting-EmailEvents", "properties": row} for row in rows
    )


TRACKING = (
    "date-time", "client-ip", "server-hostname", "source", "event-id", "internal-message-id", "message-id",
    "recipient-address", "recipient-status", "total-bytes", "recipient-count", "message-subject", "sender-address",
    "return-path", "directionality",
)  # fmt: skip


def tracking(mails: Sequence[MadeMail], fields: Sequence[str] = TRACKING) -> str:
    """A log of Exchange on own servers: each mail received, and delivered or not."""
    assert mails, "a log without a row has nothing to show"
    head = f"#Software: Microsoft Exchange Server\r\n#Version: 15.01.2507.039\r\n#Fields: {','.join(fields)}\r\n"
    rows = []
    for one in mails:
        events = (("SMTP", "RECEIVE", ""), ("SMTP", "SEND", "250 2.1.5 Recipient OK"))
        last = (
            ("STOREDRIVER", "DELIVER", "") if one.arrived else ("QUEUE", "FAIL", "550 5.1.1 RESOLVER.ADR.RecipNotFound")
        )
        for source, event, status in (*events, last):
            row = (
                one.iso, "192.0.2.10", "EX01", source, event, one.number, one.message_id, one.to, status, 2048, 1,
                one.subject, one.sender, one.envelope, "Incoming",
            )  # fmt: skip
            values = dict(zip(TRACKING, row, strict=True))
            rows.append([values.get(name, "") for name in fields])
    return "\ufeff" + head + as_csv([], rows).lstrip()


def tracking_export(mails: Sequence[MadeMail]) -> str:
    """Get-MessageTrackingLog | Export-Csv, with joined recipients."""
    names = ("Timestamp", "EventId", "Source", "Sender", "ReturnPath", "Recipients", "MessageSubject", "MessageId")
    rows = [
        (
            one.iso,
            "DELIVER" if one.arrived else "FAIL",
            "STOREDRIVER",
            one.sender,
            one.envelope,
            one.to,
            one.subject,
            one.message_id,
        )
        for one in mails
    ]
    return "#TYPE Selected.Microsoft.Exchange.Management.TransportLogSearchTasks.MessageTrackingEvent\r\n" + as_csv(
        names, rows
    )


def proofpoint_stream(mails: Sequence[MadeMail]) -> str:
    return as_lines(
        {
            "ts": f"{one.at:%Y-%m-%dT%H:%M:%S}.058340-0000",
            "guid": f"guid-{one.number}",
            "envelope": {"from": one.envelope, "rcpts": [one.to]},
            "filter": {
                "disposition": "continue" if one.arrived else "discard",
                "routeDirection": "inbound",
                **({"delivered": {"rcpts": [one.to]}} if one.arrived else {}),
                "modules": {
                    "dmarc": {"filterdResult": "pass" if one.proven else "fail"},
                    "spf": {"result": "pass" if one.spf else "fail"},
                },
            },
            "msg": {
                "header": {
                    "from": [f"Somebody <{one.sender}>"],
                    "message-id": [one.message_id],
                    "subject": [one.subject],
                },
                "normalizedHeader": {"from": [f"Somebody <{one.sender}>"], "subject": [one.subject]},
                "parsedAddresses": {},
            },
            "final_action": "continue" if one.arrived else "discard",
        }
        for one in mails
    )


def smart_search(mails: Sequence[MadeMail]) -> str:
    names = ("Date", "Sender", "Recipients", "Subject", "Final Rule", "Final Action", "Message ID", "Message GUID")
    rows = [
        (
            f"{one.at:%Y-%m-%d %H:%M:%S}",
            one.envelope,
            one.to,
            one.subject,
            "bulk",
            "continue" if one.arrived else "discard",
            one.message_id,
            f"g{one.number}",
        )
        for one in mails
    ]
    return as_csv(names, rows)


def mimecast_old(mails: Sequence[MadeMail]) -> str:
    """The API 1.0: a line when a mail is received, processed, and, if it was, delivered."""
    lines: list[dict[str, object]] = []
    for one in mails:
        at = f"{one.at:%Y-%m-%dT%H:%M:%S}+0000"
        same = {"acc": "C0A0", "datetime": at, "MsgId": one.message_id}
        code = f"code-{one.number}"
        met = {"aCode": code, "Dir": "Inbound", "Sender": one.envelope, "Rcpt": one.to, "Subject": one.subject}
        lines.append({**same, **met, "Act": "Acc", "headerFrom": one.sender, "SpamScore": 1})
        lines.append({**same, "aCode": code, "Act": "Acc" if one.arrived else "Hld", "AttCnt": 0})
        if one.arrived:
            lines.append({**same, **met, "aCode": f"{code}-d", "Delivered": True, "Attempt": 1})
    return as_lines(lines)


def mimecast_new(mails: Sequence[MadeMail]) -> str:
    """The API 2.0, where what is delivered comes as text."""
    lines: list[dict[str, object]] = []
    for one in mails:
        same = {
            "timestamp": int(one.at.timestamp() * 1000),
            "processingId": f"p-{one.number}",
            "messageId": one.message_id,
        }
        met = {"direction": "Inbound", "recipients": one.to, "senderEnvelope": one.envelope, "subject": one.subject}
        lines.append({**same, **met, "type": "receipt", "action": "Acc", "senderHeader": one.sender})
        lines.append({**same, "type": "process", "action": "Acc" if one.arrived else "Hld"})
        if one.arrived:
            lines.append({**same, **met, "type": "delivery", "delivered": "true", "rejectionType": None})
    return as_lines(lines)


def barracuda_log(mails: Sequence[MadeMail]) -> str:
    names = ("Date", "From", "To", "Subject", "Action Taken", "Action Status", "Reason", "Message ID")
    rows = [
        (
            one.iso,
            one.sender,
            one.to,
            one.subject,
            "Allowed" if one.arrived else "Blocked",
            "Delivered" if one.arrived else "Not Delivered",
            "",
            one.message_id,
        )
        for one in mails
    ]
    return as_csv(names, rows)


def gmail_lines(mails: Sequence[MadeMail]) -> str:
    """Gmail logs in BigQuery, as JSON Lines."""
    return as_lines(
        {
            "event_info": {
                "timestamp_usec": str(int(one.at.timestamp() * 1_000_000)),
                "success": True,
                "mail_event_type": 2 if one.arrived else 5,
            },
            "message_info": {
                "subject": one.subject,
                "rfc2822_message_id": one.message_id,
                "source": {"address": one.envelope, "from_header_address": one.sender},
                "destination": [{"address": one.to}],
                "connection_info": {"dmarc_pass": one.proven, "spf_pass": one.spf},
            },
        }
        for one in mails
    )


class Shows(StrEnum):
    """What a format shows of who sent a mail."""

    BOTH = "header and envelope"
    CHECKED = "header, envelope, and whether DMARC passed"
    ENVELOPE = "the envelope's sender alone"
    ONE = "one sender"
    DOUBTFUL = "one sender, and it is not known whose"


@dataclass(frozen=True)
class MailFormat:
    """The name of a connector, a file's name, the writer, and what the format has. `lines`: it is a log of lines."""

    connector: str
    name: str
    write: Callable[[Sequence[MadeMail]], str]
    shows: Shows
    subjects: bool = True
    lines: bool = False


def _lines(
    connector: str,
    name: str,
    write: Callable[[Sequence[MadeMail]], str],
    shows: Shows = Shows.ENVELOPE,
    *,
    subjects: bool = True,
) -> MailFormat:
    return MailFormat(connector, name, write, shows, subjects, lines=True)


FORMATS: Mapping[str, MailFormat] = {
    "exchange summary": MailFormat("exchange_trace", "trace.csv", summary, Shows.ONE),
    "exchange enhanced": MailFormat("exchange_trace", "enhanced.csv", enhanced, Shows.ONE),
    "defender csv": MailFormat("exchange_trace", "events.csv", defender_csv, Shows.CHECKED),
    "defender stream": MailFormat("exchange_trace", "PT1H.json", defender_stream, Shows.CHECKED),
    "exchange tracking": MailFormat("exchange_tracking", "MSGTRK20261102-1.LOG", tracking, Shows.BOTH),
    "tracking export": MailFormat("exchange_tracking", "tracking.csv", tracking_export, Shows.BOTH),
    "google bigquery": MailFormat("google_mail_log", "gmail.jsonl", gmail_lines, Shows.CHECKED),
    "proofpoint stream": MailFormat("proofpoint_log", "message.jsonl", proofpoint_stream, Shows.CHECKED),
    "proofpoint search": MailFormat("proofpoint_log", "search.csv", smart_search, Shows.ENVELOPE),
    "mimecast 1.0": MailFormat("mimecast_log", "siem.jsonl", mimecast_old, Shows.BOTH),
    "mimecast 2.0": MailFormat("mimecast_log", "events.jsonl", mimecast_new, Shows.BOTH),
    "barracuda cloud": MailFormat("barracuda_cloud", "log.csv", barracuda_log, Shows.DOUBTFUL),
    "postfix": _lines("postfix_log", "mail.log", mail_lines.postfix),
    "postfix, subject first": _lines("postfix_log", "mail.log", mail_lines.postfix_subject_first),
    "postfix without subjects": _lines("postfix_log", "mail.log", mail_lines.postfix_bare, subjects=False),
    "postfix by journald": _lines("postfix_log", "postfix.jsonl", mail_lines.postfix_journald),
    "sendmail": _lines("sendmail_log", "maillog", mail_lines.sendmail, subjects=False),
    "sendmail of Proofpoint": _lines("sendmail_log", "maillog.jsonl", mail_lines.proofpoint_maillog, subjects=False),
    "exim": _lines("exim_log", "mainlog", mail_lines.exim),
    "exim without subjects": _lines("exim_log", "mainlog", mail_lines.exim_bare, subjects=False),
    "cisco events": _lines("cisco_log", "consolidated.log", mail_lines.cisco_events, Shows.CHECKED),
    "cisco mail_logs": _lines("cisco_log", "mail.current", mail_lines.cisco_text),
    "barracuda": _lines("barracuda_log", "barracuda.log", mail_lines.barracuda),
}
"""Every format that is read, with what it can show; a new one is its writer and one line here."""
LINE_FORMATS = {name: form for name, form in FORMATS.items() if form.lines}
