import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import SourceDown
from connectors.http.secrets import Secret, redact, secret

PATH = "/v1.0/admin/exchange/tracing/messageTraces"
CANARY = "canary-7f3Qx9ZpL0vB2nK8sT4w"


def test_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("AUDIT_TOKEN", f" {CANARY}\n")
    assert secret({"env": "AUDIT_TOKEN"}, tmp_path, "token").reveal() == CANARY


@pytest.mark.parametrize("content", [CANARY, f"{CANARY}\n", f"\ufeff{CANARY}\r\n"])
def test_from_a_file_beside_audit_toml(tmp_path, content):
    (tmp_path / "token.txt").write_bytes(content.encode())
    assert secret({"file": "token.txt"}, tmp_path, "token").reveal() == CANARY


BAD = [
    # (as given, words of the sentence)
    (CANARY, "not written into audit.toml"),
    ("", "not written into audit.toml"),
    (None, "not written into audit.toml"),
    ({}, "not written into audit.toml"),
    ({"env": "A", "file": "b"}, "not written into audit.toml"),
    ({"vault": "a"}, "not written into audit.toml"),
    ({"env": "AUDIT_NOT_SET"}, "AUDIT_NOT_SET is not set"),
    ({"file": "none.txt"}, "cannot be read"),
    ({"file": "."}, "cannot be read"),
    ({"file": "empty.txt"}, "not set or empty"),
    ({"file": "latin.txt"}, "UTF-8"),
    ({"file": "two.txt"}, "line break"),
]


@pytest.mark.parametrize(("given_", "words"), BAD)
def test_what_is_no_secret(tmp_path, given_, words):
    (tmp_path / "empty.txt").write_text(" \n", encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9-" + CANARY.encode())
    (tmp_path / "two.txt").write_text(f"{CANARY}\nX-Other: 1", encoding="utf-8")
    with pytest.raises(SourceDown, match=words) as caught:
        secret(given_, tmp_path, "src: token")
    assert str(caught.value).startswith("src: token")
    assert CANARY not in str(caught.value)


def test_it_shows_itself_to_nobody():
    hidden = Secret(CANARY, "environment variable X")
    shown = [repr(hidden), str(hidden), f"{hidden}", f"{hidden:>40}", f"{[hidden]}", f"{hidden!r}"]
    assert all(CANARY not in text and "environment variable X" in text for text in shown)
    for keep in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            keep(hidden)


REDACTED = [
    # (text, what must be gone, what must stay)
    ("mail to ada.thibodeau@maine.gov failed", "thibodeau", "failed"),
    ("GET https://api.example.org/v1/x?key=abc&who=ada@maine.gov now", "abc", "https://api.example.org/v1/x"),
    ("http://me:pw123@proxy.example:3128/ refused", "pw123", "proxy.example:3128"),
    ("Authorization: Bearer abcdef", "abcdef", "Authorization"),
    ('{"access_token": "ey.short"}', "ey.short", "access_token"),
    ("client_secret=s3cr3t&x=1", "s3cr3t", "x=1"),
    ("api-key: k3y", "k3y", "api-key"),
    (f"said {CANARY}", CANARY, "said"),
    ("who=ada%40maine.gov", "ada%40maine", "who="),
    ("sk_live_51HbT2eZvKYlo2C0aB9x8", "51HbT2", ""),
    # in the path of an address, whole or alone; with digits, without, with a beginning that says what it is
    (
        "POST https://hooks.example/services/T02/B05/qWeRtYuIoPaSdFgHjKlZ now",
        "qWeRtYuI",
        "https://hooks.example/services/T02",
    ),
    ("https://ping.example/3f2b8c1e-9d4a-4b7c-8e2f-1a2b3c4d5e6f/fail", "9d4a", "https://ping.example/(hidden)/fail"),
    ("/bot123456:AAF9xk2mQ7pLwZ3vR8sT/getMe: 404", "AAF9xk", "getMe: 404"),
    ("/v1/abcdefghijklmnopqrstuvwxyz/list", "abcdefgh", "/list"),
    ("/v1/7d793037a0760186574b/list", "7d793037", "/list"),
    ("the name ghp_aaaaaaaabbbb is not set", "aaaabbbb", "the name"),
]


@pytest.mark.parametrize(("text", "gone", "stays"), REDACTED)
def test_redacted(text, gone, stays):
    assert gone not in redact(text)
    assert stays in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "Too many requests in 300 seconds", "/v1.0/users/87d349ed", "Profile not found", "", PATH,
        "/v1.0/subscribedSkusCollection/messageTraceDetails", "https://example.org/wp-json/wp/v2/users",
        "MAINE_GRAPH_CLIENT_SECRET", "internationalization", "Microsoft365Traces", "1234567890123456789012345",
    ],
)  # fmt: skip
def test_plain_words_stay(text):
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # an address is looked for in each whole run, and a run goes on behind it
        ("who=a%40b%40c.gov!d now", "who=(hidden)!d now"),
        ("a%40b%40 stays, %40b too", "(hidden)%40 stays, %40b too"),
        ("a@b.gov!c@d.gov", "(hidden)(hidden)"),
        ("@b.gov a@ b", "@b.gov a@ b"),
        # whatever stands between the name of a secret and the secret
        ("token\t \n= \t'abc'", "token\t \n= \t'(hidden)'"),
        ("token  \tabc token\tabc", "token  \t(hidden) token\tabc"),
        ("token =, token : ; x", "token (hidden), token (hidden) ; x"),
        ("secret: Basic abc, cookie basic ,", "secret: (hidden), cookie (hidden) ,"),
        # a scheme begins with a letter, and whatever hangs on to it is of it
        ("a.b+http://u:p@h/x?q=1)", "a.b+http://h/x)"),
        ("1-http://u:p@h#x, 1http://h?x", "1-http://h 1http://h?x"),
        # a long run is judged whole, signs of equality and all
        ("==a1" + "=" * 20 + " ==" + "=" * 24, "(hidden) ==" + "=" * 24),
    ],
)
def test_redacted_to_the_letter(text, shown):
    assert redact(text) == shown


