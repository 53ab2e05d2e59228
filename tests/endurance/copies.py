"""One reviewer's decisions in as many ways as offices save, rearrange and break a workbook, held against an oracle.

    python -m tests.endurance.copies [--only WAY …] [--keep FOLDER]

After two nights, of which the second shows what somebody else has decided, a reviewer types the same words into the
workbook, and saves it in one of WAYS; two more nights are run. Of each typed word the oracle asks: does the ledger hold
it, for this finding, and the next workbook show it; else, is it told with its file, sheet and row, or its file refused
as a whole. Nothing else of the ledger may have changed, and the second night changes nothing. Of each way is known
whether all its words are taken. Prints a line for each way; those of LibreOffice are left out where it is not there.
"""

from __future__ import annotations

import argparse
import csv
import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
from msoffcrypto.format.ooxml import OOXMLFile

from audit.ledger import Ledger
from audit.model.decisions import typed_about
from audit.model.finding import DECIDED
from audit.model.night import Night
from tests.editing import Book
from tests.states import DAY, State, account, person, small_state

TYPED_ON, READ_ON = DAY + timedelta(days=1), DAY + timedelta(days=2)
SHEETS = ("Findings", "Leads", "Official accounts", "Unclaimed", "Not in directory")
NAMES = ("Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gum", "Holly", "Ivy")
FIELDS = {name.replace("_", " ").capitalize(): name for name in DECIDED}
SERIAL_0 = date(1899, 12, 30)
OOXML = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}
"""Namespaces of a workbook, and what Excel's "Strict Open XML Spreadsheet" has in their place."""

Place = tuple[str, str]
"""Finding id, and a field of DECIDED or the heading of a column of one's own."""
Cells = list[list[Any]]
Edit = Callable[["Sheet"], None]


@dataclass
class Sheet:
    """A sheet on which somebody decides: its headings' row, and the column of each heading, both from 1."""

    page: Any
    top: int
    columns: dict[str, int]

    @property
    def rows(self) -> Cells:
        return [[cell.value for cell in row] for row in self.page.iter_rows(min_row=self.top + 1)]

    def put(self, rows: Cells) -> None:
        """Write the rows below the headings."""
        self.page.tables.clear()
        for at, row in enumerate(rows, self.top + 1):
            for column, value in enumerate(row, 1):
                self.page.cell(at, column).value = value


@dataclass
class Desk:
    """A state, what is typed into the workbook of one of its nights, and what the ledger then ought to say."""

    state: State
    cells: dict[tuple[str, str], Any]
    typed_on: date = TYPED_ON
    expected: dict[Place, str] = field(default_factory=dict)
    contested: dict[Place, str] = field(default_factory=dict)
    """What cannot be taken, since the ledger holds another word by then."""

    def __post_init__(self) -> None:
        self.expected = {(name, FIELDS.get(head, head)): in_words(value) for (name, head), value in self.cells.items()}

    @property
    def reviews(self) -> Path:
        return self.state.folder / "reviews"

    @property
    def source(self) -> Path:
        return self.state.folder / "out" / self.typed_on.isoformat() / "audit.xlsx"

    def book(self, edit: Edit = lambda _: None) -> Any:
        """The workbook with everything typed, each of its sheets then edited."""
        book = openpyxl.load_workbook(self.source)
        for sheet in decision_sheets(book):
            ids = [row[sheet.columns["Finding ID"] - 1] for row in sheet.rows]
            for (name, heading), value in self.cells.items():
                if name in ids:
                    column = sheet.columns.setdefault(heading, sheet.page.max_column + 1)
                    sheet.page.cell(sheet.top, column).value = heading
                    sheet.page.cell(sheet.top + 1 + ids.index(name), column).value = value
                    sheet.page.tables.clear()
            edit(sheet)
        return book

    def content(self, edit: Edit = lambda _: None) -> bytes:
        made = io.BytesIO()
        self.book(edit).save(made)
        return made.getvalue()


