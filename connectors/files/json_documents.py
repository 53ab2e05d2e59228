"""A JSON document with a list of objects, read object by object in bounded memory: "[{…}, {…}]", "{"value": [{…}]}",
or objects one after the other that are not one a line.

Not ijson: it takes NaN and repeated keys without a word, and gives numbers as Decimal; Python's own decoder, at the
place where an object begins, is as fast and says both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from connectors.contract import Remark, SourceChanged, SourceDown, folded
from connectors.files.cells import folded_word
from connectors.files.progress import Tell, unwatched
from connectors.files.table import UNDECODABLE, unpacking

CHUNK = 1 << 20
"""Characters that are read at once."""
LARGEST = 16 * CHUNK
"""Characters of the largest object that is read."""
DEEP = 4
"""How many objects around the list are looked into."""
NEXT = frozenset(("odatanextlink", "nextlink", "nextpagetoken", "nextpage", "nexturl", "nextcursor", "next"))
TOTALS = frozenset(("totalresults", "totalcount", "total", "odatacount"))
"""Keys beside the list that say that there is more of it."""
Found = tuple[str, Any]


def is_document(path: Path, encoding: str, wanted: Collection[str]) -> bool:
    """Whether the file is a document and not one object a line. `wanted` are the folded keys that fields read."""
    wanted = _on_the_way(wanted)
    with _opened(path, encoding) as text:
        begins = text.peek()
        if begins != "{":
            return begins == "["
        first, newline, _ = text.held[text.at :].partition("\n")
        try:
            item = json.loads(first)
        except (ValueError, RecursionError):
            return not newline or first.strip() == "{" or _goes_on(text)
        lists = (
            value for key, value in item.items() if folded(key) not in wanted and isinstance(value, list) and value
        )
        holds = any(isinstance(one[0], dict) for one in lists) or any(isinstance(one, dict) for one in item.values())
        return holds and not _is_record(item, wanted) and not text.more_lines


def _goes_on(text: _Text) -> bool:
    """Whether the object that begins here ends in a later line, and is none that is broken."""
    try:
        text.value()
    except (ValueError, RecursionError):
        return False
    return True


def _on_the_way(wanted: Collection[str]) -> frozenset[str]:
    """The keys that fields read, and those on the way to them: "name.givenname" lies within "name"."""
    parts = [name.split(".") for name in wanted]
    return frozenset(".".join(some[:end]) for some in parts for end in range(1, len(some) + 1))


def _is_record(item: Collection[str], wanted: Collection[str]) -> bool:
    """Whether the keys are those of one of the list's objects, and not those around the list ("status", "data")."""
    return sum(folded(key) in wanted for key in item) > 1


def document_items(
    path: Path, encoding: str, place: str, wanted: Collection[str], told: Tell, *, entire: bool
) -> Iterator[Found]:
    """(place, object) for each object of the document's list; a ValueError in the place of one that is not strict.

    Raises SourceDown for a document that is damaged, SourceChanged for one with two lists of objects; where what stands
    beside the list says that there is more of it, SourceDown if the list counts as a whole (`entire`), else a Remark.
    """
    with _opened(path, encoding, told) as text:
        reader = _Reader(text, place, wanted)
        try:
            while begins := text.peek():
                if begins == "[":
                    yield from reader.array()
                elif begins == "{":
                    rest = yield from reader.walked(0)
                    if not reader.listed:
                        yield reader.where(), reader.checked(rest)
                else:
                    raise ValueError(f"{begins!r} stands where an object or a list is expected")
        except RecursionError:
            raise SourceDown(f"{place}: the document is nested too deeply. Export it as CSV.") from None
        except ValueError as fault:
            at = f"after item {reader.number:,}, line {text.line:,}"
            raise SourceDown(f"{place} is cut off, or is not JSON ({at}: {fault}). Export it again.") from fault
    if reader.more:
        said = f"{reader.more}, so that this file is a part of the list. Export the whole list, or every page of it."
        if entire:
            raise SourceDown(f"{place}: {said}")
        yield place, Remark(place, said, unread=True)


