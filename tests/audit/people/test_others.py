"""What is taken out of a text that is for one person, and what stays."""

import pytest

from audit.people.addresses import MailSystem
from audit.people.others import ADDRESS, ID, NAME, Others, names_of, written_names

SYSTEM = MailSystem("maine.gov", frozenset({"maine.gov", "state.me.us"}), frozenset({"maine.gov", "state.me.us"}))
OTHERS = Others(
    system=SYSTEM,
    names=names_of(
        ["Ada Roy", "Mary-Ann O’Neil", "José Núñez", "Lee Van Dyke", *written_names("Robert", "Fern", "Bob")]
    ),
    ids=frozenset({"00012345", "E90210"}),
    mine=names_of(["Tove Saltmarsh", "Ada Roy"]),
    addresses=frozenset({"tove.saltmarsh@maine.gov"}),
    kept=("HR desk, robert.fern@maine.gov", "@tove@social.example"),
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Robert Fern wrote it", f"{NAME} wrote it"),
        ("bob fern, robert FERN and Fern, Robert", f"{NAME}, {NAME} and {NAME}"),
        ("Robert Q. Fern", NAME),
        ("robert_fern and robert.fern", f"{NAME} and {NAME}"),
        ("Mary Ann O'Neil (Mary-Ann ONeil)", f"{NAME} ({NAME})"),
        ("JOSE NUNEZ", NAME),
        ("Lee van Dyke", NAME),
        ("Tove Saltmarsh, and a namesake of hers", "Tove Saltmarsh, and a namesake of hers"),
        ("Ada Roy", "Ada Roy"),
        ("a fern, and Robert", "a fern, and Robert"),
        ("Robert said. Much later a Fern grew", "Robert said. Much later a Fern grew"),
        ("Tove.Saltmarsh+x@State.ME.us", "Tove.Saltmarsh+x@State.ME.us"),
        ("write to bob@gmail.example.", f"write to {ADDRESS}"),
        ("registered with robert.fern@maine.gov (x.csv:2)", f"registered with {ADDRESS} (x.csv:2)"),
        ("ask the HR desk, robert.fern@maine.gov", "ask the HR desk, robert.fern@maine.gov"),
        ("@tove@social.example", "@tove@social.example"),
        ("see 00012345, E90210 and 2026-11-20", f"see {ID}, {ID} and 2026-11-20"),
        ("E-1-000123450000 https://x.example/00012345a", "E-1-000123450000 https://x.example/00012345a"),
        ("", ""),
    ],
)
def test_nobody_else_stays_in_a_text(text: str, left: str) -> None:
    assert OTHERS.without(text) == left