def in_words(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def decision_sheets(book: Any) -> Iterator[Sheet]:
    for page in book.worksheets:
        if page.title in SHEETS:
            top = next(cell.row for row in page.iter_rows() for cell in row if cell.value == "Finding ID")
            yield Sheet(page, top, {str(cell.value): cell.column for cell in page[top]})


# --- ways ---------------------------------------------------------------------------------------------------------


def sort_by_handle(sheet: Sheet, *, up_to: str = "") -> None:
    """Sort by handle, from below, the columns up to this one; those behind it stay as they are."""
    end, at = sheet.columns.get(up_to, sheet.page.max_column), sheet.columns["Handle"] - 1
    rows = sheet.rows
    moved = sorted((row[:end] for row in rows), key=lambda row: str(row[at]), reverse=True)
    sheet.put([left + row[end:] for left, row in zip(moved, rows, strict=True)])


def paste_over(sheet: Sheet) -> None:
    """What stands in sight of one row, pasted over that of another, in which nothing was typed."""
    rows, end = sheet.rows, sheet.columns["Note"]
    if sheet.page.title == "Findings":
        untouched = next(row for row in rows if not row[end - 1])
        untouched[:end] = next(row for row in rows if row[end - 1])[:end]
        sheet.put(rows)


def hide(sheet: Sheet) -> None:
    for row in range(sheet.top + 1, sheet.page.max_row + 1):
        sheet.page.row_dimensions[row].hidden = True
    sheet.page.column_dimensions["G"].hidden = True
    sheet.page.freeze_panes = None


def insert_column(sheet: Sheet) -> None:
    sheet.page.tables.clear()
    sheet.page.insert_cols(sheet.columns["Disposition"])


def id_in_front(sheet: Sheet) -> None:
    at = sheet.columns["Finding ID"] - 1
    headings = [cell.value for cell in sheet.page[sheet.top]]
    sheet.top -= 1
    sheet.put([[row[at], *row[:at], *row[at + 1 :]] for row in (headings, *sheet.rows[1:])])


def spell_headings(sheet: Sheet) -> None:
    sheet.page.tables.clear()
    for old, new in (("Disposition", " DISPOSITION"), ("Decided on", "decided-on"), ("Finding ID", "Finding\nID")):
        sheet.page.cell(sheet.top, sheet.columns[old]).value = new


def second_headings(sheet: Sheet) -> None:
    sheet.page.tables.clear()
    sheet.page.insert_rows(sheet.top + 1)
    sheet.page.cell(sheet.top + 1, sheet.columns["Disposition"]).value = "(choose one)"


def headings_again(sheet: Sheet) -> None:
    sheet.page.tables.clear()
    sheet.page.insert_rows(sheet.top + 2)
    for heading, column in sheet.columns.items():
        sheet.page.cell(sheet.top + 2, column).value = heading


def odd_white_space(sheet: Sheet) -> None:
    for row in range(sheet.top + 1, sheet.page.max_row + 1):
        for heading in ("Disposition", "Finding ID"):
            cell = sheet.page.cell(row, sheet.columns[heading])
            cell.value = f"\N{NO-BREAK SPACE}{cell.value} \n".replace(" ", "\N{NO-BREAK SPACE}") if cell.value else None


def capitals(sheet: Sheet) -> None:
    for row in range(sheet.top + 1, sheet.page.max_row + 1):
        cell = sheet.page.cell(row, sheet.columns["Disposition"])
        cell.value = str(cell.value).upper() if cell.value else None


def without_ids(sheet: Sheet) -> None:
    sheet.page.tables.clear()
    sheet.page.delete_cols(sheet.columns["Finding ID"])


def saved(name: str = "dana.xlsx", edit: Edit = lambda _: None) -> Callable[[Desk], None]:
    """The workbook, edited, under a name."""

    def save(desk: Desk) -> None:
        (desk.reviews / name).parent.mkdir(parents=True, exist_ok=True)
        (desk.reviews / name).write_bytes(desk.content(edit))

    return save


def turned(name: str, turn: Callable[[bytes], bytes]) -> Callable[[Desk], None]:
    """The workbook's bytes as something makes others of them."""

    def save(desk: Desk) -> None:
        (desk.reviews / name).write_bytes(turn(desk.content()))

    return save


def with_sheets(change: Callable[[Any], None]) -> Callable[[Desk], None]:
    """The workbook with its sheets changed as a whole."""

    def save(desk: Desk) -> None:
        book = desk.book()
        change(book)
        book.save(desk.reviews / "dana.xlsx")

    return save


def rename_sheets(book: Any) -> None:
    for number, page in enumerate(book.worksheets[1:], 1):
        page.title = f"Tabelle {number}"
    book.move_sheet(book.worksheets[1], 5)


def copy_sheets(book: Any) -> None:
    for name in SHEETS:
        book.copy_worksheet(book[name]).title = f"{name} (2)"


def only_decisions(book: Any) -> None:
    for name in set(book.sheetnames) - {"Start here", *SHEETS}:
        del book[name]


def values_alone(*, title: str = "Sheet", above: bool = True, summary: bool = False) -> Callable[[Desk], None]:
    """Pasted into a new workbook as values: days are numbers there, and nothing says the night."""

    def save(desk: Desk) -> None:
        new = openpyxl.Workbook()
        new.worksheets[0].title = "Export Summary"
        if not summary:
            new.remove(new.worksheets[0])
        for number, sheet in enumerate(decision_sheets(desk.book()), 1):
            page = new.create_sheet(f"{title}{number}")
            for row in sheet.page.iter_rows(min_row=sheet.top if above else sheet.top + 1, values_only=True):
                days = (one.date() if hasattr(one, "date") else one for one in row)
                page.append([(one - SERIAL_0).days if isinstance(one, date) else one for one in days])
        new.save(desk.reviews / "Book1.xlsx")

    return save


def as_csv(separator: str, days: str, encoding: str) -> Callable[[Desk], None]:
    """Each sheet as a CSV of its own."""

    def save(desk: Desk) -> None:
        for sheet in decision_sheets(desk.book()):
            path = desk.reviews / f"{sheet.page.title}.csv"
            with path.open("w", encoding=encoding, newline="", errors="replace") as file:
                for row in sheet.page.iter_rows(values_only=True):
                    shown = (one.strftime(days) if hasattr(one, "strftime") else one for one in row)
                    csv.writer(file, delimiter=separator).writerow(["" if one is None else one for one in shown])

    return save


def merged_over_rows(desk: Desk) -> None:
    """One name, merged over all rows of a sheet: it counts for each, those of others' decisions, too."""
    book = desk.book()
    for sheet in decision_sheets(book):
        column, last = sheet.columns["Reviewer"], sheet.page.max_row
        ids = [row[sheet.columns["Finding ID"] - 1] for row in sheet.rows]
        if sheet.page.title == "Findings":
            sheet.page.tables.clear()
            sheet.page.cell(sheet.top + 1, column).value = "Dana"
            sheet.page.merge_cells(start_row=sheet.top + 1, end_row=last, start_column=column, end_column=column)
            desk.expected |= {(name, "reviewer"): "Dana" for name in ids}
    book.save(desk.reviews / "dana.xlsx")


def locked(desk: Desk) -> None:
    saved("audit.xlsx")(desk)
    (desk.reviews / "~$audit.xlsx").write_bytes(b"\x04Dana")


def two_disagree(desk: Desk) -> None:
    saved("Dana/audit.xlsx")(desk)
    other = {place: "duplicate" for place in desk.cells if place[1] == "Disposition"}
    saved("Ravi/audit.xlsx")(Desk(desk.state, other))
    desk.contested |= {(name, "disposition"): word for (name, _), word in other.items()}


def strict(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            for plain, other in OOXML.items():
                part = part.replace(plain, other)
            new.writestr(name, part)
    return made.getvalue()


def zipped(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("audit.xlsx", content)
    return made.getvalue()


def closed(content: bytes) -> bytes:
    made = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt("a password of their own", made)
    return made.getvalue()


def by_office(*formats: str, locale: str = "en-US") -> Callable[[Desk], None]:
    """Opened and saved by LibreOffice, once for each format."""

    def save(desk: Desk) -> None:
        with tempfile.TemporaryDirectory() as made:
            home = Path(made)
            (home / "profile" / "user").mkdir(parents=True)
            (home / "profile" / "user" / "registrymodifications.xcu").write_text(LOCALE.format(locale), "utf-8")
            path = home / "dana.xlsx"
            path.write_bytes(desk.content())
            for number, ending in enumerate(formats):
                command = [
                    "soffice",
                    f"-env:UserInstallation={(home / 'profile').as_uri()}",
                    "--headless",
                    "--norestore",
                ]
                order = [*command, "--convert-to", ending, "--outdir", str(home / str(number)), str(path)]
                subprocess.run(order, check=True, capture_output=True, timeout=180)
                path = home / str(number) / f"dana.{ending}"
            shutil.copy(path, desk.reviews)

    return save


LOCALE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{}</value></prop>
</item></oor:items>"""
ALL, SOME, NONE = "all", "some", "none"
WAYS: dict[str, tuple[str, Callable[[Desk], None]]] = {
    "as it is": (ALL, saved()),
    "named audit (1)": (ALL, saved("audit (1).xlsx")),
    "in a folder, in capitals": (ALL, saved("Dana/week 48/audit_DO final.XLSX")),
    "rows sorted": (ALL, saved(edit=sort_by_handle)),
    "rows sorted without the last columns": (SOME, saved(edit=partial(sort_by_handle, up_to="Rule in words"))),
    "rows sorted up to the note": (SOME, saved(edit=partial(sort_by_handle, up_to="Note"))),
    "cells pasted over another row": (ALL, saved(edit=paste_over)),
    "rows and columns hidden": (ALL, saved(edit=hide)),
    "a column inserted": (ALL, saved(edit=insert_column)),
    "the id in front": (ALL, saved(edit=id_in_front)),
    "headings spelled otherwise": (ALL, saved(edit=spell_headings)),
    "a second row of headings": (ALL, saved(edit=second_headings)),
    "headings once more among the rows": (ALL, saved(edit=headings_again)),
    "odd white space": (ALL, saved(edit=odd_white_space)),
    "in capitals": (ALL, saved(edit=capitals)),
    "without the ids": (NONE, saved(edit=without_ids)),
    "sheets renamed and moved": (ALL, with_sheets(rename_sheets)),
    "sheets copied": (ALL, with_sheets(copy_sheets)),
    "other sheets deleted": (ALL, with_sheets(only_decisions)),
    "a name merged over rows": (ALL, merged_over_rows),
    "values alone": (SOME, values_alone()),
    "values alone, without headings": (NONE, values_alone(above=False)),
    "a sheet for each table": (SOME, values_alone(title="Findings - Table ", summary=True)),
    "CSV": (SOME, as_csv(",", "%m/%d/%Y", "utf-8-sig")),
    "CSV of another country": (SOME, as_csv(";", "%d.%m.%Y", "cp1252")),
    "Strict Open XML": (ALL, turned("dana.xlsx", strict)),
    "zipped": (NONE, turned("audit.zip", zipped)),
    "half of it": (NONE, turned("audit.xlsx", lambda content: content[: len(content) // 2])),
    "nothing of it": (NONE, turned("audit.xlsx", lambda content: content[:0])),
    "what a program left": (NONE, turned("3F2A.tmp", lambda content: content)),
    "under a password of their own": (NONE, turned("audit.xlsx", closed)),
    "open in Excel": (ALL, locked),
    "two who disagree": (ALL, two_disagree),
    "LibreOffice": (ALL, by_office("xlsx")),
    "LibreOffice, German": (ALL, by_office("xlsx", locale="de-DE")),
    "LibreOffice, by way of ODS": (ALL, by_office("ods", "xlsx")),
    "LibreOffice, by way of XLS": (ALL, by_office("xls", "xlsx")),
    "LibreOffice, as ODS": (NONE, by_office("ods")),
}  # fmt: skip
"""Name → how much of what was typed is taken, and what makes the copy."""


# --- the oracle ---------------------------------------------------------------------------------------------------


def begun(folder: Path) -> tuple[State, dict[tuple[str, str], Any]]:
    """A state after two nights, of which the first one's workbook came back with decisions; and what is typed next."""
    state = small_state(folder)
    state.people += [person(f"1{n:04}", "Pat", name) for n, name in enumerate(NAMES)]
    state.accounts["export"] = [
        *(account(f"x{name}", registered_email=f"pat.{name}@maine.gov".lower()) for name in NAMES),
        account("moth", registered_email="nobody.known@maine.gov"),
        account("MaineDOTNews", display_name="MaineDOT News", bio="Official news of the Department of Transportation"),
        account("teal", display_name="Pat Birch", bio="I work for the Maine Department of Transportation"),
        account("MaineDOT1", account_id="555", registered_email="someone@example.org"),
    ]
    (folder / "reviews").mkdir(parents=True)
    first = {one.handle: one.finding_id for one in state.night().findings if one.rule_id == "E-1"}
    kim = {"Disposition": "duplicate", "Reviewer": "Kim", "Decided on": DAY, "Note": "see the other", "Ticket": "T-1"}
    earlier = {(first[handle], head): value for handle in ("xAsh", "xFir") for head, value in kim.items()}
    desk = Desk(state, earlier, DAY)
    saved("kim.xlsx")(desk)
    night = state.night(TYPED_ON)
    assert night.import_problems == ()
    shutil.rmtree(desk.reviews)
    desk.reviews.mkdir()
    cells: dict[tuple[str, str], Any] = {}
    dispositions = iter(("confirmed", "not this person", "official account", "needs more evidence") * 9)
    for one in night.findings:
        if one.handle not in ("xAsh", "xGum", "xIvy"):  # xFir is decided anew
            dana = (next(dispositions), "Dana Okafor", TYPED_ON, f"“two\nlines”, 12/4, {one.handle}")
            cells |= {(one.finding_id, head): text for head, text in zip(tuple(kim)[:4], dana, strict=True)}
        if one.handle == "xGum":
            cells |= {(one.finding_id, "Suppress until"): date(2026, 12, 24), (one.finding_id, "Note"): "on leave"}
    return state, cells


def held(state: State) -> dict[Place, str]:
    """Every word that people have typed, as the ledger holds it."""
    with Ledger(state.folder / "out" / "ledger.sqlite") as ledger:
        past, own = ledger.findings.past(), ledger.reviews.own_words()
    about = {name: typed_about(one.finding, own.get(name)) for name, one in past.items()}
    return {(name, head): text for name, words in about.items() for head, text in words.items()}


def tried(base: State, cells: dict[tuple[str, str], Any], way: str, folder: Path) -> tuple[int, int, list[str]]:
    """Words taken, words told, and what is amiss."""
    shutil.copytree(base.folder, folder, symlinks=True)
    desk = Desk(replace(base, folder=folder), cells)
    before = held(desk.state)
    WAYS[way][1](desk)
    night = desk.state.night(READ_ON)
    after = held(desk.state)
    taken = {place for place, word in desk.expected.items() if after.get(place) == word}
    rest = desk.expected.keys() - taken
    amiss = [
        f"lost: {place} {desk.expected[place]!r}" for place in rest if not told(night, place, desk.expected[place])
    ]
    amiss += [
        f"not typed: {place} {before.get(place, '')!r} became {after.get(place, '')!r}"
        for place in sorted(before.keys() | after.keys())
        if place not in taken and before.get(place) != after.get(place)
    ]
    if WAYS[way][0] != {0: ALL, len(desk.expected): NONE}.get(len(rest), SOME):
        amiss.append(f"of its words {len(taken)} were taken, of which {WAYS[way][0]} were expected to be")
    said = Book.of(folder / "out" / READ_ON.isoformat() / "audit.xlsx").words({name.casefold() for name in FIELDS})
    amiss += [
        f"not shown: {finding.finding_id}, {heading}"
        for finding in night.findings
        for heading, name in FIELDS.items()
        if said.get((finding.finding_id, heading.casefold()), [""]) != [after.get((finding.finding_id, name), "")]
    ]
    desk.state.night(READ_ON + timedelta(days=1))
    if held(desk.state) != after:
        amiss.append("the night after changed what was read")
    return len(taken), len(rest), amiss


def told(night: Night, place: Place, word: str) -> bool:
    """Whether a word is told with its file, sheet and row, or its file as a whole."""
    for one in night.import_problems:
        _, _, row = one.where.rpartition(":")
        here = word in one.words and one.finding_id in (place[0], "")
        if (here and (row.isdecimal() or "is not read" in one.reason)) or (":" not in one.where and not one.finding_id):
            return True
    return False


def main(arguments: list[str] | None = None) -> int:
    """Try the ways; the code is 1 where any of them is amiss."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=list(WAYS), metavar="WAY")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where the states stay")
    asked = parser.parse_args(arguments)
    faults = 0
    with tempfile.TemporaryDirectory() as made:
        root = asked.keep or Path(made)
        base, cells = begun(root / "base")
        for number, way in enumerate(asked.only):
            if way.startswith("LibreOffice") and not shutil.which("soffice"):
                print(f"{way}: left out")
                continue
            taken, rest, amiss = tried(base, cells, way, root / f"{number:02}")
            faults += bool(amiss)
            print(f"{way}: {taken} taken, {rest} told", *amiss, sep="\n  AMISS ")
    print(f"{len(asked.only)} ways, {faults} amiss")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
