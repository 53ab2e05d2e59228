"""A night put together again from the ledger: what a run publishes, and what `report` publishes once more."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

import pandas as pd

from audit.cases import registry_key, registry_name
from audit.config import Settings
from audit.findings import FindingStatus, LinkStep
from audit.inputs import Inputs
from audit.ledger import Ledger
from audit.lifecycle import tonight
from audit.night import Night, RegistryRow
from audit.organization import Organization
from audit.rules import RULES

SEEN = {True: "seen", False: "not seen"}
CANNOT_TELL = "cannot tell: no complete source lists the official accounts of this platform"


def stored(inputs: Inputs, cases: pd.DataFrame) -> dict[str, Any]:
    """What the ledger keeps of a night besides findings, pulls and problems, so that it can be reported again."""
    official = cases[cases["official"]].to_dict("records")
    seen = {
        f"{row['platform']}:{row['identity']}": CANNOT_TELL if row["seen"] is pd.NA else SEEN[bool(row["seen"])]
        for row in official
    }
    supervisors = {row["supervisor_id"]: row["employee_name"] for row in official}
    return {"people": len(inputs.directory.employees), "seen": seen, "supervisors": supervisors}


def night_of(ledger: Ledger, run_id: str, settings: Settings, organization: Organization) -> Night:
    """The night of a judged run, from what the ledger holds."""
    started_at, content = ledger.run(run_id)
    as_of = date.fromisoformat(run_id[:10])
    findings = tuple(past.finding for past in ledger.past().values() if tonight(past, as_of))
    held = defaultdict(set)
    for finding in findings:
        if finding.link_step is LinkStep.OFFICIAL_REGISTRY and finding.status is not FindingStatus.RESOLVED:
            held[finding.platform, finding.link_value].add(finding.rule_id)
    names = {agency.agency_code: agency.name for agency in organization.agencies}
    registry = tuple(
        RegistryRow(
            entry,
            names.get(entry.agency_code, entry.agency_code),
            content["supervisors"].get(entry.supervisor_employee_id, ""),
            content["seen"].get(registry_key(entry), CANNOT_TELL),
            tuple(sorted(held[entry.platform, registry_name(entry)])),
        )
        for entry in organization.official
    )
    return Night(
        run_id=run_id,
        as_of=as_of,
        started_at=datetime.fromisoformat(started_at),
        organization=organization,
        policy=settings.policy,
        rules=tuple(rule.note(settings.policy) for rule in RULES),
        pulls=ledger.pulls(run_id),
        problems=ledger.problems(run_id),
        findings=findings,
        registry=registry,
        people=content["people"],
        own_words=ledger.own_words(),
        import_problems=ledger.import_problems(run_id),
    )
