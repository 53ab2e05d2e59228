"""The SQL of the mail scan: who wrote, what the mail is, and where it went, as expressions for DuckDB. Pure.

The order of work is what keeps a scan near the cost of reading its files: one pattern over the sender decides for
each row; everything dearer is computed for the few rows that are left. No subject leaves the inner query.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby

from connectors.bounds import LONGEST_HEADER
from connectors.files.table import text_sql
from connectors.files.times import DAY_FIRST, MONTH_FIRST
from connectors.mail.fates import REJECTED_SESSION
from connectors.mail.recipients import PLAIN
from connectors.mail.signals import ANY, AROUND, BLANKS, MARKS, NO_VALUE, SENDER, Meaning, SignalLine, Signals

FIELDS = (
    "sender", "recipient_status", "recipient_address", "status", "outcome", "latest", "subject", "message_id",
    "sent_at", "direction", "auth", "envelope",
)  # fmt: skip
"""What a mail log may say of a message, each as text; a feed gives those it has, the others as empty text.

`status`, `outcome` and `latest` are what became of it (connectors/mail/fates.py); `auth` is what checks of its sender
said ("dmarc=pass"), and `envelope` the address that SPF was checked for, where `sender` is the header's.
"""
FEED = (*FIELDS, "doubtful", "place")
"""Columns of a feed: FIELDS, whether nothing but a header names the sender, and file:line where it is known."""
OUTBOUND = ("2", "outbound", "originating", "outgoing", "sent")
PLAIN_TIME = (
    r"(?:(?:19[5-9]|20\d)\d-\d\d-\d\d|(?:19[5-9]|20\d)\d/\d\d/\d\d)"
    r"(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| UTC|[+-](?:0\d|1[0-4]):?[0-5]\d)?)?"
)
"""Times with the year first that DuckDB reads by itself."""
NUMBERS = r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d(?::\d\d)?(?: [AP]M)?"
"""Times that DuckDB reads once the order of day and month is known from the whole column. Every time of another form,
and the order, is for connectors/files/times.py."""
ORDERED = {MONTH_FIRST: "%m/%d/%Y", DAY_FIRST: "%d/%m/%Y"}
CLOCKS = ("%I:%M:%S %p", "%I:%M %p", "%H:%M:%S", "%H:%M")
NO_DATE, NO_RECIPIENT, HEADING, AHEAD, NOT_JOINED = 1, 2, 3, 4, 5
LIST_NAME = r"\s*(?:System|Microsoft|Deserialized)\.[\w.`]+(?:\[.*)?\s*"
"""What PowerShell writes in the place of a list that was not joined: "System.String[]"."""
HEADINGS = "(?:origin|sender|recipient|message|subject|date|received|status|size|from|to|event)[a-z _-]{0,24}"
"""What stands where a sender should, when another export was joined on, headings and all."""
BETWEEN = "chr(31)"
"""Stands between values that are packed into one text."""
BLIND = 4
"""The highest flag of a code: the mail has no subject."""
NONE = "NULL::INTEGER"
"""The number of no line."""
NO_MAIL = "chr(30)"
"""The sender of a line that is about no mail: it is counted apart."""
APART = f"SELECT coalesce(sum(rows_), 0)::BIGINT FROM near WHERE one = {NO_MAIL}"  # noqa: S608
LEFT = f"DELETE FROM near WHERE one = {NO_MAIL}"  # noqa: S608
SCANNED = """CREATE TEMP TABLE scanned (file INTEGER, place VARCHAR, fault TINYINT, at_ TIMESTAMP, recipients VARCHAR,
    fate VARCHAR, key VARCHAR, named BOOLEAN, instant UBIGINT, code BIGINT, rows_ BIGINT);
