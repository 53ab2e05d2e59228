"""A rule tried on the cases of a night before it goes live: what it would add, and what would go. Pure."""

from __future__ import annotations

import json
from enum import StrEnum

import pandas as pd

from audit.night.cases_file import CANNOT_TELL, HOLDS
from audit.rules import RULES, Predicate


class Trial(StrEnum):
    """What a tried predicate says of a case beside a live rule."""

    ADDED = "would be new"
    GONE = "would be gone"
    BOTH = "both hold"
    NEITHER = "neither holds"
    UNKNOWN = "cannot tell"


def tried(cases: pd.DataFrame, predicate: Predicate, against: str) -> pd.DataFrame:
    """Hold a predicate against what the live rule `against` said of the same cases that night.

    `cases` are stored ones (audit.load). The predicate is one like a rule's; it gets a copy of them, and answers True,
    False or NA (cannot tell) for each. Returns, by the cases' index, `live` and `tried` (boolean, NA: cannot tell) and
    `outcome` (a Trial as text). Raises ValueError for a rule that there is not, or an answer that does not fit the
    cases.
    """
    if against not in {rule.rule_id for rule in RULES}:
        raise ValueError(f"there is no rule {against!r}; there are {', '.join(rule.rule_id for rule in RULES)}")
    answers = predicate(cases.copy())
    if not isinstance(answers, pd.Series) or not answers.index.equals(cases.index):
        raise ValueError("the predicate must return one answer for each case: a Series with the index of the cases")
    try:
        answers = answers.astype("boolean")
    except (TypeError, ValueError):
        raise ValueError(f"the predicate must answer True, False or NA, not {answers.dtype}") from None
    live = live_answers(cases, against)
    outcomes = [_outcome(*pair) for pair in zip(live, answers, strict=True)]
    return pd.DataFrame({"live": live, "tried": answers, "outcome": pd.Series(outcomes, cases.index, "str")})


def live_answers(cases: pd.DataFrame, rule_id: str) -> pd.Series:
    """What a rule said of each stored case on its night: True, False, or NA where it could not tell."""
    holds, unknown = (
        cases[column].map(lambda text: rule_id in json.loads(text)).astype("boolean") for column in (HOLDS, CANNOT_TELL)
    )
    return holds.mask(unknown, pd.NA)


def _outcome(live: object, tried: object) -> str:
    if live is pd.NA or tried is pd.NA:
        return Trial.UNKNOWN
    if live:
        return Trial.BOTH if tried else Trial.GONE
    return Trial.ADDED if tried else Trial.NEITHER
