"""Names of people as profiles and directories write them, parsed once, and whether two may be one person's. Pure.

"Sgt. Doe-Roy, Jane Q. (she/her), RN" and the handle "JaneDoe_207" become the same parts: a first name, what stands
between, a last name. A last name alone, or one with a mere initial, is no name here: nobody is found by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from audit.profiles.agency_names import given_names
from connectors.reference import table


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in folded words. `first` is the name somebody goes by, `last` the family name without blanks ("delacruz").

    `called` are short forms it gives in quotation marks or brackets; `lasts` further family names that may be meant as
    a whole ("garcialopez" of Maria Garcia Lopez, a birth name), `halves` the parts of a double one; `generation` is
    "jr", "iii" or "".
    """

    first: str
    last: str
    middles: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    lasts: tuple[str, ...] = ()
    halves: tuple[str, ...] = ()
    generation: str = ""

    def families(self) -> tuple[str, ...]:
        """Every key under which bearers of the name are looked up, the whole family name first."""
        return tuple(dict.fromkeys((self.last, *self.lasts, *self.halves)))


@dataclass(frozen=True, slots=True)
class ListedName:
    """A name as a directory gives it: what the person may go by, and the family name with its halves."""

    first: str
    firsts: frozenset[str]
    preferred: str
    middles: tuple[str, ...]
    last: str
    halves: tuple[str, ...]
    generation: str


class Likeness(StrEnum):
    """How a shown name is like a listed one, the strongest first. PART alone names nobody."""

    FIRST = "first and last name"
    PREFERRED = "preferred and last name"
    SHORT = "first name, in a short form, and the last name"
    PART = "part of the name"


_UNDIVIDED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_CUT = re.compile(r"(?:(?<!\s)\s+)?(?:[|•·●▪►»«~@/\\\n\r\t]|\s[-–—]+\s|[–—]|:(?!\w)|\s&\s|\sand\s)\s*", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“”„«‘']([^\"“”„»’']{2,20})[\"“”»’'](?=\W|$)|[(\[{]([^)\]}]{0,200})[)\]}]")
_CAMEL = re.compile(r"(?:Mc|Mac|O|De|Di|Le|La|Van|Von|St)?[A-Z][a-zà-öø-ÿ]+|[A-Z]+(?![a-z])|[a-zà-öø-ÿ]+")
_ROMAN = {"junior": "jr", "senior": "sr", "2nd": "ii", "3rd": "iii", "4th": "iv"}
LONGEST = 6
"""Words that a name has at most; what is longer is a sentence."""
TWO = 2
"""Words that make a name, a first and a last one; letters that make a word of it, and no initial."""
MOST_GIVEN = 3
"""Words behind the comma of "Doe, Jane Mary Q."."""


def name_key(text: str) -> str:
    """A name folded for comparison: no accents, case, punctuation, repeated spaces ("O’Neil-Róy" is "oneil roy").

    Digests in the ledger are made from it: it never changes.
    """
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(map(_name_letter, decomposed)).split())


def _name_letter(character: str) -> str:
    if character.isalnum():
        return character
    return " " if character.isspace() or unicodedata.category(character) in ("Pd", "Pc") else ""


@lru_cache(maxsize=65_536)
def _folded(word: str) -> tuple[str, ...]:
    """The parts of one written word, folded: "Doe-Róy" is ("doe", "roy"); "Saint" is "st"."""
    parts = name_key(word.casefold().translate(_UNDIVIDED)).split()
    return tuple("st" if part == "saint" else part for part in parts)


@cache
def _words(kind: str) -> frozenset[str]:
    rows = table("name_words.csv")
    return frozenset(word for row in rows if row["kind"] == kind for word in row["words"].split())


@cache
def _short_forms() -> dict[str, frozenset[str]]:
    return {row["name"]: frozenset(row["short_forms"].split()) for row in table("nicknames.csv")}


def _is_given(word: str) -> bool:
    return word in given_names() or word in _short_forms() or word in _everyday()


@cache
def _everyday() -> frozenset[str]:
    return frozenset(form for forms in _short_forms().values() for form in forms)


def display_name(shown: str) -> PersonName | None:
    """The name in a display name; None where it holds no first and last name of a person."""
    plain, called, born = _without_asides(shown)
    for piece in _CUT.split(plain):
        parts = [
            words for part in re.split(r"[,;]", piece) if (words := _bare(part.split(), behind_comma="," in piece))
        ]
        name = _of_parts(parts, called, born) if parts else None
        if name is not None or (parts and _is_given(_one(parts[0][0]))):
            return name
    return None


