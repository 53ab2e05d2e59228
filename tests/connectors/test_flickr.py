import json
import logging
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses

from connectors import flickr
from connectors.contract import Answer, BadRow, KeyedOn, Outcome, Raw, SourceChanged, SourceDown
from connectors.http import Refused
from connectors.http.sweep import FAILURES
from connectors.records import Strength
from tests.loopback import FakeTime, Server, http, resets, sends, source, whole

REST = "https://api.flickr.com/services/rest/"
KEY = "9cf4a0f3bb2d4ee18c3a7b1d5e6f7a80"
JANE, RAVI = "jane.doe@maine.gov", "ravi.lee@maine.gov"
MEMBER = {"stat": "ok", "user": {"id": "12@N01", "nsid": "12037949632@N01", "username": {"_content": "River Otter"}}}


def fail(code: object) -> dict[str, object]:
    return {"stat": "fail", "code": code, "message": f"no {JANE} with {KEY}"}


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("FLICKR_KEY", KEY)


def fetched(folder: Path, *addresses: str, time: FakeTime | None = None, **options: Any) -> list[Any]:
    given = source(folder, "photos", **{"api_key": {"env": "FLICKR_KEY"}, **options})
    return list(flickr.fetch(replace(given, addresses=addresses), (time or FakeTime()).clock))


@pytest.fixture
def mock():
    with responses.RequestsMock() as mock:
        yield mock


def test_a_member(tmp_path, mock):
    mock.get(REST, json=MEMBER)
    (answer,) = fetched(tmp_path, JANE)
    (raw,) = answer.items
    account = flickr.parse(raw)
    assert (account.platform, account.account_id, account.handle) == ("flickr", "12037949632@N01", "")
    assert (account.display_name, account.url) == ("River Otter", "https://www.flickr.com/people/12037949632@N01")
    assert (account.registered_email, account.registration) == (JANE, Strength.WEAK)
    assert account.evidence[0].strength is Strength.WEAK
    assert JANE in account.evidence[0].detail
    assert set(raw.values) == {"address", "nsid", "username"}
    assert KEY not in repr(answer)


def test_one_address_a_request(tmp_path, mock):
    mock.get(REST, json=fail(1))
    fetched(tmp_path, JANE, RAVI)
    asked = [parse_qs(urlsplit(str(call.request.url)).query) for call in mock.calls]
    assert [one["find_email"] for one in asked] == [[JANE], [RAVI]]
    assert asked[0] | {"find_email": []} == {
        "method": ["flickr.people.findByEmail"], "api_key": [KEY], "find_email": [], "format": ["json"],
        "nojsoncallback": ["1"],
    }  # fmt: skip


def test_it_says_what_it_discloses():
    assert flickr.CONNECTOR.sweep is not None
    assert flickr.CONNECTOR.sweep.keyed_on is KeyedOn.EMPLOYEES
    assert flickr.CONNECTOR.sweep.discloses == "the address"


def test_canaries_are_keys(tmp_path):
    given = replace(source(tmp_path, "photos", must_find="seal@maine.gov"), addresses=(JANE,))
    assert flickr.CONNECTOR.sweep.keys(given) == ("seal@maine.gov", JANE)


@pytest.mark.parametrize("code", [1, 5])
def test_not_found_and_deleted_come_with_status_200(tmp_path, mock, code):
    mock.get(REST, json=fail(code))
    mock.get(REST, json=MEMBER)
    answers = fetched(tmp_path, JANE, RAVI)
    assert answers[0] == Answer(JANE, outcome=Outcome.NOT_FOUND)
    assert answers[1].outcome is Outcome.ANSWERED


