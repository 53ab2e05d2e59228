"""Microsoft Graph as its connectors share it: the tenant's token, and a session that carries it.

The token comes from the tenant's own endpoint by client credentials (learn.microsoft.com/entra/identity-platform/
v2-oauth2-client-creds-grant-flow) and is kept in memory only. National clouds have addresses of their own
(learn.microsoft.com/graph/deployments, .../entra/identity-platform/authentication-national-cloud).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connectors import http
from connectors.contract import Source, SourceDown
from connectors.http import Clock, Service, Session
from connectors.http.tokens import renewed
from connectors.vendors import entra

VERSION = "v1.0"
URL, LOGIN_URL = f"https://graph.microsoft.com/{VERSION}", "https://login.microsoftonline.com"
CLOUDS: Mapping[str, tuple[str, str]] = {
    "global": (URL, LOGIN_URL),
    "gcc": (URL, LOGIN_URL),
    "gcc-high": (f"https://graph.microsoft.us/{VERSION}", "https://login.microsoftonline.us"),
    "dod": (f"https://dod-graph.microsoft.us/{VERSION}", "https://login.microsoftonline.us"),
    "china": (f"https://microsoftgraph.chinacloudapi.cn/{VERSION}", "https://login.partner.microsoftonline.cn"),
}
"""Where Graph and the tokens are in each of Microsoft's clouds; GCC is a part of the global one."""
OPTIONS: Mapping[str, str] = {
    **http.OPTIONS,
    "tenant": "the tenant's id or first domain",
    "client_id": "the id of the registered application",
    **entra.OPTIONS,
    "cloud": f"Microsoft's cloud that the tenant is in: {', '.join(CLOUDS)}",
    "url": "Graph's address, where it is not the cloud's",
    "login_url": "the address that gives tokens, where it is not the cloud's",
}
PROOF = "a client secret, a certificate or a federated credential"
"""What the application needs one of, for a connector's `credentials`."""
TERMS = "https://www.microsoft.com/licensing/terms"
SIGN_IN = Service("Microsoft Entra ID", requests=60, seconds=60, url=LOGIN_URL)


def cloud_fault(options: Mapping[str, Any]) -> str:
    """What is wrong with the option `cloud`; empty for nothing."""
    cloud = str(options.get("cloud", "global"))
    return "" if cloud in CLOUDS else f"cloud: {cloud!r} is none of {', '.join(CLOUDS)}"


def graph_session(source: Source, service: Service, clock: Clock) -> Session:
    """A session with Graph whose requests carry a fresh token. Raises SourceDown for options that are missing."""
    if fault := cloud_fault(source.options):
        raise SourceDown(f"{source.name}: {fault}. Correct it in audit.toml.")
    url, login_url = CLOUDS[source.options.get("cloud", "global")]
    base = str(source.options.get("url", url))
    return Session(source, service, base, _signature(source, base, login_url, clock), clock)


UNSET = "0001-01-01"
"""The first day that .NET knows: how Graph writes a time that nobody has set (learn.microsoft.com/dotnet/api/
system.datetime.minvalue)."""


def time_field(text: str) -> str:
    """A time of Graph's as it is written; empty where nobody has set it."""
    return "" if text.strip().startswith(UNSET) else text


def given_text(source: Source, name: str) -> str:
    """An option that must be given as text. Raises SourceDown where it is not."""
    value = source.options.get(name)
    if not isinstance(value, str) or not value.strip():
        raise SourceDown(f"{source.name}: {name} is missing in audit.toml. Add it.")
    return value.strip()


def _signature(source: Source, base: str, login_url: str, clock: Clock) -> Callable[[], Mapping[str, str]]:
    way = entra.way(source)
    service = replace(
        SIGN_IN,
        url=login_url,
        advice=f"Check tenant, client_id and {way} in audit.toml, and {entra.ADVICE[way]}.",
    )
    tenant, client_id = given_text(source, "tenant"), given_text(source, "client_id")
    if not tenant.replace("-", "").replace(".", "").isalnum():
        raise SourceDown(f"{source.name}: tenant in audit.toml must be the tenant's id or one of its domains.")
    path = f"/{tenant}/oauth2/v2.0/token"
    endpoint = str(source.options.get("login_url", login_url)).rstrip("/") + path
    prove = entra.proof(source, client_id, endpoint, clock)

    def form() -> Mapping[str, str]:
        return {
            "client_id": client_id,
            **prove(),
            "scope": f"{base.split(f'/{VERSION}', maxsplit=1)[0].rstrip('/')}/.default",
            "grant_type": "client_credentials",
        }

    token = renewed(source, service, "login_url", path, form, clock)
    return lambda: {"Authorization": f"Bearer {token()}"}
