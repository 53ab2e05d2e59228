"""What every rule must do, a package's own one included: functions that say what is wrong, or assert. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter

import pandas as pd

from audit.cases.build import COLUMNS
from audit.model.finding import Tier
from audit.model.policy import SUBJECTS
from audit.rules.rule import Rule

_ID = re.compile(r"X-[A-Z0-9]+(?:-[A-Z0-9]+)*")
"""The ids of rules that are not of this package: they can meet none of ours, now or later."""


def rule_faults(rule: Rule) -> Iterator[str]:
    """What keeps a rule of a package from taking part: a sentence each, without its full stop."""
    if not _ID.fullmatch(rule.rule_id):
        yield f"the id of a rule that is not ours begins with X-, as X-EXAMPLE-1, and {rule.rule_id!r} does not"
    if rule.switch not in SUBJECTS:
        yield f"switch {rule.switch!r} is nothing that a policy speaks of; there are {', '.join(SUBJECTS)}"
    if rule.tier is Tier.FINDING and not rule.needs_person:
        yield "it makes findings without needs_person, and could name somebody whom no address ties to the account"
    named = {name for _, name, _, _ in Formatter().parse(rule.because) if name is not None}
    if unknown := sorted((named | {rule.quotes} | ({rule.lead_where} - {""})) - COLUMNS.keys()):
        yield f"{', '.join(unknown)} is no column of a case"


def check_rule(rule: Rule, cases: pd.DataFrame | None = None) -> None:
    """Assert that a rule may take part and answers as one: for each case, whatever their order, changing none.

    Without `cases` (with the columns of audit.cases.build.COLUMNS) it is asked of one in which nothing is known.
    """
    assert not list(rule_faults(rule)), "; ".join(rule_faults(rule))
    if cases is None:
        cases = pd.DataFrame([dict.fromkeys(COLUMNS)], columns=list(COLUMNS)).astype(COLUMNS)
    before = cases.copy()
    answers = rule.holds(cases)
    assert isinstance(answers, pd.Series), "a rule answers with a pandas Series"
    assert answers.index.equals(cases.index), "a rule answers for each case, by its index"
    pd.testing.assert_frame_equal(cases, before)
    backwards = rule.holds(cases.iloc[::-1])
    pd.testing.assert_series_equal(
        answers.astype("boolean"), backwards.reindex(cases.index).astype("boolean"), check_names=False
    )
    none = rule.holds(cases.iloc[:0])
    assert none.empty, "of no cases a rule says nothing"
