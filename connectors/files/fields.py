"""What the text of an export's field means: dates, lists, handles, ids. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from connectors.contract import SourceDown

ROUNDED = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+\d+")
"""A number that a spreadsheet has rounded (1.23457E+17): as an id it is worthless."""
TOKENS = {"YYYY": "%Y", "YY": "%y", "MM": "%m", "DD": "%d", "hh": "%H", "mm": "%M", "ss": "%S"}
QUOTED = 60
"""Characters of a value that a note quotes."""


def moment(text: str, form: str = "") -> datetime | None:
    """A date or time as aware UTC; None where it is neither ISO 8601 nor in `form` ("MM/DD/YYYY").

    A time without a zone is taken as UTC, a date as its midnight.
    """
    for read in (datetime.fromisoformat, _reader(form)) if form else (datetime.fromisoformat,):
        try:
            found = read(text.strip())
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def day(text: str, form: str = "") -> date | None:
    """A date, or the date of a time as it is written (no zone applied); None where it is unreadable."""
    for read in (datetime.fromisoformat, _reader(form)) if form else (datetime.fromisoformat,):
        try:
            return read(text.strip()).date()
        except ValueError:
            continue
    return None


def unread(name: str, text: str) -> str:
    """The note for a date that could not be read."""
    return (
        f"{name} {text[:QUOTED]!r} is no ISO date (YYYY-MM-DD) and was left empty; if the whole export writes dates "
        'another way, set date_format in audit.toml, for example date_format = "MM/DD/YYYY".'
    )


def date_format(form: str, source: str) -> str:
    """A date_format of audit.toml, checked. Raises SourceDown where it is none."""
    try:
        if form and datetime.strptime(datetime(2031, 12, 28).strftime(_strptime(form)), _strptime(form)).day != 28:  # noqa: DTZ001, DTZ007
            raise ValueError(form)
    except ValueError:
        raise SourceDown(
            f'{source}: date_format {form!r} names no day. Write it like "MM/DD/YYYY" or "DD.MM.YYYY".'
        ) from None
    return form


def several(text: str) -> tuple[str, ...]:
    """The parts of a field of many values: by line where it has lines (lists of JSON), else by semicolon; each once."""
    parts = text.split("\n") if "\n" in text else text.split(";")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def addresses(text: str) -> tuple[str, ...]:
    """The e-mail addresses of a field, by semicolon, comma or space; a mailto: in front is left out; each once."""
    return tuple(dict.fromkeys(part.removeprefix("mailto:") for part in re.split(r"[;,\s]+", text) if part))


def web_address(text: str) -> str:
    """An http or https address, with its scheme where it was left out; empty for any other kind of address."""
    url = text.strip()
    if not url or any(letter.isspace() for letter in url):
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


def _strptime(form: str) -> str:
    return form if "%" in form else re.sub("|".join(TOKENS), lambda token: TOKENS[token[0]], form)


def _reader(form: str) -> Callable[[str], datetime]:
    return lambda text: datetime.strptime(text, _strptime(form))  # noqa: DTZ007  (the zone is the caller's business)
