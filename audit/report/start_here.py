"""The sheet "Start here": what was run and not judged, the news, how to read it, what it does not prove. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC

from audit.model.figures import Figure
from audit.model.finding import FindingStatus, suppressed, waits
from audit.model.night import Night, Pull, PullStatus
from audit.model.sheet import Column, Kind, Line, Look, Row, Sheet, Table
from audit.report.reader import PLACES, PULL_TONES, SEVERITY_TONES, Reader, count, place
from audit.report.receipts import receipts

WAITING_SHOWN = 5


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
            *_banner(night, whole=not reader.agency_code),
            *(() if reader.agency_code else map(Line, receipts(night))),
            Line(""),
            Line("Tonight's news", Look.HEADING),
            _news(reader),
            Line(_changed(reader)),
            Line(""),
            Line("Waiting longest for a decision", Look.HEADING),
            _waiting(reader),
            Line(""),
            Line("By rule", Look.HEADING),
            _by_rule(reader),
            Line(""),
            Line("By agency: what stands tonight", Look.HEADING, new_page=True),
            _by_agency(reader),
            Line(""),
            *(() if reader.agency_code else _of_the_organization(night)),
            *_how_to_read(whole=not reader.agency_code),
            *_limits(night),
        ),
    )


def _moment(night: Night) -> str:
    return f"{night.started_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _banner(night: Night, *, whole: bool) -> list[Line]:
    """What was not judged or not usable, where nobody can miss it; a reason may name people, and stays with the
    organization. All clear only where every source was judged, every figure held, and every row was read."""
    missing = [pull for pull in night.pulls if pull.status is not PullStatus.COMPLETE]
    amiss = [figure for figure in night.measured if not figure.held]
    if missing:
        return _not_judged(missing, amiss, whole=whole)
    if amiss:
        lines = [Line("EVERY SOURCE WAS READ, BUT NOT ALL OF IT COULD BE USED", Look.BANNER)]
        return lines + (_amiss(amiss) if whole else [Line("Ask who looks after the audit.", Look.BANNER)])
    rejected = sum(pull.rejected for pull in night.pulls)
    if rejected:
        rows = "one row" if rejected == 1 else f"{rejected:,} rows"
        stand = "stands" if rejected == 1 else "stand"
        return [Line(f"Every source was judged; {rows} could not be read and {stand} on the sheet Data quality.")]
    return [Line("Every source was read in full and judged.", Look.GOOD)]


def _not_judged(missing: Sequence[Pull], amiss: Sequence[Figure], *, whole: bool) -> list[Line]:
    lines = [Line("NOT EVERYTHING WAS JUDGED TONIGHT", Look.BANNER)]
    for pull in missing:
        why = pull.reason.removeprefix(f"{pull.source}: ")
        reason = f": {why}" if whole and why else ""
        lines.append(Line(f"{pull.source} ({pull.status}){reason}", Look.BANNER))
    kept = (
        "Findings that rest on these sources stand as they were, marked “not rechecked”; none was resolved or created."
    )
    names = {pull.source for pull in missing}
    rest = [figure for figure in amiss if figure.source not in names]
    return [*lines, Line(kept, Look.BANNER), *(_amiss(rest) if whole else ())]


def _amiss(figures: Sequence[Figure]) -> list[Line]:
    return [Line(f"{figure}. {figure.advice}", Look.BANNER) for figure in figures]


def _of_the_organization(night: Night) -> Iterator[Line | Table]:
    """What was read, and what of it was usable."""
    yield from (Line("Sources", Look.HEADING), _sources(night.pulls), Line(""))
    if night.measured:
        yield from (Line("What was measured", Look.HEADING), _measured(night.measured), Line(""))


def _measured(figures: Sequence[Figure]) -> Table:
    columns = (Column("Measured", 56, wrap=True), Column("Held", 12), count("Part"), count("Of"), count("Percent"))
    rows: list[Row] = [
        (
            f"{figure.source}: {figure.meaning}",
            "yes" if figure.held else "no",
            figure.part,
            figure.whole,
            round(100 * figure.share),
        )
        for figure in figures
    ]
    return Table("WhatWasMeasured", columns, rows)


def _news(reader: Reader) -> Table:
    as_of = reader.night.as_of
    counts = Counter((finding.status, place(finding)) for finding in reader.findings)
    waiting = Counter(place(finding) for finding in reader.findings if waits(finding, as_of))
    aside = Counter(place(finding) for finding in reader.findings if suppressed(finding, as_of))
    said = {
        FindingStatus.NEW: "New: seen for the first time",
        FindingStatus.REOPENED: "Reopened: came back, or has changed since it was decided",
        FindingStatus.RESOLVED: "Resolved: no longer holds",
        FindingStatus.NOT_RECHECKED: "Not rechecked: not asked tonight, or not judged",
        FindingStatus.OPEN: "Open: known from an earlier night",
    }
    rows: list[Row] = [(text, *(counts[status, where] for where in PLACES)) for status, text in said.items()]
    rows.append(("Waiting for a decision", *(waiting[where] for where in PLACES)))
    rows.append(("Suppressed until a later day, grey on its sheet", *(aside[where] for where in PLACES)))
    columns = (Column("Tonight", 56), *(count(where) for where in PLACES))
    return Table("TonightsNews", columns, rows)


def _changed(reader: Reader) -> str:
    if not reader.changes:
        return "Nothing has changed since the night before."
    return f"{len(reader.changes):,} changes since the night before stand on the sheet Changes, each with its cause."


def _waiting(reader: Reader) -> Table:
    """What nobody has decided about for the longest time; the people stand on the sheets themselves."""
    as_of = reader.night.as_of
    waiting = [finding for finding in reader.findings if waits(finding, as_of)]
    waiting.sort(key=lambda finding: finding.first_seen)  # of the same day the most urgent first, as they came
    columns = (
        Column("Rule", 56, wrap=True),
        Column("Severity", 12, tones=SEVERITY_TONES),
        Column("First seen", 12, Kind.DATE),
        count("Days since"),
        Column("On sheet", 18),
        Column("About finding", 18),  # "Finding ID" would make it a sheet on which people decide
    )
    rows = [
        (
            reader.rule(finding), str(finding.severity), finding.first_seen, (as_of - finding.first_seen).days,
            place(finding), finding.finding_id,
        )
        for finding in waiting[:WAITING_SHOWN]
    ]  # fmt: skip
    return Table("WaitingLongest", columns, rows, "nothing waits for a decision")


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


_SHEETS = (
    ("Findings", "Facts that a hearing would accept. Decide here."),
    ("Leads", "An inference is in them: where to look, and perhaps wrong. Decide here."),
    ("Official accounts", "The registry, and what is amiss with its entries. Decide here."),
    ("Unclaimed", "Accounts that look official and that nobody claims, for the communications office. Decide here."),
    ("Not in directory", "State mailboxes that belong to nobody in HR. Decide here."),
    ("Changes", "What is otherwise than at the last run, each with its cause."),
    ("Trends", "Open findings by week, agency and rule; how long decisions take."),
    ("Coverage", "What was read, and what was not: an account that is not listed may not have been looked at."),
    ("Data quality", "Rows and files that could not be used as they stand."),
    ("Rules", "What is asked, with the policy quoted word for word."),
    ("Trust", "What people's decisions say of each rule and source."),
    ("Import problems", "What was typed into workbooks and could not be placed."),
)
_ORGANIZATIONS_ALONE = ("Data quality", "Trust", "Import problems")
_HOW_TO_READ = (
    "Each finding stands on one sheet only. What is new or reopened comes first, then the more severe; what is "
    "decided, suppressed (in grey) or resolved comes last.",
    "“Not rechecked” means that a source could not be judged tonight: the finding stands as it was.",
    "Decide in the yellow columns, save, and put the file into the reviews folder: the next night brings your words "
    "back.",
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


def _how_to_read(*, whole: bool) -> list[Line | Table]:
    rows = [row for row in _SHEETS if whole or row[0] not in _ORGANIZATIONS_ALONE]
    sheets = Table("TheSheets", (Column("Sheet", 56), Column("What for", 12)), rows)
    heading = Line("How to read this workbook", Look.HEADING, new_page=whole)
    return [heading, *map(Line, _HOW_TO_READ), Line(""), sheets, Line("")]


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
