"""What a piece of work took: measured in a process of its own, several times, the median of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.paths import ROOT

AT_MOST = 7_200
"""Seconds after which a piece of work is stopped."""


class NotMeasured(Exception):
    """The work failed, or what it needs is not here; the text is for the table."""


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock and of processors without imports, peak memory in MB, and a word about the result."""

    wall: float
    cpu: float
    peak: float
    note: str = ""


def done(
    task: str, *arguments: object, modules: Sequence[str] = (), learn: bool = False, python: str = sys.executable
) -> dict[str, Any]:
    """Do a task of tests/benchmarks/tasks.py in a fresh process; what it told. Raises NotMeasured."""
    order = {"task": task, "arguments": arguments, "modules": list(modules), "learn": learn}
    command = [python, "-m", "tests.benchmarks.one", json.dumps(order, default=str)]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=AT_MOST)
    except subprocess.TimeoutExpired:
        raise NotMeasured(f"{task} was stopped after {AT_MOST} s") from None
    if ended.returncode:
        lines = [line for line in ended.stderr.splitlines() if line.strip()]
        if lines and lines[-1].startswith("ModuleNotFoundError"):
            raise NotMeasured(f"not installed ({lines[-1].split()[-1]})")
        raise NotMeasured(f"{task} ended with {ended.returncode}: {lines[-1] if lines else 'no word'}")
    told: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return told


def spent(task: str, *arguments: object, modules: Sequence[str] = (), python: str = sys.executable) -> Spent:
    """What a task took. Raises NotMeasured."""
    told = done(task, *arguments, modules=modules, python=python)
    return Spent(told["wall"], told["cpu"], told["peak"], told.get("note", ""))


def of_program(command: Sequence[str | Path]) -> Spent:
    """What a program that is not Python took. Raises NotMeasured where it is not installed, or fails."""
    began = time.perf_counter()
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    except FileNotFoundError:
        raise NotMeasured("not installed") from None
    assert process.stdout
    said = process.stdout.read().strip()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) > 1:  # 1: nothing found
        raise NotMeasured(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}")
    peak = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return Spent(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, peak, said[-60:])


def repeated(repeats: int, work: Callable[[], Spent]) -> Spent:
    """The medians of several times, the highest peak, and the note of the last."""
    every = [work() for _ in range(repeats)]
    return Spent(
        median(one.wall for one in every),
        median(one.cpu for one in every),
        max(one.peak for one in every),
        every[-1].note,
    )
