"""What a heading that nothing reads probably means: our field, from the words other systems use for it. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache

from connectors import reference
from connectors.contract import Record
from connectors.records import Account, OfficialAccount, Person

KINDS: dict[type[Record], str] = {Person: "person", Account: "account", OfficialAccount: "official"}
NEARLY = 0.84
"""How alike two headings must be for one to be a slip of the other."""

PRIVATE = frozenset(
    (
        "home", "personal", "private", "recovery", "secondary", "alternate", "alternative", "alt", "backup", "nonwork",
        "emergency", "spouse", "dependent", "family", "own", "gmail", "hotmail", "yahoo", "icloud", "aol",
    )
)  # fmt: skip
"""Words in the heading of an address that is not, or not surely, one of the State's."""
OF_WORK = frozenset(("work", "business", "office", "official", "state", "agency", "company", "corporate", "government"))
MAIL = frozenset(("mail", "email", "mails", "emails", "gmail", "hotmail"))
AROUND = re.compile(r"(?:profile|user|employee|worker|person|attributes|fields|properties)\.", re.IGNORECASE)
"""The object of a directory's JSON in which the fields stand: it says nothing of what they are."""
LAST_FIRST = re.compile(
    r"(?<![\s(\[,:-])[\s(\[,:-]*\b(?:last|family)(?: ?name)?\s*,\s*(?:first|given)(?: ?name)?"
    r"(?:\s*+,?\s*+(?:m\.?i?\.?|middle(?: name| initial)?))?[\s)\]]*",
    re.IGNORECASE,
)
"""The end of a heading that says how names are written in its column: "Legal Name - Last, First"."""
PRIVATE_NOTE = "a private address: never taken for one of the State's"


@dataclass(frozen=True, slots=True)
class HeadingMeaning:
    """What a heading stands for in other systems: the fields it may be, and why it may be none.

    One field and no `note` of its being none: it has one meaning. Fields and `or_none`, or several fields: it is asked.
    No field and `or_none`: it is known, and left unread.
    """

    fields: tuple[str, ...] = ()
    or_none: bool = False
    note: str = ""

    @property
    def sure(self) -> str:
        """The field, where the heading has one meaning; else empty."""
        return self.fields[0] if len(self.fields) == 1 and not self.or_none else ""

    @property
    def known(self) -> bool:
        """Whether anything is known of the heading."""
        return bool(self.fields) or self.or_none

    @property
    def asked(self) -> bool:
        """Whether the heading has more than one meaning."""
        return self.known and bool(self.fields) and not self.sure


@dataclass(frozen=True)
class Proposal:
    """Which headings of a table are which fields: `columns` those of one meaning, `asked` those that somebody must
    decide (with the fields each may be), `others` further headings for a field that has one already, `left` those that
    are known and read by nothing, with the reason, `unknown` the rest."""

    columns: dict[str, str] = field(default_factory=dict)
    asked: dict[str, tuple[str, ...]] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


def propose(headings: Iterable[str], record: type[Record], own: Collection[str]) -> Proposal:
    """A mapping for the headings of an export; `own` are the fields that the connector reads by their own names."""
    seen = [heading for heading in headings if heading.strip()]
    by_name = {_folded(name): name for name in own}
    columns = {by_name[_folded(one)]: one for one in reversed(seen) if _folded(one) in by_name}
    asked: dict[str, tuple[str, ...]] = {}
    others: dict[str, str] = {}
    left: dict[str, str] = {}
    unknown: list[str] = []
    sure: dict[str, list[str]] = {}
    for heading in seen:
        if heading in columns.values():
            continue
        found = meaning_of(heading, record)
        if found.sure:
            sure.setdefault(found.sure, []).append(heading)
        elif found.asked:
            asked[heading] = found.fields
        elif found.known:
            left[heading] = found.note
        else:
            unknown.append(heading)
    for name, candidates in sure.items():
        first, *rest = sorted(candidates, key=lambda one: _rank(one, record))
        if name in columns:
            rest = candidates
        else:
            columns[name] = first
        others |= dict.fromkeys(rest, name)
    asked = _still_asked(asked, columns, others, record)
    return Proposal(columns, asked, others, left, tuple(unknown))


