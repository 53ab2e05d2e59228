"""What the night understands of one source, for whoever has to confirm it: headings, words, dates, examples, advice.

Everything here is watched while audit.night.pull reads the source as a night does; nothing is read in another way. Of
what stands in the rows, status words and names of agencies are shown, and examples with most of their letters covered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import Any

from audit.model.organization import Organization
from audit.model.settings import SourceSettings
from audit.night.headings import meaning_of, meant_fields, nearest, propose
from audit.night.toml import toml
from audit.night.usable import ADDRESS_FIELDS
from audit.people.addresses import MailSystem, mail_system, state_mailbox
from audit.people.agency_codes import AgencyCodes, agency_codes
from audit.verbs.covered import cover, looks_like_names
from connectors.contract import Connector, ExportTable, Item, Raw, Record, Source, folded
from connectors.files.row_words import offered_words
from connectors.files.wide import ACCOUNT
from connectors.platforms import fold_domain, nearest_platform, platform_column
from connectors.records import Agency, OfficialAccount, Person, Status

EXAMPLES = 3
BY_ITSELF = "what each says by itself (ISO 8601, names of months)"
ON_PURPOSE = "unknown, on purpose"
"""What a status word counts as that proves neither that somebody is employed nor that they left."""
WORDS = 12
"""Status words, domains, or agencies that are named one by one."""
NEVER_READ = ("location",)
"""Headings that are accepted and left unread on purpose, by the program itself."""
DAY_FIELDS = ("start_date", "end_date", "created_at", "observed_at", "reviewed_on")
CANARIES = ("must_find", "must_not_find")
PLAIN_FIELDS = ("platform", "registration", "status")
"""Fields whose values are words for things, never for people: shown as they are, where they are known words."""


@dataclass
class ColumnReading:
    """One field: the heading that became it and by what, and how many rows fill it."""

    field: str
    heading: str
    by: str
    """"exact", "synonym", or "configured"."""
    filled: int | None
    """None where rows are added up, as in mail logs."""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class UnreadHeading:
    """A heading that nothing reads: the field it probably is, or why it is left unread, as far as that is known."""

    field: str = ""
    note: str = ""


@dataclass
class DayReading:
    """A column of days: values read and not read, and the form by which they were."""

    field: str
    form: str
    read: int = 0
    unread: int = 0


@dataclass
class AgencyReading:
    """Rows whose agency was found by its code, by its name, and not at all."""

    by_code: int = 0
    by_name: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    empty: int = 0


@dataclass
class SourceReading:
    """All that doctor shows of a source. `lines` are its verdicts, as they stand in the first lines of its screen."""

    source: str
    connector: str
    path: str
    usable: bool
    lines: list[str]
    rows: int = 0
    usable_rows: int = 0
    rows_before: int | None = None
    """Of the last night in which the source was judged; None before one."""
    whole: bool = True
    """Whether all of it was read; of large exports and of platforms only the first rows are."""
    columns: dict[str, list[ColumnReading]] = field(default_factory=dict)
    """By table ("hr.csv", "hr.xlsx:Sheet1")."""
    without_column: list[str] = field(default_factory=list)
    unread_headings: dict[str, dict[str, UnreadHeading]] = field(default_factory=dict)
    """By table and heading."""
    status: dict[str, tuple[str, int]] = field(default_factory=dict)
    """HR's word → what it counts as, and its rows."""
    days: list[DayReading] = field(default_factory=list)
    addresses: dict[str, int] = field(default_factory=dict)
    """"ours", "others", "none": rows by their addresses; empty where the record has none."""
    other_domains: dict[str, int] = field(default_factory=dict)
    agencies: AgencyReading | None = None
    unread: list[str] = field(default_factory=list)
    """Files, sheets and rows that will not be read, and why."""
    toml: str = ""

    def as_json(self) -> dict[str, Any]:
        """For `doctor --json`."""
        agencies = vars(self.agencies) if self.agencies else None  # asdict makes pairs of a Counter
        return {**asdict(replace(self, agencies=None)), "agencies": agencies}


