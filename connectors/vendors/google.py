"""Google's interfaces as their connectors share them: keys, delegated tokens, and what Google says on an error.

Keys go as the header X-Goog-Api-Key (docs.cloud.google.com/apis/docs/system-parameters), never in an address. A service
account signs for its token as developers.google.com/identity/protocols/oauth2/service-account has it; the token is kept
in memory only, and the endpoint is ours: the token_uri that a key file names is not used. Without a key, Google signs
for whoever shows a token that an identity pool of the project trusts: docs.cloud.google.com/iam/docs/reference,
sts/rest/v1/TopLevel/token and credentials/rest/v1/projects.serviceAccounts/signJwt.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connectors.contract import Outcome, Source, SourceChanged, SourceDown
from connectors.http import Clock, Refused, Reply, Service, Session
from connectors.http.secrets import read_secret, secret
from connectors.http.tokens import renewed

QUOTA = ("quotaExceeded", "dailyLimitExceeded")
"""Reasons of a refusal that mean the day's quota is used up."""
SLOW = ("rateLimitExceeded", "userRateLimitExceeded")
"""Reasons of a refusal that mean "not so fast"."""
REFUSALS = 5
"""Keys refused before any was answered, after which it is we who are refused."""
TOKEN_URL, GRANT = "https://oauth2.googleapis.com", "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME = 3600
"""Seconds that an assertion may be used."""
Claims = Mapping[str, str | int]
ACCOUNT = re.compile(r"[\w.-]+@[\w.-]+\.gserviceaccount\.com")
PROVIDER = re.compile(r"projects/\d+/locations/global/workloadIdentityPools/[\w-]+/providers/[\w-]+")
PROVIDER_FORM = "projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER"
API_KEY = 'an API key that is restricted to this API, as { env = "NAME" } or { file = "PATH" }'
"""What the option `key` means to a connector that needs no more than a key."""
DELEGATED: Mapping[str, str] = {
    "admin": "the administrator's address on whose behalf the service account asks",
    "key": "the service account's JSON key in one line, or in base64 (base64 -w0 key.json),"
    ' as { env = "NAME" } or { file = "PATH" }',
    "federated_token": "in the place of key: the token of a workload identity that an identity pool of the project"
    ' trusts, as { file = "PATH" }; read anew for each sign-in',
    "provider": f"with federated_token: the pool's provider, {PROVIDER_FORM}",
    "account": "with federated_token: the service account's address; the pool's identity must be its Service Account"
    " Token Creator",
    "token_url": f"the address that gives tokens, where it is not {TOKEN_URL}",
}
"""Options of a connector that signs with `delegated`."""
SIGN_IN = Service(
    "Google's token endpoint",
    requests=60,
    seconds=60,
    url=TOKEN_URL,
    advice="Check key and admin in audit.toml, and that the service account's id is allowed the scope in the Admin"
    " console (Security, API controls, Domain-wide delegation).",
)
EXCHANGE = Service(
    "Google's Security Token Service",
    requests=60,
    seconds=60,
    url="https://sts.googleapis.com",
    advice="Check provider in audit.toml, and that the identity pool trusts the token's issuer, subject and audience.",
)
SIGNING = Service(
    "Google's Service Account Credentials",
    requests=60,
    seconds=60,
    url="https://iamcredentials.googleapis.com",
    advice="Check account in audit.toml, that the IAM Service Account Credentials API is enabled, and that the pool's"
    " identity is Service Account Token Creator of the account.",
)


def key_header(source: Source) -> Callable[[], Mapping[str, str]]:
    """The header that carries the option `key`. Raises SourceDown where there is none."""
    key = secret(source.options.get("key"), source.folder, f"{source.name}: key")
    return lambda: {"X-Goog-Api-Key": key.reveal()}


def delegated(source: Source, scope: str, clock: Clock) -> Callable[[], Mapping[str, str]]:
    """The header that carries a fresh token for `scope` in the administrator's name. Raises SourceDown."""
    admin = source.options.get("admin")
    if not isinstance(admin, str) or "@" not in admin:
        raise SourceDown(f"{source.name}: admin in audit.toml must be an administrator's address. Add it.")
    keyless = "federated_token" in source.options
    account, sign = _keyless(source, clock) if keyless else _keyed(source)
    service = replace(SIGN_IN, advice=SIGN_IN.advice.replace("key and", "account and")) if keyless else SIGN_IN
    audience = f"{str(source.options.get('token_url', TOKEN_URL)).rstrip('/')}/token"

    def form() -> Mapping[str, str]:
        issued = int(clock.now().timestamp())
        claims: Claims = {
            "iss": account, "sub": admin, "scope": scope, "iat": issued, "exp": issued + LIFETIME, "aud": audience,
        }  # fmt: skip
        return {"grant_type": GRANT, "assertion": sign(claims)}

    token = renewed(source, service, "token_url", "/token", form, clock)
    return lambda: {"Authorization": f"Bearer {token()}"}


