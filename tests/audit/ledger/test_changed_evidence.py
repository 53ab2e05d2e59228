"""Decisions whose evidence changes, through whole nights: read from workbooks, set aside, shown, decided again."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from audit.ledger import Ledger
from audit.model.finding import Cause, FindingStatus
from audit.model.night import Night
from tests.audit.night.test_read_back import by_handle, heading_row, typed, written
from tests.states import DAY, State, account, person

NEXT, THIRD, FOURTH = (DAY + timedelta(days=n) for n in (1, 2, 3))
STATUS = FindingStatus


@pytest.fixture
def one(state: State) -> State:
    """A state with one E-1 finding; its reviews folder is empty."""
    state.people += [person("10001", "Pat", "Fernsby")]
    state.accounts["export"] = [account("birch", registered_email="pat.fernsby@maine.gov", display_name="Pat F")]
    (state.folder / "reviews").mkdir()
    return state


def confirm(state: State, seen: date, name: str, word: str = "confirmed") -> Path:
    """Somebody decides in the workbook of the night `seen`."""
    (line,) = written(state, seen).with_name("findings.jsonl").read_text(encoding="utf-8").splitlines()
    finding_id = json.loads(line)["finding_id"]
    words = {"Disposition": word, "Reviewer": "K. Larkspurre", "Note": "asked"}
    cells = {(finding_id, heading): text for heading, text in words.items()}
    return typed(written(state, seen), state.folder / "reviews" / name, cells)


def change(state: State, **facts: str) -> None:
    (row,) = state.accounts["export"]
    row.update(facts)


def what(night: Night) -> tuple[str, str, str]:
    (finding,) = night.findings
    return finding.status, finding.disposition, finding.note


def test_a_decision_whose_evidence_changed_is_shown_beside_the_finding_and_made_again(one: State) -> None:
    one.night()
    confirm(one, DAY, "monday.xlsx")
    assert what(one.night(NEXT)) == (STATUS.OPEN, "confirmed", "asked")
    change(one, display_name="Quill Harborlight")
    night = one.night(THIRD)
    assert what(night) == (STATUS.REOPENED, "", "asked")
    said = "Decided before as “confirmed” by K. Larkspurre; since then the account changed (display name)."
    finding_id = by_handle(night)["birch"].finding_id
    assert dict(night.earlier) == {finding_id: said}
    assert [(step.kind, step.cause, step.reason) for step in night.changes] == [(STATUS.REOPENED, Cause.ACCOUNT, said)]
    shown = heading_row(openpyxl.load_workbook(written(one, THIRD))["Findings"])[1]
    assert "Decided before" in shown
    confirm(one, THIRD, "wednesday.xlsx", "duplicate")
    night = one.night(FOURTH)
    assert what(night) == (STATUS.OPEN, "duplicate", "asked")
    assert (night.earlier, night.own_words, night.import_problems) == ({}, {}, ())
    with Ledger(one.folder / "out" / "ledger.sqlite") as ledger:
        assert [kind for _, kind, _ in ledger.chain.steps(finding_id)] == ["new", "decided", "reopened", "decided"]
        assert ledger.chain.broken_event() is None


def test_a_decision_in_an_old_copy_rests_on_what_that_copy_showed(one: State) -> None:
    one.night()
    change(one, display_name="Quill Harborlight")
    one.night(NEXT)
    confirm(one, DAY, "monday.xlsx")
    night = one.night(THIRD)
    assert what(night) == (STATUS.REOPENED, "", "asked")
    assert [(step.kind, step.cause) for step in night.changes] == [
        ("decided", Cause.DECIDED),
        (STATUS.REOPENED, Cause.ACCOUNT),
    ]
    confirm(one, NEXT, "tuesday.xlsx")
    assert what(one.night(FOURTH)) == (STATUS.OPEN, "confirmed", "asked")


def test_the_same_night_again_and_an_unchanged_copy_change_nothing(one: State) -> None:
    one.night()
    copy = confirm(one, DAY, "monday.xlsx")
    change(one, display_name="Quill Harborlight")
    first = one.night(NEXT)
    typed(copy, copy, {("no such id", "Note"): "touched"})
    again = one.night(NEXT)
    assert what(again) == what(first) == (STATUS.REOPENED, "", "asked")
    assert (again.earlier, again.changes) == (first.earlier, first.changes), "the changes are the day's"


def test_a_failed_source_leaves_a_decision_alone(one: State) -> None:
    one.night()
    confirm(one, DAY, "monday.xlsx")
    one.night(NEXT)
    one.accounts["export"].clear()
    (one.folder / "export.csv").unlink()
    one.options["export"] = "expect = { at_least = 1 }"
    night = one.night(THIRD)
    assert what(night) == (STATUS.NOT_RECHECKED, "confirmed", "asked")


def test_purge_forgets_replaced_facts(one: State) -> None:
    one.night()
    change(one, display_name="Quill Harborlight")
    one.night(NEXT)
    with Ledger(one.folder / "out" / "ledger.sqlite") as ledger:
        count = "SELECT count(*) FROM replaced_facts"
        assert ledger.connection.execute(count).fetchone() == (1,)
        ledger.purge(NEXT + timedelta(days=10), 5)
        assert ledger.connection.execute(count).fetchone() == (0,)


def test_the_night_on_which_a_disposition_was_read_stands_for_its_day(one: State) -> None:
    finding_id = by_handle(one.night())["birch"].finding_id
    copy = confirm(one, DAY, "monday.xlsx")
    one.night(NEXT)
    typed(copy, copy, {(finding_id, "Note"): "asked twice"})
    night = one.night(THIRD)
    with Ledger(one.folder / "out" / "ledger.sqlite") as ledger:
        assert ledger.grounds.decided_nights() == {finding_id: NEXT}
    assert [(trust.rule_id, trust.source, trust.right) for trust in night.trust] == [
        ("E-1", "", 1),
        ("E-1", "export", 1),
    ]
    assert [one.finding_id for note in night.notices for one in note.findings] == [finding_id]
