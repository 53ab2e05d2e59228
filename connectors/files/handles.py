"""Which account a row names: id, handle and address as spreadsheets and clerks write them. Pure.

A value is read where it has one meaning ("MaineDOT (main)", "'@MaineDOT", a profile's URL in the handle's column).
What has none, or several, is no identity: it is left empty, noted with the value, and handed on as `unread`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote

from connectors.files.cells import visible
from connectors.files.fields import QUOTED, ROUNDED, same_handle, web_address
from connectors.placeholders import is_placeholder
from connectors.platforms import (
    NOISE,
    Platform,
    ProfileUrl,
    platform_id,
    platforms,
    profile,
    profile_at,
    stands_for_nobody,
)
from connectors.redirects import unwrapped

LINK = re.compile(r"https?://[^\s\"'<>|]+", re.IGNORECASE)
MENTION = re.compile(r"(?<![\w.%+-])@\s?([\w.~-]+(?:@[\w-]+(?:\.[\w-]+)+)?)")
PARTED = re.compile(r"@\s?[\w.~-]+((?:\s[A-Z0-9][\w.-]*)+)")
"""A handle and more behind a blank, which may be the rest of it: "@Maine DOT"."""
BRACKETS = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]?")
LABEL = re.compile(r"([^:=–—-]{1,30}?)\s{0,9}(?:[:=–—]|\s-)\s{0,9}(\S+)")
MAIL = re.compile(r"(?<![^\s@])[^\s@]+@[^\s@]+\.[^\s@]+")
SEPARATORS = re.compile(r"\s{0,9}[/,;|&+\n]\s{0,9}")
DASHES = re.compile(r"\s{0,9}[/,;|&+\n]\s{0,9}|\s{1,9}[-–—]+\s{1,9}")
TAIL = re.compile(r"(?<![^\w-])[^\w-]+$")
ENDS = ",;:.!?/"
REMARKS = frozenset(
    {
        "main", "primary", "official", "secondary", "backup", "old", "new", "former", "formerly", "current",
        "active", "inactive", "retired", "closed", "verified", "pending", "news", "account", "page", "profile",
        "handle", "public", "shared", "state", "agency", "only", "and", "or", "see", "above",
    }
)  # fmt: skip
"""Words beside a handle that say something about it, and are not meant as another one."""
ANYTHING = ".+"


@dataclass(frozen=True, slots=True)
class Named:
    """What a handle's cell says: handles (several where it names several), an account id, and what was not understood
    and may be a handle."""

    handles: tuple[str, ...] = ()
    account_id: str = ""
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Which:
    """Which account a row is: each empty where the row does not say. `unread` may be a handle, nobody knows which."""

    account_id: str
    handle: str
    url: str
    unread: str

    @property
    def known(self) -> bool:
        """Whether the row says for sure which account it is."""
        return bool(self.account_id or self.handle or self.url)


def which_account(values: Mapping[str, str], platform: str, notes: list[str], *, placeholders: bool) -> Which:
    """Account id, handle and URL of a row, what one of them lacks taken from the URL. Adds a note for whatever was
    left empty; for placeholders that are one in any column ("N/A") only with `placeholders`."""
    known = platforms()[platform]
    for name in ("account_id", "handle", "url"):
        _note_placeholder(name, values.get(name, ""), notes, always=placeholders)
    named = _one_handle(values.get("handle", ""), known, notes)
    account_id, spelled = _account_id(values.get("account_id", ""), known, notes)
    written = visible_text(values.get("url", "")) or _link(values.get("handle", ""))
    url = _url(written, notes)
    account_id, handle = account_id or named.account_id, next(iter(named.handles), "") or spelled
    shown = profile(url) if url else None
    if shown is not None and shown.platform != platform:
        notes.append(f"the url is one of {shown.platform}, the row says {platform}; the row's platform was kept.")
        shown = None
    unread = named.unread
    if shown is not None:
        if handle and shown.handle and not same_handle(handle, shown.handle):
            notes.append(f"handle {handle[:QUOTED]!r} and url {url[:QUOTED]!r} disagree; the handle was kept.")
            unread = f"{unread} {shown.handle}".strip()
        account_id, handle = account_id or shown.account_id, handle or shown.handle
    return Which(account_id, handle, url, unread)


def named_in(text: str, platform: str) -> Named:
    """What the text of a handle's cell names on a platform: "@A / @B" two handles, "Maine DOT" nothing for sure."""
    known, said = platforms()[platform], visible_text(text)
    if is_placeholder(said):
        return Named()
    if known.handle.pattern == ANYTHING:
        return _anything(said, known)
    links = list(dict.fromkeys(LINK.findall(said)))
    if len(links) > 1:
        return _together([_single(link, known) for link in links]) or Named(unread=said)
    return _single(said, known) or _among_words(said, known) or Named(unread=said)


BARE_LINK = re.compile(r"(?<![\w@./-])(?:[\w-]+\.)+[a-z]{2,}/[^\s\"'<>|,;]+", re.IGNORECASE)
"""An address without its scheme: facebook.com/MaineParks."""
APART = re.compile(r"[\n|;]|,\s|,(?=https?://)", re.IGNORECASE)
"""What parts the accounts of a cell, and stands in no address."""


