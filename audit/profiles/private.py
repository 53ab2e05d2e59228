"""What is private in a profile's words and never kept: ways to reach a person, birthdays, and the words of a table.

Every text of a profile that is stored or quoted goes through here, but for handles and addresses of profiles, by which
an account is known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from audit.model.finding import CUT
from audit.profiles.agency_names import State, comparable, split
from audit.profiles.text import words_of
from connectors.reference import table

Range = tuple[int, int]
"""A half-open range of a text."""

_NOWHERE = State("", "", (), (), "")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_REACHED = re.compile(
    rf"""
      [\w.%+'-]{{1,64}}\s?(?:@|[(\[]at[)\]])\s?[\w-]{{1,63}}(?:\s?(?:\.|[(\[]dot[)\]])\s?[\w-]{{1,63}})+
    | [\w.%+'-]{{1,64}}\sat\s[\w-]{{1,63}}\sdot\s(?:com|net|org|edu|me|us|io)\b
    | (?:https?://|www\.)\S+
    | \b[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,9}}\.(?:com|net|org|me|io|ly|tv|co|info|bio|page|link|gg|ee)\b(?:/\S*)?
    | (?<![\w#])(?!(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d\b)\+?\(?\d(?:[\s().-]{{0,2}}\d){{6,14}}(?!\w)
    | \b(?:dob|born|b-?day|birthday|b\.)\s{{0,9}}:?\s{{0,9}}(?:on\s|in\s)?[\d/.-]{{2,10}}\b
    | (?<!\d)\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{1,4}}(?!\d)
    | \b(?:{_MONTH}\s+{_DAY}|{_DAY}\s+{_MONTH})(?:,?\s+\d{{4}})?(?!\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Addresses, sites, telephone numbers, and days, as of birth."""

_HUMP = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]")


def without_private(text: str, spared: Collection[Range] = ()) -> str:
    """A text with "…" for what is private in it; `spared` are the ranges of the organization's own names."""
    if not text:
        return text
    found = [one for one in _private(text) if not any(_within(one, own) for own in spared)]
    kept, at = [], 0
    for start, end in _joined(text, sorted(found)):
        kept += [text[at:start], CUT]
        at = end
    return "".join([*kept, text[at:]])


def without_private_tags(text: str) -> str:
    """A text whose addresses bear no plus-tag that says something private ("jane.doe+local12@maine.gov"): they are the
    same mailboxes without it."""
    return _TAG.sub(lambda tag: tag[0] if without_private(tag[1]) == tag[1] else "", text)


_TAG = re.compile(r"\+([^@+\s]+)(?=@)")


def _private(text: str) -> Iterator[Range]:
    yield from (match.span() for match in _REACHED.finditer(text))
    for camel in (False, True) if _HUMP.search(text) or not text.isascii() else (False,):
        found = words_of(text, camel=camel)
        plain = ["#" if word.isdigit() else word for word in found.words]
        for first, word in enumerate(plain):
            if word not in _firsts() and word.removesuffix("s") not in _firsts():
                continue
            for last in range(first, min(first + _longest(), len(plain))):
                phrase = " ".join(plain[first : last + 1])
                if phrase in _phrases() or phrase.removesuffix("s") in _phrases():
                    yield found.span(first, last)


@lru_cache(maxsize=1)
def _phrases() -> frozenset[str]:
    listed = (phrase for row in table("private_words.csv") for phrase in split(row["words"]))
    return frozenset(
        " ".join("#" if part == "#" else comparable(part, _NOWHERE) for part in one.split()) for one in listed
    )


@lru_cache(maxsize=1)
def _firsts() -> frozenset[str]:
    return frozenset(phrase.partition(" ")[0] for phrase in _phrases())


@lru_cache(maxsize=1)
def _longest() -> int:
    return max(len(phrase.split()) for phrase in _phrases())


def _within(one: Range, other: Range) -> bool:
    return other[0] <= one[0] and one[1] <= other[1]


def _joined(text: str, found: Iterable[Range]) -> Iterator[Range]:
    """Ranges with nothing but blanks between them as one."""
    begin = stop = -1
    for start, end in found:
        if begin < 0:
            begin, stop = start, end
        elif not text[stop:start].strip():
            stop = max(stop, end)
        else:
            yield begin, stop
            begin, stop = start, end
    if begin >= 0:
        yield begin, stop
