"""Files out: CSV, Parquet, an XLSX whose bytes depend on its rows alone, and the two TOML files."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook

from making.noise import HEADINGS
from making.registry import LISTED

FIXED = datetime(2026, 11, 19, 2, 0, 0)  # noqa: DTZ001 (openpyxl takes naive UTC only)
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """One CSV file: UTF-8, commas, line feeds, quotation marks only where needed."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)


class AccountsFile(AbstractContextManager["AccountsFile"]):
    """An accounts export that is written a chunk at a time, as CSV or (by its suffix) as Parquet."""

    def __init__(self, path: Path) -> None:
        self._schema = pa.schema([(heading, pa.string()) for heading in HEADINGS])
        self._parquet = pq.ParquetWriter(path, self._schema) if path.suffix == ".parquet" else None
        self._lines = None if self._parquet else path.open("w", encoding="utf-8", newline="")
        if self._lines:
            self._writer = csv.writer(self._lines, lineterminator="\n")
            self._writer.writerow(HEADINGS)

    def write(self, rows: list[list[str]]) -> None:
        """Append the rows; a row that is short (ragged) is left out of Parquet, which cannot hold one."""
        if self._parquet is None:
            self._writer.writerows(rows)
            return
        whole = [row for row in rows if len(row) == len(HEADINGS)]
        columns = [pa.array(column, pa.string()) for column in zip(*whole, strict=True)]
        self._parquet.write_table(pa.Table.from_arrays(columns, schema=self._schema))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        (self._parquet or self._lines).close()  # type: ignore[union-attr]


def write_xlsx(path: Path, sheet: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """One sheet of text cells. Times are fixed and nothing is compressed: compressors differ between systems."""
    book = Workbook(write_only=True)
    book.properties.creator = "made state"
    book.properties.created = FIXED
    page = book.create_sheet(sheet)
    page.append(list(headings))
    for row in rows:
        page.append([cell or None for cell in row])
    saved = io.BytesIO()
    book.save(saved)
    moment = FIXED.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(saved) as loose, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as fixed:
        for name in sorted(loose.namelist()):
            content = loose.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + moment, content)
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.create_system = 3  # the same on every system that makes it
            fixed.writestr(entry, content)


def audit_toml(suffix: str, output: str) -> str:
    """The configuration of a made state."""
    listed = ", ".join(f'"{platform}"' for platform in LISTED)
    return f'''# An invented state, ready to run: identity-audit run --config audit.toml --as-of 2026-11-20
# Everybody in it is made up. Paths are relative to this file.

[organization]
name = "State of Maine"
state = "ME"
# One mail system under two names: jane.doe@maine.gov and jane.doe@state.me.us are the same mailbox.
mail_domains = ["maine.gov", "state.me.us"]
# State domains whose mailboxes are somebody else's system; never equated with the ones above.
other_domains = ["legislature.maine.gov", "courts.maine.gov"]
agencies = "agencies.csv"
official_accounts = "official_accounts.csv"
policy = "policy.toml"

# Who works here: one row for each employee.
[directory]
connector = "hr_csv"
path = "hr.csv"

# Accounts with the addresses they were registered with, as a platform or a monitoring service exports them.
[sources.monitoring]
connector = "accounts_csv"
path = "accounts/monitoring_export{suffix}"
# The platforms confirmed these addresses before they were exported.
registration = "verified"
# This export has every registered official account on these platforms: one that is missing from it has vanished.
lists_official = [{listed}]
# It also has every account there that is registered with a state address: whoever is not in it was looked at.
covers = [{listed}]

# A list of sign-ups whose addresses nobody ever verified: what rests on it alone is a lead, not a finding.
[sources.registrations]
connector = "accounts_csv"
path = "accounts/registration_export.xlsx"
registration = "unverified"

[output]
folder = "{output}"
reviews = "reviews"
# Days after which resolved findings and their evidence may be purged.
retention_days = 730
'''


POLICY_TOML = """# The packaged policy of the State of Maine, with two instructions of this organization's own.
extends = "maine"

[guidance]
E-1 = "Write to the employee through the agency's human resources office; ask for another address on the account only."
R-2 = "Ask the agency head to name a new social media supervisor within ten working days."
"""
