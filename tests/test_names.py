"""One name, one meaning: who searches for a class or a function finds the one that is meant."""

from __future__ import annotations

import ast
from collections import defaultdict

from tests.paths import ROOT

MAY_REPEAT = {"fetch", "parse", "keys", "requests", "load"}
"""The verbs that every connector has, and `load`: of a configuration, and of a night for notebooks."""


def test_no_class_or_function_has_the_name_of_another() -> None:
    places = defaultdict(set)
    for path in (path for folder in ("audit", "connectors") for path in (ROOT / folder).rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                places[node.name].add(path.relative_to(ROOT).as_posix())
    assert len(places) > 500
    assert {name: found for name, found in places.items() if len(found) > 1 and name not in MAY_REPEAT} == {}
