"""One reviewer's workbook as a value: its findings' rows, and the words that stand where nothing is read. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime

from audit.decisions.merge import typed_in_words
from audit.model.decisions import TYPED_ONCE, Copy, Level, Once, ReviewRow, TypedWords, heading
from audit.model.finding import DECIDED, DISPOSITIONS
from audit.model.night import ImportProblem
from audit.report.about import NOTHING_HELD, PLAIN_SHEETS, written_about
from audit.report.books import SHEETS, START_HERE
from audit.report.grouped_sheets import BY_ACCOUNT, BY_PERSON
from audit.report.leavers_sheet import HEADINGS as LEAVERS_HEADINGS
from audit.report.official_sheet import NOTHING_REGISTERED
from audit.report.parcel import COVER
from audit.report.quality import HEADINGS as QUALITY_HEADINGS
from audit.report.quality import IMPORT_HEADINGS
from audit.report.reader import NO_FINDING
from audit.report.receipts import NO_SHEET
from audit.report.review_columns import DECISION, FINDING_ID, ONCE
from audit.report.review_sheets import telling_headings, written_headings
from audit.report.state_run_sheet import NO_SEAT
from connectors.contract import folded

HEADING_LENGTH = 200
"""Excel takes 255 characters for the heading of a table."""

_ID = folded("Finding ID")
_FIELDS = {folded(heading(name)): name for name in DECIDED}
_LAYOUTS = {name: frozenset(map(folded, headings)) for name, headings in written_headings().items()}
_LEVELS = {BY_PERSON: Level.PERSON, BY_ACCOUNT: Level.ACCOUNT}
_OF_A_PERSON = {name: frozenset(map(folded, headings)) for name, headings in written_about().items()}
"""Of the workbook that a person is handed: nothing that stands in it decides."""
_DISPOSITION = folded("Disposition")
_DECIDING = tuple(folded(column.heading) for column, _ in DECISION)
_DECISION = (*_DECIDING, _ID)
_ONCE = {folded(heading(name)): name for name in TYPED_ONCE}
_HEADED_LIKE_OURS = 3
"""Headings of decisions that mark the row of headings of a sheet whose “Finding ID” is gone."""
_FINDING_ID = re.compile(r"[A-Z]+-\d+-[0-9a-f]{12}")
_KNOWN = frozenset(word.casefold() for word in DISPOSITIONS)
_OUR_OTHER_SHEETS = frozenset((START_HERE, COVER, *PLAIN_SHEETS, *(sheet.name for sheet in SHEETS))) - _LAYOUTS.keys()
_LISTS = {
    name: frozenset(map(folded, headings))
    for name, headings in (
        ("Leavers", LEAVERS_HEADINGS), ("Data quality", QUALITY_HEADINGS), ("Import problems", IMPORT_HEADINGS)
    )
}  # fmt: skip
"""Lists of ours that people work through: nobody decides there, and they note beside a row what they have done."""
_ABOUT = folded("About finding")
_THEIRS = frozenset(map(folded, ("Handle", "Display name", "Matched words", "How its findings stand")))
"""Columns of ours that hold what people call themselves, or what was decided: a word of the list says nothing new."""
_TELLING = {_LAYOUTS[name]: {folded(one): one for one in headings} for name, headings in telling_headings().items()}
"""By layout: the headings of the columns in sight that tell which finding a row is about, by how they are compared."""
_EMPTY_TABLES = frozenset(("nothing tonight", NOTHING_REGISTERED, NOTHING_HELD, NO_SEAT))
_CONTINUED = re.compile(r" \(\d+\)$")
_RUN = re.compile(r"\bRun (\S+), begun\b(?: (\d{4}-\d\d-\d\d \d\d:\d\d) UTC)?")

_NO_ID = "This row bears no finding id, so nobody knows what it is about. Write it into a finding's row."
_ABOVE = "This stands above the headings, where nothing is read. Write it into a finding's row."
READ_AS = "This column was read as “"
"""Begins what is told of a column that was renamed, and read all the same."""
_READ_AS = READ_AS + "{}”, by its place or its words. If that is right, give it that heading again."
_NO_COLUMN = (
    "This sheet has no column “{}”: it was renamed or removed, and none of it is read. {}Write the heading as it was, "
    "and save the copy again."
)
_KEPT_AS_OWN = "Columns that are not ours are kept as your own. "
_DECIDES_NOTHING = (
    "This column of your own holds dispositions, and only the column “Disposition” decides. It is kept as it is; write "
    "there what shall count."
)
_MISPLACED = (
    "A disposition stands in the column “{}”, and only the column “Disposition” decides. Nothing is decided by it;"
    " write it there."
)
_BESIDE = (
    "This stands in a column of your own, on a sheet of which nothing is read. Write it into Note, in the row of the"
    " finding."
)
_OWN_SHEET = "This sheet has no column “Finding ID”, so it is not read. The archived file keeps it whole; it begins so."


def copy_of(
    name: str, digest: str, modified_at: datetime, tables: Iterable[tuple[str, Iterable[Sequence[str]]]]
) -> Copy:
    """One workbook as a value: the rows of every sheet that has a heading "Finding ID", wherever that stands.

    `tables` are its worksheets in their order: (title, rows of cells from row 1), each read to its end before the next
    is asked for. `digest` is that of its file, `name` what problems call it.
    """
    rows: list[ReviewRow] = []
    problems: list[ImportProblem] = []
    run_id, begun, headed = "", "", False
    for title, cells in tables:
        place = f"{name}:{title}"
        sheet = _sheet(place, _CONTINUED.sub("", title.strip()), cells)
        headed |= sheet.headed
        if sheet.headed:
            rows += sheet.rows
            problems += sheet.problems
            continue
        problems += sheet.beside
        said = _RUN.search(" ".join(sheet.margin))
        if said and not run_id:
            run_id, begun = said[1], said[2] or ""
        begins = " ".join(" ".join(sheet.unread).split())[:1000]
        if begins and _CONTINUED.sub("", title) not in _OUR_OTHER_SHEETS:
            problems.append(ImportProblem(place, "", "", begins, "", _OWN_SHEET))
    if not headed:
        problems.append(ImportProblem(name, "", "", "", "", NO_SHEET))
    return Copy(name, digest, modified_at, run_id, tuple(rows), tuple(problems), begun)


@dataclass
class _Sheet:
    """One sheet while it is read. `margin` is column A above any heading, `unread` every cell there, `beside` what
    stands in columns of one's own on a list of ours."""

    headed: bool = False
    rows: list[ReviewRow] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    margin: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    beside: list[ImportProblem] = field(default_factory=list)


