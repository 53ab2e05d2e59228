"""What the program runs on, of others: declared, pinned, of a known licence, bounded where private names are used."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions, version
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.paths import ROOT

PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "PSF-2.0",
    "Unlicense", "Zlib",
}  # fmt: skip
USED_UNCHANGED = {"certifi": "MPL-2.0", "ldap3": "LGPL-3.0-or-later"}
"""What may be used as a library, as it is; README.md says so."""
COME_WITH = {"grpc": "pyspark", "py4j": "pyspark"}
"""Packages that others bring along, for faults that these let through."""
OF_TUPLES = {"_replace", "_asdict", "_fields", "_make"}
"""Names of named tuples that are documented."""
OWN_SELF = ("self", "cls", "super()")
MODULES = sorted(path for folder in ("audit", "connectors") for path in (ROOT / folder).rglob("*.py"))


def loaded(name: str) -> ModuleType:
    """A program of .ci, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SBOM = loaded("check_sbom")


def declared(*extras: str) -> dict[str, Requirement]:
    """What pyproject.toml asks for, by name; with what these extras add."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for one in extras for line in project["optional-dependencies"][one])]
    return {canonicalize_name(one.name): one for one in map(Requirement, lines)}


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(package, whole dotted name) of each import of others' code."""
    for node in ast.walk(tree):
        names = [one.name for one in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{name}" for name in names]
        for name in names:
            top = name.partition(".")[0]
            if top not in {*sys.stdlib_module_names, "audit", "connectors", "identity_audit_reference"}:
                yield top, name


def private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in OF_TUPLES


def private_uses(tree: ast.AST, names: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(package, what) of each private name of others' code that a module uses; `names` are those of the module.

    A private attribute that is not an object's own counts for every package that the module imports: nobody can tell
    whose it is. In a class that is built on somebody else's, each private name that this one has as well counts.
    """
    tops = {top for top, _ in imported(tree)}
    for top, name in imported(tree):
        if any(map(private, name.split("."))):
            yield top, name
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and private(node.attr) and ast.unparse(node.value) not in OWN_SELF:
            yield from ((top, node.attr) for top in tops)
        if isinstance(node, ast.ClassDef):
            for base in (found for one in node.bases if (found := based_on(one, names))):
                yield from ((base.__module__.partition(".")[0], one) for one in taken(node) if has(base, one))


def based_on(node: ast.expr, names: dict[str, Any]) -> type | None:
    """Somebody else's class, where a base is one."""
    try:
        base = eval(ast.unparse(node), dict(names))
    except NameError:
        return None  # of a class in a function: no class of others' goes by such a name
    ours = {*sys.stdlib_module_names, "audit", "connectors", "builtins"}
    return base if isinstance(base, type) and base.__module__.partition(".")[0] not in ours else None


def taken(node: ast.ClassDef) -> set[str]:
    """The private names that a class defines or uses of itself."""
    defined = {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
    used = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    return {name for name in defined | used if private(name)}


def has(base: type, name: str) -> bool:
    """Whether a class has a name, or gives it to its objects."""
    return hasattr(base, name) or any(
        re.search(rf"\bself\.{name}\b", inspect.getsource(one))
        for one in base.__mro__
        if one.__module__ not in sys.builtin_module_names
    )


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_what_is_imported_is_declared() -> None:
    whose, known = packages_distributions(), declared("conformance", "notebooks", "spark")
    missing = {
        (dotted(path), top)
        for path in MODULES
        for top, _ in imported(parsed(path))
        if not {COME_WITH.get(top, canonicalize_name(one)) for one in whose.get(top, [top])} & known.keys()
    }
    assert not missing


def test_whose_private_names_are_used_has_an_upper_bound() -> None:
    whose, known = packages_distributions(), declared()
    found = {(top, dotted(path)) for path in MODULES for top, _ in private_uses(parsed(path), named(path))}
    assert {top for top, _ in found} >= {"openpyxl", "urllib3"}, "the search finds what is known to be there"
    for top, module in found:
        (name,) = {canonicalize_name(one) for one in whose[top]}
        assert any(one.operator in ("<", "<=", "==", "~=") for one in known[name].specifier), f"{name}, in {module}"


def named(path: Path) -> dict[str, Any]:
    """The names of a module; where no class is built on another nobody asks for them."""
    based = re.search(r"^ *class \w+\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    return vars(importlib.import_module(dotted(path))) if based else {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from openpyxl.worksheet._writer import A", True),
        ("from openpyxl import _private", True),
        ("import openpyxl._parts", True),
        ("import openpyxl\nopenpyxl.x._y = 1", True),
        ("import openpyxl\nclass A(openpyxl.Workbook):\n    def _add_sheet(self): ...", True),
        ("import openpyxl\nclass A(openpyxl.Workbook):\n    def f(self): return self._sheets", True),
        ("import openpyxl\nclass A(openpyxl.Workbook):\n    def _ours(self): return self._ours()", False),
        ("import openpyxl\nopenpyxl.x.y(a._replace(b=1)).__doc__", False),
        ("import openpyxl\nclass A:\n    def _sheets(self): return self._sheets", False),
        ("a._b", False),
    ],
)
def test_a_private_name_is_found(text: str, found: bool) -> None:
    names: dict[str, Any] = {}
    exec("import openpyxl", names)
    assert {top for top, _ in private_uses(ast.parse(text), names)} == ({"openpyxl"} if found else set())


def test_every_package_has_a_licence_that_somebody_read() -> None:
    rows, installed = SBOM.licences(), SBOM.by_name()
    assert not SBOM.needed(installed, SBOM.SYSTEMS) - rows.keys()
    said = {name: SBOM.said_licence(installed[name]) for name in rows if name in installed}
    assert said == {name: rows[name]["as_said"] for name in said}
    for name, row in rows.items():
        parts = set(re.split(r" (?:AND|OR) ", row["licence"]))
        assert parts <= PERMISSIVE or row["licence"] == USED_UNCHANGED.get(name), name


def test_every_package_is_pinned() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {canonicalize_name(one.partition("==")[0]) for one in lines if "==" in one}
    assert set(SBOM.licences()) - {"tzdata"} <= pinned


def made_sbom() -> dict[str, Any]:
    installed = SBOM.by_name()
    parts = [{"name": name, "version": installed[name].version} for name in SBOM.needed(installed)]
    return {"metadata": {"component": {"name": SBOM.OURS, "version": version(SBOM.OURS)}}, "components": parts}


def test_a_list_of_parts_is_held_against_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    installed, whole = SBOM.by_name(), made_sbom()
    assert not list(SBOM.faults(whole, installed))
    parts = {one["name"]: one for one in whole["components"]}
    without = {**whole, "components": [one for name, one in parts.items() if name != "duckdb"]}
    assert list(SBOM.faults(without, installed)) == ["duckdb is needed, and not in it."]
    more = {**whole, "components": [*parts.values(), {"name": "pip", "version": "26.0"}]}
    assert list(SBOM.faults(more, installed)) == ["pip is in it, and not needed."]
    other = {**whole, "components": [*parts.values(), {"name": "duckdb", "version": "0.1"}]}
    assert list(SBOM.faults(other, installed)) == [f"duckdb is {version('duckdb')}, in it 0.1."]
    about = {**whole, "metadata": {}}
    assert list(SBOM.faults(about, installed)) == [f"it is not about identity-audit {version('identity-audit')}."]
    monkeypatch.setattr(
        SBOM,
        "licences",
        lambda: {
            **{name: {"as_said": SBOM.said_licence(installed[name])} for name in parts},
            "duckdb": {"as_said": "Other"},
        },
    )
    assert ["“MIT License”" in one for one in SBOM.faults(whole, installed)] == [True]


ANSWERED = {"name": "duckdb", "version": "2.0.0", "vulns": []}
KNOWN = {"id": "PYSEC-1", "aliases": ["CVE-2026-1"], "fix_versions": ["2.0.1"], "description": "…"}
BAD = {**ANSWERED, "vulns": [KNOWN]}
SKIPPED = {"name": "rich", "skip_reason": "Dependency not found: rich (15.0.0)"}
OWN = {"name": "identity-audit", "skip_reason": "Dependency not found: identity-audit (0.1.0)"}


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ([ANSWERED], 0, ["1 packages were asked about, and none"]),
        ([ANSWERED, OWN], 0, ["1 packages were asked about, and none"]),
        ([BAD], 1, ["VULNERABLE  duckdb 2.0.0: PYSEC-1, CVE-2026-1; mended in 2.0.1"]),
        ([ANSWERED, SKIPPED], 3, ["NOT ASKED   Dependency not found: rich (15.0.0)", "1 packages were asked"]),
        ([BAD, SKIPPED], 1, ["VULNERABLE  duckdb", "NOT ASKED   Dependency not found: rich"]),
        ([SKIPPED] * 12, 3, ["NOT ASKED   2 more", "0 packages were asked"]),
        ([], 3, ["0 packages were asked"]),
        (None, 3, ["constraints.txt: ConnectionError: no such host"]),
    ],
)
def test_silence_of_the_advisory_service_is_never_called_clean(
    tmp_path: Path, answer: Any, code: int, said: list[str]
) -> None:
    fails = "sys.exit('Traceback\\nConnectionError: no such host')"
    prints = f"print({json.dumps({'dependencies': answer, 'fixes': []})!r}); sys.exit({int(code == 1)})"
    (tmp_path / "pip_audit.py").write_text(f"import sys\n{fails if answer is None else prints}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, ROOT / ".ci" / "audit_dependencies.py"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert all(one in done.stdout for one in said), done.stdout
    assert ("none is known" in done.stdout) == (code == 0)
