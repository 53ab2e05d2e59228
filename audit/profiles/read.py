"""What a profile's own words say: whom its owner works for, as whom it presents itself, and for whom it speaks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from audit.model.organization import Organization
from audit.profiles.affiliation import Affiliation, Verdict, verdict_of
from audit.profiles.agency_names import MarkTier, NameForm, State
from audit.profiles.contexts import says
from audit.profiles.disclaimers import Disclaimer, look_for
from audit.profiles.marks import Hit, Mark, Marks, Span, compile_marks
from audit.profiles.ours import Profile, other_states, supported
from audit.profiles.private import without_private
from audit.profiles.text import Words, in_line, words_of


@dataclass(frozen=True, slots=True)
class Reading:
    """What one profile's words say. Spans quote the original; empty text means that there is nothing to say."""

    affiliation: Affiliation
    agency_code: str
    agency: str
    spans: tuple[Span, ...]
    reason: str
    disclaimer: Disclaimer
    disclaimer_span: Span | None
    marks: tuple[Mark, ...]
    addresses: tuple[str, ...]
    domains: tuple[str, ...]
    quotes: tuple[str, ...] = ()
    """The texts of the spans as they may be kept and shown."""
    context: str = ""
    """What turned a mark off: "relative", "union", "other state", "parody" …"""
    names_ours: bool = False
    """Whether the profile itself names our State, or one of its agencies in full. Letters alone ("DHHS"), a title, a
    place or an address do not: a lead by name rests on more than these."""


def read_profile(
    handle: str, display_name: str, bio: str, link: str, organization: Organization, *, tied: bool = False
) -> Reading:
    """Read one profile for one organization. Pure: the same words always give the same reading.

    `tied`: a state address or a place in the registry ties the account to the organization already, so that letters
    that other states' agencies share ("DHHS") are read as ours.
    """
    marks = compile_marks(organization)
    return _reading(_looked_at(marks, handle, display_name, bio, link), (bio, display_name), marks, tied=tied)


def read_both(
    handle: str, display_name: str, bio: str, link: str, organization: Organization
) -> tuple[Reading, Reading]:
    """`read_profile` of a profile that nothing else ties to the organization, and of one that is tied."""
    marks = compile_marks(organization)
    look = _looked_at(marks, handle, display_name, bio, link)
    untied = _reading(look, (bio, display_name), marks, tied=False)
    if any(hit.tier is MarkTier.STATED for hit in look.hits) and untied.marks:
        return untied, untied
    return untied, _reading(look, (bio, display_name), marks, tied=True)


@dataclass(frozen=True, slots=True)
class _Look:
    """The marks found in a profile, the profile (None where there is none to look at), and what is ours of them where
    nothing else ties it to the organization, with what turned the others off."""

    hits: tuple[Hit, ...]
    profile: Profile | None
    kept: tuple[Hit, ...] = ()
    doubt: str = ""


@lru_cache(maxsize=4)
def _looked_at(marks: Marks, handle: str, display_name: str, bio: str, link: str) -> _Look:
    """What is found in a profile, remembered between the gate and the reading of the same one."""
    hits = marks.find(handle, display_name, bio, link)
    if not hits:
        return _Look((), None)
    profile = Profile.of(handle, display_name, bio, link, marks.state)
    return _Look(hits, profile, *supported(hits, profile))


def _reading(look: _Look, texts: tuple[str, str], marks: Marks, *, tied: bool) -> Reading:
    """The reading of the marks that were found in a profile; `texts` are its biography and its display name."""
    profile, hits = look.profile, look.hits
    if profile is None:
        disclaimer, span = _for_us(texts, (), marks, tied=tied)
        return Reading(Affiliation.NONE, "", "", (), "It shows no mark of the organization.", disclaimer, span,
                       (), (), ())  # fmt: skip
    kept, doubt = supported(hits, profile, tied=True) if tied else (look.kept, look.doubt)
    disclaimer, span = _for_us(texts, kept, marks, tied=tied)
    verdict = verdict_of(profile, kept, span, disclaimer, marks) if kept else Verdict(Affiliation.NONE, context=doubt)
    lead = _lead(verdict.hits)
    shown = _domain_texts(kept)
    return Reading(
        affiliation=verdict.affiliation,
        agency_code=lead.mark.agency_code if lead else "",
        agency=lead.mark.agency if lead else "",
        spans=tuple(hit.mark.span for hit in verdict.hits),
        reason=_sentence(verdict, lead),
        disclaimer=disclaimer,
        disclaimer_span=span,
        marks=tuple(hit.mark for hit in kept),
        addresses=tuple(text for text in shown if "@" in text),
        domains=tuple(text for text in shown if "@" not in text),
        quotes=tuple(_quote(hit.mark) for hit in verdict.hits),
        context=verdict.context,
        names_ours=profile.names_our_state(hits) or any(_names_ours(hit, marks) for hit in kept),
    )


