"""How far a rule may be trusted: what people's dispositions say of it, counted, with intervals. Pure.

A disposition is right about a rule where the rule saw what is there ("confirmed", "already corrected"), and wrong
where it did not ("not this person"; "official account", since the rules under A, B, C and E speak of personal accounts
only; of U-1, which looks for agencies' unregistered pages, it is right, and of the R rules it says nothing). The
others say nothing about the rule and are left out of the share: "duplicate" (the same thing stands elsewhere, and
is counted there), "protected activity: excluded" (true, and none of our business), "needs more evidence", and words
that are not on the list.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from audit.model.finding import Past, Tier, undecided
from audit.model.night import Trust
from audit.model.thresholds import TrustSettings

RIGHT, WRONG, LEFT_OUT = "right", "wrong", "left out"
SAYS = {"confirmed": RIGHT, "already corrected": RIGHT, "not this person": WRONG, "official account": WRONG}
OF_OFFICIAL = {"U": RIGHT, "R": LEFT_OUT}
"""What "official account" says of rules that are not about personal accounts, by the letter of their ids."""


def measure(
    past: Iterable[Past], nights: Mapping[str, date], settings: TrustSettings, as_of: date
) -> tuple[Trust, ...]:
    """Trust in each rule by tier, and by source, from every decided finding, resolved ones too; by rule, tier, source.

    A finding counts once, by its latest decision: one that changed evidence has set aside counts until there is a
    new one. `nights` says when a disposition was read (finding id → day), for decisions that bear no day. Only a rule
    as a whole can be "review only": a source's share is shown, so that people see where the errors come from.
    """
    counts: dict[tuple[str, Tier, str], Counter[str]] = defaultdict(Counter)
    for one in past:
        disposition, decided_on = _decision(one, nights)
        since = _since(one.finding.rule_id, settings, as_of)
        if undecided(disposition) or (since and (decided_on is None or decided_on < since)):
            continue
        for source in ("", *sorted(set(one.finding.sources))):
            counts[one.finding.rule_id, one.finding.tier, source][verdict(one.finding.rule_id, disposition)] += 1
    return tuple(_trust(*key, counted, settings, as_of) for key, counted in sorted(counts.items()))


def verdict(rule_id: str, disposition: str) -> str:
    """RIGHT, WRONG or LEFT_OUT: what a disposition says about the rule."""
    says = SAYS.get(disposition, LEFT_OUT)
    return OF_OFFICIAL.get(rule_id[:1], says) if disposition == "official account" else says


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's score method (E. B. Wilson, 1927); (0, 1) for no observations."""
    if whole == 0:
        return 0.0, 1.0
    z, share = 1.959964, part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return max(0.0, middle - half), min(1.0, middle + half)


def _decision(one: Past, nights: Mapping[str, date]) -> tuple[str, date | None]:
    """The latest decision about a finding, and its day as far as it is known."""
    finding, earlier = one.finding, one.earlier
    if undecided(finding.disposition) and earlier is not None:
        return earlier.disposition, earlier.decided_on or nights.get(finding.finding_id)
    return finding.disposition, finding.decided_on or nights.get(finding.finding_id)


def _since(rule_id: str, settings: TrustSettings, as_of: date) -> date | None:
    """The day on which somebody looked at the rule; a day that is still to come is no such day."""
    looked = settings.looked_at.get(rule_id)
    return looked if looked and looked <= as_of else None


def _trust(rule_id: str, tier: Tier, source: str, counted: Counter[str], settings: TrustSettings, as_of: date) -> Trust:
    right, wrong = counted[RIGHT], counted[WRONG]
    low, high = wilson(right, right + wrong)
    bound = settings.bound_of(tier)
    enough = not source and right + wrong >= settings.at_least
    since = _since(rule_id, settings, as_of)
    return Trust(
        rule_id, tier, source, right, wrong, counted[LEFT_OUT], low, high, bound, enough and high < bound, since
    )
