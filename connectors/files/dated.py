"""The days of an export, each column read by the forms that its values decide.

Rows stream, so nothing is known of a column when its first row passes. A second pass over the files, for their days
alone, is made only where a value turns up that cannot be read by itself (10/11/2026, or a number that counts days or
seconds); it sees every row, also those that a large read leaves out. Most exports write ISO 8601 and are read once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from connectors import contract
from connectors.contract import Item, Nexus, Raw, Remark, Source, SourceDown, unseen
from connectors.files import times
from connectors.files.fields import QUOTED
from connectors.placeholders import applies_to_nothing, is_error

OPTION = (
    'how dates are written where their column leaves a choice, for example "MM/DD/YYYY" or "DD.MM.YYYY hh:mm"; "epoch"'
    ' for seconds since 1970, "excel" for day numbers'
)
"""The help of the option date_format."""
AHEAD = timedelta(days=366)
"""How far behind the day that is judged a number may lie that counts seconds since 1970."""


def dated(source: Source, names: Sequence[str], read: Callable[[Source], Iterator[Item]]) -> Iterator[Item]:
    """The items that `read` gives; a value of `names` that needs its column is written in ISO 8601.

    What its column leaves open, or does not fit, stays as it is, and `day` and `moment` read it no better.
    Raises SourceDown for a date_format that is none.
    """
    stated = date_format(source)
    needs_column = times.is_number if stated else times.leaves_choice
    forms: dict[str, times.DayForm] = {}
    ways = {name: WaysCount() for name in names}
    for item in read(source):
        if isinstance(item, Raw):
            for name, seen in ways.items():
                text = item.values.get(name)
                if text and text[4:5] == "-" and seen.plain:  # nearly every export has ISO 8601, and many rows
                    seen.plain += 1
                elif text:
                    seen.see(text, item.where)
        if not isinstance(item, Raw) or not (open_ := [n for n in names if needs_column(item.values.get(n, ""))]):
            yield item
            continue
        if not forms:
            forms = _forms(source, names, read, stated)
            source.forms.update((n, form.stated or form.name or _undecided(form)) for n, form in forms.items())
            open_forms = ((n, form) for n, form in forms.items() if form.example)
            yield from (Remark(item.where, _choice(name, form)) for name, form in open_forms)
        found = {name: str(when) for name in open_ if (when := forms[name].read(item.values[name]))}
        yield replace(item, values={**item.values, **found}) if found else item
    for name, seen in ways.items():
        counts = seen.counts
        if len(counts) > 1:
            told = seen.told(forms.get(name) or (times.form(stated) if stated else None))
            source.forms[name] = told
            yield Remark(
                seen.first[min(counts, key=counts.__getitem__)],
                f"{name}: days are written in {len(counts)} ways in this column, the rarest first here: {told}."
                f" {AFTER_A_SPREADSHEET}",
            )


AFTER_A_SPREADSHEET = (
    "Check that they come from one export: where a spreadsheet took some of them for dates and left the others as text,"
    " day and month of those that it took may have changed places."
)


class WaysCount:
    """In how many ways the values of one column are written: the number of each, and where the first of it stands."""

    def __init__(self) -> None:
        self.plain = 0
        """Values in ISO 8601."""
        self.others: dict[str, int] = {}
        self.first: dict[str, str] = {}

    @property
    def counts(self) -> dict[str, int]:
        """Way → values written so."""
        return {**({times.PLAIN: self.plain} if self.plain else {}), **self.others}

    def see(self, value: str, where: str) -> None:
        """Take one more value into account."""
        way = times.way_of(value)
        if not way:
            return
        self.first.setdefault(way, where)
        if way == times.PLAIN:
            self.plain += 1
        else:
            self.others[way] = self.others.get(way, 0) + 1

    def told(self, form: times.DayForm | None) -> str:
        """The ways with their numbers, the commonest first, and which of them cannot be read. `form` is None where no
        value left a choice."""
        ranked = Counter(self.counts).most_common()
        return ", ".join(f"{count:,} {_called(way, form)}" for way, count in ranked)


def _called(way: str, form: times.DayForm | None) -> str:
    """A way in words, in the order that its column decides. Numbers that count are read in a column of their kind."""
    if form is None:
        return way
    if mark := times.mark_in(way.replace("N", "1").replace("YYYY", "1")):
        if order := form.order(mark):
            return order.replace("/", mark).replace("-", mark)
        both = f"{' and '.join(form.between)} fit: " if form.between and times.mark_in(form.example) == mark else ""
        return f"{way} ({both}left empty where it is not clear)"
    if way in (times.SERIAL, times.SECONDS, times.MILLISECONDS) and form.name != way:
        hint = "excel" if way == times.SERIAL else "epoch"
        return f'{way} (left empty; if that is what they are, date_format = "{hint}")'
    return way


def _forms(
    source: Source, names: Sequence[str], read: Callable[[Source], Iterator[Item]], stated: str
) -> dict[str, times.DayForm]:
    until = (source.day or source.now or datetime.now(UTC)) + AHEAD
    columns = {name: times.DayColumn(until) for name in names}
    for item in read(replace(source, nexus=Nexus(), progress=unseen, tables={}, distinct=tuple(names))):
        if isinstance(item, Raw):
            for name, column in columns.items():
                column.see(item.values.get(name, ""))
    return {name: column.form(stated) for name, column in columns.items()}


def _undecided(form: times.DayForm) -> str:
    return f"no one form ({' and '.join(form.between)} fit)" if form.between else "no one form (none fits all values)"


def _choice(name: str, form: times.DayForm) -> str:
    both = " and ".join(form.between) or f"neither {times.MONTH_FIRST} nor {times.DAY_FIRST}"
    alike = f" with {times.mark_in(form.example)!r} between the numbers" if form.orders else ""
    return (
        f"{name}: {both} fit{'' if form.between else 's'} all values of this column{alike}, so nobody can tell which"
        f" day is meant by {form.example!r}, and such days count as unknown. Say which it is in the source's table of"
        f' audit.toml: date_format = "{times.MONTH_FIRST}", or date_format = "{times.DAY_FIRST}".'
    )


def date_format(source: Source) -> str:
    """The date_format of audit.toml, checked; empty where there is none. Raises SourceDown where it is none."""
    stated = str(source.options.get("date_format", ""))
    try:
        return times.check_form(stated) if stated else ""
    except ValueError:
        raise SourceDown(
            f'{source.name}: date_format {stated!r} names no day. Write it like "MM/DD/YYYY" or "DD.MM.YYYY".'
        ) from None


def is_ahead(text: str, day: datetime | None) -> bool:
    """Whether a time, read by itself, lies behind the day that is judged (a day is left to time zones)."""
    found = times.ALONE.moment(text)
    return day is not None and found is not None and found - day > contract.AHEAD


def written_day(text: str) -> str:
    """What a cell says of a day; empty where it says that there is none: a dash, "NULL", "N/A". Who writes "TBD",
    "unknown" or "0000-00-00" leaves it open."""
    return "" if applies_to_nothing(text) else text.strip()


def unread_day(name: str, text: str) -> str:
    """The note for a day or time that could not be read."""
    written = text.strip()[:QUOTED]
    if is_error(text):
        return f"{name} {written!r} is a spreadsheet's error, and was left empty. Mend its formula, and export again."
    if times.leaves_choice(text) and not times.is_number(text):
        return (
            f"{name} {written!r} was left empty: day and month could stand either way round. Say which it is in"
            f' audit.toml: date_format = "{times.MONTH_FIRST}", or date_format = "{times.DAY_FIRST}".'
        )
    if times.is_number(text):
        return (
            f"{name} {written!r} was left empty: not all values of its column are such numbers, so nobody can tell what"
            ' it counts. Correct it; if it counts seconds since 1970, set date_format = "epoch", if it is one of'
            ' Excel\'s day numbers, date_format = "excel".'
        )
    return (
        f"{name} {written!r} is no date that can be read, and was left empty. Correct it; if the whole export writes"
        ' dates another way, set date_format in audit.toml, for example date_format = "MM/DD/YYYY".'
    )
