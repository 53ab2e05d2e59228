"""Where does a profile show the organization? Names, acronyms, handles, domains and titles, found in one pass."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from audit.model.organization import Organization
from audit.profiles.agency_names import (
    LIKE_A_WORD,
    MarkTier,
    NameForm,
    Pattern,
    State,
    gather,
    given_names,
    letters_that_are_words,
    states,
)
from audit.profiles.search_terms import search_terms
from audit.profiles.text import MIRRORED, Folded, Words, fold, unmirrored, words, words_of
from connectors.letters import DIGITS, searched
from connectors.term_groups import TermGroups

FIELDS = ("handle", "display_name", "bio", "link")


@dataclass(frozen=True, slots=True)
class Span:
    """A verbatim piece of one field of a profile: `original[start:end] == text`."""

    field: str
    start: int
    end: int
    text: str

    def starts_in(self, other: Span) -> bool:
        """Whether it begins within another piece of the same field."""
        return self.field == other.field and other.start <= self.start < other.end


@dataclass(frozen=True, slots=True)
class Mark:
    """One sign of an agency on a profile. `disguised`: readable only through look-alike letters."""

    agency_code: str
    agency: str
    form: NameForm
    span: Span
    disguised: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A mark with what judging it needs: the words it stands in (first to last) and its tier."""

    mark: Mark
    tier: MarkTier
    words: Words
    first: int
    last: int


