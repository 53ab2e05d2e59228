"""Microsoft Graph as its connectors share it: the tenant's token, and a session that carries it.

The token comes from the tenant's own endpoint by client credentials (learn.microsoft.com/entra/identity-platform/
v2-oauth2-client-creds-grant-flow) and is kept in memory only. National clouds have other addresses: `url`, `login_url`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from connectors import http
from connectors.contract import Source, SourceChanged, SourceDown
from connectors.http import Clock, Service, Session
from connectors.http.secrets import Secret, secret

URL, LOGIN_URL = "https://graph.microsoft.com/v1.0", "https://login.microsoftonline.com"
MARGIN = 300.0
"""Seconds before its end at which a token is renewed: none runs out in mid-run."""
OPTIONS: Mapping[str, str] = {
    **http.OPTIONS,
    "tenant": "the tenant's id or first domain",
    "client_id": "the id of the registered application",
    "client_secret": 'its secret, as { env = "NAME" } or { file = "PATH" }',
    "url": f"Graph's address, where it is not {URL}",
    "login_url": f"the address that gives tokens, where it is not {LOGIN_URL}",
}
TERMS = "https://www.microsoft.com/licensing/terms"
SIGN_IN = Service(
    "Microsoft Entra ID",
    requests=60,
    seconds=60,
    advice="Check tenant, client_id and client_secret in audit.toml, and that the secret has not expired.",
)


def session(source: Source, service: Service, clock: Clock) -> Session:
    """A session with Graph whose requests carry a fresh token. Raises SourceDown for options that are missing."""
    client_secret = secret(source.options.get("client_secret"), source.folder, f"{source.name}: client_secret")
    base = str(source.options.get("url", URL))
    return Session(source, service, base, _signature(source, base, client_secret, clock), clock)


def named(source: Source, name: str) -> str:
    """An option that must be given as text. Raises SourceDown where it is not."""
    value = source.options.get(name)
    if not isinstance(value, str) or not value.strip():
        raise SourceDown(f"{source.name}: {name} is missing in audit.toml. Add it.")
    return value.strip()


def _signature(source: Source, base: str, client_secret: Secret, clock: Clock) -> Callable[[], Mapping[str, str]]:
    tenant, client_id = named(source, "tenant"), named(source, "client_id")
    if not tenant.replace("-", "").replace(".", "").isalnum():
        raise SourceDown(f"{source.name}: tenant in audit.toml must be the tenant's id or one of its domains.")
    held: dict[str, float] = {}

    def sign() -> Mapping[str, str]:
        now = clock.monotonic()
        token = next((token for token, ends_at in held.items() if now < ends_at), "")
        if not token:
            held.clear()
            token, lasts = _token(source, tenant, client_id, client_secret, base, clock)
            held[token] = now + max(lasts - MARGIN, lasts / 2)
        return {"Authorization": f"Bearer {token}"}

    return sign


def _token(
    source: Source, tenant: str, client_id: str, client_secret: Secret, base: str, clock: Clock
) -> tuple[str, float]:
    """(token, seconds that it lasts). Raises SourceDown."""
    form = {
        "client_id": client_id,
        "client_secret": client_secret.reveal(),
        "scope": f"{base.split('/v1.0', maxsplit=1)[0].rstrip('/')}/.default",
        "grant_type": "client_credentials",
    }
    with Session(source, SIGN_IN, str(source.options.get("login_url", LOGIN_URL)), clock=clock) as talk:
        value = talk.post(f"/{tenant}/oauth2/v2.0/token", form=form, token=True).value
    token, lasts = (value.get("access_token"), value.get("expires_in")) if isinstance(value, dict) else (None, None)
    if not isinstance(token, str) or not token.isascii() or not isinstance(lasts, int | float) or lasts <= 0:
        raise SourceChanged(
            f"{source.name}: the token endpoint answers in another shape. Check login_url in audit.toml."
        )
    return token, float(lasts)
