"""The sheet "Changes": what happened to findings since the night before, a change a row, with its cause. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from audit.model.finding import FindingStatus
from audit.model.night import Changed
from audit.model.sheet import Column, Kind, Line, Link, Look, Row, Sheet, Table, Tone
from audit.people.identity import called
from audit.report.reader import SEVERITY_TONES, Reader, Rows, place

DECIDED = "decided"
EVIDENCE_CHANGED = "evidence changed"
_IN_ORDER = (
    FindingStatus.NEW, FindingStatus.REOPENED, EVIDENCE_CHANGED, DECIDED, FindingStatus.RESOLVED,
    FindingStatus.NOT_RECHECKED,
)  # fmt: skip
_TONES: Mapping[str, Tone] = {
    FindingStatus.NEW: Tone.NEWS,
    FindingStatus.REOPENED: Tone.NEWS,
    EVIDENCE_CHANGED: Tone.WARNING,
    FindingStatus.NOT_RECHECKED: Tone.WARNING,
    FindingStatus.RESOLVED: Tone.QUIET,
}
_CAUSES: Mapping[str, str] = {
    FindingStatus.NEW: "seen for the first time",
    DECIDED: "somebody decided",
    FindingStatus.NOT_RECHECKED: "a source was not judged",
}
"""What the ledger leaves unsaid, because it goes without saying."""

# Not "Finding ID": a sheet with that heading is read back as one on which people decide.
COLUMNS = (
    Column("What happened", 16, wrap=True, tones=_TONES),
    Column("Cause", 24, wrap=True),
    Column("In full", 48, wrap=True),
    Column("By whom", 16, wrap=True),
    Column("On sheet", 16, wrap=True),
    Column("Severity", 10, tones=SEVERITY_TONES),
    Column("Rule", 32, wrap=True),
    Column("Agency", 22, wrap=True),
    Column("Employee", 20, wrap=True),
    Column("Employee ID", 12),
    Column("Platform", 11),
    Column("Handle", 22, Kind.LINK, wrap=True),
    Column("About finding", 18),
)


def changes_sheet(reader: Reader) -> Sheet:
    """Everything that happened since the night before, over all runs of the day: the chain of events in words."""
    places = {finding.finding_id: at for at, finding in enumerate(reader.findings)}
    last = len(places)

    def order(change: Changed) -> tuple[int, int, str]:
        return (_IN_ORDER.index(_happened(change)), places.get(change.finding.finding_id, last), change.reason)

    changes = sorted(reader.changes, key=order)
    counts = Counter(_happened(change) for change in changes)
    counted = ", ".join(f"{counts[kind]:,} {kind}" for kind in _IN_ORDER if counts[kind])
    return Sheet(
        "Changes",
        (
            Line(f"Changes since the night before: {len(changes):,}" + (f", {counted}" if counted else ""), Look.TITLE),
            Line(
                "One row a change, over all runs of the day. The sheet named in each row has the finding itself, and "
                "is where to decide. "
                "Findings that stand as they stood are not listed here."
            ),
            Table("Changes", COLUMNS, Rows(lambda one: _row(reader, one), changes), "nothing has changed"),
        ),
        keep=1,
    )


def _happened(change: Changed) -> str:
    return change.kind if change.kind in _IN_ORDER else EVIDENCE_CHANGED


def _row(reader: Reader, change: Changed) -> Row:
    finding = change.finding
    return (
        _happened(change),
        change.cause or _CAUSES.get(change.kind, "cannot tell"),
        _in_full(change),
        change.who,
        place(finding),
        str(finding.severity),
        reader.rule(finding),
        reader.agency(finding.agency_code),
        finding.employee_name,
        finding.employee_id,
        finding.platform,
        Link(called(finding), finding.url),
        finding.finding_id,
    )


def _in_full(change: Changed) -> str:
    """The ledger's sentence; of a decision the columns alone, since its file may bear another agency's name."""
    if change.kind != DECIDED:
        return f"{change.reason[:1].upper()}{change.reason[1:]}"
    return "\n".join(_said(name, text) for name, text in change.words.items())


def _said(name: str, text: str) -> str:
    heading = name.replace("_", " ").capitalize()
    return f"{heading}: {text}" if text else f"{heading}: emptied"
