"""Official-looking accounts that nobody has claimed: a question for the communications office, about no person."""

from __future__ import annotations

import pandas as pd

from audit.model.finding import Severity, Tier
from audit.rules.rule import rule


@rule(
    "U-1",
    clause="A",
    severity=Severity.MEDIUM,
    tier=Tier.LEAD,
    because="{reading_reason} It is in no registry of official accounts and tied to no employee.",
)
def official_looking_unclaimed(cases: pd.DataFrame) -> pd.Series:
    """Official-looking account in nobody's registry and tied to no person.

    The profile presents itself as an agency's page, but the registry does not know it and no state address ties it
    to an employee.

    Does not prove: that it is an impersonation; it may be an official account that was never registered.

    To do: the communications office finds out who runs it, then registers it or asks for its name to be changed.
    """
    return cases["affiliation"].eq("outlet") & ~cases["official"] & cases["employee_id"].eq("")


RULES = (official_looking_unclaimed,)
