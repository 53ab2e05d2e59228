import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from connectors import github_public
from connectors.contract import Answer, BadRow, Dropped, Outcome, Raw, Rejected, SourceChanged, SourceDown
from connectors.http import OutOfBudget, Refused
from connectors.http.sweep import FAILURES
from connectors.records import Strength
from tests.loopback import NOON, FakeTime, source

SEARCH, USER = "https://api.github.com/search/users", "https://api.github.com/users/"
CANARY = "canary-7f3Qx9ZpL0vB2nK8sT4w"
JSON = {"Content-Type": "application/json; charset=utf-8"}
JANE = {
    "id": 583231, "login": "jdoe-me", "html_url": "https://github.com/jdoe-me", "name": "Jane Doe", "bio": "Bridges.",
    "blog": "janedoe.example.org", "email": "Jane.Doe@DOT.maine.gov", "created_at": "2019-01-02T03:04:05Z",
    "location": "Bangor", "company": "@state-of-maine", "followers": 3, "twitter_username": "jd", "avatar_url": "x",
}  # fmt: skip


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", CANARY)


class GitHub:
    """Finds `results` (domain → logins) and shows `emails` (login → address, None: shows none; absent: gone)."""

    def __init__(self, results: dict[str, list[str]], emails: dict[str, str | None] | None = None) -> None:
        self.results, self.emails = results, emails or {}
        self.total: int | None = None
        self.empty = ""
        """The number of a page on which nothing stands."""
        self.asked: list = []

    @property
    def paths(self) -> list[str]:
        return [urlsplit(request.url).path for request in self.asked]

    def __call__(self, request) -> tuple[int, dict[str, str], str]:
        self.asked.append(request)
        url = urlsplit(request.url)
        if url.path != "/search/users":
            login = url.path.rpartition("/")[2]
            known = login in self.emails
            return (200 if known else 404), JSON, json.dumps({**JANE, "login": login, "email": self.emails.get(login)})
        asked = parse_qs(url.query)
        logins = self.results.get(asked["q"][0].removesuffix(" in:email").strip('"'), [])
        start, size = (int(asked["page"][0]) - 1) * int(asked["per_page"][0]), int(asked["per_page"][0])
        shown = logins[start : start + size] if asked["page"] != [self.empty] else []
        items = [{"login": login} for login in shown]
        total = len(logins) if self.total is None else self.total
        return 200, JSON, json.dumps({"total_count": total, "incomplete_results": False, "items": items})


def fetched(folder: Path, platform, time: FakeTime | None = None, domains=("maine.gov",), **options) -> list[Any]:
    options = {"token": {"env": "GITHUB_TOKEN"}, **options}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for url in (SEARCH, re.compile(USER)):
            mock.add_callback(responses.GET, url, platform)
        given = source(folder, "hub", domains=domains, **options)
        return list(github_public.fetch(given, (time or FakeTime()).clock))


def test_an_account(tmp_path):
    (answer,) = fetched(tmp_path, GitHub({"maine.gov": ["jdoe-me"]}, {"jdoe-me": "Jane.Doe@DOT.maine.gov"}))
    assert (answer.key, answer.outcome) == ("maine.gov", Outcome.ANSWERED)
    (raw,) = answer.items
    account = github_public.parse(raw)
    assert (account.platform, account.account_id, account.handle) == ("github", "583231", "jdoe-me")
    assert (account.url, account.links) == ("https://github.com/jdoe-me", ("https://janedoe.example.org",))
    assert (account.display_name, account.bio, account.emails) == ("Jane Doe", "Bridges.", ("Jane.Doe@DOT.maine.gov",))
    assert (account.registered_email, account.registration) == ("", Strength.NONE)  # shown is not registered
    assert str(account.created_at) == "2019-01-02 03:04:05+00:00"
    assert not {"location", "company", "followers", "twitter_username", "avatar_url"} & set(raw.values)


SHOWN = [
    ("a@maine.gov", True), ("a@dot.maine.gov", True), ("A@Maine.Gov ", True), ("a@state.me.us", True),
    ("a@notmaine.gov", False), ("a@maine.gov.example.org", False), ("maine.gov@example.org", False), ("", False),
    (None, False),
]  # fmt: skip


