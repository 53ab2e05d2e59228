"""What reviewers typed, what a copy was written with, and what came of both: the values of a three-way merge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from audit.model.finding import DECIDED, Finding
from audit.model.night import ImportProblem

TYPED_ONCE = ("reviewer", "decided_on")
"""The fields that may be typed once for all rows of a sheet."""
TypedWords = Mapping[str, str]
"""What a person typed about one finding: a field of DECIDED, or the heading of an analyst's own column, → text.

Days are in ISO form. A key that is missing means an empty cell in the ledger, and no such column in a copy.
"""


def typed_about(finding: Finding, own: TypedWords | None = None) -> dict[str, str]:
    """What people have typed about a finding, without empty cells; `own` are the words of analysts' own columns."""
    values = {name: getattr(finding, name) for name in DECIDED}
    texts = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    return {name: text for name, text in {**texts, **(own or {})}.items() if text}


def in_own_columns(words: TypedWords) -> dict[str, str]:
    """Only the words of analysts' own columns."""
    return {name: text for name, text in words.items() if name not in DECIDED and text}


def heading(name: str) -> str:
    """A field of DECIDED as the workbook heads it; an analyst's own heading as it is."""
    return name.replace("_", " ").capitalize() if name in DECIDED else name


@dataclass(frozen=True, slots=True)
class Once:
    """What was typed above the headings of a sheet, once for its rows: field of TYPED_ONCE → text."""

    where: str
    words: TypedWords


class Level(StrEnum):
    """What a row of a copy is about: one finding, or all those of an account or of a person."""

    FINDING = "finding"
    ACCOUNT = "account"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One row of a copy for one finding id that it bears. `where` is "audit.xlsx:Findings:12", as Excel counts rows.

    Of a row for an account or a person `words` has only what was typed: no empty cell. `shows` is what stands in the
    columns that tell which finding a row is about, by heading.
    """

    where: str
    finding_id: str
    words: TypedWords
    once: Once | None = None
    level: Level = Level.FINDING
    shows: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Copy:
    """One workbook of the reviews folder as it was read. `run_id` is the run that wrote it, "" where it says none.

    `name` is its path below the folder, `modified_at` an aware time; `problems` are what cannot be placed at all.
    `begun` is when it says that its run began ("2026-11-20 02:00", UTC).
    """

    name: str
    sha256: str
    modified_at: datetime
    run_id: str
    rows: tuple[ReviewRow, ...]
    problems: tuple[ImportProblem, ...] = ()
    begun: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a row of a copy said when it was last read. `open` names the columns that could not be settled then."""

    words: TypedWords
    open: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Background:
    """What is known about a copy. `shown` holds, by finding id, every state the copy may have been written with.

    `dated` is False where the run is unknown; `shown` is then whatever was ever written. `before` holds what an
    earlier state of the same copy (same name, same run) said, None where it was never read; a finding that is not in
    it had nothing but empty cells. `since` are the words that the ledger has held after the copy was written.
    """

    dated: bool
    shown: Mapping[str, tuple[TypedWords, ...]]
    before: Mapping[str, tuple[Said, ...]] | None = None
    since: Mapping[str, tuple[TypedWords, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decided:
    """What one row of a copy changed in the ledger, for the chain of events: column → (before, after)."""

    finding_id: str
    where: str
    sha256: str
    who: str
    changes: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Merged:
    """The outcome for all copies. `words` are the ledger's from now on, for every finding.

    `said` and `problems` are by the copy's digest.
    """

    words: Mapping[str, TypedWords]
    decided: tuple[Decided, ...] = ()
    said: Mapping[str, tuple[tuple[str, Said], ...]] = field(default_factory=dict)
    problems: Mapping[str, tuple[ImportProblem, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reviews:
    """What the reviews folder gave tonight: the copies read for the first time, their merge, the problems to show.

    `before` are the problems that files gave when they were read on earlier nights, and that may be settled by now.
    """

    copies: tuple[Copy, ...] = ()
    merged: Merged = field(default_factory=lambda: Merged({}))
    problems: tuple[ImportProblem, ...] = ()
    before: tuple[ImportProblem, ...] = ()
