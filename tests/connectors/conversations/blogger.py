"""Blogger with one of the declared blogs."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

from tests.descriptions import is_discovered

OPTIONS = {"key": {"file": "token"}}
RENAMED = ("blogger", "2399953", "oldmainedot")
JSON = {"Content-Type": "application/json; charset=UTF-8"}
BLOG = {
    "kind": "blogger#blog", "id": "2399953", "status": "LIVE", "name": "MaineDOT &amp; friends",
    "description": 'Roads. <a href="https://www.maine.gov/dot">More</a>', "published": "2007-04-23T22:17:29-07:00",
    "updated": "2026-11-01T09:00:00-07:00", "url": "http://mainedot.blogspot.com/",
    "selfLink": "https://www.googleapis.com/blogger/v3/blogs/2399953",
    "posts": {"totalItems": 7261, "selfLink": "https://example.org/PRIVATE-7261"},
    "pages": {"totalItems": 2, "selfLink": "https://example.org/PRIVATE-7261"},
    "locale": {"language": "en", "country": "PRIVATE-7261", "variant": ""},
}  # fmt: skip


def refusal(status: int, reason: str) -> tuple[int, dict[str, str], str]:
    error = {"domain": "global", "reason": reason, "message": "No."}
    return status, JSON, json.dumps({"error": {"code": status, "message": "No.", "errors": [error]}})


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    url = urlsplit(str(request.url))
    found = url.path == "/v3/blogs/2399953" or parse_qs(url.query)["url"] == ["https://mainedot.blogspot.com/"]
    return (200, JSON, json.dumps(BLOG)) if found else refusal(404, "notFound")


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    is_discovered(shared, "blogger/discovery", request, status, body)
    assert request.headers["X-Goog-Api-Key"]
