"""Dispositions read back: the workbooks of the reviews folder become values, and what they say enters the ledger.

Nothing is ever written into a reviewer's file. A file that is read is first archived byte for byte; one whose bytes
were read before is passed over. What cannot be read or placed becomes an `ImportProblem`, words intact.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from audit.config import Settings
from audit.encryption import decrypted
from audit.ledger import Ledger
from audit.ledger.reviews import Reviews
from audit.lifecycle import DECIDED, SET_ASIDE, Past
from audit.merging import Copy, Merged, ReviewRow, Words, decide, heading, in_words, merge, own_words, words_of
from audit.night import ImportProblem
from audit.passwords import Passwords
from audit.report.official_sheet import NOTHING_REGISTERED
from audit.report.reader import NO_FINDING
from audit.report.review_columns import DISPOSITIONS
from audit.report.review_sheets import written_headings
from audit.whole_file import replacing
from connectors.contract import SourceDown
from connectors.files import sheets
from connectors.files.headings import folded

ARCHIVE = "reviews read"
"""The folder below the output in which every file that was read lies, named by its SHA-256."""
HEADING_LENGTH = 200
"""Excel takes 255 characters for the heading of a table."""

_ID = folded("Finding ID")
_FIELDS = {folded(heading(name)): name for name in DECIDED}
_LAYOUTS = {name: frozenset(map(folded, headings)) for name, headings in written_headings().items()}
_OUR_OTHER_SHEETS = frozenset(
    ("Start here", "Changes", "Trends", "Coverage", "Data quality", "Rules", "Trust", "Import problems")
)
_EMPTY_TABLES = frozenset(("nothing tonight", NOTHING_REGISTERED))
_CONTINUED = re.compile(r" \(\d+\)$")
_RUN = re.compile(r"\bRun (\S+), begun\b")
_OTHER_FORMATS = frozenset((*sheets.REFUSED, ".csv"))

_OPEN = "Another program has this file open. What is not saved yet is read the night after it is saved and closed."
_HELD = "This file cannot be opened: another program holds it, or reading is not permitted. Close it; it is read next."
_OTHER_FORMAT = "Only Excel workbooks (.xlsx) are read here. Open the file and save it as an Excel workbook."
_NO_ID = "This row bears no finding id, so nobody knows what it is about. Write it into a finding's row."
_ABOVE = "This stands above the headings, where nothing is read. Write it into a finding's row."
_OWN_SHEET = "This sheet has no column “Finding ID”, so it is not read. The archived file keeps it whole; it begins so."
_UNKNOWN_WORD = "This disposition is not one of the list. It is kept as it is; choose one where one fits."


def read_back(
    settings: Settings, ledger: Ledger, passwords: Passwords | None = None
) -> tuple[dict[str, Past], Reviews]:
    """Every past finding with what people have decided since, and what the ledger must keep of it.

    Archives the files that are read; `passwords` open those that are encrypted. Raises OSError where the archive cannot
    be written.
    """
    past = ledger.past()
    own = ledger.own_words()
    held: dict[str, Words] = {name: words_of(one.finding, own.get(name)) for name, one in past.items()}
    known = ledger.files_read()
    folder = read_folder(settings.reviews, settings.output, known.keys(), passwords)
    backgrounds = {copy.sha256: ledger.background(copy) for copy in folder.copies}
    merged = merge(folder.copies, backgrounds, held)
    shown = _facts_shown(ledger, folder.copies, merged)
    after = {name: _decided(one, held[name], merged.words[name], shown.get(name)) for name, one in past.items()}
    fresh = [problem for copy in folder.copies for problem in merged.problems[copy.sha256]]
    before = [problem for digest in folder.present for problem in known.get(digest, ())]
    return after, Reviews(folder.copies, merged, (*folder.problems, *fresh), tuple(before))


def _facts_shown(ledger: Ledger, copies: Sequence[Copy], merged: Merged) -> dict[str, str]:
    """What the workbooks showed of the findings about which they decide something: a copy may be weeks old."""
    runs = {copy.sha256: copy.run_id for copy in copies}
    decisions = (one for one in merged.decided if not one.changes.keys().isdisjoint(SET_ASIDE))
    return ledger.facts_shown({one.finding_id: runs[one.sha256] for one in decisions})


def _decided(past: Past, before: Words, words: Words, shown: str | None) -> Past:
    if words == before:
        return past
    decided_facts = past.decided_facts if shown is None else shown
    return replace(past, finding=decide(past.finding, words), decided_facts=decided_facts)


def told(reviews: Reviews, findings: Iterable[Past]) -> Reviews:
    """With all problems of tonight, `findings` being as they stand when everything is judged.

    Those of files that were read before stay until somebody settles them or takes the file away; a disposition that is
    none of the list is told of for as long as its finding stands.
    """
    past = {one.finding.finding_id: one for one in findings}
    words = {name: words_of(one.finding, own_words(reviews.merged.words.get(name, {}))) for name, one in past.items()}
    standing = [problem for problem in reviews.before if not _settled(problem, words.get(problem.finding_id, {}))]
    unknown = [
        ImportProblem("the ledger", name, "Disposition", word, word, _UNKNOWN_WORD)
        for name, one in past.items()
        if one.resolved_on is None and (word := one.finding.disposition) and word not in DISPOSITIONS
    ]
    return replace(reviews, problems=(*reviews.problems, *standing, *unknown))


def _settled(problem: ImportProblem, words: Words) -> bool:
    """Whether the ledger says by now what could not be taken then."""
    name = _FIELDS.get(folded(problem.field), problem.field)
    return bool(problem.field) and words.get(name, "") == problem.words


@dataclass
class Folder:
    """What the reviews folder holds tonight: copies not read before (oldest first), digests of all, what stands out."""

    copies: tuple[Copy, ...] = ()
    present: tuple[str, ...] = ()
    problems: list[ImportProblem] = field(default_factory=list)


def read_folder(folder: Path, output: Path, read_before: Collection[str], passwords: Passwords | None = None) -> Folder:
    """Read every workbook below `folder`; those whose digest is in `read_before` are only named.

    Each file read is archived below `output` first, as it is (OSError where that cannot be written): encrypted where
    it is encrypted. A file that is open elsewhere, refused, or damaged is a problem of tonight, and tried again the
    next night. A folder that is not there holds nothing.
    """
    found = Folder()
    for path in _candidates(folder, output):
        name = path.relative_to(folder).as_posix()
        try:
            _read_file(path, name, output, read_before, passwords, found)
        except SourceDown as refusal:
            found.problems.append(ImportProblem(name, "", "", "", "", str(refusal)))
    found.copies = tuple(sorted(found.copies, key=lambda copy: (copy.modified_at, copy.name)))
    return found


def _candidates(folder: Path, output: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    ours = output / ARCHIVE if folder.is_relative_to(output) else output
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_relative_to(ours))
    return [path for path in files if path.suffix.lower() in {".xlsx", *_OTHER_FORMATS} or _lock_of(path)]


def _lock_of(path: Path) -> str:
    """The file that an office program's lock file is about; "" for any other file."""
    if path.name.startswith("~$"):
        return path.name[2:]
    return path.name[7:-1] if path.name.startswith(".~lock.") and path.name.endswith("#") else ""


