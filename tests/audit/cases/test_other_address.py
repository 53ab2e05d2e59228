"""One account in several rows of one source, with a state address and with another one: which of them stands today."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from audit.model.night import Night
from tests.states import State, account, rewritten

ADA, HOME = "ada.thibodeau@maine.gov", "ada@home.example"
NEWER, UNORDERED = "But a newer row of its source, of 2026-10-01,", "nothing says which of the two is newer"


def row(address: str, seen: str = "", **more: str) -> dict[str, str]:
    return {**account("heron", registered_email=address, observed_at=seen), **more}


def judged(state: State, rows: Sequence[dict[str, str]]) -> tuple[Night, list[tuple[str, str]]]:
    """The night, and (rule, why) of what is said of the account."""
    state.accounts["export"] = [*rows, account("egret", registered_email="egret@home.example")]
    night = state.night()
    return night, [(one.rule_id, one.because) for one in night.findings if one.rule_id in ("E-1", "E-2")]


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([row(ADA, "2020-01-01"), row(HOME, "2026-10-01")], NEWER),
        ([row(ADA, "2020-01-01"), row(HOME, "2026-10-01", account_id="")], NEWER),
        ([row(ADA, "2020-01-01", account_id=""), row(HOME, "2026-10-01")], NEWER),
        ([row(ADA, "2020-01-01", handle=""), row(HOME, "2026-10-01", handle="grebe")], NEWER),
        ([row(ADA, "2020-01-01"), row(HOME, "2026-10-01", handle="")], NEWER),
        ([row(ADA, "2020-01-01"), row(HOME, "2019-10-01"), row(HOME, "2026-10-01")], NEWER),
        ([row(ADA), row(HOME)], UNORDERED),
        ([row(ADA, "2026-10-01"), row(HOME, "2026-10-01")], UNORDERED),
        ([row(ADA, "2026-10-01"), row(HOME)], UNORDERED),
        ([row(ADA), row(HOME, "2020-01-01")], UNORDERED),
        ([row(ADA, "2020-01-01"), row(HOME, "2026-13-45")], UNORDERED),
    ],
)
def test_a_registration_that_another_row_contradicts_is_a_lead_and_told(
    state: State, rows: list[dict[str, str]], why: str, turn: int
) -> None:
    night, found = judged(state, rows[::turn])
    ((rule, because),) = found
    assert rule == "E-2"
    assert why in because
    (told,) = [one for one in night.problems if "shows it with another address" in one.reason]
    assert told.where == f"export.csv:{2 + rows[::turn].index(rows[0])}"
    assert "1 row shows an account with a state address (the first here, " in told.reason
    assert HOME not in repr(night)


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize(
    "rows",
    [
        [row(ADA, "2026-10-01"), row(HOME, "2020-01-01")],
        [row(ADA, "2020-01-01"), row(HOME, "2021-01-01"), row(ADA, "2026-10-01")],
        [row(f"{ADA};{HOME}", "2020-01-01")],  # the second address of one account
        [row(f"{ADA};{HOME}", "2026-10-01"), row(HOME, "2020-01-01")],
        [row(ADA, "2020-01-01"), row("", "2026-10-01")],
        [row(ADA, "2020-01-01"), row("ada at home", "2026-10-01")],
        [row(ADA, "2020-01-01"), row("noemail@none.example", "2026-10-01")],
        [row(ADA, "2020-01-01"), row(HOME, "2026-10-01", account_id="777")],  # the handle has changed hands
        [row(ADA, "2020-01-01"), row(HOME, "2026-10-01", handle="grebe")],  # such an id is no identity
        [row(ADA, "2020-01-01"), row(HOME, "2026-10-01", platform="facebook")],
        [row(ADA, "2020-01-01"), row("a.thibodeau@state.me.us", "2026-10-01")],
    ],
)
def test_a_registration_that_no_newer_row_contradicts_stands(
    state: State, rows: list[dict[str, str]], turn: int
) -> None:
    state.people[0]["other_emails"] = "a.thibodeau@maine.gov"
    night, found = judged(state, rows[::turn])
    assert {rule for rule, _ in found} == {"E-1"}
    assert not [one for one in night.problems if "shows it with another address" in one.reason]


LEE, NAMELESS = "lee.ouellette@maine.gov", {"handle": "", "account_id": ""}
ENDED = "says that this account, or its address, is gone or switched off"


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("word", ["deleted", "deactivated", "zorbed", "removed"])
@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (
            [row(ADA, "2020-01-01"), row(ADA, "2026-10-01", location="!")],
            "But a newer row of its source, of 2026-10-01,",
        ),
        (
            [row(ADA, "2020-01-01"), row("", "2026-10-01", location="!")],
            "But a newer row of its source, of 2026-10-01,",
        ),
        ([row(ADA), row(ADA, location="!")], "nothing says which"),
        ([row(LEE, **NAMELESS), row(LEE, **NAMELESS, location="!")], "nothing says which"),
        ([row(ADA, "2026-10-01"), row(ADA, "2020-01-01", location="!")], ""),  # it was opened again
        ([row(ADA, "2020-01-01"), row(ADA, "2026-10-01", location="!", handle="grebe", account_id="777")], ""),
    ],
)
def test_a_row_that_tells_of_an_end_contradicts_an_older_one(
    state: State, rows: list[dict[str, str]], why: str, word: str, turn: int
) -> None:
    state.accounts["export"] = [{**one, "location": one.get("location", "").replace("!", word)} for one in rows[::turn]]
    rewritten(state, "export.csv", {"location": "status"})
    night = state.night()
    about = [one for one in night.findings if one.rule_id in ("E-1", "E-2") and one.handle in ("heron", "")]
    assert {one.rule_id for one in about} == {"E-2" if why else "E-1"}
    assert all(ENDED in one.because and why in one.because for one in about if why)
    assert sum("gone or switched off" in one.reason for one in night.problems) == bool(why)


def test_what_another_source_confirms_stands(state: State) -> None:
    state.accounts["second"] = [row(ADA, "2026-11-01")]
    _, found = judged(state, [row(ADA, "2020-01-01"), row(HOME, "2026-10-01")])
    assert [rule for rule, _ in found] == ["E-1"]


def test_a_contradiction_is_gone_with_the_row_that_made_it(state: State) -> None:
    judged(state, [row(ADA), row(HOME)])
    _, found = judged(state, [row(ADA)])
    assert "E-1" in [rule for rule, _ in found]
