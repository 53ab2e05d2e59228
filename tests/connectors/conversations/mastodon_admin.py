"""An instance with three accounts, two a page by the Link header."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

from tests.descriptions import is_openapi

OPTIONS = {"url": "https://social.example.gov", "token": {"file": "token"}}
QUERY = {
    "origin", "status", "permissions", "role_ids[]", "invited_by", "username", "display_name", "by_domain", "email",
    "ip", "max_id", "since_id", "min_id", "limit",
}  # fmt: skip
ADMIN = {
    "id", "username", "domain", "created_at", "email", "ip", "role", "confirmed", "suspended", "silenced", "disabled",
    "approved", "locale", "invite_request", "ips", "account",
}  # fmt: skip
PICTURE = "https://social.example.gov/PRIVATE-7261.png"
SEEN = {"ip": "PRIVATE-7261", "used_at": "2026-09-08T16:10:38.621Z"}


def account(number: int, name: str, email: str, note: str) -> dict[str, object]:
    profile = {
        "id": str(number), "username": name, "acct": name, "display_name": name, "locked": False, "bot": False,
        "discoverable": True, "group": False, "indexable": False, "created_at": "2022-05-08T00:00:00.000Z",
        "note": f"<p>{note}</p>", "url": f"https://social.example.gov/@{name}",
        "uri": f"https://social.example.gov/users/{name}", "avatar": PICTURE, "avatar_static": PICTURE,
        "header": PICTURE, "header_static": PICTURE, "followers_count": 7261, "following_count": 3,
        "statuses_count": 400, "last_status_at": "2026-11-01", "emojis": [], "fields": [],
    }  # fmt: skip
    return {
        "id": str(number), "username": name, "domain": None, "created_at": "2022-05-08T18:18:53.221Z", "email": email,
        "ip": SEEN, "role": {"id": 3, "name": "Owner"}, "confirmed": True, "suspended": False, "silenced": False,
        "disabled": False, "approved": True, "locale": None, "invite_request": "PRIVATE-7261", "ips": [SEEN],
        "account": profile,
    }  # fmt: skip


ACCOUNTS = [
    account(303, "MaineDOT", "jane.doe@maine.gov", "Roads &amp; bridges."),
    account(302, "ravi", "ravi.lee@maine.gov", "Opinions are mine."),
    account(301, "otter", "otter@example.org", ""),
]


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    below = int(parse_qs(urlsplit(str(request.url)).query).get("max_id", ["999"])[0])
    found = [one for one in ACCOUNTS if int(str(one["id"])) < below]
    headers = {"Content-Type": "application/json; charset=utf-8", "X-RateLimit-Remaining": "298"}
    if found[2:]:
        following = f"{str(request.url).split('&max_id')[0]}&max_id={found[1]['id']}"
        headers["Link"] = f'<{following}>; rel="next", <https://social.example.gov/?min_id=1>; rel="prev"'
    return 200, headers, json.dumps(found[:2])


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    url = urlsplit(str(request.url))
    assert (request.method, url.path) == ("GET", "/api/v2/admin/accounts")
    assert request.headers["Authorization"].startswith("Bearer ")
    asked = parse_qs(url.query, strict_parsing=True)
    assert set(asked) <= QUERY
    assert 1 <= int(asked["limit"][0]) <= 200
    assert asked["origin"] == ["local"]
    for one in json.loads(body):
        assert set(one) == ADMIN
        is_openapi(shared, "mastodon", "Account", one["account"])
