"""The platforms by one name each, and what a profile's address says. From data/reference/platforms.csv; pure.

Nothing here ever opens an address.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from urllib.parse import SplitResult, parse_qs, unquote

import idna

from connectors.placeholders import is_placeholder
from connectors.redirects import host_of, leads_nowhere, split_address, unwrapped
from connectors.reference import table

NOISE = {"profile", "profiles", "account", "accounts", "page", "pages", "channel", "handle", "user", "username", "app"}
"""Words that exports put beside a platform's name and that tell nothing."""
PREFIX = re.compile(
    r"(?:www|m|i|mobile|mbasic|touch|web|old|new|np|business|story|studio|music|gaming|gist|(?!on$)[a-z]{2}"
    r"|[a-z]{2}-[a-z]{2,4})"
)
OWN_LABELS = frozenset(
    (
        "www", "m", "mobile", "blog", "help", "support", "about", "api", "app", "staff", "status", "en", "store",
        "open", "at", "assets", "static", "cdn",
    )
)  # fmt: skip
"""Host labels in front of a blog platform's name that are the platform's own, not somebody's."""
FEDIVERSE = re.compile(r"mastodon|mstdn|masto\.|^toot|\.social$")
SEATS: Mapping[str, tuple[str, ...]] = {"metabusiness": ("facebook",)}
"""Platforms on which an account is a seat in an organization's portfolio, and never a person's own; each with the
platforms whose mails come with such a seat."""
FEDERATED = frozenset(("mastodon", "lemmy", "pixelfed", "peertube"))
"""Platforms on which a handle is somebody's on one instance, and somebody else's on another."""
ANYBODYS = FEDERATED | {"discourse", "mediawiki", "wordpress"}
"""Platforms of which anybody may run a server: its host is the platform's own, whatever it is called."""
HANDLE = re.compile(r"[\w][\w.~-]{0,79}")
DIGITS_KEPT = 15
"""Digits of a number that a spreadsheet keeps."""
ENOUGH = 5
"""Numbers with lost digits that are no chance."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A row of platforms.csv: canonical id, printed name, the policy's kind of medium, whether an account there is
    social media in the policy's sense at all, URL shapes, form of a handle."""

    id: str
    name: str
    medium: str
    social: bool
    spellings: tuple[str, ...]
    hosts: tuple[str, ...]
    urls: tuple[str, ...]
    reserved: frozenset[str]
    handle: re.Pattern[str]
    account_id: re.Pattern[str] | None
    shapes: tuple[UrlShape, ...] = ()

    def is_handle(self, text: str) -> bool:
        """Whether a text, without @ and surroundings, can be somebody's handle here."""
        return bool(self.handle.fullmatch(text)) and not self.own(text) and not is_placeholder(text)

    def is_id(self, text: str) -> bool:
        """Whether a text in a handle's place is an account id."""
        return self.account_id is not None and bool(self.account_id.fullmatch(text))

    def own(self, text: str) -> bool:
        """Whether a path's first part is one of the platform's own pages."""
        return text.lower() in self.reserved or ("digits" in self.reserved and text.isdigit())


@dataclass(frozen=True, slots=True)
class UrlShape:
    """One shape of profile URLs: the path's parts and, behind the question mark, what they must look like."""

    path: re.Pattern[str]
    key: str = ""
    value: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class ProfileUrl:
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
            social=row["social"] == "yes",
            spellings=_parts(row["spellings"]),
            hosts=_parts(row["hosts"]),
            urls=_parts(row["urls"]),
            reserved=frozenset(part.lower() for part in _parts(row["reserved"])),
            handle=re.compile(".+" if row["handle"] == "*" else row["handle"] or HANDLE.pattern),
            account_id=re.compile(row["id"]) if row["id"] else None,
            shapes=tuple(map(_shape, sorted(_parts(row["urls"]), key=lambda url: url == "/{handle}"))),
        )
        for row in table("platforms.csv")
    }


SLOTS = {
    "handle": r"(?P<handle>@?[^/]+)",
    "id": r"(?P<id>[^/]+)",
    "number": r"(?P<id>[0-9]+)",
    "long": r"(?P<id>[0-9]{8,})",
}


def _shape(url: str) -> UrlShape:
    """The pattern of a shape: "/p/{name}-{number}" fits "/p/Ann-Lee-1000123" and what stands below it."""

    def pattern(text: str) -> str:
        pieces = re.split(r"\{(\w+)\}", text)
        return "".join(SLOTS.get(piece, r"[^/]+") if n % 2 else re.escape(piece) for n, piece in enumerate(pieces))

    path, _, query = url.partition("?")
    key, _, value = query.partition("=")
    below = "(?:/.*)?" if not query else "/?"
    return UrlShape(
        re.compile(pattern(path) + below, re.IGNORECASE | re.DOTALL),
        key,
        re.compile(pattern(value), re.IGNORECASE) if key else None,
    )


