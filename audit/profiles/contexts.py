"""What the words around a mark make of it: former, somebody else's, a fan's, a union's, another state's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import product

from ahocorasick_rs import AhoCorasick

from audit.profiles.agency_names import NameForm, State, comparable, kinds, split
from audit.profiles.marks import Hit
from audit.profiles.text import BREAKS, Words, in_line
from connectors.reference import table

_NOWHERE = State("", "", (), (), "")


class Relation(StrEnum):
    """What one mark in a biography says about its owner."""

    CLAIMED = "claimed"
    """The words beside it say that the owner works there."""
    PLAIN = "plain"
    """It stands there without more, as one of the things that the owner is."""
    NAMED = "named"
    """Other words stand with it that say nothing about work: "Audit Maine DHHS!\""""
    MERE = "mere"
    """Only an "at", "for" or "@" stands before it."""
    FORMER = "former"
    OFF = "off"
    """The words beside it say something else: a spouse, a critic, a place."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """One compiled row of contexts.csv. `pattern` is applied to the words before or after a mark, or to a name."""

    name: str
    effect: str
    where: str
    over_commas: bool
    beside: bool
    """Directly beside the mark, with nothing but a blank between."""
    pattern: re.Pattern[str]
    forms: frozenset[str]
    """A text that `pattern` matches holds one of them, with a blank before it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A mark, what it says about the owner, and the context with its words where one changed its meaning."""

    hit: Hit
    relation: Relation
    context: str = ""
    words: str = ""


NEAR = 40
"""Words to each side of a mark that can change what it says; no row of contexts.csv, with its gap, is as long."""

_ENDS = r"(?= *$| (?:\d{4}|in|after|and|now|since|from|but|with|for) )"


def _forms(phrases: tuple[str, ...]) -> frozenset[str]:
    forms = {
        comparable(" ".join(choice).rstrip("$"), _NOWHERE) + "$" * phrase.endswith("$")
        for phrase in phrases
        for choice in product(*(word.split("/") for word in phrase.split()))
    }
    return frozenset(forms - {"", "$"})


def _either(forms: frozenset[str]) -> str:
    ranked = sorted(sorted(forms), key=len, reverse=True)
    return "|".join(re.escape(form.rstrip("$")) + _ENDS * form.endswith("$") for form in ranked)


_LANGUAGES = "context_languages.csv"


@lru_cache(maxsize=1)
def contexts() -> tuple[Surroundings, ...]:
    """Every row of contexts.csv and context_languages.csv, compiled."""
    compiled = []
    foreign = ({**row, "effect": "former" if row["context"] == "former" else "off"} for row in table(_LANGUAGES))
    for row in (*table("contexts.csv"), *foreign):
        forms, gap = _forms(split(row["words"])), int(row["gap"])
        words = _either(forms)
        if row["where"] == "before":
            pattern = rf"(?<= )({words})(?: [^\s.|]+){{0,{gap}}} $"
        elif row["where"] == "after":
            pattern = rf"^ (?:[^\s.|]+ ){{0,{gap}}}?({words})(?= )"
        else:
            pattern = rf"(?<= )(?<! not )(?<! isnt )(?<! never )({words})(?= )"
        over, beside = row["comma"] == "yes", gap == 0 and row["comma"] == "no"
        compiled.append(_compiled(row["context"], row["effect"], row["where"], over, beside, pattern, forms))
    campus = _forms(tuple(word for row in table("states.csv") for word in split(row["universities"])))
    compiled.append(_compiled("university", "off", "name", True, False, rf"(?<= )({_either(campus)})(?= )", campus))
    return tuple(compiled)


def _compiled(
    name: str, effect: str, where: str, over_commas: bool, beside: bool, pattern: str, forms: frozenset[str]
) -> Surroundings:
    bare = frozenset(form.rstrip("$") for form in forms)
    return Surroundings(name, effect, where, over_commas, beside, re.compile(pattern), bare)


@lru_cache(maxsize=1)
def _sieve() -> tuple[AhoCorasick, tuple[tuple[int, ...], ...]]:
    """A search for the words of all `contexts`, and the numbers of the rows that have each."""
    rows: dict[str, list[int]] = {}
    for number, context in enumerate(contexts()):
        for form in context.forms:
            rows.setdefault(f" {form}", []).append(number)
    return AhoCorasick(list(rows)), tuple(map(tuple, rows.values()))


def _rows_in(text: str) -> frozenset[int]:
    """The numbers of the `contexts` whose words stand in a comparable text: the patterns of no others match it."""
    search, rows = _sieve()
    found = search.find_matches_as_indexes(text, overlapping=True)
    return frozenset(number for piece in {piece for piece, _, _ in found} for number in rows[piece])


@lru_cache(maxsize=1)
def reach() -> int:
    """Words before a mark among which a context can stand: those of the longest row, and its gap."""
    rows = (*table("contexts.csv"), *table(_LANGUAGES))
    return max(len(words.split()) + int(row["gap"]) for row in rows for words in split(row["words"]))


@lru_cache(maxsize=1)
def signals() -> dict[str, re.Pattern[str]]:
    """The word lists of signals.csv and work_languages.csv, compiled to match whole words in comparable text."""
    phrases: dict[str, tuple[str, ...]] = {}
    for row in (*table("signals.csv"), *table("work_languages.csv")):
        phrases[row["signal"]] = (*phrases.get(row["signal"], ()), *split(row["words"]))
    return {signal: re.compile(rf"(?<= )(?:{_either(_forms(listed))})(?= )") for signal, listed in phrases.items()}


def says(signal: str, *found: str) -> bool:
    """Whether words in comparable form, side by side, hold one of those that signals.csv lists under `signal`."""
    return bool(signals()[signal].search(in_line(found)))


def in_name(text: str) -> tuple[str, str]:
    """The context that a handle or display name (comparable text) belongs to, and its words; ("", "")."""
    for number in sorted(_rows_in(text)):
        context = contexts()[number]
        if context.where == "name":
            match = context.pattern.search(text)
            if match:
                return context.name, match.group(1)
    return "", ""


def in_profile(text: str, where: str = "profile") -> tuple[str, str]:
    """The context that some words anywhere in a profile give it, and the words; ("", "").

    `where` is "profile" for what turns every mark off, "plain" for what turns off marks without a claim of work.
    """
    for number in sorted(_rows_in(text)):
        context = contexts()[number]
        if context.where == where:
            match = context.pattern.search(text)
            if match:
                return context.name, match.group(1)
    return "", ""


def needs_claim(word: str) -> bool:
    """Whether an agency whose name ends with this word is also a place or a programme that anyone may name."""
    return says("needs_claim", word)


_FIRM = {
    "firm",
    "ship",
    "customer",
    "dog",
    "relative",
    "negated",
    "elected",
    "aspiring",
    "fiction",
    "admirer",
    "neighbor",
    "claimant",
    "licensee",
    "subject",
}
"""Contexts that no claim of work overrules: "wife of a trooper" stays that, whatever else she does."""


def relation(hit: Hit) -> Judged:
    """What the words of the same statement make of a mark in a biography or a name.

    A firm context first, then the past, then the nearest of other contexts and a claim of work.
    """
    relative = _whose_label(hit) or _one_of_several(hit)
    if relative:
        return Judged(hit, Relation.OFF, "relative", relative)
    dated = _dated(hit)
    if dated:
        return Judged(hit, Relation.FORMER, "former", dated)
    before, after = _around(hit)
    said = sorted(_contexts_around(hit, before, after), key=lambda item: (_rank(item[1]), item[0]))
    claim = _claim(hit, before, after)
    if not said:
        return Judged(hit, Relation.CLAIMED if claim is not None else _unclaimed(hit, before))
    distance, context, words = said[0]
    if context.effect == "former":
        return Judged(hit, Relation.FORMER, context.name, words)
    if claim is not None and claim <= distance and context.name not in _FIRM:
        return Judged(hit, Relation.CLAIMED)
    return Judged(hit, Relation.OFF, context.name, words)


_LABEL = re.compile(r"\s*[:=]")
_DASHES = frozenset("-\u2013\u2014\u2192")


def _whose_label(hit: Hit) -> str:
    """The relative of whom a mark is told, where the label before it names one: "Husband: Maine DOT. Me: potter".

    A dash makes a label only where another one stands behind the owner's own "Me": "Dad - MaineDOT" is a list.
    """
    found = hit.words
    listed = any(found.words[n] == "me" and _is_label(found, n, dash=True) for n in range(len(found.words)))
    for number in range(hit.first - 1, max(hit.first - NEAR, 0) - 1, -1):
        dash = listed and found.raw[number].strip() in _DASHES
        if found.ends_at(number) and not dash:
            return ""
        if _is_label(found, number, dash=listed):
            return found.words[number] if says("relatives", found.words[number]) else ""
    return ""


def _one_of_several(hit: Hit) -> str:
    """The relative of whom a mark is told, where relatives are listed, each with a job behind it: "Mom (Maine DHHS),
    dad (farmer)" or "Mom - Maine DHHS, dad - farmer". One alone ("Dad (MaineDOT)") may be the owner."""
    found, parted = hit.words, False
    for number in range(hit.first - 1, max(hit.first - NEAR, 0) - 1, -1):
        sign, gap = _sign_behind(found, number), found.gap(number)
        if sign and says("relatives", found.words[number]):
            told = _is_listed(found, number, sign) and not (sign == "-" and parted)
            return found.words[number] if told else ""
        if ")" in gap or "]" in gap or (found.ends_at(number) and not _is_dash(found, number)):
            return ""
        parted = parted or "," in gap
    return ""