CREATE TEMP TABLE steps (words VARCHAR, step VARCHAR)"""
"""`key` is a hash by which a message is known again: of its id (`named`), else of sender, second and line of the table.
`instant` is a hash of the latter for every message, NULL without a time; the same instant in two logs is one message
where one of them has no ids. `fate` is one of FATES, and `steps` has the same for the words that stand behind a
recipient."""
YES, NO, NOT_YET, SPREAD, PASSED_ON, STRANGE = "yes", "no", "not yet", "to a group", "passed on", "?"
"""Fates of a message; STRANGE is followed by the word that is not known."""
FINAL = (YES, NO, SPREAD, PASSED_ON)
"""Those that decide; all others are NOT_YET."""


def any_of(domains: Iterable[str]) -> str:
    """The domains as alternatives of a pattern."""
    return "|".join(domain.replace(".", r"\.") for domain in domains)


def _ending(domains: Iterable[str]) -> str:
    """A pattern for hosts that are one of the domains or below it; its group 1 is the domain."""
    return text_sql(rf"(?:^|\.)({any_of(domains)})$")


def near(signals: Signals, column: str = "sender") -> str:
    """Whether a sender ends in a listed domain, or is a heading: the one test that every row undergoes."""
    ends = f"[@.](?:{any_of(signals.bases)})" + AROUND
    return f"regexp_matches({column}, {text_sql(f'(?i)(?:{ends}|^{HEADINGS})$')})"


def mails_that_count(feed: str, signals: Signals, *, apart: bool = False) -> str:
    """Make the table `near` of a feed's rows: `one` packs the columns of FEED for a listed sender, and is
    NULL for all others. `apart`: the feed has lines that are about no mail, of which `one` is NO_MAIL.

    Counting the others in the same pass, by one key, is what costs least: 1.2 to 1.4 times merely reading the columns.
    """
    packed = ", ".join(f"replace(coalesce({column}, ''), {BETWEEN}, ' ')" for column in FEED)
    others = f"WHEN sender = {NO_MAIL} THEN sender" if apart else ""
    return f"""CREATE OR REPLACE TEMP TABLE near AS
        SELECT CASE WHEN {near(signals)} THEN concat_ws({BETWEEN}, {packed}) {others} END AS one, count(*) AS rows_
        FROM ({feed}) GROUP BY ALL"""  # noqa: S608


JOINED = "CREATE OR REPLACE TEMP TABLE near AS SELECT one, sum(rows_)::BIGINT AS rows_ FROM parts GROUP BY one"
"""Make the table `near` of those that the parts of a log gave."""


def unpack() -> str:
    """Make the table `listed` of `near`: the columns of FEED for each kind of row, all NULL for the others."""
    parts = {column: f"parts[{at}]" for at, column in enumerate(FEED, start=1)}
    parts["subject"] = f"CASE WHEN lower(trim({parts['subject']})) IN {NO_VALUE} THEN '' ELSE {parts['subject']} END"
    shown = ", ".join(f"{expression} AS {column}" for column, expression in parts.items())
    return f"""CREATE OR REPLACE TEMP TABLE listed AS
        SELECT rows_, {shown} FROM (SELECT rows_, string_split(one, {BETWEEN}) AS parts FROM near)"""  # noqa: S608


ENCODED = "SELECT DISTINCT subject FROM listed WHERE contains(subject, '=?')"
DECODED = "UPDATE listed SET subject = decoded.said FROM decoded WHERE listed.subject = decoded.subject"
"""Subjects that are written in ASCII alone (RFC 2047); what they say, from a table that Python fills."""
JOINED_OTHERWISE = f"""SELECT DISTINCT recipient_address FROM listed
    WHERE contains(recipient_address, '@') AND NOT regexp_full_match(recipient_address, {text_sql(PLAIN)})"""  # noqa: S608
PARTED = """UPDATE listed SET recipient_address = parted.said FROM parted
    WHERE listed.recipient_address = parted.recipient_address"""
"""Cells of recipients that are no plain address; the addresses in them, from a table that Python fills."""
WORDS = "SELECT DISTINCT status, outcome, latest FROM listed WHERE sender IS NOT NULL"
STEPS = """SELECT DISTINCT split_part(part, '##', 2) FROM (SELECT unnest(string_split(recipient_status, ';')) AS part
    FROM listed WHERE contains(recipient_status, '##')) WHERE contains(part, '##')"""
DAYS = f"""SELECT DISTINCT split_part(sent_at, ' ', 1) FROM listed WHERE regexp_full_match(sent_at, '{NUMBERS}')"""  # noqa: S608
IN_NUMBERS = f"SELECT DISTINCT sent_at FROM listed WHERE regexp_full_match(sent_at, '{NUMBERS}')"  # noqa: S608
OTHER_TIMES = f"""SELECT DISTINCT sent_at FROM listed
    WHERE NOT regexp_full_match(sent_at, '{PLAIN_TIME}') AND NOT regexp_full_match(sent_at, '{NUMBERS}')"""  # noqa: S608
"""Times that Python reads one by one."""
LOOKED_UP = """CREATE OR REPLACE TEMP TABLE words (status VARCHAR, outcome VARCHAR, latest VARCHAR, fate VARCHAR);
    CREATE OR REPLACE TEMP TABLE moments (sent_at VARCHAR, at_ TIMESTAMP)"""
"""What Python reads for SQL, once for each text: `words` from WORDS, `moments` from OTHER_TIMES, `steps` from STEPS."""


def day_of(column: str) -> str:
    """What a time begins with, of one that begins with the year its day, of a number that counts seconds nothing."""
    return f"""CASE WHEN regexp_full_match(trim({column}), '1\\d{{9}}(?:\\.\\d+)?|1\\d{{12}}') THEN ''
        WHEN regexp_matches({column}, '^\\d{{4}}[-/]') THEN {column}[1:10]
        ELSE rtrim(split_part({column}, ' ', 1), ',') END"""


def in_order(order: str) -> str:
    """INSERT into `moments` the times of the form NUMBERS, day and month in this order."""
    forms = ", ".join(text_sql(f"{ORDERED[order]} {clock}") for clock in CLOCKS)
    return f"""INSERT INTO moments SELECT DISTINCT sent_at, try_strptime(sent_at, [{forms}]) FROM listed
        WHERE regexp_full_match(sent_at, '{NUMBERS}')"""  # noqa: S608


def latest(moment: datetime) -> str:
    """SQL that says which times are later than any that a log can hold (aware UTC)."""
    return f"SET VARIABLE latest = TIMESTAMP {text_sql(moment.astimezone(UTC).replace(tzinfo=None).isoformat(' '))}"


def bases_seen(signals: Signals) -> str:
    """SELECT those of the signals' base domains that senders of `listed` write from, in no order."""
    host = f"regexp_extract(who, {text_sql(SENDER)}, 2)"
    return f"""SELECT DISTINCT regexp_extract({host}, {_ending(signals.bases)}, 1) AS base
        FROM (SELECT DISTINCT {_who()} AS who FROM listed WHERE sender IS NOT NULL)"""  # noqa: S608


