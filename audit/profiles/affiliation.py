"""What does a profile claim? Questions put to its names, then to its biography; the first with an answer decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from audit.profiles.agency_names import MarkTier, NameForm, given_names
from audit.profiles.contexts import (
    Judged,
    Relation,
    belongs,
    in_name,
    in_profile,
    is_place_or_seat,
    longer_name,
    relation,
    says,
    signals,
)
from audit.profiles.disclaimers import Disclaimer
from audit.profiles.marks import Hit, Marks, Span
from audit.profiles.ours import Profile


class Affiliation(StrEnum):
    """What a profile claims, as a careful reader would put it."""

    EMPLOYEE = "employee"
    """Its words say that the owner works for the organization now."""
    BRANDED_PERSON = "branded_person"
    """A person whose handle or display name carries an agency's name, acronym, rank or unit."""
    OUTLET = "outlet"
    """It presents itself as a voice of the organization or of one of its agencies."""
    FORMER = "former"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An affiliation with the marks it rests on, and the context with its words where one decided.

    `how` continues "The profile …" and is followed by the agency's name; empty where nothing is claimed.
    """

    affiliation: Affiliation
    hits: tuple[Hit, ...] = ()
    how: str = ""
    context: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Bearing:
    """Signs of a person against signs of an organization."""

    personal: int
    organizational: int

    @property
    def person(self) -> bool:
        """More speaks for a person."""
        return self.personal > self.organizational

    @property
    def outlet(self) -> bool:
        """More speaks for an organization."""
        return self.organizational > self.personal


@dataclass(frozen=True)
class Circumstance:
    """What a verdict is made from: the profile, its marks by place, what surrounds them, how it bears itself."""

    profile: Profile
    hits: tuple[Hit, ...]
    names: tuple[Hit, ...]
    """Marks in the handle or display name."""
    shown: tuple[Judged, ...]
    """Those of the display name, judged by the words around them."""
    inside: tuple[Judged, ...]
    """Marks in the biography outside its disclaimer, judged."""
    bearing: Bearing
    disclaimed: Span | None
    registered: tuple[Hit, ...]

    @cached_property
    def present(self) -> tuple[Judged, ...]:
        """Marks in the biography that no context turns into something else."""
        return tuple(judged for judged in self.inside if judged.relation in _PRESENT)

    def told(self, sought: Relation) -> Judged | None:
        """The first mark of the biography with that relation."""
        return next((judged for judged in self.inside if judged.relation is sought), None)

    @cached_property
    def named(self) -> tuple[str, str]:
        """The context that handle and display name belong to, and its words; ("", "")."""
        return in_name(self.profile.names_text)

    @cached_property
    def plain(self) -> tuple[str, str]:
        """The context in which a mark needs a claim of work beside it, and its words; ("", "")."""
        return in_profile(self.profile.text, "plain")

    @cached_property
    def beside_names(self) -> tuple[str, str]:
        """What the other words of handle and display name make of the marks there, and those words; ("", "")."""
        context, said = _beside_names(self)
        if context == "news" and (any(belongs(judged.hit) for judged in self.present) or self.tells_its_own_news):
            return "", said
        return context, said

    @cached_property
    def tells_its_own_news(self) -> bool:
        """Whether nothing but "news", "updates" or a unit stands beside an agency's name: "Maine CDC News"."""
        rest = [word for word in self.profile.rest_of_name(self.names).split() if word != "|" and not word.isdigit()]
        own = all(not is_place_or_seat(hit) and hit.tier is MarkTier.STATED for hit in self.names)
        return own and bool(self.shown) and all(says("unit", word) for word in rest)

    @property
    def goes_by_a_mark(self) -> bool:
        """Whether handle or display name carries a mark that the words beside it leave an agency's."""
        return bool(self.names) and self.beside_names[0] in ("", "former")


_PRESENT = (Relation.CLAIMED, Relation.MERE, Relation.PLAIN, Relation.NAMED)


