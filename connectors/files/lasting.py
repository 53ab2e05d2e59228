"""What stands for an unreadable row from night to night, by which it is known again: whose it is, where that can be
read, else its texts without what every export writes anew, times and counts. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from connectors.placeholders import is_placeholder
from connectors.redirects import unwrapped

WHOSE = (
    "account_id", "handle", "url", "registered_email", "employee_id", "work_email", "given_name", "family_name",
    "full_name",
)  # fmt: skip
"""Fields that say whose a row is."""
_DAY = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?[ -]\d{1,2}(?!\d)"
_TIMES = re.compile(
    r"(?<!\d)(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})(?!\d)(?:[T, ]*(?=\d{1,2}:))?"
    r"|(?<!\d)\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:\s?[ap]m\b)?(?:\s?(?:z\b|utc\b|gmt\b)|[+-]\d\d:?\d\d)?"
    rf"|\b(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{{0,6}},? )?(?:\d{{1,2}}[ -])?{_DAY}(?:,? \d{{4}}(?!\d))?"
    r"|(?<!\d)\d{1,2}[ -](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?[ -]\d{2,4}(?!\d)"
    r"|(?<![\d.])1[4-9]\d{8}(?:\d{3}){0,2}(?![\d])|(?<!\d)20\d{6}t?\d{4,6}(?!\d)",
    re.IGNORECASE,
)
"""A day, a time of day, both, or a moment counted in seconds or thousandths of them."""
_COUNT = re.compile(r"\W*(?:\d[\d.,'’\s]{0,12}\W*)?")
_NAME = re.compile(r"[^\W\d_]{4}")
_SEPARATORS = re.compile(r"[,;\t|]")


def lasting_digest(values: Mapping[str, Any]) -> str:
    """SHA-256 in hex of what stands for a row whose fields are known: the fields that say whose it is, on which
    platform; where there are none, all of its texts, as `cells_digest` has them."""
    texts = {name: value if isinstance(value, str) else repr(value) for name, value in values.items()}
    whose = {name: texts[name] for name in WHOSE if not is_placeholder(texts.get(name, ""))}
    if not whose:
        return cells_digest(text for _, text in sorted(texts.items()))
    if "url" in whose:
        whose["url"] = unwrapped(whose["url"])
    platform = "".join(filter(str.isalpha, texts.get("platform", "")))
    return _digest([platform, *(f"{name}={text.strip()}" for name, text in whose.items())])


def cells_digest(cells: Iterable[str]) -> str:
    """SHA-256 in hex of a row of which nobody knows what its cells are: of those that are no time and no count; of all,
    where none of the others says more than a few letters."""
    written = list(cells)
    lasting = [text for cell in written if not _COUNT.fullmatch(text := _TIMES.sub("", cell))]
    return _digest(lasting if any(map(_NAME.search, lasting)) else written)


def line_digest(line: str) -> str:
    """The same of a line that cannot be split into cells."""
    return cells_digest(_SEPARATORS.split(line))


def _digest(texts: Iterable[str]) -> str:
    return sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
