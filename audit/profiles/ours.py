"""Which marks are ours? A bare name is, where something else on the profile points to our state and nothing away."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from audit.profiles.agency_names import MarkTier, NameForm, State, given_names, programmes, states
from audit.profiles.contexts import Relation, in_name, is_occupation, relation, says, signals
from audit.profiles.marks import Hit
from audit.profiles.text import BREAKS, Words, in_line, words_of


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

    def _ours(self, text: str) -> str:
        """A text with our state's name as contexts.csv writes it."""
        return text.replace(f" {self.state.word} ", " ourstate ")

    def rest_of_bio(self, told: tuple[Hit, ...]) -> str:
        """The biography in comparable form without the marks in it."""
        same = {id(found): found == self.bio for found in {id(hit.words): hit.words for hit in told}.values()}
        numbers = {number for hit in told if same[id(hit.words)] for number in range(hit.first, hit.last + 1)}
        return in_line(word for number, word in enumerate(self.bio.words) if number not in numbers)

    @cached_property
    def of_our_state(self) -> bool:
        """Whether any field names our state: in full, by its code, by its people or by its capital."""
        names, capital = _names_of(self.state), self.state.capital
        return any(
            word in names or (word == capital and not _lies_elsewhere(found, number, self.state))
            for found in self._fields
            for number, word in enumerate(found.words)
        )

    def names_our_state(self, hits: tuple[Hit, ...]) -> bool:
        """Whether any field names our state itself, in full, by its code or by its people: its capital does not, nor
        do the addresses and links among the marks."""
        names = _names_of(self.state)
        if any(word in names for word in (*self.name_words.words, *self.handle_words.words)):
            return True
        shown = [hit.mark.span for hit in hits if hit.mark.form is NameForm.DOMAIN and hit.mark.span.field == "bio"]
        starts = [start for word, (start, _) in zip(self.bio.words, self.bio.spans, strict=True) if word in names]
        return any(not any(span.start <= start < span.end for span in shown) for start in starts)

    @cached_property
    def initials(self) -> str:
        """The first letters of the biography's words, but for those of no weight."""
        return "".join(word[0] for word in self.bio.words if word not in BREAKS and word not in ("and", "of"))

    @cached_property
    def local(self) -> bool:
        """Whether the biography speaks of a town, a county or a jail."""
        return not _LOCAL.isdisjoint(self.bio.words)

    @cached_property
    def of_other_ranks(self) -> bool:
        """Whether the biography has words of officers elsewhere."""
        return says("rank_elsewhere", *self.bio.words)

    @property
    def _fields(self) -> tuple[Words, Words, Words]:
        return self.bio, self.name_words, self.handle_words

    @cached_property
    def points_here(self) -> bool:
        """Whether a town or an area code of our state stands in any field, and no other state's name."""
        return not self.elsewhere and any(_points_to(self.state, found) for found in self._fields)

    @cached_property
    def elsewhere(self) -> str:
        """Another state that the profile names, or ""."""
        named = (_other_state(found, self.state) for found in (self.handle_words, self.name_words, self.bio))
        return next(filter(None, named), "")

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


def supported(hits: tuple[Hit, ...], profile: Profile, *, tied: bool = False) -> tuple[tuple[Hit, ...], str]:
    """The marks that can be ours, and the context that speaks against the others ("" where none does).

    A mark that does not name our State is support, never a tie by itself: "MSP" is Massachusetts' and Michigan's, too.
    It counts where something else points to our State: its name, people, capital, towns or area code, a mark that
    names it, a state link or address, or (`tied`) an address or registry entry that ties the account to it.
    """
    kept: list[Hit] = []
    doubt = ""
    pointed = tied or any(hit.tier is MarkTier.STATED for hit in hits)
    for hit in sorted(hits, key=lambda hit: (hit.mark.form is NameForm.TITLE, hit.tier is MarkTier.TOPIC)):
        if hit.tier == MarkTier.STATED or hit.mark.form is NameForm.DOMAIN:
            against = _stated_against(hit, profile)
        else:
            against = _against(hit, tuple(kept), profile, pointed)
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
    if hit.mark.form is not NameForm.ACRONYM or hit.mark.span.field != "handle":
        return False
    small = {
        word
        for word, raw in zip(profile.name_words.words, profile.name_words.raw, strict=True)
        if raw.istitle() and word != profile.state.word
    }
    return any(word in small for word in hit.words.words[hit.first : hit.last + 1])


