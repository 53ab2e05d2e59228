"""GitHub with one organization of three members, two a page."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import requests

OPTIONS = {"organizations": ["state-of-maine"], "token": {"file": "token"}}
JSON = {"Content-Type": "application/json; charset=utf-8", "X-RateLimit-Remaining": "4998"}
TAKES = {
    "organization": {"login"},
    "membersWithRole": {"first", "after"},
    "organizationVerifiedDomainEmails": {"login"},
}
"""Arguments of the fields that may be asked for (docs.github.com/graphql/reference/objects)."""
MEMBER = {"databaseId", "login", "url", "createdAt", "organizationVerifiedDomainEmails"}
AROUND = {"organization", "membersWithRole", "totalCount", "pageInfo", "hasNextPage", "endCursor", "nodes"}


def member(number: int, login: str, *emails: str) -> dict[str, object]:
    return {
        "databaseId": number, "login": login, "url": f"https://github.com/{login}",
        "createdAt": "2019-01-02T03:04:05Z", "organizationVerifiedDomainEmails": list(emails),
    }  # fmt: skip


MEMBERS = [
    member(583231, "jdoe-me", "jane.doe@maine.gov"), member(583232, "river-otter-207"),
    member(583233, "rlee", "ravi.lee@maine.gov", "ravi.lee@state.me.us"),
]  # fmt: skip


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    start = int(json.loads(request.body or "")["variables"]["after"] or 0)
    page = {"hasNextPage": start + 2 < len(MEMBERS), "endCursor": str(start + 2)}
    members = {"totalCount": len(MEMBERS), "pageInfo": page, "nodes": MEMBERS[start : start + 2]}
    value = {"data": {"organization": {"membersWithRole": members}}, "extensions": {"warnings": ["PRIVATE-7261"]}}
    return 200, JSON, json.dumps(value)


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    assert (request.method, urlsplit(str(request.url)).path) == ("POST", "/graphql")
    assert request.headers["Authorization"].startswith("Bearer ")
    sent = json.loads(request.body or "")
    assert set(sent) == {"query", "variables"}
    head, _, selection = sent["query"].partition("{")
    assert re.fullmatch(r"query\(\$org: String!, \$after: String\) ", head)
    arguments = {
        name: set(re.findall(r"(\w+):", inside)) for name, inside in re.findall(r"(\w+)\(([^)]*)\)", selection)
    }
    assert arguments == TAKES
    assert int(re.findall(r"first: (\d+)", selection)[0]) <= 100
    asked = set(re.findall(r"\w+", re.sub(r"\([^)]*\)", "", selection)))
    assert asked <= MEMBER | AROUND
    value = json.loads(body)
    assert set(value) <= {"data", "errors", "extensions"}  # GraphQL, 7.1
    assert all(set(one) == asked & MEMBER for one in value["data"]["organization"]["membersWithRole"]["nodes"])
