"""Where the workbooks about one person stand below the output folder, and which of them are old."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from audit.night.publish import file_name

FOLDER = "about"
_DAY = re.compile(r"-(\d{4}-\d{2}-\d{2})\.xlsx")


def about_path(output: Path, employee_id: str, day: date) -> Path:
    """The workbook of a person and a day; no other id has it."""
    return output / FOLDER / f"{file_name(employee_id)}-{day.isoformat()}.xlsx"


def about_before(output: Path, limit: date) -> list[Path]:
    """The workbooks of days before `limit`, by the day in their names."""
    days = {path: _DAY.search(path.name) for path in (output / FOLDER).glob("*.xlsx")}
    return sorted(path for path, found in days.items() if found and found[1] < limit.isoformat())
