"""One account in several rows of one source, with a state address and with another one: which of them stands today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from audit.model.night import Night
from connectors import accounts_csv, files
from connectors.contract import Dropped, Item, Nexus, Raw, Source
from connectors.files.other_rows import NAMES
from tests.states import ACCOUNTS, State, account, write_csv

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


@pytest.mark.parametrize(
    ("ours", "other", "rule"),
    [
        ({}, {}, "E-2"),
        ({"handle": ""}, {}, "E-2"),
        ({}, {"handle": ""}, "E-2"),
        ({}, {"account_id": "", "handle": "@Heron"}, "E-2"),
        ({}, {"account_id": "", "handle": "", "url": "https://x.com/heron/"}, "E-2"),
        ({}, {"handle": "grebe"}, "E-1"),
    ],
)
def test_a_row_that_a_large_export_leaves_out_early_contradicts_as_well(
    state: State, monkeypatch: pytest.MonkeyPatch, ours: dict[str, str], other: dict[str, str], rule: str
) -> None:
    monkeypatch.setattr(files, "SMALL", -1)  # a file of any size is read as a large one is
    others = [account(f"gull{one}", registered_email=f"gull{one}@home.example") for one in range(9)]
    rows = [row(ADA, "2020-01-01", **ours), *others, row(HOME, "2026-10-01", **other)]
    night, found = judged(state, [*others, *rows, *others])
    assert [one for one, _ in found] == [rule]
    (pull,) = [one for one in night.pulls if one.source == "export"]
    assert (pull.read, pull.kept, pull.dropped) == (30, 1, 29)


def test_a_large_export_is_read_once_where_nobody_is_registered_with_a_state_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SMALL", -1)
    searches: list[tuple[str, ...]] = []
    read = files.rows

    def counted(*given: Any, **options: Any) -> Iterator[Item]:
        searches.append(tuple(options["search"]))
        return read(*given, **options)

    monkeypatch.setattr(files, "rows", counted)
    write_csv(tmp_path / "acc.csv", ACCOUNTS, [row(HOME), account("bo", bio="at maine.gov")])
    source = Source("acc", tmp_path, {"path": "acc.csv"}, Nexus(domains=("maine.gov",)))
    assert [item.count for item in accounts_csv.CONNECTOR.fetch(source) if isinstance(item, Dropped)] == [1]
    write_csv(tmp_path / "acc.csv", ACCOUNTS, [row(HOME), row(ADA)])
    assert [item.where for item in accounts_csv.CONNECTOR.fetch(source) if isinstance(item, Raw)] == [
        "acc.csv:3",
        "acc.csv:2",
    ]
    assert searches == [accounts_csv.SEARCHED, accounts_csv.SEARCHED, NAMES]


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


def test_what_another_source_confirms_stands(state: State) -> None:
    state.accounts["second"] = [row(ADA, "2026-11-01")]
    _, found = judged(state, [row(ADA, "2020-01-01"), row(HOME, "2026-10-01")])
    assert [rule for rule, _ in found] == ["E-1"]


def test_a_contradiction_is_gone_with_the_row_that_made_it(state: State) -> None:
    judged(state, [row(ADA), row(HOME)])
    _, found = judged(state, [row(ADA)])
    assert "E-1" in [rule for rule, _ in found]
