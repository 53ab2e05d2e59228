"""Coverage as a result: employee × platform, and what a night would ask before it asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audit import report
from audit.config import load
from audit.model.coverage import Covering, platform_coverage
from audit.model.sheet import Table
from audit.night.run import run
from audit.verbs.plan import as_lines, plan
from tests.states import DAY, State

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
ADDRESSES = ("a@maine.gov", "b@maine.gov", "c@maine.gov", "d@maine.gov")


def covering(name: str, *, everybody: bool = False, judged: bool = True, **days: int) -> Covering:
    told = {f"{who}@maine.gov": NOW - timedelta(days=ago) for who, ago in days.items()}
    return Covering(name, frozenset({"x"}), everybody, judged, told)


@pytest.mark.parametrize(
    ("sources", "assessed", "stale", "waiting", "failed", "no_source"),
    [
        ((), 0, 0, 0, 0, 4),
        ((covering("log", everybody=True),), 4, 0, 0, 0, 0),
        ((covering("log", everybody=True, judged=False),), 0, 0, 0, 4, 0),
        ((covering("sweep", a=0, b=30, c=31),), 2, 1, 1, 0, 0),
        ((covering("sweep", judged=False, a=2, b=40),), 1, 1, 0, 2, 0),
        ((covering("log", everybody=True, judged=False), covering("sweep", a=1)), 1, 0, 3, 0, 0),
        ((covering("one", a=50), covering("two", a=1, b=1)), 2, 0, 2, 0, 0),
    ],
)
def test_every_employee_is_counted_once(sources, assessed, stale, waiting, failed, no_source):
    (row, other) = platform_coverage(("x", "y"), sources, ADDRESSES, 7, NOW)
    assert (row.assessed, row.stale, row.waiting, row.failed, row.no_source) == (
        assessed, stale, waiting, failed, no_source,
    )  # fmt: skip
    assert row.no_address == 3
    assert assessed + stale + waiting + failed + no_source + 3 == 7
    assert (other.no_source, other.sources) == (4, ())


@pytest.fixture
def state(tmp_path: Path) -> State:
    people = [
        {
            "employee_id": str(number),
            "work_email": f"person.{number}@maine.gov",
            "status": "active",
            "agency_code": "DOT",
        }
        for number in range(130)
    ]
    official = {"platform": "bluesky", "handle": "dot.maine.gov", "agency_code": "DOT", "status": "active"}
    agency = {"agency_code": "DOT", "name": "Department of Transportation", "acronyms": "MaineDOT"}
    return State(tmp_path, people, {"export": [{"platform": "x", "handle": "a"}]}, [official], [agency])


def configured(state: State, extra: str) -> Path:
    path = state.write()
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{extra}", encoding="utf-8")
    return path


def test_the_plan_counts_requests_and_nights_and_sends_nothing(state, monkeypatch):
    monkeypatch.setattr("socket.socket", lambda *_, **__: pytest.fail("something was sent"))
    gravatar = '[sources.faces]\nconnector = "gravatar"\ntoken = { env = "NOT_SET" }\nmost_requests = 50\n'
    approval = '[sources.faces.approval]\nby = "D"\non = 2026-01-01\nreference = "R-1"\nexpires = 2027-01-01\n'
    sky = '[sources.sky]\nconnector = "bluesky"\nterms = ["MaineDOT"]\npages = 3\n'
    settings = load(configured(state, sky + gravatar + approval))
    plans = {one.source: one for one in plan(settings, DAY, NOW)}
    assert set(plans) == {"sky", "faces"}
    # the handle of the registry, the two mail domains, the courts' domain, and one term, three pages each
    assert (plans["sky"].keys, plans["sky"].requests, plans["sky"].nights) == (5, 1 + 4 * 3, 1)
    assert (plans["faces"].keys, plans["faces"].requests, plans["faces"].a_night, plans["faces"].nights) == (
        130, 130, 50, 3,
    )  # fmt: skip
    assert "the SHA-256" in plans["faces"].note
    told = as_lines(list(plans.values()), 720)
    assert "at most 130 requests, 3 nights" in told
    assert told.endswith("720 minutes a night ([night] most_minutes); then nothing more is sent.")
    assert not (state.folder / "out").exists()


def test_the_plan_says_what_would_not_be_asked(state):
    sky = '[sources.sky]\nconnector = "bluesky"\nterms = "MaineDOT"\n'
    (one,) = plan(load(configured(state, sky)), DAY, NOW)
    assert one.requests is None
    assert "terms in audit.toml is a list" in one.note


def test_coverage_of_a_night(state):
    state.options["export"] = 'covers = ["x", "facebook"]'
    night = state.night()
    rows = {row.platform: row for row in night.coverage}
    assert (rows["x"].assessed, rows["facebook"].assessed, rows["bluesky"].no_source) == (130, 130, 130)
    assert rows["x"].sources == ("export",)


def test_a_night_says_of_each_platform_what_its_mail_logs_can_show(state):
    row = "2026-11-10T08:00:00Z,no-reply@strava.com,person.1@maine.gov,Security alert,Delivered,<1@x>"
    path = configured(state, '[sources.trace]\nconnector = "exchange_trace"\npath = "trace.csv"\n')
    headings = "Received,SenderAddress,RecipientAddress,Subject,Status,MessageId"
    (state.folder / "trace.csv").write_text(f"{headings}\n{row}\n", encoding="utf-8")
    night = run(load(path), DAY)
    mail = {row.platform: row.mail for row in night.coverage}
    assert mail["bluesky"] == "A mail can prove an account."
    assert mail["strava"] == "A mail can prove an account, if the log shows who really sent it."
    assert mail["vk"].startswith("A hint at most")
    assert mail["zoom"] == mail["truthsocial"] == ""
    (sheet,) = (sheet for sheet in report.sheets(night) if sheet.name == "Coverage")
    (shown,) = (part for part in sheet.parts if isinstance(part, Table) and part.name == "EmployeesByPlatform")
    assert shown.columns[-1].heading == "What mail can show"
    assert {row[0]: row[-1] for row in shown.rows}["Strava"] == mail["strava"]
