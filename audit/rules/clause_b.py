"""Clause B: nobody posts for an agency on a personal page. Only the profile's own words are read, never posts."""

from __future__ import annotations

import pandas as pd

from audit.model.finding import Severity, Tier
from audit.rules.rule import Reads, rule


@rule(
    "B-1",
    clause="B",
    switch="agency_outlet",
    severity=Severity.HIGH,
    tier=Tier.FINDING,
    because=(
        "{reading_reason} It is in no registry of official accounts, and tied to {employee_name}."
        "{tie_words}{dates}{doubt}"
    ),
    needs_person=True,
    reads=(Reads.ACCOUNTS, Reads.DIRECTORY, Reads.REGISTRY, Reads.PURPOSE),
)
def personal_account_as_outlet(cases: pd.DataFrame) -> pd.Series:
    """Personal account whose own words present it as an agency's outlet.

    The profile presents itself as an agency's page, stands in nobody's registry, and a state address ties it to one
    employee. An account for work on a system that the State itself runs is no personal one, and is not asked.

    Does not prove: that anything was posted for the agency, or that the agency does not run the account and forgot
    to register it.

    To do: ask the agency whether the account is its own, then register it or have the employee make it personal.
    """
    personal = ~cases["official"] & ~cases["work"].fillna(value=False)
    return cases["affiliation"].eq("outlet") & personal & cases["employee_id"].ne("")


RULES = (personal_account_as_outlet,)
