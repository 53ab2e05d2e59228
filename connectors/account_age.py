"""When an account was opened, as an interface tells it: a time that is none, or cannot be, is unknown and told. Pure.

An account that is older than somebody's employment is no tie to that person: the time that a program writes where it
has none ("1970-01-01") would say so of everybody, and one left out without a word would never.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypedDict

from connectors.contract import AHEAD, Raw
from connectors.files.fields import QUOTED, moment

FIRST = datetime(1994, 1, 1, tzinfo=UTC)
"""When the first service opened on which people have accounts and pages of their own."""
ADVICE = "so nobody can tell how old the account is, and it is a lead at most. Ask the platform's operator."


class AccountAge(TypedDict):
    """The fields of an Account that tell when it was opened."""

    created_at: datetime | None
    unread: tuple[str, ...]
    notes: tuple[str, ...]


def time_opened(raw: Raw, written: str | datetime | None) -> AccountAge:
    """The account's own time (ISO 8601, or aware UTC) as fields of the Account; nothing where the item tells none."""
    if not written:
        return AccountAge(created_at=None, unread=(), notes=())
    found = moment(written) if isinstance(written, str) else written
    fault = why_impossible(found, raw.observed_at) if found else "is no time that can be read"
    if not fault:
        return AccountAge(created_at=found, unread=(), notes=())
    note = f"created_at {str(written)[:QUOTED]!r} {fault}, {ADVICE}"
    return AccountAge(created_at=None, unread=("created_at",), notes=(note,))


def why_impossible(found: datetime, day: datetime | None) -> str:
    """What is wrong with the time of an account, as the rest of a sentence; empty where it may be. `day` is the one
    that is judged; another one is left to time zones."""
    if found < FIRST:
        return "lies before there were such accounts, as programs write where they have no day"
    return "lies after the day that is judged" if day and found - day > AHEAD else ""
