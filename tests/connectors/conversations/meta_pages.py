"""Meta's search for Pages, which knows three for one term, two a page of results."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

OPTIONS = {"token": {"file": "token"}}
HEADERS = {
    "Content-Type": "application/json; charset=UTF-8",
    "X-App-Usage": json.dumps({"call_count": 3, "total_time": 2, "total_cputime": 2}),
}
FIELDS = {
    "id", "is_eligible_for_branded_content", "is_unclaimed", "link", "location", "name", "verification_status",
}  # fmt: skip
"""developers.facebook.com/documentation/pages-api/search-pages, and NOTES.md"""
CITY = {"city": "PRIVATE-7261", "country": "United States", "state": "ME", "street": "PRIVATE-7261", "zip": "04330"}
PAGES = [
    {"id": "309968765748101", "name": "MaineDOT", "link": "https://www.facebook.com/mainedot/", "location": CITY},
    {"id": "309968765748103", "name": "MaineDOT Bridges", "link": "https://www.facebook.com/309968765748103"},
    {"id": "309968765748104", "name": "Friends of MaineDOT", "link": "https://www.facebook.com/friends.mainedot"},
]


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    asked = parse_qs(urlsplit(str(request.url)).query)
    found = PAGES if asked["q"] == ["MaineDOT"] else []
    start = int(asked.get("after", ["c0"])[0][1:])
    value: dict[str, object] = {"data": found[start : start + 2]}
    if found:
        value["paging"] = {"cursors": {"before": f"c{start}", "after": f"c{start + 2}"}}
    if start + 2 < len(found):
        value["paging"] |= {"next": "https://graph.facebook.com/v26.0/pages/search?access_token=PRIVATE-7261"}  # type: ignore[operator]
    return 200, HEADERS, json.dumps(value)


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    url = urlsplit(str(request.url))
    assert (request.method, url.hostname) == ("GET", "graph.facebook.com")
    assert url.path.endswith("/pages/search")
    assert request.headers["Authorization"].startswith("Bearer ")
    asked = {name: value for name, (value,) in parse_qs(url.query).items()}
    assert {"q", "fields"} <= set(asked) <= {"q", "fields", "limit", "after"}, "no token in the query"
    assert set(asked["fields"].split(",")) <= FIELDS
    value = json.loads(body)
    assert set(value) <= {"data", "paging"}
    assert all(set(one) <= FIELDS and one["id"].isdigit() for one in value["data"])
