import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from responses.registries import OrderedRegistry

from connectors import discourse_admin
from connectors.contract import BadRow, Dropped, Raw, Rejected, SourceChanged, SourceDown
from connectors.http import Refused
from connectors.records import CLOSED, Strength
from tests.loopback import FakeTime, source

USERS = "https://forum.example.gov/admin/users/list/active.json"
CANARY = "canary-7f3Qx9ZpL0vB2nK8sT4w"


def account(number: int, email: str, *others: str, **fields: Any) -> dict[str, object]:
    return {
        "id": number, "username": f"user{number}", "name": None, "email": email, "secondary_emails": list(others),
        "active": True, "staged": False, "created_at": "2024-03-01T12:00:00.000Z", "ip_address": "192.0.2.7",
        "title": "Mayor of Otters", "post_count": 31, "last_seen_at": "2026-11-19T08:00:00.000Z", **fields,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("DISCOURSE_KEY", CANARY)


@pytest.fixture
def script():
    with responses.RequestsMock(assert_all_requests_are_fired=True, registry=OrderedRegistry) as mock:
        yield mock


def fetched(folder: Path, time: FakeTime | None = None, **options: Any) -> list:
    given = {"url": "https://forum.example.gov", "api_key": {"env": "DISCOURSE_KEY"}, "api_username": "auditor"}
    domains = ("maine.gov", "state.me.us")
    forum = source(folder, "forum", domains=domains, **{**given, **options})
    return list(discourse_admin.fetch(forum, (time or FakeTime()).clock))


def pages(script, *found: list[dict[str, object]]) -> None:
    for page in found:
        script.add(responses.GET, USERS, json=page)


def test_accounts(tmp_path, script):
    ada = account(2, "ada.thibodeau@maine.gov", name="Ada Thibodeau", username="ada:t")
    pages(script, [ada, account(3, "noor@maine.gov", active=False)], [])
    first, second = map(discourse_admin.parse, fetched(tmp_path))
    assert (first.platform, first.account_id, first.handle) == ("discourse", "forum.example.gov:2", "ada:t")
    assert (first.display_name, first.url) == ("Ada Thibodeau", "https://forum.example.gov/u/ada%3At")
    assert (first.registered_email, first.registration) == ("ada.thibodeau@maine.gov", Strength.STRONG)
    assert first.created_at.isoformat() == "2024-03-01T12:00:00+00:00"
    assert (second.registered_email, second.registration) == ("noor@maine.gov", Strength.WEAK)
    assert "never activated" in second.evidence[0].detail
    assert (second.display_name, second.emails, second.bio) == ("", (), "")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["otter@example.org"], ["otter@example.org"]),
        (["otter@example.org", "river@example.net"], ["otter@example.org"]),
        (["otter@example.org", "Ada@MAINE.gov"], ["Ada@MAINE.gov"]),
        (["ada@maine.gov", "otter@example.org", "ada@dot.state.me.us"], ["ada@maine.gov", "ada@dot.state.me.us"]),
        (["otter@notmaine.gov", "ada@maine.gov"], ["ada@maine.gov"]),
        (["otter@maine.gov.example.org", "river@example.net"], ["otter@maine.gov.example.org"]),
        ([""], []),
    ],
)
def test_which_addresses_go_further(tmp_path, script, given, kept):
    pages(script, [account(2, *given)], [])
    raws = fetched(tmp_path)
    assert [email for raw in raws for email in raw.values["emails"]] == kept
    found = [discourse_admin.parse(raw) for raw in raws]
    assert [(one.registered_email, len(one.evidence)) for one in found] == ([(one, 1) for one in kept] or [("", 0)])


def test_what_it_asks_for_and_what_it_leaves(tmp_path, script):
    pages(script, [account(2, "ada@maine.gov")], [])
    shown = repr(fetched(tmp_path))
    for private in ("192.0.2", "Otters", "post_count", "last_seen", CANARY):
        assert private not in shown
    asked = [parse_qs(urlsplit(call.request.url).query) for call in script.calls]
    assert [one["page"] for one in asked] == [["1"], ["2"]]
    assert asked[0] == {"show_emails": ["true"], "order": ["username"], "asc": ["true"], "page": ["1"]}
    assert {name: script.calls[0].request.headers[name] for name in ("Api-Key", "Api-Username")} == {
        "Api-Key": CANARY, "Api-Username": "auditor",
    }  # fmt: skip


def test_pages_until_one_is_empty_and_nobody_twice(tmp_path, script):
    one, two, three = (account(number, f"u{number}@maine.gov") for number in (1, 2, 3))
    pages(script, [one, two], [two, three], [], [one, two], [two, three], [])
    assert [raw.values["id"] for raw in fetched(tmp_path)] == [1, 2, 3]


