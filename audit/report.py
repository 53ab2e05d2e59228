"""What a night has to say: the sheets of its workbooks, the lines of findings.jsonl, the values of run.json. Pure."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from typing import Any

from audit.findings import Finding, FindingStatus, Tier
from audit.night import Night, Pull, PullStatus
from audit.reader import PULL_TONES, SEVERITY_TONES, Reader, Rows, count, reader_of
from audit.review_sheets import review_sheets
from audit.sheets import Column, Line, Look, Sheet, Table
from audit.start_here import start_here
from connectors.records import Evidence

_BREAKS_LINES = re.compile("[\x85\u2028\u2029\ud800-\udfff]")


def sheets(night: Night) -> tuple[Sheet, ...]:
    """The sheets of the organization's workbook, in order."""
    reader = reader_of(night, "", night.findings, night.registry)
    return (
        start_here(reader),
        *review_sheets(reader),
        _coverage(night.pulls),
        _data_quality(night),
        _rules(reader),
        _import_problems(night),
    )


def agency_sheets(night: Night, agency_code: str) -> tuple[Sheet, ...]:
    """The sheets of one agency's workbook: its findings and registered accounts, and nothing of the others.

    Coverage shows no counts, since they are the organization's, and rejected rows are left out, since they may name
    other agencies' people.
    """
    reader = reader_of(
        night,
        agency_code,
        tuple(finding for finding in night.findings if finding.agency_code == agency_code),
        tuple(row for row in night.registry if row.account.agency_code == agency_code),
    )
    return start_here(reader), *review_sheets(reader), _agency_coverage(night.pulls), _rules(reader)


def _coverage(pulls: Sequence[Pull]) -> Sheet:
    columns = (
        Column("Source", 24),
        Column("Connector", 20),
        Column("Access", 14),
        Column("Judged", 12, tones=PULL_TONES),
        *(count(heading) for heading in ("Read", "Kept", "Dropped", "Rejected", "Read before")),
        Column("Reason", 60, wrap=True),
    )
    rows = [
        (
            pull.source, pull.connector, str(pull.access), str(pull.status), pull.read, pull.kept, pull.dropped,
            pull.rejected, pull.read_before, pull.reason,
        )
        for pull in pulls
    ]  # fmt: skip
    platforms = [(pull.source, name, kept) for pull in pulls for name, kept in pull.kept_by_platform]
    by_platform = (Column("Source", 24), Column("Platform", 20), count("Kept"))
    reasons = [(pull.source, reason, dropped) for pull in pulls for reason, dropped in pull.dropped_by_reason]
    by_reason = (Column("Source", 24), Column("Why it was dropped", 20, wrap=True), count("Dropped"))
    return Sheet(
        "Coverage",
        (
            Line("Coverage: what was asked, and what came back", Look.TITLE),
            Line(
                "Kept: tied to the organization. Dropped: read and forgotten at once, for the reasons counted below. "
                "Rejected: could not be read, see Data quality. Read before: at the last healthy pull."
            ),
            Table("Coverage", columns, rows, "no source was configured"),
            Line(""),
            Line("Kept accounts by source and platform", Look.HEADING),
            Table("CoverageByPlatform", by_platform, platforms),
            Line(""),
            Line("Dropped by source and reason", Look.HEADING),
            Table("DroppedByReason", by_reason, reasons, "nothing was dropped"),
        ),
    )


def _agency_coverage(pulls: Sequence[Pull]) -> Sheet:
    columns = (
        Column("Source", 30),
        Column("Connector", 24),
        Column("Access", 16),
        Column("Judged", 14, tones=PULL_TONES),
    )
    rows = [(pull.source, pull.connector, str(pull.access), str(pull.status)) for pull in pulls]
    return Sheet(
        "Coverage",
        (
            Line("Coverage: which sources were judged tonight", Look.TITLE),
            Line("Counts and reasons concern the whole organization and stand in its own workbook."),
            Table("Coverage", columns, rows, "no source was configured"),
        ),
    )


def _data_quality(night: Night) -> Sheet:
    columns = (
        Column("Source", 24),
        Column("Where", 44, wrap=True),
        Column("What is wrong, and what to do", 100, wrap=True),
    )
    rows = Rows(lambda problem: (problem.source, problem.where, problem.reason), night.problems)
    return Sheet(
        "Data quality",
        (
            Line(
                f"Data quality: {len(night.problems):,} rows, files or settings that could not be used as they stand",
                Look.TITLE,
            ),
            Line("Whoever looks after the source can mend them by file and line."),
            Table("DataQuality", columns, rows, "nothing tonight: every row could be read"),
        ),
    )


