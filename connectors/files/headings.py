"""Which row of an export holds its headings, and which column which field: matched without guessing, faults told."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from connectors.contract import ExportTable, SourceChanged, folded
from connectors.files.row_filter import RowFilter
from connectors.files.row_words import telling_words
from connectors.files.unread_days import days_meant, end_cells, leaver_cells

SHOWN = 40
"""At most so many headings are quoted in a message."""
HEAD_ROWS = 20
"""Rows, blank ones not counted, among which the headings are looked for: reports have titles above them."""
USUAL = frozenset(
    (
        *("id", "name", "first_name", "last_name", "full_name", "employee_name", "employee_number", "email", "e_mail"),
        *("email_address", "username", "user_name", "department", "job_title", "hire_date", "profile_url", "network"),
    )
)
"""Headings that exports have, beside the wanted ones: tells a row of headings in the middle of a file."""

OTHERS = frozenset(
    (
        *("supervisor", "manager", "reports", "lead", "leader", "approver", "delegate", "mentor", "recruiter"),
        *("emergency", "spouse", "partner", "dependent", "dependents", "beneficiary", "previous", "former"),
    )
)
"""Words of headings of somebody else's columns, or of another time."""
PRIVATE = frozenset(("home", "personal", "private", "recovery", "secondary", "alternate"))
"""Words of headings of private addresses."""


