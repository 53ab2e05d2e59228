import json
import logging
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st
from responses.registries import OrderedRegistry

from connectors.contract import Source, SourceChanged, SourceDown
from connectors.http import Clock, OutOfBudget, Refused, Reset, Service, Session
from connectors.http.pacing import Bucket
from connectors.http.replies import NotTheInterface
from tests.loopback import NOON, FakeTime, source

BASE = "https://api.example.org/v1"
PLAIN = Service("Example", 6000, 60)
CANARY = "canary-7f3Qx9ZpL0vB2nK8sT4w"


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def script():
    with responses.RequestsMock(assert_all_requests_are_fired=True, registry=OrderedRegistry) as mock:
        yield mock


def session(folder: Path, time: FakeTime, service: Service = PLAIN, **options: Any) -> Session:
    return Session(source(folder, **options), service, BASE, lambda: {"Authorization": f"Bearer {CANARY}"}, time.clock)


def reply(
    script: responses.RequestsMock, status: int = 200, headers: dict[str, str] | None = None, **more: Any
) -> None:
    more = more or {"json": {"ok": True}}
    script.add(responses.GET, f"{BASE}/items", status=status, headers=headers, **more)


def in_seconds(seconds: int) -> str:
    return format_datetime(NOON + timedelta(seconds=seconds), usegmt=True)


LATER = NOON.timestamp() + 40

WAITS = [
    # (platform, status, headers, shortest and longest wait before the second try)
    (PLAIN, 429, {"Retry-After": "7"}, 7, 7),
    (PLAIN, 429, {"Retry-After": in_seconds(30)}, 30, 30),
    (PLAIN, 429, {"Retry-After": in_seconds(-3600)}, 1, 1),
    (PLAIN, 429, {"Retry-After": "0"}, 1, 1),
    (PLAIN, 429, {"Retry-After": "86400"}, 120, 120),
    (PLAIN, 429, {"Retry-After": "9" * 400}, 120, 120),
    (PLAIN, 429, {"Retry-After": in_seconds(86400)}, 120, 120),
    (PLAIN, 429, {"Retry-After": "soon"}, 1, 60),
    (PLAIN, 429, {"Retry-After": "-5"}, 1, 60),
    (PLAIN, 429, {}, 1, 60),
    (PLAIN, 503, {"Retry-After": "3"}, 3, 3),
    (PLAIN, 500, {}, 1, 60),
    (PLAIN, 502, {}, 1, 60),
    (PLAIN, 504, {}, 1, 60),
    (PLAIN, 425, {}, 1, 60),
    (PLAIN, 509, {}, 1, 60),
    (PLAIN, 529, {"Retry-After": "4"}, 4, 4),
    (Service("Epoch", 300, 300, Reset.EPOCH, "X-Reset"), 429, {"X-Reset": f"{LATER:.0f}"}, 40, 40),
    (Service("Epoch", 300, 300, Reset.EPOCH, "X-Reset"), 429, {"X-Reset": f"{LATER + 1e6:.0f}"}, 300, 300),
    (Service("Epoch", 300, 300, Reset.EPOCH, "X-Reset"), 429, {"X-Reset": "nan"}, 1, 60),
    (Service("Left", 100, 60, Reset.LEFT, "X-Reset"), 429, {"X-Reset": "12"}, 12, 12),
    (Service("Iso", 300, 300, Reset.ISO, "X-Reset"), 429, {"X-Reset": "2026-11-20T12:00:25.000Z"}, 25, 25),
    (Service("Iso", 300, 300, Reset.ISO, "X-Reset"), 429, {"X-Reset": "2026-11-20T12:00:25"}, 25, 25),
    (Service("Iso", 300, 300, Reset.ISO, "X-Reset"), 429, {"X-Reset": "tomorrow"}, 1, 60),
    (
        Service("Both", 300, 300, Reset.EPOCH, "X-Reset", "X-Left", limits_with=(403, 429)), 403,
        {"X-Left": "0", "X-Reset": f"{LATER:.0f}"}, 40, 40,
    ),
    (Service("Both", 300, 300, limits_with=(403, 429)), 403, {"Retry-After": "9"}, 9, 9),
    # a time that has passed says nothing: we wait as if none was named
    (Service("Epoch", 300, 300, Reset.EPOCH, "X-Reset"), 429, {"X-Reset": f"{LATER - 3600:.0f}"}, 1, 60),
    (Service("Epoch", 300, 300, Reset.EPOCH, "X-Reset"), 429, {"X-Reset": "0"}, 1, 60),
    (Service("Left", 300, 300, Reset.LEFT, "X-Reset"), 429, {"X-Reset": "-3"}, 1, 60),
    (
        Service("Both", 300, 300, Reset.EPOCH, "X-Reset", "X-Left", limits_with=(403, 429)), 403,
        {"X-Left": "0", "X-Reset": f"{LATER - 3600:.0f}"}, 1, 60,
    ),
    (Service("Both", 300, 300, Reset.EPOCH, "X-Reset", "X-Left", limits_with=(403, 429)), 403, {"X-Left": "0"}, 1, 60),
    # what the value can only be goes before what is documented
    (Service("Epoch", 300, 300, Reset.EPOCH, "X-Reset"), 429, {"X-Reset": f"{LATER * 1000:.0f}"}, 40, 40),
    (Service("Epoch", 300, 300, Reset.EPOCH, "X-Reset"), 429, {"X-Reset": "25"}, 25, 25),
    (Service("Epoch", 300, 300, Reset.EPOCH, "X-Reset"), 429, {"X-Reset": in_seconds(30)}, 30, 30),
    (Service("Left", 300, 300, Reset.LEFT, "X-Reset"), 429, {"X-Reset": f"{LATER:.0f}"}, 40, 40),
    (Service("Left", 300, 300, Reset.LEFT, "X-Reset"), 429, {"X-Reset": "0.5"}, 1, 1),
    (Service("Epoch", 300, 300, Reset.EPOCH, "X-Reset"), 429, {"X-Reset": "1e30"}, 1, 60),
    # by the clock of whoever names the time: theirs is an hour ahead, or behind
    (
        Service("Epoch", 7200, 7200, Reset.EPOCH, "X-Reset"), 429,
        {"X-Reset": f"{LATER + 3600:.0f}", "Date": in_seconds(3600)}, 40, 40,
    ),
    (
        Service("Epoch", 7200, 7200, Reset.EPOCH, "X-Reset"), 429,
        {"X-Reset": f"{LATER - 3600:.0f}", "Date": in_seconds(-3600)}, 40, 40,
    ),
    (PLAIN, 429, {"Retry-After": in_seconds(-3570), "Date": in_seconds(-3600)}, 30, 30),
    (PLAIN, 429, {"Retry-After": in_seconds(30), "Date": "today"}, 30, 30),
]  # fmt: skip