@dataclass(frozen=True, eq=False)
class Marks:
    """A compiled organization. Make it with `compile_marks`; each is equal to itself alone."""

    organization: Organization
    state: State
    patterns: dict[str, Pattern]
    handles: dict[str, Pattern]
    glued: dict[str, Pattern]
    terms: tuple[str, ...]
    """Substrings, each enough by itself: a profile with a mark that counts (`shows_a_mark`), as it is `searched`, each
    field on a line of its own, holds one of them, or what `together` says."""
    together: tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]
    """Substrings: spellings of the state, and groups of pieces of what counts only with its name. The text holds one of
    the spellings, and every piece of a group."""
    spellings: frozenset[str] = frozenset()
    """Acronyms that the agencies' table writes with small letters: "MaineIT", "MeCDC"."""
    _keys: tuple[str, ...] = ()
    _longest_glued: int = 0
    _phrases: AhoCorasick = field(default_factory=lambda: AhoCorasick([]), repr=False, compare=False)
    _gate: AhoCorasick = field(default_factory=lambda: AhoCorasick([]), repr=False, compare=False)
    _state: AhoCorasick = field(default_factory=lambda: AhoCorasick([]), repr=False, compare=False)
    _companion: TermGroups = field(default_factory=lambda: TermGroups(()), repr=False, compare=False)
    _domains: re.Pattern[str] = field(default=re.compile("$^"), repr=False, compare=False)

    def may_hold(self, value: str) -> bool:
        """Whether a profile's text can hold a mark at all: the cheap test that `terms` and `together` allow."""
        text = f"\n{searched(value)}\n"
        return bool(self._gate.find_matches_as_indexes(text)) or bool(
            self._state.find_matches_as_indexes(text) and self._companion.held_in(text)
        )

    def _may_show(self, name: str, value: str) -> bool:
        """Whether one field of such a profile can: the state's name may stand in another field."""
        if name in ("handle", "display_name"):
            return True
        text = f"\n{searched(value)}\n"
        return bool(self._gate.find_matches_as_indexes(text)) or self._companion.held_in(text)

    def find(self, handle: str, display_name: str, bio: str, link: str) -> tuple[Hit, ...]:
        """Every mark of a profile, in the order of the fields and of the text; contexts are not judged here."""
        values = dict(zip(FIELDS, (handle, display_name, bio, link), strict=True))
        hits: list[Hit] = []
        if self.may_hold("\n".join(values.values())):
            for name, value in values.items():
                if value and self._may_show(name, value):
                    hits += self._in_field(name, value)
        for name, value in values.items():
            if "\u202e" in value and not any(hit.mark.span.field == name for hit in hits):
                hits += self._mirrored(name, value)
        return tuple(hits)

    def _mirrored(self, name: str, value: str) -> Iterator[Hit]:
        """Marks read only as the text is shown, backwards behind U+202E; their spans quote it as it is written."""
        shown = unmirrored(value)
        if shown == value or not self.may_hold(shown):
            return
        runs = [(match.start(2), match.end(2)) for match in MIRRORED.finditer(value)]
        for hit in self._in_field(name, shown):
            start, end = hit.mark.span.start, hit.mark.span.end
            run = next(((begin, stop) for begin, stop in runs if begin <= start < stop), None)
            if run is not None:
                start, end = run[0] + run[1] - min(end, run[1]), run[0] + run[1] - start
            written = Span(name, start, end, value[start:end])
            yield replace(hit, mark=replace(hit.mark, span=written, disguised=run is not None))

    def _in_field(self, name: str, value: str) -> list[Hit]:
        hits = self._plainly(name, value, skeleton=False)
        if not value.isascii() and _FOREIGN_LETTER.search(value):
            known = {(hit.mark.agency_code, hit.first, hit.last) for hit in hits}
            seen = self._plainly(name, value, skeleton=True)
            hits += [
                hit
                for hit in seen
                if (hit.mark.agency_code, hit.first, hit.last) not in known and hit.tier <= MarkTier.OWN
            ]
        if name != "link":
            hits += self._behind_digits(name, value)
            hits += self._around_emoji(name, value)
        return _longest(hits)

    def _behind_digits(self, name: str, value: str) -> Iterator[Hit]:
        """Marks in which a digit stands for a letter: "Ma1neDOT"."""
        if not _DIGIT_BETWEEN.search(value):
            return
        for table in _DIGIT_TABLES:
            letters = fold(_DIGIT_BETWEEN.sub(lambda match: match[0].translate(table), value))  # noqa: B023
            folded = Folded(value, letters.text, letters.starts)
            whole, camel = (
                words(folded, state=self.state.reading, camel=split_up, handle=name == "handle")
                for split_up in (False, True)
            )
            for hit in self._in_words(name, whole, camel, disguised=True):
                written = hit.mark.span.text.lower()
                if not written.replace("_", "").replace("@", "").isalnum() or (name == "bio" and hit.first != hit.last):
                    continue  # in prose, only within one word: "5 Maine DOT crews" is no riddle
                if hit.mark.form is not NameForm.ACRONYM and max(self.state.name.split(), key=len) in written:
                    continue  # a digit in a long name beside a plainly written state
                if hit.tier == MarkTier.STATED and _DIGIT_BETWEEN.search(written):
                    yield hit

    def _around_emoji(self, name: str, value: str) -> Iterator[Hit]:
        """Marks that hold the State's name and are broken by an emoji between two letters: "Ma🌲ine DEP"."""
        if value.isascii() or not _EMOJI_BETWEEN.search(value):
            return
        out = {at for match in _EMOJI_BETWEEN.finditer(value) for at in range(*match.span())}
        kept = tuple(at for at in range(len(value)) if at not in out)
        letters = fold("".join(value[at] for at in kept))
        starts = letters.starts or tuple(range(len(letters.text)))
        folded = Folded(value, letters.text, tuple(kept[at] for at in starts))
        whole, camel = (
            words(folded, state=self.state.reading, camel=split_up, handle=name == "handle")
            for split_up in (False, True)
        )
        for hit in self._in_words(name, whole, camel, disguised=True):
            if hit.tier is MarkTier.STATED and any(at in out for at in range(hit.mark.span.start, hit.mark.span.end)):
                yield hit

    def _plainly(self, name: str, value: str, *, skeleton: bool) -> list[Hit]:
        folded = fold(value, skeleton=skeleton)
        hits = list(self._domains_in(name, folded.original, folded.text, skeleton)) if not skeleton else []
        if name == "link":
            return hits
        handle, reading = name == "handle", self.state.reading
        whole = words_of(value, skeleton=skeleton, state=reading, handle=handle)
        camel = whole
        if _CAPITAL_INSIDE.search(folded.text):
            camel = words_of(value, skeleton=skeleton, state=reading, camel=True, handle=handle)
        return hits + self._in_words(name, whole, camel, disguised=skeleton)

    def _in_words(self, name: str, whole: Words, camel: Words, *, disguised: bool) -> list[Hit]:
        hits = list(self._phrases_in(name, whole, disguised))
        if camel.words != whole.words:
            hits += self._phrases_in(name, camel, disguised)
        hits += self._handles_in(name, whole, disguised)
        return hits

    def _phrases_in(self, name: str, found: Words, disguised: bool) -> Iterator[Hit]:
        for number, start, end in self._phrases.find_matches_as_indexes(found.text, overlapping=True):
            first, last = found.numbers(start, end)
            pattern = self.patterns[self._keys[number]]
            if pattern.tier is MarkTier.COMMON and pattern.form is NameForm.ACRONYM and _hemmed_in(found, first, last):
                continue
            if pattern.form is not NameForm.ACRONYM or self._as_written(name, found, first, last):
                yield self._hit(name, found, first, last, pattern, disguised)

    def _as_written(self, name: str, found: Words, first: int, last: int) -> bool:
        """Whether letters are written as an acronym, and not as a word, a name or a list: "Maine DOE", "MaineDOT" and
        "mainedot", not "Maine doe", "Doe, Maine" or "dot_maine"."""
        letters = [
            number
            for number in range(first, last + 1)
            if found.words[number] not in (self.state.word, f"{self.state.word}s", *_JOINTS)
        ]
        if _in_web_address(found, last):
            return False
        if name != "handle" and any(_APART.search(found.gap(number)) for number in range(first, last)):
            return False
        shouted = found.shouted
        return all(self._is_acronym(name, found, number, shouted) for number in letters)

    def _is_acronym(self, name: str, found: Words, number: int, shouted: bool) -> bool:
        raw, word = found.raw[number].removesuffix("'s"), found.words[number]
        if self.state.word in word or raw in self.spellings:
            return True  # written in one word with the State, or as the agencies' table has it
        if raw.isupper() or (len(raw) > 3 and raw[:-1].isupper() and raw[-1] == "s"):
            return not (shouted and could_be_a_word(word))
        if name != "handle" or is_small_word(word):
            return False
        return not could_be_a_word(word) or found.words[max(0, number - 1)] == self.state.word

    def _handles_in(self, name: str, found: Words, disguised: bool) -> Iterator[Hit]:
        for first, last in _joined(found, everything=name == "handle"):
            if name != "handle" and _in_web_address(found, last):
                continue
            start, end = found.span(first, last)
            literal = found.original[start:end].lower()
            pattern = self.handles.get(literal)
            if pattern:
                yield self._hit(name, found, first, last, pattern, disguised)
            elif name == "handle" or first in found.tagged:
                yield from self._glued_in(name, found, first, last, disguised)

    def _glued_in(self, name: str, found: Words, first: int, last: int, disguised: bool) -> Iterator[Hit]:
        for number in range(first, last + 1):
            word = found.words[number]
            for cut in range(min(len(word), self._longest_glued), 5, -1):
                pattern, rest = self.glued.get(word[:cut]), word[cut:]
                if pattern and _is_rest(rest, cut):
                    yield self._hit(name, found, number, number, pattern, disguised)
                    break
            for cut in range(max(1, len(word) - self._longest_glued), len(word) - 8):
                if self.glued.get(word[cut:]):
                    yield self._hit(name, found, number, number, self.glued[word[cut:]], disguised)
                    break

    def _domains_in(self, name: str, original: str, folded: str, disguised: bool) -> Iterator[Hit]:
        for match in self._domains.finditer(folded if len(original) == len(folded) else original):
            start, end = match.span()
            span = Span(name, start, end, original[start:end])
            mark = Mark("", self.organization.name, NameForm.DOMAIN, span, disguised)
            yield Hit(mark, MarkTier.STATED, _NO_WORDS, 0, 0)

    def _hit(self, name: str, found: Words, first: int, last: int, pattern: Pattern, disguised: bool) -> Hit:
        start, end = found.span(first, last)
        span = Span(name, start, end, found.original[start:end])
        mark = Mark(pattern.code, pattern.agency, pattern.form, span, disguised)
        return Hit(mark, pattern.tier, found, first, last)


