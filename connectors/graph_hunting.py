"""Mails of platforms in Defender's EmailEvents, through the advanced hunting of Microsoft Graph: a query a day, in KQL.

Source: learn.microsoft.com/graph/api/security-security-runhuntingquery (v1.0) and its quotas, learn.microsoft.com/
defender-xdr/api-advanced-hunting: 30 days back, 100,000 rows a query, 45 queries in a minute, 1,500 in an hour. Unlike
the message trace it asks by domain, so that addresses with a token for each recipient are found too, and says who the
envelope's sender is and whether DMARC passed. Mail from nobody but the platforms of mail_signals.csv is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from connectors.contract import Access, BadRow, Connector, Covers, Expect, Interface, Item, Rejected, Source, SourceDown
from connectors.files.progress import Tell, unwatched
from connectors.http import SYSTEM, Clock, Reply, Service, Session, number
from connectors.http.paging import changed, each, mapping
from connectors.mail import accounts as mail_accounts
from connectors.mail import scan as mail_scan
from connectors.mail.fates import OPTION, Fates, known
from connectors.mail.signals import Signals, told_of
from connectors.records import Account
from connectors.vendors import graph

PATH = "/security/runHuntingQuery"
COLUMNS = {
    "sender": "SenderFromAddress", "envelope": "SenderMailFromAddress", "recipient_address": "RecipientEmailAddress",
    "subject": "Subject", "status": "DeliveryAction", "outcome": "DeliveryLocation",
    "latest": "LatestDeliveryLocation", "auth": "AuthenticationDetails", "message_id": "InternetMessageId",
    "sent_at": "Timestamp",
}  # fmt: skip
"""The columns that are asked for, by our fields."""
NEEDED = ("SenderFromAddress", "RecipientEmailAddress", "DeliveryAction", "Timestamp")
PAGE = 10_000
"""Rows a query."""
DAY, REACH = timedelta(days=1), timedelta(days=30, minutes=-10)
LONGEST = 30
"""Days that advanced hunting reaches back."""
SERVICE = Service(
    "Microsoft Graph advanced hunting",
    requests=45,
    seconds=60,
    url=graph.URL,
    most_requests=1_400,
    most_minutes=240,
    reply_seconds=210,
    advice="Grant the application ThreatHunting.Read.All; the tenant needs Microsoft Defender for Office 365 Plan 2.",
)


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Item]:
    """What the table says, one item a mailbox and platform; every further row is dropped. Raises SourceDown."""
    signals, words = mail_scan.signals_of(source), known("exchange", source)
    now = source.now or clock.now()
    with graph.graph_session(source, SERVICE, clock) as talk:
        yield from mail_scan.scan_feeds(source, _feeds(talk, days_asked(source, now), signals, words), signals)


parse = mail_accounts.parse


def requests(source: Source) -> int:
    """One for each day; a day of more than PAGE mails takes more."""
    return len(days_asked(source, source.now or SYSTEM.now()))


def days_asked(source: Source, now: datetime) -> list[tuple[datetime, datetime]]:
    """The days to ask for, oldest first, as far as advanced hunting reaches back."""
    days = int(number(source, "days", LONGEST))
    begin = max(now - REACH, now - days * DAY)
    midnight = begin.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [midnight + at * DAY for at in range((now - midnight) // DAY + 1)]
    return [(max(start, begin), min(start + DAY, now)) for start in starts if start < now]


def query(start: str, end: str, signals: Signals) -> str:
    """The query for a page of mails of listed senders, from one moment on (ISO 8601, UTC) and before another."""
    domains = ", ".join(f'"{domain}"' for domain in signals.bases)
    ends = "|".join(re.escape(domain).replace(r"\-", "-") for domain in signals.bases)
    return "\n| ".join(
        (
            "EmailEvents",
            f"where Timestamp >= datetime({start}) and Timestamp < datetime({end})",
            'where EmailDirection == "Inbound"',
            f"where SenderFromDomain has_any ({domains})",
            f'where SenderFromDomain matches regex @"(?i)(^|\\.)({ends})$"',
            f"project {', '.join(COLUMNS.values())}",
            "order by Timestamp asc",
            f"take {PAGE}",
        )
    )


def _feeds(
    talk: Session, asked: list[tuple[datetime, datetime]], signals: Signals, words: Fates
) -> Iterator[tuple[mail_scan.Feed, Tell]]:
    """Each page as a feed. The next begins at the time of the last row: what both have is one message to the scan."""
    for begin, end in asked:
        start = f"{begin:%Y-%m-%dT%H:%M:%SZ}"
        while True:
            reply = talk.post(PATH, json={"Query": query(start, f"{end:%Y-%m-%dT%H:%M:%SZ}", signals)})
            odd = _odd_columns(talk, reply)
            found = each(talk, reply, mapping(talk, reply).get("results"), _row)
            yield mail_scan.Feed(PATH, partial(_entries, [*odd, *found]), fates=words), unwatched
            if len(found) < PAGE:
                break
            rows = [row for row in found if not isinstance(row, Rejected)]
            if rows[-1]["Timestamp"] == rows[0]["Timestamp"]:
                raise SourceDown(
                    f"{talk.source.name}: {PAGE:,} mails or more have one time ({rows[0]['Timestamp']}), so the rest"
                    " cannot be asked for. Export EmailEvents from the portal, and read the file with exchange_trace."
                )
            start = rows[-1]["Timestamp"]


def _entries(found: list[Mapping[str, Any] | Rejected], _: Tell) -> Iterator[mail_scan.Entry | mail_scan.Aside]:
    for row in found:
        if isinstance(row, Rejected):
            yield row
        else:
            yield {**{name: str(row.get(column) or "") for name, column in COLUMNS.items()}, "place": PATH}


def _odd_columns(talk: Session, reply: Reply) -> list[Rejected]:
    """What stands among the answer's columns and is none. Raises SourceChanged where one is missing that was asked for:
    an answer without rows would not show it."""
    columns = each(talk, reply, mapping(talk, reply).get("schema", []), lambda one: str(one.get("name")))
    missing = sorted(set(COLUMNS.values()).difference(one for one in columns if isinstance(one, str)))
    if columns and missing:
        raise changed(talk, reply, f"the answer has no column {', '.join(missing)}")
    return [one for one in columns if isinstance(one, Rejected)]


def _row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    if any(not isinstance(row.get(name), str) for name in NEEDED):
        raise BadRow(f"a row lacks one of {', '.join(NEEDED)}")
    return row


def _fault(options: Mapping[str, Any]) -> str:
    if fault := graph.cloud_fault(options):
        return fault
    if options.get("cloud") == "china":
        return "cloud: there is no advanced hunting in china. Export message traces, and read them with exchange_trace"
    days = options.get("days", LONGEST)
    whole = isinstance(days, int) and not isinstance(days, bool) and 1 <= days <= LONGEST
    return "" if whole else f"days: advanced hunting reaches 1 to {LONGEST} days back, not {days!r}"


CONNECTOR = Connector(
    name="graph_hunting",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Mails of platforms in Defender's EmailEvents, through Microsoft Graph advanced hunting",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        graph.VERSION, date(2026, 11, 28), "https://learn.microsoft.com/graph/api/security-security-runhuntingquery"
    ),
    reads=tuple(COLUMNS.values()),
    expect=Expect(may_shrink=0.9, may_reject=0.05),
    fault=_fault,
    adds_up=True,
    needs=("tenant", "client_id", "client_secret"),
    options={
        **graph.OPTIONS,
        **mail_scan.SIGNALS_OPTION,
        **OPTION,
        "days": f"how many days back to ask (1 to {LONGEST}; {LONGEST} unless said otherwise): later nights need few",
    },
    service=SERVICE,
    page=PAGE,
    requests=requests,
    platforms=told_of(),
    covers=Covers.EVERYBODY,
    credentials=f"an application of your tenant with {graph.PROOF} (Microsoft Entra, App registrations), the"
    " application permission ThreatHunting.Read.All with admin consent, and Microsoft Defender for Office 365 Plan 2",
    terms=graph.TERMS,
)
