"""Everybody else kept out of a text that is for one person: names, addresses and ids of others. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from audit.people.addresses import MailSystem, state_mailbox
from audit.people.names import name_key

NAME, ADDRESS, ID = "[another person]", "[another address]", "[another id]"
"""What stands in the place of what was taken out."""
LONGEST_NAME = 7
"""Words of a name that are looked for."""
_ADDRESS = re.compile(r"[^\s@<>()\[\]{},;:\"“”‘’|/\\=]{1,320}@[^\s@<>()\[\]{},;:\"“”‘’|/\\=]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_BETWEEN = re.compile(r"[\W\d_]{0,3}")
_ID = re.compile(r"(?<![\w.-])\d{5,}(?![\w-])|(?<![\w.-])(?=\w*\d)\w{5,}(?![\w-])")
Words = tuple[str, ...]


@dataclass(frozen=True)
class Others:
    """Who else there is, for one person's papers. `names` are folded words of names, `ids` employee ids.

    `mine` and `addresses` are the person's own names and state mailboxes, `kept` texts that stand as they are (whom one
    may write to). `complete` is False where not everybody's names could be had: what others have written freely is then
    not shown at all.
    """

    system: MailSystem
    names: frozenset[Words]
    ids: frozenset[str]
    mine: frozenset[Words]
    addresses: frozenset[str]
    kept: tuple[str, ...] = ()
    complete: bool = True
    begins: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Note with which words a name may begin."""
        object.__setattr__(self, "begins", frozenset(name[0] for name in self.names if name))

    def without(self, text: str) -> str:
        """The text without anybody else's name, address or employee id."""
        for place, kept in enumerate(filter(None, self.kept)):
            text = text.replace(kept, f"\ue000{chr(0xE100 + place)}\ue000")
        text = _ADDRESS.sub(lambda found: found[0] if self._is_mine(found[0]) else ADDRESS, text)
        text = _ID.sub(lambda found: ID if found[0] in self.ids else found[0], text)
        text = self._without_names(text)
        for place, kept in enumerate(filter(None, self.kept)):
            text = text.replace(f"\ue000{chr(0xE100 + place)}\ue000", kept)
        return text

    def _is_mine(self, written: str) -> bool:
        mailbox = state_mailbox(written.strip(".!?'*_-"), self.system)
        return bool(mailbox) and mailbox in self.addresses

    def _without_names(self, text: str) -> str:
        words = [(found.start(), found.end(), name_key(found[0])) for found in _WORD.finditer(text)]
        spans: list[tuple[int, int]] = []
        place = 0
        while place < len(words):
            end = self._name_at(text, words, place) if words[place][2] in self.begins else place
            if end > place:
                spans.append((words[place][0], words[end - 1][1]))
                place = end
            else:
                place += 1
        for start, stop in reversed(spans):
            text = text[:start] + NAME + text[stop:]
        return text

    def _name_at(self, text: str, words: list[tuple[int, int, str]], place: int) -> int:
        """Behind the last word of the longest name that begins at a word; the place itself where none does. Initials
        may stand between the words of a name."""
        found, name, end = place, [words[place][2]], place + 1
        if self._is_another(tuple(name)):
            found = end
        while end < len(words) and len(name) < LONGEST_NAME:
            if not _BETWEEN.fullmatch(text, words[end - 1][1], words[end][0]):
                break
            if len(words[end][2]) > 1 or not name:
                name.append(words[end][2])
                if self._is_another(tuple(name)):
                    found = end + 1
            end += 1
        return found

    def _is_another(self, name: Words) -> bool:
        return name in self.names and name not in self.mine


def names_of(written: Iterable[str]) -> frozenset[Words]:
    """The words of names as they may stand in a text, in both orders of two parts; single words are no name."""
    found: set[Words] = set()
    for text in written:
        words = tuple(name_key(text).split())
        if len(words) > 1:
            found |= {words, (words[-1], *words[:-1]), (words[0], words[-1])}
    return frozenset(found)


def written_names(given: str, family: str, preferred: str) -> Collection[str]:
    """The ways in which a name that HR gives in parts is written."""
    return [f"{first} {family}" for first in (given, preferred) if first and family] + [f"{family} {given}"]