def handle_name(handle: str) -> PersonName | None:
    """The name in a handle that parts its words by capitals or signs ("JaneDoe207", "jane_doe", "doe.jane"); None for
    any other: an undivided handle is not guessed at."""
    pieces = (piece.strip("0123456789") for piece in re.split(r"[\W_]+", handle))
    words = _bare(word for piece in pieces if not any(map(str.isdigit, piece)) for word in _humps(piece))
    if not 2 <= len(words) <= 4:
        return None
    known = [_one(word) in given_names() for word in words]
    if known[-1] and not known[0] and len(words) == 2:  # "doe_jane"
        words.reverse()
    return _in_order(words)


def _humps(piece: str) -> list[str]:
    return _CAMEL.findall(piece) if piece.isascii() and not (piece.isupper() or piece.islower()) else [piece]


def says_a_first_name(shown: str) -> str:
    """The folded given name that a display name begins with, where it is a known one; else ""."""
    words = _bare(_without_asides(shown)[0].split())
    first = _one(words[0]) if words else ""
    return first if first in given_names() else ""


@lru_cache(maxsize=4_096)
def listed_name(given: str, family: str, preferred: str = "") -> ListedName:
    """The parts of a directory's three fields. A field that is empty gives empty parts."""
    words = _bare(given.split())
    keys = [_one(word) for word in words]
    goes_by = [key for key in keys if len(key) > 1][:1]
    glued = {"".join(keys), *goes_by, *(parts[0] for word in words[:1] if len(parts := _folded(word)) > 1)}
    units, generation = _units([word for part in family.split(",") for word in part.split()])
    by = [_one(word) for word in _bare(preferred.split())]
    return ListedName(
        first=goes_by[0] if goes_by else "",
        firsts=frozenset(one for one in glued if len(one) > 1),
        preferred="".join(by),
        middles=tuple(key for key in keys if key not in goes_by),
        last="".join(units),
        halves=_halves(units),
        generation=generation,
    )


def families_of(family: str) -> tuple[str, ...]:
    """The keys under which a directory's family name is found: the whole, its halves, and without its particles."""
    if family.isascii() and family.isalpha():
        return (family.casefold(),)
    listed = listed_name("", family)
    return tuple(dict.fromkeys(filter(None, (listed.last, *listed.halves))))


def how_alike(shown: PersonName, listed: ListedName) -> Likeness | None:
    """How a shown name is like a listed one; None where it is another's, or too little of it is the same.

    A middle name or a generation that contradicts ("John A. Roy" and John B. Roy) makes it another's; one that a side
    does not give contradicts nothing.
    """
    whole = listed.last in (shown.last, *shown.lasts)
    if not listed.last or not (whole or {listed.last, *listed.halves} & {*shown.families()}):
        return None
    if shown.generation and listed.generation and shown.generation != listed.generation:
        return None
    found = _likeness_of_first(shown, listed)
    between = [one for one in shown.middles if one not in listed.halves and not listed.last.startswith(one)]
    others = listed.middles
    if found is Likeness.PART:
        others = tuple(one for one in (listed.first, *others) if one != shown.first)
    if found is None or (found is not Likeness.PREFERRED and _contradict(between, others)):
        return None
    return found if whole else Likeness.PART


def _likeness_of_first(shown: PersonName, listed: ListedName) -> Likeness | None:
    firsts = {shown.first, "".join((shown.first, *shown.middles[:1])), *shown.called}
    if firsts & listed.firsts:
        return Likeness.FIRST
    if listed.preferred and listed.preferred in firsts:
        return Likeness.PREFERRED
    names = {*listed.firsts, listed.preferred} - {""}
    if any(
        one in _short_forms().get(name, ()) or name in _short_forms().get(one, ()) for one in firsts for name in names
    ):
        return Likeness.SHORT
    goes_by_middle = {one for one in (*shown.middles, shown.first) if len(one) > 1} & {*listed.middles, *listed.firsts}
    return Likeness.PART if goes_by_middle else None


def _contradict(one: Sequence[str], other: Sequence[str]) -> bool:
    if not one or not other:
        return False
    return not any(a.startswith(b) or b.startswith(a) for a in one for b in other)


def _without_asides(shown: str) -> tuple[str, list[str], list[str]]:
    """A display name without what stands in brackets and quotation marks; the short forms and the birth names there."""
    called: list[str] = []
    born: list[str] = []

    def keep(found: re.Match[str]) -> str:
        words = _bare(re.split(r"[\s/|,]+", found[1] or found[2] or ""))
        if len(words) == 1 and not any(_one(words[0]) in _words(kind) for kind in ("pronoun", "title", "credential")):
            called.append(_one(words[0]))
        elif len(words) > 1 and _one(words[0]) in _words("birth name"):
            born.append("".join(map(_one, words[1:])))
        return " "

    plain = "".join(" " if unicodedata.category(letter) == "So" else letter for letter in shown)
    return _QUOTED.sub(keep, _PRONOUNS.sub(" ", unicodedata.normalize("NFKC", plain))), called, born