@pytest.mark.parametrize(("email", "kept"), SHOWN)
def test_only_a_published_state_address_keeps_an_account(tmp_path, email, kept):
    hub = GitHub({"maine.gov": ["one"]}, {"one": email})
    first, _ = fetched(tmp_path, hub, domains=("maine.gov", "state.me.us"))
    assert [type(item) for item in first.items] == [Raw if kept else Dropped]
    assert kept or first.items == (Dropped(1, github_public.NO_ADDRESS),)


def test_one_query_a_domain_and_the_token_for_profiles_only(tmp_path):
    hub = GitHub({"maine.gov": ["one", "two"], "state.me.us": ["two"]}, {"one": "a@maine.gov", "two": None})
    answers = fetched(tmp_path, hub, domains=("maine.gov", "state.me.us"))
    assert hub.paths == ["/search/users", "/users/one", "/users/two", "/search/users"]  # "two" is known by then
    assert [len(answer.items) for answer in answers] == [2, 1]
    queries = [parse_qs(urlsplit(request.url).query) for request in hub.asked if "search" in request.url]
    assert queries[0] == {"q": ['"maine.gov" in:email'], "per_page": ["100"], "page": ["1"]}
    signed = [request.headers.get("Authorization") for request in hub.asked]
    assert signed == [None, f"Bearer {CANARY}", f"Bearer {CANARY}", None]


def test_nobody_is_found(tmp_path):
    assert fetched(tmp_path, GitHub({})) == [Answer("maine.gov")]


def test_pages_up_to_the_ceiling_which_is_told(tmp_path):
    hub = GitHub({"maine.gov": [f"u{number}" for number in range(1200)]}, {"u7": "a@maine.gov"})
    (answer,) = fetched(tmp_path, hub)
    assert hub.paths.count("/search/users") == 10
    assert len(hub.paths) == 1010
    kinds = [type(item) for item in answer.items]
    assert (kinds.count(Raw), kinds.count(Dropped), kinds.count(Rejected)) == (1, 999, 1)
    assert "1,200 results for maine.gov, of which 1,000 were read" in answer.items[-1].reason
    given = source(tmp_path, "hub")
    assert len(hub.asked) == github_public.requests(given, ["maine.gov"])


def test_fewer_pages_where_the_operator_says_so(tmp_path):
    hub = GitHub({"maine.gov": [f"u{number}" for number in range(250)]})
    (answer,) = fetched(tmp_path, hub, pages=2)
    assert len(hub.asked) == 202 == github_public.requests(source(tmp_path, "hub", pages=2), ["maine.gov"])
    assert isinstance(answer.items[-1], Rejected)


def test_results_that_move_while_pages_are_turned_come_once(tmp_path):
    hub = GitHub({"maine.gov": [f"u{number}" for number in range(99)] + ["u98", "u98", "last"]})
    (answer,) = fetched(tmp_path, hub)
    *found, told = answer.items
    assert found == [Dropped(1, github_public.GONE)] * 100
    assert "102 results for maine.gov, of which 100 were read" in told.reason  # two may have moved past us
    assert told.unnamed


def test_an_empty_page_is_not_the_last_and_what_is_missing_is_told(tmp_path):
    hub = GitHub({"maine.gov": [f"u{number}" for number in range(250)]}, {"u249": "a@maine.gov"})
    hub.empty = "2"
    (answer,) = fetched(tmp_path, hub)
    assert [item.values["login"] for item in answer.items if isinstance(item, Raw)] == ["u249"]
    assert "250 results for maine.gov, of which 150 were read" in answer.items[-1].reason


def test_a_search_that_ran_out_of_time_is_no_answer(tmp_path):
    body = json.dumps({"total_count": 1, "incomplete_results": True, "items": [{"login": "one"}]})
    domains = tuple(f"d{number}.gov" for number in range(FAILURES))
    answers = fetched(tmp_path, lambda _: (200, JSON, body), domains=domains[1:])
    assert [answer.outcome for answer in answers] == [Outcome.FAILED] * (FAILURES - 1)
    with pytest.raises(SourceDown, match="ran out of time"):
        fetched(tmp_path, lambda _: (200, JSON, body), domains=domains)