def platform_id(text: str) -> str | None:
    """The canonical id for a platform's name as an export writes it ("Twitter", "X (formerly Twitter)", "FB page").

    A web address counts by its host. None for a name that is unknown, or that names two platforms.
    """
    names = _names()
    if (known := names.get(_compact(text))) is not None:
        return known
    if "://" in text or text.strip().lower().startswith("www."):
        return _by_host(host_of(split_address(text)))
    found = {names.get(_compact(part)) for part in re.split(r"[/|,;:()\[\]]", text)} - {None}
    return found.pop() if len(found) == 1 else None


def named_platforms(text: str) -> tuple[str, ...]:
    """Every platform that a text names, in their order: "Twitter / Facebook" and "FB & IG" two, "Social media" none."""
    if (known := platform_id(text)) is not None:
        return (known,)
    names = _names()
    parts = re.split(r"[/|,;:()\[\]&+\n\\]|\s[-–—]\s|\band\b", text, flags=re.IGNORECASE)
    return tuple(dict.fromkeys(known for part in parts if (known := names.get(_compact(part))) is not None))


COLUMN_WORDS = frozenset(
    ("url", "urls", "uri", "link", "links", "address", "web", "website", "name", "screen", "official")
)
"""Words that headings put beside a platform's name: the column holds its accounts all the same."""
EVERYDAY = frozenset(
    (
        "academia", "commons", "discord", "forum", "ghost", "kick", "medium", "mix", "pocket", "rumble", "signal",
        "slack", "snap", "steam", "threads", "truth", "zoom",
    )
)  # fmt: skip
"""Names of platforms that are everyday words: a heading alone does not say that the platform is meant."""
SHORTEST_NAME = 4
"""Letters of a platform's name from which a heading alone says it ("WA" may be a state)."""


@dataclass(frozen=True, slots=True)
class PlatformColumn:
    """A column with accounts of one platform: handles and addresses, or `ids`. `sure`: its heading alone says so."""

    platform: str
    ids: bool = False
    sure: bool = True

    def __str__(self) -> str:
        """As `platform_columns` of audit.toml says it."""
        return f"{self.platform} id" if self.ids else self.platform


