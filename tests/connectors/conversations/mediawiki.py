"""A wiki with five user pages that name MaineDOT, two a page: of two users, a blocked one, nobody, and a subpage."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

HOST = "https://en.wikipedia.org"
OPTIONS = {"url": f"{HOST}/w/api.php", "contact": "https://www.example.gov/audit", "handles": ["Shut out", "1.2.3.4"]}
RENAMED = ("wikipedia", "en.wikipedia.org:7", "Old Otter")
JSON = {"Content-Type": "application/json; charset=utf-8"}
BLOCK = {
    "blockid": 77, "blockedby": "PRIVATE-7261", "blockreason": "PRIVATE-7261",
    "blockexpiry": "infinite", "blockpartial": False,
}  # fmt: skip
USERS = {
    "River Otter": {"userid": 7, "name": "River Otter", "registration": "2007-06-07T16:36:03Z"},
    "Mainedot": {"userid": 8, "name": "Mainedot", "registration": None},
    "Shut out": {"userid": 9, "name": "Shut out", "registration": "2020-01-01T00:00:00Z", **BLOCK},
}
TITLES = ("River Otter", "River Otter/PRIVATE-7261", "Shut out", "Nobody", "Mainedot")
SNIPPET = 'I work for <span class="searchmatch">MaineDOT</span> &amp; fish.'
FOUND = [
    {"ns": 2, "title": f"User:{title}", "pageid": 100 + number, "snippet": SNIPPET}
    for number, title in enumerate(TITLES)
]


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    asked = {name: values[0] for name, values in parse_qs(urlsplit(str(request.url)).query).items()}
    if asked["list"] == "users":
        known = {str(user["userid"]): user for user in USERS.values()}
        users = (
            [_user(name) for name in asked["ususers"].split("|")]
            if "ususers" in asked
            else [known[number] for number in asked["ususerids"].split("|")]
        )
        return 200, JSON, json.dumps({"batchcomplete": True, "query": {"users": users}})
    start = int(asked.get("sroffset", 0))
    results = FOUND if asked["srsearch"] == '"MaineDOT"' else []
    value: dict[str, object] = {"query": {"searchinfo": {"totalhits": len(results)}, "search": results[start:][:2]}}
    more = {"continue": {"sroffset": start + 2, "continue": "-||"}} if start + 2 < len(results) else {}
    return 200, JSON, json.dumps({"batchcomplete": True, **more, **value})


def _user(name: str) -> dict[str, object]:
    if re.fullmatch(r"[\d.]+", name):
        return {"name": name, "invalid": True}
    return USERS.get(name) or {"name": name, "missing": True}


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    """There is no description but NOTES.md, which quotes the modules' parameters and replies."""
    notes = (shared / "sources/specs/mediawiki/NOTES.md").read_text(encoding="utf-8")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(str(request.url)).query).items()}
    always = {"format": "json", "formatversion": "2", "maxlag": "5", "action": "query"}
    assert request.method == "GET"
    assert always.items() <= asked.items()
    assert "`format=json&formatversion=2`, contactable User-Agent, `maxlag=5`" in notes
    assert str(OPTIONS["contact"]) in str(request.headers["User-Agent"])
    own = set(asked) - set(always) - {"list"}
    value = json.loads(body)
    assert status == 200
    if asked["list"] == "users":
        (which,) = own - {"usprop"}
        assert which in ("ususers", "ususerids")
        assert asked[which].count("|") < 50
        assert set(asked["usprop"].split("|")) <= set(re.findall(r"usprop=([\w|]+)", notes)[0].split("|"))
        assert all(
            isinstance(one["name"], str) and ("userid" in one) != (one.get("missing") or one.get("invalid") or False)
            for one in value["query"]["users"]
        )
    else:
        assert asked["list"] == "search"
        least = {"srsearch", "srnamespace", "srlimit", "srprop", "srwhat"}
        assert least <= own <= least | {"sroffset", "continue"}
        assert (asked["srnamespace"], asked["srwhat"], int(asked["srlimit"]) <= 500) == ("2", "text", True)
        fields = set(re.findall(r"query\.search\[\{([\w,]+)\}\]", notes)[0].split(","))
        given = {"ns", "title", "pageid"} | set(asked["srprop"].split("|"))
        assert given <= fields
        assert all(set(one) == given for one in value["query"]["search"])
