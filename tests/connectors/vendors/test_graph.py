"""Where a tenant's Graph is, and how an application proves who it is, held against a made Entra ID."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import responses
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from audit.config import load
from audit.model.settings import ConfigError
from connectors.contract import SourceDown
from connectors.http import Service
from connectors.vendors import entra, graph
from tests.loopback import NOON, FakeTime, source
from tests.states import State

SERVICE = Service("Graph", 6000, 60, url=graph.URL)
GIVEN: dict[str, Any] = {"tenant": "maine.example", "client_id": "6731de76-14a6-49ae-97bc-6eba6914391e"}
CANARY = "canary-7f3Qx9ZpL0vB2nK8sT4w"
PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER


def made(key: Any, days: int = 30) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "identity-audit")])
    certificate = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    certificate = certificate.serial_number(17).not_valid_before(NOON - timedelta(days=60))
    return certificate.not_valid_after(NOON + timedelta(days=days)).sign(key, hashes.SHA256())


def pem(key: Any, closed: serialization.KeySerializationEncryption | None = None) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(PEM, form, closed or serialization.NoEncryption()).decode()


KEY, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
CERTIFICATE = made(KEY)


def signed_in(
    folder: Path, host: str = "login.microsoftonline.com", graphs: str = graph.URL, time: Any = None, **options: Any
) -> list[dict[str, list[str]]]:
    """The forms that the token endpoint got, while two requests were sent an hour apart."""
    time = time or FakeTime()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        tokens = f"https://{host}/maine.example/oauth2/v2.0/token"
        mock.add(responses.POST, tokens, json={"access_token": "issued", "expires_in": 3599})
        mock.add(responses.GET, f"{graphs}/users", json={"value": []})
        with graph.graph_session(source(folder, **GIVEN, **options), SERVICE, time.clock) as talk:
            for _ in range(2):
                talk.get("/users")
                time.sleep(3600)
        return [parse_qs(str(call.request.body)) for call in mock.calls if call.request.method == "POST"]


CLOUDS = [
    ("gcc", "login.microsoftonline.com", "https://graph.microsoft.com"),
    ("gcc-high", "login.microsoftonline.us", "https://graph.microsoft.us"),
    ("dod", "login.microsoftonline.us", "https://dod-graph.microsoft.us"),
    ("china", "login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"),
]


@pytest.mark.parametrize(("cloud", "host", "address"), CLOUDS)
def test_each_cloud_has_its_addresses(tmp_path, monkeypatch, cloud, host, address):
    monkeypatch.setenv("SECRET", CANARY)
    forms = signed_in(tmp_path, host, f"{address}/v1.0", cloud=cloud, client_secret={"env": "SECRET"})
    assert [form["scope"] for form in forms] == [[f"{address}/.default"]] * 2


def test_addresses_of_one_s_own_go_before_the_cloud_s(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET", CANARY)
    own = {"login_url": "https://login.example.org", "url": "https://graph.example.org/v1.0"}
    assert signed_in(tmp_path, "login.example.org", own["url"], cloud="dod", client_secret={"env": "SECRET"}, **own)[0][
        "scope"
    ] == ["https://graph.example.org/.default"]


@pytest.mark.parametrize(
    ("connector", "cloud", "words"),
    [
        ("graph_trace", "gcc-high", r"gives no message traces in gcc-high. Export them .* with exchange_trace\.$"),
        ("graph_trace", "dod", "no message traces in dod"),
        ("graph_trace", "gcc_high", "cloud: 'gcc_high' is none of global, gcc, gcc-high"),
        ("graph_trace", "gcc", ""),
        ("graph_trace", "global", ""),
    ],
)
def test_what_a_cloud_lacks_is_said_at_configuration(state: State, connector: str, cloud: str, words: str) -> None:
    path = state.write()
    own = f'\n[sources.trace]\nconnector = "{connector}"\ncloud = "{cloud}"\n'
    path.write_text(path.read_text(encoding="utf-8") + own, encoding="utf-8")
    if not words:
        assert load(path).sources[-1].options["cloud"] == cloud
        return
    with pytest.raises(ConfigError, match=rf"\[sources.trace\] .*{words}"):
        load(path)


def test_a_certificate_signs(tmp_path):
    (tmp_path / "app.pem").write_text(
        pem(KEY) + made(OTHER).public_bytes(PEM).decode() + CERTIFICATE.public_bytes(PEM).decode(), encoding="utf-8"
    )
    forms = signed_in(tmp_path, certificate={"file": "app.pem"})
    assert all(set(form) == {"client_id", "client_assertion_type", "client_assertion", "scope", "grant_type"}
               for form in forms)  # fmt: skip
    assert {form["client_assertion_type"][0] for form in forms} == {entra.ASSERTION}
    told = [claimed(form["client_assertion"][0]) for form in forms]
    assert [one["exp"] - one["nbf"] for one in told] == [600, 600]
    assert [one["nbf"] for one in told] == [int(NOON.timestamp()), int(NOON.timestamp()) + 3600]
    assert told[0]["jti"] != told[1]["jti"]
    assert told[0]["aud"] == "https://login.microsoftonline.com/maine.example/oauth2/v2.0/token"
    assert told[0]["iss"] == told[0]["sub"] == GIVEN["client_id"]
    with pytest.raises(InvalidSignature):
        claimed(forms[0]["client_assertion"][0], OTHER)


def claimed(assertion: str, key: Any = KEY) -> dict[str, Any]:
    """The claims of an assertion, once header and signature are as RFC 7515 and 7518 have them."""
    header, claims, signature = (base64.urlsafe_b64decode(f"{part}==") for part in assertion.split("."))
    thumbprint = hashes.Hash(hashes.SHA256())
    thumbprint.update(CERTIFICATE.public_bytes(DER))
    named = base64.urlsafe_b64encode(thumbprint.finalize()).decode().rstrip("=")
    assert json.loads(header) == {"alg": "PS256", "typ": "JWT", "x5t#S256": named}
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    key.public_key().verify(signature, assertion.rpartition(".")[0].encode(), pss, hashes.SHA256())
    return json.loads(claims)


def test_a_federated_token_is_read_anew(tmp_path):
    place = tmp_path / "token"
    place.write_text("header.first.signature\n", encoding="utf-8")

    class Later(FakeTime):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            place.write_text("header.second.signature\n", encoding="utf-8")

    forms = signed_in(tmp_path, time=Later(), federated_token={"file": "token"})
    assert [form["client_assertion"] for form in forms] == [["header.first.signature"], ["header.second.signature"]]
    assert {form["client_assertion_type"][0] for form in forms} == {entra.ASSERTION}


CLOSED = pem(KEY, serialization.BestAvailableEncryption(b"closed"))
ELLIPTIC = ec.generate_private_key(ec.SECP256R1())
PUBLIC = CERTIFICATE.public_bytes(PEM).decode()
UNUSABLE = [
    ("nothing", "hunter2", "must be a PEM file"),
    ("a key alone", pem(KEY), "must be a PEM file"),
    ("a certificate alone", PUBLIC, "must be a PEM file"),
    ("a key of another one", pem(OTHER) + PUBLIC, "certificate that belongs to it"),
    ("a key under a password", CLOSED + PUBLIC, "without a password"),
    ("no RSA key", pem(ELLIPTIC) + made(ELLIPTIC).public_bytes(PEM).decode(), "RSA keys only"),
    ("expired", pem(KEY) + made(KEY, -1).public_bytes(PEM).decode(), "it expired on 2026-11-19. Renew it"),
]


@pytest.mark.parametrize(("kind", "content", "words"), UNUSABLE, ids=[kind for kind, _, _ in UNUSABLE])
def test_a_certificate_that_cannot_be_used(tmp_path, kind, content, words):
    (tmp_path / "app.pem").write_text(content, encoding="utf-8")
    with pytest.raises(SourceDown, match=f"^test: certificate.*{words}") as caught:
        signed_in(tmp_path, certificate={"file": "app.pem"})
    assert "hunter2" not in str(caught.value)
    assert "PRIVATE" not in str(caught.value)


def test_one_way_to_prove_it_is_given(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET", CANARY)
    with pytest.raises(SourceDown, match=r"gives client_secret and federated_token. Leave one"):
        signed_in(tmp_path, client_secret={"env": "SECRET"}, federated_token={"env": "SECRET"})
    with pytest.raises(SourceDown, match=r"client_secret is not written into audit.toml"):
        signed_in(tmp_path)
    with pytest.raises(SourceDown, match=r"certificate is not written into audit.toml: give"):
        signed_in(tmp_path, certificate=PUBLIC)


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        ({"client_secret": {"env": "SECRET"}}, r"client_id and client_secret in audit.toml, and that the secret has"),
        ({"federated_token": {"env": "SECRET"}}, r"client_id and federated_token in .* trusts the token's issuer"),
    ],
)
def test_a_refusal_says_what_to_check(tmp_path, monkeypatch, options, advice):
    monkeypatch.setenv("SECRET", CANARY)
    with responses.RequestsMock() as mock:
        mock.add(responses.POST, "https://login.microsoftonline.com/maine.example/oauth2/v2.0/token", status=401)
        with (
            graph.graph_session(source(tmp_path, **GIVEN, **options), SERVICE, FakeTime().clock) as talk,
            pytest.raises(SourceDown, match=advice) as caught,
        ):
            talk.get("/users")
    assert CANARY not in str(caught.value)
