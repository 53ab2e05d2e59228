"""Three nights of a small state, for tests that damage, alter, keep or put back what they left."""

import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from tests.audit.damage import NEXT, THIRD
from tests.states import State, account, person


@pytest.fixture
def audited(three_nights: State, tmp_path: Path) -> State:
    """A copy of the three nights, to be damaged."""
    folder = tmp_path / "state"
    shutil.copytree(three_nights.folder, folder, symlinks=True)
    return replace(three_nights, folder=folder, accounts=dict(three_nights.accounts), options={})


@pytest.fixture(scope="session")
def three_nights(tmp_path_factory: pytest.TempPathFactory) -> State:
    """A finding that is decided, one that stands, one that is resolved on the second night."""
    state = State(
        tmp_path_factory.mktemp("three-nights"),
        people=[person("00017", "Ada", "Thibodeau"), person("1900", "Wren", "Hollowell")],
        agencies=[{"agency_code": "17", "name": "Department of Transportation", "acronyms": "MaineDOT;DOT"}],
        official=[{"platform": "x", "handle": "MaineDOT1", "account_id": "555", "agency_code": "17"}],
    )
    mine = account("busybirch7", registered_email="ada.thibodeau@maine.gov")
    gone = account("tidyfern", registered_email="wren.hollowell@maine.gov")
    stays = account("quietpine42", registered_email="nobody.known@maine.gov", bio="Seen from the lake")
    state.accounts["export"] = [mine, gone, stays]
    state.night()
    book = openpyxl.load_workbook(state.folder / "out" / "latest" / "audit.xlsx")
    page = book["Findings"]
    top = next(cell.row for row in page.iter_rows() for cell in row if cell.value == "Finding ID")
    columns = {cell.value: cell.column for cell in page[top]}
    row = next(n for n in range(top + 1, page.max_row + 1) if page.cell(n, columns["Handle"]).value == "busybirch7")
    for heading, word in {"Disposition": "confirmed", "Reviewer": "K. Larkspurre", "Note": "spoke on Monday"}.items():
        page.cell(row, columns[heading]).value = word
    (state.folder / "reviews").mkdir()
    book.save(state.folder / "reviews" / "karin.xlsx")
    state.accounts["export"] = [mine, stays]
    state.night(NEXT)
    state.night(THIRD)
    return state