@dataclass(frozen=True)
class Wanted:
    """The fields to read. Each entry of `required` is a field, or a tuple of fields of which one must be there.

    `columns` maps a field to the heading that the operator named for it in audit.toml. `row_filter` has further fields,
    each with the heading of a column that it alone reads. `many` are the fields that may hold several values.
    `constants` are fields that audit.toml states for the whole source. `synonyms` are other headings that leave no
    doubt, for a field that has no column of its own name; the likeliest first. `tables` takes down each table that is
    read, by place. `known` are headings that nothing reads, and that tell the row of headings. `stated` are those of
    files that have none. `own`: whether a field's own name is one of its headings. A row has those of `beside` only
    where its table has them, and all others always.
    """

    fields: tuple[str, ...]
    required: tuple[str | tuple[str, ...], ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    many: Collection[str] = ()
    constants: frozenset[str] = frozenset()
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tables: dict[str, ExportTable] = field(default_factory=dict, compare=False)
    row_filter: RowFilter = field(default_factory=RowFilter, compare=False)
    known: frozenset[str] = frozenset()
    stated: tuple[str, ...] = ()
    own: bool = True
    beside: frozenset[str] = frozenset()

    @cached_property
    def blank(self) -> dict[str, str]:
        """A row of which every cell is empty."""
        return {name: "" for name in self.fields if name not in self.beside}

    @property
    def filters(self) -> dict[str, str]:
        """Field → heading, of the columns that only the row filter reads; they are among `fields`."""
        return self.row_filter.fields

    def spellings(self, name: str) -> tuple[str, ...]:
        """The folded headings that stand for a field, the likeliest first: the operator's alone, where there is one."""
        if name in self.filters:
            return (folded(self.filters[name]),)
        if name in self.columns:
            return (folded(self.columns[name]),)
        return spelled_headings((name,) if self.own else (), tuple(self.synonyms.get(name, ())))


@lru_cache(maxsize=1024)  # a connector's headings are the same for every file, and asked for every line of a head
def spelled_headings(own: tuple[str, ...], synonyms: tuple[str, ...]) -> tuple[str, ...]:
    """The headings folded, and behind them the same in one word, as "registeredEmail" folds."""
    words = [folded(heading) for heading in (*own, *synonyms)]
    return tuple(dict.fromkeys((*words, *(one.replace("_", "") for one in words))))


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row read: where it stands ("file.csv:17", "file.xlsx:Sheet1:17"), and field → text for every wanted field.

    `short`: it ended before the last headings, and the fields that it lacks were taken as empty. `lacks`: why it is no
    row all the same, where what is required is among them; what such a line is, if not a row, is for others to tell.
    `longer`: it has more fields than the headings that audit.toml states.
    """

    where: str
    values: dict[str, str]
    short: bool = False
    lacks: str = ""
    longer: bool = False


def positions(headings: Sequence[str], wanted: Wanted, place: str) -> dict[str, int]:
    """Map each wanted field to its column's position, from 0; fields without a column are left out.

    Raises SourceChanged where a required field has no column, or where two columns claim one field.
    """
    found: dict[str, list[int]] = {}
    for position, heading in enumerate(headings):
        found.setdefault(folded(heading), []).append(position)
    chosen = {}
    for name in wanted.fields:
        spelled = wanted.spellings(name)
        heading = next((one for one in spelled if one in found), spelled[0])
        claims = found.get(heading, [])
        if len(claims) > 1:
            raise SourceChanged(_twice(place, name, heading, claims))
        if claims:
            chosen[name] = claims[0]
        elif name in wanted.columns:
            raise SourceChanged(_absent(place, (name,), headings, wanted))
    _require(chosen, headings, wanted, place)
    return chosen


def taken_down(headings: Sequence[str], where: Mapping[str, int], wanted: Wanted, place: str) -> ExportTable:
    """The table that is about to be read, taken down in `wanted.tables`."""
    fields = {name: at for name, at in where.items() if name not in wanted.filters}
    filters = {name: at for name, at in where.items() if name in wanted.filters}
    telling = {at: words for at, heading in enumerate(headings) if (words := telling_words(heading))}
    shown = tuple(heading.strip() for heading in headings)
    days = {at: names for at, heading in enumerate(shown) if (names := days_meant(heading))}
    wanted.tables[place] = ExportTable(shown, fields, filters=filters, telling=telling, days=days)
    wanted.tables[place].leavers |= {at: says for at, heading in enumerate(shown) if (says := leaver_cells(heading))}
    unread = ((at, heading) for at, heading in enumerate(shown) if at not in where.values())
    wanted.tables[place].ends |= {at: says for at, heading in unread if (says := end_cells(heading))}
    return wanted.tables[place]


def likeness(headings: Sequence[str], wanted: Wanted) -> int:
    """How many wanted fields, and known headings, stand there: tells the right separator from a wrong one."""
    return len(named_fields(headings, wanted))


def named_fields(headings: Sequence[str], wanted: Wanted) -> frozenset[str]:
    """The wanted fields that the headings name, and the headings that are known."""
    seen = {folded(heading) for heading in headings}
    return wanted.known & seen | {name for name in wanted.fields if not seen.isdisjoint(wanted.spellings(name))}


def heading_words(wanted: Wanted) -> frozenset[str]:
    """Every folded text by which a cell may be a heading: those of the wanted fields, and those that are usual."""
    return USUAL.union(*(wanted.spellings(name) for name in wanted.fields))


def serves(headings: Sequence[str], wanted: Wanted) -> bool:
    """Whether these headings name all that is required, and a wanted field at least."""
    try:
        return bool(positions(headings, wanted, "")) or not wanted.fields or likeness(headings, wanted) > 0
    except SourceChanged:
        return False


def headings_again(values: Mapping[str, str], wanted: Wanted) -> bool:
    """Whether a row is the file's headings once more. Raises ValueError where it is the headings of another export."""
    told = {name: folded(text) for name, text in values.items() if text.strip()}
    if len(told) > 1 and all(text in wanted.spellings(name) for name, text in told.items()):
        return True
    if other_headings(list(values.values()), wanted):
        raise ValueError("other headings")
    return False


def other_headings(cells: Sequence[str], wanted: Wanted) -> bool:
    """Whether cells look like headings: two of them at least, and half of those filled, are names of columns."""
    told = [folded(cell) for cell in cells if cell.strip()]
    if len(told) < 2 or any("@" in text for text in told):  # the first look: nearly all rows end here
        return False
    known = sum(text in USUAL or any(text in wanted.spellings(name) for name in wanted.fields) for text in told)
    return known >= max(2, len(told) / 2)


def _require(chosen: Mapping[str, int], headings: Sequence[str], wanted: Wanted, place: str) -> None:
    for need in wanted.required:
        names = (need,) if isinstance(need, str) else need
        if not any(name in chosen or name in wanted.constants for name in names):
            raise SourceChanged(_absent(place, names, headings, wanted))


def _twice(place: str, name: str, heading: str, claims: Sequence[int]) -> str:
    columns = " and ".join(str(position + 1) for position in claims)
    if not name.isidentifier():  # a column that is read by its heading, for no field
        return (
            f"{place}: the heading {heading!r} stands over columns {columns}, so it is unclear which one is meant."
            f' Rename one of them in the export: "{heading} 2".'
        )
    return (
        f"{place}: the heading {heading!r} stands over columns {columns}, so it is unclear which one is {name}. "
        f"Rename one of them in the export, or name another heading in the source's table of audit.toml: "
        f'columns = {{ {name} = "the right heading" }}.'
    )


def _absent(place: str, names: Sequence[str], headings: Sequence[str], wanted: Wanted) -> str:
    seen = [heading.strip() for heading in headings if heading.strip()]
    shown = ", ".join(repr(heading) for heading in seen[:SHOWN]) or "none"
    more = f" and {len(seen) - SHOWN} more" if len(seen) > SHOWN else ""
    asked = [wanted.columns.get(name, name) for name in names]
    own = [text for text in map(folded, seen) if (OTHERS | PRIVATE).isdisjoint(text.split("_"))]
    near = difflib.get_close_matches(folded(asked[0]), own, n=1)
    guess = next((heading for heading in seen if near and folded(heading) == near[0]), "the heading that holds it")
    if any("://" in heading or "@" in heading.strip("@") for heading in seen):
        return (
            f"{place}: no column is headed {' or '.join(asked)}, and what stands where headings should looks like a"
            f" row: {shown}{more}. If the file has no headings, say in its table of audit.toml what its columns hold,"
            f' in their order: headings = ["{names[0]}", …]; a column that nothing reads gets any name.'
        )
    return (
        f"{place}: no column is headed {' or '.join(asked)}. The headings are: {shown}{more}. If one "
        f'holds it, add to its table of audit.toml: columns = {{ {names[0]} = "{guess}" }}; otherwise add the column '
        "to the export."
    )