@dataclass(frozen=True, slots=True)
class Written:
    """One account that a cell names, as its handle or its web address; `beside`: the words around the address."""

    handle: str = ""
    url: str = ""
    beside: str = ""


def accounts_in(text: str, platform: str) -> tuple[Written, ...]:
    """Every account that a cell under a platform's name holds: "@A / @B" two, an address with remarks behind it one.

    A cell that says that there is none gives none; one that is not understood is one account, its text as the handle.
    """
    found: list[Written] = []
    said = visible_text(text)
    if is_placeholder(said):
        return ()
    if not (LINK.search(said) or any(map(_of_a_platform, BARE_LINK.findall(said)))):
        handles = named_in(text, platform).handles
        return tuple(Written(handle) for handle in handles) if len(handles) > 1 else (Written(said),)
    for part in APART.split(said):
        links, rest = links_in(part), part
        for link in links:
            rest = rest.replace(link, " ")
        rest = " ".join(rest.split())
        if links:
            found += [Written(url=link.rstrip(ENDS + ")]}"), beside=rest.strip(" ,/&-–—")) for link in links]
        elif not is_placeholder(rest):
            found += accounts_in(rest, platform)
    return tuple(dict.fromkeys(found))


def links_in(text: str) -> list[str]:
    """Every address in a text, and then every one without its scheme that is a platform's."""
    return [*LINK.findall(text), *filter(_of_a_platform, BARE_LINK.findall(LINK.sub(" ", text)))]


def _of_a_platform(link: str) -> bool:
    return profile(link.rstrip(ENDS + ")]}")) is not None or stands_for_nobody(link)


def _among_words(said: str, known: Platform) -> Named | None:
    """What a cell names beside remarks: the handle before brackets or behind "Twitter:", the one with an @, or a list.

    Other handles in brackets ("(formerly @mdot)") are not accounts of the row, and may be meant all the same."""
    plain = BRACKETS.sub(" ", said).strip()
    aside = " ".join(_mentions(" ".join(BRACKETS.findall(said)), known))
    if plain and (found := _single(plain, known)):
        return replace(found, unread=aside)
    if mentions := _mentions(plain, known):
        rest = (part.strip() for part in SEPARATORS.split(MENTION.sub(" ", plain)))
        parted = [
            match[0].replace("@", "").strip()
            for match in PARTED.finditer(plain)
            if not all(map(is_remark_word, match[1].split()))
        ]
        taken = {*mentions[:1], *" ".join(parted).split()}
        others = [
            part for part in rest if not _is_remark(part, known) and not any(same_handle(part, one) for one in taken)
        ]
        return Named(_distinct(mentions), unread=" ".join([*parted, *others, aside]).strip())
    if aside:
        return _together([_single(mention, known) for mention in aside.split()])
    label = LABEL.fullmatch(plain)
    if label and (platform_id(label[1]) == known.id or label[1].strip().casefold() in NOISE):
        return _single(label[2], known)
    parts = [part.strip() for part in DASHES.split(plain) if part.strip() and part.strip().casefold() not in REMARKS]
    return _together([_single(part, known) for part in parts])


def _mentions(text: str, known: Platform) -> list[str]:
    """The handles behind an @ in a text; none where one of them cannot be a handle."""
    found = [mention.rstrip(ENDS) for mention in MENTION.findall(text)]
    return found if all(known.is_handle(mention) for mention in found) else []


def _together(several: list[Named | None]) -> Named | None:
    """What a list of handles names; None where a part of it is no handle."""
    handles = [handle for one in several if one for handle in one.handles]
    return Named(_distinct(handles)) if handles and all(one and one.handles for one in several) else None


@lru_cache(maxsize=64)
def visible_text(text: str) -> str:
    """A cell's text without what cannot be seen (zero-width and direction marks) and what spreadsheets and people put
    around a value: ="…", =HYPERLINK("…"), a leading apostrophe, quotation marks, angle brackets."""
    said = visible(text)
    if not said.isascii():
        said = "".join(" " if unicodedata.category(one) == "Zs" else one for one in said)
    said = said.strip()
    if said.startswith("="):
        inner = re.fullmatch(r'=\s*(?:HYPERLINK\s*\(\s*)?"([^"]*)".*', said, re.IGNORECASE | re.DOTALL)
        said = inner[1].strip() if inner else said
    said = said.lstrip("'’‘`´").strip()
    return said.strip("\"'“”„«»<>").strip()


def quoted(text: str) -> str:
    """A value for a note; an e-mail address is not shown, since it may be a private one."""
    return "(an e-mail address)" if MAIL.search(text) else repr(text[:QUOTED])


