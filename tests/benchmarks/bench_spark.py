"""A night through DuckDB and the same night through Spark, side by side: the same survivors, the same findings, times.

    python -m tests.benchmarks.bench_spark --accounts 2000000 --mails 10000000 [--spark "local[2]" sc://localhost:15002]

Needs the extra [spark], and Java for a session of one's own. The state is made; its accounts are one Parquet file for
both ways, its mail log a CSV for DuckDB and Parquet for Spark. Seconds of processor time are those of every process
that a night has started, Java and its Python workers too; of a server that runs by itself they are not known.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from tests.paths import ROOT

DAY = "2026-11-20"
MADE = ROOT / "data" / "sample"
SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl (Linux): processes that outlive their parent come to this one."""


def make(folder: Path, people: int, accounts: int, mails: int) -> None:
    """A made state in `folder`, its accounts and mails as Parquet beside it."""
    state = folder / "state"
    size = ["--people", str(people), "--accounts", str(accounts)]
    subprocess.run([sys.executable, MADE / "make_state.py", state, *size], check=True, stdout=subprocess.DEVNULL)
    size = ["--rows", str(mails), "--format", "enhanced"]
    subprocess.run([sys.executable, MADE / "make_mail.py", state, *size], check=True, stdout=subprocess.DEVNULL)
    with duckdb.connect(config={"threads": 2, "memory_limit": "2GB"}) as connection:
        for name, path in (("accounts", "accounts/monitoring_export.csv"), ("mails", "mail/enhanced.csv")):
            (folder / name).mkdir()
            rows = f"read_csv('{state / path}', all_varchar = true, quote = '\"', escape = '\"', ignore_errors = true)"
            made = folder / name / f"{name}.parquet"
            connection.execute(f"COPY (FROM {rows}) TO '{made}' (ROW_GROUP_SIZE 100000)")


def configured(folder: Path, spark: str, number: int) -> Path:
    """An audit.toml that reads the made files through DuckDB, or, where it is named, through Spark."""
    state = folder / "state"
    written = (state / "audit.toml").read_text(encoding="utf-8")
    accounts, mails, engine = str(folder / "accounts"), "mail/enhanced.csv", ""
    if spark:
        accounts, mails = (f"file://{folder / name}" for name in ("accounts", "mails"))
        engine = f'[engine]\nspark = "{spark}"\n\n'
    written = written.replace('path = "accounts/monitoring_export.csv"', f'path = "{accounts}"')
    written = written.replace('folder = "out"', f'folder = "out{number}"')
    log = f'[sources.mail]\nconnector = "exchange_trace"\npath = "{mails}"\n\n'
    path = state / f"night{number}.toml"
    path.write_text(written.replace("[output]", f"{engine}{log}[output]"), encoding="utf-8")
    return path


def night(config: Path) -> tuple[float, float, float]:
    """(seconds, seconds of processor time, peak memory of the night's own process in MB) of one night."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    began = time.perf_counter()
    command = [sys.executable, "-m", "audit.cli", "run", "--config", str(config), "--as-of", DAY]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT)
    assert process.stderr
    said = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    seconds, used = time.perf_counter() - began, usage.ru_utime + usage.ru_stime
    if status:
        raise SystemExit(f"{config.name}: the night ended with {os.waitstatus_to_exitcode(status)}\n{said}")
    with suppress(ChildProcessError):
        while True:
            _, _, other = os.wait3(0)
            used += other.ru_utime + other.ru_stime
    return seconds, used, usage.ru_maxrss / 1024


def told(output: Path) -> tuple[list[str], list[Any]]:
    """The findings of a night without what its files are called, and what it says of each source."""
    lines = (output / DAY / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    plain = [re.sub(r"[^\s(\"]*accounts\.parquet(?::| row )(\d+)", r"row \1", line) for line in lines]
    run = json.loads((output / DAY / "run.json").read_text(encoding="utf-8"))
    return plain, run["sources"]


def compared(folder: Path, engines: Sequence[str]) -> None:
    """Run the night through DuckDB and through each of the engines; print a line for each. Exits where they differ."""
    first: tuple[list[str], list[Any]] | None = None
    for number, engine in enumerate(["", *engines]):
        seconds, used, peak = night(configured(folder, engine, number))
        found = told(folder / "state" / f"out{number}")
        first = first or found
        same = "the same" if found == first else "OTHER"
        name = engine or "DuckDB"
        print(
            f"{name:<28} {seconds:7.1f} s {used:7.1f} s cpu {peak:5.0f} MB   {len(found[0]):,} findings: {same}",
            flush=True,
        )
        if found != first:
            for one, other in zip(first[0], found[0], strict=False):
                if one != other:
                    raise SystemExit(f"{one}\n{other}")
            raise SystemExit(f"{first[1]}\n{found[1]}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--people", type=int, default=13_000)
    parser.add_argument("--accounts", type=int, default=200_000)
    parser.add_argument("--mails", type=int, default=1_000_000)
    parser.add_argument("--spark", nargs="+", default=["local[2]"])
    parser.add_argument("--folder", type=Path, help="where a state made earlier lies, or one is made and left")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="identity-audit-") as name:
        folder = given.folder or Path(name)
        if not (folder / "state").exists():
            make(folder, given.people, given.accounts, given.mails)
        print(f"load {os.getloadavg()[0]:.1f}; {given.accounts:,} accounts, {given.mails:,} mails")
        compared(folder, given.spark)


if __name__ == "__main__":
    main()
