"""A name with an employee id or an address beside it, as clerks write who answers for an account."""

import pytest

from connectors.files.contacts import NamedContact, is_words, named_contact


@pytest.mark.parametrize(
    ("text", "contact", "name"),
    [
        ("Ann Oak (000124)", "000124", "Ann Oak"),
        ("Oak, Ann [E000124]", "E000124", "Oak, Ann"),
        ("Ann Oak - 000124", "000124", "Ann Oak"),
        ("Ann Oak (ID 000124)", "000124", "Ann Oak"),
        ("Ann Oak, Employee ID: 000124", "000124", "Ann Oak"),
        ("000124 - Oak, Ann", "000124", "Oak, Ann"),
        ("000124 (Ann Oak)", "000124", "Ann Oak"),
        ("Ann Oak (ann.oak@maine.gov)", "ann.oak@maine.gov", "Ann Oak"),
        ("Ann Oak <ann.oak@maine.gov>", "ann.oak@maine.gov", "Ann Oak"),
        ("Ann Oak 207-555-1234", "207-555-1234", "Ann Oak"),
    ],
)
def test_a_contact_with_its_name(text: str, contact: str, name: str) -> None:
    assert named_contact(text) == NamedContact(contact, name)


@pytest.mark.parametrize(
    "text",
    ["000124", "E000124", "Employee 000124", "ID: 000124", "001 003", "Ann Oak", "TBD (000124)", "ann.oak@maine.gov",
     "Ann Oak (207) 555-1234", "Ann Oak (000124) Bob Elm", "", "P 001003", "Ann " * 60 + "(000124)"],
)  # fmt: skip
def test_no_name_beside_a_contact(text: str) -> None:
    assert named_contact(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ann Oak", True),
        ("Ann Oak (207) 555-1234", True),
        ("jdoe", False),
        ("Employee 000124", False),
        ("001 003", False),
    ],
)
def test_words_are_no_id(text: str, words: bool) -> None:
    assert is_words(text) is words
