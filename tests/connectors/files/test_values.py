"""Ids and addresses as spreadsheets, directories and exports write them: read where there is one meaning, else told."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import accounts_csv, hr_csv
from connectors.contract import Dropped, Item, Raw, Remark, Source
from connectors.files import addresses
from connectors.files.cells import identifier
from connectors.records import Account, Person, Strength
from connectors.vendors import directories

IDS = [
    ("000417", "000417"),
    ('="000417"', "000417"),
    ('=T("000417")', "000417"),
    ("'000417", "000417"),
    ("’000417", "000417"),
    ('"000417"', "000417"),
    ("417.0", "417"),
    ("000417.00", "000417"),
    ("12,417", "12417"),
    ("\u200b000417\u00a0", "000417"),
    ("０００４１７", "000417"),
    ("E-0417", "E-0417"),
    ("4.17", "4.17"),
    ("12,4", "12,4"),
    ("", ""),
]


@pytest.mark.parametrize(("written", "meant"), IDS)
def test_an_id_is_what_it_was_before_the_spreadsheet(written: str, meant: str) -> None:
    assert identifier(written) == meant


@given(st.text(alphabet="0123456789", min_size=1, max_size=9))
def test_no_digits_are_lost_or_made(digits: str) -> None:
    for written in (digits, f'="{digits}"', f"'{digits}", f"{digits}.0", f" {digits}\u200e"):
        assert identifier(written) == digits


ANN, BO = "ann.lee@labor.example", "b.o'neil@labor.example"
CELLS = [
    (ANN, (ANN,)),
    (f"SMTP:{ANN};smtp:{BO};SIP:{ANN};X500:/o=Labor/ou=Exchange (ABC)/cn=Ann", (ANN, BO)),
    (f"smtp:{BO};SMTP:{ANN}", (ANN, BO)),
    (f"smtp:{BO}+SMTP:{ANN}+SIP:{ANN}+SPO:SPO_1@SPO_2", (ANN, BO)),
    (f"mailto:{ANN}", (ANN,)),
    (f"MAILTO:{ANN}?subject=hi", (ANN,)),
    (f"LABOR\\{ANN}", (ANN,)),
    (f"Ann Lee <{ANN}>", (ANN,)),
    (f'"Lee, Ann (Labor)" <{ANN}>', (ANN,)),
    (f"Lee, Ann <{ANN}>; O'Neil, Bo <{BO}>", (ANN, BO)),
    (f"<{ANN}>", (ANN,)),
    (f"'{ANN}'", (ANN,)),
    (f'="{ANN}"', (ANN,)),
    (f"{ANN}, {BO}", (ANN, BO)),
    (f"{ANN} {BO}", (ANN, BO)),
    (f"{ANN} / {BO}", (ANN, BO)),
    (f"{ANN}/{BO}", (ANN, BO)),
    (f"{ANN}\n{BO}", (ANN, BO)),
    (f"{ANN} and {BO}", (ANN, BO)),
    (f"{ANN}|{ANN};", (ANN,)),
    (f"['{ANN}', \"ann@home.example\"]", (ANN, "ann@home.example")),
    (f"{{{ANN},{BO}}}", (ANN, BO)),
    ("\u200eann.lee\u200b@labor.example\u200f", (ANN,)),
    (f"{ANN}.", (ANN,)),
    (f"E-mail: {ANN}", (ANN,)),
    (f"work email = {ANN}", (ANN,)),
    (f"Work: {ANN}; Home: ann@home.example", (ANN, "ann@home.example")),
    (f"{ANN}<mailto:{ANN}>", (ANN,)),
    ("ann.lee＠labor.example", (ANN,)),
    ("ann.lee%40labor.example", (ANN,)),
    ("ann.lee (at) labor.example", (ANN,)),
    ("ann.lee@ labor.example", (ANN,)),
    ("ann.lee @ labor.example", (ANN,)),
    *((word, ()) for word in ("", " ", "N/A", "none", "NULL", "-", "[]", "unknown", "\\N", "(blank)")),
]


@pytest.mark.parametrize(("cell", "found"), CELLS)
def test_a_cell_of_addresses(cell: str, found: tuple[str, ...]) -> None:
    assert addresses.addresses_in(cell) == addresses.Found(found)


UNREAD = [
    "System.Object[]", "LABOR\\ann.lee", f"{ANN} (left in May)", f"NOT {ANN}", f"see {ANN}", "ann.lee@",
    "@labor.example", "ann.lee @labor.example", "call ann.lee@ labor.example",
    "ann.lee@labor", "none@labor.example", "noemail@labor.example",
    "No.Email@labor.example", "a***@labor.example", "#REF!",
    f"sip:{ANN}", f"{ANN}; ask Bo",
]  # fmt: skip


@pytest.mark.parametrize("cell", UNREAD)
def test_a_cell_that_has_no_one_meaning_is_left_whole(cell: str) -> None:
    assert addresses.addresses_in(cell) == addresses.Found((), cell)


def test_a_profile_shows_whatever_address_stands_in_it() -> None:
    assert addresses.every(f"write to {ANN}, or call") == (ANN,)
    assert addresses.every("ann.lee @labor.example") == ("ann.lee @labor.example",)
    assert addresses.every("call me") == ()


def test_a_message_quotes_no_private_address() -> None:
    assert addresses.masked("old: kim.roe@home.example") == "old: k…@home.example"


@given(st.text(max_size=60))
def test_no_cell_breaks_it(text: str) -> None:
    found = addresses.addresses_in(text)
    assert not (found.addresses and found.unread)
    assert "kim.roe" not in addresses.masked(text + "kim.roe@home.example")[len(text) :] or "kim.roe" in text


def person(**values: Any) -> Person:
    filled = {"employee_id": "000417", "given_name": "Ann", **values}
    return hr_csv.parse(Raw(filled, "directory", "hr.csv:2", "ab" * 32, None, {}))


def test_the_first_address_is_the_work_address_and_the_others_are_aliases() -> None:
    found = person(work_email=f"{ANN}; alee@labor.example", other_emails=f"smtp:{BO}")
    assert (found.work_email, found.other_emails) == (ANN, ("alee@labor.example", BO))
    assert found.notes == ()


@pytest.mark.parametrize(
    ("written", "name"),
    [
        *((word, "") for word in ("NULL", "null", "nan", "\\N", "(blank)", "<null>", "N/A", "-", " ", "\u00a0")),
        ("Nan", "Nan"), ("Null", "Null"), ("  Addie\u00a0", "Addie"),
    ],
)  # fmt: skip
def test_a_preferred_name_is_what_somebody_wrote(written: str, name: str) -> None:
    found = person(given_name=" Ann ", family_name="Null", preferred_name=written)
    assert (found.given_name, found.family_name, found.preferred_name) == ("Ann", "Null", name)


@pytest.mark.parametrize("field", ["work_email", "other_emails"])
def test_what_is_no_address_is_told_without_the_private_part(field: str) -> None:
    (note,) = person(**{field: "formerly kim.roe@home.example"}).notes
    assert field in note
    assert "formerly k…@home.example" in note
    assert "kim.roe" not in note


def test_a_directory_is_read_by_the_same_reader() -> None:
    raw = Raw({}, "directory", "entry 1", "ab" * 32, None, {})
    named: dict[str, Any] = dict.fromkeys(("family_name", "agency_code", "agency", "title"), "")
    found = directories.person(
        raw, employee_id='="000417"', given_name="Ann", work_email=f"SMTP:{ANN}", enabled=True,
        other_emails=[f"smtp:{BO}", f"SIP:{ANN}", f"SMTP:{ANN}", "smtp:alee@labor.example old"], **named,
    )  # fmt: skip
    assert (found.employee_id, found.work_email, found.other_emails) == ("000417", ANN, (BO,))
    assert len(found.notes) == 1


def exported(folder: Path, text: str, **options: Any) -> list[Item]:
    (folder / "export.csv").write_text(text, encoding="utf-8")
    source = Source("export", folder, {"path": "export.csv", **options}, day=datetime(2026, 11, 20, tzinfo=UTC))
    return list(accounts_csv.CONNECTOR.fetch(source))


def strengths(items: list[Item]) -> list[Strength]:
    return [accounts_csv.parse(item).registration for item in items if isinstance(item, Raw)]


STRONG, WEAK = Strength.STRONG, Strength.WEAK
ROWS = [
    ("registration", "verified", STRONG),
    ("registration", "Confirmed", STRONG),
    ("registration", "unverified", WEAK),
    ("registration", "perhaps", WEAK),
    ("registration", "", WEAK),
    ("email_verified", "true", STRONG),
    ("Email Verified", "FALSE", WEAK),
    ("Email Verified?", "No", WEAK),
    ("Confirmed:", "yes", STRONG),
    ("E-mail verified (Y/N)", "Y", WEAK),
    ("Activation state", "done", WEAK),
    ("Phone verified", "no", STRONG),
    ("is_confirmed", "0", WEAK),
    ("is_confirmed", "1", STRONG),
    ("email_status", "pending confirmation", WEAK),
    ("email_status", "bouncing", WEAK),
    ("active", "false", WEAK),
    ("active", "true", STRONG),
    ("confirmed_at", "2024-02-03", STRONG),
    ("confirmed_at", "", WEAK),
    ("confirmed_at", "NULL", WEAK),
    ("confirmed_at", "0000-00-00 00:00:00", WEAK),
    ("confirmed_at", "1970-01-01T00:00:00Z", WEAK),
    ("confirmed_at", "—", WEAK),
    ("confirmed_at", "no (2024)", WEAK),
    ("confirmed_at", "03/04/2025", STRONG),
    ("confirmed_at", "1735787045", STRONG),
    ("E-Mail Check", "failed", WEAK),
    ("Email Bounced", "yes", WEAK),
    ("Double Opt-In", "no", WEAK),
    ("Account State", "awaiting confirmation", WEAK),
    ("State", "Maine", STRONG),
    ("staged", "true", WEAK),
    ("status", "unconfirmed", WEAK),
    ("status", "awaiting activation", WEAK),
    ("status", "live", STRONG),
    ("verified", "false", WEAK),
    ("breach_name", "Collection", WEAK),
    ("followers", "7", STRONG),
]


@pytest.mark.parametrize(("heading", "word", "strength"), ROWS)
def test_a_row_says_it(heading: str, word: str, strength: Strength, tmp_path: Path) -> None:
    items = exported(tmp_path, f"platform,handle,registered_email,{heading}\nx,ann,{ANN},{word}\n")
    assert strengths(items) == [strength]


def test_a_column_that_may_say_it_is_named(tmp_path: Path) -> None:
    items = exported(
        tmp_path, f"platform,handle,registered_email,Address verified (Y/N)\nx,ann,{ANN},Y\nx,bea,{ANN},N\n"
    )
    (told,) = [item.text for item in items if isinstance(item, Remark)]
    assert 'columns = { registration = "Address verified (Y/N)" }' in told
    assert strengths(exported(tmp_path, (tmp_path / "export.csv").read_text(), registration="verified")) == [STRONG] * 2


@pytest.mark.parametrize("word", ["perhaps", "bouncing"])
def test_a_word_that_nobody_knows_is_told(word: str, tmp_path: Path) -> None:
    items = exported(tmp_path, f"platform,handle,registered_email,registration\nx,ann,{ANN},{word}\n")
    (note,) = [note for item in items if isinstance(item, Raw) for note in accounts_csv.parse(item).notes]
    assert word in note


ABSENT = [
    ("status", "Available"), ("exists", "Available"), ("exists", "False"), ("exists", "no"), ("result", "Not Found"),
    ("result", "not_found"), ("query_status", "Unclaimed"), ("status", "no account"), ("status", "does not exist"),
    ("status", "User doesn't exist"), ("http_status", "404"), ("result", "HTTP 404 (Not Found)"), ("available", "yes"),
    ("found", "0"), ("exists", "Unknown"), ("result", "error: timeout"), ("http_status", "429"),
    ("status", "Deleted"), ("account_state", "deleted by user"), ("user_status", "Account closed"), ("deleted", "TRUE"),
    ("is_deleted", "1"), ("deleted_at", "2025-03-01T10:00:00Z"), ("account_closed_at", "3/1/2025"),
    ("Closed On", "2022-01-01"), ("closed_date", "44562"), ("closed", "2022-01-01"), ("is_closed", "yes"),
    ("deletedAt", "2025-03-01T10:00:00Z"), ("accountStatus", "deleted"),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "word"), ABSENT)
def test_a_row_without_an_account_is_left_out_and_counted(heading: str, word: str, tmp_path: Path) -> None:
    rows = f"platform,handle,registered_email,{heading}\nx,ann,{ANN},{word}\n"
    (item,) = exported(tmp_path, rows)
    assert isinstance(item, Dropped)
    assert item.count == 1
    assert item.reason.endswith("says the export")


@pytest.mark.parametrize(
    ("heading", "word"),
    [
        ("exists", "Claimed"), ("status", "active"), ("http_status", "200"), ("found", "yes"), ("status", "suspended"),
        ("status", "deactivated"), ("is_deleted", "no"), ("deleted_at", ""), ("deleted_at", "0001-01-01"),
        ("closed_on", ""), ("Closed On", "never"), ("closed_on", "2030-01-01"),
    ],
)  # fmt: skip
def test_a_row_with_an_account_stays(heading: str, word: str, tmp_path: Path) -> None:
    rows = f"platform,handle,registered_email,{heading}\nx,ann,{ANN},{word}\n"
    assert strengths(exported(tmp_path, rows, registration="verified")) == [STRONG]


@pytest.mark.parametrize(
    ("heading", "word", "told"),
    [
        ("account_status", "Deactivated", False), ("status", "suspended", False), ("status", "inactive", False),
        ("Account State", "scheduled for deletion", False), ("status", "no longer active", False),
        ("is_active", "false", False), ("Is Current", "No", False), ("disabled", "TRUE", False),
        ("suspended", "2025-01-01", False), ("Suspended At", "2025-03-01T10:00:00Z", False),
        ("Deactivated Date", "3/1/2025", False), ("status", "zorbed", True), ("status", "unknown", True),
        ("is_deleted", "perhaps", True), ("deleted_at", "soon", True),
        ("status", "active", None), ("status", "Active since 2020", None), ("status", "live", None),
        ("status", "Public", None), ("status", "n/a", None), ("status", "", None), ("status", "unconfirmed", None),
        ("disabled", "no", None), ("suspended_at", "", None), ("suspended_at", "0000-00-00 00:00:00", None),
        ("deactivated_at", "2030-01-01", None), ("deleted_at", "none", None), ("active", "true", None),
        ("suspendedAt", "2025-03-01", False),
    ],
)  # fmt: skip
def test_an_account_that_may_stand_no_more_says_so(heading: str, word: str, told: bool | None, tmp_path: Path) -> None:
    items = exported(
        tmp_path, f"platform,handle,registered_email,registration,{heading}\nx,ann,{ANN},verified,{word}\n"
    )
    (found,) = [accounts_csv.parse(item) for item in items if isinstance(item, Raw)]
    assert bool(found.against) == (told is not None)
    assert sum("left_unread" in note for note in found.notes) == bool(told)
    left = exported(tmp_path, (tmp_path / "export.csv").read_text(), left_unread=[heading])
    assert [accounts_csv.parse(item).against for item in left if isinstance(item, Raw)] == [""]


@pytest.mark.parametrize(
    ("heading", "word"),
    [
        ("email_status", "removed"), ("email_status", "Previous"), ("E-mail Status", "no longer used"),
        ("email_removed", "yes"), ("email_removed_at", "2026-03-01"), ("Email Is Current", "no"),
        ("emailRemovedAt", "2026-03-01"),
    ],
)  # fmt: skip
def test_an_address_that_was_removed_is_its_accounts_no_more(heading: str, word: str, tmp_path: Path) -> None:
    head = f"platform,handle,registered_email,registration,{heading}"
    rows = f"x,ann,{ANN},verified,{word}\nx,,{ANN},verified,{word}\nx,bo,{BO},verified,\n"
    items = exported(tmp_path, f"{head}\n{rows}")
    found = [accounts_csv.parse(item) for item in items if isinstance(item, Raw)]
    assert [(one.handle, one.registered_email) for one in found] == [("ann", ""), ("bo", BO)]
    assert sum(item.count for item in items if isinstance(item, Dropped)) == 1
    (told,) = [item.text for item in items if isinstance(item, Remark) and "was removed" in item.text]
    assert told.startswith("2 rows say")


@pytest.mark.parametrize(
    ("word", "strength"),
    [("valid", STRONG), ("", STRONG), ("bounced", WEAK), ("unverified", WEAK), ("inactive", WEAK), ("zorbed", WEAK)],
)
def test_of_two_columns_that_say_it_the_doubt_counts(word: str, strength: Strength, tmp_path: Path) -> None:
    rows = f"platform,handle,registered_email,registration,email_status\nx,ann,{ANN},verified,{word}\n"
    assert strengths(exported(tmp_path, rows)) == [strength]


UNSAID = [
    ({}, "registered_email", STRONG, "count as verified"),
    ({"columns": {"registered_email": "mail"}}, "mail", WEAK, "count as unverified"),
    ({"registration": "verified", "columns": {"registered_email": "mail"}}, "mail", STRONG, ""),
    ({"registration": "unverified"}, "registered_email", WEAK, ""),
]


@pytest.mark.parametrize(("options", "heading", "strength", "told"), UNSAID)
def test_what_nobody_says_is_told_once(
    options: dict[str, object], heading: str, strength: Strength, told: str, tmp_path: Path
) -> None:
    items = exported(tmp_path, f"platform,handle,{heading}\nx,ann,{ANN}\nx,bo,{BO}\n", **options)
    assert strengths(items) == [strength, strength]
    remarks = [item.text for item in items if isinstance(item, Remark)]
    assert len(remarks) == bool(told)
    assert all(told in text for text in remarks)


def test_all_registered_addresses_go_to_the_gate(tmp_path: Path) -> None:
    (item,) = exported(
        tmp_path, f"platform,handle,registered_email\nx,ann,Ann <kim@home.example>; {ANN}\n", registration="verified"
    )
    assert isinstance(item, Raw)
    found: Account = accounts_csv.parse(item)
    assert (found.registered_email, found.registered_others) == ("kim@home.example", (ANN,))


DAYS = [
    (["03/09/2024", "03/19/2024"], "", ["2024-03-09", "2024-03-19"], 0),
    (["03/09/2024", "19/03/2024"], "", ["2024-09-03", "2024-03-19"], 0),
    (["03/09/2024", "03/10/2024"], "", ["", ""], 1),
    (["03/09/2024", "03/10/2024"], "DD/MM/YYYY", ["2024-09-03", "2024-10-03"], 0),
    (["45360", "45361"], "", ["2024-03-09", "2024-03-10"], 0),
    (["45360", "45361"], "DD/MM/YYYY", ["2024-03-09", "2024-03-10"], 0),
    (["45360", "09-MAR-24"], "", ["", "2024-03-09"], 1),
    (["45360", "2024-03-10"], "excel", ["2024-03-09", "2024-03-10"], 1),
    (
        ["2024-03-09", "9 Mar 2024", "03/19/2024", "03/09/2024"],
        "",
        ["2024-03-09"] * 2 + ["2024-03-19", "2024-03-09"],
        1,
    ),
    (["2024-03-09", "19/03/2024"], "", ["2024-03-09", "2024-03-19"], 1),
    (["2024-03-09", "03/09/2024"], "", ["2024-03-09", ""], 2),
    (["03/09/2024", "19.03.2024"], "", ["", "2024-03-19"], 2),
    (
        ["03/09/2024", "03/19/2024", "19.03.2024", "9.3.2024"],
        "",
        ["2024-03-09", "2024-03-19", "2024-03-19", "2024-03-09"],
        1,
    ),
    (["1709942400", "1710028800", ""], "", ["2024-03-09", "2024-03-10", ""], 0),
    (["1709942400000", "1710028800000", "0", "N/A"], "", ["2024-03-09", "2024-03-10", "", ""], 0),
    (["1709942400", "2024-03-10"], "", ["", "2024-03-10"], 1),
    (["1709942400", "1709942400000"], "", ["", ""], 1),
    (["1709942400", "45361"], "", ["", ""], 1),
    (["1709942400", "1893456000"], "", ["", ""], 0),
    (["2024030916", "2024031016"], "", ["", ""], 0),
    (["20240309", "20240310164500"], "", ["2024-03-09", "2024-03-10"], 1),
    (["883612800", "1709942400"], "", ["", ""], 0),
    (
        ["883612800", "1709942400", "1709942400000", "2024-03-10", "0"],
        "epoch",
        ["1998-01-01", "2024-03-09", "2024-03-09", "2024-03-10", ""],
        1,
    ),
    (["2024-03-09", "#VALUE!"], "", ["2024-03-09", ""], 0),
]


@pytest.mark.parametrize(("written", "stated", "days", "remarks"), DAYS)
@pytest.mark.parametrize("name", ["start_date", "end_date"])
def test_the_days_of_a_column_have_one_form(
    name: str, written: list[str], stated: str, days: list[str], remarks: int, tmp_path: Path
) -> None:
    rows = "".join(f"{number},Ann,{ANN},{text}\n" for number, text in enumerate(written))
    (tmp_path / "hr.csv").write_text(f"employee_id,given_name,work_email,{name}\n{rows}", encoding="utf-8")
    options = {"path": "hr.csv", "date_format": stated}
    items = list(hr_csv.CONNECTOR.fetch(Source("directory", tmp_path, options)))
    found = [hr_csv.parse(item) for item in items if isinstance(item, Raw)]
    read = [one.start_on if name == "start_date" else one.end_on for one in found]
    assert [str(day or "") for day in read] == days
    assert [name in one.unread for one in found] == [
        not day and text not in ("", "N/A") for day, text in zip(days, written, strict=True)
    ]
    assert sum(isinstance(item, Remark) for item in items) == remarks


def test_two_ways_in_a_column_are_told_with_their_numbers(tmp_path: Path) -> None:
    written = ["2024-03-09", "2024-03-10", "03/19/2024", "03/20/2024", "03/09/2024", "45360"]
    rows = "".join(f"{number},Ann,{ANN},{text}\n" for number, text in enumerate(written))
    (tmp_path / "hr.csv").write_text(f"employee_id,given_name,work_email,start_date\n{rows}", encoding="utf-8")
    source = Source("directory", tmp_path, {"path": "hr.csv"})
    (told,) = [item for item in hr_csv.CONNECTOR.fetch(source) if isinstance(item, Remark)]
    ways = (
        "3 MM/DD/YYYY, 2 YYYY-MM-DD, 1 Excel's day numbers (left empty; if that is what they are, date_format ="
        ' "excel")'
    )
    assert (told.where, ways in told.text, source.forms["start_date"]) == ("hr.csv:7", True, ways)


def test_a_sheet_is_read_as_it_is_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["employee_id", "given_name", "work_email", "end_date"])
    for number, form, end in (
        (417, "000000", "#VALUE!"), (12418, "000000", None), (419, '"E"0000', "#N/A"), (420, "0.00", None),
        (421, "00-0000;-0", "#REF!"),
    ):  # fmt: skip
        sheet.append([number, "Ann", ANN, end])
        sheet.cell(sheet.max_row, 1).number_format = form
        if end:
            sheet.cell(sheet.max_row, 4).data_type = "e"
    book.save(tmp_path / "hr.xlsx")
    items = list(hr_csv.CONNECTOR.fetch(Source("directory", tmp_path, {"path": "hr.xlsx"})))
    found = [hr_csv.parse(item) for item in items if isinstance(item, Raw)]
    assert [one.employee_id for one in found] == ["000417", "012418", "E0419", "420", "00-0421"]
    assert [one.unread for one in found] == [("end_date",), (), ("end_date",), (), ("end_date",)]


def test_a_formula_that_no_program_has_computed_is_no_empty_cell(tmp_path: Path) -> None:
    """Saved by a script, a formula has no value: whether somebody has left is then not known, rather than “no”."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["employee_id", "given_name", "work_email", "end_date"])
    sheet.append([417, "Ann", ANN, "=DATE(2026,10,31)"])
    sheet.append([418, "Ann", ANN, None])
    book.save(tmp_path / "hr.xlsx")
    items = list(hr_csv.CONNECTOR.fetch(Source("directory", tmp_path, {"path": "hr.xlsx"})))
    found = [hr_csv.parse(item) for item in items if isinstance(item, Raw)]
    assert [one.unread for one in found] == [("end_date",), ()]


@pytest.mark.parametrize(
    ("form", "shown"),
    [('"E"000000', "E001003"), ('"EMP-"0', "EMP-1003"), ("\\E#00000", "E01003"), ("##0", "1003"), ("0", "1003")],
)
def test_words_of_a_number_format_are_read_as_the_sheet_shows_them(tmp_path: Path, form: str, shown: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["employee_id", "given_name", "work_email"])
    sheet.append([1003, "Ann", ANN])
    sheet.cell(2, 1).number_format = form
    book.save(tmp_path / "hr.xlsx")
    (item,) = hr_csv.CONNECTOR.fetch(Source("directory", tmp_path, {"path": "hr.xlsx"}))
    assert isinstance(item, Raw)
    assert hr_csv.parse(item).employee_id == shown
