"""A part of the whole matrix, which `python -m tests.endurance.faults` runs: a fault of each kind, whole nights."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.endurance.faults import FAULTS, LIVE, healthy, outcome

LEAST = 26
SOME = {
    "mastodon_admin": {"null item": "partial", "cut body": "not judged", "next page elsewhere": "not judged"},
    "github_org": {"RATE_LIMITED in a 200": "not judged", "403 secondary limit": "not judged"},
    "hr_scim": {"null item": "partial"},
    "x": {"429 reset has passed": "not judged", "certificate expired": "not judged", "gzip bomb": "not judged"},
    "reddit": {"said back, 401": "not judged"},
}


def test_the_matrix_knows_every_fault_once() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= LEAST


@pytest.mark.parametrize("name", SOME)
def test_a_night_with_a_fault_ends_and_changes_no_finding(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    calm = healthy(LIVE[name], folder)
    assert calm.findings
    faults = [fault for fault in FAULTS if fault.name in SOME[name]]
    found = [outcome(LIVE[name], fault, folder, calm, 0) for fault in faults]
    assert [one for one in found if not one.passed] == []
    assert {one.fault: one.what for one in found} == SOME[name]
