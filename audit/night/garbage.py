"""How often Python looks for garbage that refers to itself, while a night runs."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

NEW_OBJECTS = 50_000
"""New objects after which it looks again; Python 3.11's own number is 700."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Within the block, look for such garbage rarely: a night makes millions of small objects of which next to none
    refers to itself, and looking through them took up to a tenth of its time (two million accounts). What nobody refers
    to is given up at once, as ever."""
    before, *older = gc.get_threshold()
    if not before:  # somebody has switched it off
        yield
        return
    gc.set_threshold(max(before, NEW_OBJECTS), *older)
    try:
        yield
    finally:
        gc.set_threshold(before, *older)
