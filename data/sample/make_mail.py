"""Make the mail logs of a made state, in every format that is read, of any size, with their truth.

    python data/sample/make_mail.py FOLDER --rows 1000000 --format enhanced google_els

`FOLDER` may hold a made state (its hr.csv names the mailboxes); without one, mailboxes are numbered. The truth of each
mailbox and platform, mail_truth.csv, is decided before a mail is written. The same seed makes the same logs.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parent))

from making.draws import pick, stream, table

AS_OF = datetime(2026, 11, 20)  # noqa: DTZ001 (logs are in UTC)
DEFAULT_ROWS, DEFAULT_SEED, PEOPLE = 20_000, 7, 13_000
LISTED = 0.03
"""Share of rows that platforms sent."""
MAILS = 6
"""Mails of a platform to a member, on average; decides how many accounts there are."""
TRUTH = ("mailbox", "platform", "situation", "verdict", "stale")
LOOKALIKES = (
    "security@faceb00k-mail.com", "messages-noreply@linkedin.com.example", "info@xx.com", "no-reply@notreddit.com",
    "security@facebookmail.com.example", "noreply@linkedin-com.example", "verify@x.com.mailer.example",
)  # fmt: skip
SITUATIONS = {  # situation -> (weight, verdict, kinds with days before the end)
    "member": (50, "finding", ("welcome", "digest", "digest", "security", "digest", "digest")),
    "reader of digests": (14, "finding", ("digest", "digest", "digest")),
    "one security notice": (4, "finding", ("security",)),
    "typed by anyone": (8, "lead", ("verification",)),
    "reset once": (4, "lead", ("reset",)),
    "reset on two days": (3, "finding", ("reset", "reset")),
    "verified twice": (2, "lead", ("verification", "verification")),
    "invited": (6, "nothing", ("invitation", "invitation")),
    "advertised to": (3, "nothing", ("marketing", "marketing")),
    "recovery address": (2, "lead", ("recovery",)),
    "look-alike sender": (2, "", ("lookalike",)),
    "never delivered": (2, "", ("security",)),
    "gone quiet": (2, "finding", ("welcome", "digest", "security")),
}
READERS = ("member", "reader of digests")
BURST = ("facebook", "x", "instagram", "reddit", "pinterest", "tumblr")


@dataclass(frozen=True)
class Mail:
    """One mail of a platform: when (UTC), from whom, to which mailbox, its subject, and what became of it."""

    moment: datetime
    sender: str
    mailbox: str
    subject: str
    status: str = "Delivered"


def make_mail(
    folder: Path | str,
    rows: int = DEFAULT_ROWS,
    seed: int = DEFAULT_SEED,
    formats: tuple[str, ...] = (),
    subjects: int = 0,
    members: int | None = None,
) -> Path:
    """Write logs of about `rows` messages into folder/mail, one a format (default: all), and mail_truth.csv beside it.

    `subjects`: how many different ones platforms' digests have, of which each says what it is about; 0: one a platform.
    `members`: how many accounts there are at most; those that have digests then get as many more as there is room for.
    Returns the folder of the logs. Raises ValueError for an unknown format, or fewer than 1,000 rows.
    """
    if rows < 1_000 or not set(formats) <= WRITERS.keys():
        raise ValueError(f"needed: at least 1,000 rows, and formats of {', '.join(WRITERS)}")
    folder = Path(folder)
    (folder / "mail").mkdir(parents=True, exist_ok=True)
    mails, truth = _mails(_mailboxes(folder), rows, seed, subjects, members)
    with (folder / "mail_truth.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(TRUTH)
        writer.writerows(truth)
    with duckdb.connect() as connection:
        _messages(connection, mails, rows, seed)
        for name in formats or tuple(WRITERS):
            WRITERS[name](connection, folder / "mail")
    return folder / "mail"


def _mailboxes(folder: Path) -> list[str]:
    if not (folder / "hr.csv").exists():
        return [f"emp{number}@maine.gov" for number in range(PEOPLE)]
    with (folder / "hr.csv").open(encoding="utf-8", newline="") as lines:
        return list(dict.fromkeys(row["work_email"].lower() for row in csv.DictReader(lines) if row["work_email"]))


def _mails(
    mailboxes: list[str], rows: int, seed: int, subjects: int, members: int | None
) -> tuple[list[Mail], list[tuple[str, ...]]]:
    """The platforms' mails, and the truth of each mailbox and platform."""
    rng = stream(seed, 40)
    names = list(SITUATIONS)
    edges = [sum(SITUATIONS[name][0] for name in names[: at + 1]) for at in range(len(names))]
    texts = _texts()
    mails: list[Mail] = []
    truth: list[tuple[str, ...]] = []
    taken: set[tuple[str, str]] = set()
    accounts = usual = max(len(names) * 2, int(rows * LISTED / MAILS))
    if members is not None:
        accounts = max(len(names) * 2, min(usual, members))
    more = MAILS * (usual - accounts) // accounts
    for at, draws in enumerate(rng.random((accounts, 6)).tolist()):
        scaled = draws[0] * edges[-1]
        name = (
            names[at] if at < len(names) else next(one for one, edge in zip(names, edges, strict=True) if scaled < edge)
        )
        kinds = SITUATIONS[name][2]
        able = sorted(platform for platform, known in texts.items() if set(kinds) - {"lookalike"} <= known.keys())
        mailbox, platform = pick(mailboxes, draws[1]), pick(able, draws[2])
        if (mailbox, platform) in taken:
            continue
        taken.add((mailbox, platform))
        digest = texts[platform].get("digest")
        story = [*_story(name, mailbox, platform, draws, texts)]
        if digest and name in READERS:
            days = (timedelta(days=1 + n % 80, minutes=n) for n in range(more))
            story += (Mail(AS_OF - one, digest[0], mailbox, digest[1]) for one in days)
        mails += [_told_of(mail, digest, n, subjects) for n, mail in enumerate(story, len(mails))]
        truth.append((mailbox, platform, name, SITUATIONS[name][1], "yes" if name == "gone quiet" else ""))
    for at in range(3):
        bursts = [one for one in BURST if (f"burst{at}@maine.gov", one) not in taken]
        for minute, platform in enumerate(bursts):
            sender, subject = texts[platform]["verification"]
            mails.append(
                Mail(
                    AS_OF - timedelta(days=20 + at, minutes=7 * minute),
                    sender,
                    f"burst{at}@maine.gov",
                    subject,
                )
            )
            truth.append((f"burst{at}@maine.gov", platform, "registration bombing", "nothing", ""))
    return mails, truth