def classify(number: int, signals: Signals, bases: Collection[str], *, dated: bool) -> str:
    """INSERT what the rows of `listed` mean into `scanned`, and one row without code that counts the others.

    `bases` are the base domains that its senders write from: DuckDB takes longer to plan the patterns of all domains
    than to read a small log. Where there are none, no row means anything, and no pattern is planned.

    What a mail means depends on sender and subject alone, and few of these differ: the patterns run once for each
    pair. `dated`: the log has dates, so a row without one is at fault, and so is one later than the variable `latest`.
    """
    size = len(signals.lines)
    # the flags that weaken are set, so that of two rows of one message the smaller code is the one that says more
    flags = f"(blind::BIGINT * {BLIND} + ({_doubtful(signals)})::BIGINT * 2 + (NOT {_proven(signals)})::BIGINT)"
    code = f"(({flags} * {size} + home) * {size} + line) * {size + 1} + backed" if bases else "NULL::BIGINT"
    second = "coalesce(date_trunc('second', at_)::VARCHAR, sent_at)"
    undated = f"WHEN at_ IS NULL THEN {NO_DATE} WHEN at_ > getvariable('latest') THEN {AHEAD}" if dated else ""
    unsent = f"""WHEN regexp_full_match(recipients, {text_sql(LIST_NAME)}) THEN {NOT_JOINED}
        WHEN NOT contains(recipients, '@') THEN {NO_RECIPIENT}"""
    fault = f"CASE WHEN headed THEN {HEADING} WHEN code IS NULL THEN NULL {undated} {unsent} END"
    stand_in = f"contains(lower(message_id), {text_sql(REJECTED_SESSION)})"
    return f"""INSERT INTO scanned
        WITH pairs AS MATERIALIZED ({_pairs(signals, bases)}),
        read AS (
            SELECT listed.*, who, line, headed, {_time()} AS at_, {_recipients()} AS recipients,
                CASE WHEN NOT {stand_in} OR contains(recipients, '@') THEN {code} END AS code,
                CASE WHEN {stand_in} OR {_outbound()} THEN '{NOT_YET}' ELSE words.fate END AS fate,
                CASE WHEN lower(trim(message_id, '<> ')) NOT IN {NO_VALUE} THEN trim(message_id, '<> ') END AS id
            FROM listed LEFT JOIN pairs ON listed.sender = pairs.sender AND listed.subject = pairs.subject
            LEFT JOIN words ON listed.status = words.status AND listed.outcome = words.outcome
                AND listed.latest = words.latest
            LEFT JOIN moments ON listed.sent_at = moments.sent_at),
        told AS (SELECT *, {fault} AS fault, concat_ws(' ', who, {second}, line) AS instant FROM read)
        SELECT {number}, CASE WHEN fault IS NOT NULL THEN place || {BETWEEN} || sent_at END, fault,
            CASE WHEN code IS NOT NULL THEN at_ END,
            CASE WHEN code IS NOT NULL THEN recipients END,
            CASE WHEN code IS NOT NULL THEN fate END,
            CASE WHEN code IS NOT NULL THEN substr(sha256(coalesce(id, instant)), 1, 32) END,
            id IS NOT NULL, CASE WHEN at_ IS NOT NULL THEN hash(instant) END, code, rows_
        FROM told"""  # noqa: S608