def shows_a_mark(handle: str, display_name: str, bio: str, link: str, organization: Organization) -> bool:
    """Whether a profile shows any mark of the organization, a state address or a state-domain link.

    The exact gate behind `Marks.terms`: marks without the State's name count only with something that points to it.
    A place alone ("Born in Maine") is no mark.
    """
    return bool(_looked_at(compile_marks(organization), handle, display_name, bio, link).kept)


def _names_ours(hit: Hit, marks: Marks) -> bool:
    """Whether a mark holds our State's name ("MaineDOT") or is an agency's name in full."""
    mark = hit.mark
    if mark.form is NameForm.NAME:
        return True
    stated = hit.tier is MarkTier.STATED and mark.form in (NameForm.ACRONYM, NameForm.TITLE, NameForm.HANDLE)
    return stated and marks.state.word in re.sub(r"[^a-z]", "", "".join(hit.words.words[hit.first : hit.last + 1]))


def _domain_texts(hits: tuple[Hit, ...]) -> tuple[str, ...]:
    """State addresses and links shown, in small letters, each once."""
    return tuple(dict.fromkeys(hit.mark.span.text.lower() for hit in hits if hit.mark.form is NameForm.DOMAIN))


def _disclaimer(field: str, text: str, hits: tuple[Hit, ...], marks: Marks) -> tuple[Disclaimer, Span | None]:
    """The disclaimer of a biography or display name; one that names the State or one of its agencies is STATE."""
    if not text:
        return Disclaimer.NONE, None
    found, result = look_for(text, marks.state.reading)
    if result is None or result.disclaimer is Disclaimer.ENDORSEMENT_ONLY:
        against = _set_apart(field, text, hits)
        if against is not None:
            return Disclaimer.STATE, against
    if result is None:
        return Disclaimer.NONE, None
    if result.disclaimer is Disclaimer.EMPLOYER:
        _, close = found.statement(result.last)
        whole = _quoted(field, text, found, result.first, close)
        named = any(hit.mark.span.starts_in(whole) for hit in hits if hit.mark.form is not NameForm.DOMAIN)
        if named or "state" in found.words[result.first : close + 1]:
            return Disclaimer.STATE, whole
    return result.disclaimer, _quoted(field, text, found, result.first, result.last)


def _quoted(field: str, text: str, found: Words, first: int, last: int) -> Span:
    start, end = found.span(first, last)
    return Span(field, start, end, text[start:end])


def _for_us(
    texts: tuple[str, str], hits: tuple[Hit, ...], marks: Marks, *, tied: bool
) -> tuple[Disclaimer, Span | None]:
    """The disclaimer of the biography, else of the display name; none where the profile is ours and disclaims another
    government alone."""
    best: tuple[Disclaimer, Span | None] = (Disclaimer.NONE, None)
    for field, text in zip(("bio", "display_name"), texts, strict=True):
        disclaimer, span = _disclaimer(field, text, hits, marks)
        if (hits or tied) and span is not None and _for_another_government(text, span, hits, marks.state):
            continue
        if disclaimer not in (Disclaimer.NONE, Disclaimer.ENDORSEMENT_ONLY):
            return disclaimer, span
        best = best if best[1] else (disclaimer, span)
    return best


