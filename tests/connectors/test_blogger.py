import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from connectors import blogger
from connectors.contract import Answer, BadRow, Outcome, Raw, SourceChanged, SourceDown
from connectors.http import OutOfBudget, Refused
from tests.loopback import FakeTime, source

URL = "https://blogger.googleapis.com/v3/blogs/byurl"
CANARY = "canary-7f3Qx9ZpL0vB2nK8sT4w"
OK = {"Content-Type": "application/json; charset=UTF-8"}
BLOG = {
    "kind": "blogger#blog", "id": "2399953", "name": "MaineDOT",
    "description": 'Roads. <a href="maine.gov/dot">More</a>',
    "url": "http://mainedot.blogspot.com/", "published": "2007-04-23T22:17:29.261-07:00", "posts": {"totalItems": 8},
}  # fmt: skip


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("BLOGGER_KEY", CANARY)


class Blogger:
    """Every blog is there but those named gone…, deleted… and private…."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, request) -> tuple[int, dict[str, str], str]:
        assert request.headers["X-Goog-Api-Key"] == CANARY
        self.asked.append(url := parse_qs(urlsplit(request.url).query)["url"][0])
        if "private" in url or "gone" in url:
            return refusal(403 if "private" in url else 404, "forbidden")
        return 200, OK, json.dumps(BLOG | {"status": "DELETED" if "deleted" in url else "LIVE", "url": url})


def refusal(status: int, reason: str) -> tuple[int, dict[str, str], str]:
    error = {"code": status, "message": "No permission.", "errors": [{"reason": reason}]}
    return status, OK, json.dumps({"error": error})


def fetched(folder: Path, platform, handles: list[str], **options: Any) -> list[Answer]:
    options = {"key": {"env": "BLOGGER_KEY"}, "handles": handles, **options}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_callback(responses.GET, URL, platform)
        return list(blogger.fetch(source(folder, "blogs", **options), FakeTime().clock))


@pytest.mark.parametrize(
    ("url", "handle", "shown"),
    [
        ("http://mainedot.blogspot.com/", "mainedot", "http://mainedot.blogspot.com/"),
        ("https://blog.maine.gov/", "blog.maine.gov", "https://blog.maine.gov/"),
        ("javascript:alert(1)", "", ""),
        ("http://[", "", ""),
    ],
)
def test_blogs(url, handle, shown):
    blog = blogger.parse(Raw(BLOG | {"url": url, "name": "Maine <b>DOT</b> &amp; you"}, "blogs", "/x", "0" * 64))
    assert (blog.platform, blog.account_id, blog.handle, blog.url) == ("blogger", "2399953", handle, shown)
    assert (blog.display_name, blog.bio, blog.links) == ("Maine DOT & you", "Roads. More", ("https://maine.gov/dot",))
    assert (blog.registered_email, blog.created_at and blog.created_at.hour) == ("", 5)


@pytest.mark.parametrize(
    ("handle", "asked"),
    [
        ("MaineDOT", "https://mainedot.blogspot.com/"),
        ("@mainedot.blogspot.com", "https://mainedot.blogspot.com/"),
        ("http://MaineDOT.blogspot.com/2026/11/post.html", "https://mainedot.blogspot.com/"),
        ("blog.maine.gov", "https://blog.maine.gov/"),
        ("blog.mañe.example", "https://blog.xn--mae-8ma.example/"),
        ("maine dot", None),
        ("http://[", None),
        ("localhost", "https://localhost.blogspot.com/"),
        ("127.0.0.1", None),
        ("a/../b.example.org", None),
    ],
)
def test_a_handle_is_an_address(tmp_path, handle, asked):
    platform = Blogger()
    answers = fetched(tmp_path, platform, [handle])
    assert platform.asked == ([asked] if asked else [])
    assert [answer.outcome for answer in answers] == ([Outcome.ANSWERED] if asked else [])
    assert "totalItems" not in repr(answers)


def test_removed_and_private_blogs(tmp_path):
    answers = fetched(tmp_path, Blogger(), ["a", "gone", "deleted", *(f"private{one}" for one in range(9)), "z"])
    told = [answer.outcome for answer in answers]
    assert told == [Outcome.ANSWERED, *[Outcome.NOT_FOUND] * 2, *[Outcome.REFUSED] * 9, Outcome.ANSWERED]
    assert all(len(answer.items) == (answer.outcome is Outcome.ANSWERED) for answer in answers)


def test_that_nobody_answers_is_a_refusal_of_ourselves(tmp_path):
    platform = Blogger()
    with pytest.raises(Refused, match=r"No permission.*Check the key"):
        fetched(tmp_path, platform, [f"private{one}" for one in range(9)])
    assert len(platform.asked) == 5
    assert [one.outcome for one in fetched(tmp_path, Blogger(), ["private"])] == [Outcome.REFUSED]


def test_the_day_s_quota_is_no_refusal(tmp_path):
    with pytest.raises(OutOfBudget):
        fetched(tmp_path, lambda _: refusal(403, "dailyLimitExceeded"), ["a", "b"])


@pytest.mark.parametrize("body", [[], {}, BLOG | {"kind": "blogger#page"}, BLOG | {"status": "HIDDEN"}])
def test_another_shape_stops(tmp_path, body):
    with pytest.raises(SourceChanged):
        fetched(tmp_path, lambda _: (200, OK, json.dumps(body)), ["a"])


@pytest.mark.parametrize("options", [{"handles": "x"}, {"key": None}, {"key": CANARY}, {"url": "http://a.example"}])
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown, match=r"audit\.toml"):
        fetched(tmp_path, Blogger(), **{"handles": ["a"], **options})


@pytest.mark.parametrize("fields", [{"id": ""}, {"id": 5}, {"name": None}, {"description": []}])
def test_fields_of_another_kind(fields):
    with pytest.raises(BadRow):
        blogger.parse(Raw({**BLOG, **fields}, "blogs", "/x", "0" * 64))
