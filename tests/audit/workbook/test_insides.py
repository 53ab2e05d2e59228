"""What is written as text is what openpyxl itself would write, with lxml installed and without."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.cell._writer import write_cell
from openpyxl.packaging.manifest import Manifest
from openpyxl.packaging.relationship import RelationshipList
from openpyxl.packaging.workbook import WorkbookPackage
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidationList
from openpyxl.worksheet.dimensions import ColumnDimension, DimensionHolder, SheetFormatProperties
from openpyxl.worksheet.header_footer import HeaderFooter
from openpyxl.worksheet.hyperlink import HyperlinkList
from openpyxl.worksheet.page import PageMargins, PrintOptions, PrintPageSetup
from openpyxl.worksheet.pagebreak import RowBreak
from openpyxl.worksheet.properties import WorksheetProperties
from openpyxl.worksheet.related import Related
from openpyxl.worksheet.table import Table, TablePartList
from openpyxl.worksheet.views import SheetViewList
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring, tostring, xmlfile

from audit import report
from audit.workbook import write
from tests.audit import nights

IMPORTS = "from tests.audit.workbook.test_insides import *\n"
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


def written(path: Path, lxml: str, after: str = "") -> Path:
    """The night, written in a process of its own: openpyxl looks for lxml once, when it is imported."""
    code = f"assert openpyxl.LXML is {lxml}; write_hostile_night(Path({str(path)!r})); {after}"
    order = [sys.executable, "-c", IMPORTS + code]
    subprocess.run(order, check=True, cwd=ROOT, env={**os.environ, "OPENPYXL_LXML": lxml})
    return path


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(name: str, content: bytes) -> bytes:
    """A part that openpyxl has read into its own objects, as openpyxl writes those."""
    tree: Any = fromstring(content)
    whole: dict[str, Any] = {"xl/workbook.xml": WorkbookPackage, "[Content_Types].xml": Manifest}
    if name.startswith("xl/worksheets/") and not name.endswith(".rels"):
        return rewritten_worksheet(tree)
    if name.endswith(".rels"):
        return serialised(RelationshipList.from_tree(tree))
    if name.startswith("xl/tables/"):
        return serialised(Table.from_tree(tree))
    return serialised(whole[name].from_tree(tree)) if name in whole else content


def serialised(held: Any) -> bytes:
    text: Any = tostring(held.to_tree())
    return bytes(text)


PARTS_OF_A_WORKSHEET: dict[str, Any] = {
    "sheetPr": WorksheetProperties,
    "sheetViews": SheetViewList,
    "sheetFormatPr": SheetFormatProperties,
    "dataValidations": DataValidationList,
    "hyperlinks": HyperlinkList,
    "printOptions": PrintOptions,
    "pageMargins": PageMargins,
    "pageSetup": PrintPageSetup,
    "headerFooter": HeaderFooter,
    "rowBreaks": RowBreak,
    "drawing": Related,
    "tableParts": TablePartList,
}


def rewritten_worksheet(tree: Any) -> bytes:
    out = BytesIO()
    with xmlfile(out) as stream, stream.element("worksheet", xmlns=SHEET_MAIN_NS):
        for part in tree:
            tag = part.tag.rpartition("}")[2]
            if tag == "sheetData":
                with stream.element(tag):
                    for row in part:
                        with stream.element("row", dict(row.attrib)):
                            for cell in row:
                                write_cell(stream, None, as_openpyxl_holds_it(cell), styled=True)
            elif tag == "cols":
                page = openpyxl.Workbook().active
                columns: Any = DimensionHolder(page)
                for column in part:
                    letter = get_column_letter(int(column.get("min")))
                    columns[letter] = ColumnDimension(page, index=letter, **column.attrib)
                stream.write(columns.to_tree())
            else:
                read = PARTS_OF_A_WORKSHEET[tag].from_tree(part)
                for one, other in zip(part.iter(f"{{{SHEET_MAIN_NS}}}selection"), selections(read), strict=True):
                    other.activeCell, other.sqref = one.get("activeCell"), one.get("sqref")  # A1 where neither is said
                stream.write(read.to_tree(tag) if tag == "drawing" else read.to_tree())
    return out.getvalue()


def selections(read: Any) -> list[Any]:
    return [one for view in getattr(read, "sheetView", ()) for one in view.selection]


def as_openpyxl_holds_it(cell: Any) -> Any:
    texts = [one.text for one in cell.iter(f"{{{SHEET_MAIN_NS}}}t")]
    numbers = [float(one.text) for one in cell.iter(f"{{{SHEET_MAIN_NS}}}v")]
    return SimpleNamespace(
        coordinate=cell.get("r"),
        style_id=int(cell.get("s")),
        data_type="s" if cell.get("t") == "inlineStr" else cell.get("t"),
        _value=next(iter([*texts, *numbers]), None),
        hyperlink=None,
    )


def rewrite(path: Path, other: Path) -> None:
    """The parts of a workbook as openpyxl would write them, as files of the same names."""
    for name, content in parts(path).items():
        (other / name).parent.mkdir(parents=True, exist_ok=True)
        (other / name).write_bytes(rewritten(name, content))


@pytest.mark.parametrize("lxml", [WITHOUT, LXML])
def test_what_is_written_as_text_is_what_openpyxl_would_write(tmp_path: Path, lxml: str) -> None:
    path, other = tmp_path / "straight.xlsx", tmp_path / "rewritten"
    written(path, lxml, after=f"rewrite(Path({str(path)!r}), Path({str(other)!r}))")
    straight = parts(path)
    assert {name.partition("/")[2].partition("/")[0] for name in straight} >= {"worksheets", "tables", "charts"}
    for name, content in straight.items():
        plain = (other / name).read_bytes()
        assert ElementTree.canonicalize(content) == ElementTree.canonicalize(plain), name
        assert lxml == WITH or content == plain, name


@pytest.mark.parametrize("lxml", [LXML])
def test_a_workbook_is_the_same_with_lxml(tmp_path: Path, lxml: str) -> None:
    ours, other = (parts(written(tmp_path / f"{way}.xlsx", way)) for way in (WITHOUT, lxml))
    assert ours.keys() == other.keys()
    for name, content in ours.items():  # lxml names namespaces otherwise, and has other quotation marks
        one, two = (ElementTree.canonicalize(xml, rewrite_prefixes=True) for xml in (content, other[name]))
        assert one == two, name
