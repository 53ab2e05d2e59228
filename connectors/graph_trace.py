"""Mails of platforms in the tenant's own message trace, through Microsoft Graph: one query a sender and ten-day window.

Source: learn.microsoft.com/graph/api/exchangemessagetrace-list (v1.0): senderAddress by equality only, windows of at
most 10 days, 90 days back, 5,000 rows a page, 100 requests in 5 minutes. Senders are those of data/reference/
mail_signals.csv that can be named whole; nobody else's mail is ever asked for. An address that changes with each
recipient is never found so, and mail whose envelope has another one than its header may not be: `sources
--mail-coverage` says so of each platform. With `checkpoint`, a window that is over is read only once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any

from connectors.contract import (
    Access,
    BadRow,
    Connector,
    Covers,
    Dropped,
    Expect,
    Interface,
    Item,
    Rejected,
    Remark,
    Source,
    SourceDown,
)
from connectors.files.fields import moment
from connectors.http import SYSTEM, Clock, Reply, Service, Session
from connectors.http.bodies import item
from connectors.http.paging import each, mapping, named_next
from connectors.mail import accounts as mail_accounts
from connectors.mail import scan as mail_scan
from connectors.mail import trace_store
from connectors.mail.fates import OPTION, Fate, Fates, known
from connectors.mail.signals import Signals, asked_of
from connectors.mail.trace_store import ArrivedMessage, Store
from connectors.records import MESSAGES_KEPT, Account
from connectors.vendors import graph

PATH = "/admin/exchange/tracing/messageTraces"
NEEDED = ("senderAddress", "recipientAddress", "receivedDateTime", "status")
FIELDS = (*NEEDED, "subject", "messageId", "id")
PAGE = 5000
"""Rows a page."""
WINDOW, REACH = timedelta(days=10), timedelta(days=90, minutes=-10)
SETTLED = timedelta(days=2)
"""How long after its end a window may still gain rows."""
FORGET = timedelta(days=730)
SERVICE = Service(
    "Microsoft Graph message trace",
    requests=100,
    seconds=300,
    url=graph.URL,
    most_requests=3_000,
    most_minutes=240,
    advice="Grant the application ExchangeMessageTrace.Read.All, and create the tracing service principal"
    " (New-MgServicePrincipal -AppId 8bd644d1-64a1-4d4b-ae52-2e0cbf64e373).",
)


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Item]:
    """What the trace says, one item a mailbox and platform; every further row is dropped. Raises SourceDown."""
    signals, words = mail_scan.signals_of(source), known("exchange", source)
    senders = _senders(source, signals)
    checkpoint = source.options.get("checkpoint")
    path = source.place(str(checkpoint)) if checkpoint else None
    now, strange = source.now or clock.now(), Counter[str]()
    with trace_store.opened_store(path, source.name) as store, graph.graph_session(source, SERVICE, clock) as talk:
        store.forget(int((now - FORGET).timestamp()), senders)
        for sender in senders:
            if signals.read(sender, "") is None:
                raise SourceDown(f"{source.name}: senders in audit.toml: {sender} is no platform's sender. Remove it.")
            for start, end in windows(now):
                begins_at = int(start.timestamp())
                if store.final(sender, begins_at):
                    continue
                read = [row for reply in _pages(talk, sender, start, end, now) for row in _rows(talk, reply)]
                yield from (row for row in read if isinstance(row, Rejected))
                rows = [row for row in read if not isinstance(row, Rejected)]
                said = [_message(row, sender, signals, words) for row in rows]
                arrived, lost = _arrived([one for one in said if not isinstance(one, str)])
                final = now > end + SETTLED
                store.keep(sender, begins_at, int(now.timestamp()), final, arrived)
                left = Counter(one for one in said if isinstance(one, str))
                left[mail_scan.UNDELIVERED] += lost
                strange.update(_strange(row, words) for row in rows)
                yield from (Dropped(count, reason) for reason, count in left.items() if count)
        del strange[""]
        yield from (Remark(PATH, mail_scan.unclear_words(word, count)) for word, count in sorted(strange.items()))
        yield from _items(source, store)


parse = mail_accounts.parse


def requests(source: Source) -> int:
    """One for each sender and window, for which one page mostly is enough; a checkpoint saves those that are over."""
    return len(_senders(source, mail_scan.signals_of(source))) * len(windows(source.now or SYSTEM.now()))


def windows(now: datetime) -> list[tuple[datetime, datetime]]:
    """The ten-day windows that the trace still reaches, oldest first, cut at what it reaches; the same every night."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    start = epoch + (now - REACH - epoch) // WINDOW * WINDOW
    count = (now - start) // WINDOW + 1
    return [(start + number * WINDOW, start + (number + 1) * WINDOW) for number in range(count)]


def _pages(talk: Session, sender: str, start: datetime, end: datetime, now: datetime) -> Iterator[Reply]:
    begin, last = max(start, now - REACH), min(end, now)
    between = f"receivedDateTime ge {begin:%Y-%m-%dT%H:%M:%SZ} and receivedDateTime le {last:%Y-%m-%dT%H:%M:%SZ}"
    quoted = sender.replace("'", "''")
    params = {"$filter": f"{between} and senderAddress eq '{quoted}'", "$top": PAGE}
    return named_next(talk, PATH, params)


def _rows(talk: Session, reply: Reply) -> Sequence[Mapping[str, Any] | Rejected]:
    return each(talk, reply, mapping(talk, reply).get("value"), _row)


def _row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    if any(not isinstance(row.get(name), str) for name in NEEDED):
        raise BadRow(f"a row lacks one of {', '.join(NEEDED)}")
    return row


