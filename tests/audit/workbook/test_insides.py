"""What is taken from openpyxl's inside gives what openpyxl itself would give, with lxml installed and without."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from audit import report
from audit.workbook import write
from tests.audit import nights

IMPORTS = "from audit.workbook import insides; from tests.audit.workbook.test_insides import *\n"
ROOT = Path(__file__).parents[3]
WITHOUT, WITH = "False", "True"
"""What openpyxl reads from the environment variable OPENPYXL_LXML."""
LXML = pytest.param(
    WITH, marks=pytest.mark.skipif(not importlib.util.find_spec("lxml"), reason="lxml is not installed")
)


def write_hostile_night(path: Path) -> None:
    """A night with charts, links, dates, suppressed rows and texts that XML has to be careful with."""
    night = nights.night()
    hostile = replace(
        next(finding for finding in night.findings if finding.url),
        finding_id="hostile",
        display_name=" <&>\"'\t= \n_x0041_ ]]> ",
        handle="\x00\ud800é🌲",
        matched_text=" ",
        suppress_until=night.as_of,
    )
    sheets = report.sheets(replace(night, findings=(*night.findings, hostile)))
    write.write_workbook(path, sheets, created=nights.STARTED, title="Test")


def written(path: Path, lxml: str, code: str = "") -> Path:
    """The night, written in a process of its own: openpyxl looks for lxml once, when it is imported."""
    code += f"\nimport openpyxl; assert openpyxl.LXML is {lxml}"
    code += f"\nfrom pathlib import Path; write_hostile_night(Path({str(path)!r}))"
    order = [sys.executable, "-c", IMPORTS + code]
    subprocess.run(order, check=True, cwd=ROOT, env={**os.environ, "OPENPYXL_LXML": lxml})
    return path


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("lxml", [WITHOUT, LXML])
def test_rows_written_straight_are_what_openpyxl_would_write(tmp_path: Path, lxml: str) -> None:
    straight = parts(written(tmp_path / "straight.xlsx", lxml))
    plain = parts(written(tmp_path / "plain.xlsx", lxml, "insides.write_straight = lambda page: None"))
    assert straight.keys() == plain.keys()
    for name, content in straight.items():
        assert ElementTree.canonicalize(content) == ElementTree.canonicalize(plain[name]), name
    assert lxml == WITH or straight == plain


@pytest.mark.parametrize("lxml", [LXML])
def test_a_workbook_is_the_same_with_lxml(tmp_path: Path, lxml: str) -> None:
    ours, other = (parts(written(tmp_path / f"{way}.xlsx", way)) for way in (WITHOUT, lxml))
    assert ours.keys() == other.keys()
    for name, content in ours.items():  # lxml names namespaces otherwise, and has other quotation marks
        one, two = (ElementTree.canonicalize(xml, rewrite_prefixes=True) for xml in (content, other[name]))
        assert one == two, name


@pytest.mark.parametrize("lxml", [WITHOUT, LXML])
def test_rows_are_written_straight_whatever_is_installed(tmp_path: Path, lxml: str) -> None:
    assert openpyxl.load_workbook(
        written(tmp_path / "straight.xlsx", lxml, "insides.WorksheetWriter.write_row = None  # whoever calls it fails")
    )
