"""A sentence taken apart: its clauses, its verbs, and whether its reader is asked for what a verb says. Pure.

No parser of English: a few rules for order, and tables for words (notice_words.csv, notice_frames.csv). What it answers
is for which verbs the reader is asked, asked to refrain, permitted, or told that nobody asks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from connectors.reference import table


class Force(StrEnum):
    """What a sentence does to its reader with a verb."""

    ASK = "ask"
    FORBID = "forbid"
    PERMIT = "permit"
    DENY = "deny"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SentencePart:
    """One clause in comparable words. `conditional`: it begins with if, when, unless …; `asks`: a question."""

    words: tuple[str, ...]
    conditional: bool
    asks: bool


_SHORT = (
    ("won't", "will not"), ("can't", "can not"), ("cannot", "can not"), ("shan't", "shall not"), ("n't", " not"),
    ("let's", "let us"), ("'ll", " will"), ("'d like", " would like"), ("'d", " would"), ("'re", " are"),
    ("'ve", " have"), ("'m ", " am "), ("it's", "it is"), ("that's", "that is"), ("what's", "what is"),
    ("who's", "who is"), ("here's", "here is"), ("there's", "there is"), ("'s", ""), ("'", ""), ("e-mail", "email"),
    ("login", "log in"), ("logon", "log on"), ("log-in", "log in"), ("sign-in", "sign in"),
    ("username", "user name"), ("screenshot", "screen shot"), ("§", " "), ("-", " "), ("/", " or "),
)  # fmt: skip
_ENDS = re.compile(r"(?<=[.!?;])[”\"’')]*\s+(?=[^a-z])|\n\s*\n|\n(?=\W*[A-Z])")
_LONGEST, _OVERLAP = 120, 20
"""Words of a clause that are read together, and by how many the next stretch of a longer one goes back."""
_A_PHRASE = 3
"""Words in quotation marks that are still words of the sentence itself: “only me”."""
_TOKEN = re.compile(r"[a-z0-9@]+|[,:;()?—]")
_BREAKS = frozenset({"but", "however", "although", "though", "(", ")", "—", ";"})
_NOT = frozenset({"not", "never", "without", "hardly"})
_LINKS = frozenset({",", "and", "or", "then", "nor", "to", ":"})


@cache
def classes() -> dict[str, str]:
    """The word classes of notice_words.csv that are regular expressions, by name, classes and gaps filled in."""
    return {row["name"]: gaps(row["words"]) for row in table("notice_words.csv") if row["as"] == "words"}


def gaps(pattern: str) -> str:
    """A pattern with its gaps written out: <3> is up to three words with a blank behind each, < 3> before each."""
    return re.sub(r"< (\d+)>", r"(?: \\w+){0,\1}?", re.sub(r"<(\d+)>", r"(?:\\w+ ){0,\1}?", pattern))


@cache
def members(name: str) -> frozenset[str]:
    """The single words of a class of notice_words.csv that is a set."""
    (row,) = (row for row in table("notice_words.csv") if row["as"] == "set" and row["name"] == name)
    return frozenset(row["words"].split("|"))


@cache
def phrase(name: str) -> re.Pattern[str]:
    """A class of notice_words.csv, compiled to be found as whole words."""
    return re.compile(rf"\b(?:{classes()[name]})(?!\w)")


def written_out(pattern: str) -> str:
    """A pattern of the tables with its classes and gaps written out."""
    return re.sub(r"\{([A-Z_]+)\}", lambda match: classes()[match[1]], gaps(pattern))


@cache
def _irregular() -> dict[str, tuple[str, ...]]:
    (row,) = (row for row in table("notice_words.csv") if row["as"] == "irregular")
    return {forms.split()[0]: tuple(forms.split()[1:]) for forms in row["words"].split("|")}


@cache
def verbs_of(name: str) -> tuple[tuple[str, str], ...]:
    """The verbs of a class as (verb, particle), the particle "" where it has none."""
    (row,) = (row for row in table("notice_words.csv") if row["as"] == "verbs" and row["name"] == name)
    return tuple((verb.partition("~")[0], verb.partition("~")[2]) for verb in row["words"].split("|"))


@cache
def _forms() -> dict[str, frozenset[tuple[str, str]]]:
    """Every form of every verb of the tables, with the (verb, form) that it may be: base, s, past or ing."""
    known = {head for row in table("notice_words.csv") if row["as"] == "verbs" for head, _ in verbs_of(row["name"])}
    found: dict[str, set[tuple[str, str]]] = {}
    for verb in known:
        for form, word in _inflected(verb):
            found.setdefault(word, set()).add((verb, form))
    return {word: frozenset(forms) for word, forms in found.items()}


def _inflected(verb: str) -> Iterator[tuple[str, str]]:
    yield "base", verb
    stem = verb[:-1] if verb.endswith("e") and not verb.endswith("ee") else verb
    doubled = verb + verb[-1]
    for word in {verb + "s", verb + "es", verb[:-1] + "ies" if verb.endswith("y") else verb + "s"}:
        yield "s", word
    for word in {stem + "ing", doubled + "ing"}:
        yield "ing", word
    irregular = _irregular().get(verb)
    regular = {stem + "ed", doubled + "ed", verb[:-1] + "ied" if verb.endswith("y") else stem + "ed"}
    for word in regular if irregular is None else {*irregular, *([] if irregular else [verb])}:
        yield "past", word


@cache
def forms_in(name: str) -> dict[str, tuple[tuple[str, frozenset[str]], ...]]:
    """Every form of the verbs of a class: the particle it wants ("" for none), and which form it may be."""
    found: dict[str, dict[str, set[str]]] = {}
    for verb, particle in verbs_of(name):
        for form, word in _inflected(verb):
            found.setdefault(word, {}).setdefault(particle.split("~")[0], set()).add(form)
    return {word: tuple((one, frozenset(forms)) for one, forms in held.items()) for word, held in found.items()}


@cache
def _frames() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (row["force"], re.compile(rf"\b(?:{written_out(row['words'])})(?!\w)")) for row in table("notice_frames.csv")
    )


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, as they stand; a quotation of several stays whole."""
    quoted = list(_quotations(text))
    begin = 0
    for end in _ENDS.finditer(text):
        if any(first <= end.start() < last - 1 for first, last in quoted):
            continue
        if part := text[begin : end.end()].strip():
            yield part
        begin = end.end()
    if part := text[begin:].strip():
        yield part


