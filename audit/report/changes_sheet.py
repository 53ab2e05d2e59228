"""The sheet "Changes": what happened to findings since the night before, a change a row, with its cause. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from audit.model.finding import FindingStatus
from audit.model.night import Changed
from audit.model.sheet import Column, Kind, Line, Look, SheetPart, Tone
from audit.report.reader import SEVERITY_TONES, Reader, link_to, place
from audit.report.table import Shown, make_table

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


def changes_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """Everything that happened since the night before, over all runs of the day: the chain of events in words."""
    places = {finding.finding_id: at for at, finding in enumerate(reader.findings)}
    last = len(places)

    def order(change: Changed) -> tuple[int, int, str]:
        return (_IN_ORDER.index(_happened(change)), places.get(change.finding.finding_id, last), change.reason)

    changes = sorted(reader.changes, key=order)
    counts = Counter(_happened(change) for change in changes)
    counted = ", ".join(f"{counts[kind]:,} {kind}" for kind in _IN_ORDER if counts[kind])
    return (
        Line(f"Changes since the night before: {len(changes):,}" + (f", {counted}" if counted else ""), Look.TITLE),
        Line(
            "One row a change, over all runs of the day. The sheet named in each row has the finding itself, and "
            "is where to decide. "
            "Findings that stand as they stood are not listed here."
        ),
        make_table("Changes", _columns(reader), changes, "nothing has changed"),
    )


def _columns(reader: Reader) -> tuple[Shown[Changed], ...]:
    return (
        (Column("What happened", 16, wrap=True, tones=_TONES), _happened),
        (Column("Cause", 24, wrap=True), lambda one: one.cause or _CAUSES.get(one.kind, "cannot tell")),
        (Column("In full", 48, wrap=True), _in_full),
        (Column("By whom", 16, wrap=True), lambda one: one.who),
        (Column("On sheet", 16, wrap=True), lambda one: place(one.finding)),
        (Column("Severity", 10, tones=SEVERITY_TONES), lambda one: str(one.finding.severity)),
        (Column("Rule", 32, wrap=True), lambda one: reader.rule(one.finding)),
        (Column("Agency", 22, wrap=True), lambda one: reader.agency(one.finding.agency_code)),
        (Column("Employee", 20, wrap=True), lambda one: one.finding.employee_name),
        (Column("Employee ID", 12), lambda one: one.finding.employee_id),
        (Column("Platform", 11), lambda one: one.finding.platform),
        (Column("Handle", 22, Kind.LINK, wrap=True), lambda one: link_to(one.finding)),
        # Not "Finding ID": a sheet with that heading is read back as one on which people decide.
        (Column("About finding", 18), lambda one: one.finding.finding_id),
    )


def _happened(change: Changed) -> str:
    return change.kind if change.kind in _IN_ORDER else EVIDENCE_CHANGED


def _in_full(change: Changed) -> str:
    """The ledger's sentence; of a decision the columns alone, since its file may bear another agency's name."""
    if change.kind != DECIDED:
        return f"{change.reason[:1].upper()}{change.reason[1:]}"
    return "\n".join(_said(name, text) for name, text in change.words.items())


def _said(name: str, text: str) -> str:
    heading = name.replace("_", " ").capitalize()
    return f"{heading}: {text}" if text else f"{heading}: emptied"
