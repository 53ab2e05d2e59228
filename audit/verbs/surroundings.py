"""What the environment says of the network, and nobody follows: a proxy, certificates. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from audit.config import Settings
from audit.night.toml import toml

PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def unused_variables(settings: Settings, variables: Mapping[str, str]) -> Iterator[str]:
    """A sentence for proxies and one for certificates that the environment names and [network] does not.

    None where no source has a network. What stands in a proxy's variable is not told: it may be a credential.
    """
    if not any("timeout" in source.connector.options for source in (*settings.people, *settings.sources)):
        return
    network = settings.network
    proxies = [name for name in PROXIES if variables.get(name)]
    if proxies and network.proxy not in [{"env": name} for name in proxies]:
        yield _unused(proxies, bool(network.proxy), f'proxy = {{ env = "{proxies[0]}" }}')
    bundles = [name for name in BUNDLES if variables.get(name)]
    if bundles and network.ca_file not in [Path(variables[name]) for name in bundles]:
        yield _unused(bundles, bool(network.ca_file), f"ca_file = {toml(variables[bundles[0]])}")


def _unused(names: list[str], said: bool, line: str) -> str:
    are = "is" if len(names) == 1 else "are"
    advice = (
        "[network] in audit.toml says what is."
        if said
        else f"where the way out of your network needs it, say so in audit.toml: [network] {line}"
    )
    return f"environment: {' and '.join(names)} {are} set and not used; {advice}"
