"""A rule of one's own: it says nothing that a person has not looked at."""

from __future__ import annotations

import pandas as pd

from audit.model.finding import Severity, Tier
from audit.rules.rule import rule


@rule(
    "X-EXAMPLE-1",
    clause="E",
    severity=Severity.LOW,
    tier=Tier.LEAD,
    because="The account {handle} shows {shown_mailbox}.",
    quotes="shown_mailbox",
    switch="work_email_shown",
)
def shows_a_state_mailbox(cases: pd.DataFrame) -> pd.Series:
    """Account that shows a state mailbox.

    Whoever shows a mailbox wants to be written to there.

    Does not prove: that the account was registered with it.

    To do: look at the account.
    """
    return cases["shown_mailbox"].ne("").where(cases["shown_mailbox"].notna())
