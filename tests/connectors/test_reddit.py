import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from connectors import reddit
from connectors.contract import BadRow, Dropped, Outcome, Raw, SourceChanged, SourceDown
from connectors.http import Refused
from tests.loopback import FakeTime, source

CANARY = "canary-7f3Qx9ZpL0vB2nK8sT4w"
JSON = {"Content-Type": "application/json; charset=UTF-8"}


def thing(name: str, /, **more: Any) -> dict[str, object]:
    page = {"title": f"The {name}", "public_description": "Roads & so", "subscribers": 7261}
    data = {"id": f"id{name}", "name": name, "created_utc": 1420070400.0, "link_karma": 7261, "subreddit": page}
    return {"kind": "t2", "data": {**data, **more}}


SHUT: dict[str, object] = {"kind": "t2", "data": {"name": "shut", "is_suspended": True}}


class Reddit:
    """Knows `profiles` by name, gives out `results` of each term two a page, and tokens that last for an hour."""

    def __init__(self, results: dict[str, list[dict[str, object]]] | None = None, **profiles: Any) -> None:
        self.results, self.profiles = results or {}, profiles
        self.tokens = 0
        self.asked: list[str] = []

    def __call__(self, request) -> tuple[int, dict[str, str], str]:
        url = urlsplit(request.url)
        if url.path == "/api/v1/access_token":
            self.tokens += 1
            basic = b64encode(f"abc:{CANARY}".encode()).decode()
            assert (request.headers["Authorization"], request.body) == (
                f"Basic {basic}",
                "grant_type=client_credentials",
            )
            return 200, JSON, json.dumps({"access_token": f"token{self.tokens}", "expires_in": 3600})
        assert request.headers["Authorization"] == f"bearer token{self.tokens}"
        assert request.headers["User-Agent"] == "server:identity-audit:1 (by /u/maine-audit)"
        self.asked.append(f"{url.path}?{url.query}")
        if url.path != "/users/search":
            found = self.profiles.get(url.path.split("/")[2])
            return (200, JSON, json.dumps(found)) if found else (404, JSON, '{"message": "Not Found", "error": 404}')
        asked = parse_qs(url.query)
        results, start = self.results.get(asked["q"][0], []), int(asked.get("after", ["t2_0"])[0][3:])
        after = f"t2_{start + 2}" if start + 2 < len(results) else None
        return 200, JSON, json.dumps({"kind": "Listing", "data": {"after": after, "children": results[start:][:2]}})


def fetched(
    folder: Path, platform: Callable[..., object], time: FakeTime | None = None, **options: Any
) -> dict[str, Any]:
    (folder / "secret").write_text(CANARY, encoding="utf-8")
    given = {"client_id": "abc", "client_secret": {"file": "secret"}, "account": "maine-audit", "terms": ["MaineDOT"]}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_callback(responses.POST, f"{reddit.LOGIN_URL}{reddit.TOKEN}", platform)  # type: ignore[arg-type]
        mock.add_callback(responses.GET, f"{reddit.URL}{reddit.SEARCH}", platform)  # type: ignore[arg-type]
        for name in ("dot", "shut", "gone"):
            mock.add_callback(responses.GET, f"{reddit.URL}/user/{name}/about", platform)  # type: ignore[arg-type]
        asked = source(folder, "reddit", **{**given, **options})
        answers = list(reddit.fetch(asked, (time or FakeTime()).clock))
    return {answer.key: answer for answer in answers}


def test_a_profile(tmp_path):
    platform = Reddit({"MaineDOT": [thing("MaineDOT")]})
    (raw,) = fetched(tmp_path, platform)["MaineDOT"].items
    found = reddit.parse(raw)
    assert (found.platform, found.account_id, found.handle) == ("reddit", "idMaineDOT", "MaineDOT")
    assert (found.display_name, found.bio) == ("The MaineDOT", "Roads & so")
    assert found.url == "https://www.reddit.com/user/MaineDOT/"
    assert found.created_at is not None
    assert found.created_at.year == 2015
    assert found.registered_email == ""
    assert not [word for word in ("7261", "karma", CANARY) if word in repr(raw)]
    assert platform.tokens == 1
    assert all("limit=100" in url and "raw_json=1" in url for url in platform.asked)


