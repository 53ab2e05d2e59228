"""What every connector must do: functions that say what is wrong, or assert, for our tests and a package's own.

`check_statement(CONNECTOR)` holds what it says of itself, `check_files(CONNECTOR, path)` reads an example (sound items,
nothing broken). connectors/conformance_http.py has what one that asks over HTTP must do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch

from connectors.contract import BadRow, Connector, Raw, Rejected, Source
from connectors.files import confirmed, leaving_reasons
from connectors.mail import accounts
from connectors.platforms import platform_id
from connectors.records import Agency
from connectors.sign_ins import events
from connectors.statement import connector_faults

MADE_OF_LINES: dict[object, tuple[str, ...]] = {
    accounts.parse: ("mailbox", "platform", "signals"),
    events.parse: events.COUNTED,
}
"""What is left of a log's lines, by how it is parsed: of what is read of one, nothing passes as it is."""


def check_statement(connector: Connector[Any]) -> None:
    """Assert that a connector says all of itself, and nothing that cannot be."""
    faults = connector_faults(connector)
    assert not faults, f"{connector.name}: {'; '.join(faults)}"


def check_files(connector: Connector[Any], path: Path) -> None:
    """Assert that a connector of files reads an example whole, takes up what it says, and parses purely."""
    check_what_it_takes(connector, path)
    check_parse(connector, path)


def check_what_it_takes(connector: Connector[Any], path: Path) -> None:
    """Assert that no item of an example is rejected, and that the fields taken up are those that it names; where it
    reads all those about confirmation, of these what the example has, and what they say together."""
    source = Source("sample", path.parent, {"path": path.name})
    items = list(connector.fetch(source))
    assert items, f"{path.name} holds no item"
    assert not [item for item in items if isinstance(item, Rejected)], "the example is to be without a fault"
    taken = {name for item in items if isinstance(item, Raw) for name in item.values}
    named, beside = fields_left(connector), {*confirmed.COLUMNS} - {confirmed.FIELD}
    beside = (beside if beside <= named else set()) | {leaving_reasons.FIELD}
    named -= beside.difference(*(table.where for table in source.tables.values()))
    assert taken == named


def fields_left(connector: Connector[Any]) -> set[str]:
    """The fields that an item may have: what the connector reads, or what is made of a log's lines."""
    return set(MADE_OF_LINES.get(connector.parse, connector.reads))


def check_parse(connector: Connector[Any], path: Path) -> None:
    """Assert that `parse` gives the same twice, changes nothing, reaches nothing, and says where a record is from."""
    fetched = connector.fetch(Source("sample", path.parent, {"path": path.name}))
    items = [item for item in fetched if isinstance(item, Raw)]
    before = repr(items)
    first, second = parsed_alone(connector, items), parsed_alone(connector, items)
    assert first == second
    assert repr(items) == before, "parse changes what it is given"
    for item, record in zip(items, first, strict=True):
        assert record is None or isinstance(record, connector.record)
        if record is not None and not isinstance(record, Agency):
            assert (record.provenance.source, record.provenance.where) == ("sample", item.where)
            assert record.provenance.sha256 == item.digest


def parsed_alone(connector: Connector[Any], items: list[Raw]) -> list[Any]:
    """What parse makes of items while neither files nor network can be reached."""
    platform_id("x")  # reference data is read once, on first use
    for item in items[:1]:
        connector.parse(item)
    with (
        patch("builtins.open", _forbidden),
        patch.object(Path, "open", _forbidden),
        patch("socket.socket", _forbidden),
    ):
        return [connector.parse(item) for item in items]


def check_empty_values(connector: Connector[Any]) -> None:
    """Assert that an item of which nothing is known is a bad row with a reason."""
    try:
        connector.parse(Raw({}, "sample", "sample.csv:2", "0" * 64))
    except BadRow as fault:
        reason = str(fault)
    else:
        raise AssertionError("an item without values is to raise BadRow")
    assert reason, "a bad row has a reason"


def _forbidden(*_: object, **__: object) -> NoReturn:
    raise AssertionError("parse reached outside")
