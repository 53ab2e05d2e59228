"""An older export that lies there again: nothing that was found since is undone by it without a word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from audit.model.finding import FindingStatus
from audit.model.night import Night
from audit.night.inputs import InputUnusable
from tests.states import ACCOUNTS, DAY, State, account, person, rewritten, write_csv

AGAIN = "is the same, byte for byte, as on"
RIGHT = "expect = { usable = { newer = 0.0 } }"


def after(days: int) -> date:
    return DAY + timedelta(days=days)


def told(night: Night) -> list[str]:
    return [one.source for one in night.problems if AGAIN in one.reason]


def statuses(night: Night) -> dict[str, str]:
    return {one.handle: str(one.status) for one in night.findings}


@pytest.fixture
def larger(state: State) -> State:
    """Enough people and accounts that no two exports are the same by chance."""
    state.people += [person(f"9{n:03}", f"Pat{n}", "Fernsby") for n in range(100)]
    state.accounts["export"] = [account(f"birch{n}", registered_email=f"pat{n}.fernsby@maine.gov") for n in range(4)]
    state.accounts["export"] += [account(f"oak{n:03}", registered_email=f"{n}@example.org") for n in range(100)]
    return state


def test_a_directory_of_an_earlier_night_is_refused(larger: State) -> None:
    """Last month's file is put in again: whoever has left since would be employed again."""
    old = [dict(one) for one in larger.people]
    larger.night(DAY)
    larger.people[4] = larger.people[4] | {"status": "terminated", "end_date": "2026-11-20"}
    larger.night(after(1))
    new, larger.people = larger.people, old
    with pytest.raises(InputUnusable, match=rf"hr\.csv {AGAIN} 2026-11-20.*last on 2026-11-21.*newer = 0.0"):
        larger.night(after(2))
    larger.people = new
    larger.night(after(3))
    larger.people = old
    larger.options["directory"] = RIGHT  # it is right: somebody had left by mistake
    larger.night(after(4))
    larger.options["directory"] = ""
    assert told(larger.night(after(5))) == []


def test_who_runs_a_day_again_puts_something_right(larger: State) -> None:
    old = [dict(one) for one in larger.people]
    larger.night(DAY)
    larger.people[4] = larger.people[4] | {"status": "terminated", "end_date": "2026-11-20"}
    larger.night(after(1))
    larger.people = old
    assert told(larger.night(after(1))) == []
    assert told(larger.night(after(2))) == []


def test_accounts_of_an_earlier_night_are_not_judged_from(larger: State) -> None:
    old = [dict(one) for one in larger.accounts["export"]]
    larger.night(DAY)
    larger.accounts["export"][0]["registered_email"] = "pat@example.org"
    larger.accounts["export"][50]["registered_email"] = "pat7.fernsby@maine.gov"
    assert statuses(larger.night(after(1))) == {
        "birch0": "resolved", "birch1": "open", "birch2": "open", "birch3": "open", "oak046": "new"
    }  # fmt: skip
    new, larger.accounts["export"] = larger.accounts["export"], old
    night = larger.night(after(2))
    assert AGAIN in next(one.reason for one in night.pulls if one.source == "export")
    assert set(statuses(night).values()) == {"not rechecked"}
    larger.accounts["export"] = new
    assert set(statuses(larger.night(after(3))).values()) == {"open"}


def test_under_another_name_it_is_the_same(larger: State) -> None:
    config = larger.write()
    larger.write = lambda: config  # type: ignore[method-assign]
    text = config.read_text("utf-8").replace('"export.csv"', '"exports"')
    config.write_text(text, "utf-8")
    folder, export = larger.folder / "exports", (larger.folder / "export.csv").read_text("utf-8")
    folder.mkdir()
    for day, name in enumerate(("a", "b", "a")):
        for path in folder.iterdir():
            path.unlink()
        content = export if name == "a" else export.replace("pat0.fernsby@maine.gov", "pat@example.org")
        (folder / f"accounts {after(day)}.csv").write_text(content, "utf-8")
        night = larger.night(after(day))
    reason = next(one.reason for one in night.pulls if one.source == "export")
    assert f"accounts 2026-11-22.csv {AGAIN} 2026-11-20" in reason