@pytest.mark.parametrize(("service", "status", "headers", "shortest", "longest"), WAITS)
def test_waits_as_the_platform_says(tmp_path, time, script, service, status, headers, shortest, longest):
    reply(script, status, headers)
    reply(script)
    with session(tmp_path, time, service) as talk:
        assert talk.get("/items").value == {"ok": True}
    assert len(time.slept) == 1
    assert shortest - 0.01 <= time.slept[0] <= longest + 0.01
    assert (talk.sent, talk.retried) == (2, 1)


SLOW = Service("Slow", 300, 300, slow=("Secondary rate",), slow_seconds=60, limits_with=(403, 429),
               limited=lambda value: value.get("errors") == ["RATE_LIMITED"])  # fmt: skip


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, {"message": "You have exceeded a secondary rate limit."}),
        (429, {"message": "You have exceeded a secondary rate limit."}),
        (200, {"errors": ["RATE_LIMITED"]}),
    ],
)
def test_a_limit_without_a_time_is_waited_for_longer_each_time(tmp_path, time, script, status, body):
    for _ in range(4):
        reply(script, status, json=body)
    reply(script)
    with session(tmp_path, time, SLOW) as talk:
        assert talk.get("/items").value == {"ok": True}
        assert talk.source.tally.limited == 4
    assert time.slept == [60, 120, 240, 480]


NEVER_AGAIN = [
    # (status, kind of error, words in its sentence)
    (400, SourceChanged, "not understood"),
    (401, Refused, "credentials are not accepted"),
    (403, Refused, "not permitted"),
    (404, SourceDown, "nothing is there"),
    (410, SourceDown, "nothing is there"),
    (422, SourceChanged, "not understood"),
    (206, SourceChanged, "not a whole one"),
    (204, SourceChanged, "not a whole one"),
    (301, SourceChanged, "do not follow"),
    (302, SourceChanged, "do not follow"),
    (501, SourceChanged, "not understood"),
    (505, SourceChanged, "not understood"),
]


