"""By what profiles are read: what was kept of them is used again where it is the same, and there alone."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from audit.config import default_policy
from audit.model.organization import Organization
from audit.night.judged_by import read_by
from audit.profiles.example_state import default_organization

TELL = (
    "from audit.config import default_policy; from audit.night.judged_by import read_by;"
    "from audit.profiles.example_state import default_organization;"
    "print(read_by(default_policy(), default_organization()))"
)
MAINE = default_organization()


def test_it_is_the_same_in_every_process() -> None:
    """Sets have another order in each, and objects another address."""
    told = {
        subprocess.run(
            [sys.executable, "-c", TELL],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert told == {read_by(default_policy(), MAINE)}


@pytest.mark.parametrize(
    "other",
    [
        replace(MAINE, state="NH"),
        replace(MAINE, mail_domains=(*MAINE.mail_domains, "maine.example")),
        replace(MAINE, agencies=MAINE.agencies[1:]),
        replace(MAINE, agencies=(replace(MAINE.agencies[0], acronyms=("XYZ",)), *MAINE.agencies[1:])),
    ],
)
def test_another_organization_reads_otherwise(other: Organization) -> None:
    assert read_by(default_policy(), other) != read_by(default_policy(), MAINE)


def test_another_policy_reads_otherwise() -> None:
    policy = default_policy()
    assert read_by(replace(policy, name="another"), MAINE) != read_by(policy, MAINE)
