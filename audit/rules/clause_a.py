"""Clause A: the personal identity must be distinct from the agency identity."""

from __future__ import annotations

import pandas as pd

from audit.model.finding import Severity, Tier
from audit.rules.rule import rule


@rule(
    "A-1",
    clause="A",
    switch="handle",
    severity=Severity.MEDIUM,
    tier=Tier.FINDING,
    because="{reading_reason}{tie_words}{dates}{doubt}",
    needs_person=True,
)
def agency_name_on_a_person(cases: pd.DataFrame) -> pd.Series:
    """Agency name, rank or unit in the handle or display name of a person's account.

    The account speaks as one person, yet its handle or display name carries an agency's name, acronym, rank or unit,
    so that a reader may take the person for the agency.

    Does not prove: that the owner is an employee; it is a lead unless an address ties the account to one current
    employee whose employment is as old as the account. Names can be borrowed.

    To do: ask the employee to take the agency's name out of handle and display name; a bio may still name the job.
    """
    return cases["affiliation"].eq("branded_person") & ~cases["official"]


@rule(
    "A-2",
    clause="A",
    switch="work_email_shown",
    severity=Severity.MEDIUM,
    tier=Tier.FINDING,
    because=(
        "The profile shows a state address, {shown_mailbox}, as a way to reach its owner.{tie_words}{dates}{doubt}"
    ),
    shows=("profile contact",),
    quotes="shown_mailbox",
    needs_person=True,
)
def state_address_as_contact(cases: pd.DataFrame) -> pd.Series:
    """State address shown as the profile's contact.

    The profile of an account that is neither official nor presented as an agency's shows a state e-mail address, so
    that the private identity answers at the agency's door.

    Does not prove: that the address was put there by its owner; it is a lead unless the address belongs to one
    current employee whose employment is as old as the account.

    To do: ask the employee to give another address as the profile's contact.
    """
    shown = cases["contact_mailbox"].notna() | cases["mentioned_mailbox"].notna()
    return shown & ~cases["official"] & cases["affiliation"].ne("outlet")


RULES = (agency_name_on_a_person, state_address_as_contact)
