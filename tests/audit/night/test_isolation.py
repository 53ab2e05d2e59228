"""An agency's workbook, unzipped: in no part of it stands anything of another agency's."""

from __future__ import annotations

import csv
import html
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from audit import report
from audit.findings.trends import trends
from audit.model.finding import Finding
from audit.model.night import Changed, ImportProblem, Night, Notice, Problem, RegistryRow, Trust
from audit.model.sheet import Table
from audit.model.trends import Event, Subject
from audit.workbook import write
from connectors.records import Agency, Evidence
from tests.audit import nights
from tests.made import judge_at_noon, sample_night

CODES = ("17", "16", "16-222")
OF_ALL = {"rule_id", "clause", "agency_code", "finding_id"}
"""Texts of a finding that are no secret, or that are looked for by themselves."""


def token(code: str, what: str) -> str:
    """A word that only this agency's rows hold, whatever stands around it."""
    return f"{what.replace('_', '')}q{code.replace('-', 'x')}q"


def finding(model: Finding, number: int, code: str) -> Finding:
    texts: dict[str, Any] = {one.name: token(code, one.name) for one in fields(Finding) if one.type == "str"}
    texts = {name: text for name, text in texts.items() if name not in OF_ALL}
    texts |= {"url": f"https://{token(code, 'url')}.example/", "mailbox": f"{token(code, 'mailbox')}@maine.gov"}
    piece = Evidence(token(code, "source"), token(code, "kind"), token(code, "detail"), nights.STARTED, nights.DIGEST)
    return replace(
        model,
        finding_id=f"{model.rule_id}-{number:04x}{token(code, 'id')}",
        agency_code=code,
        evidence=(piece,),
        **texts,
    )


def made() -> Night:
    """A night in which every text of every agency's rows is a word of its own, on every sheet there is."""
    known = nights.night(100)
    found = tuple(
        finding(model, number, code) for code in CODES for number, model in enumerate(known.findings[: 20 + len(code)])
    )
    marks = {one.finding_id: Subject(one.agency_code, one.rule_id) for one in found}
    agencies = tuple(Agency(code, token(code, "agencyname"), (token(code, "acronym"),)) for code in CODES)
    return replace(
        known,
        organization=replace(known.organization, agencies=agencies),
        findings=found,
        registry=tuple(_registered(known, code) for code in CODES),
        changes=tuple(_changes(found)),
        trends=trends([Event(nights.AS_OF, name, "new") for name in marks], marks, [nights.AS_OF], nights.AS_OF),
        own_words={one.finding_id: {token(one.agency_code, "heading"): token(one.agency_code, "own")} for one in found},
        earlier={one.finding_id: token(one.agency_code, "earlier") for one in found},
        problems=tuple(Problem(*(token(code, f"problem{n}") for n in range(3))) for code in CODES),
        import_problems=tuple(ImportProblem(*(token(code, f"words{n}") for n in range(6))) for code in CODES),
        pulls=tuple(replace(pull, reason=f"{pull.reason} {token(CODES[0], 'reason')}") for pull in known.pulls),
        trust=(Trust("E-1", found[0].tier, "", 7919, 6151, 5333, 0.5, 0.6, 0.8, review_only=True),),
        notices=tuple(Notice((one,), *(token(one.agency_code, f"notice{n}") for n in range(6))) for one in found[:40]),
        people=31_337,
    )  # fmt: skip


def _registered(known: Night, code: str) -> RegistryRow:
    names = ("handle", "account_id", "supervisor_employee_id", "registered_email")
    texts: dict[str, Any] = {name: token(code, f"reg{name}") for name in names}
    entry = replace(known.registry[0].account, agency_code=code, **texts)
    return RegistryRow(entry, token(code, "regagency"), token(code, "supervisor"), token(code, "seen"), ())


def _changes(found: tuple[Finding, ...]) -> Iterator[Changed]:
    for one in found:
        code = one.agency_code
        yield Changed(one, "new", token(code, "reason"), token(code, "cause"), token(code, "who"))
        # A decision's sentence names the file it was read from: another agency's, it may be.
        elsewhere = next(other for other in CODES if other != code)
        words = {"disposition": token(code, "changed")}
        yield Changed(
            one, "decided", f"Note, in {token(elsewhere, 'file')}.xlsx:Findings:7", "", token(code, "by"), words
        )


NIGHT = made()


def inside(path: Path) -> str:
    """Every part of the archive as text: sheets, hidden or not, names, properties, relations, charts, part names."""
    with zipfile.ZipFile(path) as archive:
        pieces = [f"{name}\n{archive.read(name).decode()}" for name in archive.namelist()]
        pieces += [archive.comment.decode(), *(f"{entry.comment!r}{entry.extra!r}" for entry in archive.infolist())]
    return html.unescape("\n".join(pieces))


