"""What no sentence that can reach an employee may do: ask for access, hold out a penalty, judge the person … Pure.

Acts (notice_acts.csv) × what surrounds them (notice_frames.csv): good sentences use the same words under "need not",
"nobody will ask", "you may", so that no list of words would do. Laws and kinds: 26 M.R.S. §§ 615 to 619 and those of
notice_statutes.csv, all for counsel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache, lru_cache

from audit.model.policy import Barred, Policy
from audit.report.clauses import (
    Force,
    SentencePart,
    classes,
    force_at,
    forms_in,
    members,
    parts_of,
    phrase,
    sentences,
    written_out,
)
from connectors.reference import table

REACH = 14
"""How many words after its verb an act's object may end."""


@dataclass(frozen=True, slots=True)
class WordingFault:
    """A sentence that may not stand, as it stands: the kind, what it does, the statute where there is one, and what
    to write instead."""

    sentence: str
    kind: str
    what: str
    statute: str
    instead: str

    def __str__(self) -> str:
        barred = f" ({self.statute})" if self.statute else ""
        return f"“{self.sentence}” {self.what}{barred}. Instead: {self.instead}."


@dataclass(frozen=True, slots=True)
class _Act:
    kind: str
    when: str
    verb: str
    object: re.Pattern[str]
    offered: bool
    unless: re.Pattern[str] | None = None


def barred_kinds() -> tuple[str, ...]:
    """The kinds of sentence that can be barred, in the order of notice_kinds.csv."""
    return tuple(row["kind"] for row in table("notice_kinds.csv"))


@lru_cache(maxsize=1024)
def faults_of(text: str, barred: Barred) -> tuple[WordingFault, ...]:
    """What is wrong with the sentences of a text, one fault for each sentence and kind."""
    rows = {row["kind"]: row for row in table("notice_kinds.csv")}
    chosen = rows.keys() if barred.kinds is None else {*barred.kinds}
    return tuple(
        WordingFault(sentence, kind, rows[kind]["what"], _statute(kind, barred.state), rows[kind]["instead"])
        for sentence in sentences(text)
        for kind in _kinds_in(sentence, barred.words)
        if kind in chosen
    )


def faults_in_pack(policy: Policy) -> Iterator[tuple[str, WordingFault]]:
    """What is wrong in a pack's own words, each with the setting that holds it. Clauses are quoted, and not judged."""
    for setting, text in words_to_employees(policy):
        for fault in faults_of(text, policy.barred):
            yield setting, fault


def words_to_employees(policy: Policy) -> Iterator[tuple[str, str]]:
    """Every text of a pack that can reach an employee, in a note or by way of a reviewer, with its setting."""
    yield "disclaimer", policy.disclaimer
    yield "rights", policy.rights
    for rule_id, text in policy.guidance.items():
        yield f"guidance.{rule_id}", text
    for setting, text in asdict(policy.notice).items() if policy.notice else ():
        if isinstance(text, str):
            yield f"notice.{setting}", text
        else:
            yield from ((f"notice.{setting}.{rule_id}", part) for rule_id, part in text.items())


def _statute(kind: str, state: str) -> str:
    found = (row for row in table("notice_statutes.csv") if row["kind"] == kind)
    return next((row["statute"] for row in found if row["state"] in ("", state)), "")


@cache
def _acts() -> tuple[_Act, ...]:
    return tuple(
        _Act(
            row["kind"],
            row["when"],
            row["verb"],
            _compiled(row["when"], row["object"]),
            row["offered"] == "yes",
            re.compile(rf"\b(?:{written_out(row['unless'])})") if row["unless"] else None,
        )
        for row in table("notice_acts.csv")
    )


def _compiled(when: str, pattern: str) -> re.Pattern[str]:
    whole = when in ("said", "inquired") and not pattern.startswith("that you")
    return re.compile(rf"\b(?:{written_out(pattern)})(?!\w)" if whole else written_out(pattern))


@lru_cache(maxsize=1024)  # the sentences of a pack are the same for every configuration that names it
def _kinds_in(sentence: str, words: tuple[str, ...]) -> tuple[str, ...]:
    parts = parts_of(sentence)
    whole = " ".join(word for part in parts for word in part.words)
    found = {
        act.kind
        for act in (*_acts(), *_own_acts(words))
        if any(_done(act, part) for part in parts) and not (act.unless and act.unless.search(whole))
    }
    return tuple(kind for kind in barred_kinds() if kind in found)


@cache
def _own_acts(words: tuple[str, ...]) -> tuple[_Act, ...]:
    """What a pack's own words add: they are not to be told."""
    named = "|".join(re.escape(word.casefold()) for word in words)
    return (
        (_Act("disclosure", "asked", "TELL", re.compile(written_out(f"<7>(?:{named})s?\\b")), False),) if words else ()
    )


