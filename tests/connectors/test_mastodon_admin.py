import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from responses.registries import OrderedRegistry

from connectors import mastodon_admin
from connectors.contract import BadRow, Dropped, Raw, SourceChanged, SourceDown
from connectors.http import Refused
from connectors.records import Strength
from tests.descriptions import is_openapi
from tests.loopback import FakeTime, source

PAYLOAD = json.loads((Path(__file__).parent / "payloads/mastodon_admin.json").read_text(encoding="utf-8"))
ACCOUNTS = "https://social.example.gov/api/v2/admin/accounts"
CANARY = "canary-7f3Qx9ZpL0vB2nK8sT4w"


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("MASTODON_TOKEN", CANARY)


@pytest.fixture
def script():
    with responses.RequestsMock(assert_all_requests_are_fired=True, registry=OrderedRegistry) as mock:
        yield mock


def fetched(folder: Path, time: FakeTime | None = None, **options: Any) -> list:
    options = {"url": "https://social.example.gov", "token": {"env": "MASTODON_TOKEN"}, **options}
    return list(mastodon_admin.fetch(source(folder, "social", **options), (time or FakeTime()).clock))


def test_accounts(tmp_path, script):
    script.add(responses.GET, ACCOUNTS, json=PAYLOAD)
    ada, noor = map(mastodon_admin.parse, fetched(tmp_path))
    assert (ada.platform, ada.account_id, ada.handle) == ("mastodon", "108267695853695427", "MaineDOT")
    assert ada.url == "https://social.example.gov/@MaineDOT"
    assert ada.bio == "Roads & bridges.\nOpinions are mine.\nSee maine.gov/dot"
    assert ada.links == ("https://www.maine.gov/dot", "https://ada.example.org")
    assert (ada.registered_email, ada.registration) == ("ada.thibodeau@maine.gov", Strength.STRONG)
    assert (noor.registered_email, noor.registration) == ("noor.haddad@maine.gov", Strength.WEAK)
    assert "never confirmed" in noor.evidence[0].detail
    assert ada.emails == ()


def test_what_it_asks_for_and_what_it_leaves(tmp_path, script):
    script.add(responses.GET, ACCOUNTS, json=PAYLOAD)
    shown = repr(fetched(tmp_path))
    assert parse_qs(urlsplit(script.calls[0].request.url).query) == {"origin": ["local"], "limit": ["200"]}
    for private in ("192.0.2", "followers", "last_status", "role", CANARY):
        assert private not in shown


def test_the_profile_is_as_described(shared):
    for one in PAYLOAD:
        is_openapi(shared, "mastodon", "Account", one["account"])


def test_pages_by_the_link_header(tmp_path, script):
    following = f"{ACCOUNTS}?limit=200&max_id=108267695853695427&origin=local"
    script.add(responses.GET, ACCOUNTS, json=PAYLOAD[:1], headers={"Link": f'<{following}>; rel="next"'})
    script.add(responses.GET, following, json=PAYLOAD)
    assert len(fetched(tmp_path)) == 2


def test_a_full_page_without_a_next_one_is_not_the_whole_list(tmp_path, script):
    """Mastodon names the next page behind every full one; a proxy may take the header away."""
    script.add(responses.GET, ACCOUNTS, json=[PAYLOAD[0] | {"id": str(number)} for number in range(200)])
    with pytest.raises(SourceChanged, match="a full page names no next one"):
        fetched(tmp_path)


def test_accounts_of_other_instances_are_dropped_where_they_are_listed(tmp_path, script):
    script.add(responses.GET, ACCOUNTS, json=[PAYLOAD[0] | {"domain": "otter.example.org"}, PAYLOAD[1]])
    dropped, own = fetched(tmp_path)
    assert dropped == Dropped(1, mastodon_admin.ELSEWHERE)
    assert own.values["id"] == PAYLOAD[1]["id"]


def test_the_reset_header_is_a_time(tmp_path, script):
    time = FakeTime()
    headers = {"X-RateLimit-Reset": "2026-11-20T12:03:20.123456Z", "X-RateLimit-Remaining": "0"}
    script.add(responses.GET, ACCOUNTS, json={"error": "Too many requests"}, status=429, headers=headers)
    script.add(responses.GET, ACCOUNTS, json=PAYLOAD)
    assert len(fetched(tmp_path, time)) == 2
    assert time.slept == pytest.approx([200.12], abs=0.01)


def test_not_permitted(tmp_path, script):
    script.add(responses.GET, ACCOUNTS, json={"error": "This action is not allowed"}, status=403)
    with pytest.raises(Refused, match=r"This action is not allowed.*admin:read:accounts"):
        fetched(tmp_path)


@pytest.mark.parametrize("body", [{}, [1], [{"id": 5, "account": {}}], [{"id": "5"}]])
def test_another_shape_stops(tmp_path, script, body):
    script.add(responses.GET, ACCOUNTS, json=body)
    with pytest.raises(SourceChanged):
        fetched(tmp_path)


@pytest.mark.parametrize("options", [{"url": ""}, {"url": "http://social.example.gov"}, {"token": None}])
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown, match=r"audit\.toml"):
        fetched(tmp_path, **options)


@pytest.mark.parametrize("fields", [{"username": ""}, {"email": 5}, {"note": []}])
def test_fields_of_another_kind(fields):
    values = {"id": "1", "username": "a", "fields": [], **fields}
    with pytest.raises(BadRow):
        mastodon_admin.parse(Raw(values, "social", "/x", "0" * 64))
