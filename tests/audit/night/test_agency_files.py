"""Two agencies never share a workbook, whatever their codes look like as names of files."""

import unicodedata
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from audit.night.about_files import about_path
from audit.night.publish import RESERVED, file_names
from tests.states import State, account, person

ALIKE = ("?%/", "@~!")
"""Signs behind "x" of which the digests begin with the same eight digits."""

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
    ("a b", "a_b_c8687a08", "A_B_C8687A08"),
    ("", " ", ".", "..", "_"),
    ("\udcff", "\udcfe"),
    ("x\ny", "x\x1b[2Jy", "x_y"),
]


@pytest.mark.parametrize("codes", CODES, ids=map(str, range(len(CODES))))
def test_each_code_has_a_name_of_its_own_on_every_system(codes: tuple[str, ...]) -> None:
    names = file_names(codes)
    taken = {unicodedata.normalize("NFKC", name).casefold() for name in names.values()}
    assert len(taken) == len(codes)
    assert all(len(f"{name}.xlsx".encode()) < 255 for name in names.values())


@pytest.mark.parametrize("code", ["CON", "nul", "Aux", "COM1", "lpt9", "PRN"])
def test_no_name_is_one_of_windows_devices(code: str) -> None:
    (name,) = file_names([code]).values()
    assert not RESERVED.fullmatch(name)


def test_the_name_of_a_code_is_its_own_even_before_the_other_code_is_there() -> None:
    """A person's workbook is named by the id alone, whatever ids there are beside it."""
    ids = ["17/A", "17 A", "17_A", "a1", "A1", "nul", "NUL", "17.", "17", "17:"]
    paths = {str(about_path(Path("out"), one, date(2026, 3, 4))).casefold() for one in ids}
    assert len(paths) == len(ids)


def test_digests_that_begin_alike_are_told_apart() -> None:
    codes = ["x" + mark for mark in ALIKE]
    assert len(set(file_names(codes).values())) == 2


def test_a_plain_code_is_its_own_name() -> None:
    assert file_names(["17", "16-222", "DOT", "É1"]) == {"17": "17", "16-222": "16-222", "DOT": "DOT", "É1": "É1"}


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