_FOREIGN_LETTER = re.compile("[^\\W\\d_\x00-\x7f]|[\u00aa-\u00ba\u2070-\u218f\u2460-\u24ff\U0001f100-\U0001f1ff]")
_CAPITAL_INSIDE = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]")
_DIGIT_BETWEEN = re.compile(r"(?<=[A-Za-z])[01345@](?=[A-Za-z])")
_EMOJI_BETWEEN = re.compile("(?<=[^\\W\\d_])(?:[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d])+(?=[^\\W\\d_])")
_DIGIT_TABLES = tuple(
    str.maketrans({digit: letters[-1 if last else 0] for digit, letters in DIGITS.items()}) for last in (False, True)
)
_NO_WORDS = words(fold(""))
_REST = re.compile(r"(?:\d|news|info|official|hq|gov|team|crew|region|unit|troop|alerts?|jobs|help|careers?)")


def _hemmed_in(found: Words, first: int, last: int) -> bool:
    """Whether a word is a piece of a longer one."""
    start, end = found.span(first, last)
    before, after = found.original[start - 1 : start] if start else "", found.original[end : end + 1]
    return any(sign.isascii() and sign.isalnum() for sign in (before, after))


_JOINTS = ("state", "of", "and", "de", "du", "do")
_APART = re.compile(r"[,;:()\[\]{}<>|\n\r/]")
"""What stands between words that are not one name."""


def _in_web_address(found: Words, last: int) -> bool:
    """Whether a word is the name of somebody's site: "mainedot.com", "Maine dot com"."""
    return found.words[last + 1 : last + 2] in (("com",), ("org",), ("net",), ("io",), ("biz",))


@lru_cache(maxsize=2048)
def is_small_word(letters: str) -> bool:
    """Whether an acronym in small letters is a word, a title or a name: "mrs", "mac", "doc"."""
    return bool({letters, letters.removesuffix("s")} & letters_that_are_words()) or letters in given_names()


