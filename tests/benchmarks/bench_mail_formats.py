"""How long the scan of every mail format takes, beside Exchange's enhanced summary of as many rows.

    python -m tests.benchmarks.bench_mail_formats --rows 1000000

The rows are of made mails, of which one in thirty is a platform's; a format that has several rows a mail has fewer
mails. Each measurement is a process of its own, and the best of `--repeats` counts. Not collected by pytest.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.paths import ROOT

FIRST = "exchange enhanced"
BATCH = 20_000
ROWS_A_MAIL = {"exchange tracking": 3, "mimecast 1.0": 3, "mimecast 2.0": 3}


def write(name: str, rows: int, folder: Path) -> Path:
    """A file of the format with about so many rows."""
    from tests.made_mails import MadeMail
    from tests.mail_formats import FORMATS

    form = FORMATS[name]
    path, start = folder / form.name, datetime(2026, 11, 2, tzinfo=UTC)
    with path.open("w", encoding="utf-8", newline="") as file:
        for first in range(0, rows // ROWS_A_MAIL.get(name, 1), BATCH):
            mails = []
            for number in range(first, min(first + BATCH, rows // ROWS_A_MAIL.get(name, 1))):
                host = "linkedin.com" if number % 30 == 0 else f"vendor{number % 977}.example"
                sender, subject = f"security-noreply@{host}", f"Your password was changed {number}"
                at = start + timedelta(seconds=number)
                mails.append(
                    MadeMail(number, sender, f"b-{number}@bounce.{host}", f"p{number % 40_000}@maine.gov", subject, at)
                )
            text = form.write(mails)
            head = (2 if text.startswith("#TYPE") else 1) if first and form.name.endswith(".csv") else 0
            file.writelines(text.splitlines(keepends=True)[head:])
    return path


def scan(name: str, path: Path) -> dict[str, float]:
    """One measurement in this process. Imports are not timed."""
    from connectors.catalog import CONNECTORS
    from connectors.contract import Dropped, Raw, Rejected, Source
    from tests.mail_formats import FORMATS

    connector, read = CONNECTORS[FORMATS[name].connector], 0
    source = Source("mail", path.parent, {"path": path.name}, now=datetime(2026, 12, 20, tzinfo=UTC))
    started, processor = time.perf_counter(), time.process_time()
    for item in connector.fetch(source):
        assert not isinstance(item, Rejected)
        read += item.count if isinstance(item, Dropped) else 1
        if isinstance(item, Raw):
            connector.parse(item)
    wall, cpu = time.perf_counter() - started, time.process_time() - processor
    return {"rows": read, "wall": wall, "cpu": cpu, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def measure(name: str, rows: int, repeats: int) -> dict[str, float]:
    """Make a file and scan it `repeats` times."""
    with tempfile.TemporaryDirectory(prefix="identity-audit-") as folder:
        path = write(name, rows, Path(folder))
        found = []
        for _ in range(repeats):
            command = [sys.executable, "-m", "tests.benchmarks.bench_mail_formats", "--one", name, str(path)]
            told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
            found.append(json.loads(told.stdout))
        return {**min(found, key=lambda one: one["cpu"]), "size": path.stat().st_size / 1024**2}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--one", nargs=2, metavar=("FORMAT", "FILE"), help="one measurement, as JSON (used by itself)")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(scan(given.one[0], Path(given.one[1]))))
        return
    from tests.mail_formats import FORMATS

    first = measure(FIRST, given.rows, given.repeats)
    for name in (FIRST, *(name for name in FORMATS if name != FIRST)):
        one = first if name == FIRST else measure(name, given.rows, given.repeats)
        print(
            f"{name:18} {one['rows']:>9,.0f} rows, {one['size']:5,.0f} MiB: {one['wall']:5.2f} s"
            f" ({one['cpu']:5.2f} s cpu), {one['cpu'] / first['cpu']:.2f} times {FIRST}, peak {one['peak']:.0f} MiB",
            flush=True,
        )


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
