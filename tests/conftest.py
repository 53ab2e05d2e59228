import gc
import os
import signal
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.paths import SHARED
from tests.states import State, small_state

collect_ignore = ["example_package"]
"""A package of its own: tests/audit/test_extensions.py installs it and runs its tests."""
LONG = ("tests/test_casebook.py", "tests/endurance/", "tests/test_truth.py", "tests/test_wheel.py")
"""What takes minutes, as far as it is one piece."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """One worker more than there are cores: each waits a part of its time, for the disk, a program, a server."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:  # somebody says how many
        return None
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes comes first: else one worker ends with it when the others have nothing left to do."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without looking for garbage, and never look through what was collected again: half a million objects
    that stay until the end, which cost every worker a tenth of its time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_unconfigure() -> None:
    """What was kept from the collector is garbage now; native modules complain of what is left."""
    gc.unfreeze()


@pytest.fixture
def state(tmp_path: Path) -> State:
    return small_state(tmp_path)


@pytest.fixture
def shared() -> Path:
    """The folder with the labelled examples and the bad inputs; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not there: set IDENTITY_AUDIT_SHARED to the folder with the shared examples")
    return SHARED


@pytest.fixture
def heeded(number: signal.Signals) -> Iterator[None]:
    """The signal `number` as a process in the foreground has it: one in the background is started to ignore SIGINT."""
    before = signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    yield
    signal.signal(number, before)
