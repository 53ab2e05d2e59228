"""Mail logs that are tables: from a file to a feed of the scan, whatever its encoding, separator or headings.

A sound file in UTF-8 or UTF-16, packed or not, is read by DuckDB. Whatever DuckDB cannot tell exactly (a broken row
whose line it does not know, a listed sender's row without a date) is read again row by row by
connectors/files/delimited.py. A workbook, as Excel makes it of an opened CSV, is read row by row too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC
from functools import partial
from pathlib import Path

import duckdb

from connectors.contract import Rejected, Remark, Source, SourceChanged, SourceDown, folded
from connectors.files import delimited, formats, refuse_disguise, sheet, sheets, table, times
from connectors.files.dated import date_format
from connectors.files.headings import FileRow, Wanted, other_headings, positions, taken_down
from connectors.files.progress import Tell
from connectors.mail import query as mail_query
from connectors.mail.fates import known
from connectors.mail.scan import Entry, Feed

TOO_MANY = "TOO MANY COLUMNS"
"""Broken rows of which DuckDB leaves out just the row itself; those that end early are read, by `delimited_rows`."""
SPARED = ("message_id", "direction", "recipient_status", "outcome", "latest", "auth", "envelope")
"""Fields that a row may lack at its end, as spreadsheets leave the last commas of a row away."""


ZONED = re.compile(r"(?P<name>[^()]*[^()\s])\s*\((?P<zone>[^()]+(?:\([^()]*\))?)\)\s*")
HAS_ZONE = (
    r"(?i)(?:[a-z]{2}\)?|(?:^|\n)[^:\n]*:.*z|[+-]\d\d:?\d\d\)?)\s*$|^[^:]*[-/a-z][^:/a-z-]*$"
    r"|^\s*(?:1\d{9}(?:\.\d+)?|1\d{12})\s*$"
)
"""A time that needs no zone from its heading: it ends with its own (AM and PM are taken away before), is a day alone,
or counts seconds since 1970, which are UTC everywhere."""


def zone_in(heading: str) -> str | None:
    """What to write behind times without a zone, where their heading names one; empty for UTC, which they are in
    anyway, and for a heading that names none. None for words in brackets that are no zone."""
    said = ZONED.fullmatch(heading)
    if said is None:
        return ""
    noon = times.ALONE.read(f"2026-01-15 12:00 {said['zone']}")
    if noon is None or noon.zone is None:
        return None
    return "" if noon.moment(UTC).hour == 12 else f" {said['zone']}"


def in_zone(text: str, zone: str) -> str:
    """A time with the zone of its heading behind it, where it names none itself."""
    bare = re.sub(r"(?i)(?<!\s)\s*[ap]\.?m\.?\s*$", "", text)
    return f"{text.strip()}{zone}" if zone and text.strip() and not re.search(HAS_ZONE, bare) else text


@dataclass(frozen=True, slots=True)
class Shape:
    """What a log calls its columns: field of mail_query.FIELDS → headings, folded, the likeliest first.

    `required` are fields without which the export says nothing (or several, of which one must be there), each with what
    to ask for in the export. `system` is whose words of mail_fates.csv say what became of a message. `doubtful`: which
    sender the log names is not known, so nothing but a column of envelopes makes a mail more than weak.
    """

    spellings: Mapping[str, tuple[str, ...]]
    required: Mapping[tuple[str, ...], str]
    system: str
    doubtful: bool = False

    def more(self, fields: Collection[str]) -> dict[str, str]:
        """What each row says beside its columns."""
        return {"doubtful": "yes"} if self.doubtful and "envelope" not in fields else {}

    def wanted(self) -> Wanted:
        """Every heading that is known: tells the right separator from a wrong one."""
        return Wanted(tuple(dict.fromkeys(name for names in self.spellings.values() for name in names)))

    def in_sheets(self, source: Source) -> Wanted:
        """The fields as they are looked for in a workbook. Raises SourceDown for `columns` that are none."""
        named = self._named(source)
        fields = tuple(field for field, names in self.spellings.items() if names or field in named)
        return Wanted(fields, tuple(self.required), named, synonyms=self.spellings, tables=source.tables, own=False)

    def columns(self, headings: Sequence[str], source: Source, place: str) -> dict[str, str]:
        """Field → the heading that holds it. Raises SourceChanged where a required one has none."""
        named = self._named(source)
        seen = {folded(heading): heading for heading in headings}
        found = dict(named)
        for field, names in self.spellings.items():
            heading = next((seen[name] for name in names if name in seen), None)
            if field not in found and heading is not None:
                found[field] = heading
        if "sent_at" not in found and (heading := self.zoned(headings)):
            found["sent_at"] = heading
        for fields, ask in self.required.items():
            if not any(field in found for field in fields):
                shown = ", ".join(repr(heading) for heading in headings[:40])
                raise SourceChanged(
                    f"{place}: no column holds the {ask}. The headings found are: {shown}. Export it with them, or name"
                    f' the heading that holds it in audit.toml: columns = {{ {fields[0]} = "…" }}.'
                )
        return found

    def zoned(self, headings: Sequence[str]) -> str:
        """The heading of the times, where it names their zone: "Date (UTC-05:00)"; empty where none does."""
        return next((one for one in headings if self._is_zoned(one)), "")

    def _is_zoned(self, heading: str) -> bool:
        said = ZONED.fullmatch(heading)
        return said is not None and folded(said["name"]) in self.spellings["sent_at"] and zone_in(heading) is not None

    def _named(self, source: Source) -> dict[str, str]:
        """The option `columns`. Raises SourceDown where it is none."""
        named = source.options.get("columns", {})
        if not isinstance(named, dict) or any(field not in self.spellings for field in named):
            listed = ", ".join(self.spellings)
            raise SourceDown(f"{source.name}: columns in audit.toml must be a table that names some of: {listed}.")
        return {field: str(heading) for field, heading in named.items()}


def feed(path: Path, place: str, source: Source, shape: Shape) -> Feed:
    """A delimited file or a workbook as a feed.

    Raises SourceDown for one that is empty, damaged or not what its ending says, SourceChanged for its headings.
    """
    if path.suffix.lower() == ".xlsx":
        return _workbook(path, place, source, shape)
    if formats.further_format(path.suffix.lower()):
        raise SourceDown(f"{place} is of a package's format, which is read for exports alone. Export the log as CSV.")
    refuse_disguise(path, place)
    how = delimited.layout_for(source, path, shape.wanted(), place, whole=False)
    columns = shape.columns(how.headings, source, place)
    needed = tuple(field for field in columns if field not in SPARED)
    wanted = Wanted(tuple(columns), needed, columns, tables=source.tables)
    where = positions(how.headings, wanted, place)
    taken_down(how.headings, where, wanted, place)
    zone = zone_in(columns["sent_at"]) or "" if "sent_at" in columns else ""
    more = shape.more(columns)
    exact = partial(_exact, path, place, how, wanted, zone, more)
    dated, words, stated = "sent_at" in columns, known(shape.system, source), date_format(source)
    if how.encoding not in table.NATIVE or how.newline != "\n":
        return Feed(place, exact, dated=dated, fates=words, date_format=stated)
    cells = {name: f"c{at}" for name, at in where.items()}
    if zone:
        cells["sent_at"] = in_zone_sql(cells["sent_at"], zone)
    cells |= {name: table.text_sql(value) for name, value in more.items()}
    relation = feed_relation(cells, table.csv_relation(path, how))
    days = ""
    if dated:
        column = mail_query.day_of(f"c{where['sent_at']}")
        days = f"SELECT DISTINCT {column} FROM {table.csv_relation(path, how, 'ignore_errors = true')}"  # noqa: S608
    return Feed(place, exact, relation, broken_rows(path, place, how), dated, words, days, stated)


def in_zone_sql(column: str, zone: str) -> str:
    """The same as `in_zone`, for DuckDB."""
    bare = f"regexp_replace({column}, '(?i)\\s*[ap]\\.?m\\.?\\s*$', '')"
    known = f"trim({column}) = '' OR regexp_matches({bare}, {table.text_sql(HAS_ZONE)})"
    return f"CASE WHEN {known} THEN {column} ELSE trim({column}) || {table.text_sql(zone)} END"


def _workbook(path: Path, place: str, source: Source, shape: Shape) -> Feed:
    """A workbook as a feed. Its cells of dates come in ISO 8601, without a zone, as UTC."""
    wanted, asked = shape.in_sheets(source), sheet(source)
    with closing(sheets.sheet_rows(path, asked, wanted, place)) as rows:
        next(rows, None)  # by now the headings are known
    met = next(one for where, one in source.tables.items() if where.startswith(f"{place}:"))
    heading = met.headings[met.where["sent_at"]] if "sent_at" in met.where else shape.zoned(met.headings)
    wanted, zone = replace(wanted, columns=_with_times(wanted, heading)), zone_in(heading) or ""

    def exact(_: Tell) -> Iterator[Entry | Rejected | Remark]:
        for row in sheets.sheet_rows(path, asked, wanted, place):
            if isinstance(row, FileRow):
                at = in_zone(row.values.get("sent_at", ""), zone)
                yield {**row.values, **shape.more(met.where), "sent_at": at, "place": row.where}
            else:
                yield row

    words, stated = known(shape.system, source), date_format(source)
    return Feed(place, exact, dated=bool(heading), fates=words, date_format=stated)


def _with_times(wanted: Wanted, heading: str) -> dict[str, str]:
    """The headings that are named, and that of the times where it is known by the zone in it alone."""
    known_ = folded(heading) in wanted.spellings("sent_at")
    return dict(wanted.columns) if known_ or not heading else {**wanted.columns, "sent_at": heading}


def feed_relation(columns: Mapping[str, str], source: str, place: str = "NULL::VARCHAR") -> str:
    """A feed's relation: the columns of mail_query.FEED from SQL expressions; those not given are empty text."""
    shown = (f"{columns.get(name, table.text_sql(''))} AS {name}" for name in mail_query.FEED if name != "place")
    return f"SELECT {', '.join(shown)}, {place} AS place FROM {source}"  # noqa: S608


