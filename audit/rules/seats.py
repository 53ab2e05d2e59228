"""Seats on systems that the State itself runs: who may still get in, and on whose address that hangs."""

from __future__ import annotations

import pandas as pd

from audit.model.finding import Severity, Tier
from audit.model.seats import SeatHolder
from audit.rules.rule import Reads, rule

SEAT_READS = (Reads.ACCOUNTS, Reads.DIRECTORY, Reads.REGISTRY, Reads.PURPOSE)


@rule(
    "R-4",
    clause="A",
    severity=Severity.HIGH,
    tier=Tier.FINDING,
    because="This account is for work, on a system that the organization runs. {seat_words}",
    shows=("registered address",),
    quotes="registered_email",
    reads=SEAT_READS,
    of_seat=True,
    lead_where="seat_unknown",
)
def seat_holder_gone(cases: pd.DataFrame) -> pd.Series:
    """Holder of a seat on a state-run system has left or is unknown to HR.

    An account for work on a system that the State itself runs hangs on the address of somebody who has left, says HR;
    or, as a lead, on a state address that HR does not know. This is for whoever administers the system: it is about
    access, and about nothing that the person did.

    Does not prove: that the person can still sign in, has done so, or did anything wrong; closing seats is the
    State's part. It may be an invitation that nobody has accepted, or closed in a way that the source does not tell.
    An address that HR does not know may be a shared or service mailbox, and HR itself may be behind.

    To do: end the access, or give the seat to whoever does the work now. Where HR does not know the address, find out
    first whose it is; a shared mailbox of an official account belongs into the registry.
    """
    holder = cases["seat_holder"]
    gone = holder.isin([SeatHolder.LEFT, SeatHolder.UNKNOWN])
    at_rest = holder.isin([SeatHolder.EMPLOYED, SeatHolder.AGENCY, SeatHolder.CLOSED])
    return gone.where(gone | at_rest).where(cases["seat"].fillna(value=False), other=False)


@rule(
    "R-5",
    clause="A",
    severity=Severity.MEDIUM,
    tier=Tier.FINDING,
    because="This account is for work, on a system that the organization runs. {seat_words}",
    shows=("registered address",),
    quotes="seat_address",
    reads=SEAT_READS,
    of_account=True,
    of_seat=True,
)
def seat_under_private_address(cases: pd.DataFrame) -> pd.Series:
    """Seat on a state-run system under an address that is not the State's.

    An account for work on a system that the State itself runs hangs on an address outside the State's mail domains:
    when its holder leaves, HR's word closes no such mailbox, and nobody can tell from it who holds the account. This
    is for whoever administers the system; nobody is named.

    Does not prove: that it is an employee's, or that anybody did wrong. It may be a contractor's, another public
    body's, or under a domain that is missing in audit.toml.

    To do: ask its holder, or the system, for a state address and put it in; for a partner of the State note who
    answers for the account.
    """
    private = cases["seat_holder"].eq(SeatHolder.PRIVATE)
    unknown = cases["seat_holder"].isin([SeatHolder.NO_ADDRESS, SeatHolder.SEVERAL])
    return private.mask(unknown).where(cases["seat"].fillna(value=False), other=False)


RULES = (seat_holder_gone, seat_under_private_address)