def platform_column(heading: str) -> PlatformColumn | None:
    """Which platform's accounts stand under a heading ("Twitter", "facebook_id", "YouTube Channel URL"); None for any
    other heading ("Twitter followers")."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", heading)).replace("_", " ")
    words = re.findall(r"\w+", apart.casefold())
    own = [word for word in words if word not in COLUMN_WORDS and word not in ("id", "ids")]
    named = " ".join(own)
    found = platform_id(named) if named else None
    if found is None and (named := " ".join(_uncounted(own))):
        found = platform_id(named)
    if found is None:
        return None
    name = _compact(named)
    return PlatformColumn(
        found, not {"id", "ids"}.isdisjoint(words), len(name) >= SHORTEST_NAME and name not in EVERYDAY
    )


FURTHER = frozenset(
    ("first", "second", "third", "fourth", "fifth", "other", "another", "additional", "further", "primary", "secondary")
)
"""Words of a heading that say which of several columns of a platform it is, as "2" and "2nd" do."""


def _uncounted(words: Iterable[str]) -> Iterator[str]:
    """The words of a heading without what counts its columns: "twitter" of "Twitter 2", "2nd Twitter", "twitter2"."""
    for word in words:
        if word not in FURTHER and not re.fullmatch(r"[1-9](?:st|nd|rd|th)?", word):
            yield re.sub(r"(?<=[a-z]{3})[1-9]$", "", word)


def nearest_platform(text: str) -> str:
    """The platform whose name is spelled nearly so ("Intagram"), for a question; empty where none is."""
    close = get_close_matches(
        _compact(text), [name for name in _names() if len(name) >= SHORTEST_NAME], n=1, cutoff=0.8
    )
    return _names()[close[0]] if close else ""


def from_url(url: str) -> tuple[str, str] | None:
    """(platform, handle) of a profile's URL; the account id where the URL shows an id instead. None for anything else.

    Posts and other pages below a profile give its handle; pages of the platform itself (groups, hashtags, searches)
    give None.
    """
    found = profile(url)
    return (found.platform, found.handle or found.account_id) if found else None


@lru_cache(maxsize=64)
def profile(url: str) -> ProfileUrl | None:
    """What a profile's URL says, handle and account id told apart; None where it is not unambiguously a profile's.

    An address that only leads on to another (l.facebook.com/l.php?u=…, a mail filter's link) is read for the other.
    """
    parts = split_address(unwrapped(url))
    host = host_of(parts)
    platform = _by_host(host)
    if platform is None:
        return _fediverse(host, parts.path)
    known = platforms()[platform]
    if found := _by_label(known, host):
        return found
    return profile_at(known, _path(parts), parts.query)


def profile_at(known: Platform, path: str, query: str = "") -> ProfileUrl | None:
    """What a path on a platform says: "/in/ann-lee" on LinkedIn is the handle "ann-lee"."""
    whole = unquote(path).strip().rstrip("/")
    if is_placeholder(whole.strip("/")):
        return None
    path = re.sub("/{2,}", "/", path)
    for shape in known.shapes:
        found = shape.path.fullmatch(path)
        slots = found.groupdict() if found else None
        if slots is not None and shape.value is not None:
            value = shape.value.fullmatch(parse_qs(query).get(shape.key, [""])[0])
            slots = value.groupdict() if value else None
        if slots is not None and (said := _said(known, slots, certain="/@" in shape.path.pattern)):
            return said
    return None


def _said(known: Platform, slots: dict[str, str | None], *, certain: bool) -> ProfileUrl | None:
    """The handle or id in a shape's slots; `certain`: behind an @, where no page of the platform itself stands."""
    handle, account_id = (unquote(slots.get(name) or "") for name in ("handle", "id"))
    if account_id:
        usable = HANDLE.fullmatch(account_id) and not is_placeholder(account_id)
        return ProfileUrl(known.id, account_id=account_id) if usable else None
    handle = handle.strip().removeprefix("@")
    if known.is_id(handle) and not certain:
        return ProfileUrl(known.id, account_id=handle)
    if known.id in FEDERATED:
        return _instance_handle(known, handle)
    usable = HANDLE.fullmatch(handle) and known.handle.fullmatch(handle) and not is_placeholder(handle)
    return ProfileUrl(known.id, handle) if usable and (certain or known.is_handle(handle)) else None


def stands_for_nobody(url: str) -> bool:
    """Whether an address is one of a platform's own pages: its front page, a search, a group, a post that does not say
    whose it is, a profile's address without the profile ("https://x.com/", "…/profile.php", "…/None"); or one that
    leads to nobody knows where."""
    parts = split_address(unwrapped(url))
    platform = _by_host(host_of(parts))
    if platform is None or profile(url) is not None:
        return platform is None and leads_nowhere(url)
    path = unquote(_path(parts)).strip("/")
    return not path or is_placeholder(path) or platforms()[platform].own(path.split("/")[0])


def on_own_host(url: str, platform: str) -> bool:
    """Whether an address stands on the platform's own hosts and leads to no other: x.com.example.org is not X's."""
    parts = split_address(unwrapped(url))
    return platform in ANYBODYS or ("@" not in parts.netloc and _by_host(host_of(parts)) == platform)


def is_cut(account_id: str) -> bool:
    """Whether a number has only zeros where a spreadsheet keeps no digits: it may stand for a thousand accounts."""
    return account_id.isdigit() and len(account_id) > DIGITS_KEPT and not account_id[DIGITS_KEPT:].strip("0")


def are_rounded(ids: Iterable[str]) -> bool:
    """Whether a column of ids lost its last digits in a spreadsheet: a number with zeros there alone may be one."""
    long = [one for one in ids if one.isdecimal() and len(one) > DIGITS_KEPT]
    return len(long) >= ENOUGH and all(map(is_cut, long))


def are_others(one: str, other: str) -> bool:
    """Whether two ids are those of two accounts for sure: not where one is unknown, nor where they differ only in
    digits that one of them may have lost, in a spreadsheet (it keeps fifteen, or those that it shows) or in a program
    that takes them for a measure (which keeps some sixteen)."""
    if not one or not other or one == other:
        return False
    if not (one.isdecimal() and other.isdecimal() and len(one) == len(other) > DIGITS_KEPT):
        return True
    lost = max(10 ** (len(cut) - len(cut.rstrip("0"))) if is_cut(cut) else 0 for cut in (one, other))
    return float(one) != float(other) and abs(int(one) - int(other)) >= lost


def _by_label(known: Platform, host: str) -> ProfileUrl | None:
    """The handle in a host's own first part: ann.tumblr.com."""
    label, _, rest = host.removeprefix("www.").partition(".")
    for shape in known.urls:
        if shape.startswith("/") or rest != shape.partition(".")[2]:
            continue
        if label not in OWN_LABELS and HANDLE.fullmatch(label) and not is_placeholder(label):
            return ProfileUrl(known.id, f"{label}.bsky.social" if known.id == "bluesky" else label)
    return None


def _path(parts: SplitResult) -> str:
    return parts.fragment.removeprefix("!") if parts.fragment.startswith("!/") else parts.path


def _fediverse(host: str, path: str) -> ProfileUrl | None:
    """Mastodon runs on thousands of hosts: one that is named like it, with a path like /@name, is taken for one."""
    first = next((segment for segment in path.split("/") if segment), "")
    named = FEDIVERSE.search(host) and first.startswith("@")
    return _instance_handle(platforms()["mastodon"], first[1:]) if named else None


def _instance_handle(known: Platform, text: str) -> ProfileUrl | None:
    """A handle as an instance's address shows it; of somebody on another instance, with that instance's name."""
    return ProfileUrl(known.id, text) if known.is_handle(text) else None


@lru_cache(maxsize=256)
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


def fold_domain(domain: str) -> str:
    """A domain in its ASCII form, lower case, without surrounding dots or white space."""
    bare = domain.strip().strip(".").lower()
    if bare.isascii():
        return bare
    try:
        return idna.encode(bare, uts46=True).decode("ascii")
    except idna.IDNAError:
        return bare
