"""For whom a profile's owner speaks: a disclaimer in any phrasing, and the look-alikes that are none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache, partial

from ahocorasick_rs import AhoCorasick

from audit.profiles.agency_names import split
from audit.profiles.text import Folded, Words, fold, in_line, words, words_of
from connectors.reference import table


class Disclaimer(StrEnum):
    """How far a profile goes in saying for whom it speaks, weakest first. From GENERIC on it is a disclaimer."""

    NONE = "none"
    ENDORSEMENT_ONLY = "endorsement_only"
    GENERIC = "generic"
    EMPLOYER = "employer"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class FoundPhrase:
    """A disclaimer in a text: first and last word of the phrase, and its offsets in the comparable text."""

    disclaimer: Disclaimer
    first: int
    last: int


_LANGUAGES = "disclaimer_languages.csv"
_READS = {"generic": Disclaimer.GENERIC, "employer": Disclaimer.EMPLOYER}


@lru_cache(maxsize=1)
def _gate() -> AhoCorasick:
    """Pieces of words of which every disclaimer holds one: most profiles are done after this."""
    english = [row["words"] for row in table("disclaimer_words.csv") if row["name"] == "TRIGGER"]
    foreign = [word for row in table(_LANGUAGES) if row["reads"] in _READS for word in _rarest(row["words"])]
    return AhoCorasick(sorted({*english, *foreign}))


@lru_cache(maxsize=1)
def _patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    compiled: dict[str, list[re.Pattern[str]]] = {}
    for row in table("disclaimers.csv"):
        if row["reads"] not in _READS:
            compiled.setdefault(row["reads"], []).append(_english(row["pattern"]))
    for row in table(_LANGUAGES):
        if row["reads"] == "veto":
            compiled["veto"].append(_phrase(row["words"]))
    return {reads: tuple(patterns) for reads, patterns in compiled.items()}


def _english(pattern: str) -> re.Pattern[str]:
    """A pattern of disclaimers.csv, compiled, with its word classes filled in.

    Words that may come any number of times come a dozen times at most: a biography of nothing else would take time by
    the square of its length.
    """
    bounded = re.sub(r"\)\*(?!\?)", "){0,12}", pattern)
    return re.compile(re.sub(r"\{([A-Z_]+)\}", lambda match: _classes()[match.group(1)], bounded))


@lru_cache(maxsize=1)
def _classes() -> dict[str, str]:
    return {row["name"]: row["words"] for row in table("disclaimer_words.csv")}


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[Disclaimer, tuple[str, ...], re.Pattern[str]], ...]:
    """Every row that reads a disclaimer: which one, pieces of which a text with a match holds one, and the pattern."""
    english = [row for reads in _READS for row in table("disclaimers.csv") if row["reads"] == reads]
    foreign = [row for row in table(_LANGUAGES) if row["reads"] in _READS]
    return (
        *((_READS[row["reads"]], split(row["holds"]), _english(row["pattern"])) for row in english),
        *((_READS[row["reads"]], _rarest(row["words"]), _phrase(row["words"])) for row in foreign),
    )


@lru_cache(maxsize=1)
def _sieve() -> tuple[AhoCorasick, tuple[int, ...], frozenset[int]]:
    """A search for the pieces of `_rows`, the row of each piece by its number, and the rows to try on every text."""
    pieces = [(piece, number) for number, (_, held, _) in enumerate(_rows()) for piece in held]
    always = frozenset(number for number, (_, held, _) in enumerate(_rows()) if not held)
    return AhoCorasick([piece for piece, _ in pieces]), tuple(number for _, number in pieces), always


def _alternatives(phrase: str) -> Iterator[tuple[str, ...]]:
    """The words of a phrase in another language in comparable form, each with its alternatives; () for a gap."""
    for word in phrase.split():
        yield () if word == "…" else tuple(words_of(form).text.strip() for form in word.split("/"))


def _phrase(phrase: str) -> re.Pattern[str]:
    """A phrase of disclaimer_languages.csv, compiled. Scripts written without blanks are found within a word."""
    pattern = ""
    for forms in _alternatives(phrase):
        pattern += f" (?:{'|'.join(map(re.escape, forms))})" if forms else r"(?: [^\s.|]+){0,5}"
    return re.compile(pattern.strip() if _UNSPACED.search(phrase) else rf"(?<![^\s]){pattern.strip()}(?![^\s])")


_UNSPACED = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


def _rarest(phrase: str) -> tuple[str, ...]:
    """The word of a phrase that fewest texts hold: its shortest form is the longest."""
    return max(filter(None, _alternatives(phrase)), key=lambda forms: min(map(len, forms)))


def find_disclaimer(found: Words) -> FoundPhrase | None:
    """The strongest disclaimer of a text in comparable words, or None.

    Words that speak of retweets, follows or links alone give ENDORSEMENT_ONLY. STATE is never given here: whether
    the body named is ours is judged where the organization's marks are known.
    """
    text = found.text.strip()
    if not _gate().find_matches_as_indexes(text):
        return None
    vetoes = cache(partial(_vetoes_in, text))
    matches = [match for match in _matches(text) if not (_vetoed(text, match, vetoes) or _is_only_asked(found, match))]
    best = max(matches, key=lambda item: (item[0] == Disclaimer.EMPLOYER, item[2] - item[1]), default=None)
    if best is None:
        best = _endorsement(text)
    if best is None:
        return None
    disclaimer, start, end = best
    first, last = found.numbers(start + 1, end + 1)
    while first < last and found.ends_at(first):
        first += 1
    while last > first and found.ends_at(last):
        last -= 1
    return FoundPhrase(disclaimer, first, last)


def _matches(text: str) -> Iterator[tuple[Disclaimer, int, int]]:
    search, row_of, always = _sieve()
    held = {row_of[piece] for piece, _, _ in search.find_matches_as_indexes(text, overlapping=True)}
    for number in sorted(held | always):
        disclaimer, _, pattern = _rows()[number]
        for match in pattern.finditer(text):
            yield disclaimer, match.start(), match.end()


_QUESTION_MARK = re.compile(r"[\"'\u2019\u201d)\]]*!*\?")
"""Directly behind a word: a "?" that stands apart is an emoji that an export has lost."""


def _is_only_asked(found: Words, match: tuple[Disclaimer, int, int]) -> bool:
    """Whether the words are a question that nothing after it affirms: "Personal opinions? None." What is asked behind a
    comma ("Views are mine, ok?") is another one."""
    _, start, end = match
    first, own = found.numbers(start + 1, end + 1)
    _, last = found.statement(first, own)
    while found.ends_at(last) and last > 0:
        last -= 1
    if any("," in found.gap(number) or ";" in found.gap(number) for number in range(own, last)):
        return False
    if not _QUESTION_MARK.match(found.original, found.spans[last][1]):
        return False
    answer = next((number for number in range(last + 1, len(found.words)) if not found.ends_at(number)), None)
    return answer is None or not _affirmed().match(in_line(found.words[answer : found.statement(answer)[1] + 1]))


@lru_cache(maxsize=1)
def _affirmed() -> re.Pattern[str]:
    """The beginning of an answer that says yes, in comparable text."""
    return re.compile(rf"(?! (?:{_classes()['NEG']}) )(?: [^\s.|]+){{0,2}}? (?:{_classes()['YES']})(?= )")


Range = tuple[int, int]
"""A half-open range of a statement."""
Vetoes = tuple[bool, Sequence[Range], Sequence[Range]]
"""Of one statement: whether it is vetoed as a whole, and where look-alikes of any and of generic disclaimers stand."""


def _vetoes_in(text: str, begin: int, finish: int) -> Vetoes:
    statement, patterns = text[begin:finish], _patterns()
    if any(pattern.search(statement) for pattern in patterns["veto_statement"]):
        return True, (), ()
    every, generic = (
        sorted({one.span() for pattern in patterns[name] for one in pattern.finditer(statement)})
        for name in ("veto", "veto_generic")
    )
    return False, every, generic


def _vetoed(text: str, match: tuple[Disclaimer, int, int], vetoes: Callable[[int, int], Vetoes]) -> bool:
    """Whether a look-alike overlaps the match within its statement."""
    disclaimer, start, end = match
    begin = text.rfind(" . ", 0, start) + 1
    finish = text.find(" . ", end)
    whole, every, generic = vetoes(begin, finish if finish >= 0 else len(text))
    return whole or any(
        begin + first < end and start < begin + last
        for found in (every, generic if disclaimer is Disclaimer.GENERIC else ())
        for first, last in found
    )


def _endorsement(text: str) -> tuple[Disclaimer, int, int] | None:
    for pattern in _patterns()["endorsement"]:
        match = pattern.search(text)
        if match:
            return Disclaimer.ENDORSEMENT_ONLY, match.start(), match.end()
    return None


_DIGIT_IN_WORD = re.compile(
    r"(?<=[A-Za-z])(?:[01345@!$]{1,2})(?=[A-Za-z])|(?<![\w@.])[0135](?=[A-Za-z]{2})(?!(?:st|rd|th|am|pm)\b)"
)
_LETTERS = str.maketrans("01345@!$", "oieasais")


def _with_letters(text: str) -> Folded:
    """A text with letters for the digits and signs that stand for them: "op1n10ns my 0wn"."""
    letters = fold(text)
    return Folded(text, _DIGIT_IN_WORD.sub(lambda match: match[0].translate(_LETTERS), letters.text), letters.starts)


_SPACED = re.compile(r"\b\w \w \w\b")
_NO_WORDS = words_of("")


def look_for(text: str, state: str = "") -> tuple[Words, FoundPhrase | None]:
    """A text's words and the disclaimer in them, seen through look-alike letters where plain reading finds none."""
    digits = bool(_DIGIT_IN_WORD.search(text))
    bare = text.lower().replace("'", "") if text.isascii() else ""
    if bare and not digits and not _gate().find_matches_as_indexes(bare) and not _SPACED.search(text):
        return _NO_WORDS, None
    found = words_of(text, state=state)
    result = find_disclaimer(found)
    if digits and (result is None or result.disclaimer is Disclaimer.ENDORSEMENT_ONLY):
        lettered = words(_with_letters(text), state=state)
        spelled = find_disclaimer(lettered)
        if spelled is not None and _DIGIT_IN_WORD.search(text[slice(*lettered.span(spelled.first, spelled.last))]):
            return lettered, spelled
    if (result is None or result.disclaimer is Disclaimer.ENDORSEMENT_ONLY) and not text.isascii():
        seen = words_of(text, skeleton=True, state=state)
        disguised = find_disclaimer(seen)
        if disguised is not None:
            return seen, disguised
    return found, result