def without_subject(signals: Signals) -> str:
    """How many listed rows of a file say what became of a mail, and how many of these have no subject."""
    return f"""SELECT count(*), count(*) FILTER (code >= {BLIND * _flags_from(signals)}) FROM scanned
        WHERE file = ? AND code IS NOT NULL AND fault IS NULL AND fate <> '{NOT_YET}'"""  # noqa: S608


def _flags_from(signals: Signals) -> int:
    """What the flags of a code are multiplied by."""
    size = len(signals.lines)
    return size * size * (size + 1)


def meaning(code: int, signals: Signals) -> Meaning:
    """What a code of `scanned` stands for."""
    size = len(signals.lines)
    rest, backed = divmod(code, size + 1)
    rest, line = divmod(rest, size)
    flags, home = divmod(rest, size)
    return signals.meaning(
        home, line, backed - 1 if backed else None, blind=flags >= BLIND, doubtful=bool(flags & 2), proven=not flags & 1
    )


def _pairs(signals: Signals, bases: Collection[str]) -> str:
    """Each pair of sender and subject with the lines of the table that put it on the list and that it fits."""
    found = f"""
        SELECT sender, subject, {_who()} AS who, {_folded("subject")} AS words
        FROM (SELECT DISTINCT sender, subject FROM listed WHERE sender IS NOT NULL)"""  # noqa: S608
    split = f"""
        SELECT *, {f"regexp_extract(host, {_ending(bases)}, 1)" if bases else "''"} AS base
        FROM (SELECT *, split_part(regexp_extract(who, {text_sql(SENDER)}, 1), '+', 1) AS local,
                     regexp_extract(who, {text_sql(SENDER)}, 2) AS host FROM ({found}))"""  # noqa: S608
    home = f"CASE WHEN base IS NULL OR base = '' THEN NULL ELSE {_home(signals, bases)} END" if bases else NONE
    homed = f"SELECT *, {home} AS home FROM ({split})"  # noqa: S608
    headed = f"regexp_full_match(who, {text_sql(HEADINGS)})"
    fits = {name: _line(signals, bases, subject=name == "by_subject") for name in ("by_subject", "by_sender")}
    first = ", ".join(
        f"{f'CASE WHEN home IS NOT NULL THEN {fit} END' if bases else NONE} AS {name}" for name, fit in fits.items()
    )
    lined = f"SELECT *, least(by_subject, by_sender) AS line FROM (SELECT *, {first} FROM ({homed}))"  # noqa: S608
    general = [at for at, line in enumerate(signals.lines) if not line.subject]
    backed = f"CASE WHEN line IN {tuple(general)} AND words <> '' THEN coalesce(by_subject + 1, 0) ELSE 0 END"
    return f"""SELECT sender, subject, who, words = '' AS blind, home, {headed} AS headed, line, {backed} AS backed
        FROM ({lined})"""  # noqa: S608


def _proven(signals: Signals) -> str:
    """Whether the log shows that the sender is genuine: DMARC passed, or SPF did for a listed domain."""

    def passed(check: str) -> str:
        return f"regexp_matches(auth, {text_sql(f'(?i)(?:^|[^a-z]){check}[^a-z]{{0,4}}pass(?:[^a-z]|$)')})"

    return f"({passed('dmarc')} OR ({passed('spf')} AND {near(signals, 'envelope')}))"


