"""How good leads by name are: precision and recall of "likely", strangers blamed, what "possible" is worth; and Splink.

Run from the repository's root: python -m tests.benchmarks.bench_leads [--splink PYTHON] [people ...]

`--splink` names an interpreter that has Splink (MIT; no dependency of this project), default this one; where it has
none, the benchmark says so and goes without. On made states (`--namesakes`) each account is read and tied as the night
does.

Recall is counted of the accounts of current employees that claim their agency and show a first name (or short form, or
preferred name) with the last name that HR has, in the display name or in a handle that parts its words.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from audit.cases.kept import without_marks
from audit.cases.tie import People, by_name
from audit.people.addresses import mail_system
from audit.people.directory import Directory, directory
from audit.people.names import display_name, handle_name, listed_name
from audit.profiles import Affiliation, read_profile
from audit.profiles.example_state import default_organization
from connectors.records import Person, Provenance, Status
from connectors.reference import table

MAKER = Path(__file__).resolve().parents[2] / "data" / "sample" / "make_state.py"
SHARES = (0.1, 0.4, 0.7)
AS_OF = date(2026, 11, 20)
FITTING = ("plain", "short", "initial", "turned", "titled", "pronouns", "with_agency", "in_handle")
SPLINK = """
import csv, json, sys, time
import duckdb, pyarrow as pa, splink
import splink.comparison_level_library as cll, splink.comparison_library as cl
from splink import Linker, SettingsCreator
from splink.backends.duckdb import DuckDBAPI
folder = sys.argv[1]
began = time.process_time(), time.perf_counter()
people, claims = (json.load(open(f"{folder}/{name}.json")) for name in ("people", "claims"))
columns = ("unique_id", "first", "firsts", "last", "agency")
tables = [pa.table({name: [row[at] for row in rows] for at, name in enumerate(columns)}) for rows in (people, claims)]
api = DuckDBAPI(duckdb.connect(config={"threads": 2}))
frames = [api.register(one, table_name=name) for one, name in zip(tables, ("people", "claims"))]
first = cl.CustomComparison(output_column_name="first", comparison_levels=[
    cll.NullLevel("first"), cll.ExactMatchLevel("first", term_frequency_adjustments=True),
    cll.ArrayIntersectLevel("firsts", min_intersection=1), cll.JaroWinklerLevel("first", 0.92), cll.ElseLevel()])
last = cl.CustomComparison(output_column_name="last", comparison_levels=[
    cll.NullLevel("last"), cll.ExactMatchLevel("last", term_frequency_adjustments=True),
    cll.JaroWinklerLevel("last", 0.92), cll.ElseLevel()])
blocks = ["l.last = r.last and l.agency = r.agency", "l.first = r.first and l.agency = r.agency",
    "l.first = r.first and l.last = r.last"]
linker = Linker(frames, SettingsCreator(link_type="link_only", comparisons=[first, last, cl.ExactMatch("agency")],
    blocking_rules_to_generate_predictions=blocks), log_level=40)
linker.training.estimate_probability_two_random_records_match([blocks[0] + " and l.first = r.first"], recall=0.7)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
for block in ("l.last = r.last", "l.first = r.first and l.agency = r.agency"):
    linker.training.estimate_parameters_using_expectation_maximisation(block)
found = linker.inference.predict(threshold_match_probability=0.01)
wanted = "unique_id_l, unique_id_r, match_probability, source_dataset_l"
rows = api.duckdb_con.sql(f"SELECT {wanted} FROM {found.physical_name}").fetchall()
best = {}
for one, other, probability, source in rows:
    person, account = (one, other) if "people" in source else (other, one)
    best.setdefault(account, []).append((probability, person))
ties = []
for account, pairs in best.items():
    pairs.sort(reverse=True)
    if len(pairs) == 1 or pairs[0][0] > pairs[1][0]:
        ties.append((account, pairs[0][1], pairs[0][0]))
spent = time.process_time() - began[0], time.perf_counter() - began[1]
print(json.dumps({"version": splink.__version__, "ties": ties, "cpu": spent[0], "wall": spent[1]}))
"""
"""Splink over the names as this project parses them, with short forms, agencies, and name frequencies; of several
employees the likeliest, nobody where two are equally likely."""

Row = dict[str, str]


@dataclass(frozen=True)
class Claim:
    """An account that claims an agency: its names without the agency's words, the agency, and the truth: its owner ("":
    a stranger's) and its situation."""

    display: str
    handle: str
    agency: str
    owner: str
    situation: str


def rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def directory_of(folder: Path) -> Directory:
    def day(text: str) -> date | None:
        return date.fromisoformat(text) if text else None

    listed = (
        Person(
            row["employee_id"], row["given_name"], row["family_name"], row["preferred_name"], row["work_email"], (),
            row["agency_code"], row["agency"], row["title"], Status(row["status"]), day(row["start_date"]),
            day(row["end_date"]), Provenance("hr", f"hr.csv:{line}", None, ""),
        )
        for line, row in enumerate(rows(folder / "hr.csv"), 2)
    )  # fmt: skip
    organization = default_organization()
    codes = frozenset(agency.agency_code for agency in organization.agencies)
    return directory(listed, mail_system(organization), codes, AS_OF)


def claims_of(folder: Path) -> tuple[list[Claim], list[str]]:
    """The accounts of the monitoring export whose profiles claim an agency, and the situations of all accounts."""
    organization, found, situations = default_organization(), [], []
    truths = (row for row in rows(folder / "truth.csv") if row["source"] == "monitoring")
    accounts = (row for row in rows(folder / "accounts" / "monitoring_export.csv") if row["observed_at"])
    for row, truth in zip((row for row in accounts if row["platform"] != "Palaverbox"), truths, strict=True):
        assert (row["account_id"], row["handle"]) == (truth["account_id"], truth["handle"])
        situations.append(truth["situation"])
        reading = read_profile(row["handle"], row["display_name"], row["bio"], row["links"], organization)
        if reading.names_ours and reading.affiliation in (Affiliation.EMPLOYEE, Affiliation.BRANDED_PERSON):
            display = without_marks(row["display_name"], "display_name", reading)
            handle = without_marks(row["handle"], "handle", reading)
            owner = truth["employee_id"]
            found.append(Claim(display, handle, reading.agency_code, owner, truth["situation"]))
    return found, situations


def told(found: Sequence[Claim], ties: Sequence[tuple[str, int]], situations: Sequence[str], people: People) -> str:
    """What `ties`, the (employee id or "", how many fit) of each claim, are worth."""
    likely = [(claim, one) for claim, (one, _) in zip(found, ties, strict=True) if one]
    right = [claim for claim, one in likely if claim.owner == one]
    fitting = sum(name.startswith("lead_employee_") and name[14:] in FITTING for name in situations)
    employees = sum(name.startswith("lead_employee_") for name in situations)
    strangers = sum(name.startswith("lead_stranger") for name in situations)
    blamed = sum(claim.situation.startswith("lead_stranger") for claim, _ in likely)
    left = sum(claim.situation.startswith("lead_former") for claim, _ in likely)
    counted = [claim for claim in right if claim.situation.startswith("lead_employee_")]
    possible = [(claim, fit) for claim, (one, fit) in zip(found, ties, strict=True) if fit and not one]
    among = sum(
        bool(name) and claim.owner in people.like(name, claim.agency)
        for claim, _ in possible
        for name in [display_name(claim.display) or handle_name(claim.handle)]
    )
    blind = sum(1 / fit for claim, fit in possible) / max(len(possible), 1)
    return (
        f"likely {len(likely)}: P {len(right) / max(len(likely), 1):.3f}, R {len(counted) / fitting:.3f} of {fitting}"
        f" that show a fitting name ({len(counted) / employees:.3f} of all {employees}); strangers blamed {blamed} of"
        f" {strangers} ({1000 * blamed / strangers:.1f} per thousand), by accounts of former employees {left};"
        f" possible {len(possible)}: owner among those who fit in {among / max(len(possible), 1):.2f}, one picked"
        f" blindly would be right in at most {blind:.2f}"
    )


def f1(right: int, said: int, wanted: int) -> float:
    return 2 * right / (said + wanted)


