import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from connectors import x
from connectors.contract import Answer, BadRow, Nexus, Raw, Source, SourceChanged, SourceDown
from connectors.http import OutOfBudget, Refused
from tests.descriptions import is_openapi, is_openapi_query
from tests.loopback import NOON, FakeTime, source

URL = "https://api.x.com/2/users/by"
JSON = {"Content-Type": "application/json; charset=utf-8"}
Reply = tuple[int, dict[str, str], str]
LINKS = {
    "url": {"urls": [{"start": 0, "end": 9, "url": "https://t.co/1", "expanded_url": "https://www.maine.gov/dot"}]},
    "description": {
        "hashtags": [{"start": 0, "end": 4, "tag": "tagged"}],
        "urls": [{"start": 0, "end": 9, "url": "https://t.co/2", "expanded_url": "https://511.maine.gov"}],
    },
}


def user(handle: str, **more: Any) -> dict[str, object]:
    return {"id": f"9{sum(map(ord, handle))}", "username": handle, "name": handle, **more}


DOT_ID = str(user("MaineDOT")["id"])


def problem(handle: str, title: str = "Not Found Error", kind: str = "resource-not-found") -> dict[str, object]:
    return {
        "value": handle, "resource_id": handle, "parameter": "usernames", "resource_type": "user", "title": title,
        "detail": f"Could not find user with usernames: [{handle}].", "type": f"https://api.x.com/2/problems/{kind}",
    }  # fmt: skip


def told(value: object) -> Reply:
    return 200, JSON, json.dumps(value)


