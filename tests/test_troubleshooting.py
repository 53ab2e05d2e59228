"""Each message that the page of symptoms quotes is one that the program says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.paths import ROOT

PAGE = ROOT / "audit" / "TROUBLESHOOTING.md"
GAP = "…"
FEWEST = 25
TEXT = PAGE.read_text(encoding="utf-8")
ROWS = [row for row in re.findall(r"^\| (.*) \| (.*) \| (.*) \|$", TEXT, re.MULTILINE) if row[0] != "you see"]
QUOTED = [
    quoted.replace("\\", "")
    for row in ROWS
    if row[0].startswith("`")
    for quoted in re.findall(r"`((?:[^`]|`[^`,]+`(?= ))+)`(?:, |$)", row[0])
]


@cache
def said() -> tuple[str, ...]:
    """Every text in the code, with a gap for each value that is put in."""
    files = [path for folder in ("audit", "connectors") for path in (ROOT / folder).rglob("*.py")]
    return tuple(text for path in files for text in texts(ast.parse(path.read_text(encoding="utf-8"))))


def texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else GAP for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_the_page_has_symptoms_enough() -> None:
    assert len(QUOTED) >= FEWEST
    assert len(QUOTED) == len(set(QUOTED))
    assert all(means and do for _, means, do in ROWS)


@pytest.mark.parametrize("quoted", QUOTED)
def test_each_message_is_one_of_the_program_s(quoted: str) -> None:
    pieces = [piece.strip() for piece in quoted.split(GAP) if re.search(r"\w", piece)]
    assert max(map(len, pieces)) >= 10, "too little to know the message by"
    wanted = re.compile(".*?".join(map(re.escape, pieces)), re.DOTALL)
    assert any(wanted.search(text) for text in said())
