"""Which sheets the organization's workbook has, and which an agency's. Pure.

Another sheet is a file that says what stands on it, and a line in SHEETS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from audit.model.night import Night
from audit.model.settings import NO_ANSWER, AgencyAnswer
from audit.model.sheet import Card, Sheet, SheetPart, Table
from audit.people.agency_codes import shared_codes
from audit.report.cards import CARDS, cards_sheet, printed_header
from audit.report.changes_sheet import changes_sheet
from audit.report.coverage_sheet import agency_coverage_sheet, coverage_sheet
from audit.report.exceptions_sheet import exceptions_sheet
from audit.report.grouped_sheets import BY_ACCOUNT, BY_PERSON, by_account_sheet, by_person_sheet
from audit.report.leavers_sheet import leavers_sheet
from audit.report.official_sheet import official_sheet
from audit.report.parcel import COVER, cover_sheet
from audit.report.quality import data_quality_sheet, import_problems_sheet
from audit.report.reader import PLACES, Reader, reader_of
from audit.report.review_columns import KEPT_IN_SIGHT
from audit.report.review_sheets import findings_sheet, leads_sheet, not_in_directory_sheet, unclaimed_sheet
from audit.report.rules_sheet import rules_sheet
from audit.report.start_here import start_here
from audit.report.state_run_sheet import state_run_sheet
from audit.report.trends_sheet import trends_sheet
from audit.report.trust_sheet import trust_sheet

START_HERE = "Start here"

Parts = Callable[[Reader], tuple[SheetPart, ...]]
"""What stands on a sheet, as a reader may see it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A sheet by its name, what it is for (as Start here says), and what stands on it.

    `agency` is what an agency's copy has of it: None where it may see none of it. `keep` columns stay in sight.
    """

    name: str
    purpose: str
    whole: Parts
    agency: Parts | None
    keep: int = 0


SHEETS = (
    Listed(
        "Findings", "Facts that a hearing would accept. Decide here.",
        findings_sheet, findings_sheet, keep=KEPT_IN_SIGHT,
    ),
    Listed(
        "Leads", "An inference is in them: where to look, and perhaps wrong. Decide here.",
        leads_sheet, leads_sheet, keep=KEPT_IN_SIGHT,
    ),
    Listed(
        "Official accounts", "The registry, and what is amiss with its entries. Decide here.",
        official_sheet, official_sheet, keep=KEPT_IN_SIGHT,
    ),
    Listed(
        "State-run platforms",
        "Accounts for work on systems that the State itself runs, and who holds them. Decide here.",
        state_run_sheet, state_run_sheet, keep=KEPT_IN_SIGHT,
    ),
    Listed(
        "Unclaimed",
        "Accounts that look official and that nobody claims, for the communications office. Decide here.",
        unclaimed_sheet, unclaimed_sheet, keep=KEPT_IN_SIGHT,
    ),
    Listed(
        "Not in directory", "State mailboxes that belong to nobody in HR. Decide here.",
        not_in_directory_sheet, not_in_directory_sheet, keep=KEPT_IN_SIGHT,
    ),
    Listed(
        BY_PERSON, "One row for each employee: what is typed there goes to all of their findings and leads.",
        by_person_sheet, by_person_sheet, keep=4,
    ),
    Listed(
        BY_ACCOUNT, "One row for each account: what is typed there goes to all that was found about it.",
        by_account_sheet, by_account_sheet, keep=4,
    ),
    Listed(
        "Leavers", "Who has left and what still hangs on them, for offboarding.", leavers_sheet, leavers_sheet, keep=2
    ),
    Listed(
        CARDS, "For paper and for a hearing: one finding a page. Print these, not the tables.",
        cards_sheet, cards_sheet,
    ),
    Listed(
        "Exceptions", "What somebody has authorised, what that spares, and until when.",
        exceptions_sheet, exceptions_sheet,
    ),
    Listed(
        "Changes", "What is otherwise than at the last run, each with its cause.", changes_sheet, changes_sheet, keep=1
    ),
    Listed("Trends", "Open findings by week, agency and rule; how long decisions take.", trends_sheet, trends_sheet),
    Listed(
        "Coverage",
        "What was read, and what was not: an account that is not listed may not have been looked at.",
        coverage_sheet, agency_coverage_sheet,
    ),
    # Rejected rows may name the people of any agency.
    Listed("Data quality", "Rows and files that could not be used as they stand.", data_quality_sheet, None),
    Listed("Rules", "What is asked, with the policy quoted word for word.", rules_sheet, rules_sheet, keep=1),
    Listed("Trust", "What people's decisions say of each rule and source.", trust_sheet, None, keep=1),
    Listed("Import problems", "What was typed into workbooks and could not be placed.", import_problems_sheet, None),
)  # fmt: skip
"""The sheets behind the first one, in their order."""


def sheets(night: Night) -> tuple[Sheet, ...]:
    """The sheets of the organization's workbook, in order."""
    reader = reader_of(night)
    return _book(reader, _written(reader, ((one, one.whole) for one in SHEETS)))


def agency_sheets(night: Night, agency_code: str, answer: AgencyAnswer = NO_ANSWER) -> tuple[Sheet, ...]:
    """The sheets of one agency's workbook: what concerns this agency alone, and nothing of the others.

    Its findings, registered accounts, seats, unclaimed accounts that bear its name, changes and trends. Coverage shows
    no counts, since they are the organization's. Before them a cover; sheets on which nothing stands are left out.
    """
    reader = reader_of(night, agency_code)
    whole = _written(reader, [(one, one.agency) for one in SHEETS if one.agency])
    kept = [(one, sheet) for one, sheet in whole if _holds_something(sheet)]
    left_out = [one.name for one, sheet in whole if not _holds_something(sheet)]
    first = Sheet(COVER, cover_sheet(reader, answer, left_out), header=_header(reader))
    return (first, *_book(reader, kept))


def _written(reader: Reader, listed: Iterable[tuple[Listed, Parts]]) -> list[tuple[Listed, Sheet]]:
    header = _header(reader)
    paper = f"{header}. For Letter paper: the sheet {CARDS}"
    return [
        (
            one,
            Sheet(
                one.name, parts(reader), one.keep, paper if one.name in PLACES else header, upright=one.name == CARDS
            ),
        )
        for one, parts in listed
    ]


def _book(reader: Reader, written: Sequence[tuple[Listed, Sheet]]) -> tuple[Sheet, ...]:
    others = [(one.name, one.purpose) for one, _ in written]
    first = Sheet(START_HERE, start_here(reader, others), header=_header(reader))
    return (first, *(sheet for _, sheet in written))


def _header(reader: Reader) -> str:
    night = reader.night
    return printed_header(night.organization.name, night.as_of, night.run_id)


def _holds_something(sheet: Sheet) -> bool:
    """Whether any of its tables has a row, or it has a card."""
    tables = [part for part in sheet.parts if isinstance(part, Table)]
    return any(isinstance(part, Card) for part in sheet.parts) or any(any(islice(one.rows, 1)) for one in tables)


def agencies_with_a_book(night: Night) -> tuple[str, ...]:
    """The agencies that have a workbook: those with a finding, a leaver, a registered official account, or a seat.

    A code that two agencies share has none: each would see the other's people.
    """
    found = {one.agency_code for one in night.findings} | {one.agency_code for one in night.leavers}
    found |= {seat.agency_code for seat in night.seats}
    found |= {row.account.agency_code for row in night.registry}
    return tuple(sorted(found - {"", *shared_codes(night.organization)}))
