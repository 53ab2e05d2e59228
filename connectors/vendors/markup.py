"""Profile texts that platforms give as HTML, as plain words and link addresses. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser

from connectors.files.fields import web_address

BREAKS = frozenset({"p", "br", "li", "div"})
"""Tags that begin a new line."""


def plain_html(html: str) -> tuple[str, list[str]]:
    """(the words of a piece of HTML with its line breaks, the addresses that its links name, in order).

    What no parser can make sense of ("<![foo[") is kept as it stands.
    """
    reader = _Text()
    try:
        reader.feed(html)
        reader.close()
    except AssertionError:  # Python 3.11 gives up on an unknown declaration this way
        return html.strip(), []
    return "".join(reader.words).strip(), reader.links


def web_addresses(links: Iterable[str]) -> tuple[str, ...]:
    """The web addresses among links, each once."""
    return tuple(dict.fromkeys(filter(None, map(web_address, links))))


class _Text(HTMLParser):
    """The words and the links of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BREAKS and self.words:
            self.words.append("\n")
        self.links += [value for name, value in attrs if tag == "a" and name == "href" and value]

    def handle_data(self, data: str) -> None:
        self.words.append(data)
