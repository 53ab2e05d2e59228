"""Mail logs of any size and number in one pass of DuckDB and flat memory; what is left are a few rows a mailbox.

Rows of senders that are not on the list are counted and forgotten where they stand. Of the others the scan keeps, in
memory and in a private temporary folder: mailbox, line of the table, time, and a hash of the message id. What
comes out is one item for each mailbox and platform.

The counts of a scan add up: a row whose sender is not listed counts once, any other once for each of its recipients.
Every count is either an item (one of it stands for the first message of its mailbox and platform), or rejected, or
dropped for one of UNLISTED, UNDELIVERED, REPEATED and FOLDED.

A message that several logs of one pull have counts once: by its id, and, where a log has no ids (the Summary report of
Exchange), by sender, mailbox, second and line of the table. Logs that round times differently still count it twice,
and so do logs of the same days that are read on different nights, one with ids and one without.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from connectors.contract import AHEAD, Dropped, Item, Raw, Rejected, Remark, Source, SourceChanged, SourceDown
from connectors.files import times, unchanged, unread_files
from connectors.files.dated import OPTION as DATE_FORMAT
from connectors.files.fields import QUOTED
from connectors.files.progress import Tell, shares, watched
from connectors.files.table import BROKEN, MEMORY, brief, connected, forget_left_out
from connectors.mail import query as mail_query
from connectors.mail.fates import OPTION, Fate, Fates
from connectors.mail.log_text import open_logs
from connectors.mail.recipients import recipients_in
from connectors.mail.signals import Signals, decoded_subject, load_signals
from connectors.records import MESSAGES_KEPT

COUNTING = (times.SECONDS, times.MILLISECONDS)
"""Forms that hold only where every value of the column is one of their kind."""
BATCH = 20_000
SPILLS_AT = "400MB"
"""What a scan may hold before it spills, where no log is Parquet. Of 50 million mails it takes no longer than with the
1 GB of `MEMORY`, and 126 MB less."""
EXPORTED = (".csv", ".tsv", ".xlsx", ".parquet")
"""Endings of logs that are written at once; to others lines are added while they are read."""
UNLISTED, UNDELIVERED = "sender not on the list", "not delivered, or sent out"
UNCLEAR = "not clear whether it was delivered"
REPEATED, FOLDED = "the same message again", "folded into a mailbox's account"
OTHER_LINE = "line about something else than a mail"
"""Why the scan drops what it drops; contract.Dropped.reason."""
REASONS = {
    mail_query.NO_DATE: "the time {0!r} cannot be read; correct it in the export, or export times as ISO 8601; if the"
    ' whole log writes them so, set date_format in audit.toml, for example date_format = "MM/DD/YYYY hh:mm"',
    mail_query.AHEAD: "the time {0!r} lies after the day that is judged, so it is not known when the mail came; correct"
    " it in the export",
    mail_query.HEADING: "headings stand here again; two exports may have been joined into one file",
    mail_query.NO_RECIPIENT: "no recipient's address stands in the row, or words beside it leave open whose it is;"
    " correct it in the export",
    mail_query.NOT_JOINED: "a list's name stands in the place of the recipients, as PowerShell writes it; join them"
    " in the export: Select-Object …, @{{n='Recipients'; e={{$_.Recipients -join ';'}}}}",
}
EITHER_WAY = (
    "the time {0!r} cannot be read: day and month could stand either way round, in it and in the rest of the log. Say"
    ' which in audit.toml: date_format = "MM/DD/YYYY", or date_format = "DD/MM/YYYY"'
)
NO_TIMES = (
    "no column holds the times of the mails, so it is not known how old they are, and they are leads at most. Export"
    ' the log with them, or name the heading in the source\'s table of audit.toml: columns = { sent_at = "…" }'
)
NO_SUBJECTS = (
    "no mail of a platform has a subject here, so that most of them are leads at most. Export the log with subjects; a"
    ' column that has them under another heading is named in audit.toml: columns = { subject = "…" }'
)
SIGNALS_OPTION = {
    "signals": "rows of your own for mail_signals.csv, a CSV with its headings; read before the packaged rows"
}
FILE_OPTIONS = SIGNALS_OPTION | OPTION | {"date_format": DATE_FORMAT}
"""The options of logs that are tables, beside those of files."""

Entry = Mapping[str, str]
"""One message of a log read row by row: the columns of mail_query.FEED that it has, `place` always."""
Aside = Rejected | Dropped | Remark
"""What a log read row by row has beside messages."""


@dataclass(frozen=True, slots=True)
class Feed:
    """One file of a log. `exact` reads it row by row, with lines, and tells how far it is; `fast` is the same as an
    SQL relation, if there is one.

    `broken` tells, after `fast` was read, which rows DuckDB left out, or None where the file must be read by `exact`
    to tell. `dated` is False for an export that has no column of times. `fates` are the words of its system. `days` is
    an SQL query of what its times begin with, over all rows, for a column of which day and month leave a choice, and
    `date_format` what audit.toml says of them. `others`: the log has lines that are about no mail (mail_query.NO_MAIL
    as their sender), and this is what to call them. `elsewhere`: the log lies on a cluster; it runs DuckDB's statements
    on each part of it there, where `fast` and `days` stand on that part, and gives what the last one finds in all of
    them. Such a log has no `exact`: every row of `fast` has its place.
    """

    place: str
    exact: Callable[[Tell], Iterator[Entry | Aside]]
    fast: str = ""
    broken: Callable[[duckdb.DuckDBPyConnection], list[Rejected] | None] = lambda _: []
    dated: bool = True
    fates: Fates = field(default_factory=lambda: Fates({}))
    days: str = ""
    date_format: str = ""
    others: str = ""
    subjects: bool = True
    elsewhere: Callable[[Sequence[str]], pa.Table] | None = None


def scan(
    source: Source,
    files: Sequence[Path],
    opened: Callable[[Path, str], Feed],
    signals: Signals,
) -> Iterator[Item]:
    """Every mailbox and platform that the listed mails of the files speak of, after what was rejected and dropped,
    file by file. `opened` makes a file, and what messages call it, a feed. What lies beside the files in a folder and
    is not read is told first.

    Raises SourceDown where a file is damaged or the disk is full.
    """
    yield from unread_files(source, files)
    yield from scan_feeds(source, _feeds(source, files, opened), signals, files)


def scan_feeds(
    source: Source, feeds: Iterable[tuple[Feed, Tell] | Remark], signals: Signals, files: Sequence[Path] = ()
) -> Iterator[Item]:
    """The same of feeds, each with what is told how far it is read, for logs that are no files. Each is read before
    the next is asked for."""
    places: list[str] = []
    lacking: dict[str, list[str]] = {NO_TIMES: [], NO_SUBJECTS: []}
    source = replace(source, now=source.now or datetime.now(UTC))
    in_groups = any(path.suffix.lower() == ".parquet" for path in files)
    with connected(*files, ordered=False, memory=MEMORY if in_groups else SPILLS_AT) as connection:
        try:
            connection.execute(mail_query.SCANNED)
            connection.execute(mail_query.latest((source.day or source.now or datetime.now(UTC)) + AHEAD))
            for one in feeds:
                if isinstance(one, Remark):
                    yield one
                    continue
                feed, told = one
                places.append(feed.place)
                yield from _file(connection, feed, len(places) - 1, signals, told)
                _note_lacking(connection, feed, len(places) - 1, signals, lacking)
            for said, found in lacking.items():
                if found:
                    more = f" This is so in {len(found):,} files." if len(found) > 1 else ""
                    yield Remark(found[0], f"{said}{more}", unread=said == NO_TIMES)
            yield from _groups(connection, source, places, signals)
        except duckdb.Error as fault:
            raise SourceDown(f"{source.name}: the mail logs cannot be scanned ({brief(fault)}).") from fault


def _feeds(
    source: Source, files: Sequence[Path], opened: Callable[[Path, str], Feed]
) -> Iterator[tuple[Feed, Tell] | Remark]:
    told = shares(source, files)
    for path in files:
        with unchanged(path, path.name, may_grow=path.suffix.lower() not in EXPORTED):
            for one in open_logs(source, path, told[path], files):
                yield one if isinstance(one, Remark) else (opened(one.path, one.place), one.told)
        told[path](1.0)


def signals_of(source: Source) -> Signals:
    """The table of signals for a source: the packaged one, after the rows of its option `signals`."""
    own = source.options.get("signals")
    return load_signals(source.place(str(own)) if own else None)


def _file(
    connection: duckdb.DuckDBPyConnection, feed: Feed, number: int, signals: Signals, told: Tell
) -> Iterator[Item]:
    if feed.elsewhere:
        yield from _read(connection, feed, feed.fast, number, signals, lambda: _days(connection, feed))
    elif feed.fast:
        try:
            with watched(connection, told):
                apart = _read(connection, feed, feed.fast, number, signals, lambda: _days(connection, feed))
            broken = feed.broken(connection)
            if broken is not None and not _faults(connection, number) and _has_rows(connection, feed.fast):
                yield from broken
                yield from apart
                yield from _left_out(connection, number)
                return
        except duckdb.Error:
            pass  # the exact reading below says what is wrong with it, and where
        connection.execute("DELETE FROM scanned WHERE file = ?", [number])
        forget_left_out(connection)
    if not feed.elsewhere:
        yield from _exactly(connection, feed, number, signals, told)
    for place, fault, count in _faults(connection, number):
        for _ in range(count):
            where, _, time = place.partition("\x1f")
            both = fault == mail_query.NO_DATE and times.leaves_choice(time)
            yield Rejected(where, (EITHER_WAY if both else REASONS[fault]).format(time))
    yield from _left_out(connection, number)


def _note_lacking(
    connection: duckdb.DuckDBPyConnection, feed: Feed, number: int, signals: Signals, lacking: Mapping[str, list[str]]
) -> None:
    """Note what all mails of platforms in a file lack."""
    listed, blind = connection.execute(mail_query.without_subject(signals), [number]).fetchall()[0]
    if listed and not feed.dated:
        lacking[NO_TIMES].append(feed.place)
    if listed and listed == blind and feed.subjects:
        lacking[NO_SUBJECTS].append(feed.place)


def _has_rows(connection: duckdb.DuckDBPyConnection, relation: str) -> bool:
    """Whether DuckDB finds any row: where rows do not end as the headings do it may find none, and no fault."""
    found = connection.execute(f"SELECT 1 FROM ({relation}) LIMIT 1").fetchone()  # noqa: S608
    forget_left_out(connection)
    return found is not None


def _days(connection: duckdb.DuckDBPyConnection, feed: Feed) -> list[str]:
    """What the times of all rows of a file begin with: another pass over it, for a column that leaves a choice."""
    if feed.elsewhere and feed.days:
        return sorted({one for one in feed.elsewhere([feed.days]).column(0).to_pylist() if one})
    return [one for (one,) in connection.execute(feed.days).fetchall() if one] if feed.days else []


def _exactly(
    connection: duckdb.DuckDBPyConnection, feed: Feed, number: int, signals: Signals, told: Tell
) -> list[Aside]:
    """Read a file row by row into the scan; returns the rows that could not be read, and what else is to be told."""
    rejected: list[Aside] = []
    stopped: list[SourceDown] = []
    days: set[str] = set()
    connection.register("exact_feed", _reader(feed.exact(told), rejected, stopped, days))
    try:
        apart = _read(connection, feed, "FROM exact_feed", number, signals, lambda: days)
    except duckdb.Error:
        if stopped:  # DuckDB wraps what a stream raises in an error of its own
            raise stopped[0] from None
        raise
    connection.unregister("exact_feed")
    return [*rejected, *apart]


def _read(
    connection: duckdb.DuckDBPyConnection,
    feed: Feed,
    relation: str,
    number: int,
    signals: Signals,
    days: Callable[[], Iterable[str]],
) -> list[Aside]:
    """Sift and classify one relation; the subjects of its listed rows are gone when this returns. What it returns is
    to be told of the lines that are about no mail."""
    counting = mail_query.mails_that_count(relation, signals, apart=bool(feed.others))
    if feed.elsewhere:
        connection.register("parts", feed.elsewhere([counting, "FROM near"]))
        connection.execute(mail_query.JOINED)
        connection.unregister("parts")
    else:
        connection.execute(counting)
    apart = _apart(connection, feed) if feed.others else []
    connection.execute(mail_query.unpack())
    connection.execute("DROP TABLE near")
    decoded = [(one, decoded_subject(one)) for (one,) in connection.execute(mail_query.ENCODED).fetchall()]
    if decoded:
        connection.execute("CREATE OR REPLACE TEMP TABLE decoded (subject VARCHAR, said VARCHAR)")
        _fill(connection, "decoded", decoded)
        connection.execute(f"{mail_query.DECODED}; DROP TABLE decoded")
    parted = [(one, recipients_in(one)) for (one,) in connection.execute(mail_query.JOINED_OTHERWISE).fetchall()]
    if parted:
        connection.execute("CREATE OR REPLACE TEMP TABLE parted (recipient_address VARCHAR, said VARCHAR)")
        _fill(connection, "parted", parted)
        connection.execute(f"{mail_query.PARTED}; DROP TABLE parted")
    _look_up(connection, feed, days)
    bases = sorted(base for (base,) in connection.execute(mail_query.bases_seen(signals)).fetchall() if base)
    connection.execute(mail_query.classify(number, signals, bases, dated=feed.dated))
    connection.execute("DROP TABLE listed")
    return apart


def _apart(connection: duckdb.DuckDBPyConnection, feed: Feed) -> list[Aside]:
    """What to tell of the lines of a log that are about no mail; they are taken out of `near`."""
    [(count,)] = connection.execute(mail_query.APART).fetchall()
    if not count:
        return []
    connection.execute(mail_query.LEFT)
    [(mails,)] = connection.execute("SELECT count(*) FROM near").fetchall()
    lines = f"{count:,} lines are" if count > 1 else "1 line is"
    nothing = "" if mails else " No line of this file is about a mail: give the right export, or take it out of path."
    said = f"{lines} {feed.others}; what they say was not read.{nothing}"
    return [Remark(feed.place, said, unread=not mails), Dropped(count, OTHER_LINE)]


def _look_up(connection: duckdb.DuckDBPyConnection, feed: Feed, days: Callable[[], Iterable[str]]) -> None:
    """Read in Python, once for each text, what SQL should not read by itself: fates, and times of other forms."""
    connection.execute(mail_query.LOOKED_UP)
    words = [(*one, _fate(*feed.fates.row(*one))) for one in connection.execute(mail_query.WORDS).fetchall()]
    _fill(connection, "words", words)
    known = {one for (one,) in connection.execute("SELECT words FROM steps").fetchall()}
    steps = [one for (one,) in connection.execute(mail_query.STEPS).fetchall() if one not in known]
    _fill(connection, "steps", [(one, _fate(*feed.fates.steps(one))) for one in steps])
    numbers = [one for (one,) in connection.execute(mail_query.DAYS).fetchall()]
    others = [one for (one,) in connection.execute(mail_query.OTHER_TIMES).fetchall() if one]
    form = _form([*numbers, *others], days, feed.date_format)
    if (order := form.order("/")) in mail_query.ORDERED:
        connection.execute(mail_query.in_order(order))
    else:
        others += [one for (one,) in connection.execute(mail_query.IN_NUMBERS).fetchall()]
    moments = [(one, moment.replace(tzinfo=None)) for one in others if (moment := form.moment(one)) is not None]
    _fill(connection, "moments", moments)


def _form(written: list[str], days: Callable[[], Iterable[str]], stated: str) -> times.DayForm:
    """The form of the column of times, by those of listed senders, and only where these leave a choice by all."""
    column = times.DayColumn()
    for one in written:
        column.see(one)
    form = column.form(stated)
    if form.example or (form.name in COUNTING and form.name != form.stated):
        for one in days():
            column.see(one)
        form = column.form(stated)
    return form


def _fate(fate: Fate, word: str) -> str:
    """A fate as `scanned` has it."""
    if fate is Fate.UNKNOWN:
        return f"{mail_query.STRANGE}{word}"
    return fate.value if fate in mail_query.FINAL else mail_query.NOT_YET


def _fill(connection: duckdb.DuckDBPyConnection, name: str, rows: list[tuple[Any, ...]]) -> None:
    """Insert rows, by way of Arrow: row by row a log of other times would take minutes."""
    if rows:
        columns = {f"c{at}": list(values) for at, values in enumerate(zip(*rows, strict=True))}
        connection.register("filling", pa.table(columns))
        connection.execute(f"INSERT INTO {name} FROM filling")
        connection.unregister("filling")


def _reader(
    entries: Iterator[Entry | Aside], rejected: list[Aside], stopped: list[SourceDown], days: set[str]
) -> pa.RecordBatchReader:
    """The entries as a stream of Arrow batches. Rejected rows are put aside, and so is what stops the stream, and what
    times begin with that do not begin with the year."""
    schema = pa.schema([(column, pa.string()) for column in mail_query.FEED])

    def sound() -> Iterator[Entry]:
        last: Rejected | None = None
        for entry in entries:
            if isinstance(entry, Rejected):
                if last is None or entry.unnamed or len(rejected) < BROKEN:
                    last = entry
                rejected.append(last)  # of too many, one stands for those that follow: they are counted alone
            elif isinstance(entry, (Dropped, Remark)):
                rejected.append(entry)
            else:
                day = entry.get("sent_at", "").partition(" ")[0]
                if day and not day[:4].isdigit():
                    days.add(day.rstrip(","))
                elif day and not day.replace(".", "").isdigit():
                    days.add(day[:10])
                yield entry

    def batches() -> Iterator[pa.RecordBatch]:
        rows = sound()
        try:
            while some := list(islice(rows, BATCH)):
                yield _batch([[entry.get(name, "") for entry in some] for name in mail_query.FEED], schema)
        except SourceDown as fault:
            stopped.append(fault)
            raise

    return pa.RecordBatchReader.from_batches(schema, batches())


def _batch(columns: list[list[str]], schema: pa.Schema) -> pa.RecordBatch:
    clean = [[cell.encode("utf-8", "replace").decode() for cell in column] for column in columns]
    return pa.RecordBatch.from_arrays([pa.array(column, pa.string()) for column in clean], schema=schema)


def _faults(connection: duckdb.DuckDBPyConnection, number: int) -> list[tuple[str, int, int]]:
    """(place, what is wrong, rows) of listed rows that cannot be used."""
    return connection.execute(
        "SELECT place, fault, rows_ FROM scanned WHERE file = ? AND fault IS NOT NULL ORDER BY ALL", [number]
    ).fetchall()


def _left_out(connection: duckdb.DuckDBPyConnection, number: int) -> Iterator[Dropped]:
    """The rows of a file whose sender is not on the list."""
    query = "SELECT coalesce(sum(rows_), 0)::BIGINT FROM scanned WHERE file = ? AND code IS NULL"
    [(count,)] = connection.execute(query, [number]).fetchall()
    if count:
        yield Dropped(count, UNLISTED)


def _groups(
    connection: duckdb.DuckDBPyConnection, source: Source, places: list[str], signals: Signals
) -> Iterator[Item]:
    connection.execute(mail_query.ARRIVALS)
    [(parts,)] = connection.execute(mail_query.PARTS).fetchall()
    unclear = yield from _strange(connection, source, places, int(parts))
    connection.execute(mail_query.deliveries(signals))
    connection.execute("DROP VIEW arrivals; DROP TABLE scanned")
    [(arrived,)] = connection.execute("SELECT coalesce(sum(rows_), 0) FROM deliveries").fetchall()
    connection.execute(mail_query.ECHOES)
    [(messages,)] = connection.execute("SELECT count(*) FROM deliveries").fetchall()
    _meanings(connection, signals)
    found = connection.execute(mail_query.groups(MESSAGES_KEPT))
    rows = iter(lambda: found.fetchmany(BATCH), [])
    items, where = 0, _where(places)
    for (mailbox, platform), own in groupby((row for rest in rows for row in rest), key=itemgetter(0, 1)):
        items += 1
        yield _raw(mailbox, platform, list(own), source, where)
    lost = parts - arrived - unclear
    left = ((lost, UNDELIVERED), (unclear, UNCLEAR), (arrived - messages, REPEATED), (messages - items, FOLDED))
    yield from (Dropped(int(count), reason) for count, reason in left if count)


def _strange(
    connection: duckdb.DuckDBPyConnection, source: Source, places: list[str], parts: int
) -> Generator[Item, None, int]:
    """Tell the words that are not known to say whether a mail arrived; returns how many deliveries they speak of.

    Raises SourceChanged where that is most of them: then the log says nothing.
    """
    found = connection.execute(mail_query.STRANGE_WORDS).fetchall()
    unclear = sum(int(count) for _, _, count in found)
    told = [Remark(places[file], unclear_words(word, count)) for file, word, count in found]
    if unclear * 2 > parts:
        raise SourceChanged(f"{source.name}: {told[0].where}: {told[0].text}")
    yield from told
    return unclear


def unclear_words(word: str, count: int) -> str:
    """What to tell about a word that is not in the table of fates."""
    whose = f"{count:,} platform mail{'' if count == 1 else 's'}"
    if not word:
        return f"nothing says whether {whose} arrived, so they prove nothing; export the log with the status of each."
    short = word[:QUOTED]
    return (
        f"the word {short!r} is not known to say whether a mail arrived; {whose} with it prove nothing. If it is known"
        f' what it means, add it to the source\'s table of audit.toml: fates = {{ "{short}" = "delivered" }}'
        ' (or "not delivered").'
    )


def _meanings(connection: duckdb.DuckDBPyConnection, signals: Signals) -> None:
    """What each code in `deliveries` means, as a table beside it."""
    connection.execute(mail_query.MEANINGS)
    for (code,) in connection.execute("SELECT DISTINCT code FROM deliveries ORDER BY code").fetchall():
        means = mail_query.meaning(code, signals)
        row = [code, means.platform, means.kind, means.strength.value, means.third_party]
        connection.execute("INSERT INTO meanings VALUES (?, ?, ?, ?, ?)", row)


def _raw(mailbox: str, platform: str, rows: list[tuple[Any, ...]], source: Source, where: str) -> Raw:
    """One mailbox and platform; its `signals` are rows of mail_query.groups from the kind on."""
    told = (" ".join((row[2], row[3], str(row[5]), str(row[6]), *row[9])) for row in rows)
    digest = sha256("\0".join((mailbox, platform, *told)).encode()).hexdigest()
    values = {"mailbox": mailbox, "platform": platform, "signals": [row[2:] for row in rows]}
    return Raw(values, source.name, where, digest, source.day or source.now, source.options)


def _where(places: list[str]) -> str:
    alike = len(set(places)) == 1
    return places[0] if alike else f"{len(places)} files, {places[0]} to {places[-1]}" if places else ""
