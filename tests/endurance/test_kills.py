"""A few of the stops that `python -m tests.endurance.kills` spreads over all phases, and how a signal is taken."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys

import pytest

from audit.night.stopping import Stopped, stop_if_asked, stoppable
from tests.paths import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and forks are POSIX's")


def test_a_night_that_was_killed_leaves_what_its_twin_leaves() -> None:
    """Killed in the middle of collecting, judging, publishing and closing; and copies that change, and two at once."""
    phases = ("sources", "record", "publish", "finish")
    command = [sys.executable, "-m", "tests.endurance.kills", "--runs", "5", "--workers", "1", "--phases", *phases]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
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


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with stoppable():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
