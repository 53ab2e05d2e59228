"""Which agency a record means, by its code, its name, another name or its acronym: where that has one meaning. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from audit.model.organization import Organization
from audit.profiles.agency_names import State, comparable, head_first, names_a_place, states
from connectors.agency_spelling import LONGEST_NAME, names_within

BESIDE = re.compile(r"(?<!\s)\s+[-–—:]\s+|(?:(?<!\s)\s+)?[()\[\]]\s*|(?<=^\d\d)\s+|(?<=^\d{3})\s+|(?<=^\d{4})\s+")
"""What stands between a name and its code or acronym: "017 - Parks", "Parks (017)", "017 Parks"."""
MOST_PIECES = 201
"""Pieces of a cell, with what stands between them, that are held against the agencies: a hundred agencies."""


@dataclass(frozen=True, slots=True)
class AgencyCodes:
    """The organization's agency codes, and what else each goes by, folded; what two agencies go by is not in it."""

    codes: frozenset[str]
    by_name: dict[str, str]
    prefixes: tuple[str, ...]
    state: State
    by_words: dict[str, str]
    """By name with short forms written out and the main word first, where that is one agency's."""

    def code_of(self, code: str, name: str = "") -> str:
        """The code that is meant: `code` itself where it is known, else by what it says, else by `name`.

        Empty where neither says one agency, or where they say two.
        """
        if code in self.codes:
            return code
        meant = {found for text in (code, name) if text and (found := self._meant(text))}
        return meant.pop() if len(meant) == 1 else ""

    def codes_of(self, text: str) -> tuple[str, ...]:
        """The agencies that a cell of the registry names, in its order: each by its code, or as it is written where
        nobody knows it. Commas and "and" part names only where every part is an agency and the whole is none."""
        found: list[str] = []
        for part in filter(None, map(str.strip, re.split(r"[|;\n]", text))):
            code = self.code_of(part)
            found += [code] if code else self._parted(part) or [part]
        return tuple(dict.fromkeys(found))

    def _parted(self, text: str) -> list[str]:
        """The agencies of "Parks Office, Roads Office and Office of Fish and Game"; none where a piece is no agency."""
        pieces = re.split(
            r"((?:(?<!\s)\s+)?,\s*(?:and\s+)?|(?<!\s)\s+and\s+|(?:(?<!\s)\s+)?&\s*)", text, flags=re.IGNORECASE
        )
        if len(pieces) > MOST_PIECES:
            return []
        best: dict[int, list[str]] = {0: []}
        for end in range(1, len(pieces) + 1, 2):
            for start in range(0, end, 2):
                code = self.code_of("".join(pieces[start:end]).strip()) if start in best else ""
                if code:
                    best[end + 1] = [*best[start], code]
                    break
        return best.get(len(pieces) + 1, [])

    def _meant(self, text: str) -> str:
        """The agency of a text: as it stands, else as directories write names: turned round, with code or acronym
        beside. What all parts of it say together counts, and nothing where two of them contradict each other."""
        if known := self._known(text):
            return known
        if len(text) > LONGEST_NAME:
            return ""
        parts = {self._known(part) for part in filter(None, BESIDE.split(text))}
        if len(parts) > 1 or "" in parts:
            names, shorts = names_within((text,), "")
            parts = {found for one in (*names, *shorts) if (found := self._known(one))}
        return parts.pop() if len(parts) == 1 else ""

    def _known(self, text: str) -> str:
        folded = _folded(text)
        bare = next((folded.removeprefix(prefix) for prefix in self.prefixes if folded.startswith(prefix)), folded)
        found = self.by_name.get(folded) or self.by_name.get(bare, "")
        return found or self.by_words.get(_in_words(text, self.state), "")


def agency_codes(organization: Organization) -> AgencyCodes:
    """Everything the organization's agencies go by."""
    state = states()[organization.state]
    named = _folded(state.name)
    prefixes = (f"{_folded(organization.name)} ", f"state of {named} ", f"{named} ")
    misleading = {(code, text) for code, text, _ in misleading_names(organization)}
    own, own_words, found, words = (dict[str, set[str]]() for _ in range(4))
    for agency in organization.agencies:
        code = agency.agency_code
        aliases = [text for text in agency.aliases if (code, text) not in misleading]
        acronyms = [text for text in agency.acronyms if (code, text) not in misleading]
        for known, texts in ((own, [agency.name]), (found, [code, *aliases, *acronyms])):
            for text in _names(*texts, prefixes=prefixes):
                known.setdefault(text, set()).add(code)
        for known, texts in ((own_words, [agency.name]), (words, aliases)):
            for text in texts:
                known.setdefault(_in_words(text, state), set()).add(code)
    return AgencyCodes(
        frozenset(agency.agency_code for agency in organization.agencies),
        _of_one({**found, **own}),  # an agency's own name is no other's alias
        prefixes,
        state,
        _of_one({**words, **own_words}),
    )


def _of_one(named: Mapping[str, set[str]]) -> dict[str, str]:
    """What one agency alone goes by, with its code."""
    return {text: next(iter(codes)) for text, codes in named.items() if text and len(codes) == 1}


def misleading_names(organization: Organization) -> Iterator[tuple[str, str, str]]:
    """(code, name, why) of each further name or acronym that is not looked for: the State's, a place's, or the own name
    of another agency."""
    state = states()[organization.state]
    own: dict[str, str] = {}
    for agency in organization.agencies:
        own.setdefault(_in_words(agency.name, state), agency.agency_code)
    for agency in organization.agencies:
        for text in (*agency.aliases, *agency.acronyms):
            owner = own.get(_in_words(text, state), agency.agency_code)
            if names_a_place(text, state):
                yield (
                    agency.agency_code,
                    text,
                    "the State's own name, or a place's: everybody there would be the agency's",
                )
            elif owner != agency.agency_code:
                yield agency.agency_code, text, f"the name of the agency {owner}, and counts for that one"


def shared_codes(organization: Organization) -> dict[str, tuple[str, ...]]:
    """Each code that the agencies' table gives to several names, with them: whose people are whose cannot be told."""
    named: dict[str, dict[str, str]] = {}
    for agency in organization.agencies:
        named.setdefault(agency.agency_code, {}).setdefault(_folded(agency.name), agency.name)
    return {code: tuple(names.values()) for code, names in named.items() if len(names) > 1}


def _names(*texts: str, prefixes: tuple[str, ...]) -> Iterator[str]:
    """Each text folded, and without the State's name in front: in its own directory that says nothing."""
    for text in texts:
        folded = _folded(text)
        yield folded
        for prefix in prefixes:
            if folded.startswith(prefix):
                yield folded.removeprefix(prefix)


def _in_words(text: str, state: State) -> str:
    """A name with its short forms written out, its main word first, and without the State's name around it."""
    phrase = comparable(text, state)
    bare = phrase.removeprefix("state of ").removeprefix(f"{state.word} ")
    bare = bare.removesuffix(f" {state.word}").removesuffix(" of")
    return head_first(bare if " " in bare else phrase)


def _folded(text: str) -> str:
    """A name or code for comparison: no case, accents or punctuation; "&" is "and"; a number without leading zeros."""
    plain = unicodedata.normalize("NFKD", text).casefold().replace("&", " and ")
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = " ".join(re.sub(r"[^\w.]|_", " ", plain).split()).strip(".")
    return (
        re.sub(r"^0+(?=\d)", "", words.removesuffix(".0")) if re.fullmatch(r"[\d.]+", words) else words.replace(".", "")
    )
