"""The SQL of the mail scan: who wrote, what the mail is, and where it went, as expressions for DuckDB. Pure.

The order of work is what keeps a scan near the cost of reading its files: one pattern over the sender decides for
each row; everything dearer is computed for the few rows that are left. No subject leaves the inner query.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from connectors.mail.signals import ANY, MARKS, Line, Signals

FIELDS = (
    "sender", "recipient_status", "recipient_address", "status", "subject", "message_id", "sent_at", "direction",
)  # fmt: skip
"""What a mail log may say of a message, each as text; a feed gives those it has, the others as empty text."""
FEED = (*FIELDS, "doubtful", "place")
"""Columns of a feed: FIELDS, whether nothing but a header names the sender, and file:line where it is known."""
UNDELIVERED = "fail|quarantin|spam|defer|bounce|expired|reject|drop"
OUTBOUND = ("2", "outbound", "originating", "outgoing", "sent")
ADDRESS = r"([^\s<>\"@]+)@([^\s<>\"@]+)[>\"\s]*$"
TIMES = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M", "%m/%d/%Y")
"""Times that are not ISO 8601, as PowerShell writes them in the United States."""
NO_DATE, NO_RECIPIENT, HEADING = 1, 2, 3
HEADINGS = "(?:origin|sender|recipient|message|subject|date|received|status|size|from|to|event)[a-z _-]{0,24}"
"""What stands where a sender should, when another export was joined on, headings and all."""
BETWEEN = "chr(31)"
"""Stands between values that are packed into one text."""
SCANNED = """CREATE TEMP TABLE scanned (file INTEGER, place VARCHAR, fault TINYINT, at_ TIMESTAMP, recipients VARCHAR,
    status VARCHAR, key VARCHAR, named BOOLEAN, instant UBIGINT, code BIGINT, rows_ BIGINT)"""
"""`key` is a hash by which a message is known again: of its id (`named`), else of sender, second and line of the table.
`instant` is a hash of the latter for every message, NULL without a time; the same instant in two logs is one message
where one of them has no ids."""


def text(value: str) -> str:
    """An SQL text literal."""
    return "'" + value.replace("'", "''") + "'"


def any_of(domains: Iterable[str]) -> str:
    """The domains as alternatives of a pattern."""
    return "|".join(domain.replace(".", r"\.") for domain in domains)


def _ending(domains: Iterable[str]) -> str:
    """A pattern for hosts that are one of the domains or below it; its group 1 is the domain."""
    return text(rf"(?:^|\.)({any_of(domains)})$")


def near(signals: Signals, column: str = "sender") -> str:
    """Whether a sender ends in a listed domain, or is a heading: the one test that every row undergoes."""
    ends = f"[@.](?:{any_of(signals.bases)})" + r"[>\"\s]*"
    return f"regexp_matches({column}, {text(f'(?i)(?:{ends}|^{HEADINGS})$')})"


def sift(feed: str, signals: Signals) -> str:
    """Make the table `near` of a feed's rows: `one` packs the columns of FEED for a listed sender, and is
    NULL for all others.

    Counting the others in the same pass, by one key, is what costs least: 1.2 to 1.4 times merely reading the columns.
    """
    packed = ", ".join(f"replace(coalesce({column}, ''), {BETWEEN}, ' ')" for column in FEED)
    return f"""CREATE OR REPLACE TEMP TABLE near AS
        SELECT CASE WHEN {near(signals)} THEN concat_ws({BETWEEN}, {packed}) END AS one, count(*) AS rows_
        FROM ({feed}) GROUP BY ALL"""  # noqa: S608


def classify(number: int, signals: Signals, *, dated: bool) -> str:
    """INSERT what the rows of `near` mean into `scanned`, and one row without code that counts the others.

    What a mail means depends on sender and subject alone, and few of these differ: the patterns run once for each
    pair. `dated`: the log has dates, so a row without one is at fault.
    """
    parts = ", ".join(f"parts[{at}] AS {column}" for at, column in enumerate(FEED, start=1))
    size = len(signals.lines)
    code = f"((blind::BIGINT * 2 + (doubtful = 'yes')::BIGINT) * {size} + home) * {size} + line"
    second = "coalesce(date_trunc('second', at_)::VARCHAR, sent_at)"
    undated = f"WHEN at_ IS NULL THEN {NO_DATE}" if dated else ""
    unsent = f"WHEN NOT contains(recipients, '@') THEN {NO_RECIPIENT}"
    fault = f"CASE WHEN headed THEN {HEADING} WHEN code IS NULL THEN NULL {undated} {unsent} END"
    return f"""INSERT INTO scanned
        WITH rows AS MATERIALIZED (
            SELECT rows_, {parts} FROM (SELECT rows_, string_split(one, {BETWEEN}) AS parts FROM near)),
        pairs AS MATERIALIZED ({_pairs(signals)}),
        read AS (
            SELECT rows.*, who, line, headed, {code} AS code, {_time("sent_at")} AS at_, {_recipients()} AS recipients,
                nullif(trim(message_id, '<> '), '') AS id
            FROM rows LEFT JOIN pairs ON rows.sender = pairs.sender AND rows.subject = pairs.subject),
        told AS (SELECT *, {fault} AS fault, concat_ws(' ', who, {second}, line) AS instant FROM read)
        SELECT {number}, CASE WHEN fault IS NOT NULL THEN place || {BETWEEN} || sent_at END, fault,
            CASE WHEN code IS NOT NULL THEN at_ END, CASE WHEN code IS NOT NULL THEN recipients END,
            CASE WHEN code IS NOT NULL THEN
                lower(status) || CASE WHEN {_outbound()} THEN ' drop' ELSE '' END END,
            CASE WHEN code IS NOT NULL THEN substr(sha256(coalesce(id, instant)), 1, 32) END,
            id IS NOT NULL, CASE WHEN at_ IS NOT NULL THEN hash(instant) END, code, rows_
        FROM told"""  # noqa: S608


def _pairs(signals: Signals) -> str:
    """Each pair of sender and subject with the lines of the table that put it on the list and that it fits."""
    found = f"""
        SELECT sender, subject, lower(sender) AS who, {_folded("subject")} AS words
        FROM (SELECT DISTINCT sender, subject FROM rows WHERE sender IS NOT NULL)"""  # noqa: S608
    split = f"""
        SELECT *, regexp_extract(host, {_ending(signals.bases)}, 1) AS base
        FROM (SELECT *, split_part(regexp_extract(who, {text(ADDRESS)}, 1), '+', 1) AS local,
                     regexp_extract(who, {text(ADDRESS)}, 2) AS host FROM ({found}))"""  # noqa: S608
    homed = f"SELECT *, CASE WHEN base IS NULL OR base = '' THEN NULL ELSE {_home(signals)} END AS home FROM ({split})"  # noqa: S608
    headed = f"regexp_full_match(who, {text(HEADINGS)})"
    return f"""SELECT sender, subject, who, words = '' AS blind, home, {headed} AS headed,
        CASE WHEN home IS NOT NULL THEN {_line(signals)} END AS line FROM ({homed})"""  # noqa: S608


def _outbound() -> str:
    """Whether the organization sent the mail itself."""
    return "(" + " OR ".join(f"lower(direction) = {text(word)}" for word in OUTBOUND) + ")"


MEANINGS = """CREATE TEMP TABLE meanings (code BIGINT, platform VARCHAR, kind VARCHAR, strength VARCHAR,
    third_party BOOLEAN)"""
DELIVERIES = f"""CREATE TEMP TABLE deliveries AS
    SELECT mailbox, key, min(code) AS code, min(at_) AS at_, bool_or(named) AS named, arg_min(instant, at_) AS instant,
        sum(rows_) AS rows_
    FROM (
        SELECT lower(trim(split_part(part, '##', 1), ' <>"''')) AS mailbox, key, code, at_, named, instant, rows_,
            CASE WHEN status LIKE '% drop' THEN status ELSE coalesce(nullif(split_part(part, '##', 2), ''), status)
            END AS fate
        FROM (SELECT key, code, at_, status, named, instant, rows_, unnest(string_split(recipients, ';')) AS part
              FROM scanned WHERE code IS NOT NULL AND fault IS NULL))
    WHERE contains(mailbox, '@') AND NOT regexp_matches(lower(fate), '{UNDELIVERED}')
    GROUP BY mailbox, key"""  # noqa: S608
"""One row for each message and mailbox, however often the logs have it: `rows_` times."""
ECHOES = """DELETE FROM deliveries WHERE NOT named AND EXISTS (FROM deliveries AS other
    WHERE other.named AND other.mailbox = deliveries.mailbox AND other.instant = deliveries.instant)"""
"""Remove what a log without message ids (the Summary report) says once more: the same sender, mailbox, second and line
of the table as a message whose id another log of the same pull has."""
PARTS = """SELECT coalesce(sum(rows_ * len(list_filter(string_split(recipients, ';'), lambda part:
    contains(part, '@')))), 0)
    FROM scanned WHERE code IS NOT NULL AND fault IS NULL"""
"""How many deliveries, repeated and failed ones too, the listed rows speak of."""


def groups(hashes: int) -> str:
    """One row for each mailbox, platform and kind, in order; `hashes` message hashes at most."""
    return f"""SELECT mailbox, platform, kind, strength, third_party, count(*), count(DISTINCT at_::DATE),
        min(at_), max(at_),
        min(key, {hashes}) FROM deliveries JOIN meanings USING (code) GROUP BY ALL ORDER BY 1, 2, 3, 4, 5"""  # noqa: S608


def _folded(column: str) -> str:
    """The same folding as connectors.mail.signals.folded."""
    marks, plain = text("".join(MARKS)), text("".join(MARKS.values()))
    return f"trim(strip_accents(lower(translate({column}, {marks}, {plain}))))"


def _time(column: str) -> str:
    """A time as UTC: ISO 8601 (with an offset, or without one), else one of TIMES; NULL where it is none."""
    formats = ", ".join(text(one) for one in TIMES)
    offset = text(r"\d[+-]\d\d:?\d\d$")
    return f"""CASE WHEN regexp_matches({column}, {offset}) THEN make_timestamp(epoch_us(try_cast({column}
        AS TIMESTAMPTZ)))
        ELSE coalesce(try_cast({column} AS TIMESTAMP), try_strptime({column}, [{formats}])) END"""


def _recipients() -> str:
    return """CASE WHEN contains(recipient_status, '##') OR recipient_address = '' THEN recipient_status
        ELSE recipient_address END"""


def _home(signals: Signals) -> str:
    """The number of the line that puts the sender on the list, by its base domain; NULL where none does."""
    return _by_base(signals, [(at, signals.lines[at]) for at in signals.homes])


def _line(signals: Signals) -> str:
    """The number of the first line that fits. Lines for every platform stand once, not once for each domain."""
    numbered = list(enumerate(signals.lines))
    runs = [(general, list(run)) for general, run in groupby(numbered, lambda pair: pair[1].platform == ANY)]
    return f"coalesce({', '.join(_general(run) if general else _by_base(signals, run) for general, run in runs)})"


def _general(run: Sequence[tuple[int, Line]]) -> str:
    return f"CASE {' '.join(_when(at, line, '') for at, line in run)} END"


def _by_base(signals: Signals, numbered: Sequence[tuple[int, Line]]) -> str:
    cases = []
    for base in signals.bases:
        own = [(at, line) for at, line in numbered if any(_below(domain, base) for domain in line.domains)]
        if own:
            cases.append(f"WHEN {text(base)} THEN CASE {' '.join(_when(at, line, base) for at, line in own)} END")
    return f"CASE base {' '.join(cases)} END"


def _below(domain: str, base: str) -> bool:
    return domain == base or domain.endswith(f".{base}")


def _when(at: int, line: Line, base: str) -> str:
    """A line as a WHEN, for senders below `base` (any sender where it is empty)."""
    conditions = []
    below = [domain for domain in line.domains if _below(domain, base)]
    if below and base not in below:
        conditions.append(f"regexp_matches(host, {_ending(below)})")
    if line.mailbox:
        conditions.append(f"regexp_full_match(local, {text(line.mailbox)})")
    if line.subject:
        conditions.append(f"words <> '' AND regexp_matches(words, {text(line.subject)})")
    return f"WHEN {' AND '.join(conditions) or 'true'} THEN {at}"
