"""Interfaces that end, and knowledge of them that grows old: what doctor, `sources` and `sources --plan` say."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from audit.cli import main
from audit.config import load
from audit.verbs.doctor import examined
from audit.verbs.interfaces import interface_in_words, interfaces
from audit.verbs.plan import as_lines, plan
from connectors.catalog import CONNECTORS
from connectors.contract import OWN_TABLE, REVIEW, Interface
from tests.states import DAY, State

PAGE = "https://platform.example/versions"
ANNOUNCED = Interface("v25.0", date(2026, 11, 1), PAGE, date(2028, 7, 29))
UNENDING = Interface("v26.0", date(2026, 11, 1), PAGE)
SOURCE = '\n[sources.sky]\nconnector = "bluesky"\n'
X = """
[sources.x]
connector = "x"
token = { env = "NOT_SET" }
handles = ["@one", "@two"]
[sources.x.approval]
by = "D"
on = 2026-01-01
reference = "R-1"
expires = 2027-01-01
"""
AGES = [
    # (interface, day, verdict, what is said)
    (ANNOUNCED, "2028-01-30", "ok", "good until 2028-07-29 (the first: sky, v25.0)"),
    (ANNOUNCED, "2028-01-31", "note", "sky: its interface (v25.0) ends on 2028-07-29, in 180 days. Install a later"),
    (ANNOUNCED, "2028-07-29", "note", "ends on 2028-07-29, in 0 days."),
    (ANNOUNCED, "2028-07-30", "PROBLEM", f"ended on 2028-07-29. Install a later identity-audit; {PAGE} says what"),
    (UNENDING, "2027-10-31", "ok", "good until 2028-04-29"),
    (UNENDING, "2027-11-01", "note", "was read on 2026-11-01 and is good until 2028-04-29, for 180 days more."),
    (UNENDING, "2029-01-01", "note", "was good until 2028-04-29. Install a later identity-audit, or hold the source"),
]  # fmt: skip


def configured(state: State, more: str) -> Path:
    path = state.write()
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    return path


@pytest.mark.parametrize(("known", "day", "verdict", "said"), AGES)
def test_doctor_says_what_ends_and_what_grows_old(
    state: State, monkeypatch: pytest.MonkeyPatch, known: Interface, day: str, verdict: str, said: str
) -> None:
    monkeypatch.setitem(CONNECTORS, "bluesky", replace(CONNECTORS["bluesky"], interface=known))
    (told,) = interfaces(load(configured(state, SOURCE)), date.fromisoformat(day))
    assert (told.verdict, said in told.said, told.stops) == (verdict, True, False), told.said


def test_of_what_is_not_configured_nothing_is_said(state: State) -> None:
    assert not list(interfaces(load(state.write()), date(2040, 1, 1)))


def test_doctor_asks_it(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    old = replace(CONNECTORS["postfix_log"], interface=replace(UNENDING, read_on=date(2020, 1, 1)))
    monkeypatch.setitem(CONNECTORS, "postfix_log", old)
    (state.folder / "mail.log").write_text("", encoding="utf-8")
    path = configured(state, '\n[sources.log]\nconnector = "postfix_log"\npath = "mail.log"\n')
    _, around, usable = examined(load(path), DAY)
    (told,) = (one for one in around if one.subject == "interface")
    assert (told.verdict, usable) == ("note", True)


def test_in_words() -> None:
    assert interface_in_words(ANNOUNCED) == f"v25.0, as read on 2026-11-01 at {PAGE}; ends on 2028-07-29"
    assert interface_in_words(UNENDING).endswith(
        f"no end is announced; to be read again by {date(2026, 11, 1) + REVIEW}"
    )
    assert interface_in_words(OWN_TABLE).endswith("it is ours and does not run out")


def test_sources_show_it(capsys: pytest.CaptureFixture[str]) -> None:
    known = CONNECTORS["github_public"].interface
    for words in (["sources"], ["sources", "github_public"]):
        assert main(words) == 0
        out = " ".join(capsys.readouterr().out.replace("\n#", "").split())
        assert f"nterface: {interface_in_words(known)}" in out
    assert main(["sources", "--json"]) == 0
    rows = {row["name"]: row["interface"] for row in json.loads(capsys.readouterr().out)}
    assert rows["github_public"]["good_until"] == rows["github_public"]["ends_on"] == "2028-03-10"
    assert (rows["hr_csv"]["read_on"], rows["hr_csv"]["good_until"]) == ("", "")


def test_the_plan_says_what_a_sweep_costs(state: State, capsys: pytest.CaptureFixture[str]) -> None:
    path = configured(state, X + SOURCE)
    plans = {one.source: one for one in plan(load(path), DAY, datetime(2026, 11, 20, tzinfo=UTC))}
    # two handles of the source's own, and the one in the registry
    assert (plans["x"].keys, plans["x"].cost, plans["x"].currency) == (3, 0.03, "USD")
    assert (plans["sky"].cost, plans["sky"].price) == (None, "")
    (line,) = (one for one in as_lines(list(plans.values()), 720).splitlines() if "USD" in one)
    assert line.startswith(
        "  at most about USD 0.03 for all of them once, an estimate: USD 0.010 for each user returned"
    )
    assert main(["sources", "x", "--plan", "--json", "--config", str(path)]) == 0
    assert json.loads(capsys.readouterr().out)[0]["cost"] == 0.03
