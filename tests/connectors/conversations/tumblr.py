"""Tumblr with one of the declared blogs."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

OPTIONS = {"key": {"file": "token"}}
LISTS_WITHIN = True
RENAMED = ("tumblr", "t:0aY0xL2Fi1OFJg4YxpmegQ", "oldmainedot")
JSON = {"Content-Type": "application/json; charset=utf-8", "X-Ratelimit-Perhour-Remaining": "999"}
BLOG = {
    "uuid": "t:0aY0xL2Fi1OFJg4YxpmegQ", "name": "mainedot", "title": "MaineDOT",
    "description": '<p>Roads &amp; bridges. <a href="https://www.maine.gov/dot">More</a></p>',
    "url": "https://mainedot.tumblr.com/", "updated": 1308953007, "posts": 7261, "likes": 12, "ask": True,
    "avatar": [{"width": 64, "height": 64, "url": "https://example.org/PRIVATE-7261.png"}],
    "theme": {"header_image": "https://example.org/PRIVATE-7261.png"},
}  # fmt: skip
GONE = {"meta": {"status": 404, "msg": "Not Found"}, "response": []}


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    if urlsplit(str(request.url)).path in ("/v2/blog/mainedot/info", f"/v2/blog/{BLOG['uuid']}/info"):
        return 200, JSON, json.dumps({"meta": {"status": 200, "msg": "OK"}, "response": {"blog": BLOG}})
    return 404, JSON, json.dumps(GONE)


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    """No machine-readable description: the call and the shapes of NOTES.md."""
    notes = (shared / "sources/specs/tumblr/NOTES.md").read_text(encoding="utf-8")
    assert "GET https://api.tumblr.com/v2/blog/{blog-identifier}/info?api_key=KEY" in notes
    url = urlsplit(str(request.url))
    assert (request.method, url.scheme, url.netloc) == ("GET", "https", "api.tumblr.com")
    assert re.fullmatch(r"/v2/blog/([a-z0-9.-]+|t:[\w-]+)/info", url.path)
    assert request.headers["User-Agent"] == "identity-audit"
    asked = parse_qs(url.query, strict_parsing=True)
    assert set(asked) == {"api_key", "fields[blogs]"}
    allowed = re.search(r"fields\[blogs\]=([a-z,]+)", notes)
    assert allowed
    assert set(asked["fields[blogs]"][0].split(",")) <= set(allowed[1].split(","))
    value = json.loads(body)
    assert value["meta"]["status"] == status
    assert isinstance(value["meta"]["msg"], str)
    if status == 200:
        assert {"name", "title", "url", "description", "uuid"} <= set(value["response"]["blog"])
    else:
        assert (status, value["response"]) == (404, [])