@given(st.text("abc ./:@?=", max_size=40), st.text("XYZ", min_size=6, max_size=12), st.text("abc ./:@?=", max_size=40))
def test_a_known_secret_never_stays(before, word, after):
    assert word not in redact(f"{before}{word}{after}{word}", [Secret(word, "x")])


@pytest.mark.parametrize("kind", ["env", "file"])
@pytest.mark.parametrize(
    "typed",
    ["ghp_16C7e42F292c6912E7710c838347Ae178B4a", CANARY, "3f2b8c1e-9d4a-4b7c-8e2f-1a2b3c4d5e6f", "xoxb-ab-cdefghij"],
)
def test_a_secret_typed_where_its_name_belongs_is_shown_nowhere(tmp_path, kind, typed):
    with pytest.raises(SourceDown, match="says where a secret is kept, never what it is") as caught:
        secret({kind: typed}, tmp_path, "src: token")
    assert typed not in str(caught.value)


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "MAINE_HR_2026_CLIENT_SECRET", "ApplicationInsightsConnectionString"])
def test_the_name_of_a_variable_is_shown(tmp_path, name):
    with pytest.raises(SourceDown, match=f"environment variable {name} is not set"):
        secret({"env": name}, tmp_path, "src: token")


def test_what_was_read_is_hidden_in_every_text_from_then_on(tmp_path, monkeypatch):
    monkeypatch.setenv("AUDIT_TOKEN", "plain/word&more")
    secret({"env": "AUDIT_TOKEN"}, tmp_path, "token")
    shown = redact("denied: plain/word&more, plain%2Fword%26more")
    assert shown == "denied: (hidden), (hidden)"
