"""Cards: what stands on one, who has one, and how it prints."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from audit.model.finding import FindingStatus, Tier
from audit.model.sheet import Card, Sheet
from audit.report.cards import MOST_CARDS, card_of, carded, cards_sheet, printed_header
from audit.report.reader import place, reader_of
from audit.workbook import write
from tests.audit import nights

NIGHT = nights.night()
ONE = next(one for one in NIGHT.findings if place(one) == "Findings")
OPEN = replace(ONE, status=FindingStatus.OPEN, disposition="", suppress_until=None)


@pytest.mark.parametrize(
    ("changes", "has_one"),
    [
        ({}, True),
        ({"disposition": "confirmed"}, True),
        ({"disposition": "not this person"}, False),
        ({"status": FindingStatus.RESOLVED}, False),
        ({"suppress_until": date(2999, 1, 1)}, False),
        ({"tier": Tier.LEAD}, False),
    ],
)
def test_who_has_a_card(changes: dict[str, object], has_one: bool) -> None:
    one = replace(OPEN, **changes)  # type: ignore[arg-type]
    assert bool(carded(reader_of(replace(NIGHT, findings=(one,))))) is has_one


def test_cards_are_bounded_and_the_confirmed_come_first() -> None:
    many = tuple(replace(OPEN, finding_id=f"E-1-{n:012x}") for n in range(MOST_CARDS + 7))
    last = replace(OPEN, finding_id="E-1-ffffffffffff", disposition="confirmed")
    parts = cards_sheet(reader_of(replace(NIGHT, findings=(*many, last))))
    cards = [part for part in parts if isinstance(part, Card)]
    assert len(cards) == MOST_CARDS
    assert dict(cards[0].said)["Finding"].startswith(last.finding_id)
    assert "8 more have none here" in " ".join(getattr(part, "text", "") for part in parts)


def test_a_card_says_all_that_a_hearing_asks_and_of_others_a_number() -> None:
    one = replace(OPEN, rivals=2, employee_id="", employee_name="", tier=Tier.LEAD)
    said = dict(card_of(reader_of(NIGHT), one).said)
    clause = NIGHT.policy.clause(one.clause)
    assert clause is not None
    assert clause.text in said["Clause"]
    assert said["What was seen"] == one.because
    assert all(piece.sha256 in said["Evidence"] and piece.detail in said["Evidence"] for piece in one.evidence)
    assert said["Who else"] == "2 further people fit as well, so nobody is named"
    assert said["Lead"].startswith("LEAD: NOT A FINDING")
    assert {"What it does not prove", "Decision", "Reviewer", "Decided on", "Note"} <= said.keys()


def test_a_card_begins_a_page_and_loses_nothing_of_a_long_text(tmp_path: Path) -> None:
    long = " ".join(f"word{n}" for n in range(3000))
    cards = tuple(
        Card(f"Card {n}", (("Said", text),), ("Signature",)) for n, text in enumerate(("short", long, "a\nb"))
    )
    header = printed_header("A & B", date(2026, 11, 20), "2026-11-20.1")
    path = tmp_path / "cards.xlsx"
    sheet = Sheet("Cards", cards, header=header, upright=True)
    write.write_workbook(path, (sheet,), created=nights.STARTED, title="Test")
    page = openpyxl.load_workbook(path)["Cards"]
    titles = [row[0].row for row in page.iter_rows() if str(row[0].value).startswith("Card ")]
    assert [one.id + 1 for one in page.row_breaks.brk] == titles[1:]
    between = range(titles[1] + 1, titles[2])
    said = " ".join(str(page.cell(row, 2).value or "") for row in between)
    assert said.split() == long.split()
    assert all((page.row_dimensions[row].height or 0) < 409 for row in range(1, page.max_row + 1))
    assert page.oddHeader.left.text == "Confidential, A && B, 2026-11-20, run 2026-11-20.1"
    assert not page.sheet_properties.pageSetUpPr.fitToPage
