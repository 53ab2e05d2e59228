import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from connectors import youtube
from connectors.contract import Answer, BadRow, Dropped, Outcome, Raw, SourceChanged, SourceDown
from connectors.http import OutOfBudget, Refused
from tests.loopback import FakeTime, source

SEARCH, CHANNELS = (
    "https://youtube.googleapis.com/youtube/v3/search",
    "https://youtube.googleapis.com/youtube/v3/channels",
)
CANARY = "canary-7f3Qx9ZpL0vB2nK8sT4w"
OK = {"Content-Type": "application/json; charset=UTF-8"}


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("YOUTUBE_KEY", CANARY)


class YouTube:
    """Finds `found` channels for every term, five a page; the `closed` are gone. Knows each handle but "@gone…"."""

    def __init__(self, found: int = 3, closed: tuple[int, ...] = ()) -> None:
        self.found, self.closed = found, closed
        self.urls: list[str] = []

    def __call__(self, request) -> tuple[int, dict[str, str], str]:
        self.urls.append(request.url)
        assert request.headers["X-Goog-Api-Key"] == CANARY
        asked = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        if "q" in asked:
            start = int(asked.get("pageToken", "0"))
            page = range(start, min(start + 5, self.found))
            value = {"kind": "youtube#searchListResponse", "items": [{"id": {"channelId": f"UC{one}"}} for one in page]}
            return 200, OK, json.dumps(value | ({"nextPageToken": str(start + 5)} if start + 5 < self.found else {}))
        if "forHandle" in asked:
            own = [] if asked["forHandle"].startswith("@gone") else [channel("UC-own", asked["forHandle"])]
        else:
            own = [channel(one) for one in asked["id"].split(",") if one not in {f"UC{two}" for two in self.closed}]
        return 200, OK, json.dumps({"kind": "youtube#channelListResponse"} | ({"items": own} if own else {}))


def channel(one: str, handle: str = "@x") -> dict[str, object]:
    return {"id": one, "snippet": {"title": "MaineDOT", "customUrl": handle, "thumbnails": {"default": "no"}}}


def fetched(folder: Path, platform, time: FakeTime | None = None, **options: Any) -> list[Answer]:
    options = {"key": {"env": "YOUTUBE_KEY"}, "terms": ["MaineDOT"], **options}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for url in (SEARCH, CHANNELS):
            mock.add_callback(responses.GET, url, platform)
        return list(youtube.fetch(source(folder, "yt", domains=(), **options), (time or FakeTime()).clock))


def kinds(urls: list[str]) -> str:
    """s for a search, h for a handle, c for channels by id."""
    return "".join("s" if "/search" in url else "h" if "forHandle" in url else "c" for url in urls)


def test_channels():
    values = {"id": "UCx", "title": "MaineDOT", "description": "Roads.", "customUrl": "@MaineDOT"}
    dot = youtube.parse(Raw(values | {"publishedAt": "2011-03-04T05:06:07.5Z"}, "yt", "/x", "0" * 64))
    assert (dot.platform, dot.account_id, dot.handle, dot.display_name) == ("youtube", "UCx", "MaineDOT", "MaineDOT")
    assert (dot.url, dot.bio) == ("https://www.youtube.com/channel/UCx", "Roads.")
    assert (dot.registered_email, dot.created_at and dot.created_at.year) == ("", 2011)
    assert youtube.parse(Raw({"id": "UCx"}, "yt", "/x", "0" * 64)).handle == ""


def test_what_it_asks_for(tmp_path):
    platform = YouTube()
    answers = fetched(tmp_path, platform, handles=["MaineDOT"])
    assert kinds(platform.urls) == "hsc"
    assert CANARY not in " ".join(platform.urls)
    assert parse_qs(urlsplit(platform.urls[1]).query)["type"] == ["channel"]
    assert "thumbnails" not in repr(answers)
    assert all("fields" in parse_qs(urlsplit(url).query) for url in platform.urls)


def test_closed_channels_are_missing(tmp_path):
    answers = fetched(tmp_path, YouTube(closed=(1, 2)), handles=["@Gone.maine", "not a handle", "é"])
    told = {answer.key: answer for answer in answers}
    assert told["@gone.maine"].outcome is Outcome.NOT_FOUND
    assert set(told) == {"@gone.maine", "MaineDOT"}  # what can be no handle is not sent, and not called missing
    assert [type(one) for one in told["MaineDOT"].items] == [Raw, Dropped]
    assert told["MaineDOT"].items[1] == Dropped(2, youtube.CLOSED)
    assert fetched(tmp_path, YouTube(found=0)) == [Answer("MaineDOT")]


@pytest.mark.parametrize(("found", "pages", "asked"), [(12, 1, "sc"), (12, 2, "ssc"), (12, 9, "sssc"), (0, 2, "s")])
def test_so_many_pages_and_no_more(tmp_path, found, pages, asked):
    platform = YouTube(found)
    fetched(tmp_path, platform, pages=pages)
    assert kinds(platform.urls) == asked
    assert len(platform.urls) <= youtube.CONNECTOR.sweep.requests(source(tmp_path, pages=pages), ("MaineDOT",))