def _sheet(place: str, title: str, table: Iterable[Sequence[str]]) -> _Sheet:
    sheet = _Sheet()
    once: dict[str, str] = {}
    given: Once | None = None
    columns: dict[int, str] = {}
    unread: dict[int, str] = {}
    telling: dict[int, str] = {}
    level = Level.FINDING
    at: int | None = None
    rows = list(table)  # what stands below a heading may tell what it is
    for number, cells in enumerate(rows, 1):
        where = f"{place}:{number}"
        names = [folded(cell) for cell in cells]
        if _ID in names or (not sheet.headed and _headed_without_id(title, names)):
            columns, at, told = _columns(title, cells, rows[number:])
            level = _level(title, cells)
            unread = _never_deciding(title, cells, columns)
            telling = _telling(title, cells)
            sheet.problems += [ImportProblem(place, "", column, "", "", reason) for column, reason in told]
            sheet.headed = True
        elif not sheet.headed:
            sheet.margin.append(cells[0] if cells else "")
            sheet.unread += [cell for cell in cells if cell.strip()]
            typed, rest = _above(cells)
            if typed and not once:
                once, given = typed, Once(where, typed)
            elif typed:
                rest += [f"{heading(name)}: {text}" for name, text in typed.items()]
            if rest:
                sheet.problems.append(ImportProblem(where, "", "", "\n".join(rest), "", _ABOVE))
        elif at is not None and cells[at].strip():
            words = {name: _typed(cells[column]) for column, name in columns.items()}
            # A column without a heading is one only where something stands in it.
            words = {name: text for name, text in words.items() if text or not name.startswith("(column ")}
            shows = {name: _cell(cells, column) for column, name in telling.items()}
            sheet.rows += _rows(ReviewRow(where, cells[at].strip(), words, given, level, shows))
            if not words.get("disposition"):
                sheet.problems += _misplaced(where, cells, at, unread)
        else:
            left = _left_over(cells, columns)
            # Where no row has an id, those in which nobody typed say nothing.
            if left and (at is not None or any(_cell(cells, column) for column in columns)):
                sheet.problems.append(ImportProblem(where, "", "", typed_in_words(left), "", _NO_ID))
    if not sheet.headed and title in _LISTS:
        sheet.beside += _beside(place, _LISTS[title], rows)
    return sheet


def _beside(place: str, ours: AbstractSet[str], rows: Sequence[Sequence[str]]) -> Iterator[ImportProblem]:
    """What stands beside the columns of a list of ours, and beside the lines above it, which stand in column A."""
    top = next((at for at, cells in enumerate(rows) if ours <= {folded(cell) for cell in cells}), None)
    if top is None:  # another version wrote it, or its headings were changed: nobody knows what is whose
        return
    headings = rows[top]
    mine = [at for at, text in enumerate(headings) if folded(text) in ours]
    about = next((at for at in mine if folded(headings[at]) == _ABOUT), None)
    for at, cells in enumerate(rows):
        read = mine if at >= top else [0]
        typed = {
            _shown(headings[column] if at > top and column < len(headings) else "", column): text
            for column, text in enumerate(cells)
            if column not in read and text.strip()
        }
        if typed and at != top:  # a heading alone says nothing
            finding_id = "" if about is None else _cell(cells, about)
            yield ImportProblem(f"{place}:{at + 1}", finding_id, "", typed_in_words(typed), "", _BESIDE)


