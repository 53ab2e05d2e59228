"""The sheets on which people decide: a finding a row. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from audit.model.finding import Finding, FindingStatus
from audit.model.sheet import Column, Line, Look, SheetPart
from audit.report.grouped_sheets import ACCOUNTS, BY_ACCOUNT, BY_PERSON, PERSONS
from audit.report.official_sheet import OFFICIAL
from audit.report.reader import QUIET_STATUSES, Reader, on_sheet
from audit.report.review_columns import (
    EARLIER,
    KEPT_IN_SIGHT,
    ONCE,
    ROW_LINES,
    TELLING,
    UNCLAIMED,
    WITH_PERSON,
    WITHOUT_PERSON,
    ReadBy,
    digest_of,
    made_unlike,
    seen_by,
    waiting,
    with_further,
)
from audit.report.state_run_sheet import STATE_RUN
from audit.report.table import make_table


def written_headings() -> dict[str, frozenset[str]]:
    """The headings that this program writes on each review sheet; all others are an analyst's own columns."""
    return {name: frozenset((*headings, EARLIER.heading)) for name, headings in _headings().items()}


def telling_headings() -> dict[str, tuple[str, ...]]:
    """Of each review sheet, those of the columns in sight on the left that tell which finding a row is about."""
    headings = _headings().items()
    return {name: tuple(one for one in listed[:KEPT_IN_SIGHT] if one in TELLING) for name, listed in headings}


def _headings() -> dict[str, list[str]]:
    columns: dict[str, Sequence[tuple[Column, object]]] = {
        "Findings": WITH_PERSON,
        "Leads": WITH_PERSON,
        "Unclaimed": UNCLAIMED,
        "Not in directory": WITHOUT_PERSON,
        "Official accounts": OFFICIAL,
        "State-run platforms": STATE_RUN,
        BY_PERSON: PERSONS,
        BY_ACCOUNT: ACCOUNTS,
    }
    return {name: [column.heading for column, _ in listed] for name, listed in columns.items()}


def findings_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """What facts say."""
    return _findings(
        reader,
        "Findings",
        "Facts say that a clause of the policy may apply. Each needs review: only a person's disposition makes it a "
        "conclusion.",
        WITH_PERSON,
    )


def leads_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """What contains an inference."""
    return _findings(
        reader,
        "Leads",
        "Nobody is accused here. A lead contains an inference (a shared name, weak evidence): it says where to look, "
        "and may well be wrong.",
        WITH_PERSON,
    )


def unclaimed_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """Accounts that look official and belong to nobody."""
    return _findings(
        reader,
        "Unclaimed",
        "For the communications office: they look official, and nobody has registered them. Nobody is accused. Find "
        "out who runs each, then register it or ask for another name.",
        UNCLAIMED,
    )


def not_in_directory_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """Accounts of state mailboxes that are nobody's."""
    return _findings(
        reader,
        "Not in directory",
        "State mailboxes that are nobody's in tonight's HR directory: a former employee, a shared mailbox, a typing "
        "error. Nobody is guessed.",
        WITHOUT_PERSON,
    )


def _findings(reader: Reader, name: str, intro: str, columns: Sequence[ReadBy[Finding]]) -> tuple[SheetPart, ...]:
    mine = on_sheet(reader, name)
    shown = made_unlike(seen_by(reader, with_further(columns, reader, mine, lambda one: one)), mine, digest_of)
    title = f"{name}: {len(mine):,}" + (f", {_counted(mine)}" if mine else "") + waiting(reader, mine)
    table = make_table(name.replace(" ", ""), shown, mine, quiet=QUIET_STATUSES, most_lines=ROW_LINES, dense=True)
    return (Line(title, Look.TITLE), Line(intro), ONCE, table)


def _counted(findings: Iterable[Finding]) -> str:
    """How many are new, open, and so on."""
    counts = Counter(finding.status for finding in findings)
    return ", ".join(f"{counts[status]:,} {status}" for status in FindingStatus if counts[status])