def _still_asked(
    asked: dict[str, tuple[str, ...]], columns: dict[str, str], others: dict[str, str], record: type[Record]
) -> dict[str, tuple[str, ...]]:
    """What is left to ask of headings with several meanings once the sure ones have their columns: one whose meanings
    all have a column joins `others`, one with a single meaning left `columns`."""
    left = {}
    for heading, fields in asked.items():
        free = tuple(name for name in fields if name not in columns)
        if not free:
            others[heading] = fields[0]
        elif len(free) == 1 < len(fields) and not meaning_of(heading, record).or_none:
            columns[free[0]] = heading
        else:
            left[heading] = free
    return left


def meaning_of(heading: str, record: type[Record]) -> HeadingMeaning:
    """What other systems mean by a heading in an export of such records.

    A person's private address is known by the words of its heading, whatever else stands there.
    """
    kind = KINDS.get(record, "")
    found = _meanings().get((kind, _folded(heading)), HeadingMeaning())
    if record is Person and not found.known:
        found = _meanings().get((kind, _folded(_bare(heading))), found)
    if record is Person and not found.known and _is_private(heading):
        return HeadingMeaning(or_none=True, note=PRIVATE_NOTE)
    return found


def meant(heading: str, record: type[Record]) -> str:
    """The field of a record that other systems call so, the likeliest; empty where none is known."""
    return next(iter(meaning_of(heading, record).fields), "")


def nearest(heading: str, record: type[Record]) -> str:
    """The field whose heading, of all that are known, is spelled nearly so; empty where none is."""
    kind = KINDS.get(record, "")
    known = {text: found.sure for (of, text), found in _meanings().items() if of == kind and found.sure}
    close = get_close_matches(_folded(heading), known, n=1, cutoff=NEARLY)
    return known[close[0]] if close and not meaning_of(heading, record).known else ""


def meant_fields(record: type[Record]) -> frozenset[str]:
    """The fields of a record for which headings are known."""
    kind = KINDS.get(record, "")
    return frozenset(name for (of, _), found in _meanings().items() if of == kind for name in found.fields)


def known_headings(record: type[Record]) -> tuple[str, ...]:
    """Every heading that is known of such records, as other systems write it."""
    rows = (row for row in reference.table("headings.csv") if row["record"] == KINDS.get(record))
    return tuple(dict.fromkeys(one for row in rows for one in row["headings"].split(";")))


def _bare(heading: str) -> str:
    """A heading of people without the object around it, and without how names are written in its column."""
    inner = AROUND.sub("", heading.strip(), count=1) if AROUND.match(heading.strip()) else heading.strip()
    way = LAST_FIRST.search(inner)
    if way is None or way.end() < len(inner):
        return inner
    return inner[: way.start()] or "full_name"


def _is_private(heading: str) -> bool:
    """Whether the words of a heading say that it stands over private addresses ("Primary Home E-mail Addr")."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"(?i)\be-?mail", "email", heading))
    apart = re.sub(r"(?i)\bnon[ _-]?work", "nonwork", apart)
    words = set(re.findall(r"[a-z]+", apart.casefold()))
    return bool(words & PRIVATE and words & MAIL and not words & OF_WORK)


def _rank(heading: str, record: type[Record]) -> int:
    """How likely a heading is among those of its field: its place in the table."""
    known = [_folded(one) for one in known_headings(record)]
    return known.index(_folded(heading)) if _folded(heading) in known else -1


@cache
def _meanings() -> dict[tuple[str, str], HeadingMeaning]:
    found: dict[tuple[str, str], HeadingMeaning] = {}
    for row in reference.table("headings.csv"):
        name, note = row["field"], row["note"]
        for heading in (*([name] if name else []), *row["headings"].split(";")):
            key = (row["record"], _folded(heading))
            so_far = found.get(key, HeadingMeaning())
            fields = so_far.fields if not name or name in so_far.fields else (*so_far.fields, name)
            said = note if not name or not so_far.note else so_far.note
            found[key] = HeadingMeaning(fields, so_far.or_none or not name, said)
    return found


def _folded(heading: str) -> str:
    return "".join(letter for letter in heading.casefold() if letter.isalnum())
