"""Uses that somebody has authorised, as a night found them: which stand, what each spares, when it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from audit.model.finding import Severity, Tier

SOON = 30
"""Days before its end from which an exception is told of."""


class ExceptionState(StrEnum):
    """Whether an exception is in force on a day; its last day is one of those on which it is."""

    STANDS = "stands"
    NOT_YET = "not yet"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Spared:
    """What would be a finding or lead tonight, had nobody authorised it."""

    finding_id: str
    rule_id: str
    tier: Tier
    severity: Severity
    platform: str
    account: str
    employee_id: str
    employee_name: str
    agency_code: str


@dataclass(frozen=True, slots=True)
class AuthorisedUse:
    """One row of the register: where it stands, for whom and what, by whom and on which paper, from when until when.

    `agency_code` is the person's, or the agency's that it is for; `platform` is "" for every one. `covers` says in
    words what it spares anybody from. `days_left` counts its last day as 0, and is None where it does not stand.
    """

    where: str
    employee_id: str
    employee_name: str
    agency_code: str
    platform: str
    account: str
    covers: str
    what: str
    granted_by: str
    reference: str
    from_on: date | None
    until_on: date
    state: ExceptionState
    days_left: int | None = None
    spares: tuple[Spared, ...] = ()

    @property
    def ends_soon(self) -> bool:
        """Whether it stands, and ends within SOON days."""
        return self.days_left is not None and self.days_left <= SOON


@dataclass(frozen=True, slots=True)
class Register:
    """The register of exceptions as a night read it. `unusable` rows spare nobody; Data quality says why of each."""

    uses: tuple[AuthorisedUse, ...] = ()
    unusable: int = 0

    @property
    def standing(self) -> tuple[AuthorisedUse, ...]:
        """The exceptions that are in force."""
        return tuple(use for use in self.uses if use.state is ExceptionState.STANDS)

    @property
    def spared(self) -> dict[str, Spared]:
        """Everything that is spared, once, by the id it would have as a finding."""
        return {one.finding_id: one for use in self.uses for one in use.spares}
