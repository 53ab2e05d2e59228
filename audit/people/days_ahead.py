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


WRONG_YEAR = "If the year is mistyped, correct it in HR."
ONE = "Correct one of the two in HR."
SHOWN = 5
"""Days that are named one by one."""


class DaysAhead:
    """The rows of one pull whose days are too far ahead, kind by kind: where each stands, and its day."""

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self.started: list[tuple[str, date]] = []
        self.left: list[tuple[str, date]] = []
        self.far: Counter[date] = Counter()
        self.where: dict[date, str] = {}

    def see(self, person: Person) -> None:
        """Take one more row into account."""
        end, where = person.end_on, person.provenance.where
        if person.start_on is not None and person.start_on - self.as_of > HIRED_AHEAD:
            self.started.append((where, person.start_on))
        if end is None or end <= self.as_of:
            return
        far = end - self.as_of > LASTING
        if person.status is Status.TERMINATED and not (far and _is_round(end)):
            self.left.append((where, end))
        elif far and not _is_round(end):
            self.far[end] += 1
            self.where[end] = where

    def problems(self) -> list[Problem]:
        """A sentence for each kind of which there are rows."""
        alone = [(self.where[end], end) for end, rows in self.far.items() if rows == 1]
        kinds = (
            (self.started, "start_date lies years ahead, so these people count as not yet hired", WRONG_YEAR),
            (self.left, "status says that somebody has left, and end_date is still to come: they count as left", ONE),
            (alone, "end_date lies so far ahead that it counts as no end", WRONG_YEAR),
        )
        told = ((found, f"{said} {_rows(found)}. {to_do}") for found, said, to_do in kinds if found)
        return [Problem("directory", found[0][0], reason) for found, reason in told]


def _is_round(end: date) -> bool:
    """Whether a day is the first or the last of a year, as systems write that there is no end."""
    return (end.month, end.day) in {(1, 1), (12, 31)}


def _rows(found: list[tuple[str, date]]) -> str:
    shown = ", ".join(str(day) for _, day in found[:SHOWN])
    return f"({len(found):,} row{'s' * (len(found) > 1)}: {shown}{' …' * (len(found) > SHOWN)})"
