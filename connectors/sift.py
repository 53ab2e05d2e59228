"""Which rows of a large export can concern the organization: one predicate, over Arrow record batches.

It needs nothing but the rows and the terms, so that it can be sent to where the rows are. A row is folded once
(`connectors.letters.searched`), and then searched. What is kept is a superset of what the exact gate passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from string import ascii_lowercase, ascii_uppercase

import idna
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ahocorasick_rs import AhoCorasick, BytesAhoCorasick, Implementation
from numpy.typing import NDArray

from connectors.contract import Nexus
from connectors.letters import BLANKS, searched, seen, unescaped
from connectors.term_groups import term_groups

NO_ADDRESS = (
    r"\n[\pL\pM\pN_.-]+\\[\pL\pM\pN_. -]+\n|System\.(?:Object|String|Collections)|\n#(?:N/A|[A-Z0-9/]+[!?])\n"
    r"|\n[^@\s]+@[^@\s]*,[\pL\pN_]+\n"
)
"""Whole fields that stand where an address should, and have lost whose it is: DOMAIN\\user, an exporter's type name, a
spreadsheet's error, a comma for a dot. Such a row stays, to be told."""
FAST = 200_000
"""Letters of terms up to which the fastest automaton is made of them: it takes some 200 bytes of memory for each."""
UNTOLD = "[\ufffd\u202e]"
"""Letters that were lost, and the sign behind which text is shown backwards: nobody can tell what a search misses."""


ESCAPED = r"urldefense\.|bing\.com/ck/|protection\.sophos\."
"""Links of those who write the address behind them in letters of their own (data/reference/redirects.csv)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a row is searched for: it stays where the text of its `fields` holds one of `alone`, or one of the first of
    `together` and all of one group of its second, or matches `always` (RE2; as written, in any letter case).

    Terms are folded as the text is. Every field stands on a line of its own, so that a term may begin or end with a
    line feed to mean the field's beginning or end.
    """

    fields: tuple[str, ...]
    alone: tuple[str, ...]
    together: tuple[tuple[str, ...], tuple[tuple[str, ...], ...]] = ((), ())
    always: str = f"{UNTOLD}|{NO_ADDRESS}|{ESCAPED}"


@lru_cache(maxsize=8)
def terms_of(nexus: Nexus, fields: tuple[str, ...]) -> Terms | None:
    """What to search these fields for, without terms that a shorter one implies; None where every row must stay."""
    alone = _shortest((*nexus.terms, *(form for domain in nexus.domains for form in _spelled(domain))))
    names, groups = nexus.together
    spelled, beside = _shortest(names), tuple(sorted({tuple(map(searched, group)) for group in groups}))
    every = (*alone, *spelled, *chain.from_iterable(beside))
    if nexus.whole or not alone or not fields or not all(term.strip(" ") for term in every):
        return None
    return Terms(tuple(fields), alone, (spelled, beside))


def sift(batch: pa.RecordBatch, terms: Terms) -> pa.BooleanArray:
    """Of each row of a batch, whether it stays. Columns of `terms.fields` that it lacks count as empty."""
    names = set(batch.schema.names)
    columns = [batch.column(name) for name in terms.fields if name in names]
    if not columns:
        return pa.array([True] * batch.num_rows, pa.bool_())
    text = pc.binary_join_element_wise("", *columns, "", "\n", null_handling="skip")
    folded = _folded(_as_typed(text))
    stays = np.array(pc.match_substring_regex(text, terms.always, ignore_case=True))
    stays |= _holding(folded, terms.alone)
    spelled, beside = terms.together
    groups = term_groups(beside)
    perhaps = np.flatnonzero(_holding(folded, spelled) & ~stays)
    perhaps = perhaps[_holding(folded.take(pa.array(perhaps)), groups.terms)]
    stays[perhaps] = [groups.held_in(text) for text in folded.take(pa.array(perhaps)).to_pylist()]
    return pa.array(stays)


def _as_typed(text: pa.StringArray) -> pa.StringArray:
    """Each text with the characters that HTML writes otherwise."""
    written = pc.match_substring(text, "&")
    if not pc.any(written).as_py():
        return text
    return pc.replace_with_mask(text, written, pa.array(map(unescaped, text.filter(written).to_pylist()), pa.string()))


def _folded(text: pa.StringArray) -> pa.StringArray:
    """Each text as `searched` makes it."""
    beyond = pc.invert(pc.string_is_ascii(text))
    if pc.any(beyond).as_py():
        text = pc.replace_with_mask(text, beyond, pa.array(map(seen, text.filter(beyond).to_pylist()), pa.string()))
    missing, ends, letters = text.buffers()
    return pa.StringArray.from_buffers(len(text), ends, letters and _translated(letters), missing, offset=text.offset)


def _translated(letters: pa.Buffer) -> pa.Buffer:
    """The bytes of texts as they are `seen`, with small letters and blanks; those beyond ASCII stay."""
    made = pa.allocate_buffer(letters.size)
    source, target = memoryview(letters), memoryview(made).cast("B")
    for start in range(0, letters.size, PIECE):
        target[start : start + PIECE] = bytes(source[start : start + PIECE]).translate(_AS_SEARCHED)
    return made


PIECE = 1 << 18
"""Bytes that are translated at once: a copy of them is made."""
_AS_SEARCHED = bytes.maketrans(f"{ascii_uppercase}{BLANKS}".encode(), f"{ascii_lowercase}{' ' * len(BLANKS)}".encode())
"""What `searched` makes of each ASCII letter and sign."""


def _holding(text: pa.StringArray, terms: tuple[str, ...]) -> NDArray[np.bool_]:
    """Of each text, whether it holds one of the terms: one search through all of them, which lie end to end."""
    found = np.zeros(len(text), np.bool_)
    _, ends, letters = text.buffers()
    if terms and len(text):
        bounds = np.frombuffer(ends, np.int32)[text.offset : text.offset + len(text) + 1]
        matches = _automaton(terms).find_matches_as_indexes(memoryview(letters).cast("B")[: bounds[-1]])
        starts = np.fromiter((start for _, start, _ in matches), np.int64, len(matches))
        found[np.searchsorted(bounds, starts, side="right") - 1] = True
    return found


@lru_cache(maxsize=8)
def _automaton(terms: tuple[str, ...]) -> BytesAhoCorasick:
    small = sum(map(len, terms)) < FAST
    return BytesAhoCorasick([term.encode() for term in terms], implementation=Implementation.DFA if small else None)


def _spelled(domain: str) -> tuple[str, ...]:
    """A domain in its ASCII form, and in its own letters."""
    if "xn--" not in domain:
        return (domain,)
    try:
        return domain, idna.decode(domain)
    except idna.IDNAError:
        return (domain,)


def _shortest(terms: Sequence[str]) -> tuple[str, ...]:
    """The terms as they are folded, shortest first, without those that hold another one."""
    folded = sorted({searched(term) for term in terms}, key=lambda term: (len(term), term))
    if not all(folded):
        return ("",)
    matcher = AhoCorasick(folded)
    return tuple(
        term
        for term in folded
        if all(match == term for match in matcher.find_matches_as_strings(term, overlapping=True))
    )
