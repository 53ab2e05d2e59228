"""What is remembered of a healthy night, so that the next can be held against it: columns, and who was listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Columns:
    """What one pull held: for each table, by place, field → heading; how many of `rows` records had each field, and
    were of each platform (`platforms`; empty where rows without a tie were left out unread); `tied`: of those kept.
    `files`: the exports read so far, each as its digest and the last day it was read, the newest last; `since`: the day
    on which the last of them was read first (ISO 8601)."""

    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rows: int = 0
    filled: Mapping[str, int] = field(default_factory=dict)
    platforms: Mapping[str, int] = field(default_factory=dict)
    tied: Mapping[str, int] = field(default_factory=dict)
    files: tuple[tuple[str, str], ...] = ()
    since: str = ""


class SeenAgain(NamedTuple):
    """Accounts of one platform that a source shows again: how many as seen a day or more `earlier` than before, how
    many as seen `later`; the newest of these times tonight and before (ISO). Only times that the source says count."""

    platform: str
    earlier: int
    later: int
    newest: str
    newest_before: str


class Remembered(NamedTuple):
    """An employee as the ledger remembers one from night to night: digests of id, bare id (no zeros) and mailbox."""

    employee_id: str
    bare: str
    mailbox: str
