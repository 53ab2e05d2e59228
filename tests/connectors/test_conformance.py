"""What every connector in the catalogue must do. A new one is found here by itself."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import connectors
from connectors.catalog import CONNECTORS
from connectors.conformance import check_empty_values, check_parse, check_statement, check_what_it_takes
from connectors.contract import OWN_TABLE, Connector, Item, Rejected, Source, SourceDown

PAYLOADS = Path(__file__).with_name("payloads")
EVERY = [pytest.param(connector, id=name) for name, connector in CONNECTORS.items()]
FILES = [pytest.param(connector, id=name) for name, connector in CONNECTORS.items() if "path" in connector.options]
TABLES = [pytest.param(connector, id=name) for name, connector in CONNECTORS.items() if name.endswith("_csv")]
"""One record a row, by way of connectors.files."""


def payload(connector: Connector) -> Path:
    """The connector's example, one file with at least one sound item and nothing broken."""
    found = sorted(PAYLOADS.glob(f"{connector.name}.*"))
    if not found:
        pytest.fail(f"add an example of what {connector.name} reads: tests/connectors/payloads/{connector.name}.csv")
    return found[0]


def read(connector: Connector, folder: Path, text: str) -> list[Item]:
    (folder / "sample.csv").write_text(text, encoding="utf-8")
    return list(connector.fetch(Source("sample", folder, {"path": "sample.csv"})))


def test_every_connector_module_is_in_the_catalogue() -> None:
    names = [found.name for found in pkgutil.iter_modules(connectors.__path__)]
    modules = [importlib.import_module(f"connectors.{name}") for name in names]
    declared = {module.CONNECTOR.name: module.CONNECTOR for module in modules if hasattr(module, "CONNECTOR")}
    assert declared == CONNECTORS


@pytest.mark.parametrize("connector", EVERY)
def test_it_says_what_it_is(connector: Connector) -> None:
    module = inspect.getmodule(connector.fetch)
    assert module is not None
    assert module.__name__ == f"connectors.{connector.name}"
    assert all(inspect.getdoc(thing) for thing in (module, connector.fetch, connector.parse))
    check_statement(connector)


@pytest.mark.parametrize("connector", EVERY)
def test_it_says_which_interface_it_speaks_and_until_when_that_is_known(connector: Connector) -> None:
    known = connector.interface
    if connector.name.endswith("_csv"):
        assert known == OWN_TABLE
        return
    assert known.read_on is not None, "say when its description was read (Interface.read_on)"
    assert known.good_until is not None


@pytest.mark.parametrize("connector", EVERY)
def test_the_options_that_it_reads_are_its_own(connector: Connector) -> None:
    tree = ast.parse(inspect.getsource(importlib.import_module(f"connectors.{connector.name}")))
    reads = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and ast.unparse(node.func.value).endswith("options")
        and isinstance(node.args[0], ast.Constant)
    }
    assert reads <= set(connector.options)


@pytest.mark.parametrize("connector", EVERY)
def test_it_imports_no_sibling(connector: Connector) -> None:
    tree = ast.parse(inspect.getsource(importlib.import_module(f"connectors.{connector.name}")))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported = {alias.name for node in imports if node.module == "connectors" for alias in node.names}
    imported |= {node.module.removeprefix("connectors.") for node in imports if node.module}
    assert not imported & set(CONNECTORS)


@pytest.mark.parametrize("connector", FILES)
def test_its_payload_is_read_whole_and_taken_up_as_it_says(connector: Connector) -> None:
    check_what_it_takes(connector, payload(connector))


@pytest.mark.parametrize("connector", FILES)
def test_parse_is_pure_and_keeps_its_provenance(connector: Connector) -> None:
    check_parse(connector, payload(connector))


@pytest.mark.parametrize("connector", TABLES)
def test_an_empty_row_of_values_is_a_bad_row_with_a_reason(connector: Connector) -> None:
    check_empty_values(connector)


@pytest.mark.parametrize("connector", TABLES)
def test_broken_rows_are_rejected_and_good_ones_kept(connector: Connector, tmp_path: Path) -> None:
    head, *_, row = payload(connector).read_text(encoding="utf-8").splitlines()
    items = read(connector, tmp_path, f'{head}\nshort\n{row}\n{row},"more"\n\n{row}\n')
    assert [(type(item).__name__, getattr(item, "where", "")) for item in items] == [
        ("Rejected", "sample.csv:2"),
        ("Raw", "sample.csv:3"),
        ("Rejected", "sample.csv:4"),
        ("Raw", "sample.csv:6"),
    ]
    assert all(item.reason for item in items if isinstance(item, Rejected))


@pytest.mark.parametrize("connector", TABLES)
def test_what_is_missing_is_a_sentence_with_the_file_s_name(connector: Connector, tmp_path: Path) -> None:
    with pytest.raises(SourceDown, match=r"there is no file .*none\.csv"):
        list(connector.fetch(Source("sample", tmp_path, {"path": "none.csv"})))
    with pytest.raises(SourceDown, match=r"sample\.csv: no column is headed"):
        read(connector, tmp_path, "colour,size\nred,9\n")
