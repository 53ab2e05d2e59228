"""Reference tables that travel inside the installed package `identity_audit_reference` (data/reference)."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

PACKAGE = "identity_audit_reference"


def text(name: str) -> str:
    """The text of one reference file, UTF-8 with or without a byte-order mark; `name` is "folder/file.ext".

    Raises FileNotFoundError where the package holds no such file.
    """
    return files(PACKAGE).joinpath(*name.split("/")).read_text(encoding="utf-8-sig")


@cache
def _rows(name: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    lines = [line for line in text(name).splitlines() if line.strip() and not line.startswith("#")]
    return tuple(tuple(row.items()) for row in csv.DictReader(lines, strict=True))


def table(name: str) -> list[dict[str, str]]:
    """The rows of one reference CSV as new dicts; blank lines and lines beginning with `#` are comments.

    A comment therefore cannot stand inside a quoted field, and a first column never begins with `#`.
    """
    return [dict(row) for row in _rows(name)]