def _doubtful(signals: Signals) -> str:
    """Whether nothing vouches for the sender that a header names: the envelope is somebody else's, DMARC failed, or the
    feed says so."""
    failed = f"regexp_matches(auth, {text_sql('(?i)(?:^|[^a-z])dmarc[^a-z]{0,4}fail')})"
    return f"doubtful = 'yes' OR {failed} OR (contains(envelope, '@') AND NOT {near(signals, 'envelope')})"


def _outbound() -> str:
    """Whether the organization sent the mail itself."""
    return "(" + " OR ".join(f"lower(direction) = {text_sql(word)}" for word in OUTBOUND) + ")"


MEANINGS = """CREATE TEMP TABLE meanings (code BIGINT, platform VARCHAR, kind VARCHAR, strength VARCHAR,
    third_party BOOLEAN)"""
ARRIVALS = f"""CREATE TEMP VIEW arrivals AS
    SELECT file, lower(CASE WHEN bare LIKE '"%"' THEN bare[2:-2] ELSE bare END) AS mailbox, key, code, at_, named,
        instant, rows_, fate
    FROM (SELECT *, trim(split_part(part, '##', 1), {text_sql(" <>'")}) AS bare,
            CASE WHEN contains(part, '##') AND row_fate <> '{NOT_YET}' THEN step ELSE row_fate END AS fate
          FROM (SELECT * EXCLUDE (fate), fate AS row_fate, unnest(string_split(recipients, ';')) AS part
                FROM scanned WHERE code IS NOT NULL AND fault IS NULL)
          LEFT JOIN steps ON split_part(part, '##', 2) = steps.words)
    WHERE contains(mailbox, '@')"""  # noqa: S608
"""One row for each recipient of the listed rows, with what became of the message there."""
STRANGE_WORDS = f"""SELECT file, fate[2:], sum(rows_)::BIGINT FROM arrivals WHERE fate[1] = '{STRANGE}'
    GROUP BY ALL ORDER BY ALL"""  # noqa: S608
ECHOES = """DELETE FROM deliveries WHERE NOT named AND EXISTS (FROM deliveries AS other
    WHERE other.named AND other.mailbox = deliveries.mailbox AND other.instant = deliveries.instant)"""
"""Remove what a log without message ids (the Summary report) says once more: the same sender, mailbox, second and line
of the table as a message whose id another log of the same pull has."""
PARTS = """SELECT coalesce(sum(rows_ * len(list_filter(string_split(recipients, ';'), lambda part:
    contains(split_part(part, '##', 1), '@')))), 0)
    FROM scanned WHERE code IS NOT NULL AND fault IS NULL"""
"""How many deliveries, repeated and failed ones too, the listed rows speak of."""


def deliveries(signals: Signals) -> str:
    """Make a table of one row for each message and mailbox that it reached, however often the logs have it: `rows_`
    times.

    The last of its fates that is final decides; of two of one second, that it did not arrive. A message that went to a
    group reached nobody by their own address; nor did one that was passed on, whom it was passed on to. What it is
    says the row that says most; what speaks for its sender, or against, may stand in any, as where a filter hands it
    back under another id.
    """
    unit = _flags_from(signals)
    flag = f"(code // {unit} // {{0}}) % 2 = 1"
    code = f"""min(code) % {unit} + (min(code) // {unit} // {BLIND} * {BLIND}
        + bool_or({flag.format(2)})::BIGINT * 2 + bool_and({flag.format(1)})::BIGINT) * {unit}"""
    return f"""CREATE TEMP TABLE deliveries AS
    SELECT mailbox, key, {code} AS code, min(at_) FILTER (yes) AS at_, bool_or(named) AS named,
        arg_min(instant, at_) FILTER (yes) AS instant, sum(rows_) AS rows_
    FROM (SELECT *, fate = '{YES}' AS yes, fate = '{NO}' AS no, fate = '{PASSED_ON}' AS passed_on FROM arrivals
        WHERE fate[1] <> '{STRANGE}' AND key NOT IN (SELECT key FROM arrivals WHERE fate = '{SPREAD}'))
    GROUP BY mailbox, key
    HAVING bool_or(yes) AND NOT bool_or(passed_on)
        AND (NOT bool_or(no) OR coalesce(max(at_) FILTER (yes) > max(at_) FILTER (no), false))"""  # noqa: S608


