"""Which rows of a large export cannot concern the organization: one predicate, in Python and as SQL for DuckDB."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from ahocorasick_rs import AhoCorasick

from connectors.contract import Nexus
from connectors.files.headings import FileRow
from connectors.files.row_filter import RowFilter
from connectors.files.table import column_sql, text_sql

PATTERN = 12_000
"""Characters of terms in one expression: at three times as many RE2 outgrows its cache and slows down tenfold."""
ASCII = r"\x00-\x7f"
ORNAMENT = (
    "\u00a0\u00a9\u00ab\u00ae\u00b0\u00b7\u00bb\u200d\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u27bf\ufe0f"
    "\U0001f300-\U0001f6ff\U0001f900-\U0001faff"
)
"""Punctuation, arrows and emoji that no folding turns into a letter (circled and squared letters, flags and letterlike
signs are not among them): a row with no other letters beyond ASCII is judged without them."""
NO_ADDRESS = (
    r"\n[\w.-]+\\[\w. -]+\n|System\.(?:Object|String|Collections)|\n#(?:N/A|[A-Z0-9/]+[!?])\n|\n[^@\s]+@[^@\s]*,\w+\n"
)
"""Whole fields that stand where an address should, and have lost whose it is: DOMAIN\\user, an exporter's type name, a
spreadsheet's error, a comma for a dot. Such a row stays, to be told."""


@dataclass(frozen=True, slots=True)
class Push:
    """What may be left out early: rows whose text in `fields` (lower case) holds none of `terms`, nor one of each
    group of `together`. All are ASCII; every field stands on a line of its own, so a term may begin or end with a
    line feed to mean the field's beginning or end.

    A row with letters beyond ASCII always stays. Ornaments are taken out for the comparison, and once more taken for
    a space, so that a term with one of them in its midst is found.
    """

    fields: tuple[str, ...]
    terms: tuple[str, ...]
    together: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    always: str = ""
    """A pattern, for Python and RE2 alike, of text that stays whatever it holds: headings in the midst of a file."""

    def keeps(self, values: Mapping[str, str]) -> bool:
        """Whether a row stays: DuckDB's predicate, on one row in Python."""
        text = "\n".join(("", *filter(None, (values[name] for name in self.fields)), ""))
        if self.always and _pattern(self.always).search(text):
            return True
        readings = [text]
        if not text.isascii():
            readings += [_ornament("").sub("", text), _ornament("[ \t\r\n]*").sub(" ", text)]
            if not readings[1].isascii():
                return True
        return any(self._holds(reading.lower()) for reading in readings)

    def _holds(self, text: str) -> bool:
        return _found(self.terms, text) or all(_found(group, text) for group in self.together)


@lru_cache(maxsize=8)
def push(nexus: Nexus, fields: tuple[str, ...]) -> Push | None:
    """The predicate over these fields, without terms that a shorter one implies; None where everything must stay."""
    terms = _shortest((*nexus.terms, *nexus.domains))
    one, other = (_shortest(group) for group in nexus.together)
    if nexus.whole or not terms or not fields or not all(term.strip(" ") for term in (*terms, *one, *other)):
        return None
    return Push(tuple(fields), terms, (one, other))


def goes_on(row: FileRow, pushed: Push, kept: RowFilter) -> bool:
    """Whether a row is to be read, or to be told or counted by others: as no row, or as left out by the row filter.

    Of one that is left out early the row filter takes down what it says.
    """
    if row.lacks or pushed.keeps(row.values):
        return True
    return bool(kept.rules) and (kept.leaves_out(row.values) is not None or not kept.takes(row.values))


def _shortest(terms: Sequence[str]) -> tuple[str, ...]:
    """The ASCII terms, shortest first, without those that hold another one."""
    folded = sorted({term.casefold() for term in terms if term.isascii()}, key=lambda term: (len(term), term))
    if not all(folded):
        return ("",)
    matcher = AhoCorasick(folded)
    return tuple(
        term
        for term in folded
        if all(match == term for match in matcher.find_matches_as_strings(term, overlapping=True))
    )


def predicate(pushed: Push | None, where: Mapping[str, int]) -> str:
    """The predicate as SQL over the columns of `where`; "true" where nothing may be left out."""
    names = [column_sql(name) for name in pushed.fields if name in where] if pushed else []
    if pushed is None or not names:
        return "true"
    text = f"concat_ws('\n', '', {', '.join(names)}, '')"
    bare = f"regexp_replace({text}, '[{ORNAMENT}]+', '', 'g')"
    spaced = f"regexp_replace({text}, '[ \\t\\r\\n]*[{ORNAMENT}]+[ \\t\\r\\n]*', ' ', 'g')"
    return (  # CASE, because only its branches are evaluated for no more rows than needed
        f"CASE WHEN {_matches(text, pushed.terms, _also(pushed))} OR {_both(text, pushed)} THEN true "
        f"WHEN strlen({text}) > length({text}) THEN "
        + " OR ".join(f"{_matches(form, pushed.terms)} OR {_both(form, pushed)}" for form in (bare, spaced))
        + " ELSE false END"
    )


def _also(pushed: Push) -> str:
    """What stays whatever else the row says: letters beyond ASCII, and `always`."""
    return f"[^{ASCII}{ORNAMENT}]" + (f"|{pushed.always}" if pushed.always else "")


def _both(text: str, pushed: Push) -> str:
    """SQL: whether the text holds one of each group of `together`."""
    one, other = pushed.together
    return f"({_matches(text, one)} AND {_matches(text, other)})" if one and other else "false"


def _matches(text: str, terms: Sequence[str], also: str = "") -> str:
    """SQL: whether the text matches `also` or holds one of the terms, whatever their letter case."""
    patterns, size = ["(?i)" + also], 0
    for term in terms:
        if size > PATTERN:
            patterns.append("(?i)")
            size = 0
        patterns[-1] += ("|" if len(patterns[-1]) > len("(?i)") else "") + re.escape(term)
        size += len(term)
    return "(" + " OR ".join(f"regexp_matches({text}, {text_sql(pattern)})" for pattern in patterns) + ")"


@cache
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE)


@cache
def _ornament(around: str) -> re.Pattern[str]:
    return re.compile(f"{around}[{ORNAMENT}]+{around}")


def _found(terms: tuple[str, ...], text: str) -> bool:
    return bool(terms) and bool(_matcher(terms).find_matches_as_indexes(text))


@lru_cache(maxsize=8)
def _matcher(terms: tuple[str, ...]) -> AhoCorasick:
    return AhoCorasick(terms)
