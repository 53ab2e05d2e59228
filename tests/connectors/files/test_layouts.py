"""Layouts of real reports: titles, totals, joined exports, short rows, names in one column; small and large alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pytest

from connectors import accounts_csv, exchange_trace, files, hr_csv, official_csv
from connectors.contract import Connector, Item, Nexus, Raw, Rejected, Remark, Source, SourceChanged, SourceDown
from connectors.files import delimited
from connectors.records import Person

NEXUS = Nexus(domains=("vermont.gov",), terms=("agencyoftransportation",))
ACCOUNTS = "platform,account_id,handle,url,display_name,bio,registered_email,created_at"
PEOPLE = "employee_id,given_name,family_name,work_email,agency_code,status,end_date"


def read(
    connector: Connector, folder: Path, text: str | bytes, name: str = "list.csv", **options: object
) -> list[Item]:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return list(connector.fetch(Source("list", folder, {"path": name, **options}, NEXUS)))


def found(items: list[Item]) -> list[str]:
    """What became of a file, an item a word: R for a row, X for a rejected one, T for what is told, with its line."""
    kinds = {Raw: "R", Rejected: "X", Remark: "T"}
    return [
        f"{kinds[type(item)]}{item.where.rpartition(':')[2]}"
        for item in items
        if isinstance(item, Raw | Rejected | Remark)
    ]


A, B = "x,7,ann,,Ann,,ann@vermont.gov,", "x,8,bea,,Bea,,bea@vermont.gov,"
BODIES = [
    ("last commas left away", f"{A[:-1]}\n{B}\n", "R2 R3 T2"),
    ("cut in its last row", f"{A}\n{B}\nx,9,cy", "R2 R3 X4"),
    ("no line end, yet all end early", f"{A[:-1]}\n{B[:-1]}", "R2 R3 T2"),
    ("too short for what is required", f"{A}\nx\n{B}\n", "R2 X3 R4"),
    ("a separator missing in front", f"{A}\nx,8,bea,,Bea,bea@vermont.gov\n", "R2 X3"),
    (
        "one field too many after line feeds",
        f'{A}\nx,8,bea,,"Be\n\na",,bea@vermont.gov,\n\n{B},z\n{A}\n',
        "R2 R3 X7 R8",
    ),
    ("a stray return", f"{A}\nx,8,bea,,Be\ra,,bea@vermont.gov,\n{A}\n", "R2 X3 R4"),
    ("a stray return behind a quote", f'{A}\nx,8,bea,,"Bea"\r,,bea@vermont.gov,\n{A}\n', "R2 X3 R4"),
    ("NUL", f"{A}\nx,8,b\0a,,Bea,,bea@vermont.gov,\n{A}\n", "R2 X3 R4"),
    ("a quote never closed", f'{A}\nx,8,"bea,,Bea,,bea@vermont.gov,\n{A}\n', "R2 X3 R4"),
    ("the same headings again", f"{A}\n{ACCOUNTS}\n{B}\n", "R2 T3 R4"),
    ("the end of a report", f"{A}\n*** End of Report ***\n", "R2 T3"),
]


@pytest.mark.parametrize("name", ["list.csv", "list.jsonl", "list.parquet"])
@pytest.mark.parametrize("head", [lambda words: words[0] + "".join(map(str.title, words[1:])), "".join])
def test_headings_in_one_word(tmp_path: Path, name: str, head: Callable[[list[str]], str]) -> None:
    headings = [head(field.split("_")) for field in ACCOUNTS.split(",")]
    if name == "list.csv":
        content: str | bytes = ",".join(headings) + f"\n{A}\n"
    elif name == "list.jsonl":
        content = json.dumps(dict(zip(headings, A.split(","), strict=True))) + "\n"
    else:
        values = ", ".join(f"'{cell}' AS \"{heading}\"" for heading, cell in zip(headings, A.split(","), strict=True))
        duckdb.sql(f"COPY (SELECT {values}) TO '{tmp_path / name}'")
        content = (tmp_path / name).read_bytes()
    (row,) = [one for one in read(accounts_csv.CONNECTOR, tmp_path, content, name) if isinstance(one, Raw)]
    assert [row.values[field] for field in ACCOUNTS.split(",")] == A.split(",")


def test_of_two_headings_alike_the_one_as_the_field_is_called_counts(tmp_path: Path) -> None:
    text = "platform,handle,displayName,display_name\nx,ann,One,Two\n"
    (row,) = [one for one in read(accounts_csv.CONNECTOR, tmp_path, text) if isinstance(one, Raw)]
    assert row.values["display_name"] == "Two"


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("name", "body", "expected"), BODIES, ids=[name for name, *_ in BODIES])
def test_every_line_is_read_or_told_by_its_number(
    name: str, body: str, expected: str, newline: str, large: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SMALL", -1 if large else files.SMALL)
    items = read(
        accounts_csv.CONNECTOR, tmp_path, f"{ACCOUNTS}\n{body}".replace("\n", newline), registration="verified"
    )
    assert found(items) == expected.split()


OTHERS = [
    "platform,handle,account_id,url,display_name,bio,registered_email,created_at",
    "handle,platform,registered_email",
    "platform,user_name,email,name",
    "platform,handle,account_id,url,display_name,bio,registered_email,created_at,links",
]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("headings", OTHERS)
def test_other_headings_in_the_middle_stop_the_source(
    headings: str, large: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SMALL", -1 if large else files.SMALL)
    with pytest.raises(SourceChanged, match=r"list\.csv:3: other headings begin here"):
        read(accounts_csv.CONNECTOR, tmp_path, f"{ACCOUNTS}\n{A}\n{headings}\n{B}\n")


LINES = [
    "Total,,,,,,",
    "Grand Total: 1,,,,,,",
    "TOTALS,,,4,,,",
    ",,Total employees,1,,,",
    "Count: 1",
    "Record count = 12,,,,,,",
    "1 row selected.",
    "(1 rows affected)",
    "12 records,,,,,,",
    "Page 2 of 2,,,,,,",
    "--- End of file ---",
    "Report generated on 11/23/2026 by HRIS",
    "-----,-----,-----,-----,-----,-----,-----",
    "Prepared by,A. Clerk,,,,,",
    "Last updated on: 11/23/2026",
    "State of Vermont - Staff list,,,,,,",
    ",,,,03 Total,,2",
    "Total Forests,4,,,,,",
    "Agency of Natural Resources",
    "* confidential",
    '"Source: HRIS, by request",,,,,,',
]


@pytest.mark.parametrize("line", LINES)
def test_what_a_report_writes_of_itself_is_nobody(line: str, tmp_path: Path) -> None:
    items = read(hr_csv.CONNECTOR, tmp_path, f"{PEOPLE}\n0071,Bo,Total,bo.total@vermont.gov,03,active,\n{line}\n")
    assert found(items) == ["R2", "T3"]


@pytest.mark.parametrize(
    "row",
    [
        "0072,Count,Page,,03,active,",
        "0073,Total,,t@vermont.gov,03,,",
        "0074,Ed,Grand Total,,,x,",
        "0075 b,Jo,,,,,",
        "0076,,Ed Total,,03,,",
        "0077,,,,Total 03,active,",
    ],
)
def test_people_of_such_names_stay(row: str, tmp_path: Path) -> None:
    assert found(read(hr_csv.CONNECTOR, tmp_path, f"{PEOPLE}\n{row}\n")) == ["R2"]


@pytest.mark.parametrize(
    "row", ["0075,,,,,,", ",Jo Ann,,,,,", "0075 jo.ann@vermont.gov", '"0075,Jo Ann,Lee,,03,active,"', "Vacancy,,,,,,"]
)
def test_a_row_with_one_cell_that_is_no_note_counts_among_the_rows(row: str, tmp_path: Path) -> None:
    (only,) = found(read(hr_csv.CONNECTOR, tmp_path, f"{PEOPLE}\n{row}\n"))
    assert only in ("R2", "X2")


TITLES = [
    "Staff list\n",
    'Staff list,,,,,,\n,,,,,,\n"As of Nov 23, 2026",,,,,,\n',
    "\n\nAgency:,03\nRun:,2026-11-23\n\n",
]


@pytest.mark.parametrize("title", TITLES)
def test_titles_above_the_headings_are_told(title: str, tmp_path: Path) -> None:
    row = "0071,Bo,Hale,bo.hale@vermont.gov,03,active,"
    line = title.count("\n") + 1
    assert found(read(hr_csv.CONNECTOR, tmp_path, f"{title}{PEOPLE}\n{row}\n")) == [f"T{line}", f"R{line + 1}"]
    with pytest.raises(SourceChanged, match=rf"list\.csv, line {line}: no column is headed employee_id"):
        read(hr_csv.CONNECTOR, tmp_path, f"{title}Worker,First,Last,Mail,Unit,State,Until\n{row}\n")


NAMES = [
    ("Hale, Bo", "Bo", "Hale"),
    ("Hale, Bo T.", "Bo T.", "Hale"),
    ("de la Cruz,  Ana  María", "Ana María", "de la Cruz"),
    ("Hale, Bo, Jr.", "Bo", "Hale Jr."),
    ("Hale, III, Bo", "Bo", "Hale III"),
    ("Bo Hale, Ph.D.", "Bo", "Hale Ph.D."),
    ("Nguyen, Do", "Do", "Nguyen"),
    ("Bo Hale", "Bo", "Hale"),
    ("Rosa del Mar Vidal", "Rosa", "del Mar Vidal"),
    ("Sukarno", "Sukarno", ""),
    ("Hale, Bo, Utility, Crew", "", "Hale, Bo, Utility, Crew"),
]


@pytest.mark.parametrize("heading", ["full_name", "Employee Name", "Name", "Legal-Name"])
@pytest.mark.parametrize(("name", "given", "family"), NAMES)
def test_a_name_in_one_column(heading: str, name: str, given: str, family: str, tmp_path: Path) -> None:
    (item,) = read(hr_csv.CONNECTOR, tmp_path, f'employee_id,{heading},work_email\n0071,"{name}",b@vermont.gov\n')
    assert isinstance(item, Raw)
    person = hr_csv.CONNECTOR.parse(item)
    assert isinstance(person, Person)
    assert (person.given_name, person.family_name, person.preferred_name) == (given, family, "")
    assert any("commas" in note for note in person.notes) == ("Crew" in name)


def test_what_only_fills_a_names_cell_is_no_name(tmp_path: Path) -> None:
    headings = "employee_id,given_name,family_name,preferred_name,work_email"
    rows = "1,#N/A,Lee,,lee@vermont.gov\n2,Na,No,N/A,na.no@vermont.gov\n3,Null,Nan,(none),null.nan@vermont.gov\n"
    items = [one for one in read(hr_csv.CONNECTOR, tmp_path, f"{headings}\n{rows}") if isinstance(one, Raw)]
    people = [hr_csv.parse(one) for one in items]
    assert [(one.given_name, one.family_name, one.preferred_name) for one in people] == [
        ("", "Lee", ""), ("Na", "No", ""), ("Null", "Nan", ""),
    ]  # fmt: skip
    assert ["spreadsheet's error" in note for one in people for note in one.notes] == [True]


@pytest.mark.parametrize("field", ["given_name", "family_name", "preferred_name"])
def test_a_whole_name_under_another_heading_is_split_at_its_comma(field: str, tmp_path: Path) -> None:
    text = 'employee_id,who,work_email\n0071,"Hale, Bo",b@vermont.gov\n'
    (item,) = read(hr_csv.CONNECTOR, tmp_path, text, columns={field: "who"})
    assert isinstance(item, Raw)
    person = hr_csv.CONNECTOR.parse(item)
    assert isinstance(person, Person)
    assert (person.given_name, person.family_name, person.preferred_name) == ("Bo", "Hale", "")


COLUMNS, HERE = ("platform", "handle", "agency_code", "supervisor_employee_id"), ("x", "VTrans", "03", "0071")
Sheets = Sequence[tuple[str, str, Sequence[tuple[str, ...]]]]
LIST, FEWER = [COLUMNS, HERE], [COLUMNS[:2], HERE[:2]]
FIRST, SECOND, HIDDEN = ("A", "visible", LIST), ("B", "visible", LIST), ("B", "hidden", LIST)
NARROW, CODES = ("B", "visible", FEWER), ("K", "visible", [("Code", "Agency"), ("03", "DMV")])
BOOKS: list[tuple[str, Sheets, object, str]] = [
    ("two of one shape", [FIRST, SECOND], "", "A:2 B:2 told"),
    ("a title above the second", [FIRST, ("B", "visible", [("All",), *LIST])], "", "A:2 B:3 told told"),
    ("a cover first", [("C", "visible", [("Registry",)]), FIRST], "", "A:2 told"),
    ("an empty one first", [("C", "visible", []), FIRST], "", "A:2"),
    ("codes explained", [FIRST, CODES], "", "A:2 unread"),
    ("another shape", [FIRST, NARROW], "", "refused 'B'"),
    ("hidden", [FIRST, HIDDEN], "", "refused 'B'"),
    ("hidden and not asked for", [FIRST, HIDDEN], "A", "A:2"),
    ("hidden and asked for", [FIRST, HIDDEN], ["a", "B"], "A:2 B:2"),
    ("every one", [FIRST, NARROW], "*", "A:2 B:2"),
    ("none of that name", [FIRST], ["A", "Z"], "refused 'Z'"),
]


@pytest.mark.parametrize(("name", "sheets", "asked", "expected"), BOOKS, ids=[name for name, *_ in BOOKS])
def test_every_sheet_is_read_or_told(name: str, sheets: Sheets, asked: object, expected: str, tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for title, state, rows in sheets:
        page = book.create_sheet(title)
        page.sheet_state = state
        for row in rows:
            page.append(row)
    book.remove(book.worksheets[0])
    book.save(tmp_path / "list.xlsx")
    source = Source("list", tmp_path, {"path": "list.xlsx", **({"sheet": asked} if asked else {})})
    if expected.startswith("refused"):
        with pytest.raises(SourceDown, match=expected.removeprefix("refused ")):
            list(official_csv.CONNECTOR.fetch(source))
        return
    items = list(official_csv.CONNECTOR.fetch(source))
    rows_ = [item.where.removeprefix("list.xlsx:") for item in items if isinstance(item, Raw)]
    told = ["unread" if item.unread else "told" for item in items if isinstance(item, Remark)]
    assert rows_ + told == expected.split()


def test_a_cell_merged_over_rows_stands_in_each(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    for row in (("List",), COLUMNS, HERE, ("x", "VTransNews", None, "0072"), ("x", "VTDMV", "04", "0073")):
        page.append(row)
    page.merge_cells("A1:D1")
    page.merge_cells("C3:C4")
    book.save(tmp_path / "list.xlsx")
    items = list(official_csv.CONNECTOR.fetch(Source("list", tmp_path, {"path": "list.xlsx"})))
    assert [item.values["agency_code"] for item in items if isinstance(item, Raw)] == ["03", "03", "04"]
    assert any("merged" in item.text for item in items if isinstance(item, Remark))


LEFT = ["old.csv.bak", "week.7z", "trace.log", "last.xls", "more.ods", "dump.json", "noending", "inner/week.csv"]


@pytest.mark.parametrize("connector", [accounts_csv.CONNECTOR, exchange_trace.CONNECTOR], ids=["accounts", "mail"])
def test_what_a_folder_holds_beside_is_told_by_name(connector: Connector, tmp_path: Path) -> None:
    text = f"{ACCOUNTS},sender_address,recipient_address,status,date\n{A},a@x.com,b@vermont.gov,Delivered,2026-11-20\n"
    for name in ("in/week.csv", *(f"in/{name}" for name in LEFT), "in/~$week.xlsx", "in/.hidden", "in/Thumbs.db"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    told = [item for item in connector.fetch(Source("list", tmp_path, {"path": "in"})) if isinstance(item, Remark)]
    unread = {item.where for item in told if item.unread}
    assert unread == {f"in/{name.partition('/')[0]}" for name in LEFT}
    source = Source("list", tmp_path, {"path": "in/*.csv"})
    assert not [item for item in connector.fetch(source) if isinstance(item, Remark) and item.unread]


@pytest.mark.parametrize("form", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("named", ["", "utf-16"])
def test_both_orders_of_utf_16(form: str, mark: str, named: str, tmp_path: Path) -> None:
    head = "sender_address,recipient_address,status,message_subject,date"
    text = f"{head}\nnotify@x.com,bo@vermont.gov,Delivered,New login to X,2026-11-20T10:00:00Z\n"
    for folder, content in (("one", (mark + text).encode(form)), ("two", text.encode())):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.csv").write_bytes(content)
    (tmp_path / "one" / "b.csv").write_text(text.replace("bo@", "al@"), encoding="utf-16")
    options = {"path": "one", **({"encoding": named} if named else {})}
    items = list(exchange_trace.CONNECTOR.fetch(Source("mail", tmp_path, options)))
    assert sorted(item.values["mailbox"] for item in items if isinstance(item, Raw)) == [
        "al@vermont.gov",
        "bo@vermont.gov",
    ]


def test_a_folder_named_like_a_column_overrides_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "handle=bea" / "registered_email=bea@vermont.gov"
    folder.mkdir(parents=True)
    select = "SELECT 'x' AS platform, 'ann' AS handle, 'ann@vermont.gov' AS registered_email, 5 AS file_row_number"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({select}) TO '{(folder / 'list.parquet').as_posix()}' (FORMAT parquet)")
    (path,) = tmp_path.rglob("*.parquet")
    items = list(
        accounts_csv.CONNECTOR.fetch(Source("list", tmp_path, {"path": path.relative_to(tmp_path).as_posix()}))
    )
    (row,) = [item for item in items if isinstance(item, Raw)]
    assert (row.values["handle"], row.values["registered_email"], row.where) == (
        "ann",
        "ann@vermont.gov",
        "list.parquet:1",
    )


def test_one_stray_return_does_not_lose_a_large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What DuckDB raises while its rows are fetched comes as an OSError, and is no matter of the disk."""
    monkeypatch.setattr(files, "SMALL", -1)
    rows = "".join(f"x,{number},u{number},,,,u@example.org,\r\n" for number in range(70_000))
    text = f'{ACCOUNTS}\r\n{rows}{A}\r\nx,8,bea,,"Be"\r,,bea@vermont.gov,\r\n{B}\r\n'
    assert found(read(accounts_csv.CONNECTOR, tmp_path, text, registration="verified")) == [
        "R70002",
        "X70003",
        "R70004",
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_log_names_the_line_of_a_broken_row(newline: str, tmp_path: Path) -> None:
    head = "sender_address,recipient_address,status,message_subject,date,message_id"
    row = "notify@x.com,bo@vermont.gov,Delivered,{},2026-11-20T10:00:00Z,<{}@x.com>"
    lines = [row.format('"New\n\nlogin"', 1), "", row.format("New, login", 2), row.format("New login", 3)]
    items = read(exchange_trace.CONNECTOR, tmp_path, "\n".join([head, *lines, ""]).replace("\n", newline))
    assert [item.where for item in items if isinstance(item, Rejected)] == ["list.csv:6"]


def test_the_row_is_the_layouts(tmp_path: Path, written: Callable[..., Path]) -> None:
    from connectors.files.headings import Wanted

    (tmp_path / "list.csv").write_text("Title; of\n\nplatform;handle\nx;a\n", encoding="utf-8")
    how = delimited.layout(tmp_path / "list.csv", Wanted(("platform", "handle"), ("platform",)), "list.csv")
    assert (how.separator, how.first_line, how.row.titles) == (";", 3, 1)