def parts_of(sentence: str) -> tuple[SentencePart, ...]:
    """The clauses of a sentence. What is quoted inside it (a policy, a disclaimer) is nobody's request."""
    asks = sentence.rstrip("”\"') ").endswith("?")
    return tuple(
        SentencePart(words[first : first + _LONGEST], _is_conditional(words), asks)
        for words in _split(_tokens(sentence))
        for first in range(0, len(words), _LONGEST - _OVERLAP)
    )


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    """Where the quotations of a text begin and end, one in another being part of it; one that is left open is none."""
    depth = first = 0
    for at, sign in enumerate(text):
        if sign == "“":
            first = first if depth else at
            depth += 1
        elif sign == "”" and depth:
            depth -= 1
            if not depth:
                yield first, at + 1


def _tokens(sentence: str) -> list[str]:
    bare = unicodedata.normalize("NFKC", re.sub(r"\{\w*\}", "x", sentence))
    bare = re.sub(r'"([^"]*)"', r"“\1”", bare)
    for first, last in reversed(list(_quotations(bare))):
        if first and len(bare[first:last].split()) > _A_PHRASE:
            bare = f"{bare[:first]}quoted{bare[last:]}"
    bare = bare.casefold()
    bare = bare.replace("’", "'").replace("‘", "'").replace(" - ", " — ").replace("–", "—").replace("--", "—")
    for short, long in _SHORT:
        bare = bare.replace(short, long)
    return _TOKEN.findall(bare)