def verdict_of(
    profile: Profile, hits: tuple[Hit, ...], disclaimed: Span | None, disclaimer: Disclaimer, marks: Marks
) -> Verdict:
    """The answer to the first question that has one. Words that turn off every mark, like "parody", go before all."""
    context, said = in_profile(profile.text)
    if context:
        return _nothing(context, said)
    evidence = _evidence(profile, hits, disclaimed, disclaimer, marks)
    for ask in (
        _goes_by_a_registered_handle,
        _names_the_past,
        _outlived_its_handle,
        _is_named_for_something_else,
        _goes_by_an_agencys_name,
        _carries_an_agencys_name,
        _calls_itself_a_voice,
        _introduces_itself_as_the_agency,
        _says_that_its_owner_works_there,
        _speaks_of_the_past,
        _speaks_of_something_else,
        _sets_its_views_apart,
        _shows_a_mailbox,
    ):
        verdict = ask(evidence)
        if verdict is not None:
            return verdict
    return _nothing(*(evidence.plain if evidence.plain[0] else evidence.named))


def _evidence(
    profile: Profile, hits: tuple[Hit, ...], disclaimed: Span | None, disclaimer: Disclaimer, marks: Marks
) -> Circumstance:
    worded = [hit for hit in hits if hit.mark.form is not NameForm.DOMAIN]
    names = tuple(hit for hit in worded if hit.mark.span.field in ("handle", "display_name"))
    told = tuple(hit for hit in worded if hit.mark.span.field == "bio")
    known = profile.handle.lower().lstrip("@") in marks.handles
    return Circumstance(
        profile=profile,
        hits=hits,
        names=names,
        shown=tuple(relation(hit) for hit in names if hit.mark.span.field == "display_name"),
        inside=tuple(relation(hit) for hit in told if not _within(hit, disclaimed)),
        bearing=bearing_of(profile, names, told, disclaimer),
        disclaimed=disclaimed,
        registered=tuple(hit for hit in names if known and hit.mark.form is NameForm.HANDLE),
    )


def _within(hit: Hit, span: Span | None) -> bool:
    return span is not None and hit.mark.span.starts_in(span)


def _nothing(context: str, said: str) -> Verdict:
    return Verdict(Affiliation.NONE, context=context, said=said)


def _past(hits: tuple[Hit, ...], said: str) -> Verdict:
    return Verdict(Affiliation.FORMER, hits, "speaks of the past", "former", said)


def _hits(judged: Iterable[Judged]) -> tuple[Hit, ...]:
    return tuple(item.hit for item in judged)


def _goes_by_a_registered_handle(evidence: Circumstance) -> Verdict | None:
    """Is its handle one that an agency or the registry of official accounts lists?"""
    if not evidence.registered:
        return None
    return Verdict(Affiliation.OUTLET, evidence.registered, "goes by the registered handle of")


def _names_the_past(evidence: Circumstance) -> Verdict | None:
    """Do the words of its names put the agency in the past: "Retired MSP Trooper"?"""
    shown = next((judged for judged in evidence.shown if judged.relation is Relation.FORMER), None)
    if shown is not None:
        return _past((shown.hit,), shown.words)
    if not evidence.names or evidence.bearing.outlet or evidence.present:
        return None
    context, said = in_name(evidence.profile.rest_of_name(evidence.names))
    return _past(evidence.names, said) if context == "former" else None


def _outlived_its_handle(evidence: Circumstance) -> Verdict | None:
    """Does a person, in whose display name no agency stands, put it in the past whatever the handle says?"""
    former = evidence.told(Relation.FORMER)
    if former is None or not evidence.bearing.person or evidence.present or evidence.shown:
        return None
    return _past((former.hit,), former.words)


def _is_named_for_something_else(evidence: Circumstance) -> Verdict | None:
    """Do its names speak of a union, a shop, news … with nothing in the biography that speaks for an agency?"""
    if not evidence.names or evidence.goes_by_a_mark or evidence.present:
        return None
    return _nothing(*evidence.beside_names)


