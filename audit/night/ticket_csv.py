"""A CSV that a ticket system wrote: its records, however it is encoded, and its headings as we call them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from audit.decisions.copy import copy_of
from audit.model.decisions import Copy, heading
from audit.model.finding import DECIDED
from audit.model.night import ImportProblem
from audit.night.reviewers_copy import bounded_cells, with_days_read
from audit.report.exports.tickets import FORMULAS
from audit.report.review_sheets import telling_headings
from connectors.contract import SourceDown, folded
from connectors.files import delimited, table
from connectors.files.headings import Wanted

TITLE = "Findings"
"""It is read like this sheet of ours, and problems name its rows so: "tickets.csv:Findings:12"."""
FINDING_ID, ISSUE_KEY = "Finding ID", "Issue key"
_DECISIONS = tuple(map(heading, DECIDED))
_TELLING = telling_headings()[TITLE]
_REFERENCES = ("finding_id", "correlation_id")
"""Headings under which the reference of an export comes back, the surest first."""
TITLED = 20
"""Records that may stand above the headings, they included."""
_CUSTOM = re.compile(r"custom field \((.*)\)", re.IGNORECASE)

_BROKEN = "This row cannot be read ({}), and nothing of it was. Export the tickets again."
_CUT = (
    "The file ends in the middle of this row, and nothing of it was read: it may have been cut off on its way. Export "
    "the tickets again."
)
_NO_REFERENCE = (
    "This CSV has no column “Finding ID” or “correlation_id”, so that nothing in it can be placed. Export the tickets "
    "with the reference that identity-audit gave them."
)
_NO_DECISIONS = (
    "This CSV has none of the columns Disposition, Reviewer, Decided on, Suppress until, Note, so that nothing in it "
    "decides: what a ticket's own state means is nobody's to guess. Export the tickets with those fields, or take the "
    "file away."
)


@dataclass(frozen=True, slots=True)
class Records:
    """The headings of a CSV, its further records by the row as a spreadsheet counts them, what cannot be read, and the
    records `above` the headings: a sheet of ours that was saved as CSV has its title there."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    broken: tuple[tuple[int, str], ...]
    above: tuple[tuple[int, tuple[str, ...]], ...] = ()
    headed_at: int = 1


def read_csv_copy(path: Path, name: str, digest: str, modified_at: datetime) -> Copy:
    """A CSV with references and decisions, read like a reviewer's copy; of its other columns nothing is read.

    It says no night. Raises SourceDown where it holds nothing, or is text in no encoding.
    """
    found = csv_records(path, name)
    at = _our_columns(found.headings)
    problems = [ImportProblem(f"{name}:{TITLE}:{row}", "", "", "", "", reason) for row, reason in found.broken]
    if FINDING_ID not in at:
        return Copy(name, digest, modified_at, "", (), (ImportProblem(name, "", "", "", "", _NO_REFERENCE), *problems))
    if not any(text in at for text in _DECISIONS):
        return Copy(name, digest, modified_at, "", (), (ImportProblem(name, "", "", "", "", _NO_DECISIONS), *problems))
    sheet = (
        bounded_cells(cells, f"{name}:{TITLE}:{row}", problems) for row, cells in enumerate(_as_sheet(found, at), 1)
    )
    copy = with_days_read(copy_of(name, digest, modified_at, [(TITLE, sheet)]))
    return Copy(name, digest, modified_at, "", copy.rows, (*copy.problems, *problems))


