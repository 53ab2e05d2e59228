"""Mail logs against their truth, through whole nights: E-1 and E-2 from mail alone, the same in every format."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from audit import config
from audit.night.run import run
from tests.made import once

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"
DAY = date(2026, 11, 20)
FORMATS = {
    "enhanced": ("exchange_trace", "mail/enhanced.csv"),
    "google_els": ("google_mail_log", "mail/google_els.csv"),
}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made state with mail logs, after a night of each format: its output is in out_FORMAT."""

    def make(folder: Path) -> None:
        make = [sys.executable, str(SAMPLE / "make_state.py"), str(folder), "--people", "2000", "--accounts", "3000"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
        mail = [sys.executable, str(SAMPLE / "make_mail.py"), str(folder), "--rows", "20000", "--format", *FORMATS]
        subprocess.run(mail, check=True, stdout=subprocess.DEVNULL)
        for name in FORMATS:
            run(config.load(configured(folder, name)), DAY)

    return once(tmp_path_factory, "mail", make)


def configured(state: Path, name: str) -> Path:
    """An audit.toml whose only source is one mail log, with an output folder of its own."""
    connector, path = FORMATS[name]
    text = (state / "audit.toml").read_text(encoding="utf-8")
    before = text.partition("[sources.monitoring]")[0].partition("# Accounts with the addresses")[0]
    after = f'[sources.trace]\nconnector = "{connector}"\npath = "{path}"\n[output]\nfolder = "out_{name}"\n'
    written = state / f"{name}.toml"
    written.write_text(before + after, encoding="utf-8")
    return written


def expected(state: Path) -> dict[tuple[str, str], str]:
    """Rule by (mailbox, platform), from the truth of the mails and from who is employed."""
    with (state / "hr.csv").open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file))
    owners: dict[str, list[dict[str, str]]] = {}
    for person in people:
        addresses = {person["work_email"], *person["other_emails"].split(";")} - {""}
        for address in {text.lower().replace("@state.me.us", "@maine.gov") for text in addresses}:
            owners.setdefault(address, []).append(person)
    with (state / "official_accounts.csv").open(encoding="utf-8", newline="") as file:
        registry = [row for row in csv.DictReader(file) if row["status"] == "active"]
    spared = {(row["platform"], row["supervisor_employee_id"]) for row in registry}
    spared |= {(row["platform"], row["registered_email"].lower()) for row in registry}
    due = {}
    with (state / "mail_truth.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            mine = owners.get(row["mailbox"], [])
            ids = {person["employee_id"] for person in mine}
            exempt = spared & {(row["platform"], one) for one in {*ids, row["mailbox"]}}
            if row["verdict"] not in ("finding", "lead") or exempt:
                continue
            employed = len(mine) == 1 and mine[0]["status"] != "terminated"
            employed = employed and not "" < mine[0]["end_date"] < DAY.isoformat()
            sure = row["verdict"] == "finding" and not row["stale"] and employed
            due[row["mailbox"], row["platform"]] = "E-1" if sure else "E-2"
    return due


def found(state: Path, name: str) -> list[dict[str, str]]:
    """The findings of a format's night."""
    lines = (state / f"out_{name}" / DAY.isoformat() / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("name", FORMATS)
def test_findings_from_mail_equal_the_truth(state: Path, name: str) -> None:
    findings = found(state, name)
    due = expected(state)
    assert {"E-1", "E-2"} == set(due.values())
    assert {(f["mailbox"], f["platform"]): f["rule_id"] for f in findings if f["rule_id"] in ("E-1", "E-2")} == due
    assert all("wrote to this mailbox" in f["because"] for f in findings if f["rule_id"] == "E-1")


def test_mails_that_left_the_log_resolve_nothing(state: Path, tmp_path: Path) -> None:
    state = shutil.copytree(state, tmp_path / "state", symlinks=True)
    log = state / "mail" / "enhanced.csv"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[: len(lines) // 2]))
    second = run(config.load(state / "enhanced.toml"), DAY + timedelta(days=1))
    assert {f.finding_id for f in second.findings} == {f["finding_id"] for f in found(state, "enhanced")}
    assert {str(f.status) for f in second.findings} == {"open"}


def test_no_subject_is_anywhere_in_the_output(state: Path) -> None:
    with (state / "mail" / "enhanced.csv").open("rb") as file:
        head = file.read(1)
    text = (state / "mail" / "enhanced.csv").read_text(encoding="utf-16" if head == b"\xff" else "utf-8-sig")
    subjects = {row["message_subject"] for row in csv.DictReader(text.splitlines())}
    subjects = {subject for subject in subjects if len(subject) > 25}
    night = state / "out_enhanced" / DAY.isoformat()
    kept = (night / "findings.jsonl").read_text(encoding="utf-8") + json.dumps(
        (state / "out_enhanced" / "ledger.sqlite").read_bytes().decode("latin-1")
    )
    assert len(subjects) > 50
    assert [subject for subject in subjects if subject in kept] == []


def test_few_members_get_many_digests_of_many_subjects(tmp_path: Path) -> None:
    order = ["--rows", "60000", "--format", "enhanced", "--members", "150", "--subjects", "500"]
    subprocess.run([sys.executable, str(SAMPLE / "make_mail.py"), str(tmp_path), *order], check=True)
    with (tmp_path / "mail" / "enhanced.csv").open(encoding="utf-8", newline="") as file:
        subjects = [row["message_subject"] for row in csv.DictReader(file) if ": item " in row["message_subject"]]
    with (tmp_path / "mail_truth.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) < 200
    assert len(subjects) > 600
    assert 300 < len({subject.rpartition(" ")[2] for subject in subjects}) <= 500
