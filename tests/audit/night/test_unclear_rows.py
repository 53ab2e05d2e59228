"""What HR's rows leave open is told, and nobody is named by it: histories of jobs, rows that contradict each other."""

from __future__ import annotations

import pytest

from audit.model.night import Night
from audit.model.sheet import Line
from audit.night.inputs import InputUnusable
from audit.report import sheets
from tests.states import State, account, person, rewritten

ADA = account("heron", registered_email="ada.thibodeau@maine.gov")


def named(night: Night) -> list[tuple[str, str, str]]:
    """(rule, person, agency) of what is said of Ada's account."""
    return [(one.rule_id, one.employee_name, one.agency_code) for one in night.findings if one.handle == "heron"]


def start(night: Night) -> str:
    """The words of Start here."""
    return "\n".join(block.text for block in sheets(night)[0].parts if isinstance(block, Line))


def history(state: State, *rows: dict[str, str], heading: str = "EFFDT", **options: str) -> Night:
    """A night whose HR has `rows` of Ada beside the others; the column of titles is headed `heading`."""
    state.accounts["export"] = [ADA]
    state.people = [*rows, *state.people[1:]]
    state.options.update(options)
    rewritten(state, "hr.csv", {"agency,title,status": f"agency,{heading},status"})
    return state.night()


def ada(**more: str) -> dict[str, str]:
    return person("00017", "Ada", "Thibodeau", **{"start_date": "", **more})


OLD, GONE = {"title": "2010-01-14"}, {"title": "2026-10-31", "status": "terminated"}


@pytest.mark.parametrize("turn", [1, -1])
def test_rows_of_a_history_whose_day_nothing_reads_leave_the_standing_open(state: State, turn: int) -> None:
    night = history(state, *[ada(**OLD), ada(**GONE)][::turn])
    assert named(night) == [("E-2", "Ada Thibodeau", "17")]
    (told,) = [one.reason for one in night.problems if "'EFFDT'" in one.reason]
    assert "columns = { start_date" not in told  # start_date has a column
    assert "Export the newest row of each person alone" in told


def test_rows_of_a_history_in_two_agencies_are_given_to_neither(state: State) -> None:
    night = history(state, ada(**OLD, agency_code="16"), ada(title="2020-01-14"), heading="Effective Date")
    assert named(night) == [("E-2", "Ada Thibodeau", "")]


@pytest.mark.parametrize(
    ("rows", "heading", "options"),
    [
        ([ada(**OLD), ada(**GONE)], "Salary Effective Date", {}),
        ([ada(**OLD), ada(**GONE)], "EFFDT", {"directory": 'left_unread = ["EFFDT"]'}),
        ([ada(**OLD), ada(title="2020-01-14")], "EFFDT", {}),
        ([ada()], "EFFDT", {}),
        ([ada(**OLD, start_date="2012-01-02", status="terminated"), ada(start_date="2019-04-01")], "EFFDT", {}),
    ],
)
def test_rows_that_agree_or_say_their_order_are_used(
    state: State, rows: list[dict[str, str]], heading: str, options: dict[str, str]
) -> None:
    night = history(state, *rows, heading=heading, **options)
    assert named(night) == [("E-1", "Ada Thibodeau", "17")]
    assert not [one for one in night.problems if "differ in status or agency" in one.reason]


def test_a_supervisor_of_whom_one_row_says_that_they_left_is_not_told_to_have_left(state: State) -> None:
    state.people = [person("00017", "Ada", "Thibodeau", work_email="ada@maine.gov", status="terminated"), *state.people]
    night = state.night()
    assert [one.rule_id for one in night.findings if one.handle == "MaineDOT1" and one.tier == "finding"] == []
    assert [one for one in night.problems if "nobody can tell whether they are employed" in one.reason]


def nameless(count: int, word: str) -> list[dict[str, str]]:
    return [person(word, f"Given{one}", "Frost") for one in range(count)]


@pytest.mark.parametrize("word", ["N/A", "none", "Pending", ""])
def test_a_row_whose_id_only_fills_the_cell_is_left_out_and_the_rest_is_read(state: State, word: str) -> None:
    state.accounts["export"] = [ADA]
    state.people += nameless(3, word)  # of seven
    night = state.night()
    assert named(night) == [("E-1", "Ada Thibodeau", "17")]
    assert [one.where for one in night.problems if "employee_id" in one.reason] == ["hr.csv:6", "hr.csv:7", "hr.csv:8"]
    assert "3 rows could not be read" in start(night)


@pytest.mark.parametrize(
    ("nobodys", "worn", "directory"),
    [(5, 0, ""), (1, 2, ""), (2, 0, "expect = { may_reject = 0.1 }")],
)
def test_a_directory_that_says_of_too_many_rows_whose_they_are_not_is_refused(
    state: State, nobodys: int, worn: int, directory: str
) -> None:
    state.options["directory"] = directory
    state.people += [*nameless(nobodys, "pending"), *({"employee_id": f"0003{one}"} for one in range(worn))]
    with pytest.raises(InputUnusable, match="rows could not be read, the first at"):
        state.night()


REASON = "Medical, private"


@pytest.mark.parametrize("heading", ["Separation Reason", "Reason for Leaving", "Term Reason Code"])
def test_a_reason_for_leaving_where_nothing_else_says_so_leaves_the_standing_open(state: State, heading: str) -> None:
    state.people[1]["title"] = "N/A"
    night = history(state, ada(title=REASON), heading=heading)
    assert named(night) == [("E-2", "Ada Thibodeau", "17")]
    (told,) = [one for one in night.problems if "separation_reason" in one.reason]
    assert told.where == "hr.csv:2"
    assert REASON not in repr(night)


@pytest.mark.parametrize(
    ("row", "heading", "options"),
    [
        (ada(), "Separation Reason", {}),
        (ada(title="(none)"), "Separation Reason", {}),
        (ada(title="Not separated"), "Separation Reason", {}),
        (ada(title="Retirement", end_date="2027-01-31"), "Separation Reason", {}),  # its day is known
        (ada(title=REASON), "Leave Reason", {}),
        (ada(title=REASON), "Termination Reason", {"directory": 'left_unread = ["Termination Reason"]'}),
    ],
)
def test_an_ordinary_column_of_reasons_is_silent(
    state: State, row: dict[str, str], heading: str, options: dict[str, str]
) -> None:
    state.people = [one | {"title": "Voluntary"} if one["status"] == "terminated" else one for one in state.people]
    state.people[1]["title"] = ""
    night = history(state, row, heading=heading, **options)
    assert named(night) == [("E-1", "Ada Thibodeau", "17")]
    assert not [one for one in night.problems if "separation_reason" in one.reason]


def test_a_comment_that_somebody_left_is_told(state: State) -> None:
    state.people[1]["title"] = ""
    night = history(state, ada(title="left 6/30/2026"), heading="Comments")
    (told,) = [one.reason for one in night.problems if "'Comments'" in one.reason]
    assert "says in 1 row that somebody has left" in told
    assert "columns = { status" not in told
    assert "6/30" not in told