def _story(
    name: str, mailbox: str, platform: str, draws: list[float], texts: dict[str, dict[str, tuple[str, str]]]
) -> Iterator[Mail]:
    start = AS_OF - timedelta(days=(700 if name == "gone quiet" else 80) + draws[3] * 5, seconds=int(draws[4] * 86_000))
    for at, kind in enumerate(SITUATIONS[name][2]):
        when = (start + timedelta(days=at * 9 + int(draws[5] * 5), seconds=at * 61)).replace(microsecond=0)
        if kind == "lookalike":
            sender, subject = pick(LOOKALIKES, draws[4]), "Security alert: new login to your account"
        else:
            sender, subject = texts[platform][kind]
        yield Mail(when, sender, mailbox, subject, "Failed" if name == "never delivered" else "Delivered")


def _told_of(mail: Mail, digest: tuple[str, str] | None, number: int, subjects: int) -> Mail:
    """A digest with what it is about, one of so many things; any other mail as it is."""
    if not subjects or (mail.sender, mail.subject) != digest:
        return mail
    return replace(mail, subject=f"{mail.subject}: item {number * 7919 % subjects}")


def _texts() -> dict[str, dict[str, tuple[str, str]]]:
    """Platform → kind → (sender, subject)."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for row in table("texts/mails.csv"):
        found.setdefault(row["platform"], {})[row["kind"]] = (row["sender"], row["subject"])
    return found


def _messages(connection: duckdb.DuckDBPyConnection, mails: list[Mail], rows: int, seed: int) -> None:
    """The view `messages`: the platforms' mails, and as many others as make up `rows`, in an order of no meaning."""
    columns = {
        name: [getattr(mail, name) for mail in mails] for name in ("moment", "sender", "mailbox", "subject", "status")
    }
    connection.register("told", pa.table(columns))
    others = max(0, rows - len(mails))
    shift = seed * 104_729 % 1_000_003
    connection.execute(f"""CREATE TEMP VIEW messages AS
        SELECT n, moment, sender, mailbox, subject, status, 20000 + n % 9973 AS size,
            '<' || md5('{seed} ' || n) || '@mail.example>' AS id
        FROM (SELECT row_number() OVER () AS n, * FROM told
            UNION ALL
            SELECT {len(mails)} + i + 1, TIMESTAMP '2026-08-22' + INTERVAL 1 SECOND * (i * 7919 % 7700000),
                'person' || ((i + {shift}) * 7919 % 200003) || '@vendor' || ((i + {shift}) * 31 % 5003) || '.example',
                'emp' || (i * 104729 % {PEOPLE}) || '@maine.gov',
                CASE i % 5 WHEN 0 THEN 'RE: culvert on Route ' || (i % 201) || ', bids' WHEN 1 THEN 'Invoice ' || i
                    WHEN 2 THEN 'Board "minutes", draft ' || (i % 97) WHEN 3 THEN 'Your verification code'
                        ELSE 'Permit ' || i END,
                'Delivered'
            FROM range({others}) t(i))""")  # noqa: S608


