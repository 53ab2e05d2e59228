"""Gravatar, where one of two employees has a profile."""

import json
import re
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import requests

from tests.descriptions import is_exchange

OPTIONS = {"token": {"file": "token"}}
LISTS_WITHIN = True
JSON = {"Content-Type": "application/json", "X-RateLimit-Remaining": "998", "X-RateLimit-Reset": "1795176000"}
PRIVATE, PICTURE = "PRIVATE-7261", "https://0.gravatar.com/avatar/PRIVATE-7261"
JANE = sha256(b"jane.doe@maine.gov").hexdigest()


def verified(service: str, url: str, *, hidden: bool = False) -> dict[str, object]:
    return {
        "service_type": service, "service_label": service.title(), "service_icon": f"{PICTURE}.svg", "url": url,
        "is_hidden": hidden,
    }  # fmt: skip


PROFILE = {
    "hash": JANE, "display_name": "Jane D.", "profile_url": "https://gravatar.com/janedoe207", "avatar_url": PICTURE,
    "avatar_alt_text": PRIVATE, "location": PRIVATE, "description": "Bridges for MaineDOT.", "job_title": PRIVATE,
    "company": PRIVATE, "pronunciation": PRIVATE, "pronouns": PRIVATE, "timezone": PRIVATE, "first_name": PRIVATE,
    "last_name": PRIVATE, "header_image": PICTURE, "links": [{"label": PRIVATE, "url": PICTURE}],
    "interests": [{"id": 7261, "name": PRIVATE}], "gallery": [{"url": PICTURE, "alt_text": PRIVATE}],
    "contact_info": {"cell_phone": PRIVATE, "email": "PRIVATE-7261@home.example"},
    "payments": {"links": [], "crypto_wallets": [{"label": "ETH", "address": PRIVATE}]},
    "number_verified_accounts": 3, "registration_date": "2021-10-01T12:00:00Z",
    "verified_accounts": [
        verified("tumblr", "https://janedoe207.tumblr.com"), verified("dating", "https://dates.example/PRIVATE-7261"),
        verified("github", "https://github.com/PRIVATE-7261", hidden=True),
    ],
}  # fmt: skip


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    if urlsplit(str(request.url)).path == f"/v3/profiles/{JANE}":
        return 200, JSON, json.dumps(PROFILE)
    return 404, JSON, json.dumps({"error": "Profile not found"})


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    is_exchange(shared, "gravatar", request, status, body)
    assert re.fullmatch(r"/v3/profiles/[0-9a-f]{64}", urlsplit(str(request.url)).path)
    assert set(headers) - {"Content-Type"} <= {f"X-RateLimit-{name}" for name in ("Limit", "Remaining", "Reset")}
