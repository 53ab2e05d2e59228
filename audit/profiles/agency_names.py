"""What names an agency of ours, and how much does each form say by itself? From its table and what most states have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache
from itertools import product

from audit.model.organization import Organization
from audit.profiles.text import fold, words
from connectors.agency_spelling import HEADS
from connectors.records import Agency
from connectors.reference import table, text


class NameForm(StrEnum):
    """Through what a profile shows an agency."""

    NAME = "name"
    ACRONYM = "acronym"
    HANDLE = "handle"
    DOMAIN = "domain"
    TITLE = "title"


class MarkTier(IntEnum):
    """How much a form says by itself about *whose* agency it is, strongest first."""

    STATED = 0
    """Names our state, or is registered as ours: "Maine DHHS", "MaineDOT", "@MEPublicHealth"."""
    OWN = 1
    """Bare, and no agency that most states have too: "DAFS", "Land Use Planning Commission". Bare marks of every tier
    count only where the profile points to our State besides: somebody else's letters look the same."""
    SHARED = 2
    """Bare, and other states have one: "MSP", "Bureau of Motor Vehicles", "Trooper"."""
    COMMON = 3
    """Bare, and federal or everyday besides: "Department of Labor", "DOT", "caseworker": needs the State named, and a
    claim of work."""
    TOPIC = 4
    """Our state's name with what a state does, "Maine Unemployment": counts in the name of an account that calls
    itself official."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a text in comparable form stands for."""

    code: str
    agency: str
    form: NameForm
    tier: MarkTier


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Patterns in comparable form: whole words, registered handles, and names written without blanks."""

    organization: Organization
    state: State
    phrases: dict[str, Pattern]
    handles: dict[str, Pattern]
    glued: dict[str, Pattern]


def gather(organization: Organization, state: State) -> Catalogue:
    """Every pattern of an organization. Where two agencies share one, the first in the list has it."""
    catalogue = Catalogue(organization, state, {}, {}, {})
    for agency in organization.agencies:  # an agency's own name is no other's alias
        if not names_a_place(agency.name, state):
            _add_name(catalogue, agency, agency.name)
    for agency in organization.agencies:
        _add_handles(catalogue, agency)
        for name in agency.aliases:
            if not names_a_place(name, state):
                _add_name(catalogue, agency, name)
        for acronym in agency.acronyms:
            if not names_a_place(acronym, state):
                _add_acronym(catalogue, agency, acronym)
    for phrase, pattern in tuple(catalogue.phrases.items()):
        if (pattern.tier < MarkTier.COMMON or pattern.form is NameForm.NAME) and not phrase.endswith("s"):
            catalogue.phrases.setdefault(phrase + "s", pattern)
    _add_kinds(catalogue)
    _add_state(catalogue)
    _add_registered_handles(catalogue)
    return catalogue


def names_a_place(text: str, state: State) -> bool:
    """Whether what an agency goes by is the State's name or one of its places': everybody there would be the agency's.

    The State itself as an employer has forms of its own.
    """
    return comparable(text, state) in {state.word, f"state of {state.word}", state.capital, *state.towns}


def _add(catalogue: Catalogue, phrase: str, pattern: Pattern) -> None:
    known = catalogue.phrases.get(phrase)
    if known is None or (pattern.tier, pattern.form != NameForm.NAME) < (known.tier, known.form != NameForm.NAME):
        catalogue.phrases[phrase] = pattern


def _pattern(agency: Agency, form: NameForm, tier: MarkTier = MarkTier.STATED) -> Pattern:
    return Pattern(agency.agency_code, agency.name, form, tier)


def _add_handles(catalogue: Catalogue, agency: Agency) -> None:
    for _, handle in agency.handles:
        catalogue.handles.setdefault(handle.lower().lstrip("@"), _pattern(agency, NameForm.HANDLE))


def _add_name(catalogue: Catalogue, agency: Agency, name: str) -> None:
    state = catalogue.state
    phrase = comparable(name, state)
    stated = _pattern(agency, NameForm.NAME)
    core = phrase.removeprefix(f"{state.word} ")
    if state.word in phrase.split():
        _add(catalogue, phrase, stated)
        if core != phrase and len(core.split()) > 1:
            _add(catalogue, f"{core} of {state.word}", stated)
            _add(catalogue, core, _pattern(agency, NameForm.NAME, _bare_tier(core)))
    elif state.word in phrase.replace(" ", ""):
        _add(catalogue, phrase, stated)
    else:
        for form in _with_state(phrase, state.word):
            _add(catalogue, form, stated)
        _add(catalogue, phrase, _pattern(agency, NameForm.NAME, _bare_tier(phrase)))
    if (other := head_first(core)) != core and not {state.word, *NEVER_FIRST} & set(core.split()):
        for form in _with_state(other, state.word):
            _add(catalogue, form, stated)
        _add(catalogue, other, _pattern(agency, NameForm.NAME, _bare_tier(other)))
    for form in tuple(catalogue.phrases):
        if catalogue.phrases[form].code == agency.agency_code and state.word in form.split():
            _glue(catalogue, form, stated)


NEVER_FIRST = ("commission", "agency")
"""Main words that nobody puts before a name that has them behind: "real estate" alone would be searched for."""


def head_first(phrase: str) -> str:
    """A name in comparable form with its main word in front: "human affairs department" as "department of human
    affairs"; any other as it is."""
    tail, _, head = phrase.rpartition(" ")
    return f"{head} of {tail}" if tail and head in HEADS and " of " not in f" {tail} " else phrase


