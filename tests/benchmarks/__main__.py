"""One table of what a night takes, by size and phase, beside what the same work takes in other ways.

    python -m tests.benchmarks                                        200,000 and 2 million accounts
    python -m tests.benchmarks --accounts 2000000 20000000 --repeats 1 --keep FOLDER --out FILE
    python -m tests.benchmarks fair | people | mails | changing | findings   what else may be large; --help names each

Seconds are the clock's (and "CPU s" a processor's) of a process of its own from when its imports are done, the median
of `--repeats`. "x reading" is the ratio to DuckDB doing nothing but `sum(length(column))` over every column of the same
CSV files with two threads, warm, its connection open; "a million" is what each further million costs, against the next
smaller size of the same run. "load" is the machine's, before and after.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median

from tests.benchmarks.spent import Spent, done, of_program, repeated, spent
from tests.benchmarks.states import EXPORT, READ, MadeState, Size, day, modules_of_a_night, short
from tests.benchmarks.table import OURS, Report

PHASES = ("first", "unchanged", "edits", "peers")
WAYS = {
    "ours": OURS, "openpyxl_bare": "openpyxl, neither style nor link",
    "xlsxwriter_constant_memory": "XlsxWriter, constant memory",
}  # fmt: skip
"""How a sheet of findings is written, by the names of workbooks.py."""
IN_MEMORY_MOST = 5_000_000
"""Accounts up to which peers are measured that keep every row in memory."""


@dataclass(frozen=True)
class Bench:
    """What every part of the benchmarks gets. `only`: phases to measure, all where empty."""

    folder: Path
    report: Report
    repeats: int
    only: Sequence[str]
    modules: Sequence[str]
    splink: str

    def wants(self, phase: str) -> bool:
        return not self.only or phase in self.only

    def night(self, state: MadeState, number: int, *, edited: bool = True) -> Spent:
        """A night of a state; the inputs are laid before the clock starts."""
        state.lay(number, edited=edited)
        return spent("night", state.config, day(number), modules=self.modules)


def measure_accounts(bench: Bench, size: Size) -> None:
    """First night, the next with unchanged profiles, the next with edited ones, and peers."""
    state, name, report = MadeState(bench.folder / folder_name(size), size), str(size), bench.report
    inputs = report.prepare(name, partial(state.inputs, 1))
    if inputs is None:
        return
    measure_reading(bench, name, [inputs / path for path in READ])

    def first() -> Spent:
        state.no_output()
        return bench.night(state, 1)

    def next_night(*, edited: bool) -> Spent:
        state.back_to_kept()
        return bench.night(state, 2, edited=edited)

    judged = None
    if bench.wants("first"):
        work = partial(repeated, bench.repeats, first)
        judged = report.measure(name, "first night", OURS, work, count=size.accounts)
    following = [False] if bench.wants("unchanged") and not size.changes else []
    following += [True] if bench.wants("edits") else []
    if following and (judged or report.prepare(name, first)):
        state.keep_output()
        for edited in following:
            phase = f"next night, {size.edits:.0%} edited" if edited else "next night, unchanged"
            phase += f", {size.changes:,} gone and new" if size.changes else ""
            if report.prepare(name, partial(state.inputs, 2, edited=edited)):
                work = partial(repeated, bench.repeats, partial(next_night, edited=edited))
                report.measure(name, phase, OURS, work, count=size.accounts)
    if bench.wants("peers"):
        measure_peers(bench, size, inputs)


def measure_reading(bench: Bench, name: str, files: Sequence[Path]) -> None:
    """DuckDB merely reading the files: the ratio of the size's other lines is to this."""
    work = partial(spent, "read_columns", files, max(3, bench.repeats))
    bench.report.measure(name, "reading", "DuckDB, sum(length(column))", work, reads=True)


