"""What the text of an export's field means: dates, lists, handles, ids. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

ROUNDED = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+\d+")
"""A number that a spreadsheet has rounded (1.23457E+17): as an id it is worthless."""
QUOTED = 60
"""Characters of a value that a note quotes."""


def moment(text: str) -> datetime | None:
    """A date or time of an API, in ISO 8601, as aware UTC; None where it is none. See `times` for what people write.

    A time without a zone is taken as UTC, a date as its midnight.
    """
    try:
        found = datetime.fromisoformat(text.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day(text: str) -> date | None:
    """A date, or the date of a time as it is written (no zone applied), in ISO 8601; None where it is unreadable."""
    try:
        return datetime.fromisoformat(text.strip()).date()
    except ValueError:
        return None


def several(text: str) -> tuple[str, ...]:
    """The parts of a field of many values: by line where it has lines (lists of JSON), else by semicolon; each once."""
    parts = text.split("\n") if "\n" in text else text.split(";")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def web_address(text: str) -> str:
    """An http or https address, with its scheme where it was left out; empty for any other kind of address."""
    url = text.strip()
    if url.split() != [url]:
        return ""
    try:
        scheme = urlsplit(url).scheme if "://" in url or ":" in url.split("/")[0] else ""
    except ValueError:
        return ""
    if scheme in {"http", "https"}:
        return url
    return "https://" + url.lstrip("/") if not scheme and "." in url.split("/")[0] else ""


def same_handle(one: str, other: str) -> bool:
    """Whether two spellings name one handle: letter case and the instance behind a name do not tell them apart."""
    first, second = (re.split(r"@|\.bsky\.social$", handle.casefold().removeprefix("@"))[0] for handle in (one, other))
    return first == second
