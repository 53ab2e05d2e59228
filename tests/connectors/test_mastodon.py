import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from connectors import mastodon
from connectors.contract import BadRow, Dropped, Nexus, Outcome, Raw, Source, SourceChanged, SourceDown
from connectors.http import Refused
from tests.loopback import NOON, FakeTime, source

URL = "https://mastodon.social"
JSON = {"Content-Type": "application/json"}


def account(number: int, acct: str = "", **more: Any) -> dict[str, object]:
    name = acct or f"roads{number}"
    return {
        "id": str(number),
        "username": name,
        "acct": name,
        "url": f"{URL}/@{name}",
        "note": "",
        "fields": [],
        **more,
    }


DOT = account(
    7, "MaineDOT", display_name="Roads", created_at="2022-11-05T00:00:00.000Z",
    note='<p>Roads &amp; bridges.<br>Mine.</p><p><a href="https://www.maine.gov/dot">maine.gov/dot</a></p>',
    fields=[{"name": "Home", "value": 'Gray <a href="https://otter.example.org">me</a>'}, {"name": "x", "value": None}],
    followers_count=7261, avatar="https://files.example.org/x.png", last_status_at="2026-11-01",
)  # fmt: skip


class Instance:
    """Gives out `results` of each term, 40 a page, and the accounts or statuses of `known` handles."""

    def __init__(self, results: dict[str, list[dict[str, object]]] | None = None, **known: Any) -> None:
        self.results, self.known = results or {}, known
        self.asked: list[dict[str, str]] = []
        self.hidden: set[object] = set()
        """Ids that are left out of a page once it is cut."""

    def __call__(self, request) -> tuple[int, dict[str, str], str]:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        self.asked.append(asked)
        if "acct" in asked:
            found = self.known.get(asked["acct"], 404)
            return (found, JSON, '{"error": "Gone"}') if isinstance(found, int) else (200, JSON, json.dumps(found))
        start = int(asked.get("offset", 0))
        cut = self.results.get(asked["q"], [])[start : start + 40]
        page = [one for one in cut if one["id"] not in self.hidden]
        return 200, JSON, json.dumps({"accounts": page, "statuses": [], "hashtags": []})


def fetched(folder: Path, instance: object, time: FakeTime | None = None, **options: Any) -> dict[str, Any]:
    (folder / "token").write_text("canary-7f3Qx9ZpL0vB2nK8sT4w", encoding="utf-8")
    given = {"url": URL, "token": {"file": "token"}, "terms": ["MaineDOT"], **options}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for path in (mastodon.SEARCH, mastodon.LOOKUP):
            mock.add_callback(responses.GET, f"{URL}{path}", instance)  # type: ignore[arg-type]
        asked = source(folder, "social", **given)
        answers = list(mastodon.fetch(asked, (time or FakeTime()).clock))
    assert sorted(answer.key for answer in answers) == sorted(mastodon.CONNECTOR.sweep.keys(asked))
    return {answer.key: answer for answer in answers}


def test_a_profile(tmp_path):
    instance = Instance({"MaineDOT": [DOT]})
    (raw,) = fetched(tmp_path, instance)["MaineDOT"].items
    found = mastodon.parse(raw)
    assert (found.platform, found.account_id, found.handle, found.display_name) == (
        "mastodon", "7", "MaineDOT", "Roads",
    )  # fmt: skip
    assert found.bio == "Roads & bridges.\nMine.\nmaine.gov/dot"
    assert found.links == ("https://www.maine.gov/dot", "https://otter.example.org")
    assert found.url == "https://mastodon.social/@MaineDOT"
    assert found.created_at is not None
    assert found.registered_email == ""
    assert not [word for word in ("7261", "files.example.org", "Gray", "last_status") if word in repr(raw)]
    assert {asked["q"] for asked in instance.asked} == {"maine.gov", "MaineDOT"}


