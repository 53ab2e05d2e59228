"""Registries with a column for each platform: which columns these are, and the accounts of one row. Pure.

A row becomes one row for each account that it names, as if the registry had been written one account a row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from connectors.contract import ExportTable, Raw
from connectors.files.fields import QUOTED, same_handle
from connectors.files.handles import LINK, Written, accounts_in, named_in, visible_text
from connectors.placeholders import is_placeholder
from connectors.platforms import SHORTEST_NAME, PlatformColumn, platform_column, platform_id, platforms, profile

ACCOUNT = ("platform", "handle", "account_id", "url")
RETIRED_WORDS = frozenset(
    ("archived", "closed", "deleted", "inactive", "removed", "retired", "former", "formerly", "old")
)
"""Words beside an account that say it may be gone."""
COUNT = re.compile(r"[\d.,' ]+[km]?|x|y", re.IGNORECASE)
"""How many follow, or a cross, and no account."""


def named_columns(headings: Sequence[str]) -> dict[str, PlatformColumn]:
    """The headings that are a platform's name, each with what stands under it."""
    return {heading: found for heading in headings if (found := platform_column(heading)) is not None}


def field_names(columns: Mapping[str, PlatformColumn]) -> dict[str, PlatformColumn]:
    """A name for each column's field, by which it is read: "x", "facebook id", and "x 2" for a second of a kind."""
    names: dict[str, PlatformColumn] = {}
    kinds: Counter[str] = Counter()
    for column in columns.values():
        kind = str(column)
        kinds[kind] += 1
        names[kind if kinds[kind] == 1 else f"{kind} {kinds[kind]}"] = column
    return names


def account_columns(cells: Mapping[str, Sequence[str]]) -> dict[str, PlatformColumn]:
    """The headings of a registry that are a platform's name and have its accounts under them. Beside one of these, a
    short or an everyday name ("IG", "Threads") needs no @ in its cells."""
    named = named_columns(tuple(cells))
    found = {heading for heading, one in named.items() if _holds_accounts(one, cells[heading])}
    if found:
        found |= {heading for heading, one in named.items() if _holds_mostly_accounts(one, cells[heading])}
    return {heading: one for heading, one in named.items() if heading in found}


def _holds_accounts(column: PlatformColumn, cells: Sequence[str]) -> bool:
    """Whether a column holds what its heading says: one of its cells is read as an account, and is no number. Where the
    heading is an everyday word, more than half of the filled cells are, one at least by an @ or an address of the
    platform."""
    filled = filled_cells(cells)
    if column.ids or not filled:
        return column.sure
    read = _read(column, filled)
    if column.sure:
        return any(not COUNT.fullmatch(cell) for cell in read)
    shown = any(cell.startswith("@") or LINK.search(cell) or profile(cell) for cell in read)
    return len(read) > len(filled) / 2 and shown


def _holds_mostly_accounts(column: PlatformColumn, cells: Sequence[str]) -> bool:
    """Whether more than half of the filled cells are read as accounts, and are no numbers, marks or postal codes."""
    filled = filled_cells(cells)
    read = [cell for cell in _read(column, filled) if len(cell) >= SHORTEST_NAME and not COUNT.fullmatch(cell)]
    return len(read) > len(filled) / 2


def filled_cells(cells: Sequence[str]) -> list[str]:
    """What stands in the cells that say something."""
    return [said for cell in cells if not is_placeholder(said := visible_text(cell))]


def _read(column: PlatformColumn, filled: Sequence[str]) -> list[str]:
    known = platforms()[column.platform].id
    return [cell for cell in filled if any(_readable(one, known) for one in accounts_in(cell, known))]


def _readable(one: Written, platform: str) -> bool:
    if one.url:
        return True
    named = named_in(one.handle, platform)
    return bool(named.handles or named.account_id)