def _copy(
    connection: duckdb.DuckDBPyConnection, query: str, path: Path, options: str = "HEADER, FORCE_QUOTE *"
) -> None:
    name = str(path).replace("'", "''")
    connection.execute(f"COPY ({query}) TO '{name}' ({options})")


ISO = "strftime(moment, '%Y-%m-%dT%H:%M:%S.0000000Z')"
FATE = "CASE status WHEN 'Failed' THEN 'Receive, Fail' ELSE 'Receive, Deliver' END"
ENHANCED = f"""SELECT {ISO} AS origin_timestamp_utc, sender AS sender_address, mailbox || '##' || {FATE} AS
    "Recipient_status",
    subject AS message_subject, size AS total_bytes, id AS message_id, md5('n' || n) AS network_message_id,
    '203.0.113.' || (n % 250) AS original_client_ip, 1 AS directionality, '' AS connector_id, 'Normal' AS
        delivery_priority
    FROM messages"""  # noqa: S608


def _enhanced(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    _copy(connection, ENHANCED, folder / "enhanced.csv", "HEADER, QUOTE '\"'")


def _enhanced_utf16(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """As the admin center writes it: UTF-16, little-endian, with BOM, CR LF."""
    plain = folder / "utf-8.tmp"
    _copy(connection, ENHANCED, plain)
    with (
        plain.open(encoding="utf-8", newline="\n") as lines,
        (folder / "enhanced_utf16.csv").open("wb") as out,
    ):
        out.write(b"\xff\xfe")
        for line in lines:
            out.write(line.replace("\n", "\r\n").encode("utf-16-le"))
    plain.unlink()


def _summary(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    query = """SELECT strftime(moment, '%-m/%-d/%Y %-I:%M:%S %p') AS "Date", sender AS "Sender", mailbox AS "Recipient",
        subject AS "Subject", status AS "Status" FROM messages"""
    _copy(connection, query, folder / "summary.csv")


def _extended(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """One row an event: received, then delivered or failed."""
    query = f"""SELECT {ISO} AS date_time_utc, '203.0.113.9' AS client_ip, 'mx' AS server_hostname,
        'STOREDRIVER' AS source,
        event AS event_id, id AS message_id, mailbox AS recipient_address, '' AS recipient_status, 1 AS recipient_count,
        subject AS message_subject, sender AS sender_address, sender AS return_path, 'Incoming' AS directionality
        FROM (SELECT *, unnest(CASE status WHEN 'Failed' THEN ['FAIL'] ELSE ['RECEIVE', 'DELIVER'] END) AS
            event FROM messages)"""  # noqa: S608
    _copy(connection, query, folder / "extended.csv")


def _powershell(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    query = """SELECT strftime(moment, '%-m/%-d/%Y %-I:%M:%S %p') AS "Received", sender AS "SenderAddress",
        mailbox AS "RecipientAddress",
        subject AS "Subject", status AS "Status", '' AS "ToIP", '203.0.113.9' AS "FromIP", size AS "Size",
            id AS "MessageId",
        md5('t' || n) AS "MessageTraceId" FROM messages"""
    _copy(connection, query, folder / "messagetracev2.csv")


def _google_els(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """One row an event: in by SMTP, then into the mailbox."""
    query = """SELECT id AS "Message ID", strftime(moment, '%Y/%m/%d %H:%M:%S UTC') AS "Start date",
        strftime(moment + INTERVAL 2 SECOND, '%Y/%m/%d %H:%M:%S UTC') AS "End date", sender AS "Sender",
            size AS "Message size",
        subject AS "Subject", 'Received' AS "Direction", 0 AS "Attachments", mailbox AS
            "Recipient address", target AS "Event target"
        FROM (SELECT *, unnest(CASE status WHEN 'Failed' THEN ['GMAIL_SPAM'] ELSE ['SMTP_IN',
            'GMAIL_INBOX'] END) AS target
              FROM messages)"""
    _copy(connection, query, folder / "google_els.csv")


BIGQUERY = """SELECT {'timestamp_usec': epoch_us(moment), 'success': true, 'mail_event_type': CASE status
    WHEN 'Failed' THEN 5 ELSE 2 END}
    AS event_info, {'action_type': 1, 'subject': subject, 'rfc2822_message_id': id,
        'source': {'address': sender, 'from_header_address': sender}, 'destination': [{'address':
            mailbox}]} AS message_info
    FROM messages"""


def _bigquery_parquet(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    _copy(connection, BIGQUERY, folder / "daily_20261119.parquet", "FORMAT parquet")


def _bigquery_jsonl(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    _copy(connection, BIGQUERY, folder / "daily_20261119.jsonl", "FORMAT json")


def _postfix(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Syslog lines without a year; the same 90,000 queue ids again and again. Subjects by header_checks."""
    rows = connection.execute(
        "SELECT strftime(moment, '%b %d %H:%M:%S'), upper(to_hex(7340032 + n % 90000)), sender, mailbox, "
        "subject, status, id, size "
        "FROM messages WHERE moment > TIMESTAMP '2025-12-01' ORDER BY moment, n"
    )
    with gzip.GzipFile(folder / "mail.log.gz", "wb", compresslevel=1, mtime=0) as out:
        while batch := rows.fetchmany(20_000):
            out.write("".join(_postfix_lines(*row) for row in batch).encode())


def _postfix_lines(
    at: str, queue: str, sender: str, mailbox: str, subject: str, status: str, message_id: str, size: int
) -> str:
    fate = "bounced (host mx.example said: 550)" if status == "Failed" else "sent (250 2.0.0 Ok: queued as 1C6CDAD250)"
    return (
        f"{at} mx1 postfix/cleanup[465099]: {queue}: message-id={message_id}\n"
        f"{at} mx1 postfix/cleanup[465099]: {queue}: warning: header Subject: {subject} "
        f"from mail.example[203.0.113.9]; from=<{sender}> to=<{mailbox}> proto=ESMTP helo=<mail.example>\n"
        f"{at} mx1 postfix/qmgr[465002]: {queue}: from=<{sender}>, size={size}, nrcpt=1 (queue active)\n"
        f"{at} mx1 postfix/smtp[465101]: {queue}: to=<{mailbox}>, relay=mx[192.0.2.1]:25, delay=1.6, "
        f"delays=0.03/0.01/1.5/0.03, dsn=2.0.0, status={fate}\n"
        f"{at} mx1 postfix/qmgr[465002]: {queue}: removed\n"
    )


WRITERS = {
    "enhanced": _enhanced,
    "enhanced_utf16": _enhanced_utf16,
    "summary": _summary,
    "extended": _extended,
    "messagetracev2": _powershell,
    "google_els": _google_els,
    "bigquery_parquet": _bigquery_parquet,
    "bigquery_jsonl": _bigquery_jsonl,
    "postfix": _postfix,
}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path, help="where the logs go; a made state there gives the mailboxes")
    parser.add_argument("--rows", type=int, default=DEFAULT_ROWS, help="messages in each log")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="another seed, other logs")
    parser.add_argument("--format", nargs="*", choices=tuple(WRITERS), default=(), help="default: every one")
    parser.add_argument(
        "--subjects", type=int, default=0, help="different ones of platforms' digests; 0: one a platform"
    )
    parser.add_argument("--members", type=int, help="accounts at most; default: one for each 200 messages")
    given = parser.parse_args()
    made = make_mail(given.folder, given.rows, given.seed, tuple(given.format), given.subjects, given.members)
    print(f"{given.rows:,} messages in {made}")


if __name__ == "__main__":
    main()
