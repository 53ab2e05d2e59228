"""A made state against its truth: every finding that must be there, none that must not, and nobody wrongly named."""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from audit import config
from audit.night.run import run
from audit.verbs.about import write_about
from tests.made import once

MAKER = Path(__file__).resolve().parents[1] / "data" / "sample" / "make_state.py"
DAY = date(2026, 11, 20)
SIZE = ["--people", "2000", "--accounts", "12000", "--seed", "23", "--changes", "20"]
EXACT = ("E-1", "E-2", "A-2", "R-1", "R-2", "R-3")
NAMING = ("E-1", "A-1", "A-2", "B-1", "C-1", "R-2")
"""Rules whose findings name somebody in the made state."""
NEVER = ("official", "lookalike", "native", "no_tie", "union", "parody")
"""How situations begin in which no rule about a person may ever hold."""

Key = tuple[str, str]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made state after its first night."""

    def make(folder: Path) -> None:
        subprocess.run([sys.executable, str(MAKER), str(folder), *SIZE], check=True, stdout=subprocess.DEVNULL)
        run(config.load(folder / "audit.toml"), DAY)

    return once(tmp_path_factory, "truth", make)


def key(row: Mapping[str, str], mailbox: str) -> Key:
    return row["platform"], row["account_id"] or row["handle"].lower() or row[mailbox].lower()


def truth(state: Path) -> list[dict[str, str]]:
    with (state / "truth.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def found(state: Path, day: date = DAY) -> list[dict[str, str]]:
    lines = (state / "out" / day.isoformat() / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("rule_id", EXACT)
def test_rule_equals_the_truth(state: Path, rule_id: str) -> None:
    due = {key(row, "registered_email") for row in truth(state) if rule_id in row["rules"].split(";")}
    assert due
    assert {key(row, "mailbox") for row in found(state) if row["rule_id"] == rule_id} == due


def test_nobody_is_named_wrongly(state: Path) -> None:
    may_be_named: dict[tuple[Key, str], set[str]] = defaultdict(set)
    for row in truth(state):
        for rule_id in filter(None, row["rules"].split(";")):
            may_be_named[key(row, "registered_email"), rule_id].add(row["employee_id"])
    named = [row for row in found(state) if row["employee_id"] and row["rule_id"] in EXACT]
    assert len(named) > 100
    for row in named:
        assert row["employee_id"] in may_be_named[key(row, "mailbox"), row["rule_id"]], row["finding_id"]


def test_every_owner_of_a_registered_mailbox_is_named(state: Path) -> None:
    due = {key(r, "registered_email"): r["employee_id"] for r in truth(state) if "E-1" in r["rules"].split(";")}
    assert {key(row, "mailbox"): row["employee_id"] for row in found(state) if row["rule_id"] == "E-1"} == due


def test_who_must_not_be_found_is_not_found(state: Path) -> None:
    never = {
        key(row, "registered_email"): row["situation"]
        for row in truth(state)
        if row["situation"].startswith(NEVER) and row["source"] != "official_accounts"
    }
    assert {situation.split("_")[0] for situation in never.values()} >= {"official", "lookalike", "native", "no"}
    wrong = [row for row in found(state) if key(row, "mailbox") in never and not row["rule_id"].startswith("R-")]
    assert [(row["rule_id"], row["because"]) for row in wrong] == []


def test_a_workbook_about_somebody_holds_nobody_else(state: Path, tmp_path: Path) -> None:
    settings = config.load(state / "audit.toml")
    with (state / "hr.csv").open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file))
    about: dict[str, set[str]] = defaultdict(set)
    for row in found(state):
        about[row["employee_id"]].add(row["rule_id"])
    left = [row["employee_id"] for row in people if row["status"] == "terminated"]
    asked = {rule_id: sorted(one for one, rules in about.items() if one and rule_id in rules)[0] for rule_id in NAMING}
    for employee_id in {*asked.values(), *left[:2], people[0]["employee_id"]}:
        path = tmp_path / f"{employee_id}.xlsx"
        write_about(settings, employee_id, DAY, datetime(2026, 11, 20, 13, tzinfo=UTC), path)
        with zipfile.ZipFile(path) as book:
            parts = [name for name in book.namelist() if name not in ("xl/styles.xml", "xl/theme/theme1.xml")]
            words = html.unescape("\n".join(book.read(name).decode() for name in parts)).casefold()
        mine = [row for row in people if row["employee_id"] == employee_id]
        theirs = {text for row in mine for text in said_of(row)}
        others = {text for row in people for text in said_of(row)} - theirs
        tokens = [token.strip(".") for token in re.findall(r"[\w.+'’@-]+", words)]
        spoken = {" ".join(tokens[at : at + count]) for count in range(1, 6) for at in range(len(tokens))}
        assert spoken & others == set()
        assert rules_in(words) >= about[employee_id]


def said_of(row: Mapping[str, str]) -> list[str]:
    """An employee's id, names and addresses, as they would stand in a text."""
    names = [f"{given} {row['family_name']}" for given in (row["given_name"], row["preferred_name"]) if given]
    texts = [row["employee_id"], *names, row["work_email"], *row["other_emails"].split(";")]
    return [text.casefold() for text in texts if text]


def rules_in(words: str) -> set[str]:
    return {found.upper() for found in re.findall(r"\b([a-z]-\d)-[0-9a-f]{12}", words)}


def test_the_next_night_sees_exactly_what_changed(state: Path, tmp_path: Path) -> None:
    state = shutil.copytree(state, tmp_path / "state", symlinks=True)
    next_day = DAY + timedelta(days=1)
    before = {row["finding_id"] for row in found(state)}
    quiet = run(config.load(state / "audit.toml"), next_day)
    assert {finding.finding_id for finding in quiet.findings} == before
    assert {finding.status for finding in quiet.findings} == {"open"}
    made = [sys.executable, str(MAKER), str(state), *SIZE, "--night", "2"]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
    changed = run(config.load(state / "audit.toml"), next_day + timedelta(days=1))
    statuses: dict[str, set[str]] = defaultdict(set)
    for finding in changed.findings:
        if finding.rule_id == "E-1":
            statuses[finding.status].add(finding.finding_id)
    assert (len(statuses["new"]), len(statuses["resolved"])) == (20, 20)
