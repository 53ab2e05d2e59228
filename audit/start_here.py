"""The sheet "Start here": what was run and not judged, the news, how to read it, what it does not prove. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC

from audit.findings import Finding, FindingStatus
from audit.night import Night, Pull, PullStatus
from audit.reader import PULL_TONES, SEVERITY_TONES, Reader, count, place, waits
from audit.sheets import Column, Line, Look, Row, Sheet, Table


def start_here(reader: Reader) -> Sheet:
    """The first sheet; in an agency's copy without the organization's counts and sources."""
    night, agency = reader.night, reader.agency(reader.agency_code)
    lines = [
        Line(f"Identity audit: {agency or night.organization.name}", Look.TITLE),
        Line(f"{night.organization.name}, as of {night.as_of:%Y-%m-%d}. Run {night.run_id}, begun {_moment(night)}."),
        Line(f"Policy: {night.policy.name}. {night.policy.source}"),
    ]
    if reader.agency_code:
        lines.append(Line(f"This copy holds only the rows of {agency}."))
    else:
        lines.append(Line(f"{night.people:,} employees in the directory; {len(night.registry):,} official accounts."))
    return Sheet(
        "Start here",
        (
            *lines,
            Line(""),
            *_banner(night.pulls, whole=not reader.agency_code),
            Line(""),
            Line("Tonight's news", Look.HEADING),
            _news(reader),
            Line(_waiting(reader.findings)),
            Line(""),
            Line("By rule", Look.HEADING),
            _by_rule(reader),
            Line(""),
            Line("By agency: what stands tonight", Look.HEADING),
            _by_agency(reader),
            Line(""),
            *(() if reader.agency_code else (Line("Sources", Look.HEADING), _sources(night.pulls), Line(""))),
            *_how_to_read(),
            *_limits(night),
        ),
    )


def _moment(night: Night) -> str:
    return f"{night.started_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _banner(pulls: Sequence[Pull], *, whole: bool) -> list[Line]:
    """What was not judged, where nobody can miss it; the reason may name people, and stays with the organization."""
    missing = [pull for pull in pulls if pull.status is not PullStatus.COMPLETE]
    if not missing:
        return [Line("Every source was read in full and judged.", Look.GOOD)]
    lines = [Line("NOT EVERYTHING WAS JUDGED TONIGHT", Look.BANNER)]
    for pull in missing:
        reason = f": {pull.reason}" if whole and pull.reason else ""
        lines.append(Line(f"{pull.source} ({pull.status}){reason}", Look.BANNER))
    kept = (
        "Findings that rest on these sources stand as they were, marked “not rechecked”; none was resolved or created."
    )
    return [*lines, Line(kept, Look.BANNER)]


_PLACES = ("Findings", "Leads", "Official accounts", "Not in directory")


def _news(reader: Reader) -> Table:
    counts = Counter((finding.status, place(finding)) for finding in reader.findings)
    waiting = Counter(place(finding) for finding in reader.findings if waits(finding))
    said = {
        FindingStatus.NEW: "New: seen for the first time",
        FindingStatus.REOPENED: "Reopened: had been resolved, holds again",
        FindingStatus.RESOLVED: "Resolved: no longer holds",
        FindingStatus.NOT_RECHECKED: "Not rechecked: a source is missing",
        FindingStatus.OPEN: "Open: known from an earlier night",
    }
    rows: list[Row] = [(text, *(counts[status, place_] for place_ in _PLACES)) for status, text in said.items()]
    rows.append(("Waiting for a decision", *(waiting[place_] for place_ in _PLACES)))
    columns = (Column("Tonight", 56), *(count(place_) for place_ in _PLACES))
    return Table("TonightsNews", columns, rows)


def _waiting(findings: Iterable[Finding]) -> str:
    waiting = [finding for finding in findings if waits(finding)]
    if not waiting:
        return "Nothing waits for a decision."
    oldest = min(waiting, key=lambda finding: (finding.first_seen, finding.finding_id))
    return (
        f"Waiting longest: {oldest.finding_id} on the sheet {place(oldest)}, first seen {oldest.first_seen:%Y-%m-%d}."
    )


def _by_rule(reader: Reader) -> Table:
    counts = Counter((finding.rule_id, finding.status) for finding in reader.findings)
    rows: list[Row] = [
        (f"{note.rule_id} {note.title}", note.severity, *(counts[note.rule_id, status] for status in FindingStatus))
        for note in reader.night.rules
    ]
    columns = (
        Column("Rule", 56, wrap=True),
        Column("Severity", 12, tones=SEVERITY_TONES),
        *(count(status.capitalize()) for status in FindingStatus),
    )
    return Table("CountsByRule", columns, rows)


def _by_agency(reader: Reader) -> Table:
    standing = [finding for finding in reader.findings if finding.status is not FindingStatus.RESOLVED]
    counts = Counter((finding.agency_code, finding.rule_id) for finding in standing)
    codes = sorted({finding.agency_code for finding in standing}, key=lambda code: (not code, reader.agency(code)))
    rules = [note.rule_id for note in reader.night.rules]
    rows: list[Row] = [
        (
            reader.agency(code) or "Tied to no agency",
            *(counts[code, rule_id] or None for rule_id in rules),
            sum(counts[code, rule_id] for rule_id in rules),
        )
        for code in codes
    ]
    columns = (Column("Agency", 56, wrap=True), *(count(rule_id) for rule_id in rules), count("All"))
    return Table("CountsByAgency", columns, rows)


def _sources(pulls: Sequence[Pull]) -> Table:
    columns = (
        Column("Source", 56),
        Column("Judged", 12, tones=PULL_TONES),
        count("Read"),
        count("Kept"),
        count("Rejected"),
    )
    rows = [(pull.source, str(pull.status), pull.read, pull.kept, pull.rejected) for pull in pulls]
    return Table("SourcesInShort", columns, rows, "no source was configured")


_HOW_TO_READ = (
    "Findings rest on facts that a hearing would accept. Leads contain an inference.",
    "Official accounts, and state mailboxes that belong to nobody in HR, have sheets of their own.",
    "Each finding stands on one sheet only. What is new or reopened comes first, then the more severe; what is decided "
    "or resolved comes last.",
    "“Not rechecked” means that a source could not be judged tonight: the finding stands as it was.",
    "Decide in the yellow columns. Coverage says what was read, Rules quotes the policy word for word.",
)
_PROVES_NOT = (
    "It does not prove who wrote anything, why an account was opened, or that anybody did wrong. A state address may "
    "have been typed by somebody else.",
    "“Official-looking” describes a name, not a deed: it needs review, and the answer may be that all is well.",
    "That an account is not listed does not mean that it was looked at: see Coverage.",
)
_NEVER_READ = (
    "What people post, like, follow or discuss is never requested, read or judged. Of clause B, only what a profile "
    "says about itself is read."
)


def _how_to_read() -> list[Line]:
    return [Line("How to read this workbook", Look.HEADING), *map(Line, _HOW_TO_READ), Line("")]


def _limits(night: Night) -> list[Line]:
    outside = [clause for clause in night.policy.clauses if not clause.in_scope]
    return [
        Line("What a finding does not prove", Look.HEADING),
        *map(Line, _PROVES_NOT),
        Line(""),
        Line("Rights that the policy does not touch", Look.HEADING),
        Line(night.policy.rights),
        Line(""),
        Line("Out of scope", Look.HEADING),
        *(Line(f"Clause {clause.letter} is not judged: “{clause.text}” {clause.note}".rstrip()) for clause in outside),
        Line(_NEVER_READ),
    ]