@pytest.mark.parametrize("code", CODES)
def test_nothing_of_the_others_in_any_part(tmp_path: Path, code: str) -> None:
    path = tmp_path / "agency.xlsx"
    write.write_workbook(path, report.agency_sheets(NIGHT, code), created=nights.STARTED, title=f"Agency {code}")
    said = inside(path)
    found = set(re.findall(r"\w+q([0-9x]+)q", said))
    assert found == {code.replace("-", "x")}
    missing = {"31337", "31,337", "7919", "6151", "5333", "20114", "20,114"}
    assert {number for number in missing if number in said} == set()
    # And it is no empty workbook: all that is this agency's stands there.
    mine = {one.finding_id for one in NIGHT.findings if one.agency_code == code}
    assert {name for name in mine if name not in said} == set()
    shown = {
        token(code, what) for what in ("employeename", "note", "own", "heading", "earlier", "reason", "supervisor")
    }
    assert {word for word in shown if word not in said.casefold()} == set()


@pytest.mark.parametrize("code", CODES)
def test_no_part_of_the_workbook_is_out_of_sight(tmp_path: Path, code: str) -> None:
    path = tmp_path / "agency.xlsx"
    write.write_workbook(path, report.agency_sheets(NIGHT, code), created=nights.STARTED, title=f"Agency {code}")
    book = openpyxl.load_workbook(path)
    assert {page.sheet_state for page in book} == {"visible"}
    assert list(book.defined_names) == []
    assert {name for page in book for name in page.defined_names} <= {"Print_Titles"}
    with zipfile.ZipFile(path) as archive:
        odd = [
            name for name in archive.namelist() if re.search("comment|custom|external|embed|media|pivot|query", name)
        ]
    assert odd == []


def test_the_counts_of_trends_are_the_agencys_own() -> None:
    for code in CODES:
        sheet = next(one for one in report.agency_sheets(NIGHT, code) if one.name == "Trends")
        tables = {part.name: list(part.rows) for part in sheet.parts if isinstance(part, Table)}
        assert "OpenByAgency" not in tables
        mine = sum(one.agency_code == code for one in NIGHT.findings)
        assert sum(int(str(row[1])) for row in tables["OpenByRule"]) == mine
        assert max(int(str(row[2] or 0)) for row in tables["TrendsByWeek"]) == mine


@pytest.fixture
def sample(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample state after two nights, with a decision of each agency read back on the second."""
    folder = shutil.copytree(sample_night(tmp_path_factory), tmp_path / "sample", symlinks=True)
    for book in sorted((folder / "out" / "2026-11-20" / "agencies").glob("*.xlsx")):
        _decide(book, folder / "reviews" / f"{book.stem} decided.xlsx")
    judge_at_noon(folder, date(2026, 11, 21))
    return folder


def _decide(source: Path, target: Path) -> None:
    """The first finding of every sheet: a note and a column of one's own, both with the agency's file in it."""
    book = openpyxl.load_workbook(source)
    for page in (page for page in book if page.title in ("Findings", "Leads", "Unclaimed", "Not in directory")):
        top = next(row for row in page.iter_rows() if any(cell.value == "Finding ID" for cell in row))
        columns = {cell.value: cell.column for cell in top}
        row = top[0].row + 1
        if page.cell(row, columns["Finding ID"]).value:
            page.cell(row, columns["Note"]).value = f"typed in {token(source.stem.split()[0], 'note')}"
            page.cell(top[0].row, len(top) + 1).value = token(source.stem.split()[0], "column")
            page.cell(row, len(top) + 1).value = token(source.stem.split()[0], "own")
            page.tables.clear()
    target.parent.mkdir(exist_ok=True)
    book.save(target)


def test_no_agency_of_the_sample_state_sees_another_agencys_people(sample: Path) -> None:
    with (sample / "hr.csv").open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file))
    with (sample / "official_accounts.csv").open(encoding="utf-8", newline="") as file:
        registry = list(csv.DictReader(file))
    books = sorted((sample / "out" / "2026-11-21" / "agencies").glob("*.xlsx"))
    assert len(books) > 10
    names = [f"{one['given_name']} {one['family_name']}" for one in people]
    notes = set()
    for book in books:
        said, code = inside(book), book.stem.split()[0]
        supervisors = {one["supervisor_employee_id"] for one in registry if one["agency_code"] == code}
        words = set(re.findall(r"[\w.@'’-]+", said.casefold()))
        for one, name in zip(people, names, strict=True):
            if one["agency_code"] == code or one["employee_id"] in supervisors:
                continue
            assert one["employee_id"] not in words, (code, one["employee_id"])
            assert one["work_email"].casefold() not in words, (code, one["work_email"])
            named = name in said and re.search(rf"\b{re.escape(name)}\b", said)
            assert not named or names.count(name) > 1, (code, name)
        tokens = set(re.findall(r"(?:note|own|column)q(\w+?)q", said))
        assert tokens <= {code.replace("-", "x")}
        notes |= tokens
    assert len(notes) > 10
