"""Values with most of their letters covered, and which columns must be shown so: a screen names no person. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from audit.people.addresses import MailSystem, is_state_domain
from connectors.platforms import fold_domain
from connectors.records import Person

FEW_WORDS, MANY_WORDS = 20, 0.25
"""Different words, and their share of the rows, up to which a column may well hold agencies or a status."""
FEW_NAMES = 0.1
"""Share of the rows in which somebody's name may stand in an agency's: places are called after people."""
LONGEST = 40
"""Characters of an example."""


def looks_like_names(people: Sequence[Person]) -> dict[str, str]:
    """Of agency_code, agency and status those whose values seem to be people's rather than words for a thing, each
    with the sentence that says so: nearly every row has another, or somebody's name or address stands in many."""
    names = {frozenset((given, family)) for one in people for given, family in _names(one)}
    found = {}
    for name in ("agency_code", "agency", "status"):
        words = [word for one in people if (word := getattr(one, "status_word" if name == "status" else name))]
        different = len({word.casefold() for word in words})
        own = sum("@" in word or _is_name(word, names) for word in words)
        if (different > FEW_WORDS and different > len(words) * MANY_WORDS) or own > len(words) * FEW_NAMES:
            a_thing = "a status" if name == "status" else "an agency"
            found[name] = (
                f"{name} holds {different:,} different values in {len(words):,} rows"
                f"{', names or addresses of people among them' if own else ''}: it is probably not {a_thing}, and is"
                f" shown covered. Name the right column in audit.toml: columns = {{ {name} = … }}."
            )
    return found


def _names(person: Person) -> Iterator[tuple[str, str]]:
    """The pairs of words that are somebody's name."""
    family = _words(person.family_name)
    for given in (_words(person.given_name), _words(person.preferred_name)):
        if given and family:
            yield given[0], family[-1]
            yield given[0], family[0]


def _is_name(word: str, names: Collection[frozenset[str]]) -> bool:
    """Whether the name of somebody in the directory stands in a value, in whichever order."""
    return any(frozenset(pair) in names for pair in pairwise(_words(word)))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def cover(text: str, system: MailSystem) -> str:
    """A value with most of its letters and digits covered: its shape shows, not whose it is ("J··· D··").

    Of an address the domain stays where it is the organization's.
    """
    shown = []
    for part in re.split(r"(\s+)", text[: 2 * LONGEST]):
        local, at, domain = part.partition("@")
        ours = bool(at) and is_state_domain(fold_domain(domain.rstrip(">;,")), system)
        shown.append(_covered(local) + at + (domain if ours else _covered(domain)))
    covered = "".join(shown)
    return covered if len(covered) <= LONGEST else covered[:LONGEST] + "…"


def _covered(text: str) -> str:
    scheme = re.match(r"https?://", text)
    kept = scheme[0] if scheme else ""
    return kept + re.sub(r"[^\W_]+", lambda run: _run(run[0]), text[len(kept) :])


def _run(run: str) -> str:
    kept = 0 if len(run) == 1 else 2 if run.isdigit() and len(run) >= 4 else 1
    return run[:kept] + "·" * (len(run) - kept)
