"""In which language is a text? A guess from its letters and small words, for figures by language."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache

from audit.profiles.agency_names import split
from audit.profiles.text import words_of
from connectors.reference import table


def language_of(text: str) -> str:
    """The ISO 639 code of a text's language; "en" where its letters and words do not say otherwise, "" for no text."""
    found = words_of(text)
    if not found.words:
        return ""
    letters, words = _told_by()
    names = Counter(unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha())
    others = [(count, letters[name]) for name, count in names.items() if name in letters]
    if others and sum(count for count, _ in others) > names["LATIN"] // 2:
        return max(others)[1]
    scores = Counter(language for word in found.words for language in words.get(word, ()))
    best = max(scores, key=lambda language: (scores[language], language == "en"), default="en")
    return best if scores[best] > max(1, scores["en"]) or not scores["en"] else "en"


@lru_cache(maxsize=1)
def _told_by() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Languages by the first word of their letters' names, and by words in comparable form: their small ones, and the
    long ones by which a profile speaks of work and opinions."""
    letters: dict[str, str] = {}
    words: dict[str, tuple[str, ...]] = {}
    for row in table("languages.csv"):
        letters |= dict.fromkeys(split(row["letters"]), row["language"])
    rows = [row for name in _TABLES for row in table(name)]
    for language, words_told in [(row["language"], row["words"]) for row in rows]:
        for word in set(words_of(words_told.replace("/", " ")).words):
            if language not in words.get(word, ()):
                words[word] = (*words.get(word, ()), language)
    return letters, words


_TABLES = ("languages.csv", "work_languages.csv", "disclaimer_languages.csv", "context_languages.csv")
