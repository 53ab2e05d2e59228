"""Groups of terms that count only together."""

import pytest

from connectors.term_groups import TermGroups

GROUPS = TermGroups([("warden",), ("plow", "driver"), ("plow", "operator"), ("dep", "protection")])


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("a warden", True),
        ("driver of a plow", True),
        ("plowoperators", True),
        ("a plow and a garden", False),
        ("bus driver", False),
        ("plow dr1ver", True),
        ("pl0w driver", True),
        ("plow d r i v e r", True),
        ("d.e.p protection", True),
        ("department, protect10n", False),
        ("plow, driv@example.org", False),
        ("pl@w", False),
        ("", False),
    ],
)
def test_a_text_holds_a_group(text: str, held: bool) -> None:
    assert GROUPS.held_in(text) is held


def test_its_terms_are_each_once() -> None:
    assert GROUPS.terms == ("dep", "driver", "operator", "plow", "protection", "warden")


def test_no_groups() -> None:
    assert not TermGroups(()).held_in("a warden")
