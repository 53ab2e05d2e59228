"""From where on a figure says something: the settings of mail evidence and of trust in rules, as in audit.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated

from annotated_types import Ge, Interval

from audit.model.finding import Tier


@dataclass(frozen=True, slots=True)
class MailSettings:
    """[mail]: without mail for `stale_after_days` (18 months) an account is stale.

    `burst_platforms` registrations at different platforms within `burst_minutes` to one mailbox are registration
    bombing: somebody else's doing.
    """

    stale_after_days: Annotated[int, Ge(1)] = 548
    burst_platforms: Annotated[int, Ge(2)] = 5
    burst_minutes: Annotated[int, Ge(1)] = 60

    @property
    def stale_after(self) -> timedelta:
        """From which silence on an account is stale."""
        return timedelta(days=self.stale_after_days)

    @property
    def burst_within(self) -> timedelta:
        """The span in which the registrations of one burst fall."""
        return timedelta(minutes=self.burst_minutes)


@dataclass(frozen=True, slots=True)
class TrustSettings:
    """[trust]: when a rule is marked "review only": `at_least` so many decisions, and the whole 95 % interval of the
    share that was right lies under the bound (findings: `bound`; leads, which may well be wrong: `lead_bound`).

    `looked_at` maps a rule's id to the day on which somebody looked at it: decisions before that day count no more.
    """

    bound: Annotated[float, Interval(ge=0, le=1)] = 0.80
    lead_bound: Annotated[float, Interval(ge=0, le=1)] = 0.50
    at_least: Annotated[int, Ge(1)] = 10
    looked_at: Mapping[str, date] = field(default_factory=dict)

    def bound_of(self, tier: Tier) -> float:
        """The bound for findings or for leads."""
        return self.lead_bound if tier is Tier.LEAD else self.bound