def _beside_names(evidence: Circumstance) -> tuple[str, str]:
    context, said = in_name(evidence.profile.rest_of_name(evidence.names))
    if context == "firm":  # "honey-walrus861" is no shop: what is sold stands beside the name that it makes longer
        context, said = in_name(evidence.profile.rest_of_name(evidence.names, beside=True))
    off = next((judged for judged in evidence.shown if judged.relation is Relation.OFF), None)
    if context in ("", "former") and off is not None:
        return off.context, off.words
    if not context and not evidence.bearing.outlet and not evidence.bearing.person:
        longer = next((word for item in evidence.shown if (word := longer_name(item.hit))), "")
        return ("firm", longer) if longer else ("", "")
    return context, said


def _goes_by_an_agencys_name(evidence: Circumstance) -> Verdict | None:
    """Is it no person, and its name more than a rank or a job?"""
    if not evidence.goes_by_a_mark or evidence.bearing.person:
        return None
    if not evidence.bearing.outlet and all(hit.mark.form is NameForm.TITLE for hit in evidence.names):
        return None
    told = _hits(judged for judged in evidence.inside if judged.relation is not Relation.OFF)
    return Verdict(Affiliation.OUTLET, (*evidence.names, *told), "presents itself under the name of")


def _carries_an_agencys_name(evidence: Circumstance) -> Verdict | None:
    """Is there more in its names than letters that only the biography explains?"""
    if not evidence.goes_by_a_mark:
        return None
    if evidence.present and all(_only_letters(hit, evidence.profile) for hit in evidence.names):
        return None
    return Verdict(Affiliation.BRANDED_PERSON, evidence.names, "goes by a name that carries")


def _only_letters(hit: Hit, profile: Profile) -> bool:
    """Whether a mark is a mere abbreviation in small letters within the handle: no passer-by reads it there."""
    written = hit.mark.span.text
    small = hit.mark.form is NameForm.ACRONYM and written.islower() and profile.state.word not in written
    return small and hit.mark.span.field == "handle"


def _calls_itself_a_voice(evidence: Circumstance) -> Verdict | None:
    """Does it, being no person, call itself official or say that an agency runs it?"""
    if not evidence.present or evidence.bearing.person or evidence.named[0]:
        return None
    official = signals()["official"].search(evidence.profile.bio.text)
    if not official and not any(belongs(judged.hit) for judged in evidence.present):
        return None
    return Verdict(Affiliation.OUTLET, _hits(evidence.present), "calls itself a voice of")


def _introduces_itself_as_the_agency(evidence: Circumstance) -> Verdict | None:
    """Does an organization's biography begin with an agency's name?"""
    if not evidence.bearing.outlet or evidence.named[0] or evidence.plain[0]:
        return None
    opening = [item for item in evidence.present if item.hit.first == 0 and item.relation is Relation.PLAIN]
    return Verdict(Affiliation.OUTLET, _hits(opening), "introduces itself as") if opening else None


def _says_that_its_owner_works_there(evidence: Circumstance) -> Verdict | None:
    """Does a mark in the biography stand with a claim of work, or so plainly that a person works there?"""
    claimed = [judged for judged in evidence.present if _counts(judged, evidence.bearing)]
    if not claimed or (evidence.named[0] and not evidence.bearing.person):
        return None
    if evidence.plain[0] and all(judged.relation is not Relation.CLAIMED for judged in claimed):
        return None
    return Verdict(Affiliation.EMPLOYEE, _hits(claimed), "says that its owner works at")


def _counts(judged: Judged, bearing: Bearing) -> bool:
    """Whether naming the agency says that the owner works there: plainly named, it does for a person."""
    if judged.relation is Relation.CLAIMED:
        return not (bearing.outlet and not bearing.person)
    if judged.relation is Relation.NAMED:
        return False
    if judged.hit.mark.form is NameForm.TITLE:
        return True
    if is_place_or_seat(judged.hit):
        return False
    return (judged.hit.tier <= MarkTier.OWN or judged.relation is Relation.MERE) and not bearing.outlet


