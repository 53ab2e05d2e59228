"""The ledger's table of seats: the accounts for work that the last judged night saw. It does not grow with nights."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from audit.ledger.codec import insertion, row_of, rows_of, value_in
from audit.model.seats import Seat

SEATS_TABLE = """
CREATE TABLE IF NOT EXISTS seats (
    position INTEGER PRIMARY KEY, run_id TEXT NOT NULL, systems TEXT NOT NULL, platform TEXT NOT NULL,
    account_id TEXT NOT NULL, handle TEXT NOT NULL, url TEXT NOT NULL, address TEXT NOT NULL,
    agency_code TEXT NOT NULL, employee_id TEXT NOT NULL, employee_name TEXT NOT NULL, holder TEXT NOT NULL,
    shown_on TEXT, outlet INTEGER NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class SeatStore:
    """Who has an account for work on the organization's own systems: `ledger.seats`."""

    connection: sqlite3.Connection

    def record(self, run_id: str, seats: Iterable[Seat]) -> None:
        """Put tonight's seats in the place of those of the night before; part of the caller's transaction."""
        self.connection.execute("DELETE FROM seats")
        for place, seat in enumerate(seats):
            row = {"position": place, "run_id": run_id, **row_of(seat)}
            self.connection.execute(insertion("seats", row), row)

    def seats(self, run_id: str) -> tuple[Seat, ...]:
        """The seats that a run saw; none where a later run has been judged."""
        rows = rows_of(self.connection.execute("SELECT * FROM seats WHERE run_id = ? ORDER BY position", (run_id,)))
        return tuple(value_in(Seat, {**row, "systems": json.loads(row["systems"])}) for row in rows)
