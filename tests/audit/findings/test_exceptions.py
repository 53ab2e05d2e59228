"""What a row of the register spares, and what becomes of a finding that it covers and of what was decided about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from audit.findings import exceptions
from audit.findings.lifecycle import carry
from audit.model.finding import FindingStatus, Past
from audit.model.organization import Organization
from audit.people.addresses import mail_system
from audit.people.agency_codes import agency_codes
from audit.people.directory import directory
from audit.rules import RULES, Verdicts, judge
from connectors import exceptions_csv
from connectors.contract import Raw
from connectors.records import Agency, Exemption, Person, Provenance, Status
from tests.audit.lives import MONDAY, POLICY, TUESDAY, WEDNESDAY, case, cases, of_rule

TODAY, BEFORE, AFTER = (day.isoformat() for day in (TUESDAY, MONDAY, WEDNESDAY))
STATE = Organization(
    "State of Maine", "ME", ("maine.gov",),
    agencies=(Agency("17", "Department of Transportation", ("MaineDOT",)), Agency("16", "Public Safety")),
)  # fmt: skip


def someone(employee_id: str) -> Person:
    where = Provenance("directory", "hr.csv:2", None, "ab" * 32)
    return Person(
        employee_id, "Ada", "Rivermoor", "", f"{employee_id}@maine.gov", (), "17", "", "", Status.ACTIVE,
        date(2019, 4, 1), None, where,
    )  # fmt: skip


PEOPLE = directory([someone("007"), someone("8")], mail_system(STATE), agency_codes(STATE).codes, TUESDAY)
ACCOUNT = case(handle="quietfern", account_id="555", url="https://x.com/quietfern", employee_id="007")


def written(**more: str) -> Exemption:
    """A row for the account, from E-1."""
    values = {
        "employee_id": "007", "platform": "x", "handle": "quietfern", "rule": "E-1", "what": "the office's newsletter",
        "granted_by": "the Commissioner", "reference": "DOT-14", "from": "2026-01-15", "until": "2026-11-30", **more,
    }  # fmt: skip
    row = Raw(values, "exceptions", "exceptions.csv:2", "ab" * 32, datetime(2026, 11, 1, tzinfo=UTC))
    return exceptions_csv.parse(row)


def verdicts(*rows: Exemption, on: date = TUESDAY) -> Verdicts:
    granted, _ = exceptions.understood(rows, PEOPLE, agency_codes(STATE), POLICY)
    return exceptions.spare(judge(cases(ACCOUNT), RULES), granted, 0, {}, POLICY, on)[0]


COVERS: list[tuple[str, dict[str, str], bool]] = [
    ("the rule", {}, True),
    ("its clause", {"rule": "", "clause": "e"}, True),
    ("its clause in words", {"rule": "", "clause": "Clause E"}, True),
    ("several rules", {"rule": "A-1; E-1"}, True),
    ("several rules with a comma", {"rule": "A-1, e-1"}, True),
    ("another rule", {"rule": "A-2"}, False),
    ("another clause", {"rule": "", "clause": "A"}, False),
    ("a subject of the policy", {"rule": "", "what": "work_email"}, True),
    ("another subject: a grant for a logo is none for an address", {"rule": "", "what": "branding"}, False),
    ("neither rule nor clause", {"rule": ""}, True),
    ("every account there", {"handle": ""}, True),
    ("every platform", {"handle": "", "platform": "all"}, True),
    ("the handle as people write it", {"handle": "@QuietFern"}, True),
    ("its address on the web", {"handle": "", "url": "https://x.com/quietfern"}, True),
    ("another account", {"handle": "quietfern2"}, False),
    ("another account id", {"handle": "", "account_id": "123"}, False),
    ("another platform", {"platform": "Facebook", "handle": ""}, False),
    ("the agency", {"employee_id": "", "agency_code": "17"}, True),
    ("the agency by its name", {"employee_id": "", "agency_code": "MaineDOT"}, True),
    ("the person in that agency", {"agency_code": "17"}, True),
    ("the person in another agency", {"agency_code": "16"}, False),
    ("another agency", {"employee_id": "", "agency_code": "16"}, False),
    ("another person", {"employee_id": "8"}, False),
    ("the person without the zeros", {"employee_id": "7"}, True),
    ("from tomorrow on", {"from": AFTER}, False),
    ("until yesterday", {"until": BEFORE}, False),
    ("from today on", {"from": TODAY}, True),
    ("withdrawn today", {"withdrawn_on": TODAY}, False),
    ("to be withdrawn tomorrow", {"withdrawn_on": AFTER}, True),
    ("no beginning", {"from": ""}, True),
]


@pytest.mark.parametrize(("more", "spares"), [pytest.param(more, spares, id=name) for name, more, spares in COVERS])
def test_a_row_spares_what_it_says_and_no_more(more: dict[str, str], spares: bool) -> None:
    (draft,) = verdicts(written(**more)).holding.values()
    assert bool(draft.spared) is spares


def night(past: dict[str, Past], *rows: Exemption, on: date) -> dict[str, Past]:
    after, _ = carry(past, verdicts(*rows, on=on), frozenset({"export"}), POLICY, on, cases(ACCOUNT))
    return {one.finding.finding_id: one for one in after}


@pytest.mark.parametrize("disposition", ["confirmed", "already corrected", "false match", "needs more evidence"])
def test_what_was_decided_stands_when_an_exception_has_ended(disposition: str) -> None:
    first = of_rule(night({}, on=MONDAY), "E-1")
    decided = replace(first.finding, disposition=disposition, reviewer="Kim", note="seen", decided_on=MONDAY)
    past = {decided.finding_id: replace(first, finding=decided, decided_facts=first.facts)}
    spared = of_rule(night(past, written(until=TODAY), on=TUESDAY), "E-1")
    assert (spared.finding.status, spared.resolved_on) == (FindingStatus.RESOLVED, TUESDAY)
    back = of_rule(night({decided.finding_id: spared}, written(until=TODAY), on=WEDNESDAY), "E-1")
    assert (back.finding.status, back.resolved_on, back.earlier) == (FindingStatus.REOPENED, None, None)
    assert (back.finding.disposition, back.finding.reviewer, back.finding.note) == (disposition, "Kim", "seen")


def test_a_finding_that_had_gone_stays_gone_while_an_exception_covers_it() -> None:
    first = of_rule(night({}, on=MONDAY), "E-1")
    gone = replace(first, finding=replace(first.finding, status=FindingStatus.RESOLVED), resolved_on=MONDAY)
    assert of_rule(night({first.finding.finding_id: gone}, written(), on=TUESDAY), "E-1") == gone


def test_of_several_exceptions_the_one_that_ends_last_is_named() -> None:
    (draft,) = verdicts(written(until=TODAY), written(until="2027-01-01", reference="DOT-15")).holding.values()
    assert draft.spared == "exceptions.csv:2: DOT-15, until 2027-01-01"
