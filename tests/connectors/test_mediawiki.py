import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from connectors import mediawiki
from connectors.contract import BadRow, Dropped, Nexus, Outcome, Raw, Source, SourceChanged, SourceDown
from connectors.http import Refused
from connectors.vendors.wiki import canonical
from tests.loopback import NOON, FakeTime, source

URL = "https://en.wikipedia.org/w/api.php"
JSON = {"Content-Type": "application/json; charset=utf-8"}
FOREVER = {"blockid": 1, "blockedby": "Admin 7261", "blockreason": "promotion", "blockexpiry": "infinite"}


class Wiki:
    """Has the users named, with what else is said of each; user pages by term; two results a page."""

    def __init__(self, pages: dict[str, list[str]] | None = None, **users: dict[str, object]) -> None:
        self.pages, self.users = pages or {}, users
        self.asked: list[dict[str, str]] = []

    def __call__(self, request) -> tuple[int, dict[str, str], str]:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        self.asked.append(asked)
        if asked["list"] == "users":
            found = [self._user(name) for name in asked["ususers"].split("|")]
            return 200, JSON, json.dumps({"batchcomplete": True, "query": {"users": found[::-1]}})
        titles, start = self.pages.get(asked["srsearch"].strip('"'), []), int(asked.get("sroffset", 0))
        hits = [
            {"ns": 2, "title": f"Benutzer:{one}", "pageid": 1, "snippet": "at <b>it</b> &amp; so"} for one in titles
        ]
        more = {"continue": {"sroffset": start + 2, "continue": "-||"}} if start + 2 < len(hits) else {}
        return 200, JSON, json.dumps({**more, "query": {"search": hits[start : start + 2]}})

    def _user(self, name: str) -> dict[str, object]:
        if name not in self.users:
            return {"name": name, "missing": True}
        return {"name": name, "userid": len(name), "registration": "2007-06-07T16:36:03Z", **self.users[name]}


def fetched(folder: Path, wiki: Callable[..., object], time: FakeTime | None = None, **options: Any) -> dict[str, Any]:
    given = {"url": URL, "contact": "https://example.gov/audit", "terms": ["MaineDOT"], **options}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_callback(responses.GET, URL, wiki)  # type: ignore[arg-type]
        asked = source(folder, "wiki", **given)
        answers = list(mediawiki.fetch(asked, (time or FakeTime()).clock))
    return {answer.key: answer for answer in answers}


def test_a_user_found_by_the_words_of_the_page(tmp_path):
    wiki = Wiki({"MaineDOT": ["River Otter"]}, **{"River Otter": {"editcount": 7261, "groups": ["*"]}})
    (raw,) = fetched(tmp_path, wiki)["MaineDOT"].items
    found = mediawiki.parse(raw)
    assert (found.platform, found.account_id, found.handle) == ("wikipedia", "en.wikipedia.org:11", "River Otter")
    assert found.url == "https://en.wikipedia.org/w/index.php?title=User:River_Otter"
    assert found.bio == "at it & so"
    assert found.created_at is not None
    assert "7261" not in repr(raw)
    searched = [asked for asked in wiki.asked if asked["list"] == "search"]
    assert [asked["srsearch"] for asked in searched] == ['"maine.gov"', '"MaineDOT"']
    assert {(asked["srnamespace"], asked["srprop"]) for asked in searched} == {("2", "snippet")}


def test_whose_page_it_is(tmp_path):
    users = {"A": {}, "Blocked": FOREVER, "Resting": {**FOREVER, "blockexpiry": "2027-01-01T00:00:00Z"}}
    titles = ["A", "A/Drafts", "Blocked", "Nobody", "Resting", "A"]
    wiki = Wiki({"MaineDOT": titles}, Partly={**FOREVER, "blockpartial": True}, **users)
    items = fetched(tmp_path, wiki, pages=3)["MaineDOT"].items
    assert [item.values["name"] for item in items if isinstance(item, Raw)] == ["A", "Resting"]
    assert sorted(item.reason for item in items if isinstance(item, Dropped)) == [
        "a page below a user page", "a user page without a user", "blocked for good",
    ]  # fmt: skip
    assert "7261" not in repr(items)


def test_so_many_pages_and_no_more(tmp_path):
    wiki = Wiki({"MaineDOT": [f"U{number}" for number in range(9)]}, **{f"U{number}": {} for number in range(9)})
    assert len(fetched(tmp_path, wiki, pages=2)["MaineDOT"].items) == 4
    assert [asked.get("sroffset") for asked in wiki.asked if asked.get("srsearch") == '"MaineDOT"'] == [None, "2"]


NAMES = [
    ("MaineDOT", Outcome.ANSWERED),
    ("maine_roads", Outcome.ANSWERED),
    ("mainedot", Outcome.NOT_FOUND),  # letter case tells users apart, but for the first letter
    ("a|b", None),
    ("1.2.3.4", Outcome.NOT_FOUND),
    ("Blocked", Outcome.REFUSED),
    ("Partly", Outcome.ANSWERED),
    ("Old", Outcome.NOT_FOUND),
]


