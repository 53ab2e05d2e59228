"""What a night tells of the nights before: the sheets Changes and Trends, from real runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import openpyxl

from audit import report
from audit.findings.trends import trends
from audit.ledger import Ledger
from audit.model.finding import waits
from audit.model.night import Night
from audit.model.trends import OPEN, WAITING, LifeStep, monday
from tests.states import DAY, State, account

NEXT, THIRD = DAY + timedelta(days=1), DAY + timedelta(days=2)
FILLER = [account(f"other{n}", registered_email="lee.ouellette@maine.gov") for n in range(3)]
MINE = account("busybirch7", registered_email="ada.thibodeau@maine.gov")


def changed(night: Night, handle: str = "busybirch7") -> list[tuple[str, str, str]]:
    return [(one.kind, one.cause, one.who) for one in night.changes if one.finding.handle == handle]


def decide(state: State, handle: str, **words: Any) -> None:
    """Type into a copy of the last night's workbook."""
    book = openpyxl.load_workbook(state.folder / "out" / "latest" / "audit.xlsx")
    page = book["Findings"]
    top = next(cell.row for row in page.iter_rows() for cell in row if cell.value == "Finding ID")
    columns = {cell.value: cell.column for cell in page[top]}
    row = next(
        cells[0].row for cells in page.iter_rows(min_row=top + 1) if cells[columns["Handle"] - 1].value == handle
    )
    for heading, word in words.items():
        page.cell(row, columns[heading.replace("_", " ")]).value = word
    (state.folder / "reviews").mkdir(exist_ok=True)
    book.save(state.folder / "reviews" / "mine.xlsx")


def test_a_life_in_changes(state: State) -> None:
    state.accounts["export"] = [MINE, *FILLER]
    assert changed(state.night()) == [("new", "seen for the first time", "")]
    decide(state, "busybirch7", Disposition="not this person", Reviewer="K. Larkspurre")
    (decided,) = (one for one in state.night(NEXT).changes if one.finding.handle == "busybirch7")
    assert (decided.kind, decided.cause, decided.who) == ("decided", "somebody decided", "K. Larkspurre")
    assert decided.words == {"disposition": "not this person", "reviewer": "K. Larkspurre"}
    state.accounts["export"] = FILLER
    ((kind, cause, who),) = changed(state.night(THIRD))
    assert (kind, who) == ("resolved", "")
    assert cause != ""
    assert changed(state.night(THIRD + timedelta(days=1))) == []


def test_what_could_not_be_rechecked_is_a_change_once(state: State) -> None:
    state.accounts = {"export": [MINE], "more": FILLER}
    state.night()
    assert changed(state.night(NEXT, only=("more",))) == [("not rechecked", "", "")]
    assert changed(state.night(THIRD, only=("more",))) == []


def test_report_again_tells_the_same(state: State) -> None:
    state.accounts["export"] = [MINE, *FILLER]
    state.night()
    night = state.night(NEXT)
    with Ledger(state.folder / "out" / "ledger.sqlite") as ledger:
        assert trends(*ledger.history.counted("2026-11-21.1")) == night.trends
        assert [one.finding_id for one in ledger.history.told("2026-11-20.1")] == sorted(
            finding.finding_id for finding in night.findings
        )


def test_trends_agree_with_the_findings(state: State) -> None:
    state.accounts["export"] = [MINE, *FILLER]
    state.night()
    decide(state, "busybirch7", Disposition="confirmed", Reviewer="K. Larkspurre")
    decide(state, "busybirch7", Disposition="confirmed", Suppress_until=THIRD + timedelta(days=9), Note="on leave")
    night = state.night(THIRD + timedelta(days=7))
    last = night.trends.weeks[-1].begins
    assert [week.nights for week in night.trends.weeks] == [1, 1]
    assert night.trends.total(last, OPEN) == len(night.findings)
    assert night.trends.total(last, WAITING) == sum(waits(finding, night.as_of) for finding in night.findings)
    assert night.trends.total(last, LifeStep.DECIDED) == 1
    assert night.trends.median_days(last) == 9.0


def test_trends_after_a_purge(state: State) -> None:
    state.accounts["export"] = [MINE, *FILLER]
    state.night()
    state.accounts["export"] = FILLER
    gone = state.night(NEXT)
    with Ledger(state.folder / "out" / "ledger.sqlite") as ledger:
        ledger.purge(NEXT + timedelta(days=400), 365)
    night = state.night(NEXT + timedelta(days=14))
    assert gone.trends.weeks[0].begins == monday(DAY)
    assert night.trends.weeks[0].begins > monday(NEXT)
    assert night.trends.total(night.trends.weeks[-1].begins, OPEN) == len(night.findings)


def test_an_agency_with_registered_accounts_alone_has_its_workbook(state: State) -> None:
    state.accounts["export"] = [account("MaineDOT1", account_id="555")]
    night = state.night()
    assert [finding.agency_code for finding in night.findings] == []
    assert report.agencies_with_a_book(night) == ("17",)
    assert [path.name.split()[0] for path in (state.folder / "out" / "latest" / "agencies").glob("*.xlsx")] == ["17"]


def test_a_change_of_a_finding_that_is_long_resolved(state: State) -> None:
    state.accounts["export"] = [MINE, *FILLER]
    state.night()
    state.accounts["export"] = FILLER
    state.night(NEXT)
    decide(state, "busybirch7", Note="was a shared mailbox")
    night = state.night(THIRD)
    assert changed(night) == [("decided", "somebody decided", "")]
    assert "busybirch7" not in {finding.handle for finding in night.findings}
