"""A forum with four accounts, two a page, one of them staged; a page behind the last is empty."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jsonschema
import requests

OPTIONS = {"url": "https://forum.example.gov", "api_key": {"file": "token"}, "api_username": "auditor"}
LISTED = "/admin/users/list/{flag}.json"
COUNTED = {"time_read": 7261, "days_visited": 9, "posts_read_count": 7261, "topics_entered": 4, "post_count": 7261}


def account(number: int, username: str, email: str, *others: str, **fields: object) -> dict[str, object]:
    return {
        "id": number, "username": username, "name": username.title(), "avatar_template": "/PRIVATE-7261/{size}.png",
        "email": email, "secondary_emails": list(others), "active": True, "admin": False, "moderator": False,
        "last_seen_at": "2026-11-19T08:00:00.000Z", "last_emailed_at": None, "created_at": "2024-03-01T12:00:00.000Z",
        "last_seen_age": 3600.5, "last_emailed_age": None, "created_at_age": 86400.0, "trust_level": 1,
        "manual_locked_trust_level": None, "title": "PRIVATE-7261", "staged": False, **COUNTED, **fields,
    }  # fmt: skip


ACCOUNTS = [
    account(1, "mainedot", "jane.doe@maine.gov"),
    account(2, "otter", "PRIVATE-7261@example.org", "ravi.lee@maine.gov"),
    account(3, "heron", "heron@example.org", "PRIVATE-7261@example.net", active=False),
    account(4, "writer", "PRIVATE-7261@example.com", staged=True),
]


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    start = 2 * int(parse_qs(urlsplit(str(request.url)).query)["page"][0]) - 2
    return 200, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(ACCOUNTS[start : start + 2])


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    text = (shared / "sources/specs/discourse/openapi.json").read_text(encoding="utf-8")
    operation = json.loads(text)["paths"][LISTED]["get"]
    known = {one["name"]: one["schema"] for one in operation["parameters"]}
    path = urlsplit(str(request.url)).path
    flag = path.removeprefix("/admin/users/list/").removesuffix(".json")
    assert (request.method, LISTED.format(flag=flag)) == ("GET", path)
    assert flag in known["flag"]["enum"]
    assert request.headers["Api-Key"]
    assert request.headers["Api-Username"] == "auditor"
    for name, (value,) in parse_qs(urlsplit(str(request.url)).query, strict_parsing=True).items():
        kinds: dict[str, Callable[[str], object]] = {"integer": int, "boolean": json.loads}
        kind = kinds.get(known[name]["type"], str)
        jsonschema.validate(kind(value), known[name])
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    if body != "[]":  # the description asks for one item at least; behind the last page there is none
        jsonschema.validate(json.loads(body), schema)
