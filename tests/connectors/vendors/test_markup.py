"""Profile texts in HTML, hostile ones too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.vendors.markup import plain_html


@pytest.mark.parametrize(
    ("html", "words", "links"),
    [
        ("", "", []),
        ("<p>One</p><p>Two<br>Three</p>", "One\nTwo\nThree", []),
        ('<a href="https://maine.gov/dot" rel="me">DOT</a> &amp; more', "DOT & more", ["https://maine.gov/dot"]),
        ("<![foo[x]]>", "<![foo[x]]>", []),
        ("a < b", "a < b", []),
    ],
)
def test_words_and_links(html, words, links):
    assert plain_html(html) == (words, links)


@given(st.text(alphabet="<>![]-/ad\"'= &;", max_size=40))
def test_no_text_stops_it(html):
    assert isinstance(plain_html(html)[0], str)
