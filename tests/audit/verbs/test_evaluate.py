"""Scores on labelled examples: their arithmetic, their shape, and the floor below which reading must not fall."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audit.findings.trust import wilson
from audit.profiles.example_state import default_organization
from audit.profiles.languages import language_of
from audit.verbs.evaluate import LabelsUnusable, evaluate, report
from tests.paths import SHARED

MAINE = default_organization()
DISCLAIMERS = """text,label,scope,source,alt_label,difficulty
Views my own,disclaimer,generic,invented,,positive
Born in Maine,not_disclaimer,none,invented,,easy_negative
RT ≠ endorsement,not_disclaimer,endorsement_only,invented,,hard_negative
My personal account,not_disclaimer,none,invented,disclaimer,hard_negative
Speaking in riddles,disclaimer,generic,invented,,positive
"""
AFFILIATION = """handle,display_name,bio,link,state_context,label,expected_agency,source,alt_label,note
kim,Kim,Planner at MaineDOT,,ME,self_identified_state_employee,MaineDOT,invented,,
MaineDOT_Kim,Kim,plows,,ME,agency_branding_personal,MaineDOT,invented,,
lee,Lee,ex-MaineDOT,,ME,former_employee,MaineDOT,invented,,
sam,Sam,Planner at MaineDOT,,ME,none,,invented,self_identified_state_employee,
pat,Pat,likes boats,,ME,official_agency,,invented,,
ann,Ann,Ohio DOT,,OH,self_identified_state_employee,,invented,,
"""
OFFICIAL = """handle,platform,agency,state,bio,source
OhioDOT,x,Ohio DOT,OH,,invented
MEPublicHealth,x,State health department,ME,,invented
MaineDOTRegion9,x,Sheriff of Elsewhere,OH,,invented
"""


def folder_of(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_scores_in_the_agreed_shape(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, disclaimers=DISCLAIMERS, affiliation=AFFILIATION, official_accounts=OFFICIAL)
    assert json.loads(json.dumps(evaluate(folder, MAINE))) == {
        "disclaimers": {
            "precision": 1.0, "recall": 0.6667, "f1": 0.8, "n": 5,
            "strict": {"precision": 0.5, "recall": 0.5, "f1": 0.5, "n": 5},
        },
        "affiliation": {
            "flagged_precision": 1.0, "flagged_recall": 0.75, "accuracy": 0.8, "n": 5,
            "strict": {"flagged_precision": 0.6667, "flagged_recall": 0.6667, "accuracy": 0.6, "n": 5},
        },
        "official": {"read_as_ours": 1, "n": 3},
    }  # fmt: skip


def test_leaves_out_what_is_absent(tmp_path: Path) -> None:
    assert evaluate(tmp_path, MAINE) == {}
    assert "disclaimers.csv" in report(evaluate(tmp_path, MAINE))
    assert set(evaluate(folder_of(tmp_path, official_accounts=OFFICIAL), MAINE)) == {"official"}


def test_a_file_without_rows_has_no_figures(tmp_path: Path) -> None:
    result = evaluate(folder_of(tmp_path, disclaimers="text,label\n"), MAINE)
    assert result["disclaimers"]["precision"] is None
    assert result["disclaimers"]["n"] == 0
    assert "disclaimers" in report(result)


def test_an_agencys_own_labels_may_be_affiliations_and_need_no_other_columns(tmp_path: Path) -> None:
    text = "handle,display_name,bio,link,label\nkim,Kim,Planner at MaineDOT,,employee\nlee,Lee,boats,,none\n"
    result = evaluate(folder_of(tmp_path, affiliation=text), MAINE)
    assert result["affiliation"]["accuracy"] == 1.0


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabelsUnusable, match=r"disclaimers\.csv lacks the column label"):
        evaluate(folder_of(tmp_path, disclaimers="text\nViews my own\n"), MAINE)


def test_the_report_shows_intervals_confusions_and_every_error(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, disclaimers=DISCLAIMERS, affiliation=AFFILIATION, official_accounts=OFFICIAL)
    told = report(evaluate(folder, MAINE))
    assert "Speaking in riddles" in told
    assert "@MaineDOTRegion9" in told
    assert "1.000 (2/2; 0.342-1.000)" in told
    assert "label \\ read" in told
    assert "~ label none, read employee" in told


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 0, 0.0, 1.0), (10, 10, 0.7225, 1.0), (0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (95, 100, 0.8882, 0.9785)],
)
def test_intervals_are_wilsons(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=5e-5)


GIVEN_UP = {"WardenSue_IFW", "CapitolPoliceJD", "MSP_K9_Rex", "TrooperDaveMSP", "retiring_soon", "mdot_plowgal"}
"""Labelled as ours, but with no word about Maine: the same profile is Massachusetts', Michigan's or Mississippi's."""


def test_reading_stays_above_the_floor_on_the_labelled_set() -> None:
    folder = SHARED / "eval"
    if not folder.is_dir():
        pytest.skip("the labelled examples are not beside the project (IDENTITY_AUDIT_SHARED)")
    result = evaluate(folder, MAINE)
    assert result["disclaimers"]["precision"] >= 0.97
    assert result["disclaimers"]["recall"] >= 0.95
    assert result["affiliation"]["flagged_precision"] >= 0.95
    missed = [
        example
        for section in result.sections
        if section.name == "affiliation"
        for example in section.examples
        if example.label in section.flagged
        and example.read not in section.flagged
        and example.text.split(" | ")[0].removeprefix("@") not in GIVEN_UP
    ]
    assert len(missed) <= 2
    assert result["affiliation"]["flagged_recall"] >= 0.87
    assert result["affiliation"]["accuracy"] >= 0.92
    assert result["official"]["read_as_ours"] == 0


def test_reports_by_provenance_and_by_language(tmp_path: Path) -> None:
    labelled = (
        "text,label,source,language\nViews my own,disclaimer,real:bio,\n"
        "Mes propos n'engagent que moi,disclaimer,made,\nHoi allemaal,not_disclaimer,made,nl\n"
    )
    lines = report(evaluate(folder_of(tmp_path, disclaimers=labelled), MAINE)).splitlines()
    start = lines.index("by provenance, accepting a second defensible label:")
    assert [line.split()[0:3] for line in lines[start + 1 : start + 3]] == [["made", "n", "2"], ["real", "n", "1"]]
    start = lines.index("by language, accepting a second defensible label:")
    assert [line.split()[0] for line in lines[start + 1 : start + 4]] == ["en", "fr", "nl"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I work for the State. Views my own", "en"), ("Je travaille pour l'État du Maine", "fr"),
        ("Trabajo para el Estado de Maine", "es"), ("Enfermeira no DHHS do Maine", "pt"),
        ("Waxaan u shaqeeyaa gobolka Maine", "so"), ("أعمل لدى Maine DHHS", "ar"), ("", ""), ("MaineDOT", "en"),
    ],
)  # fmt: skip
def test_tells_a_language_by_letters_and_words(text: str, language: str) -> None:
    assert language_of(text) == language
