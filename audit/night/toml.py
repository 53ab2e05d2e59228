"""Settings as audit.toml writes them, for advice that may be pasted. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any


def toml(given: Any) -> str:
    """A setting on one line: text, number, yes or no, a list of these, or a table."""
    if isinstance(given, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {toml(one)}" for key, one in given.items()) + " }"
    if isinstance(given, list | tuple):
        return "[" + ", ".join(toml(one) for one in given) + "]"
    if isinstance(given, bool):
        return str(given).lower()
    return json.dumps(given, ensure_ascii=False) if isinstance(given, str) else str(given)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml(name)
