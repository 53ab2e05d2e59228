import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from connectors import bluesky
from connectors.contract import Answer, BadRow, Nexus, Outcome, Raw, Source, SourceChanged, SourceDown
from tests.descriptions import is_output, is_query
from tests.loopback import NOON, FakeTime

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
        query = parse_qs(urlsplit(request.url).query)
        if "actors" in query:
            found = [profile(actor) for actor in query["actors"] if not actor.startswith("gone")]
            return 200, {"Content-Type": "application/json"}, json.dumps({"profiles": found})
        start = int(query.get("cursor", ["0"])[0])
        results = self.results.get(query["q"][0], [])
        value: dict[str, object] = {"actors": results[start : start + 3]}
        if start + 3 < len(results):
            value["cursor"] = str(start + 3)
        return 200, {"Content-Type": "application/json"}, json.dumps(value)


def asked(folder: Path, names: tuple[str, ...] = (), declared: tuple[str, ...] = (), **options: object) -> Source:
    handles = (("x", "MaineDOT1"), *(("bluesky", handle) for handle in declared))
    return Source("sky", folder, options, Nexus(("maine.gov",), names=names, handles=handles), NOON)


def fetched(source: Source, view: AppView) -> dict[str, Any]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for url in (SEARCH, PROFILES):
            mock.add_callback(responses.GET, url, view)
        answers = list(bluesky.fetch(source, FakeTime().clock))
    assert sorted(answer.key for answer in answers) == sorted(bluesky.CONNECTOR.sweep.keys(source))
    assert len(view.urls) <= bluesky.CONNECTOR.sweep.requests(source, bluesky.CONNECTOR.sweep.keys(source))
    return {answer.key: answer for answer in answers}


def sent(view: AppView, name: str) -> list[list[str]]:
    return [query[name] for url in view.urls if name in (query := parse_qs(urlsplit(url).query))]


def test_profiles(tmp_path):
    view = AppView({"MaineDOT": [DOT, LEE]})
    answers = fetched(asked(tmp_path, terms=["MaineDOT"]), view)
    assert answers["maine.gov"] == Answer("maine.gov")
    dot, lee = map(bluesky.parse, answers["MaineDOT"].items)
    assert (dot.platform, dot.account_id, dot.handle) == ("bluesky", DOT["did"], "dot.maine.gov")
    assert (dot.display_name, dot.bio) == ("MaineDOT", DOT["description"])
    assert dot.url == "https://bsky.app/profile/dot.maine.gov"
    assert dot.registered_email == ""
    assert (lee.handle, lee.url) == ("", f"https://bsky.app/profile/{LEE['did']}")  # its handle is not proved


def test_restraint(tmp_path):
    view = AppView({"maine.gov": [DOT]})
    shown = repr(fetched(asked(tmp_path, terms=["MaineDOT"]), view))
    for private in ("avatar", "labels", "associated", "viewer", "indexedAt"):
        assert private not in shown
    assert {urlsplit(url).path for url in view.urls} == {"/xrpc/app.bsky.actor.searchActors"}


def test_declared_handles_go_in_batches_and_each_is_answered(tmp_path):
    declared = tuple(f"office{number}.maine.gov" for number in range(49))
    view = AppView()
    answers = fetched(asked(tmp_path, (), (*declared, "Gone.Maine.gov", "@office1.maine.gov", "no handle")), view)
    assert [len(batch) for batch in sent(view, "actors")] == [25, 25]
    handles = {key: answer for key, answer in answers.items() if key.startswith("@")}
    missing = [key for key, answer in handles.items() if answer.outcome is Outcome.NOT_FOUND]
    assert missing == ["@gone.maine.gov"]  # "no handle" can be nobody's: it is not sent, and not called missing
    found = [bluesky.parse(answer.items[0]).handle for answer in handles.values() if answer.items]
    assert sorted(found) == sorted(declared)
    assert "MaineDOT1" not in repr(view.urls)  # declared on another platform


