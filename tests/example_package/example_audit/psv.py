"""Tables with a bar between their cells, in files that end in .psv."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from connectors.files.formats import Format


def table(path: Path) -> Iterator[tuple[str, list[str]]]:
    """(line, cells) of every row, the headings first."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            yield str(number), line.rstrip("\n").split("|")


FORMAT = Format("example_psv", (".psv",), table)
