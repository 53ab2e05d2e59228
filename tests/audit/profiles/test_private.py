"""What is private in a profile's words: it stands as "…" in whatever is kept."""

import pytest

from audit.profiles.agency_names import given_names, split
from audit.profiles.private import without_private
from connectors.reference import table

CASES = [
    ("Jane Doe 207-555-0100", "Jane Doe …"),
    ("Jane (207) 555 0199 jane.doe@gmail.com", "Jane …"),
    ("jane [at] gmail [dot] com", "…"),
    ("jane at gmail dot com", "…"),
    ("see www.jane.example/x and jane.me", "see … and …"),
    ("Jane, born 4/5/1980", "Jane, …"),
    ("Jane, May 5th 1980", "Jane, …"),
    ("Jane Doe, type 1 diabetic", "Jane Doe, …"),
    ("Jane | Catholics | Démocrats", "Jane | … | …"),
    ("#UnionStrong Jane", "#… Jane"),
    ("AFSCME Local 93 proud", "… proud"),
    ("Engineer at Maine DOT Region 3", "Engineer at Maine DOT Region 3"),
    ("MaineDOT 2019-2021", "MaineDOT 2019-2021"),
    ("Christian Roy", "Christian Roy"),
    ("Jack Church, disability examiner", "Jack Church, disability examiner"),
    ("Route 1 & 95 updates 511", "Route 1 & 95 updates 511"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "kept"), CASES)
def test_what_is_private_is_cut_and_nothing_else(text: str, kept: str) -> None:
    assert without_private(text) == kept
    assert without_private(kept) == kept


def test_the_organizations_own_name_is_spared() -> None:
    text = "Mental Health Services, mental health"
    assert without_private(text, [(0, 22)]) == "Mental Health Services, …"
    assert without_private("maine.dot@gmail.com", [(0, 9)]) == "…"


def test_no_word_of_the_table_is_a_given_name() -> None:
    words = {word for row in table("private_words.csv") for word in split(row["words"])}
    assert words & given_names() == set()
    assert {row["kind"] for row in table("private_words.csv")} == {
        "union", "politics", "religion", "health", "orientation",
    }  # fmt: skip
