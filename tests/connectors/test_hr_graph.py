import json
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from responses.registries import OrderedRegistry

from connectors import hr_graph
from connectors.contract import BadRow, Dropped, Raw, SourceChanged, SourceDown
from connectors.http import Refused
from connectors.records import Person, Status
from tests.descriptions import csdl, is_entity
from tests.loopback import FakeTime, source

PAYLOAD = json.loads((Path(__file__).parent / "payloads/hr_graph.json").read_text(encoding="utf-8"))
USERS = "https://graph.microsoft.com/v1.0/users"
TOKENS = "https://login.microsoftonline.com/maine.example/oauth2/v2.0/token"
CANARY = "canary-7f3Qx9ZpL0vB2nK8sT4w"


@pytest.fixture(autouse=True)
def client_secret(monkeypatch):
    monkeypatch.setenv("GRAPH_SECRET", CANARY)


@pytest.fixture
def script():
    with responses.RequestsMock(assert_all_requests_are_fired=True, registry=OrderedRegistry) as mock:
        mock.add(responses.POST, TOKENS, json={"access_token": "token-1", "expires_in": 3599, "token_type": "Bearer"})
        yield mock


def fetched(folder: Path, time: FakeTime | None = None, **options: Any) -> list:
    options = {"tenant": "maine.example", "client_id": "app", "client_secret": {"env": "GRAPH_SECRET"}, **options}
    return list(hr_graph.fetch(source(folder, "hr", **options), (time or FakeTime()).clock))


def people(items: list) -> list[Person]:
    return [person for item in items if isinstance(item, Raw) and (person := hr_graph.parse(item))]


def test_a_directory(tmp_path, script):
    script.add(responses.GET, USERS, json=PAYLOAD)
    items = fetched(tmp_path, agency="extensionAttribute1")
    ada, remy = people(items)
    assert [type(item) for item in items].count(Dropped) == 1  # the shared mailbox has no employee id
    assert (ada.employee_id, ada.given_name, ada.family_name) == ("00017", "Ada", "Thibodeau")
    assert ada.work_email == "Ada.Thibodeau@maine.gov"
    assert ada.other_emails == ("athibodeau@maine.gov", "ada.thibodeau@state.me.us")
    assert (ada.agency_code, ada.agency, ada.title) == ("17", "Department of Transportation", "Crew Chief")
    assert (ada.status, ada.start_on) == (Status.ACTIVE, date(2019, 4, 1))
    assert (remy.work_email, remy.status) == ("rcyr@maine.gov", Status.UNKNOWN)
    assert ada.provenance.where == "/v1.0/users/87d349ed-44d7-43e1-9a83-5f2406dee5bd"


def test_what_it_asks_for_and_what_it_leaves(tmp_path, script):
    script.add(responses.GET, USERS, json=PAYLOAD)
    items = fetched(tmp_path, agency="extensionAttribute1")
    asked = parse_qs(urlsplit(script.calls[1].request.url).query)
    assert asked["$top"] == ["999"]
    selected = set(asked["$select"][0].split(","))
    assert not selected & {
        "otherMails",
        "mobilePhone",
        "businessPhones",
        "city",
        "streetAddress",
        "manager",
        "birthday",
    }
    assert "private" not in repr(items)
    assert CANARY not in repr(items)
    assert "SIP:" not in repr(people(items))


def test_it_asks_and_is_answered_as_described(shared, tmp_path, script):
    script.add(responses.GET, USERS, json=PAYLOAD)
    fetched(tmp_path, agency_code="division", agency="extensionAttribute1", leave_date=True)
    asked = parse_qs(urlsplit(script.calls[1].request.url).query)
    assert set(asked) == {"$select", "$top"}
    assert set(asked["$select"][0].split(",")) <= set(csdl(shared, "user"))
    for user in PAYLOAD["value"]:
        is_entity(shared, "user", user)


def test_pages_and_repeats(tmp_path, script):
    first, second, *_ = PAYLOAD["value"]
    following = f"{USERS}?$top=999&$skiptoken=X"
    script.add(responses.GET, USERS, json={"value": [first], "@odata.nextLink": following})
    script.add(responses.GET, following, json={"value": [first, second]})
    assert [person.employee_id for person in people(fetched(tmp_path))] == ["00017", "00019"]


def test_the_token_request(tmp_path, script):
    script.add(responses.GET, USERS, json=PAYLOAD)
    fetched(tmp_path)
    assert parse_qs(script.calls[0].request.body) == {
        "client_id": ["app"], "client_secret": [CANARY], "grant_type": ["client_credentials"],
        "scope": ["https://graph.microsoft.com/.default"],
    }  # fmt: skip
    assert script.calls[1].request.headers["Authorization"] == "Bearer token-1"


def test_a_token_is_renewed_before_it_ends(tmp_path, script):
    time = FakeTime()
    following = f"{USERS}?$skiptoken=X"
    script.add(responses.GET, USERS, json={"value": PAYLOAD["value"][:1], "@odata.nextLink": following})
    script.add(responses.POST, TOKENS, json={"access_token": "token-2", "expires_in": 3599})
    script.add(responses.GET, following, json={"value": []})
    pages = hr_graph.fetch(
        source(tmp_path, tenant="maine.example", client_id="app", client_secret={"env": "GRAPH_SECRET"}), time.clock
    )
    next(pages)
    time.at += 3400
    assert list(pages) == []
    assert script.calls[3].request.headers["Authorization"] == "Bearer token-2"


THROTTLED = {"error": {"code": "TooManyRequests", "message": "slow down", "innerError": {"date": "2026-01-01"}}}


