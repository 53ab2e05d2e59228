"""Microsoft Graph as its connectors share it: the tenant's token, and a session that carries it.

The token comes from the tenant's own endpoint by client credentials (learn.microsoft.com/entra/identity-platform/
v2-oauth2-client-creds-grant-flow) and is kept in memory only. National clouds have other addresses: `url`, `login_url`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from connectors import http
from connectors.contract import Source, SourceDown
from connectors.http import Clock, Service, Session
from connectors.http.secrets import Secret, secret
from connectors.http.tokens import renewed

URL, LOGIN_URL = "https://graph.microsoft.com/v1.0", "https://login.microsoftonline.com"
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
    url=LOGIN_URL,
    advice="Check tenant, client_id and client_secret in audit.toml, and that the secret has not expired.",
)


def graph_session(source: Source, service: Service, clock: Clock) -> Session:
    """A session with Graph whose requests carry a fresh token. Raises SourceDown for options that are missing."""
    client_secret = secret(source.options.get("client_secret"), source.folder, f"{source.name}: client_secret")
    base = str(source.options.get("url", URL))
    return Session(source, service, base, _signature(source, base, client_secret, clock), clock)


def given_text(source: Source, name: str) -> str:
    """An option that must be given as text. Raises SourceDown where it is not."""
    value = source.options.get(name)
    if not isinstance(value, str) or not value.strip():
        raise SourceDown(f"{source.name}: {name} is missing in audit.toml. Add it.")
    return value.strip()


def _signature(source: Source, base: str, client_secret: Secret, clock: Clock) -> Callable[[], Mapping[str, str]]:
    tenant, client_id = given_text(source, "tenant"), given_text(source, "client_id")
    if not tenant.replace("-", "").replace(".", "").isalnum():
        raise SourceDown(f"{source.name}: tenant in audit.toml must be the tenant's id or one of its domains.")

    def form() -> Mapping[str, str]:
        return {
            "client_id": client_id,
            "client_secret": client_secret.reveal(),
            "scope": f"{base.split('/v1.0', maxsplit=1)[0].rstrip('/')}/.default",
            "grant_type": "client_credentials",
        }

    token = renewed(source, SIGN_IN, "login_url", f"/{tenant}/oauth2/v2.0/token", form, clock)
    return lambda: {"Authorization": f"Bearer {token()}"}
