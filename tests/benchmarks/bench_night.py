"""Time, processor time and peak memory of a whole night, beside DuckDB merely reading the same input files.

Run from the repository's root: python -m tests.benchmarks.bench_night [people] [accounts ...]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MAKER = Path(__file__).resolve().parents[2] / "data" / "sample" / "make_state.py"
READ = """
import duckdb, sys
connection = duckdb.connect(config={"threads": 2})
for path in sys.argv[1:]:
    read = f"read_csv('{path}', all_varchar = true, ignore_errors = true)"
    names = [row[0] for row in connection.sql(f"DESCRIBE SELECT * FROM {read}").fetchall()]
    lengths = ", ".join(f'sum(length("{name}"))' for name in names)
    connection.sql(f"SELECT count(*), {lengths} FROM {read}").fetchall()
"""


def measured(command: list[str]) -> tuple[float, float, float]:
    """(seconds, processor seconds, peak memory in MB) of a command in a process of its own and those it starts."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[:4]} failed with {status}")
    peak = usage.ru_maxrss / (1 if sys.platform == "darwin" else 1024)
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime, peak


def main() -> None:
    people, *sizes = (int(text) for text in sys.argv[1:]) if len(sys.argv) > 1 else (13_000, 200_000, 2_000_000)
    for accounts in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            size = ["--people", str(people), "--accounts", str(accounts)]
            subprocess.run([sys.executable, str(MAKER), name, *size], check=True, stdout=subprocess.DEVNULL)
            inputs = ["hr.csv", "agencies.csv", "official_accounts.csv", "accounts/monitoring_export.csv"]
            read, worked, _ = measured([sys.executable, "-c", READ, *(str(folder / path) for path in inputs)])
            night = [sys.executable, "-m", "audit.cli", "run", "--config", str(folder / "audit.toml")]
            seconds, busy, peak = measured([*night, "--as-of", "2026-11-20"])
        print(
            f"{people:,} people, {accounts:,} accounts: {seconds:.1f} s, {peak:.0f} MB;"
            f" {seconds / read:.1f} times DuckDB reading every column of the same files ({read:.2f} s);"
            f" of a processor {busy:.1f} s, {busy / worked:.1f} times ({worked:.2f} s)"
        )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
