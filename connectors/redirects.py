"""Addresses that only lead on to another one (data/reference/redirects.csv): which is it? Pure; nothing is opened."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from connectors.reference import table

WRAPPED_AT_MOST = 4
"""Redirects within one another that are taken off: a mail filter's around another one's around a platform's own."""
WRITTEN_OUT = re.compile(r"https?:/{1,2}(?=[^/])", re.IGNORECASE)
HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?", re.IGNORECASE)
COUNTRY = re.compile(r"(?:com?\.)?[a-z]{2,3}")
REPLACED = re.compile(r"\*(\*.)?")
"""A letter that Proofpoint's version 3 took out, or as many as the letter behind two stars says."""
RUN_LENGTHS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(frozen=True, slots=True)
class Redirect:
    """A row of redirects.csv."""

    host: str
    path: str
    holds: str

    def is_at(self, host: str) -> bool:
        """Whether a host is the row's, or below it; "google.*" is Google's of any country."""
        if not self.host.endswith("*"):
            return f".{host}".endswith(f".{self.host}")
        _, found, country = f".{host}".rpartition(f".{self.host.removesuffix('*')}")
        return bool(found and COUNTRY.fullmatch(country))


@cache
def redirects() -> tuple[Redirect, ...]:
    """Every row of the table, in its order."""
    return tuple(Redirect(row["host"], row["path"], row["holds"]) for row in table("redirects.csv"))


@cache
def _ends() -> tuple[str, ...]:
    return tuple(f".{row['host']}" for row in table("redirects.csv") if not row["host"].endswith(".*"))


@lru_cache(maxsize=512)
def _of_host(host: str) -> tuple[Redirect, ...]:
    if not f".{host}".endswith(_ends()) and ".google." not in f".{host}":  # nearly all
        return ()
    return tuple(one for one in redirects() if one.is_at(host))


@lru_cache(maxsize=64)
def unwrapped(url: str, depth: int = WRAPPED_AT_MOST) -> str:
    """The address that a redirecting one leads to; any other address as it is."""
    parts = split_address(url)
    for redirect in _leading(parts) if depth else ():
        there = _held(parts, redirect.holds).strip()
        if there.startswith("/") and not there.startswith("//"):
            there = f"https://{host_of(parts)}{there}"
        if "." in there:
            return unwrapped(there, depth - 1)
    return url


def leads_nowhere(url: str) -> bool:
    """Whether an address only leads on, and does not say where: a mail filter's with a key of its own in it."""
    return bool(_leading(split_address(unwrapped(url))))


def _leading(parts: SplitResult) -> list[Redirect]:
    return [one for one in _of_host(host_of(parts)) if (parts.path or "/").startswith(one.path)]


def _held(parts: SplitResult, holds: str) -> str:
    """The address that another one holds in this form; empty where it holds none."""
    name, _, form = holds.partition(" ")
    if name.startswith("?"):
        return _FORMS[form](parse_qs(parts.query).get(name[1:], [""])[0])
    if not name:
        return ""
    behind = f"{parts.path}{'?' if parts.query else ''}{parts.query}{'#' if parts.fragment else ''}{parts.fragment}"
    return _between_lines(behind) if name == "__" else _in_path(behind)


def _plainly(text: str) -> str:
    found = WRITTEN_OUT.search(text) if text.startswith("cache:") else None  # Google's has a key of its own before it
    return text[found.start() :] if found else text


def _with_dashes(text: str) -> str:
    return unquote(re.sub(r"-(?=[0-9A-Fa-f]{2})", "%", text.replace("_", "/")))


def _in_base64(text: str) -> str:
    found = _decoded(text.removeprefix("a1"))
    return found if WRITTEN_OUT.match(found) else ""


_FORMS: dict[str, Callable[[str], str]] = {"": _plainly, "-XX": _with_dashes, "base64": _in_base64}


def _in_path(behind: str) -> str:
    """An address that stands in a path, with its scheme or beginning with a host, plain or escaped."""
    found = WRITTEN_OUT.search(behind)
    if found is None:
        behind = unquote(behind)
        found = WRITTEN_OUT.search(behind)
    if found is not None:
        return behind[found.start() :].partition("___")[0].partition("/RK=")[0]
    segments = behind.split("/")
    hosts = (place for place, segment in enumerate(segments) if HOST.fullmatch(segment))
    return "/".join(segments[place:]) if (place := next(hosts, 0)) else ""


def _between_lines(behind: str) -> str:
    """An address as Proofpoint's version 3 writes it: "__https://www.tiktok.com/*ann__;QA!!key$" has an @ for the *."""
    there, found, key = behind.partition("__")[2].partition("__;")
    if not found:
        return ""
    letters = iter(_decoded(key.partition("!")[0]))

    def put_back(match: re.Match[str]) -> str:
        count = RUN_LENGTHS.find(match[1][1]) + 2 if match[1] else 1
        return "".join(next(letters, "") for _ in range(count))

    there = REPLACED.sub(put_back, unquote(there))
    return WRITTEN_OUT.sub(lambda scheme: scheme[0].rstrip("/") + "//", there, count=1)


def _decoded(text: str) -> str:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8")
    except ValueError:  # neither base64 nor text
        return ""


@lru_cache(maxsize=64)
def split_address(url: str) -> SplitResult:
    """A web address in its parts, with or without a scheme; nothing of one that is none."""
    text = url.strip().strip("<>").strip()
    try:
        return urlsplit(text if "://" in text[:12] else "//" + text.lstrip("/"))
    except ValueError:  # a bracket where no IPv6 address is
        return urlsplit("")


def host_of(parts: SplitResult) -> str:
    """The host of an address in small letters; empty where it has none."""
    try:
        return (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""