def _is_listed(found: Words, number: int, sign: str) -> bool:
    """Whether somebody else stands beside a relative, with the same sign behind: another relative, or the owner."""
    return any(
        found.words[n] != found.words[number]
        and (found.words[n] == "me" or says("relatives", found.words[n]))
        and _sign_behind(found, n) == sign
        for n in range(len(found.words) - 1)
    )


def _sign_behind(found: Words, number: int) -> str:
    """ "(" for a bracket directly behind a word, "-" for a dash behind one that begins an item; else empty."""
    if number + 1 >= len(found.words):
        return ""
    if found.gap(number).strip()[:1] in ("(", "["):
        return "("
    begins = number == 0 or any(mark in found.gap(number - 1) for mark in ",;/&") or found.words[number - 1] == "and"
    begins = begins or (found.ends_at(number - 1) and not _is_dash(found, number - 1))
    dashed = _is_dash(found, number + 1) or found.gap(number).strip() in _DASHES
    return "-" if begins and dashed else ""


def _is_dash(found: Words, number: int) -> bool:
    return found.raw[number].strip() in _DASHES


def _is_label(found: Words, number: int, *, dash: bool) -> bool:
    """Whether a colon stands behind a word; with `dash`, a dash counts, too."""
    if number + 1 >= len(found.words):
        return False
    return bool(_LABEL.match(found.gap(number))) or (dash and found.raw[number + 1].strip() in _DASHES)