def measure_peers(bench: Bench, size: Size, inputs: Path) -> None:
    """The same files in other hands."""
    name, report, repeats = str(size), bench.report, bench.repeats
    export, people, words = inputs / EXPORT, inputs / "hr.csv", bench.folder / "words.txt"

    def repeatedly(phase: str, by: str, work: Callable[[], Spent]) -> None:
        report.measure(name, phase, by, partial(repeated, repeats, work), count=size.accounts)

    repeatedly("join to people", "DuckDB, plain SQL", partial(spent, "join_in_sql", export, people))
    if report.prepare(name, partial(done, "write_search_words", words)):
        repeatedly("search of words", "ripgrep", partial(of_program, ["rg", "-c", "-i", "-F", "-f", words, export]))

    if size.accounts > IN_MEMORY_MOST:
        report.tell(name, "peers in memory", f"left out beyond {IN_MEMORY_MOST:,} accounts")
        return
    loaded = ["pandas", "pyarrow"]
    repeatedly("reading", "pandas.read_csv", partial(spent, "read_with_pandas", export, modules=loaded))
    repeatedly("names to people", "Splink", partial(spent, "link_with_splink", export, people, python=bench.splink))


def measure_mails(bench: Bench, rows: int, given: argparse.Namespace) -> None:
    """The scan of a mail log, and a night with it."""
    size = Size(given.people, given.accounts[0], given.agencies, mails=rows, subjects=given.subjects or rows // 50)
    state, report, name = MadeState(bench.folder / folder_name(size), size), bench.report, f"{short(rows)} mails"
    inputs = report.prepare(name, partial(state.inputs, 1))
    if inputs is None:
        return
    log = inputs / "mail" / "enhanced.csv"
    measure_reading(bench, name, [log])
    scan = partial(spent, "scan_mail", log, modules=bench.modules)
    report.measure(name, "scan", OURS, partial(repeated, bench.repeats, scan), count=rows)

    def first() -> Spent:
        state.no_output()
        return bench.night(state, 1)

    report.measure(name, "night with the log", OURS, partial(repeated, bench.repeats, first), count=rows)
    senders = [word for domain in ("x.com", "linkedin.com", "facebookmail.com", "reddit") for word in ("-e", domain)]
    search = partial(of_program, ["rg", "-c", "-i", "-F", *senders, log])
    report.measure(name, "search of four senders", "ripgrep", partial(repeated, bench.repeats, search))


def measure_changing(bench: Bench, size: Size, nights: int) -> None:
    """Night after night of a state in which accounts go, come, and are edited."""
    state, report, name = MadeState(bench.folder / folder_name(size), size), bench.report, str(size)
    state.no_output()
    every: list[Spent] = []
    changed, ledger = [0], [0]

    def one_night(number: int) -> Spent:
        state.lay(number)
        told = done("night", state.config, day(number), modules=bench.modules)
        changed.append(changed[-1] + told["changes"])
        ledger.append(state.ledger.stat().st_size)
        return Spent(told["wall"], told["cpu"], told["peak"], f"{told['note']}, ledger {ledger[-1] / 1e6:.1f} MB")

    for number in range(1, nights + 1):
        found = report.measure(name, f"night {number}", OURS, partial(one_night, number))
        state.forget(number)
        if found is None:
            return
        every.append(found)
    if nights > 5:
        cpu = median(one.cpu for one in every[-3:]) / median(one.cpu for one in every[2:5])
        wall = median(one.wall for one in every[-3:]) / median(one.wall for one in every[2:5])
        changes = changed[-1] - changed[3]
        report.tell(
            name, f"{nights} nights",
            f"the last three {cpu:.2f} times the third to fifth in CPU s, {wall:.2f} by the clock (medians);"
            f" {(ledger[-1] - ledger[3]) / max(1, changes):,.0f} bytes of ledger for each of {changes:,} changes",
        )  # fmt: skip


def measure_findings(bench: Bench, size: Size, count: int) -> None:
    """Many findings: the night that finds them, one that changes them, and the workbook beside XlsxWriter."""
    measure_accounts(bench, size)
    state, report, name = MadeState(bench.folder / folder_name(size), size), bench.report, f"{short(count)} findings"
    if state.ledger.exists():
        nights = [path for path in state.output.iterdir() if path.is_dir() and not path.is_symlink()]
        books = sum(path.stat().st_size for path in nights[-1].rglob("*.xlsx"))
        said = f"ledger {state.ledger.stat().st_size / 1e6:.0f} MB, workbooks of a night {books / 1e6:.0f} MB"
        report.tell(str(size), "files", said)
    found: dict[str, Spent | None] = {}
    for way, by in WAYS.items():
        work = partial(spent, "write_findings", way, count, bench.folder, modules=bench.modules)
        found[way] = report.measure(name, "workbook", by, partial(repeated, bench.repeats, work))
    ours, _, theirs = found.values()
    if ours and theirs:
        report.tell(name, "workbook", f"{ours.wall / theirs.wall:.2f} times XlsxWriter's seconds")


def folder_name(size: Size) -> str:
    """A folder for each size, whatever else is measured there."""
    return "-".join(map(str, (short(size.accounts), short(size.people), size.agencies, size.findings, size.mails)))


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "what", nargs="?", default="accounts", choices=("accounts", "fair", "people", "mails", "changing", "findings"),
        help="accounts: as in earlier figures; fair: findings that grow with accounts, 300 agencies, accents; people:"
        " 2.2 million; mails: a log of 50 million; changing: 60 nights; findings: 100,000",
    )  # fmt: skip
    parser.add_argument("--accounts", type=int, nargs="+", help="sizes, smallest first")
    parser.add_argument("--people", type=int, help="default: 13,000")
    parser.add_argument("--agencies", type=int, help="default: 32, the catalogue's; fair: 300")
    parser.add_argument("--mails", type=int, nargs="+", default=[50_000_000], help="rows of the log")
    parser.add_argument("--subjects", type=int, help="distinct subjects of platforms; default: one in fifty rows")
    parser.add_argument("--rows", type=int, default=100_000, help="findings of the workbook")
    parser.add_argument("--nights", type=int, default=60)
    parser.add_argument("--findings", type=float, help="share of accounts about an employee (made states)")
    parser.add_argument("--accents", type=float, help="share of other accounts with accented letters")
    parser.add_argument("--edits", type=float, default=0.01, help="share of biographies edited before a next night")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=PHASES, default=(), help="phases of a size")
    parser.add_argument("--splink", default=sys.executable, metavar="PYTHON", help="a Python that has Splink")
    parser.add_argument("--keep", type=Path, help="where made states lie, or are made and left")
    parser.add_argument("--out", type=Path, help="the table as a file, .csv or Markdown, written again with each line")
    return parser.parse_args()


