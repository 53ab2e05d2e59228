"""What a copy says of each finding: its own row, else the row of its account, else that of its person. Pure.

A field that was changed in the finding's own row is that row's. In every other one a word that was typed into the row
of its account counts, else one of its person's row; an empty cell there says nothing. Two rows of one kind that say
different things of one finding say nothing together, and both are told. What somebody has taken off a person or an
account ("not this person", "official account") is not laid upon them again by a word that was typed for many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from audit.model.decisions import Level, Once, ReviewRow

TWO_ROWS = (
    "Two rows for accounts, or two for people, say different things about this finding, so neither was taken. Write the"
    " right one into the finding's own row."
)
OVERRULED = (
    "Every finding of this row says otherwise in its own row, or in its account's, so this was taken for none. Write it"
    " into the rows that it is meant for."
)
STANDS = (
    "This finding was decided to be no matter of theirs, and no word typed for several findings takes that back:"
    " of this row nothing was taken for it. If it is to be decided otherwise, write that into its own row."
)
UNSURE = (
    "The finding's own row says something else that the ledger held once, and this copy does not say its night. Which"
    " of them was meant, nobody knows, so for this finding neither was taken. Write the right one into tonight's"
    " workbook."
)
UNTOUCHED = Callable[[str, str, str], bool | None]
"""(finding id, field, what its own row says) → whether the copy was written with that; None where nobody knows."""


@dataclass(frozen=True, slots=True)
class Whole:
    """One row of a finding with the words that were typed for it elsewhere: `where` each of those stands, by field.

    `row.once` is there only where the row itself was changed; `wide` is what stands once above the tables in which
    something was typed for its account or person, the account's first.
    """

    row: ReviewRow
    where: Mapping[str, str] = field(default_factory=dict)
    wide: tuple[Once, ...] = ()

    @property
    def onces(self) -> tuple[Once, ...]:
        """All that was typed once, the nearest to the finding first."""
        return (*((self.row.once,) if self.row.once else ()), *self.wide)

    def place(self, name: str) -> str:
        """Where the word of a field stands."""
        return self.where.get(name, self.row.where)


@dataclass(frozen=True, slots=True)
class Untaken:
    """A word that was typed for an account or a person and that no finding took, and why."""

    row: ReviewRow
    name: str
    why: str


def spread_rows(
    rows: Iterable[ReviewRow], untouched: UNTOUCHED, takes_back: Callable[[str, str], bool]
) -> tuple[list[Whole], list[Untaken]]:
    """The rows of a copy, one or more a finding, with what was typed for it by account and by person.

    `takes_back` says of a finding id and a disposition whether that must not be typed for many.
    """
    own: dict[str, list[ReviewRow]] = {}
    wide: dict[str, dict[Level, list[ReviewRow]]] = {}
    for row in rows:
        if row.level is Level.FINDING:
            own.setdefault(row.finding_id, []).append(row)
        else:
            wide.setdefault(row.finding_id, {}).setdefault(row.level, []).append(row)
    wholes: list[Whole] = []
    untaken: list[Untaken] = []
    heard: set[tuple[str, str]] = set()
    for finding_id in dict.fromkeys((*own, *wide)):
        levels = wide.get(finding_id, {})
        mine = own.get(finding_id, [])
        asked = mine if levels or any(row.once for row in mine) else ()
        stands = [(name, untouched(finding_id, name, text)) for row in asked for name, text in row.words.items()]
        changed = {name for name, written in stands if not written}
        unsure = changed - {name for name, written in stands if written is False}
        typed = [row for found in levels.values() for row in found if "disposition" not in changed]
        barred = [row for row in typed if takes_back(finding_id, row.words.get("disposition", ""))]
        untaken += [Untaken(row, "disposition", STANDS) for row in barred]
        heard |= {(row.where, "disposition") for row in barred}
        levels = {level: [row for row in found if row not in barred] for level, found in levels.items()}
        words, where, onces, apart = _wide(levels, changed)
        apart += _unsure(levels, unsure, mine)
        untaken += apart
        heard |= {(one.row.where, one.name) for one in apart}
        for row in (row for found in levels.values() for row in found):
            said = ({**one.words, **words} for one in mine or [row])
            heard |= {(row.where, name) for one in said for name, text in row.words.items() if one.get(name) == text}
        if not mine and words:
            first = next(row for found in levels.values() for row in found)
            mine = [ReviewRow(first.where, finding_id, {})]
        for row in mine:
            if words or (row.once and not changed):
                row = replace(row, words={**row.words, **words}, once=row.once if changed else None)  # noqa: PLW2901
            wholes.append(Whole(row, where, onces))
    return wholes, [*untaken, *_unheard(wide, heard)]


def _unsure(
    levels: Mapping[Level, Sequence[ReviewRow]], unsure: set[str], mine: Sequence[ReviewRow]
) -> Iterator[Untaken]:
    """What was typed for many of a finding whose own row may have been typed, too, and says something else."""
    for name in sorted(unsure):
        own = {row.words.get(name) for row in mine}
        for rows in (_said(found).get(name, ()) for found in levels.values()):
            yield from (Untaken(row, name, UNSURE) for row in rows if row.words[name] not in own)


def _unheard(wide: Mapping[str, Mapping[Level, Sequence[ReviewRow]]], heard: set[tuple[str, str]]) -> Iterator[Untaken]:
    """Words that every finding of a row overrules: each once."""
    for row in (row for levels in wide.values() for found in levels.values() for row in found):
        for name in row.words:
            if (row.where, name) not in heard:
                heard.add((row.where, name))
                yield Untaken(row, name, OVERRULED)


def _wide(
    levels: Mapping[Level, Sequence[ReviewRow]], changed: set[str]
) -> tuple[dict[str, str], dict[str, str], tuple[Once, ...], list[Untaken]]:
    """What was typed for a finding by account and by person: words and places by field, and what does not agree."""
    words: dict[str, str] = {}
    where: dict[str, str] = {}
    onces: list[Once] = []
    apart: list[Untaken] = []
    for level in (Level.ACCOUNT, Level.PERSON):
        said = _said(levels.get(level, ()))
        for name, rows in said.items():
            if name in changed or name in words:
                continue
            if len({row.words[name] for row in rows}) > 1:
                apart += [Untaken(row, name, TWO_ROWS) for row in rows]
                changed = changed | {name}  # nothing is taken: not from the other kind of row either
                continue
            words[name], where[name] = rows[0].words[name], rows[0].where
            onces += [row.once for row in rows[:1] if row.once and row.once not in onces]
    return words, where, tuple(onces), apart


def _said(rows: Sequence[ReviewRow]) -> dict[str, list[ReviewRow]]:
    """Field → the rows that have a word for it."""
    said: dict[str, list[ReviewRow]] = {}
    for row in rows:
        for name, text in row.words.items():
            if text:
                said.setdefault(name, []).append(row)
    return said
