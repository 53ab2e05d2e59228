"""What changes in profiles from night to night, and how many of them are written with accents."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np

from making.draws import pick, stream
from making.noise import Vocabulary, biographies

MARKED = str.maketrans("aceinosuyzACEINOSUYZ", "áçéíñóšúýžÁÇÉÍÑÓŠÚÝŽ")
BIO, DISPLAY = 5, 4
"""Columns of noise.HEADINGS."""


def edited_biographies(words: Vocabulary, seed: int, start: int, size: int, night: int, share: float) -> dict[int, str]:
    """The biography of every account of a stretch that was edited before `night`, by its position there.

    A `share` of them is edited before each night but the first; whoever was edited twice has the later text.
    """
    found: dict[int, str] = {}
    for one in range(2, night + 1) if share else ():
        rng = stream(seed, 8, one, start)
        ats = np.flatnonzero(rng.random(size) < share)
        found.update(zip(ats.tolist(), biographies(words, rng, len(ats)), strict=True))
    return found


def lengthened(bio: str, words: Vocabulary, draws: Sequence[float], edit: str) -> str:
    """A biography that still says what it said, and a hobby more: another one for each edit."""
    hobby = pick(words.hobbies, (draws[7] + len(edit) / 97) % 1)
    return f"{bio}\n{hobby[0].upper()}{hobby[1:]}".lstrip()


def accent(rows: list[list[str]], seed: int, start: int, share: float) -> None:
    """Write the display names of a `share` of the accounts of a stretch with accents, and the rest without any."""
    for row, draw in zip(rows, stream(seed, 9, start).random(len(rows)).tolist(), strict=True):
        if draw < share:
            row[DISPLAY] = row[DISPLAY].translate(MARKED)
        else:
            row[DISPLAY], row[BIO] = _plain(row[DISPLAY]), _plain(row[BIO])


def _plain(text: str) -> str:
    """The text with Latin letters for accented ones; other signs stay."""
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(one for one in parts if not unicodedata.combining(one)))
