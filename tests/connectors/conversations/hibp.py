"""Have I Been Pwned with one verified domain, its breaches of platforms and of everything else."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

OPTIONS = {"key": {"file": "token"}}
JSON = {"Content-Type": "application/json; charset=utf-8"}
FLAGS = ("IsFabricated", "IsSensitive", "IsRetired", "IsSpamList", "IsMalware", "IsStealerLog", "IsSubscriptionFree")
NAMES = {
    "Name", "Title", "Domain", "BreachDate", "AddedDate", "ModifiedDate", "PwnCount", "Description", "DataClasses",
    "LogoPath", "IsVerified", *FLAGS,
}  # fmt: skip


def breach(name: str, domain: str, *flags: str, verified: bool = True) -> dict[str, Any]:
    return {
        "Name": name, "Title": name, "Domain": domain, "BreachDate": "2012-05-05", "AddedDate": "2016-05-21T21:35:40Z",
        "ModifiedDate": "2016-05-21T21:35:40Z", "PwnCount": 7261, "Description": "PRIVATE-7261",
        "DataClasses": ["PRIVATE-7261"], "LogoPath": "https://example.org/PRIVATE-7261.png", "IsVerified": verified,
        **{flag: flag in flags for flag in FLAGS},
    }  # fmt: skip


BREACHES = [
    breach("LinkedIn", "linkedin.com"),
    breach("LinkedInAgain", "www.LinkedIn.com", "IsSubscriptionFree"),
    breach("Tumblr", "tumblr.com"),
    breach("PRIVATE-7261-dating", "dating.example.org", "IsSensitive"),
    breach("PRIVATE-7261-shop", "shop.example.org"),
    breach("PRIVATE-7261-logs", "", "IsStealerLog"),
    breach("PRIVATE-7261-list", "facebook.com", "IsSpamList"),
    breach("PRIVATE-7261-rumour", "x.com", verified=False),
]
LEAKED = [one["Name"] for one in BREACHES[3:]]
ALIASES = {
    "jane.doe": ["LinkedIn", "LinkedInAgain", *LEAKED],
    "ravi.lee": ["Tumblr"],
    "private-7261": [*LEAKED, "PRIVATE-7261-unlisted"],
}


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    path = urlsplit(str(request.url)).path
    if path == "/api/v3/breaches":
        return 200, JSON, json.dumps(BREACHES)
    if path == "/api/v3/breacheddomain/maine.gov":
        return 200, JSON, json.dumps(ALIASES)
    return 404, {}, ""


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    """No machine-readable description: the calls and the shapes of NOTES.md."""
    notes = (shared / "sources/specs/hibp/NOTES.md").read_text(encoding="utf-8")
    url = urlsplit(str(request.url))
    assert (request.method, url.scheme, url.netloc, url.query) == ("GET", "https", "haveibeenpwned.com", "")
    assert request.headers["User-Agent"].startswith("identity-audit")
    call = url.path.removeprefix("/api/v3")
    if call == "/breaches":
        assert "| GET /breaches[" in notes
        assert all(set(one) == NAMES and f'"{name}":' in notes for one in json.loads(body) for name in NAMES)
        return
    assert call.startswith("/breacheddomain/")
    assert "| GET /breacheddomain/{domain} | key + domain verified" in notes
    assert request.headers["hibp-api-key"]
    if status == 200:
        assert all(isinstance(name, str) for names in json.loads(body).values() for name in names)
    else:
        assert (status, body) == (404, "")
        assert "404 nothing found (EMPTY BODY" in notes
