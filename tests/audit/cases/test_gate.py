"""The gate as plain text must let through whatever the exact gate lets through."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.cases.gate import passes, search_for
from audit.people.identity import fold_handle, registry
from audit.profiles import shows_a_mark
from audit.profiles.example_state import default_organization
from connectors.records import Account, OfficialAccount, Provenance, Strength
from connectors.sift import terms_of
from tests.paths import ROOT
from tests.sifting import stays

ORIGIN = Provenance("registry", "official.csv:2", None, "")
ENTRY = OfficialAccount("x", "MaineDOT1", "555", "", "17", "1", "", False, None, ORIGIN)
MAINE = replace(default_organization(), official=(ENTRY,))
FIELDS = ("account_id", "handle", "url", "display_name", "bio", "links", "emails", "registered_email")
TERMS = terms_of(search_for(MAINE), FIELDS)
CASES = ROOT / "tests/audit/profiles/affiliation_cases.txt"


def account(**more: Any) -> Account:
    return Account("x", registration=Strength.STRONG, provenance=ORIGIN, **more)


@pytest.mark.parametrize(
    ("more", "through"),
    [
        ({"registered_email": "ada@MAINE.gov"}, True),
        ({"registered_email": "ada@state.me.us"}, True),
        ({"registered_email": "ada@maine.gov.example"}, False),
        ({"bio": "Plow driver at MaineDOT"}, True),
        ({"display_name": "Maine Department of Transportation"}, True),
        ({"bio": "DHHS caseworker in Augusta, Maine"}, True),
        ({"handle": "mainedot1"}, True),
        ({"handle": "renamed", "account_id": "555"}, True),
        ({"bio": "Born and raised in Maine"}, False),
        ({"bio": "Maine coon cats and blueberry pie"}, False),
    ],
)
def test_the_gate(more: dict[str, str], through: bool) -> None:
    one = account(**more)
    assert passes(one, MAINE, registry(MAINE.official)) is through
    if through:
        assert TERMS is not None
        assert stays({name: more.get(name, "") for name in FIELDS}, TERMS)


def test_what_passes_the_exact_gate_is_kept_by_the_plain_one(shared: Path) -> None:
    assert TERMS is not None
    with (shared / "eval" / "affiliation.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    passing = [row for row in rows if shows_a_mark(row["handle"], row["display_name"], row["bio"], row["link"], MAINE)]
    assert len(passing) > 60
    for row in passing:
        values = {**dict.fromkeys(FIELDS, ""), **{name: row[name] for name in ("handle", "display_name", "bio")}}
        assert stays({**values, "links": row["link"]}, TERMS), row


def test_the_plain_gate_is_short_enough_to_search_with() -> None:
    assert TERMS is not None
    assert sum(map(len, TERMS.alone)) < 30_000
    assert all(TERMS.together)


def test_fold_handle() -> None:
    assert fold_handle(" @MaineDOT1 ") == "mainedot1"