class Watcher:
    """Looks over the shoulder of a night's reading: a connector that takes down what passes through it."""

    def __init__(self, settings: SourceSettings, ours: Organization | None, domains: Collection[str], most: int | None):
        """`domains` are the organization's, folded, where `ours` is not known yet; `most` items are read at most."""
        self.settings, self.most, self.cut = settings, most, False
        self.system = mail_system(ours) if ours else MailSystem("", frozenset(), frozenset(domains))
        self.codes: AgencyCodes | None = agency_codes(ours) if ours and ours.agencies else None
        self.fields: tuple[str, ...] = ()
        self.filled: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = {}
        self.words: dict[str, tuple[str, int]] = {}
        self.days: dict[str, DayReading] = {}
        self.addresses: Counter[str] = Counter()
        self.domains: Counter[str] = Counter()
        self.agencies = AgencyReading()
        self.people: list[Person] = []

    @property
    def hidden(self) -> dict[str, str]:
        """The fields whose words seem to be people's, and why."""
        return looks_like_names(self.people)

    def watched(self) -> SourceSettings:
        """The same source, with a connector that is watched."""
        real = self.settings.connector

        def fetch(source: Source) -> Iterator[Item]:
            found = real.fetch(source)
            yield from islice(found, self.most)
            self.cut = self.most is not None and next(found, None) is not None

        def parse(raw: Raw) -> Record | None:
            record: Record | None = real.parse(raw)
            if record is not None:
                self._see(raw, record)
            return record

        connector: Connector[Any] = replace(real, fetch=fetch, parse=parse)
        options = dict(self.settings.options)
        if self.most is not None:  # whoever must be found may stand among the rows that are not read
            options = {name: given for name, given in options.items() if name not in CANARIES}
        return replace(self.settings, connector=connector, options=options)

    def _see(self, raw: Raw, record: Record) -> None:
        self.fields = self.fields or tuple(name for name, text in raw.values.items() if isinstance(text, str))
        for name in self.fields:
            written = str(raw.values.get(name) or "").strip()
            if not written:
                continue
            self.filled[name] += 1
            shown = self.examples.setdefault(name, [])
            if len(shown) < EXAMPLES:
                one = written if self._is_word(name, written, record) else cover(written, self.system)
                shown += [] if one in shown else [one]
            if name in DAY_FIELDS:
                self._see_day(name, record)
        self._see_addresses(record)
        if isinstance(record, OfficialAccount) and (word := str(raw.values.get("status") or "").strip()):
            state = "retired" if record.retired else "pending" if record.pending else "active"
            told = Status.UNKNOWN if any(note.startswith("status ") for note in record.notes) else state
            self.words[word] = (told, self.words.get(word, ("", 0))[1] + 1)
        if isinstance(record, Person):
            self.people.append(record)
            word = str(raw.values.get("status") or "").strip()
            meaning, count = self.words.get(word, (ON_PURPOSE if record.status_open else str(record.status), 0))
            self.words[word] = (meaning, count + 1)
        if self.codes and isinstance(record, Person | OfficialAccount):
            several = self.codes.codes_of(record.agency_code) if isinstance(record, OfficialAccount) else ()
            first = next((code for code in several if code in self.codes.codes), "")
            self._see_agency(record.agency_code, getattr(record, "agency", first), self.codes)

    def _is_word(self, name: str, written: str, record: Record) -> bool:
        """Whether a value is known to be a word for a thing, and may be shown as it is."""
        if isinstance(record, Agency):
            return True
        if name in ("agency_code", "agency"):
            known = self.codes.codes_of(written) if self.codes else ()
            return bool(known) and self.codes is not None and self.codes.codes.issuperset(known)
        return name in PLAIN_FIELDS and getattr(record, "status_word", "") != written

    def _see_day(self, name: str, record: Record) -> None:
        day = self.days.setdefault(name, DayReading(name, ""))
        unread = name in getattr(record, "unread", ())
        if name == "reviewed_on":
            unread = getattr(record, name) is None
        day.unread += unread
        day.read += not unread

    def _see_addresses(self, record: Record) -> None:
        names = ADDRESS_FIELDS.get(self.settings.connector.record, ())
        if not names or not self.system.all:
            return
        given = [getattr(record, name) for name in (*names, "registered_others") if hasattr(record, name)]
        found = {one for each in given for one in ([each] if isinstance(each, str) else each) if one}
        ours = any(state_mailbox(one, self.system) for one in found)
        self.addresses["ours" if ours else "others" if found else "none"] += 1
        if not ours:
            self.domains.update({fold_domain(one.rpartition("@")[2]) for one in found if "@" in one})

    def _see_agency(self, code: str, name: str, codes: AgencyCodes) -> None:
        if code in codes.codes:
            self.agencies.by_code += 1
        elif codes.code_of(code, name):
            self.agencies.by_name += 1
        elif code or name:
            self.agencies.unknown[name or code] += 1
        else:
            self.agencies.empty += 1

    def _hide_names(self, shown: SourceReading) -> None:
        """Cover words of status and names of agencies where they seem to be people's."""
        if "status" in self.hidden:
            shown.unread = [one for one in shown.unread if ": status " not in one]
            shown.status = {cover(word, self.system): counted for word, counted in shown.status.items()}
        if shown.agencies and {"agency", "agency_code"} & self.hidden.keys():
            names = shown.agencies.unknown
            shown.agencies.unknown = Counter()
            for name, count in names.items():
                shown.agencies.unknown[cover(name, self.system)] += count

    def filled_out(self, shown: SourceReading, source: Source) -> None:
        """Put what was seen into a reading. `source` is the one that was read, with the tables that were met."""
        for place, table in source.tables.items():
            shown.columns[place] = [self._column(name, table) for name in table.where]
            unread = [heading for heading in table.left_over().values() if heading.casefold() not in NEVER_READ]
            shown.unread_headings[place] = {heading: self._probably(heading, table) for heading in unread}
        read = {name for table in source.tables.values() for name in table.where}
        known = meant_fields(self.settings.connector.record) or self.fields
        stated = self.settings.options
        shown.without_column = [
            name for name in self.fields if name in known and name not in read and name not in stated
        ]
        if self._wide(source):
            shown.without_column = [name for name in shown.without_column if name not in ACCOUNT]
        if read.isdisjoint(self.fields):
            shown.without_column = []
        shown.status = dict(sorted(self.words.items(), key=lambda one: -one[1][1])) if "status" in read else {}
        for day in self.days.values():
            day.form = source.forms.get(day.field, BY_ITSELF)
        shown.days = list(self.days.values())
        shown.addresses = dict(self.addresses)
        shown.other_domains = dict(self.domains.most_common(WORDS))
        if self.codes and self.settings.connector.record in (Person, OfficialAccount):
            shown.agencies = self.agencies
        shown.whole = not self.cut
        self._hide_names(shown)
        shown.toml = self._toml(shown, source)

    def _wide(self, source: Source) -> dict[str, str]:
        """The headings of a registry with a column for each platform, each with what stands under it."""
        if self.settings.connector.record is not OfficialAccount:
            return {}
        pairs = [(table.headings[at], name) for table in source.tables.values() for name, at in table.where.items()]
        return {
            heading: str(column) for heading, name in pairs if (column := platform_column(re.sub(r" \d+$", "", name)))
        }

    def _column(self, name: str, table: ExportTable) -> ColumnReading:
        heading = table.headings[table.where[name]]
        by = "exact" if folded(heading) == name else "synonym"
        named = self.settings.options.get("platform_columns", {})
        if name in self.settings.options.get("columns", {}) or heading in named:
            by = "configured"
        filled = self.filled[name] if name in self.fields else None
        return ColumnReading(name, heading, by, filled, tuple(self.examples.get(name, ())))

    def _probably(self, heading: str, table: ExportTable) -> UnreadHeading:
        record = self.settings.connector.record
        found = meaning_of(heading, record)
        if found.known and not found.fields:
            return UnreadHeading(note=found.note)
        if record is OfficialAccount and not found.known and (near := nearest_platform(heading)):
            return UnreadHeading(note=f"did you mean {near}? platform_columns = {{ {toml(heading)} = {toml(near)} }}")
        fields = found.fields if found.known else filter(None, [nearest(heading, record)])
        taken = {*table.where, *(ACCOUNT if any(platform_column(name) for name in table.where) else ())}
        mine = self.settings.connector.reads  # of the fields of an account, a log of sign-ins reads few
        return UnreadHeading(next((one for one in fields if one not in taken and one in mine), ""))

    def _toml(self, shown: SourceReading, source: Source) -> str:
        """The source's table of audit.toml as it is read, with what is missing proposed; empty where it has no files.

        What only the operator can say stands in it as a comment: no meaning of a word is filled in.
        """
        if not source.tables:
            return ""
        name = self.settings.name
        heading = {
            **dict.fromkeys(("agencies", "official_accounts"), f"organization.{name}"),
            **dict.fromkeys(("directory", "addresses", "exceptions"), name),
        }.get(name, f"sources.{name}")
        lines = [f"[{heading}]"]
        lines.append(f"connector = {toml(self.settings.connector.name)}")
        lines += [f"{key} = {toml(self.settings.options[key])}" for key in ("path",) if key in self.settings.options]
        columns, asked = dict(self.settings.options.get("columns", {})), []
        for place, table in source.tables.items():
            found = propose(shown.unread_headings[place], self.settings.connector.record, ())
            free = {name: heading for name, heading in found.columns.items() if name not in table.where}
            near = {name: heading for heading in found.unknown if (name := self._probably(heading, table).field)}
            columns |= {
                name: " ".join(heading.split()) for name, heading in (near | free).items() if name not in columns
            }
            asked += [one for one in found.asked.items() if not set(one[1]) <= table.where.keys()]
        lines += [f"columns = {toml(columns)}"] if columns else []
        if "platform_columns" not in self.settings.options and (wide := self._wide(source)):
            lines.append(f"platform_columns = {toml(wide)}")
        for heading, fields in dict(asked).items():
            either = " or ".join(fields) if len(fields) > 1 else f"{fields[0]}, or nothing of ours"
            lines.append(f"# {heading!r} may be {either}: add it to columns if it is")
        for key, given in self.settings.options.items():
            if key not in ("path", "columns"):
                lines.append(f"{key} = {toml(given)}")
        if self.settings.connector.record is Person:
            lines += leave_out_lines(source)
        unknown = [word for word, (meaning, _) in shown.status.items() if meaning == Status.UNKNOWN]
        if unknown:
            words = ", ".join(f"{toml(word)} = …" for word in unknown[:WORDS])
            may = (
                "“active”, “retired”, “pending”"
                if self.settings.connector.record is OfficialAccount
                else "“terminated”, “leave”, “active”"
            )
            lines.append(f"# status_values = {{ {words} }}   # … is one of {may}")
        if any(day.unread for day in shown.days) and "date_format" not in self.settings.options:
            lines.append(
                '# date_format = "MM/DD/YYYY"   # or "DD/MM/YYYY": how the days that were not read are written'
            )
        return "\n".join(lines)


