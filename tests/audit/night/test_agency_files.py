"""Two agencies never share a workbook, whatever their codes look like as names of files."""

import unicodedata

import openpyxl
import pytest

from audit.night.publish import RESERVED, file_names
from tests.states import State, account, person

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
