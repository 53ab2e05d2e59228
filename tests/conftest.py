import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import SHARED
from tests.states import State, person

collect_ignore = ["example_package"]
"""A package of its own: tests/audit/test_extensions.py installs it and runs its tests."""


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(
        tmp_path,
        people=[
            person("00017", "Ada", "Thibodeau"),
            person("00018", "Lee", "Ouellette", agency_code="16-222", title="Trooper"),
            person("00019", "Remy", "Cyr", status="terminated", end_date="2025-01-31"),
            person("00020", "Noor", "Haddad", other_emails="n.haddad@maine.gov;noor@example.org", status="leave"),
        ],
        agencies=[
            {"agency_code": "17", "name": "Department of Transportation", "acronyms": "MaineDOT;DOT"},
            {"agency_code": "16", "name": "Department of Public Safety", "acronyms": "DPS"},
            {"agency_code": "16-222", "name": "Maine State Police", "acronyms": "MSP", "parent_code": "16"},
        ],
        official=[
            {
                "platform": "x",
                "handle": "MaineDOT1",
                "account_id": "555",
                "agency_code": "17",
                "status": "active",
                "supervisor_employee_id": "00017",
                "registered_email": "ada.thibodeau@maine.gov",
            },
        ],
        accounts={"export": []},
    )


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
