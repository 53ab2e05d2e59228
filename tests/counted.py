"""What a night does how often, counted: this does not depend on the machine, as times do."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from audit import ledger
from audit.cases import kept
from connectors import accounts_csv
from connectors.catalog import CONNECTORS


@dataclass
class Counts:
    """How often profiles were read (by handle), rows became accounts, and statements were sent to SQLite."""

    readings: list[str] = field(default_factory=list)
    parsed: int = 0
    statements: int = 0

    def taken(self) -> Counts:
        """The counts since the last time."""
        counts = replace(self)
        self.readings, self.parsed, self.statements = [], 0, 0
        return counts


def counting(monkeypatch: pytest.MonkeyPatch) -> Counts:
    """Counts that grow from now on."""
    counts = Counts()
    read_both, parse, opened = vars(kept)["read_both"], accounts_csv.CONNECTOR.parse, vars(ledger)["_opened"]

    def reading(*words: Any) -> Any:
        counts.readings.append(words[0])
        return read_both(*words)

    def parsing(raw: Any) -> Any:
        counts.parsed += 1
        return parse(raw)

    def stated(_: str) -> None:
        counts.statements += 1

    def opening(path: Path) -> sqlite3.Connection:
        connection: sqlite3.Connection = opened(path)
        connection.set_trace_callback(stated)
        return connection

    monkeypatch.setattr(kept, "read_both", reading)
    monkeypatch.setitem(CONNECTORS, "accounts_csv", replace(accounts_csv.CONNECTOR, parse=parsing))
    monkeypatch.setattr(ledger, "_opened", opening)
    return counts
