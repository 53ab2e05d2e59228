"""Templates of the files that a state's first configuration lacks: headings, and one invented row. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from connectors import accounts_csv, agencies_csv, hr_csv
from connectors.files import registry_layout

TEMPLATES = {
    "hr_csv": (
        "hr-template.csv",
        hr_csv.FIELDS,
        {
            "employee_id": "000123",
            "given_name": "Jane",
            "family_name": "Doe",
            "work_email": "jane.doe@{domain}",
            "agency_code": "EXAMPLE",
            "status": "active",
            "start_date": "2020-01-31",
        },
    ),
    "agencies_csv": (
        "agencies-template.csv",
        agencies_csv.FIELDS,
        {"agency_code": "EXAMPLE", "name": "Department of Examples", "acronyms": "DOX", "handles": "x:ExampleHandle"},
    ),
    "official_csv": (
        "official-accounts-template.csv",
        registry_layout.FIELDS,
        {
            "platform": "x",
            "handle": "ExampleHandle",
            "agency_code": "EXAMPLE",
            "supervisor_employee_id": "000123",
            "registered_email": "web.examples@{domain}",
            "status": "active",
            "reviewed_on": "2026-01-31",
        },
    ),
    "accounts_csv": (
        "accounts-template.csv",
        ("platform", *accounts_csv.SEARCHED, *accounts_csv.DAYS, "registration"),
        {
            "platform": "instagram",
            "handle": "example.handle",
            "registered_email": "jane.doe@{domain}",
            "registration": "verified",
            "observed_at": "2026-01-31",
        },
    ),
}
"""For what is missing: the file, its headings, and one invented row. Nothing reads them under these names."""


def template(kind: str, domain: str) -> tuple[str, str]:
    """The name and the text of the template of a kind of file; its addresses lie under `domain`."""
    name, headings, row = TEMPLATES[kind]
    return name, csv_text(headings, [{field: text.replace("{domain}", domain) for field, text in row.items()}])


def csv_text(headings: Sequence[str], rows: Iterable[dict[str, str]]) -> str:
    """Rows below headings, as a file holds them; what a row does not name is empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, headings, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