def _read_file(
    path: Path, name: str, output: Path, read_before: Collection[str], passwords: Passwords | None, found: Folder
) -> None:
    if locked := _lock_of(path):
        found.problems.append(ImportProblem(str(Path(name).with_name(locked)), "", "", "", "", _OPEN))
        return
    if path.suffix.lower() != ".xlsx":
        found.problems.append(ImportProblem(name, "", "", "", "", _OTHER_FORMAT))
        return
    try:
        sheets.check_size(path.stat().st_size, name)
        content, modified = path.read_bytes(), path.stat().st_mtime
    except OSError as fault:  # held by another program, or renamed by it since the folder was listed
        raise SourceDown(f"{_HELD} ({fault.strerror})") from fault
    digest = sha256(content).hexdigest()
    if digest in found.present:
        return
    if digest not in read_before:
        book = _opened(content, name, passwords)
        sheets.check(book, name)
        _archive(content, digest, output)
        found.copies = (*found.copies, read_copy(book, name, digest, datetime.fromtimestamp(modified, UTC)))
    found.present = (*found.present, digest)


def _opened(content: bytes, name: str, passwords: Passwords | None) -> bytes:
    if not sheets.is_encrypted(content):
        return content
    return decrypted(content, passwords.to_try(name) if passwords else (), name)


def _archive(content: bytes, digest: str, output: Path) -> None:
    folder = output / ARCHIVE
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{digest}.xlsx"
    if not path.exists():
        with replacing(path) as file:
            file.write(content)


def forget_read(output: Path, limit: date) -> int:
    """Remove archived review files that were read before `limit`; returns how many. Their digests stay known."""
    old = [path for path in (output / ARCHIVE).glob("*.xlsx") if _day_of(path) < limit]
    for path in old:
        path.unlink()
    return len(old)