def measured(command: list[str]) -> tuple[Any, float]:
    """(the JSON on a command's last line, its peak memory in MB); None where it fails."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout
    said = process.stdout.read().strip().rpartition("\n")[2]
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    return (json.loads(said) if not status else None), usage.ru_maxrss / (1 if sys.platform == "darwin" else 1024)


def name_step(folder: Path) -> None:
    """Index the directory and tie the claims of a folder; print the time and the ties as JSON."""
    claims = [Claim(*values) for values in json.loads((folder / "ours.json").read_text())]
    began = time.process_time(), time.perf_counter()
    people = People(directory_of(folder), default_organization())
    indexed = time.process_time()
    ties = [by_name(claim.display, claim.handle, claim.agency, people) for claim in claims]
    ended = time.process_time(), time.perf_counter()
    said = [(one.employee_id, one.rivals + 1) if one else ("", 0) for one in ties]
    spent = {"cpu": ended[0] - began[0], "wall": ended[1] - began[1], "ties alone": ended[0] - indexed}
    print(json.dumps({"ties": said, **spent}))


def hand_over(folder: Path, found: Sequence[Claim], known: Directory) -> None:
    """Write what Splink gets: (id, first name, first names with their short forms, last name, agency)."""
    short = {row["name"]: row["short_forms"].split() for row in table("nicknames.csv")}
    people, accounts = [], []
    for employee in known.employees.values():
        listed = listed_name(*employee.written)
        firsts = {listed.first, listed.preferred} - {""}
        firsts |= {form for name in firsts for form in short.get(name, ())}
        people.append((employee.employee_id, listed.first or None, sorted(firsts), listed.last, employee.agency_code))
    for at, claim in enumerate(found):
        name = display_name(claim.display) or handle_name(claim.handle)
        if name is not None and claim.agency:
            firsts = {name.first, *name.called}
            firsts |= {form for first in firsts for form in short.get(first, ())}
            accounts.append((str(at), name.first, sorted(firsts), name.last, claim.agency))
    (folder / "people.json").write_text(json.dumps(people))
    (folder / "claims.json").write_text(json.dumps(accounts))


def beside_splink(folder: Path, found: Sequence[Claim], ours: Any, peak: float, python: str) -> str:
    """F1 over the accounts of current employees and of strangers that claim an agency, whatever name they show; Splink
    with the threshold that is best for it on this very state."""
    asked = [claim.situation.startswith(("lead_employee_", "lead_stranger")) for claim in found]
    wanted = sum(claim.situation.startswith("lead_employee_") for claim in found)
    named = [(claim, one) for claim, (one, _), of in zip(found, ours["ties"], asked, strict=True) if one and of]
    mine = f1(sum(claim.owner == one for claim, one in named), len(named), wanted)
    said = (
        f"ours: F1 {mine:.3f}, {ours['cpu']:.1f} s CPU with the directory ({ours['ties alone']:.2f} s the ties alone),"
        f" {peak:.0f} MB"
    )
    splink, memory = measured([python, "-c", SPLINK, str(folder)])
    if splink is None:
        return f"{said}; Splink is not installed for {python}, or failed"
    best = (0.0, 0.0, 0.0, 0.0)
    for floor in (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999):
        kept = [(int(account), person) for account, person, chance in splink["ties"] if chance >= floor]
        kept = [(account, person) for account, person in kept if asked[account]]
        hits = sum(found[account].owner == person for account, person in kept)
        if kept:
            best = max(best, (f1(hits, len(kept), wanted), floor, hits / len(kept), hits / wanted))
    return (
        f"{said}; Splink {splink['version']}: best F1 {best[0]:.3f} (at {best[1]}: P {best[2]:.3f}, R of all"
        f" {best[3]:.3f}), {splink['cpu']:.1f} s CPU, {memory:.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("people", type=int, nargs="*", default=[13_000, 150_000])
    parser.add_argument("--splink", default=sys.executable)
    parser.add_argument("--name-step", type=Path)
    given = parser.parse_args()
    if given.name_step:
        name_step(given.name_step)
        return
    for count in given.people:
        for share in SHARES:
            with tempfile.TemporaryDirectory() as name:
                folder, size = Path(name), ["--people", str(count), "--accounts", str(max(20_000, count * 8 // 15))]
                command = [sys.executable, str(MAKER), name, *size, "--namesakes", str(share)]
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                found, situations = claims_of(folder)
                values = [(one.display, one.handle, one.agency, one.owner, one.situation) for one in found]
                (folder / "ours.json").write_text(json.dumps(values))
                step = [sys.executable, "-m", "tests.benchmarks.bench_leads", "--name-step", name]
                ours, peak = measured(step)
                known = directory_of(folder)
                people = People(known, default_organization())
                hand_over(folder, found, known)
                print(f"{count:,} people, {share:.0%} of strangers with an employee's name, {len(found):,} claims:")
                print(" ", told(found, ours["ties"], situations, people))
                print(" ", beside_splink(folder, found, ours, peak, given.splink), flush=True)


if __name__ == "__main__":
    main()