def main() -> None:
    """Measure what was asked for."""
    given = arguments()
    fair = given.what == "fair"
    given.agencies = given.agencies or (300 if fair else 32)
    given.findings = given.findings or (0.005 if fair else None)
    given.accents = given.accents if given.accents is not None or not fair else 0.05
    given.people = given.people or (2_200_000 if given.what == "people" else 13_000)
    usual = {"people": [2_000_000], "mails": [20_000], "changing": [50_000], "findings": [400_000]}
    given.accounts = given.accounts or usual.get(given.what, [200_000, 2_000_000])
    with ExitStack() as stack:
        folder = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="identity-audit-")))
        folder.mkdir(parents=True, exist_ok=True)
        report = Report(given.out)
        report.start()
        modules = report.prepare("", lambda: modules_of_a_night(folder.resolve() / "small"))
        bench = Bench(folder.resolve(), report, given.repeats, given.only, modules or [], given.splink)
        sizes = [
            Size(given.people, count, given.agencies, given.findings, given.accents, given.edits)
            for count in given.accounts
        ]
        if given.what == "mails":
            for rows in given.mails:
                measure_mails(bench, rows, given)
        for size in sizes:
            if given.what in ("accounts", "fair", "people"):
                measure_accounts(bench, size)
            elif given.what == "changing":
                measure_changing(bench, replace(size, changes=20), given.nights)
            elif given.what == "findings":
                measure_findings(bench, replace(size, findings=given.findings or 0.35, changes=1_000), given.rows)


if __name__ == "__main__":
    main()
