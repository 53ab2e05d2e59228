"""How the files of a registry have to be read: one account a row, or a column for each platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from connectors import files
from connectors.contract import ExportTable, Raw, Remark, Source, SourceDown, unseen
from connectors.files.handles import visible_text
from connectors.files.registry_cells import STATES, holds_page_names
from connectors.files.registry_remarks import (
    cells_under,
    closing_advice,
    closing_headings,
    lonely_rows,
    without_account,
)
from connectors.files.wide import account_columns, field_names, filled_cells, named_columns
from connectors.platforms import PlatformColumn, nearest_platform, platform_column, platform_id, profile

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

    `wide` are the columns of one platform each, by field; `lonely`: where rows of one cell stand; `titles`: the
    handle's column holds names of pages where a url says which account it is.
    """

    source: Source
    required: tuple[str | tuple[str, ...], ...]
    wide: Mapping[str, PlatformColumn] = field(default_factory=dict)
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    titles: bool = False
    retired: bool = False
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
    found = {heading: platform_column(said) for heading, said in given.items()}
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
    seen = replace(source, tables={}, progress=unseen, options={**source.options, "date_format": ""})
    rows = [item.values for item in files.rows(seen, FIELDS, many=MANY, entire=True) if isinstance(item, Raw)]
    titles = holds_page_names(rows)
    heads = [one.headings[one.where["handle"]] for one in seen.tables.values() if "handle" in one.where]
    remarks = [Remark(next(iter(seen.tables)), TITLES.format(heading=heads[0]))] if titles and heads else []
    ends = closing_headings(seen.tables.values(), source.options.get("left_unread", ()))
    told = closing_advice(cells_under(source, ends)) if ends else ()
    remarks += [Remark(next(iter(seen.tables)), one) for one in told]
    empty = any(without_account(values) for values in rows)
    lonely = lonely_rows(source) if empty else frozenset[str]()
    if stated:
        wide = field_names(stated)
        columns = dict(zip(wide, stated, strict=True))
        options = {**source.options, "columns": {**source.options.get("columns", {}), **columns}}
        return RegistryPart(
            replace(source, options=options), (tuple(wide),), wide, titles=titles, lonely=lonely, remarks=tuple(remarks)
        )
    if stated_constants(source) or any("platform" in table.where for table in seen.tables.values()):
        return RegistryPart(source, REQUIRED, titles=titles, lonely=lonely, remarks=tuple(remarks))
    headings = list(dict.fromkeys(heading for one in seen.tables.values() for heading in _unread(one)))
    found, doubtful = _found_columns(source, headings)
    where = next(iter(seen.tables), "")
    remarks = [*remarks, *(Remark(where, DOUBTFUL.format(heading=one)) for one in doubtful)]
    if found:
        wide = field_names(found)
        named = ", ".join(
            f'"{" ".join(heading.split())}" = "{kind}"' for heading, kind in zip(found, wide, strict=True)
        )
        synonyms = {name: (heading,) for name, heading in zip(wide, found, strict=True)}
        remarks.append(Remark(where, FOUND.format(named=named)))
        return RegistryPart(source, (tuple(wide),), wide, synonyms, titles, lonely=lonely, remarks=tuple(remarks))
    by_itself = any(profile(visible_text(values[name])) for values in rows for name in ("url", "handle"))
    return RegistryPart(
        source, (("url", "handle"),) if by_itself else REQUIRED, titles=titles, lonely=lonely, remarks=tuple(remarks)
    )


DOUBTFUL = (
    "the heading {heading!r} is a platform's name, but nothing that stands under it is read as an account; it was"
    ' left unread. If it holds accounts, name it in audit.toml: platform_columns = {{ "{heading}" = … }}.'
)
TITLES = (
    "under {heading!r} stand names of pages where the url shows which account it is: the url was read, and the names"
    " were taken for no handles."
)
FOUND = (
    "no column says the platform, and these headings are the names of platforms: each row was read as one account for"
    " each of their cells. To settle it, write into the registry's table of audit.toml: platform_columns ="
    " {{ {named} }}."
)
"""The note for platform columns that were found by their headings."""


def _unread(one: ExportTable) -> list[str]:
    return [heading for place, heading in enumerate(one.headings) if heading and place not in one.where.values()]


def _found_columns(source: Source, headings: Sequence[str]) -> tuple[dict[str, PlatformColumn], list[str]]:
    """The headings that are a platform's name and have its accounts under them; and those that surely are one, or stand
    beside such, and have something else."""
    named = named_columns(headings)
    cells = cells_under(source, tuple(named)) if named else {}
    found = account_columns(cells)
    doubtful = (heading for heading, one in named.items() if one.sure or (found and filled_cells(cells[heading])))
    return found, [heading for heading in doubtful if heading not in found]
