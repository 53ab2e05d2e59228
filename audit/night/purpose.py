"""What a source's accounts are for: the seats on systems that the organization itself runs are nobody's own. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from audit.cases.tie import Sighting
from audit.findings.causes import ForWork
from audit.model.night import Problem
from audit.model.settings import SourceSettings
from connectors.contract import Purpose
from connectors.platforms import SEATS, platform_id
from connectors.records import Account

MIXED = (
    " Of a large export that shows other accounts, too, those under private addresses are left out before they are"
    ' looked at: hand in the seats as a source of their own with purpose = "work" to have all of them.'
)


def for_work(source: SourceSettings, account: Account) -> bool:
    """Whether an account is for work: audit.toml says it of the source, else the platform, else the connector."""
    return _for_work(source, account.platform)


def all_for_work(source: SourceSettings) -> bool:
    """Whether any account of a source may be for work that shows no other tie, so that none may be left out early."""
    if source.purpose is not None:
        return source.purpose is Purpose.WORK
    spelled = source.options.get("platforms")
    words = [source.options.get("platform", ""), *(spelled.values() if isinstance(spelled, Mapping) else ())]
    return any(_for_work(source, platform_id(str(word)) or "") for word in words)


def _for_work(source: SourceSettings, platform: str) -> bool:
    if source.purpose is not None:
        return source.purpose is Purpose.WORK
    return platform in SEATS or source.connector.purpose is Purpose.WORK


def seats_shown(sources: Collection[SourceSettings]) -> ForWork:
    """Whether what a source shows on a platform are seats for work: a function of (source, platform)."""
    named = {source.name: source for source in sources}
    return lambda source, platform: source in named and _for_work(named[source], platform)


def seats_told(sightings: Collection[Sighting], sources: Collection[SourceSettings]) -> tuple[Problem, ...]:
    """What stands on "Data quality" of each source that shows accounts for work without audit.toml saying so: that
    clause E is not asked of them."""
    undeclared = {source.name for source in sources if source.purpose is None}
    counts = Counter(one.source for one in sightings if one.work and one.source in undeclared)
    mixed = {source.name for source in sources if not all_for_work(source)}
    return tuple(
        Problem(
            source,
            "",
            f"{count:,} {'account is a seat' if count == 1 else 'accounts are seats'} for work on a system that the"
            " organization itself runs, where a state address is right: clause E is not asked of them. They are on the"
            " sheet State-run platforms, and their own words are still read. If these are people's own accounts, set in"
            ' the source\'s table of audit.toml purpose = "public".' + (MIXED if source in mixed else ""),
        )
        for source, count in sorted(counts.items())
    )