def test_batches_of_fifty(tmp_path):
    platform = YouTube(found=120)
    assert len(fetched(tmp_path, platform, pages=24)[0].items) == 120
    sizes = [len(parse_qs(urlsplit(url).query)["id"][0].split(",")) for url in platform.urls if "/channels" in url]
    assert sizes == [50, 50, 20]


@pytest.mark.parametrize(
    ("handles", "terms", "options", "asked"),
    [
        (0, 200, {}, {"s": 90, "c": 90}),
        (300, 0, {}, {"h": 180}),
        (60, 200, {}, {"h": 60, "s": 60, "c": 60}),
        (3, 200, {"searches": 5, "pages": 2}, {"h": 3, "s": 2, "c": 2}),
        (3, 5, {"most_requests": 4}, {"h": 3, "s": 1}),
    ],
)
def test_a_night_has_so_many_searches(tmp_path, handles, terms, options, asked):
    platform = YouTube()
    given: dict[str, Any] = {
        "handles": [f"office{one}" for one in range(handles)],
        "terms": [f"Maine {one}" for one in range(terms)],
    }
    fetched(tmp_path, platform, **{name: value for name, value in given.items() if value}, **options)
    assert {kind: kinds(platform.urls).count(kind) for kind in set(kinds(platform.urls))} == asked


def test_no_key_waits_for_ever(tmp_path):
    """Night after night, the stalest first: all is asked in as many nights as the plan says."""
    asked: dict[str, Any] = {}
    options: dict[str, Any] = {
        "key": {"env": "YOUTUBE_KEY"}, "handles": [f"office{one}" for one in range(50)],
        "terms": [f"Maine {one}" for one in range(40)], "most_requests": 20, "searches": 10,
    }  # fmt: skip
    platform, nights = YouTube(), 0
    while nights < 20 and len(asked) < 90:
        nights += 1
        tonight = replace(source(tmp_path, "yt", domains=(), **options), last_asked=dict(asked))
        with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
            for url in (SEARCH, CHANNELS):
                mock.add_callback(responses.GET, url, platform)
            time = FakeTime(at=1000.0 + 86400 * nights)
            asked |= {answer.key: time.clock.now() for answer in youtube.fetch(tonight, time.clock)}
    plan = youtube.CONNECTOR.sweep.requests(tonight, youtube.CONNECTOR.sweep.keys(tonight))
    assert (len(asked), plan, nights) == (90, 130, 7)


@pytest.mark.parametrize("reason", ["quotaExceeded", "dailyLimitExceeded"])
@pytest.mark.parametrize("status", [403, 429])
def test_the_day_s_quota_is_never_asked_again(tmp_path, reason, status):
    error = {"code": status, "message": "Exceeded.", "errors": [{"domain": "youtube.quota", "reason": reason}]}
    platform, urls = YouTube(), []

    def spent(request) -> tuple[int, dict[str, str], str]:
        urls.append(request.url)
        return (status, OK, json.dumps({"error": error})) if "/search" in request.url else platform(request)

    time = FakeTime()
    assert [answer.key for answer in fetched(tmp_path, spent, time, handles=["mainedot"])] == ["@mainedot"]
    assert (kinds(urls), time.slept) == ("hs", [])
    with pytest.raises(OutOfBudget, match="The next night goes on"):
        fetched(tmp_path, spent)


def test_not_permitted(tmp_path):
    error = {"code": 403, "message": "YouTube Data API v3 is disabled.", "errors": [{"reason": "accessNotConfigured"}]}
    with pytest.raises(Refused, match=r"API v3 is disabled.*Check the key"):
        fetched(tmp_path, lambda _: (403, OK, json.dumps({"error": error})))


@pytest.mark.parametrize(
    "body",
    [
        {"items": []},
        {"kind": "youtube#searchListResponse", "items": [{"id": "UC1"}]},
        {"kind": "youtube#searchListResponse", "items": {}},
        {"kind": "youtube#channelListResponse", "items": []},
    ],
)
def test_another_shape_stops(tmp_path, body):
    with pytest.raises(SourceChanged):
        fetched(tmp_path, lambda _: (200, OK, json.dumps(body)))


@pytest.mark.parametrize("items", [[{"id": 5, "snippet": {}}], [{"id": "UC1"}], [5]])
def test_channels_of_another_shape_stop(tmp_path, items):
    body = {"kind": "youtube#channelListResponse", "items": items}
    with pytest.raises(SourceChanged):
        fetched(tmp_path, lambda _: (200, OK, json.dumps(body)), handles=["mainedot"])


@pytest.mark.parametrize(
    "options", [{"terms": "x"}, {"handles": [""]}, {"pages": 0}, {"searches": "x"}, {"key": CANARY}]
)
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown, match=r"audit\.toml"):
        fetched(tmp_path, YouTube(), **options)


@pytest.mark.parametrize("fields", [{"title": 5}, {"customUrl": ["@x"]}])
def test_fields_of_another_kind(fields):
    with pytest.raises(BadRow):
        youtube.parse(Raw({"id": "UC1", **fields}, "yt", "/x", "0" * 64))
