"""A tenant of Microsoft Entra with three users on two pages, the way Graph gives them out."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

from tests.descriptions import csdl, is_entity

OPTIONS = {
    "tenant": "maine.example", "client_id": "6731de76-14a6-49ae-97bc-6eba6914391e",
    "client_secret": {"file": "token"}, "agency": "extensionAttribute1",
}  # fmt: skip
JSON = {"Content-Type": "application/json; odata.metadata=minimal; charset=utf-8"}


def user(number: int, given: str, family: str) -> dict[str, object]:
    mail = f"{given}.{family}@maine.gov".lower()
    return {
        "id": f"87d349ed-44d7-43e1-9a83-{number:012d}", "employeeId": f"{number:05d}", "givenName": given,
        "surname": family, "mail": mail, "userPrincipalName": mail, "proxyAddresses": [f"SMTP:{mail}"],
        "jobTitle": None, "accountEnabled": True, "userType": "Member", "employeeHireDate": "2019-04-01T00:00:00Z",
        "department": "17",
        "onPremisesExtensionAttributes": {"extensionAttribute1": "Labor", "extensionAttribute2": "PRIVATE-7261"},
    }  # fmt: skip


PAGES = [[user(17, "Jane", "Doe"), user(18, "Ravi", "Lee")], [user(19, "Noor", "Haddad")]]


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    url = urlsplit(str(request.url))
    if url.hostname == "login.microsoftonline.com":
        return 200, JSON, json.dumps({"token_type": "Bearer", "expires_in": 3599, "access_token": "issued"})
    number = int(parse_qs(url.query).get("$skiptoken", ["0"])[0])
    value: dict[str, object] = {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users"}
    if number + 1 < len(PAGES):
        value["@odata.nextLink"] = f"{request.url}&$skiptoken={number + 1}"
    return 200, JSON, json.dumps(value | {"value": PAGES[number]})


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    url = urlsplit(str(request.url))
    if is_token(request, body):
        return
    assert (request.method, url.path) == ("GET", "/v1.0/users")
    assert request.headers["Authorization"] == "Bearer issued"
    asked = parse_qs(url.query, strict_parsing=True)
    assert set(asked) <= {"$select", "$top", "$skiptoken"}
    assert 1 <= int(asked["$top"][0]) <= 999
    selected = asked["$select"][0].split(",")
    assert set(selected) <= set(csdl(shared, "user"))
    for one in json.loads(body)["value"]:
        assert set(one) <= set(selected)
        is_entity(shared, "user", one)


def is_token(request: requests.PreparedRequest, body: str) -> bool:
    """Whether this is the token endpoint of the client credentials flow (RFC 6749, 4.4); asserts that it is a sound
    one."""
    url = urlsplit(str(request.url))
    if url.hostname != "login.microsoftonline.com":
        return False
    assert (request.method, url.path, url.query) == ("POST", "/maine.example/oauth2/v2.0/token", "")
    sent = parse_qs(str(request.body), strict_parsing=True)
    assert set(sent) == {"client_id", "client_secret", "scope", "grant_type"}
    assert sent["grant_type"] == ["client_credentials"]
    assert sent["scope"] == ["https://graph.microsoft.com/.default"]
    assert {"access_token", "token_type", "expires_in"} <= set(json.loads(body))
    return True