def _exact(
    path: Path, place: str, how: table.Layout, wanted: Wanted, zone: str, more: Mapping[str, str], told: Tell
) -> Iterator[Entry | Rejected]:
    with table.unpacked(path) as plain:
        if how.encoding == "utf-8":  # told from the beginning alone; a later byte may say otherwise
            encoding = delimited.sniffed_encoding(plain, place)
            how = replace(how, encoding=encoding)
        for row in delimited.delimited_rows(plain, how, wanted, place, told):
            if isinstance(row, Rejected):
                yield row
            elif row.lacks:
                yield Rejected(row.where, row.lacks)
            elif (
                other_headings(list(row.values.values()), wanted) if row.short else _other_headings(row.values, wanted)
            ):
                raise SourceChanged(
                    f"{row.where}: other headings begin here; two exports were joined into one. Separate them again."
                )
            elif table.UNDECODABLE in "".join(row.values.values()):
                yield Rejected(
                    row.where,
                    "the row holds bytes that are no text in the file's encoding; name the right encoding",
                )
            else:
                sent = {"sent_at": in_zone(row.values["sent_at"], zone)} if zone else {}
                yield {**row.values, **more, **sent, "place": row.where}


def _other_headings(values: Mapping[str, str], wanted: Wanted) -> bool:
    """Whether a row is the headings of another export; the file's own headings, repeated, do no harm."""
    told = {name: folded(text) for name, text in values.items()}
    own = all(told[name] == folded(wanted.columns[name]) for name in told)
    return not own and bool(re.fullmatch(mail_query.HEADINGS, told["sender"])) and "@" not in "".join(told.values())


