"""Days of HR that lie where no day of an employment can lie, and are typing errors as a rule. Pure."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from audit.model.night import Problem
from connectors.records import Person, Status

HIRED_AHEAD = timedelta(days=2 * 366)
"""So far ahead at most somebody is hired."""
LASTING = timedelta(days=60 * 366)
"""So long at most an employment lasts; an end beyond it, in several rows, is a system's word for none (9999-12-31)."""


class DaysAhead:
    """The rows of one pull whose days are too far ahead, kind by kind: how many, and where the first stands."""

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self.started: list[str] = []
        self.left: list[str] = []
        self.ends: Counter[date] = Counter()
        self.where: dict[date, str] = {}

    def see(self, person: Person) -> None:
        """Take one more row into account."""
        end, where = person.end_on, person.provenance.where
        if person.start_on is not None and person.start_on - self.as_of > HIRED_AHEAD:
            self.started.append(f"{where}: {person.start_on}")
        if end is None or end <= self.as_of:
            return
        far = end - self.as_of > LASTING
        if person.status is Status.TERMINATED and not (far and _is_round(end)):
            self.left.append(f"{where}: {end}")
        elif far:
            self.ends[end] += 1
            self.where[end] = where

    def problems(self) -> list[Problem]:
        """A sentence for each kind of which there are rows."""
        alone = [f"{where}: {end}" for end, where in self.where.items() if self.ends[end] == 1 and not _is_round(end)]
        return [
            Problem("directory", found[0].rpartition(": ")[0], f"{said} {_rows(found)}. {to_do}")
            for found, said, to_do in (
                (self.started, "start_date lies years ahead, so these people count as not yet hired", WRONG),
                (
                    self.left,
                    "status says that somebody has left, and end_date is still to come: they count as left",
                    BOTH,
                ),
                (alone, "end_date lies so far ahead that it counts as no end", WRONG),
            )
            if found
        ]


WRONG = "If the year is mistyped, correct it in HR."
BOTH = "Correct one of the two in HR."
SHOWN = 5
"""Days that are named one by one."""


def _is_round(end: date) -> bool:
    """Whether a day is the first or the last of a year, as systems write that there is no end."""
    return (end.month, end.day) in {(1, 1), (12, 31)}


def _rows(found: list[str]) -> str:
    shown = ", ".join(one.rpartition(": ")[2] for one in found[:SHOWN])
    return f"({len(found):,} row{'s' * (len(found) > 1)}: {shown}{' …' * (len(found) > SHOWN)})"
