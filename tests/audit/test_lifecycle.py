"""One finding's life as a table: what was known, what tonight says, what follows."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from audit.config import load_policy
from audit.findings import FindingStatus, Tier
from audit.lifecycle import Past, carry, finding_from, tonight
from audit.rules import RULES, Draft, Verdicts

POLICY = load_policy("maine", Path(), Path("audit.toml"))
MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)
CASE = {
    "platform": "x", "identity": "1", "account_id": "1", "handle": "h", "url": "", "display_name": "",
    "shown_mailbox": "", "registered_mailbox": "a@maine.gov", "registered_email": "A@maine.gov", "employee_id": "7",
    "supervisor_id": "", "employee_name": "A B", "agency_code": "17", "matched_text": "",
    "link_step": "registered with the employee's state address", "link_value": "a@maine.gov", "rivals": 0,
}  # fmt: skip


def draft(*, fresh: bool = True, because: str = "seen") -> Draft:
    return Draft("E-1-x", RULES[0], CASE, because, Tier.FINDING, (), ("export",), fresh)


OPEN = Past(finding_from(draft(), POLICY, MONDAY))
RESOLVED = Past(replace(OPEN.finding, status=FindingStatus.RESOLVED), resolved_on=MONDAY)
STATUS = FindingStatus


@pytest.mark.parametrize(
    ("known", "held", "unknown", "complete", "status"),
    [
        (None, draft(), False, True, STATUS.NEW),
        (None, draft(fresh=False), False, False, None),
        (None, None, True, True, None),
        (OPEN, draft(), False, True, STATUS.OPEN),
        (OPEN, draft(fresh=False), False, False, STATUS.NOT_RECHECKED),
        (OPEN, None, False, True, STATUS.RESOLVED),
        (OPEN, None, False, False, STATUS.NOT_RECHECKED),
        (OPEN, None, True, True, STATUS.NOT_RECHECKED),
        (RESOLVED, draft(), False, True, STATUS.REOPENED),
        (RESOLVED, draft(fresh=False), False, False, STATUS.RESOLVED),
        (RESOLVED, None, False, True, STATUS.RESOLVED),
        (RESOLVED, None, True, False, STATUS.RESOLVED),
    ],
)
def test_carry(known: Past | None, held: Draft | None, unknown: bool, complete: bool, status: STATUS | None) -> None:
    verdicts = Verdicts({"E-1-x": held} if held else {}, frozenset({"E-1-x"} if unknown else ()))
    past = {"E-1-x": known} if known else {}
    whole = frozenset({"export"} if complete else ())
    after, changes = carry(past, verdicts, whole, POLICY, TUESDAY)
    assert [one.finding.status for one in after] == ([status] if status else [])
    assert bool(changes) == (status in (STATUS.NEW, STATUS.REOPENED) or (known is OPEN and status is STATUS.RESOLVED))
    again, more = carry({one.finding.finding_id: one for one in after}, verdicts, whole, POLICY, TUESDAY)
    assert again == after
    assert more == ()


def test_what_a_person_decided_is_kept_when_a_finding_is_seen_again() -> None:
    decided = replace(OPEN, finding=replace(OPEN.finding, disposition="confirmed", reviewer="KL", note="spoke to A"))
    (after,), _ = carry(
        {"E-1-x": decided}, Verdicts({"E-1-x": draft()}, frozenset()), frozenset({"export"}), POLICY, TUESDAY
    )
    assert (after.finding.disposition, after.finding.reviewer, after.finding.note) == ("confirmed", "KL", "spoke to A")


def test_resolved_findings_are_reported_on_their_day_only() -> None:
    assert tonight(RESOLVED, MONDAY)
    assert not tonight(RESOLVED, TUESDAY)
    assert tonight(OPEN, TUESDAY)