@pytest.mark.parametrize(("status", "kind", "words"), NEVER_AGAIN)
def test_never_asks_again(tmp_path, time, script, status, kind, words):
    reply(script, status, {"Location": "https://evil.example/login"} if status < 400 else None, body=b"")
    with session(tmp_path, time) as talk, pytest.raises(kind, match=words) as caught:
        talk.get("/items")
    assert type(caught.value) is kind
    assert talk.sent == 1
    assert time.slept == []


def test_gives_up_after_five_tries(tmp_path, time, script):
    for _ in range(5):
        reply(script, 503)
    with session(tmp_path, time) as talk, pytest.raises(SourceDown, match=r"failed \(503.*also when asked again"):
        talk.get("/items")
    assert talk.sent == 5
    assert len(time.slept) == 4


def test_one_retry_budget_for_the_whole_source(tmp_path, time, monkeypatch):
    monkeypatch.setattr("connectors.http.RETRIES", 3)
    with responses.RequestsMock() as mock, session(tmp_path, time) as talk:
        mock.add(responses.GET, f"{BASE}/items", status=500)
        for _ in range(2):
            with pytest.raises(SourceDown):
                talk.get("/items")
    assert (talk.retried, talk.sent) == (3, 5)


def test_stops_before_a_wait_that_would_pass_the_deadline(tmp_path, time, script):
    reply(script, 429, {"Retry-After": "100"})
    with session(tmp_path, time, most_minutes=1) as talk, pytest.raises(OutOfBudget):
        talk.get("/items")
    assert time.slept == []


def test_sends_nothing_once_the_time_is_up(tmp_path, time, script):
    with session(tmp_path, time, most_minutes=1) as talk:
        time.at += 61
        with pytest.raises(OutOfBudget, match="time is used up"):
            talk.get("/items")
    assert talk.sent == 0


def test_the_nights_requests_are_counted(tmp_path, time, script):
    reply(script)
    reply(script)
    with session(tmp_path, time, most_requests=2) as talk:
        talk.get("/items")
        talk.get("/items")
        with pytest.raises(OutOfBudget, match="most_requests"):
            talk.get("/items")


QUOTAS = [(403, "dailyLimitExceeded"), (429, "quotaExceeded")]


@pytest.mark.parametrize(("status", "word"), QUOTAS)
def test_a_daily_quota_is_not_asked_twice(tmp_path, time, script, status, word):
    service = Service("Quota", 100, 60, limits_with=(403, 429), quota=("dailyLimitExceeded", "quotaExceeded"))
    reply(script, status, {"Retry-After": "5"}, json={"error": {"errors": [{"reason": word}], "message": "no"}})
    with session(tmp_path, time, service) as talk, pytest.raises(OutOfBudget, match="today is used up"):
        talk.get("/items")
    assert time.slept == []


def test_credentials_that_end_in_mid_run(tmp_path, time, script):
    reply(script)
    reply(script, 401, json={"error": {"code": "InvalidAuthenticationToken", "message": "Lifetime validation failed"}})
    with session(tmp_path, time) as talk:
        talk.get("/items")
        with pytest.raises(Refused, match="Lifetime validation failed"):
            talk.get("/items")
    assert talk.retried == 0


def test_a_burst_of_failures_then_data(tmp_path, time, script):
    for status in (500, 502, 503, 504):
        reply(script, status)
    reply(script)
    with session(tmp_path, time) as talk:
        assert talk.get("/items").value == {"ok": True}
    assert time.slept == sorted(time.slept) or max(time.slept) <= 60


def test_an_allowed_absence_is_an_answer(tmp_path, time, script):
    reply(script, 404, json={"error": "Record not found"})
    with session(tmp_path, time) as talk:
        found = talk.get("/items", also=(404,))
    assert (found.status, found.value) == (404, None)


SAID_BY_OTHERS = [
    # (status, content type, body, whether the interface says it)
    (404, "application/json", '{"error": "Record not found"}', True),
    (404, "application/problem+json; charset=utf-8", '{"title": "Not found"}', True),
    (404, "text/html", "", True),
    (404, "text/html; charset=utf-8", "<h1>404 Not Found</h1>", False),
    (404, "text/plain; charset=utf-8", "404 page not found", False),
    (410, "text/plain", "gone", False),
    (403, "text/html", "<title>Attention required</title>", False),
    (403, "text/plain", "Domain is not verified", True),
]