def test_so_many_pages_and_no_more(tmp_path):
    instance = Instance({"MaineDOT": [account(number) for number in range(130)]})
    items = fetched(tmp_path, instance, pages=2)["MaineDOT"].items
    assert [asked.get("offset") for asked in instance.asked if asked["q"] == "MaineDOT"] == [None, "40"]
    assert len(items) == 80
    instance = Instance({"MaineDOT": [account(number) for number in [*range(40), *range(35, 45)]]})
    assert len(fetched(tmp_path, instance)["MaineDOT"].items) == 45  # what came twice is there once
    assert len(instance.asked) == 4  # the third page is empty


def test_a_page_of_fewer_than_asked_is_not_the_last(tmp_path):
    instance = Instance({"MaineDOT": [account(number) for number in range(70)]})
    instance.hidden = {"3", "17"}
    assert len(fetched(tmp_path, instance)["MaineDOT"].items) == 68


def test_accounts_of_other_instances_are_left_out_and_counted(tmp_path):
    there, shut = account(2, "dot@other.example"), account(3, suspended=True)
    items = fetched(tmp_path, Instance({"MaineDOT": [there, DOT, shut]}))["MaineDOT"].items
    assert [item for item in items if isinstance(item, Dropped)] == [
        Dropped(1, mastodon.ELSEWHERE), Dropped(1, mastodon.SUSPENDED),
    ]  # fmt: skip
    assert len([item for item in items if isinstance(item, Raw)]) == 1


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (DOT, Outcome.ANSWERED),
        (404, Outcome.NOT_FOUND),
        (410, Outcome.REFUSED),
        (account(3, suspended=True), Outcome.REFUSED),
        (account(3, "dot@other.example"), Outcome.NOT_FOUND),
    ],
)
def test_a_declared_handle(tmp_path, reply, outcome):
    answer = fetched(tmp_path, Instance(dot=reply), handles=["@DOT"])["@dot"]
    assert answer.outcome is outcome
    assert len(answer.items) == (outcome is Outcome.ANSWERED)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (URL, {"@dot", "@one@mastodon.social"}),
        ("https://social.maine.gov", {"@dot", "@two@maine.gov", "@three@social.maine.gov"}),
    ],
)
def test_handles_of_other_instances_are_not_asked_for_here(tmp_path, url, expected):
    declared = ["dot", "one@mastodon.social", "two@maine.gov", "three@social.maine.gov", "four@cial.maine.gov"]
    nexus = Nexus(handles=tuple(("mastodon", handle) for handle in declared))
    assert set(mastodon.CONNECTOR.sweep.keys(Source("social", tmp_path, {"url": url}, nexus, NOON))) == expected


def test_too_many_requests_wait_for_the_time_that_is_named(tmp_path):
    time, left = FakeTime(), [429]
    headers = {**JSON, "X-RateLimit-Reset": "2026-11-20T12:03:20.000000Z", "X-RateLimit-Remaining": "0"}

    def instance(request):
        return (left.pop(), headers, '{"error": "Too many"}') if left else Instance({"MaineDOT": [DOT]})(request)

    assert len(fetched(tmp_path, instance, time)["MaineDOT"].items) == 1
    assert time.slept == pytest.approx([200], abs=0.1)


def test_a_token_of_another_instance(tmp_path):
    with pytest.raises(Refused, match="token of an account on this very instance"):
        fetched(tmp_path, lambda _: (401, JSON, '{"error": "The access token is invalid"}'))


@pytest.mark.parametrize(
    "body",
    [[], {"accounts": {}}, {"accounts": [1]}, {"accounts": [{"id": 7, "acct": "a"}]}, {"accounts": [{"id": "7"}]}],
)
def test_another_shape_stops(tmp_path, body):
    with pytest.raises(SourceChanged):
        fetched(tmp_path, lambda _: (200, JSON, json.dumps(body)))


@pytest.mark.parametrize(
    "options", [{"url": ""}, {"url": "http://mastodon.social"}, {"url": "https://["}, {"token": "x"}, {"pages": 0}]
)
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown, match=r"audit\.toml"):
        fetched(tmp_path, Instance(), **options)


@pytest.mark.parametrize("fields", [{"username": ""}, {"note": 5}, {"created_at": []}])
def test_fields_of_another_kind(fields):
    with pytest.raises(BadRow):
        mastodon.parse(Raw({**DOT, "links": [], **fields}, "social", "/x", "0" * 64))
