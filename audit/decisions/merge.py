"""Dispositions merged: what a copy says now, what it was written with, what the ledger holds. Pure.

Per finding and column there are three words: *shown* (what the copy was written with), *theirs* (its cell now) and
*ours* (the ledger's). A word is taken where only the copy changed. Where both changed, the ledger's stands and the
other goes to the sheet "Import problems", both word for word: a later file never wins by being later.

Reviewer and day may stand once above the table. They are a row's own words where its cells are empty and something that
this copy changed in it stands in the ledger: a row that carries what was decided before gets no new name. What a row
was given so is remembered, and given to it again when the copy is read again, whatever stands above the table by then.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum, auto

from audit.decisions.spread import Whole, spread_rows
from audit.model.decisions import (
    TYPED_ONCE,
    Background,
    Copy,
    Decided,
    Merged,
    Once,
    ReviewRow,
    Said,
    TypedWords,
    heading,
)
from audit.model.finding import DECIDED, DISPOSITIONS, UNDECIDED, UPHELD, Finding
from audit.model.night import ImportProblem
from audit.model.sheet import safe_text

DAYS = ("decided_on", "suppress_until")
_FIRST_YEAR = 1900
"""A day of an earlier year (0026-11-20) was mistyped."""
_KNOWN = {word.casefold(): word for word in DISPOSITIONS}
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_GIVEN = "\n"
"""Begins the name of a field among the words that a row said, where the word was typed once above the table. No heading
begins so."""


class CellOutcome(Enum):
    """What becomes of one cell."""

    SAME = auto()
    TAKEN = auto()
    CONFLICT = auto()
    WITHDRAWN = auto()
    """This copy said otherwise when it was last read, and says again what it was written with."""
    STALE = auto()
    """A copy says what the ledger said on some night before, and nobody knows whether it is meant anew."""


_REASONS = {
    CellOutcome.CONFLICT: "Two people decided differently. The ledger's word stands; write the right one into"
    " tonight's workbook.",
    CellOutcome.WITHDRAWN: "This copy said otherwise when it was last read, and now says what it was written with."
    " The ledger's word stands; to withdraw it, change it in tonight's workbook.",
    CellOutcome.STALE: "The ledger has held this word before, and somebody has replaced it since; this copy is older,"
    " or does not say its night (sheet Start here). The ledger's word stands; to go back, change it in tonight's"
    " workbook.",
}
_BAD_DAY = "This is no day that can be read. Write it as 2026-11-20, or as 11/20/2026 (the month first)."
_NOT_GIVEN = (
    "This was typed once above the table, and no row took it: those that this copy changed bear a word of their own, or"
    " were given another one when this copy was last read, or their changes could not be taken. Write it into the rows"
    " that it is meant for."
)
_NO_REASON = "A suppression needs its reason: write it into Note, beside the day. Nothing is suppressed until then."
_REASON_GONE = "The note is the reason of a suppression, so it stays. Clear Suppress until first, or together with it."
WORDS, LISTED = 1_000_000, 10_000
"""Of what one copy says and nobody can place: letters that are told word for word, and places that are listed."""
_WORDS_KEPT = " Its words are not shown here, for this copy holds too many; the archived file keeps them."
_MORE = (
    "{:,} more places of this copy could not be placed, and are not listed. The archived file keeps them whole; write"
    " what shall count into tonight's workbook."
)
_UNKNOWN_ID = "No finding of the ledger has this id. Copy the id from tonight's workbook, and save this copy again."


def decide(finding: Finding, words: TypedWords) -> Finding:
    """The finding with the fields that a person fills as `words` has them."""
    values: dict[str, str | date | None] = {name: words.get(name, "") for name in DECIDED}
    values |= {name: date.fromisoformat(words[name]) if words.get(name) else None for name in DAYS}
    return replace(finding, **values)  # type: ignore[arg-type]


def settle(
    theirs: str,
    ours: str,
    shown: Collection[str],
    said: Collection[str] = (),
    *,
    settled: bool = True,
    dated: bool = True,
    since: Collection[str] = (),
) -> CellOutcome:
    """What becomes of one cell. `said` is what it said when this copy was last read (empty: never), `settled` whether
    that is dealt with; `shown` is what it may have been written with, `since` what the ledger has held after that."""
    if theirs == ours or (settled and theirs in said):
        return CellOutcome.SAME
    if theirs in shown:
        if not said or theirs in said:
            return CellOutcome.SAME if dated or not theirs else CellOutcome.STALE
        # Changed back since it was read; or somebody saved a fresh copy under the same name.
        return CellOutcome.WITHDRAWN if theirs or ours in said else CellOutcome.SAME
    # A word refused once is not taken later because the ledger came back to what the copy knew: somebody chose that.
    # Whoever typed this saw what the copy said last; before it was ever read, what it was written with. Of a copy that
    # does not say its night nobody knows whether that was before or after the ledger's word.
    unread = not (said and settled)
    knew = ours in said or (unread and ours in shown and (dated or not ours))
    if theirs in said or not knew:
        return CellOutcome.CONFLICT
    # A copy under a new name may say once more what was taken from it under its old one, and withdrawn since.
    return CellOutcome.STALE if theirs in since and not said else CellOutcome.TAKEN


def merge(copies: Sequence[Copy], backgrounds: Mapping[str, Background], ledger: Mapping[str, TypedWords]) -> Merged:
    """Merge copies, the oldest first, into the ledger's words.

    `backgrounds` are by the copy's digest; `ledger` has an entry for every finding there is. The order of copies
    decides only whose word stands in the ledger and whose on "Import problems"; no word is dropped.
    """
    words: dict[str, TypedWords] = dict(ledger)
    ids = {finding_id.casefold(): finding_id for finding_id in ledger}
    spelled = {_folded(name): name for held in ledger.values() for name in held if name not in DECIDED}
    decided: list[Decided] = []
    heard: dict[str, tuple[tuple[str, Said], ...]] = {}
    problems: dict[str, tuple[ImportProblem, ...]] = {}
    for copy in copies:
        kept: list[tuple[str, Said]] = []
        unplaced = list(copy.problems)
        once = _Above(copy, unplaced)
        known = _Backgrounds(backgrounds[copy.sha256], ledger)
        rows = _placed(copy, ids, spelled, unplaced)
        wholes, untaken = spread_rows(rows, known.untouched, known.takes_back)
        for whole in wholes:
            finding_id = whole.row.finding_id
            one = _merge_row(whole, copy, words[finding_id], known.of(finding_id), once)
            once.see(whole, one)
            words[finding_id] = one.words
            if one.said.open or any(one.said.words.values()):
                kept.append((finding_id, one.said))
            decided += one.decided
            unplaced += one.problems
        unplaced += [
            ImportProblem(
                one.row.where, one.row.finding_id, heading(one.name), one.row.words[one.name],
                words[one.row.finding_id].get(one.name, ""), one.why,
            )
            for one in untaken
        ]  # fmt: skip
        unplaced += once.in_vain()
        heard[copy.sha256], problems[copy.sha256] = tuple(kept), tuple(_bounded(unplaced, copy.name))
    return Merged(words, tuple(decided), heard, problems)


def _placed(
    copy: Copy, ids: Mapping[str, str], spelled: dict[str, str], unplaced: list[ImportProblem]
) -> Iterator[ReviewRow]:
    """The rows about findings that the ledger has, as it spells ids and words; the words of the others are told."""
    for row in copy.rows:
        finding_id = ids.get(row.finding_id.casefold())
        if finding_id is not None:
            yield replace(row, finding_id=finding_id, words=_spelled(row.words, spelled))
        elif words_typed := typed_in_words(row.words):
            unplaced.append(ImportProblem(row.where, row.finding_id, "", words_typed, "", _UNKNOWN_ID))


class _Above:
    """What a copy says once above its tables, as the ledger spells it, and which rows took it."""

    def __init__(self, copy: Copy, unplaced: list[ImportProblem]) -> None:
        self.given: dict[str, dict[str, str]] = {}
        self.taken: set[tuple[str, str]] = set()
        self.wanted: set[str] = set()
        for once in {row.once.where: row.once for row in copy.rows if row.once}.values():
            given = self.given[once.where] = dict(_spelled(once.words, {}))
            for name in [name for name, text in given.items() if name in DAYS and _day(text) is None]:
                problem = ImportProblem(once.where, "", heading(name), given.pop(name), "", _BAD_DAY)
                unplaced.append(problem)  # told once, not for every row

    def of(self, onces: Sequence[Once]) -> dict[str, str]:
        """What stands once above some tables; of two that say something the first."""
        return {name: text for once in reversed(onces) for name, text in self.given[once.where].items()}

    def see(self, whole: Whole, merged: _RowMerged) -> None:
        """Take note of what a row took."""
        for once in whole.onces if merged.changed else ():
            self.wanted.add(once.where)
            said, given = merged.said.words, self.given[once.where]
            self.taken |= {(once.where, name) for name, text in given.items() if said.get(_GIVEN + name) == text}

    def in_vain(self) -> Iterator[ImportProblem]:
        """What no row took though some were changed."""
        for where in self.wanted:
            for name, text in self.given[where].items():
                if (where, name) not in self.taken:
                    yield ImportProblem(where, "", heading(name), text, "", _NOT_GIVEN)


def _bounded(problems: Sequence[ImportProblem], name: str) -> Iterator[ImportProblem]:
    """The problems of a copy, as many and as long as the ledger may keep of it night after night."""
    left = WORDS
    for problem in problems[:LISTED]:
        left -= len(problem.words) + len(problem.stands)
        short = left >= 0 or not problem.words
        yield problem if short else replace(problem, words="", stands="", reason=problem.reason + _WORDS_KEPT)
    if len(problems) > LISTED:
        yield ImportProblem(name, "", "", "", "", _MORE.format(len(problems) - LISTED))


def typed_in_words(words: TypedWords) -> str:
    """Every word typed into a row, a line for each column."""
    return "\n".join(f"{heading(name)}: {text}" for name, text in words.items() if text)


@dataclass(frozen=True, slots=True)
class _Known:
    shown: tuple[TypedWords, ...]
    before: tuple[Said, ...] | None
    dated: bool
    since: tuple[TypedWords, ...] = ()

    def untouched(self, name: str, theirs: str) -> bool:
        """Whether a cell says what it may have been written with."""
        return any(theirs == words.get(name, "") for words in self.shown)

    def given(self, name: str) -> str:
        """The word that the row was given from above the table when this copy was last read; "" for none."""
        return next((one.words[_GIVEN + name] for one in self.before or () if _GIVEN + name in one.words), "")

    def settle(self, name: str, theirs: str, ours: str) -> CellOutcome:
        """What becomes of the cell in column `name`."""
        shown = {words.get(name, "") for words in self.shown}
        since = {words.get(name, "") for words in self.since}
        if self.before is None:  # read before, with nothing but empty cells in the row
            return settle(theirs, ours, shown, {""}, dated=self.dated)
        said = {one.words.get(_GIVEN + name, one.words[name]) for one in self.before if name in one.words}
        settled = not any(name in one.open for one in self.before)
        if name == "suppress_until" and not settled:  # it may have lacked its reason, which the note now gives
            said = set()
        return settle(theirs, ours, shown, said, settled=settled, dated=self.dated, since=since)

    def meant(self, name: str, text: str, ours: str) -> str:
        """The word that a cell was written with, where an untouched cell may come back as `text` instead of it."""
        words = [ours, *(words.get(name, "") for words in (*self.shown, *(one.words for one in self.before or ())))]
        return text if text in words else next((word for word in words if text in _come_back(word)), text)

    def said(self, name: str) -> str:
        """One word that the copy said last."""
        return next((one.words[name] for one in self.before or () if name in one.words), "")


@dataclass(frozen=True, slots=True)
class _RowMerged:
    words: TypedWords
    said: Said
    decided: tuple[Decided, ...]
    problems: tuple[ImportProblem, ...]
    changed: bool
    """Whether the copy says something otherwise than it was written with."""


@dataclass(frozen=True, slots=True)
class _Backgrounds:
    """What is known about each finding of a copy; `at_dusk` is what the ledger held before any copy was merged."""

    background: Background
    at_dusk: Mapping[str, TypedWords]

    def of(self, finding_id: str) -> _Known:
        """What this copy's row was written with, and last said. One of unknown origin is held to the ledger as well."""
        background = self.background
        shown = background.shown.get(finding_id, ({},))
        if not background.dated:
            shown = (*shown, self.at_dusk[finding_id])
        before = () if background.before is None else background.before.get(finding_id)
        return _Known(shown, before, background.dated, background.since.get(finding_id, ()))

    def takes_back(self, finding_id: str, word: str) -> bool:
        """Whether a disposition would uphold what somebody has decided to be no matter of theirs. What this copy has
        said before says nothing new."""
        stands = self.at_dusk[finding_id].get("disposition", "")
        if word not in UPHELD or stands in (*UNDECIDED, *UPHELD):
            return False
        return not any(one.words.get("disposition") == word for one in self.of(finding_id).before or ())

    def untouched(self, finding_id: str, name: str, text: str) -> bool | None:
        """Whether a cell of a finding's own row says what it was written with. None where nobody knows: the copy does
        not say its night, and the cell what the ledger held once and holds no more."""
        known, ours = self.of(finding_id), self.at_dusk[finding_id].get(name, "")
        meant = known.meant(name, text, ours)
        if not known.untouched(name, meant):
            return False
        return True if known.dated or meant in ("", ours) else None


