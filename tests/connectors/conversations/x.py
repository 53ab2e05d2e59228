"""X with one of the declared handles; the other cannot be a handle there."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

from tests.descriptions import is_openapi, is_openapi_query

OPTIONS = {"token": {"file": "token"}}
RENAMED = ("x", "20536157", "maine_dot_old")
JSON = {"Content-Type": "application/json; charset=utf-8", "x-rate-limit-remaining": "299"}
LINK = {"start": 0, "end": 23, "url": "https://t.co/PRIVATE-7261", "expanded_url": "https://www.maine.gov/dot"}
USER = {
    "id": "20536157", "username": "MaineDOT", "name": "MaineDOT", "created_at": "2009-02-10T17:22:34.000Z",
    "description": "Roads and bridges. https://t.co/abc", "location": "PRIVATE-7261", "pinned_post_id": "7261",
    "profile_image_url": "https://example.org/PRIVATE-7261.jpg",
    "public_metrics": {"followers_count": 7261, "following_count": 3, "post_count": 400, "listed_count": 2},
    "entities": {
        "url": {"urls": [LINK]},
        "description": {"mentions": [{"start": 0, "end": 3, "username": "PRIVATE-7261"}], "urls": [LINK]},
    },
}  # fmt: skip


def absent(name: str) -> dict[str, str]:
    return {
        "value": name, "resource_id": name, "resource_type": "user", "parameter": "usernames",
        "title": "Not Found Error", "detail": f"Could not find user with usernames: [{name}].",
        "type": "https://api.x.com/2/problems/resource-not-found",
    }  # fmt: skip


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    asked = parse_qs(urlsplit(str(request.url)).query)
    if "ids" in asked:
        return 200, JSON, json.dumps({"data": [USER]})
    names = asked["usernames"][0].split(",")
    value: dict[str, object] = {}
    if "mainedot" in names:
        value["data"] = [USER]
    if missing := [absent(name) for name in names if name != "mainedot"]:
        value["errors"] = missing
    return 200, JSON, json.dumps(value)


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    is_openapi_query(shared, "x", str(request.method), str(request.url))
    assert request.headers["Authorization"].startswith("Bearer ")
    by_id = urlsplit(str(request.url)).path == "/2/users"
    is_openapi(shared, "x", "GetUsersByIdsResponse" if by_id else "GetUsersByUsernamesResponse", json.loads(body))
