"""A tenant with six applications on two pages, and a sign-in log of the few that are a platform's, two a page."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

OPTIONS = {
    "tenant": "maine.example", "client_id": "6731de76-14a6-49ae-97bc-6eba6914391e", "client_secret": {"file": "token"},
}  # fmt: skip
JSON = {"Content-Type": "application/json; odata.metadata=minimal; charset=utf-8"}
TENANT, ELSEWHERE = "5d2f0f6e-0000-4000-8000-000000000001", "5d2f0f6e-0000-4000-8000-000000000002"
LINKEDIN, REDDIT, GITHUB = (f"0f1e2d3c-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
SELECTED = {
    "id", "appId", "displayName", "appOwnerOrganizationId", "replyUrls", "preferredSingleSignOnMode",
    "appRoleAssignmentRequired",
}  # fmt: skip
TOP = 2


def application(app_id: str, name: str, *urls: str, **more: object) -> dict[str, object]:
    return {
        "id": f"sp-{app_id}", "appId": app_id, "displayName": name, "appOwnerOrganizationId": ELSEWHERE,
        "replyUrls": list(urls),
        "preferredSingleSignOnMode": None, "appRoleAssignmentRequired": False,
    } | more  # fmt: skip


APPLICATIONS = [
    application(LINKEDIN, "LinkedIn", "https://www.linkedin.com/uas/microsoft/callback", "https://linkedin.com/auth"),
    application(REDDIT, "Reddit", "https://reddit-helper.example/callback"),
    application(GITHUB, "GitHub", "https://github.com/orgs/x/saml", preferredSingleSignOnMode="saml"),
    application("4", "PRIVATE-7261 Calendar", "https://calendar.example/callback"),
    application("5", "LinkedIn Scraper", "https://www.linkedin.com/callback", "https://scraper.example/callback"),
    application("6", "Pinterest", appOwnerOrganizationId=TENANT),
]


def sign_in(number: int, app_id: str, who: str, day: int, error: int = 0) -> dict[str, object]:
    return {
        "id": f"66ea54eb-6301-4ee5-be62-{number:012d}", "createdDateTime": f"2026-11-{day:02d}T19:15:41Z",
        "userDisplayName": "PRIVATE-7261", "userPrincipalName": who, "userId": "26be570a", "appId": app_id,
        "appDisplayName": "as it is called", "ipAddress": "PRIVATE-7261", "clientAppUsed": "Browser",
        "status": {"errorCode": error, "failureReason": "Other.", "additionalDetails": None},
        "location": {"city": "PRIVATE-7261"}, "deviceDetail": {"displayName": "PRIVATE-7261"},
    }  # fmt: skip


LOG = [
    sign_in(4, LINKEDIN, "ravi.lee@maine.gov", 14, 50126), sign_in(3, LINKEDIN, "jane.doe@maine.gov", 13),
    sign_in(2, LINKEDIN, "jane.doe@maine.gov", 12), sign_in(1, REDDIT, "ravi.lee@maine.gov", 11),
]  # fmt: skip
FILTER = re.compile(r"appId eq '([^']+)' and createdDateTime ge (\S+Z)")


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    url = urlsplit(str(request.url))
    if url.hostname == "login.microsoftonline.com":
        return 200, JSON, json.dumps({"token_type": "Bearer", "expires_in": 86399, "access_token": "issued"})
    if url.path.endswith("/organization"):
        return 200, JSON, json.dumps({"value": [{"id": TENANT}]})
    asked = parse_qs(url.query)
    held: list[dict[str, object]] = APPLICATIONS
    top = 3
    if url.path.endswith("/signIns"):
        app_id, since = filtered(asked)
        held = [one for one in LOG if one["appId"] == app_id and at(str(one["createdDateTime"])) >= since]
        top = TOP
    skip = int(asked.get("$skiptoken", ["0"])[0])
    value: dict[str, object] = {"value": held[skip : skip + top]}
    if skip + top < len(held):
        value["@odata.nextLink"] = f"{request.url}&$skiptoken={skip + top}"
    return 200, JSON, json.dumps(value)


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    """As the pages list-serviceprincipals and signin-list say it: the description that is at hand has neither."""
    url = urlsplit(str(request.url))
    if url.hostname == "login.microsoftonline.com":
        assert (request.method, url.path, url.query) == ("POST", "/maine.example/oauth2/v2.0/token", "")
        return
    assert request.method == "GET"
    assert request.headers["Authorization"] == "Bearer issued"
    asked = parse_qs(url.query, strict_parsing=True)
    if url.path == "/v1.0/organization":
        assert asked == {"$select": ["id"]}
    elif url.path == "/v1.0/servicePrincipals":
        assert set(asked) <= {"$select", "$top", "$skiptoken"}
        assert set(asked["$select"][0].split(",")) == SELECTED
        assert 1 <= int(asked["$top"][0]) <= 999
    else:
        assert url.path == "/v1.0/auditLogs/signIns"
        assert set(asked) <= {"$filter", "$top", "$skiptoken"}
        assert 1 <= int(asked["$top"][0]) <= 1000
        _, since = filtered(asked)
        assert datetime.fromisoformat("2026-11-20T12:00:00Z") - since <= timedelta(days=30)


def filtered(asked: dict[str, list[str]]) -> tuple[str, datetime]:
    found = FILTER.fullmatch(asked["$filter"][0])
    assert found, "the filter is not one that the log documents"
    return found[1], at(found[2])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)
