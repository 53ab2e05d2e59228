"""The days of an export, each column read by the one form that fits all its values.

Rows stream, so nothing is known of a column when its first row passes. A second pass over the files, for their days
alone, is made only where a value turns up that cannot be read by itself (10/11/2026, or one of Excel's day numbers);
it sees every row, also those that a large read leaves out. Most exports write ISO 8601 and are read once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from connectors.contract import Item, Nexus, Raw, Remark, Source, SourceDown, unseen
from connectors.files import times
from connectors.placeholders import is_error

OPTION = 'how dates are written where their column leaves a choice, for example "MM/DD/YYYY" or "DD.MM.YYYY hh:mm"'
"""The help of the option date_format."""
QUOTED = 60


def dated(source: Source, names: Sequence[str], read: Callable[[Source], Iterator[Item]]) -> Iterator[Item]:
    """The items that `read` gives; a value of `names` that needs its column is written in ISO 8601.

    What its column leaves open, or does not fit, stays as it is, and `day` and `moment` read it no better.
    Raises SourceDown for a date_format that is none.
    """
    stated = date_format(source)
    needs_column = times.is_serial if stated else times.leaves_choice
    forms: dict[str, times.DayForm] = {}
    for item in read(source):
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


def _forms(
    source: Source, names: Sequence[str], read: Callable[[Source], Iterator[Item]], stated: str
) -> dict[str, times.DayForm]:
    columns = {name: times.DayColumn() for name in names}
    for item in read(replace(source, nexus=Nexus(), progress=unseen, tables={})):
        if isinstance(item, Raw):
            for name, column in columns.items():
                column.see(item.values.get(name, ""))
    return {name: column.form(stated) for name, column in columns.items()}


def _undecided(form: times.DayForm) -> str:
    return f"no one form ({' and '.join(form.between)} fit)" if form.between else "no one form (none fits all values)"


def _choice(name: str, form: times.DayForm) -> str:
    both = " and ".join(form.between) or f"neither {times.MONTH_FIRST} nor {times.DAY_FIRST}"
    return (
        f"{name}: {both} fit{'' if form.between else 's'} all values of this column, so nobody can tell which day is"
        f" meant by {form.example!r}, and such days count as unknown. Say which it is in the source's table of"
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


def unread_day(name: str, text: str) -> str:
    """The note for a day or time that could not be read."""
    written = text.strip()[:QUOTED]
    if is_error(text):
        return f"{name} {written!r} is a spreadsheet's error, and was left empty. Mend its formula, and export again."
    if times.leaves_choice(text) and not times.is_serial(text):
        return (
            f"{name} {written!r} was left empty: day and month could stand either way round. Say which it is in"
            f' audit.toml: date_format = "{times.MONTH_FIRST}", or date_format = "{times.DAY_FIRST}".'
        )
    return (
        f"{name} {written!r} is no date that can be read, and was left empty. Correct it; if the whole export writes"
        ' dates another way, set date_format in audit.toml, for example date_format = "MM/DD/YYYY".'
    )