def test_throttling_is_waited_out(tmp_path, script):
    time = FakeTime()
    script.add(responses.GET, USERS, json=THROTTLED, status=429, headers={"Retry-After": "17"})
    script.add(responses.GET, USERS, json=PAYLOAD)
    assert people(fetched(tmp_path, time))
    assert time.slept == [17]


def test_refusals_tell_no_secret(tmp_path):
    said = {"error": "invalid_client", "error_description": f"AADSTS7000215: Invalid client secret {CANARY}"}
    with responses.RequestsMock() as mock:
        mock.add(responses.POST, TOKENS, json=said, status=401)
        with pytest.raises(Refused, match="secret has not expired") as caught:
            fetched(tmp_path)
    assert CANARY not in str(caught.value)
    with responses.RequestsMock() as mock:
        mock.add(responses.POST, TOKENS, json={"access_token": "t", "expires_in": 3599})
        mock.add(
            responses.GET, USERS, json={"error": {"code": "Authorization_RequestDenied", "message": "no"}}, status=403
        )
        with pytest.raises(Refused, match=r"User\.Read\.All"):
            fetched(tmp_path)


SHAPES = [{"value": "x"}, {"value": [1]}, {"value": [{"employeeId": "1"}]}, {}, []]


@pytest.mark.parametrize("body", SHAPES)
def test_another_shape_stops(tmp_path, script, body):
    script.add(responses.GET, USERS, json=body)
    with pytest.raises(SourceChanged):
        fetched(tmp_path)


@pytest.mark.parametrize(
    "value", [{"expires_in": 3599}, {"access_token": 5, "expires_in": 1}, {"access_token": "x", "expires_in": 0}, []]
)
def test_a_token_of_another_shape(tmp_path, value):
    with responses.RequestsMock() as mock:
        mock.add(responses.POST, TOKENS, json=value)
        with pytest.raises(SourceChanged, match="token endpoint"):
            fetched(tmp_path)


def test_a_directory_without_employee_ids_is_not_one(tmp_path, script):
    script.add(responses.GET, USERS, json={"value": [{"id": str(number)} for number in range(5)]})
    with pytest.raises(SourceDown, match=r"0 of 5 entries carry an employee id \(employeeId\)"):
        fetched(tmp_path)


OPTIONS = [
    ({"tenant": ""}, "tenant is missing"),
    ({"tenant": "maine/../x"}, "tenant in audit.toml"),
    ({"client_id": None}, "client_id is missing"),
    ({"client_secret": "written down"}, "not written into audit.toml"),
    ({"agency_code": "city"}, "none of department"),
    ({"url": "http://graph.example.org"}, "https"),
]


@pytest.mark.parametrize(("options", "words"), OPTIONS)
def test_options_that_cannot_be_used(tmp_path, options, words):
    with pytest.raises(SourceDown, match=words):
        fetched(tmp_path, **options)


FIELDS = [
    ({"accountEnabled": "yes"}, "accountEnabled"),
    ({"mail": ["a"]}, "text is expected"),
    ({"proxyAddresses": "SMTP:a@b"}, "list of texts"),
    ({"employeeId": " "}, "no employee id"),
    (
        {"mail": None, "userPrincipalName": None, "givenName": "", "surname": None, "proxyAddresses": []},
        "neither a name",
    ),
]


@pytest.mark.parametrize(("fields", "words"), FIELDS)
def test_fields_of_another_kind(fields, words):
    with pytest.raises(BadRow, match=words):
        hr_graph.parse(Raw({**PAYLOAD["value"][0], **fields}, "hr", "/users/1", "0" * 64))


STATUSES = [
    (True, {}, Status.ACTIVE), (False, {}, Status.UNKNOWN), (False, {"disabled": "terminated"}, Status.TERMINATED),
    (False, {"disabled": "leave"}, Status.LEAVE), (None, {"disabled": "leave"}, Status.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("enabled", "options", "status"), STATUSES)
def test_standing(enabled, options, status):
    raw = Raw({**PAYLOAD["value"][0], "accountEnabled": enabled}, "hr", "/users/1", "0" * 64, options=options)
    assert hr_graph.parse(raw).status is status


@pytest.mark.parametrize(
    ("fields", "unread"),
    [
        ({}, ()),
        ({"employeeLeaveDateTime": None}, ()),
        ({"employeeHireDate": "0001-01-01T00:00:00Z", "employeeLeaveDateTime": "0001-01-01T00:00:00+00:00"}, ()),
        ({"employeeLeaveDateTime": "30 June"}, ("end_date",)),
        ({"employeeHireDate": "2019", "employeeLeaveDateTime": "06/30/2026"}, ("start_date", "end_date")),
    ],
)
def test_a_day_that_cannot_be_read_is_unknown_and_told(fields, unread):
    person = hr_graph.parse(Raw({**PAYLOAD["value"][0], **fields}, "hr", "/users/1", "0" * 64))
    assert person.unread == unread
    assert [note.split()[0] for note in person.notes] == list(unread)
    assert {person.start_on, person.end_on}.isdisjoint({date.min})


def test_codes_and_the_last_day():
    user = {**PAYLOAD["value"][0], "department": "DOT", "employeeLeaveDateTime": "2026-06-30T00:00:00Z"}
    person = hr_graph.parse(Raw(user, "hr", "/users/1", "0" * 64, options={"agency_codes": {"DOT": "17"}}))
    assert (person.agency_code, person.agency, person.end_on) == ("17", "DOT", date(2026, 6, 30))