def _never_deciding(title: str, headings: Sequence[str], read: Mapping[int, str]) -> dict[int, str]:
    """Position → heading of the columns of ours in which a disposition decides nothing; none of a person's workbook."""
    layout = _layout(title, headings)
    if layout in _OF_A_PERSON.values():
        return {}
    ours = ((at, text) for at, text in enumerate(headings) if folded(text) in layout - _THEIRS)
    return {at: text.strip() for at, text in ours if read.get(at) != "disposition"}


def _telling(title: str, headings: Sequence[str]) -> dict[int, str]:
    """Position → heading of the columns of ours that tell which finding a row is about."""
    names = _TELLING.get(_layout(title, headings), {})
    found: dict[str, int] = {}
    for at, text in enumerate(headings):
        if folded(text) in names:
            found.setdefault(names[folded(text)], at)
    return {at: name for name, at in found.items()}


def _misplaced(where: str, cells: Sequence[str], at: int, columns: Mapping[int, str]) -> Iterator[ImportProblem]:
    """That a row without a disposition has one where none is read."""
    for position, column in columns.items():
        word = _cell(cells, position)
        if " ".join(word.casefold().split()) in _KNOWN:
            yield ImportProblem(where, cells[at].strip(), column, word, "", _MISPLACED.format(column))


def _rows(row: ReviewRow) -> Iterator[ReviewRow]:
    """A row for each finding id of a cell. Several ids in one cell are a person's, wherever they stand; of such a row
    only what was typed is of interest."""
    level, several = row.level, row.finding_id.split()
    if level is Level.FINDING and len(several) > 1 and all(map(_FINDING_ID.fullmatch, several)):
        level = Level.PERSON
    if level is Level.FINDING:
        yield row
        return
    typed = {name: text for name, text in row.words.items() if text}
    for finding_id in dict.fromkeys(several) if typed else ():
        yield replace(row, finding_id=finding_id, words=typed, level=level)


def _level(title: str, headings: Sequence[str]) -> Level:
    """What the rows of a sheet are about."""
    layout = _layout(title, headings)
    return next((level for name, level in _LEVELS.items() if _LAYOUTS[name] == layout), Level.FINDING)


