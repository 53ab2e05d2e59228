"""What is measured: the night itself, and peers on the same work. Each task runs in a process of its own (one.py)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any

THREADS = 2


def night(config: str, day: str) -> dict[str, Any]:
    """A night of a state at noon. Raises RuntimeError where a source was not read completely."""
    from audit.config import load
    from audit.model.finding import FindingStatus
    from audit.model.night import PullStatus
    from audit.night.run import run

    logging.disable(logging.INFO)
    as_of = date.fromisoformat(day)
    told = run(load(Path(config)), as_of, clock=lambda: datetime(as_of.year, as_of.month, as_of.day, 12, tzinfo=UTC))
    unread = [f"{pull.source}: {pull.reason}" for pull in told.pulls if pull.status is not PullStatus.COMPLETE]
    if unread:
        raise RuntimeError("; ".join(unread))
    standing = sum(finding.status is not FindingStatus.RESOLVED for finding in told.findings)
    return {"note": f"{standing:,} findings, {len(told.changes):,} changes", "changes": len(told.changes)}


def read_columns(paths: list[str], repeats: int) -> dict[str, Any]:
    """DuckDB merely reading every column, `sum(length(column))`: warm, connection open, the median."""
    import duckdb

    connection = duckdb.connect(config={"threads": THREADS})
    orders = []
    for path in paths:
        read = f"read_csv('{path}', all_varchar = true, ignore_errors = true)"
        names = [row[0] for row in connection.sql(f"DESCRIBE SELECT * FROM {read}").fetchall()]
        lengths = ", ".join(f'sum(length("{name}"))' for name in names)
        orders.append(f"SELECT count(*), {lengths} FROM {read}")
    found = []
    for _ in range(repeats + 1):
        began, before = time.perf_counter(), time.process_time()
        rows = sum(connection.sql(order).fetchall()[0][0] for order in orders)
        found.append((time.perf_counter() - began, time.process_time() - before))
    walls, cpus = zip(*found[1:], strict=True)
    return {"wall": median(walls), "cpu": median(cpus), "note": f"sum(length) of {len(paths)} files, {rows:,} rows"}


JOINS = (
    "lower(a.registered_email) = lower(p.work_email)",
    "lower(a.emails) = lower(p.work_email)",
    "lower(a.display_name) = lower(p.given_name || ' ' || p.family_name)",
)


def join_in_sql(accounts: str, people: str) -> dict[str, Any]:
    """Profiles joined to people by address and by name, as plain SQL says it."""
    import duckdb

    connection = duckdb.connect(config={"threads": THREADS})
    for name, path in (("a", accounts), ("p", people)):
        read = f"read_csv('{path}', all_varchar = true, ignore_errors = true, quote = '\"', escape = '\"')"
        connection.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM {read}")
    pairs = " UNION ".join(f"SELECT a.platform, a.handle, p.employee_id FROM a JOIN p ON {on}" for on in JOINS)
    return {"note": f"{connection.sql(f'SELECT count(*) FROM ({pairs})').fetchall()[0][0]:,} pairs"}


def link_with_splink(accounts: str, people: str) -> dict[str, Any]:
    """Splink over displayed given and family names against the people's, blocked on both; trained on the same rows."""
    import duckdb
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator
    from splink.backends.duckdb import DuckDBAPI

    connection = duckdb.connect(config={"threads": THREADS})
    api = DuckDBAPI(connection)
    read = "read_csv('{}', all_varchar = true, ignore_errors = true, quote = '\"', escape = '\"')"
    names = "lower(string_split(display_name, ' ')[1]) AS given, lower(string_split(display_name, ' ')[-1]) AS family"
    two = "display_name LIKE '% %'"
    frames = [
        connection.sql(f"SELECT row_number() OVER () AS unique_id, {names} FROM {read.format(accounts)} WHERE {two}"),
        connection.sql(
            "SELECT employee_id AS unique_id, lower(given_name) AS given, lower(family_name) AS family"
            f" FROM {read.format(people)}"
        ),
    ]
    tables = [
        api.register(one.arrow().read_all(), table_name=name)
        for one, name in zip(frames, ("accounts", "people"), strict=True)
    ]
    rules = ["l.given = r.given and l.family = r.family"]
    settings = SettingsCreator(
        link_type="link_only", blocking_rules_to_generate_predictions=rules,
        comparisons=[cl.JaroWinklerAtThresholds("given"), cl.JaroWinklerAtThresholds("family")],
    )  # fmt: skip
    linker = Linker(tables, settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for block in ("l.family = r.family", "l.given = r.given"):
        linker.training.estimate_parameters_using_expectation_maximisation(block)
    found = linker.inference.predict(threshold_match_probability=0.5)
    pairs = api.duckdb_con.sql(f"SELECT count(*) FROM {found.physical_name}").fetchall()[0][0]
    return {"note": f"{pairs:,} pairs of two displayed names"}


def read_with_pandas(path: str) -> dict[str, Any]:
    """pandas reading every column as text."""
    import pandas as pd

    return {"note": f"{len(pd.read_csv(path, dtype=str, keep_default_na=False, on_bad_lines='skip')):,} rows"}


def write_search_words(path: str) -> dict[str, Any]:
    """Write the words that the gate looks for, one a line: names and marks of the catalogue's agencies, domains."""
    from audit.cases.gate import search_for
    from audit.profiles.example_state import default_organization

    nexus = search_for(default_organization())
    words = sorted({word.strip() for word in (*nexus.domains, *nexus.terms)} - {""})
    Path(path).write_text("\n".join(words) + "\n", encoding="utf-8")
    return {"count": len(words)}


def scan_mail(path: str) -> dict[str, Any]:
    """The whole connector of a mail log: scan, aggregation, and every item parsed into an account."""
    from connectors.contract import Dropped, Raw, Source
    from connectors.exchange_trace import CONNECTOR

    rows = accounts = 0
    log = Path(path)
    for item in CONNECTOR.fetch(Source("mail", log.parent, {"path": log.name}, now=datetime(2026, 11, 20, tzinfo=UTC))):
        rows += item.count if isinstance(item, Dropped) else 1
        if isinstance(item, Raw):
            CONNECTOR.parse(item)
            accounts += 1
    return {"note": f"{rows:,} rows, {accounts:,} mailboxes on a platform"}


def write_findings(way: str, count: int, folder: str) -> dict[str, Any]:
    """So many findings written as a sheet, in one of the ways of workbooks.py."""
    from tests.benchmarks import workbooks

    path = Path(folder) / "bench.xlsx"
    workbooks.WAYS[way](path, count)
    size = path.stat().st_size
    path.unlink()
    return {"note": f"{count:,} rows, {size / 1e6:.0f} MB"}


TASKS: dict[str, Callable[..., dict[str, Any] | None]] = {
    one.__name__: one
    for one in (
        night,
        read_columns,
        join_in_sql,
        link_with_splink,
        read_with_pandas,
        write_search_words,
        scan_mail,
        write_findings,
    )
}
