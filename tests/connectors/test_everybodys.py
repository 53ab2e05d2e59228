"""Whose a domain is that can be no government's: everybody there would be the State's."""

import pytest

from connectors.everybodys import other_state, whose_domain


@pytest.mark.parametrize(
    ("domain", "whose"),
    [
        ("gmail.com", "Google"), ("GMAIL.com.", "Google"), ("outlook.com", "Microsoft"), ("hotmail.com", "Microsoft"),
        ("mail.yahoo.com", "Yahoo"), ("icloud.com", "Apple"), ("proton.me", "Proton"), ("aol.com", "AOL"),
        ("comcast.net", "Comcast"), ("maine.rr.com", "Charter"), ("facebook.com", "Facebook"),
        ("roads.wordpress.com", "WordPress"), ("me.us", "towns"),
        ("sites.google.com", "Google Sites"), ("wixsite.com", "Wix"), ("onmicrosoft.com", "Microsoft 365"),
    ],
)  # fmt: skip
def test_a_domain_that_is_no_government_s(domain: str, whose: str) -> None:
    assert whose in whose_domain(domain)


@pytest.mark.parametrize(
    "domain",
    ["maine.gov", "state.me.us", "legislature.maine.gov", "mainedot.gov", "visitmaine.com", "maine.edu",
     "maine.onmicrosoft.com", "notgmail.com", "gmail.com.maine.gov", "augusta.me.us", "mainedha.wixsite.com"],
)  # fmt: skip
def test_a_domain_that_may_be_one(domain: str) -> None:
    assert whose_domain(domain) == ""


@pytest.mark.parametrize(
    ("domain", "whose"),
    [
        ("vermont.gov", "Vermont"), ("NH.gov.", "New Hampshire"), ("state.vt.us", "Vermont"),
        ("mass.gov", "Massachusetts"),
        ("dot.newhampshire.gov", "New Hampshire"), ("ci.barre.vt.us", "Vermont"), ("westvirginia.gov", "West Virginia"),
        ("maine.gov", ""), ("state.me.us", ""), ("me.gov", ""), ("courts.maine.gov", ""), ("mainedot.gov", ""),
        ("maine.edu", ""), ("vermont.gov.example.org", ""), ("va.gov", ""), ("gov", ""), ("us", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_domain_of_another_state(domain: str, whose: str) -> None:
    assert other_state(domain, "ME") == whose