def _day_of(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def read_copy(book: bytes, name: str, digest: str, modified_at: datetime) -> Copy:
    """One workbook as a value: the rows of every sheet that has a heading "Finding ID", wherever that stands.

    `book` is its content, plain and checked (connectors.files.sheets), `digest` that of its file, `name` what problems
    call it. Raises SourceDown where it cannot be parsed.
    """
    rows: list[ReviewRow] = []
    problems: list[ImportProblem] = []
    run_id = ""
    for title, cells in _tables(book, name):
        place = f"{name}:{title}"
        sheet = _sheet(place, _CONTINUED.sub("", title.strip()), cells)
        if sheet.headed:
            rows += sheet.rows
            problems += sheet.problems
            continue
        said = _RUN.search(" ".join(sheet.margin))
        run_id = run_id or (said[1] if said else "")
        begins = " ".join(" ".join(sheet.unread).split())[:1000]
        if begins and _CONTINUED.sub("", title) not in _OUR_OTHER_SHEETS:
            problems.append(ImportProblem(place, "", "", begins, "", _OWN_SHEET))
    return Copy(name, digest, modified_at, run_id, tuple(rows), tuple(problems))


def _tables(book: bytes, name: str) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """(sheet, its rows from row 1) for every worksheet; parsed in the guarded child process of connectors.files.

    Each sheet's rows are to be read to their end before the next sheet is asked for.
    """
    for title, lines in groupby(_titled(sheets.parsed(book, sheets.EVERY, name)), key=itemgetter(0)):
        yield title, (cells for _, cells in lines if cells is not None)


def _titled(told: Iterator[Any]) -> Iterator[tuple[str, list[str] | None]]:
    """Every row of the child process beside the sheet it is of; None where a sheet begins. Lines end as in Excel."""
    title = ""
    for said in told:
        if isinstance(said, dict):
            title = str(said["sheet"])
            yield title, None
        else:
            yield title, [cell.replace("\r\n", "\n").replace("\r", "\n") if "\r" in cell else cell for cell in said]


@dataclass
class _Sheet:
    """One sheet while it is read. `margin` is column A above any heading, `unread` every cell there."""

    headed: bool = False
    rows: list[ReviewRow] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    margin: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def _sheet(place: str, title: str, table: Iterator[list[str]]) -> _Sheet:
    sheet = _Sheet()
    columns: dict[int, str] = {}
    at = 0
    for number, cells in enumerate(table, 1):
        where = f"{place}:{number}"
        names = [folded(cell) for cell in cells]
        if _ID in names:
            columns, at = _columns(title, cells), names.index(_ID)
            sheet.headed = True
        elif not sheet.headed:
            sheet.margin.append(cells[0] if cells else "")
            sheet.unread += [cell for cell in cells if cell.strip()]
            aside = "\n".join(cell for cell in cells[1:] if cell.strip())
            if aside:
                sheet.problems.append(ImportProblem(where, "", "", aside, "", _ABOVE))
        elif cells[at].strip():
            words = {name: _typed(cells[column]) for column, name in columns.items()}
            # A column without a heading is one only where something stands in it.
            words = {name: text for name, text in words.items() if text or not name.startswith("(column ")}
            sheet.rows.append(ReviewRow(where, cells[at].strip(), words))
        else:
            left = _left_over(cells, columns)
            if left:
                sheet.problems.append(ImportProblem(where, "", "", in_words(left), "", _NO_ID))
    return sheet


def _columns(title: str, headings: Sequence[str]) -> dict[int, str]:
    """Position → field of DECIDED or heading, for the columns that a person fills."""
    layout = _LAYOUTS.get(title) or _closest(frozenset(map(folded, headings)))
    columns: dict[int, str] = {}
    taken: set[str] = set()
    for position, text in enumerate(headings):
        name = folded(text)
        if name in layout and name not in taken:
            taken.add(name)
            if name in _FIELDS:
                columns[position] = _FIELDS[name]
            continue
        columns[position] = _own_heading(text, position, taken)
    return columns


def _closest(headings: frozenset[str]) -> frozenset[str]:
    """The layout of a sheet that was renamed; where two are as close, the smaller, so that no own column is lost."""
    return min(_LAYOUTS.values(), key=lambda layout: (len(layout ^ headings), len(layout)))


def _own_heading(text: str, position: int, taken: set[str]) -> str:
    """An analyst's heading as the next workbook can bear it: in one line, short enough, not the name of another."""
    shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in " ".join(text.split()))[:HEADING_LENGTH]
    shown = shown or f"(column {_letters(position)})"
    name, count = shown, 1
    while folded(name) in taken:
        count += 1
        name = f"{shown} [{count}]"
    taken.add(folded(name))
    return name


def _letters(position: int) -> str:
    text, rest = "", position + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        text = chr(ord("A") + letter) + text
    return text


def _typed(text: str) -> str:
    """A cell's words; a cell of blanks only counts as empty."""
    return text if text.strip() else ""


def _left_over(cells: Sequence[str], columns: Mapping[int, str]) -> Words:
    """What somebody typed into a row without a finding id; nothing for the rows that were written without one."""
    filled = {position: cell for position, cell in enumerate(cells) if cell.strip()}
    if len(filled) == 1 and next(iter(filled.values())) in _EMPTY_TABLES:
        return {}
    if NO_FINDING in filled.values():  # an official account about which there is nothing to decide
        filled = {position: cell for position, cell in filled.items() if position in columns}
    return {columns.get(position, f"(column {_letters(position)})"): cell for position, cell in filled.items()}
