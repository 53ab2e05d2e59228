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
from connectors.contract import OWN_TABLE, REVIEW, Access, BadRow, Connector, Item, Raw, Rejected, Source, SourceDown
from connectors.mail import accounts
from connectors.platforms import platform_id
from connectors.records import Account, Agency, Exemption, OfficialAccount, Person
from connectors.sign_ins import events

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
    assert connector.summary
    assert "\n" not in connector.summary
    assert connector.reads, "name what it takes up of an item (Connector.reads)"
    assert isinstance(connector.access, Access)
    assert connector.record in {Person, Account, Agency, OfficialAccount, Exemption}


@pytest.mark.parametrize("connector", EVERY)
def test_it_says_which_interface_it_speaks_and_until_when_that_is_known(connector: Connector) -> None:
    known = connector.interface
    assert known.version
    assert "\n" not in known.version
    if connector.name.endswith("_csv"):
        assert known == OWN_TABLE
        return
    assert known.read_on is not None, "say when its description was read (Interface.read_on)"
    assert known.source.startswith("https://"), "say where its description is (Interface.source)"
    assert known.ends_on is None or known.ends_on > known.read_on
    assert known.good_until == known.ends_on or known.good_until == known.read_on + REVIEW


@pytest.mark.parametrize("connector", EVERY)
def test_its_options_are_explained_and_are_the_ones_it_reads(connector: Connector) -> None:
    assert all(key.isidentifier() and line and "\n" not in line for key, line in connector.options.items())
    assert set(connector.needs) <= connector.options.keys()
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
def test_its_payload_is_read_without_a_fault(connector: Connector) -> None:
    path = payload(connector)
    items = list(connector.fetch(Source("sample", path.parent, {"path": path.name})))
    assert items
    assert not [item for item in items if isinstance(item, Rejected)]


@pytest.mark.parametrize("connector", FILES)
def test_it_takes_up_what_it_says_and_nothing_else(connector: Connector) -> None:
    path = payload(connector)
    # of what is read of a log's line, nothing passes as it is
    lines, counted = {"mailbox", "platform", "signals"}, set(events.COUNTED)
    made_of_lines: dict[object, set[str]] = {accounts.parse: lines, events.parse: counted}
    items = connector.fetch(Source("sample", path.parent, {"path": path.name}))
    taken = {name for item in items if isinstance(item, Raw) for name in item.values}
    assert taken == made_of_lines.get(connector.parse, set(connector.reads))


@pytest.mark.parametrize("connector", FILES)
def test_parse_is_pure_and_keeps_its_provenance(connector: Connector, monkeypatch: pytest.MonkeyPatch) -> None:
    path = payload(connector)
    items = [
        item for item in connector.fetch(Source("sample", path.parent, {"path": path.name})) if isinstance(item, Raw)
    ]
    before = repr(items)
    platform_id("x")  # reference data is read once, on first use
    monkeypatch.setattr("builtins.open", _forbidden)
    monkeypatch.setattr(Path, "open", _forbidden)
    monkeypatch.setattr("socket.socket", _forbidden)
    first, second = [connector.parse(item) for item in items], [connector.parse(item) for item in items]
    monkeypatch.undo()
    assert first == second
    assert repr(items) == before
    for item, record in zip(items, first, strict=True):
        assert record is None or isinstance(record, connector.record)
        if record is not None and not isinstance(record, Agency):
            assert (record.provenance.source, record.provenance.where) == ("sample", item.where)
            assert record.provenance.sha256 == item.digest


@pytest.mark.parametrize("connector", TABLES)
def test_an_empty_row_of_values_is_a_bad_row_with_a_reason(connector: Connector) -> None:
    with pytest.raises(BadRow, match=r"\w+"):
        connector.parse(Raw({}, "sample", "sample.csv:2", "0" * 64))


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


def _forbidden(*_: object, **__: object) -> None:
    raise AssertionError("parse reached outside")
