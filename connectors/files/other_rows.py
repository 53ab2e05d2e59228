"""Of a large export, the rows of accounts that another row shows with an address of the organization.

Rows that cannot concern the organization are left out early; one that shows such an account with another address does,
since it may be the newer of the two. Which accounts these are is known only at the end, so the files are searched a
second time, for their names alone, where rows were left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from connectors.contract import Dropped, Item, Nexus, Raw, Source, unseen

NAMES = ("account_id", "handle", "url")
"""The fields that say which account a row is about."""


def with_other_rows(source: Source, read: Callable[[Source, tuple[str, ...]], Iterator[Item]]) -> Iterator[Item]:
    """The items that `read` gives for a source and the fields to search, and behind them the rows that it left out and
    that may be about an account of those that are registered with an address of the organization (a superset)."""
    names: set[str] = set()
    shown: set[int] = set()
    left = 0
    for item in read(source, ()):
        if isinstance(item, Dropped) and not item.reason:
            left += item.count
            continue
        if isinstance(item, Raw) and (address := item.values.get("registered_email", "")):
            shown.add(hash(item.where))
            folded = address.casefold()
            if any(domain in folded for domain in source.nexus.domains):
                names.update(_ends(item.values))
        yield item
    if left and names:
        again = replace(source, nexus=Nexus(terms=tuple(sorted(names))), progress=unseen, tables={})
        for item in read(again, NAMES):
            if isinstance(item, Raw) and item.values.get("registered_email") and hash(item.where) not in shown:
                left -= 1
                yield item
    if left:
        yield Dropped(left)


def _ends(values: Mapping[str, str]) -> Iterator[str]:
    """How cells end that name the same account: every field is searched as a line of its own."""
    account_id, handle, url = (values.get(name, "").strip() for name in NAMES)
    if account_id:
        yield f"\n{account_id}\n"
    for name in (handle.lstrip("@"), url.rstrip("/").rpartition("/")[2]):
        if name:
            yield f"{name}\n"
