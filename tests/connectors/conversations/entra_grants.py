"""A tenant with four applications; people have let two of them sign them in, and an administrator one for everybody."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

from tests.descriptions import csdl, is_entity

OPTIONS = {
    "tenant": "maine.example", "client_id": "6731de76-14a6-49ae-97bc-6eba6914391e", "client_secret": {"file": "token"},
}  # fmt: skip
JSON = {"Content-Type": "application/json; odata.metadata=minimal; charset=utf-8"}
TENANT, ELSEWHERE = "5d2f0f6e-0000-4000-8000-000000000001", "5d2f0f6e-0000-4000-8000-000000000002"
SELECTED = {
    "id", "appId", "displayName", "appOwnerOrganizationId", "replyUrls", "preferredSingleSignOnMode",
    "appRoleAssignmentRequired",
}  # fmt: skip
FILTER = re.compile(r"clientId eq '([^']+)' and consentType eq 'Principal'")
TOP = 2


def application(number: int, name: str, url: str, **more: object) -> dict[str, object]:
    return {
        "id": f"sp-{number}", "appId": f"0f1e2d3c-0000-4000-8000-{number:012d}", "displayName": name,
        "appOwnerOrganizationId": ELSEWHERE, "replyUrls": [url], "preferredSingleSignOnMode": None,
        "appRoleAssignmentRequired": False,
    } | more  # fmt: skip


def grant(number: int, app: int, who: str, scope: str = " openid email") -> dict[str, object]:
    return {
        "id": f"grant-{number}", "clientId": f"sp-{app}", "consentType": "Principal", "principalId": who,
        "resourceId": "PRIVATE-7261", "scope": scope,
    }  # fmt: skip


APPLICATIONS = [
    application(1, "A name of its own", "https://www.linkedin.com/uas/callback"),
    application(2, "Reddit", "https://reddit-helper.example/callback"),
    application(3, "GitHub", "https://github.com/orgs/x", appRoleAssignmentRequired=True),
    application(4, "PRIVATE-7261 Calendar", "https://calendar.example/callback"),
]
GRANTS = [
    grant(1, 1, "u-jane"), grant(2, 1, "u-ravi", "Calendars.Read"), grant(3, 1, "u-gone"), grant(4, 2, "u-ravi"),
    grant(5, 4, "u-jane"),
]  # fmt: skip
USERS: list[dict[str, object]] = [
    {"id": f"u-{name}", "mail": mail, "userPrincipalName": f"{name}.x@maine.gov"}
    for name, mail in (("jane", "jane.doe@maine.gov"), ("ravi", "ravi.lee@maine.gov"), ("noor", None))
]


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    url = urlsplit(str(request.url))
    if url.hostname == "login.microsoftonline.com":
        return 200, JSON, json.dumps({"token_type": "Bearer", "expires_in": 86399, "access_token": "issued"})
    if url.path.endswith("/organization"):
        return 200, JSON, json.dumps({"value": [{"id": TENANT}]})
    asked = parse_qs(url.query)
    held: list[dict[str, object]] = APPLICATIONS if url.path.endswith("/servicePrincipals") else USERS
    if url.path.endswith("/oauth2PermissionGrants"):
        held = [one for one in GRANTS if one["clientId"] == filtered(asked)]
    skip = int(asked.get("$skiptoken", ["0"])[0])
    value: dict[str, object] = {"value": held[skip : skip + TOP]}
    if skip + TOP < len(held):
        value["@odata.nextLink"] = f"{request.url}&$skiptoken={skip + TOP}"
    return 200, JSON, json.dumps(value)


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    """As the pages of the three lists say it; the description that is at hand has users alone."""
    url = urlsplit(str(request.url))
    if url.hostname == "login.microsoftonline.com":
        assert (request.method, url.path, url.query) == ("POST", "/maine.example/oauth2/v2.0/token", "")
        return
    assert request.method == "GET"
    assert request.headers["Authorization"] == "Bearer issued"
    asked = parse_qs(url.query, strict_parsing=True)
    assert set(asked) <= {"$select", "$filter", "$top", "$skiptoken"}
    assert 1 <= int(asked.get("$top", ["1"])[0]) <= 999
    selected = set(asked.get("$select", [""])[0].split(","))
    if url.path == "/v1.0/oauth2PermissionGrants":
        assert filtered(asked)
    elif url.path == "/v1.0/users":
        assert selected <= set(csdl(shared, "user"))
        for one in json.loads(body)["value"]:
            assert set(one) <= selected
            is_entity(shared, "user", one)
    else:
        assert (url.path, selected) in (("/v1.0/organization", {"id"}), ("/v1.0/servicePrincipals", SELECTED))


def filtered(asked: dict[str, list[str]]) -> str:
    found = FILTER.fullmatch(asked["$filter"][0])
    assert found, "the filter is not one that the list of grants documents"
    return found[1]