@pytest.mark.parametrize("code", [105, 106])
def test_an_outage_is_passed_over_until_it_lasts(tmp_path, mock, code):
    mock.get(REST, json=fail(code))
    mock.get(REST, json=MEMBER)
    assert [one.outcome for one in fetched(tmp_path, JANE, RAVI)] == [Outcome.FAILED, Outcome.ANSWERED]
    mock.replace(responses.GET, REST, json=fail(code))
    with pytest.raises(SourceDown, match="not available"):
        fetched(tmp_path, *(f"a{number}@maine.gov" for number in range(FAILURES)))


STOPS = [
    (fail(100), Refused), (fail(112), SourceChanged), (fail("1"), SourceChanged), (fail(None), SourceChanged),
    ([], SourceChanged), ({}, SourceChanged), ({"stat": "ok"}, SourceChanged),
    (MEMBER | {"stat": "new"}, SourceChanged), ({"stat": "ok", "user": []}, SourceChanged),
    ({"stat": "ok", "user": {"username": {}}}, SourceChanged),
]  # fmt: skip


@pytest.mark.parametrize(("body", "kind"), STOPS)
def test_what_is_wrong_with_us_or_has_changed_stops(tmp_path, mock, body, kind):
    mock.get(REST, json=body)
    with pytest.raises(kind) as caught:
        fetched(tmp_path, JANE)
    assert KEY not in str(caught.value)
    assert JANE not in str(caught.value)


SPOILED = {
    "400 that repeats the query": sends(http(json.dumps(fail(1)).encode(), status="400 Bad Request")),
    "500": sends(http(json.dumps({"error": f"?api_key={KEY}&find_email={JANE}"}).encode(), status="500 Oops")),
    "redirect": sends(http(b"", f"Location: https://other.example/?api_key={KEY}", status="302 Found")),
    "reset": resets,
    "another shape": whole({"stat": KEY}),
    "a web page": sends(http(f"<p>{KEY} {JANE}</p>".encode(), kind="text/html")),
    "nothing": sends(b""),
}


@pytest.mark.parametrize("what", SPOILED)
def test_no_log_and_no_error_shows_the_key_or_the_address(tmp_path, what, caplog):
    with Server(*[SPOILED[what]] * 5 * FAILURES) as server, caplog.at_level(logging.DEBUG):
        with pytest.raises(SourceDown) as caught:
            fetched(tmp_path, *(f"{number}.{JANE}" for number in range(FAILURES)), url=server.url)
        assert f"api_key={KEY}" in server.requests[0]  # it was sent
    shown = caplog.text + "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert KEY not in shown
    assert JANE not in shown
    assert JANE.replace("@", "%40") not in shown


def test_connections_that_fail_show_nothing_either(tmp_path, mock, caplog):
    mock.get(REST, body=requests.ConnectionError(f"/services/rest/?api_key={KEY}&find_email={JANE}"))
    with caplog.at_level(logging.DEBUG), pytest.raises(SourceDown) as caught:
        fetched(tmp_path, *(f"a{number}@maine.gov" for number in range(FAILURES)))
    assert KEY not in caplog.text + "".join(traceback.format_exception(caught.value))


def test_an_hour_holds_no_more_than_is_documented(tmp_path, mock):
    mock.get(REST, json=fail(1))
    time = FakeTime()
    fetched(tmp_path, *(f"a{number}@maine.gov" for number in range(1000)), time=time)
    assert len(mock.calls) == 1000
    assert 1000 - 360 <= time.at - 1000 < 1000  # a tenth of the hour's 3,600 may go at once


@pytest.mark.parametrize("options", [{"api_key": KEY}, {"api_key": None}, {"url": "http://api.flickr.com"}])
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown, match=r"audit\.toml") as caught:
        fetched(tmp_path, JANE, **options)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("username", [None, 5, "River Otter", {}])
def test_names_of_another_kind(tmp_path, mock, username):
    mock.get(REST, json={"stat": "ok", "user": {"nsid": "1@N01", "username": username}})
    ((raw,),) = [answer.items for answer in fetched(tmp_path, JANE)]
    with pytest.raises(BadRow):
        flickr.parse(raw)
    assert isinstance(raw, Raw)
