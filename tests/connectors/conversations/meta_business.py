"""A Business portfolio at Meta with two Pages, one a page of results, two people and an invitation."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

BUSINESS = "102938475610293"
OPTIONS = {"businesses": [BUSINESS], "token": {"file": "token"}}
NODES = {"Page": "Page", "BusinessUser": "BusinessUser", "BusinessRoleRequest": ""}
"""Nodes of the edges, and the slice that describes each."""
INVITATION = {
    "id", "created_by", "created_time", "email", "expiration_time", "finance_role", "invited_user_type", "owner",
    "role", "status", "updated_by", "updated_time",
}  # fmt: skip
"""developers.facebook.com/documentation/ads-commerce/marketing-api/reference/business-role-request"""
USAGE = {"type": "pages", "call_count": 1, "total_cputime": 1, "total_time": 1, "estimated_time_to_regain_access": 0}
HEADERS = {
    "Content-Type": "application/json; charset=UTF-8",
    "X-Business-Use-Case-Usage": json.dumps({BUSINESS: [USAGE]}),
}
HELD: dict[str, list[dict[str, object]]] = {
    "owned_pages": [
        {"id": "309968765748101", "name": "MaineDOT", "username": "mainedot", "fan_count": 7261,
         "link": "https://www.facebook.com/mainedot", "phone": "PRIVATE-7261", "emails": ["PRIVATE-7261@example.org"]},
        {"id": "309968765748102", "name": "Maine Department of Labor", "about": "PRIVATE-7261",
         "link": "https://www.facebook.com/309968765748102"},
    ],
    "business_users": [
        {"id": "7710001", "email": "jane.doe@maine.gov", "name": "PRIVATE-7261", "two_fac_status": "PRIVATE-7261"},
        {"id": "7710002", "email": "otter@example.org", "pending_email": "PRIVATE-7261@example.org"},
    ],
    "pending_users": [{"id": "7720001", "email": "ravi.lee@maine.gov", "role": "PRIVATE-7261"}],
}  # fmt: skip


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    url = urlsplit(str(request.url))
    found = HELD[url.path.rpartition("/")[2]]
    start = int(parse_qs(url.query).get("after", ["c0"])[0][1:])
    paging: dict[str, object] = {"cursors": {"before": f"c{start}", "after": f"c{start + 1}"}}
    if start + 1 < len(found):
        paging["next"] = f"https://graph.facebook.com{url.path}?access_token=PRIVATE-7261&after=c{start + 1}"
    return 200, HEADERS, json.dumps({"data": found[start : start + 1], "paging": paging})


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    version, business, edge = urlsplit(str(request.url)).path.strip("/").split("/")
    assert (request.method, version[0], business) == ("GET", "v", BUSINESS)
    assert request.headers["Authorization"].startswith("Bearer ")
    asked = {name: value for name, (value,) in parse_qs(urlsplit(str(request.url)).query).items()}
    assert set(asked) <= {"fields", "limit", "after"}, "no token in the query"
    business_slice = sliced(shared, "Business")
    (node,) = [one["return"] for one in business_slice["apis"] if (one["method"], one.get("endpoint")) == ("GET", edge)]
    known = {one["name"] for one in sliced(shared, NODES[node])["fields"]} if NODES[node] else INVITATION
    assert set(asked["fields"].split(",")) <= known
    value = json.loads(body)
    assert set(value) <= {"data", "paging", "summary"}
    assert all(set(one) <= known and one["id"].isdigit() for one in value["data"])
    assert set(value["paging"]) <= {"cursors", "previous", "next"}


def sliced(shared: Path, node: str) -> dict[str, list[dict[str, str]]]:
    text = (shared / f"sources/specs/meta/{node}.slice.json").read_text(encoding="utf-8")
    found: dict[str, list[dict[str, str]]] = json.loads(text)
    return found