@pytest.mark.parametrize(("status", "kind", "body", "own"), SAID_BY_OTHERS)
def test_what_a_server_in_between_says_is_no_allowed_absence(tmp_path, time, script, status, kind, body, own):
    reply(script, status, body=body, content_type=kind)
    with session(tmp_path, time) as talk, nullcontext() if own else pytest.raises(NotTheInterface, match=f"{status}"):
        assert talk.get("/items", also=(403, 404, 410)).status == status


BODIES = [
    # (body, content type, kind of error, words, tries)
    (b"<html><form>Sign in</form></html>", "text/html; charset=utf-8", Refused, "web page", 1),
    (b'{"a": 1', "application/json", SourceChanged, "not JSON", 5),
    (b"", "application/json", SourceDown, "cut", 5),
    (b'{"a": NaN}', "application/json", SourceChanged, "NaN", 1),
    (b'{"a": -Infinity}', "application/json", SourceChanged, "Infinity", 1),
    (b'{"a": 1e999}', "application/json", SourceChanged, "range", 1),
    (b'{"a": 1, "a": 2}', "application/json", SourceChanged, "twice", 1),
    (b"[" * 200_000 + b"]" * 200_000, "application/json", SourceChanged, "deep", 1),
    (b"1" * 5000, "application/json", SourceChanged, "too long", 1),
    ('{"a": "Thériault"}'.encode("latin-1"), "application/json", SourceChanged, "UTF-8", 1),
    ('{"a": 1}'.encode("utf-16"), "application/json", SourceChanged, "UTF-8", 1),
    (b'{"a": 1}', "application/json; charset=iso-8859-1", SourceChanged, "another type", 1),
    (b'{"a": 1}', "text/plain", SourceChanged, "another type", 1),
]


@pytest.mark.parametrize(("body", "kind", "error", "words", "tries"), BODIES, ids=range(len(BODIES)))
def test_bodies_that_are_not_data(tmp_path, time, script, body, kind, error, words, tries):
    for _ in range(tries):
        script.add(responses.GET, f"{BASE}/items", body=body, content_type=kind)
    with session(tmp_path, time) as talk, pytest.raises(error, match=words):
        talk.get("/items")


GOOD_BODIES = [
    (b'\xef\xbb\xbf{"a": 1}', "application/json", {"a": 1}),
    (b'{"a": 1}', "Application/JSON; charset=UTF-8", {"a": 1}),
    (b'{"a": "\\ud83d\\ude00"}', "application/json", {"a": "\U0001f600"}),
    (b'{"a": "x\\ud800y"}', "application/json", {"a": "x\ufffdy"}),
    (b"[]", "application/json", []),
]


@pytest.mark.parametrize(("body", "kind", "value"), GOOD_BODIES)
def test_bodies_that_are(tmp_path, time, script, body, kind, value):
    script.add(responses.GET, f"{BASE}/items", body=body, content_type=kind)
    with session(tmp_path, time) as talk:
        assert talk.get("/items").value == value


def test_a_body_larger_than_the_cap(tmp_path, time, script):
    reply(script, body=b"[" + b"1," * 600 + b"1]", content_type="application/json")
    with (
        session(tmp_path, time, Service("Small", 100, 60, most_bytes=1000)) as talk,
        pytest.raises(SourceDown, match="larger"),
    ):
        talk.get("/items")
    assert talk.sent == 1


CLOSED = [
    "/signup", "/sign_up", "/accounts/emailsignup/", "/users/sign_in", "/login", "/wp-login.php", "/session",
    "/oauth/token", "/account/begin_password_reset", "/recover/initiate", "/auth/forgot-password", "/register",
    "/i/users/email_available.json", "/u/check_email.json", "/u/check_username", "/users/%73ignup", "/RESET/x",
    "/xrpc/com.atproto.server.createAccount", "/xrpc/com.atproto.server.createSession",
    "/xrpc/com.atproto.server.requestPasswordReset",
]  # fmt: skip


@pytest.mark.parametrize("path", CLOSED)
def test_closed_doors(tmp_path, time, path):
    with session(tmp_path, time) as talk:
        with pytest.raises(SourceDown, match="no connector may ask"):
            talk.get(path)
        with pytest.raises(SourceDown, match="no connector may ask"):
            talk.post(path, json={})
    assert talk.sent == 0


@pytest.mark.parametrize(
    "params", [{"action": "login"}, {"action": "createaccount"}, {"title": "Special:PasswordReset"}]
)
def test_closed_actions(tmp_path, time, params):
    with session(tmp_path, time) as talk, pytest.raises(SourceDown, match="no connector may ask"):
        talk.get("/api.php", params)


