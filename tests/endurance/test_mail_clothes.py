"""A few of the logs that `python -m tests.endurance.mail_clothes` dresses, and one that must not pass."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from tests.endurance.mail_clothes import CLOTHES, EVERY, WEEKS, Clothes, Facts, kind_of, outcome, plain
from tests.mail_formats import FORMATS

BY_NAME = {one.name: one for one in CLOTHES}
SOME = [
    ("exchange summary", "UTF-16", "same"),
    ("exchange summary", "line ends of old Macs", "same"),
    ("exchange summary", "subjects on two lines", "same"),
    ("exchange summary", "times with the day first", "same"),
    ("exchange summary", "times that nobody reads", "told"),
    ("exchange summary", "no times", "told"),
    ("exchange enhanced", "no subjects", "told"),
    ("tracking export", "a workbook with dates", "same"),
    ("exchange tracking", "in two files of which lines are in both", "same"),
    ("mimecast 2.0", "packed", "same"),
    ("mimecast 2.0", "one list", "told"),
    ("postfix", "rotated and packed", "same"),
    ("postfix", "UTF-16 added to UTF-8", "told"),
    ("barracuda", "its newest line first", "told"),
]


@cache
def facts_of(form: str) -> Facts:
    return plain(form)[0]


def test_every_format_has_clothes_of_its_own_name() -> None:
    assert len(BY_NAME) == len(CLOTHES)
    assert all(sum(kind_of(form) in one.suits for one in CLOTHES) > 12 for form in FORMATS.values())


@pytest.mark.parametrize(("form", "clothes", "what"), SOME)
def test_a_log_in_other_clothes_says_the_same_or_that_it_does_not(form: str, clothes: str, what: str) -> None:
    found = outcome(form, BY_NAME[clothes], facts_of(form))
    assert (found.what, found.passed) == (what, True), found


def test_what_is_lost_without_a_word_does_not_pass() -> None:
    half = Clothes("half of it", EVERY, lambda name, text: {name: "".join(text.splitlines(True)[:20]).encode()})
    found = outcome("exchange summary", half, facts_of("exchange summary"))
    assert (found.what, found.passed) == ("silent", False)


@pytest.mark.parametrize("form", FORMATS)
def test_mails_that_never_arrived_name_nobody(form: str) -> None:
    assert plain(form, [replace(mail, arrived=False) for mail in WEEKS[:28]])[0] == {}
