"""A file that was cut off on its way: whatever may have stood behind its end is not rechecked, and never resolved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audit.model.finding import FindingStatus
from tests.states import DAY, State, account, person, rewritten


@pytest.mark.parametrize(
    ("cut", "rows", "unchecked"),
    [
        ("export.csv", 0, {"birch11"}),  # in the middle of its last row
        ("export.csv", 2, {"birch9", "birch10", "birch11"}),  # and those behind it are gone as well
        ("hr.csv", 0, {"birch11"}),
        ("hr.csv", 1, {"birch10", "birch11"}),
    ],
)
def test_what_may_stand_behind_the_end_is_not_resolved(state: State, cut: str, rows: int, unchecked: set[str]) -> None:
    state.people = [person(f"1{n:04}", f"Pat{n}", "Fernsby") for n in range(12)]
    state.accounts["export"] = [account(f"birch{n}", registered_email=f"pat{n}.fernsby@maine.gov") for n in range(12)]
    state.options["export"] = 'registration = "verified"'
    state.official[0]["supervisor_employee_id"] = "10000"
    assert {one.rule_id for one in state.night().findings} == {"E-1"}
    rewritten(state, cut, {})
    path = state.folder / cut
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = lines[: len(lines) - rows]
    path.write_text("".join([*kept[:-1], kept[-1][:9]]), encoding="utf-8")
    night = state.night(DAY + timedelta(days=1))
    found = {one.handle: one.status for one in night.findings if one.rule_id == "E-1"}
    assert {name for name, status in found.items() if status is FindingStatus.NOT_RECHECKED} == unchecked
    assert {status for name, status in found.items() if name not in unchecked} == {FindingStatus.OPEN}
    assert {one.rule_id for one in night.findings} == {"E-1"}
