"""A predicate tried on stored cases beside a live rule."""

import pandas as pd
import pytest

from audit.night.cases_file import CANNOT_TELL, HOLDS
from audit.notebook.trial import Trial, live_answers, tried

CASES = pd.DataFrame(
    {
        "handle": ["one", "two", "three", "four", "five", "six"],
        HOLDS: ['["E-1"]', '["E-1", "C-1"]', "[]", '["C-1"]', "[]", '["E-1"]'],
        CANNOT_TELL: ["[]", "[]", "[]", "[]", '["E-1"]', "[]"],
    },
    index=[3, 1, 4, 15, 9, 2],
)
ANSWERS = [True, False, True, False, True, None]
EXPECTED = [Trial.BOTH, Trial.GONE, Trial.ADDED, Trial.NEITHER, Trial.UNKNOWN, Trial.UNKNOWN]


def test_each_case_has_its_outcome() -> None:
    told = tried(CASES, lambda cases: pd.Series(ANSWERS, cases.index, "boolean"), "E-1")
    assert list(told.index) == list(CASES.index)
    assert list(told["outcome"]) == EXPECTED
    assert list(told["live"]) == [True, True, False, False, pd.NA, True]
    assert list(told["tried"]) == [True, False, True, False, True, pd.NA]


def test_a_rule_is_no_other_whose_name_it_begins() -> None:
    assert not live_answers(CASES.assign(**{HOLDS: '["E-12"]'}), "E-1").any()


def test_the_cases_stay_as_they_are() -> None:
    before = CASES.copy()

    def spoils(cases: pd.DataFrame) -> pd.Series:
        cases["handle"] = ""
        return cases["handle"].eq("")

    assert tried(CASES, spoils, "E-1")["tried"].all()
    pd.testing.assert_frame_equal(CASES, before)


@pytest.mark.parametrize(
    ("predicate", "against", "words"),
    [
        (lambda cases: cases["handle"].eq("one"), "E-9", "there is no rule 'E-9'; there are E-1"),
        (lambda cases: cases["handle"], "E-1", "True, False or NA"),
        (lambda cases: cases["handle"].eq("one").reset_index(drop=True), "E-1", "one answer for each case"),
        (lambda cases: True, "E-1", "one answer for each case"),
        (lambda cases: cases["handle"].eq("one").head(2), "E-1", "one answer for each case"),
    ],
)
def test_what_is_no_predicate(predicate, against: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        tried(CASES, predicate, against)


def test_no_cases_no_outcomes() -> None:
    told = tried(CASES.head(0), lambda cases: cases["handle"].eq("x"), "C-1")
    assert list(told.columns) == ["live", "tried", "outcome"]
    assert told.empty