def test_of_a_short_list_and_of_one_kept_by_hand_it_is_told(larger: State) -> None:
    larger.accounts["export"] = larger.accounts["export"][:20]
    accounts, official = larger.accounts["export"], larger.official
    larger.night(DAY)
    larger.accounts["export"] = accounts[1:]
    larger.official = [official[0] | {"reviewed_on": "2026-11-20"}]
    larger.night(after(1))
    larger.accounts["export"], larger.official = accounts, official
    night = larger.night(after(2))
    assert sorted(told(night)) == ["export", "official_accounts"]
    assert statuses(night)["birch0"] == str(FindingStatus.REOPENED)
    assert [one.source for one in night.measured if not one.held] == ["official_accounts", "export"]


SEEN: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], bool]] = {
    "all a month earlier": (("2026-11-19",) * 4, ("2026-10-19",) * 4, True),
    "all later": (("2026-10-19",) * 4, ("2026-11-19",) * 4, False),
    "all the same": (("2026-11-19",) * 4, ("2026-11-19",) * 4, False),
    "at another hour of the day": (("2026-11-19T08:00:00Z",) * 4, ("2026-11-19T02:00:00Z",) * 4, False),
    "most stand as they were": (
        ("2026-10-01",) + ("2026-11-19",) * 3, ("2026-10-01",) + ("2026-11-12",) * 3, True,
    ),
    "more are seen later": (("2026-11-12",) * 4, ("2026-11-10", *("2026-11-19",) * 3), False),
    "two are put right": (("2026-11-19",) * 2 + ("2026-11-12",) * 2, ("2026-11-12",) * 4, False),
    "not said before": (("",) * 4, ("2026-10-19",) * 4, False),
}  # fmt: skip


@pytest.mark.parametrize(("before", "now", "older"), SEEN.values(), ids=SEEN)
def test_accounts_that_were_seen_earlier_are_an_older_export(
    larger: State, before: tuple[str, ...], now: tuple[str, ...], older: bool
) -> None:
    for night, times in enumerate((before, now)):
        for one, seen in zip(larger.accounts["export"], times, strict=False):
            one["observed_at"] = seen
        for one in larger.accounts["export"][4:]:
            one["observed_at"] = ""
        if night:
            larger.accounts["export"][0] |= {"registered_email": "pat@example.org"}
            larger.accounts["export"][4] |= {"registered_email": "pat0.fernsby@maine.gov"}  # as many, with a tie
        larger.options["export"] = 'expect = { may_lose = ["observed_at"] }'
        found = larger.night(after(night))
    reason = next(one.reason for one in found.pulls if one.source == "export")
    assert ("this is an older export" in reason) is older
    assert ("resolved" in statuses(found).values()) is not older


def test_an_older_export_that_is_right_is_judged(larger: State) -> None:
    for night, seen in enumerate(("2026-11-19", "2026-10-19", "2026-10-20")):
        for one in larger.accounts["export"]:
            one["observed_at"] = seen
        larger.options["export"] = RIGHT if night == 1 else ""
        found = larger.night(after(night))
        assert all(one.status == "complete" for one in found.pulls)


VERSIONS: Mapping[str, tuple[slice, slice, bool]] = {
    "an older version with accounts that are gone": (slice(0, 60), slice(10, 60), True),
    "an older version of a list that grew": (slice(0, 40), slice(0, 60), True),
    "a copy": (slice(0, 60), slice(0, 60), False),
    "two parts": (slice(0, 30), slice(30, 60), False),
    "two parts, in which a few stand twice": (slice(0, 33), slice(27, 60), False),
}


@pytest.mark.parametrize(("first", "second", "versions"), VERSIONS.values(), ids=VERSIONS)
def test_two_versions_of_a_list_side_by_side_are_told(
    larger: State, first: slice, second: slice, versions: bool
) -> None:
    rows = [account(f"birch{n}", registered_email=f"pat{n}.fernsby@maine.gov") for n in range(60)]
    larger.accounts["export"] = rows
    rewritten(larger, "audit.toml", {'path = "export.csv"': 'path = "exports"'})
    write_csv(larger.folder / "exports" / "a.csv", ACCOUNTS, rows[first])
    write_csv(larger.folder / "exports" / "b.csv", ACCOUNTS, rows[second])
    night = larger.night()
    told = [one.reason for one in night.problems if "a.csv and b.csv show" in one.reason]
    assert bool(told) is versions
    assert [one.key for one in night.measured if not one.held] == ["once"] * versions
    assert len(night.findings) == 60
