"""Text made comparable: Unicode folding and words, each with the offsets of the original it came from."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, starmap

from connectors.agency_spelling import abbreviations
from connectors.letters import letter
from connectors.reference import table

_WORD = re.compile(
    r"""
      (?P<unequal>!=+|=/=|=\\=|<>|/=)
    | (?P<dots>(?:[A-Za-z]\.){2,}[A-Za-z]?(?![A-Za-z]))                       # D.H.H.S.
    | (?P<spaced>(?<=\s\s)[A-Za-z]\ [A-Za-z](?=\s\s)                          # v i e w s   m y   o w n
        | (?<![^\W_])[A-Za-z](?:\ [A-Za-z](?![^\W_])){2,})
    | (?P<with>\bw/(?:o\b)?)
    | (?P<hard>[.;!?]+)
    | (?P<bar>[|\n\r•·●▪‣~†‡★☆♦*\\]+|--+|//+|\s-\s|\s/\s)
    | (?P<at>@) | (?P<hash>\#) | (?P<and>&)
    | (?P<letters>[^\W\d_]+(?:'[^\W\d_]+)*'?)
    | (?P<digits>\d+)
    | (?P<other>[^\w\s,:'"()\[\]{}<>/_=+-])                                 # emoji and other signs
    """,
    re.VERBOSE,
)
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[^A-Za-z]+")


@lru_cache(maxsize=1)
def _abbreviated() -> frozenset[str]:
    """Words whose full stop ends no statement: "Dept. of", "Sgt. Mills"."""
    return frozenset(row["word"] for row in table("full_stops.csv")) | frozenset(abbreviations())


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is comparable; `starts[i]` is the offset in `original` of the character that gave `text[i]`.

    `starts` is None where both have the same length and every offset is its own.
    """

    original: str
    text: str
    starts: tuple[int, ...] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open range of `original` behind `text[start:end]` (not empty)."""
        if self.starts is None:
            return start, end
        last = self.starts[end - 1]
        after = bisect_right(self.starts, last, end)
        following = self.starts[after] if after < len(self.starts) else len(self.original)
        begin = self.starts[start]
        while following > last + 1 and unicodedata.category(self.original[following - 1])[0] not in "MC":
            following -= 1
        return begin, following


def fold(text: str, *, skeleton: bool = False) -> Folded:
    """NFKC-comparable form of `text`: no accents, no invisible characters, plain quotes and dashes; case kept.

    With `skeleton`, letters of other scripts that look like ASCII letters become them (UTS #39).
    """
    if text.isascii():
        return Folded(text, text, None)
    pieces: list[str] = []
    starts: list[int] = []
    for at, character in enumerate(text):
        piece = character if character < "\x7f" and character >= " " else letter(character, skeleton)
        pieces.append(piece)
        starts.extend([at] * len(piece))
    return Folded(text, "".join(pieces), tuple(starts))


@dataclass(frozen=True, slots=True)
class Words:
    """A text as words: `text` is " w1 w2 . w3 " in comparable form, `spans` the words' ranges in the original.

    A "." stands for the end of a statement, a "|" for a lesser break (bar, bullet, line feed, emoji). "@" and "#"
    before a word, brackets, commas and "the" are dropped. `tagged`: the numbers of words that stood behind "@".
    """

    original: str
    words: tuple[str, ...]
    text: str
    offsets: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    tagged: frozenset[int]
    raw: tuple[str, ...]
    """The words as written (folded, case kept)."""

    @property
    def shouted(self) -> bool:
        """Whether the text is a sentence in capitals, in which capitals say nothing."""
        return self.original.isupper() and len(self.words) > 3

    def number(self, offset: int) -> int:
        """The number of the word that covers `offset` of `text`."""
        return bisect_right(self.offsets, offset) - 1

    def numbers(self, start: int, end: int) -> tuple[int, int]:
        """First and last number of the words within `text[start:end]`; blanks at either end do not count."""
        while start < end - 1 and self.text[start] == " ":
            start += 1
        while end - 1 > start and self.text[end - 1] == " ":
            end -= 1
        return self.number(start), self.number(end - 1)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The half-open range of the original from word `first` to word `last`, both included."""
        return self.spans[first][0], self.spans[last][1]

    def covering(self, start: int, end: int) -> tuple[int, int]:
        """First and last number of the words that a range of the original touches."""
        first = next((number for number, span in enumerate(self.spans) if span[1] > start), 0)
        after = next((number for number, span in enumerate(self.spans) if span[0] >= end), len(self.words))
        return first, after - 1

    def gap(self, number: int) -> str:
        """What the original has between word `number` and the next: blanks, a comma, signs that are no words."""
        return self.original[self.spans[number][1] : self.spans[number + 1][0]]

    def ends_at(self, number: int) -> bool:
        """Whether a statement ends at `number`: a "." or a "|" stands there, or the text is over (or not yet begun)."""
        return not 0 <= number < len(self.words) or self.words[number] in BREAKS

    def statement(self, first: int, last: int | None = None) -> tuple[int, int]:
        """First and last number of the words between two breaks in which words `first` to `last` stand, they included.

        Without `last`, the statement around one word. Where no break comes, it reaches `STATEMENT` words to each side.
        """
        found, last = self.words, first if last is None else last
        least, most = max(0, first - STATEMENT), min(len(found) - 1, last + STATEMENT)
        while first > least and found[first - 1] not in BREAKS:
            first -= 1
        while last < most and found[last + 1] not in BREAKS:
            last += 1
        return first, last


STATEMENT = 100
"""Words to each side that are looked at: a text without any break would be gone through for each of its marks anew."""

BREAKS = frozenset({".", "|"})
"""What stands in `Words.words` for the end of a statement and for a lesser break."""


def in_line(found: Iterable[str]) -> str:
    """Words as comparable text, blanks around each: " w1 w2 "."""
    line = " ".join(found)
    return f" {line} " if line else " "


def _pieces(raw: str, camel: bool) -> list[str]:
    if not camel or raw.islower() or (raw.isupper() and len(raw) < 40):
        return [raw]
    return _CAMEL.findall(raw) or [raw]


def words(folded: Folded, *, state: str = "", camel: bool = False, handle: bool = False) -> Words:
    """Split a folded text. `state` is "NH=new hampshire": name and "NH" in capitals then read as one word, the name's.

    With `camel`, "MaineDOTCrew" becomes three words. In a handle the postal code counts in small letters too, at
    either end.
    """
    source, full = folded.text, abbreviations()
    found: list[Piece] = []
    tagged: set[int] = set()
    at_sign = False
    for match in _WORD.finditer(source):
        kind = match.lastgroup or ""
        if kind == "at":
            at_sign = True
            continue
        first = len(found)
        if kind in ("hard", "bar", "other"):
            _add_break(found, match, kind, source)
        elif kind in _SIGN_WORDS:
            found.append((_SIGN_WORDS[kind], *match.span(), match.group()))
        elif kind == "with":
            found.append(("without" if match.group().endswith("o") else "with", *match.span(), match.group()))
        elif kind in ("dots", "spaced"):
            raw = match.group().replace(".", "").replace(" ", "")
            found.append((full.get(raw.lower(), raw.lower()), *match.span(), raw))
        elif kind != "hash":
            start = match.start()
            for piece in _pieces(match.group(), camel):
                word = piece.lower().replace("'", "")
                word = full.get(word, word)
                if word != "the":
                    found.append((word, start, start + len(piece), piece))
                start += len(piece)
        if at_sign and len(found) > first:
            tagged.add(found[first][1])
        at_sign = False
    postal, _, name = state.partition("=")
    if postal:
        found = _with_state(found, postal, name, source.isupper(), handle)
        found = _without_inner_signs(found, name.replace(" ", ""), source)
    return _assemble(folded, found, tagged)


def words_of(text: str, *, skeleton: bool = False, state: str = "", camel: bool = False, handle: bool = False) -> Words:
    """`words(fold(text))`, remembered for as long as one profile is read in several ways."""
    if text.isascii():  # then it has no other look, and is cut at capitals and apostrophes alone: the same words
        skeleton, camel = False, camel and bool(_CUT.search(text))
    return _words_of(text, skeleton, state, camel, handle)


_CUT = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]|'")


@lru_cache(maxsize=128)
def _words_of(text: str, skeleton: bool, state: str, camel: bool, handle: bool) -> Words:
    return words(fold(text, skeleton=skeleton), state=state, camel=camel, handle=handle)


Piece = tuple[str, int, int, str]
"""A word in comparable form, its half-open range in the folded text, and the word as folded."""

_SIGN_WORDS = {"and": "and", "unequal": "!="}


def _add_break(found: list[Piece], match: re.Match[str], kind: str, source: str) -> None:
    raw, (start, end) = match.group(), match.span()
    if kind == "hard" and raw == "." and _is_abbreviation_dot(found, source, start):
        return
    if found and found[-1][0] not in BREAKS:
        found.append(("." if kind == "hard" else "|", start, end, raw))


def _is_abbreviation_dot(found: list[Piece], source: str, at: int) -> bool:
    following = source[at + 1 : at + 2]
    if following and not following.isspace():
        return True
    return bool(found) and found[-1][2] == at and found[-1][3].lower() in _abbreviated()


def _with_state(found: list[Piece], postal: str, name: str, shouting: bool, handle: bool) -> list[Piece]:
    """The pieces with the state's name and postal code as one word, whichever way it is written."""
    word, parts = name.replace(" ", ""), name.split()
    first, belongs = parts[0], f"{word}s"
    if not any(piece[0] == first or piece[0] == belongs or piece[3].upper() == postal for piece in found):
        return found
    result: list[Piece] = []
    number = 0
    while number < len(found):
        run = found[number : number + len(parts)]
        if [piece[0] for piece in run] == parts:
            result.append((word, run[0][1], run[-1][2], " ".join(piece[3] for piece in run)))
            number += len(parts)
            continue
        own = found[number][0] == belongs and "'" in found[number][3]
        own = own or _is_postal(found, number, postal, shouting, handle)
        result.append((word, *found[number][1:]) if own else found[number])
        number += 1
    return result


def _without_inner_signs(found: list[Piece], state: str, source: str) -> list[Piece]:
    """The pieces without an emoji that joins the state's name and what follows, with no blank: "Maine🚧DOT"."""
    if source.isascii():
        return found
    result: list[Piece] = []
    for number, piece in enumerate(found):
        inside = piece[0] == "|" and 0 < number < len(found) - 1 and found[number - 1][0] == state
        if inside:
            between = source[found[number - 1][2] : found[number + 1][1]]
            inside = not any(sign.isspace() or sign.isascii() or sign in "•·●▪–—" for sign in between)
        if not inside:
            result.append(piece)
    return result


def unmirrored(text: str) -> str:
    """A text as it is shown where it turns the direction of writing: what stands behind U+202E is shown backwards."""
    return MIRRORED.sub(lambda match: match[1] + match[2][::-1] + match[3], text)


MIRRORED = re.compile("(\u202e)([^\u202c\u2069\n]*)([\u202c\u2069\n]?)")


def _is_postal(found: list[Piece], number: int, postal: str, shouting: bool, handle: bool) -> bool:
    """Whether a piece is the postal code: in capitals, glued to capitals ("MeCDC"), or at an end of a handle."""
    raw, end = found[number][3], found[number][2]
    if raw.upper() != postal:
        return False
    if raw == postal and not (shouting and not handle and len(found) > 3):
        return True
    following = found[number + 1] if number + 1 < len(found) else None
    if raw == postal.title() and following and following[1] == end and following[3].isupper():
        return True
    return handle and len(found) > 1 and number in (0, len(found) - 1)


def _assemble(folded: Folded, found: list[Piece], tagged: set[int]) -> Words:
    every = [piece[0] for piece in found]
    spans = ((piece[1], piece[2]) for piece in found)
    return Words(
        original=folded.original,
        words=tuple(every),
        text=in_line(every),
        offsets=tuple(accumulate((len(word) + 1 for word in every[:-1]), initial=1)) if every else (),
        spans=tuple(spans if folded.starts is None else starmap(folded.span, spans)),
        tagged=frozenset([number for number, piece in enumerate(found) if piece[1] in tagged] if tagged else ()),
        raw=tuple([piece[3] for piece in found]),
    )
