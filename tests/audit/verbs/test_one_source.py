"""`sources NAME`: what it prints is a part of audit.toml that is accepted, and opens no door by itself."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest

from audit import config
from audit.cli import main
from audit.night.collect import closed_door
from audit.verbs.one_source import as_toml
from connectors.catalog import CONNECTORS
from connectors.contract import Access, Connector
from connectors.records import Account
from tests import conversing

EVERY = [pytest.param(connector, id=name) for name, connector in CONNECTORS.items()]
ASKING = [pytest.param(connector, id=name) for name, connector in CONNECTORS.items() if connector.service]
BESIDES = {"handles", "agency"}
"""What made platforms are asked with besides what they need."""
OTHERS = {
    "directory": '[directory]\nconnector = "hr_csv"\npath = "hr.csv"\n',
    "organization.agencies": '[organization.agencies]\nconnector = "agencies_csv"\npath = "agencies.csv"\n',
    "sources": '[sources.export]\nconnector = "accounts_csv"\npath = "accounts.csv"\n',
}
BASE = '[organization]\nname = "State of Maine"\nstate = "ME"\nmail_domains = ["maine.gov"]\n'


def table(connector: Connector) -> tuple[str, dict]:
    """Where the printed table stands, and what is in it."""
    place, found = next(iter(tomllib.loads(as_toml(connector)).items()))
    name, inner = next(iter(found.items()))
    return (f"{place}.{name}", inner) if isinstance(inner, dict) else (place, found)


@pytest.mark.parametrize("connector", EVERY)
def test_what_is_printed_may_be_pasted(connector: Connector, tmp_path: Path) -> None:
    place, _ = table(connector)
    others = [text for name, text in OTHERS.items() if not place.startswith(name) or name == "sources"]
    path = tmp_path / "audit.toml"
    path.write_text("\n".join([BASE, *others, as_toml(connector)]), encoding="utf-8")
    settings = config.load(path)
    if connector.record is Account:
        source = settings.sources[-1]
        assert source.connector is connector
        assert bool(closed_door(source, date(2026, 11, 20))) == (connector.access is Access.APPROVAL)


@pytest.mark.parametrize("connector", ASKING)
def test_what_it_needs_stands_there_and_nothing_else(connector: Connector) -> None:
    wanted = set(conversing.conversation(connector).OPTIONS) - BESIDES
    if connector.purpose is None:
        wanted.add("purpose")
    assert set(table(connector)[1]) - {"connector", "approval"} == wanted


@pytest.mark.parametrize("connector", EVERY)
def test_every_option_is_told_on_a_line(connector: Connector) -> None:
    lines = as_toml(connector).splitlines()
    for name, meaning in connector.options.items():
        assert [line for line in lines if line.removeprefix("# ").startswith(f"{name} = ") and line.endswith(meaning)]


def test_one_for_machines_and_one_that_nobody_knows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", "hibp", "--json"]) == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == ["hibp"]
    assert main(["sources", "hipb"]) == 64
    assert "Did you mean hibp?" in capsys.readouterr().err
