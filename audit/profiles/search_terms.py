"""Substrings to search huge exports for: cheap to test, and no profile with a mark is without one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise, product

from ahocorasick_rs import AhoCorasick

from audit.profiles.agency_names import Catalogue, MarkTier, NameForm, Pattern, State, programmes, split
from connectors.letters import DIGITS
from connectors.reference import table, text


@dataclass(frozen=True, slots=True)
class Search:
    """What to search for: see `audit.profiles.marks.Marks.terms` and `Marks.together`."""

    terms: tuple[str, ...]
    together: tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]


def search_terms(catalogue: Catalogue) -> Search:
    """Substrings for huge exports: each of `terms` suffices alone, of `together` it takes a spelling of the state and
    all of a group."""
    state = catalogue.state
    found = {*catalogue.handles, *_with_digits(_rarest(state)) - {_rarest(state)}}
    found |= {domain.lower() for domain in catalogue.organization.domains}
    companions: set[tuple[str, ...]] = {("official",), ("government",), ("state agenc",)}
    companions |= {(f"{sign}gov",) for sign in BESIDE}
    for phrase, pattern in catalogue.phrases.items():
        singular = catalogue.phrases.get(phrase[:-1])
        if singular is None or singular.tier > pattern.tier:  # else what finds it finds the plural
            found |= set(_phrase_terms(phrase, pattern, state))
            found |= set(_beside_state(phrase, pattern, catalogue))
            if not _stands_by_itself(phrase, pattern, catalogue):
                companions |= set(_companions(phrase, pattern, state))
    # The first letters of a name written in one word are rare enough, and many names share them.
    found |= {glued[:8] for glued in catalogue.glued if state.word not in glued}
    return Search(_shortest(found), (_shortest(_state_spellings(state)), _fewest(companions)))


def _fewest(groups: set[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """The groups without those one term of which is enough by itself, sorted."""
    single = _shortest({group[0] for group in groups if len(group) == 1})
    matcher = AhoCorasick(single)
    several = (group for group in groups if len(group) > 1)
    kept = (group for group in several if not any(matcher.find_matches_as_indexes(term) for term in group))
    return (*((term,) for term in single), *sorted(kept))


def _shortest(terms: set[str]) -> tuple[str, ...]:
    """The terms without those that hold a shorter one, sorted."""
    long_enough = sorted(term for term in terms if len(term) > 1)
    matcher = AhoCorasick(long_enough)
    return tuple(
        term
        for term in long_enough
        if all(match == term for match in matcher.find_matches_as_strings(term, overlapping=True))
    )


def _rarest(state: State) -> str:
    """The longest word of the state's name: "hampshire" finds "New Hampshire" however the two are joined."""
    return max(state.name.split(), key=len)


def _state_spellings(state: State) -> set[str]:
    word, postal = _rarest(state), state.postal.lower()
    spelled = {state.capital, *state.people, *(form for letters in (word, state.word) for form in _spaced(letters))}
    return {form for form in spelled if form} | {f"{sign}{postal}{end}" for sign in BESIDE for end in BESIDE}


BESIDE = " \n_-.'&@"
"""What stands before or behind a short word or a postal code that is one, in a text as it is searched."""
SHORT = 5
"""Letters below which other words may hold a word, and which are written with blanks or points between."""


def _spaced(letters: str) -> tuple[str, ...]:
    return letters, " ".join(letters), ".".join(letters)


def _stands_by_itself(phrase: str, pattern: Pattern, catalogue: Catalogue) -> bool:
    """Whether an acronym beside the state is found without it: bare where that counts, else in one term with it."""
    state = catalogue.state.word
    if pattern.form is not NameForm.ACRONYM or state not in phrase:
        return False
    bare = catalogue.phrases.get(phrase.replace(state, "").strip())
    return bare.tier < MarkTier.COMMON if bare else len(phrase.replace(state, "").strip()) < 4


def _companions(phrase: str, pattern: Pattern, state: State) -> Iterator[tuple[str, ...]]:
    """Groups of pieces: a text with this phrase, which counts only with the state's name, holds all of one of them.

    Of two words there must be one piece each, where the phrase has two: "nurse" alone stands in many biographies.
    """
    if pattern.tier == MarkTier.TOPIC:
        named = phrase.removeprefix(state.word).strip()
        if any(named in (programme, programme.replace(" ", "")) for programme in programmes()):
            yield (named,)
        return
    if pattern.form is NameForm.TITLE and pattern.tier == MarkTier.COMMON:
        return
    if (
        state.word not in phrase
        and pattern.code
        and pattern.tier < MarkTier.COMMON
        and pattern.form is not NameForm.TITLE
    ):
        return
    parts = [part for part in phrase.split() if part not in ("s", state.word, f"{state.word}s", *_SMALL)]
    best = sorted(dict.fromkeys(parts or phrase.split()), key=_preference)  # an agency may be called "Maine", or "S"
    french = not {"de", "du"}.isdisjoint(phrase.split())
    written = [forms for word in best if (forms := tuple(_forms(word, french=french)))]
    if len(written) == 1:
        yield from ((piece,) for form in written[0] for piece in _findable(form))
    elif written:
        yield from product(chain.from_iterable(map(_apart, written[0])), written[1])