def _for_another_government(text: str, span: Span, hits: tuple[Hit, ...], state: State) -> bool:
    """Whether the statement that disclaims names another government and nothing else: words about "the City of Irvine"
    say nothing about our State."""
    found = words_of(text, state=state.reading)
    first, last = found.statement(*found.covering(span.start, span.end))
    whole = _quoted(span.field, text, found, first, last)
    if any(hit.mark.span.starts_in(whole) for hit in hits):
        return False
    said = in_line(found.words[first : last + 1])
    others = chain(_GOVERNMENT.finditer(said), other_states(state.postal).finditer(said))
    if not any(_NEGATED.search(said[: other.start()]) for other in others):
        return False
    rest = _GOVERNMENT.sub("", re.sub(r" (?:state|commonwealth) of ", " ", said))
    return not says("ours_in_disclaimer", rest) and state.word not in rest.split()


_GOVERNMENT = re.compile(
    r"(?<= )(?:(?:city|town|county|village|borough|township|parish|province|port|school district|university) of [a-z]+"
    r"|[a-z]+ (?:county|city|township|school district|university)|(?:us|united states|federal) (?:government|army|navy|"
    r"air force|department of [a-z]+|house|senate|congress)|department of defense|dod)(?= )"
)
"""Another government, in comparable text; other states are told by their names."""

_NEGATED = re.compile(r" (?:not|!=|dont|doesnt|arent|isnt|nor|neither|never|no|aint|cannot|unaffiliated|independent) ")

_DENIED = re.compile(r"(?<= )(?:not|!=|arent|isnt|never|nor|dont|doesnt|aint)(?: [^\s.|]+){0,5} $")
_SPOKEN = re.compile(
    r"(?<= )(?:views?|opinions?|tweets?|posts?|thoughts?|mine|own|personal|personally|comments|words|statements|rants|"
    r"speaking|talking|opinion|account|page|represent\w*|speak|behalf)(?= )"
)


def _set_apart(field: str, text: str, hits: tuple[Hit, ...]) -> Span | None:
    """The words that set what is said here apart from an agency named: "these tweets aren't MaineDOT's"."""
    for hit in hits:
        if hit.mark.span.field != field or hit.mark.form is NameForm.DOMAIN:
            continue
        found = hit.words
        start, close = found.statement(hit.first, hit.last)
        denied = _DENIED.search(in_line(found.words[start : hit.first]))
        if denied is None:
            continue
        first = hit.first - len(denied.group().split())
        if _SPOKEN.search(in_line(found.words[max(0, first - 6) : close + 1])):
            return _quoted(field, text, found, first, hit.last)
    return None


def _quote(mark: Mark) -> str:
    """The words of a mark. Only a handle that a biography names can hold more than the organization's own."""
    other = mark.form is NameForm.HANDLE and mark.span.field != "handle"
    return without_private(mark.span.text) if other else mark.span.text


def _lead(hits: tuple[Hit, ...]) -> Hit | None:
    """The mark that names the agency: an agency before the State itself, a name before a title."""
    order = {NameForm.NAME: 0, NameForm.ACRONYM: 1, NameForm.HANDLE: 1, NameForm.TITLE: 2, NameForm.DOMAIN: 3}
    return min(hits, key=lambda hit: (not hit.mark.agency_code, hit.tier, order[hit.mark.form]), default=None)


def _sentence(verdict: Verdict, lead: Hit | None) -> str:
    """The reason in one plain sentence, with the words it rests on in quotation marks."""
    if lead is None:
        # What the words are about is as private as they are: a union, a party, an illness.
        about = f"{verdict.context}: {verdict.said}"
        if without_private(about) != about:
            return "No tie to the organization is claimed."
        because = f": it says “{verdict.said}”" if verdict.said else ""
        what = f" ({verdict.context})" if verdict.context else ""
        return f"No tie to the organization is claimed{what}{because}."
    shown = ", ".join(dict.fromkeys(f"“{_quote(hit.mark)}”" for hit in verdict.hits[:3]))
    disguised = ", in look-alike letters" if any(hit.mark.disguised for hit in verdict.hits) else ""
    where = lead.mark.span.field.replace("_", " ")
    if verdict.affiliation is Affiliation.FORMER:
        past = without_private(verdict.said)
        return f"The {where} puts {lead.mark.agency} in the past (“{past}”): {shown}{disguised}."
    return f"The profile {verdict.how} {lead.mark.agency}: {shown} in the {where}{disguised}."
