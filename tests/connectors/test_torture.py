"""Other projects' collections of difficult files, read from the shared folder where it is there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from connectors import files
from connectors.contract import Raw, Rejected, Remark, Source, SourceDown
from connectors.files import delimited, sheets
from connectors.files.headings import Wanted


def spectrum(shared: Path) -> list[Path]:
    return sorted((shared / "torture" / "csv-spectrum" / "csvs").glob("*.csv"))


def test_csv_spectrum(shared: Path) -> None:
    found = spectrum(shared)
    assert len(found) > 8
    for path in found:
        expected = json.loads((path.parents[1] / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        for row in expected:  # the folder's copies have line feeds only, its expectations have both kinds
            row.update({name: text.replace("\r\n", "\n") for name, text in row.items()})
        fields = tuple(expected[0])
        items = list(files.rows(Source("export", path.parent, {"path": path.name}), fields, fields))
        assert [item.values for item in items if isinstance(item, Raw)] == expected, path.name
        assert len(items) == len(expected)


def test_every_difficult_table_is_read_or_refused_in_words(shared: Path) -> None:
    """Nothing crashes; a file that is read accounts for every one of its rows."""
    folder = shared / "torture" / "tabular-frictionless"
    read, refused = 0, list[tuple[str, str]]()
    for path in sorted(folder.iterdir()):
        if path.suffix not in {".csv", ".tsv", ".txt", ".xlsx", ".xls"}:
            continue
        try:
            fields = _fields(path)
            items = list(files.rows(Source("export", folder, {"path": path.name}), fields))
        except SourceDown as fault:
            refused.append((path.name, str(fault)))
            continue
        read += 1
        for item in items:
            assert isinstance(item, Raw | Rejected | Remark)
            assert item.where.startswith(path.name)
    assert read > 50
    assert all(name in sentence for name, sentence in refused)


def _fields(path: Path) -> tuple[str, ...]:
    """The headings of a file that occur once: what the test asks for."""
    if path.suffix.startswith(".xls"):
        sheets.refuse_unsafe(path, path.name)
        table = sheets.parsed(path, "", path.name)
        next(table)
        headings: Sequence[str] = next((row for row in table if any(row)), [])
        table.close()
    else:
        headings = list(delimited.layout(path, Wanted(()), path.name).headings)
    return tuple(heading for heading in headings if heading.strip() and headings.count(heading) == 1)


def test_latin_and_bom_files_keep_their_letters(shared: Path) -> None:
    folder = shared / "torture" / "tabular-frictionless"
    items = list(files.rows(Source("export", folder, {"path": "latin1.csv"}), ("id", "name")))
    assert [item.values["name"] for item in items if isinstance(item, Raw)] == ["english", "©"]
    headings = (folder / "bom.csv").read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    items = list(files.rows(Source("export", folder, {"path": "bom.csv"}), headings, headings))
    assert items
    assert all(isinstance(item, Raw) and all(item.values.values()) for item in items)


def test_every_difficult_workbook_is_read_or_refused_in_words(shared: Path) -> None:
    folder = shared / "torture" / "xlsx-calamine"
    outcomes: dict[str, str] = {}
    for path in sorted(folder.glob("*.xls*")):
        try:
            rows = list(sheets.sheet_rows(path, "", Wanted(()), path.name))
        except SourceDown as fault:
            outcomes[path.name] = str(fault)
        else:
            outcomes[path.name] = f"{len(rows)} rows"
    assert "encrypted" in outcomes["pass_protected.xlsx"]
    assert "macros" in outcomes["issue3.xlsm"]
    assert "damaged" in outcomes["issue252.xlsx"]
    assert "sheet is empty" in outcomes["empty_sheet.xlsx"]
    assert all(name in text for name, text in outcomes.items() if not text.endswith(" rows"))
    assert sum(text.endswith(" rows") for text in outcomes.values()) > 40