def _unclaimed(hit: Hit, before: str) -> Relation:
    """What a mark says beside which nothing claims work: "@MaineDOT" and a name by itself do, for a person."""
    if hit.first in hit.words.tagged or says("mere_claim", *before.split()[-3:]):
        return Relation.NAMED if _other_deed(before) else Relation.MERE
    return Relation.PLAIN if stands_alone(hit) and not _is_board(hit) else Relation.NAMED


def _other_deed(before: str) -> bool:
    """Whether the words before "at" or "with" are about something other than work: "on hold with …"."""
    return says("deeds", *before.split()[-4:])


_APART = re.compile(r"['\"\u2018-\u201d,()\[\]/+&:~<>=\u2013\u2014]|\s-+\s?")


def stands_alone(hit: Hit) -> bool:
    """Whether a mark is the whole of one item in what a person lists: "Dad, Maine DEP, Bruins"."""
    found = hit.words
    if not _bounded(found, hit.first - 1, -1):
        return False
    if _bounded(found, hit.last + 1, 1):
        return not (hit.mark.form is NameForm.TITLE and _is_plural(found.words[hit.last]))
    return is_title(hit) and says("title_tail", found.words[hit.last + 1])


def _is_plural(word: str) -> bool:
    """Whether a rank or job stands in the plural: "Maine state workers" is nobody in particular."""
    return word.endswith("s") and not word.endswith("ss")


