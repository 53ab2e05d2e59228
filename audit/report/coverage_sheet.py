"""The sheet "Coverage": what each source was asked and gave, how far sweeps have come, who was assessed where. Pure."""

from __future__ import annotations

from audit.model.coverage import STALE_AFTER, WITHIN_DAYS, PlatformCoverage, SweepCount
from audit.model.night import Night, Pull
from audit.model.sheet import Column, Kind, Line, Look, Row, Sheet, Table
from audit.report.reader import PULL_TONES, count
from connectors.platforms import platforms


def coverage_sheet(night: Night) -> Sheet:
    """What was asked tonight, and what came back."""
    return Sheet(
        "Coverage",
        (
            Line("Coverage: what was asked, and what came back", Look.TITLE),
            Line(
                "Kept: tied to the organization. Dropped: read and forgotten at once, for the reasons counted below. "
                "Rejected: could not be read, see Data quality. Read before: at the last healthy pull."
            ),
            _sources(night.pulls),
            Line(""),
            Line("Employees by platform: for how many was anybody looked at", Look.HEADING),
            Line(
                "Assessed: a mail log or list of all mailboxes was judged tonight, or a look-up answered within "
                f"{STALE_AFTER.days} days. That nothing was found means no more than that. No permitted source: "
                "nothing that may be read tells about employees there; a search for agency names does not."
            ),
            _employees(night.coverage),
            *_nobody(night.coverage),
            Line(""),
            *_swept(night.pulls),
            *_sent(night.pulls),
            Line("Kept accounts by source and platform", Look.HEADING),
            _kept(night.pulls),
            Line(""),
            Line("Dropped by source and reason", Look.HEADING),
            _dropped(night.pulls),
        ),
    )


def agency_coverage_sheet(night: Night) -> Sheet:
    """Which sources were judged, for one agency: without counts and reasons, which are the organization's."""
    columns = (
        Column("Source", 30),
        Column("Connector", 24),
        Column("Access", 16),
        Column("Judged", 14, tones=PULL_TONES),
    )
    rows = [(pull.source, pull.connector, str(pull.access), str(pull.status)) for pull in night.pulls]
    return Sheet(
        "Coverage",
        (
            Line("Coverage: which sources were judged tonight", Look.TITLE),
            Line("Counts and reasons concern the whole organization and stand in its own workbook."),
            Table("Coverage", columns, rows, "no source was configured"),
        ),
    )


def _sources(pulls: tuple[Pull, ...]) -> Table:
    columns = (
        Column("Source", 24),
        Column("Connector", 20),
        Column("Access", 14, wrap=True),
        Column("Judged", 12, tones=PULL_TONES),
        *(count(heading) for heading in ("Read", "Kept", "Dropped", "Rejected", "Read before")),
        Column("Reason, or approval", 60, wrap=True),
    )
    rows = [
        (
            pull.source, pull.connector, str(pull.access), str(pull.status), pull.read, pull.kept, pull.dropped,
            pull.rejected, pull.read_before,
            " ".join(filter(None, [pull.reason, pull.approval and f"Approval: {pull.approval}."])),
        )
        for pull in pulls
    ]  # fmt: skip
    return Table("Coverage", columns, rows, "no source was configured")


def _employees(coverage: tuple[PlatformCoverage, ...]) -> Table:
    columns = (
        Column("Platform", 24, wrap=True),
        Column("Looked at by", 20, wrap=True),
        *(count(heading) for heading in ("Assessed", "Stale", "Waiting", "Source failed", "No permitted source")),
        count("No state address"),
    )
    covered = sorted((one for one in coverage if one.sources), key=lambda one: -one.assessed)
    rows: list[Row] = [
        (
            _named(one.platform), ", ".join(one.sources), one.assessed, one.stale, one.waiting, one.failed,
            one.no_source, one.no_address,
        )
        for one in covered
    ]  # fmt: skip
    others = [one for one in coverage if not one.sources]
    if others:
        name = f"{len(others)} other platforms" if covered else f"All {len(others)} platforms"
        rows.append((name, "nobody", 0, 0, 0, 0, others[0].no_source, others[0].no_address))
    return Table("EmployeesByPlatform", columns, rows, "not counted")


