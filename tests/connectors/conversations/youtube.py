"""YouTube with two channels; a search finds both, and one that is closed by now."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

from tests.descriptions import is_discovered

OPTIONS = {"key": {"file": "token"}}
JSON = {"Content-Type": "application/json; charset=UTF-8"}
PICTURE = {"default": {"url": "https://example.org/PRIVATE-7261.jpg", "width": 88, "height": 88}}
RENAMED = ("youtube", "UCaaaaaaaaaaaaaaaaaaaaaa", "OldMaineDOT")
IDS = ("UCaaaaaaaaaaaaaaaaaaaaaa", "UCbbbbbbbbbbbbbbbbbbbbbb", "UCcccccccccccccccccccccc")


def channel(number: int, title: str, handle: str) -> dict[str, object]:
    return {
        "kind": "youtube#channel", "etag": "e", "id": IDS[number],
        "snippet": {
            "title": title, "description": "Roads and bridges.", "customUrl": handle, "thumbnails": PICTURE,
            "publishedAt": "2011-03-04T05:06:07Z", "country": "PRIVATE-7261",
            "localized": {"title": "PRIVATE-7261", "description": "PRIVATE-7261"},
        },
    }  # fmt: skip


CHANNELS = [channel(0, "MaineDOT", "@MaineDOT"), channel(1, "Lee of the Maine Department of Labor", "@leeotter")]


def listing(kind: str, items: list[dict[str, object]]) -> tuple[int, dict[str, str], str]:
    value: dict[str, object] = {"kind": kind, "etag": "e", "pageInfo": {"totalResults": 7261, "resultsPerPage": 50}}
    return 200, JSON, json.dumps(value | ({"items": items} if items else {}))


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    url = urlsplit(str(request.url))
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    if url.path == "/youtube/v3/search":
        snippet = {"title": "MaineDOT", "description": "PRIVATE-7261 ...", "thumbnails": PICTURE}
        found: list[dict[str, object]] = [
            {"kind": "youtube#searchResult", "id": {"kind": "youtube#channel", "channelId": one}, "snippet": snippet}
            for one in IDS
        ]
        return listing("youtube#searchListResponse", found if asked["q"] == "MaineDOT" else [])
    own = [asked["forHandle"].lower()] if "forHandle" in asked else asked["id"].split(",")
    known = [one for one in CHANNELS if {one["id"], str(one["snippet"]["customUrl"]).lower()} & set(own)]  # type: ignore[index]
    return listing("youtube#channelListResponse", known)


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    is_discovered(shared, "youtube/discovery", request, status, body)
    assert request.headers["X-Goog-Api-Key"]
    asked = parse_qs(urlsplit(str(request.url)).query)
    assert asked["part"] == ["snippet"]
    assert len({"forHandle", "id", "q"} & set(asked)) == 1
    assert len(asked.get("id", [""])[0].split(",")) <= 50