def could_be_a_word(letters: str) -> bool:
    """Whether an acronym could be a word or a piece of one when letter case says nothing: "dot", "dep"."""
    return is_small_word(letters) or (len(letters) <= 3 and bool(LIKE_A_WORD.search(letters)))


def _is_rest(rest: str, cut: int) -> bool:
    """Whether what follows a glued agency name in a handle leaves it one: "mainedot" + "jen", not + "com"."""
    if rest in ("com", "org", "net"):
        return False
    return not rest or cut >= 10 or rest in given_names() or bool(_REST.match(rest))


def _joined(found: Words, *, everything: bool) -> list[tuple[int, int]]:
    """Runs of words that a handle is written in: the whole of a handle field, or what stands behind an "@"."""
    if everything:
        return [(0, len(found.words) - 1)] if found.words else []
    runs = []
    for first in sorted(found.tagged):
        last = first
        while last + 1 < len(found.words) and found.spans[last + 1][0] - found.spans[last][1] <= 1:
            if found.gap(last) not in ("", "_") or found.ends_at(last + 1):
                break
            last += 1
        runs.append((first, last))
    return runs


def _longest(hits: list[Hit]) -> list[Hit]:
    """Overlapping marks give way to the longest, then to the strongest; order of the text."""
    chosen: dict[int, Hit] = {}
    starts: list[int] = []
    stated = sorted((hit.mark.span.start, hit.mark.span.end) for hit in hits if hit.tier is MarkTier.STATED)
    hits = [hit for hit in hits if hit.tier is MarkTier.STATED or not _cuts_into(hit.mark.span, stated)]
    ranked = sorted(hits, key=lambda hit: (hit.mark.span.start - hit.mark.span.end, hit.mark.disguised, hit.tier))
    for hit in ranked:
        span = hit.mark.span
        at = bisect_left(starts, span.start)
        free_before = at == 0 or chosen[starts[at - 1]].mark.span.end <= span.start
        if free_before and (at == len(starts) or span.end <= starts[at]):
            starts.insert(at, span.start)
            chosen[span.start] = hit
    return [chosen[start] for start in starts]


def _cuts_into(span: Span, stated: list[tuple[int, int]]) -> bool:
    """Whether a mark begins before one that names the State and ends within it: "agent for Maine" and "Maine DOL"."""
    first, after = (bisect_left(stated, (at, 0)) for at in (span.start + 1, span.end))
    return any(span.end < end for _, end in stated[first:after])


def compile_marks(organization: Organization) -> Marks:
    """Compile an organization once; the result is cached per (hashable) organization.

    Raises ValueError where the organization's postal code is not in states.csv.
    """
    # Hashing an organization of a hundred agencies takes longer than reading most profiles: the same object is known
    # by its identity, which cannot be reused while it is held here.
    if not _LATEST or _LATEST[0].organization is not organization:
        _LATEST[:] = [_compiled(organization)]
        if _LATEST[0].organization is not organization:
            _LATEST[0] = replace(_LATEST[0], organization=organization)
    return _LATEST[0]


_LATEST: list[Marks] = []


@lru_cache(maxsize=16)
def _compiled(organization: Organization) -> Marks:
    if organization.state not in states():
        raise ValueError(f"{organization.state!r} is not a postal code of states.csv")
    state = states()[organization.state]
    catalogue = gather(organization, state)
    keys = tuple(catalogue.phrases)
    search = search_terms(catalogue)
    terms, spellings = (tuple(dict.fromkeys(map(searched, group))) for group in (search.terms, search.together[0]))
    companions = tuple(dict.fromkeys(tuple(map(searched, group)) for group in search.together[1]))
    return Marks(
        organization=organization,
        state=state,
        patterns=catalogue.phrases,
        handles=catalogue.handles,
        glued=catalogue.glued,
        spellings=frozenset(
            acronym for agency in organization.agencies for acronym in agency.acronyms if not acronym.isupper()
        ),
        terms=terms,
        together=(spellings, companions),
        _keys=keys,
        _longest_glued=max(map(len, catalogue.glued), default=0),
        _phrases=AhoCorasick([f" {key} " for key in keys]),
        _gate=AhoCorasick(terms),
        _state=AhoCorasick(spellings),
        _companion=TermGroups(companions),
        _domains=_domain_pattern(organization.domains),
    )


def _domain_pattern(domains: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(re.escape(domain) for domain in sorted(domains, key=len, reverse=True)) or "$^"
    return re.compile(
        rf"(?<![\w-])(?:[\w.%+'-]{{1,64}}@)?(?:https?://)?(?:[\w-]{{1,63}}\.){{0,9}}(?<![\w-])(?:{names})(?![\w-]|\.[a-z0-9])(?:/[^\s]*)?",
        re.IGNORECASE,
    )