def _against(hit: Hit, kept: tuple[Hit, ...], profile: Profile, pointed: bool) -> str:
    """Why a mark that does not name our state is not counted as ours; "" where it is."""
    if _is_beside_other_state(hit, profile.state):
        return "other state"
    if (hit.mark.form is NameForm.NAME and _longer_name(hit)) or (not pointed and _spells(hit, profile)):
        return "other body"
    if hit.tier == MarkTier.TOPIC:
        return _topic_against(hit, kept, profile)
    if hit.mark.form is NameForm.TITLE:
        return _title_against(hit, profile, any(other.mark.form is not NameForm.DOMAIN for other in kept))
    return _unpointed(hit, profile, pointed)


def _unpointed(hit: Hit, profile: Profile, pointed: bool) -> str:
    """Why a bare name or acronym lacks what would make it ours: a word that points to our state, or a claim."""
    if not pointed and hit.mark.form is NameForm.ACRONYM and _of_another_trade(hit, profile):
        return "other body"
    if pointed or profile.of_our_state:
        return "" if hit.tier <= MarkTier.SHARED or _claimed(hit, profile) else "no claim"
    if profile.elsewhere:
        return "other state"
    return "" if hit.tier <= MarkTier.SHARED and profile.points_here else "not our state's alone"


def _of_another_trade(hit: Hit, profile: Profile) -> bool:
    """Whether letters that only a town or the State's name beside them could make ours stand with what no agency does:
    "WCB pitcher, Portland", "MTA jazz trio"."""
    found = hit.words
    if hit.mark.span.field != "bio":
        return False
    first, last = _item(hit)
    if says("trades", *found.words[first : hit.first], "|", *found.words[hit.last + 1 : last + 1]):
        return True
    tail = next((n for n in range(hit.last + 1, last + 1) if _ends_a_job(found.words[n])), last + 1)
    head = found.words[tail - 1]
    if tail == hit.last + 1 or any(says(name, head) for name in _WORK) or head == profile.state.word:
        return False
    return not (hit.tier is MarkTier.OWN and is_occupation(head))


def _item(hit: Hit) -> tuple[int, int]:
    """First and last number of the words of one item of a list: "Mom, MDOT planner, hockey" has three."""
    found, first, last = hit.words, hit.first, hit.last
    least, most = found.statement(first, last)
    while first > least and not _SEPARATE.search(found.gap(first - 1)):
        first -= 1
    while last < most and not _SEPARATE.search(found.gap(last)):
        last += 1
    return first, last


def _ends_a_job(word: str) -> bool:
    return word.isdigit() or word in _AFTER_A_JOB or says("title_tail", word)


_AFTER_A_JOB = frozenset({"and", "or", "but", "my", "i", "im", "all", "not", "he", "she", "they"})
_SEPARATE = re.compile(r"[,;:()\[\]/&+\u2013\u2014]|\s-\s?")
_WORK = ("roles", "ranks", "claim_after", "unit", "weightless", "title_tail", "display_person", "person")
"""Lists of words that leave letters before them an agency's."""


def _topic_against(hit: Hit, kept: tuple[Hit, ...], profile: Profile) -> str:
    """Why "Maine Unemployment" as a name is nobody's: unless it calls itself official, is the name of a programme and
    nothing else, or stands over a biography that names the State or the same agency as one of its items."""
    if hit.mark.span.field not in ("handle", "display_name"):
        return "topic"
    official = signals()["calls_itself_official"].search(profile.text)
    if official:
        return "topic" if profile.text[: official.start()].endswith(_NO) else ""
    backed = any(_stands_behind(other, hit) for other in kept)
    whole = _is_programme(hit) and _is_whole_name(hit, profile) and not says("trades", *profile.bio.words)
    return "" if backed or whole else "topic"