def _forms(word: str, *, french: bool) -> Iterator[str]:
    """The spellings of a word, without a last letter that may be missing."""
    if french and _ELIDED.match(word):
        yield from (word, f"l'{word[1:]}")  # "l'état", of which the words of a text make one
        return
    for form in _variants().get(word, (word,)):
        if len(form) > 1:
            yield form[:-1] if form.endswith("s") and len(form) > 5 else form


def _apart(word: str) -> tuple[str, ...]:
    """A word, and its letters with blanks or points between where it is short."""
    return _spaced(word) if len(word) < SHORT else (word,)


_ELIDED = re.compile(r"l[aeiouhy]...")


def _preference(word: str) -> tuple[bool, bool, bool, bool, int]:
    """Sorts the words of a name: what all agencies are called, then the rare and long."""
    known = word in _variants()
    return word not in _HEADS, len(word) < 5, word != "state" and word in _common_words(), known, -len(word)


_HEADS = ("department", "bureau", "commission")
"""Words in many agencies' names and in few people's lives."""


def _findable(word: str) -> Iterator[str]:
    """A word, or with something before it if it is so short that other words hold it."""
    if len(word) >= SHORT:
        yield word
    elif len(word) > 1:
        spaced, dotted = _spaced(word)[1:]
        yield dotted
        yield from (f"{one}{spaced}{other}" for one in " \n" for other in " \n") if len(word) == 2 else (spaced,)
        if len(word) == 3 and word not in _variants():
            yield from (f"{sign}{word}{end}" for sign in BESIDE for end in BESIDE)
        else:
            yield from (f"{sign}{word}" for sign in BESIDE)


_NEAR = (" ", "  ", "_", "-", " of ", "'s ", " state of ", ".", "&", " & ")
"""What stands between the state and an acronym, in a text as it is searched."""


def _beside_state(phrase: str, pattern: Pattern, catalogue: Catalogue) -> Iterator[str]:
    """An acronym written together with the state's name, "mainedot", with a digit for a letter too."""
    state, parts = catalogue.state, phrase.split()
    if (
        pattern.form is not NameForm.ACRONYM
        or pattern.tier != MarkTier.STATED
        or len(parts) > 2
        or state.word not in phrase
    ):
        return
    acronym, word = "".join(parts).replace(state.word, ""), _rarest(state)
    lonely = len(acronym) < 4 and acronym not in catalogue.phrases
    for letters in _with_digits(acronym) if 1 < len(acronym) < 9 else ():
        near = ("", "_") if letters != acronym else ("", *_NEAR) if lonely else ("",)
        yield from (form for sign in near for form in (f"{word}{sign}{letters}", f"{letters}{sign}{word}"))


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
    if pattern.tier == MarkTier.STATED:
        if state.word in parts:
            yield from _postal_terms(parts, state)
        elif state.word not in phrase:
            yield phrase
    elif pattern.form is NameForm.ACRONYM and pattern.tier < MarkTier.COMMON:
        yield from (phrase.replace(" ", ""), phrase.replace(" and ", "&"), *_spaced(phrase.replace(" ", "")))
    elif pattern.form is NameForm.NAME and pattern.tier < MarkTier.COMMON and pattern.code:
        yield from _name_terms(parts)


_SMALL = frozenset({"of", "for", "and", "w", "de", "du", "do", "del", ".", "|"})


def _postal_terms(parts: list[str], state: State) -> Iterator[str]:
    """The postal code in one word with what follows it: "mecdc". Apart, it is one of the state's spellings."""
    if parts[0] == state.word and len(parts) == 2 and len(parts[1]) > 2:
        yield from (f"{state.postal.lower()}{word}" for word in _variants().get(parts[1], (parts[1],)))


def _name_terms(parts: list[str]) -> Iterator[str]:
    """The rarest word, or two neighbouring words that leave no room for a dropped "the", in every spelling."""
    single = [part for part in parts if len(part) > 4 and part not in _variants() and part not in _common_words()]
    if single:
        yield max(single, key=len)
        return
    pairs = [pair for pair in pairwise(parts) if not set(pair) & _SMALL]
    pairs = pairs or [pair for pair in pairwise(parts) if pair[0] == "of"]
    for first, second in sorted(pairs, key=lambda pair: -len("".join(pair)))[:1]:
        yield from _pair(first, second)


def _pair(first: str, second: str) -> Iterator[str]:
    """Two neighbouring words in every spelling and every way to join them."""
    for one in _variants().get(first, (first,)):
        for two in _variants().get(second, (second,)):
            yield from (f"{one}{sign}{two}" for sign in (" ", "_", "-", ""))
            if first == "of":
                yield f"of the {two}"
