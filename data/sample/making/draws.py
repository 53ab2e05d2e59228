"""Seeded draws, and the small tables they draw from.

Every draw goes back to `Generator.random`, whose bits numpy keeps the same from release to release; its `choice` and
`integers` are free to change, and a state made next year shall have the bytes of this year's.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

HERE = Path(__file__).resolve().parents[1]
Item = TypeVar("Item")
Ints = np.ndarray[Any, np.dtype[np.int64]]


def table(name: str) -> list[dict[str, str]]:
    """The rows of one CSV file beside make_state.py, such as "texts/noise.csv"; every value is text."""
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def stream(seed: int, *path: int) -> np.random.Generator:
    """A generator of its own for each purpose, so that a change in one place leaves the others as they were."""
    return np.random.default_rng([seed, *path])


def below(rng: np.random.Generator, limit: int, size: int) -> Ints:
    """`size` whole numbers from 0 to `limit` - 1, all equally likely."""
    return (rng.random(size) * limit).astype(np.int64)


def weighted(rng: np.random.Generator, weights: Sequence[float], size: int) -> Ints:
    """`size` positions in `weights`, each as likely as its weight."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    found = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    drawn: Ints = np.minimum(found, len(edges) - 1).astype(np.int64)
    return drawn


def shuffled(rng: np.random.Generator, size: int) -> Ints:
    """The numbers 0 to `size` - 1 in random order."""
    return np.argsort(rng.random(size), kind="stable").astype(np.int64)


def pick(items: Sequence[Item], draw: float) -> Item:
    """The item that a uniform draw from [0, 1) falls on."""
    return items[int(draw * len(items))]


def shares(weights: Sequence[float], total: int) -> list[int]:
    """Split `total` into whole parts: one for each weight, the rest by weight (largest remainders first).

    Raises ValueError where `total` is smaller than the number of weights.
    """
    rest = total - len(weights)
    if rest < 0:
        raise ValueError(f"{total} is too few: {len(weights)} kinds have to appear once at least")
    exact = [rest * weight / sum(weights) for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(weights)), key=lambda at: (parts[at] - exact[at], at))
    for at in by_remainder[: rest - sum(parts)]:
        parts[at] += 1
    return [part + 1 for part in parts]


def objects(items: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.object_]]:
    """The items as an array that can be indexed by arrays."""
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


UNDIVIDED = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "đ": "d", "ß": "ss"})


@cache
def mail_word(name: str) -> str:
    """A name as the State's mail system spells it: lower-case ASCII letters and hyphens only."""
    plain = unicodedata.normalize("NFKD", name.translate(UNDIVIDED)).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain.lower() if letter.isalpha() or letter == "-")