class Door:
    """Asks for one key after the other, and tells a key that is refused from ourselves being refused.

    Google answers 403 to both: for somebody in another tenant or a private blog, and for a scope that we lack.
    """

    def __init__(self, talk: Session) -> None:
        self.talk = talk
        self._heard, self._refused = False, 0

    def ask(self, path: str, params: Mapping[str, Any], values: Mapping[str, str] | None = None) -> Reply | Outcome:
        """The reply; else NOT_FOUND (404), or REFUSED (403) for this key. Raises SourceDown, Refused for ourselves.

        The reply's `where` is the path with its {braces}, so that no error names whom we asked for.
        """
        try:
            reply = self.talk.get(path, params, values=values, also=(404,))
        except Refused as fault:  # of the refusals (401, a web page), only 403 in Google's own words can mean this key
            self._refused += 1
            elsewhere = f"{self.talk.service.name} at " not in str(fault)  # where a token comes from
            if elsewhere or "(403" not in str(fault) or (not self._heard and self._refused >= REFUSALS):
                raise
            return Outcome.REFUSED
        self._heard = True
        return Outcome.NOT_FOUND if reply.status == 404 else replace(reply, where=path)


def token_requests(source: Source) -> int:
    """The requests that one token takes: without a key, Google is asked to trust and to sign first."""
    return 3 if "federated_token" in source.options else 1


def _keyed(source: Source) -> tuple[str, Callable[[Claims], str]]:
    """(The service account's address, what signs with its key) of the option `key`; its content is in no message."""
    from google.auth import crypt, jwt  # noqa: PLC0415  (slow to start, and seldom needed)

    text = secret(source.options.get("key"), source.folder, f"{source.name}: key").reveal()
    try:
        if not text.startswith("{"):
            text = base64.b64decode(text, validate=True).decode("utf-8-sig")
        info = json.loads(text)
        account = info["client_email"]
        signer = crypt.RSASigner.from_service_account_info(info)  # type: ignore[no-untyped-call]
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise SourceDown(
            f"{source.name}: key is no service account's JSON key. Make one in the Google Cloud console (IAM, Service"
            " accounts, Keys) and give the file in base64 (base64 -w0 key.json)."
        ) from None
    return str(account), lambda claims: jwt.encode(signer, claims).decode("ascii")  # type: ignore[no-untyped-call]


def _keyless(source: Source, clock: Clock) -> tuple[str, Callable[[Claims], str]]:
    """(The service account's address, what has Google sign in its name for the bearer of the federated token)."""
    if "key" in source.options:
        raise SourceDown(f"{source.name}: audit.toml gives key and federated_token. Leave one of them.")
    account, provider = (str(source.options.get(name, "")) for name in ("account", "provider"))
    if not ACCOUNT.fullmatch(account):
        raise SourceDown(f"{source.name}: account in audit.toml must be like audit@project.iam.gserviceaccount.com.")
    if not PROVIDER.fullmatch(provider):
        raise SourceDown(f"{source.name}: provider in audit.toml must be like {PROVIDER_FORM}.")
    read_secret(source, "federated_token")

    def form() -> Mapping[str, str]:
        kind = "urn:ietf:params:oauth:token-type"
        return {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "audience": f"//iam.googleapis.com/{provider}",
            "scope": "https://www.googleapis.com/auth/iam",
            "requested_token_type": f"{kind}:access_token",
            "subject_token_type": f"{kind}:jwt",
            "subject_token": read_secret(source, "federated_token").reveal(),
        }

    token = renewed(source, EXCHANGE, "", "/v1/token", form, clock)

    def sign(claims: Claims) -> str:
        signs = {"Authorization": f"Bearer {token()}"}
        with Session(source, SIGNING, SIGNING.url, lambda: signs, clock) as talk:
            path = "/v1/projects/-/serviceAccounts/{account}:signJwt"
            reply = talk.post(path, json={"payload": json.dumps(claims)}, values={"account": account}).value
        signed = reply.get("signedJwt") if isinstance(reply, Mapping) else None
        if not isinstance(signed, str) or not signed.isascii():
            raise SourceChanged(f"{source.name}: {SIGNING.name} answers in another shape. Google has changed.")
        return signed

    return account, sign
