"""Two agencies never share a workbook, whatever their codes look like as names of files."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from audit.model.night import Night
from audit.night.about_files import about_path
from audit.night.publish import RESERVED, file_name, parcel_name
from tests.editing import Book
from tests.states import DAY, State, account, person

CODES = [
    ("21/B", "21-B"),
    ("DHHS", "dhhs"),
    ("5.1", "5 1", "5/1", "5"),
    ("IF&W", "IF+W"),
    ("X.", "X"),
    ("é", unicodedata.normalize("NFD", "é")),
    ("ﬁ", "fi"),
    ("Ⅳ", "IV"),
    ("straße", "STRASSE"),
    ("*", "?", "<>"),
    ("A" * 200, "A" * 199 + "B"),
    ("日" * 120, "日" * 121),
    ("𐌰" * 79, "𐌰" * 80),
    ("a b", "a/b", "a_b"),
    ("a b", "a_b_c8687a08f4b9ae2ae46ef1cc3f4ebe8b", "A_B_C8687A08F4B9AE2AE46EF1CC3F4EBE8B"),
    ("DoIT", "DOIT", "doit"),
    ("CON", "con", "CON.x", "CON_x", "NUL", "NUL.", "COM1", "com¹", "COM1.txt"),
    tuple(f"a{mark}b" for mark in '/\\:*?"<>|._ '),
    ("K", "\u212a", "k"),
    ("ſ", "S", "s"),
    ("", " ", ".", "..", "_"),
    ("\udcff", "\udcfe"),
    ("x\ny", "x\x1b[2Jy", "x_y"),
]


@pytest.mark.parametrize("codes", CODES, ids=map(str, range(len(CODES))))
def test_each_code_has_a_name_of_its_own_on_every_system(codes: tuple[str, ...]) -> None:
    names = [file_name(code) for code in codes]
    taken = {unicodedata.normalize("NFKC", name).casefold() for name in names}
    assert len(taken) == len(codes)
    assert all(len(f"{name}.xlsx".encode()) < 255 for name in names)
    assert not any(re.search(r'[/\\:*?"<>|.\x00-\x20]|[. ]$', name) for name in names)


@pytest.mark.parametrize("code", ["CON", "nul", "Aux", "COM1", "lpt9", "PRN"])
def test_no_name_is_one_of_windows_devices(code: str) -> None:
    assert not RESERVED.fullmatch(file_name(code))


def test_the_name_of_a_code_is_its_own_even_before_the_other_code_is_there() -> None:
    """A person's workbook is named by the id alone, whatever ids there are beside it."""
    ids = ["17/A", "17 A", "17_A", "a1", "A1", "nul", "NUL", "17.", "17", "17:"]
    paths = {str(about_path(Path("out"), one, date(2026, 3, 4))).casefold() for one in ids}
    assert len(paths) == len(ids)


@pytest.mark.parametrize(
    "letter", ["\u0131", "\u017f", "\u01c5", "\u1e9e", "\u03c2", "\u212b", "\ufb01", "\uff21"], ids=ascii
)
def test_of_codes_that_are_one_name_to_a_system_one_alone_is_its_own_name(letter: str) -> None:
    alike = {form for way in (str.upper, str.lower, str.casefold, str.title) for form in (letter, way(letter))}
    alike |= {unicodedata.normalize(form, one) for form in ("NFC", "NFD", "NFKC") for one in alike}
    own = {unicodedata.normalize("NFKC", one).casefold() for one in alike if file_name(one) == one}
    assert len(own) == len([one for one in alike if file_name(one) == one])


def test_a_plain_code_is_its_own_name() -> None:
    assert [file_name(code) for code in ("17", "16-222", "DOT", "É1")] == ["17", "16-222", "DOT", "É1"]


HARD = (
    "DOT", "dot", "CON", "CON.x", "NUL", "COM1", "com1", "21", "21.", "a/b", "a\\b", "a:b", "a*b", "a?b", "a<b", "a>b",
    'a"b', "X" * 300, "X" * 299 + "Y", "Bé", "BÉ",
)  # fmt: skip
"""Codes of agencies, one of which may not stand for another in any name of a file."""


def test_hard_codes_have_files_of_their_own_night_after_night_and_their_copies_come_back(state: State) -> None:
    """The second night some of them are gone: the names of the others stay. A copy is read under its own name."""
    agencies, people, every = state.agencies, state.people, range(len(HARD))
    stay = [at for at in every if HARD[at] not in ("DOT", "CON", "a/b")]

    def night(day: date, numbers: Sequence[int]) -> Night:
        state.agencies = agencies + [{"agency_code": HARD[at], "name": f"Bureau of Kelp {at}"} for at in numbers]
        state.people = people + [person(f"9{at:02}", f"Pat{at:02}", "Fernsby", agency_code=HARD[at]) for at in numbers]
        state.accounts["export"] = [
            account(f"fern{at:02}x", registered_email=f"pat{at:02}.fernsby@maine.gov") for at in numbers
        ]
        return state.night(day)

    night(DAY, every)
    names = agencies_of_files(state)
    assert sorted(names.values()) == list(every)
    (state.folder / "reviews").mkdir(exist_ok=True)
    copies = {name: at for name, at in names.items() if at % 4 == 0 or at == HARD.index("dot")}
    for name, at in copies.items():
        book = Book.of(state.folder / "out" / "latest" / "agencies" / name)
        (finding_id,) = {row for row, _ in book.words({"note"}) if row.startswith("E-")}
        book.type(finding_id, "Note", f"of the agency {at}")
        book.save(state.folder / "reviews" / name)
    findings = night(DAY + timedelta(days=1), stay).findings
    later = {name.replace("2026-11-21", DAY.isoformat()): at for name, at in agencies_of_files(state).items()}
    assert {name: at for name, at in names.items() if at in stay}.items() <= later.items()
    assert {one.handle: one.note for one in findings if one.note} == {
        f"fern{at:02}x": f"of the agency {at}" for at in copies.values()
    }


