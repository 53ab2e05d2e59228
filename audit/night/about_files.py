"""Where the workbooks about one person, and the cards, stand below the output folder, and which of them are old."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from pathlib import Path

from audit.night.publish import ENDS_IN_DIGEST, file_name, letters_of_code
from audit.people.identity import bare_id

FOLDER = "about"
CARDS = "cards"
_DAY = re.compile(r"-(\d{4}-\d{2}-\d{2})\.xlsx")


def about_path(output: Path, employee_id: str, day: date) -> Path:
    """The workbook of a person and a day; no other id has it."""
    return output / FOLDER / f"{file_name(employee_id)}-{day.isoformat()}.xlsx"


def card_path(output: Path, finding_id: str, day: date) -> Path:
    """The card of a finding and a night's day."""
    return output / CARDS / f"{finding_id}-{day.isoformat()}.xlsx"


def about_before(
    output: Path, limit: date, people: Collection[str] = (), finding_ids: Collection[str] = ()
) -> list[Path]:
    """The workbooks and cards of days before `limit`, by the day in their names; none of the `people` (`bare_id`) and
    findings that are on hold."""
    paths = (path for name in (FOLDER, CARDS) for path in (output / name).glob("*.xlsx"))
    days = {path: _DAY.search(path.name) for path in paths}
    old = {path: path.name[: found.start()] for path, found in days.items() if found and found[1] < limit.isoformat()}
    held = {letters_of_code(one) for one in people}
    return sorted(
        path for path, of in old.items() if of not in finding_ids and bare_id(ENDS_IN_DIGEST.sub("", of)) not in held
    )