def _with_state(phrase: str, state: str) -> Iterator[str]:
    yield from (f"{state} {phrase}", f"{state} state {phrase}", f"{phrase} of {state}", f"{phrase} {state}")
    yield from (f"state of {state} {phrase}", f"{phrase} state of {state}", f"{phrase} for state of {state}")
    head, _, tail = phrase.partition(" of ")
    if head in ("department", "bureau", "office", "board", "division") and tail:
        yield from (f"{state} {tail} {head}", f"{state} {head} {tail}", f"{state}s {phrase}")
        short = tail.split(" and ")[0]
        if short != tail and len(short.split()) == 1:
            yield f"{state} {head} of {short}"


def _glue(catalogue: Catalogue, phrase: str, pattern: Pattern) -> None:
    state = catalogue.state
    without = "".join(part for part in phrase.split() if part not in ("of", "and", "for"))
    shortened = phrase.replace("department", "dept").replace(" ", "")
    for glued in (phrase.replace(" ", ""), without, shortened):
        if len(glued) > 6:
            catalogue.glued.setdefault(glued, pattern)
        if glued.startswith(state.word) and len(glued) > len(state.word) + 3:
            catalogue.glued.setdefault(state.postal.lower() + glued.removeprefix(state.word), pattern)


def _bare_tier(phrase: str) -> MarkTier:
    tier = MarkTier.OWN
    for kind in kinds():
        if any(_holds(phrase, name) for name in kind.names):
            tier = max(tier, MarkTier.COMMON if kind.federal else MarkTier.SHARED)
    head, of, tail = phrase.partition(" of ")
    if (of and head in HEADS) or len(phrase.split()) == 1:
        return max(tier, MarkTier.COMMON if len(tail.split()) == 1 and head == "department" else MarkTier.SHARED)
    return tier


def _add_acronym(catalogue: Catalogue, agency: Agency, acronym: str) -> None:
    state, bare = catalogue.state, comparable(acronym, catalogue.state)
    stated = _pattern(agency, NameForm.ACRONYM)
    postal = state.postal.lower()
    if bare.startswith(state.word) or state.word in bare.split():
        _add(catalogue, bare, stated)
        rest = bare.replace(state.word, "").strip()
        if len(rest) > 2:
            _add(catalogue, f"{state.word} {rest}", stated)
        _glue(catalogue, bare, stated)
        return
    for form in _beside_state(bare, state.word):
        _add(catalogue, form, stated)
    glued = bare.replace(" ", "")
    if glued.startswith(postal) and glued.removeprefix(postal) in _acronyms(catalogue.organization):
        _add(catalogue, bare, stated)  # "NHDOT" names its state by the postal code
        catalogue.glued.setdefault(glued, stated)
    if not glued.startswith(postal):
        for word in (state.word + glued, *((postal + glued,) if len(glued) > 3 else ())):
            _add(catalogue, word, stated)
            catalogue.glued.setdefault(word, stated)
        if len(glued) == 3:
            _add(catalogue, postal + glued, _pattern(agency, NameForm.ACRONYM, MarkTier.SHARED))
    if len(glued) > 2:  # two letters are a word of half the languages
        _add(catalogue, bare, _pattern(agency, NameForm.ACRONYM, _acronym_tier(bare)))


def _beside_state(acronym: str, state: str) -> Iterator[str]:
    yield from (f"{state} {acronym}", f"{acronym} {state}", f"state of {state} {acronym}")
    yield from (f"{acronym} state of {state}", f"{acronym} of {state}", f"{state}s {acronym}")
    yield from (f"{acronym} {joint} {state}" for joint in ("de", "du", "do"))


