"""Registries that gather the accounts of a row in one cell: "Twitter: @OakTrails; facebook.com/OakFB". Pure.

A cell becomes a text for each platform that it names, as if the registry had a column for each. What stands in it
without a platform's name or address is an account of nobody knows which platform, and stays one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.contract import Raw, Remark
from connectors.everybodys import whose_domain
from connectors.files.fields import QUOTED
from connectors.files.handles import ENDS, is_remark_word, links_in, visible_text
from connectors.placeholders import is_placeholder
from connectors.platforms import PlatformColumn, platform_id, platforms, profile, stands_for_nobody
from connectors.redirects import host_of, split_address

ANY = PlatformColumn("any", sure=False)
"""A column with accounts of any platforms, as platform_columns of audit.toml says it."""
GATHERED = re.compile(r"\b(?:social|accounts|links|handles|profiles|channels|pages|urls|platforms)\b")
AROUND = frozenset(
    (
        *("social", "media", "accounts", "account", "links", "link", "handles", "profiles", "channels", "pages"),
        *("urls", "platforms", "networks", "network", "sites", "presence", "official", "other", "others", "further"),
        *("additional", "more", "all", "our", "agency", "department", "state", "online", "digital", "and", "s"),
    )
)
"""Words of a heading that stands over accounts of any platforms ("Other social media links"), and nothing else."""
ENTRIES = re.compile(r"[\n;|•]")
LINKS = "\ue000-\uf8ff"
"""Letters for private use: each stands for one address while a cell is parted."""
SIGN = re.compile(rf"\s{{0,9}}[:=–—]\s{{0,9}}|\s{{1,9}}-\s{{1,9}}|\s{{0,9}}[(\[]?(?<![^\s(\[])(?=[@{LINKS}])")
"""What stands between a platform's name and the account: a colon, a line, or nothing before an @ or an address."""
NO_NAME = re.compile(rf"[@()\[\]{LINKS}]")
"""What is in no platform's name: an account, an address, a bracket."""
WORD = re.compile(r"[^\s,/&+]+")
BEHIND = re.compile(r"(?<![^\s()\[\],])(?P<what>[^\s()\[\],]+)\s{0,9}[(\[](?P<platform>[^()\[\]]{1,40})[)\]]")
"""An account with its platform behind it: "@OakTrails (Twitter)"."""
ON = re.compile(r"(?i)(?<![^\s,;&(])(@[^\s,;&()]+)\s{1,9}on\s{1,9}([a-z]+)\b")
"""The same in words: "@OakTrails on Twitter"."""
SHOWN = re.compile(r"(?<![\w.])@|/")
"""What a cell has in it that shows an account: an @ at a handle's beginning, an address."""
MOST_WORDS = 4
EDGES = " ,/&+-–—:([\t"


@dataclass(frozen=True, slots=True)
class GatheredCell:
    """What a cell names: by platform, the text that a column of that platform would hold; what is an account of no
    platform known; and addresses on the web that are no platform's."""

    texts: Mapping[str, str]
    unread: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()


