"""Which sheets the organization's workbook has, and which an agency's. Pure."""

from __future__ import annotations

from audit.model.night import Night
from audit.model.sheet import Sheet
from audit.report.changes_sheet import changes_sheet
from audit.report.coverage_sheet import agency_coverage_sheet, coverage_sheet
from audit.report.quality import data_quality_sheet, import_problems_sheet
from audit.report.reader import reader_of
from audit.report.review_sheets import review_sheets
from audit.report.rules_sheet import rules_sheet
from audit.report.start_here import start_here
from audit.report.trends_sheet import trends_sheet
from audit.report.trust_sheet import trust_sheet


def sheets(night: Night) -> tuple[Sheet, ...]:
    """The sheets of the organization's workbook, in order."""
    reader = reader_of(night)
    return (
        start_here(reader),
        *review_sheets(reader),
        changes_sheet(reader),
        trends_sheet(reader),
        coverage_sheet(night),
        data_quality_sheet(night),
        rules_sheet(reader),
        trust_sheet(reader),
        import_problems_sheet(night),
    )


def agency_sheets(night: Night, agency_code: str) -> tuple[Sheet, ...]:
    """The sheets of one agency's workbook: what concerns this agency alone, and nothing of the others.

    Its findings, registered accounts, unclaimed accounts that bear its name, changes and trends. Coverage shows no
    counts, since they are the organization's, and rejected rows are left out, since they may name other agencies'
    people.
    """
    reader = reader_of(night, agency_code)
    return (
        start_here(reader),
        *review_sheets(reader),
        changes_sheet(reader),
        trends_sheet(reader),
        agency_coverage_sheet(night),
        rules_sheet(reader),
    )


def agencies_with_a_book(night: Night) -> tuple[str, ...]:
    """The agencies that have a workbook: those with a finding, or with a registered official account."""
    found = {finding.agency_code for finding in night.findings}
    return tuple(sorted((found | {row.account.agency_code for row in night.registry}) - {""}))