def _split(tokens: list[str]) -> Iterator[tuple[str, ...]]:
    clause: list[str] = []
    conditional = False
    for at, word in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        after = tokens[at + 2] if at + 2 < len(tokens) else ""
        ends = word in _BREAKS or (word == ":" and following != "that" and not _open_ended(clause))
        if word == ",":
            ends = conditional or following in members("CLAUSE_START") or following in members("CONDITION")
            ends = ends or (
                following in {"and", "or", "but", "so", "then"}
                and (after in members("CLAUSE_START") | members("CONDITION"))
                and after != "that"
            )
            ends = ends or (_is_base(following) and not {"or", "nor"} & {*tokens})
        if word in {"and", "or"} and following in {"please", "kindly", "we", "i", "you", "nobody", "if", "when"}:
            ends = True
        if word in {"otherwise", "unless", "until"} and clause and clause[-1] not in {"have", "has", "given"}:
            yield tuple(clause)
            clause, conditional = [word], word != "otherwise"
            continue
        if ends:
            yield tuple(clause)
            clause, conditional = ["or"] if word == "or" else [], False
            if word in {"and", "or"} and following in {"if", "when"}:
                conditional = True
        elif word != "?":
            clause.append(word)
            conditional = conditional or _is_conditional(tuple(clause))
    yield tuple(clause)


def _open_ended(clause: list[str]) -> bool:
    return bool(clause) and clause[-1] in {"for", "to", "not", "following", "of", "about", "these"}


def _is_conditional(words: tuple[str, ...]) -> bool:
    rest = [word for word in words if word not in {"and", "or", "only", "but", "so", ","}][:2]
    return bool(rest) and rest[0] in members("CONDITION") and not (rest[0] == "should" and rest[1:] == ["not"])


def _is_base(word: str) -> bool:
    return any(form == "base" for _, form in _forms().get(word, ()))


def force_at(part: SentencePart, at: int, forms: frozenset[str], *, copular: bool = False) -> Force:
    """What the clause does to its reader with the verb at a place, which stands in one of these forms.

    `copular`: the verb is be, stay or the like, whose subject is what the reader has to see to.
    """
    left, text = part.words[:at], " ".join(part.words)
    passive = copular or ("past" in forms and _is_passive(left))
    framed = None
    if phrase("UP_TO_YOU").search(text):
        framed = Force.PERMIT
    elif (part.conditional and part.words[0] in members("OPEN_CONDITION") and not phrase("POLITE_IF").match(text)) or (
        "base" in forms and not copular and _is_noun(left)
    ):
        framed = Force.NONE
    return framed or _framed(left, forms, passive=passive) or _unframed(part, at, forms, passive=passive)


def _unframed(part: SentencePart, at: int, forms: frozenset[str], *, passive: bool) -> Force:
    """The force of a verb that no frame governs, by the form in which it stands."""
    left, right = part.words[:at], part.words[at + 1 :]
    if "base" in forms:
        return _commanded(left, part.conditional)
    if passive:
        return Force.NONE if part.conditional else _passive(left, right)
    if "ing" in forms and _bare(left) == () and phrase("GERUND_ASKED").search(" ".join(right)):
        return Force.DENY if _NOT & {*right[:8]} or "no" in right else Force.ASK
    return Force.NONE


def _is_noun(left: tuple[str, ...]) -> bool:
    """Whether a word behind these is a noun, though a verb looks the same: "the state", "a pinned post"."""
    return left[-1:] != ("to",) and any(
        word in members("DETERMINER") and not members("READER") & {*left[-1:]}
        for word in left[-2:]
        if left[-1] not in members("ADVERB") | _NOT | _LINKS
    )


def _is_passive(left: tuple[str, ...]) -> bool:
    return any(word in members("BE") for word in left[-4:]) or bool(phrase("CAUSED").search(" ".join(left)))


def _framed(left: tuple[str, ...], forms: frozenset[str], *, passive: bool) -> Force | None:
    """The force of the last frame before the verb; None where there is none that reaches it."""
    text = " ".join(left)
    best: tuple[int, int, str] | None = None
    denied_from = len(text)
    for force, pattern in _frames():
        for match in pattern.finditer(text):
            if force == "must" and not (passive or _reader_is_subject(text[: match.start()].split())):
                continue
            if force == "deny":
                denied_from = min(denied_from, match.start())
            if best is None or (match.end(), -match.start()) > (best[0], -best[1]):
                best = match.end(), match.start(), force
    if best is None:
        return None
    end, start, force = best
    before, between = text[:start].split(), text[end:].split()
    if not _reaches(between, forms, passive=passive):
        return None
    if force == "other":
        return Force.NONE
    if denied_from < start:
        return Force.DENY
    return _turned(Force.ASK if force == "must" else Force(force), before, text[start:end].split(), between)