def is_gathering(heading: str) -> bool:
    """Whether a heading says no more than that accounts of any platforms stand under it."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading).replace("_", " ").casefold()
    words = re.findall(r"[^\W\d_]+", apart)
    return bool(GATHERED.search(apart)) and AROUND.issuperset(words)


def names_accounts(cell: str) -> bool:
    """Whether a cell surely names an account: by a profile's address, or by an @ behind a platform's name."""
    return bool(SHOWN.search(cell)) and any(
        "@" in text or any(profile(link) for link in links_in(text)) for text in gathered(cell).texts.values()
    )


def gathered(cell: str) -> GatheredCell:
    """What a cell names, taken apart."""
    texts: dict[str, list[str]] = {}
    unread: list[str] = []
    sites: list[str] = []
    said = re.sub(r",(?=https?://)", ", ", re.sub(r"([:=–—])\s*\n\s*", r"\1 ", visible_text(cell)))
    for entry in ENTRIES.split(ON.sub(_in_brackets, said)):
        for platform, text in _pieces(entry):
            if is_placeholder(text):
                continue
            link = next(iter(links_in(text)), "")
            if platform and not _is_anothers(text, platform):
                texts.setdefault(platform, []).append(text)
            elif link and not platform and not _may_be_an_account(link):
                sites.append(link)
            else:
                unread.append(text)
    return GatheredCell({one: "\n".join(lines) for one, lines in texts.items()}, tuple(unread), tuple(sites))


def _pieces(entry: str) -> Iterator[tuple[str, str]]:
    """Every (platform, text) of an entry, "" for a platform that it does not say. Words beside an address stay."""
    links = sorted(set(links_in(entry)), key=lambda link: (-len(link), link))  # one may begin as another does
    text = re.sub(f"[{LINKS}]", "", entry)
    for number, link in enumerate(links):
        text = text.replace(link, chr(0xE000 + number))

    def written(part: str) -> str:
        bare = part.strip(EDGES)
        bare = bare if bare.count("(") + bare.count("[") >= bare.count(")") + bare.count("]") else bare.rstrip(")] ")
        return re.sub(f"[{LINKS}]", lambda found: links[ord(found[0]) - 0xE000], bare)

    marks = _labels(text)
    taken = {begins for _, begins, _ in marks}
    own = {at: _platform_of(links[ord(one) - 0xE000]) for at, one in enumerate(text) if 0xE000 <= ord(one) <= 0xF8FF}
    marks = sorted([*marks, *((at, at, (platform,)) for at, platform in own.items() if at not in taken)])
    if not marks:
        yield from _without_names(written(text))
        return
    head, first = text[: marks[0][0]], marks[0][1]
    beside = "@" not in head and first in own
    if not beside:
        yield from _without_names(written(head))
    ends = [*(start for start, _, _ in marks[1:]), len(text)]
    for (_, begins, named), end in zip(marks, ends, strict=True):
        body = written(head + text[begins:end] if beside and begins == first else text[begins:end])
        shown = own.get(begins, "")
        yield from ((platform, body) for platform in ((shown,) if shown in named else named))


def _labels(text: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """Every name of platforms with a sign or an account behind it: where it begins, where the account begins, and the
    platforms: "Facebook, Instagram: @Oak" has two."""
    found: list[tuple[int, int, tuple[str, ...]]] = []
    last = 0
    for sign in SIGN.finditer(text):
        said = text[last : sign.start()]
        if several := _all_named(said):
            found.append((last, sign.end(), several))
            last = sign.end()
            continue
        said = re.split(r"[,/&+]", said)[-1]
        first = sign.start() - len(said)
        for word in list(WORD.finditer(said))[-MOST_WORDS:]:
            name = said[word.start() :]
            if named := _named(name[1:] if name[0] in "([" and not re.search(r"[)\]]", name) else name):
                found.append((first + word.start(), sign.end(), (named,)))
                last = sign.end()
                break
    return found


def _named(name: str) -> str:
    """The platform that a text is the name of, with a remark behind it: "X (formerly Twitter)"; else empty."""
    plain, _, remark = name.strip().partition("(")
    words = remark.strip().removesuffix(")").split()
    if not plain.strip() or NO_NAME.search(plain) or not all(map(is_remark_word, words)):
        return ""
    return platform_id(plain) or ""


def _all_named(said: str) -> tuple[str, ...]:
    """The platforms of a list that has nothing else; none where it has."""
    named = [_named(part) for part in re.split(r"[,/&+]|\band\b", said) if part.strip()]
    return tuple(dict.fromkeys(named)) if all(named) else ()


def _without_names(text: str) -> Iterator[tuple[str, str]]:
    """What is said where no platform stands in front of anything: "@A (Twitter), @B (Facebook)" says it behind."""
    behind = [(_all_named(found["platform"]), found["what"]) for found in BEHIND.finditer(text)]
    if behind and all(named for named, _ in behind) and not BEHIND.sub("", text).strip(EDGES):
        yield from ((platform, what) for named, what in behind for platform in named)
    else:
        yield "", text


def _in_brackets(found: re.Match[str]) -> str:
    return f"{found[1]} ({found[2]})" if platform_id(found[2]) else found[0]


def _is_anothers(text: str, platform: str) -> bool:
    """Whether a platform's text has another one behind an account: "@A & @B (Facebook)" of Twitter is nobody knows
    whose."""
    behind = (_all_named(found["platform"]) for found in BEHIND.finditer(text))
    return any(named and platform not in named for named in behind)


def _platform_of(link: str) -> str:
    """The platform on whose hosts an address stands; empty for any other."""
    shown = profile(link)
    return shown.platform if shown else platform_id(link if "://" in link else f"https://{link}") or ""


def _may_be_an_account(link: str) -> bool:
    """Whether an address of no platform may be somebody's account all the same: a short link, a server's "/@oak"."""
    return stands_for_nobody(link) or "/@" in link or bool(whose_domain(host_of(split_address(link))))


def apart(raw: Raw, names: Sequence[str], headings: Mapping[str, str]) -> tuple[Raw, dict[str, PlatformColumn]]:
    """The row with a column for each platform of its gathered cells, and these columns. `headings`: of each field."""
    values, columns = dict(raw.values), dict[str, PlatformColumn]()
    for name in names:
        for platform, text in gathered(str(values.pop(name, ""))).texts.items():
            column = f"{headings.get(name, name)}: {platforms()[platform].name}"
            values[column] = text
            columns[column] = PlatformColumn(platform)
    return replace(raw, values=values), columns


def left_apart(raw: Raw, names: Sequence[str], headings: Mapping[str, str]) -> Iterator[Raw | Remark]:
    """What of a row's gathered cells is no account of a platform: a row for what may be one, a note for other sites."""
    for name in names:
        found, where = gathered(str(raw.values.get(name, ""))), f"{raw.where} ({headings.get(name, name)})"
        values = {**raw.values, **dict.fromkeys((*names, "platform", "handle", "account_id", "url"), "")}
        for text in found.unread:
            yield replace(raw, values={**values, "handle": text}, where=where)
        yield from (Remark(where, SITE.format(site=site.rstrip(ENDS)[:QUOTED])) for site in found.sites)


SITE = (
    "{site!r} is no address of a platform that is known, and was taken for no account. If it is one, write the platform"
    ' in front of it: "Mastodon: …".'
)
"""The note for an address on the web that stands among accounts."""
