"""What the operator reads on the terminal when the night is over: counts and places.

Of people it names only the reviewers whose copies were read. Pure.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from audit.model.finding import FindingStatus, Tier
from audit.model.night import Night, PullStatus
from audit.report.exceptions_sheet import exceptions_in_short
from audit.report.receipts import receipts, told_first

_LATEST_STAYS = "`latest` was left as it is, for nights of all sources: this one left some out"
_LATEST_IS_THIS = (
    "`latest` leads to this day, whose folder was written again: what rests on sources that were left out stands there"
    " as not rechecked"
)


def summary(night: Night, folder: Path, *, latest: bool = False) -> str:
    """The night in a dozen lines. `latest` says whether `latest` leads to its folder."""
    current = [finding for finding in night.findings if finding.status is not FindingStatus.RESOLVED]
    statuses = Counter(finding.status for finding in night.findings)
    news = ", ".join(f"{statuses[status]:,} {status}" for status in FindingStatus if statuses[status])
    findings = sum(finding.tier is Tier.FINDING for finding in current)
    titles = {note.rule_id: note.title for note in night.rules}
    by_rule = Counter(finding.rule_id for finding in current)
    kept = sum(pull.kept for pull in night.pulls if pull.kept_by_platform)
    rehearsal = "REHEARSAL: " if night.rehearsed else ""
    lines = [
        *(f"LOOK AT THIS FIRST  {one}" for one in told_first(night)),
        f"{rehearsal}{night.organization.name}, night of {night.as_of.isoformat()} (run {night.run_id})",
        f"  {night.people:,} people in the directory, {kept:,} accounts and registry entries with a tie to the State",
        f"  {findings:,} findings, {len(current) - findings:,} leads" + (f": {news}" if news else ""),
        *(f"  {by_rule[rule_id]:>6,}  {rule_id}  {title}" for rule_id, title in titles.items() if by_rule[rule_id]),
    ]
    lines += [f"  NOT JUDGED  {pull.reason}" for pull in night.pulls if pull.status is PullStatus.NOT_JUDGED]
    skipped = [pull for pull in night.pulls if pull.status is PullStatus.SKIPPED]
    lines += [f"  skipped     {pull.source}: {pull.reason}" for pull in skipped]
    if night.problems:
        lines.append(f"  {len(night.problems):,} rows or settings need attention: see the sheet Data quality")
    lines += [f"  {line}" for line in exceptions_in_short(night.register)] if night.register else []
    lines += [f"  {line}" for line in receipts(night)]
    if not night.whole and not night.rehearsed:
        lines.append(f"  {_LATEST_IS_THIS if latest else _LATEST_STAYS}")
    lines.append(f"Workbook: {folder / 'audit.xlsx'}")
    if night.rehearsed:
        lines.append(
            "This was a rehearsal: ledger, nights, `latest` and reviewers' copies are as they were, and the next"
            " rehearsal takes its place."
        )
        return "\n".join(lines)
    lines += [f"NOT ANCHORED  {fault}" for fault in night.unanchored]
    lines.append(
        f"Ledger: {night.chain.events:,} events, ending {night.chain.head or 'nowhere'}; keep this line outside"
    )
    return "\n".join(lines)