def test_a_query_that_is_not_taken_is_refused_by_itself(tmp_path):
    def validates(request):
        ok = "bad" not in request.url
        return (200, JSON, '{"total_count":0,"incomplete_results":false,"items":[]}') if ok else (422, JSON, "{}")

    answers = fetched(tmp_path, validates, domains=("bad.gov", "maine.gov"))
    assert [answer.outcome for answer in answers] == [Outcome.REFUSED, Outcome.ANSWERED]


LIMITS = [
    ({"Retry-After": "60"}, 60),
    ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{NOON.timestamp() + 45:.0f}"}, 45),
]


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize(("headers", "wait"), LIMITS)
def test_a_limit_is_waited_out(tmp_path, status, headers, wait):
    time, hub, met = FakeTime(), GitHub({"maine.gov": ["one"]}, {"one": "a@maine.gov"}), list[Any]()

    def limits(request):
        if not met:
            met.append(1)
            return status, {**JSON, **headers}, '{"message": "You have exceeded a secondary rate limit."}'
        return hub(request)

    (answer,) = fetched(tmp_path, limits, time)
    assert len(answer.items) == 1
    assert time.slept[0] == pytest.approx(wait)


def test_a_403_without_a_limit_is_a_refusal(tmp_path):
    with pytest.raises(Refused, match="token of any account"):
        fetched(tmp_path, lambda _: (403, JSON, '{"message": "Resource not accessible"}'))


def test_the_search_keeps_its_own_pace(tmp_path):
    time, domains = FakeTime(), tuple(f"d{number}.gov" for number in range(28))
    hub = GitHub({})
    fetched(tmp_path, hub, time, domains=domains, requests=90_000, seconds=60)
    assert len(hub.asked) == 28
    assert time.at - 1000 >= 27 / 9 * 60  # nine of the ten a minute, whatever is allowed with the token


@pytest.mark.parametrize("most", [1, 2, 3])
def test_both_sessions_live_on_one_allowance(tmp_path, most):
    hub = GitHub({"maine.gov": ["one", "two", "three"]}, {})
    with pytest.raises(OutOfBudget, match="most_requests"):
        fetched(tmp_path, hub, most_requests=most)
    assert len(hub.asked) == most


def test_what_fits_tonight_is_kept(tmp_path):
    hub = GitHub({"maine.gov": ["one"], "state.me.us": ["two"]}, {"one": "a@maine.gov"})
    assert [answer.key for answer in fetched(tmp_path, hub, domains=("maine.gov", "state.me.us"), most_requests=3)] == [
        "maine.gov"
    ]


def test_a_canary_is_a_domain_that_is_asked_first(tmp_path):
    hub = GitHub({"state.me.us": ["one"]}, {"one": "a@state.me.us"})
    answers = fetched(tmp_path, hub, must_find="state.me.us", must_not_find="nobody.example")
    assert [answer.key for answer in answers] == ["state.me.us", "nobody.example", "maine.gov"]
    assert isinstance(answers[0].items[0], Raw)


SEARCHED = {"total_count": 1, "incomplete_results": False, "items": [{"login": "one"}]}


@pytest.mark.parametrize(
    "change", [{"items": None}, {"items": [1]}, {"total_count": None}, {"items": [{"login": None}]}, {"items": [{}]}]
)
def test_results_of_another_shape_stop(tmp_path, change):
    with pytest.raises(SourceChanged):
        fetched(tmp_path, lambda _: (200, JSON, json.dumps(SEARCHED | change)))


@pytest.mark.parametrize(
    "profile", [[], {"login": "one", "email": None}, {"id": 1, "email": None}, {"id": 1, "login": "one"}]
)
def test_a_profile_of_another_shape_stops(tmp_path, profile):
    with pytest.raises(SourceChanged):
        fetched(
            tmp_path,
            lambda request: (200, JSON, json.dumps(SEARCHED if "search" in request.url else profile)),
        )


@pytest.mark.parametrize("options", [{"token": "x"}, {"token": None}, {"pages": 0}, {"pages": "all"}])
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown, match=r"audit\.toml"):
        fetched(tmp_path, GitHub({}), **options)


@pytest.mark.parametrize("field", ["login", "html_url", "name", "bio", "blog", "email", "created_at"])
def test_fields_of_another_kind(field):
    with pytest.raises(BadRow):
        github_public.parse(Raw({**JANE, field: 0}, "hub", "/users/jdoe-me", "0" * 64))