def test_whoever_moved_past_us_comes_late(tmp_path, script):
    """The first page's `one` is deleted once it is read, and `three` moves to it from the second."""
    one, two, three, four = (account(number, f"u{number}@maine.gov") for number in range(1, 5))
    odd: dict[str, object] = {"id": 9, "username": "u9"}
    pages(script, [one, two], [four, odd], [])
    pages(script, [two, three], [two, three], [four, odd], [])
    found = fetched(tmp_path)
    assert [raw.values["id"] for raw in found if isinstance(raw, Raw)] == [1, 2, 4, 3]
    assert [type(one) for one in found].count(Rejected) == 1
    asked = [parse_qs(urlsplit(str(call.request.url)).query) for call in script.calls]
    assert all((one["order"], one["asc"]) == (["username"], ["true"]) for one in asked)
    assert [(one["page"][0], "show_emails" in one) for one in asked] == [
        ("1", True), ("2", True), ("3", True), ("1", False), ("1", True), ("2", False), ("3", False),
    ]  # fmt: skip


SUSPENSIONS = [
    # (until, whether it is closed on NOON)
    ("3026-01-01T00:00:00.000Z", True), ("2026-11-20T12:00:01Z", True), ("2026-11-20T12:00:00Z", False),
    (None, False), ("forever", False),
]  # fmt: skip


@pytest.mark.parametrize(("until", "closed"), SUSPENSIONS)
def test_a_suspended_account_lets_nobody_in(tmp_path, script, until, closed):
    pages(script, [account(2, "ada@maine.gov", suspended_at="2026-01-01T00:00:00Z", suspended_till=until)], [])
    (found,) = map(discourse_admin.parse, fetched(tmp_path))
    assert found.registered_email == "ada@maine.gov"
    assert [piece.kind for piece in found.evidence].count(CLOSED) == closed


def test_staged_accounts_are_nobody_s(tmp_path, script):
    pages(script, [account(1, "writer@maine.gov", staged=True)], [])
    assert fetched(tmp_path) == [Dropped(1, discourse_admin.STAGED)]


def test_pages_that_repeat_stop(tmp_path, script):
    pages(script, [account(1, "a@maine.gov")], [account(1, "a@maine.gov")])
    with pytest.raises(SourceChanged, match="circle"):
        fetched(tmp_path)


@pytest.mark.parametrize(("header", "slept"), [({"Retry-After": "24"}, [24.0]), ({}, None)])
def test_a_limit_is_waited_for(tmp_path, script, header, slept):
    limit = {"errors": ["Too many requests"], "error_type": "rate_limit", "extras": {"wait_seconds": 24}}
    script.add(responses.GET, USERS, json=limit, status=429, headers=header)
    pages(script, [account(1, "a@maine.gov")], [])
    time = FakeTime()
    assert len(fetched(tmp_path, time)) == 1
    assert time.slept == slept or (slept is None and 1 <= time.slept[0] <= 60)


HIDDEN = {"errors": ["The requested URL or resource could not be found."], "error_type": "not_found"}
DENIED = {"errors": ["You are not permitted to view the requested resource."], "error_type": "invalid_access"}


@pytest.mark.parametrize(("status", "body"), [(404, HIDDEN), (403, DENIED)])
def test_a_key_that_is_no_administrator_s(tmp_path, script, status, body):
    script.add(responses.GET, USERS, json=body, status=status)
    with pytest.raises(Refused, match="administrator's API key"):
        fetched(tmp_path)


def test_a_key_that_may_not_see_addresses(tmp_path, script):
    pages(script, [{name: value for name, value in account(1, "").items() if "email" not in name}])
    with pytest.raises(Refused, match="keeps the addresses back"):
        fetched(tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        {}, [1], [{"id": "5", "staged": False}], [{"id": 5}],
        [{"id": 5, "staged": False, "email": "a@maine.gov", "secondary_emails": "x"}],
    ],
)  # fmt: skip
def test_another_shape_stops(tmp_path, script, body):
    script.add(responses.GET, USERS, body=json.dumps(body), content_type="application/json")
    with pytest.raises(SourceChanged):
        fetched(tmp_path)


@pytest.mark.parametrize(
    "options", [{"url": ""}, {"url": "http://forum.example.gov"}, {"api_key": "text"}, {"api_username": ""}]
)
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown, match=r"audit\.toml"):
        fetched(tmp_path, **options)


@pytest.mark.parametrize("fields", [{"username": ""}, {"name": 5}, {"emails": [7]}])
def test_fields_of_another_kind(fields):
    values = {"id": 1, "username": "a", "emails": [], **fields}
    with pytest.raises(BadRow):
        discourse_admin.parse(Raw(values, "forum", "/x", "0" * 64))
