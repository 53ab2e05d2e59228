"""Where a session may send to: one origin, over TLS, never to sign-up, login, recovery or a reset. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit

from connectors.contract import SourceChanged, SourceDown
from connectors.http.secrets import GIVE

CLOSED = re.compile(
    r"signup|signin|logon|login|registration|register|enrol|recover|forgot|password|passwd|passkey|resetaccount"
    r"|(?:create|new|verify|confirm)(?:account|session|user)|(?:check|validate|verify)(?:user)?(?:name|email|phone)"
    r"|(?:user)?(?:name|email|phone)(?:available|availability|exists|check)|(?:account|user)s?identify"
)
"""Paths, without punctuation and letter case, that could tell whether an address holds an account, or change one."""
CLOSED_WORDS = frozenset({"reset", "join", "oauth", "authorize", "token", "session", "sessions"})
CLOSED_HOSTS = re.compile(r"(?:login|signin|signup|accounts)\.", re.IGNORECASE)
READ = re.compile(r"/v1\.0/auditLogs/signIns")
"""A path that only sounds like a closed one: Microsoft Graph's log of sign-ins, which is read and signs nobody in."""
ACTIONS = ("action", "title", "page", "meta")
"""Parameters that name a page or an action, as in MediaWiki: they are held to the same rule as a path."""


class ClosedDoor(SourceDown):
    """No connector sends there, whatever audit.toml says."""


def refuse(template: str, params: Mapping[str, Any], *, token: bool = False) -> None:
    """Raise ClosedDoor for an address that a connector must never send to.

    `template` is the address with {braces} where values go, so that somebody's handle is not taken for a path. With
    `token`, the token endpoint of OAuth (RFC 6749, 3.2; Reddit calls it access_token) is let through, and nothing
    else is.
    """
    parts = urlsplit(template)
    if token:
        if not re.search(r"/(?:access_)?token$", parts.path) or params:
            raise ClosedDoor(f"{parts.path} is not a token endpoint")
        return
    named = [str(value) for key, value in params.items() if key in ACTIONS]
    path = "" if READ.fullmatch(parts.path) else unquote(parts.path)
    for text in (path, *named):
        if CLOSED.search(re.sub(r"[\W_]+", "", text).lower()) or CLOSED_WORDS.intersection(_words(text)):
            raise ClosedDoor(
                f"{parts.path} leads to signing up, logging in, recovery or a reset: no connector may ask there"
            )
    if CLOSED_HOSTS.match(parts.hostname or ""):
        raise ClosedDoor(f"{parts.hostname} is a login service: no connector may ask there")


def checked_base(base: str, source: str) -> str:
    """A base URL without its last slash. Raises SourceDown where it is not https (or http to this very machine)."""
    try:
        parts = urlsplit(base)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if not host or parts.username is not None or parts.query or parts.fragment:
        raise SourceDown(
            f"{source}: the url in audit.toml is not a plain web address; write it like https://example.org."
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback(host)):
        raise SourceDown(f"{source}: the url in audit.toml must begin with https://, so that nobody reads along.")
    return base.rstrip("/")


def proxy_fault(proxy: str, *, kept: bool = False) -> str:
    """What is wrong with a proxy's address, to follow its name in a sentence; empty for none, or for a sound one.

    A credential is in its place only in an address that is `kept` outside of audit.toml.
    """
    try:
        parts = urlsplit(proxy)
        sound = bool(parts.hostname) and parts.scheme in ("http", "https") and (parts.port or 1) > 0
    except ValueError:
        parts, sound = urlsplit(""), False
    if not kept and "@" in proxy:
        return f"holds a credential, which is not written into audit.toml: {GIVE}"
    return "" if sound or not proxy else "must be an address like http://proxy.example.gov:3128"


def loopback(host: str) -> bool:
    """Whether a host is this machine by its own name; no name is looked up."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def placed(path: str, values: Mapping[str, str], source: str) -> str:
    """A path with `values` in its {braces}, escaped so that none opens another segment. Raises SourceDown."""
    if any(value in ("", ".", "..") for value in values.values()):
        raise SourceDown(f"{source}: a name in audit.toml is empty or made of dots only. Correct it.")
    return path.format_map({name: quote(value, safe="@:") for name, value in values.items()})


def same_origin(url: str, base: str, source: str) -> str:
    """An address that a reply gave for its next page, once it is sure to be where we are already.

    Raises SourceChanged for another scheme, host, port, or a path outside the base.
    """
    ours, theirs = urlsplit(base), urlsplit(url)
    try:
        same = (theirs.scheme, theirs.hostname, _port(theirs)) == (ours.scheme, ours.hostname, _port(ours))
    except ValueError:
        same = False
    if not same or theirs.username is not None or not theirs.path.startswith(ours.path) or ".." in unquote(theirs.path):
        raise SourceChanged(
            f"{source}: a page names a next page somewhere else ({theirs.hostname}), and credentials do not go there."
            " Check the url in audit.toml; if it is right, the platform has changed."
        )
    return url


def _port(parts: SplitResult) -> int | None:
    """The port of an address; the scheme's own where it is left out. Raises ValueError for one that is none."""
    return parts.port if parts.port is not None else {"https": 443, "http": 80}.get(parts.scheme)


def _words(text: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*|\d+", text)]