def _single(text: str, known: Platform) -> Named | None:
    """The one account that a text names by itself: a handle, an id, a profile's URL or its path ("u/ann")."""
    if not text.isascii():
        letters = "".join(character for character in text if unicodedata.category(character) != "So")  # ✔, ™, emoji
        text = unicodedata.normalize("NFKC", letters)
    said = text.strip().removeprefix("@").strip()
    if link := LINK.search(said):
        return _of(profile(link[0]), known)
    first = said.lstrip("/").split("/")[0].lower()
    if "/" in said and any(first == url.split("/")[1].split("?")[0] for url in known.urls if url.startswith("/")):
        return _of(profile_at(known, "/" + quote(said.lstrip("/"), safe="/@:%")), known)
    if ("/" in said or not known.is_handle(said)) and (shown := _of(profile(said), known)):
        return shown
    if known.is_id(said):
        return Named(account_id=said)
    if "/" not in said and (found := profile_at(known, f"/{said}")) and found.account_id:
        return Named(account_id=found.account_id)
    words = (TAIL.sub("", said), said) if not said.endswith("?") else ()  # whoever wrote it was not sure
    return next((Named((word,)) for word in words if known.is_handle(word)), None)


def _anything(said: str, known: Platform) -> Named:
    """On a platform whose names have spaces: the text as it is, also as `unread` where it looks like more than one."""
    link = LINK.search(said)
    if "/" in said and (found := _of(profile(link[0] if link else said), known)):
        return found
    name = said.removeprefix("@").strip()
    return Named((name,), unread=name if re.search(r"[()\[\]/;,@]", name) else "")


def _of(found: ProfileUrl | None, known: Platform) -> Named | None:
    if found is None or found.platform != known.id:
        return None
    return Named((found.handle,) if found.handle else (), found.account_id)


def _is_remark(part: str, known: Platform) -> bool:
    """Whether what stands beside an @handle is no handle: nothing, several words, or one behind a dash."""
    said = part.strip()
    return (
        said.casefold() in REMARKS
        or is_placeholder(said)
        or " " in said
        or said[0] in "-–—:"
        or not known.is_handle(said)
    )


def is_remark_word(word: str) -> bool:
    """Whether a word beside a handle is about it: a remark, or a platform's name."""
    return word.casefold() in REMARKS or word.casefold() in NOISE or platform_id(word) is not None


def _distinct(handles: list[str]) -> tuple[str, ...]:
    return tuple({handle.casefold(): handle for handle in reversed(handles)}.values())[::-1]


def _one_handle(text: str, known: Platform, notes: list[str]) -> Named:
    """What the cell says, noted where it is not one account."""
    named, said = named_in(text, known.id), visible_text(text)
    if len(named.handles) > 1:
        notes.append(
            f"handle {quoted(said)} names {len(named.handles)} accounts and was left empty; write one row for each."
        )
        return Named(unread=said)
    if named.unread and named.handles:
        notes.append(f"handle {quoted(said)} was read as {named.handles[0]!r}; move the rest into a row of its own.")
    elif named.unread:
        notes.append(
            f"handle {quoted(said)} cannot be a handle on {known.name} and was left empty; write the handle alone, as"
            " it stands in the profile's address."
        )
    return named


def _account_id(text: str, known: Platform, notes: list[str]) -> tuple[str, str]:
    """(account id, handle) of the id's cell; a handle where "@ann" or a profile's address stands in it."""
    said = visible_text(text)
    if is_placeholder(said):
        return "", ""
    if ROUNDED.fullmatch(said) or re.fullmatch(r"[+-]?\d(?:[.,]\d+)?[eE]\+?\d+", said):
        notes.append(f"account_id {said} was rounded by a spreadsheet and left empty; export the column as text.")
        return "", ""
    if said.startswith("@") or "://" in said:
        found = _single(said, known) or Named()
        if not found.account_id and not found.handles:
            notes.append(f"account_id {quoted(said)} is no id and was left empty.")
        return found.account_id, next(iter(found.handles), "")
    if re.fullmatch(r"\d{1,3}(?:[,'’]\d{3})+|\d+\.0+", said):
        said = re.sub(r"[,'’]|\.0+$", "", said)
    if any(letter.isspace() for letter in said) or MAIL.fullmatch(said) or platform_id(said) == known.id:
        notes.append(f"account_id {quoted(said)} is no id and was left empty.")
        return "", ""
    return said, ""


def _link(text: str) -> str:
    """The address that a handle's cell holds; empty for one without."""
    said = visible_text(text)
    link = LINK.search(said)
    return link[0] if link else said if "/" in said and " " not in said and profile(said) is not None else ""


def _url(written: str, notes: list[str]) -> str:
    if is_placeholder(written):
        return ""
    link = LINK.search(written)
    url = web_address(unwrapped(link[0] if link and " " in written else written))
    if not url:
        notes.append(f"url {quoted(written)} is no web address and was left empty.")
    elif stands_for_nobody(url):
        notes.append(f"url {quoted(url)} is nobody's profile and was left empty.")
        return ""
    return url


def _note_placeholder(name: str, text: str, notes: list[str], *, always: bool) -> None:
    """A note for a word that fills the cell, where it is a spreadsheet's error or could be meant: a handle "none"."""
    said = visible_text(text)
    if said.strip("-–—. ") and is_placeholder(said) and (always or said.startswith("#") or name == "handle"):
        notes.append(f"{name} {said[:QUOTED]!r} is a placeholder and was read as empty.")