class Platform:
    """Has every handle but those that begin with "gone" (nobody's) and "shut" (suspended)."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.said: list[dict[str, object]] = []

    def __call__(self, request) -> Reply:
        self.urls.append(request.url)
        names = parse_qs(urlsplit(request.url).query)["usernames"][0].split(",")
        value: dict[str, object] = {}
        if known := [user(name.upper()) for name in names if not name.startswith(("gone", "shut"))]:
            value["data"] = known
        amiss = [problem(name) for name in names if name.startswith("gone")]
        if amiss := amiss + [problem(name, "Forbidden") for name in names if name.startswith("shut")]:
            value["errors"] = amiss
        self.said.append(value)
        return told(value)


def fetched(
    folder: Path, platform: Callable[..., Reply], *handles: str, time: FakeTime | None = None, **options: Any
) -> list[Answer]:
    (folder / "token").write_text("AAAA-bearer\n")
    given = source(folder, "x", **{"token": {"file": "token"}, "handles": list(handles) or ["MaineDOT"], **options})
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_callback(responses.GET, URL, platform)
        return list(x.fetch(given, (time or FakeTime()).clock))


def outcomes(answers: list[Answer]) -> dict[str, str]:
    return {one.key: f"{one.outcome} {len(one.items)}" for one in answers}


def test_profile(tmp_path):
    shown = user("MaineDOT", description="Roads. t.co/2", created_at="2009-02-10T17:22:34.000Z", entities=LINKS)
    (answer,) = fetched(tmp_path, lambda _: told({"data": [shown | {"location": "Augusta", "pinned_post_id": "1"}]}))
    (raw,) = answer.items
    assert isinstance(raw, Raw)
    account = x.parse(raw)
    assert (account.platform, account.account_id, account.handle) == ("x", shown["id"], "MaineDOT")
    assert (account.display_name, account.bio, account.url) == ("MaineDOT", "Roads. t.co/2", "https://x.com/MaineDOT")
    assert account.links == ("https://www.maine.gov/dot", "https://511.maine.gov")
    assert account.created_at is not None
    assert account.created_at.year == 2009
    assert not any(word in repr(raw) for word in ("Augusta", "pinned", "tagged", "t.co/1"))


def test_a_hundred_at_once_and_each_key_has_its_own_outcome(tmp_path):
    platform = Platform()
    handles = [f"Office{number}" for number in range(120)] + ["gone1", "@Shut1", "dot.maine.gov", "far_too_long_for_x"]
    answers = fetched(tmp_path, platform, *handles)
    assert [len(parse_qs(urlsplit(url).query)["usernames"][0].split(",")) for url in platform.urls] == [100, 22]
    told = outcomes(answers)
    assert len(told) == len(answers) == 122  # what can be no handle is not sent, and not called missing
    assert {key: told[key] for key in ("@office7", "@gone1", "@shut1")} == {
        "@office7": "answered 1", "@gone1": "not found 0", "@shut1": "refused 0",
    }  # fmt: skip
    given = source(tmp_path, handles=handles)
    assert x.CONNECTOR.sweep.requests(given, x.CONNECTOR.sweep.keys(given)) == 2


def test_declared_handles_are_those_of_x(tmp_path):
    nexus = Nexus(handles=(("x", "MaineDOT"), ("bluesky", "dot.maine.gov")), names=("Maine DOT",))
    assert x.CONNECTOR.sweep.keys(
        Source("x", tmp_path, {"must_find": "@X", "must_not_find": "nobody"}, nexus, NOON)
    ) == (
        "@mainedot",
        "@x",
    )


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({"errors": [problem("mainedot", "Forbidden")]}, "refused 0"),
        ({"errors": [problem("mainedot", "Authorization Error", "not-authorized-for-resource")]}, "refused 0"),
        ({"errors": [problem("MaineDOT", kind="internal-error")]}, "failed 0"),
        ({"data": [user("MaineDOT")], "errors": [problem("mainedot", kind="field-hydration-failure")]}, "failed 0"),
        ({"data": [user("MaineDOT")], "errors": [problem(DOT_ID, kind="field-unauthorized")]}, "failed 0"),
        ({"data": [user("MaineDOT")], "errors": [problem("another")]}, "answered 1"),
        ({"data": [user("SomebodyElse")]}, "failed 0"),
        ({"data": []}, "failed 0"),
    ],
)  # fmt: skip
def test_what_an_answer_means(tmp_path, body, outcome):
    assert outcomes(fetched(tmp_path, lambda _: told(body))) == {"@mainedot": outcome}


def test_it_asks_and_is_answered_as_described(tmp_path, shared):
    platform = Platform()
    fetched(tmp_path, platform, *(f"office{number}" for number in range(101)), "gone1", "shut1")
    assert platform.urls
    for url, said in zip(platform.urls, platform.said, strict=True):
        is_openapi_query(shared, "x", "GET", url)
        is_openapi(shared, "x", "GetUsersByUsernamesResponse", said)
    assert "search" not in repr(platform.urls)


def test_a_spent_allowance_is_waited_for_until_its_reset(tmp_path):
    time, platform = FakeTime(), Platform()
    first = [(429, {"x-rate-limit-reset": str(int(NOON.timestamp()) + 500), "x-rate-limit-remaining": "0"}, "{}")]
    answers = fetched(tmp_path, lambda request: first.pop() if first else platform(request), time=time)
    assert outcomes(answers) == {"@mainedot": "answered 1"}
    assert 499 <= sum(time.slept) <= 501


@pytest.mark.parametrize(
    "reply",
    [
        (429, JSON, '{"title": "UsageCapExceeded", "type": "https://api.twitter.com/2/problems/usage-capped"}'),
        (402, JSON, '{"title": "CreditsDepleted", "detail": "Your account has no credits left."}'),
    ],
)
def test_no_more_this_month_is_not_asked_again(tmp_path, reply):
    time = FakeTime()
    with pytest.raises(OutOfBudget):
        fetched(tmp_path, lambda _: reply, time=time)
    assert time.slept == []


@pytest.mark.parametrize(
    "body",
    [
        [], {}, {"x": 1}, {"data": "x"}, {"data": [1]}, {"data": [{"id": "1"}]}, {"data": [{"username": "a", "id": 5}]},
        {"data": [user("MaineDOT", entities=[1])]}, {"data": [user("MaineDOT", entities={"url": "x"})]},
        {"data": [user("MaineDOT", entities={"url": {"urls": "x"}})]}, {"errors": [{}]}, {"errors": ["x"]},
        {"errors": [problem("mainedot", kind="something-new")]},
    ],
)  # fmt: skip
def test_another_shape_stops(tmp_path, body):
    with pytest.raises(SourceChanged):
        fetched(tmp_path, lambda _: told(body))


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_not_accepted(tmp_path, status):
    with pytest.raises(Refused, match="credits"):
        fetched(tmp_path, lambda _: (status, {"Content-Type": "application/problem+json"}, '{"title": "Forbidden"}'))


@pytest.mark.parametrize("options", [{"token": "AAAA-bearer"}, {"handles": "MaineDOT"}, {"handles": [""]}])
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown) as fault:
        fetched(tmp_path, Platform(), **options)
    assert "AAAA" not in str(fault.value)


@pytest.mark.parametrize("fields", [{"name": 5}, {"description": ["x"]}, {"links": [5]}])
def test_fields_of_another_kind(fields):
    with pytest.raises(BadRow):
        x.parse(Raw({**user("MaineDOT"), "links": [], **fields}, "x", "/x", "0" * 64))