def is_title(hit: Hit) -> bool:
    """Whether a mark says what a person is: a rank or job, or an agency's byname that is one ("Maine Game Warden")."""
    return hit.mark.form is NameForm.TITLE or says("roles", hit.words.words[hit.last])


def _bounded(found: Words, number: int, step: int) -> bool:
    """Whether an item ends between word `number` and its neighbour on the mark's side, or after words of no weight."""
    while not found.ends_at(number) and found.words[number] != "and":
        gap = found.gap(number if step < 0 else number - 1)
        if _APART.search(gap) and not (step > 0 and ":" in gap):
            return True
        if not says("weightless", found.words[number]) and not found.words[number].isdigit():
            return False
        number += step
    return True


def _rank(context: Surroundings) -> int:
    return 0 if context.name in _FIRM else 1 if context.effect == "former" else 2


def _contexts_around(hit: Hit, before: str, after: str) -> Iterator[tuple[int, Surroundings, str]]:
    """The contexts beside a mark: how many characters away, which, in what words."""
    place = is_place_or_seat(hit)
    before = in_line(before.split()[-reach() :])
    said_before, said_after = _rows_in(before), _rows_in(after)
    for number in sorted(said_before | said_after):
        context = contexts()[number]
        if context.name in _OF_PLACES and not place:
            continue
        if context.where == "before" and number in said_before:
            match = _last(context.pattern, before)
            between = before[match.end(1) :] if match else ""
            if match and _stands_before(context, hit, between, f"{before}{after}", match.group(1)):
                yield len(between), context, match.group(1)
        elif context.where == "after" and number in said_after:
            match = context.pattern.search(after)
            between = after[: match.start(1)] if match else ""
            if match and _stands_after(context, hit, between):
                yield len(between), context, match.group(1)


_OF_PLACES = ("place", "legislator", "licensee", "customer")
"""Contexts that change the meaning only of an agency that is also a place, a seat or the State itself."""


def _stands_before(context: Surroundings, hit: Hit, between: str, statement: str, words: str) -> bool:
    """Whether a context's words, found before a mark with `between` after them, are about the mark."""
    if context.name == "negated" and _is_preposition(words, between, statement):
        return False
    return _reaches(context, hit, len(between.split()), -1) and not _is_reset(context, between)


def _stands_after(context: Surroundings, hit: Hit, between: str) -> bool:
    """Whether a context's words, found after a mark with `between` before them, are about the mark."""
    if hit.mark.form is NameForm.TITLE and context.effect == "off" and context.name not in _FIRM:
        return False
    if context.name == "licensed" and _is_a_job(hit, len(between.split())):
        return False
    if context.name == "firm" and not _continues_name(hit, len(between.split())):
        return False
    return _reaches(context, hit, len(between.split()), 1) and not _is_reset(context, between)


def _is_a_job(hit: Hit, words_between: int) -> bool:
    """Whether the word behind a context's, `words_between` behind a mark, makes a job of it: "license examiner"."""
    number = hit.last + 2 + words_between
    return not hit.words.ends_at(number) and says("roles", hit.words.words[number])


def _is_preposition(word: str, between: str, statement: str) -> bool:
    """Whether "no" is Portuguese for "in the": "Enfermeira no DHHS do Maine"."""
    return word == "no" and not between.strip() and says("portuguese", statement)


def _continues_name(hit: Hit, words_between: int) -> bool:
    """Whether the words behind a mark, up to `words_between` + 1 of them, are written as parts of one name with it."""
    following = hit.words.raw[hit.last + 1 : hit.last + 2 + words_between]
    return all(raw[:1].isupper() for raw in following)


