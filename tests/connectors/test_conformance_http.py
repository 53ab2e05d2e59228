"""What every connector that asks over HTTP must do, shown on its made platform (conversations/<name>.py).

The checks are those of connectors/conformance_http.py, which packages run, too. A new connector is found here by
itself, and fails until it has its platform; `pytest -v` lists connectors and checks.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from connectors import graph_hunting, graph_trace
from connectors.catalog import CONNECTORS
from connectors.conformance_http import (
    AGAIN,
    BODIES,
    CHECKS,
    Conversation,
    check_a_fault_that_passes,
    check_a_null_costs_itself_alone,
    check_another_shape,
    check_faults_that_pass,
    check_other_shapes,
)
from connectors.contract import Connector
from tests.conversing import conversation, made

LIVE = [pytest.param(connector, id=name) for name, connector in CONNECTORS.items() if connector.service is not None]
LONGEST_FILE = 250
APART = (check_faults_that_pass, check_other_shapes, check_a_null_costs_itself_alone)
WHOLE = [check for check in CHECKS if check not in APART]
"""The checks that are one test each for every source."""
SENDER = "security-noreply@linkedin.com"
"""The one whose mails the made trace holds."""
ONE_FOR_ALL = ("atproto_pds", "wordpress_site")
"""Sources that still stop for one item of another shape."""
Held = Callable[[Connector], Conversation]


@pytest.fixture(scope="module", autouse=True)
def three_senders_of_a_fortnight() -> Iterator[None]:
    """What the two logs of Microsoft Graph are asked for here: the faults are the same at the first request and at the
    fifteen-hundredth. That every sender and every day is asked for is in tests/connectors/test_graph_*.py."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph_trace, "packaged_senders", lambda signals: [*signals.asked()[:2], SENDER])
        for module in (graph_trace, graph_hunting):
            patch.setattr(module, "REACH", timedelta(days=14))
        yield


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """The conversation of each connector, held calmly once."""

    @cache
    def of(name: str) -> Conversation:
        return Conversation(CONNECTORS[name], made(CONNECTORS[name]), tmp_path_factory.mktemp(name))

    return lambda connector: of(connector.name)


def test_the_files_stay_small() -> None:
    """Run with -rP or -s to see the list."""
    lines = {
        name: len(inspect.getsource(module).splitlines())
        for name, connector in CONNECTORS.items()
        if (module := inspect.getmodule(connector.fetch))
    }
    for name, length in sorted(lines.items(), key=lambda pair: pair[1]):
        print(f"{length:4} lines  {CONNECTORS[name].access:13}  {name}")  # noqa: T201
    assert {name: length for name, length in lines.items() if length > LONGEST_FILE} == {}


@pytest.mark.parametrize("connector", LIVE)
def test_it_asks_and_is_answered_as_described(connector: Connector, held: Held, shared: Path) -> None:
    platform = held(connector).calm.platform
    for request, (status, headers, body) in zip(platform.asked, platform.said, strict=True):
        conversation(connector).described(shared, request, status, headers, body)


@pytest.mark.parametrize("check", WHOLE, ids=lambda check: check.__name__)
@pytest.mark.parametrize("connector", LIVE)
def test_it_stands(connector: Connector, check: Callable[[Conversation], None], held: Held) -> None:
    check(held(connector))


@pytest.mark.parametrize("fault", AGAIN)
@pytest.mark.parametrize("connector", LIVE)
def test_a_fault_that_passes_changes_nothing(connector: Connector, fault: str, held: Held) -> None:
    check_a_fault_that_passes(held(connector), fault)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("connector", LIVE)
def test_a_reply_of_another_shape_is_never_taken_for_an_answer(connector: Connector, body: str, held: Held) -> None:
    check_another_shape(held(connector), body)


@pytest.mark.parametrize("connector", [one for one in LIVE if one.id not in ONE_FOR_ALL])
def test_an_item_that_is_null_costs_itself_alone(connector: Connector, held: Held) -> None:
    check_a_null_costs_itself_alone(held(connector))