_NO = (" not ", " no ", " isnt ", " non ", " never ")


def _stands_behind(mark: Hit, topic: Hit) -> bool:
    """Whether a mark in the biography says whose the programme is: "Claim your money. State of Maine"."""
    told = mark.mark.span.field == "bio" and mark.mark.form is NameForm.NAME
    same = mark.mark.agency_code in ("", topic.mark.agency_code)
    return told and same and relation(mark).relation is Relation.PLAIN


def _is_programme(topic: Hit) -> bool:
    spelled = " ".join(topic.words.words[topic.first + 1 : topic.last + 1])
    return spelled in programmes()


def _is_whole_name(topic: Hit, profile: Profile) -> bool:
    """Whether the display name is the topic's and no more, but for words like "updates" and "region 3"."""
    spelled = topic.words.words[topic.first : topic.last + 1]
    rest = [word for word in profile.name_words.words if word not in spelled]
    return bool(profile.name_words.words) and all(word.isdigit() or says("unit", word) for word in rest)


def _longer_name(hit: Hit) -> bool:
    """Whether a capitalized word stands directly before a bare name and makes it another's: "Essex Public Safety"."""
    found = hit.words
    if found.ends_at(hit.first - 1):
        return False
    word, raw = found.words[hit.first - 1], found.raw[hit.first - 1]
    if not raw[:1].isupper() or found.gap(hit.first - 1).strip() or word == raw.upper():
        return False
    return not any(says(name, word) for name in _ORDINARY)


_ORDINARY = ("roles", "claim_before", "mere_claim", "reset", "ranks", "opening")
"""Words that may stand capitalized before an agency's name without belonging to it."""


def _claimed(hit: Hit, profile: Profile) -> bool:
    if hit.mark.span.field == "bio":
        return relation(hit).relation in (Relation.CLAIMED, Relation.MERE, Relation.FORMER)
    return profile.named


def _title_against(hit: Hit, profile: Profile, beside: bool) -> str:
    """Why a rank or job is not one of ours; `beside`: whether the profile has another mark that counts."""
    context, _ = in_name(profile.names_text)
    if context in ("local", "federal", "university", "school", "sports", "news") or profile.local:
        return context or "local"
    if hit.mark.span.field != "bio":
        return "" if beside or _is_rank_of_ours(hit, profile) else "no agency beside it"
    near = beside or (profile.of_our_state and not profile.elsewhere)
    return "" if near and hit.tier == MarkTier.SHARED else "not our state's alone"


_LOCAL = frozenset({"county", "city", "town", "sheriff", "sheriffs", "jail"})


def _is_rank_of_ours(hit: Hit, profile: Profile) -> bool:
    """Whether a rank that few but a state's officers have stands with a given name and our State's: "WardenJoMaine"."""
    found = hit.words.words
    names = (*profile.handle_words.words, *profile.name_words.words)
    return (
        says("state_ranks", *found[hit.first : hit.last + 1])
        and profile.state.word in names
        and any(word in given_names() for word in names)
        and not profile.of_other_ranks
        and not profile.elsewhere
    )


def _spells(hit: Hit, profile: Profile) -> bool:
    """Whether the biography spells the letters out as something else: DHHS, "Dance • Hike • Hustle • Sleep"."""
    letters = hit.mark.span.text.lower()
    if hit.mark.form is not NameForm.ACRONYM or not letters.isalpha():
        return False
    return letters in profile.initials


@lru_cache(maxsize=64)
def other_states(postal: str) -> re.Pattern[str]:
    """The names and people of every state but one, for comparable text."""
    names = [
        name
        for state in states().values()
        if state.postal != postal
        for name in (state.name, *state.people, *(f"{person}s" for person in state.people))
    ]
    return re.compile(rf"(?<= )(?:{'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})(?= )")


WORDS_OF_A_PLACE = 3
_LIKE_WORDS = frozenset({"AL", "CO", "DE", "HI", "ID", "IN", "LA", "MA", "OH", "OK", "OR", "PA", "ME"})
"""Postal codes that are words when shouted: they count behind a place's name only ("Salem OR")."""


