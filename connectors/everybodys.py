"""Domains that are not a state's own: another state's, or nobody's for himself, where anybody has mailboxes or a site,
mail services, platforms. Pure.
"""

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


NOT_A_STATES = frozenset(("va.gov",))
"""A state's letters, and a federal department's domain: Veterans Affairs."""


@lru_cache(maxsize=1024)
def other_state(domain: str, state: str) -> str:
    """The state whose own a domain is, or lies below, where that is another one than `state` (a postal code):
    "Vermont" for vermont.gov, dot.state.vt.us and ci.barre.vt.us; empty for any other domain."""
    *_, name, end = ("", *fold_domain(domain).split("."))
    found = {"gov": _state_names(), "us": {code.casefold(): code for code in _states()}}.get(end, {}).get(name, "")
    return _states()[found] if found not in ("", state.upper()) and f"{name}.{end}" not in NOT_A_STATES else ""


@lru_cache(maxsize=1)
def _states() -> dict[str, str]:
    return {row["postal"]: row["name"] for row in table("states.csv")}


@lru_cache(maxsize=1)
def _state_names() -> dict[str, str]:
    """How a state may be called in front of .gov, as one word in small letters, and its postal code."""
    return {
        re.sub(r"\W", "", spelled.casefold()): row["postal"]
        for row in table("states.csv")
        for spelled in (row["postal"], row["name"], *filter(None, row["abbreviations"].split(";")))
    }


@lru_cache(maxsize=1)
def _hosts() -> dict[str, str]:
    return {row["host"]: row["service"] for row in table("shared_hosts.csv")}


@lru_cache(maxsize=1)
def _services() -> dict[str, str]:
    return {row["domain"]: row["service"] for row in table("mail_relays.csv")}
