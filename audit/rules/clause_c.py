"""Clause C: who identifies as a state employee should say that they do not speak for the State."""

from __future__ import annotations

import pandas as pd

from audit.model.finding import Severity, Tier
from audit.rules.rule import rule

TO_THAT_EFFECT = ("generic", "employer", "state")
"""Disclaimers that say whose words these are. "Retweets are not endorsements" does not, and is not among them."""


@rule(
    "C-1",
    clause="C",
    switch="disclaimer",
    severity=Severity.LOW,
    tier=Tier.FINDING,
    because="{reading_reason} No disclaimer was found in the profile.{tie_words}{dates}{doubt}",
    needs_person=True,
)
def employee_without_disclaimer(cases: pd.DataFrame) -> pd.Series:
    """Identifies as a state employee, no disclaimer.

    The profile's own words say that its owner works for the State now, and nothing in it says that the owner does
    not speak for the State, in these or other words.

    Does not prove: that a disclaimer is missing where this tool does not look (a pinned post, an image), or that the
    owner really is an employee, unless an address ties the account to one.

    To do: offer the employee the disclaimer's wording. Identifying as a state employee is allowed.
    """
    identifies = cases["affiliation"].isin(["employee", "branded_person"])
    return identifies & ~cases["official"] & ~cases["disclaimer"].isin(TO_THAT_EFFECT)


RULES = (employee_without_disclaimer,)