class _Reader:
    """The objects of one document while it is read."""

    def __init__(self, text: _Text, place: str, wanted: Collection[str]) -> None:
        self.text, self.place, self.wanted = text, place, _on_the_way(wanted)
        self.number, self.listed, self.more = 0, "", ""

    def where(self) -> str:
        """The place of the next item, which is counted."""
        self.number += 1
        return f"{self.place}:item {self.number}"

    def checked(self, item: Any) -> Any:
        """The item, or what is wrong with it."""
        faults, self.text.faults = self.text.faults, []
        return ValueError(faults[0]) if faults else item

    def array(self) -> Iterator[Found]:
        """The items of the list that begins here."""
        self.text.take("[")
        while self.text.peek() != "]":
            item = self.text.value()
            yield self.where(), self.checked(item)
            if self.text.peek() != "]":
                self.text.take(",")
        self.text.take("]")

    def walked(self, depth: int) -> Generator[Found, None, dict[str, Any]]:
        """What stands in the object that begins here, beside the list of objects, whose items come on the way."""
        rest: dict[str, Any] = {}
        self.text.take("{")
        while self.text.peek() != "}":
            key = self.text.value()
            self.text.take(":")
            if key in rest:
                self.text.faults.append("a key stands twice in the object")
            is_field = folded(str(key)) in self.wanted or _is_record(rest, self.wanted)
            if self.text.peek() == "[" and not is_field and self.text.peek_behind() == "{":
                if self.listed:
                    raise SourceChanged(
                        f"{self.place} holds two lists of objects ({self.listed!r} and {key!r}), and nothing says which"
                        " one counts. Export the one that does as a file of its own."
                    )
                self.listed = str(key)
                yield from self.array()
            elif self.text.peek() == "{" and not is_field and depth < DEEP:
                rest[key] = yield from self.walked(depth + 1)
            else:
                rest[key] = self.text.value()
            if self.text.peek() != "}":
                self.text.take(",")
        self.text.take("}")
        self._look_for_more(rest)
        return rest

    def _look_for_more(self, rest: dict[str, Any]) -> None:
        for key, value in rest.items():
            name = folded_word(key)
            page = name in NEXT and isinstance(value, str) and value
            few = name in TOTALS and isinstance(value, int) and not isinstance(value, bool) and value > self.number
            if self.listed and (page or few):
                said = "names a next page" if page else f"says {value:,} where {self.number:,} items stand"
                self.more = f"{key!r} beside the list {said}"


class _Text:
    """The text of a file, a part of it held at a time; values are taken from its front."""

    def __init__(self, read: Callable[[int], str]) -> None:
        self.read, self.held, self.at, self.ended = read, "", 0, False
        self.before = 1
        self.faults: list[str] = []
        self.decoder = json.JSONDecoder(parse_constant=self._constant, object_pairs_hook=self._object)
        self._fill()
        self.held = self.held.removeprefix("\ufeff")

    @property
    def line(self) -> int:
        """The physical line that is reached, from 1."""
        return self.before + self.held.count("\n", 0, self.at)

    @property
    def more_lines(self) -> bool:
        """Whether the file has more than one line with something in it, as far as it is held."""
        if not self.ended:
            self._fill()
        return not self.ended or len(self.held.strip().splitlines()) > 1

    def peek(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            while self.at < len(self.held):
                if not self.held[self.at].isspace():
                    return self.held[self.at]
                self.at += 1
            if not self._fill():
                return ""

    def peek_behind(self) -> str:
        """The character after the next one, spaces left out."""
        while True:
            behind = self.held[self.at + 1 :].lstrip()[:1]
            if behind or not self._fill():
                return behind

    def take(self, mark: str) -> None:
        """Take this mark. Raises ValueError where another one stands."""
        if (found := self.peek()) != mark:
            raise ValueError(f"{found!r} stands where {mark!r} is expected" if found else "it ends too early")
        self.at += 1

    def value(self) -> Any:
        """The value that begins here. Raises ValueError where there is none, RecursionError where it is too deep."""
        self.peek()
        size, known = CHUNK, len(self.faults)
        while True:
            try:
                value, end = self.decoder.raw_decode(self.held, self.at)
                if end < len(self.held) or self.ended:
                    break
            except json.JSONDecodeError:
                if self.ended or len(self.held) - self.at > LARGEST:
                    raise
            del self.faults[known:]
            self._fill(size)
            size *= 2
        if UNDECODABLE in self.held[self.at : end]:
            self.faults.append("it holds bytes that are not UTF-8")
        self.at = end
        return value

    def _fill(self, size: int = CHUNK) -> bool:
        more = self.read(size)
        self.before += self.held.count("\n", 0, self.at)
        self.held, self.at, self.ended = self.held[self.at :] + more, 0, not more
        return bool(more)

    def _constant(self, constant: str) -> None:
        self.faults.append(f"{constant} is not a JSON value")

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            self.faults.append("a key stands twice in the object")
        return found


@contextmanager
def _opened(path: Path, encoding: str, told: Tell = unwatched) -> Iterator[_Text]:
    size = max(path.stat().st_size, 1)
    with (
        path.open("rb") as file,
        unpacking(file) as content,
        TextIOWrapper(content, encoding, errors="mark", newline="") as text,
    ):

        def read(characters: int) -> str:
            found = text.read(characters)
            told(file.tell() / size)
            return found

        yield _Text(read)
