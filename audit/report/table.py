"""A table as its columns: for each its heading and width, and what of a value stands in it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from audit.model.sheet import Column, Kind, Row, Table, Value

T = TypeVar("T")

Shown = tuple[Column, Callable[[T], Value]]
"""One column, and the function that gives its cell."""


def make_table(
    name: str,
    columns: Sequence[Shown[T]],
    values: Iterable[T],
    nothing: str = "nothing tonight",
    quiet: frozenset[str] = frozenset(),
    most_lines: int = 0,
    dense: bool = False,
) -> Table:
    """The table with a row for each value; the rest as Table has it. `values` may be gone over again."""
    cells = tuple(cell for _, cell in columns)
    rows = Rows(lambda value: tuple(cell(value) for cell in cells), values)
    return Table(name, tuple(column for column, _ in columns), rows, nothing, quiet, most_lines, dense)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows made one at a time, as often as they are asked for: 100,000 findings never stand in memory as rows."""

    of: Callable[[Any], Row]
    items: Iterable[Any]

    def __iter__(self) -> Iterator[Row]:
        return map(self.of, self.items)


def count(heading: str) -> Column:
    """A narrow column of numbers."""
    return Column(heading, 12, Kind.NUMBER)