@lru_cache(maxsize=4)
def _acronyms(organization: Organization) -> frozenset[str]:
    """Acronyms of three letters or more that the organization's agencies, or those of most states, go by."""
    listed = {acronym.lower() for agency in organization.agencies for acronym in agency.acronyms}
    return frozenset(acronym for acronym in listed.union(*(kind.acronyms for kind in kinds())) if len(acronym) > 2)


def _acronym_tier(acronym: str) -> MarkTier:
    if len(acronym) < 3 or (len(acronym) == 3 and LIKE_A_WORD.search(acronym)):
        return MarkTier.COMMON
    shared = any(acronym in kind.acronyms for kind in kinds())
    return MarkTier.SHARED if shared or len(acronym) == 3 else MarkTier.OWN


LIKE_A_WORD = re.compile(
    r"^[^aeiou]*[aeiou]+[^aeiou]?$|[aeiou].[aeiou]|[aeiou](?:s[ctpk]|[lnr][tdsk]|ms|ps|ts|ck|[csgt]h)"
)
"""Short acronyms that could be a word or a piece of one ("DEP", "OST"): useless to search for by themselves."""


def _add_kinds(catalogue: Catalogue) -> None:
    """What any state's agency of a kind goes by: its ranks and jobs, "Maine DMV", "Maine Unemployment"."""
    called = [
        (agency, [comparable(form, catalogue.state) for form in (agency.name, *agency.aliases)])
        for agency in catalogue.organization.agencies
    ]
    for kind in kinds():
        agency = _agency_of(kind, called)
        if agency is not None:
            _add_titles(catalogue, agency, kind)
            _add_acronyms_and_topics(catalogue, agency, kind)
            stated = _pattern(agency, NameForm.NAME)
            for name in kind.foreign:
                states_names = (catalogue.state.word, *(() if name.isascii() else catalogue.state.foreign))
                for joint, state in product(_JOINTS, states_names):
                    _add(catalogue, comparable(f"{name} {joint} {state}", catalogue.state), stated)


_JOINTS = ("de", "du", "do", "del estado de", "do estado do", "de letat du", "gobolka", "في", "في ولاية", "ولاية", "")
"""What stands between an agency's name in another language and the state's."""


def _agency_of(kind: AgencyKind, called: Sequence[tuple[Agency, Sequence[str]]]) -> Agency | None:
    """The agency that a kind's foremost name fits; the kinds' names stand in order of fit, `called` has comparable
    forms of each agency's."""
    for name in kind.names:
        for agency, forms in called:
            if any(_holds(form, name) for form in forms):
                return agency
    return None


def _holds(phrase: str, name: str) -> bool:
    """Whether a phrase has the words of a name in it, side by side."""
    return f" {name} " in f" {phrase} "


def _add_titles(catalogue: Catalogue, agency: Agency, kind: AgencyKind) -> None:
    state = catalogue.state.word
    for marked in kind.titles:
        title, a_states_alone = comparable(marked.lstrip("*"), catalogue.state), marked.startswith("*")
        forms = (f"{state} {title}", f"{state} state {title}", f"{title} for {state}", f"{title} of {state}")
        for form in forms:
            stated = a_states_alone or form.startswith(f"{state} state")
            _add(catalogue, form, _pattern(agency, NameForm.TITLE, MarkTier.STATED if stated else MarkTier.OWN))
        for plural in (f"{state} {title}s", f"{state} state {title}s"):
            _add(catalogue, plural, _pattern(agency, NameForm.TITLE))
        bare = MarkTier.SHARED if a_states_alone else MarkTier.COMMON
        _add(catalogue, title, _pattern(agency, NameForm.TITLE, bare))


def _add_acronyms_and_topics(catalogue: Catalogue, agency: Agency, kind: AgencyKind) -> None:
    state = catalogue.state.word
    stated = _pattern(agency, NameForm.ACRONYM)
    for acronym in kind.acronyms:
        for form in (f"{state} {acronym}", f"{state}{acronym}", f"{state} state {acronym}"):
            catalogue.phrases.setdefault(form, stated)
    topical = _pattern(agency, NameForm.NAME, MarkTier.TOPIC)
    for topic in kind.topics:
        phrase = comparable(topic, catalogue.state)
        for form in (f"{state} {phrase}", f"{state}{phrase.replace(' ', '')}"):
            catalogue.phrases.setdefault(form, topical)


