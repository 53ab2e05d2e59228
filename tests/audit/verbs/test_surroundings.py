from pathlib import Path

import pytest

from audit.config import load
from audit.verbs.doctor import examine
from audit.verbs.surroundings import unused_variables
from tests.states import DAY, State

SKY = '\n[sources.sky]\nconnector = "bluesky"\n'
SET = {"HTTPS_PROXY": "http://me:hunter2@p.example:3128", "http_proxy": "", "REQUESTS_CA_BUNDLE": "/etc/state.pem"}
PROXY = (
    "environment: HTTPS_PROXY is set and not used; where the way out of your network needs it, say so in"
    ' audit.toml: [network] proxy = { env = "HTTPS_PROXY" }'
)
BUNDLE = (
    "environment: REQUESTS_CA_BUNDLE is set and not used; where the way out of your network needs it, say so in"
    ' audit.toml: [network] ca_file = "/etc/state.pem"'
)
OTHER = "environment: {} is set and not used; [network] in audit.toml says what is."
CASES = [
    ("", [], SET),
    (SKY, [PROXY, BUNDLE], SET),
    (SKY, [], {}),
    (SKY + '[network]\nproxy = { env = "HTTPS_PROXY" }\nca_file = "/etc/state.pem"', [], SET),
    (SKY + '[network]\nproxy = "http://q.example"\nca_file = "own.pem"',
     [OTHER.format("HTTPS_PROXY"), OTHER.format("REQUESTS_CA_BUNDLE")], SET),
]  # fmt: skip


def written(state: State, more: str) -> Path:
    path = state.write()
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    return path


@pytest.mark.parametrize(("more", "told", "variables"), CASES)
def test_what_is_set_and_not_used_is_told(state: State, more: str, told: list[str], variables: dict[str, str]) -> None:
    assert list(unused_variables(load(written(state, more)), variables)) == told


def test_doctor_says_it(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SET.items():
        monkeypatch.setenv(name, value)
    path = written(state, SKY + '[network]\nproxy = "http://127.0.0.1:9"\ntimeout = 1\n')
    monkeypatch.setattr("connectors.http.TRIES", 1)
    lines, _ = examine(load(path), DAY)
    assert f"note     {OTHER.format('HTTPS_PROXY')}" in lines
    assert "hunter2" not in "\n".join(lines)
