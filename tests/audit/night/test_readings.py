"""From night to night: a profile is read once, and forgotten with the account. What a night does how often."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

import audit.config
from audit.ledger import Ledger
from audit.night.judged_by import read_by
from audit.profiles.example_state import default_organization
from connectors import files
from tests.counted import Counts, counting
from tests.states import DAY, State, account

BIO = "Plow driver at MaineDOT"


def rows(state: State) -> list[tuple[str, str]]:
    with Ledger(state.folder / "out" / "ledger.sqlite", read_only=True) as ledger:
        return ledger.connection.execute("SELECT run_id, content FROM readings ORDER BY digest").fetchall()


def test_a_profile_is_read_once_and_forgotten_with_its_account(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = counting(monkeypatch)
    state.accounts["export"] = [
        account("ann", bio=BIO),
        account("bob", bio="gardener"),
        account("cy", registered_email="ada.thibodeau@maine.gov"),
    ]
    first = state.night()
    assert counts.taken().readings == ["ann", "cy"]
    second = state.night(DAY + timedelta(days=1))
    assert counts.taken().readings == []
    assert [(one.finding_id, one.because, one.matched_text) for one in first.findings] == [
        (one.finding_id, one.because, one.matched_text) for one in second.findings
    ]
    assert [run_id for run_id, _ in rows(state)] == ["2026-11-21.1"] * 2
    state.accounts["export"] = [account("ann", bio=f"{BIO}!"), account("bob", bio="gardener")]
    state.night(DAY + timedelta(days=2))
    assert counts.taken().readings == ["ann"]
    assert len(rows(state)) == 1


def test_a_purge_leaves_none_and_none_of_their_bytes(state: State) -> None:
    state.accounts["export"] = [account("ann", display_name="Ann Zyzzyva, MaineDOT", bio=BIO)]
    state.night()
    assert len(rows(state)) == 1
    path = state.folder / "out" / "ledger.sqlite"
    assert b'"marked": true' in path.read_bytes()
    with Ledger(path) as ledger:
        ledger.purge(DAY + timedelta(days=900), 730)
    assert rows(state) == []
    assert b'"marked": true' not in path.read_bytes()


def test_a_reading_that_somebody_alters_shows(state: State) -> None:
    state.accounts["export"] = [account("ann", bio=BIO)]
    state.night()
    with Ledger(state.folder / "out" / "ledger.sqlite") as ledger:
        ledger.connection.execute("UPDATE readings SET content = replace(content, 'employee', 'none')")
        assert any("the table readings is not as the night" in said for said in ledger.altered())


def test_by_what_a_profile_is_read(state: State) -> None:
    policy = audit.config.load(state.write()).organization.policy
    ours = default_organization()
    others = [
        read_by(replace(policy, name="another"), ours),
        read_by(policy, replace(ours, agencies=ours.agencies[1:])),
        read_by(policy, replace(ours, mail_domains=("other.gov",))),
    ]
    assert read_by(policy, ours) not in others
    assert len(set(others)) == 3


TELL = """
from audit.config import default_policy
from audit.night.judged_by import read_by
from audit.profiles.example_state import default_organization
print(read_by(default_policy(), default_organization()))
"""


def test_it_is_the_same_in_every_process() -> None:
    """Sets have another order in each, and objects another address."""
    told = {
        subprocess.run([sys.executable, "-c", TELL], env=env, capture_output=True, check=True, text=True).stdout.strip()
        for env in ({**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2"))
    }
    assert told == {read_by(audit.config.default_policy(), default_organization())}


def test_what_an_account_costs_is_counted(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SMALL", -1)
    counts = counting(monkeypatch)

    def night(day: int, tied: int, others: int) -> Counts:
        state.accounts["export"] = [
            *(account(f"ann{number}", bio=f"{BIO} {number}") for number in range(tied)),
            *(account(f"bob{number}", bio=f"jardinière à Montréal 🌲 {number}") for number in range(others)),
        ]
        state.night(DAY + timedelta(days=day))
        return counts.taken()

    night(0, 10, 10)
    few, many, more = night(1, 10, 10), night(2, 10, 400), night(3, 30, 400)
    assert (len(few.readings), len(many.readings), len(more.readings)) == (0, 0, 20)
    assert (few.parsed, many.parsed, more.parsed) == (10, 10, 30)
    assert many.statements - few.statements < 39  # a tenth of one for each account more
    assert more.statements - many.statements <= 20 * STATEMENTS


STATEMENTS = 12
"""Statements to SQLite for an account with a new finding, at most."""
