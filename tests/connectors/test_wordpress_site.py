import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from responses.registries import OrderedRegistry

from connectors import wordpress_site
from connectors.contract import BadRow, Raw, SourceChanged, SourceDown
from connectors.http import Refused
from connectors.records import Strength
from tests.loopback import FakeTime, source

USERS = "https://news.example.gov/wp-json/wp/v2/users"
CANARY = "abcd EFGH 1234 ijkl MNOP 6789"


def account(number: int, email: str = "", **fields: Any) -> dict[str, object]:
    return {
        "id": number, "name": f"User {number}", "slug": f"user-{number}", "email": email, "url": "", "description": "",
        "link": f"https://news.example.gov/author/user-{number}/", "registered_date": "2022-02-01T10:00:00+00:00",
        "username": "otter-login", "roles": ["editor"], "avatar_urls": {"24": "https://example.org/face.png"}, **fields,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def password(monkeypatch):
    monkeypatch.setenv("WORDPRESS", CANARY)


@pytest.fixture
def script():
    with responses.RequestsMock(assert_all_requests_are_fired=True, registry=OrderedRegistry) as mock:
        yield mock


def page(script, found: object, total: int, pages: int) -> None:
    script.add(responses.GET, USERS, json=found, headers={"X-WP-Total": str(total), "X-WP-TotalPages": str(pages)})


def fetched(folder: Path, **options: Any) -> list:
    given = {"url": "https://news.example.gov/", "username": "auditor", "application_password": {"env": "WORDPRESS"}}
    return list(wordpress_site.fetch(source(folder, "news", **{**given, **options}), FakeTime().clock))


def test_accounts(tmp_path, script):
    dot = account(3, "ada.thibodeau@maine.gov", name="MaineDOT News", description="Roads.", url="www.maine.gov/mdot")
    page(script, [dot, account(4)], 2, 1)
    first, second = map(wordpress_site.parse, fetched(tmp_path))
    assert (first.platform, first.account_id, first.handle) == ("wordpress", "news.example.gov:3", "user-3")
    assert (first.display_name, first.bio) == ("MaineDOT News", "Roads.")
    assert first.url == "https://news.example.gov/author/user-3/"
    assert first.links == ("https://www.maine.gov/mdot",)
    assert (first.registered_email, first.registration) == ("ada.thibodeau@maine.gov", Strength.WEAK)
    assert first.evidence[0].strength is Strength.WEAK
    assert "ada.thibodeau@maine.gov" in first.evidence[0].detail
    assert (second.registered_email, second.registration, second.evidence) == ("", Strength.NONE, ())


def test_texts_are_html(tmp_path, script):
    """WordPress keeps them so: what an employee typed, and an address, is read as it was typed."""
    bio = 'I&#039;m at R&amp;D of <em>MaineDOT</em>. &lt;3 <a href="https://maine.gov/mdot">More</a>'
    kept = account(
        3, "r&amp;d@maine.gov", name="R&amp;D &lt;DOT&gt;", description=bio, url="https://a.example/?b&amp;c"
    )
    page(script, [kept], 1, 1)
    (user,) = map(wordpress_site.parse, fetched(tmp_path))
    assert (user.display_name, user.bio) == ("R&D <DOT>", "I'm at R&D of MaineDOT. <3 More")
    assert (user.registered_email, user.links) == (
        "r&d@maine.gov",
        ("https://a.example/?b&c", "https://maine.gov/mdot"),
    )
    assert "r&d@maine.gov" in user.evidence[0].detail


def test_what_it_asks_for_and_what_it_leaves(tmp_path, script):
    page(script, [account(3, "ada@maine.gov")], 1, 1)
    shown = repr(fetched(tmp_path))
    for private in ("otter-login", "editor", "face.png", CANARY):
        assert private not in shown
    request = script.calls[0].request
    asked = parse_qs(urlsplit(request.url).query)
    assert (asked["context"], asked["per_page"], asked["page"]) == (["edit"], ["100"], ["1"])
    assert asked["_fields"] == [",".join(wordpress_site.FIELDS)]
    assert base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode() == f"auditor:{CANARY}"


def test_pages_by_their_total(tmp_path, script):
    page(script, [account(1), account(2)], 3, 2)
    page(script, [account(3)], 3, 2)
    assert [raw.values["id"] for raw in fetched(tmp_path)] == [1, 2, 3]
    assert [parse_qs(urlsplit(call.request.url).query)["page"] for call in script.calls] == [["1"], ["2"]]


def test_where_the_total_changes_meanwhile_all_is_read_again(tmp_path, script):
    page(script, [account(1), account(2)], 4, 2)
    page(script, [account(4)], 3, 2)  # 1 left, and 3 moved onto the page that was turned
    page(script, [account(2), account(3)], 3, 2)
    page(script, [account(4)], 3, 2)
    assert [raw.values["id"] for raw in fetched(tmp_path)] == [1, 2, 4, 3]


def test_fewer_than_there_are(tmp_path, script):
    page(script, [account(1)], 3, 1)
    with pytest.raises(SourceDown, match="says it has 3 accounts and gave 1"):
        fetched(tmp_path)


@pytest.mark.parametrize(
    ("status", "code"), [(401, "rest_user_cannot_view"), (403, "rest_forbidden_context"), (401, "incorrect_password")]
)
def test_not_permitted(tmp_path, script, status, code):
    body = {"code": code, "message": "Sorry, you are not allowed to list users.", "data": {"status": status}}
    script.add(responses.GET, USERS, json=body, status=status)
    with pytest.raises(Refused, match=r"not allowed to list users.*application password"):
        fetched(tmp_path)


def test_no_interface_there(tmp_path, script):
    body = {"code": "rest_no_route", "message": "No route was found.", "data": {"status": 404}}
    script.add(responses.GET, USERS, json=body, status=404)
    with pytest.raises(SourceDown, match="No route was found"):
        fetched(tmp_path)


@pytest.mark.parametrize("body", [{}, [1], [{"id": "5", "email": ""}], [{"id": 5}], [{"id": 5, "email": None}]])
def test_another_shape_stops(tmp_path, script, body):
    page(script, body, 1, 1)
    with pytest.raises(SourceChanged):
        fetched(tmp_path)


@pytest.mark.parametrize("headers", [{}, {"X-WP-Total": "1"}, {"X-WP-Total": "-1", "X-WP-TotalPages": "1"}])
def test_no_totals_stop(tmp_path, script, headers):
    script.add(responses.GET, USERS, body=json.dumps([account(1)]), content_type="application/json", headers=headers)
    with pytest.raises(SourceChanged, match="X-WP-Total"):
        fetched(tmp_path)


@pytest.mark.parametrize(
    "options",
    [
        {"url": ""},
        {"url": "http://news.example.gov"},
        {"username": ""},
        {"username": "a:b"},
        {"application_password": "x"},
    ],
)
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown, match=r"audit\.toml"):
        fetched(tmp_path, **options)


@pytest.mark.parametrize("fields", [{"slug": ""}, {"email": 5}, {"description": {"raw": ""}}])
def test_fields_of_another_kind(fields):
    with pytest.raises(BadRow):
        wordpress_site.parse(Raw({**account(1), **fields}, "news", "/x", "0" * 64))
