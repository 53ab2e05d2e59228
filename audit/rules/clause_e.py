"""Clause E: no state e-mail address for a personal social-media account."""

from __future__ import annotations

import pandas as pd

from audit.model.finding import Severity, Tier
from audit.people.directory import Standing
from audit.rules.rule import Reads, rule

REGISTERED = ("registered address", "mail")
READS = (Reads.ACCOUNTS, Reads.DIRECTORY, Reads.REGISTRY, Reads.PURPOSE)


def _on_state_mailbox(cases: pd.DataFrame) -> pd.Series:
    """An account that has a state mailbox behind it, and is neither registered nor a seat for work."""
    return cases["registered_mailbox"].notna() & ~cases["official"] & ~cases["work"].fillna(value=False)


def _beyond_doubt(cases: pd.DataFrame) -> pd.Series:
    """Verified registration, exactly one owner who is employed today and was when the account was made, and a profile
    that is not an agency's outlet."""
    return (
        cases["registration"].eq("strong")
        & cases["owners"].eq(1)
        & cases["owner_standing"].eq(Standing.CURRENT)
        & cases["doubt"].fillna("").eq("")
        & cases["affiliation"].ne("outlet")
    ).fillna(value=False)


@rule(
    "E-1",
    clause="E",
    switch="work_email",
    severity=Severity.HIGH,
    tier=Tier.FINDING,
    because="{registered_words} The mailbox is {employee_name}’s.{dates}",
    shows=REGISTERED,
    quotes="registered_email",
    needs_person=True,
    reads=READS,
)
def state_mailbox_registered(cases: pd.DataFrame) -> pd.Series:
    """Personal account registered to a state mailbox.

    The platform holds a state address as the account's e-mail, the address was verified, it belongs to exactly one
    current employee whose employment is as old as the account, and the account stands in nobody's registry of
    official accounts.

    Does not prove: that the account is used for anything in particular, or that the agency did not ask for it.

    To do: ask the employee to change the account's e-mail to a personal one, or to have it registered as official.
    """
    return _on_state_mailbox(cases) & _beyond_doubt(cases)


@rule(
    "E-2",
    clause="E",
    switch="work_email",
    severity=Severity.MEDIUM,
    tier=Tier.LEAD,
    because="{registered_words}{dates}{shortfall}",
    shows=(*REGISTERED, "breach list"),
    quotes="registered_email",
    reads=READS,
)
def state_mailbox_possibly_registered(cases: pd.DataFrame) -> pd.Series:
    """State mailbox possibly registered.

    A state address stands behind the account, but the evidence falls short of a finding: the address was never
    verified, or the mailbox belongs to nobody in the directory, to several employees, to somebody who has left or has
    not started, or whose employment is not as old as the account, or the account presents itself as an agency's.

    Does not prove: who registered the account. Anyone can type another person's address into a sign-up form.

    To do: find out whose mailbox it is, and whether the account is personal, before speaking to anyone.
    """
    return _on_state_mailbox(cases) & ~_beyond_doubt(cases)


RULES = (state_mailbox_registered, state_mailbox_possibly_registered)
