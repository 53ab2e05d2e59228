"""From marks and their surroundings to one affiliation: first by the name an account goes by, then by its words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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
    hits: tuple[Hit, ...]
    context: str
    said: str
    how: str


_PRESENT = (Relation.CLAIMED, Relation.MERE, Relation.PLAIN, Relation.NAMED)


@dataclass(frozen=True, slots=True)
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

    @property
    def present(self) -> tuple[Judged, ...]:
        """Marks in the biography that no context turns into something else."""
        return tuple(judged for judged in self.inside if judged.relation in _PRESENT)

    def first(self, relation_sought: Relation) -> Judged | None:
        """The first mark of display name or biography with that relation."""
        return next((item for item in (*self.shown, *self.inside) if item.relation is relation_sought), None)


def verdict_of(
    profile: Profile, hits: tuple[Hit, ...], disclaimed: Span | None, disclaimer: Disclaimer, marks: Marks
) -> Verdict:
    """First match wins: parody, outlet or branded person by the name it goes by, then the biography's words."""
    context, said = in_profile(profile.text)
    if context:
        return _nothing(context, said)
    evidence = _evidence(profile, hits, disclaimed, disclaimer, marks)
    verdict = _by_name(evidence) if evidence.names else None
    if verdict is not None:
        return verdict
    verdict = _by_biography(evidence)
    if verdict.affiliation is Affiliation.NONE and not evidence.inside:
        return _by_disclaimer(evidence) or _by_address(evidence) or verdict
    return verdict


def _evidence(
    profile: Profile, hits: tuple[Hit, ...], disclaimed: Span | None, disclaimer: Disclaimer, marks: Marks
) -> Circumstance:
    named = tuple(hit for hit in hits if hit.mark.span.field in ("handle", "display_name"))
    names = tuple(hit for hit in named if hit.mark.form is not NameForm.DOMAIN)
    told = [hit for hit in hits if hit.mark.span.field == "bio" and hit.mark.form is not NameForm.DOMAIN]
    known = profile.handle.lower().lstrip("@") in marks.handles
    return Circumstance(
        profile=profile,
        hits=hits,
        names=names,
        shown=tuple(relation(hit) for hit in names if hit.mark.span.field == "display_name"),
        inside=tuple(relation(hit) for hit in told if not _within(hit, disclaimed)),
        bearing=bearing_of(profile, names, tuple(told), disclaimer),
        disclaimed=disclaimed,
        registered=tuple(hit for hit in names if known and hit.mark.form is NameForm.HANDLE),
    )


def _within(hit: Hit, span: Span | None) -> bool:
    return span is not None and span.start <= hit.mark.span.start < span.end


def _nothing(context: str, said: str) -> Verdict:
    return Verdict(Affiliation.NONE, (), context, said, "")


def _past(hits: tuple[Hit, ...], said: str) -> Verdict:
    return Verdict(Affiliation.FORMER, hits, "former", said, "speaks of the past")


def _by_name(evidence: Circumstance) -> Verdict | None:
    """What the handle and display name make it; None leaves the word to the biography."""
    if evidence.registered:
        return Verdict(Affiliation.OUTLET, evidence.registered, "", "", "goes by the registered handle of")
    past = _former_by_name(evidence)
    if past is not None:
        return past
    context, said = _name_context(evidence)
    if context == "news" and any(belongs(judged.hit) for judged in evidence.present):
        context = ""
    if context not in ("", "former"):
        return None if evidence.present else _nothing(context, said)
    if evidence.bearing.person:
        return _person_by_name(evidence)
    if evidence.bearing.outlet or any(hit.mark.form is not NameForm.TITLE for hit in evidence.names):
        told = tuple(judged.hit for judged in evidence.inside if judged.relation is not Relation.OFF)
        return Verdict(Affiliation.OUTLET, (*evidence.names, *told), "", "", "presents itself under the name of")
    return Verdict(Affiliation.BRANDED_PERSON, evidence.names, "", "", "goes by a name that carries")


def _name_context(evidence: Circumstance) -> tuple[str, str]:
    """What the other words of handle and display name make of the marks there, and those words; ("", "")."""
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


def _former_by_name(evidence: Circumstance) -> Verdict | None:
    shown = next((judged for judged in evidence.shown if judged.relation is Relation.FORMER), None)
    if shown is not None:
        return _past((shown.hit,), shown.words)
    context, said = in_name(evidence.profile.rest_of_name(evidence.names))
    if context == "former" and not (evidence.bearing.outlet or evidence.present):
        return _past(evidence.names, said)
    former = evidence.first(Relation.FORMER)
    if former and evidence.bearing.person and not evidence.present and not evidence.shown:
        return _past((former.hit,), former.words)
    return None