def longer_name(hit: Hit) -> str:
    """The last word of a longer name that a mark begins ("State of Maine Grange"); "" where what follows, if anything,
    is a unit, a job or another word that leaves the mark an agency's."""
    found, last = hit.words, hit.last
    while last + 1 < len(found.words) and found.raw[last + 1][:1].isupper():
        if found.gap(last).strip():
            break
        last += 1
    following = found.words[hit.last + 1 : last + 1]
    known = any(says(name, word) for word in following for name in _LEAVE_IT)
    return "" if known or not following else following[-1]


_LEAVE_IT = ("unit", "outlet", "roles", "ranks", "official", "claim_after", "title_tail", "weightless", "belongs")


def is_place_or_seat(hit: Hit) -> bool:
    """Whether a mark is the State itself or an agency that is also a place or a seat."""
    return not hit.mark.agency_code or needs_claim(hit.words.words[hit.last])


def _reaches(context: Surroundings, hit: Hit, words_between: int, side: int) -> bool:
    """Whether nothing separates the context's words from the mark: a comma, for most."""
    if context.over_commas:
        return True
    found = hit.words
    first = hit.first - words_between - 1 if side < 0 else hit.last
    last = hit.first if side < 0 else hit.last + words_between + 1
    gaps = [found.gap(number) for number in range(max(0, first), min(last, len(found.words) - 1))]
    return not any(gap.strip() if context.beside else "," in gap or "&" in gap for gap in gaps)


def _is_reset(context: Surroundings, between: str) -> bool:
    """Whether something present stands between "former …" and the mark: "former teacher, now MaineDOT". The job itself
    does not: "ex public health nurse, Maine CDC"."""
    return context.effect == "former" and says("reset", _state_jobs().sub(" ", between))


@lru_cache(maxsize=1)
def _state_jobs() -> re.Pattern[str]:
    """A job that only government has, directly behind "former"."""
    jobs = {comparable(title.lstrip("*"), _NOWHERE) for kind in kinds() for title in kind.titles}
    return re.compile(rf"^ (?:{'|'.join(map(re.escape, sorted(jobs, key=len, reverse=True)))})(?= )")


def _dated(hit: Hit) -> str:
    """A year or a span of years directly beside the mark: "2012 Maine DMR intern", "DHHS 1998-2015"; else ""."""
    found = hit.words
    years = [
        found.words[number]
        for number in (hit.first - 1, hit.first - 2, hit.last + 1, hit.last + 2, hit.last + 3)
        if 0 <= number < len(found.words) and re.fullmatch(r"(?:19|20)\d\d", found.words[number])
    ]
    following = found.words[hit.last + 1 : hit.last + 4]
    open_ended = bool({"present", "now", "since", "today"} & set(found.words[max(0, hit.first - 3) : hit.last + 5]))
    before = hit.first > 0 and found.words[hit.first - 1] in years
    if years and not open_ended and (len(years) > 1 or (before and "intern" in following)):
        return " ".join(years)
    return ""


def _last(pattern: re.Pattern[str], side: str) -> re.Match[str] | None:
    """The match nearest to the mark: patterns are anchored at its side, so the last start is the nearest."""
    match = pattern.search(side)
    nearest = match
    while match is not None:
        nearest = match
        match = pattern.search(side, match.start(1) + 1)
    return nearest


_DOES_FOR = re.compile(
    r" (?:i|my) (?!(?:am|was|want|wait|waited|vote|voted|pay|paid|wish|write|wrote|pray|thank|hope|cover|speak|dont|"
    r"never|advocate|root|fight|fought|apply|applied|volunteer|tweet|post|love|hate|live|blame|look|looked|ask|asked)"
    r"[^ ]* )(?:[^ ]+ ){1,5}for $"
)
"""What somebody does for an agency: "I inspect bridges for …", and not "I waited two hours for …"."""


def _role_stands_after(found: Words, last: int) -> bool:
    """Whether the mark ends its statement and the next is a job: "Maine State Archives | archivist"."""
    if found.words[last + 1 : last + 2] != ("|",) or found.ends_at(last + 2):
        return False
    _, end = found.statement(last + 2)
    return says("roles", found.words[min(end, last + 4)])


