"""Registries of official accounts as they are published: rows to one account each, whatever their layout.

A registry has one account a row, or a column for each platform; its cells name several accounts, agencies and contacts,
and addresses where handles are expected. What a row becomes is decided by what stands in it, and told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from connectors import files
from connectors.contract import ExportTable, Item, Raw, Remark, Source
from connectors.files.dated import dated
from connectors.files.gathered import ANY, apart, left_apart
from connectors.files.registry_cells import names_a_page
from connectors.files.registry_each import each_account
from connectors.files.registry_layout import FIELDS, MANY, RegistryPart, registry_part, stated_columns, stated_constants
from connectors.files.registry_remarks import without_account
from connectors.files.wide import spread


def registry_rows(source: Source) -> Iterator[Item]:
    """Every account of the registry, as a row of its own. Raises SourceDown for what cannot be used."""
    stated = stated_columns(source)
    retired = source.options.get("retired_path")
    parts = [registry_part(replace(source, options={**source.options, "path": retired}), stated)] if retired else []
    parts = [*(replace(part, retired=True) for part in parts), registry_part(source, stated)]

    def read(again: Source) -> Iterator[Item]:
        for part in parts:
            yield from _rows(replace(again, options=part.source.options), part)

    for part in parts:
        yield from part.remarks
    for item in dated(source, ("reviewed_on",), read):
        yield from each_account(item) if isinstance(item, Raw) else (item,)


def _rows(source: Source, part: RegistryPart) -> Iterator[Item]:
    fields = (*FIELDS, *part.wide)
    found = files.rows(
        source, fields, part.required, many=(*MANY, *part.wide), synonyms=part.synonyms, entire=True,
        constants=("platform",) if part.by_sheet else stated_constants(source),
    )  # fmt: skip
    for item in found:
        if not isinstance(item, Raw):
            yield item
            continue
        if not part.wide and item.where in part.lonely and (told := without_account(item.values)):
            yield Remark(item.where, told)
            continue
        raw = replace(item, options=source.options)
        table = source.tables.get(raw.where.rpartition(":")[0])
        if part.by_sheet and table and "platform" not in table.where:
            raw = replace(raw, values={**raw.values, "platform": table.sheet})
        if part.retired:
            raw = replace(raw, values={**raw.values, "status": "retired"})
        if part.titles and names_a_page(raw.values):
            raw = replace(raw, values={**raw.values, "handle": ""})
        yield from _accounts(raw, part, table) if part.wide else (raw,)


def _accounts(raw: Raw, part: RegistryPart, table: ExportTable | None) -> Iterator[Item]:
    """The row, once for each account in its columns of one platform, and in those of any."""
    several = [name for name, column in part.wide.items() if column == ANY]
    headings = {name: table.headings[table.where[name]].strip() for name in several if table and name in table.where}
    found, columns = apart(raw, several, headings)
    columns |= {name: column for name, column in part.wide.items() if column != ANY}
    yield from spread(found, columns, {raw.where.rpartition(":")[0]: table} if table else {}, beside=part.long)
    yield from left_apart(raw, several, headings)
