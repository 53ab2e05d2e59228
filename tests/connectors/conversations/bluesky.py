"""Bluesky's AppView with two profiles; a search gives them out one a page."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

from tests.descriptions import is_output, is_query

OPTIONS: dict[str, object] = {}
RENAMED = ("bluesky", "did:plc:ewvi7nxzyoun6zhxrhs64oiz", "old.maine.gov")
JSON = {"Content-Type": "application/json; charset=utf-8", "RateLimit-Remaining": "2999"}
PICTURE = "https://cdn.example.org/PRIVATE-7261.jpg"
FOUND: list[dict[str, object]] = [
    {
        "did": "did:plc:z72i7hdynmk6r22z27h6tvur", "handle": "dot.maine.gov", "displayName": "MaineDOT",
        "description": "Roads and bridges.", "avatar": PICTURE, "createdAt": "2023-04-12T04:53:57.057Z", "labels": [],
    },
    {
        "did": "did:plc:ewvi7nxzyoun6zhxrhs64oiz", "handle": "otter.example.org", "displayName": "Lee, MaineDOT",
        "avatar": PICTURE, "createdAt": "2024-01-02T03:04:05.000Z",
    },
]  # fmt: skip


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    url = urlsplit(str(request.url))
    asked = parse_qs(url.query)
    if url.path.endswith("getProfiles"):
        counted = {"followersCount": 7261, "banner": PICTURE}
        known = [one | counted for one in FOUND if {one["handle"], one["did"]} & set(asked["actors"])]
        return 200, JSON, json.dumps({"profiles": known})
    start = int(asked.get("cursor", ["0"])[0])
    results = FOUND if asked["q"] == ["MaineDOT"] else []
    more = {"cursor": str(start + 1)} if start + 1 < len(results) else {}
    return 200, JSON, json.dumps({"actors": results[start : start + 1], **more})


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    assert request.method == "GET"
    assert urlsplit(str(request.url)).path.startswith("/xrpc/app.bsky.actor.")
    is_query(shared, str(request.url))
    is_output(shared, urlsplit(str(request.url)).path.removeprefix("/xrpc/"), json.loads(body))
