"""Substrings to search huge exports for: cheap to test, and no profile with a mark is without one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from audit.reading.catalogue import DIGITS, Form, Pattern, State, Tier, split
from audit.reading.patterns import Catalogue
from connectors.reference import table, text


def search_terms(catalogue: Catalogue) -> tuple[str, ...]:
    """Substrings of which every all-ASCII text with a mark holds one; see `audit.reading.marks.Marks.terms`."""
    state = catalogue.state
    found = {state.name, state.capital, *catalogue.handles, *_with_digits(state.word)}
    found |= {domain.lower() for domain in catalogue.organization.domains}
    for phrase, pattern in catalogue.phrases.items():
        if phrase[:-1] not in catalogue.phrases:
            found |= set(_phrase_terms(phrase, pattern, state))
    # The first letters of a name written in one word are rare enough, and many names share them.
    found |= {glued[:8] for glued in catalogue.glued if state.word not in glued}
    kept: list[str] = []
    for term in sorted((term for term in found if len(term) > 2), key=lambda term: (len(term), term)):
        if not any(shorter in term for shorter in kept):
            kept.append(term)
    return tuple(sorted(kept))


def _with_digits(word: str) -> set[str]:
    """A word in every spelling that puts digits for letters they look like: "maine", "ma1ne", "m4in3" …"""
    spellings = {""}
    for letter in word:
        digits = [digit for digit, letters in DIGITS.items() if letter in letters]
        spellings = {spelling + form for spelling in spellings for form in (letter, *digits)}
    return spellings


@lru_cache(maxsize=1)
def _common_words() -> frozenset[str]:
    lines = text("common_words.txt").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@lru_cache(maxsize=1)
def _variants() -> dict[str, tuple[str, ...]]:
    return {row["word"]: (row["word"], *split(row["short"])) for row in table("abbreviations.csv")}


def _phrase_terms(phrase: str, pattern: Pattern, state: State) -> Iterator[str]:
    """Pieces of which a text with this phrase holds one; none for what cannot count without the state's name.

    The state's name itself is a term already: what is left is the state as postal code, and bare names.
    """
    parts = phrase.split()
    if pattern.tier == Tier.STATED:
        if state.word in parts:
            yield from _postal_terms(parts, state)
        elif state.word not in phrase:
            yield phrase
    elif pattern.form is Form.ACRONYM and pattern.tier < Tier.COMMON:
        yield from (phrase.replace(" ", ""), phrase.replace(" and ", "&"), ".".join(phrase.replace(" ", "")))
    elif pattern.form is Form.NAME and pattern.tier < Tier.COMMON and pattern.code:
        yield from _name_terms(parts)
    elif pattern.form is Form.TITLE and pattern.tier == Tier.SHARED and pattern.code:
        yield from _name_terms(parts) if len(parts) > 1 else parts


_SMALL = frozenset({"of", "for", "and", "w", ".", "|"})


def _postal_terms(parts: list[str], state: State) -> Iterator[str]:
    """The postal code with the word beside it, in the ways the two are usually written."""
    at, postal = parts.index(state.word), state.postal.lower()
    if at + 1 < len(parts) and parts[at + 1] not in _SMALL:
        for word in _variants().get(parts[at + 1], (parts[at + 1],)):
            yield from (f"{postal}{between}{word}" for between in (" ", "_"))
            if at == 0 and len(parts) == 2:
                yield f"{postal}{word}"
    elif at and parts[at - 1] not in _SMALL:
        for word in _variants().get(parts[at - 1], (parts[at - 1],)):
            yield from (f"{word}{between}{postal}" for between in (" ", ", "))


def _name_terms(parts: list[str]) -> Iterator[str]:
    """The rarest word, or two neighbouring words that leave no room for a dropped "the", in every spelling."""
    single = [part for part in parts if len(part) > 4 and part not in _variants() and part not in _common_words()]
    if single:
        yield max(single, key=len)
        return
    pairs = [pair for pair in pairwise(parts) if not set(pair) & _SMALL]
    pairs = pairs or [pair for pair in pairwise(parts) if pair[0] == "of"]
    for first, second in sorted(pairs, key=lambda pair: -len("".join(pair)))[:1]:
        for one in _variants().get(first, (first,)):
            for two in _variants().get(second, (second,)):
                yield f"{one} {two}"
                if first == "of":
                    yield f"of the {two}"