def _role_stands_before(found: Words, first: int) -> bool:
    """Whether a short statement before the one that a mark begins is a job: "Clerk | Maine Judicial Branch"."""
    if first > 3 and found.words[first - 2 : first] == ("office", "of"):
        first -= 2
    if first < 2 or not found.ends_at(first - 1):
        return False
    start, end = found.statement(first - 2)
    return end - start < 3 and says("roles", found.words[end])


def _around(hit: Hit) -> tuple[str, str]:
    """The words of the statement before and after a mark in it; a lone "Retired |" reaches over the bar."""
    found = hit.words
    start, end = found.statement(hit.first, hit.last)
    if start >= 2 and found.words[start - 2] in ("retired", "former", "ret") and found.ends_at(start - 3):
        start -= 2
    if found.words[end + 2 : end + 3] in (("retired",), ("ret",)) and found.ends_at(end + 3):
        end += 2
    start, end = max(start, hit.first - NEAR), min(end, hit.last + NEAR)
    before, after = found.words[start : hit.first], found.words[hit.last + 1 : end + 1]
    return in_line(word for word in before if word not in BREAKS), in_line(word for word in after if word not in BREAKS)


def belongs(hit: Hit) -> bool:
    """Whether the words directly before a mark say that the agency runs the account: "a program of Maine DEP"."""
    before, _ = _around(hit)
    return says("belongs", *before.split()[-5:])


_OCCUPATION = re.compile(
    r"[a-z]{2,}(?:er|or|ist|ian|yst|eer|eur|man|woman|dora|ista|iste|ero|era|euse|ienne|iere|ier|ologo|ologa|ogado|ogada)"
)
_JOINTS = frozenset({"at", "with", "for", "w", "of", "in", "de", "del", "du", "au"})


def _occupations(before: str, after: str) -> Iterator[int]:
    """How far away a word stands that ends like an occupation, beside the mark or before its "at": "Rigger w/ …"."""
    words = before.split()
    joint = bool(words) and words[-1] in _JOINTS
    if joint:
        words.pop()
    if words and is_occupation(words[-1]):
        yield len(before.rsplit(maxsplit=1)[-1]) + 1 if joint else 1
    following = after.split()
    if following and len(following) <= 4 and is_occupation(following[-1]):
        yield after.rfind(following[-1])
    elif following and is_occupation(following[0]):
        yield 1


def is_occupation(word: str) -> bool:
    """Whether a word in comparable form ends like an occupation and is none of the words that only look so."""
    return bool(_OCCUPATION.fullmatch(word)) and not says("not_roles", word)


def _is_board(hit: Hit) -> bool:
    """Whether a mark names a body that licenses a profession, whose name its licensees carry too."""
    return says("boards", *hit.words.words[hit.first : hit.last + 1])


def _claim(hit: Hit, before: str, after: str) -> int | None:
    """How many characters away from a mark the nearest claim of work stands; None where there is none."""
    board = _is_board(hit)
    jobs = signals()["board_roles" if board else "roles"]
    distances = [*_claims_before(before, jobs), *_claims_after(before, after, jobs)]
    if not board:
        distances += _occupations(before, after)
    if _DOES_FOR.search(before):
        distances.append(4)
    if not distances and (_role_stands_before(hit.words, hit.first) or _role_stands_after(hit.words, hit.last)):
        return len(before) + 3
    return min(distances, default=None)


def _claims_before(before: str, jobs: re.Pattern[str]) -> Iterator[int]:
    for pattern in (signals()["claim_before"], jobs):
        for match in pattern.finditer(before):
            if len(before[match.end() :].split()) <= 5:
                yield len(before) - match.end()


def _claims_after(before: str, after: str, jobs: re.Pattern[str]) -> Iterator[int]:
    if _other_deed(before):
        return
    for pattern in (signals()["claim_after"], jobs):
        match = pattern.search(after)
        if match and len(after[: match.start()].split()) <= 3:
            yield match.start() + 1