@pytest.mark.parametrize("other", ["Bé", unicodedata.normalize("NFD", "Bé")], ids=["the same", "the same to Unicode"])
def test_two_agencies_of_one_code_have_no_workbook_and_are_told(state: State, other: str) -> None:
    state.agencies += [{"agency_code": "Bé", "name": "Bureau of Kelp"}, {"agency_code": other, "name": "Slate Office"}]
    state.agencies.append({"agency_code": "17", "name": "Department  of transportation"})
    state.people.append(person("91", "Pat", "Fernsby", agency_code=other))
    state.accounts["export"] = [account("fern", registered_email="pat.fernsby@maine.gov")]
    night = state.night()
    assert [path.name.split()[0] for path in (state.folder / "out" / "latest" / "agencies").glob("*.xlsx")] == ["17"]
    told = [problem.reason for problem in night.problems if problem.source == "agencies"]
    assert [reason for reason in told if "2 agencies (Bureau of Kelp; Slate Office)" in reason], told
    assert [one.handle for one in night.findings] == ["fern"]


def agencies_of_files(state: State) -> dict[str, int]:
    """The name of each agency's workbook → which agency's account stands in it, which is one alone."""
    found = {}
    for path in (state.folder / "out" / "latest" / "agencies").glob("*.xlsx"):
        book = CalamineWorkbook.from_path(path)
        rows = (row for sheet in book.sheet_names for row in book.get_sheet_by_name(sheet).to_python())
        cells = {str(cell) for row in rows for cell in row}
        seen = [at for at in range(len(HARD)) if f"fern{at:02}x" in cells]
        if seen:
            (found[path.name],) = seen
    return found


def test_each_workbook_holds_its_own_agencys_rows_alone(state: State) -> None:
    codes = ("9/C", "9-C", "9 c")
    state.agencies += [
        {"agency_code": code, "name": f"Bureau of {word}"}
        for code, word in zip(codes, ("Kelp", "Slate", "Moss"), strict=True)
    ]
    state.people += [person(f"9{n}", f"Pat{n}", "Fernsby", agency_code=code) for n, code in enumerate(codes)]
    state.accounts["export"] = [account(f"fern{n}x", registered_email=f"pat{n}.fernsby@maine.gov") for n in range(3)]
    state.night()
    seen = []
    for path in (state.folder / "out" / "latest" / "agencies").glob("9*.xlsx"):
        book = openpyxl.load_workbook(path)
        cells = {str(cell.value) for page in book.worksheets for row in page.iter_rows() for cell in row}
        seen.append([n for n in range(3) if f"fern{n}x" in cells])
    assert sorted(seen) == [[0], [1], [2]]


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("17", "Department of Transportation", "17 Department of Transportation 2026-11-20.xlsx"),
        ("17", "", "17 2026-11-20.xlsx"),
        ("17", 'Roads: "A/B" <C>\n* | ?.', "17 Roads A B C 2026-11-20.xlsx"),
        ("17", "\u202eexe.stnemucod", "17 exe.stnemucod 2026-11-20.xlsx"),
        ("17", "../../etc", "17 etc 2026-11-20.xlsx"),
        ("17", "Office " * 40, f"17 {('Office ' * 10).strip()} 2026-11-20.xlsx"),
    ],
)
def test_names_for_people_are_names_that_windows_takes(code: str, name: str, expected: str) -> None:
    assert parcel_name(code, name, date(2026, 11, 20)) == expected


def test_no_name_of_an_agency_makes_one_file_of_two() -> None:
    alike = ("17", "17 A", "17_A", "17/A", "dot", "DOT", "D O T")
    names = ("", "A", "A 2026-11-20", "B")
    files = {parcel_name(code, name, DAY).casefold() for code in alike for name in names}
    assert len(files) == len(alike) * len(names)
    assert len({one.split()[0] for one in files}) == len(alike)


def test_the_mail_and_the_cover_say_what_to_do_and_name_nobody(state: State) -> None:
    state.options["export"] = '[output]\ncontact = "the desk, desk@example.test"\nanswer_days = 10'
    state.accounts["export"] = [account("busybirch7", registered_email="ada.thibodeau@maine.gov")]
    state.night()
    (mail,) = (state.folder / "out" / "latest" / "agencies").glob("*.txt")
    said = mail.read_text(encoding="utf-8")
    assert mail.with_suffix(".xlsx").is_file()
    assert [word for word in ("Thibodeau", "ada.", "busybirch7") if word in said] == []
    cover = openpyxl.load_workbook(mail.with_suffix(".xlsx"))["Cover"]
    told = " ".join(str(row[0].value or "") for row in cover.iter_rows())
    for text in (said, told):
        assert "1 row waits for a decision of yours" in text
        assert f"By when: {DAY + timedelta(10):%A, %Y-%m-%d}." in text
        assert "the desk, desk@example.test" in text
