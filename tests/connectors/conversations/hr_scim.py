"""An identity provider with three people and a printer, two a page whatever is asked for."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

OPTIONS = {"url": "https://idp.example.gov/scim/v2", "token": {"file": "token"}}
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
EMAIL = {"value", "display", "type", "primary"}
"""Sub-attributes of an address (RFC 7643, 4.1.2)."""
ALWAYS = {"schemas", "id"}
"""What comes whatever `attributes` asks for (RFC 7643, 3.1 and 7: returned "always")."""


def user(number: int, given: str, family: str) -> dict[str, object]:
    mail = f"{given}.{family}@maine.gov".lower()
    return {
        "schemas": [CORE, ENTERPRISE], "id": f"u{number}", "userName": mail, "active": True,
        "name": {"givenName": given, "familyName": family},
        "emails": [{"value": "PRIVATE-7261@home.example", "type": "home"}, {"value": mail, "type": "work"}],
        ENTERPRISE: {"employeeNumber": f"{number:05d}", "department": "17"},
    }  # fmt: skip


USERS = [
    user(17, "Jane", "Doe"), user(18, "Ravi", "Lee"), user(19, "Noor", "Haddad"),
    {"schemas": [CORE], "id": "u20", "userName": "printer-3", "active": True},
]  # fmt: skip


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    start = int(parse_qs(urlsplit(str(request.url)).query)["startIndex"][0])
    page = USERS[start - 1 : start + 1]
    value = {"schemas": [LIST], "totalResults": len(USERS), "itemsPerPage": len(page), "startIndex": start}
    return 200, {"Content-Type": "application/scim+json"}, json.dumps(value | {"Resources": page})


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    url = urlsplit(str(request.url))
    assert (request.method, url.path) == ("GET", "/scim/v2/Users")
    assert request.headers["Authorization"].startswith("Bearer ")
    assert "application/scim+json" in request.headers["Accept"]
    asked = parse_qs(url.query, strict_parsing=True)
    assert set(asked) <= {"filter", "attributes", "startIndex", "count"}
    assert int(asked["startIndex"][0]) >= 1
    value = json.loads(body)
    assert value["schemas"] == [LIST]
    assert value["itemsPerPage"] == len(value["Resources"])
    roots = {name.removeprefix(f"{ENTERPRISE}:") for name in asked["attributes"][0].split(",")}
    for one in value["Resources"]:
        assert {name for name in one if name != ENTERPRISE} <= {name.partition(".")[0] for name in roots} | ALWAYS
        assert set(one.get(ENTERPRISE, ())) <= roots
        assert all(set(address) <= EMAIL for address in one.get("emails", ()))
