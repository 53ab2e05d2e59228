"""How much of one item is read, whatever its source: letters of a value, entries of a list. What is cut off is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from connectors.contract import BadRow, Raw
from connectors.records import Account

LONGEST = 32_767
"""Letters of one value: as many as Excel takes for a cell, and more than any platform takes for a biography."""
LONGEST_NAME = 1_000
"""Letters of a display name, and of a handle."""
LONGEST_HEADER = 500
"""Letters of a mail's subject, and of its sender as it is written, name and all: Exchange keeps 255 of a subject, an
address has 254 (RFC 5321), and no platform comes near either. A longer one is nobody's."""
MOST = 500
"""Links, and addresses, of one profile."""


def bounded(raw: Raw) -> tuple[Raw, tuple[str, ...]]:
    """An item whose texts have at most `LONGEST` letters, those in lists and tables in it too, and a sentence for each
    field that was cut; the item itself where there is none."""
    long = [
        name for name, value in raw.values.items() if (len(value) > LONGEST if type(value) is str else _is_long(value))
    ]
    if not long:
        return raw, ()
    values = {name: _cut(value) if name in long else value for name, value in raw.values.items()}
    told = tuple(
        _told(name, f"holds a value of more than {LONGEST:,} letters", f"{LONGEST:,} letters") for name in long
    )
    return replace(raw, values=values), told


def bounded_account(account: Account) -> tuple[Account, tuple[str, ...]]:
    """An account whose display name and lists are no longer than a profile's can be, and a sentence for each cut.

    Raises BadRow for a handle that is none: cut, it would be somebody else's.
    """
    if len(account.handle) > LONGEST_NAME:
        raise BadRow(
            f"its handle has {len(account.handle):,} letters, more than any platform takes. Correct it where the source"
            " has it"
        )
    told, cut = [], {}
    if len(account.display_name) > LONGEST_NAME:
        cut["display_name"] = account.display_name[:LONGEST_NAME]
        told.append(_told("display_name", f"has {len(account.display_name):,} letters", f"{LONGEST_NAME:,} letters"))
    lists = {}
    for name, listed in (("links", account.links), ("emails", account.emails)):
        if len(listed) > MOST:
            lists[name] = listed[:MOST]
            told.append(_told(name, f"has {len(listed):,} entries", f"{MOST:,} entries"))
    return (replace(account, **cut, **lists) if told else account), tuple(told)  # type: ignore[arg-type]


def _told(name: str, what: str, most: str) -> str:
    return f"{name} {what}, and was read up to {most}. What stands behind them is not known; look at it in the source."


def _is_long(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) > LONGEST
    if isinstance(value, Mapping):
        return any(map(_is_long, value.values()))
    return isinstance(value, Sequence) and any(map(_is_long, value))


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return value[:LONGEST]
    if isinstance(value, Mapping):
        return {name: _cut(one) for name, one in value.items()}
    return [_cut(one) for one in value] if isinstance(value, Sequence) else value
