"""The one table that is printed: a line as soon as it is measured, and the same as Markdown or CSV."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tests.benchmarks.spent import NotMeasured, Spent

COLUMNS = {
    "size": 24, "phase": 26, "by": 34, "wall s": 9, "x reading": 9, "CPU s": 9, "x its CPU": 9, "peak MB": 8,
    "CPU s a million": 15, "MB a million": 12, "load": 11, "note": 0,
}  # fmt: skip
"""Heading and width. `x reading` is the ratio to DuckDB merely reading the same columns; "a million" is what each
further million of the size costs, against the next smaller size of the same run."""
OURS = "identity-audit"
Made = TypeVar("Made")


@dataclass
class Report:
    """The table as far as it is measured. `out`: a file that is written again with each line (.csv, else Markdown)."""

    out: Path | None = None
    lines: list[list[str]] = field(default_factory=list)
    reading: dict[str, Spent] = field(default_factory=dict)
    """What DuckDB needs to read the files of a size."""
    smaller: dict[tuple[str, str], tuple[int, Spent]] = field(default_factory=dict)

    def start(self) -> None:
        """Print the headings."""
        self._print(list(COLUMNS))

    def measure(
        self, size: str, phase: str, by: str, work: Callable[[], Spent], *, count: int = 0, reads: bool = False
    ) -> Spent | None:
        """Measure a line, print it, and keep it. What fails is a line that says so, and None.

        `count`: of what "a million" speaks; `reads`: this is what the size's other lines are compared with.
        """
        before = os.getloadavg()[0]
        try:
            found = work()
        except Exception as problem:
            self._add([size, phase, by, *[""] * 7, self._load(before), _words(problem)])
            return None
        if reads:
            self.reading[size] = found
        base = self.reading.get(size)
        figures = [f"{found.wall:.2f}", f"{found.wall / base.wall:.1f}" if base else "", f"{found.cpu:.2f}"]
        figures += [f"{found.cpu / base.cpu:.1f}" if base else "", f"{found.peak:.0f}"]
        figures += self._further(phase, by, count, found)
        self._add([size, phase, by, *figures, self._load(before), found.note])
        return found

    def prepare(self, size: str, work: Callable[[], Made]) -> Made | None:
        """Do what a measurement needs; what fails is a line that says so, and None."""
        try:
            return work()
        except Exception as problem:
            self.tell(size, "preparing", _words(problem))
            return None

    def tell(self, size: str, phase: str, note: str) -> None:
        """A line without figures."""
        self._add([size, phase, *[""] * (len(COLUMNS) - 3), note])

    def _further(self, phase: str, by: str, count: int, found: Spent) -> list[str]:
        fewer, less = self.smaller.get((phase, by), (0, found))
        self.smaller[phase, by] = (count, found)
        if not count or not fewer or count <= fewer:
            return ["", ""]
        millions = (count - fewer) / 1e6
        return [f"{(found.cpu - less.cpu) / millions:.2f}", f"{(found.peak - less.peak) / millions:.0f}"]

    @staticmethod
    def _load(before: float) -> str:
        return f"{before:.1f} {os.getloadavg()[0]:.1f}"

    def _add(self, line: list[str]) -> None:
        self.lines.append(line)
        self._print(line)
        if self.out is not None:
            self._write(self.out)

    def _print(self, line: list[str]) -> None:
        shown = zip(line, COLUMNS.values(), range(len(line)), strict=True)
        print(
            " ".join(f"{text:>{width}}" if 3 <= at <= 10 else f"{text:<{width}}" for text, width, at in shown),
            flush=True,
        )

    def _write(self, path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            if path.suffix == ".csv":
                csv.writer(file).writerows([list(COLUMNS), *self.lines])
                return
            rows = [list(COLUMNS), ["---"] * len(COLUMNS), *self.lines]
            file.writelines("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |\n" for row in rows)


def _words(problem: Exception) -> str:
    """What kept a line from being measured."""
    return str(problem) if isinstance(problem, NotMeasured) else f"failed: {type(problem).__name__}: {problem}"