def _above(cells: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """What a row above the headings says once for all rows, behind its labels; and what else was typed beside it."""
    typed: dict[str, str] = {}
    rest: list[str] = []
    labelled = ""
    for at, cell in enumerate(cells):
        name, label = folded(cell), labelled
        labelled = _ONCE.get(name, "")
        if labelled or not cell.strip() or cell.strip() == ONCE.purpose:
            continue
        if label:
            typed[label] = cell
        elif at:  # what stands in column A is ours
            rest.append(cell)
    return typed, rest


def _headed_without_id(title: str, names: Sequence[str]) -> bool:
    """Whether a row bears the headings of decisions, though none says “Finding ID”."""
    ours = _OF_A_PERSON.get(title, frozenset(_DECISION))
    return title not in _OUR_OTHER_SHEETS and len(ours & set(names)) >= _HEADED_LIKE_OURS


def _columns(
    title: str, headings: Sequence[str], table: Sequence[Sequence[str]]
) -> tuple[dict[int, str], int | None, list[tuple[str, str]]]:
    """Position → field of DECIDED or heading, for the columns that a person fills; where the finding's id stands (None:
    nowhere); and what to tell of columns that were renamed or are gone: (heading, sentence). `table`: the rows below.
    """
    layout = _layout(title, headings)
    ours: dict[str, int] = {}
    for position, text in enumerate(headings):
        if folded(text) in layout:
            ours.setdefault(folded(text), position)
    strange = [position for position in range(len(headings)) if position not in ours.values()]
    if layout in _OF_A_PERSON.values():
        taken = {*ours, *_DECISION}
        own = {at: _own_heading(headings[at], at, taken) for at in strange}
        lost = [] if _ID in ours else [(_written(_ID), _NO_COLUMN.format(_written(_ID), ""))]
        return own, ours.get(_ID), lost
    renamed = _renamed(strange, ours, table)
    told = [(_shown(headings[at], at), _READ_AS.format(_written(name))) for name, at in renamed.items()]
    ours |= renamed
    taken = set(ours)
    own = {at: _own_heading(headings[at], at, taken) for at in strange if at not in renamed.values()}
    told += _missing(title, ours, own=any(_cell(row, at) for row in table for at in own))
    if _DISPOSITION in ours:
        told += [(name, _DECIDES_NOTHING) for at, name in own.items() if _dispositions(table, at)]
    columns = own | {position: _FIELDS[name] for name, position in ours.items() if name in _FIELDS}
    return dict(sorted(columns.items())), ours.get(_ID), told


def _renamed(strange: Sequence[int], ours: Mapping[str, int], table: Sequence[Sequence[str]]) -> dict[str, int]:
    """Missing column of a decision → position of the strange one that has become of it, where there is one meaning.

    An id or a disposition is believed for its words alone: a wrong one would decide about somebody. The others are
    believed for their place: between the columns of ours that were written beside them stand as many strange ones.
    """
    found: dict[str, int] = {}
    for name, fits in ((_DISPOSITION, _dispositions), (_ID, _ids)):
        fitting = [at for at in strange if fits(table, at)]
        if name not in ours and len(fitting) == 1:
            found[name] = fitting[0]
    for names, places in _gaps({**ours, **found}):
        if len(names) == len(places) and set(places) <= set(strange):
            found |= {name: at for name, at in zip(names, places, strict=True) if name != _DISPOSITION}
    return found


def _gaps(ours: Mapping[str, int]) -> Iterator[tuple[list[str], list[int]]]:
    """Each run of missing columns of a decision, with the positions between the columns of ours on both its sides."""
    places = sorted(ours.values())
    left = max(
        (at for at in places if at < min((ours[name] for name in _DECIDING if name in ours), default=0)), default=None
    )
    names: list[str] = []
    for name in _DECIDING:
        if name not in ours:
            names.append(name)
            continue
        if names and left is not None:
            yield names, list(range(left + 1, ours[name]))
        names, left = [], ours[name]
    right = next((at for at in places if left is not None and at > left), None)
    if names and left is not None and right is not None:
        yield names, list(range(left + 1, right))


def _missing(title: str, ours: Mapping[str, int], *, own: bool) -> Iterator[tuple[str, str]]:
    """The columns of ours that are gone, and without which something typed may be lost.

    Those for ids and dispositions are always missed on a sheet of ours; the others where a column of somebody's `own`,
    in which words stand, may be what has become of them.
    """
    kept = _KEPT_AS_OWN if own else ""
    decides = title in _LAYOUTS or any(name in ours for name in _FIELDS)
    for name in _DECISION:
        needed = name == _ID or (decides and (own or name == _DISPOSITION)) or (own and name == _DISPOSITION)
        if name not in ours and needed:
            yield _written(name), _NO_COLUMN.format(_written(name), kept)


def _dispositions(table: Sequence[Sequence[str]], at: int) -> bool:
    """Whether a column holds words, and every one of them is of the list of dispositions."""
    words = {" ".join(cell.casefold().split()) for row in table if (cell := _cell(row, at))}
    return bool(words) and words <= _KNOWN


def _ids(table: Sequence[Sequence[str]], at: int) -> bool:
    words = {cell for row in table if (cell := _cell(row, at))}
    return bool(words) and all(map(_FINDING_ID.fullmatch, words))


def _cell(row: Sequence[str], at: int) -> str:
    return row[at].strip() if at < len(row) else ""


def _written(name: str) -> str:
    """A folded heading of a decision as the workbook heads it."""
    return next(column.heading for column, _ in (*DECISION, FINDING_ID) if folded(column.heading) == name)


def _shown(text: str, position: int) -> str:
    return text.strip() or f"(column {_letters(position)})"


def _layout(title: str, headings: Sequence[str]) -> frozenset[str]:
    """The headings that a sheet was written with: by its name, else those that are closest to what stands there."""
    return _LAYOUTS.get(title) or _OF_A_PERSON.get(title) or _closest(frozenset(map(folded, headings)))


def _closest(headings: frozenset[str]) -> frozenset[str]:
    """The layout of a sheet that was renamed; where two are as close, the smaller, so that no own column is lost."""
    return min((*_LAYOUTS.values(), *_OF_A_PERSON.values()), key=lambda layout: (len(layout ^ headings), len(layout)))


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


def _left_over(cells: Sequence[str], columns: Mapping[int, str]) -> TypedWords:
    """What somebody typed into a row without a finding id; nothing for the rows that were written without one."""
    filled = {position: cell for position, cell in enumerate(cells) if cell.strip()}
    if len(filled) == 1 and next(iter(filled.values())) in _EMPTY_TABLES:
        return {}
    if NO_FINDING in filled.values():  # an official account about which there is nothing to decide
        filled = {position: cell for position, cell in filled.items() if position in columns}
    return {columns.get(position, f"(column {_letters(position)})"): cell for position, cell in filled.items()}
