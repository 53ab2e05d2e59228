"""Sources that were taken out of audit.toml: what is still kept of them, until when, and what a purge forgot. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta

from audit.ledger.retention import LeftBehind
from audit.model.night import Problem


def problems(left: Collection[LeftBehind], retention_days: int) -> tuple[Problem, ...]:
    """What stands on "Data quality" for each source that audit.toml names no more and of which something is kept."""
    return tuple(
        Problem(
            one.source,
            "audit.toml",
            f"The source {one.source} is no longer in audit.toml. Its {_counts(one)}, last seen on"
            f" {one.seen_on.isoformat()}, are kept until {_until(one, retention_days)}, when `identity-audit purge`"
            " forgets them; until then they are neither rechecked nor resolved. If the source was only renamed, give it"
            " this name again.",
        )
        for one in left
    )


def purged(
    before: Collection[LeftBehind], after: Collection[LeftBehind], retention_days: int, *, asking: bool = False
) -> Iterator[str]:
    """What the operator reads of such sources when a purge is over, or, `asking`, before it is done."""
    left = {one.source: one for one in after}
    for one in before:
        still = left.get(one.source)
        if still is None and asking:
            yield (
                f"The source {one.source} is no longer in audit.toml, and was last seen on {one.seen_on.isoformat()}:"
                f" its {_counts(one)} go as well."
            )
        elif still is None:
            yield (
                f"The source {one.source} is no longer in audit.toml, and was last seen on {one.seen_on.isoformat()}:"
                f" its {_counts(one)} are forgotten. The newest night's files may still show them;"
                " `identity-audit report` writes those again."
            )
        else:
            yield (
                f"The source {one.source} is no longer in audit.toml: its {_counts(still)}, last seen on"
                f" {still.seen_on.isoformat()}, are kept until {_until(still, retention_days)}."
            )


def _until(one: LeftBehind, retention_days: int) -> str:
    day = (one.seen_on + timedelta(days=retention_days + 1)).isoformat()
    if one.held:
        return f"{day}, or for as long as [holds] names them ({one.held:,} finding{_s(one.held)} on hold)"
    return day


def _counts(one: LeftBehind) -> str:
    return f"{one.accounts:,} account{_s(one.accounts)} and {one.findings:,} finding{_s(one.findings)}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