def _message(row: Mapping[str, Any], sender: str, signals: Signals, words: Fates) -> tuple[ArrivedMessage, Fate] | str:
    """The row as a message and what became of it, its subject read and forgotten; else why it is dropped."""
    mailbox, received_at = row["recipientAddress"].strip().lower(), moment(graph.time_field(row["receivedDateTime"]))
    said, (fate, _) = signals.read(sender, str(row.get("subject") or "")), words.row(row["status"])
    if said is None:
        return mail_scan.UNLISTED
    if fate in (Fate.UNKNOWN, Fate.NOT_YET):
        return mail_scan.UNCLEAR if fate is Fate.UNKNOWN else mail_scan.UNDELIVERED
    if received_at is None or "@" not in mailbox:
        return "no time or recipient that can be read"
    named = str(row.get("messageId") or row.get("id") or "").strip("<> ")
    message = sha256(named.encode("utf-8", "replace")).hexdigest()[:32]
    at = int(received_at.timestamp() * 1e6)
    return ArrivedMessage(mailbox, said.platform, said.kind, said.strength.value, said.third_party, message, at), fate


def _arrived(found: Sequence[tuple[ArrivedMessage, Fate]]) -> tuple[list[ArrivedMessage], int]:
    """The messages whose last fate is that they arrived, and how many rows speak of others.

    Of two fates of one second, the one that says less holds. What went to a group reached nobody by their own address.
    """
    spread = {one.message for one, fate in found if fate is Fate.SPREAD}
    found = [(one, Fate.NO if one.message in spread else fate) for one, fate in found]
    last: dict[tuple[str, str], Fate] = {}
    for message, fate in sorted(found, key=lambda one: (one[0].at, one[1] is Fate.NO)):
        last[message.mailbox, message.message] = fate
    kept = [one for one, fate in found if fate is Fate.YES and last[one.mailbox, one.message] is Fate.YES]
    gone = sum(last[one.mailbox, one.message] is not Fate.YES for one, _ in found)
    return kept, gone + sum(fate is Fate.NO and last[one.mailbox, one.message] is Fate.YES for one, fate in found)


def _strange(row: Mapping[str, Any], words: Fates) -> str:
    """The status of a row, where it is not known what it means."""
    return words.row(row["status"])[1]


def _items(source: Source, store: Store) -> Iterator[Item]:
    """One item a mailbox and platform, in the shape that connectors/mail/accounts.py reads."""
    left = 0
    for (mailbox, platform), own in groupby(store.messages(), key=attrgetter("mailbox", "platform")):
        kinds = groupby(own, key=attrgetter("kind", "strength", "third_party"))
        found = [_signal(list(messages)) for _, messages in kinds]
        left += sum(count for _, _, _, count, *_ in found) - 1
        yield item(source, PATH, {"mailbox": mailbox, "platform": platform, "signals": found})
    if left:
        yield Dropped(left, mail_scan.FOLDED)


def _signal(messages: list[ArrivedMessage]) -> tuple[Any, ...]:
    """The messages of one kind as a row of connectors/mail/query.py `groups`, from the kind on; times are bare UTC."""
    times = sorted(trace_store.utc(message.at).replace(tzinfo=None) for message in messages)
    hashes = [message.message for message in messages[:MESSAGES_KEPT]]
    one, days = messages[0], len({at.date() for at in times})
    return one.kind, one.strength, one.third_party, len(messages), days, times[0], times[-1], hashes


def packaged_senders(signals: Signals) -> list[str]:
    """The addresses of a table that are asked about."""
    return signals.asked()


def _senders(source: Source, signals: Signals) -> list[str]:
    own = source.options.get("senders", [])
    if not isinstance(own, list) or not all(isinstance(sender, str) and "@" in sender for sender in own):
        raise SourceDown(f'{source.name}: senders in audit.toml is a list of addresses: senders = ["a@example.org"].')
    return list(dict.fromkeys(sender.strip().lower() for sender in (*packaged_senders(signals), *own)))


def _fault(options: Mapping[str, Any]) -> str:
    """Message traces are in the global cloud alone (messagetracingroot-list-messagetraces, national clouds)."""
    if fault := graph.cloud_fault(options):
        return fault
    cloud = options.get("cloud", "global")
    if graph.CLOUDS[cloud] == graph.CLOUDS["global"]:
        return ""
    return (
        f"cloud: Microsoft Graph gives no message traces in {cloud}. Export them there (Exchange admin center, Message"
        " trace) and read the files with exchange_trace"
    )


CONNECTOR = Connector(
    name="graph_trace",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Mails of platforms in Exchange Online's message trace, through Microsoft Graph",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        graph.VERSION, date(2026, 11, 22), "https://learn.microsoft.com/graph/api/messagetracingroot-list-messagetraces"
    ),
    reads=FIELDS,
    expect=Expect(may_shrink=0.9, may_reject=0.05),
    fault=_fault,
    adds_up=True,
    needs=("tenant", "client_id", "client_secret"),
    options={
        **graph.OPTIONS,
        **mail_scan.SIGNALS_OPTION,
        **OPTION,
        "senders": "further addresses of platforms to ask about, beside those of mail_signals.csv",
        "checkpoint": "a file that keeps what was read: a sweep that is cut off goes on, and later nights are short",
    },
    service=SERVICE,
    page=PAGE,
    requests=requests,
    platforms=asked_of(),
    covers=Covers.EVERYBODY,
    credentials=f"an application of your tenant with {graph.PROOF} (Microsoft Entra, App registrations), the"
    " application permission ExchangeMessageTrace.Read.All with admin consent, and the tracing service principal",
    terms=graph.TERMS,
)
