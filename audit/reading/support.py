"""Whether a bare name is ours: what else on the profile points to our state, or away from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from audit.reading.catalogue import Form, State, Tier, given_names
from audit.reading.contexts import Relation, in_name, relation, signals
from audit.reading.elsewhere import beside_other_state, other_state, own_state, own_words, points_here
from audit.reading.marks import Hit
from audit.reading.text import Words, words_of


@dataclass(frozen=True)
class Profile:
    """A profile's fields as words. Handle and display name are split at capitals."""

    handle: str
    display_name: str
    link: str
    state: State
    bio: Words
    handle_words: Words
    name_words: Words

    @staticmethod
    def of(handle: str, display_name: str, bio: str, link: str, state: State) -> Profile:
        """Split the fields of one profile into words."""
        reading = state.reading
        return Profile(
            handle, display_name, link, state,
            bio=words_of(bio, state=reading),
            handle_words=words_of(handle, state=reading, camel=True, handle=True),
            name_words=words_of(display_name, state=reading, camel=True),
        )  # fmt: skip

    @cached_property
    def text(self) -> str:
        """Handle, display name and biography in comparable form, with breaks between."""
        return f"{self.handle_words.text}|{self.name_words.text}|{self.bio.text}"

    @cached_property
    def names_text(self) -> str:
        """Handle and display name in comparable form."""
        return self._ours(f"{self.handle_words.text}|{self.name_words.text}")

    def rest_of_bio(self, told: tuple[Hit, ...]) -> str:
        """The biography in comparable form without the marks in it."""
        numbers = {number for hit in told for number in range(hit.first, hit.last + 1) if hit.words == self.bio}
        kept = (word for number, word in enumerate(self.bio.words) if number not in numbers)
        return f" {' '.join(kept)} "

    def _ours(self, text: str) -> str:
        """A text with our state's name as contexts.csv writes it."""
        return text.replace(f" {self.state.word} ", " ourstate ")

    @cached_property
    def of_our_state(self) -> bool:
        """Whether any field names our state."""
        return any(own_state(found, self.state) for found in self._fields)

    def names_our_state(self, hits: tuple[Hit, ...]) -> bool:
        """Whether any field names our state itself, in full, by its code or by its people: its capital does not, nor
        do the addresses and links among the marks."""
        shown = [hit.mark.span for hit in hits if hit.mark.form is Form.DOMAIN and hit.mark.span.field == "bio"]
        for found in self._fields:
            for number in own_words(found, self.state, capital=False):
                start = found.spans[number][0]
                if found is not self.bio or not any(span.start <= start < span.end for span in shown):
                    return True
        return False

    @property
    def _fields(self) -> tuple[Words, Words, Words]:
        return self.bio, self.name_words, self.handle_words

    @cached_property
    def points_here(self) -> bool:
        """Whether a town or an area code of our state stands in any field, and no other state's name."""
        return not self.elsewhere and any(points_here(found, self.state) for found in self._fields)

    @cached_property
    def elsewhere(self) -> str:
        """Another state that the profile names, or ""."""
        for found in (self.handle_words, self.name_words, self.bio):
            name = other_state(found, self.state)
            if name:
                return name
        return ""

    def rest_of_name(self, names: tuple[Hit, ...], *, beside: bool = False) -> str:
        """Handle and display name without the marks in them: " words | words "; with `beside`, only of the fields that
        hold one."""
        parts = []
        for field, found in (("handle", self.handle_words), ("display_name", self.name_words)):
            spans = [hit.mark.span for hit in names if hit.mark.span.field == field]
            if beside and not spans:
                parts.append("")
                continue
            kept = [
                word
                for word, (start, end) in zip(found.words, found.spans, strict=True)
                if not any(span.start < end and start < span.end for span in spans)
            ]
            parts.append(" ".join(kept))
        return self._ours(f" {parts[0]} | {parts[1]} ")

    @cached_property
    def named(self) -> bool:
        """Whether handle or display name holds a given name or a rank."""
        found = (*self.handle_words.words, *self.name_words.words)
        return any(word in given_names() for word in found) or bool(signals()["ranks"].search(self.names_text))


def supported(
    hits: tuple[Hit, ...], profile: Profile, state: State, *, tied: bool = False
) -> tuple[tuple[Hit, ...], str]:
    """The marks that can be ours, and the context that speaks against the others ("" where none does).

    A mark that does not name our State is support, never a tie by itself: "MSP" is Massachusetts' and Michigan's, too.
    It counts where something else points to our State: its name, people, capital, towns or area code, a mark that
    names it, a state link or address, or (`tied`) an address or registry entry that ties the account to it.
    """
    kept: list[Hit] = []
    doubt = ""
    pointed = tied or any(hit.tier is Tier.STATED for hit in hits)
    for hit in sorted(hits, key=lambda hit: hit.mark.form is Form.TITLE):
        if hit.tier == Tier.STATED or hit.mark.form is Form.DOMAIN:
            against = _stated_against(hit, profile)
        else:
            against = _against(hit, tuple(kept), profile, state, pointed)
        if not against:
            kept.append(hit)
        elif not doubt or against == "other state":
            doubt = against
    places = {id(hit): place for place, hit in enumerate(hits)}
    return tuple(sorted(kept, key=lambda hit: places[id(hit)])), doubt