def test_so_many_pages_and_no_more(tmp_path):
    platform = Reddit({"MaineDOT": [thing(f"u{number}") for number in range(9)]})
    assert len(fetched(tmp_path, platform, terms=["MaineDOT"], pages=3)["MaineDOT"].items) == 6
    assert len([url for url in platform.asked if "q=MaineDOT" in url]) == 3
    again = Reddit({"MaineDOT": [thing("u1"), SHUT, thing("u1"), SHUT]})
    items = fetched(tmp_path, again)["MaineDOT"].items
    assert [type(item) for item in items] == [Raw, Dropped]


@pytest.mark.parametrize(
    ("key", "outcome"),
    [
        ("@dot", Outcome.ANSWERED),
        ("@gone", Outcome.NOT_FOUND),  # never was, deleted, or hidden: Reddit does not tell
        ("@shut", Outcome.REFUSED),
        ("@dot.maine.gov", None),  # can be nobody's: not sent, and not called missing
        ("@../../api", None),
    ],
)
def test_a_declared_handle(tmp_path, key, outcome):
    platform = Reddit(dot=thing("dot"), shut=SHUT)
    answer = fetched(tmp_path, platform, handles=[key.upper()]).get(key)
    assert (answer and answer.outcome) is outcome
    assert len(answer.items if answer else ()) == (outcome is Outcome.ANSWERED)
    assert not [url for url in platform.asked if ".maine.gov/" in url or ".." in url]


def test_the_reset_header_is_in_seconds_left(tmp_path):
    time, left = FakeTime(), [429]
    calm = Reddit({"MaineDOT": [thing("dot")]})

    def platform(request):
        if left and "search" in request.url:
            headers = {**JSON, "X-Ratelimit-Remaining": "0.0", "X-Ratelimit-Reset": "301"}
            return left.pop(), headers, '{"message": "Too Many Requests", "error": 429}'
        return calm(request)

    assert len(fetched(tmp_path, platform, time)["MaineDOT"].items) == 1
    assert time.slept == pytest.approx([301], abs=1)


def test_a_token_is_renewed_before_it_ends(tmp_path):
    platform = Reddit()
    fetched(tmp_path, platform, terms=[f"office {number}" for number in range(8)], requests=1, seconds=600)
    assert 1 < platform.tokens < len(platform.asked)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ((401, '{"message": "Unauthorized", "error": 401}'), Refused),
        ((200, '{"error": "unsupported_grant_type"}'), SourceChanged),
        ((200, '{"access_token": "x", "expires_in": 0}'), SourceChanged),
        ((200, "[]"), SourceChanged),
    ],
)
def test_no_token(tmp_path, reply, error):
    with pytest.raises(error) as caught:
        fetched(tmp_path, lambda _: (reply[0], JSON, reply[1]))
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        [], {}, {"data": []}, {"data": {}}, {"data": {"children": [1]}}, {"data": {"children": [{"kind": "t5"}]}},
        {"data": {"children": [thing("dot", name=5)]}}, {"data": {"children": [thing("dot", id=5)]}},
        {"data": {"children": [thing("dot", subreddit="u_dot")]}},
    ],
)  # fmt: skip
def test_another_shape_stops(tmp_path, body):
    calm = Reddit()

    def platform(request):
        return (200, JSON, json.dumps(body)) if "search" in request.url else calm(request)

    with pytest.raises(SourceChanged):
        fetched(tmp_path, platform)


@pytest.mark.parametrize(
    "options",
    [
        {"client_id": ""},
        {"client_id": "a:b"},
        {"client_secret": CANARY},
        {"account": "a\nb"},
        {"pages": 0},
        {"terms": "x"},
    ],
)
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown, match=r"audit\.toml"):
        fetched(tmp_path, Reddit(), **options)


@pytest.mark.parametrize("fields", [{"created_utc": "x"}, {"created_utc": 1e300}, {"title": 5}])
def test_fields_of_another_kind(fields):
    with pytest.raises(BadRow):
        reddit.parse(Raw({"id": "a", "name": "dot", **fields}, "reddit", "/x", "0" * 64))
