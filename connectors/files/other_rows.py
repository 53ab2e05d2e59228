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
    without_handle: set[str] = set()
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
                account_id, handle, url = _named(item.values)
                names.update(_ends(account_id, handle, url))
                without_handle.update(() if handle else (account_id,))
        yield item
    if left and names:
        again = replace(source, nexus=Nexus(terms=tuple(sorted(names))), progress=unseen, tables={})
        for item in read(again, NAMES):
            if (
                isinstance(item, Raw)
                and hash(item.where) not in shown
                and _concerns(item.values, names, without_handle)
            ):
                left -= 1
                yield item
    if left:
        yield Dropped(left)


def _concerns(values: Mapping[str, str], names: set[str], without_handle: set[str]) -> bool:
    """Whether a row says an address of one of these accounts; an id beside another handle is no identity."""
    account_id, handle, _ = _named(values)
    other = handle and f"{handle}\n" not in names and f"\n{account_id}\n" in names
    return bool(values.get("registered_email")) and not (other and account_id not in without_handle)


def _ends(account_id: str, *others: str) -> Iterator[str]:
    """How cells end, in small letters, that name the same account: every field is searched as a line of its own."""
    if account_id:
        yield f"\n{account_id}\n"
    yield from (end for name in others if name for end in (f"{name}\n", f"{name}/\n"))


def _named(values: Mapping[str, str]) -> tuple[str, str, str]:
    """Id, handle, and the end of the address on the web, in small letters and without what stands around them."""
    account_id, handle, url = (values.get(name, "").strip().casefold() for name in NAMES)
    return account_id, _end_of(handle), _end_of(url)


def _end_of(text: str) -> str:
    return text.rstrip("/").rpartition("/")[2].lstrip("@")
