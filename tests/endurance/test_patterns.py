"""A share of what `python -m tests.endurance.patterns` tries, where IDENTITY_AUDIT_PATTERNS is set."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.endurance.patterns import Pattern, attacks, worst
from tests.paths import ROOT

pytestmark = pytest.mark.skipif(
    "IDENTITY_AUDIT_PATTERNS" not in os.environ, reason="takes 20 s of a processor; set IDENTITY_AUDIT_PATTERNS"
)
SHARE, FEWEST = "12", 10
QUADRATIC = (r"\s+$", r"[\w.]+@x", r"(?:a |b |is )*personal", r"\[[^\]]*\]")
LINEAR = (r"(?<!\s)\s+$", r"\bstate of maine\b", r"(?<![\w.])[\w.]+@x", r"[a-z]@[a-z]")


def test_the_patterns_that_read_profiles_take_time_in_proportion() -> None:
    command = [sys.executable, "-m", "tests.endurance.patterns", "--share", SHARE, "--slowest", "0"]
    command += ["--only", "audit/profiles/disclaimers.py", "audit/people/"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = re.search(r"(\d+) patterns in .* 0 did not pass", done.stdout)
    assert (done.returncode, done.stderr, bool(found)) == (0, "", True), done.stdout + done.stderr
    assert found is not None
    assert int(found[1]) >= FEWEST


def test_attacks_find_what_is_quadratic_and_nothing_else() -> None:
    tried = {source: worst(Pattern(source, 0, "here:1")) for source in (*QUADRATIC, *LINEAR)}
    assert [source for source, found in tried.items() if not found.passed] == list(QUADRATIC)
    assert len(set(attacks(Pattern(QUADRATIC[2], 0, "here:1")))) > len(QUADRATIC)
