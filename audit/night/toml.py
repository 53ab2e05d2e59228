"""Settings as audit.toml writes them, for advice that may be pasted. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from connectors.contract import Expect


def toml(given: Any) -> str:
    """A setting on one line: text, number, yes or no, a list of these, or a table."""
    if isinstance(given, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {toml(one)}" for key, one in given.items()) + " }"
    if isinstance(given, list | tuple):
        return "[" + ", ".join(toml(one) for one in given) + "]"
    if isinstance(given, bool):
        return str(given).lower()
    return json.dumps(given, ensure_ascii=False) if isinstance(given, str) else str(given)


def to_expect(source: str, expect: Expect, usual: Expect, **more: Any) -> str:
    """The setting `expect` of a source with what a message asks for beside what audit.toml has in it already (one such
    line takes the place of the other), and its table. `usual` is what counts for the connector without any."""
    stated = {name: getattr(expect, name) for name in Expect.__slots__}
    stated = {name: value for name, value in stated.items() if value != getattr(usual, name) and name != "filled"}
    if any(usual.filled.get(name) != share for name, share in expect.filled.items()):  # it may lack some of the usual
        stated["filled"] = expect.filled
    for name, value in more.items():
        held = stated.get(name)
        if isinstance(value, Mapping) and isinstance(held, Mapping):
            stated[name] = {**held, **value}
        elif isinstance(value, tuple) and isinstance(held, tuple):
            stated[name] = (*held, *value)
        else:
            stated[name] = value
    return f"expect = {toml(stated)} in {_table_of(source)}"


def take_out(expect: Expect, everyday: Expect, source: str) -> str:
    """What to say of the settings of `expect` that were for one night, and that tonight was healthy without."""
    names = [name for name in Expect.__slots__ if getattr(expect, name) != getattr(everyday, name)]
    return (
        f"expect = {{ … }} in {_table_of(source)} has {' and '.join(names)}, which was for one night, and which nothing"
        " of tonight needed. Take it out: while it stands there, what is lost is told by nobody."
    )


def _table_of(source: str) -> str:
    if source in ("agencies", "official_accounts"):
        return f"[organization.{source}] (a table, with the file's name as path)"
    return f"[{source}]" if source in ("directory", "addresses", "exceptions") else f"[sources.{source}]"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml(name)
