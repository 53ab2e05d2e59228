"""A few of the stops that `python -m tests.endurance.kills` spreads over all phases, and how a signal is taken."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from audit.night.publish import point_latest
from audit.night.stopping import Stopped, nothing_left_to_stop, stop_if_asked, stoppable
from tests.paths import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and forks are POSIX's")


def test_a_night_that_was_killed_leaves_what_its_twin_leaves() -> None:
    """Two of all phases, copies that change, and two at once: others each day, all within a week."""
    seed = str(date.today().toordinal())  # noqa: DTZ011
    words = ["--runs", "11", "--part", "2", "--seed", seed, "--workers", "1"]
    command = [sys.executable, "-m", "tests.endurance.kills", *words]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, f"{' '.join(command)}\n{told.stdout}{told.stderr}"
    assert told.stdout.endswith("\n0 differences\n")


@pytest.mark.usefixtures("heeded")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_once_and_is_not_forgotten(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with stoppable():
        with pytest.raises(Stopped) as stopped:
            os.kill(os.getpid(), number)
        assert stopped.value.by is number
        os.kill(os.getpid(), number)  # what is taken back is not disturbed
        with pytest.raises(Stopped):
            stop_if_asked()
    assert signal.getsignal(number) is before
    stop_if_asked()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("lost", ["to another exception", "in a finalizer"])
def test_a_signal_whose_exception_was_lost_stops_at_the_next_step(lost: str) -> None:
    class Odd:
        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGTERM)

    with stoppable():
        if lost == "in a finalizer":
            Odd()
        else:  # as DuckDB does: its "Query interrupted" is an Exception
            with contextlib.suppress(BaseException):
                os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Stopped):
            stop_if_asked()


def test_a_signal_that_python_drops_says_nothing_besides() -> None:
    """Python tells of an exception in a finalizer; the command ends with its own sentence, and nothing behind it."""

    class Odd:
        def __init__(self, fault: Callable[[], object]) -> None:
            self.fault = fault

        def __del__(self) -> None:
            self.fault()

    told: list[object] = []
    before, sys.unraisablehook = sys.unraisablehook, told.append
    try:
        with stoppable():
            Odd(lambda: os.kill(os.getpid(), signal.SIGTERM))
            assert told == []
            Odd(lambda: 1 / 0)
            assert len(told) == 1
    finally:
        sys.unraisablehook = before


def test_a_signal_that_comes_when_all_is_done_comes_too_late() -> None:
    with stoppable():
        nothing_left_to_stop()
        os.kill(os.getpid(), signal.SIGTERM)
        stop_if_asked()
    with stoppable(), pytest.raises(Stopped):
        os.kill(os.getpid(), signal.SIGTERM)


def test_a_link_that_was_about_to_be_made_is_gone_where_it_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "2026-11-20").mkdir()
    monkeypatch.setattr(Path, "replace", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    with stoppable(), pytest.raises(Stopped):
        point_latest(tmp_path, tmp_path / "2026-11-20")
    assert [path.name for path in tmp_path.iterdir()] == ["2026-11-20"]


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with stoppable():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