def _reaches(between: list[str], forms: frozenset[str], *, passive: bool) -> bool:
    """Whether nothing between a frame and a verb gives the verb a subject of its own."""
    if between and between[-1] in members("SUBJECT"):
        return False
    if passive and {"that", "which", "who"} & {*between[-3:]}:
        return False
    if "past" in forms and not {"base", "ing"} & forms and not passive:
        return len(between) <= 4
    if "s" in forms and not {"base", "ing", "past"} & forms:
        return len(between) <= 4
    return True


def _reader_is_subject(before: list[str]) -> bool:
    for word in reversed(before[-6:]):
        if word in members("READER"):
            return True
        if word in members("SUBJECT") or word in members("NOT_THE_READER"):
            return False
    return False


def _turned(force: Force, before: list[str], frame: list[str], between: list[str]) -> Force:
    """The force under the negations around it: before it they deny the asking, behind it they turn what is asked."""
    inside = {*frame[1:]} & _NOT and frame[:2] not in (["why", "not"], ["do", "not"])
    denied = bool(inside or members("NOBODY") & {*before} or _NOT & {*before[-5:]}) and frame[0] != "not"
    refrain = bool((_NOT | {"nobody", "nothing", "neither", "nor"}) & {*between})
    if force is Force.ASK:
        if denied:
            return Force.DENY
        return Force.FORBID if refrain else Force.ASK
    if force is Force.PERMIT:
        return Force.FORBID if refrain or _NOT & {*before[-2:]} else Force.PERMIT
    if force is Force.FORBID:
        return Force.DENY if denied else Force.FORBID
    return force


def _passive(left: tuple[str, ...], right: tuple[str, ...]) -> Force:
    text = " ".join(left)
    if phrase("POSSIBLE").search(text) or not phrase("DUTY").search(text):
        offered = _OFFERED.search(text) and not (_NOT | members("NOBODY") | {"no", "only"}) & {*left, *right}
        return Force.PERMIT if offered else Force.NONE
    if members("NOBODY") & {*left}:
        return Force.DENY
    if _NOT & {*left}:
        return Force.DENY if re.search(r"not (?:\w+ )?(?:have|need|required|asked)", text) else Force.FORBID
    return Force.ASK


_OFFERED = re.compile(r"\b(?:may|can)(?: (?:also|always|still|simply|then|instead|safely|just))? be$")
"""What may be done with something is held out to whoever reads it: "the code may be left with us"."""


def _bare(left: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in left if word not in members("ADVERB") and word not in {",", "and", ":"})


def _commanded(left: tuple[str, ...], conditional: bool) -> Force:
    """The force of a verb in its bare form that no frame governs: a command, or none."""
    tail = list(left)
    refrain = False
    while tail and (tail[-1] in members("ADVERB") | _NOT | {"do"} or tail[-1].endswith("ly")):
        refrain = refrain or tail[-1] in _NOT
        tail.pop()
    if conditional or (tail and tail[-1] in members("SUBJECT") | {"you"}):
        return Force.NONE
    if not tail:
        return Force.FORBID if refrain else Force.ASK
    head = [word for word in left if word not in members("ADVERB")]
    negated = head[:2] == ["do", "not"] or head[:1] == ["never"] or head[:1] == ["no"]
    head = head[2:] if head[:2] == ["do", "not"] else head[1:] if head[:1] == ["never"] else head
    follows = left[-1] in _LINKS or tail[-1] in _LINKS
    if follows and (not head or _is_base(head[0]) or _leads_in(left)):
        if negated and left[-1] != ",":
            return Force.FORBID
        return Force.FORBID if refrain else Force.ASK
    return Force.NONE


def _leads_in(left: tuple[str, ...]) -> bool:
    """Whether what stands before a command is only a time, a place or a purpose: "by Friday,", "for this,"."""
    return "," in left and left[0] in members("LEAD_IN")
