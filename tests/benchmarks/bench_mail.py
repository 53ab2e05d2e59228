"""How long the mail scan takes, in how much memory, against DuckDB merely parsing the same columns with a count.

    python -m tests.benchmarks.bench_mail --rows 1000000 10000000

Each measurement is a process of its own; the two kinds take turns, and the best of each counts, in
wall-clock seconds and in
seconds of processor time (which other work on the machine disturbs less). Not collected by pytest.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.paths import ROOT

NAME = "enhanced.csv"
COLUMNS = (
    "origin_timestamp_utc",
    "sender_address",
    "Recipient_status",
    "message_subject",
    "message_id",
    "directionality",
)


def count(path: Path) -> int:
    """Parse the columns that the scan uses, and count them."""
    from connectors.contract import Source
    from connectors.exchange_trace import SHAPE
    from connectors.files.table import connected
    from connectors.mail import log_files as mail_files

    feed = mail_files.feed(path, path.name, Source("mail", path.parent), SHAPE)
    source = feed.fast.partition(" FROM ")[2]
    positions = [
        path.open(encoding="utf-8").readline().rstrip("\n").replace('"', "").split(",").index(one) for one in COLUMNS
    ]
    with connected(ordered=False) as connection:
        shown = ", ".join(f"count(c{position})" for position in positions)
        return int(connection.execute(f"SELECT count(*), {shown} FROM {source}").fetchall()[0][0])


def scan(path: Path) -> int:
    """The whole connector: scan, aggregation, and every item parsed into an account."""
    from connectors.contract import Dropped, Raw, Source
    from connectors.exchange_trace import CONNECTOR

    read = 0
    source = Source("mail", path.parent, {"path": path.name}, now=datetime(2026, 11, 20, tzinfo=UTC))
    for item in CONNECTOR.fetch(source):
        read += item.count if isinstance(item, Dropped) else 1
        if isinstance(item, Raw):
            CONNECTOR.parse(item)
    return read


def one(kind: str, path: Path) -> dict[str, float]:
    """Run one measurement in this process. Imports are not timed."""
    import connectors.exchange_trace  # noqa: F401

    started, processor = time.perf_counter(), time.process_time()
    rows = {"count": count, "scan": scan}[kind](path)
    wall, cpu = time.perf_counter() - started, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": rows, "wall": wall, "cpu": cpu, "peak": peak}


def measure(rows: int, repeats: int, folder: Path) -> None:
    """Make a log of `rows`, measure both kinds `repeats` times, print the figures."""
    spec = importlib.util.spec_from_file_location("make_mail", ROOT / "data" / "sample" / "make_mail.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["make_mail"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    path = module.make_mail(folder, rows, formats=("enhanced",)) / NAME
    best: dict[str, dict[str, float]] = {}
    for _ in range(repeats):
        for kind in ("count", "scan"):
            command = [sys.executable, "-m", "tests.benchmarks.bench_mail", "--one", kind, str(path)]
            told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
            found = json.loads(told.stdout)
            known = best.setdefault(kind, dict(found))
            best[kind] = {
                name: max(known[name], found[name]) if name == "peak" else min(known[name], found[name])
                for name in found
            }
    counted, scanned = best["count"], best["scan"]
    print(
        f"{rows:>11,} rows, {path.stat().st_size / 1024**2:,.0f} MiB: count {counted['wall']:.2f} s "
        f"({counted['cpu']:.2f} s cpu), scan {scanned['wall']:.2f} s ({scanned['cpu']:.2f} s cpu), "
        f"ratio {scanned['wall'] / counted['wall']:.2f} (cpu {scanned['cpu'] / counted['cpu']:.2f}), "
        f"peak {scanned['peak']:.0f} MiB (count {counted['peak']:.0f} MiB)"
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--one", nargs=2, metavar=("KIND", "FILE"), help="one measurement, as JSON (used by itself)")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(given.one[0], Path(given.one[1]))))
        return
    for rows in given.rows:
        with tempfile.TemporaryDirectory(prefix="identity-audit-") as folder:
            measure(rows, given.repeats, Path(folder))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
