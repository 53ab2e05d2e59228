"""GitHub, whose search leads to 103 profiles on two pages, of which two show a state address and one is gone."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

from tests.descriptions import is_exchange

OPTIONS = {"token": {"file": "token"}}
API, PICTURE = "https://api.github.com", "https://avatars.example.org/PRIVATE-7261.png"
JSON = {"Content-Type": "application/json; charset=utf-8", "X-RateLimit-Remaining": "4998", "X-RateLimit-Reset": "0"}
LISTS = ("followers", "following", "gists", "starred", "subscriptions", "organizations", "repos", "events")
ADDRESSES = {"jdoe-me": "jane.doe@maine.gov", "otter7": "otter@home.example", "dot-data": "data@dot.maine.gov"}
LOGINS = [*ADDRESSES, *(f"quiet{number}" for number in range(99)), "gone1"]


def hit(login: str) -> dict[str, object]:
    lists = {f"{name}_url": f"{API}/users/{login}/{name}/PRIVATE-7261" for name in (*LISTS, "received_events")}
    return {
        "login": login, "id": 1000 + LOGINS.index(login), "node_id": "MDQ6", "avatar_url": PICTURE, "gravatar_id": "",
        "url": f"{API}/users/{login}", "html_url": f"https://github.com/{login}", "type": "User", "site_admin": False,
        **lists,
    }  # fmt: skip


def profile(login: str) -> dict[str, object]:
    return hit(login) | {
        "name": login.title(), "company": "PRIVATE-7261", "blog": "", "location": "PRIVATE-7261",
        "email": ADDRESSES.get(login), "hireable": None, "bio": None, "twitter_username": "PRIVATE-7261",
        "public_repos": 8, "public_gists": 0, "followers": 7261, "following": 9,
        "created_at": "2019-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z",
    }  # fmt: skip


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    url = urlsplit(str(request.url))
    if url.path == "/search/users":
        asked = parse_qs(url.query)
        logins = LOGINS if asked["q"] == ['"maine.gov" in:email'] else []
        start = 100 * (int(asked["page"][0]) - 1)
        items = [hit(login) | {"score": 1.0} for login in logins[start : start + 100]]
        return 200, JSON, json.dumps({"total_count": len(logins), "incomplete_results": False, "items": items})
    login = url.path.rpartition("/")[2]
    if login == "gone1":
        return 404, JSON, json.dumps({"message": "Not Found", "documentation_url": "https://docs.github.com/rest"})
    return 200, JSON, json.dumps(profile(login))


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    is_exchange(shared, "github", request, status, body)
    searching = urlsplit(str(request.url)).path == "/search/users"
    assert ("Authorization" in request.headers) is not searching  # it "does not accept authentication"
    assert not searching or len(json.loads(body)["items"]) <= 100
