"""Where things lie: the project itself, and the folder of shared examples, which may be absent."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("IDENTITY_AUDIT_SHARED", ROOT / ".." / "shared"))


def agency_book(night: Path, code: str) -> Path:
    """The workbook of an agency in a night's folder."""
    (found,) = (night / "agencies").glob(f"{code} *.xlsx")
    return found