def _nobody(coverage: tuple[PlatformCoverage, ...]) -> list[Line]:
    """The platforms of the table's last row by their names."""
    others = [_named(one.platform) for one in coverage if not one.sources]
    return [Line(f"Looked at by nobody: {', '.join(others)}.")] if others else []


def _named(platform: str) -> str:
    known = platforms().get(platform)
    return known.name if known else platform


def _swept(pulls: tuple[Pull, ...]) -> list[Line | Table]:
    if not any(pull.sweep for pull in pulls):
        return []
    return [
        Line("Sources that are asked one key at a time", Look.HEADING),
        Line(
            "What does not fit one night is asked the next one, the stalest first. Not found is an answer; "
            "refused, limited and failed are none. Not asked tonight: no room, or asked not long ago (refresh_days)."
        ),
        _sweeps(pulls),
        Line(""),
        Line("How old the answers of these sources are", Look.HEADING),
        _ages(pulls),
        Line(""),
    ]


def _sent(pulls: tuple[Pull, ...]) -> list[Line | Table]:
    if not any(pull.requests.sent for pull in pulls):
        return []
    return [Line("Requests sent tonight", Look.HEADING), _requests(pulls), Line("")]


def _sweeps(pulls: tuple[Pull, ...]) -> Table:
    outcomes = ("Keys", "Asked", "Answered", "Not found", "Refused", "Limited", "Failed", "Not asked tonight")
    columns = (
        Column("Source", 24),
        Column("Platform", 20, wrap=True),
        Column("Asked for", 24, wrap=True),
        *map(count, outcomes),
    )
    rows: list[Row] = [
        (
            pull.source, sweep.platforms, sweep.keyed_on, sweep.keys, sweep.asked, sweep.answered, sweep.not_found,
            sweep.refused, sweep.limited, sweep.failed, sweep.left,
        )
        for pull in pulls
        if (sweep := pull.sweep)
    ]  # fmt: skip
    return Table("Sweeps", columns, rows)


def _ages(pulls: tuple[Pull, ...]) -> Table:
    """How much of each sweep was answered within how many days."""
    columns = (
        Column("Source", 24),
        Column("Answered, in words", 44, wrap=True),
        *(count(f"Within {days} day{'' if days == 1 else 's'}") for days in WITHIN_DAYS),
        count("Never"),
        Column("Oldest answer", 14, Kind.DATE),
    )
    rows: list[Row] = [
        (pull.source, _share(sweep), *sweep.within, sweep.never, sweep.oldest.date() if sweep.oldest else None)
        for pull in pulls
        if (sweep := pull.sweep)
    ]
    return Table("SweepAges", columns, rows)


def _share(sweep: SweepCount) -> str:
    if not sweep.keys:
        return "nothing to ask for"
    shares = (
        f"{within / sweep.keys:.0%} within {days}" for days, within in zip(WITHIN_DAYS, sweep.within, strict=True)
    )
    return f"{', '.join(shares)} days"


def _requests(pulls: tuple[Pull, ...]) -> Table:
    columns = (Column("Source", 24), count("Sent"), count("Of them again"), count("Too many, said the platform"))
    rows: list[Row] = [
        (pull.source, pull.requests.sent, pull.requests.retried, pull.requests.limited)
        for pull in pulls
        if pull.requests.sent
    ]
    return Table("Requests", columns, rows)


def _kept(pulls: tuple[Pull, ...]) -> Table:
    rows: list[Row] = [(pull.source, name, kept) for pull in pulls for name, kept in pull.kept_by_platform]
    return Table("CoverageByPlatform", (Column("Source", 24), Column("Platform", 20), count("Kept")), rows)


def _dropped(pulls: tuple[Pull, ...]) -> Table:
    columns = (Column("Source", 24), Column("Why it was dropped", 20, wrap=True), count("Dropped"))
    rows: list[Row] = [(pull.source, reason, dropped) for pull in pulls for reason, dropped in pull.dropped_by_reason]
    return Table("DroppedByReason", columns, rows, "nothing was dropped")
