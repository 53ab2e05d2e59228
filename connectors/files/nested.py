"""Nested objects of directory APIs as flat keys: "name.givenName", "emails.work". Pure.

A list of objects with a value each (SCIM, Google, Okta: emails, externalIds) is read by its types, and as
"emails.primary" where one is marked so: a home address never stands under the heading of a work address. Where a list
of objects does not say which one is meant, the object is refused if a field reads it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from connectors.contract import folded

VALUES = ("value", "address")
"""Keys under which an entry of a list holds its text."""
PRIMARY = ("primary", "isPrimary", "is_primary")


def flattened(item: Mapping[str, Any], wanted: Collection[str], own: Collection[str] = ()) -> dict[str, Any]:
    """The object with a key for each text in it, the way to it joined by dots; lists of text stay lists.

    `wanted` are the folded keys that fields read, `own` those of them that must hold text. Raises ValueError where one
    of them does not, where a key would stand twice, or a list of objects that fields read does not say which of them is
    meant.
    """
    found: dict[str, Any] = {}
    _put(found, "", item, wanted, own)
    for key in item:
        if folded(key) in own and isinstance(item[key], dict):
            raise ValueError(f"{key} holds a list or an object where text is expected")
    return found


def _put(
    found: dict[str, Any], before: str, item: Mapping[str, Any], wanted: Collection[str], own: Collection[str]
) -> None:
    for key, value in item.items():
        way = f"{before}{key}"
        if isinstance(value, dict):
            _put(found, f"{way}.", value, wanted, own)
        elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            _put_list(found, way, value, wanted, own)
        else:
            _set(found, way, value)


def _set(found: dict[str, Any], way: str, value: Any) -> None:
    if way in found:
        raise ValueError(f"the key {way!r} stands twice in the object")
    found[way] = value


def _put_list(
    found: dict[str, Any], way: str, entries: list[dict[str, Any]], wanted: Collection[str], own: Collection[str]
) -> None:
    primary = [one for one in entries if any(one.get(name) is True for name in PRIMARY)]
    texts = [next((one[name] for name in VALUES if isinstance(one.get(name), str)), None) for one in entries]
    if all(text is not None for text in texts):
        typed: dict[str, list[Any]] = {}
        for one, text in zip(entries, texts, strict=True):
            kind = one.get("type")
            typed.setdefault(f"{way}.{kind}" if isinstance(kind, str) and kind else way, []).append(text)
            if primary == [one]:
                _set(found, f"{way}.primary", text)
        if folded(way) in own and (len(typed) > 1 or way not in typed):
            shown = ", ".join(map(repr, (*typed, *(name for name in found if name == f"{way}.primary"))))
            raise ValueError(f"{way} holds values of several types; name the one that is meant in columns: {shown}")
        for name, values in typed.items():
            _set(found, name, values[0] if len(values) == 1 else values)
        return
    chosen = entries if len(entries) == 1 else primary
    if len(chosen) == 1:
        _put(found, f"{way}.", chosen[0], wanted, own)
        return
    if folded(way) in own or any(name.startswith(f"{folded(way)}.") for name in wanted):
        raise ValueError(f"{way} holds {len(entries)} objects, and none of them alone is marked as the primary one")
    _set(found, way, entries)
