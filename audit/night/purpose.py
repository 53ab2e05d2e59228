"""What a source's accounts are for: the seats on systems that the organization itself runs are nobody's own. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from audit.cases.tie import Sighting
from audit.model.night import Problem
from audit.model.settings import SourceSettings
from connectors.contract import Purpose
from connectors.platforms import SEATS
from connectors.records import Account


def for_work(source: SourceSettings, account: Account) -> bool:
    """Whether an account is for work: audit.toml says it of the source, else the platform, else the connector."""
    if source.purpose is not None:
        return source.purpose is Purpose.WORK
    return account.platform in SEATS or source.connector.purpose is Purpose.WORK


def seats_told(sightings: Collection[Sighting]) -> tuple[Problem, ...]:
    """What stands on "Data quality" of each source that shows accounts for work: that clause E is not asked of them."""
    counts = Counter(sighting.source for sighting in sightings if sighting.work)
    return tuple(
        Problem(
            source,
            "",
            f"{count:,} {'account is a seat' if count == 1 else 'accounts are seats'} for work on a system that the"
            " organization itself runs, where a state address is right: clause E is not asked of them. Their own words"
            " are still read. If these are people's own accounts, set in the source's table of audit.toml"
            ' purpose = "public".',
        )
        for source, count in sorted(counts.items())
    )
