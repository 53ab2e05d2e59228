"""Which platform an application belongs to, and how surely; from sign_in_apps.csv and oauth_clients.csv. Pure.

A name is chosen by whoever registers an application, and proves little. What anchors one at its platform is a client id
that is known to be the platform's own, or a host of the platform's own to which alone the sign-in is answered.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from connectors.contract import Source, SourceDown
from connectors.platforms import OWN_LABELS, platform_id, platforms
from connectors.reference import table
from connectors.vendors import oauth_clients

BY_NAME = "only the application's name, which whoever registered it chose, ties it to the platform"
OPTIONS: Mapping[str, str] = {
    "applications": "client or application ids that you have found to be a platform's own:"
    ' applications = { "0f1e…" = "linkedin" }',
    "for_work": "applications that the organization administers or assigns to everybody, by name or id: a sign-in there"
    ' is work, and is left out: ["GitHub"]',
}
"""What a source of sign-ins lets the operator say of applications."""


@dataclass(frozen=True, slots=True)
class KnownApp:
    """The platform of an application, and whether more than its name ties it to it. `google`: by Google's sign-in."""

    platform: str
    anchored: bool
    google: bool = False


@dataclass(frozen=True, slots=True)
class OwnApps:
    """What audit.toml says of applications, folded: ids with their platforms, and names and ids that are for work."""

    ids: Mapping[str, str]
    for_work: frozenset[str]

    def find(self, name: str, client_id: str) -> KnownApp | None:
        """The platform of an application by its id, else by its whole name; None where it is none on the list."""
        if own := self.ids.get(folded_name(client_id)):
            return KnownApp(own, True)
        platform, anchored = oauth_clients.app(client_id.strip(), name)
        if anchored:
            return KnownApp(platform, True, google=True)
        return KnownApp(platform_named(name), False) if platform_named(name) else None

    def administered(self, name: str, client_id: str) -> bool:
        """Whether audit.toml says that the application is for work."""
        return folded_name(name) in self.for_work or folded_name(client_id) in self.for_work


def own_apps(source: Source) -> OwnApps:
    """What the source's table says of applications. Raises SourceDown where that cannot be read."""
    ids, work = source.options.get("applications", {}), source.options.get("for_work", [])
    if not isinstance(ids, Mapping) or not isinstance(work, list) or not all(isinstance(one, str) for one in work):
        raise SourceDown(
            f'{source.name}: in audit.toml, applications is a table ({{ "id" = "linkedin" }}) and for_work a list of'
            ' names or ids (["GitHub"]).'
        )
    for word in ids.values():
        if platform_id(str(word)) is None:
            raise SourceDown(
                f"{source.name}: audit.toml names the platform {word!r} in applications, which platforms.csv does not"
                " know."
            )
    known = {folded_name(str(key)): platform_id(str(word)) or "" for key, word in ids.items()}
    return OwnApps(known, frozenset(map(folded_name, work)))


def app_platforms() -> tuple[str, ...]:
    """Ids of the platforms whose sign-ins count."""
    return tuple(sorted({row["platform"] for row in table("sign_in_apps.csv")}))


def platform_named(name: str) -> str:
    """The platform whose own application bears the whole name; empty for any other."""
    return _names().get(folded_name(name), "")


def platform_at(address: str) -> str:
    """The platform whose own the host of an address on the web is; empty for any other, and for a host that the
    platform gives to somebody (maria.wordpress.com)."""
    try:
        host = (urlsplit(address if "://" in address else f"//{address}").hostname or "").rstrip(".").lower()
    except ValueError:
        return ""
    for label, found in _hosts().items():
        if host == label:
            return found
        if host.endswith(f".{label}"):
            front = host.removesuffix(f".{label}")
            lent = any(url.startswith("{handle}.") for url in platforms()[found].urls)
            return found if not lent or front in OWN_LABELS else ""
    return ""


def platform_at_all(addresses: Iterable[Any]) -> str:
    """The one platform whose own all of these addresses are; empty where one is another's, or there is none."""
    found = {platform_at(one) if isinstance(one, str) and one.startswith("https://") else "" for one in addresses}
    return found.pop() if len(found) == 1 else ""


def folded_name(name: str) -> str:
    """A name for comparison: one space between words, letter case and width ignored."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


@cache
def _names() -> dict[str, str]:
    return {folded_name(name): row["platform"] for row in table("sign_in_apps.csv") for name in row["names"].split(";")}


@cache
def _hosts() -> dict[str, str]:
    """Host → platform, of the platforms on the list; the longest first."""
    listed = set(app_platforms())
    found = {host: one.id for one in platforms().values() if one.id in listed for host in one.hosts}
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))
