"""Domains that no government has for itself: where anybody has mailboxes or a site, mail services, platforms. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from connectors.platforms import fold_domain, platform_id, platforms
from connectors.reference import table

LOCALITIES = re.compile(r"[a-z]{2}\.us")
"""What a state's towns, schools and clubs stand below, as well as its own state.me.us."""


def whose_domain(domain: str) -> str:
    """Whose a domain is where it can be no government's: "Google's, where anybody may have an address"; else empty."""
    folded = fold_domain(domain)
    labels = folded.split(".")
    services = _services()
    if service := next((one for at in range(len(labels)) if (one := services.get(".".join(labels[at:])))), ""):
        return f"{service}'s, where anybody may have an address"
    if platform := platform_id(f"https://{folded}"):
        return f"{platforms()[platform].name}'s, a platform"
    if host := _hosts().get(folded):
        return f"{host}'s, where anybody may have a site"
    if LOCALITIES.fullmatch(folded):
        return f"a domain of towns, schools and clubs too (a state's own is state.{folded})"
    return ""


@lru_cache(maxsize=1)
def _hosts() -> dict[str, str]:
    return {row["host"]: row["service"] for row in table("shared_hosts.csv")}


@lru_cache(maxsize=1)
def _services() -> dict[str, str]:
    return {row["domain"]: row["service"] for row in table("mail_relays.csv")}
