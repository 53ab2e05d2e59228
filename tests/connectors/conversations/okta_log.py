"""An organization's Okta with five sign-ons to applications, two a page by the Link header."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

URL = "https://maine.okta.example"
OPTIONS = {"url": URL, "token": {"file": "token"}}
TOP = 2


def event(number: int, who: str, name: str, day: int, result: str = "SUCCESS") -> dict[str, object]:
    return {
        "uuid": f"dc9fd3c0-598c-11ef-8478-{number:012d}", "published": f"2026-11-{day:02d}T10:30:00.000Z",
        "eventType": "user.authentication.sso", "version": "0", "severity": "INFO", "displayMessage": "PRIVATE-7261",
        "actor": {"id": "00u1", "type": "User", "alternateId": who, "displayName": "PRIVATE-7261", "detailEntry": None},
        "client": {"ipAddress": "PRIVATE-7261", "geographicalContext": {"city": "PRIVATE-7261"}},
        "outcome": {"result": result, "reason": None},
        "target": [
            {"id": f"0oa{number}", "type": "AppInstance", "alternateId": name, "displayName": name},
            {"id": f"0ua{number}", "type": "AppUser", "alternateId": "PRIVATE-7261", "displayName": "PRIVATE-7261"},
        ],
    }  # fmt: skip


EVENTS = [
    event(1, "jane.doe@maine.gov", "GitHub", 11), event(2, "jane.doe@maine.gov", "GitHub", 12),
    event(3, "ravi.lee@maine.gov", "LinkedIn Learning", 11), event(4, "ravi.lee@maine.gov", "GitHub", 12, "FAILURE"),
    event(5, "ravi.lee@maine.gov", "LinkedIn", 13),
]  # fmt: skip


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    start = int(parse_qs(urlsplit(str(request.url)).query).get("after", ["0"])[0])
    headers = {
        "Content-Type": "application/json", "X-Rate-Limit-Limit": "120", "X-Rate-Limit-Remaining": "119",
        "X-Rate-Limit-Reset": "1795176060", "Link": f'<{request.url}>; rel="self"',
    }  # fmt: skip
    if start + TOP < len(EVENTS):
        headers["Link"] += f', <{str(request.url).partition("&after")[0]}&after={start + TOP}>; rel="next"'
    return 200, headers, json.dumps(EVENTS[start : start + TOP])


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    """As the page of the System Log API says it: no description of Okta's is at hand."""
    url = urlsplit(str(request.url))
    assert (request.method, url.path) == ("GET", "/api/v1/logs")
    assert request.headers["Authorization"].startswith("SSWS ")
    asked = {name: values[0] for name, values in parse_qs(url.query, strict_parsing=True).items()}
    assert set(asked) <= {"since", "until", "filter", "sortOrder", "limit", "after"}
    assert asked["filter"] == 'eventType eq "user.authentication.sso"'
    assert 1 <= int(asked["limit"]) <= 1000
    since, until = (datetime.fromisoformat(asked[name]) for name in ("since", "until"))
    assert timedelta(0) < until - since <= timedelta(days=90)
