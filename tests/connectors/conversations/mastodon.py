"""A Mastodon instance with 42 results for one term, of which it runs two accounts itself; one handle was suspended."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

from tests.descriptions import is_exchange

HOST = "https://mastodon.social"
OPTIONS = {"url": HOST, "token": {"file": "token"}, "handles": ["gone", "shut"]}
JSON = {"Content-Type": "application/json; charset=utf-8", "X-RateLimit-Remaining": "299"}
PICTURE = "https://files.example.org/PRIVATE-7261.png"
UNREAD = {
    "avatar": PICTURE, "avatar_static": PICTURE, "header": PICTURE, "header_static": PICTURE, "bot": False,
    "locked": False, "group": False, "indexable": True, "discoverable": True, "followers_count": 7261,
    "following_count": 12, "statuses_count": 3, "last_status_at": "2026-11-01", "emojis": [], "roles": [],
}  # fmt: skip
FIELDS = [
    {"name": "PRIVATE-7261", "value": "PRIVATE-7261", "verified_at": None},
    {"name": "Web", "value": '<a href="https://www.maine.gov/dot" rel="me">PRIVATE-7261</a>', "verified_at": None},
]


def account(number: int, acct: str, **more: object) -> dict[str, object]:
    name, _, host = acct.partition("@")
    home = f"https://{host}" if host else HOST
    return {
        "id": str(109_000_000_000_000_000 + number), "username": name, "acct": acct, "url": f"{home}/@{name}",
        "uri": f"{home}/users/{name}", "display_name": "Roads of Maine", "note": "<p>Roads &amp; bridges.</p>",
        "created_at": "2022-11-05T00:00:00.000Z", "fields": FIELDS, **UNREAD, **more,
    }  # fmt: skip


FOUND = [account(1, "MaineDOT"), *(account(n, f"dot{n}@other.example") for n in range(2, 42)), account(42, "roads")]
SHUT = account(43, "shut", display_name="", note="", fields=[], suspended=True)


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    url = urlsplit(str(request.url))
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    if url.path == "/api/v1/accounts/lookup":
        known = {str(one["acct"]).lower(): one for one in (*FOUND, SHUT)}
        if found := known.get(asked["acct"]):
            return 200, JSON, json.dumps(found)
        return 404, JSON, json.dumps({"error": "Record not found"})
    start = int(asked.get("offset", 0))
    results = FOUND[start : start + int(asked["limit"])] if asked["q"] == "MaineDOT" else []
    return 200, JSON, json.dumps({"accounts": results, "statuses": [], "hashtags": []})


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    """Against the description, whose server is https://{host}; and its words on `limit` and `offset`."""
    asked = parse_qs(urlsplit(str(request.url)).query)
    assert int(asked.get("limit", ["0"])[0]) <= 40
    assert asked.get("type", ["accounts"]) == ["accounts"]
    assert "offset" not in asked or request.headers["Authorization"].startswith("Bearer ")
    is_exchange(shared, "mastodon", request, status, body)