_PRONOUNS = re.compile(r"\b(?:she|he|they|ze|xe|ella|él|elle|any)\s*[/|]\s*\w+(?:\s*[/|]\s*\w+)*", re.IGNORECASE)


def _bare(words: Iterable[str], *, behind_comma: bool = False) -> list[str]:
    """The words that may be names: without emoji, numbers, titles in front, credentials behind, pronouns."""
    kept = [
        word
        for word in words
        if (_folded(word) and not any(map(str.isdigit, word))) or _one(word) in _words("generation")
    ]
    while kept and _one(kept[0]) in _words("title") and (len(kept) > 1 or behind_comma):
        kept.pop(0)
    if kept and all(_is_credential(word) for word in kept):
        return []
    while len(kept) > 2 and _is_credential(kept[-1]):
        kept.pop()
    return [word for word in kept if _one(word) not in _words("pronoun") or len(kept) > 1]


def _is_credential(word: str) -> bool:
    letters = [letter for letter in word if letter.isalpha()]
    capitals = sum(map(str.isupper, letters)) > 1 or word.count(".") > 1
    return capitals and _one(word) in _words("credential")


def _one(word: str) -> str:
    return "".join(_folded(word))


def _of_parts(parts: list[list[str]], called: Sequence[str], born: Sequence[str]) -> PersonName | None:
    """The name in what commas part: "Doe, Jane" and "Doe, Jane, RN" turn round; "Jane Doe, biologist" does not."""
    first, *others = parts
    generation = [word for other in others for word in other if _one(word) in _words("generation") and len(other) == 1]
    others = [other for other in others if not (len(other) == 1 and _one(other[0]) in _words("generation"))]
    if others and _is_family(first, others[0]):
        return _in_order([*others[0], *first, *generation], called, born, begin=len(others[0]))
    return _in_order([*first, *generation], called, born)


def _is_family(first: Sequence[str], behind: Sequence[str]) -> bool:
    """Whether what stands before a comma is a family name: one word with its particles, or two where the given names
    say so."""
    plain = [word for word in first if _one(word) not in _words("particle")]
    if len(plain) == 1:
        return len(behind) <= MOST_GIVEN and _one(first[-1]) not in _words("particle")
    return len(first) == TWO and _one(behind[0]) in given_names() and _one(first[0]) not in given_names()


def _in_order(
    words: Sequence[str], called: Sequence[str] = (), born: Sequence[str] = (), *, begin: int = 0
) -> PersonName | None:
    """The name of words in the order first, middle, last. `begin` is where the family name begins, where a comma has
    told it."""
    end = next((at for at, word in enumerate(words) if at and _one(word) in _words("birth name")), len(words))
    words, before = list(words[:end]), [_one(word) for word in words[end + 1 :]]
    generation = next((_one(word) for word in words[TWO:] if _one(word) in _words("generation")), "")
    words = [word for at, word in enumerate(words) if at < TWO or _one(word) not in _words("generation")]
    start = next((at for at, word in enumerate(words) if len(_one(word)) > 1), len(words))
    if not start + TWO <= len(words) <= LONGEST or any(_one(word) in _words("no name") for word in words):
        return None
    told, begin = bool(begin), begin or _family_begins(words, start)
    if begin <= start:
        return None
    units, _ = _units(words[begin:])
    last = "".join(units)
    if len(last) < TWO:
        return None
    middles = [_one(word) for word in words[start + 1 : begin]]
    wider = middles[-1:] if not told and (len("".join(middles[-1:])) > 1 or middles[-1:] == ["o"]) else []
    halves = [*_halves(units), *(one for one in wider if len(one) > 1)]
    halves += [word for word in called if not _is_given(word)]  # "Jane Smith (Doe)"
    return PersonName(
        first=_one(words[start]),
        last=last,
        middles=(*map(_one, words[:start]), *middles),
        called=tuple(called),
        lasts=(*(one + last for one in wider), *before, *born),
        halves=tuple(dict.fromkeys(halves)),
        generation=_ROMAN.get(generation, generation),
    )


def _family_begins(words: Sequence[str], start: int) -> int:
    begin = len(words) - 1
    while begin - 1 > start and _one(words[begin - 1]) in _words("particle"):
        begin -= 1
    return begin


def _units(words: Sequence[str]) -> tuple[list[str], str]:
    """The parts of a family name, each with its particles ("de la Cruz-Roy" is delacruz, roy), and its generation."""
    units: list[str] = []
    particles, generation = "", ""
    for at, word in enumerate(words):
        if at and _one(word) in _words("generation"):
            generation = _ROMAN.get(_one(word), _one(word))
            continue
        for part in _folded(word):
            if part in _words("particle"):
                particles += part
            else:
                units.append(particles + part)
                particles = ""
    return ([*units, particles] if particles else units), generation


def _halves(units: Sequence[str]) -> tuple[str, ...]:
    return tuple(unit for unit in units if len(unit) > TWO) if len(units) > 1 else ()