def broken_rows(
    path: Path, place: str, how: table.Layout, comment: str = ""
) -> Callable[[duckdb.DuckDBPyConnection], list[Rejected] | None]:
    """What DuckDB left out of the file; None where the lines cannot be told from its account. Lines that begin with
    `comment` are no rows."""

    def told(connection: duckdb.DuckDBPyConnection) -> list[Rejected] | None:
        found = table.left_out(connection)
        if len(found) > table.BROKEN:
            return None
        if comment:
            found = [row for row in found if not row.line.lstrip("\r\n\ufeff").startswith(comment)]
        rows = {row.at: row for row in found if row.kind == TOO_MANY and row.at is not None}
        if found and (table.NATIVE[how.encoding] != "utf-8" or len(rows) < len({row.at for row in found})):
            return None
        with path.open("rb") as file, table.unpacking(file) as content:
            numbers = list(table.line_numbers(content, rows))
        return [
            Rejected(f"{place}:{number}", _ragged(row.line, how))
            for number, row in zip(numbers, rows.values(), strict=True)
        ]

    return told


def _ragged(line: str, how: table.Layout) -> str:
    fields = next(iter(delimited.records([line], how.separator)), (1, []))[1]
    return fields if isinstance(fields, str) else delimited.ragged(len(fields), len(how.headings))
