"""A Google tenant in which one employee signed in to Pinterest, and another's account is not there.

The suite's secret is no key that could sign: this one is made afresh and handed over in the environment.
"""

import base64
import json
import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt
from google.auth.crypt import RSAVerifier

from tests.descriptions import is_discovered

NAME = "GOOGLE_GRANTS_TEST_KEY"
"""Where the key stands, and stays when this file is imported a second time."""


def made() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = {
        "type": "service_account", "client_email": "audit@example.iam.gserviceaccount.com", "private_key_id": "k1",
        "private_key": pem.decode(), "token_uri": "https://elsewhere.example/token",
    }  # fmt: skip
    return base64.b64encode(json.dumps(file, indent=2).encode()).decode()


FILE = json.loads(base64.b64decode(os.environ.setdefault(NAME, made())))
PRIVATE = FILE["private_key"].encode()
KEY = serialization.load_pem_private_key(PRIVATE, None)
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
OPTIONS = {"admin": "auditor@example.org", "key": {"env": NAME}}
JSON = {"Content-Type": "application/json; charset=UTF-8"}
MAIL, PROFILE = "https://www.googleapis.com/auth/userinfo.email", "https://www.googleapis.com/auth/userinfo.profile"
PINTEREST = "694505692171-31closf3bcmlt59aeulg2j81ej68j6hk.apps.googleusercontent.com"


def grant(client: str, name: str, *scopes: str) -> dict[str, object]:
    return {
        "kind": "admin#directory#token", "etag": "e", "clientId": client, "displayText": name, "anonymous": False,
        "nativeApp": False, "userKey": "PRIVATE-7261", "scopes": list(scopes),
    }  # fmt: skip


GRANTS = [
    grant(PINTEREST, "Pinterest", "openid", MAIL, PROFILE, "https://www.googleapis.com/auth/PRIVATE-7261"),
    grant("1-a.apps.googleusercontent.com", "reddit", "openid", MAIL),
    grant("2-b.apps.googleusercontent.com", "PRIVATE-7261 Meeting Finder", "openid", MAIL),
    grant("3-c.apps.googleusercontent.com", "LinkedIn", "https://www.googleapis.com/auth/PRIVATE-7261"),
]


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    url = urlsplit(str(request.url))
    if url.hostname == "oauth2.googleapis.com":
        value: dict[str, object] = {"access_token": "ya29.issued", "expires_in": 3599, "token_type": "Bearer"}
        return 200, JSON, json.dumps(value)
    if url.path != "/admin/directory/v1/users/jane.doe@maine.gov/tokens":
        error = {"domain": "global", "reason": "notFound", "message": "Resource Not Found: userKey"}
        return 404, JSON, json.dumps({"error": {"code": 404, "message": error["message"], "errors": [error]}})
    return 200, JSON, json.dumps({"kind": "admin#directory#tokenList", "etag": "e", "items": GRANTS})


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    if urlsplit(str(request.url)).hostname == "oauth2.googleapis.com":
        assert (request.method, request.url) == ("POST", "https://oauth2.googleapis.com/token")
        assert claims(request)["scope"] == "https://www.googleapis.com/auth/admin.directory.user.security"
        return
    assert request.headers["Authorization"] == "Bearer ya29.issued"
    assert "@" in unquote(urlsplit(str(request.url)).path)
    is_discovered(shared, "google_workspace/directory.discovery", request, status, body)


def claims(request: requests.PreparedRequest) -> dict[str, object]:
    """What the assertion of a token request claims, once its signature is checked."""
    form = parse_qs(str(request.body), strict_parsing=True)
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    assertion = form["assertion"][0]
    assert jwt.decode_header(assertion) == {"typ": "JWT", "alg": "RS256", "kid": "k1"}
    header, payload, signature = assertion.encode().split(b".")
    padded = [part + b"=" * (-len(part) % 4) for part in (payload, signature)]
    assert RSAVerifier.from_string(PUBLIC).verify(header + b"." + payload, base64.urlsafe_b64decode(padded[1]))
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(padded[0]))
    return found
