"""Biographies made to hurt: reading takes time in proportion to their length, whatever stands in them."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from audit.profiles.example_state import default_organization
from audit.profiles.marks import compile_marks
from audit.profiles.private import without_private
from audit.profiles.read import read_both
from audit.profiles.text import _words_of

PIECES = (
    *("@mainedot ", "Ma1neDOT ", "𝐌𝐚𝐢𝐧𝐞 𝐃𝐎𝐓 ", "opinions are my own ", "x@", " "),
    *("not mainedot views ", "a.", "a'", "a-", "%", "e\u0301", "\u0301", "\u202eab", "v i e w s ", "\ufdfa", "1 "),
    *("maine.gov/", "DHHS, ", "dob" + " " * 50),
)
SIZE, MORE = 900, 4
SLOWER = 9
"""Times as long that a text of four times the length may take: sixteen times would be quadratic."""
UNMEASURED = 0.05
"""CPU seconds below which no ratio is measured."""


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    seconds("Maine DOT opinions are my own not ", 100)


def seconds(piece: str, size: int) -> float:
    text = f"Maine DOT {(piece * size)[:size]} Maine DOT maine.gov"
    _words_of.cache_clear()
    begun = time.process_time()
    read_both("mainedot", "Jane Doe", text, "", default_organization())
    without_private(text)
    return time.process_time() - begun


def least(piece: str, size: int, repeats: int) -> float:
    """The least of several measures: other work on the machine makes some of them longer, and none shorter."""
    return min(seconds(piece, size) for _ in range(repeats))


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_reading_is_linear_in_the_length_of_a_biography(piece: str) -> None:
    for repeats in (1, 5):
        longer, shorter = least(piece, SIZE * MORE, repeats), least(piece, SIZE, repeats)
        if longer < UNMEASURED or longer < SLOWER * shorter:
            return
    pytest.fail(f"{longer:.2f} s for a text of four times the length of one that takes {shorter:.2f} s")


@pytest.mark.parametrize("name", ["Maine", "s", "of the", "State of Maine", "Maine of the", "..."])
def test_an_agency_may_be_called_by_small_words_alone(name: str) -> None:
    state = default_organization()
    agency = replace(state.agencies[0], agency_code="X", name=name, aliases=(), handles=())
    assert compile_marks(replace(state, agencies=(agency,))).organization.agencies == (agency,)
