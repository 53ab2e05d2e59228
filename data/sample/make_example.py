"""Write the workbooks of the sample state's first night, as they are to be looked at before anything is installed.

    python data/sample/make_example.py

from the root of the repository. The clock is set to noon of that day: the same files give the same cells.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import audit.config
import audit.night.run

HERE = Path(__file__).parent
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
BOOKS = {"audit.xlsx": "audit.xlsx", "17.xlsx": "agencies/17 *.xlsx"}
"""The organization's workbook, and one agency's."""


def make_example(folder: Path) -> None:
    """Judge the night in a folder that goes away, and copy its workbooks into `folder`."""
    settings = audit.config.load(HERE / "audit.toml")
    with tempfile.TemporaryDirectory() as output:
        elsewhere = replace(settings.output, folder=Path(output), reviews=Path(output) / "reviews")
        audit.night.run.run(replace(settings, output=elsewhere), NOON.date(), clock=lambda: NOON)
        folder.mkdir(exist_ok=True)
        for name, written in BOOKS.items():
            (book,) = (Path(output) / NOON.date().isoformat()).glob(written)
            shutil.copyfile(book, folder / name)


if __name__ == "__main__":
    make_example(HERE / "example")
