"""Groups of terms, all of which a text must hold: for what counts only beside something else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from connectors.letters import DIGITS


class TermGroups:
    """Groups of terms, folded as the texts are that are searched for them."""

    def __init__(self, groups: Iterable[tuple[str, ...]]) -> None:
        self._beside: dict[str, set[frozenset[str]]] = {}
        for first, *others in groups:
            self._beside.setdefault(first, set()).add(frozenset(others))
        others_of_all = (term for several in self._beside.values() for others in several for term in others)
        self.terms = tuple(sorted({*self._beside, *others_of_all}))
        self._search = AhoCorasick(self.terms)

    def held_in(self, text: str) -> bool:
        """Whether a text holds every term of some group: as it is, or one of them in digits, or with blanks or points
        between its letters."""
        found = self._found_in(text)
        if self._complete(found):
            return True
        return bool(found) and any(self._complete(found | self._found_in(other)) for other in _undisguised(text))

    def _found_in(self, text: str) -> set[str]:
        return set(self._search.find_matches_as_strings(text, overlapping=True))

    def _complete(self, found: set[str]) -> bool:
        return any(others <= found for first in found for others in self._beside.get(first, ()))


@lru_cache(maxsize=8)
def term_groups(groups: tuple[tuple[str, ...], ...]) -> TermGroups:
    """The search for these groups, made once."""
    return TermGroups(groups)


_DIGIT = re.compile(r"[01345@](?<=[a-z].)(?=[a-z])")
_SEVERAL_APART = re.compile(r"[ .][a-z][ .][a-z](?![a-z])")
_APART = re.compile(r"(?<![a-z])[a-z](?:[ .][a-z](?![a-z])){2,}")
"""A digit between letters, and letters with a blank or a point between each two; what tells quickly that there may be
such."""
_LETTERS = tuple(str.maketrans({digit: letters[at] for digit, letters in DIGITS.items()}) for at in (0, -1))


def _undisguised(text: str) -> Iterator[str]:
    """The text with letters for digits, and the text with letters that stand apart put together."""
    if _DIGIT.search(text):
        yield from (_DIGIT.sub(lambda digit: digit[0].translate(table), text) for table in _LETTERS)  # noqa: B023
    if _SEVERAL_APART.search(text):
        yield _APART.sub(lambda apart: re.sub("[ .]", "", apart[0]), text)
