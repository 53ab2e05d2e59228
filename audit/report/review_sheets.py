"""The sheets on which people decide: a finding a row. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from audit.model.finding import Finding, FindingStatus
from audit.model.sheet import Column, Line, Look, Sheet, Table
from audit.report.official_sheet import OFFICIAL, official_sheet
from audit.report.reader import QUIET_STATUSES, Reader, Rows, place
from audit.report.review_columns import (
    EARLIER,
    LAST,
    TYPE_HERE,
    UNCLAIMED,
    WITH_PERSON,
    WITHOUT_PERSON,
    CellOf,
    with_further,
)


def written_headings() -> dict[str, frozenset[str]]:
    """The headings that this program writes on each review sheet; all others are an analyst's own columns."""
    layouts = {
        "Findings": WITH_PERSON,
        "Leads": WITH_PERSON,
        "Unclaimed": UNCLAIMED,
        "Not in directory": WITHOUT_PERSON,
    }
    written = {name: [column for column, _ in columns] for name, columns in layouts.items()}
    written["Official accounts"] = [*OFFICIAL, *(column for column, _ in LAST)]
    return {name: frozenset(column.heading for column in (*columns, EARLIER)) for name, columns in written.items()}


def review_sheets(reader: Reader) -> tuple[Sheet, ...]:
    """Findings, Leads, Official accounts, Unclaimed, Not in directory."""
    return (
        _findings(
            reader,
            "Findings",
            "Facts say that a clause of the policy may apply to these accounts. Each one needs review: only a person's "
            "disposition makes it a conclusion.",
        ),
        _findings(
            reader,
            "Leads",
            "Nobody is accused of anything here. A lead contains an inference (a shared name, weak evidence): it says "
            "where to look, and may well be wrong.",
        ),
        official_sheet(reader),
        _findings(
            reader,
            "Unclaimed",
            "For the communications office: accounts that look official, stand in no registry of official accounts and "
            "are tied to no employee. Nobody is accused: such an account may be an official one that nobody has "
            "registered. Find out who runs it, then register it or ask for another name.",
            UNCLAIMED,
        ),
        _findings(
            reader,
            "Not in directory",
            "State mailboxes that belong to nobody in tonight's HR directory: a former employee, a shared mailbox or a "
            "typing error. Nobody is guessed.",
            WITHOUT_PERSON,
        ),
    )


def _findings(reader: Reader, name: str, intro: str, columns: Sequence[tuple[Column, CellOf]] = WITH_PERSON) -> Sheet:
    mine = [finding for finding in reader.findings if place(finding) == name]
    columns = with_further(columns, reader, mine)
    cells = tuple(cell for _, cell in columns)
    rows = Rows(lambda finding: tuple(cell(reader, finding) for cell in cells), mine)
    headings = tuple(column for column, _ in columns)
    table = Table(name.replace(" ", ""), headings, rows, quiet=QUIET_STATUSES)
    title = f"{name}: {len(mine):,}" + (f", {_counted(mine)}" if mine else "")
    return Sheet(name, (Line(title, Look.TITLE), Line(intro), TYPE_HERE, table), keep=3)


def _counted(findings: Iterable[Finding]) -> str:
    counts = Counter(finding.status for finding in findings)
    return ", ".join(f"{counts[status]:,} {status}" for status in FindingStatus if counts[status])