def _speaks_of_the_past(evidence: Circumstance) -> Verdict | None:
    """Do the words around a mark in the biography put it in the past?"""
    former = evidence.told(Relation.FORMER)
    return _past((former.hit,), former.words) if former else None


def _speaks_of_something_else(evidence: Circumstance) -> Verdict | None:
    """Do the words around a mark in the biography make it a spouse's, a critic's, a place's?"""
    off = evidence.told(Relation.OFF)
    return _nothing(off.context, off.words) if off else None


def _sets_its_views_apart(evidence: Circumstance) -> Verdict | None:
    """Are its views "not MaineDOT's"? That says for whom the owner works where nothing else in the biography does."""
    named = tuple(hit for hit in evidence.hits if _within(hit, evidence.disclaimed))
    if evidence.inside or not named or evidence.bearing.outlet or evidence.disclaimed is None:
        return None
    if any(word in evidence.disclaimed.text.lower() for word in _DETACHED):
        return _nothing("negated", evidence.disclaimed.text)
    return Verdict(Affiliation.EMPLOYEE, named, "sets its owner's views apart from those of")


_DETACHED = ("affiliat", "associat", "connect", "official", "run by", "speak for", "ties", "relation", "independent")
"""Words of disclaimers that people without any tie use too."""


def _shows_a_mailbox(evidence: Circumstance) -> Verdict | None:
    """Does a person whose biography names no agency show a state mailbox? It is shown as theirs, to write to."""
    shown = tuple(hit for hit in evidence.hits if hit.mark.form is NameForm.DOMAIN and "@" in hit.mark.span.text)
    if evidence.inside or not shown or not evidence.bearing.person:
        return None
    return Verdict(Affiliation.EMPLOYEE, shown, "shows a mailbox of")


def bearing_of(profile: Profile, names: tuple[Hit, ...], told: tuple[Hit, ...], disclaimer: Disclaimer) -> Bearing:
    """Count the signs. `names` are the marks in handle and display name, `told` those in the biography."""
    bio = profile.rest_of_bio(told)
    speaks = disclaimer in (Disclaimer.GENERIC, Disclaimer.EMPLOYER, Disclaimer.STATE)
    return Bearing(_personal(profile, names, bio) + 2 * speaks, _organizational(profile, names, told, bio))


def _personal(profile: Profile, names: tuple[Hit, ...], bio: str) -> int:
    rest = profile.rest_of_name(names)
    shown = rest.partition("|")[2].split()
    score = 0
    if any(word in given_names() for word in shown):
        score += 3
    elif any(word in given_names() for word in rest.partition("|")[0].split()):
        score += 2
    table = signals()
    if table["ranks"].search(profile.names_text):
        score += 2
    if says("display_person", *shown):
        score += 2
    score += 2 * bool(table["first_person"].search(bio)) + min(2, len(table["person"].findall(bio)))
    score += bool(table["roles"].search(bio[:80]))
    return score


_OF_A_JOB = re.compile(r"(?<= )(?!(?:us|call|visit|contact|reach|email|write|follow) )[a-z]+ (?:at|with|w)(?= )")
"""What somebody does at a place, "claims at", which speaks for no organization."""


def _organizational(profile: Profile, names: tuple[Hit, ...], told: tuple[Hit, ...], bio: str) -> int:
    table = signals()
    score = min(3, len(set(table["outlet"].findall(_OF_A_JOB.sub(" ", bio)))))
    score += 2 * bool(table["official"].search(bio))
    rest = profile.rest_of_name(names).partition("|")[2].split()
    if any(hit.mark.span.field == "display_name" for hit in names) and not [
        word for word in rest if not word.isdigit() and not says("unit", word)
    ]:
        score += 2
    return score + (".gov" in profile.link.lower()) + 2 * any(belongs(hit) for hit in told)