@pytest.mark.parametrize(("name", "outcome"), NAMES)
def test_a_declared_name(tmp_path, name, outcome):
    users: dict[str, Any] = {
        "MaineDOT": {}, "Maine roads": {}, "1.2.3.4": {"invalid": True}, "Blocked": FOREVER,
        "Partly": {**FOREVER, "blockpartial": True}, "Old": {"missing": ""},  # as before formatversion=2
    }  # fmt: skip
    wiki = Wiki(**users)
    answer = fetched(tmp_path, wiki, handles=[f"@{name}"]).get(f"@{name}")
    assert (answer and answer.outcome) is outcome
    assert len(answer.items if answer else ()) == (outcome is Outcome.ANSWERED)
    assert all(part != "a" for asked in wiki.asked for part in asked.get("ususers", "").split("|"))


def test_names_go_fifty_at_once(tmp_path):
    wiki = Wiki(**{f"U{number}": {} for number in range(60)})
    answers = fetched(tmp_path, wiki, handles=[f"u{number}" for number in range(60)])
    assert [asked["ususers"].count("|") + 1 for asked in wiki.asked if "ususers" in asked] == [50, 10]
    assert sum(bool(answer.items) for answer in answers.values()) == 60


def test_a_name_that_the_wiki_spells_another_way_is_not_called_missing(tmp_path):
    def wiki(_):
        return 200, JSON, json.dumps({"query": {"users": [{"name": "Élan", "userid": 5}], "search": []}})

    assert fetched(tmp_path, wiki, handles=["Elan"])["@Elan"].outcome is Outcome.FAILED


@pytest.mark.parametrize(("headers", "slept"), [({"Retry-After": "7"}, 7), ({}, 5)])
@pytest.mark.parametrize("code", ["maxlag", "ratelimited"])
def test_a_busy_wiki_is_asked_again(tmp_path, code, headers, slept):
    time, left = FakeTime(), [code]

    def wiki(request):
        busy = {"error": {"code": left.pop(), "info": "Waiting", "lag": 7.1}, "docref": "x"} if left else None
        return (200, {**JSON, **headers}, json.dumps(busy)) if busy else Wiki({"MaineDOT": ["A"]}, A={})(request)

    assert isinstance(fetched(tmp_path, wiki, time)["MaineDOT"].items[0], Raw)
    assert slept in time.slept


@pytest.mark.parametrize(
    ("code", "outcome"), [("maxlag", Outcome.FAILED), ("internal_api_error", Outcome.FAILED), ("ratelimited", None)]
)
def test_a_wiki_that_stays_in_trouble_for_one_term(tmp_path, code, outcome):
    def wiki(request):
        if "MaineDOT" in request.url:
            return 200, JSON, json.dumps({"error": {"code": code, "info": "no"}})
        return Wiki()(request)

    answers = fetched(tmp_path, wiki, terms=["MaineDOT", "Maine DEP"])
    assert answers["maine.gov"].outcome is Outcome.ANSWERED
    assert answers["MaineDOT"].outcome is (outcome or Outcome.LIMITED)
    assert ("Maine DEP" in answers) == (outcome is not None)  # "too many" ends the night


def test_a_wiki_that_is_closed_to_readers(tmp_path):
    with pytest.raises(Refused, match="readapidenied"):
        fetched(tmp_path, lambda _: (200, JSON, json.dumps({"error": {"code": "readapidenied", "info": "no"}})))


HIT = {"ns": 2, "title": "User:A", "snippet": "x"}


@pytest.mark.parametrize(
    "query",
    [
        {}, [], {"search": {}}, {"search": [{**HIT, "ns": 0}]}, {"search": [{**HIT, "title": 5}]},
        {"search": [{**HIT, "snippet": None}]}, {"search": [HIT]}, {"search": [HIT], "users": {"name": "A"}},
    ],
)  # fmt: skip
def test_another_shape_stops(tmp_path, query):
    with pytest.raises(SourceChanged):
        fetched(tmp_path, lambda _: (200, JSON, json.dumps({"query": query})))


@pytest.mark.parametrize(
    "options",
    [{"url": ""}, {"url": "https://en.wikipedia.org"}, {"contact": ""}, {"platform": "x"}, {"pages": -1}, {"terms": 5}],
)
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown, match=r"audit\.toml"):
        fetched(tmp_path, Wiki(), **options)


@pytest.mark.parametrize(
    ("url", "options", "platform"),
    [
        (URL, {}, "wikipedia"),
        ("https://commons.wikimedia.org/w/api.php", {}, "wikimedia"),
        ("https://wiki.example.org/api.php", {}, "mediawiki"),
        ("https://maine.fandom.com/api.php", {"platform": "fandom"}, "fandom"),
    ],
)
def test_which_platform_a_wiki_counts_as(tmp_path, url, options, platform):
    nexus = Nexus(handles=tuple((one, one) for one in mediawiki.PLATFORMS))
    asked = Source("wiki", tmp_path, {"url": url, **options}, nexus, NOON)
    assert mediawiki.CONNECTOR.sweep.keys(asked) == (f"@{platform}",)


@given(st.text())
def test_a_canonical_name_stays_as_it_is(name):
    assert canonical(canonical(name)) == canonical(name)


def test_a_field_of_another_kind():
    values = {"name": "A", "userid": 1, "registration": 5, "snippet": "", "wiki": URL, "platform": "wikipedia"}
    with pytest.raises(BadRow):
        mediawiki.parse(Raw(values, "wiki", "/x", "0" * 64))
