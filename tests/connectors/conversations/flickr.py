"""Flickr, where one of two employees can be found by address; its errors come with status 200."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

OPTIONS = {"api_key": {"file": "token"}}
JSON = {"Content-Type": "application/json"}
MEMBER = {"id": "12037949632@N01", "nsid": "12037949632@N01", "username": {"_content": "River Otter 207"}}


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    if parse_qs(urlsplit(str(request.url)).query)["find_email"] == ["jane.doe@maine.gov"]:
        return 200, JSON, json.dumps({"stat": "ok", "user": MEMBER})
    return 200, JSON, json.dumps({"stat": "fail", "code": 1, "message": "User not found PRIVATE-7261"})


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    """Against the request line and the two replies that NOTES.md quotes from Flickr's documentation."""
    notes = (shared / "sources/specs/flickr/NOTES.md").read_text(encoding="utf-8")
    line = re.search(r"^GET (\S+)", notes, re.MULTILINE)
    assert line is not None
    quoted, url = urlsplit(line[1]), urlsplit(str(request.url))
    assert (request.method, url[:3]) == ("GET", quoted[:3])
    asked, example = (dict(parse_qs(one.query, strict_parsing=True)) for one in (url, quoted))
    assert set(asked) == set(example)
    assert all(asked[name] == example[name] for name in ("method", "format", "nojsoncallback"))
    replies = [json.loads(reply) for reply in re.findall(r'^\{"stat".*\}$', notes, re.MULTILINE)]
    assert status == 200
    assert shape(json.loads(body)) in [shape(reply) for reply in replies]


def shape(value: object) -> object:
    """The names and the kinds of a reply, without what they hold."""
    return {name: shape(part) for name, part in value.items()} if isinstance(value, dict) else type(value)
