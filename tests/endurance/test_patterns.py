"""A share of what `python -m tests.endurance.patterns` tries, the same each time; and that none is left out."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.endurance.patterns import Pattern, attacks, worst
from tests.paths import ROOT

SHARE, FEWEST = "6", 120
QUADRATIC = (r"\s+$", r"[\w.]+@x", r"(?:a |b |is )*personal", r"\[[^\]]*\]")
SMALL = 3_000
LINEAR = (r"(?<!\s)\s+$", r"\bstate of maine\b", r"(?<![\w.])[\w.]+@x", r"[a-z]@[a-z]")


def test_patterns_take_time_in_proportion_and_none_is_left_out() -> None:
    command = [sys.executable, "-m", "tests.endurance.patterns", "--share", SHARE, "--slowest", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = re.search(r"(\d+) patterns in .* 0 did not pass, 0 were left .* 0 calls", done.stdout)
    assert (done.returncode, done.stderr, bool(found)) == (0, "", True), done.stdout + done.stderr
    assert found is not None
    assert int(found[1]) >= FEWEST


def test_attacks_find_what_is_quadratic_and_nothing_else() -> None:
    tried = {source: worst(Pattern(source, 0, "here:1"), SMALL) for source in (*QUADRATIC, *LINEAR)}
    assert [source for source, found in tried.items() if not found.passed] == list(QUADRATIC)
    assert len(set(attacks(Pattern(QUADRATIC[2], 0, "here:1")))) > len(QUADRATIC)


def test_where_texts_have_a_bound_time_at_that_length_decides() -> None:
    tried = [r"[\w.]+@x", r"a.*a.*a.*b"]
    assert [worst(Pattern(source, 0, "here:1", longest=200)).passed for source in tried] == [True, False]
