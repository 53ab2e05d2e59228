"""What a registry's columns were taken for, and which of them may hold accounts that nothing reads: a sentence each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from connectors.contract import ExportTable, Source
from connectors.files.gathered import ANY, is_gathering, names_accounts
from connectors.files.registry_remarks import cells_under, closing_advice, closing_headings
from connectors.files.wide import account_columns, filled_cells, named_columns
from connectors.platforms import PlatformColumn


def notes_on_rows(source: Source, tables: Mapping[str, ExportTable], *, titles: bool) -> Iterator[str]:
    """What to say of names of pages among handles (`titles`), and of columns that may say what is closed."""
    heads = [one.headings[one.where["handle"]] for one in tables.values() if "handle" in one.where]
    if titles and heads:
        yield TITLES.format(heading=heads[0])
    ends = closing_headings(tables.values(), source.options.get("left_unread", ()))
    yield from closing_advice(cells_under(source, ends)) if ends else ()


def notes_on_columns(
    source: Source,
    cells: Mapping[str, Sequence[str]],
    stated: Mapping[str, PlatformColumn],
    found: Mapping[str, PlatformColumn],
    *,
    long: bool,
) -> Iterator[str]:
    """What to say of the columns that no field reads: which were `found` to hold accounts, which may. `cells`: what
    stands in them; `stated`: those that audit.toml names; `long`: a row is an account by itself."""
    left = {_folded(one) for one in (*source.options.get("left_unread", ()), *stated, *found)}
    others = {heading: column for heading, column in cells.items() if _folded(heading) not in left}
    named = named_columns(tuple(others))
    holding = {heading for heading in account_columns(cells) if any(filled_cells(cells[heading]))}
    for heading, column in others.items():
        several = sum(names_accounts(cell) for cell in column)
        if several or (heading in holding and (stated or long)):
            yield UNREAD.format(
                heading=heading,
                quoted=json.dumps(heading, ensure_ascii=False),
                kind=ANY if several and heading not in named else named[heading],
            )
        elif heading in named and not (stated or long):
            if named[heading].sure or (found and filled_cells(column)):
                yield DOUBTFUL.format(heading=heading)
        elif is_gathering(heading) and not long and filled_cells(column):
            yield NAMELESS.format(heading=heading)
    if found:
        pairs = (f'"{" ".join(heading.split())}" = "{column}"' for heading, column in found.items())
        any_, what = (", or of accounts on any", "that their cells name") if ANY in found.values() else ("", CELLS)
        yield (BESIDE if long else FOUND).format(named=", ".join(pairs), any=any_, what=what)


def _folded(heading: str) -> str:
    return " ".join(heading.split()).casefold()


DOUBTFUL = (
    "the heading {heading!r} is a platform's name, but nothing that stands under it is read as an account; it was"
    ' left unread. If it holds accounts, name it in audit.toml: platform_columns = {{ "{heading}" = … }}.'
)
NAMELESS = (
    "under {heading!r} nothing names a platform and an account of it; it was left unread. If it holds accounts, write"
    " the address of each, or its platform in front of it (Twitter: @…; Facebook: …)."
)
UNREAD = (
    "accounts stand under {heading!r}, which nothing reads: what is official only there may be held against somebody."
    ' Write into the registry\'s table of audit.toml: platform_columns = {{ {quoted} = "{kind}" }} (beside the columns'
    " that are read already); or, where they are not the State's, left_unread = [{quoted}]."
)
TITLES = (
    "under {heading!r} stand names of pages where the url shows which account it is: the url was read, and the names"
    " were taken for no handles."
)
FOUND = (
    "no column says the platform, and these headings are the names of platforms{any}: each row was read as one account"
    " for each {what}. To settle it, write into the registry's table of audit.toml: platform_columns = {{ {named} }}."
)
"""The note for columns that were found by their headings."""
CELLS = "of their cells"
BESIDE = (
    "beside the account of each row, further ones stand in a column of their own, and were read, too. To settle it,"
    " write into the registry's table of audit.toml: platform_columns = {{ {named} }}."
)