def _done(act: _Act, part: SentencePart) -> bool:
    if act.when == "inquired":
        return part.asks and not part.conditional and bool(act.object.search(" ".join(part.words)))
    if act.when == "said":
        return _said(act, part)
    if act.when == "wanted":
        return any(_wanted(act, part, at, particle, forms) for at, particle, forms in _verbs(act.verb, part))
    return any(_asked(act, part, at, particle, forms) for at, particle, forms in _verbs(act.verb, part))


def _verbs(name: str, part: SentencePart) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Where verbs of a class stand: the place, that of its particle (or the same), and the forms it may be."""
    known = forms_in(name)
    for at, word in enumerate(part.words):
        for particle, forms in known.get(word, ()):
            if not particle:
                yield at, at, forms
            elif particle in (near := part.words[at + 1 : at + 6]):
                yield at, at + 1 + near.index(particle), forms


def _asked(act: _Act, part: SentencePart, at: int, particle: int, forms: frozenset[str]) -> bool:
    after = list(part.words[at + 1 :])
    if particle > at:
        del after[particle - at - 1]
    text = " ".join(word for word in after[:REACH] if word not in {",", ":"})
    before = " ".join(word for word in part.words[:at] if word not in {",", ":"})
    passive = "past" in forms or part.words[at - 1 : at] == ("to",)
    after_holds = act.object.match(text)
    before_holds = passive and act.object.pattern != ".*" and act.object.search(before)
    if not (after_holds or before_holds):
        return False
    force = force_at(part, at, forms, copular=part.words[at] in members("COPULA"))
    if after_holds and act.object.pattern != ".*" and _NOTHING.match(after_holds[0]):
        force = {Force.ASK: Force.FORBID, Force.FORBID: Force.ASK}.get(force, force)
    if act.when != "asked" and force is Force.FORBID:
        return True
    if act.when == "asked not":
        return False
    return force is Force.ASK or (act.offered and force is Force.PERMIT)


_NOTHING = re.compile(r"(?:\w+ ){0,3}(?:nobody|nothing|none|no (?!longer|one|more))")


def _wanted(act: _Act, part: SentencePart, at: int, particle: int, forms: frozenset[str]) -> bool:
    """Whether somebody but the reader wants an act's object, or says that it would help."""
    before, after = (" ".join(words) for words in (part.words[:at], part.words[max(at, particle) + 1 :]))
    if part.conditional or phrase("DENIED").search(before) or re.match(r"(?:no|nothing|nobody|none|neither)\b", after):
        return False
    if forms == {"s"} and part.words[at - 1 : at] in ((",",), ("and",), ("or",)):
        return False
    passive = "past" in forms and re.search(r"\b(?:is|are|was|were|be|been|being)(?: \w+)?$", before)
    useful = part.words[at] in members("USEFUL") and re.search(r"\b(?:would|will|could|might|may)(?: \w+)?$", before)
    if passive or useful:
        return bool(act.object.search(before) or act.object.match(after))
    return (
        not phrase("READER_WANTS").search(before)
        and part.words[at] not in members("USEFUL")
        and bool(act.object.match(after))
    )


def _said(act: _Act, part: SentencePart) -> bool:
    """Whether a clause states it: with no denial, doubt or condition."""
    if part.conditional or part.asks:
        return False
    text = " ".join(part.words)
    if act.verb:
        return any(_watches(act, part, at) for at, _, _ in _verbs(act.verb, part))
    match = act.object.search(text)
    if match is None:
        return False
    blank = phrase("SILENCE").sub(lambda silent: "_" * len(silent[0]), text)
    behind = phrase("BEFORE_CONDITION").split(blank[match.end() :])[0].split()[:_BEHIND]
    return not (phrase("DENIED").search(blank[: match.end()]) or _DENIED_BEHIND & {*behind})


_DENIED_BEHIND = frozenset({"not", "never", "no", "nobody", "nothing"})
_BEHIND = 6
"""How many words behind what is stated a denial may begin."""


def _watches(act: _Act, part: SentencePart, at: int) -> bool:
    text, before, after = (" ".join(words) for words in (part.words, part.words[:at], part.words[at + 1 :]))
    if phrase("DENIED").search(text):
        return False
    passive = bool(re.search(r"\b(?:is|are|was|were|been|being|be)(?: \w+)?$", before))
    own = bool(phrase("WATCHERS").search(before)) and not re.search(r"\b(?:you|employees?|they)(?: \w+){0,2}$", before)
    object_holds = act.object.match(after) or (passive and re.search(rf"\b(?:{classes()['DOINGS']})\b", before))
    return bool(object_holds) and (own or passive)
