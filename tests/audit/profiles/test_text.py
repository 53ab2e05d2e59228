"""Unicode made comparable, with every offset traceable to the original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.profiles.text import fold, in_line, words, words_of


@pytest.mark.parametrize(
    ("text", "skeleton", "expected"),
    [
        ("Maine", False, "Maine"),
        ("𝗠𝗮𝗶𝗻𝗲", False, "Maine"),
        ("Ｍａｉｎｅ", False, "Maine"),
        ("Ⓜⓐⓘⓝⓔ", False, "Maine"),
        ("🅼🅰🅸🅽🅴", False, "MAINE"),
        ("Mai\u200bne\u00ad", False, "Maine"),
        ("\u202eMaine\u202c", False, "Maine"),
        ("Québec Núñez", False, "Quebec Nunez"),
        ("don’t", False, "don't"),
        ("a ≠ b", False, "a != b"),
        ("Mаіnе", False, "Mаіnе"),
        ("Mаіnе", True, "Maine"),
        ("ΜΑΙΝΕ", True, "MAINE"),
    ],
)
def test_folds(text: str, skeleton: bool, expected: str) -> None:
    assert fold(text, skeleton=skeleton).text == expected


@pytest.mark.parametrize(
    ("text", "piece", "original"),
    [
        ("I am 𝗠𝗮𝗶𝗻𝗲 DOT", "Maine DOT", "𝗠𝗮𝗶𝗻𝗲 DOT"),
        ("x M\u200bai\u200bne y", "Maine", "M\u200bai\u200bne"),
        ("ﬁsh", "fi", "ﬁ"),
        ("cafe\u0301 bar", "cafe", "cafe\u0301"),
    ],
)
def test_a_span_leads_back_to_the_original(text: str, piece: str, original: str) -> None:
    folded = fold(text)
    start = folded.text.index(piece)
    begin, end = folded.span(start, start + len(piece))
    assert text[begin:end] == original


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dept. of Labor, the State & you", "department of labor state and you"),
        ("Clerk | Maine DHHS. Mom", "clerk | maine dhhs . mom"),
        ("Sgt. Mills – MSP", "sgt mills | msp"),
        ("D.H.H.S. nurse", "dhhs nurse"),
        ("ME DHHS; tell me more", "maine dhhs . tell me more"),
        ("MeCDC", "mecdc"),
        ("views ≠ employer's", "views != employers"),
        ("planner w/ MaineDOT", "planner with mainedot"),
        ("M a i n e rocks", "maine rocks"),
        ("#MaineDOT @MEDEP 511maine", "mainedot medep 511 maine"),
        ("love 🦞 lobster", "love | lobster"),
        ("", ""),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert words(fold(text), state="ME=maine").text.strip() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MaineDOTCrew1", "maine dot crew 1"),
        ("MEStatePolice", "maine state police"),
        ("me_dhhs_sam", "maine dhhs sam"),
        ("sam_ME", "sam maine"),
        ("TrooperAnnMSP", "trooper ann msp"),
    ],
)
def test_handles_split_at_capitals(text: str, expected: str) -> None:
    assert words(fold(text), state="ME=maine", camel=True, handle=True).text.strip() == expected


def test_a_state_of_two_words_is_one_word() -> None:
    found = words(fold("@kim of New Hampshire, NH DOT @nhdot"), state="NH=new hampshire")
    assert found.words == ("kim", "of", "newhampshire", "newhampshire", "dot", "nhdot")
    assert found.tagged == frozenset({0, 5})
    assert found.span(2, 2) == (8, 21)


@pytest.mark.parametrize(
    ("number", "statement"),
    [(0, "clerk at dot"), (2, "clerk at dot"), (4, "mom of two"), (8, "ret")],
)
def test_a_statement_is_what_stands_between_two_breaks(number: int, statement: str) -> None:
    found = words(fold("Clerk at the DOT. Mom of two | ret."))
    first, last = found.statement(number)
    assert in_line(found.words[first : last + 1]) == f" {statement} "
    assert found.statement(first, last) == (first, last)
    assert found.ends_at(first - 1)
    assert found.ends_at(last + 1)
    assert not any(found.ends_at(within) for within in range(first, last + 1))


def test_words_lead_to_what_stands_between_them_and_back() -> None:
    found = words(fold("Kim, clerk (MaineDOT)"))
    assert [found.gap(number) for number in (0, 1)] == [", ", " ("]
    assert found.covering(5, 13) == (1, 2)
    assert found.covering(4, 10) == (1, 1)


@given(st.text(), st.booleans(), st.booleans())
def test_every_word_lies_in_the_original_in_order(text: str, skeleton: bool, camel: bool) -> None:
    folded = fold(text, skeleton=skeleton)
    assert folded.starts is None or len(folded.starts) == len(folded.text)
    found = words(folded, state="ME=maine", camel=camel)
    before = 0
    for start, end in found.spans:
        assert before <= start < end <= len(text)
        before = start
    for number, offset in enumerate(found.offsets):
        assert found.number(offset) == number
        assert found.text[offset:].startswith(found.words[number] + " ")


PIECES = ("Maine", "McDonald", "O'Neil", "ME", "the", "MaineDOT", "D.O.T.", "M a i n e", "@", "🌲", "é", "Ма", "_", " ")


@given(st.lists(st.sampled_from(PIECES)).map("".join), st.booleans(), st.booleans(), st.booleans())
def test_words_that_are_remembered_are_those_of_the_text(text: str, skeleton: bool, camel: bool, handle: bool) -> None:
    found = words_of(text, skeleton=skeleton, state="ME=maine", camel=camel, handle=handle)
    assert found == words(fold(text, skeleton=skeleton), state="ME=maine", camel=camel, handle=handle)
