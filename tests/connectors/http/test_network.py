"""Through a proxy that inspects TLS, with nothing but [network] in audit.toml: every source that asks over HTTP."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.config import load
from audit.night.pull import open_source
from connectors.catalog import CONNECTORS
from connectors.contract import Connector, Network, SourceDown
from connectors.http import SYSTEM, Clock, Service, Session
from connectors.records import Person
from tests.conversing import ADDRESSES, CANARY, Platform, configured, fetched, outcomes, records, written
from tests.loopback import NOON, FakeTime
from tests.loopback import source as made
from tests.proxying import Authority, InspectingProxy

LIVE = [pytest.param(connector, id=name) for name, connector in CONNECTORS.items() if connector.service is not None]
LOOPBACK = Service("Loopback", 6000, 60)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize("connector", LIVE)
def test_every_platform_is_reached_with_network_alone(
    connector: Connector[Any], authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    calm = configured(connector, tmp_path)
    expected = fetched(calm, Platform(connector))
    platform = Platform(connector)
    with InspectingProxy(authority, platform) as proxy:
        network = {"proxy": f"http://{proxy.address}", "ca_file": str(authority.ca_file), "timeout": 20}
        settings = load(written(tmp_path, connector, network))
        given = settings.directory if connector.record is Person else settings.sources[0]
        own = open_source(given, settings.folder, NOON, None, calm.nexus, addresses=ADDRESSES).source
        items = list(connector.fetch(own, FakeTime().clock))  # type: ignore[call-arg]
    assert platform.asked
    assert len(proxy.hosts) >= len({request.url.split("/")[2] for request in platform.asked if request.url})
    assert outcomes(items) == outcomes(expected)
    assert [str(one).replace("directory", "test") for one in records(connector, items)] == [
        str(one).replace("directory", "test") for one in records(connector, expected)
    ]


def asked(source: Any, url: str = "https://platform.example") -> object:
    clock = Clock(SYSTEM.monotonic, SYSTEM.now, lambda _: None)
    with Session(source, LOOPBACK, url, clock=clock) as talk:
        return talk.get("/items").value


def answers(_: object) -> tuple[int, dict[str, str], str]:
    return 200, {"Content-Type": "application/json"}, '{"ok": true}'


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_a_password_gets_the_kept_one(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    with InspectingProxy(authority, answers, f"audit:{CANARY}", encrypted=scheme == "https") as proxy:
        monkeypatch.setenv("AUDIT_PROXY", f"{scheme}://audit:{CANARY}@{proxy.address}")
        network = Network({"env": "AUDIT_PROXY"}, authority.ca_file)
        assert asked(_source(tmp_path, network)) == {"ok": True}
        with pytest.raises(SourceDown, match="the proxy does not let us through") as caught:
            asked(_source(tmp_path, Network(f"{scheme}://{proxy.address}", authority.ca_file)))
    assert CANARY not in str(caught.value)


def test_an_option_of_the_source_goes_before_the_network_s(authority: Authority, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with InspectingProxy(authority, answers) as proxy:
        wrong = Network("http://127.0.0.1:9", Authority(other).ca_file, 5)
        own = {"proxy": f"http://{proxy.address}", "ca_file": str(authority.ca_file), "timeout": 10}
        assert asked(_source(tmp_path, wrong, **own)) == {"ok": True}
        right = Network(f"http://{proxy.address}", authority.ca_file)
        with pytest.raises(SourceDown, match="not one that we trust"):
            asked(_source(tmp_path, right, ca_file=str(wrong.ca_file)))
        with pytest.raises(SourceDown, match=r"the connection failed|no answer in time"):
            asked(_source(tmp_path, right, proxy=""), "https://127.0.0.1:9")
    assert set(proxy.hosts) == {"platform.example"}


def test_who_inspects_without_being_trusted_learns_nothing(authority: Authority, tmp_path: Path) -> None:
    seen: list[object] = []

    def listens(request: object) -> tuple[int, dict[str, str], str]:
        seen.append(request)
        return answers(request)

    with (
        InspectingProxy(authority, listens) as proxy,
        pytest.raises(SourceDown, match=r"not one that we trust. .*ca_file in audit"),
    ):
        asked(_source(tmp_path, Network(f"http://{proxy.address}")))
    assert seen == []


def test_certificates_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(SourceDown, match=r"ca_file .*none.pem is not there"):
        asked(_source(tmp_path, Network(ca_file=tmp_path / "none.pem")))
    (tmp_path / "text.pem").write_text("no certificate", encoding="utf-8")
    for source in (
        _source(tmp_path, Network(ca_file=tmp_path / "text.pem")),
        _source(tmp_path, Network(), ca_file="text.pem"),
    ):
        with pytest.raises(SourceDown, match=r"ca_file .*text.pem holds no certificate in PEM. Correct it"):
            asked(source)


PROXIES = [
    ("http://audit:hunter2@proxy.example:3128", r"credential, which is not written into audit.toml: give \{ env"),
    ("audit:hunter2@proxy.example:3128", "credential"),
    ("proxy.example:3128", "must be an address like http://proxy"),
    ("socks5://proxy.example:1080", "must be an address like"),
    ("http://proxy.example:port", "must be an address like"),
    ("https://", "must be an address like"),
]


@pytest.mark.parametrize(("proxy", "words"), PROXIES)
def test_a_proxy_that_cannot_be_used(tmp_path: Path, proxy: str, words: str) -> None:
    for source in (_source(tmp_path, Network(proxy)), _source(tmp_path, Network(), proxy=proxy)):
        with pytest.raises(SourceDown, match=rf"test: proxy in audit.toml .*{words}") as caught:
            asked(source)
        assert "hunter2" not in str(caught.value)


def test_the_timeout_is_the_one_that_is_given(tmp_path: Path) -> None:
    def waits(network: Network, **options: object) -> tuple[object, float]:
        with Session(_source(tmp_path, network, **options), LOOPBACK, "https://platform.example") as talk:
            return talk._wire._timeout, talk._reply_seconds

    assert waits(Network()) == ((10.0, 30.0), 60.0)
    assert waits(Network(timeout=90)) == ((90, 90), 90)
    assert waits(Network(timeout=90), timeout=5) == ((5, 5), 60.0)
    with pytest.raises(SourceDown, match=r"timeout in audit.toml must be a number above 0"):
        waits(Network(), timeout="long")


def _source(folder: Path, network: Network, **options: Any) -> Any:
    return replace(made(folder, **options), network=network)