def _add_state(catalogue: Catalogue) -> None:
    """The State itself: its name, and "state employee" and the like, which need the state beside them."""
    state, name = catalogue.state.word, catalogue.organization.name
    for row in table("state_service.csv"):
        pattern = Pattern("", name, NameForm(row["form"]), MarkTier[row["tier"].upper()])
        for called in (state, *(() if row["phrase"].isascii() else catalogue.state.foreign)):
            _add(catalogue, comparable(row["phrase"].replace("{state}", called), catalogue.state), pattern)
    phrase = comparable(name, catalogue.state)
    _add(catalogue, phrase, Pattern("", name, NameForm.NAME, MarkTier.STATED))
    _glue(catalogue, phrase, Pattern("", name, NameForm.NAME, MarkTier.STATED))


def _add_registered_handles(catalogue: Catalogue) -> None:
    organization = catalogue.organization
    codes = {agency.agency_code: agency.name for agency in organization.agencies}
    for entry in organization.official:
        if entry.handle and not entry.pending:
            name = codes.get(entry.agency_code, organization.name)
            pattern = Pattern(entry.agency_code, name, NameForm.HANDLE, MarkTier.STATED)
            catalogue.handles.setdefault(entry.handle.lower().lstrip("@"), pattern)


@dataclass(frozen=True, slots=True)
class State:
    """One row of states.csv in comparable form."""

    postal: str
    name: str
    short: tuple[str, ...]
    people: tuple[str, ...]
    capital: str
    area_codes: frozenset[str] = frozenset()
    towns: tuple[str, ...] = ()
    """Towns of places.csv whose name points here, in comparable form."""
    foreign: tuple[str, ...] = ()
    """The name in other letters."""

    @property
    def word(self) -> str:
        """The name as one word of comparable text: "maine", "newhampshire"."""
        return self.name.replace(" ", "")

    @property
    def reading(self) -> str:
        """What `audit.profiles.text.words` needs to read name and postal code as that one word."""
        return f"{self.postal}={self.name}" if self.postal else ""


@lru_cache(maxsize=1)
def states() -> dict[str, State]:
    """Every state of states.csv by postal code, with its places of places.csv."""
    places = {row["postal"]: (frozenset(split(row["area_codes"])), split(row["towns"])) for row in table("places.csv")}
    return {
        row["postal"]: State(
            row["postal"],
            row["name"].lower(),
            split(row["abbreviations"]),
            split(row["people"]),
            row["capital"],
            *places.get(row["postal"], (frozenset(), ())),
            split(row["foreign"]),
        )
        for row in table("states.csv")
    }


@dataclass(frozen=True, slots=True)
class AgencyKind:
    """One row of generic_agencies.csv: what most states have, in comparable form."""

    foreign: tuple[str, ...]
    """Names in other languages, from foreign_names.csv."""
    names: tuple[str, ...]
    acronyms: tuple[str, ...]
    federal: bool
    titles: tuple[str, ...]
    """Ranks and jobs; one that only a state has begins with "*"."""
    topics: tuple[str, ...]


@lru_cache(maxsize=1)
def kinds() -> tuple[AgencyKind, ...]:
    """Every row of generic_agencies.csv."""
    nowhere = State("", "", (), (), "")
    foreign: dict[str, tuple[str, ...]] = {}
    for row in table("foreign_names.csv"):
        foreign[row["kind"]] = (*foreign.get(row["kind"], ()), *split(row["names"]))
    return tuple(
        AgencyKind(
            tuple(comparable(name, nowhere) for name in foreign.get(row["kind"], ())),
            tuple(comparable(name, nowhere) for name in split(row["names"])),
            split(row["acronyms"]),
            row["federal"] == "yes",
            split(row["titles"]),
            split(row["topics"]),
        )
        for row in table("generic_agencies.csv")
    )


def comparable(phrase: str, state: State) -> str:
    """A phrase as the words of `audit.profiles.text.words`, single blanks between, without any around."""
    return words(fold(phrase), state=state.reading).text.strip()


@lru_cache(maxsize=1)
def given_names() -> frozenset[str]:
    """Given names in small letters, from given_names.txt."""
    lines = text("given_names.txt").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


@lru_cache(maxsize=1)
def letters_that_are_words() -> frozenset[str]:
    """Acronyms that are words, titles or short forms when written small ("mrs", "msp."), from signals.csv."""
    return _listed("small_words")


@lru_cache(maxsize=1)
def programmes() -> frozenset[str]:
    """Programmes that have a name of their own, "unclaimed property", from signals.csv."""
    return _listed("programmes")


def _listed(signal: str) -> frozenset[str]:
    return next(frozenset(split(row["words"])) for row in table("signals.csv") if row["signal"] == signal)


def split(cell: str) -> tuple[str, ...]:
    """The parts of a `;` list, stripped, without empty ones."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())
