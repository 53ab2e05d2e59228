"""A night put together again from the ledger: what a run publishes, and what `report` publishes once more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

import pandas as pd

from audit.findings.grounds import pack_of
from audit.findings.leavers import leavers
from audit.findings.lifecycle import reported_tonight
from audit.findings.trends import trends
from audit.findings.trust import measure
from audit.ledger import Ledger
from audit.model.coverage import PlatformCoverage
from audit.model.exceptions import Register
from audit.model.finding import FindingStatus, LinkStep, Past, waits
from audit.model.night import Changed, HoldCount, Night, Pull, RegistryRow, StoredNight
from audit.model.organization import Organization
from audit.model.policy import Policy
from audit.model.settings import ThirdParty
from audit.model.thresholds import TrustSettings
from audit.night.inputs import Inputs
from audit.night.judged_by import judged_by
from audit.people.identity import handle_key, registry_key, registry_name
from audit.report.notice import notices
from audit.rules import RULES
from connectors.records import OfficialAccount

NOT_SEEN = "not seen"
PENDING = "not asked: the registry has it as pending, so it is not official yet"
_OF_REGISTERED = ["platform", "identity", "seen", "account_id", "handle", "url", "supervisor_id", "employee_name"]
"""What is kept of the case of a registered account."""
CANNOT_TELL = "cannot tell: no complete source lists the official accounts of this platform"


def stored(
    inputs: Inputs,
    cases: pd.DataFrame,
    coverage: Collection[PlatformCoverage],
    pulls: Collection[Pull] = (),
    register: Register | None = None,
    holds: HoldCount | None = None,
    findings: Collection[Past] = (),
    third_parties: tuple[ThirdParty, ...] = (),
    policy: Policy | None = None,
) -> StoredNight:
    """What the ledger keeps of a night besides findings, pulls and problems, so that it can be reported again."""
    official = cases.loc[cases["official"], _OF_REGISTERED].to_dict("records")
    named = {registry_key(entry): entry for entry in inputs.organization.official}
    seen = {}
    for row in official:
        key = f"{row['platform']}:{row['identity']}"
        seen[key] = CANNOT_TELL if pd.isna(row["seen"]) else _seen(named[key], row) if row["seen"] else NOT_SEEN
    supervisors = {row["supervisor_id"]: row["employee_name"] for row in official}
    return StoredNight(
        people=len(inputs.directory.employees),
        seen=seen,
        supervisors=supervisors,
        coverage=tuple(coverage),
        measured=(*inputs.figures, *(one for pull in pulls for one in pull.figures)),
        leavers=leavers(findings, inputs.directory),
        register=register,
        holds=holds or HoldCount(),
        third_parties=third_parties,
        judged_by=judged_by(policy) if policy else "",
        domains=tuple(inputs.organization.domains),
    )


def _seen(entry: OfficialAccount, row: Mapping[Any, Any]) -> str:
    """That an official account was seen; of one that is known by its id, under which handle, where that is new."""
    ours = handle_key(entry.platform, entry.handle, entry.url)
    tonight = handle_key(entry.platform, row["handle"], row["url"])
    renamed = entry.account_id == row["account_id"] and tonight not in ("", ours)
    return f"seen, under the handle {row['handle']}" if renamed else "seen"


def night_of(
    ledger: Ledger, run_id: str, organization: Organization, policy: Policy, trust: TrustSettings, contact: str
) -> Night:
    """The night of a judged run, from what the ledger holds. `contact` is whom the employees' notices name."""
    started_at, content = ledger.run(run_id)
    as_of = date.fromisoformat(run_id[:10])
    past = ledger.findings.past()
    findings = tuple(one.finding for one in past.values() if reported_tonight(one, as_of))
    held = defaultdict(set)
    for finding in findings:
        if finding.link_step is LinkStep.OFFICIAL_REGISTRY and finding.status is not FindingStatus.RESOLVED:
            held[finding.platform, finding.link_value].add(finding.rule_id)
    names = {agency.agency_code: agency.name for agency in organization.agencies}
    registry = tuple(
        RegistryRow(
            entry,
            names.get(entry.agency_code, entry.agency_code),
            content.supervisors.get(entry.supervisor_employee_id, ""),
            PENDING if entry.pending else content.seen.get(registry_key(entry), CANNOT_TELL),
            tuple(sorted(held[entry.platform, registry_name(entry)])),
        )
        for entry in organization.official
    )
    return Night(
        run_id=run_id,
        as_of=as_of,
        started_at=started_at,
        organization=organization,
        policy=policy,
        rules=tuple(rule.note(policy) for rule in RULES),
        pulls=ledger.sources.pulls(run_id),
        problems=ledger.problems(run_id),
        findings=findings,
        registry=registry,
        people=content.people,
        coverage=content.coverage,
        own_words=ledger.reviews.own_words(),
        import_problems=ledger.reviews.problems(run_id),
        register=content.register,
        packs={finding.finding_id: pack_of(past[finding.finding_id].facts) for finding in findings},
        earlier={
            finding_id: str(one.earlier)
            for finding_id, one in past.items()
            if one.earlier and waits(one.finding, as_of)
        },
        changes=tuple(_changes(ledger, run_id, past)),
        trends=trends(*ledger.history.counted(run_id)),
        trust=measure(past.values(), ledger.grounds.decided_nights(), trust, as_of),
        receipts=ledger.reviews.receipts(run_id),
        chain=ledger.chain.head_to_tell(run_id),
        notices=notices(past.values(), policy, organization.name, contact, as_of),
        measured=content.measured,
        leavers=content.leavers,
        seats=ledger.seats.seats(run_id),
        holds=content.holds,
        third_parties=content.third_parties,
        judged_by=content.judged_by,
    )


def _changes(ledger: Ledger, run_id: str, past: Mapping[str, Past]) -> Iterator[Changed]:
    """What the chain of events tells of the day up to the run, over all its runs, and what the night before could
    check and this run could not."""
    told = list(ledger.history.told(run_id))
    for one in told:
        if one.finding_id in past:
            yield Changed(past[one.finding_id].finding, one.kind, one.reason, one.cause, one.who, one.words)
    today = date.fromisoformat(run_id[:10])
    before = max((day for day in ledger.history.nights(run_id) if day < today), default=None)
    spoken_of = {one.finding_id for one in told}
    for finding_id, known in past.items():
        missed = known.finding.status is FindingStatus.NOT_RECHECKED and known.finding.last_seen == before
        if missed and finding_id not in spoken_of:
            yield Changed(known.finding, FindingStatus.NOT_RECHECKED, "a source it rests on was not judged")
