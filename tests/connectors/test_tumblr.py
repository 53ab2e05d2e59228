import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from connectors import tumblr
from connectors.contract import Answer, BadRow, Outcome, Raw, SourceChanged, SourceDown
from connectors.http import OutOfBudget, Refused
from tests.loopback import FakeTime, source

JSON = {"Content-Type": "application/json; charset=utf-8"}
KEY = "consumer-key"
Reply = tuple[int, dict[str, str], str]
BLOG = {
    "uuid": "t:0aY0xL2Fi1OFJg4YxpmegQ", "name": "mainedot", "title": "MaineDOT", "url": "https://mainedot.tumblr.com/",
    "description": '<p>Roads &amp; <a href="https://511.maine.gov">511</a></p>',
}  # fmt: skip


def told(blog: object) -> Reply:
    return 200, JSON, json.dumps({"meta": {"status": 200, "msg": "OK"}, "response": {"blog": blog}})


class Platform:
    """Has the blog "mainedot", no other, and refuses "shut"."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    def __call__(self, request) -> Reply:
        self.urls.append(request.url)
        name = urlsplit(request.url).path.split("/")[3]
        if name == "mainedot":
            return told({**BLOG, "posts": 7261, "avatar": [{"url": "https://example.org/face.png"}]})
        status = 403 if name == "shut" else 404
        return status, JSON, json.dumps({"meta": {"status": status, "msg": "…"}, "response": []})


def fetched(folder: Path, platform: Callable[..., Reply], *handles: str, **options: Any) -> list[Answer]:
    (folder / "key").write_text(KEY)
    time = options.pop("time", None) or FakeTime()
    given = source(folder, "blogs", **{"key": {"file": "key"}, "handles": list(handles) or ["mainedot"], **options})
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for key in tumblr.CONNECTOR.sweep.keys(given):
            mock.add_callback(responses.GET, f"https://api.tumblr.com/v2/blog/{key[1:]}/info", platform)
        return list(tumblr.fetch(given, time.clock))


def test_blog(tmp_path):
    platform = Platform()
    (answer,) = fetched(tmp_path, platform, "@MaineDOT")
    (raw,) = answer.items
    assert isinstance(raw, Raw)
    account = tumblr.parse(raw)
    assert (account.platform, account.account_id, account.handle) == ("tumblr", BLOG["uuid"], "mainedot")
    assert (account.display_name, account.bio, account.url) == ("MaineDOT", "Roads & 511", BLOG["url"])
    assert account.links == ("https://511.maine.gov",)
    assert "7261" not in repr(raw)
    assert "face" not in repr(raw)
    (url,) = platform.urls
    assert parse_qs(urlsplit(url).query) == {"api_key": [KEY], "fields[blogs]": ["uuid,name,title,description,url"]}


@pytest.mark.parametrize(
    ("url", "links", "shown"),
    [
        ("https://dot.maine.gov/", ("https://511.maine.gov", "https://dot.maine.gov/"), "https://dot.maine.gov/"),
        ("https://www.tumblr.com/mainedot", ("https://511.maine.gov",), "https://www.tumblr.com/mainedot"),
        (None, ("https://511.maine.gov",), "https://www.tumblr.com/mainedot"),
        ("javascript:alert(1)", ("https://511.maine.gov",), "https://www.tumblr.com/mainedot"),
        ("[x].com/", ("https://511.maine.gov",), "https://[x].com/"),
    ],
)
def test_a_host_of_its_own_is_a_link_that_the_blog_shows(url, links, shown):
    account = tumblr.parse(Raw(BLOG | {"url": url}, "blogs", "/x", "0" * 64))
    assert (account.links, account.url) == (links, shown)


def test_each_handle_has_its_own_outcome(tmp_path):
    platform = Platform()
    answers = fetched(tmp_path, platform, "mainedot", "gone", "dot.maine.gov", "shut", "no blog", "a/b", "..")
    assert {one.key[1:]: str(one.outcome) for one in answers} == {
        "mainedot": Outcome.ANSWERED, "gone": Outcome.NOT_FOUND, "dot.maine.gov": Outcome.NOT_FOUND,
        "shut": Outcome.REFUSED,
    }  # fmt: skip
    assert len(platform.urls) == 4
    given = source(tmp_path, handles=[one.key for one in answers])
    assert tumblr.CONNECTOR.sweep.requests(given, tumblr.CONNECTOR.sweep.keys(given)) == 4


def test_an_hour_s_allowance_is_waited_for_as_seconds_left(tmp_path):
    time, platform = FakeTime(), Platform()
    spent = [(429, {"X-Ratelimit-Perhour-Remaining": "0", "X-Ratelimit-Perhour-Reset": "753"}, "{}")]
    answers = fetched(tmp_path, lambda request: spent.pop() if spent else platform(request), time=time)
    assert [one.outcome for one in answers] == [Outcome.ANSWERED]
    assert 752 <= sum(time.slept) <= 754


def test_a_day_s_allowance_is_kept_to(tmp_path):
    assert tumblr.SERVICE.most_requests <= 0.9 * 5000
    answers = fetched(tmp_path, Platform(), "mainedot", "gone", "gone2", most_requests=2)
    assert [one.key for one in answers] == ["@mainedot", "@gone"]
    with pytest.raises(OutOfBudget):
        fetched(tmp_path, lambda _: (429, {}, '{"meta": {"status": 429, "msg": "Limit Exceeded"}}'))


@pytest.mark.parametrize(
    "body",
    [
        [], {}, {"x": 1}, {"response": []}, {"response": {"blog": []}}, {"response": {"blog": {}}},
        {"response": {"blog": {"name": "a"}}}, {"response": {"blog": BLOG | {"uuid": 5}}},
    ],
)  # fmt: skip
def test_another_shape_stops(tmp_path, body):
    with pytest.raises(SourceChanged):
        fetched(tmp_path, lambda _: (200, JSON, json.dumps(body)))


def test_a_key_that_is_not_accepted(tmp_path):
    with pytest.raises(Refused, match="consumer key") as fault:
        fetched(tmp_path, lambda _: (401, JSON, json.dumps({"meta": {"status": 401, "msg": "Unauthorized"}})))
    assert KEY not in str(fault.value)


@pytest.mark.parametrize("options", [{"key": KEY}, {"key": {}}])
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown, match="blogs: key") as fault:
        fetched(tmp_path, Platform(), **options)
    assert KEY not in str(fault.value)


@pytest.mark.parametrize("fields", [{"title": 5}, {"description": ["x"]}, {"url": {}}])
def test_fields_of_another_kind(fields):
    with pytest.raises(BadRow):
        tumblr.parse(Raw(BLOG | fields, "blogs", "/x", "0" * 64))
