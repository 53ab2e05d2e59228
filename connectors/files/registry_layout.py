"""How the files of a registry have to be read: one account a row, a column or a sheet for each platform, or a cell for
all accounts of a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from connectors import files
from connectors.contract import ExportTable, Item, Raw, Remark, Source, SourceChanged, SourceDown, folded, unseen
from connectors.files.gathered import ANY, is_gathering
from connectors.files.handles import accounts_in
from connectors.files.registry_cells import STATES, columns_found, holds_page_names
from connectors.files.registry_notes import notes_on_columns, notes_on_rows
from connectors.files.registry_remarks import all_tables, cells_under, lonely_rows, without_account
from connectors.files.wide import field_names
from connectors.platforms import (
    PlatformColumn,
    named_platforms,
    nearest_platform,
    platform_column,
    platform_id,
    profile,
)

FIELDS = (
    "platform",
    "handle",
    "account_id",
    "url",
    "agency_code",
    "supervisor_employee_id",
    "supervisor_email",
    "registered_email",
    "status",
    "reviewed_on",
)
IDENTITIES = ("handle", "account_id", "url")
MANY = ("agency_code", "supervisor_employee_id", "supervisor_email", "registered_email", "handle", "url")
"""Fields in which JSON may have a list, or an object."""
REQUIRED = ("platform", IDENTITIES)


@dataclass(frozen=True)
class RegistryPart:
    """Files of the registry that are read alike: their settings, what they must have, and what was seen of them.

    `wide` are the columns of one platform each, or of any, by field; `long`: a row is an account by itself, too;
    `by_sheet`: the names of sheets say the platform where no column does; `lonely`: where rows of one cell stand;
    `titles`: the handle's column holds names of pages where a url says which account it is.
    """

    source: Source
    required: tuple[str | tuple[str, ...], ...]
    wide: Mapping[str, PlatformColumn] = field(default_factory=dict)
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    titles: bool = False
    retired: bool = False
    long: bool = False
    by_sheet: bool = False
    lonely: frozenset[str] = frozenset()
    remarks: tuple[Remark, ...] = ()


def stated_columns(source: Source) -> dict[str, PlatformColumn]:
    """platform_columns of audit.toml: heading → what stands under it. Raises SourceDown for settings that are none."""
    given, words = source.options.get("platform_columns", {}), source.options.get("status_values", {})
    if not isinstance(words, Mapping) or any(word not in list(STATES) for word in words.values()):
        raise SourceDown(
            f"{source.name}: status_values in audit.toml has the registry's words on the left, and on the right one of"
            f' {", ".join(STATES)}, in small letters: status_values = {{ "Live" = "active" }}.'
        )
    if not isinstance(given, Mapping) or not all(isinstance(one, str) for one in given.values()):
        raise SourceDown(f'{source.name}: platform_columns must be a table: platform_columns = {{ "Twitter" = "x" }}.')
    found = {
        heading: ANY if said.strip().casefold() == ANY.platform else platform_column(said)
        for heading, said in given.items()
    }
    unknown = [given[heading] for heading, one in found.items() if one is None]
    if stated_constants(source) and platform_id(str(source.options["platform"])) is None:
        unknown.append(str(source.options["platform"]))
    if unknown:
        near = nearest_platform(unknown[0])
        raise SourceDown(
            f"{source.name}: audit.toml names the platform {unknown[0]!r}, which platforms.csv does not know."
            f"{f' Did you mean {near!r}?' if near else ''}"
        )
    return {heading: one for heading, one in found.items() if one is not None}


def stated_constants(source: Source) -> tuple[str, ...]:
    """The fields that audit.toml states for every row."""
    return ("platform",) if source.options.get("platform") else ()


def registry_part(source: Source, stated: Mapping[str, PlatformColumn]) -> RegistryPart:
    """How the files that `path` names have to be read. They are looked through for their headings and the kind of
    their values; nothing of it is kept. Raises SourceDown."""
    tables = all_tables(source, FIELDS).values()
    headings = list(dict.fromkeys(heading for one in tables for heading in one.headings if heading))
    sheets = any(one.sheet for one in tables)  # of these, only those are read whose headings say something
    known = [one for one in headings if sheets and _may_hold_accounts(one)]
    seen = replace(source, tables={}, progress=unseen, options={**source.options, "date_format": ""})
    items = list(files.rows(seen, FIELDS, many=MANY, entire=True, known=known))
    rows = [item.values for item in items if isinstance(item, Raw)]
    titles = holds_page_names(rows)
    lonely = lonely_rows(source, FIELDS) if any(without_account(values) for values in rows) else frozenset[str]()
    unread = tuple(dict.fromkeys(heading for one in seen.tables.values() for heading in _unread(source, one)))
    by_sheet = _by_sheet(source, seen.tables)
    long = by_sheet or bool(stated_constants(source)) or any("platform" in one.where for one in seen.tables.values())
    cells = cells_under(source, unread) if unread else {}
    found = _found_columns(cells, long=long) if not stated else {}
    told = [
        *notes_on_rows(source, seen.tables, titles=titles),
        *notes_on_columns(source, cells, stated, found, long=long),
    ]
    if not source.options.get("sheet"):
        _refuse_unread_sheets(items)
    if by_sheet:
        sheet_names = (repr(one.sheet) for one in seen.tables.values() if "platform" not in one.where)
        told.append(BY_SHEET.format(named=", ".join(sheet_names)))
    where = next(iter(seen.tables), "")
    part = RegistryPart(
        source, REQUIRED, titles=titles, lonely=lonely, remarks=tuple(Remark(where, one) for one in told),
        long=long, by_sheet=by_sheet,
    )  # fmt: skip
    columns = stated or found
    if columns:
        wide = field_names(columns)
        named = dict(zip(wide, columns, strict=True))
        options = {**source.options, "columns": {**source.options.get("columns", {}), **(named if stated else {})}}
        return replace(
            part,
            source=replace(source, options=options),
            required=(("platform", *wide), (*IDENTITIES, *wide)) if long and not stated else (tuple(wide),),
            wide=wide,
            synonyms={} if stated else {name: (heading,) for name, heading in named.items()},
        )
    if long or any("://" in one or profile(one) for one in headings):  # no headings, but a row: told where it is read
        return part
    written = (one for values in rows for name in ("url", "handle") for one in accounts_in(values[name], "x"))
    if any(one.url and profile(one.url) for one in written):
        return replace(part, required=(("url", "handle"),))
    raise SourceChanged(
        NOTHING_SAYS.format(place=where or source.name, headings=", ".join(map(repr, headings[:SHOWN])))
    )


def _may_hold_accounts(heading: str) -> bool:
    return platform_column(heading) is not None or is_gathering(heading)


def _unread(source: Source, one: ExportTable) -> list[str]:
    """The headings that no field reads: all that say accounts; of others those that stand there once. In JSON others
    are parts of what is read."""
    json = any(".json" in path.name.lower() for path in files.paths(source))
    times = Counter(map(folded, one.headings))
    return [
        heading
        for place, heading in enumerate(one.headings)
        if heading and place not in one.where.values()
        if _may_hold_accounts(heading) or (times[folded(heading)] == 1 and not json)
    ]


def _by_sheet(source: Source, tables: Mapping[str, ExportTable]) -> bool:
    """Whether the name of a sheet says the platform of its rows, since neither audit.toml nor a column does, nor a
    heading beside it."""
    without = [one for one in tables.values() if "platform" not in one.where]
    named = any(named_platforms(one.sheet) for one in without if one.sheet)
    wide = any(map(platform_column, (heading for one in without for heading in one.headings)))
    placed = any(name in one.where for one in without for name in IDENTITIES)
    return named and not stated_constants(source) and (placed or not wide)


def _refuse_unread_sheets(items: Iterable[Item]) -> None:
    """Raise SourceChanged for a sheet that has a platform's name, and rows that were not read."""
    for item in items:
        if isinstance(item, Remark) and item.unread and named_platforms(item.where.rpartition(":")[2]):
            raise SourceChanged(
                f"{item.where}: the sheet has a platform's name, and its headings are not those of the sheets that are"
                " read, so that its accounts would be missing. Give it the same headings; or, if it does not count,"
                " name the sheets that do in audit.toml: sheet = [ … ]."
            )


def _found_columns(cells: Mapping[str, Sequence[str]], *, long: bool) -> dict[str, PlatformColumn]:
    """The headings under which accounts stand: of the platform that they name, and of any; where a row is an account by
    itself (`long`), only the latter."""
    return {heading: one for heading, one in columns_found(cells).items() if one == ANY or not long}


BY_SHEET = (
    "no column says the platform, and names of sheets do: the rows of {named} were read as accounts of the platform"
    " that their sheet is named for. If a sheet has others, too, give it a column headed platform."
)
NOTHING_SAYS = (
    "{place}: no column is headed platform, and nothing else says on which platform the accounts are. The headings are:"
    " {headings}. Write into the registry's table of audit.toml which of these holds: columns = {{ platform = “the"
    " heading” }} for a column that says it; platform = “x” where all accounts are on one; platform_columns ="
    " {{ “the heading” = “x” }} for a column with accounts of one platform, or “any” for one whose cells name several,"
    " each by its address or behind its platform's name (“Twitter: @…; Facebook: …”). Else add the column."
)
SHOWN = 40
"""At most so many headings are quoted in a message."""
