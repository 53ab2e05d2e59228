"""What a pull's files and records held, field by field: what the last healthy pull had and tonight's lacks. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime

from audit.model.measures import Columns
from audit.night.headings import meant
from connectors.contract import ExportTable, Record, Source
from connectors.records import Account, Agency, Exemption, OfficialAccount, Person, Status, Strength

TELLING: Mapping[type[Record], frozenset[str]] = {
    Account: frozenset(
        ("account_id", "handle", "url", "display_name", "bio", "links", "emails", "registered_email", "registration",
         "created_at")
    ),
    Person: frozenset(
        ("employee_id", "given_name", "family_name", "work_email", "other_emails", "agency_code", "start_on", "end_on")
    ),
    OfficialAccount: frozenset({"handle", "account_id", "url", "supervisor_employee_id", "registered_email"}),
    Exemption: frozenset({"handle", "account_id", "url", "rules", "clauses"}),
    Agency: frozenset({"acronyms", "aliases", "domains", "handles"}),
}  # fmt: skip
"""Fields by which an account or a person is known or tied: their values must not vanish unnoticed. What was noted of
cells that cannot be read is none: it goes where somebody corrects them; of status words a figure tells (usable.py)."""
COLUMN = {"start_on": "start_date", "end_on": "end_date"}
"""The column of a field that is called otherwise."""
SHOWN = 10
"""Unread headings that a message quotes."""
EMPTY = ("", (), None, Status.UNKNOWN, Strength.NONE)
FEWEST, FEWEST_ASKED, ENOUGH = 3, 10, 20
"""Filled values that must be expected before their absence counts: all of a list, all of a sweep, half of either."""


KEPT = 60
"""Exports of a source that are remembered, each by its digest."""


def judged_day(source: Source) -> str:
    """The day that is judged, or on which the source is read."""
    return (source.day or source.now or datetime.now(UTC)).date().isoformat()


def remembered_exports(before: Columns | None, digest: str, day: str) -> tuple[tuple[str, str], ...]:
    """The exports of a source that are remembered (Columns.files), tonight's at the end, where it reads files."""
    known = before.files if before else ()
    return (*(one for one in known if one[0] != digest), (digest, day))[-KEPT:] if digest else known


def headed(tables: Mapping[str, ExportTable]) -> dict[str, dict[str, str]]:
    """Place → field → heading, of the tables that were met."""
    return {
        place: {name: table.headings[position] for name, position in table.where.items()}
        for place, table in tables.items()
    }


def filled_in(record: Record) -> Iterator[str]:
    """The telling fields of a record that hold something."""
    return (name for name in TELLING[type(record)] if getattr(record, name) not in EMPTY)


def lost(
    before: Columns,
    now: Columns,
    tables: Mapping[str, ExportTable],
    may_lose: Collection[str],
    record: type[Record],
    *,
    swept: bool,
    setting: Callable[..., str],
    left_unread: Collection[str] = (),
    told: Callable[[str], str] = lambda _: "",
) -> str:
    """What the last healthy pull had and tonight's lacks, as a sentence with what to do; empty where nothing is lost.

    A heading that is gone decides whatever the number of rows, where it had stood over anything, and audit.toml does
    not leave it unread; a share of values decides only where enough of them could be expected. `setting` says what
    audit.toml must have for fields to be let go, `told` what was told of a column's first cell that cannot be read.
    """
    aside = {heading.strip().casefold() for heading in left_unread}
    gone_headings = {
        name: place
        for name, place in _headings_lost(before, now)
        if name not in may_lose and before.filled.get(name, 1) and _heading(name, before).casefold() not in aside
    }
    if gone_headings:
        return _headings_gone(gone_headings, before, tables, record, setting(*gone_headings))
    gone: dict[str, tuple[int, int]] = {}
    for name, count in sorted((name, count) for name, count in before.filled.items() if name in TELLING[record]):
        expected = count / before.rows * now.rows if before.rows else 0.0
        found, column = now.filled.get(name, 0), COLUMN.get(name, name)
        none = not found and expected >= (FEWEST_ASKED if swept else FEWEST)
        if {name, column}.isdisjoint(may_lose) and (none or (expected >= ENOUGH and found < expected / 2)):
            gone[column] = found, count
    if not gone:
        return ""
    (column, (found, count)), *others = gone.items()
    too = f", and likewise {', '.join(name for name, _ in others)}" if others else ""
    first = told(column)
    reads = "can be read" if first else "is filled"
    return (
        f"{column} {reads} in {found:,} of {now.rows:,} rows; at the last healthy pull in {count:,} of"
        f" {before.rows:,}{too}. {first or 'Check the export.'} If the values are really gone, set {setting(*gone)}"
        " for one night."
    )


