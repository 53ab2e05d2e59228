"""From where on a figure says something: the settings of mail evidence and of trust in rules, as in audit.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from audit.model.finding import Tier


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Thresholds of the judgement. `stale_after`: without mail for so long (default 548 days, 18 months),
    an account is stale.

    `burst_platforms` registrations at different platforms (default 5) within `burst_within` (default an hour) to one
    mailbox are registration bombing: somebody else's doing.
    """

    stale_after: timedelta = timedelta(days=548)
    burst_platforms: int = 5
    burst_within: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TrustSettings:
    """When a rule is marked "review only": `at_least` so many decisions, and the whole 95 % interval of the share
    that was right lies under the bound (findings: `bound`; leads, which may well be wrong: `lead_bound`).

    `looked_at` maps a rule's id to the day on which somebody looked at it: decisions before that day count no more.
    """

    bound: float = 0.80
    lead_bound: float = 0.50
    at_least: int = 10
    looked_at: Mapping[str, date] = field(default_factory=dict)

    def bound_of(self, tier: Tier) -> float:
        """The bound for findings or for leads."""
        return self.lead_bound if tier is Tier.LEAD else self.bound
