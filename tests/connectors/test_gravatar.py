from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import responses

from connectors import gravatar
from connectors.contract import Answer, BadRow, Covers, KeyedOn, Outcome, Raw, SourceChanged, SourceDown
from connectors.records import Strength
from tests.loopback import NOON, FakeTime, source

PROFILES = "https://api.gravatar.com/v3/profiles/"
CANARY = "canary-7f3Qx9ZpL0vB2nK8sT4w"
JSON = {"Content-Type": "application/json"}
JANE: dict[str, Any] = {
    "hash": "a" * 64, "display_name": "Jane D.", "profile_url": "https://gravatar.com/janedoe207",
    "description": "Bridges for MaineDOT.", "location": "Bangor", "job_title": "Engineer", "company": "State",
    "pronouns": "she/her", "contact_info": {"cell_phone": "555"}, "gallery": [], "interests": [], "payments": {},
    "verified_accounts": [
        {"service_type": "tumblr", "url": "https://janedoe207.tumblr.com", "is_hidden": False},
        {"service_type": "github", "url": "https://github.com/janedoe207", "is_hidden": True},
        {"service_type": "dating", "url": "https://dates.example.org/jane", "is_hidden": False},
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("GRAVATAR_KEY", CANARY)


def url(address: str) -> str:
    return PROFILES + sha256(address.encode()).hexdigest()


def fetched(folder: Path, *addresses: str, time: FakeTime | None = None, **options: Any) -> list[Any]:
    given = source(folder, "faces", **{"token": {"env": "GRAVATAR_KEY"}, **options})
    return list(gravatar.fetch(replace(given, addresses=addresses), (time or FakeTime()).clock))


@pytest.fixture
def mock():
    with responses.RequestsMock() as mock:
        yield mock


def test_a_profile(tmp_path, mock):
    mock.get(url("jane.doe@maine.gov"), json=JANE)
    (answer,) = fetched(tmp_path, " Jane.Doe@Maine.gov")
    assert (answer.key, answer.outcome) == (" Jane.Doe@Maine.gov", Outcome.ANSWERED)
    (raw,) = answer.items
    account = gravatar.parse(raw)
    assert (account.platform, account.account_id, account.handle) == ("gravatar", "", "janedoe207")
    assert (account.url, account.display_name) == ("https://gravatar.com/janedoe207", "Jane D.")
    assert account.bio == "Bridges for MaineDOT."
    assert account.links == ("https://janedoe207.tumblr.com",)  # shown, and on a platform that we know
    assert (account.registered_email, account.registration) == ("jane.doe@maine.gov", Strength.STRONG)
    assert "jane.doe@maine.gov" in account.evidence[0].detail
    assert set(raw.values) == {"address", "profile_url", "display_name", "description", "verified"}
    assert mock.calls[0].request.headers["Authorization"] == f"Bearer {CANARY}"
    assert CANARY not in repr(answer)


@pytest.mark.parametrize(("status", "outcome"), [(404, Outcome.NOT_FOUND), (403, Outcome.REFUSED)])
def test_no_profile_and_a_private_one(tmp_path, mock, status, outcome):
    mock.get(url("jane.doe@maine.gov"), json={"error": "no"}, status=status)
    mock.get(url("ravi.lee@maine.gov"), json=JANE)
    answers = fetched(tmp_path, "jane.doe@maine.gov", "ravi.lee@maine.gov")
    assert answers[0] == Answer("jane.doe@maine.gov", outcome=outcome)
    assert answers[1].outcome is Outcome.ANSWERED


def test_it_says_what_it_discloses():
    assert gravatar.CONNECTOR.sweep is not None
    assert gravatar.CONNECTOR.sweep.keyed_on is KeyedOn.EMPLOYEES
    assert "SHA-256" in gravatar.CONNECTOR.sweep.discloses
    assert gravatar.CONNECTOR.covers is Covers.THOSE_ASKED


def test_canaries_are_keys_and_come_first(tmp_path):
    given = source(tmp_path, "faces", must_find="seal@maine.gov")
    given = replace(given, addresses=("jane.doe@maine.gov", "seal@maine.gov"))
    assert gravatar.CONNECTOR.sweep.keys(given) == ("seal@maine.gov", "jane.doe@maine.gov")
    assert gravatar.CONNECTOR.sweep.requests(given, gravatar.CONNECTOR.sweep.keys(given)) == 2


def test_a_limit_is_waited_out(tmp_path, mock):
    time = FakeTime()
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{NOON.timestamp() + 300:.0f}"}
    limited = {"error": "Rate limit exceeded", "code": "rate_limit_exceeded"}
    mock.get(url("jane.doe@maine.gov"), json=limited, status=429, headers=headers)
    mock.get(url("jane.doe@maine.gov"), json=JANE)
    assert fetched(tmp_path, "jane.doe@maine.gov", time=time)[0].items
    assert time.slept == pytest.approx([300])


def test_a_fault_names_nobody(tmp_path, mock, caplog):
    mock.get(url("jane.doe@maine.gov"), json={"message": url("jane.doe@maine.gov")}, status=400)
    with caplog.at_level("DEBUG"), pytest.raises(SourceDown) as caught:
        fetched(tmp_path, "jane.doe@maine.gov")
    assert sha256(b"jane.doe@maine.gov").hexdigest() not in str(caught.value) + caplog.text


HIDDEN = [{**JANE["verified_accounts"][0], "is_hidden": None}]
SHAPES = [
    [],
    {},
    JANE | {"verified_accounts": None},
    JANE | {"verified_accounts": ["x"]},
    JANE | {"verified_accounts": HIDDEN},
]


@pytest.mark.parametrize("body", SHAPES)
def test_another_shape_stops_and_names_nobody(tmp_path, mock, body):
    mock.get(url("jane.doe@maine.gov"), json=body)
    with pytest.raises(SourceChanged) as caught:
        fetched(tmp_path, "jane.doe@maine.gov")
    assert sha256(b"jane.doe@maine.gov").hexdigest() not in str(caught.value)


@pytest.mark.parametrize("options", [{"token": "x"}, {"token": None}, {"url": "http://api.gravatar.com"}])
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown, match=r"audit\.toml"):
        fetched(tmp_path, "jane.doe@maine.gov", **options)


VALUES = {
    "address": "a@maine.gov",
    "profile_url": "https://j.example",
    "display_name": "",
    "description": "",
    "verified": [],
}


@pytest.mark.parametrize("field", ["profile_url", "display_name", "description"])
def test_fields_of_another_kind(field):
    with pytest.raises(BadRow):
        gravatar.parse(Raw({**VALUES, field: None}, "faces", "/profiles/x", "0" * 64))


def test_a_profile_at_a_domain_of_its_own_has_no_handle():
    account = gravatar.parse(Raw(VALUES, "faces", "/profiles/x", "0" * 64))
    assert (account.handle, account.url) == ("", "https://j.example")
