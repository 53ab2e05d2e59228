"""Reddit with a token endpoint and two results for one term, one a page; one declared name is suspended."""

import json
import re
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

OPTIONS = {
    "client_id": "abcDEF123", "client_secret": {"file": "token"}, "account": "maine-audit", "handles": ["shut_out"],
}  # fmt: skip
SECRET, TOKEN = "canary-7f3Qx9ZpL0vB2nK8sT4w", "eyJhbGciOiJub25lIn0"
JSON = {"Content-Type": "application/json; charset=UTF-8", "X-Ratelimit-Remaining": "993.0", "X-Ratelimit-Reset": "301"}
PICTURE = "https://styles.example.org/PRIVATE-7261.png"


def thing(number: int, name: str, title: str, words: str) -> dict[str, Any]:
    page = {
        "display_name": f"u_{name}", "title": title, "public_description": words, "url": f"/user/{name}/",
        "over_18": False, "banner_img": PICTURE, "subscribers": 7261,
    }  # fmt: skip
    counts = {"link_karma": 7261, "comment_karma": 20, "total_karma": 7281}
    flags = dict.fromkeys(("has_verified_email", "is_employee", "is_mod", "is_gold", "verified"), False)
    data = {"id": f"abc{number}", "name": name, "created_utc": 1420070400.0, "icon_img": PICTURE, "subreddit": page}
    return {"kind": "t2", "data": {**data, **counts, **flags}}


FOUND = [
    thing(1, "MaineDOT", "MaineDOT", "Roads & bridges. Opinions are mine."),
    thing(2, "river_otter_207", "", "Plow driver, MaineDOT"),
]
SHUT: dict[str, Any] = {"kind": "t2", "data": {"name": "shut_out", "is_suspended": True}}


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    url = urlsplit(str(request.url))
    if url.path == "/api/v1/access_token":
        return 200, JSON, json.dumps({"access_token": TOKEN, "token_type": "bearer", "expires_in": 86400, "scope": "*"})
    if found := re.fullmatch(r"/user/([^/]+)/about", url.path):
        known = {str(one["data"]["name"]).lower(): one for one in (*FOUND, SHUT)}
        gone = {"message": "Not Found", "error": 404}
        return (200 if found[1] in known else 404), JSON, json.dumps(known.get(found[1], gone))
    asked = parse_qs(url.query)
    results = FOUND if asked["q"] == ["MaineDOT"] else []
    start = int(asked.get("after", ["t2_0"])[0].removeprefix("t2_"))
    page = results[start : start + 1]
    after = f"t2_{start + 1}" if start + 1 < len(results) else None
    data = {"after": after, "before": None, "dist": len(page), "children": page}
    return 200, JSON, json.dumps({"kind": "Listing", "data": data})


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    """Against the requests and replies that NOTES.md quotes; raw_json is of www.reddit.com/dev/api."""
    notes = (shared / "sources/specs/reddit/NOTES.md").read_text(encoding="utf-8")
    url, value = urlsplit(str(request.url)), json.loads(body)
    asked = parse_qs(url.query)
    assert re.fullmatch(r"[\w-]+:[\w-]+:[\d.]+ \(by /u/[\w-]+\)", request.headers["User-Agent"])
    endpoint = f"{request.method} https://{url.hostname}{url.path}"
    if "access_token" in url.path:
        assert endpoint in notes
        basic = b64encode(f"{OPTIONS['client_id']}:{SECRET}".encode()).decode()
        assert (request.headers["Authorization"], request.body) == (f"Basic {basic}", "grant_type=client_credentials")
        assert f"`{request.body!s}`" in notes
        return
    assert url.hostname == "oauth.reddit.com"
    assert request.headers["Authorization"] == f"bearer {TOKEN}"
    assert set(headers) >= {"X-Ratelimit-Remaining", "X-Ratelimit-Reset"}
    if url.path == "/users/search":
        assert set(asked) <= {"q", "limit", "after", "sort", "raw_json"}
        assert int(asked["limit"][0]) <= 100
        assert asked["sort"][0] in re.findall(r"sort=([\w|]+)", notes)[0].split("|")
        assert (value["kind"], set(value["data"])) == ("Listing", {"after", "before", "dist", "children"})
    else:
        assert re.fullmatch("GET https://oauth.reddit.com/user/[^/]+/about", endpoint)
        assert set(asked) <= {"raw_json"}
        assert any(set(one) == set(value) and _alike(one, value) for one in _examples(notes))


def _alike(example: dict[str, Any], value: dict[str, Any]) -> bool:
    """Whether a reply has the fields of an example; a real profile has more of them than its example shows."""
    known, found = (set(one.get("data", {})) for one in (example, value))
    return known == found if "is_suspended" in known | found else known <= found


def _examples(notes: str) -> list[dict[str, object]]:
    """The JSON objects of the block under "GET /user/{username}/about", whose lines with // are remarks."""
    block = re.sub(
        r"^//.*", "", notes.partition("/about\n```json\n")[2].partition("```")[0], flags=re.MULTILINE
    ).strip()
    found = []
    while block:
        value, end = json.JSONDecoder().raw_decode(block)
        found.append(value)
        block = block[end:].strip()
    return found
