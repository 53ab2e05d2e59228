"""Whether a text points to our state or to another: by name, demonym, capital or postal code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from audit.reading.catalogue import State, states
from audit.reading.marks import Hit
from audit.reading.text import Words


@lru_cache(maxsize=64)
def other_states(postal: str) -> re.Pattern[str]:
    """The names and people of every state but one, for comparable text."""
    names = [
        name
        for state in states().values()
        if state.postal != postal
        for name in (state.name, *state.people, *(f"{person}s" for person in state.people))
    ]
    return re.compile(rf"(?<= )(?:{'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})(?= )")


_LIKE_WORDS = frozenset({"AL", "CO", "DE", "HI", "ID", "IN", "LA", "MA", "OH", "OK", "OR", "PA", "ME"})
"""Postal codes that are words when shouted: they count behind a place's name only ("Salem OR")."""


def other_state(found: Words, own: State) -> str:
    """The name of another state that a text names ("" where none): in full, as a demonym or as a postal code."""
    match = other_states(own.postal).search(found.text)
    if match:
        return match.group()
    for number, raw in enumerate(found.raw):
        if raw == own.postal or not raw.isupper() or len(raw) != 2:
            continue
        placed = number > 0 and found.raw[number - 1][:1].isupper() and not found.raw[number - 1].isupper()
        ends = number + 1 == len(found.words) or found.words[number + 1] in (".", "|")
        if raw in states() and (raw not in _LIKE_WORDS or (placed and ends)):
            return states()[raw].name
    return ""


def own_state(found: Words, own: State) -> bool:
    """Whether a text names our state: in full, as postal code, as a demonym or by its capital."""
    return any(True for _ in own_words(found, own, capital=True))


def own_words(found: Words, own: State, *, capital: bool) -> Iterator[int]:
    """The numbers of the words that name our state; with `capital`, those that name its capital too."""
    names = {own.word, *own.people, *(f"{person}s" for person in own.people)} | ({own.capital} if capital else set())
    return (number for number, word in enumerate(found.words) if word in names)


@lru_cache(maxsize=8)
def _towns(postal: str) -> re.Pattern[str]:
    names = sorted(states()[postal].towns, key=len, reverse=True)
    return re.compile(rf"(?<= )(?:{'|'.join(map(re.escape, names)) or '$^'})(?= )")


def points_here(found: Words, own: State) -> bool:
    """Whether a text holds an area code of our state, or a town of its in places.csv, written with a capital letter."""
    if any(word in own.area_codes for word in found.words):
        return True
    towns = _towns(own.postal).finditer(found.text)
    return any(found.raw[found.number(town.start())][:1].isupper() for town in towns)


def beside_other_state(hit: Hit, own: State) -> str:
    """The other state whose name or code stands directly beside a bare mark: "Ohio DEP", "DEP of New Jersey"."""
    found = hit.words
    beyond = hit.last + 2 if found.words[hit.last + 1 : hit.last + 2] in (("of",), ("for",), ("state",)) else -1
    for number in (hit.first - 1, hit.last + 1, beyond):
        name = _state_at(found, number, own) if 0 <= number < len(found.words) else ""
        if name:
            return name
    return ""


@lru_cache(maxsize=8)
def _state_words(postal: str) -> dict[str, str]:
    result: dict[str, str] = {}
    for state in states().values():
        if state.postal != postal:
            for form in (state.name.split()[-1], state.name.split()[0], *state.short):
                result.setdefault(form, state.name)
    for vague in ("new", "north", "south", "west", "district", "islands", "of", "puerto", "virgin", "american"):
        result.pop(vague, None)
    return result


def _state_at(found: Words, number: int, own: State) -> str:
    name = _state_words(own.postal).get(found.words[number], "")
    if name:
        return name
    raw = found.raw[number]
    if len(raw) == 2 and raw.isupper() and raw != own.postal and raw in states():
        return states()[raw].name
    return ""
