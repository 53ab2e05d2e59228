"""The go-live papers: nothing that is read, stored or asked is left out of them, and nobody is named in them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import audit.config
from audit.cli import main
from audit.model.night import RuleNote
from audit.night.disclosures import NAME, note, told_by_source
from audit.report.dossier import BLANK, DossierFacts, dossier_sheets, undescribed
from audit.report.web_page import web_page
from audit.rules import RULES
from audit.verbs.dossier import dossier_facts, stored_columns
from connectors import reference
from connectors.catalog import CONNECTORS
from connectors.contract import Connector
from tests.made import sample_night

NOTES = tuple(rule.note(audit.config.default_policy()) for rule in RULES)


def test_everything_that_is_read_stored_and_asked_is_described() -> None:
    assert undescribed(CONNECTORS.values(), stored_columns(), NOTES) == []


@pytest.mark.parametrize(
    ("connectors", "stored", "rules", "said"),
    [
        (
            [replace(CONNECTORS["bluesky"], reads=(*CONNECTORS["bluesky"].reads, "birthday"))],
            stored_columns(),
            NOTES,
            "the connector bluesky reads 'birthday', which data/reference/dossier/reads.csv does not describe",
        ),
        (
            [replace(CONNECTORS["bluesky"], reads=CONNECTORS["bluesky"].reads[1:])],
            stored_columns(),
            NOTES,
            "reads.csv says that the connector bluesky reads 'did', which is not so",
        ),
        (
            [],
            {**stored_columns(), "findings": (*stored_columns()["findings"], "mood")},
            NOTES,
            "findings stores 'mood'",
        ),
        ([], {**stored_columns(), "diary": ("day",)}, NOTES, "diary stores 'day'"),
        ([], stored_columns(), (replace(NOTES[0], proves_not=""),), "the rule E-1 does not say what it asks"),
    ],
)
def test_what_is_left_out_is_a_fault(
    connectors: list[Connector[Any]], stored: dict[str, tuple[str, ...]], rules: tuple[RuleNote, ...], said: str
) -> None:
    (fault,) = undescribed(connectors, stored, rules)
    assert said in fault


def test_the_papers_of_the_sample_state(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    folder = sample_night(tmp_path_factory)
    text = (folder / "audit.toml").read_text(encoding="utf-8")
    config = folder / "dossier.toml"
    config.write_text(text.replace('folder = "out"', f'folder = "{tmp_path.as_posix()}"'), encoding="utf-8")
    assert main(["dossier", "--config", str(config)]) == 0
    page = (tmp_path / "dossier" / "dossier.html").read_text(encoding="utf-8")
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "No night has been judged yet." in page
    assert BLANK.capitalize() in page
    assert "src=" not in page
    assert not re.search(r"https?://[^<\s]*\.(?:js|css)", page)
    book = openpyxl.load_workbook(tmp_path / "dossier" / "dossier.xlsx", read_only=True)
    assert {"Data map", "What leaves", "Controls"} <= set(book.sheetnames)


def test_the_papers_tell_of_the_ledger_and_name_nobody(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = sample_night(tmp_path_factory)
    settings = audit.config.load(folder / "audit.toml")
    facts = dossier_facts(settings, date(2026, 11, 21))
    assert facts.last_run == "2026-11-20.1"
    page = web_page("Dossier", dossier_sheets(facts))
    assert "Findings in the ledger" in page
    for line in (folder / "hr.csv").read_text(encoding="utf-8").splitlines()[1:200]:
        employee_id, given, family, *_ = line.split(",")
        assert f"{given} {family}" not in page
        assert employee_id not in page


def test_look_ups_are_counted_by_what_each_line_says(tmp_path: Path) -> None:
    note(tmp_path, "hibp", ["ada@maine.gov", "bo@maine.gov"], "2026-11-20T05:00:00+00:00")
    note(tmp_path, 'the "other"', ["ada@maine.gov"], "2026-11-21T05:00:00+00:00")
    said = '{"source":"hibp","at":"2026-11-21T05:00:00+00:00","key_sha256":"00"}'
    with (tmp_path / NAME).open("a", encoding="utf-8") as file:
        file.write(f'{said}\n{{"at": "2026-11-21", "source": "hibp", "ke')
    assert told_by_source(tmp_path) == {"hibp": 3, 'the "other"': 1}


def test_each_question_is_answered_by_a_sheet_that_there_is(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = audit.config.load(sample_night(tmp_path_factory) / "audit.toml")
    sheets = {sheet.name for sheet in dossier_sheets(dossier_facts(settings, date(2026, 11, 21)))}
    answers = {row["answer"] for row in reference.table("dossier/papers.csv")} - {""}
    assert {one for one in answers if not one.startswith("in a night's ")} <= sheets


def test_text_cannot_become_a_tag() -> None:
    policy = audit.config.default_policy()
    facts = DossierFacts(
        "<b>State</b> & \x07Co", date(2026, 11, 20), "1", policy, NOTES, (), retention_days=730, encrypted=False
    )
    page = web_page("A & <i>B</i>", dossier_sheets(facts))
    assert "<b>State" not in page
    assert "&lt;b&gt;State&lt;/b&gt; &amp; " in page
    assert "<title>A &amp; &lt;i&gt;B&lt;/i&gt;</title>" in page
    assert "\x07" not in page