def keys_of_issues(path: Path) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Finding id → key of its issue in a CSV that Jira wrote, and the ids that several issues bear, with their keys.

    Raises SourceDown where it has no such columns, or a row of it cannot be read: an issue that is overlooked is made
    twice.
    """
    found = csv_records(path, path.name)
    at = _our_columns(found.headings)
    if (plain := [folded(text) for text in found.headings]).count(folded(ISSUE_KEY)):
        at[ISSUE_KEY] = plain.index(folded(ISSUE_KEY))
    if missing := [name for name in (FINDING_ID, ISSUE_KEY) if name not in at]:
        raise SourceDown(
            f"{path}: there is no column “{missing[0]}”. Export the project's issues from Jira with the fields Issue"
            " key and Finding ID."
        )
    if found.broken:
        row, reason = found.broken[0]
        raise SourceDown(f"{path}, row {row}: {reason}")
    keys: dict[str, list[str]] = {}
    for _, cells in found.rows:
        finding_id, key = (_cell(cells, at[name]).strip() for name in (FINDING_ID, ISSUE_KEY))
        if finding_id and key and key not in keys.setdefault(finding_id, []):
            keys[finding_id].append(key)
    several = {finding_id: named for finding_id, named in keys.items() if len(named) > 1}
    return {finding_id: min(named, key=_by_number) for finding_id, named in keys.items()}, several


def csv_records(path: Path, name: str) -> Records:
    """The records of a CSV file; its headings are the first record that has a reference (of TITLED), else the first
    that holds anything. Raises SourceDown."""
    how = delimited.layout(path, Wanted((*_REFERENCES, *DECIDED)), name)
    rows: list[tuple[int, tuple[str, ...]]] = []
    broken: list[tuple[int, str]] = []
    read = delimited.records(table.lines(path, how.encoding, how.newline), how.separator)
    for row, (_, cells) in enumerate(read, 1):
        if isinstance(cells, str):
            broken.append((row, _BROKEN.format(cells)))
        elif any(cell.strip() for cell in cells):
            rows.append((row, tuple(cells)))
    if not rows:
        return Records((), (), tuple(broken))
    at = next((at for at, (_, cells) in enumerate(rows[:TITLED]) if FINDING_ID in _our_columns(cells)), 0)
    headed_at, headings = rows[at]
    if rows[at + 1 :] and len(rows[-1][1]) < len(headings) and delimited.unended(path):
        broken.append((rows.pop()[0], _CUT))
    return Records(headings, tuple(rows[at + 1 :]), tuple(broken), tuple(rows[:at]), headed_at)


def _our_columns(headings: Iterable[str]) -> dict[str, int]:
    """Heading as the workbook has it → position: the reference, the columns of decisions, and, where the file has them
    all, those that tell what a row is about."""
    plain: dict[str, int] = {}
    for place, text in enumerate(headings):
        plain.setdefault(_plain_heading(text), place)
    at = {text: plain[folded(text)] for text in (*_DECISIONS, *_TELLING) if folded(text) in plain}
    if not at.keys() >= set(_TELLING):
        at = {text: place for text, place in at.items() if text in _DECISIONS}
    reference = next((plain[name] for name in _REFERENCES if name in plain), None)
    return at if reference is None else {FINDING_ID: reference, **at}


def _plain_heading(text: str) -> str:
    """A heading without what a ticket system puts around it: "Custom field (Note)", "u_note"."""
    named = _CUSTOM.fullmatch(text.strip())
    return folded(named[1] if named else text).removeprefix("u_")


def _as_sheet(found: Records, at: Mapping[str, int]) -> Iterator[list[str]]:
    """The records as the rows of a sheet, each in its place, with our columns alone; above the headings all cells."""
    below = ((number, [_unguarded(_cell(cells, place)) for place in at.values()]) for number, cells in found.rows)
    above = ((number, list(cells)) for number, cells in found.above)
    row = 0
    for number, cells in chain(above, [(found.headed_at, list(at))], below):
        yield from ([""] * len(at) for _ in range(row + 1, number))
        row = number
        yield cells


def _cell(cells: tuple[str, ...], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _unguarded(text: str) -> str:
    """A cell as it was before somebody's export put an apostrophe in front of what could be a formula."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text[1:] if text[:1] == "'" and text[1:2] in tuple(FORMULAS) else text


def _by_number(key: str) -> tuple[int, str]:
    number = key.rpartition("-")[2]
    return (int(number) if number.isdecimal() else 0, key)
