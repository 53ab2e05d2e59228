"""Tables of cases, one a line: the id of a case is the line where it stands, so that a failing one can be opened."""

from pathlib import Path
from typing import Any

import pytest


def case_lines(path: Path) -> list[Any]:
    """Every line of a table but its comments, as one parameter called "strangers.txt:17"."""
    lines = path.read_text(encoding="utf-8").split("\n")
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line and not line.startswith("#")]
    return [pytest.param(line, id=f"{path.name}:{number}") for number, line in numbered]
