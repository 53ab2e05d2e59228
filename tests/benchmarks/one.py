"""One piece of work in a process of its own, with what it imports loaded before the clock starts.

Run by tests/benchmarks/spent.py: python -m tests.benchmarks.one '{"task": …, "arguments": […], …}'
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import re
import resource
import sys
import time
from pathlib import Path
from typing import Any

HIGHEST = re.compile(r"VmHWM:\s*(\d+) kB")


def load(names: list[str]) -> None:
    """Import what a piece of work imported when it was done in small."""
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def used() -> float:
    """Seconds of processor time of this process and of those that it started and that ended."""
    return sum(
        one.ru_utime + one.ru_stime for one in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def peak() -> float:
    """The most memory that this process had at once, in MB. Linux counts that of the starting process, too, in
    ru_maxrss, and has it alone in VmHWM."""
    status = Path("/proc/self/status")
    found = HIGHEST.search(status.read_text(encoding="ascii")) if status.exists() else None
    if found:
        return int(found.group(1)) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def main() -> None:
    """Do the work and print what it took as JSON."""
    order: dict[str, Any] = json.loads(sys.argv[1])
    began = time.perf_counter()
    load(order["modules"])
    tasks = importlib.import_module("tests.benchmarks.tasks")
    loaded = time.perf_counter() - began
    before, began = used(), time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()) as said:
        told = tasks.TASKS[order["task"]](*order["arguments"]) or {}
    spent: dict[str, Any] = {
        "wall": time.perf_counter() - began,
        "cpu": used() - before,
        "peak": peak(),
        "loaded": loaded,
    }
    spent |= {"modules": list(sys.modules)} if order["learn"] else {}
    print(json.dumps(spent | told | {"said": said.getvalue()[-2000:]}))


if __name__ == "__main__":
    main()