def groups(hashes: int) -> str:
    """One row for each mailbox, platform and kind, in order; `hashes` message hashes at most."""
    return f"""SELECT mailbox, platform, kind, strength, third_party, count(*), count(DISTINCT at_::DATE),
        min(at_), max(at_),
        min(key, {hashes}) FROM deliveries JOIN meanings USING (code) GROUP BY ALL ORDER BY 1, 2, 3, 4, 5"""  # noqa: S608


def _who() -> str:
    """The sender in small letters; empty where connectors.mail.signals.mailbox_of finds it too long to be one."""
    return f"CASE WHEN length(sender) <= {LONGEST_HEADER} THEN lower(sender) ELSE '' END"


def _folded(column: str) -> str:
    """The same folding as connectors.mail.signals.folded_subject."""
    marks, plain = text_sql("".join(MARKS)), text_sql("".join(MARKS.values()))
    folded = f"trim(strip_accents(lower(translate({column}, {marks}, {plain}))))"
    folded = f"regexp_replace({folded}, {text_sql(BLANKS.pattern)}, ' ', 'g')"
    return f"CASE WHEN length({column}) <= {LONGEST_HEADER} THEN {folded} ELSE '' END"


def _time() -> str:
    """A time as UTC: ISO 8601 (with an offset, or without one), else as `moments` has it; NULL where it is none."""
    offset, written = text_sql(r":.*[+-]\d\d:?\d\d$"), "replace(replace(listed.sent_at, '/', '-'), ' UTC', '')"
    return f"""CASE WHEN NOT regexp_full_match(listed.sent_at, {text_sql(PLAIN_TIME)}) THEN moments.at_
        WHEN regexp_matches(listed.sent_at, {offset})
        THEN make_timestamp(epoch_us(try_cast({written} AS TIMESTAMPTZ)))
        ELSE try_cast({written} AS TIMESTAMP) END"""


def _recipients() -> str:
    return """CASE WHEN contains(recipient_status, '##') OR recipient_address = '' THEN recipient_status
        ELSE recipient_address END"""


def _home(signals: Signals, bases: Collection[str]) -> str:
    """The number of the line that puts the sender on the list, by its base domain; NULL where none does."""
    return _by_base(bases, [(at, signals.lines[at]) for at in signals.homes])


def _line(signals: Signals, bases: Collection[str], *, subject: bool) -> str:
    """The number of the first line that fits, of those with a subject or of the others; NULL where none does.

    Lines for every platform stand once, not once for each domain. The first of all is the lesser of the two numbers:
    asked for in one expression, and those with a subject once more in another, every pattern was planned twice.
    """
    numbered = [(at, line) for at, line in enumerate(signals.lines) if bool(line.subject) == subject]
    runs = [(general, list(run)) for general, run in groupby(numbered, lambda pair: pair[1].platform == ANY)]
    found = [_general(run) if general else _by_base(bases, run) for general, run in runs]
    return f"coalesce({', '.join([*found, NONE])})"


def _general(run: Sequence[tuple[int, SignalLine]]) -> str:
    return f"CASE {' '.join(_when(at, line, '') for at, line in run)} END"


def _by_base(bases: Collection[str], numbered: Sequence[tuple[int, SignalLine]]) -> str:
    cases = []
    for base in bases:
        own = [(at, line) for at, line in numbered if any(_below(domain, base) for domain in line.domains)]
        if own:
            cases.append(f"WHEN {text_sql(base)} THEN CASE {' '.join(_when(at, line, base) for at, line in own)} END")
    return f"CASE base {' '.join(cases)} END" if cases else "NULL"


def _below(domain: str, base: str) -> bool:
    return domain == base or domain.endswith(f".{base}")


def _when(at: int, line: SignalLine, base: str) -> str:
    """A line as a WHEN, for senders below `base` (any sender where it is empty)."""
    conditions = []
    below = [domain for domain in line.domains if _below(domain, base)]
    if below and base not in below:
        conditions.append(f"regexp_matches(host, {_ending(below)})")
    if line.mailbox:
        conditions.append(f"regexp_full_match(local, {text_sql(line.mailbox)})")
    if line.subject:
        conditions.append(f"words <> '' AND regexp_matches(words, {text_sql(line.subject)})")
    return f"WHEN {' AND '.join(conditions) or 'true'} THEN {at}"