def _stated_against(hit: Hit, profile: Profile) -> str:
    """Why a mark with our State's name is none; "" where it is."""
    if _of_university(hit):
        return "university"
    return "other body" if _is_name_shown(hit, profile) else ""


def _of_university(hit: Hit) -> bool:
    found = hit.words.words
    return hit.first >= 2 and found[hit.first - 1] == "of" and found[hit.first - 2] in ("university", "college", "gulf")


def _is_name_shown(hit: Hit, profile: Profile) -> bool:
    """Whether letters in the handle are a word of the display name: "maine_dot", Dot Miller."""
    if hit.mark.form is not Form.ACRONYM or hit.mark.span.field != "handle":
        return False
    small = {
        word
        for word, raw in zip(profile.name_words.words, profile.name_words.raw, strict=True)
        if raw.istitle() and word != profile.state.word
    }
    return any(word in small for word in hit.words.words[hit.first : hit.last + 1])


def _against(hit: Hit, kept: tuple[Hit, ...], profile: Profile, state: State, pointed: bool) -> str:
    """Why a mark that does not name our state is not counted as ours; "" where it is."""
    if beside_other_state(hit, state):
        return "other state"
    if (hit.mark.form is Form.NAME and _longer_name(hit)) or (not pointed and _spells(hit, profile)):
        return "other body"
    if hit.tier == Tier.TOPIC:
        return _topic_against(hit, profile)
    if hit.mark.form is Form.TITLE:
        return _title_against(hit, profile, any(other.mark.form is not Form.DOMAIN for other in kept))
    return _unpointed(hit, profile, pointed)


def _unpointed(hit: Hit, profile: Profile, pointed: bool) -> str:
    """Why a bare name or acronym lacks what would make it ours: a word that points to our state, or a claim."""
    if pointed or profile.of_our_state:
        return "" if hit.tier <= Tier.SHARED or _claimed(hit, profile) else "no claim"
    if profile.elsewhere:
        return "other state"
    return "" if hit.tier <= Tier.SHARED and profile.points_here else "not our state's alone"


def _topic_against(hit: Hit, profile: Profile) -> str:
    official = signals()["calls_itself_official"].search(profile.text)
    denied = official and profile.text[: official.start()].endswith((" not ", " no ", " isnt ", " non ", " never "))
    return "" if official and not denied and hit.mark.span.field in ("handle", "display_name") else "topic"


def _longer_name(hit: Hit) -> bool:
    """Whether a capitalized word stands directly before a bare name and makes it another's: "Essex Public Safety"."""
    found = hit.words
    if hit.first == 0 or found.words[hit.first - 1] in (".", "|"):
        return False
    raw, gap = found.raw[hit.first - 1], found.original[found.spans[hit.first - 1][1] : found.spans[hit.first][0]]
    if not raw[:1].isupper() or gap.strip() or found.words[hit.first - 1] == found.raw[hit.first - 1].upper():
        return False
    before = f" {found.words[hit.first - 1]} "
    return not any(signals()[name].search(before) for name in _ORDINARY)


_ORDINARY = ("roles", "claim_before", "mere_claim", "reset", "ranks", "opening")
"""Words that may stand capitalized before an agency's name without belonging to it."""


def _claimed(hit: Hit, profile: Profile) -> bool:
    if hit.mark.span.field == "bio":
        return relation(hit).relation in (Relation.CLAIMED, Relation.MERE, Relation.FORMER)
    return profile.named


def _title_against(hit: Hit, profile: Profile, beside: bool) -> str:
    """Why a rank or job is not one of ours; `beside`: whether the profile has another mark that counts."""
    context, _ = in_name(profile.names_text)
    local = any(word in ("county", "city", "town", "sheriff", "sheriffs", "jail") for word in profile.bio.words)
    if context in ("local", "federal", "university", "school", "sports", "news") or local:
        return context or "local"
    if hit.mark.span.field != "bio":
        return "" if beside else "no agency beside it"
    if hit.tier == Tier.SHARED:
        near = profile.of_our_state and not profile.elsewhere
    else:
        near = _same_statement(hit, profile.state)
    return "" if near or (beside and hit.tier == Tier.SHARED) else "not our state's alone"


def _same_statement(hit: Hit, state: State) -> bool:
    found = hit.words.words
    start = end = hit.first
    while start > 0 and found[start - 1] not in (".", "|"):
        start -= 1
    while end + 1 < len(found) and found[end + 1] not in (".", "|"):
        end += 1
    return hit.tier == Tier.SHARED and state.word in found[start : end + 1]


def _spells(hit: Hit, profile: Profile) -> bool:
    """Whether the biography spells the letters out as something else: DHHS, "Dance • Hike • Hustle • Sleep"."""
    letters = hit.mark.span.text.lower()
    if hit.mark.form is not Form.ACRONYM or not letters.isalpha():
        return False
    initials = "".join(word[0] for word in profile.bio.words if word not in (".", "|", "and", "of"))
    return letters in initials
