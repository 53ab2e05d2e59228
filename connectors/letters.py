"""What characters look like: one way to make text comparable, for the search of large exports and for what reads them.

Accents, width and style fall away, and letters of other scripts that look like ASCII letters become them (UTS #39).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import unescape

import idna

from connectors.reference import table

_QUOTES = dict.fromkeys("‘’ʼ`´′＇", "'") | dict.fromkeys("“”„«»″", '"') | dict.fromkeys("‐‑‒–—−", "-")
_SIGNS = {"≠": "!=", "≢": "!=", "⇎": "!=", "…": ".", "⁄": "/", "＠": "@", "－": "-"}
_NEGATIVE_CIRCLED, _NEGATIVE_SQUARED = range(0x1F150, 0x1F16A), range(0x1F170, 0x1F18A)
_SMALL_CAPITAL = "LATIN LETTER SMALL CAPITAL "
_SILENT = frozenset({"Mn", "Me", "Cf", "Cs", "Cc"})
_BEYOND = re.compile("[^\x00-\x7f]+")

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
"""A character as HTML writes it. Without its semicolon, it may be somebody's text ("R&lt")."""
DIGITS = {"0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "@": "a"}
"""Signs that are written for the letters they look like, and these letters."""
BLANKS = '!"#$%()*+,/:;<=>?[\\]^`{|}~\t\r\v\f'
"""Signs beside which a word ends, and which are no part of an address, a handle or a name: in a search, blanks."""
_AS_BLANKS = str.maketrans(dict.fromkeys(BLANKS, " "))


@lru_cache(maxsize=8192)
def letter(character: str, skeleton: bool) -> str:
    """One character without accents, width, style or invisible parts; its case is kept.

    With `skeleton`, a letter of another script is the ASCII letter that it looks like.
    """
    if character in "\t\n\r":
        return character
    plain = _plain(character)
    if not skeleton or plain.isascii():
        return plain
    seen_as = _confusables()
    look = "".join(seen_as.get(part, part) for part in plain)
    return look.upper() if look != plain and character.isupper() else look


def unescaped(text: str) -> str:
    """A text in which characters may stand as HTML writes them ("R&amp;D", "don&#39;t"), as it was typed."""
    return _ENTITY.sub(lambda found: unescape(found[0]), text) if "&" in text else text


def seen(text: str) -> str:
    """A text in small letters as a reader sees it, without offsets, and without what nobody reads as a letter: emoji,
    bullets and hidden characters beyond ASCII.

    Two texts that any comparison of addresses, handles or names takes for the same ASCII text are the same here.
    """
    return text.lower() if text.isascii() else _BEYOND.sub(_look_of, text).lower()


def searched(text: str) -> str:
    """A text as it is searched: as it is `seen`, and with blanks for signs beside which a word ends."""
    return seen(text).translate(_AS_BLANKS)


def _look_of(run: re.Match[str]) -> str:
    return "".join(map(_look, run[0]))


@lru_cache(maxsize=8192)
def _look(character: str) -> str:
    plain = _plain(character)
    if not plain.isascii():
        in_domains = _as_in_domains(character)
        plain = letter(character, True) if in_domains is None else in_domains
    folded = plain.casefold()
    return "".join(one for one in folded if one.isascii() or unicodedata.category(one)[0] in "LN")


def _as_in_domains(character: str) -> str | None:
    """The ASCII text that mail domains take a character for ("." for 。, nothing for what cannot be seen), if any."""
    try:
        mapped = idna.uts46_remap(character, std3_rules=False)
    except idna.IDNAError:
        return None
    return mapped if mapped.isascii() else None


@lru_cache(maxsize=1)
def _confusables() -> dict[str, str]:
    pairs = ((row["ascii"], row["code_points"].split()) for row in table("confusables.csv"))
    return {chr(int(point, 16)): ascii_form for ascii_form, points in pairs for point in points}


def _plain(character: str) -> str:
    if character in _QUOTES:
        return _QUOTES[character]
    if character in _SIGNS:
        return _SIGNS[character]
    point = ord(character)
    if point in _NEGATIVE_CIRCLED:
        return chr(65 + point - _NEGATIVE_CIRCLED.start)
    if point in _NEGATIVE_SQUARED:
        return chr(65 + point - _NEGATIVE_SQUARED.start)
    if unicodedata.name(character, "").startswith(_SMALL_CAPITAL):
        return unicodedata.name(character).removeprefix(_SMALL_CAPITAL)[:1]
    kept = (part for part in unicodedata.normalize("NFKD", character) if unicodedata.category(part) not in _SILENT)
    return "".join(kept)
