"""Headings in two rows, groups above: found by themselves and told, and no column of somebody else's is taken."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from connectors import files, hr_csv, official_csv, reference
from connectors.contract import Item, Raw, Remark, Source, SourceChanged, folded
from connectors.files.heading_rows import heading_row
from connectors.files.headings import Wanted

HR = Wanted(hr_csv.FIELDS, hr_csv.REQUIRED, synonyms=hr_csv.SYNONYMS)
KNOWN = frozenset(folded(one) for row in reference.table("headings.csv") for one in row["headings"].split(";"))
UPPER = "Employee|||||Assignment||Supervisor||Home"
LOWER = "ID|Last Name|First Name|Email|Status|Title|Agency|Name|Email|Email"
ROW = "0071|Hale|Bo|bo.hale@vermont.gov|active|Planner|03|Ann Lead|ann.lead@vermont.gov|bo@example.org"
COLUMNS = {
    "family_name": "Employee Last Name",
    "given_name": "Employee First Name",
    "work_email": "Employee Email",
    "agency_code": "Agency",
}
READ = ("0071", "Hale", "Bo", "bo.hale@vermont.gov", "03", "Planner")


def cells(line: str) -> list[str]:
    return line.split("|")


CASES = [
    ("each its own", "Employee||Job|", "ID|First|Title|Dept", "Employee ID|First|Title|Dept"),
    (
        "one below two groups",
        "Employee||Supervisor|",
        "ID|Name|ID|Name",
        "Employee ID|Employee Name|Supervisor ID|Supervisor Name",
    ),
    ("work and home", "Work||Home|", "Email|Phone|Email|Phone", "Work Email|Work Phone|Home Email|Home Phone"),
    ("the noun above", "Name||E-Mail|", "Last|First|Work|Home", "Last Name|First Name|E-Mail Work|E-Mail Home"),
    ("home alone", "Employee||Home|", "Nr|Title|Street|Email", "Nr|Title|Street|Home Email"),
    (
        "a supervisor alone",
        "Employee||Supervisor|",
        "ID|Title|Name|Unit",
        "Employee ID|Title|Supervisor Name|Supervisor Unit",
    ),
    (
        "said already",
        "Employee||Supervisor|",
        "Employee ID|Status|Supervisor Email|Supervisor ID",
        "Employee ID|Status|Supervisor Email|Supervisor ID",
    ),
    ("over both rows", "employee_id|Name||Status", "|Last|First|", "employee_id|Last Name|First Name|Status"),
    (
        "over both rows, merged",
        "employee_id|Name||Status",
        "employee_id|Last|First|Status",
        "employee_id|Last Name|First Name|Status",
    ),
    (
        "our own names",
        "Person||Work|",
        "employee_id|full_name|work_email|agency_code",
        "employee_id|full_name|work_email|agency_code",
    ),
]


@pytest.mark.parametrize(("upper", "lower", "expected"), [case for _, *case in CASES], ids=[name for name, *_ in CASES])
def test_a_heading_is_read_with_its_group_where_it_needs_it(upper: str, lower: str, expected: str) -> None:
    found = heading_row([cells(upper), cells(lower)], Wanted(hr_csv.FIELDS, known=KNOWN))
    assert found.headings == tuple(cells(expected))
    assert found.at == 1


TITLES = [
    "Staff of the State|||||||||",
    "Staff|||||As of 11/23/2026||||",
    "Staff|||Run by: hr@vermont.gov||||||",
    "Generated on 2026-11-23|||||HR||||",
]


@pytest.mark.parametrize("title", TITLES)
def test_a_title_is_no_group(title: str) -> None:
    lower = "employee_id|family_name|given_name|work_email|status|title|agency_code|Boss|Boss Mail|Room"
    found = heading_row([cells(title), cells(lower), cells(ROW)], HR)
    assert (found.at, found.titles, found.groups, found.headings) == (1, 1, (), tuple(cells(lower)))


def test_a_word_in_the_first_cell_alone_is_a_title() -> None:
    lower = cells("ID|Email|Email||Status")
    found = heading_row([cells("Employee||||"), lower], Wanted(hr_csv.FIELDS, known=KNOWN))
    assert (found.at, found.titles, found.groups, found.headings) == (1, 1, (), tuple(lower))


def test_a_row_of_data_is_no_second_row_of_headings() -> None:
    upper = "employee_id|Name||work_email"
    found = heading_row([cells(upper), cells("A1|Hale|Bo|none"), cells("A2|Roe|Al|none")], HR)
    assert (found.at, found.headings) == (0, tuple(cells(upper)))


def written(folder: Path, kind: str, rows: list[list[str]], merged: bool = True) -> str:
    if kind == "csv":
        with (folder / "list.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
        return "list.csv"
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([cell or None for cell in row])
    at = rows.index(cells(UPPER)) + 1
    for first, last in ((1, 5), (6, 7), (8, 9)) if merged else ():
        book.active.merge_cells(start_row=at, end_row=at, start_column=first, end_column=last)
    book.save(folder / "list.xlsx")
    book.close()
    return "list.xlsx"


def read(folder: Path, name: str, **options: object) -> list[Item]:
    return list(hr_csv.CONNECTOR.fetch(Source("list", folder, {"path": name, **options})))


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("titles", [0, 2])
@pytest.mark.parametrize(("kind", "merged"), [("csv", False), ("xlsx", True), ("xlsx", False)])
def test_groups_are_told_and_their_columns_read(
    kind: str, merged: bool, titles: int, large: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SMALL", -1 if large else files.SMALL)
    above = [["Staff", *[""] * 9], ["Vermont", *[""] * 9]][:titles]
    again = ROW.replace("0071", "0072")
    rows = [*above, *map(cells, (UPPER, LOWER, ROW, UPPER, LOWER, again))]
    items = read(tmp_path, written(tmp_path, kind, rows, merged), columns=COLUMNS)
    names = ("employee_id", "family_name", "given_name", "work_email", "agency_code", "title")
    people = [tuple(item.values[name] for name in names) for item in items if isinstance(item, Raw)]
    assert people == [READ, ("0072", *READ[1:])]
    assert all(item.values["full_name"] == "" for item in items if isinstance(item, Raw))
    told = [item.text for item in items if isinstance(item, Remark)]
    assert sum("'Employee', 'Assignment', 'Supervisor', 'Home'" in text for text in told) == 1
    assert sum("'Supervisor Name', 'Supervisor Email', 'Home Email'" in text for text in told) == 1
    assert sum("headings stand here again" in text for text in told) == 2
    assert sum(f"{titles} lines" in text or f"{titles} rows" in text for text in told) == (titles > 0)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_home_address_is_not_proposed_where_the_work_address_is_missing(kind: str, tmp_path: Path) -> None:
    name = written(tmp_path, kind, [cells(UPPER), cells(LOWER), cells(ROW)])
    with pytest.raises(SourceChanged, match="no column is headed work_email") as caught:
        read(tmp_path, name, columns={key: text for key, text in COLUMNS.items() if key != "work_email"})
    assert 'work_email = "Home Email"' not in str(caught.value)
    assert 'work_email = "Supervisor Email"' not in str(caught.value)


def test_the_registry_is_read_below_groups(tmp_path: Path) -> None:
    text = "Account,,Owner,\nplatform,handle,agency_code,supervisor_employee_id\nx,VTrans,03,0071\n"
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    items = list(official_csv.CONNECTOR.fetch(Source("list", tmp_path, {"path": "list.csv"})))
    (row,) = [item for item in items if isinstance(item, Raw)]
    assert (row.values["platform"], row.values["supervisor_employee_id"], row.where) == ("x", "0071", "list.csv:3")
