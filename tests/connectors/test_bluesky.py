import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from descriptions import is_output, is_query
from loopback import FakeTime, source

from connectors import bluesky
from connectors.contract import BadRow, Raw, Rejected, SourceChanged, SourceDown

PAYLOAD = json.loads((Path(__file__).parent / "payloads/bluesky.json").read_text(encoding="utf-8"))
SEARCH = "https://public.api.bsky.app/xrpc/app.bsky.actor.searchActors"
PROFILES = "https://public.api.bsky.app/xrpc/app.bsky.actor.getProfiles"
DOT, LEE = PAYLOAD["actors"]


def profile(handle: str) -> dict[str, str]:
    return {"did": f"did:plc:{handle.replace('.', '')}", "handle": handle, "createdAt": "2024-01-01T00:00:00Z"}


class AppView:
    """Knows every handle but those that begin with "gone"; search results come three a page."""

    def __init__(self, results: dict[str, list[dict[str, str]]] | None = None) -> None:
        self.results = results or {}
        self.urls: list[str] = []

    def __call__(self, request) -> tuple[int, dict[str, str], str]:
        self.urls.append(request.url)
        asked = parse_qs(urlsplit(request.url).query)
        if "actors" in asked:
            found = [profile(actor) for actor in asked["actors"] if not actor.startswith("gone")]
            return 200, {"Content-Type": "application/json"}, json.dumps({"profiles": found})
        start = int(asked.get("cursor", ["0"])[0])
        results = self.results.get(asked["q"][0], [])
        value: dict[str, object] = {"actors": results[start : start + 3]}
        if start + 3 < len(results):
            value["cursor"] = str(start + 3)
        return 200, {"Content-Type": "application/json"}, json.dumps(value)


def fetched(folder: Path, view: AppView, **options: object) -> list:
    marks = options.pop("nexus", ())
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for url in (SEARCH, PROFILES):
            mock.add_callback(responses.GET, url, view)
        return list(bluesky.fetch(source(folder, "sky", marks, **options), FakeTime().clock))


def test_profiles(tmp_path):
    items = fetched(tmp_path, AppView({"maine.gov": [DOT], "MaineDOT": [DOT, LEE]}), terms=["MaineDOT"])
    dot, lee = map(bluesky.parse, items)
    assert (dot.platform, dot.account_id, dot.handle) == ("bluesky", DOT["did"], "dot.maine.gov")
    assert (dot.display_name, dot.bio) == ("MaineDOT", DOT["description"])
    assert dot.url == "https://bsky.app/profile/dot.maine.gov"
    assert dot.registered_email == ""
    assert (lee.handle, lee.url) == ("", f"https://bsky.app/profile/{LEE['did']}")  # its handle is not proved


def test_restraint(tmp_path):
    view = AppView({"maine.gov": [DOT]})
    shown = repr(fetched(tmp_path, view, terms=["MaineDOT"]))
    for private in ("avatar", "labels", "associated", "viewer", "indexedAt"):
        assert private not in shown
    assert {urlsplit(url).path for url in view.urls} == {"/xrpc/app.bsky.actor.searchActors"}


def test_declared_handles_go_in_batches_and_missing_ones_are_told(tmp_path):
    handles = [f"office{number}.maine.gov" for number in range(49)] + [
        "Gone.Maine.gov",
        "@office1.maine.gov",
        "no handle",
    ]
    view = AppView()
    items = fetched(tmp_path, view, handles=handles)
    batches = [parse_qs(urlsplit(url).query)["actors"] for url in view.urls if "getProfiles" in url]
    assert [len(batch) for batch in batches] == [25, 25]
    assert len([item for item in items if isinstance(item, Raw)]) == 49
    rejected = [item for item in items if isinstance(item, Rejected)]
    assert [item.where.rpartition(":")[2] for item in rejected] == ["gone.maine.gov", "no handle"]


def test_searches_for_the_marks_where_no_terms_are_given(tmp_path):
    view = AppView()
    fetched(tmp_path, view, nexus=("maine dot", "dot", "m41ne", "maine state police"))
    assert [parse_qs(urlsplit(url).query)["q"][0] for url in view.urls] == [
        "maine.gov",
        "maine dot",
        "maine state police",
    ]


def test_so_many_pages_and_no_more(tmp_path):
    view = AppView({"MaineDOT": [profile(f"a{number}.example.org") for number in range(30)]})
    assert len(fetched(tmp_path, view, terms=["MaineDOT"], pages=2)) == 6
    assert len(view.urls) == 3


def test_it_asks_and_is_answered_as_described(tmp_path, shared):
    view = AppView({"MaineDOT": [DOT, LEE] * 3})
    fetched(tmp_path, view, terms=["MaineDOT"], handles=[f"a{number}.maine.gov" for number in range(30)])
    for url in view.urls:
        is_query(shared, url)
    is_output(shared, "app.bsky.actor.searchActors", PAYLOAD)
    is_output(shared, "app.bsky.actor.getProfiles", {"profiles": [profile("a.maine.gov")]})


@pytest.mark.parametrize("body", [[], {}, {"actors": "x"}, {"actors": [1]}])
def test_another_shape_stops(tmp_path, body):
    with pytest.raises(SourceChanged):
        fetched(tmp_path, lambda _: (200, {"Content-Type": "application/json"}, json.dumps(body)))  # type: ignore[arg-type]


@pytest.mark.parametrize("options", [{"terms": "x"}, {"handles": [""]}, {"pages": 0}, {"terms": [5]}])
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown, match=r"audit\.toml"):
        fetched(tmp_path, AppView(), **options)


@pytest.mark.parametrize("fields", [{"did": ""}, {"description": 5}])
def test_fields_of_another_kind(fields):
    with pytest.raises(BadRow):
        bluesky.parse(Raw({**profile("a.maine.gov"), **fields}, "sky", "/x", "0" * 64))