def _other_state(found: Words, own: State) -> str:
    """The name of another state that a text names ("" where none): in full, as a demonym or as a postal code."""
    match = other_states(own.postal).search(found.text)
    if match:
        return match.group()
    for number in range(len(found.words)):
        name = _state_coded(found, number, own)
        if name and (found.raw[number] not in _LIKE_WORDS or _ends_a_place(found, number)):
            return name
    return ""


def _state_coded(found: Words, number: int, own: State) -> str:
    """The other state of which a word is the postal code in capitals; "" where it is none."""
    raw = found.raw[number]
    return states()[raw].name if raw in states() and raw != own.postal else ""


def _ends_a_place(found: Words, number: int) -> bool:
    """Whether a word ends its statement behind one with a single capital: "Salem OR"."""
    before = found.raw[number - 1] if number else ""
    return before[:1].isupper() and not before.isupper() and found.ends_at(number + 1)


def _lies_elsewhere(found: Words, place: int, own: State) -> bool:
    """Whether another state's name or code follows a place at once: "Augusta, GA", "Augusta Georgia"."""
    beyond = place + 1
    if found.ends_at(beyond):
        return False
    coded = _state_coded(found, beyond, own) and (found.raw[beyond] not in _LIKE_WORDS or _ends_a_place(found, beyond))
    return bool(coded or other_states(own.postal).match(found.text, found.offsets[beyond]))


def _names_of(own: State) -> frozenset[str]:
    """The words that name our state itself: its name, which its postal code is read as, and its people."""
    return frozenset({own.word, *own.people, *(f"{person}s" for person in own.people)})


@lru_cache(maxsize=8)
def _towns(postal: str) -> re.Pattern[str]:
    names = sorted(states()[postal].towns, key=len, reverse=True)
    return re.compile(rf"(?<= )(?:{'|'.join(map(re.escape, names)) or '$^'})(?= )")


def _points_to(own: State, found: Words) -> bool:
    """Whether a text holds an area code of our state, or a town of its in places.csv, written with a capital letter."""
    if any(word in own.area_codes for word in found.words):
        return True
    towns = _towns(own.postal).finditer(found.text)
    return any(found.raw[found.number(town.start())][:1].isupper() for town in towns)


def _is_beside_other_state(hit: Hit, own: State) -> bool:
    """Whether another state's name or code stands directly beside a bare mark: "Ohio DEP", "DEP of New Jersey"."""
    found = hit.words
    before, beyond = hit.first - 1, hit.last + 1
    if found.words[max(0, before) : before + 1] in (("state",), ("states",)):
        before -= 1
    while found.words[beyond : beyond + 1] in (("of",), ("for",), ("in",), ("state",)):
        beyond += 1
    return _at_a_place_elsewhere(found, beyond, own) or any(
        0 <= number < len(found.words)
        and (found.words[number] in _state_words(own.postal) or bool(_state_coded(found, number, own)))
        and found.words[number + 1 : number + 2] not in (("county",), ("street",), ("avenue",), (own.word,))
        for number in {before, hit.last + 1, beyond}
    )


def _at_a_place_elsewhere(found: Words, beyond: int, own: State) -> bool:
    """Whether a place in another state follows a mark: "Dept of Labor in Boston, MA", "State Police, Augusta GA"."""
    for place in range(beyond, beyond + WORDS_OF_A_PLACE):
        if found.ends_at(place) or not found.raw[place].istitle():
            return False
        if (
            found.raw[place + 1 : place + 2]
            and _state_coded(found, place + 1, own)
            and _lies_elsewhere(found, place, own)
        ):
            return True
    return False


@lru_cache(maxsize=8)
def _state_words(postal: str) -> frozenset[str]:
    """First and last words of other states' names, and their short forms, without those that say nothing alone."""
    others = [state for state in states().values() if state.postal != postal]
    ends = {word for state in others for word in (state.name.split()[0], state.name.split()[-1], *state.short)}
    return frozenset(ends - _VAGUE)


_VAGUE = frozenset({"new", "north", "south", "west", "district", "islands", "of", "puerto", "virgin", "american"})
