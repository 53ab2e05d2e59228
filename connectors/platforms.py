"""The platforms by one name each, and what a profile's address says. From data/reference/platforms.csv; pure.

Nothing here ever opens an address.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from connectors.reference import table

NOISE = {"profile", "profiles", "account", "accounts", "page", "pages", "channel", "handle", "user", "username", "app"}
"""Words that exports put beside a platform's name and that tell nothing."""
PREFIX = re.compile(r"(?:www|m|mobile|mbasic|touch|web|old|new|np|business|[a-z]{2}|[a-z]{2}-[a-z]{2})")
OWN_LABELS = {"www", "m", "mobile", "blog", "help", "support", "about", "api", "app", "staff", "status", "en", "store"}
"""Host labels in front of a blog platform's name that are the platform's own, not somebody's."""
FEDIVERSE = re.compile(r"mastodon|mstdn|masto\.|^toot|\.social$")
SEATS = frozenset({"metabusiness"})
"""Platforms on which an account is a seat in an organization's portfolio, and never a person's own."""
HANDLE = re.compile(r"[\w][\w.~-]{0,79}")


@dataclass(frozen=True, slots=True)
class Platform:
    """A row of platforms.csv: canonical id, printed name, the policy's kind of medium, URL shapes."""

    id: str
    name: str
    medium: str
    spellings: tuple[str, ...]
    hosts: tuple[str, ...]
    urls: tuple[str, ...]
    reserved: frozenset[str]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a profile's URL says; `handle` or `account_id` is empty where it does not show one."""

    platform: str
    handle: str = ""
    account_id: str = ""


@cache
def platforms() -> dict[str, Platform]:
    """Every known platform by its canonical id."""
    return {
        row["platform"]: Platform(
            id=row["platform"],
            name=row["name"],
            medium=row["medium"],
            spellings=_parts(row["spellings"]),
            hosts=_parts(row["hosts"]),
            urls=_parts(row["urls"]),
            reserved=frozenset(_parts(row["reserved"])),
        )
        for row in table("platforms.csv")
    }


def platform_id(text: str) -> str | None:
    """The canonical id for a platform's name as an export writes it ("Twitter", "X (formerly Twitter)", "FB page").

    A web address counts by its host. None for a name that is unknown, or that names two platforms.
    """
    names = _names()
    if (known := names.get(_compact(text))) is not None:
        return known
    if "://" in text or text.strip().lower().startswith("www."):
        return _by_host(_host(_split(text)))
    found = {names.get(_compact(part)) for part in re.split(r"[/|,;:()\[\]]", text)} - {None}
    return found.pop() if len(found) == 1 else None


def from_url(url: str) -> tuple[str, str] | None:
    """(platform, handle) of a profile's URL; the account id where the URL shows an id instead. None for anything else.

    Posts and other pages below a profile give its handle; pages of the platform itself (groups, hashtags, searches)
    give None.
    """
    found = profile(url)
    return (found.platform, found.handle or found.account_id) if found else None


def profile(url: str) -> Profile | None:
    """What a profile's URL says, handle and account id told apart; None where it is not unambiguously a profile's."""
    parts = _split(url)
    host = _host(parts)
    platform = _by_host(host)
    if platform is None:
        return _fediverse(host, parts.path)
    known = platforms()[platform]
    if platform == "facebook" and (number := _facebook_id(parts)):
        return Profile(platform, account_id=number)
    path = parts.fragment.removeprefix("!") if parts.fragment.startswith("!/") else parts.path
    segments = [unquote(segment) for segment in path.split("/") if segment]
    for shape in sorted(known.urls, key=lambda shape: shape == "/{handle}"):
        if found := _matched(known, shape, host, segments):
            return found
    return None


def _matched(platform: Platform, shape: str, host: str, segments: list[str]) -> Profile | None:
    if not shape.startswith("/"):
        label, _, rest = host.removeprefix("www.").partition(".")
        if rest != shape.partition(".")[2] or label in OWN_LABELS or not HANDLE.fullmatch(label):
            return None
        return Profile(platform.id, f"{label}.bsky.social" if platform.id == "bluesky" else label)
    wanted = shape.strip("/").split("/")
    if len(segments) < len(wanted):
        return None
    found = {"handle": "", "id": "", "name": ""}
    for want, segment in zip(wanted, segments, strict=False):
        before, braced, slot = want.partition("{")
        if segment[: len(before)].lower() != before or (not braced and segment.lower() != want):
            return None
        if braced:
            found[slot.rstrip("}")] = value = segment[len(before) :].removeprefix("@")
            if not HANDLE.fullmatch(value) or (len(wanted) == 1 and not before and _reserved(platform, value)):
                return None
    return Profile(platform.id, found["handle"], found["id"])


def _reserved(platform: Platform, value: str) -> bool:
    return value.lower() in platform.reserved or ("digits" in platform.reserved and value.isdigit())


def _facebook_id(parts: SplitResult) -> str:
    """The number in facebook.com/profile.php?id=123 or facebook.com/123; empty where there is none."""
    path = parts.path.strip("/")
    number = parse_qs(parts.query).get("id", [""])[0] if path == "profile.php" else path
    return number if number.isascii() and number.isdigit() else ""


def _fediverse(host: str, path: str) -> Profile | None:
    """Mastodon runs on thousands of hosts: one that is named like it, with a path like /@name, is taken for one."""
    first = next((segment for segment in path.split("/") if segment), "")
    if FEDIVERSE.search(host) and first.startswith("@") and HANDLE.fullmatch(first[1:].partition("@")[0]):
        return Profile("mastodon", first[1:].partition("@")[0])
    return None


def _split(url: str) -> SplitResult:
    text = url.strip().strip("<>").strip()
    try:
        return urlsplit(text if "://" in text[:12] else "//" + text.lstrip("/"))
    except ValueError:  # a bracket where no IPv6 address is
        return urlsplit("")


def _host(parts: SplitResult) -> str:
    try:
        return (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""


def _by_host(host: str) -> str | None:
    """The platform of a host: the longest known name that ends it, with a prefix that is a language, or a blog's."""
    labels = host.split(".")
    for cut in range(len(labels) - 1):
        known = _hosts().get(".".join(labels[cut:]))
        if known is None:
            continue
        front = labels[:cut]
        blog = len(front) == 1 and any(not shape.startswith("/") for shape in platforms()[known].urls)
        return known if blog or all(PREFIX.fullmatch(label) for label in front) else None
    return None


@cache
def _hosts() -> dict[str, str]:
    return {host: platform.id for platform in platforms().values() for host in platform.hosts}


@cache
def _names() -> dict[str, str]:
    """Compact spelling → id. Raises ValueError where platforms.csv gives one spelling to two platforms."""
    names: dict[str, str] = {}
    for platform in platforms().values():
        for spelling in (platform.id, platform.name, *platform.spellings, *platform.hosts):
            if names.setdefault(_compact(spelling), platform.id) != platform.id:
                raise ValueError(f"platforms.csv: {spelling!r} stands for two platforms, one of them {platform.id}")
    return names


@lru_cache(maxsize=4096)
def _compact(text: str) -> str:
    """A name for comparison: width and letter case folded, punctuation and words that tell nothing left out."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("+", " plus ")
    words = re.findall(r"\w+", folded.replace("_", " "))
    return "".join(word for word in words if word not in NOISE) or "".join(words)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
