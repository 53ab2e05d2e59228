"""A PDS with three accounts that knows searchAccounts, two a page."""

import base64
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

from tests.descriptions import is_output, is_query

OPTIONS = {"url": "https://pds.example.gov", "admin_password": {"file": "token"}}
PROBES = ("/xrpc/com.atproto.admin.searchAccounts",)
SEARCH = "com.atproto.admin.searchAccounts"
CODE = {
    "code": "PRIVATE-7261", "available": 1, "disabled": False, "forAccount": "admin", "createdBy": "admin",
    "createdAt": "2024-01-01T00:00:00.000Z", "uses": [],
}  # fmt: skip


def account(did: str, handle: str, email: str, **fields: object) -> dict[str, object]:
    return {
        "did": did, "handle": handle, "email": email, "indexedAt": "2024-01-02T03:04:05.000Z", "invitedBy": CODE,
        "invites": [CODE], "inviteNote": "PRIVATE-7261", "invitesDisabled": False,
        "threatSignatures": [{"property": "signupIp", "value": "PRIVATE-7261"}], **fields,
    }  # fmt: skip


ACCOUNTS = [
    account("did:plc:z72i7hdynmk6r22z27h6tvur", "dot.maine.gov", "jane.doe@maine.gov",
            emailConfirmedAt="2024-01-02T03:10:00.000Z"),
    account("did:plc:ewvi7nxzyoun6zhxrhs64oiz", "handle.invalid", "ravi.lee@maine.gov",
            deactivatedAt="2025-01-01T00:00:00.000Z"),
    account("did:web:otter.example.org", "otter.example.org", "otter@example.org"),
]  # fmt: skip


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    url = urlsplit(str(request.url))
    asked, headers = parse_qs(url.query), {"Content-Type": "application/json; charset=utf-8"}
    if "dids" in asked:
        return 200, headers, json.dumps({"infos": [one for one in ACCOUNTS if one["did"] in asked["dids"]]})
    start = int(asked.get("cursor", ["0"])[0])
    end = start + min(2, int(asked["limit"][0]))
    more = {"cursor": str(end)} if end < len(ACCOUNTS) else {}
    return 200, headers, json.dumps({"accounts": ACCOUNTS[start:end], **more})


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    nsid = urlsplit(str(request.url)).path.removeprefix("/xrpc/")
    assert (request.method, nsid.rpartition(".")[0]) == ("GET", "com.atproto.admin")
    kind, _, secret = request.headers["Authorization"].partition(" ")
    assert kind == "Basic"
    assert base64.b64decode(secret, validate=True).decode().startswith("admin:")
    is_query(shared, str(request.url))
    is_output(shared, nsid, json.loads(body))