def _come_back(word: str) -> tuple[str, ...]:
    """What a cell with this word may say later though nobody touched it.

    A cell holds fewer line feeds and letters than a word may have, and LibreOffice (7.4) loses an escape in saving.
    """
    kept = _unescaped(safe_text(word))
    return (kept, _unescaped(kept)) if "_x005F_" in kept else (kept,)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def _spelled(words: TypedWords, spelled: dict[str, str]) -> TypedWords:
    """The words under headings in their one spelling, with dispositions as the list has them and days in ISO form."""
    given: dict[str, str] = {}
    for name, text in words.items():
        if name not in DECIDED:
            given[spelled.setdefault(_folded(name), name)] = text
        elif name in DAYS:
            day = _day(text)
            given[name] = text if day is None else day
        else:
            given[name] = _KNOWN.get(" ".join(text.casefold().split()), text) if name == "disposition" else text
    return given


def _day(text: str) -> str | None:
    """A day in ISO form, "" for an empty cell, None for what cannot be read without guessing."""
    text = text.strip().replace("/", "-")
    if not text:
        return ""
    try:
        day = datetime.fromisoformat(text).date()
    except ValueError:
        return None
    return day.isoformat() if day.year >= _FIRST_YEAR else None


@dataclass
class _Cells:
    """The cells of a row while they are settled: what they say (`words`), and what became of each."""

    ours: TypedWords
    known: _Known
    words: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def settle(self, name: str, theirs: str) -> None:
        """Take what a cell says, or say why not."""
        self.words[name] = self.said[name] = theirs
        outcome = self.known.settle(name, theirs, self.ours.get(name, ""))
        if name in DAYS and _day(theirs) is None:
            self.refused[name] = _BAD_DAY
        elif outcome is CellOutcome.TAKEN:
            self.taken[name] = theirs
        elif outcome is not CellOutcome.SAME:
            self.refused[name] = _REASONS[outcome]
            if outcome is CellOutcome.WITHDRAWN:  # to be told again when the copy is read again
                self.said[name] = self.known.said(name)

    def changed(self) -> frozenset[str]:
        """The columns in which the copy says something otherwise than it was written with."""
        return frozenset(name for name, text in self.words.items() if not self.known.untouched(name, text))

    def settle_once(self, cells: TypedWords, once: TypedWords) -> None:
        """Settle the cells whose words may stand above a table. A row that was given one keeps it, until somebody
        changes the row again."""
        stands = any({**self.ours, **self.taken}.get(name, "") == self.words[name] for name in self.changed())
        anew = bool(self.taken)
        for name, cell in cells.items():
            given = self.known.given(name)
            if once.get(name) and (anew or (stands and not given)):
                given = once[name]
            self.settle(name, given or cell)
            if given:
                self.said |= {name: cell, _GIVEN + name: given}