def platforms_lost(before: Columns, now: Columns, may_lose: Collection[str], setting: Callable[..., str]) -> str:
    """The platforms of which the last healthy pull of a list held accounts, and tonight's none, as a sentence with what
    to do; empty where they are still there, or were too few to say: a file is missing, or another one is read.
    """
    had, has, fewest = before.platforms, now.platforms, FEWEST
    if not (had and has):
        had, has, fewest = before.tied, now.tied, FEWEST_ASKED
    elif not had.keys() & has.keys():  # nothing at all of what stood there
        fewest = FEWEST - 1
    gone = {name: count for name, count in sorted(had.items()) if not has.get(name) and name not in may_lose}
    if max(gone.values(), default=0) < fewest:
        return ""
    held = " and ".join(f"{count:,} accounts on {name}" for name, count in gone.items())
    return (
        f"the last healthy pull held {held}, and none is there now. Check that no file is missing, and that this is the"
        f" right export; if they are really gone, set {setting(*gone)} for one night."
    )


def _headings_lost(before: Columns, now: Columns) -> Iterator[tuple[str, str]]:
    """(field, place) of each field that a table had and has no longer.

    Files come under other names every week: then the field is lost where more tables than before lack it, although
    there are not more of them.
    """
    for name in dict.fromkeys(name for table in before.tables.values() for name in table):
        had = [place for place, table in before.tables.items() if name in table]
        lack = [place for place, table in now.tables.items() if name not in table]
        same = [place for place in lack if place in had]
        fewer = len(now.tables) <= len(before.tables) and len(lack) > len(before.tables) - len(had)
        nowhere = bool(now.tables) and len(lack) == len(now.tables)
        if same or (lack and (fewer or nowhere)):
            yield name, (same or lack)[0]


def _heading(name: str, before: Columns) -> str:
    return next(one[name] for one in before.tables.values() if name in one)


def _headings_gone(
    gone: Mapping[str, str], before: Columns, tables: Mapping[str, ExportTable], record: type[Record], setting: str
) -> str:
    """What to say of the fields whose headings are gone, each with the table that lacks it: all of them at once."""
    known = {text for one in before.tables.values() for text in one.values()}
    headings = {name: _heading(name, before) for name in gone}
    place = next(iter(gone.values()))
    free = [text for text in tables[place].left_over().values() if text not in known]
    (first, heading), *others = headings.items()
    likely = {name: text for name in gone if (text := next((one for one in free if meant(one, record) == name), ""))}
    columns = ", ".join(f'{name} = "{text}"' for name, text in (likely or {first: "the new heading"}).items())
    and_so = f", and so {'are' if len(others) > 1 else 'is'} {', '.join(f'{text!r} ({name})' for name, text in others)}"
    whose, which = ("their new headings", "columns are") if others else ("its new heading", "column is")
    return (
        f"{place}: the heading {heading!r} ({first}) was there at the last healthy pull and is missing"
        f" tonight{and_so if others else ''}. Headings that nothing reads:"
        f" {', '.join(map(repr, free[:SHOWN])) or 'none'}. Have it put back, or name {whose} in audit.toml: columns ="
        f" {{ {columns} }}; if the {which} gone for good, set {setting} for one night."
    )
