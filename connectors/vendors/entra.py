"""How an application proves to Microsoft Entra ID who it is: by a secret, a certificate, or another system's token.

Sources: learn.microsoft.com/entra/identity-platform/certificate-credentials (an assertion signed with PS256 that names
the certificate by x5t#S256; RFC 7523) and .../workload-identity-federation (a token that Kubernetes, GitHub or another
identity provider puts into a file, and the application was told to trust).
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from connectors.contract import Source, SourceDown
from connectors.http import Clock
from connectors.http.secrets import read_secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

OPTIONS: Mapping[str, str] = {
    "client_secret": 'its secret, as { env = "NAME" } or { file = "PATH" }',
    "certificate": "in the place of client_secret: a certificate and its private key in one PEM file that only the"
    ' audit may read, as { file = "PATH" }',
    "federated_token": "in the place of client_secret: the token of a workload identity that the application trusts,"
    ' as { file = "PATH" }; read anew for each sign-in',
}
"""The ways to prove it, of which one is given."""
ADVICE: Mapping[str, str] = {
    "client_secret": "that the secret has not expired",
    "certificate": "that the certificate is among those of the application (Certificates & secrets)",
    "federated_token": "that the application trusts the token's issuer, subject and audience (Federated credentials)",
}
"""What to check, beside the options, where Entra ID does not accept it."""
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFETIME = 600
"""Seconds that an assertion may be used."""


def way(source: Source) -> str:
    """The one of OPTIONS that audit.toml gives. Raises SourceDown where it gives several."""
    given = [name for name in OPTIONS if name in source.options]
    if len(given) > 1:
        raise SourceDown(f"{source.name}: audit.toml gives {' and '.join(given)}. Leave one of them.")
    return given[0] if given else "client_secret"


def proof(source: Source, client_id: str, audience: str, clock: Clock) -> Callable[[], Mapping[str, str]]:
    """The fields of a token request that prove it, made afresh for each; `audience` is the endpoint's address.

    Raises SourceDown, as the function does, for what is missing, unreadable or expired.
    """
    name = way(source)
    if name == "certificate":
        key, thumbprint = _certificate(source, clock)
        return lambda: _asserted(_signed(key, thumbprint, client_id, audience, clock))
    secret = read_secret(source, name)
    if name == "client_secret":
        return lambda: {"client_secret": secret.reveal()}
    return lambda: _asserted(read_secret(source, name).reveal())


def _asserted(assertion: str) -> Mapping[str, str]:
    return {"client_assertion_type": ASSERTION, "client_assertion": assertion}


def _certificate(source: Source, clock: Clock) -> tuple[RSAPrivateKey, bytes]:
    """(Private key, SHA-256 of the certificate that belongs to it). Raises SourceDown, which tells neither."""
    from cryptography import x509  # noqa: PLC0415  (slow to start, and seldom needed)
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415

    pem = read_secret(source, "certificate", lines=True).reveal().encode()
    try:
        key = serialization.load_pem_private_key(pem, None)
        public = key.public_key()
        certificate = next(one for one in x509.load_pem_x509_certificates(pem) if one.public_key() == public)
    except (ValueError, TypeError, StopIteration):
        raise SourceDown(
            f"{source.name}: certificate must be a PEM file with an RSA private key, without a password, and the"
            " certificate that belongs to it."
        ) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SourceDown(f"{source.name}: certificate: Entra ID takes RSA keys only. Make one with an RSA key.")
    if (ends_at := certificate.not_valid_after_utc) < clock.now():
        raise SourceDown(f"{source.name}: certificate: it expired on {ends_at:%Y-%m-%d}. Renew it there and here.")
    return key, certificate.fingerprint(hashes.SHA256())


def _signed(key: RSAPrivateKey, thumbprint: bytes, client_id: str, audience: str, clock: Clock) -> str:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415

    issued = int(clock.now().timestamp())
    header = {"alg": "PS256", "typ": "JWT", "x5t#S256": _encoded(thumbprint)}
    claims = {
        "aud": audience, "iss": client_id, "sub": client_id, "jti": str(uuid4()),
        "nbf": issued, "iat": issued, "exp": issued + LIFETIME,
    }  # fmt: skip
    said = f"{_written(header)}.{_written(claims)}"
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    return f"{said}.{_encoded(key.sign(said.encode(), pss, hashes.SHA256()))}"


def _written(value: Mapping[str, Any]) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
