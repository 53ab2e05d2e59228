"""Files that nobody delivers any more: the nights that read them again and again are not all clear."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.audit.night.test_usable import CLEAR, start
from tests.states import DAY, State, account


@pytest.fixture
def listed(state: State) -> State:
    state.accounts["export"] = [account("heron", registered_email="ada.thibodeau@maine.gov")]
    state.options["export"] = 'registration = "verified"'
    state.options["directory"] = ""
    return state


def told(state: State, days: int) -> set[str]:
    night = state.night(DAY + timedelta(days=days))
    found = {one.source for one in night.problems if "holds the same as on" in one.reason}
    assert (CLEAR in start(night)) is not bool(found)
    assert {one.source for one in night.measured if one.key == "unchanged"} == found
    return found


def test_files_that_are_the_same_for_a_month_are_told(listed: State) -> None:
    assert told(listed, 0) == told(listed, 30) == set()
    assert told(listed, 31) == {"directory", "export"}
    listed.people[1]["title"] = "Sergeant"
    assert told(listed, 32) == {"export"}
    assert told(listed, 62) == {"export"}
    assert told(listed, 63) == {"directory", "export"}
    assert told(listed, 367) == {"directory", "export", "official_accounts"}


def test_how_long_a_file_may_stay_as_it_is_can_be_said(listed: State) -> None:
    listed.options["export"] += "\nexpect = { unchanged_days = 90 }"
    listed.options["directory"] += "\nexpect = { unchanged_days = 0 }"
    assert told(listed, 0) == told(listed, 90) == set()
    assert told(listed, 91) == {"export"}


def test_a_night_that_was_not_judged_counts_for_nothing(listed: State) -> None:
    assert told(listed, 0) == set()
    kept, listed.accounts["export"] = listed.accounts["export"], []
    listed.night(DAY + timedelta(days=20))
    listed.accounts["export"] = kept
    assert told(listed, 40) == {"directory", "export"}
