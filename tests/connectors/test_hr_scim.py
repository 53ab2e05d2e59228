import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from responses.registries import OrderedRegistry

from connectors import hr_scim
from connectors.contract import BadRow, Dropped, Raw, SourceChanged, SourceDown
from connectors.http import Refused
from connectors.records import Person, Status
from tests.loopback import FakeTime, source

PAYLOAD = json.loads((Path(__file__).parent / "payloads/hr_scim.json").read_text(encoding="utf-8"))
BASE = "https://idp.example.gov/scim/v2"
CANARY = "canary-7f3Qx9ZpL0vB2nK8sT4w"


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("SCIM_TOKEN", CANARY)


@pytest.fixture
def script():
    with responses.RequestsMock(assert_all_requests_are_fired=True, registry=OrderedRegistry) as mock:
        yield mock


def answer(script: responses.RequestsMock, value: object, status: int = 200) -> None:
    body = json.dumps(value)
    script.add(responses.GET, f"{BASE}/Users", body=body, status=status, content_type="application/scim+json")


def fetched(folder: Path, **options: Any) -> list:
    options = {"url": BASE, "token": {"env": "SCIM_TOKEN"}, **options}
    return list(hr_scim.fetch(source(folder, "hr", **options), FakeTime().clock))


def people(items: list) -> list[Person]:
    return [hr_scim.parse(item) for item in items if isinstance(item, Raw)]


def test_a_directory(tmp_path, script):
    answer(script, PAYLOAD)
    items = fetched(tmp_path, agency="organization")
    ada, remy = people(items)
    assert [type(item) for item in items].count(Dropped) == 1
    assert (ada.employee_id, ada.given_name, ada.preferred_name) == ("00017", "Ada", "Addie")
    assert ada.work_email == "ada.thibodeau@maine.gov"
    assert ada.other_emails == ("a.thibodeau@state.me.us", "athibodeau@maine.gov")
    assert (ada.agency_code, ada.agency, ada.status) == ("17", "State of Maine", Status.ACTIVE)
    assert (remy.work_email, remy.other_emails, remy.status) == ("remy.cyr@maine.gov", (), Status.UNKNOWN)
    assert ada.provenance.where == "/scim/v2/Users/2819c223"


def test_what_it_asks_for_and_what_it_leaves(tmp_path, script):
    answer(script, PAYLOAD)
    items = fetched(tmp_path)
    asked = parse_qs(urlsplit(script.calls[0].request.url).query)
    assert set(asked) == {"attributes", "count", "startIndex"}
    assert not {"phoneNumbers", "addresses", "photos", "groups", "name.formatted"} & set(
        asked["attributes"][0].split(",")
    )
    for private in ("home.example", "555", "manager", "Lee", CANARY):
        assert private not in repr(items)
    assert script.calls[0].request.headers["Authorization"] == f"Bearer {CANARY}"
    assert "application/scim+json" in script.calls[0].request.headers["Accept"]


def test_short_pages_count_by_what_came(tmp_path, script):
    first, second, third = PAYLOAD["Resources"]
    answer(script, {**PAYLOAD, "Resources": [first]})
    answer(script, {**PAYLOAD, "Resources": [second, third]})
    assert len(fetched(tmp_path)) == 3
    assert [parse_qs(urlsplit(call.request.url).query)["startIndex"] for call in script.calls] == [["1"], ["2"]]


def test_fewer_users_than_promised(tmp_path, script):
    answer(script, {**PAYLOAD, "totalResults": 50})
    answer(script, {**PAYLOAD, "totalResults": 50, "Resources": []})
    with pytest.raises(SourceDown, match="says it has 50 items and gave 3"):
        fetched(tmp_path)


def test_an_empty_directory(tmp_path, script):
    answer(script, {"totalResults": 0})
    assert fetched(tmp_path) == []


def test_an_error_in_its_own_words(tmp_path, script):
    answer(
        script,
        {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "401", "detail": f"bad {CANARY}"},
        401,
    )
    with pytest.raises(Refused, match="bad") as caught:
        fetched(tmp_path)
    assert CANARY not in str(caught.value)


SHAPES = [
    {"Resources": []}, {"totalResults": 1, "Resources": [5]}, {"totalResults": 1, "Resources": [{"id": 7}]},
    {"totalResults": 1, "Resources": [{"id": "a", "emails": "x"}]}, {"totalResults": 1}, [],
]  # fmt: skip


@pytest.mark.parametrize("body", SHAPES)
def test_another_shape_stops(tmp_path, script, body):
    answer(script, body)
    with pytest.raises(SourceChanged):
        fetched(tmp_path)


OPTIONS = [
    ({"url": "http://idp.example.gov"}, "https"),
    ({"url": ""}, "plain web address"),
    ({"token": "plain"}, "not written"),
    ({"agency_code": "addresses"}, "agency_code"),
    ({"employee_id": "emails"}, "employee_id"),
    ({"page": 0}, "page"),
    ({"disabled": "gone"}, "disabled"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "words"), OPTIONS)
def test_options_that_cannot_be_used(tmp_path, options, words):
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add(responses.GET, f"{BASE}/Users", json=PAYLOAD)
        with pytest.raises(SourceDown, match=words):
            fetched(tmp_path, **options)


def test_another_id(tmp_path, script):
    answer(script, PAYLOAD)
    assert [person.employee_id for person in people(fetched(tmp_path, employee_id="externalId"))] == ["hr-17"]


@pytest.mark.parametrize("fields", [{"active": "true"}, {"title": {"a": 1}}, {"employeeNumber": None}])
def test_fields_of_another_kind(fields):
    values = {"id": "1", "employeeNumber": "7", "givenName": "Ada", "emails": [], "active": True, **fields}
    with pytest.raises(BadRow):
        hr_scim.parse(Raw(values, "hr", "/Users/1", "0" * 64))
