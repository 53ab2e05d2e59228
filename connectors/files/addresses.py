"""E-mail addresses as directories, spreadsheets and exports write them: read where there is one meaning. Pure.

`addresses_in` takes what stands in one cell: decoration of exporters ("SMTP:", "mailto:", "E-mail: "), names around an
address, several addresses, lists. What is no address stays in `Found.unread`, for the caller to tell. Nothing here
knows whose domains are the State's.

Not by email.utils, which knows RFC 5322 and not exports: of "Smith, Ann <a@x.gov>" and of "ann@x,gov" it makes two
addresses, of "a@x.gov / b@x.gov" it makes "@x.gov", it passes over words in brackets that may say whose an address is,
and versions of Python differ in all this.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from connectors.files.cells import plain
from connectors.placeholders import is_error, is_nobodys, says_nothing

_LABEL = (
    r"(?:(?:smtp|mailto|e-?mail(?: ?id)?|mail|addr(?:ess)?|internet|upn|login|user(?: ?name)?|contact|to|from|primary|"
    r"secondary|alias|work|business|office|official|state|government|home|personal|private|other|alternate)"
    r"[ _-]?){1,9} ?[:=]\s*"
)
_ADDRESS = re.compile(
    r"(?P<local>[^\s<>()\[\]{},;:=\"“”|\\@]{1,320})@(?P<domain>[^\s<>()\[\]{},;:=\"“”'’|\\/@?&#!]+)(?P<query>\?[^\s>;,]*)?"
)
_PLAIN = re.compile(r"[\w.+-]+@[\w.-]+\w", re.ASCII)
_OTHER_KINDS = re.compile(
    r"(?:(?<=[;,|\s\[{'\"])|^)(?:(?:x400|x500|eum|spo|fax|notes|ccmail|gwise|mrs|nt|ms)\s*:[^;\n|]*|(?:sip|im|tel)\s*:[^;,\s|]*)",
    re.IGNORECASE,
)
"""Entries of proxyAddresses that are no mail addresses."""
_JOINED = re.compile(r"\+(?=(?:smtp|sip|x400|x500|eum|spo):)", re.IGNORECASE)
"""The plus between entries of proxyAddresses in the lists of users of the Microsoft 365 admin center."""
_MARK = "\0"
_NAMED = re.compile(rf"(?<![^<>;|\n\0])[^<>;|\n\0]*<\s*(?:{_LABEL})?[\"']?{_MARK}[\"']?\s*>", re.IGNORECASE)
_LABELLED = re.compile(rf"(?:(?<=[^\w])|^){_LABEL}[\"']?(?={_MARK})", re.IGNORECASE)
_DOMAIN_USER = re.compile(rf"[\w.-]{{1,320}}\\{{1,9}}(?={_MARK})")
_BETWEEN = re.compile(r"(?:\band\b|\bor\b|\bund\b|[\s&+/;,|\[\]{}()'\"“”‘’•*·])*", re.IGNORECASE)
_APART = re.compile(r"([^\s@]+)\s{0,9}@\s{1,9}([^\s@]+)")
"""A cell with one address that has blanks behind its @; in front of it alone, it may begin somebody's handle."""
_AT = re.compile(r"\s{0,9}[\[({]\s{0,9}at\s{0,9}[\])}]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """The addresses of a cell, each once, a directory's primary one ("SMTP:") first, and what was not understood.

    `unread` is the whole cell where a word of it was not understood (then `addresses` is empty: whose address it is may
    depend on that word), else empty.
    """

    addresses: tuple[str, ...]
    unread: str = ""


def addresses_in(text: str) -> Found:
    """The addresses in one cell. An empty cell, or one that says that there is none, gives neither."""
    if not text:
        return Found(())
    if _PLAIN.fullmatch(text) and _whole(text):
        return Found((text,))
    seen = _seen(text)
    if is_error(seen):
        return Found((), seen)
    if says_nothing(seen, "noemail", "noe-mail"):
        return Found(())
    addresses, rest = _taken(_OTHER_KINDS.sub("", seen))
    for decoration in (_NAMED, _LABELLED, _DOMAIN_USER):
        rest = decoration.sub(_MARK, rest)
    if _BETWEEN.fullmatch(rest.replace(_MARK, " ")) and all(map(_whole, addresses)):
        primary = [one for one in addresses if f"SMTP:{one}" in seen]
        found = tuple(dict.fromkeys((*primary, *addresses)))
        if found or not re.search(r"\bsip\s*:|@", seen, re.IGNORECASE):
            return Found(found)
    return Found((), seen)


def every(text: str) -> tuple[str, ...]:
    """Every address that stands anywhere in a text, and the text itself where an @ in it belongs to none of them."""
    found = addresses_in(text)
    if found.addresses or not found.unread:
        return found.addresses
    loose = [one for one in _taken(found.unread)[0] if _whole(one)]
    rest = (found.unread,) if found.unread.count("@") > len(loose) else ()
    return tuple(dict.fromkeys((*loose, *rest)))


def aliases(entries: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The mail addresses of a directory's attribute of many values (mail, proxyAddresses), each once, and those of its
    entries that are none. Entries for other services (SIP, X.500) are passed over."""
    mail = [found for entry in entries if (found := addresses_in(entry)) and not _OTHER_KINDS.fullmatch(entry.strip())]
    return (
        tuple(dict.fromkeys(address for found in mail for address in found.addresses)),
        tuple(found.unread for found in mail if found.unread),
    )


def masked(text: str) -> str:
    """A value for a message, in which no address can be made out: of each, the first letter and the domain stay."""
    return re.sub(r"(?<![^\s@<>;,:])([^\s@<>;,:]?)[^\s@<>;,:]*@", r"\1…@", text)


def _seen(text: str) -> str:
    """A cell as one sees it: no zero-width characters, ordinary letters, @ however it was hidden; lines stay."""
    lines = [plain(line) for line in re.split(r"[\r\n\v\f\u2028\u2029]+", text)]
    seen = unicodedata.normalize("NFC", "\n".join(filter(None, lines)))
    if "@" not in seen and "%40" in seen:
        seen = unquote(seen)
    seen = _JOINED.sub(";", _AT.sub("@", seen)).replace("[.]", ".").strip()
    apart = _APART.fullmatch(seen)
    return f"{apart[1]}@{apart[2]}" if apart else seen


def _taken(text: str) -> tuple[list[str], str]:
    """The addresses of a text, and the text with a mark in the place of each."""
    addresses: list[str] = []

    def take(found: re.Match[str]) -> str:
        local = found["local"].lstrip("/'’‘`•*·.&+")
        domain = found["domain"].rstrip(".…*·”’`")
        if not local:
            return found[0]
        addresses.append(f"{local}@{domain}")
        return found["local"][: -len(local)] + _MARK

    return addresses, _ADDRESS.sub(take, text)


def _whole(address: str) -> bool:
    """Whether an address has a domain of two labels and names somebody."""
    local, _, domain = address.rpartition("@")
    labels = domain.split(".")
    return len(labels) > 1 and all(labels) and not local.endswith(".") and not is_nobodys(local)
