"""Names of agencies as lists write them: which are several, which one with commas in it, and which nobody can tell."""

import pytest

from connectors.agency_spelling import former_name, names_in, names_within


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Maine Roads, Maine Bridges", ("Maine Roads", "Maine Bridges")),
        ("Maine Roads / Maine Bridges", ("Maine Roads", "Maine Bridges")),
        ("MaineDOT, MDOT", ("MaineDOT", "MDOT")),
        ("Dept. of Roads, Roads Department", ("Dept. of Roads", "Roads Department")),
        ("Bureau of Parks, Bureau of Lands and Forests", ("Bureau of Parks", "Bureau of Lands and Forests")),
        (
            "Maine Care, Maine Health and Human Services",
            ("Maine Care", "Maine Health and Human Services"),
        ),
    ],
)
def test_several_names(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == (names, False)


@pytest.mark.parametrize(
    "text",
    [
        "Agriculture, Conservation and Forestry", "Department of Agriculture, Conservation and Forestry",
        "Agriculture, Conservation & Forestry Department", "Human Affairs, Department of",
        "Labor, Energy & Trade, Department of", "Secretary of State, Office of the", "Roads Bureau, Maine",
        "Roads, Inc.",
        "Maine Parks, Recreation and Lands", "Department of Human Affairs (formerly Health, Human and Other Services)",
        "Department of Roads", "Bureau of Parks-North", "A/B Testing Office",
    ],
)  # fmt: skip
def test_one_name_with_commas_in_it(text: str) -> None:
    assert names_in(text) == ((text,), False)


@pytest.mark.parametrize(
    "text",
    [
        "Department of Health, Office of Aging", "Department of Human Affairs / Bureau of Care",
        "Maine Department of Health and Human Services, Maine CDC", "ROADS, PARKS", "Fish, Wildlife",
        "Maine Health Care, Department of Health and Human Services", "DEPARTMENT OF ROADS – Office of the Director",
        "Department of Agriculture, Conservation and Forestry, Maine DACF",
    ],
)  # fmt: skip
def test_nobody_can_tell(text: str) -> None:
    assert names_in(text) == ((text,), True)


@pytest.mark.parametrize(
    ("written", "names", "former"),
    [
        ("Human Affairs (formerly Human Services)", ["Human Affairs"], "formerly Human Services"),
        ("Human Affairs, f/k/a Care", ["Human Affairs"], "f/k/a Care"),
        ("Human Affairs (aka Care Office)", ["Human Affairs", "Care Office"], ""),
        ("Human Affairs - also known as Care Office", ["Human Affairs", "Care Office"], ""),
        ("State of Maine - Human Affairs", ["Human Affairs"], ""),
        ("Human Affairs", [], ""),
    ],
)
def test_what_a_name_says_beside(written: str, names: list[str], former: str) -> None:
    assert (names_within((written,), "")[0], former_name(written)) == (names, former)
