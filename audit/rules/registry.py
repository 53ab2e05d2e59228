"""The registry of official accounts, held against what was seen: vanished, orphaned, or out of the State's hands."""

from __future__ import annotations

import pandas as pd

from audit.model.finding import Severity, Tier
from audit.people.directory import Standing
from audit.rules.rule import Reads, rule


@rule(
    "R-1",
    clause="A",
    severity=Severity.HIGH,
    tier=Tier.FINDING,
    because="The registry {registry_words}.",
    reads=(Reads.REGISTRY, Reads.ACCOUNTS),
    of_account=True,
)
def registered_account_vanished(cases: pd.DataFrame) -> pd.Series:
    """Registered official account vanished, changed hands, or retired but live.

    An active entry of the registry was not seen by a source that would have shown it, or its handle now belongs to
    another account id; or an entry marked as retired is still there.

    Does not prove: that anybody did anything wrong; accounts are renamed, and registries fall behind.

    To do: ask the supervisor what became of the account, then update the registry or recover the account.
    """
    active, seen = ~cases["retired"], cases["seen"]
    gone = (active & ~seen) | cases["changed_hands"]
    return (gone | (cases["retired"] & seen)).where(cases["official"], other=False)


@rule(
    "R-2",
    clause="A",
    severity=Severity.HIGH,
    tier=Tier.FINDING,
    because="Its supervisor in the registry, {supervisor_id} {employee_name}, {standing_words}.",
    reads=(Reads.REGISTRY, Reads.DIRECTORY),
)
def supervisor_gone(cases: pd.DataFrame) -> pd.Series:
    """Supervisor of an official account has left or is unknown to HR.

    Every official account has a Social Media Supervisor who answers for it. The one in the registry is no longer
    employed, or HR has never heard of that employee id.

    Does not prove: that the person still has access, or that nobody has taken over in fact.

    To do: ask the agency head to name a new supervisor and to change the account's credentials.
    """
    open_still = cases["supervisor_standing"].isin([Standing.UNCLEAR, Standing.NOT_YET])
    gone = cases["supervisor_standing"].ne(Standing.CURRENT).mask(open_still)
    return (gone & ~cases["retired"]).where(cases["official"], other=False)


@rule(
    "R-3",
    clause="A",
    severity=Severity.MEDIUM,
    tier=Tier.FINDING,
    because="This official account is registered with {registered_email}, which is not an address of the State.",
    quotes="registered_email",
    reads=(Reads.REGISTRY, Reads.ADDRESS),
    of_account=True,
)
def registered_to_personal_address(cases: pd.DataFrame) -> pd.Series:
    """Official account registered to a personal address.

    The e-mail of an official account lies outside the State's mail domains: when its holder leaves, the State cannot
    recover the account.

    Does not prove: that the holder misuses it; many accounts were opened before there was a rule.

    To do: move the account to an agency mailbox.
    """
    return (~cases["held_by_state"] & ~cases["retired"]).where(cases["official"], other=False)


RULES = (registered_account_vanished, supervisor_gone, registered_to_personal_address)
