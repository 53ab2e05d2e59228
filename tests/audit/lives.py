"""Cases and drafts for the tests of findings' lives: one made account, changed a little from night to night."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from audit.cases.build import COLUMNS
from audit.config import load_policy
from audit.findings.lifecycle import carry
from audit.model.finding import Change, LinkStep, Past
from audit.people.directory import Standing
from audit.rules import RULES, judge
from connectors.records import Evidence

POLICY = load_policy("maine", Path(), Path("audit.toml"))
MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)
DIGEST = "ab" * 32


def piece(kind: str = "registered address", source: str = "export", sha256: str = DIGEST) -> Evidence:
    """One piece of evidence."""
    return Evidence(source, kind, "as exported", None, sha256)


def case(**facts: Any) -> dict[str, Any]:
    """An account registered with one current employee's mailbox: E-1 holds. `facts` are columns to change."""
    missing = {"owners", "registration", "owner_standing", "supervisor_standing"}
    missing |= {"registered_mailbox", "contact_mailbox", "mentioned_mailbox"}
    blank = {name: None if name in missing or kind == "boolean" else "" for name, kind in COLUMNS.items()}
    return blank | {
        "platform": "x", "identity": "1", "account_id": "1", "handle": "ada", "display_name": "Ada Rivermoor",
        "sources": ("export",), "evidence": (piece(),), "fresh": True,
        "registered_email": "Ada@maine.gov", "registered_mailbox": "ada@maine.gov", "registration": "strong",
        "registered_words": "This account is registered with Ada@maine.gov.", "unverified": False, "owners": 1,
        "owner_standing": str(Standing.CURRENT), "employee_standing": str(Standing.CURRENT), "affiliation": "none",
        "disclaimer": "none", "agency_code": "17", "profile_sha256": DIGEST, "employee_id": "7",
        "employee_name": "Ada Rivermoor", "link_step": str(LinkStep.REGISTERED_ADDRESS), "link_value": "ada@maine.gov",
        "rivals": 0, "official": False, "retired": False, "changed_hands": False, "held_by_state": True,
    } | facts  # fmt: skip


def branded(**facts: Any) -> dict[str, Any]:
    """The same account, wearing an agency's name: A-1 and C-1 hold as well."""
    read = {"affiliation": "branded_person", "matched_text": "MaineDOT Ada", "reading_reason": "It says MaineDOT."}
    return case(**(read | facts))


def official(**facts: Any) -> dict[str, Any]:
    """An official account, registered to a personal address and without a supervisor in HR: R-2 and R-3 hold."""
    registry = {
        "identity": "dot", "account_id": "", "handle": "dot", "official": True, "seen": True, "held_by_state": False,
        "link_step": str(LinkStep.OFFICIAL_REGISTRY), "link_value": "dot", "supervisor_id": "9", "employee_id": "",
        "supervisor_standing": str(Standing.LEFT), "registered_email": "dot@example.org", "registered_mailbox": None,
        "registration": None, "registry_words": "lists this account as active", "affiliation": "outlet",
    }  # fmt: skip
    return case(**(registry | facts))


def cases(*rows: dict[str, Any]) -> pd.DataFrame:
    """The rows as the frame that rules read."""
    return pd.DataFrame(list(rows), columns=list(COLUMNS)).astype(COLUMNS)


def night(
    past: dict[str, Past], *rows: dict[str, Any], on: date = TUESDAY, complete: tuple[str, ...] = ("export",)
) -> tuple[dict[str, Past], tuple[Change, ...]]:
    """Judge and carry the rows on a day; the findings by id, and what changed."""
    frame = cases(*rows)
    after, changes = carry(past, judge(frame, RULES), frozenset(complete), POLICY, on, frame)
    return {one.finding.finding_id: one for one in after}, changes


def of_rule(past: dict[str, Past], rule_id: str) -> Past:
    """The one finding of a rule."""
    (found,) = (one for one in past.values() if one.finding.rule_id == rule_id)
    return found