def test_a_handle_is_no_path(tmp_path, time, script):
    script.add(responses.GET, f"{BASE}/users/MaineRecovery%2F..%2Flogin", json={})
    with session(tmp_path, time) as talk:
        talk.get("/users/{handle}", {"q": "password reset office"}, values={"handle": "MaineRecovery/../login"})
        for handle in ("..", "."):
            with pytest.raises(SourceDown, match="dots only"):
                talk.get("/users/{handle}", values={"handle": handle})


def test_only_a_token_endpoint_gets_a_token_request_and_no_signature(tmp_path, time, script):
    script.add(responses.POST, f"{BASE}/oauth2/v2.0/token", json={"access_token": "x"})
    with session(tmp_path, time) as talk:
        talk.post("/oauth2/v2.0/token", form={"a": "b"}, token=True)
        with pytest.raises(SourceDown, match="not a token endpoint"):
            talk.post("/login", form={"a": "b"}, token=True)
    assert "Authorization" not in script.calls[0].request.headers


def test_a_token_endpoint_may_want_the_client_s_name_in_a_header(tmp_path, time, script):
    script.add(responses.POST, f"{BASE}/api/v1/access_token", json={"access_token": "x"})
    with session(tmp_path, time) as talk:
        talk.post("/api/v1/access_token", form={"a": "b"}, token=True, client={"Authorization": "Basic eDp5"})
        for path in ("/api/v1/access_token/", "/revoke_token", "/api/v1/my_access_token", "/access_token/login"):
            with pytest.raises(SourceDown, match="not a token endpoint"):
                talk.post(path, form={"a": "b"}, token=True)
        with pytest.raises(SourceDown, match="no connector may ask"):
            talk.post("/api/v1/access_token", form={"a": "b"})
    assert [call.request.headers["Authorization"] for call in script.calls] == ["Basic eDp5"]


BASES = [
    ("http://api.example.org", False),
    ("https://api.example.org/", True),
    ("http://127.0.0.1:8080", True),
    ("http://[::1]:8080/x", True),
    ("http://localhost", True),
    ("http://localhost.evil.example", False),
    ("https://user:pass@api.example.org", False),
    ("https://api.example.org/?token=1", False),
    ("ftp://api.example.org", False),
    ("https://[bad", False),
    ("", False),
]


@pytest.mark.parametrize(("base", "good"), BASES)
def test_where_a_session_may_be_opened(tmp_path, time, base, good):
    if good:
        Session(source(tmp_path), PLAIN, base, clock=time.clock)
    else:
        with pytest.raises(SourceDown, match=r"url in audit\.toml"):
            Session(source(tmp_path), PLAIN, base, clock=time.clock)


@pytest.mark.parametrize("value", [0, -1, "many", True, float("inf"), None])
@pytest.mark.parametrize("name", ["requests", "seconds", "most_requests", "most_minutes"])
def test_options_that_are_no_numbers(tmp_path, time, name, value):
    with pytest.raises(SourceDown, match=f"{name} in audit.toml"):
        session(tmp_path, time, **{name: value})