def spread(
    raw: Raw, columns: Mapping[str, PlatformColumn], tables: Mapping[str, ExportTable], *, beside: bool = False
) -> Iterator[Raw]:
    """The row, once for each account that it names; `where` tells the heading as well. A row without any gives none,
    but for an account in columns of its own (url); `beside`: the row is an account by itself, too, and given once."""
    table = tables.get(raw.where.rpartition(":")[0])
    empty = dict.fromkeys((*columns, *ACCOUNT), "")
    found = 0
    for platform in dict.fromkeys(column.platform for column in columns.values()):
        for account in _of_platform(raw, platform, columns):
            if beside and _is_own(raw, platform, account):
                continue
            name, also = account.pop("column"), account.pop("also", "")
            heading = table.headings[table.where[name]] if table and name in table.where else name
            cell = {one: raw.values[one] for one in (name, also) if one} | {"platform": platform}
            found += 1
            yield replace(
                raw, values={**raw.values, **empty, **cell, **account}, where=f"{raw.where} ({heading.strip()})"
            )
    own = {name: visible_text(str(raw.values.get(name, ""))) for name in ("handle", "account_id", "url")}
    told = any(not is_placeholder(own[name]) for name in (own if beside else ("handle", "account_id")))
    if told or (beside and not found) or profile(own["url"]) is not None:  # else it is the agency's own page
        yield replace(raw, values={**raw.values, **dict.fromkeys(columns, "")})


def _is_own(raw: Raw, platform: str, account: Mapping[str, str]) -> bool:
    """Whether an account is the one that the row itself names, by handle or address."""
    text = {name: visible_text(str(raw.values.get(name, ""))) for name in ("handle", "url")}
    own, shown = profile(text["url"]), profile(account.get("url", ""))
    of = own.platform if own else platform_id(str(raw.values.get("platform", "")))
    handle = account.get("handle", "") or (shown.handle if shown else "")
    known = {named for named in (*named_in(text["handle"], platform).handles, own.handle if own else "") if named}
    return of == platform and bool(handle) and any(same_handle(handle, one) for one in known)


def _of_platform(raw: Raw, platform: str, columns: Mapping[str, PlatformColumn]) -> list[dict[str, str]]:
    """The accounts of a row on one platform: an address joins the handle that it shows, an id the only account."""
    found: list[dict[str, str]] = []
    ids: list[dict[str, str]] = []
    for name, column in columns.items():
        text = str(raw.values.get(name, ""))
        if column.platform != platform or is_placeholder(visible_text(text)):
            continue
        if column.ids:
            ids += [{"column": name, "account_id": one.url or one.handle} for one in accounts_in(text, platform)]
            continue
        for one in accounts_in(text, platform):
            shown = profile(one.url) if one.url else None
            if shown is not None and shown.platform != platform:
                shown = None
            handle = one.handle if one.url == "" else shown.handle if shown else ""
            same = next((known for known in found if handle and same_handle(known["named"], handle)), None)
            if same is None:
                words = one.beside or (one.handle if _says_gone(one.handle) else "")
                found.append({"column": name, "handle": one.handle, "url": one.url, "named": handle, "beside": words})
            else:
                same |= {key: value for key, value in (("handle", one.handle), ("url", one.url)) if not same[key]}
    if len(found) == len(ids) == 1:
        number = ids.pop()
        found[0] |= {"account_id": number["account_id"], "also": number["column"]}
    for account in found:
        account.pop("named")
        if words := account.pop("beside"):
            account["told"] = beside(words)
    return [*found, *(one for one in ids if not any(one["account_id"] == known["handle"] for known in found))]


def _says_gone(words: str) -> bool:
    return " " in words and not RETIRED_WORDS.isdisjoint(re.findall(r"\w+", words.casefold()))


def beside(words: str) -> str:
    """The note for words that stand beside an account's address."""
    if _says_gone(f" {words}"):
        return (
            f"{words[:QUOTED]!r} stands here, which may say that the account is gone; it counts as active. If it is"
            " gone, say so in a status column, or take it out of the cell."
        )
    return f"{words[:QUOTED]!r} stands beside the address, and was left unread."
