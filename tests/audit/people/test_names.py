"""Names of people: a table of what is read in them, and pairs that are one person's, or may be, or are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.people.names import (
    Likeness,
    PersonName,
    display_name,
    families_of,
    handle_name,
    how_alike,
    listed_name,
    name_key,
)
from connectors.reference import table
from tests.case_lines import case_lines

CASES = case_lines(Path(__file__).with_name("name_cases.txt"))


def read(text: str) -> PersonName | None:
    return handle_name(text[1:]) if text.startswith("@") else display_name(text)


def in_words(name: PersonName | None) -> str:
    if name is None:
        return "nobody"
    more = {"called": name.called, "or": name.lasts, "half": name.halves}
    said = "".join(f" {word} {' '.join(values)}" for word, values in more.items() if values)
    return "/".join((name.first, *name.middles, name.last)) + said + f" {name.generation}".rstrip()


@pytest.mark.parametrize("line", CASES)
def test_a_name_is_read(line: str) -> None:
    text, _, expected = line.rpartition(" => ")
    assert in_words(read(text)) == expected


def test_there_are_two_hundred_cases() -> None:
    assert len(CASES) >= 200


@pytest.mark.parametrize(
    ("shown", "listed", "how"),
    [
        ("Ada Roy", ("Ada", "Roy", ""), Likeness.FIRST),
        ("Roy, Ada", ("ADA MARIE", "ROY", ""), Likeness.FIRST),
        ("Bob Roy", ("Robert", "Roy", ""), Likeness.SHORT),
        ("Robert Roy", ("Bob", "Roy", ""), Likeness.SHORT),
        ("Skip Roy", ("Robert", "Roy", "Skip"), Likeness.PREFERRED),
        ("Robert Roy", ("Robert", "Roy", "Skip"), Likeness.FIRST),
        ("Robert “Skip” Roy", ("Aldo", "Roy", "Skip"), Likeness.PREFERRED),
        ("Maryanne Roy", ("Mary Anne", "Roy", ""), Likeness.FIRST),
        ("Mary Anne Roy", ("Maryanne", "Roy", ""), Likeness.FIRST),
        ("José Núñez", ("Jose", "Nunez", ""), Likeness.FIRST),
        ("Ada St. Pierre", ("Ada", "Saint Pierre", ""), Likeness.FIRST),
        ("Maria de la Cruz", ("Maria", "De La Cruz", ""), Likeness.FIRST),
        ("Maria Garcia Lopez", ("Maria Elena", "Garcia Lopez", ""), Likeness.FIRST),
        ("Tim O Neil", ("Timothy", "O'Neil", ""), Likeness.SHORT),
        ("Ada Fox née Roy", ("Ada", "Roy", ""), Likeness.FIRST),
        ("Ada Roy Jr.", ("Ada", "Roy Jr", ""), Likeness.FIRST),
        ("Ada Roy Jr.", ("Ada", "Roy", ""), Likeness.FIRST),
        ("J. Edgar Roy", ("John Edgar", "Roy", ""), Likeness.PART),
        ("Edgar Roy", ("John Edgar", "Roy", ""), Likeness.PART),
        ("Ada Roy-Fox", ("Ada", "Roy", ""), Likeness.PART),
        ("Ada Fox", ("Ada", "Roy-Fox", ""), Likeness.PART),
        ("Maria Lopez", ("Maria", "Garcia Lopez", ""), Likeness.PART),
        ("Ada M. Roy", ("Ada Maria", "Roy", ""), Likeness.FIRST),
        ("Ada M. Roy", ("Ada", "Roy", ""), Likeness.FIRST),
        ("Ada M. Roy", ("Ada B.", "Roy", ""), None),
        ("Ada Roy Jr.", ("Ada", "Roy III", ""), None),
        ("Eva Roy", ("Ada", "Roy", ""), None),
        ("Ada Fox", ("Ada", "Roy", ""), None),
        ("Erin Roy", ("Aaron", "Roy", ""), None),
        ("Ada Roy", ("", "Roy", ""), None),
        ("Ada Roy", ("A", "Roy", ""), None),
        ("Ada Roy", ("Ada", "", ""), None),
    ],
)
def test_how_a_shown_name_is_like_a_listed_one(shown: str, listed: tuple[str, str, str], how: Likeness | None) -> None:
    name = display_name(shown)
    assert name is not None
    assert how_alike(name, listed_name(*listed)) == how


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for name in (display_name(text), handle_name(text)):
        assert name is None or (len(name.first) > 1 and len(name.last) > 1)
    listed_name(text, text, text)


@given(st.text(max_size=30))
def test_whoever_a_name_is_like_is_found_under_one_of_its_keys(family: str) -> None:
    shown = display_name(f"Ada {family}")
    if shown is not None and how_alike(shown, listed_name("Ada", family)):
        assert {*shown.families()} & {*families_of(family)}


def test_short_forms_are_folded_words_and_none_is_its_own() -> None:
    for row in table("nicknames.csv"):
        for form in row["short_forms"].split():
            assert form == name_key(form) != row["name"] == name_key(row["name"])