def test_takes_nothing_from_its_surroundings(tmp_path, time, script, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine api.example.org login somebody password else", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    reply(script, headers={"Set-Cookie": "id=1; Path=/"})
    reply(script)
    with session(tmp_path, time, contact="audit@example.org") as talk:
        talk.get("/items")
        talk.get("/items")
    first, second = (call.request for call in script.calls)
    assert first.headers["Authorization"] == f"Bearer {CANARY}"
    assert first.headers["User-Agent"] == "identity-audit (+audit@example.org)"
    assert first.headers["Accept-Encoding"] == "gzip"
    assert "Cookie" not in second.headers
    assert first.req_kwargs["proxies"] == {}
    assert first.req_kwargs["verify"] is True


def test_a_proxy_and_a_certificate_come_from_the_options(tmp_path, time, script, monkeypatch):
    monkeypatch.setenv("AUDIT_PROXY", "http://me:pw@proxy.example:3128")
    (tmp_path / "ca.pem").write_text("", encoding="utf-8")
    reply(script)
    with session(tmp_path, time, proxy={"env": "AUDIT_PROXY"}, ca_file="ca.pem") as talk:
        talk.get("/items")
    asked = script.calls[0].request.req_kwargs
    assert asked["proxies"]["https"] == "http://me:pw@proxy.example:3128"
    assert asked["verify"] == str(tmp_path / "ca.pem")
    with pytest.raises(SourceDown, match=r"ca_file .* is not there"):
        session(tmp_path, time, ca_file="other.pem")


def test_no_failure_tells_a_secret_or_an_address(tmp_path, time, caplog):
    caplog.set_level(logging.DEBUG, "connectors")
    said = {
        "error": {"message": f"token {CANARY} of ada.thibodeau@maine.gov at https://x.example/a?key={CANARY} is bad"}
    }
    cases = [(401, said), (403, said), (404, said), (400, said), (503, said), (429, said), (302, said)]
    for status, body in cases:
        with responses.RequestsMock() as mock, session(tmp_path, FakeTime()) as talk:
            mock.add(responses.GET, f"{BASE}/users/ada.thibodeau@maine.gov", json=body, status=status)
            with pytest.raises(SourceDown) as caught:
                talk.get("/users/{who}", {"key": CANARY}, values={"who": "ada.thibodeau@maine.gov"})
        text = f"{caught.value!r} {caught.value.__cause__!r} {caplog.text}"
        assert CANARY not in text
        assert "thibodeau" not in text
        assert str(caught.value).startswith("test: Example at api.example.org/v1/users/")
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_spent_allowance_holds_back_the_next_request(tmp_path, time, script):
    service = Service("Mind", 6000, 60, Reset.LEFT, "X-Reset", "X-Left")
    reply(script, 200, {"X-Left": "0", "X-Reset": "33"})
    reply(script)
    with session(tmp_path, time, service) as talk:
        talk.get("/items")
        talk.get("/items")
    assert time.slept == [33]


@given(
    requests=st.integers(1, 500),
    seconds=st.floats(0.5, 4000),
    pauses=st.lists(st.floats(0, 300), max_size=120),
)
def test_no_span_of_time_sees_more_than_the_limit(requests, seconds, pauses):
    time = FakeTime()
    bucket = Bucket(requests, seconds, time.clock)
    sent = []
    for pause in (*pauses, *([0] * 60)):
        time.at += pause
        time.at += bucket.delay()
        bucket.take()
        sent.append(time.at)
    for number, start in enumerate(sent):
        within = sum(start <= at < start + seconds * 0.999 for at in sent[number:])
        assert within <= requests


def test_paced_to_the_documented_limit(tmp_path, time):
    with responses.RequestsMock() as mock, session(tmp_path, time, Service("Slow", 100, 300)) as talk:
        mock.add(responses.GET, f"{BASE}/items", json={})
        for _ in range(200):
            talk.get("/items")
    assert 600 <= time.at - 1000 <= 800


def test_the_systems_clock_is_monotonic_and_aware():
    clock = Clock()
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.monotonic() <= clock.monotonic()


def test_graphql_is_sent_as_json(tmp_path, time, script):
    script.add(responses.POST, f"{BASE}/graphql", json={"data": {}})
    with session(tmp_path, time) as talk:
        talk.post("/graphql", json={"query": "{}"})
    assert json.loads(script.calls[0].request.body) == {"query": "{}"}


def test_sessions_of_one_source_share_its_budget_but_not_a_token_endpoint_s(tmp_path, time):
    def talk(shown: Source, service: Service = PLAIN) -> Session:
        return Session(shown, service, BASE, clock=time.clock)

    with responses.RequestsMock() as mock:
        mock.add(responses.GET, f"{BASE}/x", json={})
        named = source(tmp_path, most_requests=3)
        with talk(named) as one, talk(named) as two:
            for asking in (one, two, one):
                asking.get("/x")
            for asking in (one, two):
                with pytest.raises(OutOfBudget):
                    asking.get("/x")
        plain = source(tmp_path)
        with talk(plain) as much, talk(plain, replace(PLAIN, most_requests=1)) as token:
            for asking in (much, much, token, much):
                asking.get("/x")
            with pytest.raises(OutOfBudget):
                token.get("/x")


@pytest.mark.parametrize("body", [b"[" + b"{}," * 1_000_000 + b"{}]", b"[" + b"7," * 5_000_001 + b"7]"])
def test_a_reply_of_more_parts_than_any_is_not_unfolded(tmp_path, time, script, body):
    reply(script, body=body, content_type="application/json")
    with session(tmp_path, time) as talk, pytest.raises(SourceChanged, match="more parts than any reply"):
        talk.get("/items")
