"""The accounts for work on systems that the organization itself runs, and what HR says of who holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class SeatHolder(StrEnum):
    """Whether the holder of a seat may still have it, as far as its address and HR tell: the words of the sheet."""

    EMPLOYED = "employed"
    LEFT = "has left"
    NOT_YET = "has not started yet"
    UNCLEAR = "cannot tell: HR's status or days cannot be read"
    UNKNOWN = "unknown to HR"
    AGENCY = "an agency's mailbox"
    """The mailbox of a registered official account: it is nobody's own, and HR does not know it."""
    PRIVATE = "cannot tell: the address is not the State's"
    NO_ADDRESS = "cannot tell: the system shows no address"
    CLOSED = "closed on the system"
    """The system itself says that nobody gets in any more, whoever held it."""
    SEVERAL = "cannot tell: shown for several people"
    """One source shows the account for the mailboxes of several people."""
    BEFORE = "cannot tell: the last sign-in was before its holder left"
    """A log of sign-ins shows that there was a seat, not whether it is there still."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One account for work, as the night saw it: `systems` are the sources that show it.

    `address` is the state mailbox it is registered with; of one that is not the State's the domain alone, or, where
    nothing else says which account it is, the address; "" for none. Nobody is named where several hold the mailbox.
    `outlet`: its profile presents itself as an agency's.
    """

    systems: tuple[str, ...]
    platform: str
    account_id: str
    handle: str
    url: str
    address: str
    agency_code: str
    employee_id: str
    employee_name: str
    holder: SeatHolder
    shown_on: date | None
    outlet: bool = False