def test_a_canary_is_asked_for_with_the_rest(tmp_path):
    view = AppView()
    answers = fetched(asked(tmp_path, must_find="@dot.maine.gov", must_not_find="zzz no such agency"), view)
    assert list(answers) == ["@dot.maine.gov", "zzz no such agency", "maine.gov"]
    assert answers["@dot.maine.gov"].items


@pytest.mark.parametrize(
    ("names", "options", "terms"),
    [
        (("Maine DOT", "Maine State Police"), {}, ["maine.gov", "Maine DOT", "Maine State Police"]),
        (("Maine DOT",), {"terms": ["MaineDOT", "maine.gov"]}, ["maine.gov", "MaineDOT"]),
        ((), {}, ["maine.gov"]),
    ],
)
def test_what_it_searches_for(tmp_path, names, options, terms):
    view = AppView()
    fetched(asked(tmp_path, names, **options), view)
    assert sent(view, "q") == [[term] for term in terms]


@pytest.mark.parametrize(("pages", "items", "requests"), [(1, 3, 2), (2, 6, 3), (50, 30, 11)])
def test_so_many_pages_and_no_more(tmp_path, pages, items, requests):
    view = AppView({"MaineDOT": [profile(f"a{number}.example.org") for number in range(30)]})
    answers = fetched(asked(tmp_path, terms=["MaineDOT"], pages=pages), view)
    assert (len(answers["MaineDOT"].items), len(view.urls)) == (items, requests)


def test_a_profile_on_two_pages_comes_once(tmp_path):
    view = AppView({"MaineDOT": [DOT, LEE] * 3})
    assert len(fetched(asked(tmp_path, terms=["MaineDOT"]), view)["MaineDOT"].items) == 2


def test_a_term_that_fails_is_passed_over(tmp_path):
    view = AppView({"MaineDOT": [DOT]})

    def sometimes(request) -> tuple[int, dict[str, str], str]:
        return (500, {}, "") if "q=maine.gov" in request.url else view(request)

    with responses.RequestsMock() as mock:
        mock.add_callback(responses.GET, SEARCH, sometimes)
        answers = list(bluesky.fetch(asked(tmp_path, terms=["MaineDOT"]), FakeTime().clock))
    assert [(answer.key, answer.outcome) for answer in answers] == [
        ("maine.gov", Outcome.FAILED), ("MaineDOT", Outcome.ANSWERED),
    ]  # fmt: skip


def test_it_asks_and_is_answered_as_described(tmp_path, shared):
    view = AppView({"MaineDOT": [DOT, LEE] * 3})
    fetched(asked(tmp_path, (), tuple(f"a{number}.maine.gov" for number in range(30)), terms=["MaineDOT"]), view)
    for url in view.urls:
        is_query(shared, url)
    is_output(shared, "app.bsky.actor.searchActors", PAYLOAD)
    is_output(shared, "app.bsky.actor.getProfiles", {"profiles": [profile("a.maine.gov")]})


@pytest.mark.parametrize("body", [[], {}, {"actors": "x"}, {"actors": [1]}])
def test_another_shape_stops(tmp_path, body):
    with pytest.raises(SourceChanged):
        fetched(asked(tmp_path), lambda _: (200, {"Content-Type": "application/json"}, json.dumps(body)))  # type: ignore[arg-type]


@pytest.mark.parametrize("options", [{"terms": "x"}, {"handles": [""]}, {"pages": 0}, {"terms": [5]}])
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown, match=r"audit\.toml"):
        fetched(asked(tmp_path, **options), AppView())


@pytest.mark.parametrize("fields", [{"did": ""}, {"description": 5}])
def test_fields_of_another_kind(fields):
    with pytest.raises(BadRow):
        bluesky.parse(Raw({**profile("a.maine.gov"), **fields}, "sky", "/x", "0" * 64))