def _import_problems(night: Night) -> Sheet:
    columns = (
        Column("Where", 44, wrap=True),
        Column("About finding", 20),
        Column("Column", 16, wrap=True),
        Column("What was typed, word for word", 60, wrap=True),
        Column("What the ledger holds", 36, wrap=True),
        Column("Why it was not taken, and what to do", 60, wrap=True),
    )
    rows = Rows(
        lambda one: (one.where, one.finding_id, one.field, one.words, one.stands, one.reason), night.import_problems
    )
    return Sheet(
        "Import problems",
        (
            Line(f"Import problems: {len(night.import_problems):,} words or files not placed", Look.TITLE),
            Line(
                "Whatever was typed into a workbook of the reviews folder and is not on the other sheets stands here. "
                "A line stays for as long as its file lies in that folder and says the same."
            ),
            Table("ImportProblems", columns, rows, "nothing tonight: every word typed could be placed"),
        ),
    )


def _rules(reader: Reader) -> Sheet:
    policy = reader.night.policy
    columns = (
        Column("Rule", 8),
        Column("Title", 28, wrap=True),
        Column("Tier", 9),
        Column("Severity", 10, tones=SEVERITY_TONES),
        Column("Clause", 8),
        Column("The clause, word for word", 52, wrap=True),
        Column("Why it is asked", 46, wrap=True),
        Column("What it does not prove", 46, wrap=True),
        Column("What to do", 46, wrap=True),
    )
    rows = [
        (
            note.rule_id, note.title, note.tier, note.severity, note.clause, _quoted(reader, note.clause),
            note.rationale, note.proves_not, note.to_do,
        )
        for note in reader.night.rules
    ]  # fmt: skip
    return Sheet(
        "Rules",
        (
            Line("Rules: what is asked of every account, and by which clause", Look.TITLE),
            Line(f"{policy.name}. {policy.source}"),
            Line(f"The disclaimer in the policy's words: “{policy.disclaimer}”, or words to that effect."),
            Table("Rules", columns, rows),
        ),
        keep=1,
    )


def _quoted(reader: Reader, letter: str) -> str:
    clause = reader.night.policy.clause(letter)
    return f"“{clause.text}”" if clause else "no clause of the policy: asked for the registry's own sake"


def jsonl(night: Night) -> Iterator[str]:
    """The lines of findings.jsonl, without their line ends, by finding id.

    Characters that some readers take for a line end, and lone surrogates, are written as JSON escapes.
    """
    for finding in sorted(night.findings, key=lambda finding: finding.finding_id):
        line = json.dumps(_plain(finding), ensure_ascii=False)
        yield _BREAKS_LINES.sub(lambda match: f"\\u{ord(match[0]):04x}", line)


def _plain(finding: Finding) -> dict[str, Any]:
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


def run_json(night: Night) -> dict[str, Any]:
    """The values of run.json: ids, counts and reasons, no names of people.

    `status` is "partial" where a source could not be judged; one that was left out on request does not make it so.
    """
    partial = any(pull.status is PullStatus.NOT_JUDGED for pull in night.pulls)
    return {
        "run_id": night.run_id,
        "as_of": night.as_of.isoformat(),
        "started_at": night.started_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "organization": night.organization.name,
        "policy": night.policy.name,
        "status": "partial" if partial else "complete",
        "people": night.people,
        "official_accounts": len(night.registry),
        "problems": len(night.problems),
        "sources": [_plain_pull(pull) for pull in night.pulls],
        "findings": {
            "by_rule": dict(sorted(Counter(finding.rule_id for finding in night.findings).items())),
            "by_tier": _tally(Tier, (finding.tier for finding in night.findings)),
            "by_status": _tally(FindingStatus, (finding.status for finding in night.findings)),
        },
        "versions": _versions(),
    }


def _tally(kinds: Iterable[str], found: Iterable[str]) -> dict[str, int]:
    counts = Counter(found)
    return {str(kind): counts[kind] for kind in kinds}


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
    }


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in ("identity-audit", "duckdb", "openpyxl", "pandas"):
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:  # run from a checkout that was never installed
            versions[package] = "not installed"
    return versions