def _merge_row(whole: Whole, copy: Copy, ours: TypedWords, known: _Known, above: _Above) -> _RowMerged:
    row = whole.row
    said = {name: known.meant(name, text, ours.get(name, "")) for name, text in row.words.items()}
    cells = _Cells(ours, known)
    once, wide = above.of(whole.onces), above.of(whole.wide)
    given = [name for name in TYPED_ONCE if _may_be_given(name, said.get(name, ""), known, once, wide)]
    for name, theirs in said.items():
        if name not in given:
            cells.settle(name, theirs)
    taken, refused = cells.taken, cells.refused
    for name, reason in _unreasoned({**ours, **taken}).items():
        # The loss of a suppression's note, or a suppression without one; the rest of the row is taken.
        if taken.pop(name, None) is not None:
            refused[name] = reason
    changed = bool(cells.changed())
    cells.settle_once({name: said.get(name, "") for name in given}, once)
    problems = tuple(
        ImportProblem(whole.place(name), row.finding_id, heading(name), cells.words[name], ours.get(name, ""), reason)
        for name, reason in refused.items()
    )
    after = {name: text for name, text in {**ours, **taken}.items() if text}
    decided: tuple[Decided, ...] = ()
    if taken:
        changes = {name: (ours.get(name, ""), text) for name, text in taken.items()}
        where = whole.place(next(iter(changes)))
        decided = (Decided(row.finding_id, where, copy.sha256, after.get("reviewer", ""), changes),)
    withdrawn = {name for name in refused if cells.said.get(_GIVEN + name, cells.said[name]) != cells.words[name]}
    return _RowMerged(after, Said(cells.said, frozenset(refused.keys() - withdrawn)), decided, problems, changed)


def _may_be_given(name: str, cell: str, known: _Known, once: TypedWords, wide: TypedWords) -> bool:
    """Whether the word of a cell may stand above a table: it is empty, or shows what was decided before while something
    was typed for its account or person, whose own cells are always written empty."""
    if not cell:
        return bool(once.get(name) or known.given(name))
    return known.untouched(name, cell) and bool(wide.get(name) or known.given(name))


def _unreasoned(after: TypedWords) -> dict[str, str]:
    """Which columns may not change to become `after`, and why."""
    if after.get("suppress_until") and not after.get("note", "").strip():
        return {"suppress_until": _NO_REASON, "note": _REASON_GONE}
    return {}


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