def settled_headings(source: Source) -> list[str]:
    """The headings of which the operator has said already which rows count."""
    return [heading for name in ("only", "leave_out") for heading in source.options.get(name, {})]


def leave_out_lines(source: Source) -> list[str]:
    """A line of audit.toml that would leave out rows of nobody employed, as a comment; none without any."""
    offered = offered_words(source.tables, settled_headings(source))
    if not offered:
        return []
    rows = ", ".join(f"{word!r} {count:,}" for words in offered.values() for word, count in words.most_common())
    words = source.options.get("leave_out", {}) | {heading: sorted(words) for heading, words in offered.items()}
    what = "guests, rooms, vacancies or contractors"
    return [f"# leave_out = {toml(words)}   # {what}: {rows} (to leave them out, take the # away)"]


def screen(shown: SourceReading) -> list[str]:
    """A reading as the lines of one screen."""
    lines = [*shown.lines]
    if not shown.columns:
        return lines
    before = "" if shown.rows_before is None else f"; {shown.rows_before:,} the last time it was judged"
    rows = f"{shown.rows:,} rows read, {shown.usable_rows:,} of them usable{before}"
    lines.append(f"  {rows}{'' if shown.whole else '; more follow, which only the night reads'}")
    said: list[str] = []
    for place, columns in shown.columns.items():
        told = [_column_line(one) for one in columns]
        lines.append(f"  {place}: {'the same columns' if told == said else f'{len(columns)} fields have a column'}")
        lines += [] if told == said else told
        said = told
    if shown.without_column:
        lines.append(f"  no column: {', '.join(shown.without_column)}")
    lines += _word_lines(shown)
    for day in shown.days:
        unread = f", {day.unread:,} NOT READ" if day.unread else ""
        lines.append(f"  {day.field}: {day.read:,} days read{unread}, by {day.form}")
    if whole := sum(shown.addresses.values()):
        ours, others = shown.addresses.get("ours", 0), shown.addresses.get("others", 0)
        elsewhere = ", ".join(f"{domain} ({count:,})" for domain, count in list(shown.other_domains.items())[:3])
        lines.append(
            f"  addresses: {ours:,} of {whole:,} rows ({ours / whole:.0%}) have one under the organization's domains,"
            f" {others:,} others only{f' ({elsewhere})' if elsewhere else ''},"
            f" {shown.addresses.get('none', 0):,} without any"
        )
    if shown.agencies:
        found = shown.agencies
        names = ", ".join(f"{name!r} ({count:,})" for name, count in found.unknown.most_common(WORDS))
        lines.append(
            f"  agencies: {found.by_code:,} rows by code, {found.by_name:,} by name, {found.unknown.total():,} not"
            f" matched{f': {names}' if names else ''}{f'; {found.empty:,} name none' if found.empty else ''}"
        )
    if shown.unread:
        lines.append("  will not be read:")
        lines += [f"    {one}" for one in shown.unread]
    if shown.toml:
        lines += ["  to paste into audit.toml:", *(f"    {line}" for line in shown.toml.splitlines())]
    return lines


def _column_line(one: ColumnReading) -> str:
    filled = "" if one.filled is None else f", {one.filled:,} filled"
    examples = f": {'  |  '.join(one.examples)}" if one.examples else ""
    return f"    {one.field:<22} ← {one.heading!r} ({one.by}){filled}{examples}"


def _word_lines(shown: SourceReading) -> Iterator[str]:
    if not shown.status:
        return
    words = list(shown.status.items())
    told = ", ".join(
        f"{word or '(empty)'!r} {count:,} → {'NOT KNOWN' if meaning == Status.UNKNOWN else meaning}"
        for word, (meaning, count) in words[:WORDS]
    )
    more = f" and {len(words) - WORDS} more" if len(words) > WORDS else ""
    yield f"  status: {told}{more}"