def _person_by_name(evidence: Circumstance) -> Verdict | None:
    if evidence.present and all(_only_letters(hit, evidence.profile) for hit in evidence.names):
        return None
    return Verdict(Affiliation.BRANDED_PERSON, evidence.names, "", "", "goes by a name that carries")


def _only_letters(hit: Hit, profile: Profile) -> bool:
    """Whether a mark is a mere abbreviation in small letters within the handle: no passer-by reads it there."""
    written = hit.mark.span.text
    small = hit.mark.form is NameForm.ACRONYM and written.islower() and profile.state.word not in written
    return small and hit.mark.span.field == "handle"


def _by_biography(evidence: Circumstance) -> Verdict:
    bearing, present = evidence.bearing, evidence.present
    named, why_named = in_name(evidence.profile.names_text)
    plain, why_plain = in_profile(evidence.profile.text, "plain")
    official = signals()["official"].search(evidence.profile.bio.text) or any(belongs(item.hit) for item in present)
    if present and official and not bearing.person and not named:
        hits = tuple(judged.hit for judged in present)
        return Verdict(Affiliation.OUTLET, hits, "", "", "calls itself a voice of")
    opening = tuple(judged.hit for judged in present if judged.hit.first == 0 and judged.relation is Relation.PLAIN)
    if opening and bearing.outlet and not named and not plain:
        return Verdict(Affiliation.OUTLET, opening, "", "", "introduces itself as")
    claimed = tuple(judged for judged in present if _counts(judged, bearing))
    if plain and not any(judged.relation is Relation.CLAIMED for judged in claimed):
        claimed = ()
    if claimed and (not named or bearing.person):
        hits = tuple(judged.hit for judged in claimed)
        return Verdict(Affiliation.EMPLOYEE, hits, "", "", "says that its owner works at")
    former = next((judged for judged in evidence.inside if judged.relation is Relation.FORMER), None)
    if former is not None:
        return _past((former.hit,), former.words)
    off = next((judged for judged in evidence.inside if judged.relation is Relation.OFF), None)
    if off is not None:
        return _nothing(off.context, off.words)
    return _nothing(plain, why_plain) if plain else _nothing(named, why_named)


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


_DETACHED = ("affiliat", "associat", "connect", "official", "run by", "speak for", "ties", "relation", "independent")
"""Words of disclaimers that people without any tie use too."""


def _by_disclaimer(evidence: Circumstance) -> Verdict | None:
    """Views "not MaineDOT's" say for whom their owner works, though nothing else does."""
    named = tuple(hit for hit in evidence.hits if hit.mark.span.field == "bio" and _within(hit, evidence.disclaimed))
    if not named or evidence.bearing.outlet or evidence.disclaimed is None:
        return None
    if any(word in evidence.disclaimed.text.lower() for word in _DETACHED):
        return _nothing("negated", evidence.disclaimed.text)
    return Verdict(Affiliation.EMPLOYEE, named, "", "", "sets its owner's views apart from those of")


def _by_address(evidence: Circumstance) -> Verdict | None:
    """A person who shows a state mailbox as the contact presents it as theirs."""
    shown = tuple(hit for hit in evidence.hits if hit.mark.form is NameForm.DOMAIN and "@" in hit.mark.span.text)
    if not shown or not evidence.bearing.person:
        return None
    return Verdict(Affiliation.EMPLOYEE, shown, "", "", "shows a mailbox of")


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
    if table["display_person"].search(f" {' '.join(shown)} "):
        score += 2
    score += 2 * bool(table["first_person"].search(bio)) + min(2, len(table["person"].findall(bio)))
    score += bool(table["roles"].search(bio[:80]))
    return score


def _organizational(profile: Profile, names: tuple[Hit, ...], told: tuple[Hit, ...], bio: str) -> int:
    table = signals()
    score = min(3, len(set(table["outlet"].findall(bio))))
    score += 2 * bool(table["official"].search(bio))
    rest = profile.rest_of_name(names).partition("|")[2].split()
    if any(hit.mark.span.field == "display_name" for hit in names) and not [
        word for word in rest if not word.isdigit() and not table["unit"].search(f" {word} ")
    ]:
        score += 2
    return score + (".gov" in profile.link.lower()) + 2 * any(belongs(hit) for hit in told)
