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
]


@pytest.mark.parametrize(("text", "gone", "stays"), REDACTED)
def test_redacted(text, gone, stays):
    assert gone not in redact(text)
    assert stays in redact(text)


@pytest.mark.parametrize(
    "text", ["Too many requests in 300 seconds", "/v1.0/users/87d349ed", "Profile not found", "", PATH]
)
def test_plain_words_stay(text):
    assert redact(text) == text


@given(st.text("abc ./:@?=", max_size=40), st.text("XYZ", min_size=6, max_size=12), st.text("abc ./:@?=", max_size=40))
def test_a_known_secret_never_stays(before, word, after):
    assert word not in redact(f"{before}{word}{after}{word}", [Secret(word, "x")])
