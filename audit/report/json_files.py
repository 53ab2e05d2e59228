"""The lines of findings.jsonl and the values of run.json. Pure."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC
from functools import cache
from typing import Any

from audit.model.coverage import WITHIN_DAYS, SweepCount
from audit.model.exceptions import ExceptionState, Register
from audit.model.finding import Finding, FindingStatus, Tier
from audit.model.night import Night, Pull, PullStatus, Trust
from connectors.records import Evidence

_BREAKS_LINES = re.compile("[\x85\u2028\u2029\ud800-\udfff]")


def jsonl(night: Night) -> Iterator[str]:
    """The lines of findings.jsonl, without their line ends, by finding id.

    Characters that some readers take for a line end, and lone surrogates, are written as JSON escapes.
    """
    for finding in sorted(night.findings, key=lambda finding: finding.finding_id):
        plain = plain_finding(finding) | {"policy": night.packs.get(finding.finding_id, "")}
        line = json.dumps(plain, ensure_ascii=False)
        yield _BREAKS_LINES.sub(lambda match: f"\\u{ord(match[0]):04x}", line)


def plain_finding(finding: Finding) -> dict[str, Any]:
    """A finding as its line of findings.jsonl has it."""
    return {
        "finding_id": finding.finding_id,
        "rule_id": finding.rule_id,
        "clause": finding.clause,
        "tier": str(finding.tier),
        "severity": str(finding.severity),
        "status": str(finding.status),
        "platform": finding.platform,
        "handle": finding.handle,
        "account_id": finding.account_id,
        "url": finding.url,
        "mailbox": finding.mailbox,
        "employee_id": finding.employee_id,
        "employee_name": finding.employee_name,
        "agency_code": finding.agency_code,
        "because": finding.because,
        "matched_text": finding.matched_text,
        "evidence": [_plain_evidence(evidence) for evidence in finding.evidence],
        "first_seen": finding.first_seen.isoformat(),
        "last_seen": finding.last_seen.isoformat(),
        "disposition": finding.disposition,
        "reviewer": finding.reviewer,
        "note": finding.note,
    }


def _plain_evidence(evidence: Evidence) -> dict[str, str | None]:
    when = evidence.observed_at
    return {
        "source": evidence.source,
        "kind": evidence.kind,
        "observed_at": when.astimezone(UTC).isoformat().replace("+00:00", "Z") if when else None,
        "detail": evidence.detail,
        "sha256": evidence.sha256,
    }


def run_json(
    night: Night, files: Mapping[str, str] | None = None, books: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The values of run.json: ids, counts and reasons, no names of people; `files` are the night's, with their SHA-256,
    `books` the agencies' workbooks among them, by the agency's code.

    `status` is "partial" where a source could not be judged; one that was left out on request does not make it so.
    `rehearsal` stands in that of a rehearsal alone.
    """
    partial = any(pull.status is PullStatus.NOT_JUDGED for pull in night.pulls)
    return {
        "run_id": night.run_id,
        **({"rehearsal": True} if night.rehearsed else {}),
        "as_of": night.as_of.isoformat(),
        "started_at": night.started_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "organization": night.organization.name,
        "policy": night.policy.name,
        "policy_version": night.policy.version,
        "policy_effective": night.policy.effective and night.policy.effective.isoformat(),
        "not_asked": {note.rule_id: note.not_asked for note in night.rules if note.not_asked},
        "status": "partial" if partial else "complete",
        "people": night.people,
        "official_accounts": len(night.registry),
        "problems": len(night.problems),
        "agencies": {agency.agency_code: agency.name for agency in night.organization.agencies},
        "sources": [_plain_pull(pull) for pull in night.pulls],
        "findings": {
            "by_rule": dict(sorted(Counter(finding.rule_id for finding in night.findings).items())),
            "by_tier": _tally(Tier, (finding.tier for finding in night.findings)),
            "by_status": _tally(FindingStatus, (finding.status for finding in night.findings)),
        },
        "exceptions": night.register and _plain_register(night.register),
        "coverage": [asdict(one) for one in night.coverage],
        "measured": [{**asdict(one), "share": round(one.share, 4)} for one in night.measured],
        "holds": asdict(night.holds),
        "trust": [_plain_trust(one) for one in night.trust],
        "chain": asdict(night.chain),
        "files": dict(files or {}),
        "agency_workbooks": dict(books or {}),
        "third_party": [asdict(one) for one in night.third_parties],
        "judged_by": night.judged_by,
        "versions": dict(_versions()),
    }


def _plain_register(register: Register) -> dict[str, Any]:
    """Counts of the register, and where the rows stand that end soon."""
    return {
        "by_state": _tally(ExceptionState, (use.state for use in register.uses)),
        "spared": len(register.spared),
        "unused": sum(not use.spares for use in register.standing),
        "unusable_rows": register.unusable,
        "ends_soon": [
            {"row": use.where, "until": use.until_on.isoformat(), "days_left": use.days_left, "spares": len(use.spares)}
            for use in register.standing
            if use.ends_soon
        ],
    }


def _tally(kinds: Iterable[str], found: Iterable[str]) -> dict[str, int]:
    counts = Counter(found)
    return {str(kind): counts[kind] for kind in kinds}


def _plain_trust(trust: Trust) -> dict[str, Any]:
    shares = {"precision": trust.precision, "low": trust.low, "high": trust.high}
    rounded = {name: None if share is None else round(share, 4) for name, share in shares.items()}
    return {**asdict(trust), "tier": str(trust.tier), **rounded, "since": trust.since and trust.since.isoformat()}


def _plain_sweep(sweep: SweepCount) -> dict[str, Any]:
    oldest = sweep.oldest.astimezone(UTC).isoformat() if sweep.oldest else None
    within = {f"within_{days}_days": count for days, count in zip(WITHIN_DAYS, sweep.within, strict=True)}
    plain = {name: value for name, value in asdict(sweep).items() if name not in ("oldest", "within")}
    return {**plain, "oldest_answer": oldest, **within}


def _plain_pull(pull: Pull) -> dict[str, Any]:
    return {
        "source": pull.source,
        "connector": pull.connector,
        "access": str(pull.access),
        "status": str(pull.status),
        "read": pull.read,
        "kept": pull.kept,
        "dropped": pull.dropped,
        "dropped_by_reason": dict(pull.dropped_by_reason),
        "rejected": pull.rejected,
        "read_before": pull.read_before,
        "reason": pull.reason,
        "approval": pull.approval,
        "requests": asdict(pull.requests),
        "sweep": pull.sweep and _plain_sweep(pull.sweep),
    }


@cache
def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in ("identity-audit", "duckdb", "openpyxl", "pandas"):
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:  # run from a checkout that was never installed
            versions[package] = "not installed"
    return versions
