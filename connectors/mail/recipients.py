"""To whom a mail went: the recipients in a cell of a log, however an export joins or decorates them. Pure.

Exports part them with `;`, and some with commas, bars or line breaks; spreadsheets and scripts add names, brackets,
"SMTP:". What is one word with an @ in it stays as it is, since it may be any mailbox.
"""

from __future__ import annotations

import re

from connectors.files.addresses import addresses_in

ONE = r"[^\s<>()\[\]{},;:\"|\\@]+@(?:[^\s<>()\[\]{},;:\"|\\/@]*\w)?"
PLAIN = rf"\s*(?:{ONE}(?:\s*;\s*{ONE})*)?\s*;?\s*"
"""A cell that needs no reading, in full, for Python and DuckDB."""
QUOTED = re.compile(r"\s*\"(?:[^\"\\]|\\.)*\"@[^\s@\"]+\s*")
"""A mailbox whose own name is quoted, as logs of lines have it."""


def recipients_in(cell: str) -> str:
    """The recipients of a cell, parted by `;`. Empty where words beside an address leave open whose it is."""
    found: list[str] = []
    for part in cell.split(";"):
        if "@" not in part or "##" in part or re.fullmatch(ONE, part.strip()) or QUOTED.fullmatch(part):
            found.append(part.strip())
            continue
        read = addresses_in(part)
        if not read.addresses:
            return ""
        found += read.addresses
    return ";".join(filter(None, found))
