"""Profile texts in HTML, hostile ones too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.letters import unescaped
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


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("R&amp;D &#8211; Maine&#039;s &lt;DOT&gt;", "R&D – Maine's <DOT>"),
        ("r&amp;d@maine.gov", "r&d@maine.gov"),
        ("caf&eacute; &#xe9; &#9999999;", "café é \ufffd"),
        ("R&D & AT&T; R&lt &copy 2026 &amp;amp;", "R&D & AT&T; R&lt &copy 2026 &amp;"),
    ],
)
def test_entities(text, typed):
    assert unescaped(text) == typed


@given(st.text(alphabet="<>![]-/ad\"'= &;", max_size=40))
def test_no_text_stops_it(html):
    assert isinstance(plain_html(html)[0], str)
